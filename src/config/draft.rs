//! A draft of `config.toml`: the file as it stands with what is wished of it, judged as a whole.
//! Nothing is written here.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::{
    ConfigErrors, check_bind,
    document::parse,
    fault::Fault,
    keys::{self, Known},
    load::Loaded,
    masks::{secrets_in, unmasked},
    place::{path_in, put, removed, without_section},
    raw::MAX_FILE_BYTES,
    remark::Origin,
    value::{Typed, Value},
    view,
    wishes::{Wish, Wishes, typed},
};

/// What `config.toml` is to become. All parts together are one change: the text first, then the
/// whole configuration, then the patch.
#[derive(Clone, Debug, Default)]
pub struct Proposal {
    /// The whole text; a mask means that the secret stays.
    pub toml: Option<String>,
    /// The whole configuration; a mask means that the secret stays.
    pub whole: Option<Json>,
    /// A merge patch on the configuration; null means the default.
    pub patch: Option<Json>,
}

/// What drafts are made from.
pub(super) struct Base<'a> {
    /// The file as it stands.
    pub(super) text: &'a str,
    /// The last text that was good, in case the file is not.
    pub(super) last_good: &'a str,
    /// Lays the other layers over a text.
    pub(super) load: &'a dyn Fn(&str) -> Result<Loaded, ConfigErrors>,
}

/// A draft. Its text may hold secrets as plain text.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) text: String,
    /// What the text comes to; none when it is no configuration.
    pub(super) loaded: Option<Loaded>,
    pub(super) faults: Vec<Fault>,
    /// The file has to be mended before single settings can be changed in it.
    pub(super) broken: bool,
}

impl Draft {
    fn failed(text: String, faults: Vec<Fault>, broken: bool) -> Self {
        Self {
            text,
            loaded: None,
            faults,
            broken,
        }
    }
}

/// The draft that `proposal` asks for.
pub(super) fn draft(base: &Base<'_>, proposal: &Proposal) -> Draft {
    let sources = [base.text, base.last_good];
    let text = match &proposal.toml {
        Some(shown) if shown.len() as u64 > MAX_FILE_BYTES => {
            let text = format!("expected at most {MAX_FILE_BYTES} bytes");
            return Draft::failed(base.text.to_owned(), vec![Fault::at("", text)], false);
        }
        Some(shown) => unmasked(shown, &sources),
        None => base.text.to_owned(),
    };
    let loaded = match (base.load)(&text) {
        Ok(loaded) => loaded,
        Err(errors) => {
            let broken = proposal.toml.is_none();
            return Draft::failed(text, (&errors).into(), broken);
        }
    };
    let mut drafting = Drafting {
        base,
        text,
        loaded,
        faults: Vec::new(),
        typed: BTreeSet::new(),
        loads: true,
    };
    if let Some(whole) = &proposal.whole {
        drafting.wish(Wishes::of_whole(whole, &drafting.loaded));
    }
    if let Some(patch) = &proposal.patch {
        drafting.wish(Wishes::of_patch(patch, &drafting.loaded));
    }
    drafting.finish()
}

struct Drafting<'a> {
    base: &'a Base<'a>,
    text: String,
    loaded: Loaded,
    faults: Vec<Fault>,
    /// Secrets that were typed anew.
    typed: BTreeSet<String>,
    /// `loaded` is what `text` comes to.
    loads: bool,
}

