//! The configuration: read, judged, changed and taken back, whole or in part.

use std::sync::Arc;

use poem_openapi::{
    ApiResponse, Object, OpenApi,
    param::{Header, Path},
    payload::Json,
};
use serde_json::Value;

use super::{
    ApiError, Caller, ErrorBody, Group,
    body::JsonBody,
    config_views::{
        CheckedView, ConfigView, RevisionList, RevisionText, RevisionView, TextView, changes,
        faults, whole,
    },
    providers::unwritable,
    sentence,
};
use crate::config::{
    Checked, ConfigKeeper, Fault, Proposal, SaveError, Saved, Standing, document::DocumentError,
    fault::in_words, schema,
};

/// The whole configuration as it is to be.
#[derive(Clone, Object)]
#[oai(rename = "ConfigWhole")]
struct WholeRequest {
    /// Every setting that is not at its default, in its section. A masked secret stays; what is left
    /// out goes back to its default. What `GET /api/config` answers with is a right body.
    config: Value,
}

/// The text of `config.toml` as it is to be.
#[derive(Clone, Object)]
#[oai(rename = "ConfigNewText")]
struct TextRequest {
    /// The whole text. A masked secret stays.
    toml: String,
    /// A merge patch on what the text comes to.
    patch: Option<Value>,
}

/// A draft: the text first, then the whole configuration, then the merge patch. What is left out is
/// as it stands.
#[derive(Clone, Object)]
#[oai(rename = "ConfigDraft")]
struct DraftRequest {
    /// The whole text of `config.toml`.
    toml: Option<String>,
    /// The whole configuration.
    config: Option<Value>,
    /// A merge patch on the configuration.
    patch: Option<Value>,
}

/// The configuration, or why it was not changed.
#[derive(ApiResponse)]
enum ConfigAnswer {
    /// How it stands now.
    #[oai(status = 200)]
    Stands(
        Json<ConfigView>,
        /// Names the text of `config.toml`.
        #[oai(header = "ETag")]
        String,
    ),
    /// `If-Match` is missing, without which a change made elsewhere could be lost.
    #[oai(status = 428)]
    NoMatch(Json<ErrorBody>),
}

#[derive(ApiResponse)]
enum TextAnswer {
    /// The text.
    #[oai(status = 200)]
    Text(
        Json<TextView>,
        /// Names it.
        #[oai(header = "ETag")]
        String,
    ),
}

/// See [`Group::Config`].
pub struct ConfigApi {
    /// Who changes the configuration.
    pub keeper: Arc<ConfigKeeper>,
}

#[OpenApi(tag = "Group::Config")]
impl ConfigApi {
    /// Read the whole configuration
    ///
    /// Every setting with its value, where it comes from and whether a change of it waits for the
    /// next start. Secrets are masked.
    #[oai(path = "/api/config", method = "get", operation_id = "get_config")]
    async fn read(&self, _caller: Caller) -> Result<ConfigAnswer, ApiError> {
        let standing = self.standing().await?;
        Ok(answer(&standing, ConfigView::new(&standing, &[])))
    }

