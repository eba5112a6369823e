//! A provider whose every call is counted: announced to a [`Meter`] before it is sent, and settled
//! once, however it ends.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};

use super::{
    Billed, ChatEvent, ChatMessage, ChatRequest, ChatStream, Embedded, Embedder, LlmProvider,
    ProviderError,
};
use crate::model::{BillTo, CallId, CallOrigin, CallStatus, OverBudget, Usage};

/// Tokens that a picture may come to.
const PICTURE: u64 = 1600;
/// Bytes of text that make a token at the least.
const BYTES_A_TOKEN: usize = 3;
/// Tokens that each message costs beside its text.
const AROUND: u64 = 8;

/// A call that is about to be made.
#[derive(Clone, Copy, Debug)]
pub struct PlannedCall<'a> {
    /// The provider that is asked.
    pub provider: &'a str,
    /// The model that is asked; empty where the provider picks one.
    pub model: &'a str,
    /// Who it is for.
    pub bill: &'a BillTo,
    /// Tokens to be sent, rather too many than too few.
    pub input_tokens: u64,
    /// The most tokens that may come back; none where nobody said.
    pub max_output: Option<u64>,
}

/// A call that may be made.
#[derive(Clone, Debug)]
pub struct Granted {
    /// Names it.
    pub call: CallId,
    /// What its owner should know.
    pub notices: Vec<String>,
    /// The answer must not be longer, in tokens: no more is left in a budget.
    pub max_output: Option<u64>,
}

/// A call that is over.
#[derive(Clone, Debug)]
pub struct CallEnd {
    /// How it ended.
    pub status: CallStatus,
    /// The model that answered; empty: the one asked.
    pub model: String,
    /// Tokens, as far as the provider said.
    pub usage: Option<Usage>,
    /// What else the provider said.
    pub billed: Billed,
    /// About how many tokens came, where the provider did not say.
    pub seen_tokens: u64,
    /// To the first piece of the answer.
    pub first_token: Option<Duration>,
    /// To the end.
    pub duration: Duration,
}

/// Counts calls.
#[async_trait]
pub trait Meter: Send + Sync + 'static {
    /// Sets aside what the call may cost, and writes down that it will be made. It must be settled
    /// exactly once.
    async fn reserve(&self, call: PlannedCall<'_>) -> Result<Granted, Box<OverBudget>>;

    /// The call is over. Never waits.
    fn settle(&self, call: CallId, end: CallEnd);
}

/// Settles its call once: with what came, or, when dropped before that, as stopped.
struct Running {
    meter: Arc<dyn Meter>,
    call: CallId,
    began: Instant,
    first_token: Option<Duration>,
    seen_bytes: usize,
    over: bool,
}

impl Running {
    fn begin(meter: &Arc<dyn Meter>, call: CallId) -> Self {
        Self {
            meter: Arc::clone(meter),
            call,
            began: Instant::now(),
            first_token: None,
            seen_bytes: 0,
            over: false,
        }
    }

    fn see(&mut self, text: &str) {
        self.seen_bytes += text.len();
        if self.first_token.is_none() {
            self.first_token = Some(self.began.elapsed());
        }
    }

    fn settle(&mut self, status: CallStatus, model: &str, usage: Option<Usage>, billed: Billed) {
        if std::mem::replace(&mut self.over, true) {
            return;
        }
        self.meter.settle(
            self.call,
            CallEnd {
                status,
                model: model.to_owned(),
                usage,
                billed,
                seen_tokens: self.seen_bytes.div_ceil(BYTES_A_TOKEN) as u64,
                first_token: self.first_token,
                duration: self.began.elapsed(),
            },
        );
    }

    fn fail(&mut self, error: &ProviderError) {
        let late = match error {
            ProviderError::Timeout { waited_for, .. } => *waited_for != "the connection",
            _ => false,
        };
        let status = if self.first_token.is_some() || late {
            CallStatus::Broken
        } else {
            CallStatus::Failed
        };
        self.settle(status, "", None, Billed::default());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.settle(CallStatus::Cancelled, "", None, Billed::default());
    }
}

/// A provider around a provider.
pub struct Metered {
    inner: Arc<dyn LlmProvider>,
    meter: Arc<dyn Meter>,
}

impl Metered {
    /// Counts the calls of `inner`.
    pub fn new(inner: Arc<dyn LlmProvider>, meter: Arc<dyn Meter>) -> Self {
        Self { inner, meter }
    }
}

