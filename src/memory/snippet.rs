//! The words around a match, with every match marked. Spellings that the search takes for the
//! same (case, accents, width) are marked too.

use unicode_normalization::char::is_combining_mark;

use crate::store::fulltext::{Term, fold};

/// Stands before a match in a snippet.
pub const MATCH_START: char = '\u{2}';
/// Stands after a match in a snippet.
pub const MATCH_END: char = '\u{3}';

/// Letters shown before the first match.
const BEFORE: usize = 60;
/// Letters of a snippet.
const LETTERS: usize = 220;
/// Marks looked for in one text.
const MAX_MARKS: usize = 400;

/// Where in a word a term counts as found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// At its beginning; long terms anywhere, since they may be parts of compounds.
    Beginnings,
    /// Anywhere.
    Anywhere,
}

/// A folded letter, and the bytes of the text that it stands for.
struct Letter {
    folded: char,
    from: usize,
    to: usize,
}

/// The words around the matches of `terms`; none when there is no match.
pub fn snippet(text: &str, terms: &[Term], parts: Parts) -> Option<String> {
    let letters = letters_of(text);
    let marks = marks_in(&letters, terms, parts);
    let first = best_start(&marks)?;
    let count = letters.len();
    let mut from = first.saturating_sub(BEFORE);
    let to = (from + LETTERS).min(count);
    if count - from < LETTERS {
        from = count.saturating_sub(LETTERS);
    }
    let (from, to) = (word_start(&letters, from, first), word_end(&letters, to));
    let mut out = String::new();
    if from > 0 {
        out.push('…');
    }
    let mut at = from;
    for (start, end, _) in marks
        .into_iter()
        .filter(|(start, end, _)| *start >= from && *end <= to)
    {
        out.push_str(slice(text, &letters, at, start));
        out.push(MATCH_START);
        out.push_str(slice(text, &letters, start, end));
        out.push(MATCH_END);
        at = end;
    }
    out.push_str(slice(text, &letters, at, to));
    if to < count {
        out.push('…');
    }
    Some(out.replace(['\n', '\r', '\t'], " "))
}

/// The beginning of a text, where there is no match to show.
pub(super) fn beginning(text: &str) -> String {
    let mut out: String = text.chars().take(LETTERS).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out.replace(['\n', '\r', '\t'], " ")
}

/// Letters with the marks that belong to them, folded together.
fn letters_of(text: &str) -> Vec<Letter> {
    let mut letters = Vec::with_capacity(text.len());
    let mut rest = text.char_indices().peekable();
    while let Some((from, first)) = rest.next() {
        let mut to = from + first.len_utf8();
        while let Some((at, mark)) = rest.peek().copied()
            && (is_combining_mark(mark) || matches!(mark, '\u{FF9E}' | '\u{FF9F}'))
        {
            to = at + mark.len_utf8();
            rest.next();
        }
        if first.is_ascii() && to == from + 1 {
            let folded = first.to_ascii_lowercase();
            letters.push(Letter { folded, from, to });
            continue;
        }
        let folded = fold(text.get(from..to).unwrap_or_default());
        letters.extend(folded.chars().map(|folded| Letter { folded, from, to }));
    }
    letters
}

/// Where the terms stand: from, to, and which. In order, none within another.
fn marks_in(letters: &[Letter], terms: &[Term], parts: Parts) -> Vec<(usize, usize, usize)> {
    let mut marks = Vec::new();
    for (which, term) in terms.iter().enumerate() {
        let wanted: Vec<char> = term.text.chars().collect();
        let anywhere = parts == Parts::Anywhere || term.dense || term.may_be_part();
        for (at, window) in letters.windows(wanted.len().max(1)).enumerate() {
            if marks.len() >= MAX_MARKS {
                break;
            }
            let same = window
                .iter()
                .map(|letter| letter.folded)
                .eq(wanted.iter().copied());
            if same && (anywhere || begins_word(letters, at)) {
                marks.push((at, at + wanted.len(), which));
            }
        }
    }
    marks.sort_unstable_by_key(|(from, to, _)| (*from, std::cmp::Reverse(*to)));
    let mut end = 0;
    marks.retain(|(from, to, _)| {
        let apart = *from >= end;
        if apart {
            end = *to;
        }
        apart
    });
    marks
}

fn begins_word(letters: &[Letter], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| letters.get(before));
    before.is_none_or(|letter| !letter.folded.is_alphanumeric())
}

