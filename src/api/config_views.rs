//! How the configuration looks on the wire.

use std::sync::Arc;

use poem_openapi::{Enum, Object};
use serde_json::Value as Json;

use crate::{
    config::{Change, Config, Fault, Origin, Revision, Standing, keys, restart, view},
    model::Timestamp,
};

/// Where a setting's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(super) enum SettingSource {
    /// Nobody said anything.
    Default,
    /// `config.toml`.
    File,
    /// An environment variable.
    Environment,
    /// The command line.
    CommandLine,
}

/// What is known of one setting besides its value.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ConfigSetting", skip_serializing_if_is_none)]
pub(super) struct SettingView {
    /// Its dotted name.
    key: String,
    /// Where its value comes from.
    source: SettingSource,
    /// The line of `config.toml`.
    line: Option<u64>,
    /// The environment variable.
    variable: Option<String>,
    /// The option of the command line.
    option: Option<String>,
    /// A change of it waits for the next start.
    restart: bool,
    /// It waits for the next start now.
    pending: bool,
    /// What is in force until then.
    in_force: Option<Json>,
    /// It is a secret: its value is `***MASKED***` when it is set, else empty.
    secret: bool,
}

/// One thing that is wrong with a configuration, or to be said of it.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ConfigFault", skip_serializing_if_is_none)]
pub(super) struct FaultView {
    /// The setting's dotted name; empty: none in particular.
    key: String,
    /// The line of the text in question, counted from 1.
    line: Option<u64>,
    /// What was expected.
    expected: Option<String>,
    /// What was found; never a secret.
    found: Option<String>,
    /// All of it in words.
    message: String,
}

impl From<&Fault> for FaultView {
    fn from(fault: &Fault) -> Self {
        Self {
            key: fault.key.clone(),
            line: fault.line.map(|line| line as u64),
            expected: fault.expected.clone(),
            found: fault.found.clone(),
            message: fault.message.clone(),
        }
    }
}

pub(super) fn faults(list: &[Fault]) -> Vec<FaultView> {
    list.iter().map(FaultView::from).collect()
}

/// A setting that differs.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ConfigChange")]
pub(super) struct ChangeView {
    /// Its dotted name.
    key: String,
    /// Before; null: there was none. A secret shows only whether it was set.
    before: Json,
    /// After; null: there is none.
    after: Json,
    /// It waits for the next start.
    restart: bool,
    /// It is a secret.
    secret: bool,
}

impl From<&Change> for ChangeView {
    fn from(change: &Change) -> Self {
        let json = |value: &Option<crate::config::Value>| {
            value
                .as_ref()
                .map_or(Json::Null, crate::config::Value::to_json)
        };
        Self {
            key: change.key.clone(),
            before: json(&change.before),
            after: json(&change.after),
            restart: change.restart,
            secret: change.secret,
        }
    }
}

pub(super) fn changes(list: &[Change]) -> Vec<ChangeView> {
    list.iter().map(ChangeView::from).collect()
}

/// The configuration.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ConfigView")]
pub(super) struct ConfigView {
    /// Every setting in its section, secrets as `***MASKED***`: what the file and the other layers
    /// say, also where that waits for the next start.
    config: Json,
    /// What is known of each setting besides its value.
    settings: Vec<SettingView>,
    /// Names the text of `config.toml`, as the header `ETag` does (without its quotes).
    etag: String,
    /// The settings that wait for the next start.
    restart_needed: Vec<String>,
    /// Unknown keys and the like in the file.
    warnings: Vec<FaultView>,
    /// Why the file as it stands is not in force; empty when it is. What is shown is then what it
    /// said last.
    refused: Vec<FaultView>,
    /// What the last save changed; empty where nothing was saved.
    changes: Vec<ChangeView>,
}

impl ConfigView {
    pub(super) fn new(standing: &Standing, changed: &[Change]) -> Self {
        let config = &standing.configured;
        let settings = view::settings(config)
            .into_iter()
            .map(|(key, value)| setting(key, &value, standing))
            .collect();
        Self {
            config: view::json(config),
            settings,
            etag: standing.tag.clone(),
            restart_needed: standing.restart_needed.clone(),
            warnings: faults(&standing.warnings),
            refused: faults(&standing.refused),
            changes: changes(changed),
        }
    }
}

