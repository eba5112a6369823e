//! A scripted OpenAI-compatible chat server: in-process ([`ModelServer`]) or as a process of its
//! own ([`ModelProcess`], the cargo example `model-server`). It knows nothing of the crate.
//!
//! `POST /v1/chat/completions` (stream or whole) obeys the last user message. Words, in any order,
//! `say:` last:
//!
//! | Word | What happens |
//! |---|---|
//! | `say:TEXT` | answers TEXT, one delta a word |
//! | `tokens:N` | answers N deltas of one word |
//! | `delay:MS` | waits between the deltas |
//! | `slow-first:MS` | answers the head at once, the first delta after a while |
//! | `hold:KEY` | after the first delta waits for `POST /control/release/KEY` |
//! | `break:N` | cuts the connection after N deltas |
//! | `never` | takes the request and never answers |
//! | `malformed` | answers 200 and an event that is no JSON |
//! | `status:CODE` | answers that status; its body quotes the key, as some providers do |
//! | `retry-after:SECS` | with `status:`, the header |
//! | `times:N` | with `status:`, only the first N times for this very message |
//! | `think:TEXT` | `reasoning_content` deltas first (up to ` say:` or ` tool:`) |
//! | `tool:NAME {json}` | a tool call in several deltas; repeatable |
//! | `cached:N` | N cached input tokens in the usage |
//!
//! A message without such words is echoed: `You said: …`. After a tool result (last message of
//! role `tool`) the answer is `The tool said: …`. A message of several parts with ` next ` between
//! them is a script for each answer of its turn, the last one for all that follow; one that begins
//! with `again ` is the same script for all of them. Instructions that begin with `Summarise` are
//! answered `A summary of N characters.` Usage: input = characters of the body / 4 +
//! cached, output = words + thought words; in the last chunk when `stream_options.include_usage`.
//!
//! Also: `GET /v1/models` (`test-model`, `test-model-mini`), `GET /api/tags` with `--kind ollama`,
//! `GET /control/requests` → `{requests: [{path, authorization, body}]}` (the last 1000; none with
//! `--no-record`), `GET /control/stats` → `{requests, connections, open, aborted}` (chat requests,
//! accepted connections, streams under way, streams that the client left), `POST
//! /control/release/KEY`, `POST /control/reset`.
#![allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "each binary that includes this file uses another part of it"
)]

#[path = "model_process.rs"]
mod process;
#[path = "model_server_script.rs"]
mod script;

use std::{
    collections::{HashMap, VecDeque},
    convert::Infallible,
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt as _, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::{
    Method, Request, Response, StatusCode, body::Frame, body::Incoming, header,
    server::conn::http1, service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

pub use process::ModelProcess;
use script::{Asked, Script, Step};

const KEPT_REQUESTS: usize = 1000;

type Body = UnsyncBoxBody<Bytes, io::Error>;

/// How the server behaves.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Keep the requests for `GET /control/requests`.
    pub record: bool,
    /// Serve Ollama's model list.
    pub ollama: bool,
    /// Answer 401 to whoever does not show this key; its error quotes the key, as some do.
    pub key: Option<&'static str>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            record: true,
            ollama: false,
            key: None,
        }
    }
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Its path.
    pub path: String,
    /// Its `Authorization` header.
    pub authorization: String,
    /// Its body.
    pub body: Bytes,
}

#[derive(Default)]
struct State {
    record: bool,
    ollama: bool,
    key: Option<&'static str>,
    requests: AtomicU64,
    connections: AtomicU64,
    open: AtomicU64,
    aborted: AtomicU64,
    recorded: Mutex<VecDeque<Recorded>>,
    holds: Mutex<HashMap<String, CancellationToken>>,
    failures: Mutex<HashMap<String, u32>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    fn hold(&self, key: &str) -> CancellationToken {
        locked(&self.holds)
            .entry(key.to_owned())
            .or_default()
            .clone()
    }

    fn keep(&self, request: Recorded) {
        let mut kept = locked(&self.recorded);
        if kept.len() == KEPT_REQUESTS {
            kept.pop_front();
        }
        kept.push_back(request);
    }

    fn reset(&self) {
        locked(&self.recorded).clear();
        locked(&self.failures).clear();
        for (_, hold) in locked(&self.holds).drain() {
            hold.cancel();
        }
        for count in [&self.requests, &self.connections, &self.aborted] {
            count.store(0, Ordering::SeqCst);
        }
    }

