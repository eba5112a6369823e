//! What the agent remembers: entries under keys, each with its versions.

use poem_openapi::Enum;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{SessionId, Timestamp, TurnId};

/// The category of what always matters.
pub const CORE: &str = "core";
/// The category of what a day brought.
pub const DAILY: &str = "daily";
/// The category of what was said in conversations.
pub const CONVERSATION: &str = "conversation";
/// What stands before the memories that go along with a message to the model.
pub const MEMORIES_OPEN: &str = "\n\n<memories>\n";

/// Who wrote a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum MemoryAuthor {
    /// Its owner, over the API.
    Owner,
    /// The agent, with a tool.
    Agent,
    /// The gateway, which keeps what was said.
    Auto,
}

/// What made a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum MemoryVerb {
    /// The entry is new.
    Created,
    /// Its words, its category or its key changed.
    Edited,
    /// It was pinned, or is no longer.
    Pinned,
    /// It was deleted.
    Deleted,
    /// An earlier version is back.
    Restored,
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

words!(MemoryAuthor { Owner = "owner", Agent = "agent", Auto = "auto" });
words!(MemoryVerb {
    Created = "created",
    Edited = "edited",
    Pinned = "pinned",
    Deleted = "deleted",
    Restored = "restored",
});

/// Something remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryEntry {
    /// Its place in the database.
    pub row: i64,
    /// Names it, whatever its key.
    pub id: Uuid,
    /// What it is called.
    pub key: String,
    /// What is remembered.
    pub content: String,
    /// core, daily, conversation, or a name of its owner's own.
    pub category: String,
    /// Always told to the model, and first in every list.
    pub pinned: bool,
    /// The conversation it comes from.
    pub session_id: Option<SessionId>,
    /// The turn it comes from.
    pub turn_id: Option<TurnId>,
    /// Who wrote its present version.
    pub author: MemoryAuthor,
    /// 1, 2, 3 …: rises with every change.
    pub version: u32,
    /// When it was first written.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
}

/// A state that an entry was in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryVersion {
    /// Its number.
    pub version: u32,
    /// What the entry was called.
    pub key: String,
    /// What was remembered.
    pub content: String,
    /// Its category.
    pub category: String,
    /// Whether it was pinned.
    pub pinned: bool,
    /// Who wrote it.
    pub author: MemoryAuthor,
    /// What made it.
    pub change: MemoryVerb,
    /// When.
    pub at: Timestamp,
}

/// How many entries a category has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryCount {
    /// Its name.
    pub name: String,
    /// Entries in it, those in the bin not counted.
    pub count: u64,
}
