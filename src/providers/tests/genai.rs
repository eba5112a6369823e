//! Anthropic and Gemini through genai, against canned answers in their own formats.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_partial_json, header, method, path},
};

use super::{
    super::{
        Billed, ChatEvent, ChatMessage, GenaiProvider, LlmProvider, Protocol, ProviderError,
        ToolCall,
    },
    KEY, request, run, soon, status_error, texts,
};
use crate::model::{Attachment, Usage};

const ANTHROPIC: &str = r#"event: message_start
data: {"type":"message_start","message":{"id":"m","usage":{"input_tokens":10,"cache_read_input_tokens":30,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: content_block_start
data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

event: ping
data: {"type":"ping"}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hel"}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"lo"}}

event: content_block_stop
data: {"type":"content_block_stop","index":1}

event: content_block_start
data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"t1","name":"weather","input":{}}}

event: content_block_delta
data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"city\":"}}

event: content_block_delta
data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"\"Rome\"}"}}

event: content_block_stop
data: {"type":"content_block_stop","index":2}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":15}}

event: message_stop
data: {"type":"message_stop"}

"#;

const GEMINI: &str = r#"data: {"candidates":[{"content":{"parts":[{"text":"Hel"}],"role":"model"}}],"usageMetadata":{"promptTokenCount":12}}

