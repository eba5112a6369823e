//! Money: integers of micro-dollars inside, decimal strings outside, floats nowhere.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize, de};

use super::schema::openapi_string;

/// An amount in millionths of a US dollar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MicroUsd(pub i64);

impl MicroUsd {
    /// This and another amount.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left when another amount is taken away; may be negative.
    #[must_use]
    pub const fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// The text is no amount of dollars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected dollars such as \"0.25\" with at most six decimals")]
pub struct MoneyError;

impl fmt::Display for MicroUsd {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let micros = self.0.unsigned_abs();
        write!(
            out,
            "{sign}{}.{:06}",
            micros / 1_000_000,
            micros % 1_000_000
        )
    }
}

impl FromStr for MicroUsd {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (negative, digits) = text
            .strip_prefix('-')
            .map_or((false, text), |rest| (true, rest));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |text: &str| text.bytes().all(|letter| letter.is_ascii_digit());
        if whole.is_empty() || part.len() > 6 || !all_digits(whole) || !all_digits(part) {
            return Err(MoneyError);
        }
        let micros = format!("{part:0<6}")
            .parse::<i64>()
            .map_err(|_| MoneyError)?;
        let total = whole
            .parse::<i64>()
            .ok()
            .and_then(|dollars| dollars.checked_mul(1_000_000)?.checked_add(micros))
            .ok_or(MoneyError)?;
        Ok(Self(if negative { -total } else { total }))
    }
}

impl Serialize for MicroUsd {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MicroUsd {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(de::Error::custom)
    }
}

openapi_string!(MicroUsd, "MicroUsd", "decimal");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_come_back_as_written() {
        for (text, micros) in [
            ("0.000001", 1),
            ("12.345678", 12_345_678),
            ("-0.500000", -500_000),
        ] {
            assert_eq!(text.parse(), Ok(MicroUsd(micros)));
            assert_eq!(MicroUsd(micros).to_string(), text);
        }
        for bad in ["", ".5", "1.2345678", "1e3", "$1"] {
            assert_eq!(bad.parse::<MicroUsd>(), Err(MoneyError));
        }
    }
}
