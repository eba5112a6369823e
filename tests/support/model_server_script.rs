//! The script words of the model server: from the last user message to the steps of an answer.
//! The words are documented in `model_server.rs`.

use std::{borrow::Cow, fmt::Write as _, time::Duration};

use serde::Deserialize;
use serde_json::value::RawValue;

/// Where what the gateway remembers begins in a message.
const MEMORIES: &str = "\n\n<memories>\n";

/// What the server reads of a request.
#[derive(Deserialize)]
pub(crate) struct Asked<'a> {
    #[serde(borrow, default)]
    model: Cow<'a, str>,
    #[serde(default)]
    pub(crate) stream: bool,
    #[serde(default)]
    stream_options: StreamOptions,
    #[serde(borrow, default)]
    messages: Vec<Message<'a>>,
}

#[derive(Default, Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: bool,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    role: Cow<'a, str>,
    #[serde(borrow, default)]
    content: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Part {
    #[serde(default)]
    text: String,
}

impl Message<'_> {
    fn text(&self) -> String {
        let raw = self.content.map_or("null", RawValue::get);
        if let Ok(text) = serde_json::from_str::<String>(raw) {
            return text;
        }
        let parts: Vec<Part> = serde_json::from_str(raw).unwrap_or_default();
        let texts: Vec<String> = parts.into_iter().map(|part| part.text).collect();
        texts.join("")
    }
}

/// One thing the answer does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// Sends these bytes.
    Send(String),
    /// Waits.
    Sleep(Duration),
    /// Waits for the release of a key.
    Hold(String),
    /// Cuts the connection.
    Break,
}

/// What the last user message asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Script {
    pub(crate) message: String,
    pub(crate) status: Option<u16>,
    pub(crate) retry_after: Option<String>,
    pub(crate) times: Option<u32>,
    pub(crate) never: bool,
    malformed: bool,
    think: String,
    answer: Option<String>,
    tokens: Option<usize>,
    delay: Duration,
    slow_first: Duration,
    hold: Option<String>,
    break_after: Option<usize>,
    tools: Vec<(String, String)>,
    cached: u64,
}

impl Script {
    /// Reads the script of a request.
    pub(crate) fn of(asked: &Asked<'_>) -> Self {
        let place = asked.messages.iter().rposition(|one| one.role == "user");
        let (user, since) = match place {
            Some(place) => {
                let (before, since) = asked.messages.split_at(place + 1);
                (before.last().map(Message::text).unwrap_or_default(), since)
            }
            None => (String::new(), asked.messages.as_slice()),
        };
        // What the gateway remembers goes along behind the words, and is not part of the script.
        let user = user.split(MEMORIES).next().unwrap_or_default();
        if asked
            .messages
            .first()
            .is_some_and(|first| first.role == "system" && first.text().starts_with("Summarise"))
        {
            return Self {
                answer: Some(format!("A summary of {} characters.", user.len())),
                ..Self::default()
            };
        }
        let rounds = since.iter().filter(|one| one.role == "assistant").count();
        if let Some(again) = user.strip_prefix("again ") {
            return Self::parse(again);
        }
        let parts: Vec<&str> = user.split(" next ").collect();
        if parts.len() > 1 {
            return Self::parse(parts[rounds.min(parts.len() - 1)]);
        }
        match since.last() {
            Some(last) if last.role == "tool" => Self {
                answer: Some(format!("The tool said: {}", last.text())),
                ..Self::default()
            },
            _ => Self::parse(user),
        }
    }

    fn parse(message: &str) -> Self {
        let mut script = Self {
            message: message.to_owned(),
            ..Self::default()
        };
        let mut rest = message.trim_start();
        let mut understood = false;
        while !rest.is_empty() {
            match script.take_word(rest) {
                Some(after) => {
                    rest = after.trim_start();
                    understood = true;
                }
                None => break,
            }
        }
        if !understood {
            script.answer = Some(format!("You said: {message}"));
        } else if !rest.is_empty() {
            script.answer = Some(rest.to_owned());
        }
        script
    }

