//! Which log lines somebody wants to see.

use regex::{Regex, RegexBuilder};

use super::line::{Head, LogLevel, LogLine};
use crate::model::Timestamp;

/// Longest text or expression to look for, in characters.
const LONGEST: usize = 500;
/// Memory that one expression may take, in bytes.
const REGEX_BYTES: usize = 1024 * 1024;

/// What is wrong with a filter: the field, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {expected}")]
pub struct FilterError {
    /// The part at fault.
    pub field: &'static str,
    /// What was expected.
    pub expected: String,
}

/// Which lines; everything that is said must hold.
#[derive(Clone, Debug, Default)]
pub struct LogFilter {
    level: Option<LogLevel>,
    targets: Vec<String>,
    without: Vec<String>,
    text: Option<Regex>,
    regex: Option<Regex>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    turn_id: Option<String>,
    request_id: Option<String>,
    session_id: Option<String>,
}

impl LogFilter {
    /// Lines that matter at least so much.
    #[must_use]
    pub fn at_least(mut self, level: Option<LogLevel>) -> Self {
        self.level = level;
        self
    }

    /// Lines of these modules and of those within them, separated by commas; with a minus before
    /// it, a module is left out.
    pub fn of_targets(mut self, targets: Option<&str>) -> Result<Self, FilterError> {
        let targets = targets.unwrap_or_default();
        if targets.chars().count() > LONGEST {
            return Err(too_long("target"));
        }
        for target in targets.split(',').map(str::trim).filter(|t| !t.is_empty()) {
            match target.strip_prefix('-') {
                Some(target) => self.without.push(target.trim().to_owned()),
                None => self.targets.push(target.to_owned()),
            }
        }
        Ok(self)
    }

    /// Lines with this text in their module, message or fields, whatever its case.
    pub fn with_text(mut self, text: Option<&str>) -> Result<Self, FilterError> {
        let text = text.unwrap_or_default();
        if !text.is_empty() {
            self.text = Some(expression("text", &regex::escape(text), text)?);
        }
        Ok(self)
    }

    /// Lines in which this regular expression is found; it minds no case unless it says `(?-i)`.
    pub fn with_regex(mut self, pattern: Option<&str>) -> Result<Self, FilterError> {
        let pattern = pattern.unwrap_or_default();
        if !pattern.is_empty() {
            self.regex = Some(expression("regex", pattern, pattern)?);
        }
        Ok(self)
    }

    /// Lines from one moment to another, both included.
    pub fn between(
        mut self,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<Self, FilterError> {
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            return Err(FilterError {
                field: "from",
                expected: "a moment that is not after \"to\"".to_owned(),
            });
        }
        (self.from, self.to) = (from, to);
        Ok(self)
    }

    /// Lines of this turn.
    #[must_use]
    pub fn of_turn(mut self, turn_id: Option<String>) -> Self {
        self.turn_id = turn_id;
        self
    }

    /// Lines of this request.
    #[must_use]
    pub fn of_request(mut self, request_id: Option<String>) -> Self {
        self.request_id = request_id.filter(|id| !id.is_empty());
        self
    }

    /// Lines of this session's turns.
    #[must_use]
    pub fn of_session(mut self, session_id: Option<String>) -> Self {
        self.session_id = session_id;
        self
    }

    /// The first moment that is wanted.
    pub(super) fn from(&self) -> Option<Timestamp> {
        self.from
    }

    /// The last moment that is wanted.
    pub(super) fn to(&self) -> Option<Timestamp> {
        self.to
    }

    /// Whether more than a line's head must be read.
    pub(super) fn looks_inside(&self) -> bool {
        self.text.is_some() || self.regex.is_some()
    }

    pub(super) fn passes_head(&self, head: &Head<'_>) -> bool {
        let is = |wanted: &Option<String>, found: Option<&str>| {
            wanted.as_deref().is_none_or(|id| found == Some(id))
        };
        self.level.is_none_or(|least| head.level >= least)
            && self.from.is_none_or(|from| head.timestamp >= from)
            && self.to.is_none_or(|to| head.timestamp <= to)
            && is(&self.turn_id, head.turn_id.as_deref())
            && is(&self.request_id, head.request_id.as_deref())
            && is(&self.session_id, head.session_id.as_deref())
            && (self.targets.is_empty() || self.targets.iter().any(|t| is_in(&head.target, t)))
            && !self.without.iter().any(|t| is_in(&head.target, t))
    }

    pub(super) fn passes_inside(&self, line: &LogLine) -> bool {
        if !self.looks_inside() {
            return true;
        }
        let text = line.searched();
        let found = |pattern: &Option<Regex>| pattern.as_ref().is_none_or(|p| p.is_match(&text));
        found(&self.text) && found(&self.regex)
    }

