//! `clawgate chat`, beside a running gateway and without one.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::{
    model_server::ModelServer,
    support::{
        gateway::KEY,
        home::{Home, said},
        process::signal,
        soon, until,
    },
};

fn asked(model: &ModelServer) -> Vec<Value> {
    let requests = model.requests();
    let bodies = requests.iter().map(|one| &one.body);
    bodies
        .map(|body| serde_json::from_slice(body).unwrap())
        .collect()
}

#[tokio::test]
async fn a_question_is_answered_without_a_gateway() {
    let model = ModelServer::start().await;
    let home = Home::talking_to(&model);
    let answer = home.run(&["chat", "say:hello  there\nfriend"]).await;
    assert_eq!(answer.code, Some(0), "{answer:?}");
    assert_eq!(answer.out, "hello  there\nfriend\n");
    assert_eq!(answer.err, "");
    let piped = home.run_with(&["chat"], "say:from a pipe\n").await;
    assert_eq!((piped.code, piped.out.as_str()), (Some(0), "from a pipe\n"));

    // It is in the store, for the dashboard to see.
    let gateway = home.start().await;
    let page = gateway.paired().get("/api/sessions").await.json();
    let sessions = page["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    assert!(sessions.iter().all(|session| session["origin"] == "cli"));
}

#[tokio::test]
async fn where_nobody_can_be_asked_the_answer_is_no() {
    let model = ModelServer::start().await;
    let home = Home::talking_to(&model);
    home.configure("tools.permissions.ask = [\"time\"]");
    let answer = home.run(&["chat", "tool:time {}"]).await;
    assert_eq!(answer.code, Some(0), "{answer:?}");
    assert!(
        answer.out.contains("nobody can be asked here"),
        "{answer:?}"
    );
    assert!(answer.err.contains("asks to use time"), "{answer:?}");
}

#[tokio::test]
async fn a_question_is_answered_beside_a_gateway_and_nothing_stays_behind() {
    let model = ModelServer::start().await;
    let home = Home::talking_to(&model);
    let gateway = home.start().await;
    let mut news = gateway.paired().events("/api/events?types=agent_end").await;
    let answer = home
        .run(&["chat", "--session", "s", "say:by the gateway"])
        .await;
    assert_eq!(answer.code, Some(0), "{answer:?}");
    assert_eq!(answer.out, "by the gateway\n");
    assert_eq!(news.next().await.unwrap().json()["session_id"], "s");
    let devices = home.run(&["token", "list"]).await;
    assert!(!devices.out.contains("Terminal"), "{devices:?}");
    let page = gateway
        .paired()
        .get("/api/sessions/s/messages")
        .await
        .json();
    assert_eq!(page["messages"][1]["content"], "by the gateway");
}

#[tokio::test]
async fn a_conversation_is_gone_on_with() {
    let model = ModelServer::start().await;
    let home = Home::talking_to(&model);
    let none = home.run(&["chat", "--continue", "say:x"]).await;
    assert_eq!(none.code, Some(2), "{none:?}");
    assert!(none.err.contains("no session"), "{none:?}");
    for (words, turns) in [
        (vec!["chat", "--session", "s", "say:one"], 1),
        (vec!["chat", "--continue", "say:two"], 2),
        (vec!["chat", "say:afresh"], 1),
    ] {
        let answer = home.run(&words).await;
        assert_eq!(answer.code, Some(0), "{answer:?}");
        let body = asked(&model).pop().unwrap();
        let messages = body["messages"].as_array().unwrap();
        let users = messages.iter().filter(|one| one["role"] == "user").count();
        assert_eq!(users, turns, "{messages:?}");
    }
    let gateway = home.start().await;
    let beside = home.run(&["chat", "--continue", "say:on"]).await;
    assert_eq!(beside.out, "on\n", "{beside:?}");
    assert_eq!(
        asked(&model).pop().unwrap()["messages"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    drop(gateway);
}

#[tokio::test]
async fn a_model_may_be_named() {
    let model = ModelServer::start().await;
    let home = Home::talking_to(&model);
    home.run(&["chat", "--model", "test-model-mini", "say:x"])
        .await;
    let gateway = home.start().await;
    home.run(&["chat", "--model", "another", "say:x"]).await;
    drop(gateway);
    let models: Vec<_> = asked(&model)
        .iter()
        .map(|body| body["model"].clone())
        .collect();
    assert_eq!(models, [json!("test-model-mini"), json!("another")]);
}

#[tokio::test]
async fn what_goes_wrong_is_said_on_standard_error() {
    let model = ModelServer::start().await;
    let home = Home::talking_to(&model);
    home.configure("providers.main.max_retries = 0");
    for beside in [false, true] {
        let gateway = if beside {
            Some(home.start().await)
        } else {
            None
        };
        let failed = home.run(&["chat", "status:500"]).await;
        assert_eq!(
            (failed.code, failed.out.as_str()),
            (Some(1), ""),
            "{failed:?}"
        );
        assert!(failed.err.starts_with("clawgate: "), "{failed:?}");
        assert!(!failed.err.contains(KEY), "{failed:?}");
        let empty = home.run_with(&["chat"], "").await;
        assert_eq!(empty.code, Some(1), "{empty:?}");
        assert!(empty.err.contains("empty"), "{empty:?}");
        drop(gateway);
    }
}

#[tokio::test]
async fn ctrl_c_stops_the_answer() {
    let model = ModelServer::start().await;
    let home = Home::talking_to(&model);
    for (calls, beside) in [(1, false), (2, true)] {
        let gateway = if beside {
            Some(home.start().await)
        } else {
            None
        };
        let mut command =
            home.command(&["chat", "--session", "s", "hold:never say:half an answer"]);
        let pipe = Stdio::piped;
        command.stdin(Stdio::null()).stdout(pipe()).stderr(pipe());
        let child = command.spawn().unwrap();
        until("the model to be asked", async || {
            (asked(&model).len() == calls).then_some(())
        })
        .await;
        signal(child.id().unwrap(), "INT");
        let ended = said(soon("its end", child.wait_with_output()).await.unwrap());
        assert_eq!(ended.code, Some(130), "{ended:?}");
        assert!(ended.err.contains("stopped"), "{ended:?}");
        let looked_at = match gateway {
            Some(gateway) => gateway,
            None => home.start().await,
        };
        let page = looked_at
            .paired()
            .get("/api/sessions/s/messages")
            .await
            .json();
        let last = page["messages"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(last["state"], "cancelled", "{page}");
    }
}

/// At a terminal: `script` makes one; where there is none, there is nothing to see.
#[tokio::test]
async fn a_person_talks_line_by_line() {
    let model = ModelServer::start().await;
    let home = Home::talking_to(&model);
    let mut command = tokio::process::Command::new("script");
    let program = format!("exec {} chat", env!("CARGO_BIN_EXE_clawgate"));
    command
        .args(["-qec", &program, "/dev/null"])
        .env("CLAWGATE_HOME", home.folder())
        .env("SHELL", "/bin/sh")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    let Ok(mut child) = command.spawn() else {
        return;
    };
    let mut keys = child.stdin.take().unwrap();
    let mut screen = child.stdout.take().unwrap();
    let mut shown = String::new();
    let mut see = async |words: &str| {
        soon(words, async {
            let mut bytes = [0; 4096];
            loop {
                if let Some(at) = shown.find(words) {
                    return shown.drain(..at + words.len()).collect::<String>();
                }
                let read = screen.read(&mut bytes).await.unwrap();
                assert!(read > 0, "ended before {words:?}: {shown}");
                shown.push_str(&String::from_utf8_lossy(&bytes[..read]));
            }
        })
        .await
    };
    see("> ").await;
    keys.write_all(b"think:hm hm say:one\n").await.unwrap();
    see("\u{1b}[2mhm hm\u{1b}[0m").await;
    see("one\r\n> ").await;
    keys.write_all(b"hold:k say:two three\n").await.unwrap();
    // The first word is there while the second is held back.
    see("three\r\ntwo").await;
    model.release("k");
    see(" three\r\n> ").await;
    keys.write_all(b"hold:never say:half more\n").await.unwrap();
    see("more\r\nhalf").await;
    keys.write_all(b"\x03").await.unwrap();
    see("stopped").await;
    see("> ").await;
    keys.write_all(b"\x04").await.unwrap();
    let status = soon("its end", child.wait()).await.unwrap();
    assert_eq!(status.code(), Some(0));
}
