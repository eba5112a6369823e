//! Trying an integration, for real: a provider is called, the gateway's own doors are knocked at
//! from outside, a word is embedded, a span is sent, a tool makes a harmless call.

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, HeaderValue, Method};
use tokio::time::Instant;

use super::{
    FAMILIES, Integration, Integrations,
    catalogue::{EMBEDDINGS, OTLP, PROMETHEUS, WEBHOOK},
    families::Family,
};
use crate::{
    config::Config,
    http::{LazyClient, own_address},
    model::{SessionId, Timestamp, TurnId},
    providers::{Meter, embedder},
    telemetry::try_collector,
    tools::{Progress, ToolContext},
};

/// For a question to ourselves.
const SOON: Duration = Duration::from_secs(5);
/// For a word to be embedded.
const EMBEDDING: Duration = Duration::from_secs(12);

/// Who asks for a try: what proves it goes along to the gateway's own doors.
#[derive(Clone, Debug, Default)]
pub struct Asker {
    /// Its `Authorization` or `Cookie`.
    pub proof: HeaderMap,
}

/// What a try came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    /// It works.
    pub ok: bool,
    /// What was done and what came of it.
    pub message: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// When it ended.
    pub at: Timestamp,
    /// How the integration does now.
    pub integration: Integration,
}

/// Why nothing was tried.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TestError {
    /// There is none of this name.
    #[error("there is no such integration")]
    Unknown,
    /// It can't be tried as it is.
    #[error("{0}")]
    NotNow(&'static str),
}

impl Integrations {
    /// Tries the integration `id`.
    pub async fn test(&self, id: &str, asker: &Asker) -> Result<Tested, TestError> {
        let one = self.find(id).await.ok_or(TestError::Unknown)?;
        if !one.testable {
            return Err(TestError::NotNow(
                "there is nothing to try before it is set up",
            ));
        }
        let began = Instant::now();
        let outcome = self.outcome_of(id, asker).await;
        let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.note(id, outcome.as_ref().err().cloned());
        Ok(Tested {
            ok: outcome.is_ok(),
            message: outcome.unwrap_or_else(|failure| failure),
            duration_ms,
            at: self.inner.parts.clock.now(),
            integration: self.find(id).await.ok_or(TestError::Unknown)?,
        })
    }

    async fn outcome_of(&self, id: &str, asker: &Asker) -> Result<String, String> {
        let config = self.inner.parts.config.current();
        if let Some(name) = id.strip_prefix("provider-") {
            return self.try_provider(&config, name).await;
        }
        if let Some(family) = FAMILIES.iter().find(|family| family.id == id) {
            return self.try_family(config, family).await;
        }
        match id {
            WEBHOOK => self.try_webhook(&config, asker).await,
            EMBEDDINGS => try_embeddings(&config, self.inner.parts.providers.meter()).await,
            OTLP => {
                // Whoever sets one up wants to know before the start that it counts from.
                let wanted = self.wanted().await.config;
                let endpoint = wanted.observability.otlp_endpoint.clone();
                try_collector(&endpoint.unwrap_or_default()).await?;
                Ok("The collector took a span named clawgate.test.".to_owned())
            }
            PROMETHEUS => self.try_metrics(asker).await,
            _ => Err("There is nothing to try.".to_owned()),
        }
    }

    async fn try_provider(&self, config: &Config, name: &str) -> Result<String, String> {
        let providers = &self.inner.parts.providers;
        let local;
        let provider = match config.providers.get(name) {
            Some(provider) => provider,
            None => {
                local = providers.local_ollama();
                &local
            }
        };
        let probed = providers.probe(provider).await;
        let probed = probed.map_err(|error| error.to_string())?;
        let count = probed.models.len();
        let models = if count == 1 { "model" } else { "models" };
        Ok(format!("It accepts the key and offers {count} {models}."))
    }

    async fn try_family(
        &self,
        config: Arc<Config>,
        family: &'static Family,
    ) -> Result<String, String> {
        let (tools, trial) = (&self.inner.parts.tools, &family.trial);
        let context = ToolContext {
            session_id: SessionId::fresh(),
            turn_id: TurnId::fresh(),
            call_id: ToolContext::TRY.to_owned(),
            config,
            clock: Arc::clone(&self.inner.parts.clock),
            cancel: tokio_util::sync::CancellationToken::new(),
            progress: Progress::default(),
        };
        let call = tools.check(trial.tool, (trial.args)());
        let call = call.map_err(|error| error.to_string())?;
        let action = tools.action(&context, &call).await;
        let action = action.map_err(|error| error.to_string())?;
        if trial.judged_only {
            return Ok(format!(
                "A call was judged and would be made: {}",
                action.summary
            ));
        }
        let finished = tools.run(&context, &call).await;
        if finished.success() {
            let took = finished.duration.as_millis();
            return Ok(format!("{} worked, in {took} ms.", trial.tool));
        }
        Err(format!("{} failed: {}", trial.tool, finished.output))
    }

