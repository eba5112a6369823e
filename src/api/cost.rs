//! `/api/cost`: what is spent, the ledger, prices and budgets.

use std::sync::Arc;

use jiff::civil::Date;
use poem_openapi::{
    OpenApi,
    param::{Header, Query},
    payload::Json,
};

use super::{
    ApiError, Caller, Group,
    body::JsonBody,
    cost_records::{RecordPage, RecordView, RecordsAnswer, csv},
    cost_views::{
        BudgetInput, BudgetsInput, CostView, CustomPricesView, GroupView, Grouping, KeyView,
        PeriodView, PriceListView, ScopeView,
    },
    sessions::cursor_of,
};
use crate::{
    config::ConfigKeeper,
    cost::{self, BudgetChange, BudgetEditError, CallFilter, Cost, PriceError},
    model::{CallOrigin, CallStatus, Cursor, DeviceId, SessionId, TurnId},
    security::TokenService,
};

/// Days in one answer.
const MOST_DAYS: i32 = 732;
/// Days in an answer when nobody says how many.
const USUAL_DAYS: i64 = 30;

/// The group.
pub struct CostApi {
    /// What is spent.
    pub cost: Cost,
    /// Who changes the configuration.
    pub keeper: Arc<ConfigKeeper>,
    /// The devices, for their names.
    pub tokens: Arc<TokenService>,
}

#[OpenApi(tag = "Group::Cost")]
impl CostApi {
    /// What is spent
    ///
    /// Sums over days in the owner's time zone, how the budgets stand, and a forecast. Calls whose
    /// cost nobody knows are counted apart, never as nothing.
    #[oai(path = "/api/cost", method = "get", operation_id = "get_cost")]
    async fn cost(
        &self,
        _caller: Caller,
        /// The first day, such as `2026-11-01`; 29 days before the last when left out.
        from: Query<Option<String>>,
        /// The last day; today when left out.
        to: Query<Option<String>>,
        /// How to group.
        #[oai(default)]
        group_by: Query<Grouping>,
        /// The session whose cost is asked for.
        session_id: Query<Option<SessionId>>,
    ) -> Result<Json<CostView>, ApiError> {
        let (from, to) = self.days(from.0.as_deref(), to.0.as_deref())?;
        let query = cost::Query {
            from,
            to,
            group_by: group_by.0.into(),
            session: session_id.0,
        };
        let report = self.cost.report(query).await;
        let report = report.map_err(|error| ApiError::internal(&error))?;
        let mut view = CostView::of(&report)
            .ok_or_else(|| ApiError::internal(&std::io::Error::other("no budgets")))?;
        if matches!(group_by.0, Grouping::Device) {
            let parts = view.series.iter_mut().flat_map(|day| &mut day.parts);
            let groups = view.groups.iter_mut().chain(parts);
            groups.for_each(|group| self.name_device(group));
        }
        let budgets = view.limits.budgets.iter_mut();
        let keys = budgets.flat_map(|budget| &mut budget.keys);
        keys.for_each(|key| self.name_key(key));
        Ok(Json(view))
    }

