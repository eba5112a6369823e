//! Settings that count when the gateway starts and not again before the next start.

use super::{Config, keys};

/// Their names. Everything else is in force as soon as it is saved.
pub static AT_START: &[&str] = &[
    "gateway.host",
    "gateway.port",
    "gateway.allow_public_bind",
    "gateway.paired_tokens",
    "gateway.rate_limit_max_keys",
    "observability.backend",
    "observability.otlp_endpoint",
];

/// Whether a change of this setting waits for the next start.
pub fn needs_restart(key: &str) -> bool {
    AT_START.contains(&key)
}

/// Leaves in `config` what counts only at the start as it is in `running`.
pub(super) fn carry_over(running: &Config, config: &mut Config) {
    for field in keys::settings().filter(|field| needs_restart(field.name)) {
        // The list has no secrets, so that a value comes back as it was.
        (field.set)(config, (field.get)(running));
    }
}

/// The settings whose value in `running` is not the one that `configured` has for the next start.
pub(super) fn waiting(running: &Config, configured: &Config) -> Vec<String> {
    keys::settings()
        .filter(|field| needs_restart(field.name))
        .filter(|field| (field.get)(running) != (field.get)(configured))
        .map(|field| field.name.to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Kind;

    #[test]
    fn each_is_a_setting_and_none_a_secret() {
        for name in AT_START {
            let known = keys::find(name).unwrap_or_else(|| panic!("{name}"));
            assert_ne!(known.kind(), Kind::Secret, "{name}");
        }
    }

    #[test]
    fn what_waits_is_named_and_stays_as_it_was() {
        let running = Config::default();
        let mut configured = Config::default();
        configured.gateway.port = 1;
        configured.agent.model = "m".to_owned();
        assert_eq!(waiting(&running, &configured), ["gateway.port"]);
        carry_over(&running, &mut configured);
        assert_eq!(configured.gateway.port, running.gateway.port);
        assert_eq!(configured.agent.model, "m");
        assert!(waiting(&running, &configured).is_empty());
    }
}
