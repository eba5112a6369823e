//! What the built-in assistant says to what. Pure: the text and the time decide.

use super::arithmetic::{NoResult, calculate};
use crate::model::Timestamp;

/// A long answer with everything a page must render.
pub(super) const LONG: &str = include_str!("long.md");

const WHO: &str = "I am Clawgate's built-in demo assistant. I am not a language model: I follow \
a few fixed rules and do not understand what you write.";

const CONNECT: &str = "To connect a real model, do one of these:\n\n\
- set `OPENAI_API_KEY`, `ANTHROPIC_API_KEY`, `OPENROUTER_API_KEY` or `GEMINI_API_KEY` and restart\n\
- start [Ollama](http://127.0.0.1:11434) on this machine; it is found by itself\n\
- add a provider to `config.toml`:\n\n\
```toml\n\
[agent]\n\
provider = \"main\"\n\
\n\
[providers.main]\n\
kind = \"openai\"\n\
base_url = \"https://api.openai.com/v1\"\n\
api_key = \"...\"\n\
```";

const ABILITIES: &str = "Without a model I can still:\n\n\
- tell the time and the date (`what time is it`)\n\
- work out sums (`12 * (3 + 4)`)\n\
- repeat you (`echo hello`)\n\
- use tools, as the agent would: `what files are here`, `write hello to notes.txt`, \
`replace hello with hi in notes.txt`, `read notes.txt`, `find *.txt`, `search the files for hi`, \
`run ls`, `fetch example.org`, `calculate 2^10`, `what time is it in Tokyo`, \
`remember that I like tea`, `what do you know about tea`, `forget that I like tea`, \
`what did I say about tea`, `plan: wash, dry, iron`, `ask me something`\n\
- write something long to look at (`long`)";

const GREETINGS: [&str; 12] = [
    "hi",
    "hello",
    "hey",
    "hallo",
    "hola",
    "bonjour",
    "moin",
    "ciao",
    "servus",
    "greetings",
    "yo",
    "howdy",
];

const SUM_OPENINGS: [&str; 8] = [
    "what is",
    "what's",
    "whats",
    "how much is",
    "calculate",
    "compute",
    "solve",
    "please",
];

/// The answer to `asked`.
pub(super) fn answer(asked: &str, now: Timestamp) -> String {
    let asked = asked.trim();
    if let Some(repeated) = repeat(asked) {
        return repeated.to_owned();
    }
    let plain = asked.to_lowercase();
    let words: Vec<&str> = plain
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
        .collect();
    let has = |any: &[&str]| words.iter().any(|word| any.contains(word));
    if let Some(result) = sum(&plain) {
        return result;
    }
    match words.as_slice() {
        ["long"] | ["long", "text" | "answer" | "message"] => LONG.trim_end().to_owned(),
        ["write" | "say" | "show" | "give" | "tell", ..] if has(&["long"]) => {
            LONG.trim_end().to_owned()
        }
        [first, ..] if GREETINGS.contains(first) && words.len() <= 4 => greeting(),
        ["good", "morning" | "afternoon" | "evening" | "day", ..] => greeting(),
        [
            "thanks" | "thank" | "thx" | "danke" | "merci" | "gracias",
            ..,
        ] => "You are welcome.".to_owned(),
        ["bye" | "goodbye" | "ciao" | "quit" | "exit", ..] => "Goodbye!".to_owned(),
        _ if has(&["time", "clock", "date", "day", "today"]) && words.len() <= 8 => moment(now),
        _ if is_about_me(&plain, &words) => format!("{WHO}\n\n{ABILITIES}\n\n{CONNECT}"),
        _ if has(&[
            "connect",
            "provider",
            "providers",
            "model",
            "models",
            "key",
            "ollama",
        ]) =>
        {
            format!("{WHO}\n\n{CONNECT}")
        }
        [] => format!("You sent no words. {WHO}\n\n{ABILITIES}"),
        _ => fallback(asked),
    }
}

fn repeat(asked: &str) -> Option<&str> {
    let (word, rest) = asked.split_once(|c: char| c.is_whitespace() || c == ':')?;
    let repeats = ["echo", "repeat", "say"]
        .iter()
        .any(|one| word.eq_ignore_ascii_case(one));
    let rest = rest.trim_start_matches([':', ' ']);
    (repeats && !rest.is_empty() && !rest.eq_ignore_ascii_case("something long")).then_some(rest)
}

