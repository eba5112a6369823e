//! The load generator of `benches/run`: sends requests, or opens event streams, and prints what it
//! saw as one JSON object. It knows nothing of the crate. Options are pairs of words:
//!
//! `load turns --to ADDR --path P --body JSON --at N --count N [--token T] [--mark TEXT] [--pids A,B]`
//! `load readers --to ADDR --body JSON --at READERS --count TURNS --token T --pids A [--pace N]`
//!
//! `--pace` is how many requests a connection begins in a second; as many as it can without it.

use std::{
    collections::HashMap,
    error::Error,
    fs,
    io::{self, Write as _},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response,
    body::Incoming,
    client::conn::http1::{self, SendRequest},
};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

type Failure = Box<dyn Error + Send + Sync>;

/// Clock ticks of `/proc/PID/stat` are hundredths of a second on every Linux.
const TICK_MS: u64 = 10;
/// What a process does after its last answer belongs to the answers too.
const AFTERMATH: Duration = Duration::from_millis(150);
/// Readers that have not heard everything by then never will.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone)]
struct Plan {
    to: String,
    path: String,
    body: Bytes,
    token: String,
    mark: Vec<u8>,
    at: usize,
    count: usize,
    pace: Option<f64>,
    pids: Vec<u32>,
}

impl Plan {
    fn read(words: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let words: Vec<String> = words.collect();
        let pairs: HashMap<&str, &str> = words
            .chunks_exact(2)
            .filter_map(|pair| Some((pair.first()?.as_str(), pair.get(1)?.as_str())))
            .collect();
        let word = |name: &str| pairs.get(name).copied().unwrap_or_default();
        let pids = word("--pids").split(',').filter(|pid| !pid.is_empty());
        Ok(Self {
            to: word("--to").to_owned(),
            path: word("--path").to_owned(),
            body: Bytes::from(word("--body").to_owned()),
            token: word("--token").to_owned(),
            mark: word("--mark").as_bytes().to_vec(),
            at: word("--at").parse()?,
            count: word("--count").parse()?,
            pace: Some(word("--pace"))
                .filter(|pace| !pace.is_empty())
                .map(str::parse)
                .transpose()?,
            pids: pids.map(str::parse).collect::<Result<_, _>>()?,
        })
    }

    fn request(&self, method: &str, path: &str) -> Result<Request<Full<Bytes>>, Failure> {
        let body = if method == "POST" {
            self.body.clone()
        } else {
            Bytes::new()
        };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", &self.to)
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json");
        Ok(request.body(Full::new(body))?)
    }

    /// Processor time of the watched processes.
    fn cpu_ms(&self) -> u64 {
        let ticks = |pid: &u32| -> Option<u64> {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            // The name before the last bracket may hold anything.
            let fields = stat.rsplit_once(')')?.1;
            let mut times = fields.split_whitespace().skip(11);
            Some(times.next()?.parse::<u64>().ok()? + times.next()?.parse::<u64>().ok()?)
        };
        self.pids.iter().filter_map(ticks).sum::<u64>() * TICK_MS
    }
}

