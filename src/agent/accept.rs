//! How a message is accepted: checked, its key looked up, its turn kept, put in line.

use std::sync::Arc;

use super::{
    Agent, AgentError, Started, TurnHandle,
    live::{LiveTurn, Said, TurnJob},
    runner, sessions,
};
use crate::{
    crypto,
    model::{
        Attachment, BusEvent, DeviceId, Origin, SessionChange, SessionChanged, SessionId, TurnId,
    },
    store::{Idempotency, NewTurn, ReplaceRefusal, StartOutcome},
};

/// Longest message, in bytes.
const MAX_MESSAGE_BYTES: usize = 8 * 1024 * 1024;
/// Longest idempotency key, in bytes.
const MAX_KEY_BYTES: usize = 255;
/// Longest name of a model, in characters.
pub(super) const MAX_MODEL_CHARS: usize = 200;

/// A message for the agent.
#[derive(Clone, Debug, Default)]
pub struct TurnRequest {
    /// The session; a fresh one if none is named.
    pub session_id: Option<SessionId>,
    /// Its client did not name the session: it is the connection's. A repeat over another
    /// connection is the same message all the same.
    pub session_is_implied: bool,
    /// What the user says.
    pub message: String,
    /// Texts handed along.
    pub context: Vec<String>,
    /// Files handed along.
    pub attachments: Vec<Attachment>,
    /// Whether tools may be used.
    pub tools: bool,
    /// The only tools that may be used; none: all that its owner allows.
    pub only_tools: Option<Vec<String>>,
    /// Names the turn, for a caller that has to know it before it is accepted; none: a fresh id.
    pub turn_id: Option<TurnId>,
    /// What the session is called, should it be new; none: after the message.
    pub title: Option<String>,
    /// A model other than that of the session.
    pub model: Option<String>,
    /// The scheduled job that it belongs to.
    pub job: Option<String>,
    /// The message whose place it takes.
    pub replaces: Option<Replacement>,
    /// Makes the message count once.
    pub idempotency_key: Option<String>,
}

/// The message that a new one takes the place of. It, and what follows it, is no longer shown,
/// and can be brought back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// Its turn, which must have ended.
    pub turn: TurnId,
    /// Its texts go with the new message too.
    pub keep_context: bool,
    /// Its files go with the new message too.
    pub keep_attachments: bool,
}

impl Agent {
    /// Accepts a message: it is in the database when this returns, and its turn goes on
    /// whatever becomes of the caller, even one that leaves before this returns.
    pub async fn start(
        &self,
        request: TurnRequest,
        origin: Origin,
        device_id: Option<DeviceId>,
    ) -> Result<Started, AgentError> {
        let agent = self.clone();
        self.see_through("accept", async move {
            agent.accept(request, origin, device_id).await
        })
        .await
    }

    async fn accept(
        &self,
        mut request: TurnRequest,
        origin: Origin,
        device_id: Option<DeviceId>,
    ) -> Result<Started, AgentError> {
        let parts = &self.inner.parts;
        if parts.tasks.stopping().is_cancelled() {
            return Err(AgentError::Stopping);
        }
        let key = self.idempotency(&request, device_id)?;
        if let Some(replaced) = request.replaces {
            self.take_over(&mut request, replaced).await?;
        }
        check_model(request.model.as_deref())?;
        check(&request.message, &request.context, &request.attachments)?;
        let fresh = request.session_id.is_none();
        let session_id = request.session_id.unwrap_or_else(SessionId::fresh);
        let turn = NewTurn {
            id: request.turn_id.unwrap_or_else(TurnId::fresh),
            session_id: session_id.clone(),
            title: sessions::title_of(request.title.as_deref().unwrap_or(&request.message)),
            origin,
            device_id,
            input: request.message.clone(),
            context: request.context.clone(),
            attachment_names: request
                .attachments
                .iter()
                .map(|file| file.name.clone())
                .collect(),
            tools: request.tools,
            only_tools: request.only_tools.clone(),
            model: request.model.clone(),
            job: request.job.clone(),
            replaces: request.replaces.map(|replaced| replaced.turn),
            created_at: parts.clock.now(),
        };
        let job = TurnJob {
            id: turn.id,
            session_id: session_id.clone(),
            origin,
            device_id,
            job: request.job,
            model: request.model,
            tools: request.tools,
            only_tools: request.only_tools,
            created_at: turn.created_at,
            first_in_session: fresh,
            recovery: None,
        };
        let said = Said {
            input: request.message,
            context: request.context,
            attachments: request.attachments.clone(),
        };
        let live = Arc::new(LiveTurn::new(job, said));
        // Repeats come one after the other, so that the second finds the first.
        let _in_turn = match &key {
            Some(key) => Some(self.inner.claims(&key.key).lock().await),
            None => None,
        };
        let place = match self.inner.queues.reserve(&session_id) {
            Ok(place) => place,
            Err(full) => return self.repeat(key, full).await,
        };
        match parts
            .store
            .start_turn(turn, request.attachments, key)
            .await?
        {
            StartOutcome::Duplicate(turn) => return Ok(Started::Duplicate(turn)),
            StartOutcome::KeyReused => return Err(AgentError::KeyReused),
            StartOutcome::NotReplaced(refusal) => return Err(refused(refusal)),
            StartOutcome::Started => {}
        }
        let branched = request.replaces.map(|_| SessionChange::Branched);
        for change in branched.into_iter().chain([SessionChange::Message]) {
            parts.bus.publish(&BusEvent::SessionChanged(SessionChanged {
                session_id: session_id.clone(),
                turn_id: Some(live.job.id),
                change,
            }));
        }
        let position = place.enter(&live);
        if position == 0 {
            runner::spawn(&self.inner, Arc::clone(&live));
        }
        Ok(Started::New(TurnHandle {
            live,
            store: parts.store.clone(),
            position,
        }))
    }

