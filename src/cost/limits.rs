//! How the budgets stand, and where spending goes.

use super::{
    Cost,
    budget::{Place, Rules, named},
    counters::percent,
    report::{Group, GroupBy},
    sums::{by_bucket, day, grouped, sums},
    time,
};
use crate::{
    config::{Budget, BudgetPeriod, BudgetScope},
    model::{BillTo, MicroUsd, Timestamp},
    store::{Dimension, StoreError},
};

/// Days that the pace of spending is taken from.
const PACE_DAYS: i32 = 7;
/// Of a budget that is for each by itself, those with the most.
const MOST_KEYS: usize = 5;

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

impl Cost {
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

    async fn known(&self, mut places: Vec<Place>) {
        {
            let counters = self.inner.lock_counters();
            places.retain(|place| !counters.knows(place));
        }
        if !places.is_empty() {
            self.learn(places).await;
        }
    }

    pub(super) async fn limits(
        &self,
        rules: &Rules,
        now: Timestamp,
    ) -> Result<Vec<LimitState>, StoreError> {
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
        let key = named(budget.scope, &budget.of);
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

    pub(super) async fn forecast(
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
