//! What no single value can tell: references between settings, and where the gateway may listen.

use std::{collections::BTreeMap, net::IpAddr};

use super::{
    Config,
    load::Loaded,
    remark::Remark,
    sections::{OnLimit, ProviderConfig},
};

/// What is wrong between settings that are each right by themselves.
pub(super) fn problems(loaded: &Loaded) -> Vec<Remark> {
    let config = &loaded.config;
    let mut problems = Vec::new();
    let mut say = |key: &str, text: String| {
        let origin = loaded.origins.get(key).cloned().unwrap_or_default();
        problems.push(Remark::new(&origin, key, text));
    };
    let chosen = &config.agent.provider;
    if !chosen.is_empty() && !config.providers.contains_key(chosen) {
        let text = format!("expected {}, found \"{chosen}\"", names(&config.providers));
        say("agent.provider", text);
    }
    for (name, provider) in &config.providers {
        let key = format!("providers.{name}.fallbacks");
        for fallback in &provider.fallbacks {
            if !config.providers.contains_key(fallback) {
                let text = format!(
                    "expected {}, found \"{fallback}\"",
                    names(&config.providers)
                );
                say(&key, text);
            }
        }
        if let Some(circle) = circle(&config.providers, name) {
            let text = format!("expected no circle, found {}", circle.join(" -> "));
            say(&key, text);
        }
    }
    let cost = &config.cost;
    let to = cost.downgrade_to.trim();
    let known = to.split_once('/').is_some_and(|(name, model)| {
        let built_in = matches!(name, "ollama" | "demo");
        (built_in || config.providers.contains_key(name)) && !model.is_empty()
    });
    if !known && (!to.is_empty() || cost.on_limit == OnLimit::Downgrade) {
        let text = format!(
            "expected a model to go on with, as provider/model with {}, found \"{to}\"",
            names(&config.providers)
        );
        say("cost.downgrade_to", text);
    }
    problems
}

fn names(providers: &BTreeMap<String, ProviderConfig>) -> String {
    if providers.is_empty() {
        return "the name of a provider, of which there are none".to_owned();
    }
    let names: Vec<_> = providers.keys().map(String::as_str).collect();
    format!("one of the providers \"{}\"", names.join("\", \""))
}

/// The circle of fallbacks that `start` is in, told once: by the name that sorts first.
fn circle(providers: &BTreeMap<String, ProviderConfig>, start: &str) -> Option<Vec<String>> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut open = vec![start];
    while let Some(name) = open.pop() {
        for next in &providers.get(name)?.fallbacks {
            if next == start {
                let mut path = vec![start.to_owned(), name.to_owned()];
                let mut at = name;
                while at != start {
                    at = came_from.get(at).copied()?;
                    path.push(at.to_owned());
                }
                path.reverse();
                return path
                    .iter()
                    .all(|other| start <= other.as_str())
                    .then_some(path);
            }
            if providers.contains_key(next) && !came_from.contains_key(next.as_str()) {
                came_from.insert(next, name);
                open.push(next);
            }
        }
    }
    None
}

/// The gateway was told to listen where other machines can reach it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "refusing to listen on {host}: other machines could reach the gateway. One of these helps:\n  \
     1. listen on this machine only: --host 127.0.0.1\n  \
     2. use a tunnel: set tunnel.provider in config.toml\n  \
     3. permit it: set gateway.allow_public_bind = true in config.toml \
     (ZEROCLAW_ALLOW_PUBLIC_BIND=true), in a network that you trust"
)]
pub struct PublicBindRefused {
    /// The host that was asked for.
    pub host: String,
}

/// Whether the gateway may listen where it was told to. Asked when it starts.
pub fn check_bind(config: &Config) -> Result<(), PublicBindRefused> {
    let permitted = config.gateway.allow_public_bind || config.tunnel.provider != "none";
    if permitted || is_loopback(&config.gateway.host) {
        return Ok(());
    }
    Err(PublicBindRefused {
        host: config.gateway.host.clone(),
    })
}

/// Whether a host to listen on can be reached from this machine only. A name other than
/// `localhost` may lead anywhere.
pub fn is_loopback(host: &str) -> bool {
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host);
    bare.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<IpAddr>()
            .is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_reached_from_this_machine_alone() {
        for host in [
            "127.0.0.1",
            "127.9.9.9",
            "::1",
            "[::1]",
            "localhost",
            "::ffff:127.0.0.1",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "0.0.0.0",
            "::",
            "192.168.1.2",
            "example.com",
            "localhost.example.com",
            "",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn a_public_bind_needs_a_tunnel_or_the_owners_word() {
        let mut config = Config::default();
        assert_eq!(check_bind(&config), Ok(()));
        config.gateway.host = "0.0.0.0".to_owned();
        let refused = check_bind(&config).unwrap_err().to_string();
        for fix in [
            "--host 127.0.0.1",
            "tunnel.provider",
            "gateway.allow_public_bind = true",
        ] {
            assert!(refused.contains(fix), "{refused}");
        }
        config.tunnel.provider = "cloudflare".to_owned();
        assert_eq!(check_bind(&config), Ok(()));
        config.tunnel.provider = "none".to_owned();
        config.gateway.allow_public_bind = true;
        assert_eq!(check_bind(&config), Ok(()));
    }
}
