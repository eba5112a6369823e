//! What was spent when, on what and for whom, put together from the sums.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;

use super::{
    Cost,
    limits::{Forecast, LimitState},
    sums::{at_most, by_bucket, day, days, grouped, sums, zone_name},
    time,
};
use crate::{
    config::OnLimit,
    model::{CostSum, MicroUsd, SessionId},
    store::{Dimension, Store, StoreError},
};

/// Groups of one answer; the rest is added up.
const MOST_GROUPS: usize = 200;

/// What sums are grouped by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GroupBy {
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

impl GroupBy {
    const fn dimension(self) -> Dimension {
        match self {
            Self::Model | Self::Day => Dimension::Model,
            Self::Session => Dimension::Session,
            Self::Origin => Dimension::Origin,
            Self::Device => Dimension::Device,
            Self::Job => Dimension::Job,
        }
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Query {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// How to group.
    pub group_by: GroupBy,
    /// The conversation whose cost is asked for.
    pub session: Option<SessionId>,
}

/// Calls that belong together.
#[derive(Clone, Debug)]
pub struct Group {
    /// Names it; none: those that belong to no group, or the rest.
    pub key: Option<String>,
    /// What people call it.
    pub name: Option<String>,
    /// What they came to.
    pub sum: CostSum,
}

/// A day.
#[derive(Clone, Debug)]
pub struct Day {
    /// The day, in the owner's time zone.
    pub date: Date,
    /// What its calls came to.
    pub sum: CostSum,
    /// The same by group: the groups that cost most, then the rest.
    pub parts: Vec<Group>,
}

/// A model whose calls' cost is not known.
#[derive(Clone, Debug)]
pub struct Unpriced {
    /// The provider.
    pub provider: String,
    /// The model.
    pub model: String,
    /// Its calls whose cost nobody knows.
    pub calls: u64,
    /// Their tokens.
    pub tokens: u64,
    /// It has a price by now; those calls were made before, or did not end.
    pub priced_now: bool,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct CostReport {
    /// The owner's time zone.
    pub time_zone: String,
    /// What was asked.
    pub query: Query,
    /// Today, in that zone.
    pub today: Date,
    /// Spent since the gateway was started, or by the conversation asked for.
    pub session: MicroUsd,
    /// Spent today.
    pub daily: MicroUsd,
    /// Spent this month.
    pub monthly: MicroUsd,
    /// All calls of the days asked for.
    pub total: CostSum,
    /// The same number of days before those, to compare with.
    pub before: CostSum,
    /// By group, the dearest first.
    pub groups: Vec<Group>,
    /// By model, the dearest first.
    pub by_model: Vec<Group>,
    /// Day by day.
    pub days: Vec<Day>,
    /// How the budgets stand.
    pub limits: Vec<LimitState>,
    /// At which share of a limit there is a warning.
    pub warn_at_percent: u64,
    /// What happens at a limit.
    pub on_limit: OnLimit,
    /// The model to go on with.
    pub downgrade_to: Option<String>,
    /// Whether models without a price are refused.
    pub blocks_unpriced: bool,
    /// Where spending goes.
    pub forecast: Forecast,
    /// Models whose calls' cost is not known.
    pub unpriced: Vec<Unpriced>,
}

impl Cost {
    /// What was spent in some days.
    pub async fn report(&self, query: Query) -> Result<CostReport, StoreError> {
        let (parts, rules) = (&self.inner.parts, self.inner.rules());
        let now = parts.clock.now();
        let zone = &rules.zone;
        let dates: Vec<Date> = query
            .from
            .series(jiff::Span::new().days(1))
            .take_while(|date| *date <= query.to)
            .collect();
        let mut buckets = Vec::new();
        for (place, date) in dates.iter().enumerate() {
            let place = u32::try_from(place).unwrap_or(u32::MAX);
            buckets.extend(time::ranges(place, Some(day(zone, *date))));
        }
        let whole = self.days(query.from, query.to);
        let by_day = sums(&parts.store, query.group_by.dimension(), &buckets).await?;
        // The doors hold every call; other groups may leave some out.
        let complete = query.group_by.dimension() == Dimension::Origin
            || query.group_by.dimension() == Dimension::Model;
        let totals = if complete {
            BTreeMap::new()
        } else {
            by_bucket(&sums(&parts.store, Dimension::Origin, &buckets).await?)
        };
        let by_model = if query.group_by.dimension() == Dimension::Model {
            grouped(&by_day)
        } else {
            let ranges = time::ranges(0, Some(whole));
            grouped(&sums(&parts.store, Dimension::Model, &ranges).await?)
        };
        let mut groups = at_most(grouped(&by_day), MOST_GROUPS);
        let totals = if complete { by_bucket(&by_day) } else { totals };
        let mut total = CostSum::default();
        totals.values().for_each(|sum| total.add(sum));
        self.name(query.group_by, &mut groups).await?;
        let days = days(&dates, &by_day, &totals, &groups);
        let unpriced = self.unpriced(&by_model);
        let before = self.before(&query, dates.len()).await?;
        let (daily, monthly) = self.day_and_month().await;
        let session = match &query.session {
            Some(session) => self.of_session(session).await?,
            None => self.totals().since_start,
        };
        Ok(CostReport {
            time_zone: zone_name(zone),
            today: time::date_of(zone, now),
            session,
            daily,
            monthly,
            total,
            before,
            groups,
            by_model: at_most(by_model, MOST_GROUPS),
            days,
            limits: self.limits(&rules, now).await?,
            warn_at_percent: rules.warn_at,
            on_limit: rules.on_limit,
            downgrade_to: rules.downgrade_to.clone(),
            blocks_unpriced: rules.unpriced == crate::config::Unpriced::Block,
            forecast: self.forecast(&rules, now, monthly).await?,
            unpriced,
            query,
        })
    }

    async fn of_session(&self, session: &SessionId) -> Result<MicroUsd, StoreError> {
        let ranges = time::ranges(0, None);
        let store = &self.inner.parts.store;
        let found = store
            .sum_costs(Dimension::Session, &ranges, Some(session.as_str()))
            .await?;
        let costs = found.into_iter().map(|(_, _, sum)| sum.cost);
        Ok(costs.fold(MicroUsd(0), MicroUsd::plus))
    }

    async fn before(&self, query: &Query, days: usize) -> Result<CostSum, StoreError> {
        let back = jiff::Span::new().days(i64::try_from(days).unwrap_or(1));
        let (Ok(from), Ok(to)) = (
            query.from.checked_sub(back),
            query.from.checked_sub(jiff::Span::new().days(1)),
        ) else {
            return Ok(CostSum::default());
        };
        let ranges = time::ranges(0, Some(self.days(from, to)));
        let found = sums(&self.inner.parts.store, Dimension::Origin, &ranges).await?;
        let mut sum = CostSum::default();
        found.iter().for_each(|(_, _, one)| sum.add(one));
        Ok(sum)
    }

    /// Gives groups the names that people know.
    pub(super) async fn name(&self, by: GroupBy, groups: &mut [Group]) -> Result<(), StoreError> {
        if by != GroupBy::Session {
            return Ok(());
        }
        let ids: Vec<String> = groups
            .iter()
            .filter_map(|group| group.key.clone())
            .collect();
        let titles = self.inner.parts.store.list_session_titles(&ids).await?;
        let titles: HashMap<String, String> = titles.into_iter().collect();
        for group in groups {
            let title = group.key.as_ref().and_then(|key| titles.get(key));
            group.name = title.filter(|title| !title.is_empty()).cloned();
        }
        Ok(())
    }

    fn unpriced(&self, by_model: &[Group]) -> Vec<Unpriced> {
        let unknown = by_model.iter().filter(|group| group.sum.unpriced_calls > 0);
        unknown
            .filter_map(|group| {
                let (provider, model) = group.key.as_deref()?.split_once('/')?;
                Some(Unpriced {
                    provider: provider.to_owned(),
                    model: model.to_owned(),
                    calls: group.sum.unpriced_calls,
                    tokens: group.sum.unpriced_tokens,
                    priced_now: self.price(provider, model).is_some(),
                })
            })
            .collect()
    }
}

/// Every model that was ever used.
pub(super) async fn models_used(store: &Store) -> Result<BTreeSet<(String, String)>, StoreError> {
    let found = sums(store, Dimension::Model, &time::ranges(0, None)).await?;
    let split = |(_, key, _): (u32, String, CostSum)| {
        let (provider, model) = key.split_once('/')?;
        let named = !provider.is_empty() && !model.is_empty();
        named.then(|| (provider.to_owned(), model.to_owned()))
    };
    Ok(found.into_iter().filter_map(split).collect())
}
