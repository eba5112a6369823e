//! Sums over turns that ended, and turns in one line each.

use crate::{
    model::{
        ActivitySum, MicroUsd, Origin, Timestamp, TurnFilter, TurnId, TurnQuery, TurnState, Usage,
    },
    store::{EventRow, FinishedTurn, NewTurn, Store, TurnStep, TurnWrite, testing},
};

async fn accept(store: &Store, session: &str, input: &str, created_at: i64) -> TurnId {
    let turn = NewTurn {
        id: TurnId::fresh(),
        session_id: session.parse().unwrap(),
        title: format!("About {session}"),
        origin: Origin::Api,
        device_id: None,
        input: input.to_owned(),
        context: vec![],
        attachment_names: vec![],
        tools: false,
        only_tools: None,
        model: None,
        job: None,
        replaces: None,
        created_at: Timestamp::from_millis(created_at),
    };
    let id = turn.id;
    store.start_turn(turn, vec![], None).await.unwrap();
    id
}

async fn end(store: &Store, turn: (TurnId, &str), state: TurnState, at: i64, first: i64) {
    end_at_cost(store, turn, state, (at, first), None).await;
}

async fn end_at_cost(
    store: &Store,
    (id, session): (TurnId, &str),
    state: TurnState,
    (at, first): (i64, i64),
    cost: Option<MicroUsd>,
) {
    let at = Timestamp::from_millis(at);
    let failed = (state == TurnState::Failed)
        .then(|| ("PROVIDER_ERROR".to_owned(), "It did not answer.".to_owned()));
    let end = FinishedTurn {
        usage: Usage {
            input_tokens: 10,
            output_tokens: 3,
            ..Usage::default()
        },
        cost,
        error: failed,
        last_seq: 1,
        first_token_ms: Some(first.try_into().unwrap()),
        ..FinishedTurn::default()
    };
    let (kept, told) = tokio::sync::oneshot::channel();
    let write = TurnWrite {
        turn_id: id,
        session_id: session.parse().unwrap(),
        at,
        step: TurnStep::Finish(state, Box::new(end)),
        event: Some(EventRow {
            seq: 1,
            name: "done".to_owned(),
            payload: "{}".to_owned(),
            at,
        }),
    };
    let room = store.turn_room().await;
    room.write(write, |result| kept.send(result).unwrap());
    told.await.unwrap().unwrap();
}

async fn sums(store: &Store, from: i64, until: i64, width: i64) -> Vec<(usize, ActivitySum)> {
    let (from, until) = (Timestamp::from_millis(from), Timestamp::from_millis(until));
    store.sum_activity(from, until, width).await.unwrap()
}

#[tokio::test]
async fn a_turn_counts_where_it_ended_and_percentiles_are_ranks() {
    let (store, _folder) = testing::store().await;
    assert!(sums(&store, 0, 10_000, 1000).await.is_empty());
    for took in 1..=20 {
        let id = accept(&store, "a", "x", 1000).await;
        end(&store, (id, "a"), TurnState::Done, 1000 + took, took).await;
    }
    let failed = accept(&store, "a", "x", 1000).await;
    end(&store, (failed, "a"), TurnState::Failed, 5000, 7).await;
    let stopped = accept(&store, "a", "x", 1000).await;
    end(&store, (stopped, "a"), TurnState::Cancelled, 5999, 7).await;
    let _waiting = accept(&store, "a", "x", 1000).await;
    let found = sums(&store, 1000, 6000, 1000).await;
    let busy = ActivitySum {
        turns: 20,
        failed: 0,
        input_tokens: 200,
        output_tokens: 60,
        p50_ms: Some(10),
        p95_ms: Some(19),
        first_token_p50_ms: Some(10),
    };
    let bad = ActivitySum {
        turns: 2,
        failed: 1,
        input_tokens: 20,
        output_tokens: 6,
        ..ActivitySum::default()
    };
    assert_eq!(found, [(0, busy), (4, bad)]);
    // The end is left out, the beginning is not.
    assert_eq!(sums(&store, 0, 5999, 10_000).await[0].1.turns, 21);
    assert_eq!(sums(&store, 5999, 6000, 1).await[0].1.turns, 1);
}

