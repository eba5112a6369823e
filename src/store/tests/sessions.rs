//! Sessions and their full text.

use crate::{
    model::{Cursor, Origin, SessionId, Timestamp, TurnId, TurnState},
    store::{FinishedTurn, NewTurn, SessionList, Store, TurnStep, TurnWrite, testing},
};

async fn say(store: &Store, session: &str, input: &str, answer: Option<&str>) -> TurnId {
    let id = TurnId::fresh();
    let session_id: SessionId = session.parse().unwrap();
    let at = Timestamp::from_millis(1000);
    let turn = NewTurn {
        id,
        session_id: session_id.clone(),
        title: input.to_owned(),
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
        created_at: at,
    };
    store.start_turn(turn, vec![], None).await.unwrap();
    if let Some(answer) = answer {
        let end = FinishedTurn {
            response: Some(answer.to_owned()),
            ..FinishedTurn::default()
        };
        let step = TurnStep::Finish(TurnState::Done, Box::new(end));
        let (kept, told) = tokio::sync::oneshot::channel();
        let write = TurnWrite {
            turn_id: id,
            session_id,
            at,
            step,
            event: None,
        };
        store
            .turn_room()
            .await
            .write(write, |result| kept.send(result).unwrap());
        told.await.unwrap().unwrap();
    }
    id
}

async fn found(store: &Store, text: &str) -> Vec<String> {
    let hits = store.search_turns(text, 10).await.unwrap();
    hits.into_iter().map(|hit| hit.input).collect()
}

#[tokio::test]
async fn search_finds_both_sides_in_every_language() {
    let (store, _folder) = testing::store().await;
    say(&store, "a", "still waiting", None).await;
    say(
        &store,
        "a",
        "Where is the café?",
        Some("Next to the Münsterplatz"),
    )
    .await;
    say(&store, "b", "今天天气怎么样", Some("很好")).await;
    assert_eq!(found(&store, "CAFE").await, ["Where is the café?"]);
    assert_eq!(found(&store, "munster where").await, ["Where is the café?"]);
    assert_eq!(found(&store, "天气怎").await, ["今天天气怎么样"]);
    assert_eq!(found(&store, "很好").await, ["今天天气怎么样"]);
    assert_eq!(found(&store, "100%").await, Vec::<String>::new());
    for odd in ["\"", "a\"b OR c", "*", "(", "%", "NEAR(x y)"] {
        found(&store, odd).await;
    }
}

#[tokio::test]
async fn a_deleted_session_is_gone_until_restored_and_purged_for_good() {
    let (store, _folder) = testing::store().await;
    say(&store, "a", "remember the milk", Some("yes")).await;
    let id: SessionId = "a".parse().unwrap();
    let moment = Timestamp::from_millis(5000);
    assert!(found(&store, "milk").await.len() == 1);
    assert!(
        store
            .mark_session_deleted(id.clone(), Some(moment))
            .await
            .unwrap()
    );
    assert!(
        !store
            .mark_session_deleted(id.clone(), Some(moment))
            .await
            .unwrap()
    );
    assert!(found(&store, "milk").await.is_empty());
    assert!(store.mark_session_deleted(id.clone(), None).await.unwrap());
    assert!(found(&store, "milk").await.len() == 1);
    store
        .mark_session_deleted(id.clone(), Some(moment))
        .await
        .unwrap();
    assert_eq!(
        store
            .purge_sessions(Timestamp::from_millis(5000))
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        store
            .purge_sessions(Timestamp::from_millis(5001))
            .await
            .unwrap(),
        1
    );
    assert!(store.find_session(&id).await.unwrap().is_none());
    assert!(found(&store, "milk").await.is_empty());
}

#[tokio::test]
async fn a_fork_has_the_turns_up_to_its_point() {
    let (store, _folder) = testing::store().await;
    say(&store, "a", "one", Some("1")).await;
    let second = say(&store, "a", "two", Some("2")).await;
    say(&store, "a", "three", Some("3")).await;
    let mut into = store
        .find_session(&"a".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    into.id = "copy".parse().unwrap();
    let from: SessionId = "a".parse().unwrap();
    assert_eq!(
        store
            .fork_session(from, Some(second), into.clone())
            .await
            .unwrap(),
        2
    );
    let copied = store.list_turns(&into.id, None, 10).await.unwrap();
    let said: Vec<_> = copied.iter().map(|turn| turn.input.as_str()).collect();
    assert_eq!(said, ["two", "one"]);
    let copy = store.find_session(&into.id).await.unwrap().unwrap();
    assert_eq!(
        (copy.message_count, copy.forked_from),
        (4, Some("a".parse().unwrap()))
    );
}

#[tokio::test]
async fn pages_of_sessions_neither_skip_nor_repeat() {
    let (store, _folder) = testing::store().await;
    for number in 0..7 {
        say(&store, &format!("s{number}"), "hi", Some("ho")).await;
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let list = SessionList {
            after,
            limit: 3,
            ..SessionList::default()
        };
        let page = store.list_sessions(list).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(Cursor {
            key: last.updated_at.as_millis(),
            row: last.row,
        });
        seen.extend(page.into_iter().map(|session| session.id.to_string()));
    }
    assert_eq!(seen, ["s6", "s5", "s4", "s3", "s2", "s1", "s0"]);
}
