//! What is written in groups: the turns' own writes and the ledger's. Any number of them, of both
//! kinds, are one script in one transaction and one round trip.

use super::{
    ledger_script::{LedgerScript, LedgerWrite},
    turn_script::{Script, TurnScript, TurnWrite, bound},
};

/// One write of a group.
pub(super) enum GroupWrite {
    /// A turn's.
    Turn(Box<TurnWrite>),
    /// The ledger's.
    Ledger(Box<LedgerWrite>),
}

/// A group of writes.
pub(super) struct Group {
    turns: TurnScript,
    ledger: LedgerScript,
}

impl Group {
    /// The group of these writes.
    pub(super) fn of<'a>(writes: impl Iterator<Item = &'a GroupWrite> + Clone) -> Self {
        let turns = writes.clone().filter_map(|write| match write {
            GroupWrite::Turn(write) => Some(write.as_ref()),
            GroupWrite::Ledger(_) => None,
        });
        let ledger = writes.filter_map(|write| match write {
            GroupWrite::Ledger(write) => Some(write.as_ref()),
            GroupWrite::Turn(_) => None,
        });
        Self {
            turns: TurnScript::of(turns),
            ledger: LedgerScript::of(ledger),
        }
    }

    /// Its script, with a transaction of its own.
    pub(super) fn alone(self) -> Script {
        let (turns, turn_rows, turn_parts) = self.turns.parts();
        let (ledger, ledger_rows, ledger_parts) = self.ledger.parts();
        let sql = if turn_parts + ledger_parts == 1 {
            // One statement is a transaction by itself.
            turns + &ledger
        } else {
            format!("begin immediate;{turns}{ledger}commit")
        };
        bound(sql, turn_rows.chain(ledger_rows))
    }
}
