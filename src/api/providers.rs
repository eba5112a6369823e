//! Model providers: which there are, trying one, changing them, and the models they have.

use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};
use secrecy::SecretString;

use super::{
    ApiError, Caller, ErrorBody, Group, Text,
    body::JsonBody,
    provider_kind::Kind,
    provider_view::{ModelList, ProviderList, ProviderTested, ProviderView},
    sentence,
};
use crate::{
    agent::{EditError, Models, ProbeError, ProbeReason, ProviderChange, TryError},
    config::document::DocumentError,
};

/// What to try. What is left out is taken from the provider of that name, else from its kind.
#[derive(Clone, Object)]
#[oai(rename = "ProviderTest")]
struct TestRequest {
    /// A provider there is. Its saved key is used when none is given, and goes to no other address.
    name: Option<Text>,
    /// The protocol; may be left out with the name of a provider there is.
    kind: Option<Kind>,
    /// Its address.
    base_url: Option<Text>,
    /// Its key.
    api_key: Option<Text>,
    /// The model that is wanted of it.
    model: Option<Text>,
}

/// A provider as it is to be. What is left out stays; what is empty is taken away.
#[derive(Clone, Object)]
#[oai(rename = "ProviderChange")]
struct SaveRequest {
    /// The protocol.
    kind: Kind,
    /// Its address; empty: the kind's own.
    base_url: Option<Text>,
    /// Its key. It is kept encrypted and never shown again. Has to be given again with another
    /// address.
    api_key: Option<Text>,
    /// The model it is asked for; empty: the kind's own, or the first it has.
    model: Option<Text>,
    /// Names of other providers that answer in its place when it fails, in order.
    fallbacks: Option<Vec<Text>>,
    /// New messages go to it from now on.
    #[oai(rename = "use", default)]
    in_use: bool,
}

#[derive(ApiResponse)]
enum RemoveAnswer {
    /// It is gone.
    #[oai(status = 204)]
    Removed,
}

/// See [`Group::Providers`].
pub struct ProvidersApi {
    /// The providers and their models.
    pub models: Models,
}

#[OpenApi(tag = "Group::Providers")]
impl ProvidersApi {
    /// List the model providers
    ///
    /// With what is known of every kind of provider, for whoever wants to connect one. Keys are
    /// not shown.
    #[oai(
        path = "/api/providers",
        method = "get",
        operation_id = "list_providers"
    )]
    async fn list(&self, _caller: Caller) -> Json<ProviderList> {
        Json(self.models.providers().await.into())
    }

    /// Try a provider
    ///
    /// Asks it for its models, which proves its address and key, and saves nothing. Takes up to 10
    /// seconds. What does not work is answered with an error that says what to do; its
    /// `details.reason` is one of key_rejected, key_missing, no_credit, wrong_address,
    /// not_compatible, unreachable, timeout, too_many, trouble, no_models, unusable, and its
    /// `details.field` the field that is likely at fault.
    #[oai(
        path = "/api/providers/test",
        method = "post",
        operation_id = "test_provider"
    )]
    async fn test(
        &self,
        _caller: Caller,
        body: JsonBody<TestRequest>,
    ) -> Result<Json<ProviderTested>, ApiError> {
        let asked = body.0;
        let name = asked.name.as_ref().map(|name| name.0.trim());
        let name = name.filter(|name| !name.is_empty());
        let kind = match (asked.kind, name) {
            (Some(kind), _) => kind.into(),
            (None, Some(name)) => {
                let known = self.models.providers().await;
                let named = known.iter().find(|one| one.name == name);
                named.ok_or_else(|| ApiError::not_found("provider"))?.kind
            }
            (None, None) => return Err(ApiError::bad_field("kind", "a kind of provider")),
        };
        let change = ProviderChange {
            kind,
            base_url: asked.base_url.map(|url| url.0),
            api_key: asked.api_key.map(|key| SecretString::from(key.0)),
            model: asked.model.map(|model| model.0),
            fallbacks: None,
            in_use: false,
        };
        Ok(Json(self.models.try_out(name, change).await?.into()))
    }

    /// Add or change a provider
    ///
    /// Writes it to `config.toml`, where comments and all else stay as they are, and puts it in
    /// force at once. It is not tried: see `POST /api/providers/test`.
    #[oai(
        path = "/api/providers/:name",
        method = "put",
        operation_id = "save_provider"
    )]
    async fn save(
        &self,
        caller: Caller,
        /// Letters, digits, `-` and `_`, at most 64.
        name: Path<String>,
        body: JsonBody<SaveRequest>,
    ) -> Result<Json<ProviderView>, ApiError> {
        let asked = body.0;
        let change = ProviderChange {
            kind: asked.kind.into(),
            base_url: asked.base_url.map(|url| url.0),
            api_key: asked.api_key.map(|key| SecretString::from(key.0)),
            model: asked.model.map(|model| model.0),
            fallbacks: asked
                .fallbacks
                .map(|names| names.into_iter().map(|name| name.0).collect()),
            in_use: asked.in_use,
        };
        let by = caller.principal.device_id;
        Ok(Json(self.models.save(&name.0, change, by).await?.into()))
    }

    /// Remove a provider
    ///
    /// Takes it out of `config.toml` together with its key. Turns under way end with it; a provider
    /// that comes from the environment stays and is answered with 409.
    #[oai(
        path = "/api/providers/:name",
        method = "delete",
        operation_id = "remove_provider"
    )]
    async fn remove(
        &self,
        caller: Caller,
        /// The provider.
        name: Path<String>,
    ) -> Result<RemoveAnswer, ApiError> {
        let by = caller.principal.device_id;
        self.models.remove(&name.0, by).await?;
        Ok(RemoveAnswer::Removed)
    }

    /// List the models of all providers
    ///
    /// They are asked at once, for up to 10 seconds; their answers hold for five minutes, failures
    /// for half a minute.
    #[oai(path = "/api/models", method = "get", operation_id = "list_models")]
    async fn models(
        &self,
        _caller: Caller,
        /// Ask the providers anew.
        #[oai(default)]
        fresh: Query<bool>,
    ) -> Json<ModelList> {
        Json(self.models.offer(fresh.0).await.into())
    }
}

