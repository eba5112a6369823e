//! What was typed: every value with its canonical name and the place it stands at, before anyone
//! judges it.

use std::{collections::BTreeMap, ops::Range, path::Path, sync::Arc};

use toml_edit::{Document, Item, TableLike, Value};

use super::{
    keys,
    remark::{Origin, Remark},
    value::Typed,
};

/// Larger files are no configuration.
pub(super) const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) typed: Typed,
    pub(super) origin: Origin,
}

/// Everything that was typed, by canonical name.
#[derive(Clone, Debug, Default)]
pub(super) struct Raw {
    pub(super) entries: BTreeMap<String, Entry>,
    /// Providers that have a table, even an empty one.
    pub(super) providers: BTreeMap<String, Origin>,
    /// Settings given twice, under two spellings.
    pub(super) warnings: Vec<Remark>,
}

impl Raw {
    /// Reads a file's text.
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, Remark> {
        let mut reader = Reader {
            path: path.into(),
            text,
            lines: line_starts(text),
            raw: Self::default(),
        };
        let document = Document::parse(text).map_err(|error| {
            let message = error.message().trim().replace('\n', "; ");
            let origin = reader.origin(error.span());
            Remark::new(&origin, "", format!("not TOML: {message}"))
        })?;
        reader.table(document.as_table(), &mut Vec::new());
        Ok(reader.raw)
    }

    /// Lays the values of a higher layer over these.
    pub(super) fn overlay(&mut self, upper: Self) {
        self.entries.extend(upper.entries);
        for (name, origin) in upper.providers {
            self.providers.entry(name).or_insert(origin);
        }
        self.warnings.extend(upper.warnings);
    }

    /// Puts in one value, in place of an earlier one.
    pub(super) fn put(&mut self, key: String, typed: Typed, origin: Origin) {
        if let Some((name, _)) = keys::provider_key(&key) {
            self.providers
                .entry(name.to_owned())
                .or_insert_with(|| origin.clone());
        }
        self.entries.insert(key, Entry { typed, origin });
    }
}

struct Reader<'a> {
    path: Arc<Path>,
    text: &'a str,
    lines: Vec<usize>,
    raw: Raw,
}

impl Reader<'_> {
    fn origin(&self, span: Option<Range<usize>>) -> Origin {
        let start = span.map(|span| span.start);
        Origin::File {
            path: Arc::clone(&self.path),
            line: start.map_or(0, |start| self.lines.partition_point(|line| *line <= start)),
        }
    }

    fn table(&mut self, table: &dyn TableLike, path: &mut Vec<String>) {
        for (name, item) in table.iter() {
            path.push(name.to_owned());
            let span = item
                .as_value()
                .and_then(Value::span)
                .or_else(|| table.key(name).and_then(toml_edit::Key::span));
            self.item(item, path, span);
            path.pop();
        }
    }

    fn item(&mut self, item: &Item, path: &mut Vec<String>, span: Option<Range<usize>>) {
        let key = canonical(path);
        let known = keys::find(&key).is_some();
        if let Some(table) = item.as_table_like()
            && !known
        {
            if let Some(name) = key
                .strip_prefix("providers.")
                .filter(|name| !name.contains('.'))
            {
                let origin = self.origin(span.or_else(|| item.span()));
                self.raw.providers.insert(name.to_owned(), origin);
            }
            return self.table(table, path);
        }
        let typed = match item {
            Item::Value(value) => self.typed(value),
            Item::Table(_) => Typed::Other("a table"),
            Item::ArrayOfTables(_) => Typed::Other("a list of tables"),
            Item::None => return,
        };
        let origin = self.origin(span.or_else(|| item.span()));
        if self.raw.entries.contains_key(&key) {
            let text = "is given twice, under two spellings; the one in [gateway] or [channels] \
                        itself counts";
            self.raw.warnings.push(Remark::new(&origin, &key, text));
            if path.join(".") != key {
                return;
            }
        }
        self.raw.entries.insert(key, Entry { typed, origin });
    }

    fn typed(&self, value: &Value) -> Typed {
        match value {
            Value::String(text) => Typed::Text(text.value().clone()),
            Value::Integer(number) => Typed::Whole(*number.value()),
            Value::Float(number) => Typed::Decimal(
                number
                    .span()
                    .and_then(|span| self.text.get(span))
                    .map_or_else(|| number.value().to_string(), str::to_owned),
            ),
            Value::Boolean(flag) => Typed::Flag(*flag.value()),
            Value::Datetime(_) => Typed::Other("a date or time"),
            Value::InlineTable(_) => Typed::Other("a table"),
            Value::Array(items) => Typed::List(items.iter().map(|item| self.typed(item)).collect()),
        }
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
    std::iter::once(0)
        .chain(breaks.map(|(at, _)| at + 1))
        .collect()
}

