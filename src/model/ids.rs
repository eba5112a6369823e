//! Identifiers. Ours are UUIDv7; a session's may be chosen by its client.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize, de};
use uuid::Uuid;

use super::schema::openapi_string;

/// Why a text is no identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// It is not a UUID.
    #[error("expected a UUID such as 0199b1c2-7a3e-7c11-9d5e-3f2a1b0c4d5e")]
    NotUuid,
    /// It can't name a session.
    #[error("a session id is 1 to 128 characters out of A-Z a-z 0-9 . _ : @ + -")]
    NotSession,
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $text:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh, time-ordered id.
            pub fn fresh() -> Self {
                Self(Uuid::now_v7())
            }

            /// Reads the 16 bytes that the database holds.
            pub fn from_bytes(bytes: &[u8]) -> Result<Self, IdError> {
                Uuid::from_slice(bytes).map(Self).map_err(|_| IdError::NotUuid)
            }

            /// The 16 bytes that the database holds.
            pub fn as_bytes(&self) -> &[u8] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(out)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::try_parse(text).map(Self).map_err(|_| IdError::NotUuid)
            }
        }

        openapi_string!($name, $text, "uuid");
    };
}

uuid_id!(
    /// Names a turn.
    TurnId,
    "TurnId"
);
uuid_id!(
    /// Names a call of a model provider.
    CallId,
    "CallId"
);
uuid_id!(
    /// Names a paired device.
    DeviceId,
    "DeviceId"
);
uuid_id!(
    /// Names one message of a turn: the user's has the turn's own id, the answer the id with its
    /// lowest bit flipped, so that both are UUIDv7, distinct, and found from the turn alone.
    MessageId,
    "MessageId"
);

uuid_id!(
    /// Names a request for its owner's decision.
    ApprovalId,
    "ApprovalId"
);
uuid_id!(
    /// Names a rule about tool calls.
    RuleId,
    "RuleId"
);
uuid_id!(
    /// Names something in the trash.
    TrashId,
    "TrashId"
);
uuid_id!(
    /// Names a scheduled job.
    CronJobId,
    "CronJobId"
);
uuid_id!(
    /// Names one run of a scheduled job.
    CronRunId,
    "CronRunId"
);

impl MessageId {
    /// The id of what the user said in `turn`.
    pub fn of_input(turn: TurnId) -> Self {
        Self(turn.0)
    }

    /// The id of what was answered in `turn`.
    pub fn of_answer(turn: TurnId) -> Self {
        Self(Uuid::from_u128(turn.0.as_u128() ^ 1))
    }
}

/// Names a session: a UUIDv7 of ours, or a short name that a client chose.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(Arc<str>);

impl SessionId {
    /// A fresh, time-ordered id.
    pub fn fresh() -> Self {
        Self(Uuid::now_v7().hyphenated().to_string().into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl FromStr for SessionId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let allowed = |letter: u8| letter.is_ascii_alphanumeric() || b"._:@+-".contains(&letter);
        if (1..=128).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.into()))
        } else {
            Err(IdError::NotSession)
        }
    }
}

impl Serialize for SessionId {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for SessionId {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(de::Error::custom)
    }
}

openapi_string!(SessionId, "SessionId", "session-id");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_may_have_a_name_of_its_clients_choice() {
        assert!("my-session".parse::<SessionId>().is_ok());
        assert!("whatsapp:+491701234567".parse::<SessionId>().is_ok());
        for bad in ["", "a b", "a/b", "ä", &"x".repeat(129)] {
            assert_eq!(bad.parse::<SessionId>(), Err(IdError::NotSession));
        }
    }

    #[test]
    fn the_two_messages_of_a_turn_have_different_ids() {
        let turn = TurnId::fresh();
        let (input, answer) = (MessageId::of_input(turn), MessageId::of_answer(turn));
        assert_ne!(input, answer);
        assert_eq!(answer.0.get_version_num(), 7);
    }
}
