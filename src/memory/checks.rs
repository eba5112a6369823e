//! What may be remembered under which name. Pure.

use unicode_normalization::UnicodeNormalization as _;

use super::MemoryError;
use crate::{crypto, store::fulltext::terms_of};

/// Longest key, in characters.
pub const MAX_KEY_CHARS: usize = 200;
/// Longest name of a category, in characters.
pub const MAX_CATEGORY_CHARS: usize = 64;
/// Keys that would stand where routes stand.
pub const RESERVED_KEYS: [&str; 7] = [
    "list",
    "read",
    "search",
    "tree",
    "write",
    "bulk",
    "categories",
];

/// Words of a key that is made from its text.
const KEY_WORDS: usize = 7;
/// … and their letters.
const KEY_LETTERS: usize = 48;

/// A key that can be kept: two spellings of one text become the same key.
pub(super) fn key(text: &str) -> Result<String, MemoryError> {
    let key: String = text.trim().nfc().collect();
    let odd = |letter: char| letter.is_control() || letter == '/' || is_invisible(letter);
    let length = key.chars().count();
    if length == 0 || length > MAX_KEY_CHARS || key.chars().any(odd) || key == "." || key == ".." {
        return Err(MemoryError::Key);
    }
    if RESERVED_KEYS.contains(&key.as_str()) {
        return Err(MemoryError::Reserved);
    }
    Ok(key)
}

/// Letters that nobody sees would make two keys that look the same.
fn is_invisible(letter: char) -> bool {
    matches!(u32::from(letter),
        0x00AD | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFEFF | 0xFFF9..=0xFFFB)
}

/// A text that can be kept.
pub(super) fn content(text: &str, max_bytes: usize) -> Result<String, MemoryError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(MemoryError::Empty);
    }
    if text.contains('\0') {
        return Err(MemoryError::Nul);
    }
    if text.len() > max_bytes {
        return Err(MemoryError::TooLong(max_bytes));
    }
    Ok(text.to_owned())
}

/// The name of a category, in small letters.
pub(super) fn category(text: &str) -> Result<String, MemoryError> {
    let name: String = text.trim().to_lowercase().nfc().collect();
    let fits = |letter: char| letter.is_alphanumeric() || " ._-".contains(letter);
    let length = name.chars().count();
    if length == 0 || length > MAX_CATEGORY_CHARS || !name.chars().all(fits) {
        return Err(MemoryError::Category);
    }
    Ok(name)
}

/// A key for a text that came without one: its first words, and a few letters that tell it from
/// other texts that begin the same.
pub(super) fn key_for(text: &str) -> String {
    let mut words = String::new();
    for term in readable_terms(text).into_iter().take(KEY_WORDS) {
        if !words.is_empty() {
            words.push('-');
        }
        words.push_str(&term);
        if words.chars().count() >= KEY_LETTERS {
            break;
        }
    }
    let words: String = words.chars().take(KEY_LETTERS).collect();
    let digest = hex::encode(crypto::sha256(terms_of(text).join(" ").as_bytes()));
    let tail = digest.get(..6).unwrap_or_default();
    match words.trim_end_matches('-') {
        "" => format!("note-{tail}"),
        words => format!("{words}-{tail}"),
    }
}

fn readable_terms(text: &str) -> Vec<String> {
    text.to_lowercase()
        .nfc()
        .collect::<String>()
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_is_one_step_of_a_path_that_can_be_seen() {
        assert_eq!(key(" user_name ").unwrap(), "user_name");
        assert_eq!(key("Cafe\u{301} 咖啡").unwrap(), "Café 咖啡");
        for bad in [
            "",
            "  ",
            ".",
            "..",
            "a/b",
            "a\nb",
            "a\u{200b}b",
            &"k".repeat(201),
        ] {
            assert!(matches!(key(bad), Err(MemoryError::Key)), "{bad:?}");
        }
        for reserved in RESERVED_KEYS {
            assert!(matches!(key(reserved), Err(MemoryError::Reserved)));
        }
    }

    #[test]
    fn a_category_has_one_spelling() {
        assert_eq!(category(" Work Notes ").unwrap(), "work notes");
        assert_eq!(category("日记").unwrap(), "日记");
        for bad in ["", "a/b", "a\"b", &"c".repeat(65)] {
            assert!(matches!(category(bad), Err(MemoryError::Category)));
        }
    }

    #[test]
    fn content_is_trimmed_and_bounded() {
        assert_eq!(content("  x \n", 256).unwrap(), "x");
        assert!(matches!(content(" \n", 256), Err(MemoryError::Empty)));
        assert!(matches!(content("a\0b", 256), Err(MemoryError::Nul)));
        assert!(matches!(
            content(&"x".repeat(257), 256),
            Err(MemoryError::TooLong(256))
        ));
    }

    #[test]
    fn a_made_key_says_what_it_is_about_and_differs_from_others() {
        let made = key_for("My dog is called Rex.");
        assert!(made.starts_with("my-dog-is-called-rex-"), "{made}");
        assert_eq!(made, key_for("my DOG is called rex!"));
        assert_ne!(made, key_for("My dog is called Max."));
        assert!(key_for("🎉").starts_with("note-"));
    }

    proptest! {
        #[test]
        fn a_made_key_can_always_be_kept(text in "\\PC{0,200}") {
            let made = key_for(&text);
            prop_assert_eq!(key(&made).unwrap(), made);
        }
    }
}
