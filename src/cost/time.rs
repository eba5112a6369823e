//! Days and months of the owner's, and the sums that they are put together from. Pure.

use jiff::{civil::Date, tz::TimeZone};

use crate::{config::BudgetPeriod, model::Timestamp, store::CostRange};

/// Minutes of a day.
pub(super) const DAY: i64 = 1440;
const HOUR: i64 = 60;
/// Every time zone of today is ahead or behind by a multiple of it.
const QUARTER: i64 = 15;

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its first moment.
    pub from: Timestamp,
    /// The moment after its last.
    pub until: Timestamp,
}

/// The date on which `now` falls.
pub(super) fn date_of(zone: &TimeZone, now: Timestamp) -> Date {
    let moment = jiff::Timestamp::from_millisecond(now.as_millis()).unwrap_or_default();
    moment.to_zoned(zone.clone()).date()
}

/// The first moment of a date: where clocks skip midnight, the one after.
pub(super) fn start_of(zone: &TimeZone, date: Date) -> Timestamp {
    let start = zone
        .to_ambiguous_zoned(date.at(0, 0, 0, 0))
        .compatible()
        .and_then(|moment| moment.start_of_day());
    start.map_or_else(
        |_| Timestamp::default(),
        |moment| Timestamp::from_millis(moment.timestamp().as_millisecond()),
    )
}

/// The period that `now` falls into; none: it never ends.
pub(super) fn period(zone: &TimeZone, period: BudgetPeriod, now: Timestamp) -> Option<Span> {
    let today = date_of(zone, now);
    let (first, next) = match period {
        BudgetPeriod::Day => (today, today.tomorrow().ok()?),
        BudgetPeriod::Month => (
            today.first_of_month(),
            today.last_of_month().tomorrow().ok()?,
        ),
        BudgetPeriod::Total => return None,
    };
    Some(Span {
        from: start_of(zone, first),
        until: start_of(zone, next),
    })
}

/// The sums that make up a stretch of time: whole days, then whole hours, then quarters.
pub(super) fn ranges(bucket: u32, span: Option<Span>) -> Vec<CostRange> {
    let range = |grain, from, until| CostRange {
        bucket,
        grain,
        from,
        until,
    };
    let Some(span) = span else {
        return vec![range(DAY, 0, i64::MAX)];
    };
    let quarter = |at: Timestamp| at.as_millis().div_euclid(QUARTER * 60_000);
    let (first, last) = (quarter(span.from), quarter(span.until));
    let (hours_from, hours_until) = (ceil(first, HOUR / QUARTER), last.div_euclid(HOUR / QUARTER));
    let mut found = Vec::with_capacity(5);
    if hours_from >= hours_until {
        found.push(range(QUARTER, first, last));
    } else {
        found.push(range(QUARTER, first, hours_from * (HOUR / QUARTER)));
        let (from, until) = (
            ceil(hours_from, DAY / HOUR),
            hours_until.div_euclid(DAY / HOUR),
        );
        if from >= until {
            found.push(range(HOUR, hours_from, hours_until));
        } else {
            found.push(range(HOUR, hours_from, from * (DAY / HOUR)));
            found.push(range(DAY, from, until));
            found.push(range(HOUR, until * (DAY / HOUR), hours_until));
        }
        found.push(range(QUARTER, hours_until * (HOUR / QUARTER), last));
    }
    found.retain(|range| range.from < range.until);
    found
}

fn ceil(number: i64, by: i64) -> i64 {
    number.div_euclid(by) + i64::from(number.rem_euclid(by) != 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn hours(zone_name: &str, day: &str) -> i64 {
        let now = format!("{day}T12:00:00Z").parse().unwrap();
        let span = period(&zone(zone_name), BudgetPeriod::Day, now).unwrap();
        (span.until.as_millis() - span.from.as_millis()) / 3_600_000
    }

    #[test]
    fn days_are_as_long_as_the_owners() {
        assert_eq!(hours("Europe/Berlin", "2026-03-28"), 24);
        assert_eq!(hours("Europe/Berlin", "2026-03-29"), 23);
        assert_eq!(hours("Europe/Berlin", "2026-10-25"), 25);
        assert_eq!(hours("Asia/Kolkata", "2026-10-25"), 24);
        // Clocks skip midnight here.
        assert_eq!(hours("America/Santiago", "2026-09-06"), 23);
    }

    #[test]
    fn months_end_where_they_end() {
        let of = |now: &str| {
            let span = period(
                &zone("Europe/Berlin"),
                BudgetPeriod::Month,
                now.parse().unwrap(),
            );
            let span = span.unwrap();
            (span.from.to_string(), span.until.to_string())
        };
        let (from, until) = of("2028-02-29T22:59:59Z");
        assert_eq!(from, "2028-01-31T23:00:00.000Z");
        assert_eq!(until, "2028-02-29T23:00:00.000Z");
        assert_eq!(of("2028-02-29T23:00:00Z").0, until);
        assert_eq!(of("2026-12-31T23:30:00Z").0, "2026-12-31T23:00:00.000Z");
    }

    proptest! {
        #[test]
        fn ranges_cover_every_quarter_of_a_span_once(from in 0_i64..5_000, length in 0_i64..20_000) {
            let at = |quarter: i64| Timestamp::from_millis(quarter * 900_000);
            let span = Span { from: at(from), until: at(from + length) };
            let mut covered: Vec<(i64, i64)> = ranges(0, Some(span))
                .iter()
                .map(|range| (range.from * range.grain / 15, range.until * range.grain / 15))
                .collect();
            covered.sort_unstable();
            let mut next = from;
            for (begin, end) in covered {
                prop_assert_eq!(begin, next);
                next = end;
            }
            prop_assert_eq!(next, from + length);
        }

        #[test]
        fn the_days_of_any_zone_follow_each_other(place in 0_usize..6, day in 0_i32..1500) {
            let names = ["Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "UTC",
                "Australia/Lord_Howe", "Pacific/Chatham"];
            let zone = zone(names[place]);
            let first = jiff::civil::date(2025, 1, 1);
            let date = first.checked_add(jiff::Span::new().days(day)).unwrap();
            let now = start_of(&zone, date);
            let span = period(&zone, BudgetPeriod::Day, now).unwrap();
            prop_assert_eq!(span.from, now);
            prop_assert_eq!(span.until, start_of(&zone, date.tomorrow().unwrap()));
            prop_assert_eq!(now.as_millis() % 900_000, 0);
            prop_assert_eq!(date_of(&zone, now), date);
        }
    }
}