impl Drafting<'_> {
    fn wish(&mut self, wishes: Wishes) {
        self.faults.extend(wishes.faults);
        let mut made = Vec::new();
        for wish in wishes.list {
            if self.is_so(&wish) {
                continue;
            }
            match apply(&self.text, &wish) {
                Ok(text) => {
                    self.text = text;
                    made.push(wish);
                }
                Err(fault) => self.faults.push(fault),
            }
        }
        match (self.base.load)(&self.text) {
            Ok(loaded) => {
                self.loaded = loaded;
                for wish in &made {
                    self.faults.extend(self.overruled(wish));
                }
            }
            Err(errors) => {
                self.loads = false;
                self.faults.extend(Vec::<Fault>::from(&errors));
                let values = made.iter().filter(|it| matches!(it, Wish::Value(..)));
                let hidden: Vec<Fault> = values.filter_map(|it| self.overruled(it)).collect();
                self.faults.extend(hidden);
            }
        }
        self.typed
            .extend(made.into_iter().filter_map(|wish| match wish {
                Wish::Value(key, _) if keys::is_secret(&key) => Some(key),
                _ => None,
            }));
    }

    /// Nothing is written for what is so already.
    fn is_so(&self, wish: &Wish) -> bool {
        let Wish::Value(key, value) = wish else {
            return false;
        };
        let Some(known) = keys::find(key).filter(|known| !known.is_secret()) else {
            return keys::is_secret(key)
                && value.as_str() == Some("")
                && !self.loaded.origins.contains_key(key);
        };
        let judged = known.kind().judge(&typed(value));
        let set = judged
            .as_ref()
            .is_some_and(|value| !value.is_empty() && *value != Value::Flag(false));
        let now = view::setting(&self.loaded.config, key);
        match (judged, now) {
            (Some(judged), Some(now)) => as_shown(known, judged) == now,
            // A setting of a later feature that says nothing is as good as not there.
            (Some(_), None) => matches!(known, Known::Later(_)) && !set,
            _ => false,
        }
    }

    /// What counts more than the file would hide the change.
    fn overruled(&self, wish: &Wish) -> Option<Fault> {
        let (key, wanted) = match wish {
            Wish::Value(key, value) => (key, keys::find(key)?.kind().judge(&typed(value))),
            Wish::Default(key) => (key, None),
            Wish::NoProvider(name) => {
                let stays = self.loaded.config.providers.contains_key(name)
                    && !self.loaded.config.from_environment.contains(name);
                let by = "is also given by the environment, which counts more than config.toml";
                return stays.then(|| Fault::at(&format!("providers.{name}"), by));
            }
        };
        let known = keys::find(key)?;
        let origin = self.loaded.origins.get(key);
        let by = match origin {
            Some(origin @ (Origin::Variable(_) | Origin::Option(_))) => Some(origin.to_string()),
            _ if known.is_secret() => keys::provider_key(key)
                .and_then(|(name, _)| self.loaded.config.providers.get(name)?.key_from.clone())
                .filter(|_| matches!(wish, Wish::Value(_, value) if value.as_str() != Some("")))
                .map(|variable| format!("environment variable {variable}")),
            Some(origin) if matches!(wish, Wish::Default(_)) => Some(origin.to_string()),
            _ => None,
        }?;
        let holds = !known.is_secret()
            && wanted.is_some_and(|wanted| {
                view::setting(&self.loaded.config, key) == Some(as_shown(known, wanted))
            });
        (!holds).then(|| {
            let text = format!("is given by the {by}, which counts more than this line");
            Fault::at(key, text)
        })
    }

    fn finish(mut self) -> Draft {
        if let Err(error) = check_bind(&self.loaded.config) {
            let mut fault = Fault::at("gateway.host", error.to_string());
            if let Some(Origin::File { line, .. }) = self.loaded.origins.get("gateway.host") {
                fault.line = Some(*line);
            }
            self.faults.push(fault);
        }
        self.keys_stay_home();
        let mut seen = BTreeSet::new();
        self.faults
            .retain(|fault| seen.insert((fault.key.clone(), fault.message.clone())));
        self.faults
            .sort_by_key(|fault| fault.line.unwrap_or(usize::MAX));
        Draft {
            text: self.text,
            loaded: self.loads.then_some(self.loaded),
            faults: self.faults,
            broken: false,
        }
    }

    /// A saved key goes to no address but the one it was saved with: who may change an address must
    /// not be able to have the key, or a variable of this machine, sent to himself.
    fn keys_stay_home(&mut self) {
        let Ok(before) =
            (self.base.load)(self.base.text).or_else(|_| (self.base.load)(self.base.last_good))
        else {
            return;
        };
        let saved = secrets_in(self.base.text)
            .or_else(|_| secrets_in(self.base.last_good))
            .unwrap_or_default();
        let now = secrets_in(&self.text).unwrap_or_default();
        for (name, after) in &self.loaded.config.providers {
            let key = format!("providers.{name}.api_key");
            let typed_anew = self.typed.contains(&key)
                || now
                    .get(&key)
                    .is_some_and(|value| saved.get(&key) != Some(value));
            let Some(old) = before.config.providers.get(name) else {
                if after.api_key_env.is_some() && after.base_url.is_some() {
                    self.faults.push(Fault::at(
                        &format!("providers.{name}.api_key_env"),
                        NOT_FROM_AFAR,
                    ));
                }
                continue;
            };
            let place = |url: &Option<String>| {
                url.as_deref()
                    .unwrap_or_default()
                    .trim_end_matches('/')
                    .to_owned()
            };
            let moved = old.kind != after.kind || place(&old.base_url) != place(&after.base_url);
            if moved && old.api_key.is_some() && after.api_key.is_some() && !typed_anew {
                let text = "expected the key once more: the saved one belongs to another address";
                self.faults.push(Fault::at(&key, text));
            }
            let named =
                after.api_key_env.is_some() && (old.api_key_env != after.api_key_env || moved);
            if named && after.base_url.is_some() {
                self.faults.push(Fault::at(
                    &format!("providers.{name}.api_key_env"),
                    NOT_FROM_AFAR,
                ));
            }
        }
    }
}

