//! How text becomes terms of a full-text index that serves all languages, and how what somebody
//! types becomes an expression that FTS5 always understands.
//!
//! Text is folded (case, accents, width, ß) and cut into words; a run of letters of a language
//! written without spaces becomes its overlapping pairs. Over 100,000 entries of English, German,
//! Chinese and Japanese this found every Chinese and Japanese word of two letters, where FTS5's
//! trigrams find none and its own cutting into words 5 % of them; `docs/benchmarks.md` has the
//! figures. Parts of compounds ("versicherung" in "Krankenversicherung") are found through an
//! index of the long words' letters, which is a tenth the size of trigrams over all text.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Words of so many letters and more may be compounds.
const LONG_WORD: usize = 7;
/// Longer words are cut: no word of any language, but keys and hashes may be.
const LONGEST_WORD: usize = 64;
/// Terms of a query that are looked for; further ones are left out.
pub const MAX_TERMS: usize = 24;

/// What of an entry goes into the index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexedText {
    /// Terms of the key.
    pub key: String,
    /// Terms of the content.
    pub content: String,
    /// Its long words.
    pub words: Vec<String>,
}

impl IndexedText {
    /// The terms of an entry.
    pub fn of(key: &str, content: &str) -> Self {
        let mut words: Vec<String> = [key, content]
            .iter()
            .flat_map(|text| runs(&fold(text)))
            .filter(|run| !run.dense && run.text.chars().count() >= LONG_WORD)
            .map(|run| run.text)
            .collect();
        words.sort_unstable();
        words.dedup();
        Self {
            key: indexed_terms(key),
            content: indexed_terms(content),
            words,
        }
    }
}

/// A term of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The folded text.
    pub text: String,
    /// Written without spaces: looked for as its pairs of letters.
    pub dense: bool,
    /// Words that have it as a part.
    pub also: Vec<String>,
}

impl Term {
    /// Whether it may be a part of longer words.
    pub fn may_be_part(&self) -> bool {
        !self.dense && self.text.chars().count() >= 4
    }

    /// The FTS5 expression: the term at the beginning of a word, or one of the further words.
    fn expression(&self) -> String {
        let own = if self.dense {
            let pairs = pairs(&self.text);
            match pairs.as_slice() {
                [one] if one.chars().count() == 1 => format!("\"{one}\"*"),
                _ => format!("\"{}\"", pairs.join(" ")),
            }
        } else {
            format!("\"{}\"*", self.text)
        };
        if self.also.is_empty() {
            return own;
        }
        let also = self.also.iter().map(|word| format!(" OR \"{word}\""));
        format!("({own}{})", also.collect::<String>())
    }
}

/// Letters without case, accents and width: what two spellings of one word have in common.
pub fn fold(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|letter| !is_accent(*letter))
        .flat_map(char::to_lowercase)
        .fold(String::with_capacity(text.len()), |mut out, letter| {
            match letter {
                'ß' => out.push_str("ss"),
                'æ' => out.push_str("ae"),
                'œ' => out.push_str("oe"),
                'ø' => out.push('o'),
                'ł' => out.push('l'),
                'đ' => out.push('d'),
                'ı' => out.push('i'),
                'ς' => out.push('σ'),
                other => out.push(other),
            }
            out
        })
        .nfc()
        .collect()
}

/// Combining marks that only decorate. Those of scripts in which they are vowels, and the voicing
/// of kana, belong to the word.
fn is_accent(letter: char) -> bool {
    is_combining_mark(letter)
        && matches!(u32::from(letter),
            0x0300..=0x036F | 0x0483..=0x0489 | 0x0591..=0x05C7 | 0x0610..=0x061A
            | 0x064B..=0x065F | 0x0670 | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF
            | 0xFE20..=0xFE2F)
}

/// Whether a letter belongs to a language written without spaces.
fn is_dense(letter: char) -> bool {
    matches!(u32::from(letter),
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3005..=0x3007
        | 0x3041..=0x30FF | 0x31F0..=0x31FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF
        | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0x1100..=0x11FF | 0x20000..=0x3FFFF)
}

fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() || is_combining_mark(letter) || is_dense(letter)
}

