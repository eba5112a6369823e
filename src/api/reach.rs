//! Under which addresses another device may reach the gateway, as far as it can tell.

use std::net::SocketAddr;

use super::Client;
use crate::http::{allowed_address, is_own_authority, outward_address};

/// Addresses without a slash at the end, the likeliest first: the one that the client itself
/// uses, the names allowed by hand, the one listened on.
pub(super) fn bases(client: &Client, allowed: &[String], bound: Option<SocketAddr>) -> Vec<String> {
    let own = client
        .host
        .as_deref()
        .filter(|host| !is_own_authority(host));
    let mut bases: Vec<String> = own.map(|_| client.base_url()).into_iter().collect();
    bases.extend(allowed.iter().filter_map(|entry| allowed_address(entry)));
    if let Some(bound) = bound {
        let ip = if bound.ip().is_unspecified() {
            outward_address(bound.ip())
        } else {
            Some(bound.ip())
        };
        let open = ip.filter(|ip| !ip.is_loopback());
        bases.extend(open.map(|ip| format!("http://{}", SocketAddr::new(ip, bound.port()))));
    }
    let mut seen = std::collections::HashSet::new();
    bases.retain(|base| seen.insert(base.clone()));
    bases
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn client(host: &str) -> Client {
        Client {
            ip: Ipv4Addr::LOCALHOST.into(),
            secure: false,
            direct_loopback: true,
            host: Some(host.to_owned()),
        }
    }

    #[test]
    fn loopback_leads_nowhere_else() {
        let bound = "127.0.0.1:42617".parse().ok();
        for host in ["127.0.0.1:42617", "localhost:42617", "[::1]:42617"] {
            assert!(bases(&client(host), &[], bound).is_empty(), "{host}");
        }
    }

    #[test]
    fn the_address_in_use_goes_before_allowed_names_and_the_one_listened_on() {
        let allowed = ["gate.example", "*.wild.example", "http://box.lan:8080/"];
        let allowed = allowed.map(str::to_owned);
        let bound = "192.168.1.5:42617".parse().ok();
        assert_eq!(
            bases(&client("192.168.1.5:42617"), &allowed, bound),
            [
                "http://192.168.1.5:42617",
                "https://gate.example",
                "http://box.lan:8080"
            ]
        );
        assert_eq!(
            bases(&client("localhost:42617"), &[], bound),
            ["http://192.168.1.5:42617"]
        );
    }

    #[test]
    fn an_open_listener_is_reached_by_no_wildcard() {
        let found = bases(&client("localhost:1"), &[], "0.0.0.0:1".parse().ok());
        assert!(
            found.iter().all(|base| !base.contains("0.0.0.0")),
            "{found:?}"
        );
    }
}
