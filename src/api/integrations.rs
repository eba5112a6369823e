//! `/api/integrations`: what the gateway can be connected with, setting it up, and trying it.

use std::{collections::BTreeMap, net::SocketAddr};

use http::HeaderMap;
use poem::web::Data;
use poem_openapi::{Enum, Object, OpenApi, param::Path, payload::Json};

use super::{ApiError, Caller, Client, Group, body::JsonBody, reach, sentence};
use crate::{
    agent::EditError,
    config::{ConfigHandle, document::DocumentError},
    integrations::{
        Asker, Detail, Field, Group as Kind, Hook, Integration, Integrations, SaveError, State,
        TestError, Tested,
    },
    model::Timestamp,
};

/// What a setting is.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "IntegrationFieldKind", rename_all = "snake_case")]
enum FieldKind {
    /// Any text.
    Text,
    /// A text that is kept sealed and not shown again.
    Secret,
    /// `true` or `false`.
    Flag,
    /// One of some words.
    Choice,
    /// An http or https address.
    Url,
    /// The name of a provider.
    Provider,
}

/// A setting that sets an integration up.
#[derive(Clone, Debug, Object)]
#[oai(rename = "IntegrationField", skip_serializing_if_is_none)]
struct FieldView {
    /// The setting's dotted name.
    key: String,
    /// What it is called.
    title: String,
    /// What it is for, in one line.
    about: String,
    /// What it is.
    kind: FieldKind,
    /// The words to choose from.
    choices: Vec<String>,
    /// Its value; left out for a secret, and where there is none.
    value: Option<String>,
    /// It differs from its default; of a secret: there is one.
    set: bool,
}

impl From<Field> for FieldView {
    fn from(field: Field) -> Self {
        Self {
            kind: match field.kind {
                "secret" => FieldKind::Secret,
                "flag" => FieldKind::Flag,
                "choice" => FieldKind::Choice,
                "url" => FieldKind::Url,
                "provider" => FieldKind::Provider,
                _ => FieldKind::Text,
            },
            key: field.key,
            title: field.title,
            about: field.about,
            choices: field.choices,
            value: field.value,
            set: field.set,
        }
    }
}

/// A header of a call.
#[derive(Clone, Debug, Object)]
#[oai(rename = "IntegrationHeader")]
struct HeaderView {
    /// Its name.
    name: String,
    /// Its value, with `<token>` and `<secret>` for what only its owner knows.
    value: String,
}

/// An address of the gateway for others to call.
#[derive(Clone, Debug, Object)]
#[oai(rename = "IntegrationHook", skip_serializing_if_is_none)]
struct HookView {
    /// The method.
    method: String,
    /// The path, behind whatever address the gateway is reached under.
    path: String,
    /// Headers to send.
    headers: Vec<HeaderView>,
    /// A body to try it with.
    body: Option<String>,
}

impl From<Hook> for HookView {
    fn from(hook: Hook) -> Self {
        let header = |(name, value)| HeaderView { name, value };
        Self {
            method: hook.method.to_owned(),
            path: hook.path.to_owned(),
            headers: hook.headers.into_iter().map(header).collect(),
            body: hook.body,
        }
    }
}

/// A part of an integration, and how it stands.
#[derive(Clone, Debug, Object)]
#[oai(rename = "IntegrationDetail")]
struct DetailView {
    /// What it is: a tool, `model`, `base_url`, `api_key`.
    name: String,
    /// How it stands: allow, ask or deny for a tool; sealed, missing or a variable's name for a
    /// key.
    value: String,
}

impl From<Detail> for DetailView {
    fn from(detail: Detail) -> Self {
        Self {
            name: detail.name,
            value: detail.value,
        }
    }
}

/// Something that the gateway can be connected with.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Integration", skip_serializing_if_is_none)]
struct IntegrationView {
    /// Names it.
    id: String,
    /// What it is for.
    group: Kind,
    /// What it is called.
    title: String,
    /// What it does, in one line.
    about: String,
    /// How it does.
    state: State,
    /// Why it does not work, or what is worth knowing.
    reason: Option<String>,
    /// When it was last used or tried, since the gateway's start.
    checked_at: Option<Timestamp>,
    /// The page of the dashboard where it is set up, where that is another one.
    route: Option<String>,
    /// What sets it up.
    fields: Vec<FieldView>,
    /// Addresses for others to call.
    hooks: Vec<HookView>,
    /// Its parts.
    details: Vec<DetailView>,
    /// It can be tried: `POST /api/integrations/{id}/test`.
    testable: bool,
}

impl From<Integration> for IntegrationView {
    fn from(one: Integration) -> Self {
        Self {
            id: one.id,
            group: one.group,
            title: one.title,
            about: one.about,
            state: one.state,
            reason: one.reason,
            checked_at: one.checked_at,
            route: one.route,
            fields: one.fields.into_iter().map(FieldView::from).collect(),
            hooks: one.hooks.into_iter().map(HookView::from).collect(),
            details: one.details.into_iter().map(DetailView::from).collect(),
            testable: one.testable,
        }
    }
}

