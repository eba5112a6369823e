//! Keeps other sites out. A `Host` that is not ours means a foreign name was pointed at us (DNS
//! rebinding); an `Origin` that is not ours means a foreign page is calling. WebSocket upgrades
//! and loopback are no exception.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, header, uri::Authority};
use poem::{Endpoint, Request, Response, Result};

use super::{Layer, Next};
use crate::{
    api::ApiError,
    config::{ConfigHandle, GatewayConfig},
};

pub(super) struct Origin {
    pub(super) config: ConfigHandle,
}

impl Layer for Origin {
    async fn call(&self, next: &Next, request: Request) -> Result<Response> {
        let config = self.config.current();
        let own = Own {
            gateway: &config.gateway,
            local: request.local_addr().as_socket_addr().copied(),
        };
        // A request line with a whole address in it overrides the header.
        let named = request.uri().authority();
        own.judge(named, request.headers())
            .map_err(|refused| ApiError::forbidden(refused.say()))?;
        next.call(request).await
    }
}

/// Why a request was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Refused {
    Host(String),
    Origin(String),
}

impl Refused {
    fn say(&self) -> String {
        match self {
            Self::Host(host) => format!(
                "The host name \"{host}\" is not this gateway's. If you reach it under that name \
                 on purpose, add it to gateway.allowed_hosts."
            ),
            Self::Origin(origin) => format!(
                "Pages of \"{origin}\" may not use this gateway. If that is its own address \
                 behind a proxy, add its host name to gateway.allowed_hosts."
            ),
        }
    }
}

/// What is ours.
struct Own<'a> {
    gateway: &'a GatewayConfig,
    /// The address of this side of the connection.
    local: Option<SocketAddr>,
}

/// A host name or address in one spelling, and a port where one was named.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    name: String,
    port: Option<u16>,
}

impl Own<'_> {
    fn judge(&self, named: Option<&Authority>, headers: &HeaderMap) -> Result<(), Refused> {
        let mut hosts = headers.get_all(header::HOST).iter();
        let host = hosts.next().map(|value| value.to_str().unwrap_or("?"));
        if hosts.next().is_some() {
            return Err(Refused::Host("two at once".to_owned()));
        }
        let mut place = None;
        for text in [named.map(Authority::as_str), host].into_iter().flatten() {
            let read = Place::read(text).filter(|place| self.is_own_host(place));
            place = Some(read.ok_or_else(|| Refused::Host(shown(text)))?);
        }
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let Some(origin) = origins.next() else {
            return Ok(());
        };
        let origin = origin.to_str().unwrap_or("?");
        if origins.next().is_none() && self.is_own_origin(origin, place.as_ref()) {
            return Ok(());
        }
        Err(Refused::Origin(shown(origin)))
    }

    fn is_own_host(&self, place: &Place) -> bool {
        self.is_own_name(&place.name) || self.is_allowed(place)
    }

    /// Another port of this machine is another site, and its pages' requests bring our cookie
    /// along: so the port must be right too, unless the name was allowed by hand.
    fn is_own_origin(&self, origin: &str, host: Option<&Place>) -> bool {
        let Some((scheme, authority)) = origin.split_once("://") else {
            return false;
        };
        let Some(place) = Place::read(authority) else {
            return false;
        };
        let default_port = match scheme {
            "http" | "ws" => Some(80),
            "https" | "wss" => Some(443),
            _ => None,
        };
        let port = place.port.or(default_port);
        let same_as_host =
            host.is_some_and(|host| host.name == place.name && host.port.or(default_port) == port);
        let bound_port = self.local.map(|local| local.port());
        let own_port = port.is_some() && port == bound_port;
        same_as_host || (own_port && self.is_own_name(&place.name)) || self.is_allowed(&place)
    }

    fn is_own_name(&self, name: &str) -> bool {
        if name == "localhost" {
            return true;
        }
        if let Ok(ip) = name.parse::<IpAddr>() {
            let local = self.local.map(|local| local.ip().to_canonical());
            return ip.is_loopback() || local == Some(ip);
        }
        Place::read(&self.gateway.host).is_some_and(|bound| bound.name == name)
    }

    fn is_allowed(&self, place: &Place) -> bool {
        self.gateway.allowed_hosts.iter().any(|entry| {
            let entry = entry.trim().trim_end_matches('/');
            let entry = entry
                .split_once("://")
                .map_or(entry, |(_, authority)| authority);
            if let Some(parent) = entry.strip_prefix("*.") {
                let under = place.name.strip_suffix(&parent.to_ascii_lowercase());
                return under.is_some_and(|under| under.len() > 1 && under.ends_with('.'));
            }
            Place::read(entry).is_some_and(|allowed| {
                allowed.name == place.name && (allowed.port.is_none() || allowed.port == place.port)
            })
        })
    }
}

impl Place {
    fn read(text: &str) -> Option<Self> {
        if text.contains('@') {
            return None;
        }
        // A bare IPv6 address, as the configuration may have it.
        if let Ok(ip) = text.parse::<IpAddr>() {
            return Some(Self {
                name: ip.to_canonical().to_string(),
                port: None,
            });
        }
        let authority: Authority = text.parse().ok()?;
        let host = authority.host();
        let port = match authority.as_str().strip_prefix(host)?.strip_prefix(':') {
            Some(port) => Some(port.parse().ok()?),
            None => None,
        };
        let host = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        let name = match host.parse::<IpAddr>() {
            Ok(ip) => ip.to_canonical().to_string(),
            Err(_) => host.trim_end_matches('.').to_ascii_lowercase(),
        };
        (!name.is_empty()).then_some(Self { name, port })
    }
}

