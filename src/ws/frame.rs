//! What the frames of a socket say. The types are those of the document of events; a turn's own
//! events go over the socket as they are.

use poem_openapi::{
    Enum, Object, Union,
    registry::Registry,
    types::{ParseFromJSON, ToJSON as _, Type as _},
};
use serde_json::Value;

use crate::{
    api::{self, AttachmentInput, Text, asyncapi::FrameSchema},
    model::{Decision, Reach, SessionId, TurnId},
    telemetry::bus::Frame,
};

/// A message to the agent. The `type` may be left out.
#[derive(Debug, Object)]
pub struct MessageFrame {
    /// What to say.
    pub message: Option<Text>,
    /// The same, under another name.
    pub content: Option<Text>,
    /// The session to say it in; that of the connection if none is named.
    pub session_id: Option<SessionId>,
    /// Further texts for the agent to consider. Left out with `replaces`: those of the turn that
    /// is replaced.
    pub context: Option<Vec<Value>>,
    /// Files for the agent to look at. Left out with `replaces`: those of the turn that is
    /// replaced.
    pub attachments: Option<Vec<AttachmentInput>>,
    /// A model other than that of the session.
    pub model: Option<String>,
    /// The turn whose place this message takes; it must have ended.
    pub replaces: Option<TurnId>,
    /// Comes back with the acknowledgement.
    pub client_id: Option<String>,
    /// Makes the message count once, however often it is sent.
    pub idempotency_key: Option<String>,
    /// On `/ws`, in the first frame: the token.
    pub token: Option<String>,
}

/// Stops a turn.
#[derive(Debug, Object)]
pub struct CancelFrame {
    /// The turn.
    pub turn_id: TurnId,
}

/// Follows a turn from any point.
#[derive(Debug, Object)]
pub struct ResumeFrame {
    /// The turn.
    pub turn_id: TurnId,
    /// The `seq` of the last event you have.
    #[oai(default)]
    pub after_seq: u32,
    /// Its session; not needed.
    pub session_id: Option<SessionId>,
}

/// Asks for the news too.
#[derive(Debug, Object)]
pub struct SubscribeFrame {
    /// Only these types.
    pub types: Option<Vec<String>>,
    /// The id of the last piece of news you have.
    pub after_id: Option<u64>,
}

/// Decides on a tool call.
#[derive(Debug, Object)]
pub struct ApprovalResponseFrame {
    /// The turn.
    pub turn_id: TurnId,
    /// The request.
    pub request_id: String,
    /// The decision: approve, deny or always.
    pub decision: Decision,
    /// How far it holds; left out: once, or always for that decision.
    pub scope: Option<Reach>,
    /// Why; the agent is told.
    pub reason: Option<String>,
    /// The answer to a question.
    pub answer: Option<String>,
}

/// Nothing more to say.
#[derive(Debug, Object)]
pub struct EmptyFrame {}

/// What a client sends.
#[derive(Debug, Union)]
#[oai(discriminator_name = "type")]
pub enum ClientFrame {
    /// A message to the agent.
    #[oai(mapping = "message")]
    Message(MessageFrame),
    /// Stops a turn.
    #[oai(mapping = "cancel")]
    Cancel(CancelFrame),
    /// Follows a turn from any point.
    #[oai(mapping = "resume")]
    Resume(ResumeFrame),
    /// Asks for the news too.
    #[oai(mapping = "subscribe")]
    Subscribe(SubscribeFrame),
    /// No more news.
    #[oai(mapping = "unsubscribe")]
    Unsubscribe(EmptyFrame),
    /// Decides on a tool call.
    #[oai(mapping = "approval_response")]
    ApprovalResponse(ApprovalResponseFrame),
    /// Asks for a `pong`.
    #[oai(mapping = "ping")]
    Ping(EmptyFrame),
}

/// Why a frame makes no sense: a sentence for its sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameProblem(pub String);

impl ClientFrame {
    /// Reads a frame. Only JSON objects are frames; one without a `type` is a message.
    pub fn parse(text: &str) -> Result<Self, FrameProblem> {
        let value: Value = serde_json::from_str(text)
            .map_err(|error| FrameProblem(format!("The frame is not JSON: {error}.")))?;
        let Value::Object(fields) = &value else {
            return Err(FrameProblem("A frame is a JSON object.".to_owned()));
        };
        let kind = match fields.get("type") {
            None => "message".to_owned(),
            Some(Value::String(kind)) => kind.clone(),
            Some(_) => return Err(FrameProblem("The field \"type\" is a text.".to_owned())),
        };
        let frame = value;
        match kind.as_str() {
            "message" => read(frame).map(Self::Message),
            "cancel" => read(frame).map(Self::Cancel),
            "resume" => read(frame).map(Self::Resume),
            "subscribe" => read(frame).map(Self::Subscribe),
            "unsubscribe" => read(frame).map(Self::Unsubscribe),
            "approval_response" => read(frame).map(Self::ApprovalResponse),
            "ping" => read(frame).map(Self::Ping),
            other => {
                let other: String = other.chars().take(40).collect();
                Err(FrameProblem(format!(
                    "There is no frame of type {other:?}; there are message, cancel, resume, \
                     subscribe, unsubscribe, approval_response and ping."
                )))
            }
        }
    }
}

