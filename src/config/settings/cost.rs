//! `[cost]`: budgets.

use super::{Field, between, field};
use crate::config::{Config, kind::Kind};

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
        "For a day, in dollars."
    ),
    field!(
        "cost.monthly_limit_usd",
        Kind::Money,
        cost.monthly_limit,
        "For a month, in dollars."
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
];
