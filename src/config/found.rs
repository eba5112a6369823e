//! Providers that the environment brings along: the providers' own variables, and the documented
//! general ones (`PROVIDER`, `API_KEY`), which count least.

use std::collections::BTreeMap;

use secrecy::SecretString;

use super::{
    environment::variable,
    load::Loaded,
    remark::{Origin, Remark},
    sections::{ProviderConfig, ProviderKind},
    setting::Setting as _,
    value::Value,
};

/// The providers' own variables, the first found being the first choice.
const OWN: &[(&str, &str, ProviderKind)] = &[
    ("OPENAI_API_KEY", "openai", ProviderKind::OpenAi),
    ("ANTHROPIC_API_KEY", "anthropic", ProviderKind::Anthropic),
    ("OPENROUTER_API_KEY", "openrouter", ProviderKind::OpenRouter),
    ("GEMINI_API_KEY", "gemini", ProviderKind::Gemini),
];

/// The names of providers found in the environment, the first choice first.
pub(super) const FOUND: &[&str] = &["openai", "anthropic", "openrouter", "gemini", "ollama"];

/// Adds to the configured providers what the environment knows.
pub(super) fn providers(loaded: &mut Loaded, env: &BTreeMap<String, String>) {
    particular_keys(loaded);
    named_keys(loaded, env);
    for (name, provider, kind) in OWN {
        if let Some(key) = variable(env, name) {
            own_key(loaded, name, provider, *kind, key);
        }
    }
    if let Some(host) = variable(env, "OLLAMA_HOST") {
        ollama(loaded, host);
    }
    if let Some(word) = variable(env, "PROVIDER") {
        choose(loaded, word);
    }
    if let Some(key) = variable(env, "API_KEY") {
        general_key(loaded, key);
    }
}

fn say(list: &mut Vec<Remark>, variable: &str, text: String) {
    let origin = Origin::Variable(variable.to_owned());
    list.push(Remark::new(&origin, "", text));
}

/// Keys that a variable of the setting's own name gave.
fn particular_keys(loaded: &mut Loaded) {
    for (name, provider) in &mut loaded.config.providers {
        if let Some(Origin::Variable(variable)) =
            loaded.origins.get(&format!("providers.{name}.api_key"))
        {
            provider.key_from = Some(variable.clone());
        }
    }
}

/// `api_key_env`: the key stands in a variable.
fn named_keys(loaded: &mut Loaded, env: &BTreeMap<String, String>) {
    for (name, provider) in &mut loaded.config.providers {
        let Some(named) = provider.api_key_env.clone() else {
            continue;
        };
        let key = format!("providers.{name}.api_key_env");
        let origin = loaded.origins.get(&key).cloned().unwrap_or_default();
        if provider.api_key.is_some() {
            let text = "is not used, since api_key is given too";
            loaded.warnings.push(Remark::new(&origin, &key, text));
            continue;
        }
        if let Some(secret) = variable(env, &named) {
            provider.api_key = Some(SecretString::from(secret));
            provider.key_from = Some(named);
            provider.unusable = None;
            continue;
        }
        let text = format!("names the variable {named}, which is not set");
        loaded.warnings.push(Remark::new(&origin, &key, text));
        provider.unusable = Some(format!(
            "the variable {named}, which holds the API key of provider \"{name}\", is not set"
        ));
    }
}

/// A key goes only to its provider's own address: a configured `base_url` is another server.
fn own_key(loaded: &mut Loaded, variable: &str, name: &str, kind: ProviderKind, key: &str) {
    let mut of_kind = false;
    for (configured, provider) in &mut loaded.config.providers {
        if provider.kind != kind {
            continue;
        }
        of_kind = true;
        let waits = provider.api_key.is_none() && provider.api_key_env.is_none();
        if waits && provider.base_url.is_none() {
            provider.api_key = Some(SecretString::from(key));
            provider.key_from = Some(variable.to_owned());
            provider.unusable = None;
            let text = format!("is used as the API key of provider \"{configured}\"");
            say(&mut loaded.notices, variable, text);
        }
    }
    if of_kind {
        return;
    }
    let mut provider = ProviderConfig::of_kind(kind);
    provider.api_key = Some(SecretString::from(key));
    provider.key_from = Some(variable.to_owned());
    add(loaded, name, provider);
}

fn ollama(loaded: &mut Loaded, host: &str) {
    let mut providers = loaded.config.providers.values();
    if providers.any(|provider| provider.kind == ProviderKind::Ollama) {
        return;
    }
    let Some(base_url) = ollama_address(host) else {
        let text = "expected a host, host:port or http address; it is ignored".to_owned();
        return say(&mut loaded.warnings, "OLLAMA_HOST", text);
    };
    let mut provider = ProviderConfig::of_kind(ProviderKind::Ollama);
    provider.base_url = Some(base_url);
    add(loaded, "ollama", provider);
}

