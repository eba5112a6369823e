//! Cutting what is too long, with a mark that says how much is missing and how to see it.

use super::Keep;

/// The text in at most `cap` bytes and a mark; the same text when it fits.
pub(super) fn cut(text: String, cap: usize, keep: Keep, more: Option<&str>) -> String {
    if text.len() <= cap {
        return text;
    }
    let (start, end) = match keep {
        Keep::Start => (line_end(&text, cap), text.len()),
        Keep::Ends => (
            line_end(&text, cap / 2),
            line_start(&text, text.len() - cap / 2),
        ),
    };
    let missing = end - start;
    let more = more.unwrap_or("Ask for less at once to see it.");
    let mark = format!(
        "[{missing} of {} bytes are left out here. {more}]",
        text.len()
    );
    let mut out = text[..start].trim_end_matches('\n').to_owned();
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(&mark);
    if keep == Keep::Ends && end < text.len() {
        out.push('\n');
        out.push_str(&text[end..]);
    }
    out
}

/// Where to end a beginning of at most `at` bytes: behind a whole line where one is near.
fn line_end(text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at);
    match text[..at].rfind('\n') {
        Some(line) if line >= at / 2 => line + 1,
        _ => at,
    }
}

/// Where to begin an end from `at` on.
fn line_start(text: &str, at: usize) -> usize {
    let at = text.ceil_char_boundary(at);
    let rest = &text[at..];
    match rest.find('\n') {
        Some(line) if line < rest.len() / 2 => at + line + 1,
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_fits_stays_and_what_does_not_is_said() {
        assert_eq!(cut("abc".into(), 3, Keep::Start, None), "abc");
        let text = "one\ntwo\nthree\nfour\n".to_owned();
        assert_eq!(
            cut(text.clone(), 9, Keep::Start, Some("Read on at line 3.")),
            "one\ntwo\n[11 of 19 bytes are left out here. Read on at line 3.]"
        );
        assert_eq!(
            cut(text, 12, Keep::Ends, None),
            "one\n[10 of 19 bytes are left out here. Ask for less at once to see it.]\nfour\n"
        );
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "(\\PC|\n){0,80}", cap in 0_usize..60, ends: bool) {
            let keep = if ends { Keep::Ends } else { Keep::Start };
            let out = cut(text.clone(), cap, keep, None);
            if text.len() <= cap {
                prop_assert_eq!(out, text);
            } else {
                prop_assert!(out.len() <= cap + 110);
                prop_assert!(out.contains("bytes are left out here"));
            }
        }
    }
}