/// All integrations.
#[derive(Clone, Debug, Object)]
struct IntegrationList {
    /// By group.
    integrations: Vec<IntegrationView>,
    /// Addresses of the gateway to put before the paths of hooks, without a slash at the end: the
    /// caller's own first, then those under which other machines may reach it.
    addresses: Vec<String>,
}

/// What a try came to.
#[derive(Clone, Debug, Object)]
#[oai(rename = "IntegrationTested")]
struct TestedView {
    /// It works.
    ok: bool,
    /// What was done and what came of it.
    message: String,
    /// How long it took, in milliseconds.
    duration_ms: u64,
    /// When it ended.
    at: Timestamp,
    /// The integration after that.
    integration: IntegrationView,
}

impl From<Tested> for TestedView {
    fn from(tested: Tested) -> Self {
        Self {
            ok: tested.ok,
            message: tested.message,
            duration_ms: tested.duration_ms,
            at: tested.at,
            integration: tested.integration.into(),
        }
    }
}

/// Settings of an integration.
#[derive(Clone, Debug, Object)]
#[oai(rename = "IntegrationSettings")]
struct SettingsRequest {
    /// Values by the settings' dotted names; null, or an empty text, takes one away. What is left
    /// out stays.
    fields: BTreeMap<String, Option<String>>,
}

/// The group.
pub struct IntegrationsApi {
    /// The integrations.
    pub integrations: Integrations,
    /// Settings.
    pub config: ConfigHandle,
    /// The address listened on.
    pub bound: SocketAddr,
}

#[OpenApi(tag = "Group::Watching")]
impl IntegrationsApi {
    /// List the integrations
    ///
    /// Every provider, channel, tunnel and family of tools, and how each of them does.
    #[oai(
        path = "/api/integrations",
        method = "get",
        operation_id = "list_integrations"
    )]
    async fn list(&self, _caller: Caller, client: Data<&Client>) -> Json<IntegrationList> {
        let all = self.integrations.list().await;
        let config = self.config.current();
        let others = reach::bases(&client, &config.gateway.allowed_hosts, Some(self.bound));
        let mut addresses = vec![client.base_url()];
        addresses.extend(others.into_iter().filter(|one| *one != client.base_url()));
        Json(IntegrationList {
            addresses,
            integrations: all.into_iter().map(IntegrationView::from).collect(),
        })
    }

    /// Set an integration up
    ///
    /// Its settings are written to `config.toml`, all of them or none, and are in force at once.
    #[oai(
        path = "/api/integrations/:id",
        method = "put",
        operation_id = "save_integration"
    )]
    async fn save(
        &self,
        _caller: Caller,
        id: Path<String>,
        body: JsonBody<SettingsRequest>,
    ) -> Result<Json<IntegrationView>, ApiError> {
        let saved = self.integrations.save(&id, body.0.fields).await?;
        Ok(Json(saved.into()))
    }

    /// Try an integration
    ///
    /// For real: a provider is asked, the gateway's own doors are knocked at, a word is embedded, a
    /// span is sent, a tool makes a harmless call. That it does not work is an answer too, with
    /// `ok: false`.
    #[oai(
        path = "/api/integrations/:id/test",
        method = "post",
        operation_id = "test_integration"
    )]
    async fn test(
        &self,
        _caller: Caller,
        request: &poem::Request,
        id: Path<String>,
    ) -> Result<Json<TestedView>, ApiError> {
        let asker = Asker {
            proof: proof_of(request.headers()),
        };
        Ok(Json(self.integrations.test(&id, &asker).await?.into()))
    }
}

/// What proves who asks.
fn proof_of(headers: &HeaderMap) -> HeaderMap {
    let mut proof = HeaderMap::new();
    for name in [http::header::AUTHORIZATION, http::header::COOKIE] {
        if let Some(value) = headers.get(&name) {
            let mut value = value.clone();
            value.set_sensitive(true);
            proof.insert(name, value);
        }
    }
    proof
}

impl From<SaveError> for ApiError {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::Unknown => Self::not_found("integration"),
            SaveError::NotItsOwn { .. } => {
                let text = error.to_string();
                Self::bad_field("fields", text)
            }
            SaveError::Document(DocumentError::BadValue { key, expected, .. }) => {
                Self::bad_field(&key, expected)
            }
            SaveError::Document(error) => EditError::Document(error).into(),
            SaveError::Broken => Self::internal(&error),
        }
    }
}

impl From<TestError> for ApiError {
    fn from(error: TestError) -> Self {
        match error {
            TestError::Unknown => Self::not_found("integration"),
            TestError::NotNow(_) => Self::conflict(sentence(&error)),
        }
    }
}