impl From<TryError> for ApiError {
    fn from(error: TryError) -> Self {
        match error {
            TryError::Edit(error) => error.into(),
            TryError::Probe(error) => error.into(),
        }
    }
}

impl From<ProbeError> for ApiError {
    fn from(error: ProbeError) -> Self {
        let details = serde_json::json!({
            "reason": error.reason.as_str(),
            "field": error.reason.field(),
        });
        let body = |code| Json(ErrorBody::new(code, error.to_string()).with_details(details));
        match error.reason {
            ProbeReason::KeyRejected
            | ProbeReason::KeyMissing
            | ProbeReason::WrongAddress
            | ProbeReason::NotCompatible
            | ProbeReason::Unusable => Self::BadRequest(body("INVALID_REQUEST")),
            ProbeReason::Timeout => Self::Timeout(body("TIMEOUT")),
            ProbeReason::NoCredit
            | ProbeReason::Unreachable
            | ProbeReason::TooMany
            | ProbeReason::Trouble
            | ProbeReason::NoModels => Self::ProviderError(body("PROVIDER_ERROR")),
        }
    }
}

impl From<EditError> for ApiError {
    fn from(error: EditError) -> Self {
        match error {
            EditError::NotFound => Self::not_found("provider"),
            EditError::Field { field, expected } => Self::bad_field(field, expected),
            EditError::Conflict(sentence) => Self::conflict(sentence),
            EditError::Document(error) => error.into(),
        }
    }
}

impl From<DocumentError> for ApiError {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::Io(error) => unwritable(&error),
            DocumentError::Vault(error) => Self::internal(&error),
            error @ (DocumentError::BadValue { .. } | DocumentError::UnknownKey { .. }) => {
                Self::bad_request(sentence(&error))
            }
            error => Self::conflict(sentence(&error)),
        }
    }
}

/// A file that is not ours to write is no failure of ours: its owner has to know.
pub(super) fn unwritable(error: &std::io::Error) -> ApiError {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem, StorageFull};
    match error.kind() {
        PermissionDenied | ReadOnlyFilesystem => ApiError::conflict(
            "The gateway may not write config.toml: give it the right to, or make the change there \
             by hand and restart the gateway.",
        ),
        StorageFull => ApiError::conflict("The disk is full: config.toml could not be written."),
        _ => ApiError::internal(error),
    }
}
