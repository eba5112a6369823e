//! The scripted model server as a process of its own.

use std::{
    io::{self, BufRead as _},
    process::{Child, Command, Stdio},
};

/// The server as a process; it is killed when this is dropped.
pub struct ModelProcess {
    /// Where it listens, such as `http://127.0.0.1:41234`; the base URL is this and `/v1`.
    pub url: String,
    child: Child,
}

impl ModelProcess {
    /// Starts the example binary that stands beside the running test binary.
    pub fn start(args: &[&str]) -> io::Result<Self> {
        let here = std::env::current_exe()?;
        let name = format!("model-server{}", std::env::consts::EXE_SUFFIX);
        let binary = here
            .ancestors()
            .skip(1)
            .map(|folder| folder.join("examples").join(&name))
            .find(|path| path.is_file())
            .ok_or_else(|| io::Error::other("first run: cargo build --example model-server"))?;
        let mut child = Command::new(binary)
            .args(["--port", "0"])
            .args(args)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            io::BufReader::new(out).read_line(&mut line)?;
        }
        match line.trim().strip_prefix("listening on ") {
            Some(url) => Ok(Self {
                url: url.to_owned(),
                child,
            }),
            None => Err(io::Error::other("the model server did not start")),
        }
    }
}

impl Drop for ModelProcess {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _already_gone = self.child.wait();
    }
}