/// The canonical dotted name of a path: documented other spellings are folded into one, and a
/// part that holds a dot of its own is quoted so that it cannot pass for two.
pub(super) fn canonical(path: &[String]) -> String {
    let parts: Vec<_> = path
        .iter()
        .map(|part| {
            if part.contains(['.', '"']) || part.is_empty() {
                format!("{part:?}")
            } else {
                part.clone()
            }
        })
        .collect();
    let key = parts.join(".");
    if key == "channels_config" {
        return "channels".to_owned();
    }
    if let Some(rest) = key.strip_prefix("channels_config.") {
        return format!("channels.{rest}");
    }
    let plain = match key.as_str() {
        "gateway.rate_limit.pair_per_minute" => "gateway.pair_rate_limit_per_minute",
        "gateway.rate_limit.webhook_per_minute" => "gateway.webhook_rate_limit_per_minute",
        "gateway.rate_limit.chat_per_minute" => "gateway.chat_rate_limit_per_minute",
        "gateway.rate_limit.api_per_minute" => "gateway.api_rate_limit_per_minute",
        "gateway.rate_limit.v1_per_minute" => "gateway.v1_rate_limit_per_minute",
        "gateway.rate_limit.max_keys" | "gateway.rate_limit.max_tracked_keys" => {
            "gateway.rate_limit_max_keys"
        }
        "gateway.idempotency.ttl_secs" => "gateway.idempotency_ttl_secs",
        "gateway.idempotency.max_keys" => "gateway.idempotency_max_keys",
        _ => return key,
    };
    plain.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Raw {
        Raw::parse(Path::new("config.toml"), text).unwrap()
    }

    fn line(raw: &Raw, key: &str) -> usize {
        match &raw.entries[key].origin {
            Origin::File { line, .. } => *line,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_value_knows_its_line() {
        let raw = parse(
            "# top\n[gateway]\nport = 1\nallowed_hosts = [\n  \"a\",\n]\n\n[providers.main]\nkind = \"demo\"\n",
        );
        assert_eq!(line(&raw, "gateway.port"), 3);
        assert_eq!(line(&raw, "gateway.allowed_hosts"), 4);
        assert_eq!(line(&raw, "providers.main.kind"), 9);
        assert!(raw.providers.contains_key("main"));
    }

    #[test]
    fn tables_may_be_inline_or_dotted() {
        let raw = parse("gateway = { port = 1 }\nproviders.main.kind = \"demo\"\n");
        assert_eq!(raw.entries["gateway.port"].typed, Typed::Whole(1));
        assert_eq!(line(&raw, "providers.main.kind"), 2);
        assert!(raw.providers.contains_key("main"));
    }

    #[test]
    fn older_spellings_are_folded_into_one() {
        let raw = parse(
            "[gateway]\nidempotency_ttl_secs = 5\n[gateway.idempotency]\nttl_secs = 9\n\
             [channels_config.webhook]\nsecret = \"s\"\n",
        );
        assert_eq!(
            raw.entries["gateway.idempotency_ttl_secs"].typed,
            Typed::Whole(5)
        );
        assert_eq!(raw.warnings.len(), 1);
        assert_eq!(
            raw.entries["channels.webhook.secret"].typed,
            Typed::Text("s".into())
        );
    }

    #[test]
    fn a_number_with_a_point_keeps_its_digits() {
        let raw = parse("[cost]\ndaily_limit_usd = 1_0.10\n");
        let typed = &raw.entries["cost.daily_limit_usd"].typed;
        assert_eq!(*typed, Typed::Decimal("1_0.10".into()));
    }

    #[test]
    fn a_quoted_part_with_a_dot_is_not_two_parts() {
        let raw = parse("[gateway]\n\"a.b\" = 1\n[\"gateway.port\"]\n");
        assert!(!raw.entries.contains_key("gateway.a.b"));
        assert_eq!(raw.entries.len(), 1);
    }
}
