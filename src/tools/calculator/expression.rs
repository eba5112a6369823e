//! Reads an expression and works it out as it goes.

use std::{iter::Peekable, str::CharIndices};

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed as _, ToPrimitive as _, Zero as _};

use super::{MathError, Number};

/// Brackets within brackets.
const DEEPEST: usize = 64;

/// The value of an expression.
pub(super) fn evaluate(text: &str) -> Result<Number, MathError> {
    let mut reader = Reader {
        text,
        letters: text.char_indices().peekable(),
        depth: 0,
    };
    let value = reader.sum()?;
    match reader.peek() {
        None => Ok(value),
        Some(letter) => Err(reader.wrong(format!("{letter:?} is not expected here"))),
    }
}

struct Reader<'a> {
    text: &'a str,
    letters: Peekable<CharIndices<'a>>,
    depth: usize,
}

impl Reader<'_> {
    fn at(&mut self) -> usize {
        self.letters.peek().map_or(self.text.len(), |(at, _)| *at)
    }

    fn peek(&mut self) -> Option<char> {
        while self
            .letters
            .next_if(|(_, letter)| letter.is_whitespace())
            .is_some()
        {}
        self.letters.peek().map(|(_, letter)| *letter)
    }

    fn take(&mut self, wanted: &[char]) -> Option<char> {
        self.peek()
            .filter(|letter| wanted.contains(letter))
            .inspect(|_| {
                self.letters.next();
            })
    }

    fn wrong(&mut self, what: impl Into<String>) -> MathError {
        let at = self.at();
        let before = self.text.get(..at).unwrap_or_default();
        MathError::Syntax {
            at: before.chars().count() + 1,
            what: what.into(),
        }
    }

    fn sum(&mut self) -> Result<Number, MathError> {
        let mut value = self.product()?;
        while let Some(sign) = self.take(&['+', '-', '−']) {
            let other = self.product()?;
            value = if sign == '+' {
                value.add(&other)?
            } else {
                value.subtract(&other)?
            };
        }
        Ok(value)
    }

    fn product(&mut self) -> Result<Number, MathError> {
        let mut value = self.signed()?;
        loop {
            if self.take(&['*', '×', '·']).is_some() {
                value = value.multiply(&self.signed()?)?;
            } else if self.take(&['/', '÷']).is_some() {
                let whole = self.take(&['/']).is_some();
                value = value.divide(&self.signed()?)?;
                if whole {
                    value = value.mapped(BigRational::floor, f64::floor)?;
                }
            } else if self.take_word("mod") || self.take(&['%']).is_some() {
                value = value.modulo(&self.signed()?)?;
            } else {
                return Ok(value);
            }
        }
    }

    fn signed(&mut self) -> Result<Number, MathError> {
        self.deeper(|reader| match reader.take(&['-', '−', '+']) {
            Some('+') => reader.signed(),
            Some(_) => Ok(reader.signed()?.negate()),
            None => reader.power(),
        })
    }

    fn power(&mut self) -> Result<Number, MathError> {
        let base = self.followed()?;
        if self.take(&['^']).is_some() || self.take_twice('*') {
            return base.power(&self.signed()?);
        }
        Ok(base)
    }

    /// A value and what follows it at once: `!`, and `%` where no operand comes after it.
    fn followed(&mut self) -> Result<Number, MathError> {
        let mut value = self.value()?;
        loop {
            if self.take(&['!']).is_some() {
                value = value.factorial()?;
            } else if self.is_percent() {
                self.letters.next();
                value = value.divide(&Number::whole(100))?;
            } else {
                return Ok(value);
            }
        }
    }

    fn value(&mut self) -> Result<Number, MathError> {
        match self.peek() {
            Some('(') => self.deeper(|reader| {
                reader.letters.next();
                let value = reader.sum()?;
                reader.close()?;
                Ok(value)
            }),
            Some(letter) if letter.is_ascii_digit() || letter == '.' => self.number(),
            Some(letter) if letter.is_alphabetic() => self.named(),
            Some(letter) => Err(self.wrong(format!("{letter:?} is not expected here"))),
            None => Err(self.wrong("a number is missing")),
        }
    }

    fn number(&mut self) -> Result<Number, MathError> {
        let start = self.at();
        let rest = self.text.get(start..).unwrap_or_default();
        let length = number_length(rest);
        let digits: String = rest
            .chars()
            .take(length)
            .filter(|letter| *letter != '_')
            .collect();
        let value = match digits.get(..2) {
            Some("0x" | "0X") => radix(&digits, 16),
            Some("0b" | "0B") => radix(&digits, 2),
            Some("0o" | "0O") => radix(&digits, 8),
            _ => Number::read(&digits),
        };
        let value = value.ok_or_else(|| self.wrong(format!("{digits:?} is not a number")))?;
        for _ in 0..length {
            self.letters.next();
        }
        Ok(value)
    }

    fn named(&mut self) -> Result<Number, MathError> {
        let start = self.at();
        let name = self.word();
        for _ in name.chars() {
            self.letters.next();
        }
        let lower = name.to_lowercase();
        if self.take(&['(']).is_some() {
            let values = self.deeper(Self::list)?;
            return apply(&lower, &values);
        }
        match lower.as_str() {
            "pi" | "π" => Ok(Number::Near(std::f64::consts::PI)),
            "e" => Ok(Number::Near(std::f64::consts::E)),
            "tau" | "τ" => Ok(Number::Near(std::f64::consts::TAU)),
            _ => Err(MathError::Syntax {
                at: self.text.get(..start).unwrap_or_default().chars().count() + 1,
                what: format!("{name:?} is not known"),
            }),
        }
    }

    /// Values up to the closing bracket.
    fn list(&mut self) -> Result<Vec<Number>, MathError> {
        let mut values = Vec::new();
        if self.take(&[')']).is_some() {
            return Ok(values);
        }
        loop {
            values.push(self.sum()?);
            if self.take(&[',', ';']).is_none() {
                self.close()?;
                return Ok(values);
            }
        }
    }

    fn close(&mut self) -> Result<(), MathError> {
        if self.take(&[')']).is_some() {
            return Ok(());
        }
        Err(self.wrong("a closing bracket is missing"))
    }

    fn deeper<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, MathError>,
    ) -> Result<T, MathError> {
        if self.depth >= DEEPEST {
            return Err(self.wrong("the expression is nested too deeply"));
        }
        self.depth += 1;
        let result = work(self);
        self.depth -= 1;
        result
    }

    fn word(&mut self) -> String {
        let start = self.at();
        let rest = self.text.get(start..).unwrap_or_default();
        rest.chars()
            .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
            .collect()
    }

    fn take_word(&mut self, wanted: &str) -> bool {
        self.peek();
        let here = self.word().eq_ignore_ascii_case(wanted);
        if here {
            for _ in wanted.chars() {
                self.letters.next();
            }
        }
        here
    }

    fn take_twice(&mut self, wanted: char) -> bool {
        self.peek();
        let at = self.at();
        let twice = self.text.get(at..).is_some_and(|rest| {
            rest.starts_with([wanted]) && rest[wanted.len_utf8()..].starts_with(wanted)
        });
        if twice {
            self.letters.next();
            self.letters.next();
        }
        twice
    }

    /// Whether `%` is here and means hundredths.
    fn is_percent(&mut self) -> bool {
        if self.peek() != Some('%') {
            return false;
        }
        let at = self.at();
        let after = self.text.get(at + 1..).unwrap_or_default().trim_start();
        !after.starts_with(|next: char| next.is_alphanumeric() || next == '(' || next == '.')
    }
}

