//! A workspace with a secret beside it, and every way that we know of to get from one to the other.

mod files;
mod history;
mod searching;
mod walls;

use std::{path::PathBuf, sync::Arc};

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{Files, Workspace, file_tools};
use crate::{
    clock::{ManualClock, SystemClock},
    config::{Config, ConfigHandle},
    model::{SessionId, Timestamp, TurnId},
    store::testing,
    telemetry::Bus,
    tools::{Action, Finished, Leaks, Progress, Registry, ToolContext, ToolError},
};

/// A data folder with a workspace in it, and the tools that work there.
struct Place {
    folder: tempfile::TempDir,
    workspace: Arc<Workspace>,
    files: Files,
    bus: Bus,
    clock: Arc<ManualClock>,
    tools: Registry,
    _database: tempfile::TempDir,
}

/// A folder with a secret in it, and beside that the folder of a workspace.
fn walled() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("workspace");
    std::fs::create_dir(&root).unwrap();
    std::fs::write(folder.path().join("secret.key"), "the-secret").unwrap();
    (folder, root)
}

async fn place() -> Place {
    place_with(|_| {}).await
}

async fn place_with(change: impl FnOnce(&mut Config)) -> Place {
    let (folder, root) = walled();
    let workspace = Arc::new(Workspace::open(&root).unwrap());
    let mut config = Config::default();
    change(&mut config);
    let config = ConfigHandle::new(config);
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_700_000_000_000)));
    let bus = Bus::new(clock.clone());
    let (store, database) = testing::store().await;
    let files = Files::new(
        Arc::clone(&workspace),
        folder.path().join("trash"),
        store,
        bus.clone(),
        clock.clone(),
        config.clone(),
    );
    let leaks = Leaks::new(config, PathBuf::new());
    let tools = Registry::new(file_tools(&files), Arc::new(leaks)).unwrap();
    Place {
        folder,
        workspace,
        files,
        bus,
        clock,
        tools,
        _database: database,
    }
}

impl Place {
    fn root(&self) -> PathBuf {
        self.folder.path().join("workspace")
    }

    fn put(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn text(&self, path: &str) -> String {
        std::fs::read_to_string(self.root().join(path)).unwrap()
    }

    fn secret(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("secret.key")).unwrap()
    }

    async fn run(&self, tool: &str, args: Value) -> Finished {
        let call = self.tools.check(tool, args).unwrap();
        self.tools.run(&context(), &call).await
    }

    async fn action(&self, tool: &str, args: Value) -> Result<Action, ToolError> {
        let call = self.tools.check(tool, args)?;
        self.tools.action(&context(), &call).await
    }

    /// Every call of every tool that takes this path.
    fn calls(path: &str) -> Vec<(&'static str, Value)> {
        vec![
            ("file_read", json!({"path": path})),
            (
                "file_write",
                json!({"path": path, "content": "overwritten"}),
            ),
            (
                "file_edit",
                json!({"path": path, "old_text": "the-secret", "new_text": "x"}),
            ),
            ("file_list", json!({"path": path, "all": true})),
            ("glob", json!({"path": path, "pattern": "*", "all": true})),
            (
                "grep",
                json!({"path": path, "pattern": "secret", "all": true}),
            ),
        ]
    }
}

fn context() -> ToolContext {
    ToolContext {
        session_id: SessionId::fresh(),
        turn_id: TurnId::fresh(),
        call_id: "1".to_owned(),
        config: Arc::new(Config::default()),
        clock: Arc::new(SystemClock),
        cancel: CancellationToken::new(),
        progress: Progress::default(),
    }
}