#[async_trait]
impl LlmProvider for Metered {
    fn name(&self) -> &str {
        self.inner.name()
    }

    async fn chat(&self, mut request: ChatRequest) -> Result<ChatStream, ProviderError> {
        let planned = PlannedCall {
            provider: self.name(),
            model: &request.model,
            bill: &request.bill,
            input_tokens: estimate(&request),
            max_output: request.max_tokens.map(u64::from),
        };
        let granted = self.meter.reserve(planned).await?;
        let mut running = Running::begin(&self.meter, granted.call);
        if let Some(most) = granted.max_output {
            let most = u32::try_from(most).unwrap_or(u32::MAX);
            request.max_tokens = Some(request.max_tokens.map_or(most, |asked| asked.min(most)));
        }
        let answer = match self.inner.chat(request).await {
            Ok(answer) => answer,
            Err(error) => {
                running.fail(&error);
                return Err(error);
            }
        };
        let notices = granted.notices.into_iter();
        let said = stream::iter(notices.map(|notice| Ok(ChatEvent::Notice(notice))));
        let counted = stream::unfold((answer, running), step);
        Ok(said.chain(counted).boxed())
    }

    async fn models(&self) -> Result<Vec<String>, ProviderError> {
        self.inner.models().await
    }
}

async fn step(
    (mut answer, mut running): (ChatStream, Running),
) -> Option<(Result<ChatEvent, ProviderError>, (ChatStream, Running))> {
    let item = answer.next().await;
    match &item {
        Some(Ok(ChatEvent::Text(text) | ChatEvent::Thinking(text))) => running.see(text),
        Some(Ok(ChatEvent::ToolCall(call))) => running.see(&call.args.to_string()),
        Some(Ok(ChatEvent::Notice(_))) => {}
        Some(Ok(ChatEvent::End {
            usage,
            model,
            billed,
            ..
        })) => running.settle(CallStatus::Ok, model, Some(*usage), *billed),
        Some(Err(error)) => running.fail(error),
        // Without an end the answer is not whole.
        None => running.settle(CallStatus::Broken, "", None, Billed::default()),
    }
    item.map(|item| (item, (answer, running)))
}

/// Tokens of a request, rather too many than too few.
fn estimate(request: &ChatRequest) -> u64 {
    let text = |text: &str| text.len().div_ceil(BYTES_A_TOKEN) as u64 + AROUND;
    let messages = request.messages.iter().map(|message| match message {
        ChatMessage::System(said) => text(said),
        ChatMessage::User { text: said, images } => text(said) + images.len() as u64 * PICTURE,
        ChatMessage::Assistant {
            text: said,
            tool_calls,
        } => {
            let calls = tool_calls.iter().map(|call| text(&call.args.to_string()));
            text(said) + calls.sum::<u64>()
        }
        ChatMessage::ToolResult { output, .. } => text(output),
    });
    let tools = request
        .tools
        .iter()
        .map(|tool| text(&tool.description) + text(&tool.schema.to_string()));
    messages.sum::<u64>() + tools.sum::<u64>()
}

/// An embedder around an embedder.
pub struct MeteredEmbedder {
    inner: Arc<dyn Embedder>,
    meter: Arc<dyn Meter>,
}

impl MeteredEmbedder {
    /// Counts the calls of `inner`.
    pub fn new(inner: Arc<dyn Embedder>, meter: Arc<dyn Meter>) -> Self {
        Self { inner, meter }
    }
}

#[async_trait]
impl Embedder for MeteredEmbedder {
    fn name(&self) -> &str {
        self.inner.name()
    }

    async fn embed(&self, texts: &[String]) -> Result<Embedded, ProviderError> {
        let (provider, model) = self.name().split_once('/').unwrap_or((self.name(), ""));
        let bill = BillTo {
            origin: CallOrigin::Embedding,
            ..BillTo::default()
        };
        let bytes: usize = texts.iter().map(String::len).sum();
        let planned = PlannedCall {
            provider,
            model,
            bill: &bill,
            input_tokens: bytes.div_ceil(BYTES_A_TOKEN) as u64 + texts.len() as u64,
            max_output: Some(0),
        };
        let granted = self.meter.reserve(planned).await?;
        let mut running = Running::begin(&self.meter, granted.call);
        let made = self.inner.embed(texts).await;
        match &made {
            Ok(made) => {
                let usage = Usage {
                    input_tokens: made.input_tokens,
                    ..Usage::default()
                };
                running.settle(CallStatus::Ok, "", Some(usage), made.billed);
            }
            Err(error) => running.fail(error),
        }
        made
    }
}

