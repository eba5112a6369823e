//! Sums as people type them: `2 + 3 * (4 - 1)`, `7 x 8`, `10 / 4`. Pure.

/// Deepest nesting of brackets and signs that is read.
const DEEPEST: usize = 64;

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoResult {
    /// Not a sum.
    NotASum,
    /// A division by zero.
    ByZero,
    /// Too large to write down.
    TooLarge,
}

/// The result of a sum with at least one operator, as text.
pub(super) fn calculate(text: &str) -> Result<String, NoResult> {
    let symbols: Vec<char> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            'x' | 'X' | '×' | '·' => '*',
            '÷' | ':' => '/',
            '−' => '-',
            ',' => '.',
            other => other,
        })
        .collect();
    let mut reader = Reader {
        symbols: &symbols,
        at: 0,
        operators: 0,
        depth: 0,
    };
    let value = reader.sum()?;
    if reader.at != symbols.len() || reader.operators == 0 {
        return Err(NoResult::NotASum);
    }
    write(value)
}

fn write(value: f64) -> Result<String, NoResult> {
    if !value.is_finite() || value.abs() >= 1e15 {
        return Err(NoResult::TooLarge);
    }
    // Ten decimals hide what binary fractions add.
    let text = format!("{value:.10}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    Ok(if text == "-0" { "0" } else { text }.to_owned())
}

struct Reader<'a> {
    symbols: &'a [char],
    at: usize,
    operators: usize,
    depth: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.symbols.get(self.at).copied()
    }

    fn take(&mut self, wanted: &[char]) -> Option<char> {
        let found = self.peek().filter(|c| wanted.contains(c))?;
        self.at += 1;
        Some(found)
    }

    fn sum(&mut self) -> Result<f64, NoResult> {
        let mut value = self.product()?;
        while let Some(operator) = self.take(&['+', '-']) {
            self.operators += 1;
            let right = self.product()?;
            value += if operator == '+' { right } else { -right };
        }
        Ok(value)
    }

    fn product(&mut self) -> Result<f64, NoResult> {
        let mut value = self.power()?;
        while let Some(operator) = self.take(&['*', '/', '%']) {
            self.operators += 1;
            let right = self.power()?;
            value = match operator {
                '*' => value * right,
                _ if right == 0.0 => return Err(NoResult::ByZero),
                '/' => value / right,
                _ => value % right,
            };
        }
        Ok(value)
    }

    fn power(&mut self) -> Result<f64, NoResult> {
        let base = self.signed()?;
        if self.take(&['^']).is_none() {
            return Ok(base);
        }
        self.operators += 1;
        self.deeper(|reader| reader.power().map(|exponent| base.powf(exponent)))
    }

    fn signed(&mut self) -> Result<f64, NoResult> {
        if self.take(&['-']).is_some() {
            return self.deeper(|reader| reader.signed().map(|value| -value));
        }
        if self.take(&['(']).is_some() {
            let value = self.deeper(Self::sum)?;
            return match self.take(&[')']) {
                Some(_) => Ok(value),
                None => Err(NoResult::NotASum),
            };
        }
        self.number()
    }

    fn deeper(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<f64, NoResult>,
    ) -> Result<f64, NoResult> {
        if self.depth == DEEPEST {
            return Err(NoResult::NotASum);
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn number(&mut self) -> Result<f64, NoResult> {
        let mut digits = String::new();
        while let Some(symbol) = self.peek().filter(|c| c.is_ascii_digit() || *c == '.') {
            digits.push(symbol);
            self.at += 1;
        }
        digits.parse().map_err(|_| NoResult::NotASum)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sums_are_worked_out_in_the_right_order() {
        for (sum, result) in [
            ("2+2", "4"),
            ("2 + 3 * (4 - 1)", "11"),
            ("7 x 8", "56"),
            ("10 / 4", "2.5"),
            ("0.1 + 0.2", "0.3"),
            ("1,5 * 2", "3"),
            ("2 ^ 3 ^ 2", "512"),
            ("-3 - -3", "0"),
            ("17 % 5", "2"),
            ("8 ÷ 2 − 1", "3"),
        ] {
            assert_eq!(calculate(sum).as_deref(), Ok(result), "{sum}");
        }
    }

    #[test]
    fn what_has_no_result_says_why() {
        assert_eq!(calculate("1 / 0"), Err(NoResult::ByZero));
        assert_eq!(calculate("10 ^ 300"), Err(NoResult::TooLarge));
        for text in ["", "42", "2 +", "(2 + 3", "2 + two", "1..2 + 3", "2 3"] {
            assert_eq!(calculate(text), Err(NoResult::NotASum), "{text}");
        }
        assert_eq!(calculate(&"(".repeat(100_000)), Err(NoResult::NotASum));
    }

    proptest! {
        #[test]
        fn sums_of_integers_are_exact(a in -999_999_i64..999_999, b in 0_i64..999_999) {
            prop_assert_eq!(calculate(&format!("{a} + {b}")), Ok((a + b).to_string()));
            prop_assert_eq!(calculate(&format!("{a}-{b}")), Ok((a - b).to_string()));
        }

        #[test]
        fn no_text_makes_it_fall_over(text in "[-0-9+*/^%(). x]{0,60}") {
            let _any = calculate(&text);
        }
    }
}
