//! The text of `config.toml` as it may be shown, and the way back: a mask stands where a secret
//! stands, and means "leave it" in a text that is to be saved.

use std::collections::HashMap;

use toml_edit::{DocumentMut, Item, TableLike, Value};

use super::{
    document::DocumentError,
    keys,
    place::{find, path_in, put},
    raw::canonical,
    redact,
    value::MASK,
};

/// The text without its secrets. Comments lose what looks like one, too.
pub fn masked(text: &str) -> String {
    let values = values_masked(text);
    let lines: Vec<_> = values.split('\n').map(line_masked).collect();
    lines.join("\n")
}

/// A line without what looks like a secret; a mask that stands there stays one.
fn line_masked(line: &str) -> String {
    let parts: Vec<_> = line.split(MASK).map(redact).collect();
    parts.join(MASK)
}

/// The text that `shown` stands for: a mask is the secret that one of `sources` has in its place,
/// the first that has one; a line from which something was left out is the line that it was.
/// A mask with nothing behind it stays, and is no configuration.
pub(super) fn unmasked(shown: &str, sources: &[&str]) -> String {
    let shown = lines_restored(shown, sources);
    let Ok(mut document) = shown.parse::<DocumentMut>() else {
        // Why it is none is said when it is read as a configuration.
        return shown;
    };
    let sources: Vec<DocumentMut> = sources
        .iter()
        .filter_map(|text| text.parse().ok())
        .collect();
    for (path, key) in masks(&document) {
        let saved = sources.iter().find_map(|source| {
            let item = find(source.as_table(), &path_in(source, &key))?;
            item.as_value().cloned()
        });
        if let Some(value) = saved
            && put(document.as_table_mut(), &key, &path, value).is_err()
        {
            break;
        }
    }
    document.to_string()
}

/// Whether what stands under this name is to be hidden: a secret, or what may be a misspelt one.
fn is_hidden(key: &str) -> bool {
    if keys::find(key).is_some() {
        return keys::is_secret(key);
    }
    let above = |key: &str| key.rsplit_once('.').map(|(above, _)| above.to_owned());
    above(key).is_some_and(|key| keys::is_secret(&key))
        || keys::nearest(key).is_some_and(|near| keys::is_secret(&near))
}

fn is_mask(item: &Item) -> bool {
    item.as_str() == Some(MASK)
}

fn masks(document: &DocumentMut) -> Vec<(Vec<String>, String)> {
    let mut found = Vec::new();
    leaves(
        document.as_table(),
        &mut Vec::new(),
        &mut |path, key, item| {
            if is_mask(item) && is_hidden(key) {
                found.push((path.to_vec(), key.to_owned()));
            }
        },
    );
    found
}

fn leaves(
    table: &dyn TableLike,
    path: &mut Vec<String>,
    look: &mut impl FnMut(&[String], &str, &Item),
) {
    for (name, item) in table.iter() {
        path.push(name.to_owned());
        let key = canonical(path);
        match item.as_table_like() {
            Some(below) if !keys::is_secret(&key) => leaves(below, path, look),
            _ => look(path, &key, item),
        }
        path.pop();
    }
}

fn values_masked(text: &str) -> String {
    let Ok(mut document) = text.parse::<DocumentMut>() else {
        return broken_masked(text);
    };
    let mut found = Vec::new();
    leaves(
        document.as_table(),
        &mut Vec::new(),
        &mut |path, key, item| {
            let empty = item.as_str().is_some_and(str::is_empty);
            if is_hidden(key) && !empty {
                found.push((path.to_vec(), key.to_owned()));
            }
        },
    );
    for (path, key) in found {
        if put(document.as_table_mut(), &key, &path, Value::from(MASK)).is_err() {
            return broken_masked(text);
        }
    }
    document.to_string()
}

