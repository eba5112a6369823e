//! `shell`: a command in the workspace, with a clean environment, behind what walls the kernel
//! has, and with an end that all it started shares.

mod command;
#[cfg(unix)]
mod output;
#[cfg(unix)]
mod process;
mod sandbox;
mod terminal;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Action, Effect, Keep, Preview, Tool, ToolContext, ToolError, ToolOutput, ToolSpec, parse,
};
use crate::config::Config;
pub use sandbox::Sandbox;

/// Longest command, in characters.
const LONGEST: u64 = 32_768;
/// From a polite request to end to the end.
const GRACE: Duration = Duration::from_millis(400);
/// Where programs are, when the gateway itself was told nothing.
const USUAL_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Runs commands.
pub struct Shell {
    spec: ToolSpec,
    workspace: PathBuf,
    /// The gateway's own folder.
    private: PathBuf,
    /// The environment of the gateway, of which commands get what is theirs.
    environment: BTreeMap<String, String>,
    /// Tells the commands of this gateway from those of another.
    house: String,
}

#[derive(Deserialize)]
struct Args {
    command: String,
    timeout_secs: Option<u64>,
}

impl Shell {
    /// Runs commands in `workspace`. `private` is the gateway's own folder, `environment` what it
    /// was started with.
    pub fn new(workspace: &Path, private: &Path, environment: BTreeMap<String, String>) -> Self {
        let spec = ToolSpec {
            timeout: Some(Duration::from_secs(120)),
            ..ToolSpec::acting(
                Effect::Execute,
                "shell",
                "Runs a command with bash in the workspace and answers what it says (standard \
                 output and errors together) and its exit code. Commands can't ask anything back, \
                 can reach the workspace and the system's programs but no other files, and \
                 whatever they leave running ends with them. Each call begins anew in the \
                 workspace's top folder. For reading, changing and finding files the file tools \
                 are better.",
                json!({
                    "type": "object",
                    "properties": {
                        "command": {
                            "type": "string", "minLength": 1, "maxLength": LONGEST,
                            "description": "The command"
                        },
                        "timeout_secs": {
                            "type": "integer", "minimum": 1,
                            "description": "Seconds it may take; left out, or more than the owner's limit: that limit"
                        }
                    },
                    "required": ["command"],
                    "additionalProperties": false
                }),
            )
        };
        let digest = crate::crypto::sha256(workspace.as_os_str().as_encoded_bytes());
        Self {
            spec,
            workspace: workspace.to_owned(),
            private: private.canonicalize().unwrap_or(private.to_owned()),
            environment,
            house: hex::encode(&digest[..8]),
        }
    }

    /// Ends what commands of an earlier gateway on this workspace left running when it was
    /// killed; answers how many processes there were.
    fn end_leftovers(&self) -> usize {
        #[cfg(unix)]
        {
            let house = format!("{}-", self.house);
            process::kill_marked(|mark| mark.starts_with(&house))
        }
        #[cfg(not(unix))]
        0
    }

    /// The whole environment of a command: nothing of the gateway's but what is named here.
    #[cfg(unix)]
    fn environment(
        &self,
        scratch: &Path,
        walls: &sandbox::Walls,
        context: &ToolContext,
    ) -> Vec<(String, String)> {
        let home = self.workspace.to_string_lossy().into_owned();
        let mut all: BTreeMap<String, String> = BTreeMap::new();
        let names = ["LANG", "LC_ALL", "LC_CTYPE", "TZ"]
            .into_iter()
            .chain(context.config.tools.shell_env.iter().map(String::as_str));
        for name in names {
            if let Some(value) = self.environment.get(name) {
                all.insert(name.to_owned(), value.clone());
            }
        }
        all.entry("LANG".to_owned())
            .or_insert_with(|| "C.UTF-8".to_owned());
        for (name, value) in [
            ("PATH", self.path(walls)),
            ("HOME", home),
            ("TMPDIR", scratch.to_string_lossy().into_owned()),
            ("TERM", "dumb".to_owned()),
            ("USER", "agent".to_owned()),
            ("SHELL", "/bin/sh".to_owned()),
            // Nobody is there to answer, to page or to edit.
            ("PAGER", "cat".to_owned()),
            ("GIT_PAGER", "cat".to_owned()),
            ("GIT_TERMINAL_PROMPT", "0".to_owned()),
            ("GIT_EDITOR", "true".to_owned()),
            ("DEBIAN_FRONTEND", "noninteractive".to_owned()),
            ("NO_COLOR", "1".to_owned()),
        ] {
            all.insert(name.to_owned(), value);
        }
        all.into_iter().collect()
    }