    /// Knocks at the webhook's door with the secret and without it. No message goes along, so that
    /// no turn begins.
    async fn try_webhook(&self, config: &Config, asker: &Asker) -> Result<String, String> {
        let secret = config.channels.webhook.secret.as_ref();
        let knock = async |secret: Option<&str>, proof: HeaderMap| {
            let mut headers = proof;
            if let Some(secret) = secret {
                let mut value = HeaderValue::from_str(secret).map_err(|_| {
                    "The secret has characters that no header can carry.".to_owned()
                })?;
                value.set_sensitive(true);
                headers.insert("x-webhook-secret", value);
            }
            let asked = self.ask(Method::POST, "/webhook", headers).await?;
            Ok::<_, String>(asked.0)
        };
        if config.gateway.require_pairing {
            let stranger = knock(None, HeaderMap::new()).await?;
            if stranger != 401 {
                return Err(format!(
                    "The door did not refuse somebody without a token: it answered {stranger}."
                ));
            }
        }
        if secret.is_some() {
            let wrong = knock(Some("not-the-secret"), asker.proof.clone()).await?;
            if ![401, 403].contains(&wrong) {
                return Err(said_no(wrong, "a wrong secret"));
            }
        }
        let right = knock(
            secret.map(secrecy::ExposeSecret::expose_secret),
            asker.proof.clone(),
        )
        .await?;
        // All is right but that there is no message.
        if right == 400 {
            return Ok(match secret {
                Some(_) => {
                    "The door accepts the secret and refuses a wrong one; no message was sent."
                }
                None => "The door accepts your token; no message was sent.",
            }
            .to_owned());
        }
        Err(said_no(right, "a request that should pass"))
    }

    async fn try_metrics(&self, asker: &Asker) -> Result<String, String> {
        let (status, body) = self
            .ask(Method::GET, "/metrics", asker.proof.clone())
            .await?;
        if status != 200 {
            return Err(said_no(status, "a reader of /metrics"));
        }
        let series = body
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        match series.count() {
            0 => Err("/metrics answers without a single figure.".to_owned()),
            count => Ok(format!("/metrics shows {count} figures.")),
        }
    }

    /// Asks this very gateway, as somebody outside would.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: HeaderMap,
    ) -> Result<(u16, String), String> {
        let Some(bound) = self.inner.bound.get() else {
            return Err("The gateway does not listen yet.".to_owned());
        };
        let base = own_address(*bound);
        let client = LazyClient::new(&base, SOON).get();
        let client = client.map_err(|error| format!("It could not be asked: {error}."))?;
        let request = client
            .request(method.clone(), format!("{base}{path}"))
            .headers(headers)
            .timeout(SOON);
        let request = if method == Method::POST {
            request
                .header("content-type", "application/json")
                .body("{}")
        } else {
            request
        };
        let nobody = |_| format!("Nothing answers on {base}.");
        let answer = request.send().await.map_err(nobody)?;
        let status = answer.status().as_u16();
        Ok((status, answer.text().await.map_err(nobody)?))
    }
}

fn said_no(status: u16, to: &str) -> String {
    let why = match status {
        401 => "it wants a token",
        403 => "it refuses the secret or the token",
        429 => "it was asked too often; wait a minute",
        _ => "that is not what it should say",
    };
    format!("The door answered {status} to {to}: {why}.")
}

async fn try_embeddings(config: &Config, meter: &Arc<dyn Meter>) -> Result<String, String> {
    let embedder =
        embedder(config, meter).map_err(|error| format!("It can't be used: {error}."))?;
    let Some(embedder) = embedder else {
        return Err("No provider is chosen.".to_owned());
    };
    let words = ["hello".to_owned()];
    let made = match tokio::time::timeout(EMBEDDING, embedder.embed(&words)).await {
        Ok(made) => made.map_err(|error| format!("It made no vector: {error}."))?,
        Err(_) => return Err("It took too long to make a vector.".to_owned()),
    };
    let length = made.vectors.first().map_or(0, Vec::len);
    Ok(format!(
        "{} made a vector of {length} numbers.",
        embedder.name()
    ))
}
