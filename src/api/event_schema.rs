//! How events appear in the API document: each is its place (or time) and what happened.

use std::borrow::Cow;

use poem_openapi::{
    Enum, Object,
    registry::{MetaSchema, MetaSchemaRef, Registry},
    types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type},
};

use crate::model::{BusEvent, Timestamp, TurnEventKind, TurnEventPlace};

/// The fields that every piece of news has.
#[derive(Clone, Debug, Object)]
pub(super) struct NewsPlace {
    /// When it happened.
    timestamp: Timestamp,
}

/// Always `gap`.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
enum GapType {
    /// Events went by.
    Gap,
}

/// Events went by that are no longer kept: fetch anew what you show.
#[derive(Clone, Debug, Object)]
pub(crate) struct Gap {
    #[oai(rename = "type")]
    kind: GapType,
    /// How many; null after a restart of the gateway.
    missed: Option<u64>,
    /// The id that follows the gap.
    resume_from: u64,
}

impl Gap {
    /// Says that `missed` events went by before `resume_from`.
    pub(crate) fn new(missed: Option<u64>, resume_from: u64) -> Self {
        Self {
            kind: GapType::Gap,
            missed,
            resume_from,
        }
    }
}

macro_rules! all_of {
    ($(#[$doc:meta])* $name:ident, $text:literal, $description:literal, [$($part:ty),+]) => {
        $(#[$doc])*
        pub(crate) enum $name {}

        impl Type for $name {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> Cow<'static, str> {
                $text.into()
            }

            fn schema_ref() -> MetaSchemaRef {
                MetaSchemaRef::Reference($text.to_owned())
            }

            fn register(registry: &mut Registry) {
                registry.create_schema::<Self, _>($text.to_owned(), |registry| {
                    $(<$part>::register(registry);)+
                    MetaSchema {
                        description: Some($description),
                        all_of: vec![$(<$part>::schema_ref()),+],
                        ..MetaSchema::ANY
                    }
                });
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(std::iter::once(self))
            }
        }
    };
}

all_of!(
    /// Documents [`crate::model::TurnEvent`].
    TurnEventSchema,
    "TurnEvent",
    "An event of a turn: its place, and what happened.",
    [TurnEventPlace, TurnEventKind]
);
/// A piece of news that was serialised before: it is handed on as it is.
#[derive(Clone, Debug)]
pub(crate) struct NewsValue(pub(crate) serde_json::Value);

impl Type for NewsValue {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        NewsSchema::name()
    }

    fn schema_ref() -> MetaSchemaRef {
        NewsSchema::schema_ref()
    }

    fn register(registry: &mut Registry) {
        NewsSchema::register(registry);
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ParseFromJSON for NewsValue {
    fn parse_from_json(value: Option<serde_json::Value>) -> ParseResult<Self> {
        value.map(Self).ok_or_else(ParseError::expected_input)
    }
}

impl ToJSON for NewsValue {
    fn to_json(&self) -> Option<serde_json::Value> {
        Some(self.0.clone())
    }
}

all_of!(
    /// Documents what the bus sends.
    NewsSchema,
    "News",
    "A piece of news: when, and what happened.",
    [NewsPlace, BusEvent]
);