#[tokio::test]
async fn turns_are_listed_in_one_line_each() {
    let (store, _folder) = testing::store().await;
    let done = accept(&store, "a", &"long ".repeat(100), 1000).await;
    end(&store, (done, "a"), TurnState::Done, 1500, 1).await;
    let failed = accept(&store, "b", "went wrong", 1000).await;
    end(&store, (failed, "b"), TurnState::Failed, 1500, 1).await;
    let waiting = accept(&store, "b", "still there", 1000).await;
    let listed = async |filter, before| {
        let query = TurnQuery {
            filter,
            before_row: before,
            limit: 10,
            ..TurnQuery::default()
        };
        let now = Timestamp::from_millis(2000);
        store.list_turn_summaries(&query, now).await.unwrap()
    };
    let all = listed(TurnFilter::All, None).await;
    let ids: Vec<_> = all.iter().map(|turn| turn.id).collect();
    assert_eq!(ids, [waiting, failed, done]);
    assert_eq!(all[2].excerpt.chars().count(), 200);
    assert_eq!(all[2].session_title, "About a");
    assert_eq!(
        all[1].error.as_ref().map(|(code, _)| code.as_str()),
        Some("PROVIDER_ERROR")
    );
    let rest = listed(TurnFilter::All, Some(all[1].row)).await;
    assert_eq!(rest.iter().map(|turn| turn.id).collect::<Vec<_>>(), [done]);
    let active = listed(TurnFilter::Active, None).await;
    assert_eq!(
        active.iter().map(|turn| turn.id).collect::<Vec<_>>(),
        [waiting]
    );
    let bad = listed(TurnFilter::Failed, None).await;
    assert_eq!(bad.iter().map(|turn| turn.id).collect::<Vec<_>>(), [failed]);
    let good = listed(TurnFilter::Done, None).await;
    assert_eq!(good.iter().map(|turn| turn.id).collect::<Vec<_>>(), [done]);
    assert_eq!(good[0].usage.output_tokens, 3);
    assert!(listed(TurnFilter::Cancelled, None).await.is_empty());
}

#[tokio::test]
async fn turns_are_found_by_how_long_they_took_and_what_they_cost() {
    let (store, _folder) = testing::store().await;
    let quick = accept(&store, "a", "quick", 1000).await;
    end(&store, (quick, "a"), TurnState::Done, 1400, 1).await;
    let slow = accept(&store, "b", "slow", 1000).await;
    end(&store, (slow, "b"), TurnState::Cancelled, 4000, 1).await;
    let open = accept(&store, "a", "open", 1000).await;
    let found = async |query: TurnQuery, now: i64| -> Vec<TurnId> {
        let query = TurnQuery { limit: 10, ..query };
        let now = Timestamp::from_millis(now);
        let turns = store.list_turn_summaries(&query, now).await.unwrap();
        turns.iter().map(|turn| turn.id).collect()
    };
    let took = |min_ms| TurnQuery {
        min_ms: Some(min_ms),
        ..TurnQuery::default()
    };
    assert_eq!(found(took(400), 1400).await, [open, slow, quick]);
    // What is under way counts as far as it has come.
    assert_eq!(found(took(401), 1400).await, [slow]);
    assert_eq!(found(took(3000), 4000).await, [open, slow]);
    assert!(found(took(u64::MAX), 4000).await.is_empty());
    let stopped = TurnQuery {
        filter: TurnFilter::Cancelled,
        ..took(400)
    };
    assert_eq!(found(stopped, 4000).await, [slow]);
    let of_a = TurnQuery {
        session_id: Some("a".parse().unwrap()),
        ..TurnQuery::default()
    };
    assert_eq!(found(of_a, 4000).await, [open, quick]);
    let dear = TurnQuery {
        min_cost: Some(MicroUsd(40)),
        ..TurnQuery::default()
    };
    assert!(found(dear.clone(), 4000).await.is_empty());
    let priced = accept(&store, "c", "dear", 1000).await;
    end_at_cost(
        &store,
        (priced, "c"),
        TurnState::Done,
        (1500, 1),
        Some(MicroUsd(40)),
    )
    .await;
    assert_eq!(found(dear, 4000).await, [priced]);
}
