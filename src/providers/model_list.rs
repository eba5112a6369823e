//! The lists of models of Anthropic and Gemini: one page that holds them all, read with a limit.

use reqwest::{Client, header::HeaderValue};
use serde::Deserialize;

use super::{ProviderError, failure::Failures, genai_adapter::Protocol, openai::read_json};

#[derive(Deserialize)]
struct AnthropicModels {
    data: Vec<AnthropicModel>,
}

#[derive(Deserialize)]
struct AnthropicModel {
    id: String,
}

#[derive(Deserialize)]
struct GeminiModels {
    models: Vec<GeminiModel>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GeminiModel {
    name: String,
    supported_generation_methods: Option<Vec<String>>,
}

impl GeminiModel {
    fn chats(&self) -> bool {
        self.supported_generation_methods
            .as_ref()
            .is_none_or(|methods| methods.iter().any(|method| method == "generateContent"))
    }

    fn id(self) -> String {
        let bare = self.name.strip_prefix("models/").map(str::to_owned);
        bare.unwrap_or(self.name)
    }
}

/// Asks for the names of all models. `base_url` ends with a slash.
pub(super) async fn ask(
    failures: &Failures,
    http: &Client,
    protocol: Protocol,
    base_url: &str,
    key: &str,
) -> Result<Vec<String>, ProviderError> {
    let mut key = HeaderValue::from_str(key)
        .map_err(|_| failures.unusable("its api_key has unusable characters"))?;
    key.set_sensitive(true);
    match protocol {
        Protocol::Anthropic => {
            let request = http
                .get(format!("{base_url}models?limit=1000"))
                .header("x-api-key", key)
                .header("anthropic-version", "2023-06-01");
            let list: AnthropicModels = read_json(failures, request).await?;
            Ok(list.data.into_iter().map(|model| model.id).collect())
        }
        Protocol::Gemini => {
            let request = http
                .get(format!("{base_url}models?pageSize=1000"))
                .header("x-goog-api-key", key);
            let list: GeminiModels = read_json(failures, request).await?;
            let chat = list.models.into_iter().filter(GeminiModel::chats);
            Ok(chat.map(GeminiModel::id).collect())
        }
    }
}
