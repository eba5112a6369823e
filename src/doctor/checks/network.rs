//! Where the gateway listens, who reaches it there, and its tunnel.

use std::{
    net::{IpAddr, Ipv4Addr, TcpListener},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use futures_util::future::join_all;

use super::{blocking, gateway::health};
use crate::{
    config::{Config, is_loopback},
    doctor::{Category, Check, Finding, Fix, Name, Surroundings, surroundings::Whose},
    http::{allowed_address, outward_address},
    tools,
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

/// Who reaches it: whether the address that it listens on is one of the Internet, and whether the
/// names under which browsers may come really lead here.
struct Reach;

/// For a name to be resolved and to answer.
const SOON: Duration = Duration::from_secs(4);
/// Names that are asked at most.
const NAMES: usize = 4;

#[async_trait]
impl Check for Reach {
    fn name(&self) -> Name {
        Name::of("network.reach", Category::Network, "Who reaches it")
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        let config = place.settings();
        let names = config.gateway.allowed_hosts.iter();
        let addresses = names.filter_map(|entry| allowed_address(entry)).take(NAMES);
        let asked: Vec<(String, bool)> = if matches!(place.whose, Whose::Nobodys) {
            Vec::new()
        } else {
            join_all(addresses.map(|url| async move {
                let answer = tokio::time::timeout(SOON, health(&url)).await;
                (url, matches!(answer, Ok(Some(_))))
            }))
            .await
        };
        let open = is_public(place, &config).then(|| {
            let bound = place.listening().map(|listening| listening.bound.ip());
            outward(bound)
        });
        reached(open, &asked)
    }
}

/// The address that others see of a listener on `bound`, or on any address.
fn outward(bound: Option<IpAddr>) -> Option<IpAddr> {
    let bound = bound.unwrap_or(Ipv4Addr::UNSPECIFIED.into());
    if bound.is_unspecified() {
        outward_address(bound)
    } else {
        Some(bound)
    }
}

/// `open`: other machines reach the listener, under this address as far as it is known. `asked`:
/// the addresses that ought to lead here, and whether a gateway answered there.
fn reached(open: Option<Option<IpAddr>>, asked: &[(String, bool)]) -> Finding {
    let silent: Vec<String> = asked
        .iter()
        .filter(|(_, answers)| !answers)
        .map(|(url, _)| format!("{url}: no gateway answers there"))
        .collect();
    if let Some(Some(ip)) = open
        && tools::is_public(ip)
    {
        return Finding::warning(format!(
            "The gateway listens on {ip}, an address of the public Internet: unless a firewall \
             stands before it, everybody reaches it. Listen on 127.0.0.1 and put a proxy with TLS \
             or a tunnel before it."
        ))
        .with(silent)
        .fixed_by(Fix::setting("Change the address", "gateway.host"));
    }
    if !silent.is_empty() {
        return Finding::warning(
            "Addresses under which browsers may come do not lead here, seen from this machine: \
             the proxy or the tunnel before the gateway may not run, or its name is written \
             differently.",
        )
        .with(silent)
        .fixed_by(Fix::setting("Open the names", "gateway.allowed_hosts"));
    }
    let names: Vec<String> = asked.iter().map(|(url, _)| url.clone()).collect();
    match (open, names.is_empty()) {
        (Some(_), _) => Finding::info(
            "Other machines of this network reach the gateway; whether the Internet does depends \
             on the router before it.",
        )
        .with(names),
        (None, true) => Finding::ok("Only this machine reaches the gateway."),
        (None, false) => {
            Finding::ok("This machine reaches the gateway, and others through a proxy under:")
                .with(names)
        }
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
            .fixed_by(Fix::on("Open the tunnel", "/integrations?open=tunnel")),
            Err(problem) => Finding::warning(problem),
        }
    }
}

fn on_path(path: &str, program: &str) -> bool {
    std::env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .any(|folder: PathBuf| folder.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Severity;

    fn ip(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn an_address_of_the_internet_is_told_from_one_of_the_house() {
        let severity = |open| reached(open, &[]).severity;
        assert_eq!(severity(None), Severity::Ok);
        assert_eq!(severity(Some(None)), Severity::Info);
        assert_eq!(severity(Some(ip("192.168.1.7"))), Severity::Info);
        assert_eq!(severity(Some(ip("8.8.4.4"))), Severity::Warning);
        assert_eq!(severity(Some(ip("2a00:1450:4001::1"))), Severity::Warning);
    }

    #[test]
    fn names_that_do_not_lead_here_are_said() {
        let well = ("https://gate.example".to_owned(), true);
        let gone = ("https://old.example".to_owned(), false);
        let found = reached(None, std::slice::from_ref(&well));
        assert_eq!((found.severity, found.details.len()), (Severity::Ok, 1));
        let found = reached(None, &[well, gone]);
        assert_eq!(found.severity, Severity::Warning);
        assert_eq!(
            found.details,
            ["https://old.example: no gateway answers there"]
        );
        assert_eq!(
            found.fix.unwrap().route,
            "/settings?key=gateway.allowed_hosts"
        );
    }

    #[test]
    fn a_listener_on_one_address_is_seen_under_it() {
        assert_eq!(outward(ip("10.0.0.4")), ip("10.0.0.4"));
        assert_ne!(outward(ip("0.0.0.0")), ip("0.0.0.0"));
    }

    #[cfg(unix)]
    #[test]
    fn a_program_is_found_where_the_path_leads() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("cloudflared"), "").unwrap();
        let path = format!("/nowhere:{}", folder.path().display());
        assert!(on_path(&path, "cloudflared"));
        assert!(!on_path(&path, "ngrok"));
        assert!(!on_path("", "cloudflared"));
    }
}
