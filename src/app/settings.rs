//! Who changes the configuration, and who hears of it.

use std::sync::Arc;

use super::ground::Ground;
use crate::{
    config::{Changed, ConfigKeeper, ConfigSources, fault::in_words},
    model::{BusEvent, ConfigChanged},
    providers::Providers,
    security::{AuditLog, TokenService},
    store::Store,
    tasks::Tasks,
    telemetry::{Component, Status},
};

impl Ground {
    /// Whoever changes the configuration: the providers follow, and all who watch are told.
    pub(super) fn keeper(
        &self,
        sources: ConfigSources,
        providers: &Arc<Providers>,
        tokens: &Arc<TokenService>,
    ) -> Arc<ConfigKeeper> {
        let note = noting(tokens, &self.store, &self.tasks);
        let (providers, health, bus) =
            (Arc::clone(providers), self.health.clone(), self.bus.clone());
        let keeper = ConfigKeeper::new(sources, self.config.clone(), move |changed| {
            if changed.refused.is_empty() {
                providers.replace(&changed.config, &changed.config.from_environment);
            }
            let of_providers =
                |key: &String| key.starts_with("providers.") || key.starts_with("agent.");
            if changed.keys.iter().any(of_providers) {
                // What failed before may be what was mended.
                health.report(Component::Provider, Status::Ok, None);
            }
            if changed.news {
                tracing::info!(keys = ?changed.keys, "the configuration changed");
                if changed.refused.is_empty() {
                    note(changed);
                }
                let refused = (!changed.refused.is_empty()).then(|| in_words(&changed.refused));
                bus.publish(&BusEvent::ConfigChanged(ConfigChanged {
                    keys: changed.keys.clone(),
                    restart_needed: changed.restart_needed.clone(),
                    error: refused,
                }));
            }
        });
        Arc::new(keeper)
    }
}

/// Writes into the audit log who changed which settings.
fn noting(
    tokens: &Arc<TokenService>,
    store: &Store,
    tasks: &Tasks,
) -> impl Fn(&Changed) + Send + Sync + 'static {
    let (tokens, log, tasks) = (
        Arc::clone(tokens),
        AuditLog::new(store.clone()),
        tasks.clone(),
    );
    move |changed| {
        let details = serde_json::json!({"keys": changed.keys});
        let line = tokens.audit(changed.by, "config.changed", &"config.toml", details);
        let log = log.clone();
        drop(tasks.spawn("audit", async move {
            if let Err(error) = log.write(line).await {
                tracing::error!(%error, "a change of the configuration is not in the audit log");
            }
        }));
    }
}
