//! The gateway itself: that it answers, that its page is there, and what it reports of its parts.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

use crate::{
    doctor::{
        Category, Check, Finding, Fix, Name, SchedulerLag, Severity, Surroundings,
        surroundings::Whose,
    },
    http::{LazyClient, own_address},
    telemetry::{Component, Health, Status},
};

/// Parts that nothing else here looks at.
const PARTS: [Component; 2] = [Component::Scheduler, Component::Channels];

pub(super) fn checks(place: &Surroundings) -> Vec<Arc<dyn Check>> {
    let mut checks: Vec<Arc<dyn Check>> = vec![Arc::new(Answers)];
    if place.scheduler.is_some() {
        checks.push(Arc::new(OnTime));
    }
    if place.listening().is_some() {
        checks.push(Arc::new(Page));
    }
    if let Some(health) = &place.health {
        let used = |part: &Component| health.status_of(*part) != Status::Off;
        let parts = PARTS.into_iter().filter(used);
        checks.extend(parts.map(|part| Arc::new(Part(part)) as Arc<dyn Check>));
    }
    checks
}

/// It answers on the address it says it listens on.
struct Answers;

/// For the whole question.
const SOON: Duration = Duration::from_secs(3);

#[async_trait]
impl Check for Answers {
    fn name(&self) -> Name {
        Name::of("gateway.answers", Category::Gateway, "The gateway answers")
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        let url = match &place.whose {
            Whose::Nobodys => {
                return Finding::info("No gateway runs on this data folder.");
            }
            Whose::Beside(url) => url.clone(),
            Whose::Ours(listening) => match listening.get() {
                Some(listening) => own_address(listening.bound),
                None => return Finding::info("The gateway does not listen yet."),
            },
        };
        let (url, version) = (url.trim_end_matches('/'), env!("CARGO_PKG_VERSION"));
        match health(url).await {
            Some(body) => {
                let bad = unwell(&body);
                if bad.is_empty() {
                    Finding::ok(format!("Clawgate {version} answers on {url}."))
                } else {
                    Finding::warning(format!(
                        "Clawgate {version} answers on {url}; not all of it works."
                    ))
                    .with(bad)
                }
            }
            None => Finding::error(format!(
                "Nothing answers on {url}, where the gateway says it listens: it hangs, or \
                 something between blocks it. Restart it; its log may say more."
            ))
            .fixed_by(Fix::on("Open the log", "/logs")),
        }
    }
}

/// What the gateway at `url` says of itself; none where none answers.
pub(super) async fn health(url: &str) -> Option<serde_json::Value> {
    let client = LazyClient::new(url, SOON).get().ok()?;
    let request = client.get(format!("{url}/health")).timeout(SOON);
    let bytes = request.send().await.ok()?.bytes().await.ok()?;
    let body: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
    // Another program may have taken the port.
    body.get("runtime").is_some().then_some(body)
}

/// Parts that say of themselves that they don't work.
fn unwell(body: &serde_json::Value) -> Vec<String> {
    let parts = body.pointer("/runtime/components");
    let parts = parts.and_then(serde_json::Value::as_object);
    let bad = parts.into_iter().flatten().filter_map(|(name, state)| {
        let status = state.get("status").or(Some(state))?.as_str()?;
        ["degraded", "failing"].contains(&status).then(|| {
            let reason = state.get("reason").and_then(serde_json::Value::as_str);
            reason.map_or_else(
                || format!("{name}: {status}"),
                |reason| format!("{name}: {status}. {reason}"),
            )
        })
    });
    bad.collect()
}

/// The dashboard is part of the program.
struct Page;

#[async_trait]
impl Check for Page {
    fn name(&self) -> Name {
        Name::of("gateway.page", Category::Gateway, "Dashboard")
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        if place.listening().is_some_and(|listening| listening.page) {
            return Finding::ok("The dashboard is part of this program.");
        }
        Finding::warning(
            "This program was built without its dashboard. Build the page first (npm run build in \
             web/), then the program.",
        )
    }
}

/// What a part reports of itself.
struct Part(Component);

