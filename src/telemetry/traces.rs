//! Sends spans to an OTLP collector over HTTP. What the spans say is in `spans.rs`.

use std::{thread, time::Duration};

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::{
    Resource,
    trace::{SdkTracer, SdkTracerProvider},
};
use tracing::{Level, Subscriber};
use tracing_subscriber::{Layer, filter::Targets, registry::LookupSpan};

use super::InitError;

/// For one batch of spans.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(10);

/// The pipeline to a collector.
#[derive(Debug)]
pub(super) struct Traces {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

impl Traces {
    /// A pipeline to the collector at `endpoint`, an HTTP address; without a path the usual
    /// `/v1/traces`.
    pub(super) fn to(endpoint: &str) -> Result<Self, InitError> {
        let wrong = |reason: String| InitError::Otlp {
            endpoint: endpoint.to_owned(),
            reason,
        };
        let address = address(endpoint).map_err(wrong)?;
        // The blocking client has a runtime of its own and panics when it is made inside one.
        let built = thread::Builder::new()
            .name("otlp-setup".to_owned())
            .spawn(move || {
                SpanExporter::builder()
                    .with_http()
                    .with_endpoint(address)
                    .with_protocol(Protocol::HttpBinary)
                    .with_timeout(EXPORT_TIMEOUT)
                    .build()
                    .map(|exporter| {
                        SdkTracerProvider::builder()
                            .with_batch_exporter(exporter)
                            .with_resource(resource())
                            .build()
                    })
            })
            .map_err(|error| wrong(error.to_string()))?
            .join()
            .map_err(|_| wrong("the exporter panicked".to_owned()))?;
        let provider = built.map_err(|error| wrong(error.to_string()))?;
        let tracer = provider.tracer("clawgate");
        Ok(Self { provider, tracer })
    }

    /// The layer that feeds it: our own spans of level info and above, whatever is logged.
    /// Spans of the HTTP client would be about sending spans.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.tracer.clone())
            .with_location(false)
            .with_threads(false)
            .with_filter(Targets::new().with_target("clawgate", Level::INFO))
    }

    /// Sends what is left, at most `deadline` long.
    pub(super) async fn shut_down(self, deadline: Duration) {
        // The wait is a blocking one, and so is dropping the client.
        let last =
            tokio::task::spawn_blocking(move || self.provider.shutdown_with_timeout(deadline));
        match tokio::time::timeout(deadline, last).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => tracing::warn!(%error, "the last spans could not be sent"),
            Ok(Err(error)) => tracing::warn!(%error, "the last spans could not be sent"),
            Err(_) => tracing::warn!("the collector took too long for the last spans"),
        }
    }
}

pub(super) fn resource() -> Resource {
    Resource::builder()
        .with_service_name("clawgate")
        .with_attribute(opentelemetry::KeyValue::new(
            "service.version",
            env!("CARGO_PKG_VERSION"),
        ))
        .build()
}

/// The address that spans are posted to.
pub(super) fn address(endpoint: &str) -> Result<String, String> {
    let url = reqwest::Url::parse(endpoint.trim()).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err("expected an address such as http://127.0.0.1:4318".to_owned());
    }
    let text = url.as_str();
    Ok(if url.path() == "/" {
        format!("{}/v1/traces", text.trim_end_matches('/'))
    } else {
        text.to_owned()
    })
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt as _;
    use wiremock::{
        Mock, MockServer, ResponseTemplate,
        matchers::{method, path},
    };

    use super::*;
    use crate::{
        model::{SessionId, TurnId, Usage},
        telemetry::spans,
    };

    #[test]
    fn an_endpoint_without_a_path_gets_the_usual_one() {
        assert_eq!(
            address("http://127.0.0.1:4318").unwrap(),
            "http://127.0.0.1:4318/v1/traces"
        );
        assert_eq!(
            address("https://otel.example/in").unwrap(),
            "https://otel.example/in"
        );
        for bad in ["", "127.0.0.1:4318", "ftp://x", "collector"] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_model_call_reaches_the_collector_as_a_genai_span() {
        // A second test of this process may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let collector = MockServer::start().await;
        Mock::given(method("POST"))
            .and(path("/v1/traces"))
            .respond_with(ResponseTemplate::new(200))
            .expect(1..)
            .mount(&collector)
            .await;
        let traces = Traces::to(&collector.uri()).unwrap();
        let subscriber = tracing_subscriber::registry().with(traces.layer());
        tracing::subscriber::with_default(subscriber, || {
            let turn = spans::turn(TurnId::fresh(), &SessionId::fresh(), "api");
            let call = turn.in_scope(|| spans::model_call("main", "gpt-5-mini"));
            let usage = Usage {
                input_tokens: 12,
                output_tokens: 7,
                ..Usage::default()
            };
            spans::model_answered(&call, "main", "gpt-5-mini-2026", usage);
            turn.in_scope(|| {
                drop(spans::prompt());
                drop(spans::tool_call("shell", "call-1"));
                spans::decided(&spans::approval("shell", "call-1"), "approve");
            });
        });
        traces.shut_down(Duration::from_secs(10)).await;
        let requests = collector.received_requests().await.unwrap();
        let sent: Vec<u8> = requests.into_iter().flat_map(|one| one.body).collect();
        let sent = String::from_utf8_lossy(&sent);
        for word in [
            "clawgate",
            "chat gpt-5-mini",
            "invoke_agent clawgate",
            "gen_ai.provider.name",
            "gen_ai.usage.input_tokens",
            "gpt-5-mini-2026",
            "gen_ai.conversation.id",
            "assemble_prompt",
            "execute_tool shell",
            "gen_ai.tool.call.id",
            "await_approval shell",
        ] {
            assert!(sent.contains(word), "{word} is missing");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_collector_that_is_gone_does_not_hold_up_the_stop() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let silent = format!("http://{}", listener.local_addr().unwrap());
        let traces = Traces::to(&silent).unwrap();
        let subscriber = tracing_subscriber::registry().with(traces.layer());
        tracing::subscriber::with_default(subscriber, || drop(spans::model_call("main", "m")));
        let start = std::time::Instant::now();
        traces.shut_down(Duration::from_millis(300)).await;
        assert!(start.elapsed() < Duration::from_secs(5));
    }
}
