//! Who else changes the files, who may not, and what the model is told of them.

use clawgate::model::Scope;
use serde_json::{Value, json};

use super::{at, delete, names, put, text};
use crate::support::gateway::Gateway;

#[tokio::test]
async fn a_reader_changes_nothing_and_nobody_sees_nothing() {
    let gateway = Gateway::in_process().await;
    put(&gateway.paired(), "a.md", "one").await;
    let reader = gateway.device(Scope::Read, "reader").await;
    assert_eq!(text(&reader, "a.md").await, "one");
    let place = json!({"path": "x"});
    for refused in [
        put(&reader, "a.md", "x").await,
        delete(&reader, "a.md").await,
        reader.post("/api/workspace/folder", place).await,
        reader.ask("DELETE", "/api/workspace/trash").send().await,
    ] {
        refused.assert_error(403, "FORBIDDEN");
    }
    let nobody = gateway.anon().get(&at("file", "a.md")).await;
    nobody.assert_error(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn the_model_is_told_the_standard_files_within_their_bound() {
    let gateway = Gateway::with(|config, _| config.workspace.prompt_tokens = 200).await;
    let owner = gateway.paired();
    let system = |gateway: &Gateway| {
        let asked = gateway.asked();
        let message = &asked.last().unwrap()["messages"][0];
        assert_eq!(message["role"], "system");
        message["content"].as_str().unwrap().to_owned()
    };
    owner.said("s", "say:hello").await;
    assert!(!system(&gateway).contains("<file path="));
    put(&owner, "SOUL.md", "You are called Mo.").await;
    put(&owner, "MEMORY.md", &"A long line of facts.\n".repeat(200)).await;
    put(&owner, "other.md", "not for the prompt").await;
    owner.said("s", "say:hello again").await;
    let told = system(&gateway);
    assert!(
        told.contains("<file path=\"SOUL.md\">\nYou are called Mo.\n</file>"),
        "{told}"
    );
    assert!(
        told.contains("bytes more: read MEMORY.md to see them]"),
        "{told}"
    );
    assert!(!told.contains("not for the prompt"));
    assert!(told.len() < 3000, "{}", told.len());
}

#[tokio::test]
async fn what_other_programs_do_to_files_is_news_and_history() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let root = gateway.app.data_dir.join("workspace");
    put(&owner, "ours.md", "one").await;
    // The watch is there once it tells of something.
    let mut news = owner.events("/api/events?types=workspace_changed").await;
    let mut told = async |path: &str| {
        loop {
            let event = news.next().await.unwrap().json();
            if event["by"] == "outside" && event["path"] == path {
                return event["change"].as_str().unwrap().to_owned();
            }
        }
    };
    let writing = async {
        for round in 0_u32.. {
            std::fs::write(root.join("theirs.md"), format!("round {round}")).unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        }
    };
    tokio::select! {
        change = told("theirs.md") => assert_eq!(change, "noticed"),
        () = writing => {}
    }
    std::fs::write(root.join("ours.md"), "two, by another").unwrap();
    assert_eq!(told("ours.md").await, "noticed");
    // Nobody has read the file: the watch has made the version.
    let history = owner.get(&at("history", "ours.md")).await.json();
    assert_eq!(history["versions"][0]["author"], "outside");
    assert_eq!(history["versions"][1]["author"], "owner");
    std::fs::remove_file(root.join("ours.md")).unwrap();
    assert_eq!(told("ours.md").await, "noticed");
    assert_eq!(names(&owner, "").await, ["theirs.md"]);
}

#[tokio::test]
async fn of_many_writers_at_once_one_wins_and_the_others_are_told() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let seen = put(&owner, "a.md", "one").await.json()["etag"].clone();
    let quoted = format!("\"{}\"", seen.as_str().unwrap());
    let bodies: Vec<Value> = (0..8)
        .map(|at| json!({"content": format!("{at}")}))
        .collect();
    let path = at("file", "a.md");
    let writes = bodies.iter().map(|body| {
        let ask = owner.ask("PUT", &path).header("If-Match", &quoted);
        ask.json(body).send()
    });
    let answers = futures_util::future::join_all(writes).await;
    let won: Vec<usize> = (0..8).filter(|at| answers[*at].status == 200).collect();
    assert_eq!(won.len(), 1, "{answers:?}");
    assert_eq!(text(&owner, "a.md").await, won[0].to_string());
    for (at, answer) in answers.iter().enumerate() {
        if at != won[0] {
            let told = answer.assert_error(412, "PRECONDITION_FAILED");
            assert_eq!(told["details"]["content"], won[0].to_string());
        }
    }
    let history = owner.get(&at("history", "a.md")).await.json();
    assert_eq!(history["versions"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn names_in_any_language_and_files_of_any_size_are_served() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    for name in [
        "Tagebuch/Müßiggang – 3. März.md",
        "日記/今日.md",
        "e\u{301}té/\u{1f5d2}\u{fe0f}.md",
        "مذكرات/يوم.md",
        "100%/#1?&=+.md",
    ] {
        assert_eq!(put(&owner, name, name).await.status, 201, "{name}");
        assert_eq!(text(&owner, name).await, name);
        let moved = format!("moved/{name}");
        let body = json!({"from": name, "to": moved});
        let answer = owner.post("/api/workspace/move", body).await;
        assert_eq!(answer.json()["path"], moved.as_str());
        let down = owner.get(&at("download", &moved)).await;
        assert_eq!(down.body, name);
        assert!(
            down.header("content-disposition")
                .is_some_and(str::is_ascii)
        );
    }
    let large = gateway.app.data_dir.join("workspace/large.log");
    std::fs::write(&large, "a line\n".repeat(1_300_000)).unwrap();
    let file = owner.get(&at("file", "large.log")).await.json();
    assert_eq!(
        (&file["kind"], &file["content"], &file["size"]),
        (&json!("large"), &json!(null), &json!(9_100_000))
    );
    let down = owner.get(&at("download", "large.log")).await;
    assert_eq!(down.body.len(), 9_100_000);
    let over = at("file", "large.log");
    let over = owner.ask("PUT", &over).header("If-None-Match", "*");
    let over = over.json(&json!({"content": "x"})).send().await;
    over.assert_error(412, "PRECONDITION_FAILED");
}
