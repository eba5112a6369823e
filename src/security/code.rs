//! The pairing code as people read and type it. No I/O.

use std::fmt;

use zeroize::Zeroizing;

use crate::crypto::{self, CryptoError};

/// Letters and digits that are not mistaken for each other: no 0 O, 1 I L.
const ALPHABET: &[u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";
/// Characters of a code, the dash not counted.
const LENGTH: usize = 8;
/// Longer input is not looked at.
const LONGEST_INPUT: usize = 32;

/// A code in its one spelling: eight characters of the alphabet. Shown as `ABCD-3479`; its debug
/// form says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct PairingCode(Zeroizing<String>);

impl PairingCode {
    /// A fresh one.
    pub fn fresh() -> Result<Self, CryptoError> {
        let mut code = Zeroizing::new(String::with_capacity(LENGTH));
        // Bytes beyond the last whole multiple would favour the first letters.
        let fair = 256 - 256 % ALPHABET.len();
        while code.len() < LENGTH {
            let bytes = Zeroizing::new(crypto::random_bytes::<16>()?);
            let letters = bytes
                .iter()
                .map(|byte| usize::from(*byte))
                .filter(|byte| *byte < fair)
                .map(|byte| char::from(ALPHABET[byte % ALPHABET.len()]));
            let missing = LENGTH - code.len();
            code.extend(letters.take(missing));
        }
        Ok(Self(code))
    }

    /// Reads what somebody typed: case, dashes and spaces are forgiven.
    pub fn parse(typed: &str) -> Option<Self> {
        if typed.len() > LONGEST_INPUT {
            return None;
        }
        let code: Zeroizing<String> = Zeroizing::new(
            typed
                .chars()
                .filter(|letter| *letter != '-' && !letter.is_whitespace())
                .map(|letter| letter.to_ascii_uppercase())
                .collect(),
        );
        let known = |letter: u8| ALPHABET.contains(&letter);
        (code.len() == LENGTH && code.bytes().all(known)).then_some(Self(code))
    }

    /// The eight characters, to be hashed.
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PairingCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.0.split_at(LENGTH / 2);
        write!(out, "{first}-{second}")
    }
}

impl fmt::Debug for PairingCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("PairingCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_two_groups_of_four_and_is_read_again_however_it_is_typed() {
        for _ in 0..200 {
            let code = PairingCode::fresh().unwrap();
            let shown = code.to_string();
            assert_eq!((shown.len(), shown.find('-')), (9, Some(4)));
            for typed in [
                shown.clone(),
                shown.to_lowercase(),
                shown.replace('-', ""),
                format!(" {} ", shown.replace('-', " - ")),
            ] {
                assert_eq!(PairingCode::parse(&typed), Some(code.clone()), "{typed}");
            }
        }
    }

    #[test]
    fn codes_differ_and_use_the_whole_alphabet() {
        let mut seen = std::collections::HashSet::new();
        let mut letters = std::collections::HashSet::new();
        for _ in 0..500 {
            let code = PairingCode::fresh().unwrap();
            letters.extend(code.secret().bytes());
            assert!(seen.insert(code.secret().to_owned()));
        }
        assert_eq!(letters.len(), ALPHABET.len());
    }

    #[test]
    fn debug_output_does_not_tell_the_code() {
        let code = PairingCode::parse("ACDE-FGHJ").unwrap();
        assert!(!format!("{code:?}").contains("ACDE"));
    }

    proptest! {
        #[test]
        fn no_input_breaks_the_reader_and_only_codes_are_read(typed in ".{0,64}") {
            if let Some(code) = PairingCode::parse(&typed) {
                prop_assert_eq!(code.secret().len(), LENGTH);
                prop_assert!(code.secret().bytes().all(|letter| ALPHABET.contains(&letter)));
            }
        }
    }
}