/// The variable also tells the server where to listen: "everywhere" is reached at loopback.
fn ollama_address(host: &str) -> Option<String> {
    let has_scheme = host.contains("://");
    let given = if has_scheme {
        host.to_owned()
    } else if host.parse::<std::net::Ipv6Addr>().is_ok() {
        format!("http://[{host}]")
    } else {
        format!(
            "http://{}",
            host.strip_prefix(':')
                .map_or_else(|| host.to_owned(), |port| format!("127.0.0.1:{port}"))
        )
    };
    let mut url = reqwest::Url::parse(&given).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let anywhere = matches!(url.host_str()?, "0.0.0.0" | "[::]");
    if anywhere {
        url.set_host(Some("127.0.0.1")).ok()?;
    }
    if !has_scheme && url.port().is_none() {
        url.set_port(Some(11434)).ok()?;
    }
    Some(url.as_str().trim_end_matches('/').to_owned())
}

/// A configured provider of the same name keeps it.
fn add(loaded: &mut Loaded, name: &str, provider: ProviderConfig) {
    let config = &mut loaded.config;
    if !config.providers.contains_key(name) {
        config.providers.insert(name.to_owned(), provider);
        config.from_environment.insert(name.to_owned());
    }
}

/// `PROVIDER` names a configured provider, or a kind. Anything else may be meant for another
/// program, and is no reason not to start.
fn choose(loaded: &mut Loaded, word: &str) {
    let by_variable = |origin: &Origin| matches!(origin, Origin::Variable(_));
    if loaded
        .origins
        .get("agent.provider")
        .is_some_and(by_variable)
    {
        return;
    }
    let folded = word.to_lowercase();
    let config = &mut loaded.config;
    let named = [word, &folded]
        .into_iter()
        .find(|name| config.providers.contains_key(*name))
        .map(str::to_owned);
    let kind = ProviderKind::take(Value::Text(folded.clone()));
    let of_kind = || {
        config
            .providers
            .iter()
            .find(|(_, provider)| Some(provider.kind) == kind)
            .map(|(name, _)| name.clone())
    };
    let name = match (named.or_else(of_kind), kind) {
        (Some(name), _) => name,
        (None, Some(kind)) => {
            add(loaded, &folded, ProviderConfig::of_kind(kind));
            folded
        }
        (None, None) => {
            let text = "names neither a configured provider nor a kind of provider; it is ignored";
            return say(&mut loaded.warnings, "PROVIDER", text.to_owned());
        }
    };
    loaded.config.agent.provider = name;
    let origin = Origin::Variable("PROVIDER".to_owned());
    loaded.origins.insert("agent.provider".to_owned(), origin);
}

/// `API_KEY` is the key of the provider in use, unless a variable of a clearer name gave it one.
fn general_key(loaded: &mut Loaded, key: &str) {
    let Some(name) = loaded.config.active_provider().map(str::to_owned) else {
        let text = "is not used, since no provider is chosen; set PROVIDER too".to_owned();
        return say(&mut loaded.warnings, "API_KEY", text);
    };
    let Some(provider) = loaded.config.providers.get_mut(&name) else {
        return;
    };
    let by_variable = loaded
        .origins
        .get(&format!("providers.{name}.api_key"))
        .is_some_and(|origin| matches!(origin, Origin::Variable(_)));
    let found = loaded.config.from_environment.contains(&name) && provider.api_key.is_some();
    let needless = matches!(provider.kind, ProviderKind::Demo | ProviderKind::Ollama);
    if by_variable || found || needless || provider.api_key_env.is_some() {
        return;
    }
    let instead = if provider.api_key.is_some() {
        ", instead of the one in config.toml"
    } else {
        ""
    };
    let text = format!("is used as the API key of provider \"{name}\"{instead}");
    provider.api_key = Some(SecretString::from(key));
    provider.key_from = Some("API_KEY".to_owned());
    provider.unusable = None;
    say(&mut loaded.notices, "API_KEY", text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ollama_host_is_understood_in_all_its_forms() {
        for (given, address) in [
            ("127.0.0.1", "http://127.0.0.1:11434"),
            ("0.0.0.0:9000", "http://127.0.0.1:9000"),
            (":9000", "http://127.0.0.1:9000"),
            ("::1", "http://[::1]:11434"),
            ("box", "http://box:11434"),
            (
                "https://ollama.example.com/x/",
                "https://ollama.example.com/x",
            ),
        ] {
            assert_eq!(ollama_address(given).as_deref(), Some(address), "{given}");
        }
        for bad in ["ftp://box", "http://", "a b"] {
            assert_eq!(ollama_address(bad), None, "{bad}");
        }
    }
}