    /// Fills in what the message leaves out from the one that it replaces.
    async fn take_over(
        &self,
        request: &mut TurnRequest,
        replaced: Replacement,
    ) -> Result<(), AgentError> {
        let turn = self.find(replaced.turn).await?.ok_or(AgentError::NoTurn)?;
        if replaced.keep_context {
            request.context = turn.context;
        }
        if replaced.keep_attachments && !turn.attachments.is_empty() {
            let store = &self.inner.parts.store;
            request.attachments = store.list_attachments(turn.id).await?;
        }
        if request.session_id.is_none() || request.session_is_implied {
            request.session_id = Some(turn.session_id);
        }
        Ok(())
    }

    /// A message for which there is no place: a repeat needs none.
    async fn repeat(
        &self,
        key: Option<Idempotency>,
        full: AgentError,
    ) -> Result<Started, AgentError> {
        let Some(key) = key else {
            return Err(full);
        };
        match self.inner.parts.store.find_key(key).await? {
            Some(StartOutcome::Duplicate(turn)) => Ok(Started::Duplicate(turn)),
            Some(StartOutcome::KeyReused) => Err(AgentError::KeyReused),
            Some(StartOutcome::Started | StartOutcome::NotReplaced(_)) | None => Err(full),
        }
    }

    fn idempotency(
        &self,
        request: &TurnRequest,
        device_id: Option<DeviceId>,
    ) -> Result<Option<Idempotency>, AgentError> {
        let Some(key) = &request.idempotency_key else {
            return Ok(None);
        };
        let printable = |letter: char| !letter.is_control();
        if key.is_empty() || key.len() > MAX_KEY_BYTES || !key.chars().all(printable) {
            return Err(AgentError::Key);
        }
        let config = self.inner.parts.config.current();
        let ttl = i64::try_from(config.gateway.idempotency_ttl_secs).unwrap_or(i64::MAX);
        Ok(Some(Idempotency {
            scope: device_id.map_or_else(|| "owner".to_owned(), |device| device.to_string()),
            key: key.clone(),
            request_hash: request_hash(request),
            forget_before: self.inner.parts.clock.now().plus_secs(-ttl),
            keep_at_most: config.gateway.idempotency_max_keys,
        }))
    }
}

/// Whether this can be said at all.
pub(super) fn check(
    message: &str,
    context: &[String],
    attachments: &[Attachment],
) -> Result<(), AgentError> {
    if message.trim().is_empty() && attachments.is_empty() {
        return Err(AgentError::Empty);
    }
    if message.len() > MAX_MESSAGE_BYTES {
        return Err(AgentError::Message("is longer than 8 MiB"));
    }
    let mut texts = context.iter().map(String::as_str).chain([message]);
    if texts.any(|text| text.contains('\0')) {
        return Err(AgentError::Message("contains a NUL character"));
    }
    Ok(())
}

fn check_model(model: Option<&str>) -> Result<(), AgentError> {
    match model {
        Some(model) if !model.is_empty() && !is_plausible_model(model) => Err(AgentError::Message(
            "asks for a model whose name is not 1 to 200 printable characters",
        )),
        _ => Ok(()),
    }
}

/// Whether this could be the name of a model; only its provider knows whether it is.
pub(super) fn is_plausible_model(model: &str) -> bool {
    !model.is_empty()
        && model.chars().count() <= MAX_MODEL_CHARS
        && !model.chars().any(char::is_control)
}

fn refused(refusal: ReplaceRefusal) -> AgentError {
    AgentError::Conflict(match refusal {
        ReplaceRefusal::Unknown => return AgentError::NoTurn,
        ReplaceRefusal::OtherSession => "the message to replace was said in another session",
        ReplaceRefusal::Unfinished => {
            "the message to replace is being answered or waits; stop or withdraw it first"
        }
        ReplaceRefusal::Followed => {
            "a message after the one to replace is being answered or waits; stop or withdraw it \
             first"
        }
    })
}

/// What makes two messages the same: what is said, where, and with what.
fn request_hash(request: &TurnRequest) -> [u8; 32] {
    let mut bytes = Vec::new();
    let mut add = |part: &[u8]| {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    };
    let named = request
        .session_id
        .as_ref()
        .filter(|_| !request.session_is_implied);
    add(named.map_or("", SessionId::as_str).as_bytes());
    add(request.message.as_bytes());
    add(request.model.as_deref().unwrap_or("").as_bytes());
    for text in &request.context {
        add(text.as_bytes());
    }
    for file in &request.attachments {
        add(file.name.as_bytes());
        add(&file.data);
    }
    if let Some(replaced) = &request.replaces {
        add(b"replaces");
        add(replaced.turn.as_bytes());
        add(&[
            u8::from(replaced.keep_context),
            u8::from(replaced.keep_attachments),
        ]);
    }
    crypto::sha256(&bytes)
}
