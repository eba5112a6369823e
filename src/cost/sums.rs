//! Sums put together to groups and days. Pure but for the look into the database.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use super::{
    report::{Day, Group},
    time::{self, Span},
};
use crate::{
    model::CostSum,
    store::{CostRange, Dimension, Store, StoreError},
};

/// Groups that have a part of their own in each day.
const MOST_PARTS: usize = 8;

/// Bucket, key, sum.
pub(super) type Sums = Vec<(u32, String, CostSum)>;

pub(super) async fn sums(
    store: &Store,
    dimension: Dimension,
    ranges: &[CostRange],
) -> Result<Sums, StoreError> {
    store.sum_costs(dimension, ranges, None).await
}

pub(super) fn day(zone: &jiff::tz::TimeZone, date: Date) -> Span {
    Span {
        from: time::start_of(zone, date),
        until: time::start_of(zone, date.tomorrow().unwrap_or(date)),
    }
}

pub(super) fn zone_name(zone: &jiff::tz::TimeZone) -> String {
    zone.iana_name().unwrap_or("UTC").to_owned()
}

pub(super) fn by_bucket(sums: &Sums) -> BTreeMap<u32, CostSum> {
    let mut found: BTreeMap<u32, CostSum> = BTreeMap::new();
    for (bucket, _, sum) in sums {
        found.entry(*bucket).or_default().add(sum);
    }
    found
}

/// The groups, the dearest first; where nothing is known of money, those with the most tokens.
pub(super) fn grouped(sums: &Sums) -> Vec<Group> {
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

pub(super) fn at_most(mut groups: Vec<Group>, most: usize) -> Vec<Group> {
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

pub(super) fn days(
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
