//! The sums beside the ledger they are made from.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{civil::Date, tz::TimeZone};
use proptest::prelude::*;

use super::{Cost, CostParts, GroupBy, Query, time};
use crate::{
    clock::{Clock, ManualClock},
    config::{Config, ConfigHandle},
    model::{
        BillTo, CallId, CallOrigin, CallStatus, MicroUsd, OpenCall, SessionId, SettledCall,
        Timestamp, Usage,
    },
    store::{LedgerWrite, Store},
    tasks::Tasks,
    telemetry::{Bus, Metrics},
};

/// A call: quarters of an hour after the beginning, what it cost, and whose it is.
type Call = (u32, Option<i64>, u8);

const ZONES: [&str; 4] = [
    "Europe/Berlin",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "UTC",
];
const BEGIN: i64 = 1_791_763_200_000;

fn at(call: &Call) -> Timestamp {
    // Not on the quarter: what falls between is part of it.
    Timestamp::from_millis(BEGIN + i64::from(call.0) * 900_000 + 77_777)
}

async fn book(store: &Store, call: &Call) {
    let (id, session) = (CallId::fresh(), format!("s{}", call.2));
    let bill = BillTo {
        session_id: Some(session.parse::<SessionId>().unwrap()),
        origin: CallOrigin::ALL[usize::from(call.2) % CallOrigin::ALL.len()],
        ..BillTo::default()
    };
    let (provider, model) = ("main".to_owned(), format!("m{}", call.2 % 3));
    let open = OpenCall {
        id,
        started_at: at(call),
        provider: provider.clone(),
        model: model.clone(),
        bill,
        price: None,
        assumed: None,
    };
    store.write_ledger(LedgerWrite::Open(open)).await.unwrap();
    let settled = SettledCall {
        id,
        status: CallStatus::Ok,
        provider,
        model,
        usage: Usage {
            input_tokens: 3,
            output_tokens: 4,
            ..Usage::default()
        },
        cache_write_tokens: None,
        price: None,
        cost: call.1.map(MicroUsd),
        assumed: None,
        first_token_ms: None,
        duration_ms: 5,
    };
    // Settled twice, it counts once.
    for _ in 0..2 {
        let write = LedgerWrite::Settle(settled.clone());
        store.write_ledger(write).await.unwrap();
    }
}

async fn opened(store: &Store, zone: &str) -> Cost {
    let mut config = Config::default();
    config.owner.time_zone = zone.to_owned();
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(Timestamp::from_millis(BEGIN)));
    Cost::load(CostParts {
        store: store.clone(),
        config: ConfigHandle::new(config),
        clock: Arc::clone(&clock),
        bus: Bus::new(clock),
        metrics: Metrics::new(false),
        tasks: Tasks::new(),
    })
    .await
    .unwrap()
}

fn by_day(zone: &TimeZone, calls: &[Call]) -> BTreeMap<Date, i64> {
    let mut days = BTreeMap::new();
    for call in calls {
        *days.entry(time::date_of(zone, at(call))).or_insert(0) += call.1.unwrap_or(0);
    }
    days
}

async fn holds(calls: Vec<Call>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clawgate.db");
    let store = Store::open(&path, Metrics::new(false)).await.unwrap();
    for call in &calls {
        book(&store, call).await;
    }
    let all: i64 = calls.iter().filter_map(|call| call.1).sum();
    let unknown = calls.iter().filter(|call| call.1.is_none()).count() as u64;
    for zone in ZONES {
        let cost = opened(&store, zone).await;
        assert_eq!(cost.totals().cost, MicroUsd(all), "after a restart");
        let days = by_day(&TimeZone::get(zone).unwrap(), &calls);
        for group_by in [GroupBy::Model, GroupBy::Origin, GroupBy::Session] {
            let report = cost
                .report(Query {
                    from: jiff::civil::date(2026, 10, 1),
                    to: jiff::civil::date(2026, 11, 30),
                    group_by,
                    session: None,
                })
                .await
                .unwrap();
            assert_eq!(report.total.cost, MicroUsd(all), "{zone}");
            assert_eq!(report.total.unpriced_calls, unknown);
            let groups: i64 = report.groups.iter().map(|group| group.sum.cost.0).sum();
            assert_eq!(groups, all, "{zone} {group_by:?}");
            for day in &report.days {
                let expected = days.get(&day.date).copied().unwrap_or(0);
                assert_eq!(day.sum.cost, MicroUsd(expected), "{zone} {}", day.date);
                let parts: i64 = day.parts.iter().map(|part| part.sum.cost.0).sum();
                assert_eq!(parts, expected, "{zone} {}", day.date);
            }
        }
    }
    store.close().await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    /// A month with a day of 25 hours in it, in zones an hour, half an hour and a quarter off.
    #[test]
    fn sums_equal_the_ledger_to_the_millionth_in_any_zone(
        calls in prop::collection::vec(
            (0_u32..96 * 30, prop::option::weighted(0.9, 0_i64..9_999_999), 0_u8..14), 1..40,
        ),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(holds(calls));
    }
}
