//! Which tool a sentence asks for, by fixed rules, and what is said of its result. Pure.

use serde_json::{Map, Value, json};

use super::schedules;
use crate::providers::{ChatMessage, ToolSpec};

/// A tool, and what is said before it is used.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wish {
    pub(super) tool: &'static str,
    pub(super) args: Value,
    pub(super) words: &'static str,
}

/// The tool that a sentence asks for, if it is on offer.
pub(super) fn wish(asked: &str, offers: &[ToolSpec]) -> Option<Wish> {
    let wish = understood(asked.trim())?;
    let offer = offers.iter().find(|offer| offer.name == wish.tool)?;
    fits(offer, wish)
}

/// Only with arguments that the tool knows, and all that it needs.
fn fits(offer: &ToolSpec, wish: Wish) -> Option<Wish> {
    let known = offer.schema.get("properties")?;
    let Value::Object(args) = wish.args else {
        return None;
    };
    let args: Map<String, Value> = args
        .into_iter()
        .filter(|(name, _)| known.get(name).is_some())
        .collect();
    let needed = offer.schema.get("required").and_then(Value::as_array);
    let mut needed = needed.into_iter().flatten().filter_map(Value::as_str);
    needed.all(|name| args.contains_key(name)).then_some(Wish {
        args: Value::Object(args),
        ..wish
    })
}

fn understood(asked: &str) -> Option<Wish> {
    let wish = |tool, args, words| Some(Wish { tool, args, words });
    if let Some((tool, args, words)) = schedules::understood(asked) {
        return wish(tool, args, words);
    }
    if let Some(command) = after(asked, &["run the command", "run", "execute", "$"]) {
        let command = unquoted(command);
        return wish("shell", json!({"command": command}), "I will run that.");
    }
    if let Some(question) = after(asked, &["ask me"]) {
        let question = unquoted(question);
        return wish(
            "ask_user",
            json!({"question": question}),
            "I have a question.",
        );
    }
    if let Some(url) = after(asked, &["fetch", "open the page", "look up the page"]) {
        let url = unquoted(url);
        return wish("web_fetch", json!({"url": url}), "I will fetch that page.");
    }
    if let Some(fact) = after(asked, &["remember that", "remember"]) {
        let key: String = fact
            .to_lowercase()
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .take(5)
            .collect::<Vec<_>>()
            .join("-");
        let args = json!({"key": key, "content": fact, "category": "core"});
        return wish("memory_store", args, "I will remember that.");
    }
    let recall = [
        "what do you remember about",
        "what do you know about",
        "recall",
    ];
    if let Some(about) = after(asked, &recall) {
        let about = about.trim_end_matches(['?', '.']);
        return wish("memory_recall", json!({"query": about}), "Let me think.");
    }
    if let Some(key) = after(asked, &["forget that", "forget"]) {
        return wish("memory_forget", json!({"key": key}), "I will forget that.");
    }
    if let Some(sum) = after(asked, &["calculate", "compute"]) {
        let sum = sum.trim_end_matches(['?', '=', '.']).trim();
        return wish(
            "calculator",
            json!({"expression": sum}),
            "Let me calculate.",
        );
    }
    if let Some(path) = after(asked, &["read the file", "read", "show the file"]) {
        let path = unquoted(path);
        return wish("file_read", json!({"path": path}), "I will read it.");
    }
    if let Some(rest) = after(asked, &["write"])
        && let Some((content, path)) = rest
            .rsplit_once(" to ")
            .or_else(|| rest.rsplit_once(" into "))
    {
        let (content, path) = (unquoted(content), unquoted(path));
        let args = json!({"path": path, "content": format!("{content}\n")});
        return wish("file_write", args, "I will write that.");
    }
    if asks_for_files(asked) {
        let folder = asked.rsplit_once(" in ").map_or(".", |(_, folder)| folder);
        let folder = unquoted(folder.trim_end_matches('?'));
        let folder = if ["here", "the workspace", "."].contains(&folder) {
            "."
        } else {
            folder
        };
        return wish("file_list", json!({"path": folder}), "Let me look.");
    }
    None
}

fn asks_for_files(asked: &str) -> bool {
    let plain = asked.to_lowercase();
    [
        "what files",
        "which files",
        "list files",
        "list the files",
        "list all files",
        "show me the files",
        "show the files",
    ]
    .iter()
    .any(|opening| plain.starts_with(opening))
}

/// What follows one of the openings, in whatever case it is written.
pub(super) fn after<'a>(asked: &'a str, openings: &[&str]) -> Option<&'a str> {
    openings.iter().find_map(|opening| {
        let head = asked.get(..opening.len())?;
        let rest = asked.get(opening.len()..)?;
        let apart = opening.ends_with('$') || rest.starts_with([' ', ':', '\n']);
        let rest = rest.trim_start_matches([' ', ':', '\n']).trim();
        (apart && head.eq_ignore_ascii_case(opening) && !rest.is_empty()).then_some(rest)
    })
}

pub(super) fn unquoted(text: &str) -> &str {
    let text = text.trim();
    ['`', '"', '\'']
        .into_iter()
        .find_map(|mark| text.strip_prefix(mark)?.strip_suffix(mark))
        .unwrap_or(text)
}

