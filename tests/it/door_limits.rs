//! Bodies, time, heads and the number of requests are bounded.

use std::time::Duration;

use clawgate::model::Scope;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::support::{client::parse, door::TestDoor};

const SOON: Duration = Duration::from_secs(10);

async fn rest_of(mut stream: TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(SOON, stream.read_to_end(&mut bytes)).await;
    // A reset is an end too.
    let _ended = read.expect("the gateway ends the connection");
    bytes
}

#[tokio::test]
async fn a_body_over_the_cap_is_refused_before_it_is_read() {
    let gateway = TestDoor::open().await;
    let token = gateway.token(Scope::Chat).await;
    let send = |path, size| {
        gateway
            .post(path)
            .bearer(&token)
            .body(&vec![b'x'; size])
            .send()
    };
    assert_eq!(send("/test/echo", 65_536).await.body.len(), 65_536);
    let refused = send("/test/echo", 65_537).await;
    let body = refused.assert_error(413, "PAYLOAD_TOO_LARGE");
    assert_eq!(body["details"]["max_bytes"], 65_536);
    assert_eq!(send("/test/echo", 3_000_000).await.status, 413);
    assert_eq!(send("/test/large", 3_000_000).await.body.len(), 3_000_000);
    let upgrading = gateway.post("/pair").header("Upgrade", "websocket");
    let refused = upgrading.body(&vec![b'x'; 100_000]).send().await;
    refused.assert_error(413, "PAYLOAD_TOO_LARGE");
    let anonymous = gateway
        .post("/test/echo")
        .body(&vec![b'x'; 100_000])
        .send()
        .await;
    anonymous.assert_error(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn a_chunked_body_is_counted_while_it_is_read() {
    let gateway = TestDoor::open().await;
    let token = gateway.token(Scope::Chat).await;
    let ask = || {
        gateway
            .post("/test/echo")
            .bearer(&token)
            .header("Transfer-Encoding", "chunked")
    };
    let mut small = ask().open().await;
    small
        .write_all(b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
        .await
        .unwrap();
    let answer = parse(&rest_of(small).await);
    assert_eq!((answer.status, answer.body.as_str()), (200, "hello world"));
    let mut endless = ask().open().await;
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
    for _ in 0..17 {
        // The answer may come, and the connection end, before the last of them.
        let _refused = endless.write_all(chunk.as_bytes()).await;
    }
    parse(&rest_of(endless).await).assert_error(413, "PAYLOAD_TOO_LARGE");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let gateway = TestDoor::with(|config| config.gateway.request_timeout_secs = 1).await;
    let token = gateway.token(Scope::Chat).await;
    let ask = gateway
        .post("/test/echo")
        .bearer(&token)
        .header("Content-Length", "10");
    let mut stream = ask.open().await;
    stream.write_all(b"half").await.unwrap();
    parse(&rest_of(stream).await).assert_error(408, "TIMEOUT");
}

#[tokio::test]
async fn a_handler_that_takes_too_long_is_given_up() {
    let gateway = TestDoor::with(|config| config.gateway.request_timeout_secs = 1).await;
    gateway
        .get("/test/slow")
        .send()
        .await
        .assert_error(408, "TIMEOUT");
}

#[tokio::test]
async fn a_head_that_dribbles_in_is_cut_off() {
    let gateway = TestDoor::open().await;
    let mut stream = TcpStream::connect(gateway.address).await.unwrap();
    stream
        .write_all(b"GET /test/client HTTP/1.1\r\nHost: ")
        .await
        .unwrap();
    let bytes = rest_of(stream).await;
    assert!(!String::from_utf8_lossy(&bytes).contains("200 OK"));
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let gateway = TestDoor::open().await;
    let ask = gateway
        .get("/test/client")
        .header("X-Long", &"x".repeat(100_000));
    assert_eq!(ask.send().await.status, 431);
}

#[tokio::test]
async fn answers_say_how_many_requests_are_left_and_429_when_to_come_back() {
    let gateway = TestDoor::with(|config| config.gateway.api_rate_limit_per_minute = 3).await;
    let token = gateway.token(Scope::Admin).await;
    for left in ["2", "1", "0"] {
        let answer = gateway.get("/api/session").bearer(&token).send().await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("ratelimit-limit"), Some("3"));
        assert_eq!(answer.header("ratelimit-remaining"), Some(left));
        assert!(answer.header("ratelimit-reset").is_some());
    }
    let refused = gateway.get("/api/session").bearer(&token).send().await;
    refused.assert_error(429, "RATE_LIMITED");
    assert_eq!(refused.header("ratelimit-remaining"), Some("0"));
    let wait = refused.header("retry-after").unwrap();
    assert_eq!(refused.header("ratelimit-reset"), Some(wait));
    let other = gateway.token(Scope::Read).await;
    assert_eq!(
        gateway
            .get("/api/session")
            .bearer(&other)
            .send()
            .await
            .status,
        200
    );
    gateway.clock.advance(wait.parse().unwrap());
    assert_eq!(
        gateway
            .get("/api/session")
            .bearer(&token)
            .send()
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn zero_means_unlimited() {
    let gateway = TestDoor::with(|config| config.gateway.api_rate_limit_per_minute = 0).await;
    for _ in 0..20 {
        let answer = gateway.get("/api/pairing").send().await;
        assert_eq!(
            (answer.status, answer.header("ratelimit-limit")),
            (200, None)
        );
    }
}

#[tokio::test]
async fn pairing_is_limited_per_address_whatever_token_comes_along() {
    let gateway = TestDoor::with(|config| config.gateway.pair_rate_limit_per_minute = 1).await;
    let token = gateway.token(Scope::Admin).await;
    let ask = || gateway.post("/pair").bearer(&token);
    ask().send().await.assert_error(400, "INVALID_REQUEST");
    gateway
        .post("/pair")
        .send()
        .await
        .assert_error(429, "RATE_LIMITED");
}

#[tokio::test]
async fn a_stop_lets_requests_finish_and_cuts_off_what_does_not() {
    let gateway = TestDoor::open().await;
    let token = gateway.token(Scope::Read).await;
    let mut stream = gateway.get("/test/stream").bearer(&token).open().await;
    let mut seen = [0; 1];
    stream.read_exact(&mut seen).await.unwrap();
    let started = tokio::time::Instant::now();
    gateway.tasks.stop();
    let finished = tokio::time::timeout(SOON, gateway.serving)
        .await
        .unwrap()
        .unwrap();
    assert!(!finished && started.elapsed() >= Duration::from_secs(1));
    rest_of(stream).await;
    assert!(TcpStream::connect(gateway.address).await.is_err());
}
