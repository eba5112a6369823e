//! The budgets of the configuration, and which of them a call falls under.

use jiff::tz::TimeZone;

use super::time;
use crate::{
    config::{Budget, BudgetPeriod, BudgetScope, Config, OnLimit, Unpriced},
    model::{BillTo, MicroUsd, Timestamp},
    store::Dimension,
};

/// The budgets in force.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub(super) enabled: bool,
    pub(super) zone: TimeZone,
    pub(super) warn_at: u64,
    pub(super) on_limit: OnLimit,
    pub(super) downgrade_to: Option<String>,
    pub(super) unpriced: Unpriced,
    /// That for a day first, then that for a month; a limit of nothing is none.
    pub(super) budgets: Vec<Budget>,
}

/// What is spent of a budget in one of its periods, by one of those it is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) scope: BudgetScope,
    pub(super) key: String,
    pub(super) period: BudgetPeriod,
    /// When it begins anew; none: never.
    pub(super) from: Option<Timestamp>,
    pub(super) until: Option<Timestamp>,
}

impl Rules {
    pub(super) fn of(config: &Config) -> Self {
        let cost = &config.cost;
        let whole = |period, limit| Budget {
            scope: BudgetScope::All,
            of: String::new(),
            period,
            limit,
        };
        let fixed = [
            whole(BudgetPeriod::Day, cost.daily_limit),
            whole(BudgetPeriod::Month, cost.monthly_limit),
        ];
        let to = cost.downgrade_to.trim();
        Self {
            enabled: cost.enabled,
            zone: config.owner.zone(),
            warn_at: u64::from(cost.warn_at_percent),
            on_limit: cost.on_limit,
            downgrade_to: (!to.is_empty()).then(|| to.to_owned()),
            unpriced: cost.unpriced,
            budgets: fixed.into_iter().chain(cost.budgets.clone()).collect(),
        }
    }

    /// The budgets that a call falls under, each with its place.
    pub(super) fn places(&self, bill: &BillTo, now: Timestamp) -> Vec<(&Budget, Place)> {
        let budgets = self.budgets.iter();
        budgets
            .filter_map(|budget| {
                let key = key_of(budget.scope, bill)?;
                let meant = budget.scope == BudgetScope::All
                    || budget.of == "*"
                    || named(budget.scope, &budget.of) == key;
                meant.then(|| (budget, self.place(budget, key, now)))
            })
            .collect()
    }

    pub(super) fn place(&self, budget: &Budget, key: String, now: Timestamp) -> Place {
        let span = time::period(&self.zone, budget.period, now);
        Place {
            scope: budget.scope,
            key,
            period: budget.period,
            from: span.map(|span| span.from),
            until: span.map(|span| span.until),
        }
    }

    /// Whether any budget of a call has a limit.
    pub(super) fn limits(places: &[(&Budget, Place)]) -> bool {
        places.iter().any(|(budget, _)| budget.limit.0 > 0)
    }
}

impl Place {
    /// The sums that hold what is spent of it.
    pub(super) fn sums(&self) -> (Dimension, Option<String>, Vec<crate::store::CostRange>) {
        let span = self.from.zip(self.until);
        let span = span.map(|(from, until)| time::Span { from, until });
        let (dimension, key) = match self.scope {
            BudgetScope::All => (Dimension::Origin, None),
            BudgetScope::Session => (Dimension::Session, Some(self.key.clone())),
            BudgetScope::Origin => (Dimension::Origin, Some(self.key.clone())),
            BudgetScope::Device => (Dimension::Device, Some(self.key.clone())),
            BudgetScope::Job => (Dimension::Job, Some(self.key.clone())),
        };
        (dimension, key, time::ranges(0, span))
    }
}

/// Whom a call counts for, as the sums have it.
fn key_of(scope: BudgetScope, bill: &BillTo) -> Option<String> {
    match scope {
        BudgetScope::All => Some(String::new()),
        BudgetScope::Session => bill.session_id.as_ref().map(ToString::to_string),
        BudgetScope::Origin => Some(bill.origin.as_str().to_owned()),
        BudgetScope::Device => bill.device_id.map(|device| hex::encode(device.as_bytes())),
        BudgetScope::Job => bill.job.clone(),
    }
}

/// Whom a budget names, as the sums have it.
pub(super) fn named(scope: BudgetScope, of: &str) -> String {
    match scope {
        BudgetScope::Device => of.replace('-', "").to_ascii_lowercase(),
        _ => of.to_owned(),
    }
}

/// What a person calls a budget.
pub(super) fn words(budget: &Budget) -> String {
    let period = match budget.period {
        BudgetPeriod::Day => " for today",
        BudgetPeriod::Month => " for this month",
        BudgetPeriod::Total => "",
    };
    let whose = match budget.scope {
        BudgetScope::All => String::new(),
        BudgetScope::Session => " of this conversation".to_owned(),
        BudgetScope::Origin => " of this way in".to_owned(),
        BudgetScope::Device => " of this device".to_owned(),
        BudgetScope::Job => " of this job".to_owned(),
    };
    format!("The budget{whose}{period}")
}

/// Dollars for a sentence.
pub(super) fn dollars(amount: MicroUsd) -> String {
    let full = amount.to_string();
    let (whole, part) = full.split_once('.').unwrap_or((&full, ""));
    let part = part.trim_end_matches('0');
    format!("${whole}.{part:0<2}")
}
