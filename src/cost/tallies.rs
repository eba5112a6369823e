//! What turns, and everything together, used so far: settled calls alone. One truth with the
//! ledger, at hand without asking it.

use std::collections::HashMap;

use crate::model::{CostSum, MicroUsd, TurnId, Usage};

/// What everything used, since the beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Tokens, input and output together.
    pub tokens: u64,
    /// Of these, tokens whose cost is not known.
    pub unpriced_tokens: u64,
    /// What the others cost.
    pub cost: MicroUsd,
    /// What was spent since the gateway was started.
    pub since_start: MicroUsd,
}

impl Totals {
    pub(super) fn add(&mut self, sum: &CostSum) {
        self.tokens += sum.usage.total();
        self.unpriced_tokens += sum.unpriced_tokens;
        self.cost = self.cost.plus(sum.cost);
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Turn {
    known: MicroUsd,
    unknown: bool,
    open: u32,
    earlier: Usage,
}

/// The tallies.
#[derive(Debug, Default)]
pub(super) struct Tallies {
    pub(super) totals: Totals,
    turns: HashMap<TurnId, Turn>,
}

impl Tallies {
    /// A turn goes on after a restart.
    pub(super) fn resume(&mut self, turn: TurnId, sum: &CostSum, known: bool) {
        let tally = self.turns.entry(turn).or_default();
        tally.known = sum.cost;
        tally.unknown = !known;
        tally.earlier = sum.usage;
    }

    /// A call begins.
    pub(super) fn open(&mut self, turn: Option<TurnId>) {
        if let Some(turn) = turn {
            self.turns.entry(turn).or_default().open += 1;
        }
    }

    /// A call is over; none: nobody knows what it cost.
    pub(super) fn settle(&mut self, turn: Option<TurnId>, usage: Usage, cost: Option<MicroUsd>) {
        let totals = &mut self.totals;
        totals.tokens += usage.total();
        match cost {
            Some(cost) => {
                totals.cost = totals.cost.plus(cost);
                totals.since_start = totals.since_start.plus(cost);
            }
            None => totals.unpriced_tokens += usage.total(),
        }
        // A turn that has ended is not brought back by a late call.
        if let Some(tally) = turn.and_then(|turn| self.turns.get_mut(&turn)) {
            tally.open = tally.open.saturating_sub(1);
            match cost {
                Some(cost) => tally.known = tally.known.plus(cost),
                None => tally.unknown = true,
            }
        }
    }

    pub(super) fn cost_of(&self, turn: TurnId) -> Option<MicroUsd> {
        let tally = self.turns.get(&turn).copied().unwrap_or_default();
        (!tally.unknown && tally.open == 0).then_some(tally.known)
    }

    pub(super) fn earlier_usage(&self, turn: TurnId) -> Usage {
        self.turns
            .get(&turn)
            .map_or_else(Usage::default, |tally| tally.earlier)
    }

    pub(super) fn forget(&mut self, turn: TurnId) {
        self.turns.remove(&turn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_the_sum_of_its_calls_and_unknown_stays_unknown() {
        let (mut tallies, turn) = (Tallies::default(), TurnId::fresh());
        assert_eq!(tallies.cost_of(turn), Some(MicroUsd(0)));
        for cost in [3, 4] {
            tallies.open(Some(turn));
            assert_eq!(tallies.cost_of(turn), None, "nobody knows before its end");
            tallies.settle(Some(turn), Usage::default(), Some(MicroUsd(cost)));
        }
        assert_eq!(tallies.cost_of(turn), Some(MicroUsd(7)));
        tallies.open(Some(turn));
        tallies.settle(Some(turn), Usage::default(), None);
        tallies.open(Some(turn));
        tallies.settle(Some(turn), Usage::default(), Some(MicroUsd(1)));
        assert_eq!(tallies.cost_of(turn), None);
        assert_eq!(tallies.totals.cost, MicroUsd(8));
    }

    #[test]
    fn what_came_before_a_restart_counts() {
        let (mut tallies, turn) = (Tallies::default(), TurnId::fresh());
        let before = CostSum {
            cost: MicroUsd(5),
            ..CostSum::default()
        };
        tallies.resume(turn, &before, true);
        tallies.open(Some(turn));
        tallies.settle(Some(turn), Usage::default(), Some(MicroUsd(2)));
        assert_eq!(tallies.cost_of(turn), Some(MicroUsd(7)));
        tallies.resume(turn, &before, false);
        assert_eq!(tallies.cost_of(turn), None);
        tallies.forget(turn);
    }
}
