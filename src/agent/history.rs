//! What of a conversation goes into the next prompt.

use crate::store::HistoryTurn;

/// Turns looked at.
pub(super) const MAX_TURNS: u32 = 200;

/// How many of the turns, which come newest first, fit into `budget` tokens. Turns are kept or left
/// out whole: half a turn would put words into somebody's mouth.
pub(super) fn fitting(
    turns: &[HistoryTurn],
    budget: u64,
    tokens: impl Fn(&HistoryTurn) -> u64,
) -> usize {
    let mut left = budget;
    turns
        .iter()
        .map_while(|turn| {
            left = left.checked_sub(tokens(turn))?;
            Some(())
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{memory::estimate_tokens, model::TurnId};

    #[test]
    fn the_newest_turns_that_fit_are_kept() {
        let turn = |text: &str| HistoryTurn {
            id: TurnId::fresh(),
            input: text.to_owned(),
            context: vec![],
            has_files: false,
            response: None,
            steps: vec![],
        };
        let turns = vec![
            turn("new"),
            turn("middle"),
            turn(&"old ".repeat(1000)),
            turn("oldest"),
        ];
        let tokens = |turn: &HistoryTurn| estimate_tokens(&turn.input);
        assert_eq!(fitting(&turns, 100, tokens), 2);
        assert_eq!(fitting(&turns, 0, tokens), 0);
    }
}