/// What is said of the results that came since the model spoke last; none: there are none.
pub(super) fn told(messages: &[ChatMessage]) -> Option<String> {
    let results = messages.iter().rev().map_while(|message| match message {
        ChatMessage::ToolResult { name, output, .. } => Some((name, output)),
        _ => None,
    });
    let mut told: Vec<String> = results
        .map(|(name, output)| of_result(name, output))
        .collect();
    told.reverse();
    (!told.is_empty()).then(|| told.join("\n\n"))
}

fn of_result(name: &str, output: &str) -> String {
    let output = without_marks(output);
    match (name, output.lines().count()) {
        (_, 0) => format!("`{name}` had nothing to say."),
        ("ask_user", _) => format!("You said: {output}"),
        (_, 1) if output.len() <= 200 => format!("`{name}` says: {output}"),
        _ => {
            // A fence longer than any in the text.
            let longest = output
                .split(|letter| letter != '`')
                .map(str::len)
                .max()
                .unwrap_or(0);
            let fence = "`".repeat(longest.max(2) + 1);
            format!("`{name}` says:\n\n{fence}text\n{output}\n{fence}")
        }
    }
}

/// Others' words without the marks around them.
fn without_marks(output: &str) -> &str {
    let inner = || {
        let rest = output.strip_prefix("<untrusted-")?;
        let (_, rest) = rest.split_once(">\n")?;
        Some(rest.rsplit_once("\n</untrusted-")?.0)
    };
    inner().unwrap_or(output).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offers() -> Vec<ToolSpec> {
        let offer = |name: &str, known: &[&str], needed: &[&str]| {
            let known: Map<String, Value> = known
                .iter()
                .map(|name| ((*name).to_owned(), json!({"type": "string"})))
                .collect();
            ToolSpec {
                name: name.to_owned(),
                description: String::new(),
                schema: json!({"type": "object", "properties": known, "required": needed}),
            }
        };
        vec![
            offer("shell", &["command"], &["command"]),
            offer("calculator", &["expression"], &["expression"]),
            offer("file_list", &["path"], &[]),
            offer("file_write", &["path", "content"], &["path", "content"]),
            offer("memory_store", &["content"], &["content"]),
            offer("memory_forget", &["name"], &["name"]),
            offer("ask_user", &["question", "options"], &["question"]),
            offer("cron_add", &["schedule", "prompt", "here"], &["schedule"]),
            offer("cron_list", &["query"], &[]),
            offer("cron_update", &["id", "enabled"], &["id"]),
            offer("cron_remove", &["id"], &["id"]),
        ]
    }

    #[test]
    fn sentences_ask_for_tools() {
        for (asked, tool, args) in [
            ("run ls -l", "shell", json!({"command": "ls -l"})),
            (
                "Run the command `echo hi`",
                "shell",
                json!({"command": "echo hi"}),
            ),
            ("$ pwd", "shell", json!({"command": "pwd"})),
            (
                "calculate 2 + 3 * 4?",
                "calculator",
                json!({"expression": "2 + 3 * 4"}),
            ),
            ("What files are here?", "file_list", json!({"path": "."})),
            (
                "list the files in notes",
                "file_list",
                json!({"path": "notes"}),
            ),
            (
                "write hello to a.txt",
                "file_write",
                json!({"path": "a.txt", "content": "hello\n"}),
            ),
            (
                "Remember that I like tea",
                "memory_store",
                json!({"content": "I like tea"}),
            ),
            (
                "ask me which colour",
                "ask_user",
                json!({"question": "which colour"}),
            ),
            (
                "every morning at 8 tell me the weather",
                "cron_add",
                json!({"schedule": "every morning at 8", "prompt": "tell me the weather", "here": true}),
            ),
            (
                "In 10 minutes, say hello",
                "cron_add",
                json!({"schedule": "In 10 minutes", "prompt": "say hello", "here": true}),
            ),
            (
                "remind me tomorrow at 7 to water the plants",
                "cron_add",
                json!({
                    "schedule": "tomorrow at 7", "here": true,
                    "prompt": "Remind me to water the plants."
                }),
            ),
            ("What is scheduled?", "cron_list", json!({})),
            (
                "pause the job `weather`",
                "cron_update",
                json!({"id": "weather", "enabled": false}),
            ),
            (
                "delete the job weather",
                "cron_remove",
                json!({"id": "weather"}),
            ),
        ] {
            let wish = wish(asked, &offers()).unwrap_or_else(|| panic!("{asked}"));
            assert_eq!((wish.tool, wish.args), (tool, args), "{asked}");
        }
        for asked in [
            "hello",
            "running late",
            "run",
            "fetch example.org",
            "forget it",
            "every morning at 8",
            "every day I walk",
        ] {
            assert_eq!(wish(asked, &offers()), None, "{asked}");
        }
        assert_eq!(wish("run ls", &[]), None);
    }

    #[test]
    fn results_are_told_in_order_and_without_marks() {
        let result = |name: &str, output: &str| ChatMessage::ToolResult {
            call_id: "c".to_owned(),
            name: name.to_owned(),
            output: output.to_owned(),
        };
        let user = ChatMessage::User {
            text: "x".to_owned(),
            images: vec![],
        };
        assert_eq!(told(std::slice::from_ref(&user)), None);
        let marked = "<untrusted-0a source=\"ls\">\na\n```\nb\n</untrusted-0a>";
        let messages = [user, result("calculator", "14"), result("shell", marked)];
        assert_eq!(
            told(&messages).unwrap(),
            "`calculator` says: 14\n\n`shell` says:\n\n````text\na\n```\nb\n````"
        );
    }
}