/// A run of letters of one kind.
struct Run {
    text: String,
    dense: bool,
}

/// The runs of letters in a folded text.
fn runs(folded: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut open = false;
    for letter in folded.chars() {
        if !is_letter(letter) {
            open = false;
            continue;
        }
        let dense = is_dense(letter) || (is_combining_mark(letter) && last_is_dense(&runs, open));
        match runs.last_mut().filter(|run| open && run.dense == dense) {
            Some(run) => run.text.push(letter),
            None => runs.push(Run {
                text: letter.to_string(),
                dense,
            }),
        }
        open = true;
    }
    for run in runs.iter_mut().filter(|run| !run.dense) {
        if let Some((end, _)) = run.text.char_indices().nth(LONGEST_WORD) {
            run.text.truncate(end);
        }
    }
    runs
}

fn last_is_dense(runs: &[Run], open: bool) -> bool {
    open && runs.last().is_some_and(|run| run.dense)
}

/// Overlapping pairs of letters; a lone letter stands for itself.
fn pairs(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() < 2 {
        return vec![text.to_owned()];
    }
    letters
        .windows(2)
        .map(|pair| pair.iter().collect())
        .collect()
}

/// The terms of a text as they go into the index. A run without spaces ends with its last letter
/// alone, so that one letter is found wherever it stands.
fn indexed_terms(text: &str) -> String {
    let mut terms = String::with_capacity(text.len() * 2);
    for run in runs(&fold(text)) {
        if run.dense {
            for pair in pairs(&run.text) {
                terms.push_str(&pair);
                terms.push(' ');
            }
            terms.extend(run.text.chars().next_back());
        } else {
            terms.push_str(&run.text);
        }
        terms.push(' ');
    }
    terms
}

/// The terms of a text, in order.
pub fn terms_of(text: &str) -> Vec<String> {
    runs(&fold(text))
        .into_iter()
        .flat_map(|run| {
            if run.dense {
                pairs(&run.text)
            } else {
                vec![run.text]
            }
        })
        .collect()
}

/// What is looked for when somebody types this, each once: words, and runs of letters without
/// spaces.
pub fn query_terms(text: &str) -> Vec<Term> {
    let mut terms: Vec<Term> = Vec::new();
    for run in runs(&fold(text)) {
        if terms.len() == MAX_TERMS {
            break;
        }
        if terms.iter().all(|term| term.text != run.text) {
            terms.push(Term {
                text: run.text,
                dense: run.dense,
                also: Vec::new(),
            });
        }
    }
    terms
}

/// What a text is about, each once, at most `limit`: words without their endings, and pairs of
/// letters of runs without spaces.
pub fn loose_terms(text: &str, limit: usize) -> Vec<Term> {
    let mut terms: Vec<Term> = Vec::new();
    let all = runs(&fold(text)).into_iter().flat_map(|run| {
        let dense = run.dense;
        let parts = if dense {
            pairs(&run.text)
        } else {
            vec![stem(run.text)]
        };
        parts.into_iter().map(move |text| Term {
            text,
            dense,
            also: Vec::new(),
        })
    });
    for term in all {
        if terms.len() == limit {
            break;
        }
        if terms.iter().all(|known| known.text != term.text) {
            terms.push(term);
        }
    }
    terms
}

/// A word without its last letters, which change with number, case and tense in many languages.
/// Crude, but the same for all of them; what is looked for is a word that begins so.
fn stem(mut word: String) -> String {
    let letters = word.chars().count();
    let cut = match letters {
        0..=3 => 0,
        4..=5 => 1,
        _ => 2,
    };
    if word.chars().all(char::is_alphabetic)
        && let Some((end, _)) = word.char_indices().nth(letters - cut)
    {
        word.truncate(end);
    }
    word
}