/// Counts the bytes that come in.
struct Counted {
    stream: TcpStream,
    bytes: Arc<AtomicU64>,
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let read = buffer.filled().len() - before;
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// A connection that is used again and again.
struct Line {
    sender: SendRequest<Full<Bytes>>,
    _driver: JoinSet<()>,
}

impl Line {
    async fn open(plan: &Plan, bytes: &Arc<AtomicU64>) -> Result<Self, Failure> {
        let stream = TcpStream::connect(&plan.to).await?;
        stream.set_nodelay(true)?;
        let bytes = Arc::clone(bytes);
        let (sender, connection) =
            http1::handshake(TokioIo::new(Counted { stream, bytes })).await?;
        let mut driver = JoinSet::new();
        driver.spawn(async move {
            // What breaks it breaks the request that waits for it, which says so.
            let _broken = connection.await;
        });
        Ok(Self {
            sender,
            _driver: driver,
        })
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, Failure> {
        self.sender.ready().await?;
        Ok(self.sender.send_request(request).await?)
    }
}

/// What one worker saw.
#[derive(Default)]
struct Seen {
    whole: Vec<Duration>,
    first: Vec<Duration>,
    events: usize,
    errors: usize,
}

async fn turns(plan: Plan) -> Result<serde_json::Value, Failure> {
    let bytes = Arc::new(AtomicU64::new(0));
    let mut lines = Vec::new();
    for _ in 0..plan.at {
        lines.push(Line::open(&plan, &bytes).await?);
    }
    let (cpu, started) = (plan.cpu_ms(), Instant::now());
    let mut workers = JoinSet::new();
    for (number, line) in lines.into_iter().enumerate() {
        let share = plan.count / plan.at + usize::from(number < plan.count % plan.at);
        workers.spawn(worker(plan.clone(), line, share));
    }
    let mut all = Seen::default();
    while let Some(seen) = workers.join_next().await {
        let seen = seen??;
        all.whole.extend(seen.whole);
        all.first.extend(seen.first);
        all.events += seen.events;
        all.errors += seen.errors;
    }
    let secs = started.elapsed().as_secs_f64();
    sleep(AFTERMATH).await;
    all.whole.sort_unstable();
    all.first.sort_unstable();
    Ok(json!({
        "count": all.whole.len(),
        "errors": all.errors,
        "secs": secs,
        "per_sec": all.whole.len() as f64 / secs,
        "p50_ms": quantile(&all.whole, 0.5),
        "p99_ms": quantile(&all.whole, 0.99),
        "first_p50_ms": quantile(&all.first, 0.5),
        "bytes": bytes.load(Ordering::Relaxed),
        "events": all.events,
        "cpu_ms": plan.cpu_ms() - cpu,
    }))
}

async fn worker(plan: Plan, mut line: Line, count: usize) -> Result<Seen, Failure> {
    let mut seen = Seen::default();
    let mut text = Vec::new();
    let begun = Instant::now();
    for number in 0..count {
        text.clear();
        if let Some(pace) = plan.pace {
            let due = Duration::from_secs_f64(number as f64 / pace);
            sleep(due.saturating_sub(begun.elapsed())).await;
        }
        let started = Instant::now();
        let mut response = line.send(plan.request("POST", &plan.path)?).await?;
        let mut first = None;
        while let Some(frame) = response.body_mut().frame().await {
            let Ok(data) = frame?.into_data() else {
                continue;
            };
            let from = text.len().saturating_sub(plan.mark.len());
            text.extend_from_slice(&data);
            if first.is_none() && !plan.mark.is_empty() && occurs(&text, from, &plan.mark) {
                first = Some(started.elapsed());
            }
        }
        seen.whole.push(started.elapsed());
        seen.first.extend(first);
        seen.events += text
            .split(|byte| *byte == b'\n')
            .filter(|line| line.starts_with(b"data: "))
            .count();
        // A failed answer costs its sender less than a good one: it must not pass for one.
        seen.errors += usize::from(!response.status().is_success());
    }
    Ok(seen)
}

fn occurs(text: &[u8], from: usize, mark: &[u8]) -> bool {
    text.get(from..)
        .is_some_and(|text| text.windows(mark.len()).any(|part| part == mark))
}

fn quantile(sorted: &[Duration], share: f64) -> Option<f64> {
    let at = (sorted.len() as f64 * share).ceil() as usize;
    let value = sorted.get(at.max(1) - 1)?;
    Some(value.as_secs_f64() * 1000.0)
}

/// How far a reader has come.
#[derive(Clone, Copy, Default, PartialEq)]
struct Heard {
    first: u64,
    last: u64,
    events: u64,
    broken: bool,
}

async fn readers(plan: Plan) -> Result<serde_json::Value, Failure> {
    let bytes = Arc::new(AtomicU64::new(0));
    let mut open = JoinSet::new();
    let mut heard = Vec::new();
    for _ in 0..plan.at {
        let mut line = Line::open(&plan, &bytes).await?;
        let response = line.send(plan.request("GET", "/api/events")?).await?;
        let (tell, told) = watch::channel(Heard::default());
        heard.push(told);
        open.spawn(read(line, response, tell));
    }
    let before = plan.cpu_ms();
    sleep(AFTERMATH).await;
    let idle_cpu = plan.cpu_ms() - before;
    let (cpu, started) = (plan.cpu_ms(), Instant::now());
    let one = Plan {
        at: 1,
        path: "/webhook".to_owned(),
        pids: Vec::new(),
        ..plan.clone()
    };
    let said = turns(one).await?;
    let all_heard = async {
        loop {
            let last = heard.iter().map(|told| told.borrow().last).max();
            if heard.iter().all(|told| Some(told.borrow().last) == last) {
                return;
            }
            sleep(Duration::from_millis(10)).await;
        }
    };
    let in_time = timeout(PATIENCE, all_heard).await.is_ok();
    let secs = started.elapsed().as_secs_f64();
    sleep(AFTERMATH).await;
    let complete = |heard: &Heard| !heard.broken && heard.last - heard.first + 1 == heard.events;
    let states: Vec<Heard> = heard.iter().map(|told| *told.borrow()).collect();
    let most = states.iter().map(|heard| heard.events).max().unwrap_or(0);
    let full = states
        .iter()
        .filter(|heard| complete(heard) && heard.events == most)
        .count();
    let delivered: u64 = states.iter().map(|heard| heard.events).sum();
    open.abort_all();
    Ok(json!({
        "readers": states.len(),
        "complete": full,
        "in_time": in_time,
        "events": most,
        "turn_errors": said["errors"],
        "delivered": delivered,
        "secs": secs,
        "idle_cpu_ms": idle_cpu,
        "cpu_ms": plan.cpu_ms() - cpu,
    }))
}

async fn read(_line: Line, mut response: Response<Incoming>, tell: watch::Sender<Heard>) {
    let mut rest = Vec::new();
    while let Some(Ok(frame)) = response.body_mut().frame().await {
        let Ok(data) = frame.into_data() else {
            continue;
        };
        rest.extend_from_slice(&data);
        let Some(end) = rest.iter().rposition(|byte| *byte == b'\n') else {
            continue;
        };
        let lines: Vec<u8> = rest.drain(..=end).collect();
        let mut heard = *tell.borrow();
        for line in String::from_utf8_lossy(&lines).lines() {
            if let Some(id) = line.strip_prefix("id: ") {
                heard.last = id.parse().unwrap_or(0);
                heard.events += 1;
                if heard.first == 0 {
                    heard.first = heard.last;
                }
            }
            heard.broken |= line == "event: gap";
        }
        tell.send_replace(heard);
    }
    tell.send_modify(|heard| heard.broken = true);
}

// One thread leaves the other core to what is measured.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let mut words = std::env::args().skip(1);
    let kind = words.next().unwrap_or_default();
    let plan = Plan::read(words)?;
    let seen = match kind.as_str() {
        "turns" => turns(plan).await?,
        "readers" => readers(plan).await?,
        other => return Err(format!("unknown kind of load: {other:?}").into()),
    };
    writeln!(io::stdout(), "{seen}")?;
    Ok(())
}
