//! Budgets on the wire: how they stand, and how they are to be.

use poem_openapi::{Enum, Object};

use super::{ApiError, Text};
use crate::{
    config::{BudgetPeriod, BudgetScope, OnLimit, Unpriced},
    cost::{BudgetChange, LimitState},
    model::{MicroUsd, Timestamp},
};

/// How much a budget is used up.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
enum BudgetState {
    /// It has no limit.
    Unlimited,
    /// There is enough left.
    Ok,
    /// It is nearly used up.
    Warning,
    /// It is used up.
    Reached,
}

/// What a budget looks at.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "BudgetScope", rename_all = "snake_case")]
pub(super) enum ScopeView {
    /// Everything.
    All,
    /// A conversation.
    Session,
    /// The door that messages come in by.
    Origin,
    /// A device.
    Device,
    /// A scheduled job.
    Job,
}

impl From<BudgetScope> for ScopeView {
    fn from(scope: BudgetScope) -> Self {
        match scope {
            BudgetScope::All => Self::All,
            BudgetScope::Session => Self::Session,
            BudgetScope::Origin => Self::Origin,
            BudgetScope::Device => Self::Device,
            BudgetScope::Job => Self::Job,
        }
    }
}

/// How long a budget lasts.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "BudgetPeriod", rename_all = "snake_case")]
pub(super) enum PeriodView {
    /// A day of the owner's.
    Day,
    /// A month of the owner's.
    Month,
    /// For ever.
    Total,
}

impl From<BudgetPeriod> for PeriodView {
    fn from(period: BudgetPeriod) -> Self {
        match period {
            BudgetPeriod::Day => Self::Day,
            BudgetPeriod::Month => Self::Month,
            BudgetPeriod::Total => Self::Total,
        }
    }
}

/// Whose spending a budget for each by itself has seen.
#[derive(Clone, Debug, Object)]
#[oai(rename = "BudgetKey")]
pub(super) struct KeyView {
    /// A session's id, a door, a device's id, a job.
    pub(super) key: String,
    /// What people call it.
    pub(super) name: Option<String>,
    /// What it spent.
    spent_usd: MicroUsd,
}

/// How a budget stands.
#[derive(Clone, Debug, Object)]
#[oai(rename = "BudgetStatus")]
pub(super) struct LimitView {
    /// Its name: `day`, `month`, or such as `session * total`.
    name: String,
    /// What it looks at.
    scope: ScopeView,
    /// Whom it is for; `*`: each by itself; empty: everybody.
    of: String,
    /// How long it lasts.
    period: PeriodView,
    /// How much may be spent; null: no limit.
    limit_usd: Option<MicroUsd>,
    /// How much is spent, what was stopped or broke off estimated. Of a budget for each by itself:
    /// by the one that spent most.
    spent_usd: MicroUsd,
    /// Set aside for calls under way.
    reserved_usd: MicroUsd,
    /// What is left; null: no limit.
    remaining_usd: Option<MicroUsd>,
    /// How much is spent, in whole percent.
    percent: u64,
    /// How it stands.
    state: BudgetState,
    /// When it began; null: at the beginning.
    since: Option<Timestamp>,
    /// When it begins anew; null: never.
    resets_at: Option<Timestamp>,
    /// Of a budget for each by itself: the five that spent most.
    pub(super) keys: Vec<KeyView>,
}

impl LimitView {
    pub(super) fn of(limit: &LimitState, warn_at: u64) -> Self {
        let amount = Some(limit.budget.limit).filter(|amount| amount.0 > 0);
        let left = amount.map(|amount| amount.less(limit.spent).less(limit.held));
        let state = match amount {
            None => BudgetState::Unlimited,
            Some(amount) if limit.spent >= amount => BudgetState::Reached,
            Some(_) if warn_at > 0 && limit.percent >= warn_at => BudgetState::Warning,
            Some(_) => BudgetState::Ok,
        };
        Self {
            name: limit.name.clone(),
            scope: limit.budget.scope.into(),
            of: limit.budget.of.clone(),
            period: limit.budget.period.into(),
            limit_usd: amount,
            spent_usd: limit.spent,
            reserved_usd: limit.held,
            remaining_usd: left.map(|left| MicroUsd(left.0.max(0))),
            percent: if amount.is_some() { limit.percent } else { 0 },
            state,
            since: limit.since,
            resets_at: limit.resets_at,
            keys: limit
                .keys
                .iter()
                .filter_map(|group| {
                    Some(KeyView {
                        key: group.key.clone()?,
                        name: group.name.clone(),
                        spent_usd: group.sum.counted(),
                    })
                })
                .collect(),
        }
    }
}

/// What happens at a limit.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "OnLimit", rename_all = "snake_case")]
pub(super) enum OnLimitView {
    /// Calls are refused.
    Block,
    /// They go on, with a notice.
    Warn,
    /// They go on with a cheaper model.
    Downgrade,
}

impl From<OnLimit> for OnLimitView {
    fn from(on_limit: OnLimit) -> Self {
        match on_limit {
            OnLimit::Block => Self::Block,
            OnLimit::Warn => Self::Warn,
            OnLimit::Downgrade => Self::Downgrade,
        }
    }
}