/// The mark from which on most different terms stand within one snippet.
fn best_start(marks: &[(usize, usize, usize)]) -> Option<usize> {
    let room = LETTERS - BEFORE;
    let distinct = |from: usize| {
        let mut seen: Vec<usize> = marks
            .iter()
            .filter(|(start, end, _)| *start >= from && *end <= from + room)
            .map(|(_, _, which)| *which)
            .collect();
        seen.sort_unstable();
        seen.dedup();
        seen.len()
    };
    let starts = marks.iter().take(64).map(|(start, _, _)| *start);
    starts.max_by_key(|start| (distinct(*start), std::cmp::Reverse(*start)))
}

/// The next beginning of a word from `at` on, unless that is past `first` or far away.
fn word_start(letters: &[Letter], at: usize, first: usize) -> usize {
    if at == 0 {
        return 0;
    }
    let near = (at..first.min(at + 16)).find(|place| {
        let before = letters.get(place.saturating_sub(1));
        before.is_some_and(|letter| letter.folded.is_whitespace())
    });
    near.unwrap_or(at)
}

/// The end of the word that `at` stands in, unless it is far away.
fn word_end(letters: &[Letter], at: usize) -> usize {
    (at..letters.len().min(at + 16))
        .find(|place| {
            letters
                .get(*place)
                .is_some_and(|letter| letter.folded.is_whitespace())
        })
        .unwrap_or(if at + 16 >= letters.len() {
            letters.len()
        } else {
            at
        })
}

fn slice<'a>(text: &'a str, letters: &[Letter], from: usize, to: usize) -> &'a str {
    let start = letters.get(from).map_or(text.len(), |letter| letter.from);
    let end = to
        .checked_sub(1)
        .and_then(|last| letters.get(last))
        .map_or(start, |letter| letter.to);
    text.get(start..end.max(start)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::fulltext::query_terms;

    fn marked(text: &str, wanted: &str) -> Option<String> {
        let made = snippet(text, &query_terms(wanted), Parts::Beginnings)?;
        Some(made.replace(MATCH_START, "[").replace(MATCH_END, "]"))
    }

    #[test]
    fn every_match_is_marked_in_whatever_spelling() {
        for (text, wanted, shown) in [
            ("Say Hello World", "world hello", "Say [Hello] [World]"),
            (
                "Das Café im Straßenfest",
                "cafe strasse",
                "Das [Café] im [Straße]nfest",
            ),
            (
                "re\u{301}sume\u{301} ready",
                "RÉSUMÉ",
                "[re\u{301}sume\u{301}] ready",
            ),
            ("我喜欢喝咖啡", "咖啡", "我喜欢喝[咖啡]"),
            ("薬を飲む", "薬", "[薬]を飲む"),
            (
                "Krankenversicherung",
                "versicherung",
                "Kranken[versicherung]",
            ),
            ("a cat, concat", "cat", "a [cat], concat"),
        ] {
            assert_eq!(marked(text, wanted).unwrap(), shown);
        }
        assert_eq!(marked("nothing", "world"), None);
        assert_eq!(marked("ab", "abc"), None);
        assert_eq!(marked("", ""), None);
    }

    #[test]
    fn a_long_text_is_cut_around_the_place_with_most_terms() {
        let far = "word ".repeat(100);
        let text = format!("needle {far}the needle and the thread {far}");
        let shown = marked(&text, "needle thread").unwrap();
        assert!(shown.starts_with('…') && shown.ends_with('…'), "{shown}");
        assert!(shown.contains("the [needle] and the [thread]"), "{shown}");
        assert!(shown.chars().count() < LETTERS + 40);
    }

    #[test]
    fn parts_of_words_are_marked_where_they_were_looked_for() {
        let made = snippet("hello", &query_terms("ell"), Parts::Anywhere).unwrap();
        assert_eq!(made, "h\u{2}ell\u{3}o");
    }

    proptest! {
        #[test]
        fn marks_come_in_pairs_and_nothing_is_made_up(
            text in "[a-eäß咖啡 .\u{301}]{0,600}", wanted in "[a-eä咖]{1,3}( [a-e]{1,2})?"
        ) {
            if let Some(made) = marked(&text, &wanted) {
                let plain: String = made.chars().filter(|l| !"[]…".contains(*l)).collect();
                prop_assert!(text.contains(&plain), "{} in {}", plain, text);
                let mut open = false;
                for letter in made.chars().filter(|letter| "[]".contains(*letter)) {
                    prop_assert_eq!(letter == '[', !open);
                    open = !open;
                }
                prop_assert!(!open && made.contains('['));
            }
        }
    }
}
