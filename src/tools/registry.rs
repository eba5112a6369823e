//! All tools by name: checks arguments, runs calls within their limits, and makes what comes out
//! fit to be read.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{
    Action, Boundary, Finished, Outcome, Permission, RecentCalls, Tool, ToolContext, ToolError,
    ToolOutput, ToolSpec, cut::cut, leaks::Leaks, permissions::said_of, recent::Recent, schema,
};
use crate::{
    config::Config,
    crypto::{self, CryptoError},
    model::SessionId,
    providers,
};

/// A tool that was stopped has so long to clean up before its future is dropped.
const CLEAN_UP: Duration = Duration::from_millis(900);
/// Characters of arguments and details that are kept at most, in each text of them.
const DETAIL_CAP: usize = 64 * 1024;

/// Why there is no registry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// Two tools have one name.
    #[error("two tools are called {0}")]
    SameName(String),
    /// The system gave no randomness.
    #[error(transparent)]
    Random(#[from] CryptoError),
}

/// A call whose arguments are right.
#[derive(Clone)]
pub struct Call {
    tool: Arc<dyn Tool>,
    args: Value,
}

impl Call {
    /// What the tool is.
    pub fn spec(&self) -> &ToolSpec {
        self.tool.spec()
    }

    /// The arguments as they were meant.
    pub fn args(&self) -> &Value {
        &self.args
    }
}

impl std::fmt::Debug for Call {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Call")
            .field("tool", &self.spec().name)
            .finish_non_exhaustive()
    }
}

/// All tools.
pub struct Registry {
    tools: BTreeMap<String, Arc<dyn Tool>>,
    leaks: Arc<Leaks>,
    /// What the marks around others' words are made from.
    secret: [u8; 32],
    recent: Recent,
}

impl Registry {
    /// These tools. What they say is searched by `leaks`.
    pub fn new(
        tools: impl IntoIterator<Item = Arc<dyn Tool>>,
        leaks: Arc<Leaks>,
    ) -> Result<Self, RegistryError> {
        let mut by_name = BTreeMap::new();
        for tool in tools {
            let name = tool.spec().name.clone().into_owned();
            if by_name.insert(name.clone(), tool).is_some() {
                return Err(RegistryError::SameName(name));
            }
        }
        Ok(Self {
            tools: by_name,
            leaks,
            secret: crypto::random_bytes()?,
            recent: Recent::default(),
        })
    }

    /// What there is, by name.
    pub fn specs(&self) -> impl Iterator<Item = &ToolSpec> {
        self.tools.values().map(|tool| tool.spec())
    }

    /// What a model is offered: all that its owner does not deny.
    pub fn offers(&self, config: &Config) -> Vec<providers::ToolSpec> {
        self.specs()
            .filter(|spec| permission(config, spec) != Permission::Deny)
            .map(Into::into)
            .collect()
    }

    /// The tool of this name.
    pub fn find(&self, name: &str) -> Option<&Arc<dyn Tool>> {
        self.tools.get(name)
    }

    /// The marks around others' words in this conversation.
    pub fn boundary(&self, session_id: &SessionId) -> Boundary {
        Boundary::derived(&self.secret, session_id.as_str())
    }

    /// What is shown, kept or sent: the text without secrets.
    pub fn masked(&self, text: &str) -> String {
        self.leaks.mask(text).text.into_owned()
    }

    /// Holds a call's arguments against its tool's schema. The error is a sentence for the model.
    pub fn check(&self, name: &str, args: Value) -> Result<Call, ToolError> {
        let tool = self.find(name).ok_or_else(|| self.unknown(name))?;
        let args = schema::check(&tool.spec().schema, args).map_err(|problems| {
            ToolError::Arguments(format!("the arguments of {name} are not right: {problems}"))
        })?;
        Ok(Call {
            tool: Arc::clone(tool),
            args,
        })
    }

    /// What exactly a call would do. Changes nothing.
    pub async fn action(&self, context: &ToolContext, call: &Call) -> Result<Action, ToolError> {
        let looking = call.tool.action(context, &call.args);
        let action = tokio::select! {
            action = looking => action?,
            () = context.cancel.cancelled() => return Err(ToolError::Cancelled),
        };
        Ok(action.shown(|text| self.masked(text)))
    }

    /// Ends what an earlier process left behind. Call once, before the first call.
    pub fn settle(&self) {
        for tool in self.tools.values() {
            tool.settle();
        }
    }

    /// How the last calls of a tool went.
    pub fn recent(&self, name: &str) -> RecentCalls {
        self.recent.of(name)
    }

    /// How long a call of a tool may take under these settings.
    pub fn limit(&self, config: &Config, name: &str) -> Option<Duration> {
        self.find(name).and_then(|tool| tool.timeout(config))
    }

