//! `GET /api/events`: the news, as a stream.

use poem_openapi::{
    OpenApi,
    param::{Header, Query},
};

use super::{
    ApiError, Caller, Group,
    event_schema::NewsSchema,
    sse::{Ends, Sse},
};
use crate::{
    model::SessionId,
    tasks::Tasks,
    telemetry::{Bus, Metrics, bus::Frame},
};

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
