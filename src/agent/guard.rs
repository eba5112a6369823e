//! A model that goes round in circles is stopped: the same call a third time in a row, or two
//! calls by turns for the third time. Pure.

use serde_json::Value;

/// Calls that are remembered: the longest circle that is looked for.
const REMEMBERED: usize = 6;

/// The calls of a turn so far, the last ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Guard {
    last: Vec<String>,
}

impl Guard {
    /// Notes a call; answers whether it goes round in a circle.
    pub(super) fn repeats(&mut self, name: &str, args: &Value) -> bool {
        if self.last.len() == REMEMBERED {
            self.last.remove(0);
        }
        self.last.push(format!("{name} {}", canonical(args)));
        self.in_a_row() || self.by_turns()
    }

    fn in_a_row(&self) -> bool {
        match self.last.as_slice() {
            [.., third, second, first] => first == second && second == third,
            _ => false,
        }
    }

    fn by_turns(&self) -> bool {
        match self.last.as_slice() {
            [a, b, c, d, e, f] => a == c && c == e && b == d && d == f,
            _ => false,
        }
    }
}

/// The same text for the same value, in whatever order its fields come.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            let fields: Vec<String> = fields
                .into_iter()
                .map(|(name, value)| format!("{name:?}:{}", canonical(value)))
                .collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The place of the first call that is stopped; none: all may be made.
    fn stopped(calls: &str) -> Option<usize> {
        let mut guard = Guard::default();
        calls
            .chars()
            .position(|letter| guard.repeats("t", &json!({"x": letter.to_string()})))
    }

    #[test]
    fn circles_are_seen_and_work_is_not() {
        for (calls, expected) in [
            ("abcdefgabcdefg", None),
            ("aab", None),
            ("aaa", Some(2)),
            ("baaa", Some(3)),
            ("aabaab", None),
            ("ababab", Some(5)),
            ("cababab", Some(6)),
            ("ababc", None),
            ("abababab", Some(5)),
        ] {
            assert_eq!(stopped(calls), expected, "{calls}");
        }
    }

    #[test]
    fn the_order_of_fields_makes_no_other_call() {
        let mut guard = Guard::default();
        assert!(!guard.repeats("t", &json!({"a": 1, "b": [1, {"c": 2, "d": 3}]})));
        let again: Value = serde_json::from_str(r#"{"b":[1,{"d":3,"c":2}],"a":1}"#).unwrap();
        assert!(!guard.repeats("t", &again));
        assert!(guard.repeats("t", &again));
        assert!(!guard.repeats("u", &again));
    }
}
