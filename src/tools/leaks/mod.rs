//! Masks secrets in what tools say, before the model, the journal or a page sees it: those that
//! the gateway knows, in any of their spellings, and whatever has the form of a well-known key.

mod assigned;
mod formats;
mod known;

use std::{borrow::Cow, ops::Range, path::PathBuf, sync::Arc};

use arc_swap::ArcSwapOption;

use crate::config::{Config, ConfigHandle};
use known::Known;

/// A text without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clean<'a> {
    /// The text; the same one when there was nothing to mask.
    pub text: Cow<'a, str>,
    /// How many secrets were masked.
    pub count: usize,
}

/// Knows the gateway's secrets and how others look.
pub struct Leaks {
    config: ConfigHandle,
    /// The file with the key of the vault.
    key_file: PathBuf,
    built: ArcSwapOption<(Arc<Config>, Known)>,
}

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found {
    place: Range<usize>,
    /// What kind of secret it is, for the mark.
    kind: &'static str,
}

impl Leaks {
    /// Knows the secrets of the configuration in force, and the key in `key_file`.
    pub fn new(config: ConfigHandle, key_file: PathBuf) -> Self {
        Self {
            config,
            key_file,
            built: ArcSwapOption::empty(),
        }
    }

    /// The text with a mark in place of each secret.
    pub fn mask<'a>(&self, text: &'a str) -> Clean<'a> {
        let mut found = Vec::new();
        self.known().1.find(text, &mut found);
        formats::find(text, &mut found);
        assigned::find(text, &mut found);
        replace(text, found)
    }

    /// The known secrets, anew when the configuration has changed.
    fn known(&self) -> Arc<(Arc<Config>, Known)> {
        let config = self.config.current();
        if let Some(built) = self.built.load_full()
            && Arc::ptr_eq(&built.0, &config)
        {
            return built;
        }
        let mut secrets = config.secrets();
        if let Ok(key) = std::fs::read_to_string(&self.key_file) {
            secrets.push(key.trim().to_owned().into());
        }
        let built = Arc::new((config, Known::new(&secrets)));
        self.built.store(Some(Arc::clone(&built)));
        built
    }
}

fn replace(text: &str, mut found: Vec<Found>) -> Clean<'_> {
    if found.is_empty() {
        return Clean {
            text: Cow::Borrowed(text),
            count: 0,
        };
    }
    // Where they overlap, the longest that begins first names the whole.
    found.sort_by_key(|secret| (secret.place.start, std::cmp::Reverse(secret.place.end)));
    let mut merged: Vec<Found> = Vec::with_capacity(found.len());
    for secret in found {
        match merged.last_mut() {
            Some(last) if secret.place.start < last.place.end => {
                last.place.end = last.place.end.max(secret.place.end);
            }
            _ => merged.push(secret),
        }
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for secret in &merged {
        out.push_str(&text[done..secret.place.start]);
        out.push_str("[masked: ");
        out.push_str(secret.kind);
        out.push(']');
        done = secret.place.end;
    }
    out.push_str(&text[done..]);
    Clean {
        text: Cow::Owned(out),
        count: merged.len(),
    }
}

#[cfg(test)]
mod tests;
