//! `/api/cron`: jobs in words, looking before keeping, bad input, and the agent's tools.

use std::sync::Arc;

use clawgate::{
    clock::ManualClock,
    config::Config,
    model::{Scope, Timestamp},
};
use serde_json::{Value, json};

use crate::support::{actor::Actor, client::Answer, gateway::Gateway};

/// A Saturday, a quarter past one in Berlin.
const NOW: &str = "2026-11-21T12:15:00Z";

pub(crate) async fn scene() -> (Arc<ManualClock>, Gateway, Actor) {
    scene_with(|_| ()).await
}

pub(crate) async fn scene_with(
    change: impl FnOnce(&mut Config),
) -> (Arc<ManualClock>, Gateway, Actor) {
    let clock = Arc::new(ManualClock::at(NOW.parse::<Timestamp>().unwrap()));
    let gateway = Gateway::at(clock.clone(), |config, _| {
        config.owner.time_zone = "Europe/Berlin".to_owned();
        change(config);
    })
    .await;
    let owner = gateway.paired();
    (clock, gateway, owner)
}

pub(crate) async fn made(owner: &Actor, body: Value) -> Value {
    let answer = owner.post("/api/cron", body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

async fn patch(owner: &Actor, id: &str, body: Value) -> Answer {
    let path = format!("/api/cron/{id}");
    owner.ask("PATCH", &path).json(&body).send().await
}

pub(crate) fn id(job: &Value) -> &str {
    job["id"].as_str().unwrap()
}

#[tokio::test]
async fn a_job_is_made_in_words_changed_deleted_and_brought_back() {
    let (_clock, gateway, owner) = scene().await;
    let job = made(
        &owner,
        json!({"schedule": "every weekday at 9", "prompt": "say:hello"}),
    )
    .await;
    assert_eq!(
        job["schedule"],
        json!({"kind": "cron", "expr": "0 9 * * 1-5"})
    );
    assert_eq!(
        (&job["name"], &job["words"]),
        (&json!("say:hello"), &json!("Every weekday at 09:00"))
    );
    assert_eq!(job["next_at"], "2026-11-23T08:00:00.000Z");
    assert_eq!(job["next"].as_array().unwrap().len(), 5);
    assert_eq!(
        (&job["state"], &job["author"]),
        (&json!("active"), &json!("owner"))
    );
    let job = id(&job).to_owned();

    let body =
        json!({"name": "Morning", "schedule": {"kind": "every", "every_secs": 90}, "version": 1});
    let changed = patch(&owner, &job, body).await.json();
    assert_eq!(
        (&changed["words"], &changed["version"]),
        (&json!("Every 90 seconds"), &json!(2))
    );
    let late = patch(&owner, &job, json!({"name": "Late", "version": 1})).await;
    assert_eq!(late.assert_error(409, "CONFLICT")["details"]["version"], 2);

    let path = format!("/api/cron/{job}/pause");
    let paused = owner.post(&path, json!({"reason": "holidays"})).await;
    assert_eq!(paused.json()["pause_reason"], "holidays");
    let filtered = owner
        .get("/api/cron?state=paused&kind=agent&q=morn")
        .await
        .json();
    assert_eq!(filtered["jobs"][0]["id"], job.as_str());
    let resumed = owner
        .post(&format!("/api/cron/{job}/resume"), json!({}))
        .await;
    assert_eq!(resumed.json()["state"], "active");

    let gone = owner
        .ask("DELETE", &format!("/api/cron/{job}"))
        .send()
        .await;
    assert_eq!(gone.status, 204);
    owner
        .get(&format!("/api/cron/{job}"))
        .await
        .assert_error(404, "NOT_FOUND");
    assert_eq!(owner.get("/api/cron").await.json()["jobs"], json!([]));
    let back = owner
        .post(&format!("/api/cron/{job}/restore"), json!({}))
        .await;
    assert_eq!(
        (back.status, &back.json()["name"]),
        (200, &json!("Morning"))
    );

    // Looking is for everybody, changing for those who may do anything.
    let reader = gateway.device(Scope::Read, "Wall").await;
    assert_eq!(reader.get("/api/cron").await.status, 200);
    let refused = reader
        .post(&format!("/api/cron/{job}/run"), json!({}))
        .await;
    refused.assert_error(403, "FORBIDDEN");
}

#[tokio::test]
async fn a_schedule_is_looked_at_before_it_is_kept() {
    let (_clock, _gateway, owner) = scene().await;
    let look = async |body: Value| owner.post("/api/cron/preview", body).await;
    let seen = look(json!({"text": "on the last day of the month at 18:00"}))
        .await
        .json();
    assert_eq!(
        seen["schedule"],
        json!({"kind": "cron", "expr": "0 18 L * *"})
    );
    assert_eq!(seen["tz"], "Europe/Berlin");
    assert_eq!(
        seen["next"],
        json!([
            "2026-11-30T17:00:00.000Z",
            "2026-12-31T17:00:00.000Z",
            "2027-01-31T17:00:00.000Z",
            "2027-02-28T17:00:00.000Z",
            "2027-03-31T16:00:00.000Z"
        ])
    );
    let leap = json!({"schedule": {"kind": "cron", "expr": "0 0 29 2 *", "tz": "UTC"}});
    assert_eq!(
        look(leap).await.json()["next"][0],
        "2028-02-29T00:00:00.000Z"
    );
    let spring = look(json!({"text": "30 2 * * *"})).await.json();
    assert!(
        spring["remark"].as_str().unwrap().contains("2027-03-28"),
        "{spring}"
    );
    for (body, field) in [
        (json!({"text": "whenever"}), "text"),
        (
            json!({"schedule": {"kind": "cron", "expr": "0 0 30 2 *"}}),
            "schedule.expr",
        ),
        (
            json!({"schedule": {"kind": "cron", "expr": "0 9 * * *", "tz": "Mars/X"}}),
            "schedule.tz",
        ),
        (
            json!({"schedule": {"kind": "at", "at": "2020-01-01T00:00:00Z"}}),
            "schedule.at",
        ),
        (
            json!({"schedule": {"kind": "every", "every_secs": 0}}),
            "schedule.every_secs",
        ),
        (json!({"schedule": {"kind": "never"}}), "kind"),
        (json!({}), "schedule"),
    ] {
        let refused = look(body.clone())
            .await
            .assert_error(400, "INVALID_REQUEST");
        assert_eq!(refused["details"]["field"], field, "{body} {refused}");
    }
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_by_its_field() {
    let (_clock, _gateway, owner) = scene().await;
    let at = "0 9 * * *";
    for (body, field) in [
        (json!({"prompt": "x"}), "schedule"),
        (json!({"schedule": at}), "job"),
        (
            json!({"schedule": at, "prompt": "x", "command": "y"}),
            "job",
        ),
        (json!({"schedule": at, "prompt": "  "}), "job.prompt"),
        (
            json!({"schedule": at, "prompt": "x", "name": "a\u{7}b"}),
            "name",
        ),
        (
            json!({"schedule": at, "prompt": "x", "retries": 11}),
            "retries",
        ),
        (
            json!({"schedule": at, "prompt": "x", "timeout_secs": 0}),
            "timeout_secs",
        ),
        (
            json!({"schedule": at, "prompt": "x", "overlap": "both"}),
            "overlap",
        ),
        (
            json!({"schedule": at, "job": {"kind": "tool", "tool": "nothing", "args": {}}}),
            "job.tool",
        ),
        (
            json!({"schedule": at, "job": {"kind": "tool", "tool": "calculator", "args": {}}}),
            "job.args",
        ),
        (
            json!({"schedule": at, "job": {"kind": "agent", "prompt": "x", "tools": ["nothing"]}}),
            "job.tools",
        ),
        // No way into the gateway's own network.
        (
            json!({"schedule": at, "job": {"kind": "webhook", "url": "http://127.0.0.1:9/"}}),
            "job.url",
        ),
        (
            json!({"schedule": at, "job": {"kind": "webhook", "url": "http://169.254.169.254/"}}),
            "job.url",
        ),
        (
            json!({"schedule": at, "job": {"kind": "webhook", "url": "file:///etc/passwd"}}),
            "job.url",
        ),
    ] {
        let refused = owner.post("/api/cron", body.clone()).await;
        let refused = refused.assert_error(400, "INVALID_REQUEST");
        assert_eq!(refused["details"]["field"], field, "{body} {refused}");
    }
    let nobody = "/api/cron/0199b1c2-7a3e-7c11-9d5e-3f2a1b0c4d5e";
    owner.get(nobody).await.assert_error(404, "NOT_FOUND");
    owner
        .get("/api/cron/x")
        .await
        .assert_error(400, "INVALID_REQUEST");
}

#[tokio::test]
async fn the_agent_schedules_with_a_tool_once_its_owner_agrees() {
    let (_clock, _gateway, owner) = scene().await;
    let run = async |name: &str, body: Value| {
        let answer = owner.post(&format!("/api/tools/{name}/run"), body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    };
    let args = json!({"schedule": "every morning at 8", "prompt": "say:morning", "name": "News"});
    let asked = run("cron_add", json!({"args": args})).await;
    assert_eq!(asked["status"], "needs_approval", "{asked}");
    let shown = asked["action"].to_string();
    assert!(
        shown.contains("Every day at 08:00") && shown.contains("say:morning"),
        "{shown}"
    );
    assert_eq!(owner.get("/api/cron").await.json()["jobs"], json!([]));
    let agreed = run("cron_add", json!({"args": args, "approve": true})).await;
    assert_eq!(agreed["status"], "done", "{agreed}");
    let listed = run("cron_list", json!({"args": {}})).await;
    assert!(
        listed["output"]
            .as_str()
            .unwrap()
            .contains("\"News\": Every day at 08:00"),
        "{listed}"
    );
    let paused = json!({"args": {"id": "News", "enabled": false}, "approve": true});
    run("cron_update", paused).await;
    assert_eq!(
        owner.get("/api/cron").await.json()["jobs"][0]["state"],
        "paused"
    );
    run(
        "cron_remove",
        json!({"args": {"id": "News"}, "approve": true}),
    )
    .await;
    assert_eq!(owner.get("/api/cron").await.json()["jobs"], json!([]));
    let wrong = json!({"args": {"schedule": "whenever", "prompt": "x"}});
    let wrong = owner.post("/api/tools/cron_add/run", wrong).await;
    assert!(wrong.body.contains("every weekday at 9"), "{wrong:?}");
}
