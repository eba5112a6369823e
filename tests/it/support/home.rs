//! A data folder for the real program, and the program run on it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Output, Stdio},
};

use clawgate::security::hash_token;
use tokio::{io::AsyncWriteExt as _, process::Command};

use super::{
    gateway::{KEY, TOKEN},
    process::GatewayProcess,
    soon,
};
use crate::model_server::ModelServer;

/// A data folder.
pub(crate) struct Home {
    root: tempfile::TempDir,
}

/// What a command said and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Home {
    /// An empty one.
    pub(crate) fn empty() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("home")).unwrap();
        Self { root }
    }

    /// One whose gateway talks to `model`, knows [`TOKEN`] and has no limits.
    pub(crate) fn talking_to(model: &ModelServer) -> Self {
        let home = Self::unpaired(model);
        let hash = hex::encode(hash_token(TOKEN));
        home.configure(&format!("gateway.paired_tokens = [\"{hash}\"]"));
        home
    }

    /// The same without a token.
    pub(crate) fn unpaired(model: &ModelServer) -> Self {
        let home = Self::empty();
        home.configure(&format!(
            "gateway.chat_rate_limit_per_minute = 0\n\
             gateway.webhook_rate_limit_per_minute = 0\n\
             gateway.api_rate_limit_per_minute = 0\n\
             providers.main.kind = \"openai\"\n\
             providers.main.base_url = \"{}\"\n\
             providers.main.api_key = \"{KEY}\"\n\
             providers.main.model = \"test-model\"",
            model.base_url()
        ));
        home
    }

    /// Adds lines to the configuration.
    pub(crate) fn configure(&self, lines: &str) {
        let path = self.folder().join("config.toml");
        let before = fs::read_to_string(&path).unwrap_or_default();
        fs::write(path, format!("{before}{lines}\n")).unwrap();
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.root.path().join("home")
    }

    /// Where a gateway's standard error goes.
    pub(crate) fn stderr(&self) -> PathBuf {
        self.root.path().join("stderr.log")
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clawgate"));
        command
            .args(words)
            .env_clear()
            .env("CLAWGATE_HOME", self.folder())
            .kill_on_drop(true);
        command
    }

    pub(crate) async fn run(&self, words: &[&str]) -> Said {
        self.run_with(words, "").await
    }

    /// Runs a command that reads `input`.
    pub(crate) async fn run_with(&self, words: &[&str], input: &str) -> Said {
        let mut command = self.command(words);
        let pipe = Stdio::piped;
        command.stdin(pipe()).stdout(pipe()).stderr(pipe());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that does not read it is free not to.
        let _not_wanted = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        said(soon("a command", child.wait_with_output()).await.unwrap())
    }

    /// Starts a gateway on a free port.
    pub(crate) async fn start(&self) -> GatewayProcess {
        self.start_with(&[]).await
    }

    pub(crate) async fn start_with(&self, words: &[&str]) -> GatewayProcess {
        let words: Vec<&str> = ["-p", "0"]
            .into_iter()
            .chain(words.iter().copied())
            .collect();
        GatewayProcess::start(self.command(&words), &self.stderr()).await
    }

    /// The bytes of every file in the folder, with its name.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        collect(&self.folder(), &mut files);
        files
    }
}

/// What a command that ended said.
pub(crate) fn said(output: Output) -> Said {
    Said {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            let bytes = fs::read(&path).unwrap();
            files.push((path, bytes));
        }
    }
}
