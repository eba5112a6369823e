//! The scripted model server as a process: what the other tests rely on.

use std::time::Duration;

use serde_json::{Value, json};

use crate::model_server::ModelProcess;

struct Model {
    process: ModelProcess,
    client: reqwest::Client,
}

impl Model {
    fn start(args: &[&str]) -> Self {
        clawgate::http::install_tls();
        let builder = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(10));
        Self {
            process: ModelProcess::start(args).unwrap(),
            client: builder.build().unwrap(),
        }
    }

    async fn ask(&self, message: &str, stream: bool) -> (u16, String) {
        let body = json!({
            "model": "m", "stream": stream, "stream_options": {"include_usage": true},
            "messages": [{"role": "user", "content": message}],
        });
        let url = format!("{}/v1/chat/completions", self.process.url);
        let answer = self.client.post(url).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn get(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.process.url);
        self.client
            .get(url)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    async fn post(&self, path: &str) {
        let url = format!("{}{path}", self.process.url);
        let answer = self.client.post(url).send().await.unwrap();
        assert!(answer.status().is_success());
    }
}

fn deltas(stream: &str) -> String {
    stream
        .lines()
        .filter_map(|line| line.strip_prefix("data: {"))
        .map(|rest| serde_json::from_str::<Value>(&format!("{{{rest}")).unwrap())
        .filter_map(|event| Some(event["choices"][0]["delta"]["content"].as_str()?.to_owned()))
        .collect()
}

#[tokio::test]
async fn it_says_what_its_words_ask_for_streaming_or_whole() {
    let model = Model::start(&[]);
    let (status, stream) = model.ask("say:hello\nbig  world", true).await;
    assert_eq!(
        (status, deltas(&stream).as_str()),
        (200, "hello\nbig  world")
    );
    assert!(stream.ends_with("data: [DONE]\n\n"));
    let (_, whole) = model.ask("cached:9 say:hello", false).await;
    let whole: Value = serde_json::from_str(&whole).unwrap();
    assert_eq!(whole["choices"][0]["message"]["content"], "hello");
    assert_eq!(whole["usage"]["prompt_tokens_details"]["cached_tokens"], 9);
    let (_, echo) = model.ask("good morning", true).await;
    assert_eq!(deltas(&echo), "You said: good morning");
    let (_, counted) = model.ask("tokens:1000", true).await;
    assert_eq!(deltas(&counted).split(' ').count(), 1000);
}

#[tokio::test]
async fn it_fails_as_often_as_asked_and_remembers_requests() {
    let model = Model::start(&[]);
    for expected in [500, 500, 200, 200] {
        assert_eq!(model.ask("status:500 times:2", true).await.0, expected);
    }
    let requests = model.get("/control/requests").await;
    assert_eq!(requests["requests"].as_array().map(Vec::len), Some(4));
    assert_eq!(requests["requests"][0]["body"]["model"], "m");
    model.post("/control/reset").await;
    assert_eq!(model.get("/control/stats").await["requests"], 0);
    assert_eq!(model.ask("status:500 times:2", true).await.0, 500);
}

#[tokio::test]
async fn a_held_answer_goes_on_when_its_key_is_released() {
    let model = Model::start(&["--no-record"]);
    let release = async {
        while model.get("/control/stats").await["open"] != 1 {
            tokio::task::yield_now().await;
        }
        model.post("/control/release/k1").await;
    };
    let ((_, stream), ()) = tokio::join!(model.ask("hold:k1 say:a b", true), release);
    assert_eq!(deltas(&stream), "a b");
    assert_eq!(model.get("/control/requests").await["requests"], json!([]));
}
