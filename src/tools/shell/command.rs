//! What a command line says, read without running it: how dangerous it looks, and the words that
//! an "always" for it would cover. Whatever is not plainly one program with its arguments is taken
//! for the worst.

use crate::model::Risk;

use super::super::Scope;

/// Programs whose first argument says what they do.
const WITH_SUBCOMMANDS: &[&str] = &[
    "apt",
    "brew",
    "bun",
    "cargo",
    "composer",
    "deno",
    "docker",
    "dotnet",
    "flutter",
    "gem",
    "gh",
    "git",
    "go",
    "helm",
    "just",
    "kubectl",
    "make",
    "mix",
    "npm",
    "npx",
    "pip",
    "pip3",
    "pnpm",
    "podman",
    "poetry",
    "rustup",
    "systemctl",
    "terraform",
    "uv",
    "yarn",
];

/// Programs that run what they are told to: agreeing to one would be agreeing to everything.
const RUN_ANYTHING: &[&str] = &[
    ".", "ash", "at", "awk", "bash", "batch", "busybox", "chroot", "command", "crontab", "dash",
    "doas", "ed", "emacs", "env", "eval", "ex", "exec", "expect", "fd", "find", "fish", "gawk",
    "gdb", "ksh", "less", "lua", "man", "more", "nc", "ncat", "nice", "node", "nohup", "npx",
    "nvim", "parallel", "perl", "php", "python", "python3", "rsync", "ruby", "scp", "screen",
    "script", "sed", "setsid", "sftp", "sh", "socat", "source", "ssh", "stdbuf", "strace", "su",
    "sudo", "tar", "time", "timeout", "tmux", "unshare", "vi", "vim", "watch", "xargs", "zip",
    "zsh",
];

/// Programs that destroy: each use is asked for.
const DESTROY: &[&str] = &[
    "chmod", "chown", "dd", "kill", "killall", "mkfs", "mv", "pkill", "poweroff", "reboot", "rm",
    "rmdir", "shred", "shutdown", "tee", "truncate", "unlink",
];

/// Programs that only look, whatever their arguments are.
const LOOK: &[&str] = &[
    "basename",
    "cal",
    "cat",
    "cksum",
    "cmp",
    "column",
    "comm",
    "cut",
    "date",
    "df",
    "diff",
    "dirname",
    "du",
    "echo",
    "egrep",
    "false",
    "fgrep",
    "file",
    "fold",
    "free",
    "grep",
    "head",
    "hexdump",
    "id",
    "jq",
    "ls",
    "lscpu",
    "md5sum",
    "nl",
    "nproc",
    "od",
    "paste",
    "printf",
    "ps",
    "pwd",
    "readlink",
    "realpath",
    "seq",
    "sha1sum",
    "sha256sum",
    "sha512sum",
    "stat",
    "strings",
    "tac",
    "tail",
    "test",
    "tr",
    "tree",
    "true",
    "uname",
    "uptime",
    "wc",
    "whereis",
    "which",
    "whoami",
];

/// Subcommands that only look.
const LOOK_BELOW: &[(&str, &[&str])] = &[
    ("cargo", &["tree", "metadata", "version"]),
    ("docker", &["ps", "images", "version"]),
    (
        "git",
        &[
            "status",
            "log",
            "show",
            "blame",
            "rev-parse",
            "shortlog",
            "describe",
            "ls-files",
        ],
    ),
    ("kubectl", &["get", "describe", "version"]),
    ("npm", &["ls", "outdated", "view"]),
    ("pip", &["list", "show", "freeze"]),
];

/// What is known of a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) risk: Risk,
    pub(super) scope: Option<Scope>,
}

