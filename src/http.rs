//! The outbound HTTP client: time-outs, pooled connections, no redirects. Clients are built on
//! their first use, so that a process which calls nobody loads no certificates.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    sync::{Once, OnceLock},
    time::Duration,
};

use http::uri::Authority;
use reqwest::{Client, redirect::Policy};

/// How long an unused connection is kept for the next call.
const IDLE_CONNECTION: Duration = Duration::from_secs(90);

/// Unused connections kept for each host.
const IDLE_CONNECTIONS: usize = 32;

/// Why there is no client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// Not an absolute `http` or `https` address.
    #[error("the address is not an http:// or https:// one")]
    Address,
    /// The system's certificates can't be read.
    #[error("TLS can't be set up; are the system's CA certificates installed?")]
    Tls,
}

/// Chooses the cryptography for TLS, once a process; later calls do nothing. Called first thing
/// in `main` and by whatever builds a client, since rustls panics without a choice.
pub fn install_tls() {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        // The error means that somebody else chose already, which is just as good.
        let _already_chosen = rustls::crypto::ring::default_provider().install_default();
    });
}

/// A client for one remote address, built on its first use and kept for its connections.
#[derive(Debug)]
pub struct LazyClient {
    address: String,
    connect_timeout: Duration,
    client: OnceLock<Result<Client, HttpError>>,
}

impl LazyClient {
    /// A client for `address` (any URL on the host that will be called).
    pub fn new(address: impl Into<String>, connect_timeout: Duration) -> Self {
        Self {
            address: address.into(),
            connect_timeout,
            client: OnceLock::new(),
        }
    }

    /// The client; its clones share one pool of connections.
    pub fn get(&self) -> Result<Client, HttpError> {
        self.client
            .get_or_init(|| build(&self.address, self.connect_timeout))
            .clone()
    }

    /// The limit for a connection.
    pub fn connect_timeout(&self) -> Duration {
        self.connect_timeout
    }
}

fn build(address: &str, connect_timeout: Duration) -> Result<Client, HttpError> {
    install_tls();
    let url = reqwest::Url::parse(address).map_err(|_| HttpError::Address)?;
    let builder = Client::builder()
        .user_agent(concat!("clawgate/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(connect_timeout)
        .pool_idle_timeout(IDLE_CONNECTION)
        .pool_max_idle_per_host(IDLE_CONNECTIONS)
        .tcp_keepalive(Duration::from_secs(60))
        // A redirect would carry the key to a host that nobody configured.
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        // A compressed event stream comes in lumps.
        .gzip(false)
        .referer(false);
    let builder = match url.scheme() {
        // An empty set of roots spares the process the megabytes of the system's certificates.
        "http" => builder.tls_certs_only([]).http1_only(),
        "https" => builder
            .http2_keep_alive_interval(Duration::from_secs(30))
            .http2_keep_alive_timeout(Duration::from_secs(10)),
        _ => return Err(HttpError::Address),
    };
    // What runs on this machine is never behind the proxy that the environment names.
    let builder = if is_loopback(&url) {
        builder.no_proxy()
    } else {
        builder
    };
    builder.build().map_err(|_| HttpError::Tls)
}

/// The address under which this machine reaches what listens on `bound`.
pub fn own_address(bound: SocketAddr) -> String {
    let ip = match bound.ip() {
        ip if !ip.is_unspecified() => ip,
        ip if ip.is_ipv4() => Ipv4Addr::LOCALHOST.into(),
        _ => Ipv6Addr::LOCALHOST.into(),
    };
    format!("http://{}", SocketAddr::new(ip, bound.port()))
}

/// The address that an entry of `gateway.allowed_hosts` stands for, without a slash at the end. A
/// bare name is a proxy's, which speaks TLS; one with a port of its own is taken as it is. None for
/// patterns, and for what only this machine reaches.
pub fn allowed_address(entry: &str) -> Option<String> {
    let entry = entry.trim().trim_end_matches('/');
    if entry.starts_with("https://") || entry.starts_with("http://") {
        return Some(entry.to_owned());
    }
    let authority = entry.parse::<Authority>().ok()?;
    if entry.contains('*') || is_own_authority(entry) {
        return None;
    }
    let scheme = match authority.port_u16() {
        None | Some(443) => "https",
        Some(_) => "http",
    };
    Some(format!("{scheme}://{entry}"))
}

/// Whether `host`, with a port or without, is this machine's loopback.
pub fn is_own_authority(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    let name = authority.host().trim_matches(['[', ']']);
    let ip = name.parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost") || ip.is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// The address of this machine on the network that leads outward, of the family of `any` where
/// there is one. Nothing is sent: connecting a datagram socket only asks for the route.
pub fn outward_address(any: IpAddr) -> Option<IpAddr> {
    // Addresses that documents use: nobody has them.
    let old = || {
        route(
            Ipv4Addr::UNSPECIFIED.into(),
            Ipv4Addr::new(192, 0, 2, 1).into(),
        )
    };
    match any {
        IpAddr::V4(any) => route(any.into(), Ipv4Addr::new(192, 0, 2, 1).into()),
        IpAddr::V6(_) => {
            let documents = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
            // `::` listens to the older protocol too.
            route(Ipv6Addr::UNSPECIFIED.into(), documents.into()).or_else(old)
        }
    }
}

fn route(from: IpAddr, to: IpAddr) -> Option<IpAddr> {
    let socket = UdpSocket::bind((from, 0)).ok()?;
    socket.connect((to, 9)).ok()?;
    let ip = socket.local_addr().ok()?.ip();
    (!ip.is_unspecified()).then_some(ip)
}

/// Whether the URL's host is this machine by its name or number.
fn is_loopback(url: &reqwest::Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let number = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host.ends_with(".localhost")
        || number.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(address: &str) -> Result<Client, HttpError> {
        LazyClient::new(address, Duration::from_secs(1)).get()
    }

    #[test]
    fn installing_tls_twice_is_harmless() {
        install_tls();
        install_tls();
        assert!(rustls::crypto::CryptoProvider::get_default().is_some());
    }

    #[test]
    fn only_web_addresses_get_a_client() {
        assert!(client("http://127.0.0.1:1").is_ok());
        assert_eq!(client("ftp://127.0.0.1").err(), Some(HttpError::Address));
        assert_eq!(client("not an address").err(), Some(HttpError::Address));
    }

    #[test]
    fn an_open_listener_is_reached_on_loopback() {
        for (bound, url) in [
            ("0.0.0.0:7", "http://127.0.0.1:7"),
            ("[::]:7", "http://[::1]:7"),
            ("192.168.1.2:7", "http://192.168.1.2:7"),
        ] {
            assert_eq!(own_address(bound.parse().unwrap()), url);
        }
    }

    #[test]
    fn loopback_is_known_by_name_and_number() {
        for (address, expected) in [
            ("http://localhost:11434", true),
            ("http://127.0.0.2", true),
            ("http://[::1]:80", true),
            ("http://127.0.0.1.example.com", false),
            ("http://10.0.0.1", false),
        ] {
            let url = reqwest::Url::parse(address).unwrap();
            assert_eq!(is_loopback(&url), expected, "{address}");
        }
    }
}