const NOT_FROM_AFAR: &str = "a variable for another address than the kind's own can only be named in \
                             config.toml itself, on the machine; enter the key instead";

/// A value the way a view shows it.
fn as_shown(known: Known<'_>, value: Value) -> Value {
    match known {
        Known::Setting(field) => {
            let mut config = super::Config::default();
            if (field.set)(&mut config, value.clone()) {
                return (field.get)(&config);
            }
            value
        }
        Known::Later(_) => Value::Text(value.to_string()),
        Known::Provider(..) => value,
    }
}

fn apply(text: &str, wish: &Wish) -> Result<String, Fault> {
    let key = match wish {
        Wish::Value(key, _) | Wish::Default(key) => key.clone(),
        Wish::NoProvider(name) => format!("providers.{name}"),
    };
    let said = |error: super::document::DocumentError| Fault::at(&key, error.to_string());
    let mut document = parse(text).map_err(said)?;
    let path = path_in(&document, &key);
    let without = |gone: Option<String>| gone.unwrap_or_else(|| text.to_owned());
    match wish {
        Wish::NoProvider(_) => without_section(text, &path).map(without).map_err(said),
        Wish::Default(_) => removed(text, &path).map(without).map_err(said),
        Wish::Value(_, value) if keys::is_secret(&key) && value.as_str() == Some("") => {
            removed(text, &path).map(without).map_err(said)
        }
        Wish::Value(_, value) => {
            let value = written(&key, value);
            put(document.as_table_mut(), &key, &path, value).map_err(said)?;
            Ok(document.to_string())
        }
    }
}

/// A value as it is written: in the setting's own way, or, where it does not fit, as it came, so that
/// it is judged with everything else.
fn written(key: &str, value: &Json) -> toml_edit::Value {
    let judged = keys::find(key).and_then(|known| known.kind().judge(&typed(value)));
    match judged {
        Some(Value::Money(amount)) => {
            let money = Value::Money(amount);
            // Exact either way; a bare number is what people write.
            let bare = money.to_string().parse();
            bare.unwrap_or_else(|_| money.to_toml())
        }
        Some(value) => value.to_toml(),
        None => raw(&typed(value)),
    }
}

fn raw(typed: &Typed) -> toml_edit::Value {
    match typed {
        Typed::Text(text) | Typed::Loose(text) => text.as_str().into(),
        Typed::Whole(number) => (*number).into(),
        Typed::Decimal(text) => text.parse().unwrap_or_else(|_| text.as_str().into()),
        Typed::Flag(flag) => (*flag).into(),
        Typed::List(items) => items.iter().map(raw).collect::<toml_edit::Array>().into(),
        Typed::Other(_) => toml_edit::InlineTable::new().into(),
    }
}
