//! Vectors of texts: what a provider's embedding model makes of them, so that texts of like
//! meaning can be found.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Billed, Meter, MeteredEmbedder, OpenAiProvider, ProviderError,
    failure::Failures,
    ollama::{LOCAL_OLLAMA, OLLAMA, root_url},
    openai_answer::WireUsage,
};
use crate::config::{Config, ProviderConfig, ProviderKind};
use crate::model::Usage;

/// How long one call may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// More numbers in one vector are no vector.
const LONGEST_VECTOR: usize = 16_384;

/// Something that makes vectors of texts.
#[async_trait]
pub trait Embedder: Send + Sync + 'static {
    /// Names provider and model: vectors of different models can't be compared.
    fn name(&self) -> &str;

    /// A vector of length one for each text, in order.
    async fn embed(&self, texts: &[String]) -> Result<Embedded, ProviderError>;
}

/// Vectors of some texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Embedded {
    /// One for each text, in order.
    pub vectors: Vec<Vec<f32>>,
    /// Tokens of the texts, as far as the provider said.
    pub input_tokens: u64,
    /// What else it said.
    pub billed: Billed,
}

/// The embedder that `[memory]` names, whose every call goes through `meter`; none when it names none. Opens no connection. A provider
/// that can't embed is an error for its owner to read.
pub fn embedder(
    config: &Config,
    meter: &Arc<dyn Meter>,
) -> Result<Option<Arc<dyn Embedder>>, ProviderError> {
    let name = config.memory.embedding_provider.trim();
    if name.is_empty() {
        return Ok(None);
    }
    let unusable = |reason: &str| ProviderError::Unusable {
        provider: name.to_owned(),
        reason: reason.to_owned(),
    };
    let local = ProviderConfig::of_kind(ProviderKind::Ollama);
    let provider = match config.providers.get(name) {
        Some(provider) => provider,
        None if name == OLLAMA => &local,
        None => return Err(unusable("[memory] names it, [providers] does not")),
    };
    if let Some(reason) = &provider.unusable {
        return Err(unusable(reason));
    }
    let wanted = config.memory.embedding_model.trim();
    let of = |own: &'static str| if wanted.is_empty() { own } else { wanted };
    let base_url = |own: &'static str| {
        let set = provider.base_url.as_deref().map(str::trim);
        set.filter(|url| !url.is_empty()).unwrap_or(own).to_owned()
    };
    let connect = Duration::from_secs(provider.connect_timeout_secs.max(1));
    let key = provider.api_key.clone();
    let embedder: Arc<dyn Embedder> = match provider.kind {
        ProviderKind::OpenAi => Arc::new(OpenAiEmbedder::new(
            name,
            &base_url("https://api.openai.com/v1"),
            of("text-embedding-3-small"),
            key,
            connect,
        )),
        ProviderKind::OpenRouter => Arc::new(OpenAiEmbedder::new(
            name,
            &base_url("https://openrouter.ai/api/v1"),
            of("openai/text-embedding-3-small"),
            key,
            connect,
        )),
        ProviderKind::Ollama => Arc::new(OllamaEmbedder::new(
            name,
            &base_url(LOCAL_OLLAMA),
            of("nomic-embed-text"),
            key,
            connect,
        )),
        ProviderKind::Anthropic | ProviderKind::Gemini | ProviderKind::Demo => {
            return Err(unusable(
                "vectors come from providers of the kinds openai, openrouter and ollama",
            ));
        }
    };
    let metered = MeteredEmbedder::new(embedder, Arc::clone(meter));
    Ok(Some(Arc::new(metered)))
}

/// The calls that both kinds have in common.
struct Remote {
    http: OpenAiProvider,
    failures: Failures,
    url: String,
    model: String,
    name: String,
}

impl Remote {
    async fn ask<T: serde::de::DeserializeOwned>(&self, body: &Value) -> Result<T, ProviderError> {
        let call = self.http.post(&self.url, body);
        tokio::time::timeout(PATIENCE, call)
            .await
            .unwrap_or_else(|_| {
                Err(ProviderError::Timeout {
                    provider: self.failures.provider.clone(),
                    waited_for: "its vectors",
                    secs: PATIENCE.as_secs(),
                })
            })
    }

