//! What spending looks like on the wire.

use poem_openapi::{Enum, Object};

use super::cost_limits::{LimitView, LimitsView, UnpricedView};
use crate::{
    cost::{self, CostReport},
    model::{CostSum, MicroUsd, OverBudget},
};

/// Why a budget did not let a turn go on, as details of an error.
pub(super) fn over_budget(over: &OverBudget) -> serde_json::Map<String, serde_json::Value> {
    let mut fields = serde_json::Map::new();
    let mut put = |name: &str, value: serde_json::Value| fields.insert(name.to_owned(), value);
    put("budget", over.budget.as_str().into());
    put("limit_usd", over.limit.to_string().into());
    put("spent_usd", over.spent.to_string().into());
    put("resets_at", over.resets_at.map(|at| at.to_string()).into());
    put("unpriced_model", over.unpriced.clone().into());
    fields
}

/// What to group by.
#[derive(Clone, Copy, Debug, Default, Enum)]
#[oai(rename = "CostGrouping", rename_all = "snake_case")]
pub(super) enum Grouping {
    /// The model.
    #[default]
    Model,
    /// The day.
    Day,
    /// The conversation.
    Session,
    /// The door.
    Origin,
    /// The device.
    Device,
    /// The scheduled job.
    Job,
}

impl From<Grouping> for cost::GroupBy {
    fn from(by: Grouping) -> Self {
        match by {
            Grouping::Model => Self::Model,
            Grouping::Day => Self::Day,
            Grouping::Session => Self::Session,
            Grouping::Origin => Self::Origin,
            Grouping::Device => Self::Device,
            Grouping::Job => Self::Job,
        }
    }
}

/// What some calls came to.
#[derive(Clone, Debug, Object)]
#[oai(rename = "CostSum")]
pub(super) struct SumView {
    /// Calls of providers.
    calls: u64,
    /// Of these, those that were not answered.
    failed_calls: u64,
    /// Of these, those whose cost nobody knows.
    unpriced_calls: u64,
    /// Tokens of those.
    unpriced_tokens: u64,
    /// Tokens sent, cached ones included.
    input_tokens: u64,
    /// Of these, tokens that the provider read from its cache.
    cached_tokens: u64,
    /// Tokens produced, reasoning included.
    output_tokens: u64,
    /// Of these, tokens of reasoning.
    reasoning_tokens: u64,
    /// What they cost, as far as it is known; null when nothing of it is.
    cost_usd: Option<MicroUsd>,
}

impl From<&CostSum> for SumView {
    fn from(sum: &CostSum) -> Self {
        Self {
            calls: sum.calls,
            failed_calls: sum.failed,
            unpriced_calls: sum.unpriced_calls,
            unpriced_tokens: sum.unpriced_tokens,
            input_tokens: sum.usage.input_tokens,
            cached_tokens: sum.usage.cached_tokens,
            output_tokens: sum.usage.output_tokens,
            reasoning_tokens: sum.usage.reasoning_tokens,
            cost_usd: (sum.calls == 0 || sum.unpriced_calls < sum.calls).then_some(sum.cost),
        }
    }
}

/// Calls that belong together.
#[derive(Clone, Debug, Object)]
#[oai(rename = "CostGroup")]
pub(super) struct GroupView {
    /// Names the group: `provider/model`, a session's id, a door, a device's id, a job; null: the
    /// rest.
    pub(super) key: Option<String>,
    /// What people call it, where it has a name.
    pub(super) name: Option<String>,
    /// What they came to.
    #[oai(flatten)]
    sum: SumView,
}

impl From<&cost::Group> for GroupView {
    fn from(group: &cost::Group) -> Self {
        Self {
            key: group.key.clone(),
            name: group.name.clone(),
            sum: (&group.sum).into(),
        }
    }
}

/// A day.
#[derive(Clone, Debug, Object)]
#[oai(rename = "CostDay")]
pub(super) struct DayView {
    /// The day in the owner's time zone, such as `2026-11-21`.
    date: String,
    /// What its calls came to.
    #[oai(flatten)]
    sum: SumView,
    /// The same by group: the eight groups that cost most, then the rest.
    pub(super) parts: Vec<GroupView>,
}

