//! `GET /api/events`: one stream of news, resumed, filtered, with its gaps told.

use clawgate::model::{BusEvent, ConfigChanged};
use serde_json::json;

use crate::support::{gateway::Gateway, stream::Event};

fn publish(gateway: &Gateway, count: usize) {
    for number in 0..count {
        let keys = vec![number.to_string()];
        let event = BusEvent::ConfigChanged(ConfigChanged {
            keys,
            ..ConfigChanged::default()
        });
        gateway.app.bus.publish(&event);
    }
}

fn ids(events: &[Event]) -> Vec<u64> {
    events
        .iter()
        .map(|event| event.id.parse().unwrap())
        .collect()
}

fn names(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.name.as_str()).collect()
}

#[tokio::test]
async fn a_turn_makes_news_in_order() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let types = "session_changed,agent_start,llm_request,llm_response,agent_end";
    let mut news = owner.events(&format!("/api/events?types={types}")).await;
    owner.said("s", "say:hi").await;
    let events = news.until("agent_end").await;
    assert_eq!(names(&events), types.split(',').collect::<Vec<_>>());
    let ids = ids(&events);
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
    for event in &events {
        let data = event.json();
        assert_eq!(data["type"], event.name);
        assert_eq!(data["session_id"], "s");
        assert!(data["timestamp"].is_string());
    }
    let end = events[4].json();
    assert_eq!(end["state"], "done");
    assert!(end["total_tokens"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn a_reader_that_falls_behind_is_told_how_much_it_missed() {
    let gateway = Gateway::in_process().await;
    let mut news = gateway
        .paired()
        .events("/api/events?types=config_changed")
        .await;
    publish(&gateway, 1);
    let last = ids(&news.until("config_changed").await)[0];
    // Nothing else runs on this thread meanwhile: the reader can't keep up.
    publish(&gateway, 4096 + 1000);
    let events = news.until("config_changed").await;
    assert_eq!(names(&events), ["gap", "config_changed"]);
    let gap = events[0].json();
    assert_eq!(gap["missed"], 1000);
    assert_eq!(gap["resume_from"], last + 1001);
    assert_eq!(ids(&events), [last + 1000, last + 1001]);
    // Nothing after the gap is missing.
    for next in last + 1002..=last + 5096 {
        assert_eq!(news.next().await.unwrap().id, next.to_string());
    }
}

#[tokio::test]
async fn a_reader_comes_back_with_the_last_id_it_saw() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let path = "/api/events?types=config_changed";
    let mut news = owner.events(path).await;
    publish(&gateway, 5);
    let first = ids(&news.until("config_changed").await)[0];
    drop(news);
    let id = (first + 1).to_string();
    let mut again = owner.events_after(path, Some(&id)).await;
    let seen = [again.next().await.unwrap(), again.next().await.unwrap()];
    assert_eq!(ids(&seen), [first + 2, first + 3]);
    let mut by_query = owner.events(&format!("{path}&after_id={id}")).await;
    assert_eq!(by_query.next().await.unwrap(), seen[0]);
}

#[tokio::test]
async fn an_id_of_another_run_is_a_gap_of_unknown_size() {
    let gateway = Gateway::in_process().await;
    publish(&gateway, 1);
    for id in ["17", "9999999999999999"] {
        let mut news = gateway.paired().events_after("/api/events", Some(id)).await;
        let gap = news.next().await.unwrap();
        assert_eq!(gap.name, "gap");
        assert_eq!(gap.json()["missed"], json!(null));
        assert!(gap.json()["resume_from"].as_u64().unwrap() > 17);
    }
}

#[tokio::test]
async fn a_reader_of_one_session_hears_nothing_of_others() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let mut news = owner
        .events("/api/events?session_id=mine&types=agent_start,agent_end")
        .await;
    owner.said("other", "say:hi").await;
    owner.said("mine", "say:hi").await;
    let events = news.until("agent_end").await;
    assert_eq!(names(&events), ["agent_start", "agent_end"]);
    assert!(
        events
            .iter()
            .all(|event| event.json()["session_id"] == "mine")
    );
}