/// Reads a command line.
pub(super) fn read(command: &str) -> Reading {
    let worst = Reading {
        risk: Risk::High,
        scope: None,
    };
    let Some(words) = plain_words(command) else {
        return worst;
    };
    let Some(program) = words.first().map(|word| program(word)) else {
        return worst;
    };
    // A program of another name may be anything: `./ls` is not `ls`.
    if words[0] != program || RUN_ANYTHING.contains(&program) || DESTROY.contains(&program) {
        return worst;
    }
    let below = words.get(1).filter(|word| is_name(word));
    let looks = LOOK.contains(&program)
        || LOOK_BELOW.iter().any(|(name, subcommands)| {
            *name == program && below.is_some_and(|below| subcommands.contains(&below.as_str()))
        });
    let scope = if WITH_SUBCOMMANDS.contains(&program) {
        below.map(|below| vec![program.to_owned(), below.clone()])
    } else {
        Some(vec![program.to_owned()])
    };
    Reading {
        risk: if looks { Risk::Low } else { Risk::High },
        scope: scope.map(Scope::Command),
    }
}

fn program(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

fn is_name(word: &str) -> bool {
    word.starts_with(|letter: char| letter.is_ascii_alphanumeric())
        && word
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "-_:".contains(letter))
}

/// The words of one program with its arguments; none when there is more to it: a second command,
/// a redirection, an expansion, an assignment, a quote that does not end.
fn plain_words(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = command.trim().chars();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' | '\t' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next()? {
                        '\'' => break,
                        letter => word.push(letter),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next()? {
                        '"' => break,
                        '$' | '`' | '\\' | '!' => return None,
                        letter => word.push(letter),
                    }
                }
            }
            '\n' | '\r' | ';' | '&' | '|' | '<' | '>' | '(' | ')' | '{' | '}' | '$' | '`'
            | '\\' | '!' | '#' | '~' => return None,
            letter if letter.is_control() => return None,
            letter => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    let assigns = words
        .first()
        .is_some_and(|word| word.contains('=') || word.contains(['*', '?', '[']));
    (!assigns && !words.is_empty()).then_some(words)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(command: &str) -> (Risk, Option<String>) {
        let reading = read(command);
        let scope = reading.scope.map(|scope| match scope {
            Scope::Command(words) => words.join(" "),
            other => other.to_string(),
        });
        (reading.risk, scope)
    }

    #[test]
    fn a_plain_command_has_its_words_and_its_risk() {
        for (command, risk, scope) in [
            ("ls -la", Risk::Low, Some("ls")),
            ("  grep -rn 'a b|c' src  ", Risk::Low, Some("grep")),
            ("git status -s", Risk::Low, Some("git status")),
            ("git push origin main", Risk::High, Some("git push")),
            ("cargo test --lib", Risk::High, Some("cargo test")),
            ("npm run build:web", Risk::High, Some("npm run")),
            ("mkdir -p a/b", Risk::High, Some("mkdir")),
        ] {
            assert_eq!(of(command), (risk, scope.map(str::to_owned)), "{command}");
        }
    }

    #[test]
    fn whatever_may_do_more_is_asked_for_each_time() {
        for command in [
            "",
            "ls; rm -rf .",
            "ls && rm x",
            "ls & rm x",
            "ls | sh",
            "ls > /etc/passwd",
            "ls $(rm x)",
            "ls `rm x`",
            "ls \"$(rm x)\"",
            "ls \"`rm x`\"",
            "ls\nrm x",
            "ls\rrm x",
            "ls $IFS",
            "PATH=. ls",
            "./ls",
            "/tmp/ls",
            "rm -rf /",
            "sudo ls",
            "bash -c ls",
            "env ls",
            "xargs rm",
            "find . -delete",
            "git -c core.pager=sh log",
            "python3 x.py",
            "echo 'open",
            "(ls)",
            "{ ls; }",
            "! ls",
            "l\\s",
            "*s",
            ". ./x",
            "eval ls",
        ] {
            assert_eq!(of(command), (Risk::High, None), "{command}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_the_shell_would_take_apart_has_a_scope(
            before in "[a-z ]{0,8}", sign in "[;&|<>$`(){}\n]", after in "[a-z ]{0,8}"
        ) {
            prop_assert_eq!(read(&format!("ls {before}{sign}x{after}")).scope, None);
        }

        #[test]
        fn any_text_is_read(text in "(\\PC|\n){0,60}") {
            let _any = read(&text);
        }
    }
}
