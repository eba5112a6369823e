//! What is done about a socket's frames: messages become turns, turns are followed, news is
//! passed on. One task a socket; it reads turns at its peer's pace.

use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::Arc,
    time::Duration,
};

use futures_util::{
    StreamExt as _,
    stream::{BoxStream, SelectAll},
};
use tokio_util::sync::CancellationToken;

use super::{
    Sockets,
    connection::{Close, Connection, Gone},
    frame::{
        Ack, AckState, ApprovalResponseFrame, CancelFrame, ClientFrame, Closing, EmptyFrame,
        FrameError, MessageFrame, ResumeFrame, ServerFrame, SessionStart, SubscribeFrame,
    },
    translate::{news_frame, refusal_of, refusal_of_ruling, ruling, turn_request, turn_texts},
};
use crate::{
    agent::{EventFrame, Started, TurnReader},
    api::{self, Caller, Limits},
    approvals::ApprovalsError,
    model::{Origin, Scope, SessionId, TurnId},
    security::{ClientKey, LimitClass},
    telemetry::bus::{News, Reader},
};

/// Turns followed at once on one socket.
const MAX_FOLLOWED: usize = 64;
/// Sessions remembered as known to a peer.
const MAX_SESSIONS: usize = 1000;
/// How long `/ws` waits for a token.
const FIRST_FRAME: Duration = Duration::from_secs(10);
/// News handed over at once.
const NEWS_BATCH: usize = 128;

type Followed = BoxStream<'static, (TurnId, Vec<EventFrame>)>;

/// The news a peer asked for.
struct Subscription {
    reader: Reader,
    types: Option<HashSet<String>>,
}

/// One socket.
pub(super) struct Conversation {
    sockets: Arc<Sockets>,
    connection: Connection,
    ip: IpAddr,
    turns: SelectAll<Followed>,
    followed: HashMap<TurnId, CancellationToken>,
    news: Option<Subscription>,
    greeted: HashSet<SessionId>,
}

impl Conversation {
    pub(super) fn new(sockets: Arc<Sockets>, connection: Connection, ip: IpAddr) -> Self {
        Self {
            sockets,
            connection,
            ip,
            turns: SelectAll::new(),
            followed: HashMap::new(),
            news: None,
            greeted: HashSet::new(),
        }
    }

    /// Talks until the peer leaves, the gateway stops, or the token is gone.
    pub(super) async fn run(mut self, caller: Option<Caller>, session_id: Option<SessionId>) {
        let (caller, first) = match caller {
            Some(caller) => (caller, None),
            None => match self.admit().await {
                Ok((caller, first)) => (caller, Some(first)),
                Err(Some(why)) => return self.connection.close(why).await,
                Err(None) => return,
            },
        };
        let _present = self.sockets.tokens.connected(&caller.principal, self.ip);
        let session_id = session_id.unwrap_or_else(SessionId::fresh);
        let stopping = self.sockets.tasks.stopping().clone();
        let revoked = caller.revoked.clone();
        let why = tokio::select! {
            biased;
            () = revoked.cancelled_owned() => Close::TokenGone,
            () = stopping.cancelled_owned() => Close::Restart,
            _gone = self.talk(&caller, &session_id, first) => return,
        };
        let reason = if why == Close::Restart {
            "restart"
        } else {
            "token_gone"
        };
        let closing = ServerFrame::Closing(Closing {
            reason: reason.to_owned(),
        });
        if self.say(&closing).await.is_ok() {
            self.connection.close(why).await;
        }
    }

    /// On `/ws`: the first frame carries the token.
    async fn admit(&mut self) -> Result<(Caller, ClientFrame), Option<Close>> {
        let text = tokio::time::timeout(FIRST_FRAME, self.connection.receive())
            .await
            .map_err(|_| Some(Close::Policy))?
            .map_err(|Gone| None)?;
        let Ok(ClientFrame::Message(frame)) = ClientFrame::parse(&text) else {
            return Err(Some(Close::Policy));
        };
        let token = frame.token.as_deref().unwrap_or_default();
        match self.sockets.tokens.authenticate(token, self.ip) {
            Some(admitted) => {
                let caller = Caller {
                    principal: admitted.principal,
                    ip: self.ip,
                    revoked: admitted.revoked,
                };
                Ok((caller, ClientFrame::Message(frame)))
            }
            None => {
                let refused = match self.sockets.failures.count(self.ip) {
                    Ok(()) => FrameError::new(
                        "UNAUTHORIZED",
                        "The token is not known; pair this client again.",
                    ),
                    Err(wait) => FrameError {
                        retry_after: Some(wait),
                        ..FrameError::new("RATE_LIMITED", "Too many wrong tokens.")
                    },
                };
                self.say(&ServerFrame::Error(refused))
                    .await
                    .map_err(|Gone| None)?;
                Err(Some(Close::TokenGone))
            }
        }
    }

