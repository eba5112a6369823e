//! The thread that writes log lines down. Whoever logs hands a line over and goes on; when lines
//! come faster than they can be written, they are lost, counted, and the log says how many.

use std::{
    borrow::Cow,
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom, Write},
    ops::ControlFlow,
    path::PathBuf,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
};

use serde_json::Map;
use tracing_subscriber::fmt::MakeWriter;

use super::{
    line::{LogLevel, LogLine},
    ring::Ring,
    scan::{self, Budget},
    segments,
};
use crate::{clock::Clock, config::redact, model::Timestamp};

/// Lines that may wait to be written. Their places are made at the start.
const WAITING_LINES: usize = 8192;
/// Bytes of them.
const WAITING_BYTES: usize = 8 * 1024 * 1024;
/// Bytes written at once.
const BATCH_BYTES: usize = 256 * 1024;
/// A file is closed at this size, or at an eighth of what all may take.
const LARGEST_FILE: u64 = 8 * 1024 * 1024;
/// Whose lines tell of lost lines.
const TARGET: &str = "clawgate::telemetry::logs";

/// Takes secrets out of a text.
pub type Mask = Box<dyn for<'t> Fn(&'t str) -> Cow<'t, str> + Send + Sync>;

/// What takes secrets out, once there is somebody who knows them.
pub(super) type Masking = Arc<OnceLock<Mask>>;

/// What may be kept.
#[derive(Debug)]
pub(super) struct Limits {
    pub(super) most_bytes: AtomicU64,
    pub(super) keep_days: AtomicU64,
}

enum Message {
    Line(Vec<u8>),
    Stop,
}

/// Where formatted lines go in. Clones share it.
#[derive(Clone, Debug)]
pub struct LogSink {
    sender: SyncSender<Message>,
    waiting: Arc<AtomicUsize>,
    lost: Arc<AtomicU64>,
}

impl LogSink {
    /// A sink, and where its lines come out.
    pub(super) fn new() -> (Self, Inlet) {
        let (sender, messages) = sync_channel(WAITING_LINES);
        let sink = Self {
            sender,
            waiting: Arc::default(),
            lost: Arc::default(),
        };
        let inlet = Inlet {
            messages,
            waiting: Arc::clone(&sink.waiting),
            lost: Arc::clone(&sink.lost),
        };
        (sink, inlet)
    }

    /// Hands a line over; never waits.
    pub fn put(&self, line: &[u8]) {
        let size = line.len();
        if self.waiting.fetch_add(size, Ordering::Relaxed) + size <= WAITING_BYTES
            && self.sender.try_send(Message::Line(line.to_vec())).is_ok()
        {
            return;
        }
        self.waiting.fetch_sub(size, Ordering::Relaxed);
        self.lost.fetch_add(1, Ordering::Relaxed);
    }

    /// How many lines were lost and not told of yet.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

impl<'a> MakeWriter<'a> for LogSink {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> &'a Self {
        self
    }
}