    /// Whether this line is wanted.
    pub fn passes(&self, line: &LogLine) -> bool {
        let head = Head {
            id: line.id,
            timestamp: line.timestamp,
            level: line.level,
            target: line.target.as_str().into(),
            request_id: line.request_id.as_deref().map(Into::into),
            turn_id: line.turn_id.as_deref().map(Into::into),
            session_id: line.session_id.as_deref().map(Into::into),
        };
        self.passes_head(&head) && self.passes_inside(line)
    }
}

/// Whether a target is this module or within it.
fn is_in(target: &str, module: &str) -> bool {
    target
        .strip_prefix(module)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn too_long(field: &'static str) -> FilterError {
    FilterError {
        field,
        expected: format!("at most {LONGEST} characters"),
    }
}

fn expression(field: &'static str, pattern: &str, typed: &str) -> Result<Regex, FilterError> {
    if typed.chars().count() > LONGEST {
        return Err(too_long(field));
    }
    let built = RegexBuilder::new(pattern)
        .case_insensitive(true)
        .size_limit(REGEX_BYTES)
        .build();
    built.map_err(|error| FilterError {
        field,
        expected: match error {
            regex::Error::CompiledTooBig(_) => "a smaller regular expression".to_owned(),
            // The last line of the parser's picture says what is wrong.
            other => format!(
                "a regular expression ({})",
                other
                    .to_string()
                    .lines()
                    .last()
                    .unwrap_or_default()
                    .trim_start_matches("error: ")
            ),
        },
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::{super::line::test_line, *};

    #[test]
    fn a_module_is_itself_and_what_is_within() {
        let of = |targets| LogFilter::default().of_targets(Some(targets)).unwrap();
        let mut line = test_line(1, LogLevel::Info, "x");
        line.target = "clawgate::agent::runner".to_owned();
        for good in [
            "clawgate",
            "clawgate::agent",
            " clawgate::agent::runner ",
            "hyper, clawgate",
            "",
        ] {
            assert!(of(good).passes(&line), "{good}");
        }
        for bad in [
            "claw",
            "clawgate::agen",
            "hyper",
            "-clawgate",
            "clawgate,-clawgate::agent",
        ] {
            assert!(!of(bad).passes(&line), "{bad}");
        }
    }

    #[test]
    fn text_is_found_in_the_message_and_the_fields() {
        let mut line = test_line(1, LogLevel::Info, "The Provider is slow");
        line.fields.insert("tries".to_owned(), json!(3));
        line.fields.insert("host".to_owned(), json!("a.example"));
        let text = |t| LogFilter::default().with_text(Some(t)).unwrap();
        for good in ["provider IS", "tries=3", "host=a.ex", "clawgate::test"] {
            assert!(text(good).passes(&line), "{good}");
        }
        assert!(!text("prov.*slow").passes(&line));
        let regex = |p| LogFilter::default().with_regex(Some(p)).unwrap();
        assert!(regex("prov.*slow").passes(&line));
        assert!(!regex("^slow").passes(&line));
        assert!(!regex("(?-i)provider").passes(&line));
    }

    #[test]
    fn what_makes_no_sense_names_its_field() {
        let wrong = LogFilter::default().with_regex(Some("a(b")).unwrap_err();
        assert_eq!(wrong.field, "regex");
        assert!(wrong.expected.contains("unclosed group"), "{wrong}");
        let large = LogFilter::default().with_regex(Some("\\w{1000}{1000}"));
        assert_eq!(large.unwrap_err().field, "regex");
        let long = "x".repeat(501);
        let long = LogFilter::default().with_text(Some(&long)).unwrap_err();
        assert_eq!(long.field, "text");
        let (early, late) = (Timestamp::from_millis(1), Timestamp::from_millis(2));
        let turned = LogFilter::default().between(Some(late), Some(early));
        assert_eq!(turned.unwrap_err().field, "from");
    }

    proptest! {
        #[test]
        fn the_head_alone_says_the_same_as_the_line(
            level in 0_usize..5, least in 0_usize..5, at in 0_u64..100, from in 0_i64..100, span in 0_i64..50,
        ) {
            let line = test_line(at, LogLevel::ALL[level], "x");
            let filter = LogFilter::default()
                .at_least(Some(LogLevel::ALL[least]))
                .between(Some(Timestamp::from_millis(from)), Some(Timestamp::from_millis(from + span)))
                .unwrap();
            let json = line.to_json();
            let expected = level >= least && (from..=from + span).contains(&i64::try_from(at).unwrap());
            prop_assert_eq!(filter.passes(&line), expected);
            prop_assert_eq!(filter.passes_head(&Head::parse(&json).unwrap()), expected);
        }

        #[test]
        fn a_text_is_looked_for_as_it_is(text in "\\PC{1,20}") {
            let line = test_line(1, LogLevel::Info, &format!("before {text} after"));
            prop_assert!(LogFilter::default().with_text(Some(&text)).unwrap().passes(&line));
        }
    }
}
