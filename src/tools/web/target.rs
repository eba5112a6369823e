//! Where a fetch goes: an address as a model writes it, judged before anything is resolved.

use std::net::IpAddr;

use reqwest::Url;

use super::address;

/// Longest address, in bytes.
const LONGEST: usize = 8192;

/// Why an address is not fetched. `Display` is a sentence for the model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    /// It is not one.
    #[error("{0:?} is not a web address; it begins with http:// or https://")]
    NotWeb(String),
    /// Names and passwords don't belong into addresses.
    #[error("an address with a name or password in it is not fetched")]
    Credentials,
    /// Written so that people don't see where it leads.
    #[error("the host {0:?} is written in an odd way; write it plainly")]
    Odd(String),
    /// It is in the owner's own network, or in nobody's.
    #[error(
        "{0:?} is not on the public Internet; only hosts that the owner names in \
         tools.allowed_hosts are fetched from elsewhere"
    )]
    NotPublic(String),
}

/// Where a fetch goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) url: Url,
    /// Its owner opened it on purpose, wherever it is.
    pub(super) allowed: bool,
}

impl Target {
    /// Where `text` leads. `allowed` are the hosts that the owner opened, with or without ports.
    pub(super) fn parse(text: &str, allowed: &[String]) -> Result<Self, Refused> {
        let shown = || text.chars().take(120).collect::<String>();
        let text_is_plain = text.len() <= LONGEST
            && !text
                .chars()
                .any(|letter| letter.is_control() || letter.is_whitespace());
        if !text_is_plain {
            return Err(Refused::NotWeb(shown()));
        }
        let url = Url::parse(text).map_err(|_| Refused::NotWeb(shown()))?;
        let target = Self::of(url, allowed)?;
        let host = target.host();
        if !authority(text).is_some_and(|typed| typed.to_lowercase().starts_with(&host)) {
            // Names in other scripts become another text on purpose; numbers don't.
            let is_number = host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok();
            if is_number || text.is_ascii() {
                return Err(Refused::Odd(shown()));
            }
        }
        Ok(target)
    }

    /// Where a parsed address leads.
    pub(super) fn of(url: Url, allowed: &[String]) -> Result<Self, Refused> {
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(Refused::NotWeb(url.as_str().chars().take(120).collect()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::Credentials);
        }
        let mut target = Self {
            url,
            allowed: false,
        };
        let (host, port) = (target.host(), target.url.port_or_known_default());
        target.allowed = allowed.iter().any(|entry| is_same(entry, &host, port));
        if !target.allowed {
            target.judge()?;
        }
        Ok(target)
    }

    fn judge(&self) -> Result<(), Refused> {
        let host = self.host();
        let refused = match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(ip) => !address::may_connect(ip),
            Err(_) => is_local_name(&host),
        };
        if refused {
            return Err(Refused::NotPublic(host));
        }
        Ok(())
    }

    /// The host as it is written in addresses.
    pub(super) fn host(&self) -> String {
        self.url.host_str().unwrap_or_default().to_lowercase()
    }

    /// The host with its port where that is not the usual one: what an "always" covers.
    pub(super) fn host_and_port(&self) -> String {
        match self.url.port() {
            Some(port) => format!("{}:{port}", self.host()),
            None => self.host(),
        }
    }
}

/// Names that are never on the public Internet.
fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost"
        || [
            ".localhost",
            ".local",
            ".internal",
            ".home.arpa",
            ".lan",
            ".intranet",
        ]
        .iter()
        .any(|end| name.ends_with(end))
}

/// The host and port that an address is typed with.
fn authority(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("://")?;
    rest.split(['/', '?', '#', '\\']).next()
}

