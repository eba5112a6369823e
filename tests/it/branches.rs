//! A message that takes the place of an earlier one: what is shown, what the model is told, what
//! stays to be brought back, and what is refused.

use serde_json::{Value, json};

use crate::{
    model_server::ModelServer,
    support::{actor::Actor, gateway::Gateway, home::Home, stream::assert_contiguous, until},
};

/// Says something in `s`, perhaps in the place of a turn; answers with the new turn.
async fn say(owner: &Actor, message: &str, replaces: Option<&str>) -> String {
    let mut body = json!({"session_id": "s", "message": message});
    if let Some(turn) = replaces {
        body["replaces"] = turn.into();
    }
    let answer = owner.post("/api/chat", body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["turn_id"].as_str().unwrap().to_owned()
}

async fn messages(owner: &Actor) -> Vec<Value> {
    let page = owner.get("/api/sessions/s/messages").await.json();
    page["messages"].as_array().unwrap().clone()
}

/// What is shown, in order.
async fn shown(owner: &Actor) -> Vec<String> {
    let texts = messages(owner).await.into_iter();
    texts
        .map(|message| message["content"].as_str().unwrap().to_owned())
        .collect()
}

async fn show(owner: &Actor, turn: &str) -> Value {
    let path = format!("/api/turns/{turn}/show");
    let answer = owner.ask("POST", &path).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

/// What the model was told last, without the instructions.
fn told(gateway: &Gateway) -> Vec<String> {
    let body = gateway.asked().pop().unwrap();
    let messages = body["messages"].as_array().unwrap().iter();
    messages
        .filter(|message| message["role"] != "system")
        .map(|message| message["content"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn an_edited_message_takes_the_place_of_the_first_and_of_what_followed() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let first = say(&owner, "say:a", None).await;
    let second = say(&owner, "say:b", None).await;
    let third = say(&owner, "say:c", None).await;
    let mut news = owner
        .events("/api/events?types=session_changed&session_id=s")
        .await;
    let edited = say(&owner, "say:B", Some(&second)).await;
    assert_eq!(news.next().await.unwrap().json()["change"], "branched");
    assert_eq!(shown(&owner).await, ["say:a", "a", "say:B", "B"]);
    assert_eq!(told(&gateway), ["say:a", "a", "say:B"]);
    let versions = json!([second, edited]);
    let page = messages(&owner).await;
    assert_eq!(
        (&page[2]["versions"], &page[3]["versions"]),
        (&versions, &versions)
    );
    assert_eq!(page[0].get("versions"), None);
    assert_eq!(owner.turn(&second).await["versions"], versions);
    assert_eq!(owner.turn(&first).await.get("versions"), None);
    let session = owner.get("/api/sessions/s").await.json();
    assert_eq!(session["message_count"], 4);

    // Back to the first version: what followed it comes too, and the conversation goes on there.
    let session = show(&owner, &second).await;
    assert_eq!(
        (&session["id"], &session["message_count"]),
        (&json!("s"), &json!(6))
    );
    assert_eq!(
        shown(&owner).await,
        ["say:a", "a", "say:b", "b", "say:c", "c"]
    );
    say(&owner, "say:d", None).await;
    assert_eq!(
        told(&gateway),
        ["say:a", "a", "say:b", "b", "say:c", "c", "say:d"]
    );
    // And to the edited one again; of what once followed the first the newest comes back.
    show(&owner, &edited).await;
    assert_eq!(shown(&owner).await, ["say:a", "a", "say:B", "B"]);
    show(&owner, &third).await;
    assert_eq!(shown(&owner).await.last().unwrap(), "d");
    // What is shown already is no change.
    show(&owner, &third).await;
}

#[tokio::test]
async fn the_first_message_can_be_replaced_too_and_an_answer_made_again() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let first = say(&owner, "say:a", None).await;
    say(&owner, "say:b", None).await;
    let again = say(&owner, "say:a", Some(&first)).await;
    assert_eq!(shown(&owner).await, ["say:a", "a"]);
    assert_eq!(told(&gateway), ["say:a"]);
    // The replaced one can be replaced again though it is not shown.
    let third = say(&owner, "say:A", Some(&first)).await;
    assert_eq!(
        owner.turn(&third).await["versions"],
        json!([first, again, third])
    );
    assert_eq!(shown(&owner).await, ["say:A", "A"]);
}

#[tokio::test]
async fn files_and_texts_are_carried_over_unless_others_are_given() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let file = json!({"name": "n.txt", "media_type": "text/plain", "data": "cmVtZW1iZXI="});
    let body = json!({
        "session_id": "s", "message": "say:x", "context": ["fine weather"], "attachments": [file],
    });
    let first = owner.post("/api/chat", body).await.json()["turn_id"].clone();
    let replace = async |more: Value| {
        let mut body = json!({"message": "say:y", "replaces": first});
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        let answer = owner.post("/api/chat", body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        // The session is that of the replaced message.
        assert_eq!(answer.json()["session_id"], "s");
        let turn = answer.json()["turn_id"].as_str().unwrap().to_owned();
        let files = owner.turn(&turn).await["attachments"].clone();
        (turn, files, told(&gateway).pop().unwrap())
    };
    let (turn, files, prompt) = replace(json!({})).await;
    assert_eq!(files[0]["name"], "n.txt");
    assert!(
        prompt.contains("fine weather") && prompt.contains("remember"),
        "{prompt}"
    );
    let bytes = owner.get(&format!("/api/turns/{turn}/attachments/0")).await;
    assert_eq!((bytes.status, bytes.body.as_str()), (200, "remember"));
    let (_, files, prompt) = replace(json!({"attachments": []})).await;
    assert_eq!(files, json!([]));
    assert!(
        prompt.contains("fine weather") && !prompt.contains("remember"),
        "{prompt}"
    );
    let (_, _, prompt) = replace(json!({"attachments": [], "context": []})).await;
    assert_eq!(prompt, "say:y");
}

#[tokio::test]
async fn what_has_not_ended_is_not_replaced_nor_left_behind() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let first = say(&owner, "say:a", None).await;
    let second = say(&owner, "say:b", Some(&first)).await;
    let running = owner.begin("s", "hold:k say:c d").await;
    let replace = async |session: &str, turn: &str| {
        let body = json!({"session_id": session, "message": "say:x", "replaces": turn});
        owner.post("/api/chat", body).await
    };
    for turn in [&running, &second, &first] {
        replace("s", turn).await.assert_error(409, "CONFLICT");
    }
    let show = format!("/api/turns/{first}/show");
    let refused = owner.ask("POST", &show).send().await;
    refused.assert_error(409, "CONFLICT");
    replace("other", &first).await.assert_error(409, "CONFLICT");
    let nobody = "0199b1c2-7a3e-7c11-9d5e-3f2a1b0c4d5e";
    replace("s", nobody).await.assert_error(404, "NOT_FOUND");
    let unknown = format!("/api/turns/{nobody}/show");
    let unknown = owner.ask("POST", &unknown).send().await;
    unknown.assert_error(404, "NOT_FOUND");
    let malformed = owner
        .post("/api/chat", json!({"message": "x", "replaces": "nonsense"}))
        .await;
    malformed.assert_error(400, "INVALID_REQUEST");
    let mut socket = owner.socket_at("/ws/chat?session_id=s").await.unwrap();
    socket
        .send(json!({"message": "say:x", "replaces": running, "client_id": "c"}))
        .await;
    let refused = socket.until("error").await.pop().unwrap();
    assert_eq!(refused["code"], "CONFLICT");
    assert_eq!(refused["client_id"], "c");
    gateway.model.release("k");
    owner.turn_when(&running, "done").await;
    // Nothing of what was refused is left.
    assert_eq!(shown(&owner).await, ["say:b", "b", "hold:k say:c d", "c d"]);
    socket
        .send(json!({"message": "say:e", "replaces": running}))
        .await;
    socket.until("done").await;
    assert_eq!(shown(&owner).await, ["say:b", "b", "say:e", "e"]);
}

#[tokio::test]
async fn search_finds_what_is_hidden_and_says_so_and_export_and_fork_follow_the_path() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    say(&owner, "say:begin", None).await;
    let hidden = say(&owner, "say:walrus", None).await;
    let after = say(&owner, "say:under the walrus", None).await;
    say(&owner, "say:penguin", Some(&hidden)).await;
    let hits = owner.get("/api/sessions/search?q=walrus").await.json();
    let hits = hits["hits"].as_array().unwrap().clone();
    assert_eq!(hits.len(), 2, "{hits:?}");
    assert!(hits.iter().all(|hit| hit["visible"] == false));
    let seen = owner.get("/api/sessions/search?q=penguin").await.json();
    assert_eq!(seen["hits"][0]["visible"], true);

    let export = owner.get("/api/sessions/s/export?format=md").await;
    assert!(export.body.contains("penguin") && !export.body.contains("walrus"));
    let forked = async |body: Value| {
        let fork = owner.post("/api/sessions/s/fork", body).await;
        assert_eq!(fork.status, 201, "{fork:?}");
        let id = fork.json()["id"].as_str().unwrap().to_owned();
        let page = owner.get(&format!("/api/sessions/{id}/messages")).await;
        let page = page.json();
        let texts = page["messages"].as_array().unwrap().iter();
        let texts: Vec<_> = texts.map(|one| one["content"].clone()).collect();
        assert!(
            page["messages"]
                .as_array()
                .unwrap()
                .iter()
                .all(|one| one.get("versions").is_none())
        );
        texts
    };
    let path = ["say:begin", "begin", "say:penguin", "penguin"];
    assert_eq!(forked(json!({})).await, path);
    let other = [
        "say:begin",
        "begin",
        "say:walrus",
        "walrus",
        "say:under the walrus",
        "under the walrus",
    ];
    assert_eq!(forked(json!({"turn_id": after})).await, other);
}

#[tokio::test]
async fn a_replacing_message_counts_once_however_often_it_is_sent() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let first = say(&owner, "say:a", None).await;
    let body = json!({"session_id": "s", "message": "say:b", "replaces": first});
    let send = async |body: &Value| {
        let ask = owner.ask("POST", "/api/chat").json(body);
        ask.header("X-Idempotency-Key", "once").send().await
    };
    let turn = send(&body).await.json()["turn_id"].clone();
    assert_eq!(send(&body).await.json()["turn_id"], turn);
    let mut other = body.clone();
    other["replaces"] = turn.clone();
    assert_eq!(send(&other).await.status, 422);
    assert_eq!(
        owner.turn(turn.as_str().unwrap()).await["versions"],
        json!([first, turn])
    );
}