/// Characters of the number that a text begins with.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let run = |from: usize, holds: fn(u8) -> bool| {
        bytes
            .get(from..)
            .unwrap_or_default()
            .iter()
            .take_while(|byte| holds(**byte) || **byte == b'_')
            .count()
    };
    if let [b'0', b'x' | b'X' | b'b' | b'B' | b'o' | b'O', ..] = bytes {
        return 2 + run(2, |byte| byte.is_ascii_hexdigit());
    }
    let mut length = run(0, |byte| byte.is_ascii_digit());
    if bytes.get(length) == Some(&b'.') {
        length += 1 + run(length + 1, |byte| byte.is_ascii_digit());
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let digits = run(length + 1 + sign, |byte| byte.is_ascii_digit());
        if digits > 0 {
            length += 1 + sign + digits;
        }
    }
    length
}

fn radix(digits: &str, base: u32) -> Option<Number> {
    let number = BigInt::parse_bytes(digits.get(2..)?.as_bytes(), base)?;
    Some(Number::Exact(BigRational::from_integer(number)))
}

fn apply(name: &str, values: &[Number]) -> Result<Number, MathError> {
    match (name, values) {
        ("sqrt", [x]) => x.root(),
        ("abs", [x]) => x.mapped(BigRational::abs, f64::abs),
        ("sign", [x]) => x.mapped(BigRational::signum, f64::signum),
        ("floor", [x]) => x.mapped(BigRational::floor, f64::floor),
        ("ceil", [x]) => x.mapped(BigRational::ceil, f64::ceil),
        ("trunc" | "int", [x]) => x.mapped(BigRational::trunc, f64::trunc),
        ("round", [x]) => x.round(0),
        ("round", [x, digits]) => x.round(small(digits)?),
        ("factorial" | "fact", [x]) => x.factorial(),
        ("pow", [base, exponent]) => base.power(exponent),
        ("mod", [x, y]) => x.modulo(y),
        ("min" | "max" | "sum" | "mean" | "avg" | "gcd" | "lcm", [first, rest @ ..]) => {
            over(name, first, rest)
        }
        ("log", [x, base]) => positive(x)
            .and_then(|x| Ok((x, positive(base)?)))
            .and_then(|(x, base)| Number::near(x.ln() / base.ln())),
        ("ln", [x]) => Number::near(positive(x)?.ln()),
        ("log" | "log10", [x]) => Number::near(positive(x)?.log10()),
        ("log2", [x]) => Number::near(positive(x)?.log2()),
        ("hypot", [x, y]) => Number::near(x.float().hypot(y.float())),
        ("atan2", [y, x]) => Number::near(y.float().atan2(x.float())),
        (_, [x]) => match float_function(name) {
            Some(function) => Number::near(function(x.float())),
            None => Err(unknown(name)),
        },
        _ => Err(unknown(name)),
    }
}

