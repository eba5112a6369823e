//! What spending looks like on the wire.

use poem_openapi::{Enum, Object};

use super::Text;
use crate::{
    config::{BudgetPeriod, BudgetScope, OnLimit, Unpriced},
    cost::{self, CostReport, KnownPrice, LimitState, PriceRow},
    model::{CostSum, CustomPrice, MicroUsd, OverBudget, PriceSource, Timestamp},
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
    fn of(limit: &LimitState, warn_at: u64) -> Self {
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
    daily: LimitView,
    /// This month's.
    monthly: LimitView,
    /// The others.
    pub(super) budgets: Vec<LimitView>,
    /// The share of a limit at which there is a warning, in percent.
    warn_at_percent: u64,
    /// What happens at a limit.
    on_limit: OnLimitView,
    /// The model to go on with, as `provider/model`.
    downgrade_to: Option<String>,
    /// What happens to calls of a model whose price is not known.
    unpriced: UnpricedView,
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

/// The price of a model, in dollars for a million tokens.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ModelPrice")]
pub(super) struct PriceView {
    /// A name of `[providers]`; `*`: any.
    provider: String,
    /// A model, or the beginning of one and `*`.
    model: String,
    /// Tokens sent; null: the price is not known.
    input_usd: Option<MicroUsd>,
    /// Tokens sent that the provider reads from its cache; null: as dear as the others.
    cached_usd: Option<MicroUsd>,
    /// Tokens produced; null: the price is not known.
    output_usd: Option<MicroUsd>,
    /// Where the price comes from; null: it is not known.
    source: Option<PriceSource>,
    /// What the packaged table says of tokens sent, where the owner says otherwise.
    packaged_input_usd: Option<MicroUsd>,
    /// The same of tokens produced.
    packaged_output_usd: Option<MicroUsd>,
}

impl From<PriceRow> for PriceView {
    fn from(row: PriceRow) -> Self {
        let base = row.price.map(|KnownPrice { price, .. }| price.base);
        Self {
            provider: row.provider,
            model: row.model,
            input_usd: base.map(|rates| rates.input),
            cached_usd: base.and_then(|rates| rates.cached),
            output_usd: base.map(|rates| rates.output),
            source: row.price.map(|known| known.source),
            packaged_input_usd: row.packaged.map(|price| price.base.input),
            packaged_output_usd: row.packaged.map(|price| price.base.output),
        }
    }
}

/// Prices: the owner's own, and those of models that were used or are configured.
#[derive(Clone, Debug, Object)]
#[oai(rename = "PriceList")]
pub(super) struct PriceListView {
    /// The day up to which the packaged prices are known to hold.
    pub(super) as_of: String,
    /// The prices.
    pub(super) prices: Vec<PriceView>,
}

/// A price of the owner's own, in dollars for a million tokens.
#[derive(Clone, Debug, Object)]
#[oai(rename = "CustomPrice")]
pub(super) struct CustomPriceView {
    /// A name of `[providers]`; `*`: any.
    provider: Text,
    /// A model, or the beginning of one and `*`.
    model: Text,
    /// Tokens sent.
    input_usd: MicroUsd,
    /// Tokens sent that the provider reads from its cache; when left out, as dear as the others.
    cached_usd: Option<MicroUsd>,
    /// Tokens produced.
    output_usd: MicroUsd,
}

impl From<CustomPriceView> for CustomPrice {
    fn from(view: CustomPriceView) -> Self {
        Self {
            provider: view.provider.0,
            model: view.model.0,
            input: view.input_usd,
            cached: view.cached_usd,
            output: view.output_usd,
        }
    }
}

/// All prices of the owner's own; others hold no longer.
#[derive(Clone, Debug, Object)]
#[oai(rename = "CustomPrices")]
pub(super) struct CustomPricesView {
    /// The prices.
    pub(super) prices: Vec<CustomPriceView>,
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
