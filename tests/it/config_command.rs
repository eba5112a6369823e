//! `clawgate config` and the frame of the command line, as a process.

use std::{
    fs,
    io::Write as _,
    process::{Command, Output, Stdio},
};

struct Shell(tempfile::TempDir);

fn shell() -> Shell {
    Shell(tempfile::tempdir().unwrap())
}

impl Shell {
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clawgate"));
        command
            .args(words)
            .env_clear()
            .env("CLAWGATE_HOME", self.0.path());
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Standard output of a command that ended with `code`.
    fn says(&self, code: i32, words: &[&str]) -> String {
        let output = self.run(words);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{words:?}: {error}");
        String::from_utf8(output.stdout).unwrap() + &error
    }

    fn file(&self) -> String {
        fs::read_to_string(self.0.path().join("config.toml")).unwrap_or_default()
    }
}

#[test]
fn a_setting_is_set_read_and_removed() {
    let shell = shell();
    let path = shell.says(0, &["config", "path"]);
    assert_eq!(
        path.trim(),
        shell.0.path().join("config.toml").to_str().unwrap()
    );
    assert!(!shell.0.path().join("config.toml").exists());
    assert_eq!(shell.says(0, &["config", "get", "gateway.port"]), "42617\n");
    shell.says(0, &["config", "set", "gateway.port", "5000"]);
    assert_eq!(shell.file(), "[gateway]\nport = 5000\n");
    assert_eq!(shell.says(0, &["config", "get", "gateway.port"]), "5000\n");
    shell.says(0, &["config", "unset", "gateway.port"]);
    assert_eq!(shell.says(0, &["config", "get", "gateway.port"]), "42617\n");
}

#[test]
fn a_mistake_is_exit_code_2_and_names_what_was_expected() {
    let shell = shell();
    let said = shell.says(2, &["config", "set", "gateway.port", "x"]);
    assert!(
        said.contains("expected a whole number from 0 to 65535"),
        "{said}"
    );
    let said = shell.says(2, &["config", "get", "gateway.prot"]);
    assert!(said.contains("did you mean gateway.port?"), "{said}");
    fs::write(shell.0.path().join("config.toml"), "[gateway]\nport = -1\n").unwrap();
    let said = shell.says(2, &["config", "check"]);
    assert!(
        said.contains("config.toml:2: gateway.port: expected"),
        "{said}"
    );
    shell.says(2, &["no-such-command"]);
}

#[test]
fn a_public_address_fails_the_check_with_three_fixes() {
    let shell = shell();
    shell.says(0, &["config", "check"]);
    shell.says(0, &["config", "set", "gateway.host", "0.0.0.0"]);
    let said = shell.says(2, &["config", "check"]);
    for fix in [
        "--host 127.0.0.1",
        "tunnel.provider",
        "allow_public_bind = true",
    ] {
        assert!(said.contains(fix), "{said}");
    }
}

#[test]
fn a_secret_comes_by_standard_input_and_is_never_shown() {
    let shell = shell();
    shell.says(0, &["config", "set", "providers.main.kind", "openai"]);
    let mut child = shell
        .command(&["config", "set", "providers.main.api_key", "-"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"sk-typed-in\n")
        .unwrap();
    assert!(child.wait().unwrap().success());
    assert!(
        shell.file().contains("api_key = \"enc:v1:"),
        "{}",
        shell.file()
    );
    let shown = shell.says(0, &["config", "get"]);
    assert!(
        shown.contains("providers.main.api_key = \"***MASKED***\""),
        "{shown}"
    );
    assert!(!shown.contains("sk-typed-in"));
}

#[test]
fn an_overruled_setting_is_said_to_be() {
    let shell = shell();
    let output = shell
        .command(&["config", "set", "gateway.port", "5000"])
        .env("GATEWAY_PORT", "6000")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("gateway.port is overruled by the environment variable GATEWAY_PORT"));
}

#[test]
fn completions_are_made_for_every_shell() {
    let shell = shell();
    for name in ["bash", "zsh", "fish"] {
        assert!(
            shell.says(0, &["completions", name]).contains("clawgate"),
            "{name}"
        );
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let shell = shell();
    let mut child = shell
        .command(&["config", "example"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
