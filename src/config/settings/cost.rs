//! `[cost]`: budgets.

use super::{Field, between, field};
use crate::config::{
    Config,
    kind::{Item, Kind},
};

pub(super) static FIELDS: &[Field<Config>] = &[
    field!(
        "cost.enabled",
        Kind::Flag,
        cost.enabled,
        "Keep track of what is spent."
    ),
    field!(
        "cost.daily_limit_usd",
        Kind::Money,
        cost.daily_limit,
        "For a day, in dollars; 0 = no limit."
    ),
    field!(
        "cost.monthly_limit_usd",
        Kind::Money,
        cost.monthly_limit,
        "For a month, in dollars; 0 = no limit."
    ),
    field!(
        "cost.warn_at_percent",
        between(0, 100),
        cost.warn_at_percent,
        "The share of a limit at which to warn."
    ),
    field!(
        "cost.on_limit",
        Kind::Choice(&["block", "warn", "downgrade"]),
        cost.on_limit,
        "block: refuse; warn: go on; downgrade: go on with a cheaper model."
    ),
    field!(
        "cost.downgrade_to",
        Kind::Text,
        cost.downgrade_to,
        "The model to go on with, as provider/model."
    ),
    field!(
        "cost.unpriced",
        Kind::Choice(&["allow", "block"]),
        cost.unpriced,
        "Models whose price is not known, which no budget can count."
    ),
    field!(
        "cost.budgets",
        Kind::List(Item::Budget),
        cost.budgets,
        "More budgets: whose, which, how long, dollars; such as \"session * total 2.00\"."
    ),
];
