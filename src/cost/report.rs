//! What was spent when, on what and for whom, put together from the sums.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;

use super::{
    Cost,
    budget::Rules,
    counters::percent,
    time::{self, Span},
};
use crate::{
    config::{Budget, BudgetPeriod, BudgetScope, OnLimit},
    model::{BillTo, CostSum, MicroUsd, SessionId, Timestamp},
    store::{CostRange, Dimension, Store, StoreError},
};

/// Groups of one answer; the rest is added up.
const MOST_GROUPS: usize = 200;
/// Groups that have a part of their own in each day.
const MOST_PARTS: usize = 8;
/// Days that the pace of spending is taken from.
const PACE_DAYS: i32 = 7;
/// Of a budget that is for each by itself, those with the most.
const MOST_KEYS: usize = 5;

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

/// How a budget stands.
#[derive(Clone, Debug)]
pub struct LimitState {
    /// Its name.
    pub name: String,
    /// The budget; its limit may be nothing.
    pub budget: Budget,
    /// What is spent of it: of a budget for each by itself, by the one that spent most.
    pub spent: MicroUsd,
    /// What is set aside for calls under way.
    pub held: MicroUsd,
    /// In whole percent.
    pub percent: u64,
    /// When it began.
    pub since: Option<Timestamp>,
    /// When it begins anew.
    pub resets_at: Option<Timestamp>,
    /// Of a budget for each by itself, those that spent most.
    pub keys: Vec<Group>,
}

/// Where spending goes.
#[derive(Clone, Copy, Debug)]
pub struct Forecast {
    /// What a day costs, at the pace of the last seven.
    pub per_day: MicroUsd,
    /// What this month will have cost at that pace.
    pub month: MicroUsd,
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
        let mut groups = grouped(&by_day);
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
            groups: at_most(groups, MOST_GROUPS),
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

    /// Spent today and this month, in the owner's time zone.
    pub(super) async fn day_and_month(&self) -> (MicroUsd, MicroUsd) {
        let (rules, now) = (self.inner.rules(), self.inner.parts.clock.now());
        let places: Vec<_> = rules.places(&BillTo::default(), now);
        let places: Vec<_> = places.into_iter().map(|(_, place)| place).take(2).collect();
        self.known(places.clone()).await;
        let counters = self.inner.lock_counters();
        let spent = |at: usize| places.get(at).map(|place| counters.spent(place));
        (spent(0).unwrap_or_default(), spent(1).unwrap_or_default())
    }