    /// Whether the script's failure is still due.
    fn fails(&self, script: &Script) -> bool {
        let Some(times) = script.times else {
            return script.status.is_some();
        };
        let mut failures = locked(&self.failures);
        let so_far = failures.entry(script.message.clone()).or_default();
        *so_far += 1;
        *so_far <= times
    }

    fn stats(&self) -> serde_json::Value {
        json!({
            "requests": self.requests.load(Ordering::SeqCst),
            "connections": self.connections.load(Ordering::SeqCst),
            "open": self.open.load(Ordering::SeqCst),
            "aborted": self.aborted.load(Ordering::SeqCst),
        })
    }
}

/// The server inside this process; it ends when this is dropped.
pub struct ModelServer {
    /// Where it listens, such as `http://127.0.0.1:41234`; the base URL is this and `/v1`.
    pub url: String,
    state: Arc<State>,
    stop: CancellationToken,
}

impl ModelServer {
    /// Starts one on a free port of the running runtime.
    pub async fn start() -> Self {
        Self::start_with(Options::default())
            .await
            .unwrap_or_else(|error| unreachable!("no loopback port: {error}"))
    }

    /// Starts one with other behaviour.
    pub async fn start_with(options: Options) -> io::Result<Self> {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), options).await
    }

    /// Starts one at an address of the caller's choice.
    pub async fn start_at(address: SocketAddr, options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let state = state_of(options);
        let stop = CancellationToken::new();
        let work = accept(listener, Arc::clone(&state), stop.clone());
        start_task(work);
        Ok(Self { url, state, stop })
    }

    /// The base URL of its API.
    pub fn base_url(&self) -> String {
        format!("{}/v1", self.url)
    }

    /// The requests so far, oldest first.
    pub fn requests(&self) -> Vec<Recorded> {
        locked(&self.state.recorded).iter().cloned().collect()
    }

    /// Lets the answers go on that wait for `key`, now or later.
    pub fn release(&self, key: &str) {
        self.state.hold(key).cancel();
    }

    /// Connections accepted so far.
    pub fn connections(&self) -> u64 {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// Streams that the client left before their end.
    pub fn aborted(&self) -> u64 {
        self.state.aborted.load(Ordering::SeqCst)
    }
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn state_of(options: Options) -> Arc<State> {
    Arc::new(State {
        record: options.record,
        ollama: options.ollama,
        key: options.key,
        ..State::default()
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server stands alone: the crate's task set is not its own"
)]
fn start_task(work: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(work);
}

/// Binds `address`, tells `bound` where, and serves until the process ends.
pub async fn serve(
    address: SocketAddr,
    options: Options,
    bound: impl FnOnce(SocketAddr),
) -> io::Result<()> {
    let listener = TcpListener::bind(address).await?;
    bound(listener.local_addr()?);
    accept(listener, state_of(options), CancellationToken::new()).await;
    Ok(())
}

async fn accept(listener: TcpListener, state: Arc<State>, stop: CancellationToken) {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        if let Ok((socket, _)) = accepted {
            state.connections.fetch_add(1, Ordering::SeqCst);
            start_task(serve_socket(socket, Arc::clone(&state), stop.clone()));
        }
    }
}

async fn serve_socket(socket: TcpStream, state: Arc<State>, stop: CancellationToken) {
    let _slower_at_worst = socket.set_nodelay(true);
    let service = service_fn(move |request| {
        let state = Arc::clone(&state);
        async move { Ok::<_, Infallible>(answer(state, request).await) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new());
    tokio::select! {
        () = stop.cancelled() => {}
        _ended = http.serve_connection(TokioIo::new(socket), service) => {}
    }
}

async fn answer(state: Arc<State>, request: Request<Incoming>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let Ok(body) = body.collect().await else {
        return plain(StatusCode::BAD_REQUEST, "text/plain", String::new());
    };
    let body = body.to_bytes();
    let path = head.uri.path();
    let shown = head.headers.get(header::AUTHORIZATION);
    let shown = shown
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if let Some(key) = state.key
        && path.starts_with("/v1/")
        && shown != format!("Bearer {key}")
    {
        return failure(401, None, shown);
    }
    match (&head.method, path) {
        (&Method::POST, "/v1/chat/completions") => chat(&state, path, shown, &body).await,
        (&Method::GET, "/v1/models") => found(&json!({"object": "list", "data": [
            {"id": "test-model", "object": "model", "created": 1_700_000_000, "owned_by": "test"},
            {"id": "test-model-mini", "object": "model", "created": 1_700_000_000,
             "owned_by": "test"},
        ]})),
        (&Method::GET, "/api/tags") if state.ollama => found(&json!({"models": [
            {"name": "nomic-embed-text:latest", "details": {"family": "nomic-bert"}},
            {"name": "test-model:latest", "details": {"family": "llama"}},
        ]})),
        (&Method::GET, "/control/requests") => {
            let kept: Vec<serde_json::Value> = locked(&state.recorded)
                .iter()
                .map(|one| {
                    let body: serde_json::Value =
                        serde_json::from_slice(&one.body).unwrap_or_default();
                    json!({"path": one.path, "authorization": one.authorization, "body": body})
                })
                .collect();
            found(&json!({"requests": kept}))
        }
        (&Method::GET, "/control/stats") => found(&state.stats()),
        (&Method::POST, "/control/reset") => {
            state.reset();
            found(&json!({}))
        }
        (&Method::POST, path) if path.starts_with("/control/release/") => {
            let key = path.trim_start_matches("/control/release/");
            state.hold(key).cancel();
            found(&json!({}))
        }
        _ => refused(StatusCode::NOT_FOUND, "no such route"),
    }
}

async fn chat(state: &Arc<State>, path: &str, authorization: &str, body: &Bytes) -> Response<Body> {
    state.requests.fetch_add(1, Ordering::SeqCst);
    if state.record {
        state.keep(Recorded {
            path: path.to_owned(),
            authorization: authorization.to_owned(),
            body: body.clone(),
        });
    }
    let Ok(asked) = serde_json::from_slice::<Asked<'_>>(body) else {
        return refused(StatusCode::BAD_REQUEST, "the body is no chat request");
    };
    let script = Script::of(&asked);
    if script.never {
        std::future::pending::<()>().await;
    }
    if let Some(status) = script.status
        && state.fails(&script)
    {
        return failure(status, script.retry_after.as_deref(), authorization);
    }
    if !asked.stream {
        return plain(
            StatusCode::OK,
            "application/json",
            script.whole(&asked, body.len()),
        );
    }
    let steps = script.steps(&asked, body.len());
    let body = match <[Step; 1]>::try_from(steps) {
        Ok([Step::Send(text)]) => full(text),
        Ok([step]) => stepped(state, vec![step]),
        Err(steps) => stepped(state, steps),
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("text/event-stream"),
    );
    headers.insert(
        header::CACHE_CONTROL,
        header::HeaderValue::from_static("no-cache"),
    );
    response
}

/// Counts a stream as open while it lives, and as aborted when it dies before its last step.
struct Open {
    state: Arc<State>,
    steps: VecDeque<Step>,
    finished: bool,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.state.open.fetch_sub(1, Ordering::SeqCst);
        if !self.finished {
            self.state.aborted.fetch_add(1, Ordering::SeqCst);
        }
    }
}

fn stepped(state: &Arc<State>, steps: Vec<Step>) -> Body {
    state.open.fetch_add(1, Ordering::SeqCst);
    let open = Open {
        state: Arc::clone(state),
        steps: steps.into(),
        finished: false,
    };
    let frames = stream::unfold(open, |mut open| async move {
        loop {
            match open.steps.pop_front() {
                Some(Step::Send(text)) => {
                    open.finished = open.steps.is_empty();
                    return Some((Ok(Frame::data(Bytes::from(text))), open));
                }
                Some(Step::Sleep(time)) => tokio::time::sleep(time).await,
                Some(Step::Hold(key)) => open.state.hold(&key).cancelled().await,
                Some(Step::Break) => {
                    open.finished = true;
                    return Some((Err(io::Error::other("scripted break")), open));
                }
                None => return None,
            }
        }
    });
    StreamBody::new(frames).boxed_unsync()
}

fn full(text: String) -> Body {
    Full::new(Bytes::from(text))
        .map_err(|never| match never {})
        .boxed_unsync()
}

fn plain(status: StatusCode, media_type: &'static str, text: String) -> Response<Body> {
    let mut response = Response::new(full(text));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static(media_type),
    );
    response
}

fn found(value: &serde_json::Value) -> Response<Body> {
    plain(StatusCode::OK, "application/json", value.to_string())
}

fn refused(status: StatusCode, message: &str) -> Response<Body> {
    let body = json!({"error": {"message": message, "type": "invalid_request_error",
        "param": null, "code": null}});
    plain(status, "application/json", body.to_string())
}

fn failure(status: u16, retry_after: Option<&str>, authorization: &str) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = refused(status, &format!("scripted failure for {authorization}"));
    if let Some(value) = retry_after.and_then(|secs| secs.parse().ok()) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}
