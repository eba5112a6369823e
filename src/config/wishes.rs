//! A configuration in JSON, whole or as a merge patch, taken apart into what is wished of each
//! setting.

use serde_json::{Map, Value as Json};

use super::{
    fault::Fault,
    keys,
    load::Loaded,
    raw::canonical,
    remark::Origin,
    value::{MASK, Typed},
    view,
};

/// What is wished of one setting, by its canonical name.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Wish {
    /// This value, which nobody has judged yet.
    Value(String, Json),
    /// Its default.
    Default(String),
    /// That a provider goes.
    NoProvider(String),
}

/// Wishes, and what cannot be wished for.
#[derive(Debug, Default)]
pub(super) struct Wishes {
    pub(super) list: Vec<Wish>,
    pub(super) faults: Vec<Fault>,
}

/// What a JSON value is for the one who judges it.
pub(super) fn typed(value: &Json) -> Typed {
    match value {
        Json::Null => Typed::Other("null"),
        Json::Bool(flag) => Typed::Flag(*flag),
        Json::Number(number) => number
            .as_i64()
            .map_or_else(|| Typed::Decimal(number.to_string()), Typed::Whole),
        Json::String(text) => Typed::Text(text.clone()),
        Json::Array(items) => Typed::List(items.iter().map(typed).collect()),
        Json::Object(_) => Typed::Other("a section"),
    }
}

impl Wishes {
    /// A merge patch: null asks for the default, what is not named stays.
    pub(super) fn of_patch(patch: &Json, loaded: &Loaded) -> Self {
        let mut wishes = Self::default();
        match patch {
            Json::Object(map) => wishes.section(map, &mut Vec::new(), loaded),
            other => wishes.not_an_object(other),
        }
        wishes
    }

    /// The whole configuration: what the file has and `whole` does not goes.
    pub(super) fn of_whole(whole: &Json, loaded: &Loaded) -> Self {
        let mut wishes = Self::default();
        let Json::Object(map) = whole else {
            wishes.not_an_object(whole);
            return wishes;
        };
        wishes.section(map, &mut Vec::new(), loaded);
        let providers = map.get("providers").and_then(Json::as_object);
        for name in loaded.config.providers.keys() {
            let stays = providers.is_some_and(|map| map.get(name).is_some_and(|it| !it.is_null()));
            if !stays && !loaded.config.from_environment.contains(name) {
                wishes.add(Wish::NoProvider(name.clone()));
            }
        }
        for (key, origin) in &loaded.origins {
            let gone = keys::provider_key(key).is_some_and(|(name, _)| {
                let no = Wish::NoProvider(name.to_owned());
                wishes.list.contains(&no)
            });
            let in_file = matches!(origin, Origin::File { .. });
            if in_file && !gone && keys::find(key).is_some() && !has(map, key) {
                wishes.add(Wish::Default(key.clone()));
            }
        }
        wishes
    }

    fn add(&mut self, wish: Wish) {
        if !self.list.contains(&wish) {
            self.list.push(wish);
        }
    }

    fn not_an_object(&mut self, found: &Json) {
        let text = format!(
            "expected an object of sections, found {}",
            typed(found).found(false)
        );
        self.faults.push(Fault::at("", text));
    }

    fn section(&mut self, map: &Map<String, Json>, path: &mut Vec<String>, loaded: &Loaded) {
        for (name, value) in map {
            path.push(name.clone());
            self.member(&canonical(path), value, path, loaded);
            path.pop();
        }
    }

    fn member(&mut self, key: &str, value: &Json, path: &mut Vec<String>, loaded: &Loaded) {
        if let Some(known) = keys::find(key) {
            let masked = known.is_secret() && value.as_str() == Some(MASK);
            return match value {
                Json::Null => self.add(Wish::Default(key.to_owned())),
                _ if masked => self.left_alone(key, loaded),
                _ => self.add(Wish::Value(key.to_owned(), value.clone())),
            };
        }
        let provider = key
            .strip_prefix("providers.")
            .filter(|name| !name.contains('.'));
        match (value, provider) {
            (Json::Null, Some(name)) => self.add(Wish::NoProvider(name.to_owned())),
            (Json::Object(map), Some(name)) => self.provider(name, map, path, loaded),
            (Json::Null, None) if keys::is_section(key) => self.defaults_below(key, loaded),
            (Json::Object(map), None) if keys::is_section(key) => self.section(map, path, loaded),
            (other, _) if keys::is_section(key) || provider.is_some() => {
                let found = typed(other).found(false);
                let text = format!("expected an object of settings, found {found}");
                self.faults.push(Fault::at(key, text));
            }
            // What the file has and nobody knows may at least be taken away.
            (Json::Null, _) if loaded.origins.contains_key(key) => {
                self.add(Wish::Default(key.to_owned()));
            }
            _ => {
                let near = keys::nearest(key);
                let hint = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
                self.faults
                    .push(Fault::at(key, format!("unknown key{hint}")));
            }
        }
    }

    /// A mask is right only where there is something behind it.
    fn left_alone(&mut self, key: &str, loaded: &Loaded) {
        let there = view::setting(&loaded.config, key)
            .is_some_and(|value| value == super::Value::Text(MASK.to_owned()));
        if !there && !loaded.origins.contains_key(key) {
            let text = format!("no secret is saved here: enter it instead of {MASK}");
            self.faults.push(Fault::at(key, text));
        }
    }

    fn provider(
        &mut self,
        name: &str,
        map: &Map<String, Json>,
        path: &mut Vec<String>,
        loaded: &Loaded,
    ) {
        let new = !loaded.config.providers.contains_key(name);
        if new && !map.contains_key("kind") {
            let text = "is missing; expected the kind of provider";
            let key = format!("providers.{name}.kind");
            return self.faults.push(Fault::at(&key, text));
        }
        self.section(map, path, loaded);
    }

    fn defaults_below(&mut self, section: &str, loaded: &Loaded) {
        if section == "providers" {
            for name in loaded.config.providers.keys() {
                if !loaded.config.from_environment.contains(name) {
                    self.add(Wish::NoProvider(name.clone()));
                }
            }
            return;
        }
        let below = format!("{section}.");
        for (key, origin) in loaded.origins.range(below.clone()..) {
            if !key.starts_with(&below) {
                break;
            }
            if matches!(origin, Origin::File { .. }) && keys::find(key).is_some() {
                self.add(Wish::Default(key.clone()));
            }
        }
    }
}

fn has(map: &Map<String, Json>, key: &str) -> bool {
    match key.split_once('.') {
        None => map.get(key).is_some_and(|value| !value.is_null()),
        Some((first, rest)) => map
            .get(first)
            .and_then(Json::as_object)
            .is_some_and(|map| has(map, rest)),
    }
}
