//! Holds arguments against a tool's JSON Schema: `type`, `properties`, `required`,
//! `additionalProperties`, `items`, `enum` and the bounds. What is wrong is said in sentences that a
//! model can act on; what is plainly meant (`"5"` for 5, `null` for nothing) is taken as meant.

use serde_json::{Map, Value};

/// Problems told at once; more would only blur the first.
const MOST_PROBLEMS: usize = 6;
/// Schemas and arguments nest no deeper.
const DEEPEST: usize = 24;

/// The arguments as they are meant, or what is wrong with them.
pub(super) fn check(schema: &Value, args: Value) -> Result<Value, String> {
    let mut problems = Vec::new();
    let args = match args {
        Value::Null => Value::Object(Map::new()),
        // Some models send the object as a text.
        Value::String(text) => serde_json::from_str::<Value>(&text)
            .ok()
            .filter(Value::is_object)
            .unwrap_or(Value::String(text)),
        other => other,
    };
    let args = judge(schema, args, "", 0, &mut problems);
    if problems.is_empty() {
        return Ok(args);
    }
    let rest = problems.len().saturating_sub(MOST_PROBLEMS);
    problems.truncate(MOST_PROBLEMS);
    if rest > 0 {
        problems.push(format!("and {rest} more"));
    }
    Err(problems.join("; "))
}

fn judge(
    schema: &Value,
    value: Value,
    path: &str,
    depth: usize,
    problems: &mut Vec<String>,
) -> Value {
    if depth > DEEPEST {
        problems.push(format!("{}: is nested too deeply", shown(path)));
        return value;
    }
    let expected = types(schema);
    let value = as_meant(&expected, value);
    if !expected.is_empty() && !expected.iter().any(|name| is_of(name, &value)) {
        problems.push(format!(
            "{}: expected {}, found {}",
            shown(path),
            expected
                .iter()
                .map(|name| words(name))
                .collect::<Vec<_>>()
                .join(" or "),
            found(&value)
        ));
        return value;
    }
    if let Some(choices) = schema.get("enum").and_then(Value::as_array)
        && !choices.contains(&value)
    {
        let choices: Vec<String> = choices.iter().map(Value::to_string).collect();
        problems.push(format!(
            "{}: expected one of {}, found {}",
            shown(path),
            choices.join(", "),
            found(&value)
        ));
    }
    bounds(schema, &value, path, problems);
    match value {
        Value::Object(fields) => Value::Object(object(schema, fields, path, depth, problems)),
        Value::Array(items) => match schema.get("items") {
            Some(of) => items
                .into_iter()
                .enumerate()
                .map(|(at, item)| judge(of, item, &format!("{path}[{at}]"), depth + 1, problems))
                .collect(),
            None => Value::Array(items),
        },
        other => other,
    }
}

fn object(
    schema: &Value,
    fields: Map<String, Value>,
    path: &str,
    depth: usize,
    problems: &mut Vec<String>,
) -> Map<String, Value> {
    let empty = Map::new();
    let known = schema
        .get("properties")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
    let mut out = Map::new();
    for (name, value) in fields {
        let at = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        match known.get(&name) {
            // Nothing said is nothing said, however it is written.
            Some(of) if value.is_null() && !types(of).contains(&"null") => {}
            Some(of) => {
                out.insert(name, judge(of, value, &at, depth + 1, problems));
            }
            None if closed => problems.push(unknown(&at, &name, known)),
            None => {
                out.insert(name, value);
            }
        }
    }
    for name in required {
        if !out.contains_key(name) {
            let kind = known.get(name).map_or_else(
                || "a value".to_owned(),
                |of| {
                    let types: Vec<&str> = types(of).iter().map(|name| words(name)).collect();
                    types.join(" or ")
                },
            );
            let at = if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}.{name}")
            };
            problems.push(format!("`{at}`: is missing; expected {kind}"));
        }
    }
    out
}

fn unknown(at: &str, name: &str, known: &Map<String, Value>) -> String {
    let nearest = known
        .keys()
        .map(|key| (strsim::normalized_damerau_levenshtein(key, name), key))
        .filter(|(closeness, _)| *closeness >= 0.6)
        .max_by(|one, other| one.0.total_cmp(&other.0));
    match nearest {
        Some((_, meant)) => format!("`{at}`: there is no such argument; `{meant}` is near"),
        None if known.is_empty() => format!("`{at}`: there are no arguments"),
        None => {
            let names: Vec<String> = known.keys().map(|key| format!("`{key}`")).collect();
            format!(
                "`{at}`: there is no such argument; there are {}",
                names.join(", ")
            )
        }
    }
}

fn bounds(schema: &Value, value: &Value, path: &str, problems: &mut Vec<String>) {
    let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
    let (least, most, size, unit) = match value {
        Value::Number(number) => ("minimum", "maximum", number.as_f64(), ""),
        Value::String(text) => (
            "minLength",
            "maxLength",
            Some(count(text.chars().count())),
            " characters",
        ),
        Value::Array(items) => ("minItems", "maxItems", Some(count(items.len())), " items"),
        _ => return,
    };
    let Some(size) = size else { return };
    let (least, most) = (bound(least), bound(most));
    if least.is_some_and(|least| size < least) || most.is_some_and(|most| size > most) {
        let range = match (least, most) {
            (Some(least), Some(most)) => format!("{least} to {most}{unit}"),
            (Some(least), None) => format!("{least}{unit} or more"),
            (_, most) => format!("{}{unit} at most", most.unwrap_or_default()),
        };
        problems.push(format!("{}: expected {range}, found {size}", shown(path)));
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "no argument is 2^52 characters long"
)]
fn count(length: usize) -> f64 {
    length as f64
}

fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is_of(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        _ => true,
    }
}

/// The value in the type it was plainly meant in.
fn as_meant(expected: &[&str], value: Value) -> Value {
    if expected.iter().any(|name| is_of(name, &value)) {
        return value;
    }
    let wants = |name: &str| expected.contains(&name);
    let read = match &value {
        Value::Number(number) if wants("integer") => number
            .as_f64()
            .filter(|number| number.fract() == 0.0 && number.abs() < 9e15)
            .and_then(|number| serde_json::from_str(&format!("{number:.0}")).ok()),
        Value::String(text) => serde_json::from_str::<Value>(text.trim()).ok(),
        _ => None,
    };
    match read {
        Some(read)
            if expected
                .iter()
                .any(|name| *name != "null" && is_of(name, &read)) =>
        {
            read
        }
        _ => value,
    }
}

fn shown(path: &str) -> String {
    if path.is_empty() {
        "the arguments".to_owned()
    } else {
        format!("`{path}`")
    }
}

fn words(name: &str) -> &str {
    match name {
        "object" => "an object",
        "array" => "a list",
        "string" => "a text",
        "boolean" => "true or false",
        "null" => "null",
        "number" => "a number",
        "integer" => "a whole number",
        other => other,
    }
}

/// What was found, without a value of which it is not known whether it may be shown.
fn found(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.chars().count() <= 40 => format!("{text:?}"),
        Value::String(text) => format!("a text of {} characters", text.chars().count()),
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Object(_) => "an object".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn schema() -> Value {
        json!({
            "type": "object",
            "properties": {
                "path": {"type": "string", "minLength": 1, "maxLength": 8},
                "lines": {"type": "integer", "minimum": 1, "maximum": 10},
                "mode": {"type": "string", "enum": ["a", "b"]},
                "edits": {
                    "type": "array", "minItems": 1,
                    "items": {
                        "type": "object",
                        "properties": {"old": {"type": "string"}},
                        "required": ["old"], "additionalProperties": false
                    }
                },
                "flag": {"type": "boolean"}
            },
            "required": ["path"],
            "additionalProperties": false
        })
    }

    #[test]
    fn what_is_right_or_plainly_meant_passes() {
        for (args, meant) in [
            (json!({"path": "a"}), json!({"path": "a"})),
            (
                json!({"path": "a", "lines": "5", "flag": "true"}),
                json!({"path": "a", "lines": 5, "flag": true}),
            ),
            (
                json!({"path": "a", "lines": 5.0}),
                json!({"path": "a", "lines": 5}),
            ),
            (json!({"path": "a", "mode": null}), json!({"path": "a"})),
            (json!("{\"path\":\"a\"}"), json!({"path": "a"})),
            (
                json!({"path": "a", "edits": "[{\"old\": \"x\"}]"}),
                json!({"path": "a", "edits": [{"old": "x"}]}),
            ),
            (json!({"path": "12"}), json!({"path": "12"})),
        ] {
            assert_eq!(check(&schema(), args.clone()), Ok(meant), "{args}");
        }
        assert_eq!(
            check(&json!({"type": "object"}), Value::Null),
            Ok(json!({}))
        );
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (args, problem) in [
            (json!({}), "`path`: is missing; expected a text"),
            (
                json!([]),
                "the arguments: expected an object, found a list of 0",
            ),
            (
                json!("no"),
                "the arguments: expected an object, found \"no\"",
            ),
            (json!({"path": 1}), "`path`: expected a text, found 1"),
            (
                json!({"path": ""}),
                "`path`: expected 1 to 8 characters, found 0",
            ),
            (
                json!({"path": "a", "lines": 11}),
                "`lines`: expected 1 to 10, found 11",
            ),
            (
                json!({"path": "a", "lines": 1.5}),
                "`lines`: expected a whole number, found 1.5",
            ),
            (
                json!({"path": "a", "mode": "c"}),
                "`mode`: expected one of \"a\", \"b\", found \"c\"",
            ),
            (
                json!({"path": "a", "pth": 1}),
                "`pth`: there is no such argument; `path` is near",
            ),
            (
                json!({"path": "a", "edits": [{"old": "x"}, {}]}),
                "`edits[1].old`: is missing; expected a text",
            ),
            (
                json!({"path": "a", "edits": []}),
                "`edits`: expected 1 items or more, found 0",
            ),
        ] {
            assert_eq!(
                check(&schema(), args.clone()),
                Err(problem.to_owned()),
                "{args}"
            );
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "[a-z0-9{}\\[\\]\": ,.]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(
                    prop::sample::select(vec!["path", "lines", "mode", "edits", "old", "x"]),
                    inner,
                    0..4
                )
                .prop_map(|fields| fields
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_passes_passes_again_unchanged(args in any_json()) {
            if let Ok(meant) = check(&schema(), args) {
                prop_assert!(meant["path"].is_string());
                prop_assert_eq!(check(&schema(), meant.clone()), Ok(meant));
            }
        }
    }
}
