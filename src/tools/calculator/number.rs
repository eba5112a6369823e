//! Numbers: exact fractions of any size within bounds, and floating ones where nothing else will do.

use std::{cmp::Ordering, fmt};

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One as _, Pow as _, Signed as _, ToPrimitive as _, Zero as _};

/// Bits of an exact number; larger ones become floating.
const MOST_BITS: u64 = 1 << 16;
/// Digits after the point that a fraction is shown with.
const SHOWN_DIGITS: u32 = 20;
/// Digits of a whole number that are shown at most.
const SHOWN_WHOLE: usize = 1000;

/// Why an expression has no value. `Display` is a sentence for the model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::tools) enum MathError {
    /// The text is not an expression.
    #[error("at character {at}: {what}")]
    Syntax {
        /// Counted from 1.
        at: usize,
        /// What is wrong.
        what: String,
    },
    /// No number is the answer.
    #[error("{0}")]
    Domain(String),
}

impl MathError {
    pub(super) fn domain(text: impl Into<String>) -> Self {
        Self::Domain(text.into())
    }
}

/// A number.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::tools) enum Number {
    /// A fraction.
    Exact(BigRational),
    /// As near as a floating number comes.
    Near(f64),
}

impl Number {
    pub(super) fn whole(number: i64) -> Self {
        Self::Exact(BigRational::from_integer(number.into()))
    }

    /// Reads digits with an optional point and exponent.
    pub(super) fn read(digits: &str) -> Option<Self> {
        let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (digits, 0),
        };
        let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all: BigInt = format!("{whole}{part}").parse().ok()?;
        let shift = exponent.checked_sub(i32::try_from(part.len()).ok()?)?;
        if shift.unsigned_abs() > 10_000 {
            return digits.parse().ok().and_then(|near| Self::near(near).ok());
        }
        let ten = BigRational::from_integer(BigInt::from(10));
        Some(Self::Exact(BigRational::from_integer(all) * ten.pow(shift)))
    }

    pub(super) fn near(number: f64) -> Result<Self, MathError> {
        if number.is_finite() {
            Ok(Self::Near(number))
        } else if number.is_nan() {
            Err(MathError::domain("there is no such number"))
        } else {
            Err(MathError::domain("the result is too large"))
        }
    }

    /// As a floating number.
    pub(super) fn float(&self) -> f64 {
        match self {
            Self::Exact(number) => number.to_f64().unwrap_or(f64::NAN),
            Self::Near(number) => *number,
        }
    }

    /// As a whole number, if it is one.
    pub(super) fn integer(&self) -> Option<BigInt> {
        match self {
            Self::Exact(number) => number.is_integer().then(|| number.to_integer()),
            Self::Near(_) => None,
        }
    }

    fn exact(number: BigRational) -> Result<Self, MathError> {
        if number.numer().bits().max(number.denom().bits()) > MOST_BITS {
            return Self::near(number.to_f64().unwrap_or(f64::NAN));
        }
        Ok(Self::Exact(number))
    }

    fn both(
        &self,
        other: &Self,
        exact: impl FnOnce(&BigRational, &BigRational) -> BigRational,
        near: impl FnOnce(f64, f64) -> f64,
    ) -> Result<Self, MathError> {
        match (self, other) {
            (Self::Exact(one), Self::Exact(other)) => Self::exact(exact(one, other)),
            _ => Self::near(near(self.float(), other.float())),
        }
    }

    pub(super) fn add(&self, other: &Self) -> Result<Self, MathError> {
        self.both(other, |a, b| a + b, |a, b| a + b)
    }

    pub(super) fn subtract(&self, other: &Self) -> Result<Self, MathError> {
        self.both(other, |a, b| a - b, |a, b| a - b)
    }

    pub(super) fn multiply(&self, other: &Self) -> Result<Self, MathError> {
        self.both(other, |a, b| a * b, |a, b| a * b)
    }

    pub(super) fn divide(&self, other: &Self) -> Result<Self, MathError> {
        other.not_zero()?;
        self.both(other, |a, b| a / b, |a, b| a / b)
    }

    /// What is left after whole divisions; of the divisor's sign, as in mathematics.
    pub(super) fn modulo(&self, other: &Self) -> Result<Self, MathError> {
        other.not_zero()?;
        self.both(
            other,
            |a, b| a - (a / b).floor() * b,
            |a, b| b.mul_add(-(a / b).floor(), a),
        )
    }

    pub(super) fn negate(&self) -> Self {
        match self {
            Self::Exact(number) => Self::Exact(-number),
            Self::Near(number) => Self::Near(-number),
        }
    }

    pub(super) fn power(&self, exponent: &Self) -> Result<Self, MathError> {
        if let (Self::Exact(base), Some(whole)) = (self, exponent.integer()) {
            if base.is_zero() && whole.is_negative() {
                return Err(MathError::domain("a division by zero"));
            }
            let bits = base.numer().bits().max(base.denom().bits());
            if let Some(times) = whole.to_i32()
                && bits.saturating_mul(times.unsigned_abs().into()) <= MOST_BITS * 2
            {
                return Self::exact(base.pow(times));
            }
        }
        if let (Self::Exact(base), Self::Exact(power)) = (self, exponent)
            && *power.denom() == BigInt::from(2)
            && !base.is_negative()
            && let Some(root) = root_of(base)
        {
            let times = Self::Exact(BigRational::from_integer(power.numer().clone()));
            return Self::Exact(root).power(&times);
        }
        if self.float() < 0.0 && exponent.integer().is_none() {
            return Err(MathError::domain(
                "a negative number to a power that is no whole number is not real",
            ));
        }
        Self::near(self.float().powf(exponent.float()))
    }

    pub(super) fn root(&self) -> Result<Self, MathError> {
        if self.float() < 0.0 {
            return Err(MathError::domain(
                "the square root of a negative number is not real",
            ));
        }
        match self {
            Self::Exact(number) => match root_of(number) {
                Some(root) => Ok(Self::Exact(root)),
                None => Self::near(self.float().sqrt()),
            },
            Self::Near(number) => Self::near(number.sqrt()),
        }
    }

    pub(super) fn factorial(&self) -> Result<Self, MathError> {
        let count = self
            .integer()
            .and_then(|number| number.to_u32())
            .filter(|count| *count <= 5000)
            .ok_or_else(|| MathError::domain("a factorial needs a whole number from 0 to 5000"))?;
        let product = (1..=count).fold(BigInt::one(), |product, next| product * next);
        Self::exact(BigRational::from_integer(product))
    }

    /// Rounds to digits after the point (negative: before it), halves away from zero.
    pub(super) fn round(&self, digits: i32) -> Result<Self, MathError> {
        let digits = digits.clamp(-300, 300);
        match self {
            Self::Exact(number) => {
                let scale = BigRational::from_integer(10.into()).pow(digits);
                Self::exact((number * &scale).round() / scale)
            }
            Self::Near(number) => {
                let scale = 10_f64.powi(digits);
                let scaled = (number * scale).round() / scale;
                Self::near(if scaled.is_finite() { scaled } else { *number })
            }
        }
    }

    pub(super) fn mapped(
        &self,
        exact: impl FnOnce(&BigRational) -> BigRational,
        near: impl FnOnce(f64) -> f64,
    ) -> Result<Self, MathError> {
        match self {
            Self::Exact(number) => Self::exact(exact(number)),
            Self::Near(number) => Self::near(near(*number)),
        }
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Exact(one), Self::Exact(other)) => one.cmp(other),
            _ => self.float().total_cmp(&other.float()),
        }
    }

    fn not_zero(&self) -> Result<(), MathError> {
        let zero = match self {
            Self::Exact(number) => number.is_zero(),
            Self::Near(number) => *number == 0.0,
        };
        if zero {
            return Err(MathError::domain("a division by zero"));
        }
        Ok(())
    }
}

