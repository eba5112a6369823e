//! Budgets under many calls at once.

use proptest::prelude::*;

use super::{super::price::Rates, *};
use crate::{
    config::{BudgetPeriod, Config},
    model::{CallOrigin, SessionId, TurnId},
};

const NOON: Timestamp = Timestamp::from_millis(1_763_726_400_000);

fn rules(daily: i64, on_limit: OnLimit, more: &[&str]) -> Rules {
    let mut config = Config::default();
    config.owner.time_zone = "Europe/Berlin".to_owned();
    config.cost.daily_limit = MicroUsd(daily);
    config.cost.monthly_limit = MicroUsd(0);
    config.cost.on_limit = on_limit;
    config.cost.downgrade_to = "main/small".to_owned();
    config.cost.budgets = more.iter().map(|text| text.parse().unwrap()).collect();
    Rules::of(&config)
}

/// A micro-dollar for a token in, two for a token out.
fn price() -> KnownPrice {
    let base = Rates {
        input: MicroUsd(1_000_000),
        cached: None,
        output: MicroUsd(2_000_000),
    };
    KnownPrice {
        price: Price { base, long: None },
        source: PriceSource::Packaged,
    }
}

fn bill(session: &str) -> BillTo {
    BillTo {
        session_id: Some(session.parse::<SessionId>().unwrap()),
        turn_id: Some(TurnId::fresh()),
        origin: CallOrigin::Api,
        ..BillTo::default()
    }
}

fn wish(bill: &BillTo, input: u64, output: u64) -> Wish<'_> {
    Wish {
        id: CallId::fresh(),
        bill,
        provider: "main",
        model: "large",
        price: Some(price()),
        input_tokens: input,
        max_output: Some(output),
        now: NOON,
    }
}

/// Holds a call as the meter does: what is not known yet is looked up, and nothing was spent.
fn hold(counters: &mut Counters, rules: &Rules, wish: &Wish<'_>) -> Verdict {
    match counters.hold(rules, wish) {
        Verdict::Unknown(places) => {
            for place in places {
                counters.know(rules, place, MicroUsd(0));
            }
            counters.hold(rules, wish)
        }
        verdict => verdict,
    }
}

fn refusal(verdict: Verdict) -> Option<OverBudget> {
    match verdict {
        Verdict::Refused(refusal, _) => Some(*refusal),
        _ => None,
    }
}

proptest! {
    /// However calls come and go, what is spent and what is set aside stay within the limit as
    /// long as no call costs more than what was set aside for it.
    #[test]
    fn calls_at_once_never_overrun(
        limit in 1_i64..5_000,
        acts in prop::collection::vec((any::<bool>(), 0_u64..400, 0_u64..400, 0_u64..=100), 1..200),
    ) {
        let rules = rules(limit, OnLimit::Block, &["session * total 0.002"]);
        let mut counters = Counters::default();
        let mut open: Vec<(CallId, MicroUsd)> = Vec::new();
        let mut spent = 0;
        for (begin, input, output, share) in acts {
            if begin {
                let bill = bill("s");
                let wish = wish(&bill, input, output);
                let allowed = match hold(&mut counters, &rules, &wish) {
                    Verdict::Granted { max_output, .. } => max_output.unwrap_or(output),
                    _ => continue,
                };
                prop_assert!(allowed <= output);
                let most = price().price.cost(&usage(&wish, allowed));
                open.push((wish.id, MicroUsd(most.0 * i64::try_from(share).unwrap() / 100)));
            } else if let Some((id, cost)) = open.pop() {
                counters.settle(&rules, id, cost);
                spent += cost.0;
            }
            let held: i64 = counters.open.values().map(|ticket| ticket.held.0).sum();
            prop_assert!(spent + held <= limit.min(2_000));
            for counter in counters.places.values() {
                prop_assert_eq!(counter.held.0, held);
                prop_assert_eq!(counter.spent.0, spent);
            }
        }
    }
}

#[test]
fn the_last_answer_is_cut_to_what_is_left_or_refused() {
    let rules = rules(1_500, OnLimit::Block, &[]);
    let mut counters = Counters::default();
    let one = bill("s");
    let first = wish(&one, 100, 10_000);
    let Verdict::Granted { max_output, .. } = hold(&mut counters, &rules, &first) else {
        panic!("there is room");
    };
    assert_eq!(max_output, Some(700));
    let second = refusal(hold(&mut counters, &rules, &wish(&one, 1, 300))).unwrap();
    assert_eq!(
        (second.budget.as_str(), second.limit),
        ("day", MicroUsd(1_500))
    );
    assert_eq!(second.spent, MicroUsd(1_500));
    let midnight = "2025-11-21T23:00:00.000Z";
    assert_eq!(second.resets_at.unwrap().to_string(), midnight);
    let expected = "The budget for today is used up: $0.0015 of $0.0015 are spent or set aside for \
                    calls under way; it begins anew on 22 November 2025 at 00:00 (CET)";
    assert_eq!(second.sentence, expected);
    counters.settle(&rules, first.id, MicroUsd(10));
    assert!(refusal(hold(&mut counters, &rules, &wish(&one, 1, 300))).is_none());
}

