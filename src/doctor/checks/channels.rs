//! Where messages come in, and what they have to show. A channel's check comes into this list with
//! the channel.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::ExposeSecret as _;

use crate::{
    config::Config,
    doctor::{Category, Check, Finding, Fix, Name, Surroundings},
};

/// Shorter ones are guessed.
const SHORT_SECRET: usize = 16;

pub(super) fn checks() -> Vec<Arc<dyn Check>> {
    vec![Arc::new(Webhook)]
}

struct Webhook;

#[async_trait]
impl Check for Webhook {
    fn name(&self) -> Name {
        Name::of("channels.webhook", Category::Channels, "Webhook")
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        webhook(&place.settings())
    }
}

fn webhook(config: &Config) -> Finding {
    let fix = |label| Fix::on(label, "/integrations?open=channel-webhook");
    let Some(secret) = &config.channels.webhook.secret else {
        return Finding::info(if config.gateway.require_pairing {
            "The webhook asks for a token, and for no secret beside it."
        } else {
            "The webhook asks for nothing: anybody who reaches the gateway can use it."
        })
        .fixed_by(fix("Set a secret"));
    };
    if secret.expose_secret().chars().count() < SHORT_SECRET {
        return Finding::warning(format!(
            "The webhook's secret is shorter than {SHORT_SECRET} characters: it can be guessed."
        ))
        .fixed_by(fix("Set a longer one"));
    }
    Finding::ok("The webhook asks for its secret.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Severity;

    #[test]
    fn a_secret_that_can_be_guessed_is_said() {
        let with = |secret: Option<&str>| {
            let mut config = Config::default();
            config.channels.webhook.secret = secret.map(|secret| secret.to_owned().into());
            webhook(&config).severity
        };
        assert_eq!(with(None), Severity::Info);
        assert_eq!(with(Some("short")), Severity::Warning);
        assert_eq!(with(Some("sixteen-or-more-of-them")), Severity::Ok);
    }
}
