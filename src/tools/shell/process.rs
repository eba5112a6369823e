//! A command under way: started behind its walls in a process group of its own, and gone with all
//! that it started when it ends, is dropped, or is told to.

use std::{
    io,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::{net::unix::pipe, process::Child};

use super::sandbox::{self, Walls};

/// The mark that everything which a command starts carries in its environment.
pub(super) const MARK: &str = "CLAWGATE_COMMAND";

/// What a command is started with.
pub(super) struct Start {
    /// The command.
    pub(super) command: String,
    /// Where.
    pub(super) folder: PathBuf,
    /// Its whole environment.
    pub(super) environment: Vec<(String, String)>,
    /// What it may reach.
    pub(super) walls: Walls,
    /// Memory of each process in MiB; 0: unlimited.
    pub(super) memory_mb: u64,
    /// Tells its processes from all others.
    pub(super) mark: String,
}

/// A command under way.
pub(super) struct Process {
    child: Child,
    group: Group,
}

/// A process group, killed when dropped.
struct Group {
    id: Option<rustix::process::Pid>,
    mark: String,
}

/// Sets the limits of the process, then becomes the shell that runs the command: `$0` is the
/// shell, `$1` the command, `$2` the memory in KiB. A limit that this system lacks is passed over.
const LIMITED: &str = "\
ulimit -c 0 2>/dev/null
ulimit -u 8192 2>/dev/null || ulimit -p 8192 2>/dev/null
[ \"$2\" = 0 ] || ulimit -d \"$2\" 2>/dev/null
exec \"$0\" -c \"$1\"";

impl Process {
    /// Starts a command; what it says comes out of the pipe.
    pub(super) async fn start(start: Start) -> io::Result<(Self, pipe::Receiver)> {
        let runtime = tokio::runtime::Handle::current();
        let (answer, answered) = tokio::sync::oneshot::channel();
        // The walls bind the thread that starts the command, so it is one that ends with that.
        std::thread::Builder::new()
            .name("command start".to_owned())
            .spawn(move || {
                let _runtime = runtime.enter();
                let started = sandbox::bind_this_thread(&start.walls)
                    .map_err(io::Error::other)
                    .and_then(|()| spawn(&start));
                // Whoever waited may have gone: then the command goes too.
                drop(answer.send(started));
            })?;
        answered
            .await
            .map_err(|_| io::Error::other("the command could not be started"))?
    }

    /// Waits for the command's own end.
    pub(super) async fn ended(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Asks the group to end.
    pub(super) fn ask_to_end(&self) {
        self.group.signal(rustix::process::Signal::TERM);
    }

    /// Ends the group, and whatever left it.
    pub(super) fn kill(&mut self) {
        self.group.kill();
    }
}

fn spawn(start: &Start) -> io::Result<(Process, pipe::Receiver)> {
    let (reader, writer) = io::pipe()?;
    let shell = shell();
    let mut command = std::process::Command::new("/bin/sh");
    command
        .arg("-c")
        .arg(LIMITED)
        .arg(shell)
        .arg(&start.command)
        .arg((start.memory_mb * 1024).to_string())
        .current_dir(&start.folder)
        .env_clear()
        .envs(start.environment.iter().map(|(name, value)| (name, value)))
        .env(MARK, &start.mark)
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer);
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut command = tokio::process::Command::from(command);
    command.kill_on_drop(true);
    let child = command.spawn()?;
    let id = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(rustix::process::Pid::from_raw);
    let group = Group {
        id,
        mark: start.mark.clone(),
    };
    let reader = pipe::Receiver::from_owned_fd(reader.into())?;
    Ok((Process { child, group }, reader))
}

/// The shell that people write commands for, where it is there.
fn shell() -> &'static Path {
    ["/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash"]
        .iter()
        .map(Path::new)
        .find(|path| path.exists())
        .unwrap_or(Path::new("/bin/sh"))
}

impl Group {
    fn signal(&self, signal: rustix::process::Signal) {
        if let Some(id) = self.id
            && let Err(error) = rustix::process::kill_process_group(id, signal)
        {
            tracing::trace!(%error, "the command's group is gone already");
        }
    }

    fn kill(&mut self) {
        self.signal(rustix::process::Signal::KILL);
        self.id = None;
        // Some leave their group (`setsid`), but keep the mark; and while one is killed another
        // may start a third.
        for _ in 0..5 {
            if kill_marked(|mark| mark == self.mark) == 0 {
                return;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if self.id.is_some() {
            self.kill();
        }
    }
}

/// Ends every process whose mark is one of these; answers how many there were.
pub(super) fn kill_marked(is_one: impl Fn(&str) -> bool) -> usize {
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return 0;
    };
    let mut killed = 0;
    let start = format!("{MARK}=");
    for process in processes.flatten() {
        let Some(id) = process
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
            .and_then(rustix::process::Pid::from_raw)
        else {
            continue;
        };
        let Ok(environment) = std::fs::read(process.path().join("environ")) else {
            continue;
        };
        let marked = environment
            .split(|byte| *byte == 0)
            .filter_map(|entry| std::str::from_utf8(entry).ok())
            .filter_map(|entry| entry.strip_prefix(start.as_str()))
            .any(&is_one);
        if marked && rustix::process::kill_process(id, rustix::process::Signal::KILL).is_ok() {
            killed += 1;
        }
    }
    killed
}
