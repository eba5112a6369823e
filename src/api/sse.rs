//! Event streams. Frames come serialised; here they get their `id:` and `event:` lines and a
//! body that stays alive, ends with the gateway's stop, and ends when its reader's token does.

use std::{marker::PhantomData, time::Duration};

use bytes::{BufMut as _, Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _, stream::BoxStream};
use poem::{Body, IntoResponse, Response, http::header};
use poem_openapi::{
    ApiResponse,
    payload::Payload,
    registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry},
    types::{ToJSON as _, Type},
};
use tokio_util::sync::CancellationToken;

use super::event_schema::Gap;
use crate::{
    agent::{EventFrame, TurnReader},
    telemetry::{
        bus::{Frame, News, Reader},
        logs::{LogFollower, LogNews},
        metrics::Counted,
    },
};

/// A comment is sent after this much silence, so that proxies and readers know the line lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// News handed over at once.
const NEWS_BATCH: usize = 256;
/// Log lines of this long go out together.
const LOG_PAUSE: Duration = Duration::from_millis(50);

/// A response of events of the documented type `E`.
pub(super) struct Sse<E> {
    frames: BoxStream<'static, Bytes>,
    documents: PhantomData<fn() -> E>,
}

/// What ends a stream before its source does.
pub(super) struct Ends {
    /// The gateway is about to stop.
    pub(super) stopping: CancellationToken,
    /// The reader's token was revoked.
    pub(super) revoked: CancellationToken,
    /// Counts the stream as open for as long as it is.
    pub(super) _open: Counted,
}

impl<E> Sse<E> {
    /// The events of a turn; ends with the turn.
    pub(super) fn of_turn(reader: TurnReader, ends: Ends) -> Self {
        let batches = futures_util::stream::unfold(reader, |mut reader| async move {
            match reader.next_batch().await {
                Ok(batch) if batch.is_empty() => None,
                Ok(batch) => Some((turn_frames(&batch), reader)),
                Err(error) => {
                    // The reader comes back with its last id and finds the rest.
                    tracing::error!(%error, "a turn's events could not be read");
                    None
                }
            }
        });
        Self::new(batches, ends)
    }

    /// News, of those kinds that `wanted` lets pass.
    pub(super) fn of_news(
        reader: Reader,
        wanted: impl Fn(&Frame) -> bool + Clone + Send + 'static,
        ends: Ends,
    ) -> Self {
        let batches = futures_util::stream::unfold(reader, move |mut reader| {
            let wanted = wanted.clone();
            async move {
                loop {
                    let batch = reader.next_batch(NEWS_BATCH).await;
                    let frames = news_frames(&batch, &wanted);
                    if !frames.is_empty() {
                        return Some((frames, reader));
                    }
                    if batch.is_empty() {
                        return None;
                    }
                }
            }
        });
        Self::new(greeted(batches), ends)
    }

    /// Log lines. Those that come together go out together, so that a stream of all that happens
    /// here is not kept busy by what its own lines make happen.
    pub(super) fn of_logs(follower: LogFollower, ends: Ends) -> Self {
        let batches = futures_util::stream::unfold(follower, |mut follower| async move {
            let batch = follower.next_batch().await;
            if batch.is_empty() {
                return None;
            }
            tokio::time::sleep(LOG_PAUSE).await;
            Some((log_frames(&batch), follower))
        });
        Self::new(greeted(batches), ends)
    }

    /// Frames that come serialised.
    pub(super) fn of_frames(
        frames: impl Stream<Item = Bytes> + Send + 'static,
        ends: Ends,
    ) -> Self {
        Self::new(frames, ends)
    }

    fn new(source: impl Stream<Item = Bytes> + Send + 'static, ends: Ends) -> Self {
        let feed = Feed {
            source: source.boxed(),
            ends,
            closed: false,
        };
        let frames = futures_util::stream::unfold(feed, Feed::next).boxed();
        Self {
            frames,
            documents: PhantomData,
        }
    }
}

