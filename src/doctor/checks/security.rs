//! Settings that let more in than their owner may think.

use std::sync::Arc;

use async_trait::async_trait;

use super::network::is_public;
use crate::{
    config::{Autonomy, Config},
    doctor::{Category, Check, Finding, Fix, Name, Surroundings},
};

/// Networks with more addresses than these hold strangers.
const WIDEST_V4: u8 = 8;
const WIDEST_V6: u8 = 32;

/// A judgement of the settings alone.
struct Setting {
    name: Name,
    judge: Judge,
}

/// Whether other machines reach the gateway is told apart from the settings.
type Judge = fn(&Config, public: bool) -> Finding;

pub(super) fn checks() -> Vec<Arc<dyn Check>> {
    let one = |id, title, judge| -> Arc<dyn Check> {
        Arc::new(Setting {
            name: Name::of(id, Category::Security, title),
            judge,
        })
    };
    vec![
        one("security.pairing", "Pairing", pairing),
        one("security.public_bind", "Encryption on the way", public_bind),
        one("security.autonomy", "Autonomy and the webhook", autonomy),
        one("security.query_token", "Tokens in addresses", query_token),
        one("security.proxies", "Trusted proxies", proxies),
    ]
}

#[async_trait]
impl Check for Setting {
    fn name(&self) -> Name {
        self.name.clone()
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        let config = place.settings();
        (self.judge)(&config, is_public(place, &config))
    }
}

fn pairing(config: &Config, public: bool) -> Finding {
    let fix = || Fix::setting("Switch pairing on", "gateway.require_pairing");
    match (config.gateway.require_pairing, public) {
        (true, _) => Finding::ok("Nobody comes in without a token."),
        (false, true) => Finding::error(
            "Pairing is off and other machines reach the gateway: whoever finds it talks to the \
             agent, reads everything and changes every setting.",
        )
        .fixed_by(fix()),
        (false, false) => Finding::warning(
            "Pairing is off: every program and every user of this machine talks to the agent and \
             changes every setting.",
        )
        .fixed_by(fix()),
    }
}

fn public_bind(config: &Config, public: bool) -> Finding {
    if !public {
        return Finding::ok("What is said to the gateway does not leave this machine unencrypted.");
    }
    if config.gateway.trust_forwarded_headers {
        return Finding::info(
            "Other machines reach the gateway past its proxy too, without TLS. Where only the \
             proxy should, listen on 127.0.0.1.",
        )
        .fixed_by(Fix::setting("Change the address", "gateway.host"));
    }
    Finding::warning(
        "Other machines reach the gateway without TLS: whoever is on the way reads tokens and \
         conversations. Put a proxy with TLS or a tunnel before it and listen on 127.0.0.1.",
    )
    .fixed_by(Fix::setting("Change the address", "gateway.host"))
}

fn autonomy(config: &Config, _public: bool) -> Finding {
    let webhook = &config.channels.webhook;
    let full = config.agent.autonomy == Autonomy::Full;
    if !full {
        return Finding::ok("The agent asks before it does what is dangerous.");
    }
    if !webhook.tools {
        return Finding::info(
            "The agent never asks before it acts (agent.autonomy is \"full\"); messages that come \
             in over the webhook use no tools.",
        )
        .fixed_by(Fix::setting("Change the autonomy", "agent.autonomy"));
    }
    let fix = Fix::on("Set a secret", "/integrations?open=channel-webhook");
    match (webhook.secret.is_some(), config.gateway.require_pairing) {
        (true, _) => Finding::warning(
            "The agent never asks before it acts, and messages that come in over the webhook may \
             use tools: what others write into them can make it act.",
        )
        .fixed_by(Fix::setting("Change the autonomy", "agent.autonomy")),
        (false, true) => Finding::warning(
            "The agent never asks before it acts, messages that come in over the webhook may use \
             tools, and the webhook asks for no secret beside the token.",
        )
        .fixed_by(fix),
        (false, false) => Finding::error(
            "The agent never asks before it acts, and anybody who reaches the gateway can send it \
             messages with tools: the webhook has no secret and pairing is off.",
        )
        .fixed_by(fix),
    }
}