    async fn known(&self, mut places: Vec<super::budget::Place>) {
        {
            let counters = self.inner.lock_counters();
            places.retain(|place| !counters.knows(place));
        }
        if !places.is_empty() {
            self.learn(places).await;
        }
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

    async fn limits(&self, rules: &Rules, now: Timestamp) -> Result<Vec<LimitState>, StoreError> {
        let mut states = Vec::new();
        for budget in &rules.budgets {
            states.push(self.limit(rules, budget, now).await?);
        }
        Ok(states)
    }

    async fn limit(
        &self,
        rules: &Rules,
        budget: &Budget,
        now: Timestamp,
    ) -> Result<LimitState, StoreError> {
        let each = budget.scope != BudgetScope::All && budget.of == "*";
        let key = super::budget::named(budget.scope, &budget.of);
        let place = rules.place(budget, if each { String::new() } else { key }, now);
        let (mut keys, spent, held);
        if each {
            let (dimension, _, ranges) = place.sums();
            let found = sums(&self.inner.parts.store, dimension, &ranges).await?;
            keys = grouped(&found);
            keys.sort_by_key(|group| std::cmp::Reverse(group.sum.counted()));
            keys.truncate(MOST_KEYS);
            let group_by = match budget.scope {
                BudgetScope::Session => GroupBy::Session,
                _ => GroupBy::Origin,
            };
            self.name(group_by, &mut keys).await?;
            spent = keys
                .first()
                .map_or(MicroUsd(0), |group| group.sum.counted());
            held = MicroUsd(0);
        } else {
            keys = Vec::new();
            self.known(vec![place.clone()]).await;
            let counters = self.inner.lock_counters();
            (spent, held) = (counters.spent(&place), counters.held(&place));
        }
        Ok(LimitState {
            name: budget.name(),
            percent: percent(spent, budget.limit),
            budget: budget.clone(),
            spent,
            held,
            since: place.from,
            resets_at: place.until,
            keys,
        })
    }

    async fn forecast(
        &self,
        rules: &Rules,
        now: Timestamp,
        spent: MicroUsd,
    ) -> Result<Forecast, StoreError> {
        let today = time::date_of(&rules.zone, now);
        let back = jiff::Span::new().days(PACE_DAYS - 1);
        let first = today.checked_sub(back).unwrap_or(today);
        let mut buckets = Vec::new();
        let mut starts = Vec::new();
        for (place, date) in (0_u32..).zip(first.series(jiff::Span::new().days(1))) {
            if date > today {
                break;
            }
            let span = day(&rules.zone, date);
            starts.push(span.from);
            buckets.extend(time::ranges(place, Some(span)));
        }
        let found = by_bucket(&sums(&self.inner.parts.store, Dimension::Origin, &buckets).await?);
        let begun = found
            .keys()
            .next()
            .and_then(|place| starts.get(*place as usize));
        let recent = found
            .values()
            .fold(MicroUsd(0), |sum, day| sum.plus(day.cost));
        let month = time::period(&rules.zone, BudgetPeriod::Month, now);
        let left = month.map_or(0, |month| month.until.millis_since(now));
        let elapsed = begun.map_or(0, |begun| now.millis_since(*begun));
        Ok(forecast(recent, elapsed, spent, left))
    }

    /// Gives groups the names that people know.
    async fn name(&self, by: GroupBy, groups: &mut [Group]) -> Result<(), StoreError> {
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

type Sums = Vec<(u32, String, CostSum)>;

async fn sums(
    store: &Store,
    dimension: Dimension,
    ranges: &[CostRange],
) -> Result<Sums, StoreError> {
    store.sum_costs(dimension, ranges, None).await
}

fn day(zone: &jiff::tz::TimeZone, date: Date) -> Span {
    Span {
        from: time::start_of(zone, date),
        until: time::start_of(zone, date.tomorrow().unwrap_or(date)),
    }
}

fn zone_name(zone: &jiff::tz::TimeZone) -> String {
    zone.iana_name().unwrap_or("UTC").to_owned()
}

fn by_bucket(sums: &Sums) -> BTreeMap<u32, CostSum> {
    let mut found: BTreeMap<u32, CostSum> = BTreeMap::new();
    for (bucket, _, sum) in sums {
        found.entry(*bucket).or_default().add(sum);
    }
    found
}

/// The groups, the dearest first; where nothing is known of money, those with the most tokens.
fn grouped(sums: &Sums) -> Vec<Group> {
    let mut found: BTreeMap<&str, CostSum> = BTreeMap::new();
    for (_, key, sum) in sums {
        found.entry(key).or_default().add(sum);
    }
    let mut groups: Vec<Group> = found
        .into_iter()
        .map(|(key, sum)| Group {
            key: Some(key.to_owned()),
            name: None,
            sum,
        })
        .collect();
    groups.sort_by_key(|group| std::cmp::Reverse((group.sum.cost, group.sum.usage.total())));
    groups
}

fn at_most(mut groups: Vec<Group>, most: usize) -> Vec<Group> {
    if groups.len() <= most {
        return groups;
    }
    let mut rest = CostSum::default();
    groups
        .split_off(most)
        .iter()
        .for_each(|group| rest.add(&group.sum));
    groups.push(Group {
        key: None,
        name: None,
        sum: rest,
    });
    groups
}

fn days(
    dates: &[Date],
    by_day: &Sums,
    totals: &BTreeMap<u32, CostSum>,
    groups: &[Group],
) -> Vec<Day> {
    let shown: Vec<&str> = groups
        .iter()
        .take(MOST_PARTS)
        .filter_map(|group| group.key.as_deref())
        .collect();
    let mut parts: HashMap<(u32, &str), CostSum> = HashMap::new();
    for (bucket, key, sum) in by_day {
        if shown.contains(&key.as_str()) {
            parts.entry((*bucket, key)).or_default().add(sum);
        }
    }
    (0_u32..)
        .zip(dates)
        .map(|(bucket, date)| {
            let sum = totals.get(&bucket).copied().unwrap_or_default();
            let mut own: Vec<Group> = Vec::new();
            let mut rest = sum;
            for key in &shown {
                if let Some(part) = parts.get(&(bucket, *key)) {
                    take(&mut rest, part);
                    own.push(Group {
                        key: Some((*key).to_owned()),
                        name: None,
                        sum: *part,
                    });
                }
            }
            if rest.calls > 0 {
                own.push(Group {
                    key: None,
                    name: None,
                    sum: rest,
                });
            }
            Day {
                date: *date,
                sum,
                parts: own,
            }
        })
        .collect()
}

fn take(from: &mut CostSum, part: &CostSum) {
    from.calls = from.calls.saturating_sub(part.calls);
    from.failed = from.failed.saturating_sub(part.failed);
    from.unpriced_calls = from.unpriced_calls.saturating_sub(part.unpriced_calls);
    from.unpriced_tokens = from.unpriced_tokens.saturating_sub(part.unpriced_tokens);
    from.cost = from.cost.less(part.cost);
    from.assumed = from.assumed.less(part.assumed);
    let (left, gone) = (&mut from.usage, &part.usage);
    left.input_tokens = left.input_tokens.saturating_sub(gone.input_tokens);
    left.output_tokens = left.output_tokens.saturating_sub(gone.output_tokens);
    left.cached_tokens = left.cached_tokens.saturating_sub(gone.cached_tokens);
    left.reasoning_tokens = left.reasoning_tokens.saturating_sub(gone.reasoning_tokens);
}

/// At the pace of the last days. One day is the least that a pace is taken from.
fn forecast(recent: MicroUsd, elapsed_ms: u64, spent: MicroUsd, left_ms: u64) -> Forecast {
    const DAY_MS: i128 = 86_400_000;
    let elapsed = i128::from(elapsed_ms).max(DAY_MS);
    let micros = |amount: i128| MicroUsd(i64::try_from(amount).unwrap_or(i64::MAX));
    let recent = i128::from(recent.0);
    Forecast {
        per_day: micros(recent * DAY_MS / elapsed),
        month: spent.plus(micros(recent * i128::from(left_ms) / elapsed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forecast_goes_on_at_the_pace_of_the_last_days() {
        let day = 86_400_000_u64;
        let seven = forecast(MicroUsd(7_000_000), 7 * day, MicroUsd(20_000_000), 10 * day);
        assert_eq!(seven.per_day, MicroUsd(1_000_000));
        assert_eq!(seven.month, MicroUsd(30_000_000));
        // One dear hour does not make a dear month.
        let first = forecast(MicroUsd(1_000_000), day / 24, MicroUsd(1_000_000), day);
        assert_eq!(first.per_day, MicroUsd(1_000_000));
        assert_eq!(first.month, MicroUsd(2_000_000));
    }
}
