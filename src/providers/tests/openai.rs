//! OpenAI's protocol, against the scripted model server.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::StreamExt as _;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, method, path},
};

use super::{
    super::{
        ChatEvent, ChatRequest, Fallback, LlmProvider, OllamaProvider, OpenAiProvider,
        ProviderError, Retry, Spare, Timeouts, ToolCall, model_server::Options,
    },
    KEY, ModelServer, collect, main_provider, request, run, soon, status_error, texts,
};
use crate::model::Usage;

async fn ask(text: &str) -> (Vec<ChatEvent>, Option<ProviderError>) {
    let server = ModelServer::start().await;
    run(&*main_provider(&server), request(text)).await
}

#[tokio::test]
async fn an_answer_comes_in_order_with_its_usage() {
    let (events, error) = ask("cached:100 think:hm well say:Hello big world").await;
    assert_eq!(error, None);
    let thought = |text: &str| ChatEvent::Thinking(text.to_owned());
    let word = |text: &str| ChatEvent::Text(text.to_owned());
    let Some((
        ChatEvent::End {
            usage,
            provider,
            model,
            ..
        },
        pieces,
    )) = events.split_last()
    else {
        panic!("no end in {events:?}");
    };
    assert_eq!(
        pieces,
        [
            thought("hm"),
            thought(" well"),
            word("Hello"),
            word(" big"),
            word(" world")
        ]
    );
    assert_eq!((provider.as_str(), model.as_str()), ("main", "test-model"));
    assert!(usage.input_tokens > 100);
    let expected = Usage {
        input_tokens: usage.input_tokens,
        output_tokens: 5,
        cached_tokens: 100,
        reasoning_tokens: 2,
    };
    assert_eq!(*usage, expected);
}

#[tokio::test]
async fn the_first_delta_is_passed_on_while_the_rest_is_held_back() {
    let server = ModelServer::start().await;
    let provider = main_provider(&server);
    soon(async {
        let mut answer = provider
            .chat(request("hold:key say:one two"))
            .await
            .unwrap();
        let first = answer.next().await.unwrap().unwrap();
        assert_eq!(first, ChatEvent::Text("one".to_owned()));
        server.release("key");
        let (rest, error) = collect(answer).await;
        assert_eq!((texts(&rest), error), (vec![" two"], None));
    })
    .await;
}