    #[cfg(unix)]
    fn path(&self, walls: &sandbox::Walls) -> String {
        let own = self.environment.get("PATH").filter(|path| !path.is_empty());
        let own = own.map_or(USUAL_PATH, String::as_str);
        if !Sandbox::of_this_machine().files {
            return own.to_owned();
        }
        let runnable = walls.runnable(own);
        if runnable.is_empty() {
            USUAL_PATH.to_owned()
        } else {
            runnable
        }
    }

    #[cfg(unix)]
    async fn start(
        &self,
        context: &ToolContext,
        command: String,
        scratch: &Path,
    ) -> Result<(process::Process, tokio::net::unix::pipe::Receiver), ToolError> {
        let tools = &context.config.tools;
        let word = crate::crypto::random_bytes::<8>()
            .map_err(|error| ToolError::Failed(error.to_string()))?;
        let places = sandbox::Places {
            workspace: &self.workspace,
            scratch,
            private: &self.private,
            home: self.environment.get("HOME").map(String::as_str),
        };
        let walls = sandbox::Walls::of(&places, tools);
        let start = process::Start {
            command,
            folder: self.workspace.clone(),
            environment: self.environment(scratch, &walls, context),
            walls,
            memory_mb: tools.shell_memory_mb,
            mark: format!("{}-{}", self.house, hex::encode(word)),
        };
        process::Process::start(start).await.map_err(|error| {
            tracing::warn!(%error, "a command could not be started");
            ToolError::Failed(format!(
                "the command could not be started: {}",
                error.kind()
            ))
        })
    }
}

#[async_trait]
impl Tool for Shell {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn settle(&self) {
        let ended = self.end_leftovers();
        if ended > 0 {
            tracing::warn!(
                processes = ended,
                "commands of an earlier gateway were ended"
            );
        }
    }

    fn timeout(&self, config: &Config) -> Option<Duration> {
        Some(Duration::from_secs(config.tools.shell_timeout_secs))
    }

    async fn action(&self, _: &ToolContext, args: &Value) -> Result<Action, ToolError> {
        let args: Args = parse(args)?;
        let reading = command::read(&args.command);
        let first = args.command.trim().lines().next().unwrap_or_default();
        let mut summary: String = first.chars().take(120).collect();
        if summary.len() < args.command.trim().len() {
            summary.push('…');
        }
        Ok(Action {
            summary: format!("Run {summary}"),
            risk: reading.risk,
            preview: Preview::Command {
                command: args.command,
                folder: self.workspace.to_string_lossy().into_owned(),
            },
            scope: reading.scope,
        })
    }

    #[cfg(unix)]
    async fn run(&self, context: &ToolContext, args: &Value) -> Result<ToolOutput, ToolError> {
        let args: Args = parse(args)?;
        if args.command.contains('\0') {
            return Err(ToolError::Arguments(
                "a command can't hold a NUL".to_owned(),
            ));
        }
        let most = context.config.tools.shell_timeout_secs;
        let limit = args.timeout_secs.map_or(most, |asked| asked.min(most));
        let scratch = scratch().map_err(|error| ToolError::Failed(error.to_string()))?;
        let (mut process, pipe) = self.start(context, args.command, &scratch.0).await?;
        let mut output = output::Output::new(context.progress.clone());
        let ended = tokio::select! {
            ended = listen(&mut process, &pipe, &mut output) => Ended::Itself(ended),
            () = context.cancel.cancelled() => Ended::Stopped,
            () = tokio::time::sleep(Duration::from_secs(limit)) => Ended::Late(limit),
        };
        let status = match ended {
            Ended::Itself(ref status) => status.as_ref().ok().copied(),
            Ended::Stopped | Ended::Late(_) => {
                process.ask_to_end();
                let listening = listen(&mut process, &pipe, &mut output);
                let _too_slow = tokio::time::timeout(GRACE, listening).await;
                None
            }
        };
        process.kill();
        drain(&pipe, &mut output);
        Ok(told(output.text(), status, &ended))
    }

