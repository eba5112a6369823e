//! Where the gateway listens, who reaches it there, and its tunnel.

use std::{net::TcpListener, path::PathBuf, sync::Arc};

use async_trait::async_trait;

use super::blocking;
use crate::{
    config::{Config, is_loopback},
    doctor::{Category, Check, Finding, Fix, Name, Surroundings, surroundings::Whose},
};

pub(super) fn checks() -> Vec<Arc<dyn Check>> {
    vec![Arc::new(Port), Arc::new(Reach), Arc::new(Tunnel)]
}

/// The port is there to be bound, or is bound by the gateway.
struct Port;

#[async_trait]
impl Check for Port {
    fn name(&self) -> Name {
        Name::of("network.port", Category::Network, "Port")
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        match &place.whose {
            Whose::Ours(listening) => match listening.get() {
                Some(listening) => Finding::ok(format!("Bound: {}.", listening.bound)),
                None => Finding::info("The gateway does not listen yet."),
            },
            Whose::Beside(url) => Finding::ok(format!("The gateway listens on {url}.")),
            Whose::Nobodys => free(place).await,
        }
    }
}

async fn free(place: &Surroundings) -> Finding {
    let gateway = place.settings().gateway.clone();
    let (host, port) = (gateway.host, gateway.port);
    let address = (host.clone(), port);
    match blocking(move || TcpListener::bind(address).map(drop)).await {
        Ok(Ok(())) => Finding::ok(format!("Port {port} on {host} is free for the gateway.")),
        Ok(Err(error)) => Finding::error(format!(
            "The gateway could not listen on {host} port {port}: {error}. Another program may \
             use it; choose another port, or end that program."
        ))
        .fixed_by(Fix::setting("Choose another port", "gateway.port")),
        Err(problem) => Finding::warning(problem),
    }
}

/// The address that is listened on: the one bound, else the one set.
pub(super) fn is_public(place: &Surroundings, config: &Config) -> bool {
    match place.listening() {
        Some(listening) => !listening.bound.ip().to_canonical().is_loopback(),
        None => !is_loopback(&config.gateway.host),
    }
}

struct Reach;

#[async_trait]
impl Check for Reach {
    fn name(&self) -> Name {
        Name::of("network.reach", Category::Network, "Who reaches it")
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        let config = place.settings();
        let names = &config.gateway.allowed_hosts;
        if is_public(place, &config) {
            return Finding::info(
                "Other machines of this network reach the gateway; whether the Internet does \
                 depends on the router before it.",
            );
        }
        if names.is_empty() {
            return Finding::ok("Only this machine reaches the gateway.");
        }
        Finding::ok("This machine reaches the gateway, and browsers through a proxy under:")
            .with(names.clone())
    }
}

struct Tunnel;

#[async_trait]
impl Check for Tunnel {
    fn name(&self) -> Name {
        Name::of("network.tunnel", Category::Network, "Tunnel")
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        let config = place.settings();
        let provider = config.tunnel.provider.as_str();
        let program = match provider {
            "none" => {
                return Finding::info("No tunnel is set: the gateway is not reached from outside.");
            }
            "cloudflare" => "cloudflared",
            "custom" => {
                return Finding::info(
                    "A tunnel of one's own is set. Start it yourself, and let it lead to the \
                     address that the gateway listens on.",
                );
            }
            "tailscale" => "tailscale",
            _ => "ngrok",
        };
        let path = place.sources.env.get("PATH").cloned().unwrap_or_default();
        match blocking(move || on_path(&path, program)).await {
            Ok(true) => Finding::info(format!(
                "{program} is installed. Start it yourself, and let it lead to the address that \
                 the gateway listens on."
            )),
            Ok(false) => Finding::warning(format!(
                "tunnel.provider is \"{provider}\", and {program} is not installed: nothing leads \
                 here from outside."
            ))
            .fixed_by(Fix::setting("Change the tunnel", "tunnel.provider")),
            Err(problem) => Finding::warning(problem),
        }
    }
}

fn on_path(path: &str, program: &str) -> bool {
    std::env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .any(|folder: PathBuf| folder.join(program).is_file())
}
