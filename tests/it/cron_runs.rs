//! Runs of jobs: what becomes of times that come, while one is under way, after failures and after
//! downtime.

use serde_json::{Value, json};

use crate::{
    cron::{id, made, scene, scene_with},
    support::{actor::Actor, until},
};

/// The runs of a job, the newest first.
async fn runs(owner: &Actor, job: &str) -> Vec<Value> {
    let page = owner.get(&format!("/api/cron/{job}/runs")).await;
    assert_eq!(page.status, 200, "{page:?}");
    page.json()["runs"].as_array().unwrap().clone()
}

/// The runs of a job, once none of them is under way and there are so many.
async fn settled(owner: &Actor, job: &str, count: usize) -> Vec<Value> {
    until(&format!("{count} runs that are over"), async || {
        let runs = runs(owner, job).await;
        let over = runs.iter().all(|run| run["status"] != "running");
        (over && runs.len() == count).then_some(runs)
    })
    .await
}

fn shape(runs: &[Value]) -> Vec<(&str, &str)> {
    runs.iter()
        .map(|run| {
            (
                &run["scheduled_at"].as_str().unwrap()[11..16],
                run["status"].as_str().unwrap(),
            )
        })
        .collect()
}

#[tokio::test]
async fn a_job_runs_when_it_is_due_and_once() {
    let (clock, gateway, owner) = scene().await;
    let mut news = owner.events("/api/events?types=cron_result").await;
    let body = json!({"name": "Greeting", "schedule": "at 14:00", "prompt": "say:good day"});
    let job = id(&made(&owner, body).await).to_owned();
    clock.advance(44 * 60);
    gateway.app.cron.wake();
    assert_eq!(runs(&owner, &job).await, Vec::<Value>::new());
    clock.advance(61);
    gateway.app.cron.wake();
    gateway.app.cron.wake();
    let done = settled(&owner, &job, 1).await;
    let run = &done[0];
    assert_eq!(
        (&run["status"], &run["output"]),
        (&json!("ok"), &json!("good day"))
    );
    assert_eq!(
        (&run["trigger"], &run["scheduled_at"]),
        (&json!("schedule"), &json!("2026-11-21T13:00:00.000Z"))
    );
    let told = news.until("cron_result").await.pop().unwrap().json();
    assert_eq!(
        (&told["name"], &told["status"], &told["run_id"]),
        (&json!("Greeting"), &json!("ok"), &run["id"])
    );
    let turn = owner.turn(run["turn_id"].as_str().unwrap()).await;
    assert_eq!(
        (&turn["origin"], &turn["session_id"]),
        (&json!("cron"), &run["session_id"])
    );
    let job = owner.get(&format!("/api/cron/{job}")).await.json();
    assert_eq!(
        (&job["state"], &job["next_at"]),
        (&json!("finished"), &Value::Null)
    );
    assert_eq!(gateway.asked().len(), 1);
}

#[tokio::test]
async fn while_it_is_under_way_the_next_time_is_left_out_or_waits() {
    let (clock, gateway, owner) = scene().await;
    for (overlap, after) in [("skip", "skipped"), ("queue", "ok")] {
        let hold = format!("hold:{overlap} say:one two");
        let body = json!({"schedule": "0 * * * *", "prompt": hold, "overlap": overlap});
        let job = id(&made(&owner, body).await).to_owned();
        clock.advance(3600);
        gateway.app.cron.wake();
        until("the run to begin", async || {
            runs(&owner, &job).await.first()?["started_at"]
                .as_str()
                .map(|_| ())
        })
        .await;
        clock.advance(3600);
        gateway.app.cron.wake();
        until("the second time", async || {
            (runs(&owner, &job).await.len() == 2).then_some(())
        })
        .await;
        gateway.model.release(overlap);
        let done = settled(&owner, &job, 2).await;
        assert_eq!(
            (&done[0]["status"], &done[1]["status"]),
            (&json!(after), &json!("ok")),
            "{done:?}"
        );
        let deleted = owner
            .ask("DELETE", &format!("/api/cron/{job}"))
            .send()
            .await;
        assert_eq!(deleted.status, 204);
    }
}