/// The exact square root, if there is one.
fn root_of(number: &BigRational) -> Option<BigRational> {
    let whole = |number: &BigInt| {
        let root = number.sqrt();
        (&root * &root == *number).then_some(root)
    };
    Some(BigRational::new(
        whole(number.numer())?,
        whole(number.denom())?,
    ))
}

impl fmt::Display for Number {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = match self {
            Self::Near(number) => return write!(out, "{number} (rounded)"),
            Self::Exact(number) => number,
        };
        if number.is_integer() {
            let digits = number.to_integer().to_string();
            if digits.len() <= SHOWN_WHOLE {
                return out.write_str(&digits);
            }
            let head: String = digits.chars().take(30).collect();
            return write!(
                out,
                "{head}… ({} digits)",
                digits.trim_start_matches('-').len()
            );
        }
        let decimal = decimal(number);
        let scale = BigInt::from(10).pow(SHOWN_DIGITS);
        if (&scale % number.denom()).is_zero() {
            return out.write_str(&decimal);
        }
        let fraction = number.to_string();
        if fraction.len() <= 60 {
            write!(out, "{fraction} = {decimal}… (rounded)")
        } else {
            write!(out, "{decimal}… (rounded)")
        }
    }
}

/// The number with digits after its point, without trailing noughts.
fn decimal(number: &BigRational) -> String {
    let scale = BigInt::from(10).pow(SHOWN_DIGITS);
    let scaled = (number.abs() * BigRational::from_integer(scale))
        .round()
        .to_integer();
    let places = SHOWN_DIGITS as usize;
    let digits = format!("{scaled:0>width$}", width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    let sign = if number.is_negative() { "-" } else { "" };
    let part = part.trim_end_matches('0');
    if part.is_empty() {
        return format!("{:e}", number.to_f64().unwrap_or_default());
    }
    format!("{sign}{whole}.{part}")
}
