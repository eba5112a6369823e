//! How the fields of the sections come from and go to values.

use ipnet::IpNet;
use secrecy::SecretString;

use super::{
    agent::Autonomy,
    budget::{Budget, Unpriced},
    kind::network,
    sections::{OnLimit, ProviderKind},
    value::{MASK, Value},
};
use crate::model::MicroUsd;

/// A field of a section, as it comes from and goes to a [`Value`].
pub(super) trait Setting: Sized {
    /// The field, or nothing when the value is of another kind.
    fn take(value: Value) -> Option<Self>;
    /// The value to show; a secret shows only whether it is set.
    fn give(&self) -> Value;
}

macro_rules! whole_settings {
    ($($type:ty),*) => {$(
        impl Setting for $type {
            fn take(value: Value) -> Option<Self> {
                match value {
                    Value::Whole(number) => number.try_into().ok(),
                    _ => None,
                }
            }

            fn give(&self) -> Value {
                Value::Whole((*self).try_into().unwrap_or(i64::MAX))
            }
        }
    )*};
}

whole_settings!(u8, u16, u32, u64, usize);

macro_rules! plain_settings {
    ($($type:ty => $variant:ident),*) => {$(
        impl Setting for $type {
            fn take(value: Value) -> Option<Self> {
                match value {
                    Value::$variant(inner) => Some(inner),
                    _ => None,
                }
            }

            fn give(&self) -> Value {
                Value::$variant(self.clone())
            }
        }
    )*};
}

plain_settings!(String => Text, bool => Flag, f64 => Decimal, MicroUsd => Money, Vec<String> => List);

macro_rules! word_settings {
    ($($type:ty { $($word:literal => $variant:ident),* })*) => {$(
        impl Setting for $type {
            fn take(value: Value) -> Option<Self> {
                match String::take(value)?.as_str() {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }

            fn give(&self) -> Value {
                Value::Text(match self { $(Self::$variant => $word,)* }.to_owned())
            }
        }
    )*};
}

word_settings! {
    Autonomy { "read_only" => ReadOnly, "supervised" => Supervised, "full" => Full }
    Unpriced { "allow" => Allow, "block" => Block }
    OnLimit { "block" => Block, "warn" => Warn, "downgrade" => Downgrade }
    ProviderKind {
        "openai" => OpenAi, "anthropic" => Anthropic, "gemini" => Gemini, "ollama" => Ollama,
        "openrouter" => OpenRouter, "demo" => Demo
    }
}

impl Setting for Option<String> {
    fn take(value: Value) -> Option<Self> {
        String::take(value).map(|text| Some(text).filter(|text| !text.is_empty()))
    }

    fn give(&self) -> Value {
        Value::Text(self.clone().unwrap_or_default())
    }
}

impl Setting for Option<SecretString> {
    fn take(value: Value) -> Option<Self> {
        let text = String::take(value)?;
        Some(
            Some(text)
                .filter(|text| !text.is_empty())
                .map(SecretString::from),
        )
    }

    fn give(&self) -> Value {
        Value::Text(self.as_ref().map_or("", |_| MASK).to_owned())
    }
}

impl Setting for Vec<Budget> {
    fn take(value: Value) -> Option<Self> {
        let texts = Vec::<String>::take(value)?;
        texts.iter().map(|text| text.parse().ok()).collect()
    }

    fn give(&self) -> Value {
        Value::List(self.iter().map(ToString::to_string).collect())
    }
}

impl Setting for Vec<IpNet> {
    fn take(value: Value) -> Option<Self> {
        Vec::<String>::take(value)?
            .iter()
            .map(|text| network(text))
            .collect()
    }

    fn give(&self) -> Value {
        Value::List(self.iter().map(ToString::to_string).collect())
    }
}