#[async_trait]
impl Check for Part {
    fn name(&self) -> Name {
        match self.0 {
            Component::Channels => {
                Name::of("gateway.channels", Category::Channels, "Chat networks")
            }
            _ => Name::of("gateway.scheduler", Category::Gateway, "Scheduler"),
        }
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        let states = place.health.as_ref().map(Health::components);
        let mut states = states.unwrap_or_default().into_iter();
        let Some(state) = states.find(|state| state.component == self.0) else {
            return Finding::ok("It is not in use.");
        };
        let severity = match state.status {
            Status::Ok | Status::Off => Severity::Ok,
            Status::Degraded => Severity::Warning,
            Status::Failing => Severity::Error,
        };
        let text = state.reason.unwrap_or_else(|| match severity {
            Severity::Ok => "It works.".to_owned(),
            _ => "It says that it does not work, and not why.".to_owned(),
        });
        let finding = Finding::new(severity, text);
        if severity == Severity::Ok {
            return finding;
        }
        finding.fixed_by(match self.0 {
            Component::Channels => Fix::on("Open the integrations", "/integrations"),
            _ => Fix::on("Open the schedule", "/cron"),
        })
    }
}

/// Jobs begin when they should.
struct OnTime;

/// A start that late is no longer the time that was asked for.
const LATE: Duration = Duration::from_secs(60);
/// Jobs that wait so long for a free place are too many.
const CROWDED: Duration = Duration::from_secs(300);

#[async_trait]
impl Check for OnTime {
    fn name(&self) -> Name {
        Name::of("gateway.schedule", Category::Gateway, "Jobs begin on time")
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        match &place.scheduler {
            Some(lag) => on_time(lag()),
            None => Finding::ok("No scheduler runs here."),
        }
    }
}

fn on_time(lag: SchedulerLag) -> Finding {
    let fix = || Fix::on("Open the schedule", "/cron");
    if lag.waiting > 0 && lag.longest_wait >= CROWDED {
        return Finding::warning(format!(
            "{} due and wait for a free place, the first for {} s: more is due than may run side \
             by side. Spread the jobs, or permit more at once.",
            if lag.waiting == 1 {
                "One job is".to_owned()
            } else {
                format!("{} jobs are", lag.waiting)
            },
            lag.longest_wait.as_secs(),
        ))
        .fixed_by(fix());
    }
    if lag.last_start >= LATE {
        return Finding::warning(format!(
            "The last job began {} s after its time: the machine slept or is overloaded.",
            lag.last_start.as_secs()
        ))
        .fixed_by(fix());
    }
    Finding::ok("Jobs begin when they should.")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn jobs_that_begin_late_or_wait_long_are_said() {
        let lag = |late, waiting, longest| {
            on_time(SchedulerLag {
                last_start: Duration::from_secs(late),
                waiting,
                longest_wait: Duration::from_secs(longest),
            })
        };
        assert_eq!(lag(1, 0, 0).severity, Severity::Ok);
        assert_eq!(lag(1, 3, 20).severity, Severity::Ok);
        let late = lag(75, 0, 0);
        assert_eq!(late.severity, Severity::Warning);
        assert!(late.message.contains("75 s after its time"), "{late:?}");
        let crowded = lag(1, 3, 600);
        assert!(crowded.message.starts_with("3 jobs are due"), "{crowded:?}");
        assert_eq!(crowded.fix.unwrap().route, "/cron");
    }

    #[tokio::test]
    async fn another_program_on_the_port_is_no_gateway() {
        let server = wiremock::MockServer::start().await;
        assert_eq!(health(&server.uri()).await, None);
        let body = json!({"status": "ok", "runtime": {"components": {}}});
        wiremock::Mock::given(wiremock::matchers::path("/health"))
            .respond_with(wiremock::ResponseTemplate::new(200).set_body_json(&body))
            .mount(&server)
            .await;
        assert_eq!(health(&server.uri()).await, Some(body));
        assert_eq!(health("http://127.0.0.1:9").await, None);
    }

    #[test]
    fn parts_that_do_not_work_are_named_with_the_reason() {
        let body = json!({"runtime": {"components": {
            "gateway": {"status": "ok"}, "scheduler": {"status": "failing", "reason": "Late."},
            "memory": "degraded", "channels": "off",
        }}});
        assert_eq!(
            unwell(&body),
            ["scheduler: failing. Late.", "memory: degraded"]
        );
    }
}