fn float_function(name: &str) -> Option<fn(f64) -> f64> {
    Some(match name {
        "cbrt" => f64::cbrt,
        "exp" => f64::exp,
        "sin" => f64::sin,
        "cos" => f64::cos,
        "tan" => f64::tan,
        "asin" => f64::asin,
        "acos" => f64::acos,
        "atan" => f64::atan,
        "sinh" => f64::sinh,
        "cosh" => f64::cosh,
        "tanh" => f64::tanh,
        "deg" => f64::to_degrees,
        "rad" => f64::to_radians,
        _ => return None,
    })
}

fn over(name: &str, first: &Number, rest: &[Number]) -> Result<Number, MathError> {
    let all = || std::iter::once(first).chain(rest);
    match name {
        "min" => Ok(all().min_by(|a, b| a.compare(b)).unwrap_or(first).clone()),
        "max" => Ok(all().max_by(|a, b| a.compare(b)).unwrap_or(first).clone()),
        "gcd" | "lcm" => {
            let mut result = whole(first)?;
            for other in rest {
                let other = whole(other)?;
                let common = greatest(&result, &other);
                result = match name {
                    "gcd" => common,
                    _ if common.is_zero() => common,
                    _ => (&result / &common * other).abs(),
                };
            }
            Number::Exact(BigRational::from_integer(result.abs())).add(&Number::whole(0))
        }
        _ => {
            let sum = rest
                .iter()
                .try_fold(first.clone(), |sum, next| sum.add(next))?;
            if name == "sum" {
                return Ok(sum);
            }
            let count = i64::try_from(rest.len() + 1).unwrap_or(i64::MAX);
            sum.divide(&Number::whole(count))
        }
    }
}

fn greatest(one: &BigInt, other: &BigInt) -> BigInt {
    let (mut one, mut other) = (one.abs(), other.abs());
    while !other.is_zero() {
        (one, other) = (other.clone(), one % other);
    }
    one
}

fn whole(number: &Number) -> Result<BigInt, MathError> {
    number
        .integer()
        .ok_or_else(|| MathError::domain("gcd and lcm need whole numbers"))
}

fn small(number: &Number) -> Result<i32, MathError> {
    number
        .integer()
        .and_then(|number| number.to_i32())
        .ok_or_else(|| MathError::domain("the number of digits must be a small whole number"))
}

fn positive(number: &Number) -> Result<f64, MathError> {
    let float = number.float();
    if float > 0.0 {
        Ok(float)
    } else {
        Err(MathError::domain("a logarithm needs a number above zero"))
    }
}

fn unknown(name: &str) -> MathError {
    MathError::domain(format!("there is no function {name} for so many numbers"))
}

#[cfg(test)]
#[path = "expression_tests.rs"]
mod tests;