    #[cfg(not(unix))]
    async fn run(&self, _: &ToolContext, _: &Value) -> Result<ToolOutput, ToolError> {
        Err(ToolError::Refused(
            "commands are run on Unix systems only".to_owned(),
        ))
    }
}

/// How a command came to its end.
#[cfg(unix)]
enum Ended {
    Itself(std::io::Result<std::process::ExitStatus>),
    Stopped,
    Late(u64),
}

/// A folder for a command's own temporary files, gone with it.
#[cfg(unix)]
struct Scratch(PathBuf);

#[cfg(unix)]
fn scratch() -> std::io::Result<Scratch> {
    use std::os::unix::fs::DirBuilderExt as _;
    let word = crate::crypto::random_bytes::<8>().map_err(std::io::Error::other)?;
    let folder = std::env::temp_dir().join(format!("clawgate-{}", hex::encode(word)));
    std::fs::DirBuilder::new().mode(0o700).create(&folder)?;
    Ok(Scratch(folder.canonicalize()?))
}

#[cfg(unix)]
impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::debug!(%error, "a command's temporary files stay");
        }
    }
}

/// Hears what a command says until it ends.
#[cfg(unix)]
async fn listen(
    process: &mut process::Process,
    pipe: &tokio::net::unix::pipe::Receiver,
    output: &mut output::Output,
) -> std::io::Result<std::process::ExitStatus> {
    let mut buffer = vec![0; 16 * 1024];
    let mut open = true;
    loop {
        tokio::select! {
            biased;
            readable = pipe.readable(), if open => {
                open = readable.is_ok() && match pipe.try_read(&mut buffer) {
                    Ok(0) => false,
                    Ok(count) => {
                        output.push(&buffer[..count]);
                        true
                    }
                    Err(error) => error.kind() == std::io::ErrorKind::WouldBlock,
                };
            }
            status = process.ended() => return status,
        }
    }
}

/// What is left in the pipe when nobody writes any more.
#[cfg(unix)]
fn drain(pipe: &tokio::net::unix::pipe::Receiver, output: &mut output::Output) {
    let mut buffer = vec![0; 16 * 1024];
    // A pipe holds less; more can only come from somebody who still writes.
    for _ in 0..256 {
        match pipe.try_read(&mut buffer) {
            Ok(count) if count > 0 => output.push(&buffer[..count]),
            _ => return,
        }
    }
}

#[cfg(unix)]
fn told(mut text: String, status: Option<std::process::ExitStatus>, ended: &Ended) -> ToolOutput {
    use std::os::unix::process::ExitStatusExt as _;
    let code = status.and_then(|status| status.code());
    let signal = status.and_then(|status| status.signal());
    let words = match ended {
        Ended::Late(limit) => format!("[it was ended after {limit} s, the longest it may take]"),
        // The registry says so for every tool.
        Ended::Stopped => String::new(),
        Ended::Itself(_) => match (code, signal) {
            (Some(0), None) if text.is_empty() => "[it said nothing; exit code 0]".to_owned(),
            (Some(code), _) => format!("[exit code {code}]"),
            (_, Some(signal)) => format!("[ended by signal {signal}]"),
            _ => "[how it ended is not known]".to_owned(),
        },
    };
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(&words);
    let sandbox = Sandbox::of_this_machine();
    ToolOutput {
        success: code == Some(0),
        keep: Keep::Ends,
        more: Some("Narrow it down, or write it to a file and read that in parts.".to_owned()),
        details: Some(json!({
            "exit_code": code,
            "signal": signal,
            "timed_out": matches!(ended, Ended::Late(_)),
            "walled_in": sandbox.files,
            "sandbox_note": sandbox.missing,
        })),
        ..ToolOutput::from_others("the command", text)
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