/// What is between here and the reader may keep the head of an answer back until a body begins: a
/// reader of what is quiet would not know that it is connected.
fn greeted(
    batches: impl Stream<Item = Bytes> + Send + 'static,
) -> impl Stream<Item = Bytes> + Send {
    futures_util::stream::once(async { Bytes::from_static(b": connected\n\n") }).chain(batches)
}

struct Feed {
    source: BoxStream<'static, Bytes>,
    ends: Ends,
    closed: bool,
}

impl Feed {
    async fn next(mut self) -> Option<(Bytes, Self)> {
        if self.closed {
            return None;
        }
        tokio::select! {
            biased;
            () = self.ends.revoked.cancelled() => None,
            frames = self.source.next() => frames.map(|frames| (frames, self)),
            () = self.ends.stopping.cancelled() => {
                self.closed = true;
                let told = "event: closing\ndata: {\"type\":\"closing\",\"reason\":\"restart\"}\n\n";
                Some((Bytes::from_static(told.as_bytes()), self))
            }
            () = tokio::time::sleep(KEEP_ALIVE) => {
                Some((Bytes::from_static(b": keep-alive\n\n"), self))
            }
        }
    }
}

fn turn_frames(batch: &[EventFrame]) -> Bytes {
    let size = batch.iter().map(|frame| frame.json.len() + 48).sum();
    let mut out = BytesMut::with_capacity(size);
    for frame in batch {
        put_event(&mut out, u64::from(frame.seq), frame.name, &frame.json);
    }
    out.freeze()
}

fn news_frames(batch: &[News], wanted: impl Fn(&Frame) -> bool) -> Bytes {
    let mut out = BytesMut::new();
    for news in batch {
        match news {
            News::Event(frame) if wanted(frame) => {
                put_event(&mut out, frame.id, frame.name, &frame.json);
            }
            News::Event(_) => {}
            News::Gap {
                missed,
                resume_from,
            } => put_gap(&mut out, *missed, *resume_from),
        }
    }
    out.freeze()
}

fn log_frames(batch: &[LogNews]) -> Bytes {
    let mut out = BytesMut::new();
    for news in batch {
        match news {
            LogNews::Line(line) => {
                let json = serde_json::to_vec(line.as_ref()).unwrap_or_default();
                put_event(&mut out, line.id, "log", &json);
            }
            LogNews::Gap {
                missed,
                resume_from,
            } => put_gap(&mut out, *missed, *resume_from),
        }
    }
    out.freeze()
}

fn put_gap(out: &mut BytesMut, missed: Option<u64>, resume_from: u64) {
    let gap = Gap::new(missed, resume_from).to_json_string();
    put_event(out, resume_from.saturating_sub(1), "gap", gap.as_bytes());
}

fn put_event(out: &mut BytesMut, id: u64, name: &str, json: &[u8]) {
    out.put_slice(format!("id: {id}\nevent: {name}\ndata: ").as_bytes());
    out.put_slice(json);
    out.put_slice(b"\n\n");
}

impl<E> IntoResponse for Sse<E> {
    fn into_response(self) -> Response {
        let bytes = self.frames.map(Ok::<_, std::io::Error>);
        Response::builder()
            .header(header::CONTENT_TYPE, "text/event-stream")
            .header(header::CACHE_CONTROL, "no-cache, no-transform")
            // Proxies of nginx's family hold answers back without it.
            .header("x-accel-buffering", "no")
            .body(Body::from_bytes_stream(bytes))
    }
}

impl<E: Type> Payload for Sse<E> {
    const CONTENT_TYPE: &'static str = "text/event-stream";

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            items: Some(Box::new(E::schema_ref())),
            ..MetaSchema::new_with_format("array", "event-stream")
        }))
    }

    fn register(registry: &mut Registry) {
        E::register(registry);
    }
}

impl<E: Type> ApiResponse for Sse<E> {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "Events as they come; `id` is where to resume (`Last-Event-ID`).",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: Self::CONTENT_TYPE,
                    schema: Self::schema_ref(),
                }],
                headers: vec![],
            }],
        }
    }

    fn register(registry: &mut Registry) {
        E::register(registry);
    }
}
