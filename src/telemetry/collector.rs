//! Tries a collector: one span, sent at once, and what it says to that.

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use opentelemetry::trace::{Span as _, Tracer as _, TracerProvider as _};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::{
    error::OTelSdkResult,
    trace::{SdkTracerProvider, SpanData, SpanExporter as Exporter},
};

use super::traces::{address, resource};

/// For the whole try.
const PATIENCE: Duration = Duration::from_secs(8);

type Heard = Arc<Mutex<Option<Result<(), String>>>>;

/// Hands spans on and keeps what came of it.
#[derive(Debug)]
struct Listening {
    exporter: SpanExporter,
    heard: Heard,
}

impl Exporter for Listening {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let outcome = self.exporter.export(batch).await;
        let heard = outcome.as_ref().map_err(ToString::to_string).copied();
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Some(heard);
        outcome
    }
}

/// Sends one span named `clawgate.test` to the collector at `endpoint`. The error is a sentence,
/// safe to show.
pub async fn try_collector(endpoint: &str) -> Result<(), String> {
    let address =
        address(endpoint).map_err(|reason| format!("The address is not right: {reason}."))?;
    let (sender, receiver) = tokio::sync::oneshot::channel();
    // The blocking client has a runtime of its own and panics when it is made inside one.
    let started = thread::Builder::new()
        .name("otlp-test".to_owned())
        .spawn(move || drop(sender.send(send(address))));
    started.map_err(|error| format!("The try could not be started: {error}."))?;
    match tokio::time::timeout(PATIENCE + Duration::from_secs(1), receiver).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err("The try broke off.".to_owned()),
        Err(_) => Err(format!(
            "The collector did not answer within {} s.",
            PATIENCE.as_secs()
        )),
    }
}

fn send(address: String) -> Result<(), String> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(address)
        .with_protocol(Protocol::HttpBinary)
        .with_timeout(PATIENCE)
        .build()
        .map_err(|error| format!("The address is not right: {error}."))?;
    let heard = Heard::default();
    let listening = Listening {
        exporter,
        heard: Arc::clone(&heard),
    };
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(listening)
        .with_resource(resource())
        .build();
    provider.tracer("clawgate").start("clawgate.test").end();
    let outcome = heard.lock().unwrap_or_else(PoisonError::into_inner).take();
    match outcome {
        Some(Ok(())) => Ok(()),
        Some(Err(error)) => {
            tracing::debug!(%error, "the collector did not take a span");
            Err(
                "The collector did not take a span: nothing answers there, or it answers with an \
                 error. Check the address; OTLP over HTTP is usually on port 4318."
                    .to_owned(),
            )
        }
        None => Err("No span was sent.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use wiremock::{
        Mock, MockServer, ResponseTemplate,
        matchers::{method, path},
    };

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_collector_that_takes_spans_is_told_from_one_that_does_not() {
        crate::http::install_tls();
        let collector = MockServer::start().await;
        Mock::given(method("POST"))
            .and(path("/v1/traces"))
            .respond_with(ResponseTemplate::new(200))
            .expect(1)
            .mount(&collector)
            .await;
        assert_eq!(try_collector(&collector.uri()).await, Ok(()));
        let sent = collector.received_requests().await.unwrap();
        let sent = String::from_utf8_lossy(&sent[0].body).into_owned();
        assert!(sent.contains("clawgate.test"));
        let refusing = format!("{}/elsewhere", collector.uri());
        assert!(try_collector(&refusing).await.is_err());
        assert!(try_collector("http://127.0.0.1:9").await.is_err());
        let nonsense = try_collector("collector").await.unwrap_err();
        assert!(nonsense.starts_with("The address is not right"));
    }
}
