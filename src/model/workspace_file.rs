//! Files of the workspace: who changed them, how, and what they were before.

use poem_openapi::Enum;
use serde::{Deserialize, Serialize};

use super::{SessionId, Timestamp, TrashId, TurnId};

/// Who changed a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum FileAuthor {
    /// Its owner, over the API.
    Owner,
    /// The agent, with a tool.
    Agent,
    /// Somebody past the gateway: a command, an editor, another program.
    Outside,
}

/// What was done to a file or a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum FileChange {
    /// It is new.
    Created,
    /// Its content changed.
    Edited,
    /// It is somewhere else now.
    Moved,
    /// It went into the trash.
    Deleted,
    /// It came back from the trash, or an earlier version of it did.
    Restored,
    /// It was found changed by somebody past the gateway.
    Noticed,
    /// It left the trash for good.
    Purged,
}

macro_rules! words {
    ($type:ty { $($variant:ident = $word:literal),* $(,)? }) => {
        impl $type {
            /// Its word in the database and on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl std::str::FromStr for $type {
            type Err = ();

            fn from_str(word: &str) -> Result<Self, ()> {
                match word { $($word => Ok(Self::$variant),)* _ => Err(()) }
            }
        }
    };
}

words!(FileAuthor { Owner = "owner", Agent = "agent", Outside = "outside" });
words!(FileChange {
    Created = "created",
    Edited = "edited",
    Moved = "moved",
    Deleted = "deleted",
    Restored = "restored",
    Noticed = "noticed",
    Purged = "purged",
});

/// Who does something to files, and in which turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileActor {
    /// Who.
    pub author: FileAuthor,
    /// The agent's conversation.
    pub session_id: Option<SessionId>,
    /// The agent's turn.
    pub turn_id: Option<TurnId>,
}

impl FileActor {
    /// The owner.
    pub const OWNER: Self = Self {
        author: FileAuthor::Owner,
        session_id: None,
        turn_id: None,
    };
    /// Somebody past the gateway.
    pub const OUTSIDE: Self = Self {
        author: FileAuthor::Outside,
        session_id: None,
        turn_id: None,
    };

    /// The agent, in a turn.
    pub const fn agent(session_id: SessionId, turn_id: TurnId) -> Self {
        Self {
            author: FileAuthor::Agent,
            session_id: Some(session_id),
            turn_id: Some(turn_id),
        }
    }
}

/// A state that a file was in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileVersion {
    /// Its number; rises with every change.
    pub version: u32,
    /// SHA-256 of the content.
    pub hash: [u8; 32],
    /// Bytes of the content.
    pub size: u64,
    /// What made it.
    pub change: FileChange,
    /// Who did.
    pub actor: FileActor,
    /// The version that was brought back.
    pub restored_from: Option<u32>,
    /// When.
    pub at: Timestamp,
}

/// Something in the trash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrashItem {
    /// Its place in the database.
    pub row: i64,
    /// Names it.
    pub id: TrashId,
    /// Where it was.
    pub path: String,
    /// Whether it is a folder.
    pub is_folder: bool,
    /// Files in it; 1 for a file.
    pub files: u64,
    /// Their bytes.
    pub size: u64,
    /// Who deleted it.
    pub actor: FileActor,
    /// When.
    pub at: Timestamp,
}