#[tokio::test]
async fn tool_calls_come_whole_and_in_order() {
    let (events, error) = ask(r#"tool:weather {"city":"Rome","days":[1,2]} tool:clock {}"#).await;
    assert_eq!(error, None);
    let call = |at: usize, name: &str, args: serde_json::Value| {
        ChatEvent::ToolCall(ToolCall {
            id: format!("call_{at}"),
            name: name.to_owned(),
            args,
        })
    };
    assert_eq!(
        events[..2],
        [
            call(0, "weather", json!({"city": "Rome", "days": [1, 2]})),
            call(1, "clock", json!({})),
        ]
    );
    assert!(matches!(events[2], ChatEvent::End { .. }));
}

#[tokio::test]
async fn each_bad_status_is_told_with_its_wait_and_without_its_body() {
    for status in [400, 401, 402, 403, 404, 413, 429, 500, 503] {
        let (events, error) = ask(&format!("status:{status} retry-after:7")).await;
        assert_eq!((events, error), (vec![], status_error(status, Some(7))));
    }
    let (_, error) = ask("status:401").await;
    let error = error.unwrap();
    for text in [error.to_string(), format!("{error:?}")] {
        assert!(!text.contains(KEY), "{text}");
        assert!(!text.contains("scripted failure"), "{text}");
    }
}

#[tokio::test]
async fn the_key_goes_into_the_header_and_nowhere_else() {
    let server = ModelServer::start().await;
    run(&*main_provider(&server), request("say:ok")).await;
    let requests = server.requests();
    assert_eq!(requests[0].authorization, format!("Bearer {KEY}"));
    assert!(!String::from_utf8_lossy(&requests[0].body).contains(KEY));
    assert!(!format!("{:?}", main_provider(&server)).contains(KEY));
}

#[tokio::test]
async fn a_key_that_no_header_can_carry_is_unusable_and_not_shown() {
    let provider = OpenAiProvider::new(
        "main",
        "http://127.0.0.1:9",
        Some("sk-very\nsecret".to_owned().into()),
        Duration::from_secs(1),
    );
    let (_, error) = run(&provider, request("hi")).await;
    let Some(ProviderError::Unusable { reason, .. }) = error else {
        panic!("{error:?}");
    };
    assert!(!reason.contains("sk-very"), "{reason}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_keeps_what_came() {
    let (events, error) = ask("break:3 say:one two three four").await;
    assert_eq!(texts(&events), ["one", " two", " three"]);
    let provider = "main".to_owned();
    assert_eq!(error, Some(ProviderError::Broken { provider }));
}

#[tokio::test]
async fn an_answer_that_is_no_json_is_malformed() {
    let (events, error) = ask("malformed").await;
    let provider = "main".to_owned();
    assert_eq!(
        (events, error),
        (vec![], Some(ProviderError::Malformed { provider }))
    );
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let provider = OpenAiProvider::new("main", &address, None, Duration::from_secs(1));
    let (_, error) = run(&provider, request("hi")).await;
    let provider = "main".to_owned();
    assert_eq!(error, Some(ProviderError::Unreachable { provider }));
}

#[tokio::test]
async fn a_base_url_that_is_none_is_unusable() {
    let provider = OpenAiProvider::new("main", "localhost:1/v1", None, Duration::from_secs(1));
    let (_, error) = run(&provider, request("hi")).await;
    assert!(
        matches!(error, Some(ProviderError::Unusable { .. })),
        "{error:?}"
    );
}

#[tokio::test]
async fn one_connection_serves_call_after_call() {
    let server = ModelServer::start().await;
    let provider = main_provider(&server);
    for delay in ["", "delay:5 "] {
        for _ in 0..5 {
            let (_, error) = run(&*provider, request(&format!("{delay}say:a b c"))).await;
            assert_eq!(error, None);
        }
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn dropping_the_answer_closes_its_connection() {
    let server = ModelServer::start().await;
    let provider = main_provider(&server);
    soon(async {
        let mut answer = provider.chat(request("tokens:1000 delay:5")).await.unwrap();
        answer.next().await.unwrap().unwrap();
        drop(answer);
        while server.aborted() == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = ModelServer::start().await;
    let server = MockServer::start().await;
    let target = format!("{}/chat/completions", elsewhere.base_url());
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(307).insert_header("location", target.as_str()))
        .mount(&server)
        .await;
    let provider = OpenAiProvider::new(
        "main",
        &server.uri(),
        Some(KEY.to_owned().into()),
        Duration::from_secs(1),
    );
    let (_, error) = run(&provider, request("hi")).await;
    assert_eq!(error, status_error(307, None));
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn a_server_that_does_not_stream_is_understood_too() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v1/chat/completions"))
        .and(header("authorization", format!("Bearer {KEY}").as_str()))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({
            "model": "m", "choices": [{"message": {"role": "assistant", "content": "whole"},
            "finish_reason": "stop"}], "usage": {"prompt_tokens": 3, "completion_tokens": 1}
        })))
        .mount(&server)
        .await;
    let base_url = format!("{}/v1/", server.uri());
    let key = Some(KEY.to_owned().into());
    let provider = OpenAiProvider::new("main", &base_url, key, Duration::from_secs(1));
    let (events, error) = run(&provider, request("hi")).await;
    assert_eq!((texts(&events), error), (vec!["whole"], None));
    assert!(matches!(&events[1], ChatEvent::End { usage, .. } if usage.total() == 4));
}

#[tokio::test]
async fn an_error_event_after_a_good_status_is_told() {
    let server = MockServer::start().await;
    let body = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n\
        data: {\"error\":{\"code\":502,\"message\":\"bad key sk-very-secret\"}}\n\n";
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(body, "text/event-stream"))
        .mount(&server)
        .await;
    let provider = OpenAiProvider::new("main", &server.uri(), None, Duration::from_secs(1));
    let (events, error) = run(&provider, request("hi")).await;
    assert_eq!(texts(&events), ["a"]);
    assert_eq!(error, status_error(502, None));
}

#[tokio::test]
async fn an_answer_at_its_length_limit_says_so() {
    let server = MockServer::start().await;
    let body = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"length\"}]}\n\n\
        data: [DONE]\n\n";
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(body, "text/event-stream"))
        .mount(&server)
        .await;
    let provider = OpenAiProvider::new("main", &server.uri(), None, Duration::from_secs(1));
    let (events, error) = run(&provider, request("hi")).await;
    assert_eq!((texts(&events), error), (vec!["a"], None));
    assert!(matches!(&events[1], ChatEvent::Notice(text) if text.contains("length limit")));
}

#[tokio::test]
async fn tool_calls_without_an_index_are_kept_apart_by_their_ids() {
    let server = MockServer::start().await;
    let body = "data: {\"choices\":[{\"delta\":{\"tool_calls\":[\
        {\"id\":\"x\",\"function\":{\"name\":\"a\",\"arguments\":\"{}\"}},\
        {\"id\":\"y\",\"function\":{\"name\":\"b\",\"arguments\":\"oops\"}}]}}]}\n\n\
        data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n";
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(body, "text/event-stream"))
        .mount(&server)
        .await;
    let provider = OpenAiProvider::new("main", &server.uri(), None, Duration::from_secs(1));
    let (events, _) = run(&provider, request("hi")).await;
    let call = |id: &str, name: &str, args: serde_json::Value| {
        ChatEvent::ToolCall(ToolCall {
            id: id.to_owned(),
            name: name.to_owned(),
            args,
        })
    };
    assert_eq!(
        events[..2],
        [call("x", "a", json!({})), call("y", "b", json!("oops"))]
    );
}

#[tokio::test]
async fn a_connection_that_does_not_come_about_is_a_timeout() {
    // A queue of one that nobody serves: when it is full, further connections wait in vain.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    let patience = Duration::from_millis(300);
    while let Ok(Ok(one)) =
        tokio::time::timeout(patience, tokio::net::TcpStream::connect(address)).await
    {
        waiting.push(one);
        assert!(waiting.len() < 100, "the queue never fills");
    }
    let base_url = format!("http://{address}/v1");
    let provider = OpenAiProvider::new("main", &base_url, None, Duration::from_secs(1));
    let (_, error) = run(&provider, request("hi")).await;
    let expected = ProviderError::Timeout {
        provider: "main".to_owned(),
        waited_for: "the connection",
        secs: 1,
    };
    assert_eq!(error, Some(expected));
}

/// A server that answers each connection with these bytes, then closes it.
async fn raw_server(answer: &'static str) -> (String, Arc<Mutex<u32>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/v1", listener.local_addr().unwrap());
    let served = Arc::new(Mutex::new(0));
    let count = Arc::clone(&served);
    crate::tasks::Tasks::new().spawn("raw-server", async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            *count.lock().unwrap() += 1;
            let mut unread = [0; 4096];
            let _request = socket.read(&mut unread).await;
            let _gone = socket.write_all(answer.as_bytes()).await;
        }
    });
    (address, served)
}

