//! What of a conversation goes into the next prompt.

use crate::{memory::estimate_tokens, store::HistoryTurn};

/// Turns looked at.
pub(super) const MAX_TURNS: u32 = 200;

/// The newest turns that fit into `budget` tokens, oldest first. `turns` comes newest first.
/// Turns are kept or left out whole: half a turn would put words into somebody's mouth.
pub(super) fn within(turns: Vec<HistoryTurn>, budget: u64) -> Vec<HistoryTurn> {
    let mut left = budget;
    let mut kept: Vec<_> = turns
        .into_iter()
        .map_while(|turn| {
            let texts = turn
                .context
                .iter()
                .chain([&turn.input])
                .chain(&turn.response);
            let tokens = texts.map(|text| estimate_tokens(text)).sum();
            left = left.checked_sub(tokens)?;
            Some(turn)
        })
        .collect();
    kept.reverse();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TurnId;

    #[test]
    fn the_newest_turns_that_fit_are_kept_in_order() {
        let turn = |text: &str| HistoryTurn {
            id: TurnId::fresh(),
            input: text.to_owned(),
            context: vec![],
            has_files: false,
            response: None,
        };
        let turns = vec![
            turn("new"),
            turn("middle"),
            turn(&"old ".repeat(1000)),
            turn("oldest"),
        ];
        let kept = within(turns, 100);
        let said: Vec<_> = kept.iter().map(|turn| turn.input.as_str()).collect();
        assert_eq!(said, ["middle", "new"]);
        assert!(within(vec![turn("x")], 0).is_empty());
    }
}