impl From<OnLimitView> for OnLimit {
    fn from(on_limit: OnLimitView) -> Self {
        match on_limit {
            OnLimitView::Block => Self::Block,
            OnLimitView::Warn => Self::Warn,
            OnLimitView::Downgrade => Self::Downgrade,
        }
    }
}

/// What happens to calls of a model whose price is not known.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "OnUnpriced", rename_all = "snake_case")]
pub(super) enum UnpricedView {
    /// They are made, and no budget counts them.
    Allow,
    /// They are refused where a budget applies.
    Block,
}

impl From<UnpricedView> for Unpriced {
    fn from(unpriced: UnpricedView) -> Self {
        match unpriced {
            UnpricedView::Allow => Self::Allow,
            UnpricedView::Block => Self::Block,
        }
    }
}

/// How all budgets stand.
#[derive(Clone, Debug, Object)]
#[oai(rename = "CostLimits")]
pub(super) struct LimitsView {
    /// Today's.
    pub(super) daily: LimitView,
    /// This month's.
    pub(super) monthly: LimitView,
    /// The others.
    pub(super) budgets: Vec<LimitView>,
    /// The share of a limit at which there is a warning, in percent.
    pub(super) warn_at_percent: u64,
    /// What happens at a limit.
    pub(super) on_limit: OnLimitView,
    /// The model to go on with, as `provider/model`.
    pub(super) downgrade_to: Option<String>,
    /// What happens to calls of a model whose price is not known.
    pub(super) unpriced: UnpricedView,
}

/// A budget beside those for a day and a month.
#[derive(Clone, Debug, Object)]
#[oai(rename = "BudgetInput")]
pub(super) struct BudgetInput {
    /// What it looks at; not everything, which the limits for a day and a month do.
    pub(super) scope: ScopeView,
    /// Whom it is for: a session's id, a door, a device's id, a job; `*`: each by itself.
    pub(super) of: Text,
    /// How long it lasts.
    pub(super) period: PeriodView,
    /// How much may be spent.
    pub(super) limit_usd: MicroUsd,
}

/// Budgets as they are to be. What is left out stays.
#[derive(Clone, Debug, Object)]
#[oai(rename = "BudgetsInput")]
pub(super) struct BudgetsInput {
    /// For a day; `0`: no limit.
    pub(super) daily_limit_usd: Option<MicroUsd>,
    /// For a month; `0`: no limit.
    pub(super) monthly_limit_usd: Option<MicroUsd>,
    /// The share of a limit at which to warn, in percent; 0: never.
    #[oai(validator(maximum(value = "100")))]
    pub(super) warn_at_percent: Option<u8>,
    /// What happens at a limit.
    pub(super) on_limit: Option<OnLimitView>,
    /// The model to go on with, as `provider/model`.
    pub(super) downgrade_to: Option<Text>,
    /// What happens to calls of a model whose price is not known.
    pub(super) unpriced: Option<UnpricedView>,
    /// All further budgets; others hold no longer.
    pub(super) budgets: Option<Vec<BudgetInput>>,
}

impl BudgetsInput {
    /// The change that is asked for.
    pub(super) fn into_change(self) -> Result<BudgetChange, ApiError> {
        let budgets = self.budgets.map(|budgets| {
            let numbered = budgets.into_iter().enumerate();
            numbered.map(|(place, one)| budget(place, &one)).collect()
        });
        Ok(BudgetChange {
            daily_limit: amount("daily_limit_usd", self.daily_limit_usd)?,
            monthly_limit: amount("monthly_limit_usd", self.monthly_limit_usd)?,
            warn_at_percent: self.warn_at_percent,
            on_limit: self.on_limit.map(Into::into),
            downgrade_to: self.downgrade_to.map(|to| to.0),
            unpriced: self.unpriced.map(Into::into),
            budgets: budgets.transpose()?,
        })
    }
}

fn amount(field: &str, limit: Option<MicroUsd>) -> Result<Option<MicroUsd>, ApiError> {
    match limit {
        Some(limit) if limit.0 < 0 => Err(ApiError::bad_field(field, "dollars, 0 or more")),
        limit => Ok(limit),
    }
}

fn budget(place: usize, input: &BudgetInput) -> Result<crate::config::Budget, ApiError> {
    let scope = match input.scope {
        ScopeView::All => "all",
        ScopeView::Session => "session",
        ScopeView::Origin => "origin",
        ScopeView::Device => "device",
        ScopeView::Job => "job",
    };
    let period = match input.period {
        PeriodView::Day => "day",
        PeriodView::Month => "month",
        PeriodView::Total => "total",
    };
    let of = input.of.0.trim();
    let of = if of.is_empty() { "*" } else { of };
    let text = format!("{scope} {of} {period} {}", input.limit_usd);
    let wrong = |error: crate::config::BudgetError| {
        ApiError::bad_field(&format!("budgets[{place}]"), error.to_string())
    };
    text.parse().map_err(wrong)
}