/// The formatter hands over whole lines.
impl Write for &LogSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.put(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Where a sink's lines come out.
pub(super) struct Inlet {
    messages: Receiver<Message>,
    waiting: Arc<AtomicUsize>,
    lost: Arc<AtomicU64>,
}

/// Keeps the writing going; what waits is written when this is dropped.
#[derive(Debug)]
pub struct LogGuard {
    sink: LogSink,
    thread: Option<JoinHandle<()>>,
}

impl LogGuard {
    pub(super) fn new(sink: LogSink, thread: JoinHandle<()>) -> Self {
        Self {
            sink,
            thread: Some(thread),
        }
    }
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        let mut stop = Message::Stop;
        // Room comes as the thread writes; it is gone only when it failed.
        while let Err(TrySendError::Full(again)) = self.sink.sender.try_send(stop) {
            stop = again;
            std::thread::yield_now();
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The file being written.
struct Open {
    file: File,
    path: PathBuf,
    day: String,
    bytes: u64,
}

/// Writes lines down.
pub(super) struct Writer {
    pub(super) folder: PathBuf,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) limits: Arc<Limits>,
    masking: Masking,
    pub(super) ring: Arc<Ring>,
    pub(super) inlet: Inlet,
    open: Option<Open>,
    next: u64,
}

impl Writer {
    /// Over this folder; `next` is the id of the next line.
    pub(super) fn new(
        folder: PathBuf,
        clock: Arc<dyn Clock>,
        limits: Arc<Limits>,
        masking: Masking,
        ring: Arc<Ring>,
        inlet: Inlet,
    ) -> Self {
        let next = ring.next_id();
        Self {
            folder,
            clock,
            limits,
            masking,
            ring,
            inlet,
            open: None,
            next,
        }
    }

    /// Writes until it is stopped or nobody can log any more.
    pub(super) fn run(mut self) {
        let mut going = true;
        while going {
            let Ok(first) = self.inlet.messages.recv() else {
                break;
            };
            let mut batch = Vec::new();
            let mut bytes = 0;
            let mut message = Some(first);
            while let Some(next) = message {
                match next {
                    Message::Line(line) => {
                        bytes += line.len();
                        self.inlet.waiting.fetch_sub(line.len(), Ordering::Relaxed);
                        batch.push(self.read(&line));
                    }
                    Message::Stop => going = false,
                }
                let more = going && bytes < BATCH_BYTES;
                message = more.then(|| self.inlet.messages.try_recv().ok()).flatten();
            }
            let lost = self.inlet.lost.swap(0, Ordering::Relaxed);
            if lost > 0 {
                batch.push(self.told_of(lost));
            }
            self.append(batch);
        }
    }

    /// Takes the secrets out. What was no line before, or is none without them, is kept as words.
    fn read(&self, bytes: &[u8]) -> LogLine {
        let text = String::from_utf8_lossy(bytes);
        let clean = redact(text.trim_end());
        let mut line = LogLine::parse(clean.as_bytes())
            .unwrap_or_else(|| self.line(LogLevel::Warn, clean.into_owned()));
        if let Some(mask) = self.masking.get() {
            line.mask(mask);
        }
        line
    }

    fn line(&self, level: LogLevel, message: String) -> LogLine {
        LogLine {
            id: 0,
            timestamp: self.clock.now(),
            level,
            target: TARGET.to_owned(),
            message,
            request_id: None,
            turn_id: None,
            session_id: None,
            fields: Map::new(),
        }
    }

    fn told_of(&self, lost: u64) -> LogLine {
        let message =
            format!("{lost} log lines were lost: they came faster than they were written");
        let mut line = self.line(LogLevel::Warn, message);
        line.fields.insert("lost".to_owned(), lost.into());
        line
    }

    /// Writes lines, then shows them. What can't be written is shown all the same.
    fn append(&mut self, lines: Vec<LogLine>) {
        let mut shown = Vec::with_capacity(lines.len());
        let mut text = Vec::new();
        for mut line in lines {
            line.id = self.next;
            self.next += 1;
            let day = day_of(line.timestamp);
            if !self.has_room(&day, text.len()) {
                self.write_out(&mut text);
                self.rotate(&day, line.id);
            }
            let start = text.len();
            text.extend(line.to_json());
            text.push(b'\n');
            shown.push((line, text.len() - start));
        }
        self.write_out(&mut text);
        self.ring.extend(shown);
    }

    fn largest_file(&self) -> u64 {
        let most = self.limits.most_bytes.load(Ordering::Relaxed);
        (most / 8).clamp(16 * 1024, LARGEST_FILE)
    }

    /// Whether the open file takes lines of this day after `waiting` bytes more. A clock that
    /// was put back begins no new file.
    fn has_room(&self, day: &str, waiting: usize) -> bool {
        self.open.as_ref().is_some_and(|open| {
            day <= open.day.as_str() && open.bytes + (waiting as u64) < self.largest_file()
        })
    }

    fn write_out(&mut self, text: &mut Vec<u8>) {
        if text.is_empty() {
            return;
        }
        let lines = text.iter().filter(|byte| **byte == b'\n').count();
        let written = self
            .open
            .as_mut()
            .is_some_and(|open| open.file.write_all(text).is_ok());
        match &mut self.open {
            Some(open) if written => open.bytes += text.len() as u64,
            // The next line tries a file anew.
            _ => {
                self.open = None;
                self.inlet.lost.fetch_add(lines as u64, Ordering::Relaxed);
            }
        }
        text.clear();
    }

    /// Goes on in the newest file when it has room for this day, else in a new one.
    fn rotate(&mut self, day: &str, first_id: u64) {
        let was_open = self.open.take().is_some();
        let newest = segments::readable(&self.folder)
            .ok()
            .and_then(|mut all| all.pop());
        let path = match newest {
            Some((_, newest))
                if !was_open
                    && newest.day.as_str() >= day
                    && newest.bytes < self.largest_file() =>
            {
                newest.path
            }
            _ => self.folder.join(segments::name(day, first_id)),
        };
        self.open = self.begin(path, day).ok();
        self.prune(day);
    }

    fn begin(&self, path: PathBuf, day: &str) -> io::Result<Open> {
        segments::make_private(&self.folder)?;
        let mut file = segments::open_to_append(&path)?;
        let mut bytes = file.metadata()?.len();
        if bytes > 0 && !ends_whole(&mut file)? {
            // What a crash left of a line stays a line by itself.
            file.write_all(b"\n")?;
            bytes += 1;
        }
        segments::point_short_name(&path);
        Ok(Open {
            file,
            path,
            day: day.to_owned(),
            bytes,
        })
    }

    /// Removes what is too old or too much.
    fn prune(&self, day: &str) {
        let most = self.limits.most_bytes.load(Ordering::Relaxed);
        let days = i64::try_from(self.limits.keep_days.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
        let first_day = first_kept(day, days);
        let Ok(mut all) = segments::all(&self.folder) else {
            return;
        };
        let current = self.open.as_ref().map(|open| &open.path);
        all.retain(|segment| Some(&segment.path) != current);
        // The open file counts as full.
        let full = self.largest_file();
        let mut every = all;
        every.push(segments::Segment {
            path: PathBuf::new(),
            day: day.to_owned(),
            first_id: None,
            bytes: full,
        });
        for path in segments::surplus(&every, most, 0, &first_day) {
            // It is tried again with the next file.
            let _ = std::fs::remove_file(path);
        }
    }
}

fn day_of(moment: Timestamp) -> String {
    moment.to_string().chars().take(10).collect()
}

/// The first day of which files stay.
fn first_kept(day: &str, days: i64) -> String {
    let today: Result<jiff::civil::Date, _> = day.parse();
    let back = jiff::Span::new().try_days(days.saturating_sub(1).max(0));
    match (today, back) {
        (Ok(today), Ok(back)) => today
            .checked_sub(back)
            .map_or_else(|_| String::new(), |date| date.to_string()),
        _ => String::new(),
    }
}

fn ends_whole(file: &mut File) -> io::Result<bool> {
    let mut last = [0_u8];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// The id of the first line to be written here: the one after the last that is there; in an empty
/// folder the microsecond it is, so that ids rise even when somebody removed the files.
pub(super) fn next_id(folder: &std::path::Path, clock: &dyn Clock) -> io::Result<u64> {
    let mut last = None;
    scan::backward(folder, None, None, Budget(u64::MAX), &mut |head, _| {
        last = Some(head.id);
        ControlFlow::Break(())
    })?;
    let named = segments::readable(folder)?.last().map(|(id, _)| *id);
    let now = u64::try_from(clock.now().as_millis()).unwrap_or(0) * 1000;
    Ok(match (last, named) {
        (Some(last), named) => (last + 1).max(named.unwrap_or(0)),
        (None, Some(named)) => named.max(1),
        (None, None) => now.max(1),
    })
}