#[test]
fn warn_goes_on_with_one_notice_a_turn_and_downgrade_names_the_other_model() {
    let mut counters = Counters::default();
    let warn = rules(10, OnLimit::Warn, &[]);
    let one = bill("s");
    for expected in [1, 0] {
        let verdict = hold(&mut counters, &warn, &wish(&one, 100, 100));
        let Verdict::Granted {
            notices,
            max_output,
        } = verdict
        else {
            panic!("it goes on");
        };
        assert_eq!((notices.len(), max_output), (expected, None));
    }
    let down = rules(10, OnLimit::Downgrade, &[]);
    let mut counters = Counters::default();
    let refused = refusal(hold(&mut counters, &down, &wish(&one, 100, 100))).unwrap();
    assert_eq!(refused.downgrade_to.as_deref(), Some("main/small"));
    let mut small = wish(&one, 100, 100);
    small.model = "small";
    assert!(refusal(hold(&mut counters, &down, &small)).is_none());
}

#[test]
fn what_is_free_always_passes_and_what_has_no_price_only_where_it_may() {
    let mut rules = rules(1, OnLimit::Block, &[]);
    let mut counters = Counters::default();
    let one = bill("s");
    let mut free = wish(&one, 1000, 1000);
    free.price = Some(KnownPrice {
        price: Price::FREE,
        source: PriceSource::Free,
    });
    assert!(refusal(hold(&mut counters, &rules, &free)).is_none());
    let mut unknown = wish(&one, 1000, 1000);
    unknown.price = None;
    assert!(refusal(hold(&mut counters, &rules, &unknown)).is_none());
    rules.unpriced = Unpriced::Block;
    let refused = refusal(hold(&mut counters, &rules, &unknown)).unwrap();
    assert_eq!(refused.unpriced.as_deref(), Some("main/large"));
    rules.enabled = false;
    assert!(refusal(hold(&mut counters, &rules, &unknown)).is_none());
}

#[test]
fn each_budget_is_for_its_own_and_the_tightest_one_counts() {
    let rules = rules(
        1_000_000,
        OnLimit::Block,
        &["session * total 0.001", "origin webhook day 0.0001"],
    );
    let mut counters = Counters::default();
    let (one, other) = (bill("one"), bill("other"));
    assert!(refusal(hold(&mut counters, &rules, &wish(&one, 1000, 0))).is_none());
    let refused = refusal(hold(&mut counters, &rules, &wish(&one, 1, 0))).unwrap();
    assert_eq!(refused.budget, "session * total");
    assert_eq!(refused.resets_at, None);
    assert!(refusal(hold(&mut counters, &rules, &wish(&other, 1000, 0))).is_none());
    let webhook = BillTo {
        origin: CallOrigin::Webhook,
        ..BillTo::default()
    };
    let refused = refusal(hold(&mut counters, &rules, &wish(&webhook, 101, 0))).unwrap();
    assert_eq!(refused.budget, "origin webhook day");
}

#[test]
fn a_warning_comes_once_a_period_and_again_when_it_is_reached() {
    let rules = rules(1_000, OnLimit::Warn, &[]);
    let mut counters = Counters::default();
    let one = bill("s");
    let mut told = Vec::new();
    for _ in 0..12 {
        let wish = wish(&one, 100, 0);
        hold(&mut counters, &rules, &wish);
        let news = counters.settle(&rules, wish.id, MicroUsd(100));
        told.extend(news.into_iter().map(|news| (news.percent, news.reached)));
    }
    assert_eq!(told, [(80, false), (100, true)]);
    // After a restart it was told already.
    let mut counters = Counters::default();
    let next = wish(&one, 100, 0);
    let Verdict::Unknown(places) = counters.hold(&rules, &next) else {
        panic!("nothing is known yet");
    };
    for place in places {
        assert!(matches!(
            place.period,
            BudgetPeriod::Day | BudgetPeriod::Month
        ));
        counters.know(&rules, place, MicroUsd(1_200));
    }
    counters.hold(&rules, &next);
    assert!(counters.settle(&rules, next.id, MicroUsd(100)).is_empty());
}

#[test]
fn the_first_refusal_is_told_once_for_each_limit() {
    let told = |counters: &mut Counters, rules: &Rules| {
        let one = bill("s");
        match hold(counters, rules, &wish(&one, 2_000, 10)) {
            Verdict::Refused(_, news) => news.map(|news| (news.reached, news.percent)),
            _ => panic!("there is no room"),
        }
    };
    let mut counters = Counters::default();
    let tight = rules(1_000, OnLimit::Block, &[]);
    assert_eq!(told(&mut counters, &tight), Some((true, 0)));
    assert_eq!(told(&mut counters, &tight), None);
    let wider = rules(1_500, OnLimit::Block, &[]);
    assert_eq!(told(&mut counters, &wider), Some((true, 0)));
}

#[test]
fn a_call_counts_for_the_day_on_which_it_began() {
    let rules = rules(1_000, OnLimit::Block, &[]);
    let mut counters = Counters::default();
    let one = bill("s");
    let late = wish(&one, 1000, 0);
    hold(&mut counters, &rules, &late);
    let mut next_day = wish(&one, 1000, 0);
    next_day.now = NOON.plus_secs(12 * 3600);
    assert!(refusal(hold(&mut counters, &rules, &next_day)).is_none());
    counters.settle(&rules, late.id, MicroUsd(1000));
    let spent = |now| {
        let places = rules.places(&one, now);
        counters.spent(&places[0].1)
    };
    assert_eq!(spent(NOON), MicroUsd(1000));
    assert_eq!(spent(next_day.now), MicroUsd(0));
}