fn read<T: ParseFromJSON>(value: Value) -> Result<T, FrameProblem> {
    api::parse_json(value).map_err(|fault| {
        FrameProblem(match fault.field {
            Some(field) => format!("The field \"{field}\" is not right: {}.", fault.expected),
            None => format!("The frame is not right: {}.", fault.expected),
        })
    })
}

/// A session is used on this connection for the first time.
#[derive(Debug, Object)]
pub struct SessionStart {
    /// The session.
    pub session_id: SessionId,
    /// Whether anything was said in it before.
    pub resumed: bool,
    /// Messages of both sides.
    pub message_count: u64,
}

/// Whether an accepted message is worked on.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
pub enum AckState {
    /// It is.
    Running,
    /// Others come first.
    Queued,
}

/// A message was accepted: it is in the database.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Ack {
    /// Its turn.
    pub turn_id: TurnId,
    /// Its session.
    pub session_id: SessionId,
    /// Whether it is worked on.
    pub state: AckState,
    /// How many turns come before it.
    pub position: u32,
    /// What the client called it.
    pub client_id: Option<String>,
    /// It had been accepted before, under the same idempotency key.
    pub duplicate: bool,
}

/// A frame was refused. A turn's own `error` event has a `seq`; this has none.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct FrameError {
    /// A stable word.
    pub code: String,
    /// A sentence.
    pub message: String,
    /// What the client called the message.
    pub client_id: Option<String>,
    /// The turn it was about.
    pub turn_id: Option<TurnId>,
    /// Seconds to wait.
    pub retry_after: Option<u64>,
}

impl FrameError {
    /// A refusal.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            client_id: None,
            turn_id: None,
            retry_after: None,
        }
    }
}

/// The socket is about to be closed.
#[derive(Debug, Object)]
pub struct Closing {
    /// restart or token_gone.
    pub reason: String,
}

/// News went by that is no longer kept: fetch anew what you show.
#[derive(Debug, Object)]
pub struct GapFrame {
    /// How many; null after a restart of the gateway.
    pub missed: Option<u64>,
    /// The id that follows the gap.
    pub resume_from: u64,
}

/// What the gateway sends beside a turn's events and the news.
#[derive(Debug, Union)]
#[oai(discriminator_name = "type")]
pub enum ServerFrame {
    /// A session is used for the first time.
    #[oai(mapping = "session_start")]
    SessionStart(SessionStart),
    /// A message was accepted.
    #[oai(mapping = "ack")]
    Ack(Ack),
    /// A frame was refused.
    #[oai(mapping = "error")]
    Error(FrameError),
    /// News went by.
    #[oai(mapping = "gap")]
    Gap(GapFrame),
    /// The answer to a ping.
    #[oai(mapping = "pong")]
    Pong(EmptyFrame),
    /// The socket is about to be closed.
    #[oai(mapping = "closing")]
    Closing(Closing),
}

impl ServerFrame {
    /// The frame as it goes out.
    pub fn text(&self) -> String {
        self.to_json_string()
    }
}

/// A piece of news as it goes out: its JSON is used as it is.
pub fn news_text(frame: &Frame) -> String {
    let json = String::from_utf8_lossy(&frame.json);
    format!(
        "{{\"type\":\"event\",\"id\":{},\"event\":{json}}}",
        frame.id
    )
}

/// Registers the frames for the document of events.
pub fn register(registry: &mut Registry) -> Vec<FrameSchema> {
    ClientFrame::register(registry);
    ServerFrame::register(registry);
    let frame = |name: std::borrow::Cow<'static, str>, from_client| FrameSchema {
        name: name.into_owned(),
        from_client,
    };
    vec![
        frame(ClientFrame::name(), true),
        frame(ServerFrame::name(), false),
    ]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_documented_frame_needs_no_type() {
        let frame = ClientFrame::parse(r#"{"message": "Hello", "session_id": "my-session"}"#);
        let Ok(ClientFrame::Message(frame)) = frame else {
            panic!("a message: {frame:?}")
        };
        assert_eq!(frame.message, Some(Text("Hello".to_owned())));
        assert_eq!(frame.session_id.unwrap().as_str(), "my-session");
    }

    #[test]
    fn a_refusal_says_what_is_wrong() {
        for (text, expected) in [
            ("", "not JSON"),
            ("[1]", "JSON object"),
            (r#"{"type": 1}"#, "\"type\" is a text"),
            (r#"{"type": "dance"}"#, "no frame of type \"dance\""),
            (r#"{"type": "cancel"}"#, "turn_id"),
            (r#"{"type": "cancel", "turn_id": "x"}"#, "UUID"),
            (r#"{"message": "x", "session_id": "a b"}"#, "session id"),
        ] {
            let problem = ClientFrame::parse(text).unwrap_err().0;
            assert!(problem.contains(expected), "{text}: {problem}");
        }
    }

    proptest! {
        #[test]
        fn no_text_upsets_the_parser(text in any::<String>()) {
            let _either = ClientFrame::parse(&text);
        }

        #[test]
        fn no_object_upsets_the_parser(
            kind in "message|cancel|resume|subscribe|approval_response|ping|[a-z]{0,9}",
            field in "message|content|session_id|turn_id|after_seq|types|attachments|decision",
            value in any::<i64>(),
            text in any::<String>(),
        ) {
            for value in [Value::from(value), Value::from(text), Value::Null, Value::from(vec![1])] {
                let frame = serde_json::json!({"type": kind, field.as_str(): value});
                let _either = ClientFrame::parse(&frame.to_string());
            }
        }
    }
}
