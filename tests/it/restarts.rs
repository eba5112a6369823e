//! A turn outlives its gateway: killed or stopped in the middle, it goes on after the restart,
//! and its readers come back with their last `seq`.

use serde_json::{Value, json};

use crate::{
    model_server::ModelServer,
    support::{
        actor::{Actor, turn_of},
        home::Home,
        process::GatewayProcess,
        stream::{assert_contiguous, folded, parsed, shape},
        until,
    },
};

async fn scene() -> (ModelServer, Home, GatewayProcess) {
    let model = ModelServer::start().await;
    let home = Home::talking_to(&model);
    let gateway = home.start().await;
    (model, home, gateway)
}

async fn asked(model: &ModelServer, times: usize) {
    until("the model to be asked", async || {
        (model.requests().len() >= times).then_some(())
    })
    .await;
}

fn last(events: &[Value]) -> &Value {
    events.last().unwrap()
}

/// Begins a turn that waits after its first word; answers with it and what was read of it.
async fn half_said(owner: &Actor, session: &str, message: &str) -> (String, Vec<Value>) {
    let mut events = owner.stream(session, message).await;
    let read = events.until("chunk").await;
    (turn_of(&read[0]), parsed(&read))
}

#[tokio::test]
async fn a_turn_goes_on_after_kill_9_and_a_reader_where_it_was() {
    let (model, home, gateway) = scene().await;
    let message = "hold:power say:one two three four";
    let (turn, mut events) = half_said(&gateway.paired(), "s", message).await;
    gateway.kill_9().await;

    let gateway = home.start().await;
    assert!(gateway.banner.contains("Going on with 1 unfinished"));
    let owner = gateway.paired();
    let mut again = owner.follow(&turn, events.len() as u64).await;
    events.extend(parsed(&again.until("chunk").await));
    model.release("power");
    events.extend(parsed(&again.rest().await));

    assert_contiguous(&events, 1);
    assert_eq!(
        shape(&events),
        ["turn_started", "chunk", "notice", "chunk", "done"]
    );
    let notice = events.iter().find(|one| one["type"] == "notice").unwrap();
    assert_eq!(notice["discard_from_seq"], 2);
    assert_eq!(last(&events)["response"], "one two three four");
    assert_eq!(folded(&events), "one two three four");
    assert_eq!(owner.read(&turn, 0).await, events);
    assert_eq!(owner.turn(&turn).await["state"], "done");
    assert_eq!(model.requests().len(), 2);
}

#[tokio::test]
async fn a_long_answer_cut_off_anywhere_comes_out_whole() {
    let (_model, home, mut gateway) = scene().await;
    let mut events = Vec::new();
    let mut reader = gateway.paired().stream("s", "delay:1 tokens:200").await;
    let mut turn = String::new();
    for wanted in [3, 40] {
        while events.len() < wanted {
            let event = reader.next().await.unwrap();
            turn = turn_of(&event);
            events.push(event.json());
        }
        gateway.kill_9().await;
        while let Some(event) = reader.next().await {
            events.push(event.json());
        }
        gateway = home.start().await;
        if last(&events)["type"] == "done" {
            break;
        }
        reader = gateway.paired().follow(&turn, events.len() as u64).await;
    }
    if last(&events)["type"] != "done" {
        events.extend(parsed(&reader.rest().await));
    }
    assert_contiguous(&events, 1);
    assert_eq!(last(&events)["type"], "done");
    assert_eq!(folded(&events), last(&events)["response"]);
    assert_eq!(gateway.paired().read(&turn, 0).await, events);
}

