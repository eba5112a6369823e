//! A server on this machine, opened on purpose, that tries to lead fetches elsewhere.

use std::{net::TcpListener, sync::Arc};

use tokio_util::sync::CancellationToken;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};

use super::*;
use crate::{
    clock::SystemClock,
    config::Config,
    model::{SessionId, TurnId},
    tools::Progress,
};

fn context(allowed: &[String]) -> ToolContext {
    let mut config = Config::default();
    config.tools.allowed_hosts = allowed.to_vec();
    config.tools.fetch_timeout_secs = 5;
    config.tools.fetch_max_bytes = 2000;
    ToolContext {
        session_id: SessionId::fresh(),
        turn_id: TurnId::fresh(),
        call_id: "1".to_owned(),
        config: Arc::new(config),
        clock: Arc::new(SystemClock),
        cancel: CancellationToken::new(),
        progress: Progress::default(),
    }
}

async fn fetch(context: &ToolContext, url: &str) -> Result<Answer, ToolError> {
    let target =
        Target::parse(url, &context.config.tools.allowed_hosts).map_err(|error| refused(&error))?;
    let request = Request {
        method: Method::GET,
        headers: HeaderMap::new(),
        body: None,
        follow: true,
    };
    Fetcher::default().fetch(context, target, request).await
}

async fn redirecting(server: &MockServer, from: &str, status: u16, to: &str) {
    Mock::given(path(from))
        .respond_with(ResponseTemplate::new(status).insert_header("location", to))
        .mount(server)
        .await;
}

#[tokio::test]
async fn nothing_on_this_machine_is_fetched_unless_it_was_opened() {
    let server = MockServer::start().await;
    Mock::given(path("/"))
        .respond_with(ResponseTemplate::new(200).set_body_string("inside"))
        .mount(&server)
        .await;
    let port = server.address().port();
    let closed = context(&[]);
    for url in [
        format!("http://127.0.0.1:{port}/"),
        format!("http://localhost:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://0:{port}/"),
    ] {
        let error = fetch(&closed, &url).await.unwrap_err();
        assert!(matches!(error, ToolError::Refused(_)), "{url}: {error}");
    }
    assert!(server.received_requests().await.unwrap().is_empty());
    let open = context(&[format!("127.0.0.1:{port}")]);
    let answer = fetch(&open, &format!("http://127.0.0.1:{port}/"))
        .await
        .unwrap();
    assert_eq!(answer.text().unwrap(), "inside");
}

#[tokio::test]
async fn redirects_are_judged_like_the_first_address() {
    let (server, other) = (MockServer::start().await, MockServer::start().await);
    let (port, other_port) = (server.address().port(), other.address().port());
    let here = format!("127.0.0.1:{port}");
    for (at, to) in [
        format!("http://127.0.0.1:{other_port}/"),
        format!("http://localhost:{other_port}/"),
        format!("http://[::1]:{other_port}/"),
        format!("//127.0.0.1:{other_port}/"),
        format!("http://0x7f000001:{other_port}/"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://10.0.0.1/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "gopher://127.0.0.1:6379/".to_owned(),
        "http://user:pass@example.com/".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        for status in [301, 302, 303, 307, 308] {
            let from = format!("/{at}/{status}");
            redirecting(&server, &from, status, to).await;
            let error = fetch(
                &context(std::slice::from_ref(&here)),
                &format!("http://{here}{from}"),
            )
            .await
            .unwrap_err();
            let is_refused = matches!(error, ToolError::Refused(_) | ToolError::Failed(_));
            assert!(
                is_refused && !error.to_string().contains("inside"),
                "{to}: {error}"
            );
        }
    }
    // Not even to another host that its owner opened.
    let both = [here.clone(), format!("127.0.0.1:{other_port}")];
    let error = fetch(&context(&both), &format!("http://{here}/0/302"))
        .await
        .unwrap_err();
    assert!(matches!(error, ToolError::Refused(_)), "{error}");
    assert!(other.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn redirects_within_the_host_are_followed_to_an_end() {
    let server = MockServer::start().await;
    let here = format!("127.0.0.1:{}", server.address().port());
    redirecting(&server, "/a", 302, "/b").await;
    redirecting(&server, "/loop", 302, "/loop").await;
    Mock::given(path("/b"))
        .respond_with(ResponseTemplate::new(200).set_body_string("x".repeat(5000)))
        .mount(&server)
        .await;
    let context = context(std::slice::from_ref(&here));
    let answer = fetch(&context, &format!("http://{here}/a")).await.unwrap();
    assert_eq!(
        (answer.url.path(), answer.body.len(), answer.cut),
        ("/b", 2000, true)
    );
    let error = fetch(&context, &format!("http://{here}/loop"))
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("redirected more than"),
        "{error}"
    );
}

#[tokio::test]
async fn a_name_that_leads_home_is_refused_where_it_is_resolved() {
    let resolver = Walled { allowed: false };
    let home = resolver.resolve("localhost".parse().unwrap()).await;
    assert!(
        home.err()
            .is_some_and(|error| error.downcast_ref::<Refused>().is_some())
    );
    let at = |ip: &str| SocketAddr::new(ip.parse().unwrap(), 0);
    assert!(judged("a", vec![at("8.8.8.8")]).is_ok());
    // One public answer does not excuse the other.
    assert!(judged("a", vec![at("8.8.8.8"), at("10.0.0.1")]).is_err());
    assert!(judged("a", vec![at("::ffff:127.0.0.1")]).is_err());
}

#[tokio::test]
async fn a_host_that_never_answers_is_given_up_and_a_cancelled_fetch_ends_at_once() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let here = silent.local_addr().unwrap().to_string();
    let context = context(std::slice::from_ref(&here));
    let url = format!("http://{here}/");
    let began = std::time::Instant::now();
    let (result, ()) = tokio::join!(fetch(&context, &url), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        context.cancel.cancel();
    });
    assert_eq!(result.unwrap_err(), ToolError::Cancelled);
    assert!(began.elapsed() < Duration::from_secs(4));
}
