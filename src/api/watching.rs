//! `GET /health` and `GET /metrics`: for probes and scrapers.

use std::{fmt, sync::Arc};

use futures_util::future::BoxFuture;
use poem_openapi::{ApiResponse, Object, OpenApi, payload::Json, payload::PlainText};

use super::Group;
use crate::telemetry::{Component, Health, Metrics, Process, Status};

/// What is public about pairing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairingFacts {
    /// At least one device is paired.
    pub paired: bool,
    /// A token is asked for.
    pub require_pairing: bool,
}

/// Asks for [`PairingFacts`], whenever somebody wants to know.
pub type AskPairing = Arc<dyn Fn() -> BoxFuture<'static, PairingFacts> + Send + Sync>;

/// `ok`, `degraded`, `failing` or `off`, part by part.
#[derive(Clone, Debug, Object)]
pub struct ComponentStates {
    /// The listener.
    pub gateway: Status,
    /// The database and what is remembered.
    pub memory: Status,
    /// Scheduled jobs.
    pub scheduler: Status,
    /// Chat networks.
    pub channels: Status,
    /// The model provider.
    pub provider: Status,
}

/// How the process does.
#[derive(Clone, Debug, Object)]
pub struct Runtime {
    /// Whole seconds since the start.
    pub uptime_seconds: u64,
    /// Its parts.
    pub components: ComponentStates,
}

/// The answer to a probe.
#[derive(Clone, Debug, Object)]
pub struct HealthView {
    /// The whole: `failing` when the gateway or its memory is, `degraded` when any part is less
    /// than ok.
    pub status: Status,
    /// At least one device is paired.
    pub paired: bool,
    /// A token is asked for.
    pub require_pairing: bool,
    /// How the process does.
    pub runtime: Runtime,
}

/// The answer to a scraper.
#[derive(ApiResponse)]
pub enum MetricsAnswer {
    /// Prometheus text; one comment line when metrics are off.
    #[oai(
        status = 200,
        content_type = "text/plain; version=0.0.4; charset=utf-8"
    )]
    Text(PlainText<String>),
}

/// The group.
#[derive(Clone)]
pub struct Watching {
    /// What is counted.
    pub metrics: Metrics,
    /// Which components work.
    pub health: Health,
    /// The process itself.
    pub process: Process,
    /// Whether it is paired.
    pub pairing: AskPairing,
}

impl fmt::Debug for Watching {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Watching")
            .field("health", &self.health)
            .field("process", &self.process)
            .finish_non_exhaustive()
    }
}

#[OpenApi(tag = "Group::Watching")]
impl Watching {
    /// Is it alive?
    ///
    /// For probes; needs no token and holds no secret. It answers 200 as long as it answers:
    /// `status` says how well.
    #[oai(path = "/health", method = "get", operation_id = "health")]
    async fn health(&self) -> Json<HealthView> {
        let PairingFacts {
            paired,
            require_pairing,
        } = (self.pairing)().await;
        let of = |component| self.health.status_of(component);
        Json(HealthView {
            status: self.health.overall(),
            paired,
            require_pairing,
            runtime: Runtime {
                uptime_seconds: self.process.uptime_seconds(),
                components: ComponentStates {
                    gateway: of(Component::Gateway),
                    memory: of(Component::Memory),
                    scheduler: of(Component::Scheduler),
                    channels: of(Component::Channels),
                    provider: of(Component::Provider),
                },
            },
        })
    }

    /// Metrics
    ///
    /// Prometheus text. Needs a token, or a scraper on this machine that calls directly (no
    /// forwarding header).
    #[oai(path = "/metrics", method = "get", operation_id = "metrics")]
    async fn metrics(&self) -> MetricsAnswer {
        MetricsAnswer::Text(PlainText(self.metrics.render()))
    }
}

#[cfg(test)]
mod tests {
    use poem::test::TestClient;
    use poem_openapi::OpenApiService;

    use super::*;
    use crate::{clock::ManualClock, model::Timestamp, telemetry::Bus};

    fn group() -> Watching {
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1)));
        Watching {
            metrics: Metrics::new(true),
            health: Health::new(Bus::new(clock)),
            process: Process::started_now(),
            pairing: Arc::new(|| {
                Box::pin(async {
                    PairingFacts {
                        paired: true,
                        require_pairing: true,
                    }
                })
            }),
        }
    }

    #[tokio::test]
    async fn a_probe_learns_how_every_part_does_and_not_why() {
        let group = group();
        group.health.report(Component::Gateway, Status::Ok, None);
        group
            .health
            .report(Component::Provider, Status::Failing, Some("private"));
        let client = TestClient::new(OpenApiService::new(group, "t", "1"));
        let answer = client.get("/health").send().await;
        answer.assert_status_is_ok();
        let body = answer.json().await;
        let expected = serde_json::json!({
            "status": "degraded",
            "paired": true,
            "require_pairing": true,
            "runtime": {
                "uptime_seconds": 0,
                "components": {
                    "gateway": "ok", "memory": "off", "scheduler": "off",
                    "channels": "off", "provider": "failing",
                },
            },
        });
        assert_eq!(body.value().deserialize::<serde_json::Value>(), expected);
    }

    #[tokio::test]
    async fn a_scraper_gets_text_of_the_version_it_reads() {
        let client = TestClient::new(OpenApiService::new(group(), "t", "1"));
        let answer = client.get("/metrics").send().await;
        answer.assert_status_is_ok();
        answer.assert_content_type("text/plain; version=0.0.4; charset=utf-8");
        let text = answer.0.into_body().into_string().await.unwrap();
        assert!(text.contains("\nzeroclaw_active_turns 0\n"));
    }
}