    /// Read the configuration's JSON Schema
    ///
    /// Draft 2020-12. Besides the usual words it has `x-kind`, `x-unit`, `x-secret`, `x-restart` (a
    /// change waits for the next start), `x-variable` (the environment variable that could give it),
    /// `x-set-by-environment` and `x-set-by-option` (what gives it at present) and `x-later` (of a
    /// feature to come).
    #[oai(
        path = "/api/config/schema",
        method = "get",
        operation_id = "get_config_schema"
    )]
    async fn schema(&self, _caller: Caller) -> Result<Json<Value>, ApiError> {
        let standing = self.standing().await?;
        Ok(Json(schema::schema(&standing.origins)))
    }

    /// Change the whole configuration
    ///
    /// All of it or nothing: what is wrong is said all at once in `details.faults`, each with its
    /// key, its line in the text that would have been written, what was expected and what was found.
    /// Comments and order in `config.toml` stay. `If-Match` has to name the text that the change was
    /// made from (`*`: whichever there is).
    #[oai(path = "/api/config", method = "put", operation_id = "put_config")]
    async fn put(
        &self,
        caller: Caller,
        /// The `ETag` of what was read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: JsonBody<WholeRequest>,
    ) -> Result<ConfigAnswer, ApiError> {
        let proposal = Proposal {
            whole: Some(body.0.config),
            ..Proposal::default()
        };
        self.save(&caller, proposal, Match::required(if_match.0))
            .await
    }

    /// Change some settings
    ///
    /// A JSON merge patch (RFC 7396) on the configuration: null sets a setting back to its default,
    /// and takes a provider away. Otherwise as `PUT`; `If-Match` may be left out, since a patch names
    /// what it changes.
    #[oai(path = "/api/config", method = "patch", operation_id = "patch_config")]
    async fn patch(
        &self,
        caller: Caller,
        /// The `ETag` of what was read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: JsonBody<Value>,
    ) -> Result<ConfigAnswer, ApiError> {
        let proposal = Proposal {
            patch: Some(body.0),
            ..Proposal::default()
        };
        self.save(&caller, proposal, Match::optional(if_match.0))
            .await
    }

    /// Read `config.toml`
    ///
    /// Its text, comments and all, secrets masked; also where it is not in force, which `refused`
    /// says why.
    #[oai(
        path = "/api/config/toml",
        method = "get",
        operation_id = "get_config_toml"
    )]
    async fn text(&self, _caller: Caller) -> Result<TextAnswer, ApiError> {
        let standing = self.standing().await?;
        let etag = quoted(&standing.tag);
        let view = TextView {
            toml: standing.toml,
            etag: standing.tag,
            refused: faults(&standing.refused),
        };
        Ok(TextAnswer::Text(Json(view), etag))
    }

    /// Write `config.toml`
    ///
    /// A masked secret stays as it is; a new one is sealed. Otherwise as `PUT /api/config`; it also
    /// mends a file that is not in force.
    #[oai(
        path = "/api/config/toml",
        method = "put",
        operation_id = "put_config_toml"
    )]
    async fn put_text(
        &self,
        caller: Caller,
        /// The `ETag` of what was read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: JsonBody<TextRequest>,
    ) -> Result<ConfigAnswer, ApiError> {
        let proposal = Proposal {
            toml: Some(body.0.toml),
            patch: body.0.patch,
            whole: None,
        };
        self.save(&caller, proposal, Match::required(if_match.0))
            .await
    }

    /// Try a draft
    ///
    /// Says what is wrong with it, what it would change, and what of that waits for the next start.
    /// Nothing is saved.
    #[oai(
        path = "/api/config/check",
        method = "post",
        operation_id = "check_config"
    )]
    async fn check(
        &self,
        _caller: Caller,
        body: JsonBody<DraftRequest>,
    ) -> Result<Json<CheckedView>, ApiError> {
        let proposal = Proposal {
            toml: body.0.toml,
            whole: body.0.config,
            patch: body.0.patch,
        };
        let keeper = Arc::clone(&self.keeper);
        let checked = apart(move || keeper.check(&proposal)).await?;
        let Checked {
            tag,
            toml,
            config,
            faults: wrong,
            warnings,
            changes: changed,
        } = checked.map_err(refusal)?;
        let waits = changed.iter().filter(|change| change.restart);
        Ok(Json(CheckedView {
            valid: wrong.is_empty(),
            faults: faults(&wrong),
            warnings: faults(&warnings),
            restart: waits.map(|change| change.key.clone()).collect(),
            changes: changes(&changed),
            toml,
            config: whole(config.as_ref()),
            etag: tag,
        }))
    }

    /// List earlier texts of `config.toml`
    ///
    /// As many as `gateway.config_revisions` says, each with what would change if it were put back.
    #[oai(
        path = "/api/config/revisions",
        method = "get",
        operation_id = "list_config_revisions"
    )]
    async fn revisions(&self, _caller: Caller) -> Result<Json<RevisionList>, ApiError> {
        let keeper = Arc::clone(&self.keeper);
        let list = apart(move || keeper.revisions()).await?.map_err(refusal)?;
        let views = list.into_iter();
        Ok(Json(RevisionList {
            revisions: views
                .map(|(revision, changed)| RevisionView::new(revision, &changed))
                .collect(),
        }))
    }

    /// Read an earlier text of `config.toml`
    #[oai(
        path = "/api/config/revisions/:id",
        method = "get",
        operation_id = "get_config_revision"
    )]
    async fn revision(
        &self,
        _caller: Caller,
        /// The revision.
        id: Path<String>,
    ) -> Result<Json<RevisionText>, ApiError> {
        let keeper = Arc::clone(&self.keeper);
        let found = apart(move || keeper.revision(&id.0)).await?;
        let (revision, toml, changed) = found.map_err(refusal)?;
        Ok(Json(RevisionText {
            revision: RevisionView::new(revision, &changed),
            toml,
        }))
    }

    /// Put an earlier text of `config.toml` back
    ///
    /// With its comments and the secrets that it was saved with. What is there now is kept as the
    /// newest revision.
    #[oai(
        path = "/api/config/revisions/:id/restore",
        method = "post",
        operation_id = "restore_config_revision"
    )]
    async fn restore(
        &self,
        caller: Caller,
        /// The revision.
        id: Path<String>,
        /// The `ETag` of what was read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
    ) -> Result<ConfigAnswer, ApiError> {
        let expected = Match::optional(if_match.0);
        let keeper = Arc::clone(&self.keeper);
        let expected = expected.tag().map(str::to_owned);
        let by = caller.principal.device_id;
        let saved = apart(move || keeper.restore(by, &id.0, expected.as_deref())).await?;
        self.outcome(saved).await
    }

    async fn standing(&self) -> Result<Standing, ApiError> {
        let keeper = Arc::clone(&self.keeper);
        let standing = apart(move || keeper.standing()).await?;
        standing.map_err(|error| refusal(error.into()))
    }

    async fn save(
        &self,
        caller: &Caller,
        proposal: Proposal,
        expected: Match,
    ) -> Result<ConfigAnswer, ApiError> {
        if matches!(expected, Match::Missing) {
            let text = "Say which text of config.toml the change was made from: send its ETag as \
                        If-Match (or \"*\" to change whichever there is).";
            let body = ErrorBody::new("PRECONDITION_REQUIRED", text);
            return Ok(ConfigAnswer::NoMatch(Json(body)));
        }
        let keeper = Arc::clone(&self.keeper);
        let expected = expected.tag().map(str::to_owned);
        let by = caller.principal.device_id;
        let saved = apart(move || keeper.save(by, &proposal, expected.as_deref())).await?;
        self.outcome(saved).await
    }

    async fn outcome(&self, saved: Result<Saved, SaveError>) -> Result<ConfigAnswer, ApiError> {
        match saved {
            Ok(saved) => {
                let standing = self.standing().await?;
                Ok(answer(
                    &standing,
                    ConfigView::new(&standing, &saved.changes),
                ))
            }
            Err(SaveError::Stale { tag }) => {
                let text = "config.toml was changed elsewhere since it was read.";
                let details = serde_json::json!({ "etag": tag });
                let body = ErrorBody::new("PRECONDITION_FAILED", text).with_details(details);
                Err(ApiError::PreconditionFailed(Json(body), Some(quoted(&tag))))
            }
            Err(error) => Err(refusal(error)),
        }
    }
}

