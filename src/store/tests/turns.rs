//! Turns, their events and their keys.

use crate::{
    model::{Attachment, MicroUsd, Origin, Timestamp, TurnId, TurnState, Usage},
    store::{
        EventRow, FinishedTurn, Idempotency, NewTurn, StartOutcome, Store, StoreError, TurnStep,
        TurnWrite, testing,
    },
};

pub(super) fn turn(session: &str, input: &str) -> NewTurn {
    NewTurn {
        id: TurnId::fresh(),
        session_id: session.parse().unwrap(),
        title: input.to_owned(),
        origin: Origin::Api,
        device_id: None,
        input: input.to_owned(),
        context: vec!["a \"quoted\" text".to_owned()],
        attachment_names: Vec::new(),
        tools: true,
        only_tools: None,
        model: None,
        job: None,
        replaces: None,
        created_at: Timestamp::from_millis(1000),
    }
}

fn key(key: &str, hash: u8) -> Idempotency {
    Idempotency {
        scope: "device".to_owned(),
        key: key.to_owned(),
        request_hash: [hash; 32],
        forget_before: Timestamp::from_millis(0),
        keep_at_most: 100,
    }
}

pub(super) async fn write(store: &Store, turn: &NewTurn, step: TurnStep, event: Option<EventRow>) {
    let (kept, answer) = tokio::sync::oneshot::channel();
    let write = TurnWrite {
        turn_id: turn.id,
        session_id: turn.session_id.clone(),
        at: Timestamp::from_millis(2000),
        step,
        event,
    };
    store
        .turn_room()
        .await
        .write(write, |result| kept.send(result).unwrap());
    answer.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_turn_comes_back_as_it_was_written() {
    let (store, _folder) = testing::store().await;
    let new = turn("s", "héllo \u{1F600} \"x\"\n");
    assert_eq!(
        store.start_turn(new.clone(), vec![], None).await.unwrap(),
        StartOutcome::Started
    );
    let run = TurnStep::Run {
        provider: "main".to_owned(),
        model: "m".to_owned(),
    };
    let event = EventRow {
        seq: 1,
        name: "chunk".to_owned(),
        payload: "{\"type\":\"chunk\",\"content\":\"\\u0000é\"}".to_owned(),
        at: Timestamp::from_millis(5),
    };
    write(&store, &new, run, Some(event.clone())).await;
    assert_eq!(store.list_unfinished_turns().await.unwrap().len(), 1);
    let end = FinishedTurn {
        response: Some("ok".to_owned()),
        usage: Usage {
            input_tokens: 3,
            output_tokens: 2,
            ..Usage::default()
        },
        cost: Some(MicroUsd(7)),
        last_seq: 1,
        ..FinishedTurn::default()
    };
    write(
        &store,
        &new,
        TurnStep::Finish(TurnState::Done, Box::new(end)),
        None,
    )
    .await;
    let found = store.find_turn(new.id).await.unwrap().unwrap();
    assert_eq!(
        (found.input.as_str(), found.context),
        (new.input.as_str(), new.context)
    );
    assert_eq!(
        (found.state, found.provider.as_deref()),
        (TurnState::Done, Some("main"))
    );
    assert_eq!(
        (found.usage.input_tokens, found.cost),
        (3, Some(MicroUsd(7)))
    );
    assert_eq!(store.list_events(new.id, 0, 10).await.unwrap(), [event]);
    assert!(store.list_unfinished_turns().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_key_starts_one_turn_however_often_it_comes() {
    let (store, _folder) = testing::store().await;
    let first = turn("s", "pay");
    let started = store
        .start_turn(first.clone(), vec![], Some(key("k", 1)))
        .await
        .unwrap();
    assert_eq!(started, StartOutcome::Started);
    let again = store
        .start_turn(turn("s", "pay"), vec![], Some(key("k", 1)))
        .await
        .unwrap();
    assert_eq!(again, StartOutcome::Duplicate(first.id));
    let other = store
        .start_turn(turn("s", "no"), vec![], Some(key("k", 2)))
        .await
        .unwrap();
    assert_eq!(other, StartOutcome::KeyReused);
    assert_eq!(store.list_unfinished_turns().await.unwrap().len(), 1);
    let mut late = key("k", 2);
    late.forget_before = Timestamp::from_millis(1001);
    let late = store
        .start_turn(turn("s", "no"), vec![], Some(late))
        .await
        .unwrap();
    assert_eq!(late, StartOutcome::Started);
}

#[tokio::test]
async fn a_failed_write_fails_alone() {
    let (store, _folder) = testing::store().await;
    let one = turn("s", "one");
    store.start_turn(one.clone(), vec![], None).await.unwrap();
    let twice = store.start_turn(one.clone(), vec![], None).await;
    assert!(matches!(twice, Err(StoreError::Write(_))));
    store
        .start_turn(turn("s", "two"), vec![], None)
        .await
        .unwrap();
    assert_eq!(store.list_unfinished_turns().await.unwrap().len(), 2);
}

#[tokio::test]
async fn files_come_back_in_order() {
    let (store, _folder) = testing::store().await;
    let new = turn("s", "look");
    let file = |name: &str| Attachment {
        name: name.to_owned(),
        media_type: "image/png".to_owned(),
        data: vec![0, 1, 2],
    };
    let files = vec![file("b.png"), file("a.png")];
    store
        .start_turn(new.clone(), files.clone(), None)
        .await
        .unwrap();
    assert_eq!(store.list_attachments(new.id).await.unwrap(), files);
}
