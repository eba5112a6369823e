//! The real program as a gateway: started, killed, stopped.

use std::{fs::OpenOptions, net::SocketAddr, path::Path, process::Stdio};

use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, ChildStdout, Command},
};

use super::{actor::Actor, gateway::TOKEN, soon};

/// A gateway that runs; it is killed when this is dropped.
pub(crate) struct GatewayProcess {
    /// All it said when it had started.
    pub(crate) banner: String,
    pub(crate) address: SocketAddr,
    child: Child,
    _stdout: BufReader<ChildStdout>,
}

impl GatewayProcess {
    pub(crate) async fn start(mut command: Command, stderr: &Path) -> Self {
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(stderr)
            .unwrap();
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let banner = soon("the banner", banner(&mut stdout)).await;
        let Some(address) = address_in(&banner) else {
            let log = std::fs::read_to_string(stderr).unwrap();
            panic!("no gateway: {banner}{log}");
        };
        Self {
            banner,
            address,
            child,
            _stdout: stdout,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The pairing code of the banner.
    pub(crate) fn code(&self) -> String {
        code_in(&self.banner)
    }

    /// Somebody without a token.
    pub(crate) fn anon(&self) -> Actor {
        Actor::new(self.address, None)
    }

    /// The owner.
    pub(crate) fn paired(&self) -> Actor {
        self.holder_of(TOKEN)
    }

    pub(crate) fn holder_of(&self, token: &str) -> Actor {
        Actor::new(self.address, Some(token))
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Power fails.
    pub(crate) async fn kill_9(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Asks it to stop.
    pub(crate) fn signal(&self, name: &str) {
        signal(self.pid(), name);
    }

    /// Waits for its end; answers with the exit code.
    pub(crate) async fn ended(mut self) -> Option<i32> {
        soon("the end of the gateway", self.child.wait())
            .await
            .unwrap()
            .code()
    }

    /// Asks it to stop and waits for its end.
    pub(crate) async fn terminate(self) -> Option<i32> {
        self.signal("TERM");
        self.ended().await
    }
}

/// Sends a signal to a process that the test started.
pub(crate) fn signal(pid: u32, name: &str) {
    let sent = std::process::Command::new("kill")
        .args([format!("-{name}"), pid.to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

/// The code in its box.
pub(crate) fn code_in(text: &str) -> String {
    let line = text.lines().find(|line| line.trim().starts_with('│'));
    let line = line.unwrap_or_else(|| panic!("no code: {text}"));
    line.trim().trim_matches('│').trim().to_owned()
}

async fn banner(stdout: &mut BufReader<ChildStdout>) -> String {
    let mut text = String::new();
    loop {
        let before = text.len();
        if stdout.read_line(&mut text).await.unwrap() == 0 {
            return text;
        }
        let line = &text[before..];
        let last = [
            "X-Pairing-Code:",
            "paired. \"clawgate pair\"",
            "PAIRING IS OFF",
        ];
        if last.iter().any(|words| line.contains(words)) {
            return text;
        }
    }
}

fn address_in(banner: &str) -> Option<SocketAddr> {
    let line = banner.lines().next()?;
    let (_, url) = line.split_once(" listening on http://")?;
    url.trim().parse().ok()
}