    /// List calls of providers
    ///
    /// The ledger, the newest first. With `Accept: text/csv`, all rows that the filters let pass,
    /// as a file.
    #[oai(
        path = "/api/cost/records",
        method = "get",
        operation_id = "list_cost_records"
    )]
    #[expect(clippy::too_many_arguments, reason = "one for each part of the query")]
    async fn records(
        &self,
        _caller: Caller,
        /// `text/csv` asks for a file.
        #[oai(name = "Accept")]
        accept: Header<Option<String>>,
        /// From this day on.
        from: Query<Option<String>>,
        /// Up to this day, which is included.
        to: Query<Option<String>>,
        /// Only of this provider.
        provider: Query<Option<String>>,
        /// Only of this model.
        model: Query<Option<String>>,
        /// Only of this session.
        session_id: Query<Option<SessionId>>,
        /// Only of this turn.
        turn_id: Query<Option<TurnId>>,
        /// Only for this.
        origin: Query<Option<CallOrigin>>,
        /// Only asked for by this device.
        device_id: Query<Option<DeviceId>>,
        /// Only of this scheduled job.
        job: Query<Option<String>>,
        /// Only those that ended so.
        status: Query<Option<CallStatus>>,
        /// Only those whose cost nobody knows.
        #[oai(default)]
        unpriced: Query<bool>,
        /// At most so many.
        #[oai(
            default = "default_limit",
            validator(minimum(value = "1"), maximum(value = "200"))
        )]
        limit: Query<u32>,
        /// Where to go on.
        cursor: Query<Option<String>>,
    ) -> Result<RecordsAnswer, ApiError> {
        let first = from.0.as_deref().map(|text| date("from", text));
        let last = to.0.as_deref().map(|text| date("to", text));
        let (first, last) = (first.transpose()?, last.transpose()?);
        let filter = CallFilter {
            from: first.map(|first| self.cost.days(first, first).from),
            until: last.map(|last| self.cost.days(last, last).until),
            provider: provider.0,
            model: model.0,
            session_id: session_id.0,
            turn_id: turn_id.0,
            origin: origin.0,
            device_id: device_id.0,
            job: job.0,
            status: status.0,
            unpriced: unpriced.0,
        };
        if accept.0.is_some_and(|accept| accept.contains("text/csv")) {
            return Ok(RecordsAnswer::File(csv(self.cost.clone(), filter)));
        }
        let after = cursor_of(cursor.0.as_deref())?;
        let found = self.cost.records(&filter, after, limit.0 + 1).await;
        let mut found = found.map_err(|error| ApiError::internal(&error))?;
        let more = found.len() > limit.0 as usize;
        found.truncate(limit.0 as usize);
        let next_cursor = found.last().filter(|_| more).map(|last| {
            let key = last.open.started_at.as_millis();
            Cursor { key, row: last.row }.encode()
        });
        Ok(RecordsAnswer::Page(Json(RecordPage {
            records: found.into_iter().map(RecordView::from).collect(),
            next_cursor,
        })))
    }

    /// List prices
    ///
    /// The owner's own first, then those of models that were used or are configured.
    #[oai(
        path = "/api/cost/prices",
        method = "get",
        operation_id = "list_model_prices"
    )]
    async fn prices(&self, _caller: Caller) -> Result<Json<PriceListView>, ApiError> {
        let prices = self.cost.prices().await;
        let prices = prices.map_err(|error| ApiError::internal(&error))?;
        Ok(Json(PriceListView {
            as_of: self.cost.prices_as_of().to_string(),
            prices: prices.into_iter().map(Into::into).collect(),
        }))
    }

    /// Set prices
    ///
    /// Puts these in the place of all prices of the owner's own. They count for calls from now on,
    /// before the packaged ones, and stay when the program is updated.
    #[oai(
        path = "/api/cost/prices",
        method = "put",
        operation_id = "set_model_prices"
    )]
    async fn set_prices(
        &self,
        caller: Caller,
        body: JsonBody<CustomPricesView>,
    ) -> Result<Json<PriceListView>, ApiError> {
        let prices = body.0.prices.into_iter().map(Into::into).collect();
        self.cost.set_prices(prices).await?;
        self.prices(caller).await
    }

    /// Change budgets
    ///
    /// Written to `config.toml` and in force when this answers.
    #[oai(
        path = "/api/cost/budgets",
        method = "put",
        operation_id = "set_budgets"
    )]
    async fn set_budgets(
        &self,
        caller: Caller,
        body: JsonBody<BudgetsInput>,
    ) -> Result<Json<CostView>, ApiError> {
        let asked = body.0;
        let budgets = asked.budgets.map(|budgets| {
            let numbered = budgets.into_iter().enumerate();
            numbered.map(|(place, one)| budget(place, &one)).collect()
        });
        let change = BudgetChange {
            daily_limit: asked.daily_limit_usd,
            monthly_limit: asked.monthly_limit_usd,
            warn_at_percent: asked.warn_at_percent,
            on_limit: asked.on_limit.map(Into::into),
            downgrade_to: asked.downgrade_to.map(|to| to.0),
            unpriced: asked.unpriced.map(Into::into),
            budgets: budgets.transpose()?,
        };
        self.cost.change_budgets(&self.keeper, change).await?;
        self.cost(
            caller,
            Query(None),
            Query(None),
            Query(Grouping::Model),
            Query(None),
        )
        .await
    }
}

impl CostApi {
    fn days(&self, from: Option<&str>, to: Option<&str>) -> Result<(Date, Date), ApiError> {
        let to = match to {
            Some(text) => date("to", text)?,
            None => self.cost.today(),
        };
        let back = jiff::Span::new().days(USUAL_DAYS - 1);
        let from = match from {
            Some(text) => date("from", text)?,
            None => to.checked_sub(back).unwrap_or(to),
        };
        let days = from.until(to).map_or(MOST_DAYS, |span| span.get_days());
        if from > to {
            return Err(ApiError::bad_field(
                "from",
                "a day that is not after \"to\"",
            ));
        }
        if days >= MOST_DAYS {
            let expected = format!("a day less than {MOST_DAYS} days before \"to\"");
            return Err(ApiError::bad_field("from", expected));
        }
        Ok((from, to))
    }

    fn name_device(&self, group: &mut GroupView) {
        if let Some((id, name)) = group.key.as_deref().and_then(|key| self.device(key)) {
            (group.key, group.name) = (Some(id), name);
        }
    }

    fn name_key(&self, key: &mut KeyView) {
        if let Some((id, name)) = self.device(&key.key) {
            (key.key, key.name) = (id, name);
        }
    }

    /// A device's id as the sums have it, as everybody knows it, with its name.
    fn device(&self, key: &str) -> Option<(String, Option<String>)> {
        let plain = key.len() == 32 && key.bytes().all(|digit| digit.is_ascii_hexdigit());
        let id: DeviceId = key.parse().ok().filter(|_| plain)?;
        let name = self.tokens.find(id).map(|device| device.name);
        Some((id.to_string(), name))
    }
}

fn default_limit() -> u32 {
    50
}

fn date(field: &str, text: &str) -> Result<Date, ApiError> {
    let wrong = |_| ApiError::bad_field(field, "a day such as 2026-11-21");
    text.trim().parse().map_err(wrong)
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

impl From<PriceError> for ApiError {
    fn from(error: PriceError) -> Self {
        match error {
            PriceError::Field { field, expected } => Self::bad_field(&field, expected),
            PriceError::Store(ref store) => Self::internal(store),
        }
    }
}

impl From<BudgetEditError> for ApiError {
    fn from(error: BudgetEditError) -> Self {
        let BudgetEditError::Document(error) = error;
        error.into()
    }
}
