//! What is known of each kind of provider before anybody connects one: where it is, whether it asks
//! for a key and where that is had, and a good model of it.

use super::{demo::DEMO, openai::is_official};
use crate::config::{ProviderConfig, ProviderKind};

/// What is known of a kind.
#[derive(Clone, Copy, Debug)]
pub struct KindFacts {
    /// The kind.
    pub kind: ProviderKind,
    /// Its maker's name for it.
    pub title: &'static str,
    /// It answers nobody without a key.
    pub needs_key: bool,
    /// Where it is when nobody says otherwise; empty: nowhere.
    pub base_url: &'static str,
    /// The page where a key is made.
    pub key_url: Option<&'static str>,
    /// A good all-round model of it; none where only the server can tell.
    pub model: Option<&'static str>,
}

/// Every kind, the most wanted first.
pub static KINDS: &[KindFacts] = &[
    KindFacts {
        kind: ProviderKind::OpenAi,
        title: "OpenAI",
        needs_key: true,
        base_url: "https://api.openai.com/v1",
        key_url: Some("https://platform.openai.com/api-keys"),
        model: Some("gpt-5-mini"),
    },
    KindFacts {
        kind: ProviderKind::Anthropic,
        title: "Anthropic",
        needs_key: true,
        base_url: "https://api.anthropic.com/v1",
        key_url: Some("https://console.anthropic.com/settings/keys"),
        model: Some("claude-sonnet-4-5"),
    },
    KindFacts {
        kind: ProviderKind::Gemini,
        title: "Google Gemini",
        needs_key: true,
        base_url: "https://generativelanguage.googleapis.com/v1beta",
        key_url: Some("https://aistudio.google.com/apikey"),
        model: Some("gemini-2.5-flash"),
    },
    KindFacts {
        kind: ProviderKind::OpenRouter,
        title: "OpenRouter",
        needs_key: true,
        base_url: "https://openrouter.ai/api/v1",
        key_url: Some("https://openrouter.ai/settings/keys"),
        model: Some("openrouter/auto"),
    },
    KindFacts {
        kind: ProviderKind::Ollama,
        title: "Ollama",
        needs_key: false,
        base_url: "http://127.0.0.1:11434",
        key_url: None,
        model: None,
    },
    KindFacts {
        kind: ProviderKind::Demo,
        title: "Demo",
        needs_key: false,
        base_url: "",
        key_url: None,
        model: Some(DEMO),
    },
];

/// A well-known server that speaks `OpenAI`'s chat completions.
#[derive(Clone, Copy, Debug)]
pub struct KnownServer {
    /// Its name.
    pub title: &'static str,
    /// Where it is by itself.
    pub base_url: &'static str,
    /// It answers nobody without a key.
    pub needs_key: bool,
    /// The page where a key is made.
    pub key_url: Option<&'static str>,
}

/// Compatible servers by name, those on one's own machine first.
pub static SERVERS: &[KnownServer] = &[
    local("LM Studio", "http://127.0.0.1:1234/v1"),
    local("llama.cpp", "http://127.0.0.1:8080/v1"),
    local("vLLM", "http://127.0.0.1:8000/v1"),
    hosted(
        "Groq",
        "https://api.groq.com/openai/v1",
        "https://console.groq.com/keys",
    ),
    hosted(
        "Mistral",
        "https://api.mistral.ai/v1",
        "https://console.mistral.ai/api-keys",
    ),
    hosted(
        "DeepSeek",
        "https://api.deepseek.com/v1",
        "https://platform.deepseek.com/api_keys",
    ),
    hosted("xAI", "https://api.x.ai/v1", "https://console.x.ai"),
    hosted(
        "Together AI",
        "https://api.together.xyz/v1",
        "https://api.together.ai/settings/api-keys",
    ),
];

const fn local(title: &'static str, base_url: &'static str) -> KnownServer {
    KnownServer {
        title,
        base_url,
        needs_key: false,
        key_url: None,
    }
}

const fn hosted(title: &'static str, base_url: &'static str, key_url: &'static str) -> KnownServer {
    KnownServer {
        title,
        base_url,
        needs_key: true,
        key_url: Some(key_url),
    }
}

/// What is known of this kind.
pub(super) fn facts(kind: ProviderKind) -> &'static KindFacts {
    let found = KINDS.iter().find(|facts| facts.kind == kind);
    found.unwrap_or(&KINDS[0])
}

/// Where a provider is: its own address, else its kind's.
pub(super) fn address(config: &ProviderConfig) -> &str {
    let own = config.base_url.as_deref().map(str::trim);
    own.filter(|url| !url.is_empty())
        .unwrap_or(facts(config.kind).base_url)
}

/// Whether this provider answers nobody without a key: a compatible server may do without one.
pub(super) fn needs_key(config: &ProviderConfig) -> bool {
    let maker = facts(config.kind);
    match config.kind {
        ProviderKind::OpenAi => is_official(address(config)),
        ProviderKind::OpenRouter => same_place(address(config), maker.base_url),
        _ => maker.needs_key,
    }
}

/// Whether what is sent to the one address goes to the same server as what is sent to the other.
pub(super) fn same_place(one: &str, other: &str) -> bool {
    let place = |url: &str| {
        let url = reqwest::Url::parse(url).ok()?;
        let host = url.host_str()?.to_owned();
        Some((url.scheme().to_owned(), host, url.port_or_known_default()))
    };
    one == other || place(one).is_some_and(|place_of| Some(place_of) == place(other))
}

/// The kind's good model, where the provider is its maker's own; empty where only the server can
/// tell.
pub(super) fn default_model(config: &ProviderConfig) -> &'static str {
    let elsewhere = config.kind == ProviderKind::OpenAi && !is_official(address(config));
    let model = facts(config.kind).model.filter(|_| !elsewhere);
    model.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_known_by_its_own_facts() {
        for kind in [
            ProviderKind::OpenAi,
            ProviderKind::Anthropic,
            ProviderKind::Gemini,
            ProviderKind::OpenRouter,
            ProviderKind::Ollama,
            ProviderKind::Demo,
        ] {
            assert_eq!(facts(kind).kind, kind);
        }
    }

    #[test]
    fn a_key_is_for_one_scheme_host_and_port() {
        let same = same_place(
            "https://api.openai.com/v1",
            "https://api.openai.com:443/v2/",
        );
        assert!(same);
        for other in [
            "http://api.openai.com/v1",
            "https://api.openai.com:444/v1",
            "https://api.openai.com.example.com/v1",
            "nowhere",
        ] {
            assert!(!same_place("https://api.openai.com/v1", other), "{other}");
        }
    }

    #[test]
    fn a_compatible_server_needs_no_key_and_has_its_own_models() {
        let mut config = ProviderConfig::of_kind(ProviderKind::OpenAi);
        assert!(needs_key(&config));
        assert_eq!(default_model(&config), "gpt-5-mini");
        config.base_url = Some("http://127.0.0.1:1234/v1".to_owned());
        assert!(!needs_key(&config));
        assert_eq!(default_model(&config), "");
    }
}