/// Lets every call pass and counts none: where there is no ledger, as beside a running gateway.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unmetered;

#[async_trait]
impl Meter for Unmetered {
    async fn reserve(&self, _call: PlannedCall<'_>) -> Result<Granted, Box<OverBudget>> {
        Ok(Granted {
            call: CallId::fresh(),
            notices: Vec::new(),
            max_output: None,
        })
    }

    fn settle(&self, _call: CallId, _end: CallEnd) {}
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::providers::scripted::{Scripted, Step, end, status, text};

    #[derive(Default)]
    struct Book {
        refuse: Option<OverBudget>,
        most: Option<u64>,
        ended: Mutex<Vec<(CallStatus, bool)>>,
    }

    #[async_trait]
    impl Meter for Book {
        async fn reserve(&self, _call: PlannedCall<'_>) -> Result<Granted, Box<OverBudget>> {
            match &self.refuse {
                Some(refusal) => Err(Box::new(refusal.clone())),
                None => Ok(Granted {
                    call: CallId::fresh(),
                    notices: vec!["careful".to_owned()],
                    max_output: self.most,
                }),
            }
        }

        fn settle(&self, _call: CallId, end: CallEnd) {
            let ended = (end.status, end.usage.is_some());
            self.ended.lock().unwrap().push(ended);
        }
    }

    async fn ended(steps: Vec<Step>, read: usize) -> Vec<(CallStatus, bool)> {
        let book = Arc::new(Book::default());
        let metered = Metered::new(Scripted::new("main", vec![steps]), Arc::clone(&book) as _);
        if let Ok(answer) = metered.chat(ChatRequest::default()).await {
            let _read: Vec<_> = answer.take(read).collect().await;
        }
        book.ended.lock().unwrap().clone()
    }

    #[tokio::test]
    async fn every_call_is_settled_once_however_it_ends() {
        let said = || Step::Event(text("hi"));
        let late = ProviderError::Timeout {
            provider: "main".to_owned(),
            waited_for: "the first token",
            secs: 1,
        };
        for (steps, read, expected) in [
            (
                vec![said(), Step::Event(end("main"))],
                9,
                (CallStatus::Ok, true),
            ),
            (
                vec![Step::Refuse(status("main", 401))],
                9,
                (CallStatus::Failed, false),
            ),
            (
                vec![Step::Fail(status("main", 500))],
                9,
                (CallStatus::Failed, false),
            ),
            (
                vec![said(), Step::Fail(status("main", 500))],
                9,
                (CallStatus::Broken, false),
            ),
            (vec![Step::Fail(late)], 9, (CallStatus::Broken, false)),
            (vec![said()], 9, (CallStatus::Broken, false)),
            (vec![said(), Step::Hang], 2, (CallStatus::Cancelled, false)),
        ] {
            assert_eq!(ended(steps, read).await, [expected]);
        }
    }

    #[tokio::test]
    async fn what_is_refused_is_not_sent_and_what_is_cut_is() {
        let refusal = OverBudget {
            budget: "day".to_owned(),
            limit: crate::model::MicroUsd(1),
            spent: crate::model::MicroUsd(1),
            resets_at: None,
            unpriced: None,
            downgrade_to: None,
            sentence: "no".to_owned(),
        };
        let inner = Scripted::new("main", vec![vec![Step::Event(end("main"))]]);
        let closed = Book {
            refuse: Some(refusal),
            ..Book::default()
        };
        let metered = Metered::new(Arc::clone(&inner) as _, Arc::new(closed));
        let refused = metered.chat(ChatRequest::default()).await.err();
        assert!(matches!(refused, Some(ProviderError::OverBudget(_))));
        assert!(inner.asked().is_empty());
        let narrow = Book {
            most: Some(77),
            ..Book::default()
        };
        let metered = Metered::new(Arc::clone(&inner) as _, Arc::new(narrow));
        let answer = metered.chat(ChatRequest::default()).await.unwrap();
        let events: Vec<_> = answer.collect().await;
        assert_eq!(events[0], Ok(ChatEvent::Notice("careful".to_owned())));
        assert_eq!(inner.asked()[0].max_tokens, Some(77));
    }
}
