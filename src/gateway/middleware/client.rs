//! Finds out where a request comes from. Forwarded headers count only from trusted proxies, and
//! are read from the right: what stands further left may be anybody's invention.

use std::net::{IpAddr, Ipv4Addr};

use http::HeaderMap;
use ipnet::IpNet;
use poem::{Endpoint, Request, Response, Result};

use super::{Layer, Next};
use crate::{
    api::Client,
    config::{ConfigHandle, GatewayConfig},
};

/// Headers by which a proxy shows that it is one.
const MARKS_OF_A_PROXY: [&str; 8] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "cf-connecting-ip",
    "true-client-ip",
];
/// Entries of `X-Forwarded-For` that are looked at.
const MOST_HOPS: usize = 32;

/// Puts [`Client`] into the request's data.
pub(super) struct FindClient {
    pub(super) config: ConfigHandle,
}

impl Layer for FindClient {
    async fn call(&self, next: &Next, mut request: Request) -> Result<Response> {
        let config = self.config.current();
        let peer = request
            .remote_addr()
            .as_socket_addr()
            .map(std::net::SocketAddr::ip);
        let client = find(
            peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            request.headers(),
            &config.gateway,
        );
        request.set_data(client);
        next.call(request).await
    }
}

fn find(peer: IpAddr, headers: &HeaderMap, gateway: &GatewayConfig) -> Client {
    let peer = peer.to_canonical();
    let trusted = &gateway.trusted_proxies;
    let believed = gateway.trust_forwarded_headers && is_trusted(peer, trusted);
    let proxied = MARKS_OF_A_PROXY
        .iter()
        .any(|name| headers.contains_key(*name));
    Client {
        ip: if believed {
            forwarded_for(peer, headers, trusted)
        } else {
            peer
        },
        secure: believed && forwarded_proto(headers).eq_ignore_ascii_case("https"),
        direct_loopback: peer.is_loopback() && !proxied,
        host: headers
            .get(http::header::HOST)
            .and_then(|host| host.to_str().ok())
            .map(str::to_owned),
    }
}

fn is_trusted(ip: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|net| net.contains(&ip))
}

/// The last address that no trusted proxy vouches to be another trusted proxy's. An entry that is
/// no address ends the search: what stands left of it can't be judged.
fn forwarded_for(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let values: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .map(|value| value.to_str().unwrap_or("?"))
        .collect();
    let from_the_right = values.iter().rev().flat_map(|value| value.rsplit(','));
    let mut client = peer;
    for entry in from_the_right.take(MOST_HOPS) {
        let Some(ip) = parse_entry(entry) else {
            break;
        };
        client = ip;
        if !is_trusted(ip, trusted) {
            break;
        }
    }
    client
}

/// An address, with or without a port: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`,
/// `[2001:db8::1]:80`.
fn parse_entry(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let bare = entry
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
        .map(|(ip, _)| ip);
    let ip = bare.unwrap_or(entry).parse().ok();
    let ip = ip.or_else(|| {
        entry
            .parse()
            .ok()
            .map(|socket: std::net::SocketAddr| socket.ip())
    });
    ip.map(|ip| ip.to_canonical())
}

/// What the nearest proxy says; it appends to what was there.
fn forwarded_proto(headers: &HeaderMap) -> &str {
    let last = headers.get_all("x-forwarded-proto").iter().next_back();
    let last = last
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    last.rsplit(',').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn trusting() -> GatewayConfig {
        GatewayConfig {
            trust_forwarded_headers: true,
            trusted_proxies: vec![
                "127.0.0.1/32".parse().unwrap(),
                "10.0.0.0/8".parse().unwrap(),
            ],
            ..GatewayConfig::default()
        }
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn forwarded_headers_count_only_when_they_are_to_be_trusted() {
        let sent = headers(&[
            ("x-forwarded-for", "203.0.113.9"),
            ("x-forwarded-proto", "https"),
        ]);
        let unbelieving = find(ip("127.0.0.1"), &sent, &GatewayConfig::default());
        assert_eq!(
            (unbelieving.ip, unbelieving.secure),
            (ip("127.0.0.1"), false)
        );
        let stranger = find(ip("198.51.100.1"), &sent, &trusting());
        assert_eq!((stranger.ip, stranger.secure), (ip("198.51.100.1"), false));
        let proxy = find(ip("127.0.0.1"), &sent, &trusting());
        assert_eq!((proxy.ip, proxy.secure), (ip("203.0.113.9"), true));
    }

    #[test]
    fn the_chain_is_read_from_the_right_and_inventions_on_the_left_are_not_believed() {
        for (chain, expected) in [
            ("1.2.3.4, 203.0.113.9", "203.0.113.9"),
            ("1.2.3.4, 203.0.113.9, 10.1.1.1", "203.0.113.9"),
            ("10.2.2.2, 10.1.1.1", "10.2.2.2"),
            ("203.0.113.9, nonsense, 10.1.1.1", "10.1.1.1"),
            ("nonsense", "127.0.0.1"),
            ("", "127.0.0.1"),
            ("203.0.113.9:4711", "203.0.113.9"),
            ("[2001:db8::7]:443", "2001:db8::7"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
        ] {
            let sent = headers(&[("x-forwarded-for", chain)]);
            assert_eq!(
                find(ip("127.0.0.1"), &sent, &trusting()).ip,
                ip(expected),
                "{chain}"
            );
        }
        let twice = headers(&[
            ("x-forwarded-for", "1.2.3.4"),
            ("x-forwarded-for", "203.0.113.9"),
        ]);
        assert_eq!(
            find(ip("127.0.0.1"), &twice, &trusting()).ip,
            ip("203.0.113.9")
        );
    }

    #[test]
    fn a_proxy_on_this_machine_is_no_direct_peer() {
        let gateway = GatewayConfig::default();
        assert!(find(ip("127.0.0.1"), &headers(&[]), &gateway).direct_loopback);
        assert!(find(ip("::ffff:127.0.0.1"), &headers(&[]), &gateway).direct_loopback);
        assert!(!find(ip("192.0.2.1"), &headers(&[]), &gateway).direct_loopback);
        for mark in MARKS_OF_A_PROXY {
            assert!(
                !find(ip("::1"), &headers(&[(mark, "x")]), &gateway).direct_loopback,
                "{mark}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_header_breaks_the_reader_and_a_stranger_is_who_it_is(
            values in prop::collection::vec("[ -~]{0,60}", 0..5),
        ) {
            let mut sent = HeaderMap::new();
            for value in &values {
                sent.append("x-forwarded-for", value.parse().unwrap());
                sent.append("x-forwarded-proto", value.parse().unwrap());
            }
            find(ip("127.0.0.1"), &sent, &trusting());
            prop_assert_eq!(find(ip("192.0.2.7"), &sent, &trusting()).ip, ip("192.0.2.7"));
        }

        #[test]
        fn whatever_a_client_sends_the_entry_its_proxy_adds_decides(
            invented in "[0-9a-f:., ]{0,80}",
        ) {
            let chain = format!("{invented}, 203.0.113.9");
            let sent = headers(&[("x-forwarded-for", chain.as_str())]);
            prop_assert_eq!(find(ip("10.0.0.1"), &sent, &trusting()).ip, ip("203.0.113.9"));
        }
    }
}