/// What a stranger sent, short enough to be said back.
fn shown(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_control())
        .take(100)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn judge(
        gateway: &GatewayConfig,
        local: &str,
        host: &str,
        origin: Option<&str>,
    ) -> Result<(), Refused> {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        Own {
            gateway,
            local: Some(local.parse().unwrap()),
        }
        .judge(None, &headers)
    }

    const LOCAL: &str = "127.0.0.1:42617";

    #[test]
    fn loopback_names_are_ours_and_others_are_not() {
        let gateway = GatewayConfig::default();
        for host in [
            "localhost:42617",
            "LOCALHOST:42617",
            "localhost.",
            "127.0.0.1:42617",
            "127.0.0.9",
            "[::1]:42617",
            "localhost:8080",
        ] {
            assert_eq!(judge(&gateway, LOCAL, host, None), Ok(()), "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:42617",
            "localhost.evil.example",
            "192.0.2.1",
            "127.0.0.1.nip.io",
            "a@localhost",
            "localhost:99999",
            "[::2]",
        ] {
            assert_eq!(
                judge(&gateway, LOCAL, host, None),
                Err(Refused::Host(host.to_owned()))
            );
        }
    }

    #[test]
    fn a_public_bind_answers_to_the_address_it_was_reached_at_and_to_allowed_names() {
        let gateway = GatewayConfig {
            host: "0.0.0.0".to_owned(),
            allow_public_bind: true,
            allowed_hosts: vec![
                "gate.example".to_owned(),
                "*.lan".to_owned(),
                "https://exact.example:8443/".to_owned(),
            ],
            ..GatewayConfig::default()
        };
        let local = "192.168.1.5:42617";
        for host in [
            "192.168.1.5:42617",
            "gate.example",
            "Gate.Example:80",
            "box.lan:42617",
            "exact.example:8443",
        ] {
            assert_eq!(judge(&gateway, local, host, None), Ok(()), "{host}");
        }
        for host in [
            "192.168.1.6:42617",
            "box.local",
            "lan",
            ".lan",
            "evilgate.example",
            "exact.example",
        ] {
            assert!(judge(&gateway, local, host, None).is_err(), "{host}");
        }
        assert_eq!(
            judge(
                &gateway,
                local,
                "gate.example",
                Some("https://gate.example")
            ),
            Ok(())
        );
        assert_eq!(
            judge(&gateway, "[::ffff:192.168.1.5]:42617", "192.168.1.5", None),
            Ok(())
        );
    }

    #[test]
    fn a_name_that_was_bound_is_ours() {
        let gateway = GatewayConfig {
            host: "mybox.lan".to_owned(),
            ..GatewayConfig::default()
        };
        assert_eq!(
            judge(&gateway, "192.168.1.5:42617", "mybox.lan:42617", None),
            Ok(())
        );
    }

    #[test]
    fn pages_of_other_sites_are_refused() {
        let gateway = GatewayConfig::default();
        let from = |origin| judge(&gateway, LOCAL, "localhost:42617", Some(origin));
        for own in [
            "http://localhost:42617",
            "http://127.0.0.1:42617",
            "http://[::1]:42617",
        ] {
            assert_eq!(from(own), Ok(()), "{own}");
        }
        for other in [
            "null",
            "https://evil.example",
            "http://localhost:3000",
            "http://localhost",
            "http://localhost.evil.example:42617",
            "file://",
            "http://evil@localhost:42617",
            "",
            "localhost:42617",
            "chrome-extension://abcdef",
        ] {
            assert_eq!(
                from(other),
                Err(Refused::Origin(other.to_owned())),
                "{other}"
            );
        }
    }

    #[test]
    fn a_forwarded_port_is_ours_when_host_and_origin_agree() {
        let gateway = GatewayConfig::default();
        let judged = judge(
            &gateway,
            LOCAL,
            "localhost:8080",
            Some("http://localhost:8080"),
        );
        assert_eq!(judged, Ok(()));
    }

    #[test]
    fn two_hosts_or_two_origins_are_refused() {
        let gateway = GatewayConfig::default();
        let own = Own {
            gateway: &gateway,
            local: None,
        };
        let mut headers = HeaderMap::new();
        headers.append(header::HOST, "localhost".parse().unwrap());
        headers.append(header::HOST, "localhost".parse().unwrap());
        assert!(own.judge(None, &headers).is_err());
        let mut headers = HeaderMap::new();
        headers.append(header::HOST, "localhost".parse().unwrap());
        headers.append(header::ORIGIN, "http://localhost".parse().unwrap());
        assert!(own.judge(None, &headers).is_ok());
        headers.append(header::ORIGIN, "http://localhost".parse().unwrap());
        assert!(own.judge(None, &headers).is_err());
        assert!(
            own.judge(Some(&"evil.example".parse().unwrap()), &HeaderMap::new())
                .is_err()
        );
    }

    proptest! {
        #[test]
        fn only_names_that_are_ours_pass(name in "[a-z0-9.:\\[\\]@-]{0,40}") {
            let gateway = GatewayConfig::default();
            if judge(&gateway, LOCAL, &name, None).is_ok() {
                let place = Place::read(&name).unwrap();
                let loopback = place.name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
                prop_assert!(place.name == "localhost" || loopback, "{}", name);
            }
        }

        #[test]
        fn no_origin_breaks_the_reader(origin in "[ -~]{0,80}") {
            let gateway = GatewayConfig::default();
            let _either_way = judge(&gateway, LOCAL, "localhost", Some(&origin));
        }
    }
}