fn setting(key: String, value: &crate::config::Value, standing: &Standing) -> SettingView {
    let pending = standing.restart_needed.contains(&key);
    let mut one = SettingView {
        source: SettingSource::Default,
        line: None,
        variable: None,
        option: None,
        restart: restart::needs_restart(&key),
        pending,
        in_force: pending
            .then(|| view::setting(&standing.running, &key).map(|value| value.to_json()))
            .flatten(),
        secret: keys::is_secret(&key),
        key,
    };
    match standing.origins.get(&one.key) {
        Some(Origin::File { line, .. }) => {
            one.source = SettingSource::File;
            one.line = Some(*line as u64).filter(|line| *line > 0);
        }
        Some(Origin::Variable(name)) => {
            one.source = SettingSource::Environment;
            one.variable = Some(name.clone());
        }
        Some(Origin::Option(name)) => {
            one.source = SettingSource::CommandLine;
            one.option = Some((*name).to_owned());
        }
        Some(Origin::Whole) | None => found(&mut one, value, &standing.configured),
    }
    if one.secret {
        key_from(&mut one, &standing.configured);
    }
    one
}

/// What the environment brings along without a setting's own variable.
fn found(one: &mut SettingView, value: &crate::config::Value, config: &Config) {
    let name = one
        .key
        .strip_prefix("providers.")
        .and_then(|rest| rest.split('.').next());
    if name.is_some_and(|name| config.from_environment.contains(name)) && !value.is_empty() {
        one.source = SettingSource::Environment;
    }
}

/// A key may come from a variable although the file has one too.
fn key_from(one: &mut SettingView, config: &Config) {
    let name = one
        .key
        .strip_prefix("providers.")
        .and_then(|rest| rest.split('.').next());
    let provider = name.and_then(|name| config.providers.get(name));
    if let Some(variable) = provider.and_then(|provider| provider.key_from.clone()) {
        one.source = SettingSource::Environment;
        one.line = None;
        one.variable = Some(variable);
    }
}

/// The text of `config.toml`.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ConfigText")]
pub(super) struct TextView {
    /// The text, secrets as `***MASKED***`.
    pub(super) toml: String,
    /// Names it.
    pub(super) etag: String,
    /// Why it is not in force; empty when it is.
    pub(super) refused: Vec<FaultView>,
}

/// What a draft comes to.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ConfigChecked")]
pub(super) struct CheckedView {
    /// It can be saved.
    pub(super) valid: bool,
    /// All that is wrong with it.
    pub(super) faults: Vec<FaultView>,
    /// What is to be said and does not stand against it.
    pub(super) warnings: Vec<FaultView>,
    /// What would change.
    pub(super) changes: Vec<ChangeView>,
    /// Those of the changes that wait for the next start.
    pub(super) restart: Vec<String>,
    /// The text that would be written, secrets as `***MASKED***`.
    pub(super) toml: String,
    /// The configuration that it comes to, secrets masked; null when the text is none.
    pub(super) config: Json,
    /// Names the text of `config.toml` that it was held against.
    pub(super) etag: String,
}

pub(super) fn whole(config: Option<&Arc<Config>>) -> Json {
    config.map_or(Json::Null, |config| view::json(config))
}

/// An earlier text of `config.toml`.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ConfigRevision")]
pub(super) struct RevisionView {
    /// Names it.
    id: String,
    /// When another text took its place.
    replaced_at: Timestamp,
    /// Its size.
    bytes: u64,
    /// What would change if it were put back.
    changes: Vec<ChangeView>,
}

impl RevisionView {
    pub(super) fn new(revision: Revision, changed: &[Change]) -> Self {
        Self {
            id: revision.id,
            replaced_at: Timestamp::from_millis(revision.replaced_at_millis),
            bytes: revision.bytes,
            changes: changes(changed),
        }
    }
}

/// Earlier texts of `config.toml`.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ConfigRevisions")]
pub(super) struct RevisionList {
    /// The newest first.
    pub(super) revisions: Vec<RevisionView>,
}

/// An earlier text of `config.toml`, with its words.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ConfigRevisionText")]
pub(super) struct RevisionText {
    /// The revision.
    pub(super) revision: RevisionView,
    /// The text, secrets as `***MASKED***`.
    pub(super) toml: String,
}