    /// Runs a call to its end, its time-out or its cancellation, whichever comes first.
    pub async fn run(&self, context: &ToolContext, call: &Call) -> Finished {
        let finished = self.run_through(context, call).await;
        self.recent
            .note(&call.spec().name, context.now(), &finished);
        finished
    }

    async fn run_through(&self, context: &ToolContext, call: &Call) -> Finished {
        let began = Instant::now();
        // Of its own, so that a time-out stops this call and nothing else.
        let mut own = context.clone();
        own.cancel = context.cancel.child_token();
        let spec = call.spec();
        let limit = call.tool.timeout(&own.config);
        let cap = spec.output_cap.min(own.config.tools.output_cap_bytes);
        let work = call.tool.run(&own, &call.args);
        tokio::pin!(work);
        let late = async {
            match limit {
                Some(limit) => tokio::time::sleep(limit).await,
                None => std::future::pending().await,
            }
        };
        let stopped = tokio::select! {
            biased;
            result = &mut work => return self.finish(cap, result, None, began),
            () = context.cancel.cancelled() => ToolError::Cancelled,
            () = late => ToolError::TimedOut(limit.map_or(0, |limit| limit.as_secs())),
        };
        own.cancel.cancel();
        // What it has done so far is worth telling, when it tells it soon.
        let result = tokio::time::timeout(CLEAN_UP, work)
            .await
            .unwrap_or(Err(ToolError::Cancelled));
        self.finish(cap, result, Some(stopped), began)
    }

    fn finish(
        &self,
        cap: usize,
        result: Result<ToolOutput, ToolError>,
        stopped: Option<ToolError>,
        began: Instant,
    ) -> Finished {
        let (output, error) = match result {
            Ok(output) => (output, stopped),
            Err(error) => (ToolOutput::default(), Some(stopped.unwrap_or(error))),
        };
        let outcome = match &error {
            Some(ToolError::TimedOut(_)) => Outcome::TimedOut,
            Some(ToolError::Cancelled) => Outcome::Cancelled,
            Some(_) => Outcome::Failed,
            None if output.success => Outcome::Done,
            None => Outcome::Failed,
        };
        let text = match &error {
            None => output.text,
            Some(error) if output.text.is_empty() => error.to_string(),
            Some(error) => format!("{}\n[{error}]", output.text.trim_end_matches('\n')),
        };
        // Before anything is cut: half a secret is no longer known as one.
        let clean = self.leaks.mask(&text);
        let (mut masked, mut details) = (clean.count, output.details);
        if let Some(details) = &mut details {
            masked += self.clean_texts(details);
        }
        let truncated = clean.text.len() > cap;
        Finished {
            outcome,
            output: cut(
                clean.text.into_owned(),
                cap,
                output.keep,
                output.more.as_deref(),
            ),
            source: output.source,
            details,
            truncated,
            masked,
            duration: began.elapsed(),
        }
    }

    /// Masks and shortens every text in a value; answers how many secrets there were.
    fn clean_texts(&self, value: &mut Value) -> usize {
        match value {
            Value::String(text) => {
                let clean = self.leaks.mask(text);
                let count = clean.count;
                let clean = clean.text.into_owned();
                *text = cut(clean, DETAIL_CAP, super::Keep::Start, None);
                count
            }
            Value::Array(items) => items.iter_mut().map(|item| self.clean_texts(item)).sum(),
            Value::Object(fields) => fields
                .values_mut()
                .map(|value| self.clean_texts(value))
                .sum(),
            _ => 0,
        }
    }

    /// The arguments of a call without secrets, for the journal and for people.
    pub fn shown(&self, args: &Value) -> Value {
        let mut shown = args.clone();
        self.clean_texts(&mut shown);
        shown
    }

    fn unknown(&self, name: &str) -> ToolError {
        let nearest = self
            .tools
            .keys()
            .map(|known| (strsim::normalized_damerau_levenshtein(known, name), known))
            .filter(|(closeness, _)| *closeness >= 0.5)
            .max_by(|one, other| one.0.total_cmp(&other.0));
        let name: String = name.chars().take(64).collect();
        ToolError::Unknown(match nearest {
            Some((_, meant)) => format!("there is no tool called {name:?}; {meant} is near"),
            None => {
                let names: Vec<&str> = self.tools.keys().map(String::as_str).collect();
                format!(
                    "there is no tool called {name:?}; there are {}",
                    names.join(", ")
                )
            }
        })
    }
}

/// Whether a tool may be used: as its owner says, else by its own default.
pub fn permission(config: &Config, spec: &ToolSpec) -> Permission {
    said_of(config, &spec.name).unwrap_or(spec.permission)
}

#[cfg(test)]
#[path = "registry_tests.rs"]
mod tests;
