//! Which tool a sentence asks for, by fixed rules, and what is said of its result. Pure.

use serde_json::{Map, Value, json};

use super::{file_wishes, schedules};
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
    let fetch = [
        "fetch",
        "open the page",
        "look up the page",
        "go to",
        "read the page",
    ];
    let page = after(asked, &fetch).or_else(|| {
        let named = after(asked, &["open", "read", "summarize", "summarise", "show"])?;
        let named = unquoted(named);
        (named.starts_with("http://") || named.starts_with("https://")).then_some(named)
    });
    if let Some(url) = page {
        let args = json!({"url": address(url)});
        return wish("web_fetch", args, "I will fetch that page.");
    }
    if let Some(fact) = after(asked, &["remember that", "remember"]) {
        let args = json!({"key": key_of(fact), "content": fact, "category": "core"});
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
    if let Some(fact) = after(asked, &["forget that", "forget"]) {
        let args = json!({"key": key_of(fact)});
        return wish("memory_forget", args, "I will forget that.");
    }
    if let Some(sum) = after(asked, &["calculate", "compute"]) {
        let sum = sum.trim_end_matches(['?', '=', '.']).trim();
        return wish(
            "calculator",
            json!({"expression": sum}),
            "Let me calculate.",
        );
    }
    if let Some(steps) = after(asked, &["plan", "make a plan", "todo", "to do"]) {
        let items: Vec<Value> = steps
            .split([',', ';', '\n'])
            .map(str::trim)
            .filter(|step| !step.is_empty())
            .map(|step| json!({"text": step, "state": "pending"}))
            .collect();
        return wish("todo", json!({"items": items}), "I will note the steps.");
    }
    let said = [
        "what did i say about",
        "what did we say about",
        "search the conversations for",
        "search my conversations for",
    ];
    if let Some(about) = after(asked, &said) {
        let about = unquoted(about.trim_end_matches(['?', '.']));
        return wish("session_search", json!({"query": about}), "Let me look.");
    }
    if let Some(time) = time(asked) {
        return Some(time);
    }
    if let Some(request) = request(asked) {
        return Some(request);
    }
    file_wishes::understood(asked)
}

/// "What time is it in Tokyo", with any place that a time zone is named after.
fn time(asked: &str) -> Option<Wish> {
    let plain = asked.to_lowercase();
    let plain = plain.trim_end_matches(['?', '.', '!', ' ']);
    let rest = ["what time is it", "what is the time", "what's the time"]
        .iter()
        .find_map(|opening| plain.strip_prefix(opening))?;
    let args = match rest.trim().strip_prefix("in ") {
        None if rest.trim().is_empty() || rest.trim() == "now" => json!({}),
        None => return None,
        Some(place) => {
            let place = place.trim().replace(' ', "_");
            let zones = jiff::tz::db();
            let zone = zones.available().find(|zone| {
                let zone = zone.as_str().to_lowercase();
                zone == place || zone.rsplit('/').next() == Some(place.as_str())
            })?;
            json!({"zone": zone.as_str()})
        }
    };
    Some(Wish {
        tool: "time",
        args,
        words: "Let me look at the clock.",
    })
}

/// "POST {…} to https://…", "GET https://…".
fn request(asked: &str) -> Option<Wish> {
    let method = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
        .into_iter()
        .find(|method| after(asked, &[method]).is_some())?;
    let rest = after(asked, &[method])?;
    let (body, url) = match rest.rsplit_once(" to ") {
        Some((body, url)) => (Some(unquoted(body)), url),
        None => (None, rest),
    };
    let url = unquoted(url);
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return None;
    }
    let mut args = json!({"url": url, "method": method});
    if let (Some(body), Some(args)) = (body, args.as_object_mut()) {
        let json = serde_json::from_str(body).ok();
        let json = json.filter(|value: &Value| value.is_object() || value.is_array());
        args.insert("body".to_owned(), json.unwrap_or_else(|| body.into()));
    }
    Some(Wish {
        tool: "http_request",
        args,
        words: "I will send that request.",
    })
}

/// A page's address, with or without what it begins with.
fn address(text: &str) -> String {
    let text = unquoted(text);
    if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    }
}

/// The name under which a fact is kept.
fn key_of(fact: &str) -> String {
    fact.to_lowercase()
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(5)
        .collect::<Vec<_>>()
        .join("-")
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
            offer("memory_forget", &["key"], &["key"]),
            offer("web_fetch", &["url"], &["url"]),
            offer("http_request", &["url", "method", "body"], &["url"]),
            offer("time", &["zone"], &[]),
            offer("todo", &["items"], &["items"]),
            offer("session_search", &["query"], &[]),
            offer(
                "file_edit",
                &["path", "old_text", "new_text"],
                &["path", "old_text", "new_text"],
            ),
            offer("file_read", &["path"], &["path"]),
            offer("glob", &["pattern"], &["pattern"]),
            offer("grep", &["pattern", "literal"], &["pattern"]),
            offer("ask_user", &["question", "options"], &["question"]),
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
                "forget that I like tea",
                "memory_forget",
                json!({"key": "i-like-tea"}),
            ),
            (
                "fetch example.org",
                "web_fetch",
                json!({"url": "https://example.org"}),
            ),
            (
                "Summarize https://example.org/a",
                "web_fetch",
                json!({"url": "https://example.org/a"}),
            ),
            (
                "POST {\"a\": 1} to https://example.org/api",
                "http_request",
                json!({"url": "https://example.org/api", "method": "POST", "body": {"a": 1}}),
            ),
            ("What time is it?", "time", json!({})),
            (
                "what time is it in new york",
                "time",
                json!({"zone": "America/New_York"}),
            ),
            (
                "plan: wash, dry",
                "todo",
                json!({"items": [
                    {"text": "wash", "state": "pending"}, {"text": "dry", "state": "pending"},
                ]}),
            ),
            (
                "What did I say about tea?",
                "session_search",
                json!({"query": "tea"}),
            ),
            (
                "create notes/a.md with `# A`",
                "file_write",
                json!({"path": "notes/a.md", "content": "# A\n"}),
            ),
            (
                "replace one with two in a.txt",
                "file_edit",
                json!({"path": "a.txt", "old_text": "one", "new_text": "two"}),
            ),
            (
                "Change `a to b` to c in \"a b.txt\"",
                "file_edit",
                json!({"path": "a b.txt", "old_text": "a to b", "new_text": "c"}),
            ),
            ("read notes.md", "file_read", json!({"path": "notes.md"})),
            ("find *.md", "glob", json!({"pattern": "**/*.md"})),
            (
                "search the files for tea time",
                "grep",
                json!({"pattern": "tea time", "literal": true}),
            ),
        ] {
            let wish = wish(asked, &offers()).unwrap_or_else(|| panic!("{asked}"));
            assert_eq!((wish.tool, wish.args), (tool, args), "{asked}");
        }
        for asked in [
            "hello",
            "running late",
            "run",
            "what time is it in Atlantis",
            "post it to the wall",
            "change my mind to yes",
            "find out why",
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