    /// As many vectors as there were texts, each brought to length one.
    fn checked(
        &self,
        texts: usize,
        vectors: Vec<Vec<f32>>,
    ) -> Result<Vec<Vec<f32>>, ProviderError> {
        let length = vectors.first().map_or(0, Vec::len);
        let sound = |vector: &Vec<f32>| {
            vector.len() == length && vector.iter().all(|number| number.is_finite())
        };
        if vectors.len() != texts
            || !(1..=LONGEST_VECTOR).contains(&length)
            || !vectors.iter().all(sound)
        {
            return Err(self.failures.malformed());
        }
        Ok(vectors.into_iter().map(unit).collect())
    }
}

/// Any server with `OpenAI`'s `/embeddings`.
pub struct OpenAiEmbedder(Remote);

impl OpenAiEmbedder {
    /// An embedder called `name` at `base_url` (such as `https://api.openai.com/v1`).
    pub fn new(
        name: &str,
        base_url: &str,
        model: &str,
        key: Option<SecretString>,
        connect_timeout: Duration,
    ) -> Self {
        let url = format!("{}/embeddings", base_url.trim().trim_end_matches('/'));
        Self(remote(name, base_url, url, model, key, connect_timeout))
    }
}

/// An Ollama server.
pub struct OllamaEmbedder(Remote);

impl OllamaEmbedder {
    /// An embedder called `name`; `address` may be as short as `OLLAMA_HOST` allows.
    pub fn new(
        name: &str,
        address: &str,
        model: &str,
        key: Option<SecretString>,
        connect_timeout: Duration,
    ) -> Self {
        let root = root_url(address);
        let url = format!("{root}/api/embed");
        Self(remote(name, &root, url, model, key, connect_timeout))
    }
}

fn remote(
    name: &str,
    base_url: &str,
    url: String,
    model: &str,
    key: Option<SecretString>,
    connect_timeout: Duration,
) -> Remote {
    Remote {
        http: OpenAiProvider::new(name, base_url, key, connect_timeout),
        failures: Failures {
            provider: name.to_owned(),
            connect_timeout,
        },
        url,
        name: format!("{name}/{model}"),
        model: model.to_owned(),
    }
}

#[derive(Deserialize)]
struct OpenAiVectors {
    data: Vec<OpenAiVector>,
    #[serde(default)]
    usage: Option<WireUsage>,
}

#[derive(Deserialize)]
struct OpenAiVector {
    #[serde(default)]
    index: Option<usize>,
    embedding: Vec<f32>,
}

#[async_trait]
impl Embedder for OpenAiEmbedder {
    fn name(&self) -> &str {
        &self.0.name
    }

    async fn embed(&self, texts: &[String]) -> Result<Embedded, ProviderError> {
        let body = json!({
            "model": self.0.model,
            "input": texts,
            "encoding_format": "float",
        });
        let mut answer: OpenAiVectors = self.0.ask(&body).await?;
        // The order is the server's own; the index says whose vector each is.
        answer
            .data
            .sort_by_key(|one| one.index.unwrap_or(usize::MAX));
        let usage = answer.usage.unwrap_or_default();
        let vectors = answer.data.into_iter().map(|one| one.embedding).collect();
        Ok(Embedded {
            vectors: self.0.checked(texts.len(), vectors)?,
            input_tokens: Usage::from(usage).input_tokens,
            billed: usage.billed(),
        })
    }
}

#[derive(Deserialize)]
struct OllamaVectors {
    embeddings: Vec<Vec<f32>>,
    #[serde(default)]
    prompt_eval_count: u64,
}

#[async_trait]
impl Embedder for OllamaEmbedder {
    fn name(&self) -> &str {
        &self.0.name
    }

    async fn embed(&self, texts: &[String]) -> Result<Embedded, ProviderError> {
        let body = json!({"model": self.0.model, "input": texts, "truncate": true});
        let answer: OllamaVectors = self.0.ask(&body).await?;
        Ok(Embedded {
            vectors: self.0.checked(texts.len(), answer.embeddings)?,
            input_tokens: answer.prompt_eval_count,
            billed: Billed::default(),
        })
    }
}