data: {"candidates":[{"content":{"parts":[{"text":"lo"}],"role":"model"},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":12,"candidatesTokenCount":4,"thoughtsTokenCount":6,"cachedContentTokenCount":5,"totalTokenCount":22}}

"#;

fn provider(protocol: Protocol, server: &MockServer) -> GenaiProvider {
    let key = Some(KEY.to_owned().into());
    let base_url = format!("{}/v1", server.uri());
    GenaiProvider::new(
        "main",
        protocol,
        Some(&base_url),
        key,
        Duration::from_secs(2),
    )
}

async fn serving(body: &str) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(body, "text/event-stream"))
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn anthropic_streams_thoughts_text_tools_and_usage() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v1/messages"))
        .and(header("x-api-key", KEY))
        .and(body_partial_json(
            json!({"model": "test-model", "stream": true, "temperature": 0.5}),
        ))
        .respond_with(ResponseTemplate::new(200).set_body_raw(ANTHROPIC, "text/event-stream"))
        .mount(&server)
        .await;
    let mut request = request("hi");
    request.temperature = Some(0.5);
    let (events, error) = run(&provider(Protocol::Anthropic, &server), request).await;
    assert_eq!(error, None);
    assert_eq!(
        events,
        [
            ChatEvent::Thinking("hm".to_owned()),
            ChatEvent::Text("Hel".to_owned()),
            ChatEvent::Text("lo".to_owned()),
            ChatEvent::ToolCall(ToolCall {
                id: "t1".to_owned(),
                name: "weather".to_owned(),
                args: json!({"city": "Rome"}),
            }),
            ChatEvent::End {
                usage: Usage {
                    input_tokens: 40,
                    output_tokens: 15,
                    cached_tokens: 30,
                    reasoning_tokens: 0,
                },
                provider: "main".to_owned(),
                model: "test-model".to_owned(),
                billed: Billed {
                    cost: None,
                    cache_write_tokens: Some(0),
                },
            },
        ]
    );
}

#[tokio::test]
async fn gemini_streams_text_and_counts_its_reasoning() {
    let server = serving(GEMINI).await;
    let (events, error) = run(&provider(Protocol::Gemini, &server), request("hi")).await;
    assert_eq!((texts(&events), error), (vec!["Hel", "lo"], None));
    let Some(ChatEvent::End { usage, .. }) = events.last() else {
        panic!("no end in {events:?}");
    };
    let expected = Usage {
        input_tokens: 12,
        output_tokens: 10,
        cached_tokens: 5,
        reasoning_tokens: 6,
    };
    assert_eq!(*usage, expected);
    let sent = &server.received_requests().await.unwrap()[0];
    assert_eq!(
        sent.url.path(),
        "/v1/models/test-model:streamGenerateContent"
    );
    assert_eq!(sent.headers["x-goog-api-key"], KEY);
}

#[tokio::test]
async fn pictures_and_tool_results_are_sent_in_each_format() {
    for (protocol, canned, needles) in [
        (
            Protocol::Anthropic,
            ANTHROPIC,
            ["\"tool_use_id\":\"c1\"", "\"data\":\"AAAA\""],
        ),
        (
            Protocol::Gemini,
            GEMINI,
            ["functionResponse", "\"data\":\"AAAA\""],
        ),
    ] {
        let server = serving(canned).await;
        let mut request = request("what did it see?");
        let picture = Attachment {
            name: "a.png".to_owned(),
            media_type: "image/png".to_owned(),
            data: vec![0, 0, 0],
        };
        request.messages = vec![
            ChatMessage::System("be kind".to_owned()),
            ChatMessage::User {
                text: "look".to_owned(),
                images: vec![picture],
            },
            ChatMessage::Assistant {
                text: "looking".to_owned(),
                tool_calls: vec![ToolCall {
                    id: "c1".to_owned(),
                    name: "see".to_owned(),
                    args: json!({}),
                }],
            },
            ChatMessage::ToolResult {
                call_id: "c1".to_owned(),
                name: "see".to_owned(),
                output: "a cat".to_owned(),
            },
        ];
        let (_, error) = run(&provider(protocol, &server), request).await;
        assert_eq!(error, None);
        let sent = server.received_requests().await.unwrap();
        let body = String::from_utf8_lossy(&sent[0].body).into_owned();
        for needle in needles.into_iter().chain(["be kind", "a cat"]) {
            assert!(body.contains(needle), "{protocol:?}: no {needle} in {body}");
        }
    }
}

#[tokio::test]
async fn a_bad_status_is_reduced_to_its_number_and_wait() {
    for protocol in [Protocol::Anthropic, Protocol::Gemini] {
        for status in [400, 401, 404, 429, 500, 529] {
            let server = MockServer::start().await;
            let body = json!({"error": {"message": format!("bad key {KEY}")}});
            let answer = ResponseTemplate::new(status)
                .insert_header("retry-after", "9")
                .set_body_json(body);
            Mock::given(method("POST"))
                .respond_with(answer)
                .mount(&server)
                .await;
            let (events, error) = run(&provider(protocol, &server), request("hi")).await;
            assert_eq!((events, error), (vec![], status_error(status, Some(9))));
        }
    }
}

#[tokio::test]
async fn an_overload_told_inside_the_stream_is_a_status_too() {
    let body = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\
        \"message\":\"sk-very-secret\"}}\n\n";
    let server = serving(body).await;
    let (_, error) = run(&provider(Protocol::Anthropic, &server), request("hi")).await;
    assert_eq!(error, status_error(529, None));
}

#[tokio::test]
async fn a_stream_without_its_end_is_broken_off() {
    let cut = |text: &'static str, end: &str| &text[..text.find(end).unwrap()];
    for (protocol, body) in [
        (Protocol::Anthropic, cut(ANTHROPIC, "event: message_delta")),
        (
            Protocol::Gemini,
            cut(
                GEMINI,
                "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"lo\"",
            ),
        ),
    ] {
        let server = serving(body).await;
        let (events, error) = run(&provider(protocol, &server), request("hi")).await;
        assert_eq!(texts(&events)[0], "Hel");
        let provider = "main".to_owned();
        assert_eq!(
            error,
            Some(ProviderError::Broken { provider }),
            "{protocol:?}"
        );
    }
}

#[tokio::test]
async fn what_is_no_json_is_malformed() {
    for (protocol, body) in [
        (
            Protocol::Anthropic,
            "event: content_block_start\ndata: {oops\n\n",
        ),
        (Protocol::Gemini, "data: {oops\n\n"),
    ] {
        let server = serving(body).await;
        let (_, error) = run(&provider(protocol, &server), request("hi")).await;
        let provider = "main".to_owned();
        assert_eq!(error, Some(ProviderError::Malformed { provider }));
    }
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    // A port that was free a moment ago.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let key = Some(KEY.to_owned().into());
    for protocol in [Protocol::Anthropic, Protocol::Gemini] {
        let provider = GenaiProvider::new(
            "main",
            protocol,
            Some(&base_url),
            key.clone(),
            Duration::from_secs(1),
        );
        let (_, error) = run(&provider, request("hi")).await;
        let provider = "main".to_owned();
        assert_eq!(error, Some(ProviderError::Unreachable { provider }));
    }
}

#[tokio::test]
async fn without_a_key_nothing_is_sent() {
    let server = serving(ANTHROPIC).await;
    let base_url = server.uri();
    let connect = Duration::from_secs(1);
    let provider: Arc<dyn LlmProvider> = Arc::new(GenaiProvider::new(
        "main",
        Protocol::Anthropic,
        Some(&base_url),
        None,
        connect,
    ));
    let (_, error) = run(&*provider, request("hi")).await;
    let expected = ProviderError::Unusable {
        provider: "main".to_owned(),
        reason: "it has no api_key".to_owned(),
    };
    assert_eq!(error, Some(expected));
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_models_of_both_are_listed() {
    for (protocol, body, expected) in [
        (
            Protocol::Anthropic,
            json!({"data": [{"id": "claude-x"}]}),
            "claude-x",
        ),
        (
            Protocol::Gemini,
            json!({"models": [{"name": "models/gemini-x"}]}),
            "gemini-x",
        ),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("GET"))
            .and(path("/v1/models"))
            .respond_with(ResponseTemplate::new(200).set_body_json(body))
            .mount(&server)
            .await;
        let models = soon(provider(protocol, &server).models()).await;
        assert_eq!(models, Ok(vec![expected.to_owned()]));
    }
}