    async fn talk(
        &mut self,
        caller: &Caller,
        session_id: &SessionId,
        first: Option<ClientFrame>,
    ) -> Result<(), Gone> {
        self.greet(session_id).await?;
        if let Some(frame) = first {
            self.act(caller, session_id, frame).await?;
        }
        loop {
            tokio::select! {
                text = self.connection.receive() => match ClientFrame::parse(&text?) {
                    Ok(frame) => self.act(caller, session_id, frame).await?,
                    Err(problem) => self.refuse("INVALID_REQUEST", problem.0).await?,
                },
                Some((turn, batch)) = self.turns.next(), if !self.turns.is_empty() => {
                    self.pass_on(turn, batch).await?;
                }
                batch = next_news(&mut self.news) => self.pass_on_news(batch).await?,
            }
        }
    }

    async fn act(
        &mut self,
        caller: &Caller,
        session_id: &SessionId,
        frame: ClientFrame,
    ) -> Result<(), Gone> {
        let needed = match frame {
            ClientFrame::Message(_) | ClientFrame::Cancel(_) | ClientFrame::ApprovalResponse(_) => {
                Scope::Chat
            }
            _ => Scope::Read,
        };
        if !caller.principal.may(needed) {
            let sentence = format!(
                "This token may not do that: it lacks the scope \"{}\".",
                needed.as_str()
            );
            return self.refuse("FORBIDDEN", sentence).await;
        }
        match frame {
            ClientFrame::Message(frame) => self.message(caller, session_id, frame).await,
            ClientFrame::Cancel(frame) => self.cancel(frame).await,
            ClientFrame::Resume(frame) => self.resume(frame).await,
            ClientFrame::Subscribe(frame) => {
                self.subscribe(frame);
                Ok(())
            }
            ClientFrame::Unsubscribe(_) => {
                self.news = None;
                Ok(())
            }
            ClientFrame::ApprovalResponse(frame) => self.decide(caller, frame).await,
            ClientFrame::Ping(_) => self.say(&ServerFrame::Pong(EmptyFrame {})).await,
        }
    }

    async fn message(
        &mut self,
        caller: &Caller,
        session_id: &SessionId,
        frame: MessageFrame,
    ) -> Result<(), Gone> {
        let client_id = frame.client_id.clone();
        if let Some(refusal) = self.over_limit(caller) {
            return self
                .say(&ServerFrame::Error(FrameError {
                    client_id,
                    ..refusal
                }))
                .await;
        }
        let session_id = frame
            .session_id
            .clone()
            .unwrap_or_else(|| session_id.clone());
        let limits = Limits::of(&self.sockets.config.current());
        let request = match turn_request(frame, session_id.clone(), limits) {
            Ok(request) => request,
            Err(refusal) => {
                return self
                    .say(&ServerFrame::Error(FrameError {
                        client_id,
                        ..refusal
                    }))
                    .await;
            }
        };
        self.greet(&session_id).await?;
        let device = caller.principal.device_id;
        match self
            .sockets
            .agent
            .start(request, Origin::Chat, device)
            .await
        {
            Ok(Started::New(handle)) => {
                let position = u32::try_from(handle.position).unwrap_or(u32::MAX);
                // A message that replaces another is said in the session of that one.
                let session_id = handle.session_id().clone();
                self.acknowledge(handle.turn_id(), session_id, position, client_id, false)
                    .await?;
                self.follow(handle.follow());
                Ok(())
            }
            Ok(Started::Duplicate(turn_id)) => {
                let position = self.sockets.agent.position(turn_id).unwrap_or(0);
                let position = u32::try_from(position).unwrap_or(u32::MAX);
                // The first time may have been over another connection, in its session.
                let first = self.sockets.agent.find(turn_id).await;
                let session_id = match first {
                    Ok(Some(turn)) => turn.session_id,
                    Ok(None) | Err(_) => session_id,
                };
                self.acknowledge(turn_id, session_id, position, client_id, true)
                    .await?;
                self.follow_from(turn_id, 0).await
            }
            Err(error) => {
                let refusal = refusal_of(&error);
                self.say(&ServerFrame::Error(FrameError {
                    client_id,
                    ..refusal
                }))
                .await
            }
        }
    }

    async fn acknowledge(
        &mut self,
        turn_id: TurnId,
        session_id: SessionId,
        position: u32,
        client_id: Option<String>,
        duplicate: bool,
    ) -> Result<(), Gone> {
        let state = if position == 0 {
            AckState::Running
        } else {
            AckState::Queued
        };
        let ack = Ack {
            turn_id,
            session_id,
            state,
            position,
            client_id,
            duplicate,
        };
        self.say(&ServerFrame::Ack(ack)).await
    }

    async fn cancel(&mut self, frame: CancelFrame) -> Result<(), Gone> {
        match self.sockets.agent.cancel(frame.turn_id).await {
            Ok(()) => Ok(()),
            Err(error) => {
                let turn_id = Some(frame.turn_id);
                let refusal = FrameError {
                    turn_id,
                    ..refusal_of(&error)
                };
                self.say(&ServerFrame::Error(refusal)).await
            }
        }
    }

    async fn resume(&mut self, frame: ResumeFrame) -> Result<(), Gone> {
        self.follow_from(frame.turn_id, frame.after_seq).await
    }

