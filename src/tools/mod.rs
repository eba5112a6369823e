//! Tools: what the agent can do besides talk. The trait, the registry that checks and runs, and
//! the tools that need no room of their own. Rooms above bring theirs (`workspace`, `memory`).

mod action;
mod arguments;
mod boundary;
mod calculator;
mod context;
mod cut;
mod leaks;
mod memory;
mod output;
mod permissions;
mod recent;
mod registry;
mod schema;
mod session_search;
mod shell;
mod spec;
mod time;
mod todo;
mod web;

use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

use crate::config::Config;

pub use action::{Action, Preview, Scope};
pub use arguments::parse;
pub use boundary::Boundary;
pub use calculator::Calculator;
pub use context::{Progress, ToolContext};
pub use leaks::{Clean, Leaks};
pub use memory::{Fact, Remember, Remembered, memory_tools};
pub use output::{Finished, Keep, Outcome, ToolError, ToolOutput};
pub use permissions::{PermissionEditor, said_of};
pub use recent::RecentCalls;
pub use registry::{Call, Registry, RegistryError, permission};
pub use session_search::SessionSearch;
pub use shell::{Sandbox, Shell};
pub use spec::{Effect, Permission, ToolSpec};
pub use time::TimeTool;
pub use todo::Todo;
pub use web::{HttpRequest, WebFetch, is_public};

/// Something that the agent can do.
///
/// A tool is told of arguments only after [`Registry::check`] has held them against its schema. It
/// holds what it works with by itself; what differs from call to call is in [`ToolContext`].
#[async_trait]
pub trait Tool: Send + Sync + 'static {
    /// What it is. The same at every call.
    fn spec(&self) -> &ToolSpec;

    /// Called once, before the first call: ends what an earlier process left behind.
    fn settle(&self) {}

    /// How long a call may take; none: as long as it does.
    fn timeout(&self, _config: &Config) -> Option<Duration> {
        self.spec().timeout
    }

    /// What exactly would be done with these arguments. Changes nothing.
    async fn action(&self, context: &ToolContext, args: &Value) -> Result<Action, ToolError>;

    /// Does it. When `context.cancel` is cancelled, or the future is dropped, whatever was begun
    /// outside of this process ends within a second.
    async fn run(&self, context: &ToolContext, args: &Value) -> Result<ToolOutput, ToolError>;
}