/// Phrases in quotes, as the terms that must follow each other; and the rest of the text.
pub fn split_phrases(text: &str) -> (Vec<Vec<String>>, String) {
    let mut phrases = Vec::new();
    let mut rest = String::new();
    let unified = text.replace(['“', '”', '„', '«', '»', '「', '」'], "\"");
    let parts: Vec<&str> = unified.split('"').collect();
    let last = parts.len().saturating_sub(1);
    for (place, part) in parts.into_iter().enumerate() {
        // An odd part stands between two quotes, unless the second is missing.
        if place % 2 == 1 && place < last {
            let terms: Vec<String> = terms_of(part).into_iter().take(MAX_TERMS).collect();
            if !terms.is_empty() && phrases.len() < MAX_TERMS {
                phrases.push(terms);
            }
        } else {
            rest.push_str(part);
            rest.push(' ');
        }
    }
    (phrases, rest)
}

/// How the terms of a query belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// All must be there.
    All,
    /// One is enough.
    Any,
}

/// The FTS5 expression over key and content; none when there is nothing to look for. It holds
/// nothing but quoted letters and digits, so that no text can break its grammar.
pub fn expression(phrases: &[Vec<String>], terms: &[Term], join: Join) -> Option<String> {
    let quoted = phrases
        .iter()
        .map(|phrase| format!("\"{}\"", phrase.join(" ")));
    let all: Vec<String> = quoted.chain(terms.iter().map(Term::expression)).collect();
    if all.is_empty() {
        return None;
    }
    let word = match join {
        Join::All => " AND ",
        Join::Any => " OR ",
    };
    Some(format!("{{key content}} : ({})", all.join(word)))
}

/// The term that stands for a category or a conversation in the index.
pub fn place_term(kind: char, name: &str) -> String {
    format!("{kind}{}", hex::encode(name))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folding_unites_spellings_and_keeps_words_apart() {
        for (text, folded) in [
            ("Straße ÜBER Müller", "strasse uber muller"),
            ("Ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
            ("ŁÓDŹ smørrebrød", "lodz smorrebrod"),
            ("İstanbul", "istanbul"),
            ("ﾊﾞｯｸ", "バック"),
            ("हिन्दी", "हिन्दी"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
        assert_ne!(fold("ハック"), fold("バック"));
    }

    #[test]
    fn words_and_pairs_are_the_terms() {
        assert_eq!(terms_of("Ada's café, 2026!"), ["ada", "s", "cafe", "2026"]);
        assert_eq!(terms_of("喜欢咖啡 v2"), ["喜欢", "欢咖", "咖啡", "v2"]);
        assert_eq!(terms_of("薬です"), ["薬で", "です"]);
        assert_eq!(terms_of(" \u{0} \" * - "), Vec::<String>::new());
    }

    #[test]
    fn phrases_are_taken_out_and_a_lone_quote_is_none() {
        let (phrases, rest) = split_phrases("say “no sugar” please");
        assert_eq!(phrases, [vec!["no".to_owned(), "sugar".to_owned()]]);
        assert_eq!(
            rest.split_whitespace().collect::<Vec<_>>(),
            ["say", "please"]
        );
        let (phrases, rest) = split_phrases("5\" screen");
        assert_eq!(phrases, Vec::<Vec<String>>::new());
        assert_eq!(rest.split_whitespace().collect::<Vec<_>>(), ["5", "screen"]);
    }

    #[test]
    fn an_expression_is_made_of_quoted_terms() {
        let mut terms = query_terms("Kaffee 咖啡 药 kaffee");
        terms[0].also = vec!["milchkaffee".to_owned()];
        assert_eq!(
            expression(&[], &terms, Join::All).unwrap(),
            "{key content} : ((\"kaffee\"* OR \"milchkaffee\") AND \"咖啡\" AND \"药\"*)"
        );
        assert_eq!(expression(&[], &query_terms("*** \" ()"), Join::Any), None);
    }

    proptest! {
        #[test]
        fn no_text_gets_into_the_grammar(text in "\\PC{0,80}") {
            let (phrases, rest) = split_phrases(&text);
            if let Some(made) = expression(&phrases, &query_terms(&rest), Join::Any) {
                let mut quoted = false;
                for letter in made.trim_start_matches("{key content} : ").chars() {
                    match letter {
                        '"' => quoted = !quoted,
                        ' ' => {}
                        _ if quoted => prop_assert!(is_letter(letter), "{letter:?} in {made}"),
                        _ => prop_assert!("()*OR".contains(letter), "{letter:?} in {made}"),
                    }
                }
                prop_assert!(!quoted);
            }
        }

        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
