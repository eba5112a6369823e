//! Holds the shape of the crate: the ladder of rooms that `src/lib.rs` tells in prose, and the
//! rules that keep one kind of work in one room. Reads the sources, runs nothing.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Rungs from the street to the cellar.
const RUNGS: [&[&str]; 13] = [
    &["main", "cli"],
    &["gateway"],
    &["app", "ws"],
    &["api"],
    &["cron", "doctor", "integrations"],
    &["agent"],
    &["approvals", "cost", "memory", "security", "workspace"],
    &["tools"],
    &["providers", "store"],
    &["telemetry"],
    &["config"],
    &["clock", "crypto", "http", "tasks"],
    &["model"],
];

/// A file longer than this usually hides a noun that has no file yet.
const LONGEST_FILE: usize = 500;

/// A source file without its comments and its text in quotes.
struct Source {
    /// From the root of the project.
    path: PathBuf,
    /// The room it belongs to; none for `lib.rs`.
    room: Option<String>,
    lines: usize,
    code: String,
}

impl Source {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let path = path.strip_prefix(root()).unwrap().to_owned();
        let mut steps = path.iter().map(|step| step.to_str().unwrap());
        let room = (steps.next() == Some("src"))
            .then(|| steps.next().unwrap().trim_end_matches(".rs").to_owned())
            .filter(|room| room != "lib");
        Self {
            room,
            lines: text.lines().count(),
            code: bare(&text),
            path,
        }
    }

    fn is_in(&self, rooms: &[&str]) -> bool {
        self.room
            .as_deref()
            .is_some_and(|room| rooms.contains(&room))
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut left = vec![root().join(folder)];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                found.push(Source::read(&path));
            }
        }
    }
    assert!(!found.is_empty(), "no source in {folder}");
    found
}

/// Blanks out comments, strings and character literals, so that words in them count for nothing.
fn bare(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if first == '"' {
            quoted(rest)
        } else if first == '\'' {
            character(rest)
        } else {
            raw(rest)
        };
        if skipped > 0 {
            out.push(' ');
            rest = &rest[skipped..];
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            // A word is taken whole: the r of `for"` opens no raw string.
            if is_word(first) {
                let end = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
                out.push_str(&rest[..end]);
                rest = &rest[end..];
            }
        }
    }
    out
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The length of the string that `text` opens with.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of the character literal that `text` opens with; 0 when it is a lifetime.
fn character(text: &str) -> usize {
    let mut letters = text.char_indices().skip(1);
    match letters.next() {
        Some((_, '\\')) => text[3..].find('\'').map_or(0, |end| end + 4),
        Some(_) => match letters.next() {
            Some((at, '\'')) => at + 1,
            _ => 0,
        },
        None => 0,
    }
}

/// The length of the raw string (`r#"…"#`, also of bytes) that `text` opens with; else 0.
fn raw(text: &str) -> usize {
    let Some(after) = text.strip_prefix("br").or_else(|| text.strip_prefix('r')) else {
        return 0;
    };
    let opening = after.trim_start_matches('#');
    if !opening.starts_with('"') {
        return 0;
    }
    let marks = &after[..after.len() - opening.len()];
    let start = text.len() - opening.len() + 1;
    let close = format!("\"{marks}");
    text[start..]
        .find(&close)
        .map_or(text.len(), |end| start + end + close.len())
}

/// The rooms that the code names: after `crate::`, and after `clawgate::` in the binary.
fn rooms_named(code: &str) -> BTreeSet<String> {
    ["crate::", "clawgate::"]
        .iter()
        .flat_map(|opening| code.match_indices(opening))
        .filter(|(at, _)| !code[..*at].ends_with(|letter| is_word(letter) || letter == ':'))
        .flat_map(|(at, opening)| first_steps(&code[at + opening.len()..]))
        .collect()
}

/// The first step of a path, or of every path in a group such as `{a::B, c::{D, E}}`.
fn first_steps(path: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        text.trim_start()
            .chars()
            .take_while(|c| is_word(*c))
            .collect()
    };
    let Some(group) = path.trim_start().strip_prefix('{') else {
        return vec![word(path)];
    };
    let mut steps = vec![word(group)];
    let mut depth = 0;
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => steps.push(word(&group[at + 1..])),
            _ => {}
        }
    }
    steps.retain(|step| !step.is_empty());
    steps
}