/// Whether an entry of the list names this host and port.
fn is_same(entry: &str, host: &str, port: Option<u16>) -> bool {
    let entry = entry.trim().to_lowercase();
    if entry == host || entry == host.trim_matches(['[', ']']) {
        return true;
    }
    entry
        .rsplit_once(':')
        .is_some_and(|(name, number)| name == host && number.parse().ok() == port && port.is_some())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<Target, Refused> {
        Target::parse(
            text,
            &[
                "nas.lan:8080".to_owned(),
                "192.168.1.5".to_owned(),
                "fd00::5".to_owned(),
            ],
        )
    }

    #[test]
    fn public_addresses_are_fetched() {
        for text in [
            "https://example.com",
            "HTTP://Example.COM/a?b=c#d",
            "https://example.com:8443/",
            "http://1.1.1.1/",
            "https://[2606:4700:4700::1111]/",
            "https://bücher.example/",
            "https://xn--bcher-kva.example/",
        ] {
            let target = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert!(!target.allowed, "{text}");
        }
    }

    #[test]
    fn every_way_to_write_what_is_not_public_is_refused() {
        for text in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://127.0.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0x7f.0.0.1/",
            "http://0177.0.0.1/",
            "http://017700000001/",
            "http://127.0.0.1./",
            "http://%31%32%37.0.0.1/",
            "http://１２７.0.0.1/",
            "http://127。0。0。1/",
            "http://①②⑦.0.0.1/",
            "http://0/",
            "http://0.0.0.0/",
            "http://[::1]/",
            "http://[::]/",
            "http://[0:0:0:0:0:0:0:1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://[fe80::1]/",
            "http://[fd00:ec2::254]/",
            "http://localhost/",
            "http://LOCALHOST:42617/api/config",
            "http://localhost./",
            "http://a.localhost/",
            "http://metadata.google.internal/computeMetadata/v1/",
            "http://router.lan/",
            "http://printer.local/",
            "http://169.254.169.254/latest/meta-data/",
            "http://[::ffff:169.254.169.254]/",
            "http://0xa9fea9fe/",
            "http://2852039166/",
            "http://100.100.100.200/",
            "http://168.63.129.16/",
            "http://10.0.0.1/",
            "http://172.16.0.1/",
            "http://192.168.0.1/",
            "http://192.168.1.6/",
            "http://nas.lan/",
            "http://nas.lan:8081/",
        ] {
            let error = parse(text).unwrap_err();
            assert!(matches!(error, Refused::NotPublic(_)), "{text}: {error}");
        }
        for text in [
            "http://0x08080808/",
            "http://134744072/",
            "http://8.8.2056/",
            "http://８.8.8.8/",
        ] {
            let error = parse(text).unwrap_err();
            assert!(matches!(error, Refused::Odd(_)), "{text}: {error}");
        }
        for text in [
            "http://example.com@127.0.0.1/",
            "http://user:pass@example.com/",
            "https://127.0.0.1:80@example.com/",
        ] {
            assert!(
                matches!(
                    parse(text),
                    Err(Refused::Credentials | Refused::NotPublic(_))
                ),
                "{text}"
            );
        }
        for text in [
            "",
            "example.com",
            "//example.com",
            "file:///etc/passwd",
            "ftp://example.com/",
            "gopher://127.0.0.1:6379/_x",
            "data:text/plain,x",
            "javascript:alert(1)",
            "http://",
            "http://exa mple.com/",
            "http://example.com/\r\nHost: x",
            "http:\t//127.0.0.1",
        ] {
            assert!(matches!(parse(text), Err(Refused::NotWeb(_))), "{text}");
        }
    }

    #[test]
    fn what_its_owner_opened_is_fetched_at_its_port_alone() {
        for text in [
            "http://nas.lan:8080/x",
            "http://192.168.1.5/",
            "http://192.168.1.5:81/",
            "http://[fd00::5]/",
        ] {
            assert!(parse(text).unwrap().allowed, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_way_to_write_a_private_address_gets_through(
            bits in prop_oneof![
                Just(0x7f00_0001_u32), Just(0xa9fe_a9fe), 0x0a00_0000_u32..0x0b00_0000, 0xc0a8_0200_u32..0xc0a9_0000
            ],
            way in 0..6,
        ) {
            let [a, b, c, d] = bits.to_be_bytes();
            let host = match way {
                0 => format!("{a}.{b}.{c}.{d}"),
                1 => bits.to_string(),
                2 => format!("{bits:#x}"),
                3 => format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
                4 => format!("{a}.{}", bits & 0x00ff_ffff),
                _ => format!("[::ffff:{a}.{b}.{c}.{d}]"),
            };
            let judged = Target::parse(&format!("http://{host}/"), &[]);
            prop_assert!(judged.is_err(), "{}", host);
        }

        #[test]
        fn any_text_is_judged(text in "\\PC{0,60}") {
            let _either = Target::parse(&text, &[]);
            let _either = Target::parse(&format!("http://{text}"), &[]);
        }
    }
}
