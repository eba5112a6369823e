//! A local Ollama. It speaks OpenAI's chat completions under `/v1`; only its list of models is
//! its own, since that one tells embedding models from chat models.

use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use serde::Deserialize;

use super::{ChatRequest, ChatStream, LlmProvider, OpenAiProvider, ProviderError};

/// The name of the one that is found on this machine.
pub(super) const OLLAMA: &str = "ollama";

/// Where Ollama listens by itself.
pub(super) const LOCAL_OLLAMA: &str = "http://127.0.0.1:11434";

/// An Ollama server.
#[derive(Debug)]
pub struct OllamaProvider {
    root: String,
    chat: OpenAiProvider,
}

impl OllamaProvider {
    /// A provider called `name`. `address` may be as short as `OLLAMA_HOST` allows: a host, a
    /// host and port, or a URL with or without `/v1`.
    pub fn new(
        name: &str,
        address: &str,
        key: Option<SecretString>,
        connect_timeout: Duration,
    ) -> Self {
        let root = root_url(address);
        let base_url = format!("{root}/v1");
        Self {
            chat: OpenAiProvider::new(name, &base_url, key, connect_timeout),
            root,
        }
    }
}

#[async_trait]
impl LlmProvider for OllamaProvider {
    fn name(&self) -> &str {
        self.chat.name()
    }

    async fn chat(&self, request: ChatRequest) -> Result<ChatStream, ProviderError> {
        self.chat.chat(request).await
    }

    /// Its chat models, the one changed last first.
    async fn models(&self) -> Result<Vec<String>, ProviderError> {
        let tags: Tags = self.chat.get(&format!("{}/api/tags", self.root)).await?;
        let chat = tags.models.into_iter().filter(|model| !model.embeds());
        Ok(chat.map(|model| model.name).collect())
    }
}

#[derive(Deserialize)]
struct Tags {
    #[serde(default)]
    models: Vec<Tag>,
}

#[derive(Deserialize)]
struct Tag {
    name: String,
    #[serde(default)]
    details: Details,
}

#[derive(Default, Deserialize)]
struct Details {
    #[serde(default)]
    family: String,
}

impl Tag {
    /// Whether it turns text into vectors instead of answering.
    fn embeds(&self) -> bool {
        self.details.family.contains("bert") || self.name.contains("embed")
    }
}

/// Scheme, host and port of what `OLLAMA_HOST` or `base_url` says.
pub(super) fn root_url(address: &str) -> String {
    let address = address.trim().trim_end_matches('/');
    let address = address.strip_suffix("/v1").unwrap_or(address);
    let address = address.strip_suffix("/api").unwrap_or(address);
    if address.is_empty() {
        return LOCAL_OLLAMA.to_owned();
    }
    // An address to listen on is no address to call.
    let address = address.replacen("0.0.0.0", "127.0.0.1", 1);
    if address.contains("://") {
        return address;
    }
    let has_port = address
        .rsplit_once(':')
        .is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()));
    if has_port {
        format!("http://{address}")
    } else {
        format!("http://{address}:11434")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_of_its_address_are_understood() {
        for (typed, root) in [
            ("", "http://127.0.0.1:11434"),
            ("127.0.0.1", "http://127.0.0.1:11434"),
            ("0.0.0.0:9999", "http://127.0.0.1:9999"),
            ("http://box:11434/", "http://box:11434"),
            ("http://box:11434/v1/", "http://box:11434"),
            ("https://ollama.example/api", "https://ollama.example"),
        ] {
            assert_eq!(root_url(typed), root, "{typed}");
        }
    }
}
