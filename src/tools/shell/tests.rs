//! Commands that do their work, and commands that try to get at what is not theirs.

use std::{os::unix::fs::PermissionsExt as _, sync::Arc, time::Instant};

use tokio_util::sync::CancellationToken;

use super::*;
use crate::{
    clock::SystemClock,
    config::Config,
    model::{SessionId, TurnId},
    tools::Progress,
};

/// A data folder as a gateway has it, with what nobody may read beside the workspace.
struct Place {
    folder: tempfile::TempDir,
    shell: Shell,
    config: Config,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("workspace");
    std::fs::create_dir(&workspace).unwrap();
    std::fs::write(folder.path().join("secret.key"), "the-key").unwrap();
    std::fs::write(folder.path().join("clawgate.db"), "the-database").unwrap();
    std::fs::write(folder.path().join("config.toml"), "the-settings").unwrap();
    let environment = [
        ("OPENAI_API_KEY", "sk-from-the-environment"),
        ("PATH", USUAL_PATH),
        ("LANG", "C.UTF-8"),
        ("MY_TOOL", "given"),
    ];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let shell = Shell::new(
        &workspace.canonicalize().unwrap(),
        folder.path(),
        environment.into(),
    );
    Place {
        folder,
        shell,
        config: Config::default(),
    }
}

impl Place {
    fn context(&self) -> ToolContext {
        ToolContext {
            session_id: SessionId::fresh(),
            turn_id: TurnId::fresh(),
            call_id: "1".to_owned(),
            config: Arc::new(self.config.clone()),
            clock: Arc::new(SystemClock),
            cancel: CancellationToken::new(),
            progress: Progress::default(),
        }
    }

    async fn run(&self, command: &str) -> ToolOutput {
        let args = json!({"command": command});
        self.shell.run(&self.context(), &args).await.unwrap()
    }

    async fn says(&self, command: &str) -> String {
        self.run(command).await.text
    }
}

/// Whether some process still carries this word in its command line.
fn is_alive(word: &str) -> bool {
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .any(|process| {
            std::fs::read(process.path().join("cmdline")).is_ok_and(|line| {
                String::from_utf8_lossy(&line)
                    .replace('\0', " ")
                    .contains(word)
            })
        })
}

#[tokio::test]
async fn a_command_works_in_the_workspace_and_says_how_it_ended() {
    let place = place();
    let output = place
        .run("echo hi > a.txt; cat a.txt; echo no >&2; pwd")
        .await;
    let folder = place
        .folder
        .path()
        .canonicalize()
        .unwrap()
        .join("workspace");
    assert_eq!(
        output.text,
        format!("hi\nno\n{}\n[exit code 0]", folder.display())
    );
    assert!(output.success && output.source.is_some());
    let output = place.run("printf x; exit 3").await;
    assert_eq!(
        (output.text.as_str(), output.success),
        ("x\n[exit code 3]", false)
    );
    assert_eq!(output.details.unwrap()["exit_code"], 3);
    assert_eq!(place.says("kill -TERM $$").await, "[ended by signal 15]");
    assert_eq!(place.says("true").await, "[it said nothing; exit code 0]");
    assert!(
        place
            .says("echo $TMPDIR; touch $TMPDIR/x && echo ok")
            .await
            .contains("ok")
    );
    assert!(
        place
            .says("read -r line || echo no input")
            .await
            .contains("no input")
    );
}

#[tokio::test]
async fn a_command_sees_nothing_of_the_gateways_environment() {
    let mut place = place();
    let seen = place
        .says("env; cat /proc/self/environ | tr '\\0' '\\n'")
        .await;
    assert!(!seen.contains("sk-from-the-environment"), "{seen}");
    assert!(
        !seen.contains("MY_TOOL") && !seen.contains("CARGO"),
        "{seen}"
    );
    place.config.tools.shell_env = vec!["MY_TOOL".to_owned()];
    assert!(place.says("echo $MY_TOOL").await.starts_with("given"));
}

