//! The words around a match.

/// Characters of a search result on either side of the match.
pub(super) const SNIPPET_CHARS: usize = 80;
/// Stands before a match in a snippet.
pub const MATCH_START: char = '\u{2}';
/// Stands after a match in a snippet.
pub const MATCH_END: char = '\u{3}';

/// The words around the first place where a word of `wanted` stands, compared letter by letter
/// without regard to case. Accents count here, though not in the search itself: a hit found
/// without its accents has no mark.
pub(super) fn snippet(text: &str, wanted: &str) -> Option<String> {
    let fold = |letter: char| letter.to_lowercase().next().unwrap_or(letter);
    let letters: Vec<char> = text.chars().collect();
    let folded: Vec<char> = letters.iter().copied().map(fold).collect();
    let (at, length) = wanted
        .split_whitespace()
        .filter_map(|word| {
            let word: Vec<char> = word.chars().map(fold).collect();
            let at = folded
                .windows(word.len())
                .position(|window| *window == *word)?;
            Some((at, word.len()))
        })
        .min()?;
    let from = at.saturating_sub(SNIPPET_CHARS);
    let to = (at + length + SNIPPET_CHARS).min(letters.len());
    let part = |from: usize, to: usize| {
        letters
            .get(from..to)
            .unwrap_or_default()
            .iter()
            .collect::<String>()
    };
    let (before, after) = (
        if from > 0 { "…" } else { "" },
        if to < letters.len() { "…" } else { "" },
    );
    Some(format!(
        "{before}{}{MATCH_START}{}{MATCH_END}{}{after}",
        part(from, at),
        part(at, at + length),
        part(at + length, to)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_marks_the_first_match() {
        assert_eq!(
            snippet("Say Hello World", "world").unwrap(),
            "Say Hello \u{2}World\u{3}"
        );
        assert_eq!(snippet("nothing", "world"), None);
        assert_eq!(snippet("ab", "abc"), None);
        let long = format!("{}needle{}", "x".repeat(200), "y".repeat(200));
        let marked = snippet(&long, "NEEDLE").unwrap();
        assert!(marked.starts_with('…') && marked.ends_with('…'));
        assert!(marked.contains("\u{2}needle\u{3}"));
    }
}