/// A text that is no TOML is gone through line by line: what is given to a name that a secret may
/// have is hidden, with the lines that a text in three quotes goes on for.
fn broken_masked(text: &str) -> String {
    let mut open: Option<&str> = None;
    let lines = text.split('\n').map(|line| {
        if let Some(quotes) = open {
            if line.contains(quotes) {
                open = None;
            }
            return String::new();
        }
        let Some((name, value)) = line.split_once('=') else {
            return line.to_owned();
        };
        let last = name.rsplit(['.', '{', ',', '#']).next().unwrap_or(name);
        let last = last.trim().trim_matches(['"', '\'']);
        if !is_secret_word(last) && !value.contains(super::vault::SEALED) {
            return line.to_owned();
        }
        let value = value.trim_start();
        open = ["\"\"\"", "'''"]
            .into_iter()
            .find(|quotes| value.starts_with(quotes) && !value[3..].contains(quotes));
        format!("{name}= \"{MASK}\"")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn is_secret_word(word: &str) -> bool {
    let word = word.to_lowercase();
    ["key", "secret", "token", "password"]
        .iter()
        .any(|part| word.contains(part))
        && !matches!(word.as_str(), "api_key_env" | "paired_tokens")
}

fn lines_restored(shown: &str, sources: &[&str]) -> String {
    let mut before = HashMap::new();
    for source in sources {
        let values = values_masked(source);
        for line in values.split('\n') {
            let seen = redact(line);
            if seen != line {
                before
                    .entry(seen.into_owned())
                    .or_insert_with(|| line.to_owned());
            }
        }
    }
    if before.is_empty() {
        return shown.to_owned();
    }
    let lines: Vec<&str> = shown
        .split('\n')
        .map(|line| before.get(line).map_or(line, String::as_str))
        .collect();
    lines.join("\n")
}

/// The value as it stands in the text, sealed or not, of every secret in it.
pub(super) fn secrets_in(text: &str) -> Result<HashMap<String, String>, DocumentError> {
    let document = super::document::parse(text)?;
    let mut found = HashMap::new();
    leaves(document.as_table(), &mut Vec::new(), &mut |_, key, item| {
        if keys::is_secret(key)
            && let Some(text) = item.as_str().filter(|text| !text.is_empty())
        {
            found.insert(key.to_owned(), text.to_owned());
        }
    });
    Ok(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "# old key: sk-abcdefghijkl1234\n[providers.main] # mine\nkind = \"openai\"\n\
        api_key = \"enc:v1:AAAA\" # the key\n\n[channels_config.webhook]\nsecert = \"hush-hush\"\n\
        secret = \"\"\n";

    #[test]
    fn nothing_secret_is_shown_and_everything_comes_back() {
        let shown = masked(TEXT);
        for hidden in ["AAAA", "hush-hush", "abcdefghijkl1234"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
        assert!(
            shown.contains("api_key = \"***MASKED***\" # the key"),
            "{shown}"
        );
        assert!(shown.contains("secret = \"\""), "{shown}");
        assert_eq!(unmasked(&shown, &[TEXT]), TEXT);
    }

    #[test]
    fn a_mask_with_nothing_behind_it_stays() {
        let shown = "[providers.other]\nkind = \"openai\"\napi_key = \"***MASKED***\"\n";
        assert_eq!(unmasked(shown, &[TEXT]), shown);
    }

    #[test]
    fn what_is_no_toml_shows_no_secret_either() {
        let text = "[providers.main\napi_key = \"s3cr3t\"\nsecret = \"\"\"\nhidden\nlines\"\"\"\n\
                    a = { api_key = \"inner\" }\nmodel = \"m\"\n\"access_token\"='t0ken'\n";
        let shown = masked(text);
        for hidden in ["s3cr3t", "hidden", "lines", "inner", "t0ken"] {
            assert!(!shown.contains(hidden), "{hidden}: {shown}");
        }
        assert!(shown.contains("model = \"m\""), "{shown}");
        assert_eq!(shown.lines().count(), text.lines().count());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_secret_is_hidden_and_comes_back(secret in "[A-Za-z0-9+/=]{12,40}", comment in "[ -~]{0,40}") {
            let text = format!("# {comment}\nproviders.main = {{ kind = \"openai\", api_key = \"{secret}\" }}\n");
            let shown = masked(&text);
            prop_assert!(comment.contains(&secret) || !shown.contains(&secret), "{}", shown);
            prop_assert_eq!(unmasked(&shown, &[&text]), text);
        }
    }
}
