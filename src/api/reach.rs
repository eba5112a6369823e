//! Under which addresses another device may reach the gateway, as far as it can tell.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use http::uri::Authority;

use super::Client;

/// Addresses without a slash at the end, the likeliest first: the one that the client itself
/// uses, the names allowed by hand, the one listened on.
pub(super) fn bases(client: &Client, allowed: &[String], bound: Option<SocketAddr>) -> Vec<String> {
    let own = client.host.as_deref().filter(|host| !is_loopback(host));
    let mut bases: Vec<String> = own.map(|_| client.base_url()).into_iter().collect();
    bases.extend(allowed.iter().filter_map(|entry| of_allowed(entry)));
    if let Some(bound) = bound {
        let ip = if bound.ip().is_unspecified() {
            outward(bound.ip())
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

fn is_loopback(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    let name = authority.host().trim_matches(['[', ']']);
    let ip = name.parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost") || ip.is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// The address of an entry of `gateway.allowed_hosts`. A bare name is a proxy's, which speaks
/// TLS; one with a port of its own is taken as it is.
fn of_allowed(entry: &str) -> Option<String> {
    let entry = entry.trim().trim_end_matches('/');
    if entry.starts_with("https://") || entry.starts_with("http://") {
        return Some(entry.to_owned());
    }
    let authority = entry.parse::<Authority>().ok()?;
    if entry.contains('*') || is_loopback(entry) {
        return None;
    }
    let scheme = match authority.port_u16() {
        None | Some(443) => "https",
        Some(_) => "http",
    };
    Some(format!("{scheme}://{entry}"))
}

/// The address of this machine on the network that leads outward. Nothing is sent: connecting a
/// datagram socket only asks for the route.
fn outward(family: IpAddr) -> Option<IpAddr> {
    let anywhere: (IpAddr, IpAddr) = match family {
        // Addresses that documents use: nobody has them.
        IpAddr::V4(any) => (any.into(), Ipv4Addr::new(192, 0, 2, 1).into()),
        IpAddr::V6(_) => {
            let documents = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
            (Ipv6Addr::UNSPECIFIED.into(), documents.into())
        }
    };
    let found = route(anywhere);
    if found.is_some() || family.is_ipv4() {
        return found;
    }
    // `::` listens to the older protocol too.
    route((
        Ipv4Addr::UNSPECIFIED.into(),
        Ipv4Addr::new(192, 0, 2, 1).into(),
    ))
}

fn route((from, to): (IpAddr, IpAddr)) -> Option<IpAddr> {
    let socket = UdpSocket::bind((from, 0)).ok()?;
    socket.connect((to, 9)).ok()?;
    let ip = socket.local_addr().ok()?.ip();
    (!ip.is_unspecified()).then_some(ip)
}

#[cfg(test)]
mod tests {
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