    /// Takes one script word off the front; none when there is no such word.
    fn take_word<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        if let Some(answer) = text.strip_prefix("say:") {
            self.answer = Some(answer.to_owned());
            return Some("");
        }
        if let Some(thought) = text.strip_prefix("think:") {
            let end = [" say:", " tool:"]
                .iter()
                .filter_map(|word| thought.find(word))
                .min()
                .unwrap_or(thought.len());
            let (thought, rest) = thought.split_at(end);
            thought.clone_into(&mut self.think);
            return Some(rest);
        }
        if let Some(call) = text.strip_prefix("tool:") {
            return Some(self.take_tool(call));
        }
        let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let (key, value) = word.split_once(':').unwrap_or((word, ""));
        match key {
            "tokens" => self.tokens = Some(value.parse().ok()?),
            "delay" => self.delay = Duration::from_millis(value.parse().ok()?),
            "slow-first" => self.slow_first = Duration::from_millis(value.parse().ok()?),
            "hold" => self.hold = Some(value.to_owned()),
            "break" => self.break_after = Some(value.parse().ok()?),
            "status" => self.status = Some(value.parse().ok()?),
            "retry-after" => self.retry_after = Some(value.to_owned()),
            "times" => self.times = Some(value.parse().ok()?),
            "cached" => self.cached = value.parse().ok()?,
            "never" if value.is_empty() => self.never = true,
            "malformed" if value.is_empty() => self.malformed = true,
            _ => return None,
        }
        Some(rest)
    }

    fn take_tool<'a>(&mut self, call: &'a str) -> &'a str {
        let end = call.find([' ', '{']).unwrap_or(call.len());
        let (name, rest) = call.split_at(end);
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<serde_json::Value>();
        let (args, used) = match values.next() {
            Some(Ok(args)) => (args.to_string(), values.byte_offset()),
            _ => ("{}".to_owned(), 0),
        };
        self.tools.push((name.to_owned(), args));
        rest.get(used..).unwrap_or_default()
    }

    fn words(&self) -> Vec<Cow<'_, str>> {
        if let Some(count) = self.tokens {
            let word = |at: usize| if at == 0 { "word" } else { " word" };
            return (0..count).map(|at| Cow::Borrowed(word(at))).collect();
        }
        let answer = match &self.answer {
            Some(answer) => answer.as_str(),
            None if !self.tools.is_empty() => "",
            None if self.status.is_some() => "recovered",
            None if self.hold.is_some() => "held and released",
            None if self.break_after.is_some() => "one two three four five six seven eight",
            None => "done",
        };
        pieces(answer).map(Cow::Borrowed).collect()
    }

    fn usage(&self, asked_chars: usize, words: usize) -> String {
        let thought = pieces(&self.think).count();
        let input = (asked_chars / 4).max(1) as u64 + self.cached;
        let output = words + thought;
        format!(
            "{{\"prompt_tokens\":{input},\"completion_tokens\":{output},\"total_tokens\":{},\
             \"prompt_tokens_details\":{{\"cached_tokens\":{}}},\
             \"completion_tokens_details\":{{\"reasoning_tokens\":{thought}}}}}",
            input + output as u64,
            self.cached,
        )
    }

    /// The answer in one piece.
    pub(crate) fn whole(&self, asked: &Asked<'_>, chars: usize) -> String {
        let words = self.words();
        let calls: Vec<serde_json::Value> = self
            .tools
            .iter()
            .enumerate()
            .map(|(at, (name, args))| {
                serde_json::json!({"id": format!("call_{at}"), "type": "function",
                    "function": {"name": name, "arguments": args}})
            })
            .collect();
        let mut message = serde_json::json!({"role": "assistant", "content": words.concat()});
        if !self.think.is_empty() {
            message["reasoning_content"] = self.think.as_str().into();
        }
        if !calls.is_empty() {
            message["tool_calls"] = calls.into();
        }
        format!(
            "{{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1700000000,\
             \"model\":{},\"choices\":[{{\"index\":0,\"message\":{message},\
             \"finish_reason\":\"{}\"}}],\"usage\":{}}}",
            quoted(&asked.model),
            self.finish_reason(),
            self.usage(chars, words.len()),
        )
    }

    /// The answer as a stream; neighbouring pieces without a wait between them are one step.
    pub(crate) fn steps(&self, asked: &Asked<'_>, chars: usize) -> Vec<Step> {
        let mut out = Steps::new(&quoted(&asked.model));
        out.sleep(self.slow_first);
        if self.malformed {
            out.text.push_str("data: {\"choices\": [{\"delta\"\n\n");
            return out.finish();
        }
        out.delta("{\"role\":\"assistant\",\"content\":\"\"}");
        let mut hold = self.hold.as_ref();
        for thought in pieces(&self.think) {
            out.delta(&format!("{{\"reasoning_content\":{}}}", quoted(thought)));
            out.sleep(self.delay);
            if let Some(key) = hold.take() {
                out.step(Step::Hold(key.clone()));
            }
        }
        let words = self.words();
        for (at, word) in words.iter().enumerate() {
            if self.break_after == Some(at) {
                return out.break_off();
            }
            out.delta(&format!("{{\"content\":{}}}", quoted(word)));
            out.sleep(self.delay);
            if at == 0
                && let Some(key) = hold.take()
            {
                out.step(Step::Hold(key.clone()));
            }
        }
        if self.break_after.is_some() {
            return out.break_off();
        }
        self.tool_deltas(&mut out);
        out.chunk(&format!(
            "\"choices\":[{{\"index\":0,\"delta\":{{}},\"finish_reason\":\"{}\"}}]",
            self.finish_reason()
        ));
        if asked.stream_options.include_usage {
            let usage = self.usage(chars, words.len());
            out.chunk(&format!("\"choices\":[],\"usage\":{usage}"));
        }
        out.text.push_str("data: [DONE]\n\n");
        out.finish()
    }

    /// Each call in three deltas: its name, then its arguments in two halves.
    fn tool_deltas(&self, out: &mut Steps) {
        for (at, (name, args)) in self.tools.iter().enumerate() {
            let middle = (0..=args.len() / 2)
                .rev()
                .find(|place| args.is_char_boundary(*place))
                .unwrap_or(0);
            let (first, second) = args.split_at(middle);
            out.delta(&format!(
                "{{\"tool_calls\":[{{\"index\":{at},\"id\":\"call_{at}\",\"type\":\"function\",\
                 \"function\":{{\"name\":{},\"arguments\":\"\"}}}}]}}",
                quoted(name)
            ));
            for half in [first, second] {
                out.sleep(self.delay);
                out.delta(&format!(
                    "{{\"tool_calls\":[{{\"index\":{at},\
                     \"function\":{{\"arguments\":{}}}}}]}}",
                    quoted(half)
                ));
            }
        }
    }

    fn finish_reason(&self) -> &'static str {
        if self.tools.is_empty() {
            "stop"
        } else {
            "tool_calls"
        }
    }
}