fn is_about_me(plain: &str, words: &[&str]) -> bool {
    matches!(words, ["help", ..] | [.., "help"])
        || [
            "what can you",
            "who are you",
            "what are you",
            "are you a",
            "how do you work",
        ]
        .iter()
        .any(|question| plain.contains(question))
}

fn greeting() -> String {
    format!("Hello! {WHO} Ask me for `help` to see what I can do.\n\n{CONNECT}")
}

fn moment(now: Timestamp) -> String {
    let now = jiff::Timestamp::from_millisecond(now.as_millis()).unwrap_or_default();
    let now = now.to_zoned(jiff::tz::TimeZone::UTC);
    format!(
        "It is {} UTC on {}.",
        now.strftime("%H:%M:%S"),
        now.strftime("%A, %-d %B %Y")
    )
}

fn sum(plain: &str) -> Option<String> {
    let mut sum = plain.trim_end_matches(['?', '=', '!', '.', ' ']).trim();
    for opening in SUM_OPENINGS {
        sum = sum.strip_prefix(opening).unwrap_or(sum).trim_start();
    }
    match calculate(sum) {
        Ok(result) => Some(format!("{sum} = {result}")),
        Err(NoResult::ByZero) => Some("Nothing can be divided by zero.".to_owned()),
        Err(NoResult::TooLarge) => Some("That is too large for me to write down.".to_owned()),
        Err(NoResult::NotASum) => None,
    }
}

fn fallback(asked: &str) -> String {
    const MOST: usize = 200;
    let mut quoted: String = asked.chars().take(MOST).collect();
    if quoted.len() < asked.len() {
        quoted.push('…');
    }
    let quoted = quoted.replace('\n', "\n> ");
    format!("{WHO} So I can't answer this:\n\n> {quoted}\n\n{CONNECT}\n\n{ABILITIES}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(text: &str) -> String {
        answer(text, Timestamp::from_millis(1_763_696_580_120))
    }

    #[test]
    fn it_says_that_it_is_no_model_and_how_to_connect_one() {
        for text in [
            "Hello!",
            "good morning",
            "help",
            "What can you do?",
            "write me a poem",
        ] {
            let answer = say(text);
            assert!(answer.contains("not a language model"), "{text}: {answer}");
            assert!(answer.contains("OPENAI_API_KEY"), "{text}: {answer}");
        }
    }

    #[test]
    fn it_tells_the_time_of_its_clock() {
        let moment = "It is 03:43:00 UTC on Friday, 21 November 2025.";
        assert_eq!(say("What time is it?"), moment);
        assert_eq!(say("what's the date today"), moment);
    }

    #[test]
    fn it_works_out_sums() {
        assert_eq!(say("What is 2 + 3 * 4?"), "2 + 3 * 4 = 14");
        assert_eq!(say("12/5 ="), "12/5 = 2.4");
        assert_eq!(say("1/0"), "Nothing can be divided by zero.");
    }

    #[test]
    fn it_repeats_exactly() {
        assert_eq!(say("echo Hello  World"), "Hello  World");
        assert_eq!(say("Repeat: one\ntwo"), "one\ntwo");
        assert_eq!(say("say cheese"), "cheese");
    }

    #[test]
    fn the_long_answer_has_all_kinds_of_blocks() {
        for asked in [
            "long",
            "write me a long text",
            "say something long",
            "a long answer",
        ] {
            let is_long = say(asked).starts_with("# ");
            assert_eq!(is_long, asked != "a long answer", "{asked}");
        }
        for block in ["## ", "| --- |", "```rust", "- ", "1. ", "> "] {
            assert!(LONG.contains(block), "no {block:?}");
        }
    }

    #[test]
    fn what_it_does_not_know_is_quoted_in_full_lines() {
        let answer = say("why is\nthe sky blue");
        assert!(answer.contains("> why is\n> the sky blue\n"), "{answer}");
        assert!(say(&"ä".repeat(500)).contains("ä…"));
    }
}
