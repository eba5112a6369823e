//! Model providers: one trait, one adapter a protocol, and providers around providers.

mod catalogue;
mod chat_models;
mod demo;
mod editor;
mod embeddings;
mod failure;
mod fallback;
mod first_model;
mod genai_adapter;
mod kinds;
mod known;
mod metered;
mod model_list;
mod ollama;
mod ollama_watch;
mod openai;
mod openai_answer;
mod openai_request;
mod probe;
mod registry;
mod retry;
#[cfg(test)]
mod scripted;
mod sse;
mod table;
mod timeouts;
mod unusable;

#[cfg(test)]
#[path = "../../tests/support/model_server.rs"]
mod model_server;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use futures_util::stream::BoxStream;

pub use catalogue::{ModelCatalogue, Offer, OfferedModel};
pub use demo::DemoProvider;
pub use editor::{EditError, ProviderChange, ProviderEditor, to_try};
pub use embeddings::{Embedded, Embedder, OllamaEmbedder, OpenAiEmbedder, embedder};
pub use fallback::{Fallback, Spare};
pub use genai_adapter::{GenaiProvider, Protocol};
pub use kinds::{KINDS, KindFacts, KnownServer, SERVERS};
pub use known::{KeyState, KnownProvider};
pub use metered::{CallEnd, Granted, Meter, Metered, MeteredEmbedder, PlannedCall, Unmetered};
pub use ollama::OllamaProvider;
pub use openai::OpenAiProvider;
pub use probe::{ProbeError, ProbeReason, Probed};
pub use registry::{ProviderOptions, ProviderSource, Providers, Selected};
pub use retry::Retry;
pub use timeouts::Timeouts;

use crate::model::{Attachment, BillTo, MicroUsd, OverBudget, Usage};

/// The notice of an answer that reached the model's limit.
const CUT_SHORT: &str = "the answer ends here because it reached the model's length limit";

/// The notice of an answer that the provider did not let through.
const FILTERED: &str = "the answer ends here because the provider's content filter stopped it";

/// Who says a message.
#[derive(Clone, Debug, PartialEq)]
pub enum ChatMessage {
    /// Instructions to the model.
    System(String),
    /// What the user said, with files.
    User {
        /// The text.
        text: String,
        /// Pictures (text files are already part of the text).
        images: Vec<Attachment>,
    },
    /// What the model said, and the tools it asked for.
    Assistant {
        /// The text.
        text: String,
        /// The calls, in order.
        tool_calls: Vec<ToolCall>,
    },
    /// What a tool answered.
    ToolResult {
        /// The call.
        call_id: String,
        /// The tool.
        name: String,
        /// Its output.
        output: String,
    },
}

/// A tool call, whole.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolCall {
    /// Names the call.
    pub id: String,
    /// The tool.
    pub name: String,
    /// Its arguments.
    pub args: serde_json::Value,
}

/// A tool that the model may ask for.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolSpec {
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: String,
    /// JSON Schema of its arguments.
    pub schema: serde_json::Value,
}

/// One call of a model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChatRequest {
    /// The model's own name at its provider.
    pub model: String,
    /// The conversation, oldest first.
    pub messages: Vec<ChatMessage>,
    /// Tools on offer.
    pub tools: Vec<ToolSpec>,
    /// Sampling temperature; none leaves it to the provider.
    pub temperature: Option<f64>,
    /// Upper bound for the answer, in tokens.
    pub max_tokens: Option<u32>,
    /// Who it is for.
    pub bill: BillTo,
}

/// What a provider says of a call beside its tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Billed {
    /// What it charges.
    pub cost: Option<MicroUsd>,
    /// Tokens that it wrote to its cache.
    pub cache_write_tokens: Option<u64>,
}

/// What a model call yields, in order; the last one is [`ChatEvent::End`]. A stream that ends
/// without one, or with an error, yields nothing more.
#[derive(Clone, Debug, PartialEq)]
pub enum ChatEvent {
    /// A piece of reasoning; never empty once it has passed [`Timeouts`].
    Thinking(String),
    /// A piece of the answer; never empty once it has passed [`Timeouts`].
    Text(String),
    /// A tool call, whole.
    ToolCall(ToolCall),
    /// Something its owner should know, such as the change to a fallback.
    Notice(String),
    /// The answer is complete.
    End {
        /// Tokens of the call; zero where the provider did not say.
        usage: Usage,
        /// The provider that answered (a key of `[providers]`, or `ollama`, `demo`).
        provider: String,
        /// The model that answered.
        model: String,
        /// What else the provider said.
        billed: Billed,
    },
}

/// The answer as it comes.
pub type ChatStream = BoxStream<'static, Result<ChatEvent, ProviderError>>;

/// Why a model call failed. `Display` is safe to show: no key, no body, no address with secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// No connection.
    #[error("the provider {provider:?} can't be reached; check its base_url and the network")]
    Unreachable {
        /// The provider.
        provider: String,
    },
    /// A time-out.
    #[error("the provider {provider:?} did not answer in time ({waited_for} took over {secs} s)")]
    Timeout {
        /// The provider.
        provider: String,
        /// `the connection`, `the first token` or `the next token`.
        waited_for: &'static str,
        /// The limit.
        secs: u64,
    },
    /// A status other than success.
    #[error("the provider {provider:?} answered {status}{}", explain(*status))]
    Status {
        /// The provider.
        provider: String,
        /// The HTTP status.
        status: u16,
        /// What `Retry-After` said.
        retry_after_secs: Option<u64>,
    },
    /// An answer that makes no sense.
    #[error("the provider {provider:?} sent an answer that could not be read")]
    Malformed {
        /// The provider.
        provider: String,
    },
    /// The stream broke off.
    #[error("the provider {provider:?} broke off its answer")]
    Broken {
        /// The provider.
        provider: String,
    },
    /// A budget does not let it pass; nothing was sent.
    #[error(transparent)]
    OverBudget(#[from] Box<OverBudget>),
    /// The configuration can't work.
    #[error("the provider {provider:?} can't be used: {reason}")]
    Unusable {
        /// The provider.
        provider: String,
        /// What is missing.
        reason: String,
    },
}

fn explain(status: u16) -> &'static str {
    match status {
        401 | 403 => ": it does not accept the key",
        402 => ": the account has no credit left",
        404 => ": it does not know the model or the address",
        413 => ": the conversation is too long for it",
        429 => ": too many requests",
        500..=599 => ": it has trouble of its own",
        _ => "",
    }
}

/// Something that answers conversations.
#[async_trait]
pub trait LlmProvider: Send + Sync + 'static {
    /// Its name: a key of `[providers]`, or `ollama`, `demo`.
    fn name(&self) -> &str;

    /// Asks the model. The first error may come here or as the stream's first item; dropping
    /// the stream stops the call.
    async fn chat(&self, request: ChatRequest) -> Result<ChatStream, ProviderError>;

    /// The models it has, by their own names.
    async fn models(&self) -> Result<Vec<String>, ProviderError>;
}