    async fn decide(&mut self, caller: &Caller, frame: ApprovalResponseFrame) -> Result<(), Gone> {
        let turn_id = frame.turn_id;
        let by = api::decider(&caller.principal, &self.sockets.tokens);
        let approvals = &self.sockets.approvals;
        let decided = match frame.request_id.parse() {
            Ok(request) => approvals.decide(turn_id, request, ruling(frame), by).await,
            Err(_) => Err(ApprovalsError::Unknown),
        };
        match decided {
            Ok(_) => Ok(()),
            Err(error) => {
                let refusal = FrameError {
                    turn_id: Some(turn_id),
                    ..refusal_of_ruling(&error)
                };
                self.say(&ServerFrame::Error(refusal)).await
            }
        }
    }

    fn subscribe(&mut self, frame: SubscribeFrame) {
        self.news = Some(Subscription {
            reader: self.sockets.bus.subscribe(frame.after_id),
            types: frame.types.map(|types| types.into_iter().collect()),
        });
    }

    async fn follow_from(&mut self, turn_id: TurnId, after_seq: u32) -> Result<(), Gone> {
        match self.sockets.agent.follow(turn_id, after_seq).await {
            Ok(reader) => {
                if self.followed.len() >= MAX_FOLLOWED && !self.followed.contains_key(&turn_id) {
                    let sentence =
                        format!("At most {MAX_FOLLOWED} turns are followed on one socket.");
                    return self.refuse("RATE_LIMITED", sentence).await;
                }
                self.follow(reader);
                Ok(())
            }
            Err(error) => {
                let refusal = FrameError {
                    turn_id: Some(turn_id),
                    ..refusal_of(&error)
                };
                self.say(&ServerFrame::Error(refusal)).await
            }
        }
    }

    /// Follows a turn, in place of an earlier reader of the same.
    fn follow(&mut self, reader: TurnReader) {
        let turn_id = reader.turn_id();
        let stop = CancellationToken::new();
        if let Some(earlier) = self.followed.insert(turn_id, stop.clone()) {
            earlier.cancel();
        }
        let batches = futures_util::stream::unfold(Some(reader), move |reader| async move {
            let mut reader = reader?;
            match reader.next_batch().await {
                Ok(batch) if batch.is_empty() => Some(((turn_id, batch), None)),
                Ok(batch) => Some(((turn_id, batch), Some(reader))),
                Err(error) => {
                    tracing::error!(%error, turn = %turn_id, "a turn could not be read");
                    Some(((turn_id, Vec::new()), None))
                }
            }
        });
        self.turns
            .push(batches.take_until(stop.cancelled_owned()).boxed());
    }

    async fn pass_on(&mut self, turn: TurnId, batch: Vec<EventFrame>) -> Result<(), Gone> {
        if batch.is_empty() {
            self.followed.remove(&turn);
            return Ok(());
        }
        let texts = turn_texts(&batch);
        self.connection.send(texts).await
    }

    async fn pass_on_news(&mut self, batch: Vec<News>) -> Result<(), Gone> {
        let texts = self.news_texts(batch);
        if texts.is_empty() {
            Ok(())
        } else {
            self.connection.send(texts).await
        }
    }

    fn news_texts(&self, batch: Vec<News>) -> Vec<String> {
        let types = self.news.as_ref().and_then(|news| news.types.as_ref());
        batch
            .into_iter()
            .filter_map(|news| news_frame(news, types))
            .collect()
    }

    /// Says where a session stands, the first time it is used here.
    async fn greet(&mut self, id: &SessionId) -> Result<(), Gone> {
        if self.greeted.contains(id) {
            return Ok(());
        }
        if self.greeted.len() >= MAX_SESSIONS {
            self.greeted.clear();
        }
        self.greeted.insert(id.clone());
        // A session that is not known, or was deleted, begins with its first message.
        let message_count = self
            .sockets
            .sessions
            .get(id)
            .await
            .map_or(0, |session| session.message_count);
        self.say(&ServerFrame::SessionStart(SessionStart {
            session_id: id.clone(),
            resumed: message_count > 0,
            message_count,
        }))
        .await
    }

    fn over_limit(&self, caller: &Caller) -> Option<FrameError> {
        let key = ClientKey::of(&caller.principal, caller.ip);
        let decision = self.sockets.limits.check(LimitClass::Chat, key)?;
        (!decision.allowed).then(|| FrameError {
            retry_after: Some(decision.reset_secs),
            ..FrameError::new(
                "RATE_LIMITED",
                format!("Too many messages; try again in {} s.", decision.reset_secs),
            )
        })
    }

    async fn refuse(&mut self, code: &str, sentence: impl Into<String>) -> Result<(), Gone> {
        self.say(&ServerFrame::Error(FrameError::new(code, sentence)))
            .await
    }

    async fn say(&mut self, frame: &ServerFrame) -> Result<(), Gone> {
        self.connection.send(vec![frame.text()]).await
    }
}

/// News, if it was asked for.
async fn next_news(news: &mut Option<Subscription>) -> Vec<News> {
    match news {
        Some(news) => news.reader.next_batch(NEWS_BATCH).await,
        None => std::future::pending().await,
    }
}