/// Where spending goes.
#[derive(Clone, Debug, Object)]
#[oai(rename = "CostForecast")]
struct ForecastView {
    /// What a day costs, at the pace of the last seven.
    per_day_usd: MicroUsd,
    /// What this month will have cost at that pace.
    month_usd: MicroUsd,
}

/// A model with calls whose cost nobody knows: its price is not known, or they did not end.
#[derive(Clone, Debug, Object)]
#[oai(rename = "UnpricedModel")]
struct UnpricedModelView {
    /// The provider.
    provider: String,
    /// The model.
    model: String,
    /// Those calls.
    calls: u64,
    /// Their tokens.
    tokens: u64,
    /// Its price is known now.
    priced_now: bool,
}

/// What was spent.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Cost")]
pub(super) struct CostView {
    /// The first day asked for.
    from: String,
    /// The last day asked for.
    to: String,
    /// Today, where the owner is.
    today: String,
    /// The owner's time zone: days and months begin by it.
    time_zone: String,
    /// Spent by the session asked for; without one, since the gateway was started.
    session_cost_usd: MicroUsd,
    /// Spent today.
    daily_cost_usd: MicroUsd,
    /// Spent this month.
    monthly_cost_usd: MicroUsd,
    /// Tokens in the days asked for.
    total_tokens: u64,
    /// Calls of providers in the days asked for.
    request_count: u64,
    /// All calls in the days asked for.
    total: SumView,
    /// Those in as many days before, to compare with.
    before: SumView,
    /// How the budgets stand now.
    pub(super) limits: LimitsView,
    /// Where spending goes.
    forecast: ForecastView,
    /// By model, the dearest first.
    by_model: Vec<GroupView>,
    /// By what was asked for, the dearest first, at most 200.
    pub(super) groups: Vec<GroupView>,
    /// Day by day, the oldest first.
    pub(super) series: Vec<DayView>,
    /// Models with calls whose cost nobody knows.
    unpriced_models: Vec<UnpricedModelView>,
}

impl CostView {
    /// The report; none when there is no budget for a day and a month in it.
    pub(super) fn of(report: &CostReport) -> Option<Self> {
        let limit = |limit| LimitView::of(limit, report.warn_at_percent);
        let [daily, monthly, budgets @ ..] = report.limits.as_slice() else {
            return None;
        };
        let groups = |groups: &[cost::Group]| groups.iter().map(GroupView::from).collect();
        Some(Self {
            from: report.query.from.to_string(),
            to: report.query.to.to_string(),
            today: report.today.to_string(),
            time_zone: report.time_zone.clone(),
            session_cost_usd: report.session,
            daily_cost_usd: report.daily,
            monthly_cost_usd: report.monthly,
            total_tokens: report.total.usage.total(),
            request_count: report.total.calls,
            total: (&report.total).into(),
            before: (&report.before).into(),
            limits: LimitsView {
                daily: limit(daily),
                monthly: limit(monthly),
                budgets: budgets.iter().map(limit).collect(),
                warn_at_percent: report.warn_at_percent,
                on_limit: report.on_limit.into(),
                downgrade_to: report.downgrade_to.clone(),
                unpriced: if report.blocks_unpriced {
                    UnpricedView::Block
                } else {
                    UnpricedView::Allow
                },
            },
            forecast: ForecastView {
                per_day_usd: report.forecast.per_day,
                month_usd: report.forecast.month,
            },
            by_model: groups(&report.by_model),
            groups: groups(&report.groups),
            series: report
                .days
                .iter()
                .map(|day| DayView {
                    date: day.date.to_string(),
                    sum: (&day.sum).into(),
                    parts: groups(&day.parts),
                })
                .collect(),
            unpriced_models: report
                .unpriced
                .iter()
                .map(|one| UnpricedModelView {
                    provider: one.provider.clone(),
                    model: one.model.clone(),
                    calls: one.calls,
                    tokens: one.tokens,
                    priced_now: one.priced_now,
                })
                .collect(),
        })
    }
}
