//! `GET /api/events`: the news, as a stream.

use poem_openapi::{
    Object, OpenApi,
    param::{Header, Query},
    payload::Json,
};

use super::{
    ApiError, Caller, Group,
    event_schema::{NewsSchema, NewsValue},
    sse::{Ends, Sse},
};
use crate::{
    model::SessionId,
    tasks::Tasks,
    telemetry::{Bus, Metrics, bus::Frame},
};

/// Events that are handed out at once.
const MOST_RECENT: usize = 1000;

/// A piece of news and its place.
#[derive(Debug, Object)]
struct NewsItem {
    /// Ever rising; within one run of the gateway each is one more than the one before.
    id: u64,
    /// What happened.
    event: NewsValue,
}

/// The newest news.
#[derive(Debug, Object)]
struct RecentNews {
    /// The oldest of them first.
    events: Vec<NewsItem>,
    /// The id of the oldest event that is still kept.
    oldest_id: u64,
    /// The id of the first event since the gateway's start; of what was before, nothing is kept.
    first_id: u64,
}

/// The group.
pub struct EventsApi {
    /// The news.
    pub bus: Bus,
    /// The signal to stop.
    pub tasks: Tasks,
    /// Counts open streams.
    pub metrics: Metrics,
}

#[OpenApi(tag = "Group::Watching")]
impl EventsApi {
    /// Follow the news
    ///
    /// `id` is ever rising. A reader that comes back with `Last-Event-ID` goes on where it was;
    /// one that comes too late, or is too slow, gets an event `gap {missed, resume_from}` and
    /// should fetch anew what it shows.
    #[oai(path = "/api/events", method = "get", operation_id = "follow_news")]
    async fn events(
        &self,
        caller: Caller,
        /// Only these types, separated by commas.
        types: Query<Option<String>>,
        /// Only of this session.
        session_id: Query<Option<SessionId>>,
        /// The id of the last event you have.
        #[oai(name = "Last-Event-ID")]
        last_event_id: Header<Option<String>>,
        /// The same, for clients that can't set a header.
        after_id: Query<Option<u64>>,
    ) -> Result<Sse<NewsSchema>, ApiError> {
        let resumed = last_event_id.0.and_then(|text| text.trim().parse().ok());
        let reader = self.bus.subscribe(resumed.or(after_id.0));
        let wanted = Wanted::new(types.0.as_deref(), session_id.0);
        let ends = Ends {
            stopping: self.tasks.stopping().clone(),
            revoked: caller.revoked,
            _open: self.metrics.sse_client(),
        };
        Ok(Sse::of_news(
            reader,
            move |frame| wanted.lets_pass(frame),
            ends,
        ))
    }

    /// Read the newest news
    ///
    /// What is kept of it, to begin with; follow from the last `id` on for what comes.
    #[oai(
        path = "/api/events/recent",
        method = "get",
        operation_id = "list_recent_news"
    )]
    async fn recent(
        &self,
        _caller: Caller,
        /// At most so many: 1 to 1000, 100 when left out.
        limit: Query<Option<usize>>,
        /// Only these types, separated by commas.
        types: Query<Option<String>>,
        /// Only of this session.
        session_id: Query<Option<SessionId>>,
    ) -> Result<Json<RecentNews>, ApiError> {
        let limit = limit.0.unwrap_or(100);
        if !(1..=MOST_RECENT).contains(&limit) {
            let expected = format!("a number from 1 to {MOST_RECENT}");
            return Err(ApiError::bad_field("limit", expected));
        }
        let wanted = Wanted::new(types.0.as_deref(), session_id.0);
        let (frames, oldest_id) = self.bus.recent(limit, |frame| wanted.lets_pass(frame));
        Ok(Json(RecentNews {
            events: frames.iter().filter_map(NewsItem::of).collect(),
            oldest_id,
            first_id: self.bus.first_id(),
        }))
    }
}

impl NewsItem {
    /// None when it is no JSON, which the bus never sends.
    fn of(frame: &Frame) -> Option<Self> {
        Some(Self {
            id: frame.id,
            event: NewsValue(serde_json::from_slice(&frame.json).ok()?),
        })
    }
}

/// Which news a reader wants.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    types: Option<Vec<String>>,
    session_id: Option<SessionId>,
}

impl Wanted {
    /// Types separated by commas; none: all.
    fn new(types: Option<&str>, session_id: Option<SessionId>) -> Self {
        let types = types.map(|types| {
            types
                .split(',')
                .map(|name| name.trim().to_owned())
                .filter(|n| !n.is_empty())
                .collect()
        });
        Self { types, session_id }
    }

    fn lets_pass(&self, frame: &Frame) -> bool {
        let of_type = self
            .types
            .as_ref()
            .is_none_or(|types| types.iter().any(|name| name == frame.name));
        let of_session = self
            .session_id
            .as_ref()
            .is_none_or(|id| frame.session_id.as_ref() == Some(id));
        of_type && of_session
    }
}