struct Steps {
    head: String,
    text: String,
    steps: Vec<Step>,
}

impl Steps {
    fn new(model: &str) -> Self {
        Self {
            head: format!(
                "data: {{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\
                 \"created\":1700000000,\"model\":{model},"
            ),
            text: String::new(),
            steps: Vec::new(),
        }
    }

    fn chunk(&mut self, fields: &str) {
        let _infallible = write!(self.text, "{}{fields}}}\n\n", self.head);
    }

    fn delta(&mut self, delta: &str) {
        self.chunk(&format!(
            "\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":null}}]"
        ));
    }

    fn step(&mut self, step: Step) {
        if !self.text.is_empty() {
            self.steps.push(Step::Send(std::mem::take(&mut self.text)));
        }
        self.steps.push(step);
    }

    fn sleep(&mut self, time: Duration) {
        if !time.is_zero() {
            self.step(Step::Sleep(time));
        }
    }

    /// The pause lets what was said so far reach the other side before the cut.
    fn break_off(mut self) -> Vec<Step> {
        self.sleep(Duration::from_millis(20));
        self.step(Step::Break);
        self.steps
    }

    fn finish(mut self) -> Vec<Step> {
        if !self.text.is_empty() {
            self.steps.push(Step::Send(self.text));
        }
        self.steps
    }
}

/// Words, each with the white space before it.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest
            .find(|c: char| !c.is_whitespace())
            .unwrap_or(rest.len());
        let word_len = rest[start..].find(char::is_whitespace);
        let end = word_len.map_or(rest.len(), |len| start + len);
        let (piece, after) = rest.split_at(end);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}
