//! Whether two texts say the same, so that nothing is remembered twice. Decided by their words
//! alone: no model is asked, and the same texts always get the same answer.

use std::collections::BTreeSet;

use crate::store::fulltext::terms_of;

/// Share of words in common from which on one text takes the other's place.
const NEARLY: f64 = 0.8;

/// How a new text stands to an old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It says the same in the same words: case, accents, punctuation and spaces do not count.
    Same,
    /// It says nearly the same, or the same and more: it is the old one's next version. It never
    /// is the other way round: a text with other words may take back what was said.
    Newer,
    /// It is about something else.
    Different,
}

/// How `new` stands to `old`.
pub(super) fn judge(new: &str, old: &str) -> Verdict {
    let (new, old) = (terms_of(new), terms_of(old));
    if new == old {
        return Verdict::Same;
    }
    let (new, old) = (
        new.iter().collect::<BTreeSet<_>>(),
        old.iter().collect::<BTreeSet<_>>(),
    );
    if new.is_empty() || old.is_empty() {
        return Verdict::Different;
    }
    let common = new.intersection(&old).count();
    let all = new.union(&old).count();
    // All of a text of two words is too little to know it by.
    let held = common == old.len() && old.len() >= 3 && new.len() <= old.len() * 2;
    if held || common as f64 / all as f64 >= NEARLY {
        Verdict::Newer
    } else {
        Verdict::Different
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_same_words_are_the_same_and_changed_ones_are_newer() {
        for (new, old, verdict) in [
            ("My dog is Rex.", "my dog is REX", Verdict::Same),
            ("J'aime le café", "j’aime le cafe!", Verdict::Same),
            ("我喜欢咖啡。", "我喜欢咖啡", Verdict::Same),
            (
                "My dog is Rex and he is five",
                "My dog is Rex",
                Verdict::Newer,
            ),
            (
                "The code of the gate at the summer house by the lake is 4712",
                "The code of the gate at the summer house by the lake is 4711",
                Verdict::Newer,
            ),
            (
                "I do not like tea at all",
                "I like coffee with milk",
                Verdict::Different,
            ),
            ("My dog is Rex", "My cat is Tom", Verdict::Different),
            ("yes please do that", "yes", Verdict::Different),
            ("", "anything", Verdict::Different),
        ] {
            assert_eq!(judge(new, old), verdict, "{new} / {old}");
        }
    }

    proptest! {
        #[test]
        fn a_text_is_the_same_as_itself_shouted(text in "[a-zA-Zäöü咖啡 ]{1,60}") {
            prop_assert_eq!(judge(&text.to_uppercase(), &text), Verdict::Same);
        }

        #[test]
        fn what_has_no_word_in_common_is_different(one in "[a-m]{2,9}( [a-m]{2,9}){0,6}", other in "[n-z]{2,9}( [n-z]{2,9}){0,6}") {
            prop_assert_eq!(judge(&one, &other), Verdict::Different);
        }
    }
}
