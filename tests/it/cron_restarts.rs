//! Jobs through a kill -9, and in the terminal beside a running gateway.

use serde_json::{Value, json};

use crate::{
    model_server::ModelServer,
    support::{actor::Actor, home::Home, until},
};

async fn made(owner: &Actor, body: Value) -> String {
    let answer = owner.post("/api/cron", body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["id"].as_str().unwrap().to_owned()
}

async fn runs(owner: &Actor, job: &str) -> Vec<Value> {
    let page = owner.get(&format!("/api/cron/{job}/runs")).await.json();
    page["runs"].as_array().unwrap().clone()
}

async fn run_when(owner: &Actor, job: &str, is: impl Fn(&Value) -> bool) -> Value {
    until("the run", async || {
        runs(owner, job).await.into_iter().find(|run| is(run))
    })
    .await
}

#[tokio::test]
async fn after_kill_9_a_turn_goes_on_and_a_command_is_not_run_again() {
    let model = ModelServer::start().await;
    let home = Home::talking_to(&model);
    let gateway = home.start().await;
    let owner = gateway.paired();
    let asks = json!({"schedule": "0 4 1 1 *", "prompt": "hold:power say:one two three"});
    let asks = made(&owner, asks).await;
    let acts = json!({"schedule": "0 4 1 1 *", "command": "echo once >> runs.txt; sleep 60"});
    let acts = made(&owner, acts).await;
    for job in [&asks, &acts] {
        let begun = owner.post(&format!("/api/cron/{job}/run"), json!({})).await;
        assert_eq!(begun.status, 202, "{begun:?}");
    }
    until("the model to be asked", async || {
        (!model.requests().is_empty()).then_some(())
    })
    .await;
    let file = home.folder().join("workspace/runs.txt");
    until("the command to have begun", async || {
        file.exists().then_some(())
    })
    .await;
    gateway.kill_9().await;

    let gateway = home.start().await;
    let owner = gateway.paired();
    model.release("power");
    let run = run_when(&owner, &asks, |run| run["status"] == "ok").await;
    assert_eq!(run["output"], "one two three");
    assert_eq!(runs(&owner, &asks).await.len(), 1);
    let run = run_when(&owner, &acts, |run| run["status"] == "failed").await;
    assert!(
        run["error"]
            .as_str()
            .unwrap()
            .contains("outcome is unknown"),
        "{run}"
    );
    assert_eq!(runs(&owner, &acts).await.len(), 1);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "once\n");
    let session = run_when(&owner, &asks, |_| true).await["session_id"].clone();
    let path = format!("/api/sessions/{}/messages", session.as_str().unwrap());
    let said = owner.get(&path).await.json();
    assert_eq!(said["messages"].as_array().unwrap().len(), 2, "{said}");
}

#[tokio::test]
async fn the_terminal_schedules_beside_a_running_gateway() {
    let model = ModelServer::start().await;
    let home = Home::talking_to(&model);
    let said = home
        .run(&[
            "cron",
            "add",
            "every weekday at 9",
            "--prompt",
            "say:hello",
            "--name",
            "Hello",
        ])
        .await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.err.contains("No gateway runs"), "{said:?}");
    let gateway = home.start().await;
    let owner = gateway.paired();
    let mut news = owner
        .events("/api/events?types=job_changed,cron_result")
        .await;
    let said = home.run(&["cron", "run", "Hello"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let told = news.until("cron_result").await.pop().unwrap().json();
    assert_eq!(
        (&told["name"], &told["status"]),
        (&json!("Hello"), &json!("ok"))
    );
    let said = home.run(&["cron", "runs", "Hello", "--output"]).await;
    assert!(
        said.out.contains("ok") && said.out.contains("hello"),
        "{said:?}"
    );
    let said = home
        .run(&["cron", "edit", "Hello", "--schedule", "0 7 * * *"])
        .await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let said = home.run(&["cron", "list"]).await;
    assert!(said.out.contains("[Every day at 07:00]"), "{said:?}");
    let said = home.run(&["cron", "next", "whenever"]).await;
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.err.contains("every weekday at 9"), "{said:?}");
    let said = home.run(&["cron", "pause", "Nobody"]).await;
    assert!(
        said.code == Some(2) && said.err.contains("cron list"),
        "{said:?}"
    );
    let said = home.run(&["cron", "remove", "Hello"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(owner.get("/api/cron").await.json()["jobs"], json!([]));
}