fn rung(room: &str) -> Option<usize> {
    RUNGS.iter().position(|rooms| rooms.contains(&room))
}

#[track_caller]
fn none(found: &[String], rule: &str) {
    assert!(found.is_empty(), "{rule}:\n  {}", found.join("\n  "));
}

/// Where code outside of `rooms` says one of `words`.
fn said_outside(rooms: &[&str], words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources("src") {
        for word in words {
            if !source.is_in(rooms) && source.code.contains(word) {
                found.push(format!("{} says {word}", source.path.display()));
            }
        }
    }
    found
}

#[test]
fn the_reader_of_sources_sees_code_and_nothing_else() {
    let code = bare(
        "use crate::{store::Db, model::{A, agent::B}, http}; // crate::ws\n\
         fn f<'a>(c: char) -> &'a str { '\"'; '\\''; r#\"crate::cli \"quoted\" \"#; \"crate::api\" }\n\
         /* crate::gateway */ let x = crate :: y; mycrate::agent::z(); crate::tasks::spawn();",
    );
    let rooms: Vec<String> = rooms_named(&code).into_iter().collect();
    assert_eq!(rooms, ["http", "model", "store", "tasks"]);
    assert!(code.contains("fn f<'a>(c: char)"));
}

#[test]
fn every_room_has_its_rung() {
    let lost: BTreeSet<String> = sources("src")
        .into_iter()
        .filter_map(|source| source.room)
        .filter(|room| rung(room).is_none())
        .collect();
    assert!(lost.is_empty(), "rooms without a rung: {lost:?}");
}

#[test]
fn a_room_imports_only_from_further_down() {
    let mut found = Vec::new();
    for source in sources("src") {
        let Some(room) = &source.room else { continue };
        let (Some(here), named) = (rung(room), rooms_named(&source.code)) else {
            continue;
        };
        for other in named.iter().filter(|other| *other != room) {
            // `main` starts what `cli` offers; apart from that a rung is no thoroughfare.
            let starts = room == "main" && other == "cli";
            if rung(other).is_some_and(|there| there <= here) && !starts {
                found.push(format!("{}: {room} imports {other}", source.path.display()));
            }
        }
    }
    none(&found, "a room imports only from rungs below its own");
}

#[test]
fn the_edge_asks_services_and_never_the_outside_world() {
    let mut found = Vec::new();
    for source in sources("src")
        .iter()
        .filter(|source| source.is_in(&["gateway", "api", "ws"]))
    {
        for room in rooms_named(&source.code) {
            if ["store", "providers"].contains(&room.as_str()) {
                found.push(format!("{} imports {room}", source.path.display()));
            }
        }
    }
    none(&found, "gateway, api and ws go through agent and security");
}

#[test]
fn only_the_store_speaks_sql() {
    none(
        &said_outside(&["store"], &["sqlx"]),
        "sqlx belongs to the store",
    );
}

#[test]
fn only_tasks_spawns() {
    let words = [
        "tokio::spawn",
        "task::spawn(",
        "spawn_local",
        "JoinSet",
        "Handle::current().spawn",
    ];
    none(
        &said_outside(&["tasks"], &words),
        "spawn with Tasks::spawn, which stops and waits",
    );
}

#[test]
fn only_config_reads_the_environment() {
    let words = ["env::var(", "env::var_os(", "env::vars"];
    none(
        &said_outside(&["config"], &words),
        "settings come from config",
    );
}

#[test]
fn no_file_is_longer_than_a_head_can_hold() {
    let found: Vec<String> = ["src", "tests"]
        .iter()
        .flat_map(|folder| sources(folder))
        .filter(|source| source.lines > LONGEST_FILE)
        .map(|source| format!("{}: {} lines", source.path.display(), source.lines))
        .collect();
    none(&found, "split what is longer than 500 lines by its nouns");
}