#[tokio::test]
async fn a_branch_outlives_kill_9_and_its_prompt_stays_its_own() {
    let model = ModelServer::start().await;
    let home = Home::talking_to(&model);
    let gateway = home.start().await;
    let owner = gateway.paired();
    say(&owner, "say:a", None).await;
    let second = say(&owner, "say:b", None).await;
    let mut socket = owner.socket_at("/ws/chat?session_id=s").await.unwrap();
    socket
        .send(json!({"message": "hold:k say:c d", "replaces": second}))
        .await;
    let ack = socket.until("ack").await.pop().unwrap();
    let turn = ack["turn_id"].as_str().unwrap().to_owned();
    socket.until("chunk").await;
    let waiting = owner.begin("s", "say:e").await;
    gateway.kill_9().await;
    let gateway = home.start().await;
    let owner = gateway.paired();
    until("the model to be asked again", async || {
        (model.requests().len() >= 4).then_some(())
    })
    .await;
    model.release("k");
    owner.turn_when(&turn, "done").await;
    owner.turn_when(&waiting, "done").await;
    assert_contiguous(&owner.read(&turn, 0).await, 1);
    assert_eq!(
        shown(&owner).await,
        ["say:a", "a", "hold:k say:c d", "c d", "say:e", "e"]
    );
    let asked: Value = serde_json::from_slice(&model.requests().last().unwrap().body).unwrap();
    let told: Vec<_> = asked["messages"]
        .as_array()
        .unwrap()
        .iter()
        .skip(1)
        .collect();
    assert_eq!(told.len(), 5, "{told:?}");
    assert_eq!(told[3]["content"], "c d");
    show(&owner, &second).await;
    assert_eq!(shown(&owner).await, ["say:a", "a", "say:b", "b"]);
}