#[tokio::test]
async fn what_waited_still_runs_after_kill_9_in_order() {
    let (model, home, gateway) = scene().await;
    let owner = gateway.paired();
    let (first, _) = half_said(&owner, "s", "hold:k say:first").await;
    let mut turns = vec![first];
    for word in ["second", "third", "fourth"] {
        turns.push(owner.begin("s", &format!("say:{word}")).await);
    }
    gateway.kill_9().await;
    let gateway = home.start().await;
    let owner = gateway.paired();
    assert!(gateway.banner.contains("Going on with 4 unfinished"));
    assert_eq!(owner.turn(&turns[3]).await["queue_position"], 3);
    asked(&model, 2).await;
    model.release("k");
    let mut ends = Vec::new();
    for turn in &turns {
        ends.push(owner.turn_when(turn, "done").await);
    }
    let answers: Vec<_> = ends.iter().map(|turn| &turn["response"]).collect();
    assert_eq!(answers, ["first", "second", "third", "fourth"]);
    for pair in ends.windows(2) {
        let (before, after) = (&pair[0]["finished_at"], &pair[1]["started_at"]);
        assert!(before.as_str().unwrap() <= after.as_str().unwrap());
    }
    assert_contiguous(&owner.read(&turns[3], 0).await, 1);
}

#[tokio::test]
async fn a_turn_that_never_survives_is_given_up_and_the_next_one_runs() {
    let (model, home, mut gateway) = scene().await;
    let (turn, _) = half_said(&gateway.paired(), "s", "hold:never-released say:a b").await;
    let next = gateway.paired().begin("s", "say:next").await;
    for restart in 1..=3 {
        gateway.kill_9().await;
        gateway = home.start().await;
        asked(&model, restart + 1).await;
    }
    gateway.kill_9().await;
    gateway = home.start().await;
    let owner = gateway.paired();
    let given_up = owner.turn_when(&turn, "interrupted").await;
    assert_eq!(given_up["error"]["code"], "INTERRUPTED");
    let events = owner.read(&turn, 0).await;
    assert_contiguous(&events, 1);
    assert_eq!(last(&events)["code"], "INTERRUPTED");
    assert_eq!(
        owner.turn_when(&next, "done").await["response"],
        json!("next")
    );
}

#[tokio::test]
async fn a_stop_tells_the_readers_and_ends_well_and_the_turn_goes_on_later() {
    let (model, home, gateway) = scene().await;
    let owner = gateway.paired();
    let mut reader = owner.stream("s", "hold:stop say:a b c").await;
    let mut events = reader.until("chunk").await;
    let turn = turn_of(&events[0]);
    let mut socket = owner.socket().await;
    socket
        .send(json!({"type": "resume", "turn_id": turn, "after_seq": 0}))
        .await;
    socket.until("chunk").await;
    let mut news = owner.events("/api/events").await;
    let waiting = {
        let owner = owner.clone();
        async move { owner.chat("other", "hold:stop say:late").await }
    };
    let stop = async {
        asked(&model, 2).await;
        gateway.terminate().await
    };
    let (waiting, code) = tokio::join!(waiting, stop);
    assert_eq!(code, Some(0));
    assert_eq!(waiting.status, 202, "{waiting:?}");
    assert_eq!(waiting.json()["status"], "pending");
    let closing = reader.next().await.unwrap();
    assert_eq!(
        (closing.name.as_str(), &closing.json()["reason"]),
        ("closing", &json!("restart"))
    );
    assert!(reader.next().await.is_none());
    assert_eq!(news.until("closing").await.pop().unwrap().name, "closing");
    let closing = socket.until("closing").await.pop().unwrap();
    assert_eq!(closing["reason"], "restart");
    assert_eq!(socket.close_code().await, Some(1012));

    model.release("stop");
    let gateway = home.start().await;
    let owner = gateway.paired();
    let seen = events.len() as u64;
    events.extend(owner.follow(&turn, seen).await.rest().await);
    let events = parsed(&events);
    assert_contiguous(&events, 1);
    assert_eq!(folded(&events), "a b c");
    let late = waiting.json()["turn_id"].as_str().unwrap().to_owned();
    assert_eq!(owner.turn_when(&late, "done").await["response"], "late");
}

#[tokio::test]
async fn a_stop_that_finds_nothing_to_do_is_quick_and_ctrl_c_has_its_own_code() {
    let (_model, home, gateway) = scene().await;
    let _idle = gateway.paired().socket().await;
    assert_eq!(gateway.terminate().await, Some(0));
    let gateway = home.start().await;
    gateway.signal("INT");
    assert_eq!(gateway.ended().await, Some(130));
}