/// The same direction with length one; a vector of nothing stays as it is.
fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|one| one * one).sum::<f32>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|one| *one /= length);
    }
    vector
}

#[cfg(test)]
mod tests {
    use wiremock::{
        Mock, MockServer, ResponseTemplate,
        matchers::{body_json, header, method, path},
    };

    use super::*;
    use crate::providers::Unmetered;

    fn free() -> Arc<dyn Meter> {
        Arc::new(Unmetered)
    }

    fn config(kind: ProviderKind, url: &str, model: &str) -> Config {
        let mut config = Config::default();
        let provider = ProviderConfig {
            base_url: Some(url.to_owned()),
            api_key: Some("sk-key".to_owned().into()),
            ..ProviderConfig::of_kind(kind)
        };
        config.providers.insert("main".to_owned(), provider);
        config.memory.embedding_provider = "main".to_owned();
        config.memory.embedding_model = model.to_owned();
        config
    }

    fn made(config: &Config) -> Arc<dyn Embedder> {
        embedder(config, &free()).unwrap().unwrap()
    }

    fn two() -> Vec<String> {
        vec!["one".to_owned(), "two".to_owned()]
    }

    #[tokio::test]
    async fn a_compatible_server_is_asked_and_its_vectors_put_in_order() {
        let server = MockServer::start().await;
        let body = json!({"model": "m", "input": ["one", "two"], "encoding_format": "float"});
        Mock::given(method("POST"))
            .and(path("/v1/embeddings"))
            .and(header("authorization", "Bearer sk-key"))
            .and(body_json(body))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({"data": [
                {"index": 1, "embedding": [0.0, 2.0]},
                {"index": 0, "embedding": [3.0, 4.0]},
            ]})))
            .mount(&server)
            .await;
        let made = made(&config(
            ProviderKind::OpenAi,
            &format!("{}/v1/", server.uri()),
            "m",
        ));
        assert_eq!(made.name(), "main/m");
        let vectors = made.embed(&two()).await.unwrap().vectors;
        assert_eq!(vectors, [vec![0.6, 0.8], vec![0.0, 1.0]]);
    }

    #[tokio::test]
    async fn ollama_is_asked_in_its_own_words() {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .and(path("/api/embed"))
            .respond_with(
                ResponseTemplate::new(200).set_body_json(json!({"embeddings": [[1.0], [-2.0]]})),
            )
            .mount(&server)
            .await;
        let made = made(&config(ProviderKind::Ollama, &server.uri(), ""));
        assert_eq!(made.name(), "main/nomic-embed-text");
        assert_eq!(
            made.embed(&two()).await.unwrap().vectors,
            [vec![1.0], vec![-1.0]]
        );
    }

    #[tokio::test]
    async fn answers_that_make_no_sense_are_refused() {
        for body in [
            json!({"data": []}),
            json!({"data": [{"embedding": [1.0]}, {"embedding": [1.0, 2.0]}]}),
            json!({"nothing": true}),
        ] {
            let server = MockServer::start().await;
            Mock::given(method("POST"))
                .respond_with(ResponseTemplate::new(200).set_body_json(&body))
                .mount(&server)
                .await;
            let made = made(&config(ProviderKind::OpenAi, &server.uri(), "m"));
            let refused = made.embed(&two()).await.unwrap_err();
            assert!(matches!(refused, ProviderError::Malformed { .. }), "{body}");
        }
    }

    #[test]
    fn a_provider_that_cannot_embed_is_said_and_none_is_none() {
        assert!(embedder(&Config::default(), &free()).unwrap().is_none());
        let refused = embedder(&config(ProviderKind::Anthropic, "http://x", "m"), &free());
        assert!(
            refused
                .err()
                .unwrap()
                .to_string()
                .contains("openai, openrouter and ollama")
        );
        let mut unknown = Config::default();
        unknown.memory.embedding_provider = "nobody".to_owned();
        assert!(embedder(&unknown, &free()).is_err());
    }
}
