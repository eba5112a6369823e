//! Prices of its owner's own, before those that come with the program.

use std::{fmt, str::FromStr};

use super::{kind::is_provider_name, value::dollars};
use crate::model::MicroUsd;

/// Longest name of a model, in characters.
const LONGEST: usize = 200;
/// Dearer tokens are a slip: a million dollars for a million.
const DEAREST: MicroUsd = MicroUsd(1_000_000_000_000);

/// A price for a million tokens. As text: `main/llama-3* in 0.20 out 0.60 cached 0.05`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomPrice {
    /// A name of `[providers]`, or `*`.
    pub provider: String,
    /// A model, or the beginning of one and `*`.
    pub model: String,
    /// Sent.
    pub input: MicroUsd,
    /// Sent, and read from the cache; none: as dear.
    pub cached: Option<MicroUsd>,
    /// Produced.
    pub output: MicroUsd,
}

/// What a price must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected \"<provider, or *>/<model, or its beginning and *> in <dollars> out <dollars>\", \
     perhaps with \"cached <dollars>\", each for a million tokens, such as \
     \"main/llama-3* in 0.20 out 0.60 cached 0.05\""
)]
pub struct CustomPriceError;

/// What of a price is not right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PricePart {
    /// The provider.
    Provider,
    /// The model.
    Model,
    /// What tokens sent cost.
    Input,
    /// What tokens from the cache cost.
    Cached,
    /// What tokens produced cost.
    Output,
}

impl CustomPrice {
    /// What of it makes no sense.
    pub fn fault(&self) -> Option<PricePart> {
        if self.provider != "*" && !is_provider_name(&self.provider) {
            return Some(PricePart::Provider);
        }
        let start = self.model.strip_suffix('*').unwrap_or(&self.model);
        let plain = !start.contains('*') && !self.model.contains(char::is_control);
        // As the words of a text it has to come back as it was.
        let spaced = self.model.split_whitespace().collect::<Vec<_>>().join(" ");
        let short = self.model.chars().count() <= LONGEST;
        if self.model.is_empty() || !short || !plain || spaced != self.model {
            return Some(PricePart::Model);
        }
        let rates = [
            (PricePart::Input, Some(self.input)),
            (PricePart::Cached, self.cached),
            (PricePart::Output, Some(self.output)),
        ];
        let wrong = |rate: MicroUsd| rate.0 < 0 || rate > DEAREST;
        let found = rates.into_iter().find(|(_, rate)| rate.is_some_and(wrong));
        found.map(|(part, _)| part)
    }
}

impl fmt::Display for CustomPrice {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (input, output) = (dollars(self.input), dollars(self.output));
        write!(
            out,
            "{}/{} in {input} out {output}",
            self.provider, self.model
        )?;
        match self.cached {
            Some(cached) => write!(out, " cached {}", dollars(cached)),
            None => Ok(()),
        }
    }
}

impl FromStr for CustomPrice {
    type Err = CustomPriceError;

    fn from_str(text: &str) -> Result<Self, CustomPriceError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let money = |text: &str| text.parse::<MicroUsd>().map_err(|_| CustomPriceError);
        let (cached, words) = match words.as_slice() {
            [rest @ .., "cached", cached] => (Some(money(cached)?), rest),
            all => (None, all),
        };
        let [name @ .., "in", input, "out", output] = words else {
            return Err(CustomPriceError);
        };
        let name = name.join(" ");
        let (provider, model) = name.split_once('/').ok_or(CustomPriceError)?;
        let price = Self {
            provider: provider.to_owned(),
            model: model.to_owned(),
            input: money(input)?,
            cached,
            output: money(output)?,
        };
        match price.fault() {
            None => Ok(price),
            Some(_) => Err(CustomPriceError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_comes_back_as_written_and_others_are_refused() {
        for text in [
            "main/gpt-5-mini in 0.25 out 2.00 cached 0.025",
            "*/llama* in 0.00 out 0.00",
            "main/meta-llama/Llama 3 in 1.00 out 2.00",
        ] {
            assert_eq!(text.parse::<CustomPrice>().unwrap().to_string(), text);
        }
        for bad in [
            "",
            "gpt in 1 out 2",
            "main/ in 1 out 2",
            "main/gpt in 1",
            "main/gpt out 2 in 1",
            "main/gpt in 1 out two",
            "main/gpt in -1 out 2",
            "main/a*b in 1 out 2",
            "a.b/gpt in 1 out 2",
            "main/gpt in 1 out 2000000",
        ] {
            assert_eq!(bad.parse::<CustomPrice>(), Err(CustomPriceError), "{bad}");
        }
    }
}