/// What `If-Match` says.
enum Match {
    Missing,
    Any,
    Tag(String),
}

impl Match {
    fn required(header: Option<String>) -> Self {
        let Some(header) = header else {
            return Self::Missing;
        };
        match header.trim() {
            "*" => Self::Any,
            // There is one file, so that of a list the first is meant.
            other => {
                let first = other.split(',').next().unwrap_or_default().trim();
                Self::Tag(first.trim_start_matches("W/").trim_matches('"').to_owned())
            }
        }
    }

    fn optional(header: Option<String>) -> Self {
        header.map_or(Self::Any, |header| Self::required(Some(header)))
    }

    fn tag(&self) -> Option<&str> {
        match self {
            Self::Tag(tag) => Some(tag),
            Self::Missing | Self::Any => None,
        }
    }
}

fn quoted(tag: &str) -> String {
    format!("\"{tag}\"")
}

fn answer(standing: &Standing, view: ConfigView) -> ConfigAnswer {
    ConfigAnswer::Stands(Json(view), quoted(&standing.tag))
}

/// The disk is waited for where nobody else waits.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| ApiError::internal(&error))
}

fn refusal(error: SaveError) -> ApiError {
    match error {
        SaveError::Faults(wrong) => {
            let text = match wrong.as_slice() {
                [one] => format!("Nothing was saved: {one}."),
                all => format!("Nothing was saved: {} settings are not right.", all.len()),
            };
            ApiError::BadRequest(Json(detailed("INVALID_REQUEST", text, &wrong)))
        }
        SaveError::Broken(wrong) => {
            let text = format!("config.toml has to be mended first: {}.", in_words(&wrong));
            ApiError::Conflict(Json(detailed("CONFLICT", text, &wrong)))
        }
        SaveError::NoRevision => ApiError::not_found("revision"),
        SaveError::Document(DocumentError::Io(error)) => unwritable(&error),
        SaveError::Document(DocumentError::Vault(error)) => ApiError::internal(&error),
        error => ApiError::conflict(sentence(&error)),
    }
}

fn detailed(code: &str, text: String, wrong: &[Fault]) -> ErrorBody {
    let list: Vec<_> = wrong
        .iter()
        .map(|fault| {
            serde_json::json!({
                "key": fault.key,
                "line": fault.line,
                "expected": fault.expected,
                "found": fault.found,
                "message": fault.message,
            })
        })
        .collect();
    ErrorBody::new(code, text).with_details(serde_json::json!({ "faults": list }))
}