fn query_token(config: &Config, public: bool) -> Finding {
    if config.gateway.allow_query_token && public {
        return Finding::warning(
            "Tokens may stand in addresses (?token=) and other machines reach the gateway: \
             addresses end up in the logs of proxies and in browsers' histories.",
        )
        .fixed_by(Fix::setting(
            "Refuse tokens in addresses",
            "gateway.allow_query_token",
        ));
    }
    Finding::ok(if config.gateway.allow_query_token {
        "Tokens may stand in addresses, which only this machine sees."
    } else {
        "Tokens in addresses are refused."
    })
}

fn proxies(config: &Config, _public: bool) -> Finding {
    let gateway = &config.gateway;
    if !gateway.trust_forwarded_headers {
        return Finding::ok("What a proxy says of a client's address is not believed.");
    }
    let wide = gateway.trusted_proxies.iter().filter(|network| {
        let widest = match network {
            ipnet::IpNet::V4(_) => WIDEST_V4,
            ipnet::IpNet::V6(_) => WIDEST_V6,
        };
        network.prefix_len() < widest
    });
    let wide: Vec<String> = wide.map(ToString::to_string).collect();
    if wide.is_empty() {
        return Finding::ok("Only the proxies that were named are believed.");
    }
    Finding::error(
        "X-Forwarded-For is believed from so many addresses that anybody can pass for anybody: \
         limits and lockouts by address are void.",
    )
    .with(wide)
    .fixed_by(Fix::setting(
        "Name the proxy alone",
        "gateway.trusted_proxies",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Severity;

    fn judged(change: impl FnOnce(&mut Config), public: bool) -> Vec<(String, Severity)> {
        let mut config = Config::default();
        change(&mut config);
        let judges: [(&str, Judge); 5] = [
            ("pairing", pairing),
            ("public_bind", public_bind),
            ("autonomy", autonomy),
            ("query_token", query_token),
            ("proxies", proxies),
        ];
        judges
            .into_iter()
            .map(|(name, judge)| (name.to_owned(), judge(&config, public).severity))
            .filter(|(_, severity)| *severity > Severity::Info)
            .collect()
    }

    fn bad(name: &str, severity: Severity) -> (String, Severity) {
        (name.to_owned(), severity)
    }

    #[test]
    fn the_defaults_are_well() {
        assert_eq!(judged(|_| {}, false), []);
    }

    #[test]
    fn what_others_reach_is_held_to_more() {
        assert_eq!(
            judged(|config| config.gateway.require_pairing = false, true),
            [
                bad("pairing", Severity::Error),
                bad("public_bind", Severity::Warning),
                bad("query_token", Severity::Warning),
            ]
        );
        assert_eq!(
            judged(|config| config.gateway.require_pairing = false, false),
            [bad("pairing", Severity::Warning)]
        );
    }

    #[test]
    fn an_agent_that_never_asks_and_an_open_webhook_do_not_go_together() {
        let full = |secret: Option<&str>, tools, pairing| {
            let secret = secret.map(|secret| secret.to_owned().into());
            judged(
                move |config| {
                    config.agent.autonomy = Autonomy::Full;
                    config.channels.webhook.secret = secret;
                    config.channels.webhook.tools = tools;
                    config.gateway.require_pairing = pairing;
                },
                false,
            )
        };
        assert_eq!(full(None, false, true), []);
        assert_eq!(
            full(Some("s"), true, true),
            [bad("autonomy", Severity::Warning)]
        );
        assert_eq!(full(None, true, true), [bad("autonomy", Severity::Warning)]);
        assert_eq!(
            full(None, true, false),
            [
                bad("pairing", Severity::Warning),
                bad("autonomy", Severity::Error)
            ]
        );
    }

    #[test]
    fn proxies_that_are_half_the_internet_are_no_proxies() {
        let trusting = |networks: &[&str]| {
            let networks = networks.iter().map(|text| text.parse().unwrap()).collect();
            judged(
                move |config| {
                    config.gateway.trust_forwarded_headers = true;
                    config.gateway.trusted_proxies = networks;
                },
                false,
            )
        };
        assert_eq!(trusting(&["10.0.0.0/8", "fd00::/48"]), []);
        for wide in ["0.0.0.0/0", "64.0.0.0/7", "::/0"] {
            assert_eq!(trusting(&[wide]), [bad("proxies", Severity::Error)]);
        }
    }
}