#[tokio::test]
async fn a_command_gets_at_nothing_outside_of_its_walls() {
    let place = place();
    if !Sandbox::of_this_machine().files {
        return;
    }
    let other = tempfile::tempdir().unwrap();
    let loot = other.path().join("loot");
    std::fs::write(&loot, "the-loot").unwrap();
    std::fs::set_permissions(other.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    let home = place.folder.path().display().to_string();
    let loot = loot.display().to_string();
    let gateway = std::process::id();
    for command in [
        "cat ../secret.key".to_owned(),
        "cat $HOME/../secret.key".to_owned(),
        format!("cat {home}/clawgate.db"),
        format!("ls -la {home}"),
        format!("ln -s {home}/secret.key key; cat key"),
        format!("ln {home}/secret.key hard; cat hard"),
        format!("cp {home}/secret.key . ; cat secret.key"),
        format!("mv {home}/secret.key . ; cat secret.key"),
        format!("cat < {home}/secret.key"),
        "cd .. && cat secret.key".to_owned(),
        "cat /proc/self/cwd/../secret.key".to_owned(),
        format!("cat /proc/{gateway}/cwd/../secret.key"),
        format!("cat /proc/{gateway}/root{home}/secret.key"),
        format!("cat /proc/{gateway}/environ"),
        format!("cat /proc/{gateway}/maps"),
        format!("dd if=/proc/{gateway}/mem count=1"),
        format!("ls -l /proc/{gateway}/fd/"),
        format!("cat {loot}"),
        format!("echo overwritten > {loot}; cat {loot}"),
        format!("rm -f {loot}; test -e {loot} || echo the-loot"),
        format!("bash -c 'exec 5<{home}/secret.key; cat <&5'"),
        format!("find {home} -type f -exec cat {{}} +"),
        format!("tar cf - {home} | tr -d '\\0'"),
        format!("cat {home}/*"),
        format!("cp -r {home} copied; cat copied/*"),
        format!("echo overwritten > {home}/clawgate.db; cat {home}/clawgate.db"),
        "echo overwritten >> ../config.toml; cat ../config.toml".to_owned(),
        format!("truncate -s 0 {home}/clawgate.db; rm -rf {home}/clawgate.db"),
        format!("mkdir {home}/made; touch {home}/made.txt ../made.txt"),
        "setsid cat ../secret.key; nohup cat ../config.toml; (cd ..; cat clawgate.db) &".to_owned(),
        format!("env -i HOME={home} sh -c 'cat ~/secret.key'"),
        format!("ls /proc/{gateway}/task/*/fd/; cat /proc/{gateway}/fd/*"),
        "cat /etc/shadow".to_owned(),
    ] {
        let output = place.run(&command).await;
        let private = [
            "the-key",
            "the-database",
            "the-settings",
            "the-loot",
            "root:",
            "overwritten",
            "CARGO_",
        ];
        for secret in private {
            // A refusal repeats the name of the file, never what is in it.
            assert!(!output.text.contains(secret), "{command}: {}", output.text);
        }
    }
    assert_eq!(std::fs::read_to_string(&loot).unwrap(), "the-loot");
    for (name, text) in [
        ("secret.key", "the-key"),
        ("clawgate.db", "the-database"),
        ("config.toml", "the-settings"),
    ] {
        let kept = std::fs::read_to_string(place.folder.path().join(name)).unwrap();
        assert_eq!(kept, text, "{name}");
    }
    let beside = std::fs::read_dir(place.folder.path()).unwrap().count();
    assert_eq!(beside, 4, "three files and the workspace");
}

#[tokio::test]
async fn folders_that_its_owner_named_can_be_read_or_changed() {
    let mut place = place();
    let other = tempfile::tempdir().unwrap();
    std::fs::write(other.path().join("a"), "hello").unwrap();
    let folder = other.path().display().to_string();
    place.config.tools.shell_read = vec![folder.clone()];
    let told = place
        .says(&format!("cat {folder}/a; echo x > {folder}/b"))
        .await;
    assert!(told.starts_with("hello"), "{told}");
    if Sandbox::of_this_machine().files {
        assert!(!other.path().join("b").exists());
    }
    place.config.tools.shell_write = vec![folder.clone()];
    place.run(&format!("echo x > {folder}/b")).await;
    assert!(other.path().join("b").exists());
}

#[tokio::test]
async fn programs_that_cannot_be_run_do_not_stand_before_those_that_can() {
    let mut place = place();
    let other = tempfile::tempdir().unwrap();
    let ls = other.path().join("ls");
    std::fs::write(&ls, "#!/bin/sh\necho mine\n").unwrap();
    std::fs::set_permissions(&ls, std::fs::Permissions::from_mode(0o755)).unwrap();
    let folder = other.path().display().to_string();
    let path = format!("{folder}:relative:{USUAL_PATH}");
    place.shell.environment.insert("PATH".to_owned(), path);
    if Sandbox::of_this_machine().files {
        assert!(!place.says("ls -d .").await.contains("mine"));
        assert!(!place.says("echo $PATH").await.contains("relative"));
    }
    place.config.tools.shell_read = vec![folder];
    assert!(place.says("ls -d .").await.contains("mine"));
}

#[tokio::test]
async fn a_command_reaches_no_process_but_its_own() {
    let place = place();
    let gateway = std::process::id();
    let told = place
        .says(&format!("kill -0 {gateway} && echo reached"))
        .await;
    if Sandbox::of_this_machine().processes {
        assert!(!told.contains("reached"), "{told}");
    }
    assert!(
        place
            .says("sleep 5 & kill $! && echo reached")
            .await
            .contains("reached")
    );
}

#[tokio::test]
async fn without_a_network_no_connection_is_made() {
    let mut place = place();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let connect = format!("exec 3<>/dev/tcp/127.0.0.1/{port} && echo connected");
    if shell_is_bash(&place).await {
        assert!(place.says(&connect).await.contains("connected"));
        place.config.tools.shell_network = false;
        if Sandbox::of_this_machine().network {
            assert!(!place.says(&connect).await.contains("connected"));
        }
    }
}

async fn shell_is_bash(place: &Place) -> bool {
    place
        .says("echo $BASH_VERSION")
        .await
        .starts_with(|letter: char| letter.is_ascii_digit())
}

#[tokio::test]
async fn whatever_a_command_leaves_running_ends_with_it() {
    let place = place();
    let began = Instant::now();
    place.run("sleep 31.41592 & setsid nohup sleep 31.41592 & (sleep 31.41592 &) ; sleep 0.2; echo ok").await;
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    assert!(!is_alive("sleep 31.41592"));
}

#[tokio::test]
async fn a_command_that_takes_too_long_is_ended_and_what_it_said_stays() {
    let mut place = place();
    place.config.tools.shell_timeout_secs = 1;
    let began = Instant::now();
    let output = place
        .run("echo begun; trap '' TERM; sleep 27.18281; echo done")
        .await;
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    assert!(
        output.text.starts_with("begun\n[it was ended after 1 s"),
        "{}",
        output.text
    );
    assert!(!output.success);
    assert!(!is_alive("sleep 27.18281"));
}

#[tokio::test]
async fn a_cancelled_command_and_all_it_started_is_gone_at_once() {
    let place = place();
    let context = place.context();
    let args = json!({"command": "echo begun; setsid sleep 16.18033 & sleep 16.18033"});
    let run = place.shell.run(&context, &args);
    let stop = async {
        while !is_alive("sleep 16.18033") {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        context.cancel.cancel();
        Instant::now()
    };
    let (output, stopped) = tokio::join!(run, stop);
    // A second on a machine of its own; tests share theirs.
    assert!(stopped.elapsed().as_secs() < 5, "{:?}", stopped.elapsed());
    assert_eq!(output.unwrap().text, "begun\n");
    assert!(!is_alive("sleep 16.18033"));
}

#[tokio::test]
async fn a_dropped_command_is_gone() {
    let place = place();
    let context = place.context();
    let args = json!({"command": "sleep 14.14213"});
    {
        let run = place.shell.run(&context, &args);
        tokio::pin!(run);
        while !is_alive("sleep 14.14213") {
            let short = Duration::from_millis(10);
            assert!(tokio::time::timeout(short, &mut run).await.is_err());
        }
    }
    assert!(!is_alive("sleep 14.14213"));
}

#[tokio::test]
async fn what_a_killed_gateway_left_running_is_ended_by_the_next() {
    let place = place();
    let mark = format!("{}-leftover", place.shell.house);
    let mut left = std::process::Command::new("sleep")
        .arg("17.32050")
        .env(process::MARK, mark)
        .spawn()
        .unwrap();
    while !is_alive("sleep 17.32050") {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(place.shell.end_leftovers(), 1);
    left.wait().unwrap();
    assert!(!is_alive("sleep 17.32050"));
}

#[tokio::test]
async fn endless_output_and_endless_memory_come_to_an_end() {
    let mut place = place();
    place.config.tools.shell_timeout_secs = 1;
    let output = place.run("yes").await;
    assert!(output.text.starts_with("y\ny\n") && output.text.len() < 3 << 20);
    place.config.tools.shell_timeout_secs = 60;
    place.config.tools.shell_memory_mb = 64;
    let output = place
        .run("x=$(head -c 300000000 /dev/zero | tr '\\0' x); echo ${#x}")
        .await;
    assert!(!output.text.contains("300000000"), "{}", output.text);
}
