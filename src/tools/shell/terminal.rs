//! What a terminal would show of a program's output: without its colours and the lines that it
//! wrote over.

/// The text without escape sequences and control characters, and of lines that were written over
/// (progress bars) the last state.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push('\n');
        }
        push_line(&mut out, line);
    }
    out
}

/// One line of it.
pub(super) fn plain_line(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    push_line(&mut out, line);
    out
}

fn push_line(out: &mut String, line: &str) {
    let line = line.trim_end_matches('\r');
    let line = line.rsplit('\r').next().unwrap_or(line);
    let start = out.len();
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1b}' => skip_sequence(&mut letters),
            // A C1 control that begins a sequence.
            '\u{9b}' => skip_parameters(&mut letters),
            '\u{8}' => {
                if out.len() > start {
                    out.pop();
                }
            }
            '\t' => out.push('\t'),
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
}

fn skip_sequence(letters: &mut std::str::Chars<'_>) {
    match letters.next() {
        Some('[') => skip_parameters(letters),
        // A title, a link: up to the bell or the end of the string.
        Some(']' | 'P' | '_' | '^') => {
            while let Some(letter) = letters.next() {
                if letter == '\u{7}' || letter == '\u{9c}' {
                    return;
                }
                if letter == '\u{1b}' {
                    letters.next();
                    return;
                }
            }
        }
        Some('(' | ')' | '#' | '%') => {
            letters.next();
        }
        _ => {}
    }
}

fn skip_parameters(letters: &mut std::str::Chars<'_>) {
    for letter in letters.by_ref() {
        if ('\u{40}'..='\u{7e}').contains(&letter) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn colours_titles_and_overwritten_lines_are_gone() {
        for (text, shown) in [
            ("a\u{1b}[31;1mred\u{1b}[0m b", "ared b"),
            ("\u{1b}]0;title\u{7}text", "text"),
            ("\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link"),
            ("10%\r50%\r100%\nnext\r\n", "100%\nnext\n"),
            ("ab\u{8}c", "ac"),
            ("\u{8}x", "x"),
            ("a\tb\u{0}\u{7}c", "a\tbc"),
            ("\u{1b}(Bplain", "plain"),
            ("end\u{1b}", "end"),
            ("end\u{1b}[", "end"),
        ] {
            assert_eq!(plain(text), shown, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_control_characters_come_through(text in "(\\PC|[\u{0}-\u{1f}\u{7f}-\u{9f}]){0,60}") {
            let shown = plain(&text);
            prop_assert!(shown.chars().all(|letter| !letter.is_control() || letter == '\n' || letter == '\t'));
            prop_assert_eq!(shown.matches('\n').count(), text.matches('\n').count());
        }
    }
}