#[tokio::test]
async fn a_failing_command_is_tried_again_and_then_paused() {
    let (clock, gateway, owner) = scene_with(|config| config.cron.pause_after_failures = 2).await;
    let mut news = owner.events("/api/events?types=error,job_changed").await;
    let body = json!({
        "name": "Backup", "schedule": "0 * * * *", "command": "echo nothing to save; exit 3",
        "retries": 1, "delivery": {"kind": "session", "session_id": "ops"}
    });
    let job = id(&made(&owner, body).await).to_owned();
    for round in 1..=2 {
        clock.advance(3600);
        gateway.app.cron.wake();
        let reason = until("the second try to be planned", async || {
            let run = runs(&owner, &job).await.first()?.clone();
            let waits = run["status"] == "running" && run["attempt"] == 1;
            let reason = run["reason"].as_str()?.to_owned();
            (waits && run["started_at"].is_null()).then_some(reason)
        })
        .await;
        assert!(reason.contains("exit code 3"), "{reason}");
        clock.advance(31);
        gateway.app.cron.wake();
        let run = settled(&owner, &job, round).await[0].clone();
        assert_eq!(
            (&run["status"], &run["attempt"]),
            (&json!("failed"), &json!(2))
        );
        assert_eq!(run["error"], "The command ended with exit code 3.");
        assert!(run["output"].as_str().unwrap().contains("nothing to save"));
    }
    let paused = owner.get(&format!("/api/cron/{job}")).await.json();
    assert_eq!(
        (&paused["state"], &paused["paused_by_failures"]),
        (&json!("paused"), &json!(true))
    );
    assert!(
        paused["pause_reason"]
            .as_str()
            .unwrap()
            .starts_with("It failed 2 times in a row.")
    );
    let error = news.until("error").await.pop().unwrap().json();
    assert_eq!(error["code"], "JOB_PAUSED");
    // Its result was told where it was to go, once for each run.
    let told = until("the results in the conversation", async || {
        let told = owner.get("/api/sessions/ops/messages").await;
        let told = told.json()["messages"].as_array()?.clone();
        (told.len() == 4).then_some(told)
    })
    .await;
    let told = Value::from(told).to_string();
    assert!(
        told.contains("Failure of the scheduled job") && told.contains("nothing to save"),
        "{told}"
    );
    // Going on counts anew.
    let resumed = owner
        .post(&format!("/api/cron/{job}/resume"), json!({}))
        .await
        .json();
    assert_eq!(
        (&resumed["state"], &resumed["failures"]),
        (&json!("active"), &json!(0))
    );
}

#[tokio::test]
async fn a_job_that_is_started_by_hand_uses_only_its_tools_and_goes_when_it_has_run() {
    let (_clock, gateway, owner) = scene().await;
    let body = json!({
        "schedule": "tomorrow at 7", "delete_after_run": true,
        "job": {"kind": "agent", "prompt": "tool:calculator {\"expression\": \"6*7\"} say:done",
                "session_id": "sums", "tools": ["time"]}
    });
    let job = id(&made(&owner, body).await).to_owned();
    let begun = owner.post(&format!("/api/cron/{job}/run"), json!({})).await;
    assert_eq!(
        (begun.status, &begun.json()["trigger"]),
        (202, &json!("manual"))
    );
    let done = settled(&owner, &job, 1).await;
    assert_eq!(
        (&done[0]["status"], &done[0]["session_id"]),
        (&json!("ok"), &json!("sums"))
    );
    owner
        .get(&format!("/api/cron/{job}"))
        .await
        .assert_error(404, "NOT_FOUND");
    let asked = gateway.asked();
    let offered: Vec<&str> = asked[0]["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["function"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(offered, ["time"]);
    let heard = asked[1]["messages"].to_string();
    assert!(
        heard.contains("calculator is not among the tools of this job"),
        "{heard}"
    );
}

#[tokio::test]
async fn times_that_passed_unseen_have_a_row_each() {
    let (clock, gateway, owner) = scene().await;
    let body = json!({"schedule": "0 * * * *", "prompt": "say:up", "catch_up": "last"});
    let job = id(&made(&owner, body).await).to_owned();
    clock.advance(4 * 3600 + 20 * 60);
    gateway.app.cron.wake();
    let done = settled(&owner, &job, 4).await;
    assert_eq!(
        shape(&done),
        [
            ("16:00", "ok"),
            ("15:00", "missed"),
            ("14:00", "missed"),
            ("13:00", "missed")
        ]
    );
    assert!(done.iter().skip(1).all(|run| run["reason"].is_string()));
}