#[tokio::test]
async fn a_stream_may_end_without_done_after_its_finish_reason() {
    const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
    let ended: &str = Box::leak(
        format!("{HEAD}data: {{\"choices\":[{{\"delta\":{{\"content\":\"a\"}},\"finish_reason\":\"stop\"}}]}}")
            .into_boxed_str(),
    );
    let (address, _) = raw_server(ended).await;
    let provider = OpenAiProvider::new("main", &address, None, Duration::from_secs(1));
    let (events, error) = run(&provider, request("hi")).await;
    assert_eq!((texts(&events), error), (vec!["a"], None));
    assert_eq!(events.len(), 2);
}

#[tokio::test]
async fn a_connection_cut_before_the_head_is_tried_again() {
    let (address, served) = raw_server("").await;
    let provider = OpenAiProvider::new("main", &address, None, Duration::from_secs(1));
    let retry = Retry::new(Arc::new(provider), 1, || 0.0);
    let (_, error) = run(&retry, request("hi")).await;
    let provider = "main".to_owned();
    assert_eq!(error, Some(ProviderError::Broken { provider }));
    assert_eq!(*served.lock().unwrap(), 2);
}

#[tokio::test]
async fn a_passing_failure_is_retried_until_the_answer_comes() {
    let server = ModelServer::start().await;
    let retry = Retry::new(main_provider(&server), 2, || 0.0);
    let (events, error) = run(&retry, request("status:500 times:2 say:at last")).await;
    assert_eq!((texts(&events), error), (vec!["at", " last"], None));
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn an_answer_that_broke_off_is_not_asked_for_again() {
    let server = ModelServer::start().await;
    let retry = Retry::new(main_provider(&server), 2, || 0.0);
    let (events, error) = run(&retry, request("break:1 say:a b")).await;
    assert_eq!(texts(&events), ["a"]);
    assert!(matches!(error, Some(ProviderError::Broken { .. })));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_server_that_never_answers_gives_way_to_the_fallback() {
    let server = ModelServer::start().await;
    let timed = Timeouts::new(
        main_provider(&server),
        Duration::from_millis(50),
        Duration::from_secs(5),
    );
    let spare = Spare {
        provider: super::super::scripted::Scripted::new(
            "spare",
            vec![vec![super::super::scripted::Step::Event(ChatEvent::Text(
                "hi".to_owned(),
            ))]],
        ),
        model: "other".to_owned(),
    };
    let (events, error) = run(
        &Fallback::new(Arc::new(timed), vec![spare]),
        request("never"),
    )
    .await;
    assert_eq!((texts(&events), error), (vec!["hi"], None));
    assert!(matches!(&events[0], ChatEvent::Notice(text) if text.contains("\"spare\"")));
}

#[tokio::test]
async fn its_models_are_listed() {
    let server = ModelServer::start().await;
    let models = soon(main_provider(&server).models()).await.unwrap();
    assert_eq!(models, ["test-model", "test-model-mini"]);
}

#[tokio::test]
async fn ollama_lists_its_chat_models_and_answers() {
    let options = Options {
        ollama: true,
        ..Options::default()
    };
    let server = ModelServer::start_with(options).await.unwrap();
    let ollama = OllamaProvider::new("ollama", &server.url, None, Duration::from_secs(1));
    assert_eq!(soon(ollama.models()).await.unwrap(), ["test-model:latest"]);
    let (events, error) = run(&ollama, request("say:hi")).await;
    assert_eq!((texts(&events), error), (vec!["hi"], None));
}

#[tokio::test]
async fn an_empty_conversation_is_sent_as_it_is() {
    let server = ModelServer::start().await;
    let (events, error) = run(&*main_provider(&server), ChatRequest::default()).await;
    assert_eq!(error, None);
    assert!(matches!(events.last(), Some(ChatEvent::End { .. })));
}
