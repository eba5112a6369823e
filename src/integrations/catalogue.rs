//! The list, made from the settings in force and from what is known of each.

use std::sync::Arc;

use super::{
    Detail, FAMILIES, Field, Group, Hook, Integration, Integrations, Outcome, State,
    families::Family, provider_id,
};
use crate::{
    agent::{KINDS, KeyState, KnownProvider},
    config::{Config, Kind, ProviderKind, Value, keys, view},
    tools::{Permission, permission},
};

/// The id of the webhook.
pub(super) const WEBHOOK: &str = "channel-webhook";
/// The id of the tunnel.
pub(super) const TUNNEL: &str = "tunnel";
/// The id of the provider of vectors.
pub(super) const EMBEDDINGS: &str = "embeddings";
/// The id of the collector of traces.
pub(super) const OTLP: &str = "otlp";
/// The id of the metrics.
pub(super) const PROMETHEUS: &str = "prometheus";

/// The settings that set something up, by its id.
pub(super) fn keys_of(id: &str) -> &'static [&'static str] {
    match id {
        WEBHOOK => &["channels.webhook.secret", "channels.webhook.tools"],
        TUNNEL => &["tunnel.provider"],
        EMBEDDINGS => &["memory.embedding_provider", "memory.embedding_model"],
        OTLP => &["observability.otlp_endpoint"],
        PROMETHEUS => &["observability.backend"],
        _ => &[],
    }
}

/// How the settings begin that something depends on.
pub(super) fn section_of(id: &str) -> String {
    if let Some(name) = id.strip_prefix("provider-") {
        return format!("providers.{name}.");
    }
    let section = match id {
        WEBHOOK => "channels.webhook.",
        TUNNEL => "tunnel.",
        EMBEDDINGS => "memory.embedding",
        OTLP => "observability.otlp",
        PROMETHEUS => "observability.backend",
        _ => "tools.",
    };
    section.to_owned()
}

/// What the settings come to at the next start.
pub(super) struct Wanted {
    pub(super) config: Arc<Config>,
    /// The settings that are otherwise until then.
    waiting: Vec<String>,
}

impl Wanted {
    /// Says where an integration is set up otherwise from the next start on.
    fn say(&self, one: &mut Integration) {
        let waits = |field: &Field| self.waiting.contains(&field.key);
        if one.reason.is_none() && one.fields.iter().any(waits) {
            one.reason =
                Some("What was changed holds from the gateway's next start on.".to_owned());
        }
    }
}

impl Integrations {
    /// All of them, those that are set up first in each group.
    pub async fn list(&self) -> Vec<Integration> {
        let config = self.inner.parts.config.current();
        let wanted = self.wanted().await;
        let known = self.inner.parts.models.providers().await;
        let mut all: Vec<Integration> = known.iter().map(|one| self.provider(one)).collect();
        let connected = |kind: ProviderKind| known.iter().any(|one| one.kind == kind);
        all.extend(
            KINDS
                .iter()
                .filter(|facts| facts.kind != ProviderKind::Demo && !connected(facts.kind))
                .map(|facts| Integration {
                    route: Some(format!("/provider?add={}", facts.kind.word())),
                    ..blank(
                        format!("kind-{}", facts.kind.word()),
                        Group::Providers,
                        facts.title,
                        "Models that answer your messages.",
                    )
                }),
        );
        all.push(self.webhook(&config));
        all.push(tunnel(&config));
        all.extend(FAMILIES.iter().filter_map(|one| self.family(&config, one)));
        all.push(self.embeddings(&config));
        all.push(self.otlp(&wanted));
        all.push(self.prometheus(&config, &wanted));
        all
    }

    /// One of them.
    pub async fn find(&self, id: &str) -> Option<Integration> {
        self.list().await.into_iter().find(|one| one.id == id)
    }

    fn provider(&self, known: &KnownProvider) -> Integration {
        let id = provider_id(&known.name);
        let facts = KINDS.iter().find(|facts| facts.kind == known.kind);
        let title = facts.map_or(known.kind.word(), |facts| facts.title);
        let demo = known.kind == ProviderKind::Demo;
        let about = if demo {
            "The built-in demo, which answers while no model is connected."
        } else if known.in_use {
            "New messages go to it."
        } else {
            "Models that answer your messages."
        };
        let named = if known.name == known.kind.word() {
            title.to_owned()
        } else {
            format!("{} ({title})", known.name)
        };
        let mut one = blank(id.clone(), Group::Providers, &named, about);
        one.testable = !demo;
        one.route = Some(if known.source == crate::agent::ProviderSource::Config {
            format!("/provider?edit={}", known.name)
        } else {
            "/provider".to_owned()
        });
        let detail = |name: &str, value: String| Detail {
            name: name.to_owned(),
            value,
        };
        one.details
            .extend(known.model.clone().map(|model| detail("model", model)));
        one.details
            .extend(known.base_url.clone().map(|url| detail("base_url", url)));
        let key = match &known.key {
            KeyState::Set => Some("sealed".to_owned()),
            KeyState::Variable(name) => Some(name.clone()),
            KeyState::Missing(_) => Some("missing".to_owned()),
            KeyState::NotNeeded => None,
        };
        one.details.extend(key.map(|key| detail("api_key", key)));
        self.settle(&mut one, true);
        if let Some(problem) = &known.problem {
            one.state = State::Failing;
            one.reason = Some(problem.clone());
        } else if demo {
            one.state = State::Connected;
        }
        one
    }

    fn webhook(&self, config: &Config) -> Integration {
        let mut one = blank(
            WEBHOOK.to_owned(),
            Group::Channels,
            "Webhook",
            "Other programs send the agent a message over HTTP and get its answer.",
        );
        let mut headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
        if config.gateway.require_pairing {
            headers.push(("Authorization".to_owned(), "Bearer <token>".to_owned()));
        }
        if config.channels.webhook.secret.is_some() {
            headers.push(("X-Webhook-Secret".to_owned(), "<secret>".to_owned()));
        }
        one.hooks.push(Hook {
            method: "POST",
            path: "/webhook",
            headers,
            body: Some("{\"message\": \"Hello\"}".to_owned()),
        });
        one.fields = fields(config, WEBHOOK);
        one.testable = true;
        // Its door is always there: a token opens it.
        self.settle(&mut one, true);
        if config.channels.webhook.secret.is_none() && one.reason.is_none() {
            let text = "It asks for no secret beside the token of a paired device.";
            one.reason = Some(text.to_owned());
        }
        one
    }

    fn family(&self, config: &Config, family: &'static Family) -> Option<Integration> {
        let tools = &self.inner.parts.tools;
        let specs: Vec<_> = tools
            .specs()
            .filter(|spec| family.tools.contains(&spec.name.as_ref()))
            .collect();
        if specs.is_empty() {
            return None;
        }
        let mut one = blank(
            family.id.to_owned(),
            Group::Tools,
            family.title,
            family.about,
        );
        let mut usable = false;
        for spec in specs {
            let permission = permission(config, spec);
            usable |= permission != Permission::Deny;
            one.details.push(Detail {
                name: spec.name.clone().into_owned(),
                value: permission.name().to_owned(),
            });
        }
        one.route = Some("/tools".to_owned());
        one.testable = usable;
        self.settle(&mut one, usable);
        if !usable {
            one.state = State::Available;
            one.reason = Some("The agent may use none of these tools.".to_owned());
        }
        Some(one)
    }

    fn embeddings(&self, config: &Config) -> Integration {
        let mut one = blank(
            EMBEDDINGS.to_owned(),
            Group::Memory,
            "Embeddings",
            "Memories are found by their meaning too, with a provider's embedding model.",
        );
        one.fields = fields(config, EMBEDDINGS);
        let set = !config.memory.embedding_provider.trim().is_empty();
        one.testable = set;
        self.settle(&mut one, set);
        one
    }

    /// What is configured, also where it waits for the next start.
    pub(super) async fn wanted(&self) -> Wanted {
        let keeper = Arc::clone(&self.inner.parts.keeper);
        match tokio::task::spawn_blocking(move || keeper.standing()).await {
            Ok(Ok(standing)) => Wanted {
                config: standing.configured,
                waiting: standing.restart_needed,
            },
            _ => Wanted {
                config: self.inner.parts.config.current(),
                waiting: Vec::new(),
            },
        }
    }

    fn otlp(&self, wanted: &Wanted) -> Integration {
        let mut one = blank(
            OTLP.to_owned(),
            Group::Observability,
            "OpenTelemetry",
            "Traces of every turn go to a collector over OTLP.",
        );
        one.fields = fields(&wanted.config, OTLP);
        let set = wanted.config.observability.otlp_endpoint.is_some();
        one.testable = set;
        self.settle(&mut one, set);
        wanted.say(&mut one);
        one
    }

    fn prometheus(&self, config: &Config, wanted: &Wanted) -> Integration {
        let mut one = blank(
            PROMETHEUS.to_owned(),
            Group::Observability,
            "Prometheus",
            "Figures for monitoring, in Prometheus' text format.",
        );
        one.fields = fields(&wanted.config, PROMETHEUS);
        let on = config.observability.prometheus;
        one.testable = on;
        if on {
            one.hooks.push(Hook {
                method: "GET",
                path: "/metrics",
                headers: vec![("Authorization".to_owned(), "Bearer <token>".to_owned())],
                body: None,
            });
        }
        self.settle(&mut one, on);
        wanted.say(&mut one);
        one
    }

    /// The state that follows from the settings and from the last use or try.
    fn settle(&self, one: &mut Integration, set_up: bool) {
        let outcome = self.outcome(&one.id);
        one.state = match &outcome {
            Some(Outcome {
                failure: Some(_), ..
            }) => State::Failing,
            Some(_) => State::Connected,
            None if set_up => State::Configured,
            None => State::Available,
        };
        if let Some(outcome) = outcome {
            one.checked_at = Some(outcome.at);
            one.reason = outcome.failure;
        }
    }
}

fn tunnel(config: &Config) -> Integration {
    let set = config.tunnel.provider != "none";
    let mut one = blank(
        TUNNEL.to_owned(),
        Group::Tunnel,
        "Tunnel",
        "Says which program of yours leads here from outside, and permits a public address.",
    );
    one.fields = fields(config, TUNNEL);
    if set {
        one.state = State::Configured;
        let text = "Start the tunnel's program yourself, and let it lead to the gateway's address.";
        one.reason = Some(text.to_owned());
    }
    one
}

fn blank(id: String, group: Group, title: &str, about: &str) -> Integration {
    Integration {
        id,
        group,
        title: title.to_owned(),
        about: about.to_owned(),
        state: State::Available,
        reason: None,
        checked_at: None,
        route: None,
        fields: Vec::new(),
        hooks: Vec::new(),
        details: Vec::new(),
        testable: false,
    }
}

fn fields(config: &Config, id: &str) -> Vec<Field> {
    let usual = Config::default();
    let field = |key: &&'static str| {
        let known = keys::settings().find(|field| field.name == *key)?;
        let value = view::setting(config, key);
        let (kind, choices) = shape(known.kind, config);
        Some(Field {
            key: (*key).to_owned(),
            title: title(key),
            about: known.about.to_owned(),
            kind,
            choices,
            set: value != view::setting(&usual, key),
            value: value
                .as_ref()
                .filter(|_| known.kind != Kind::Secret)
                .map(Value::to_string)
                .filter(|text| !text.is_empty()),
        })
    };
    keys_of(id).iter().filter_map(field).collect()
}

/// `memory.embedding_model` is called "Embedding model".
fn title(key: &str) -> String {
    let last = key.rsplit('.').next().unwrap_or(key).replace('_', " ");
    let mut letters = last.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

fn shape(kind: Kind, config: &Config) -> (&'static str, Vec<String>) {
    match kind {
        Kind::Secret => ("secret", Vec::new()),
        Kind::Flag => ("flag", Vec::new()),
        Kind::Url => ("url", Vec::new()),
        Kind::Choice(words) => (
            "choice",
            words.iter().map(|word| (*word).to_owned()).collect(),
        ),
        Kind::Provider => ("provider", config.providers.keys().cloned().collect()),
        _ => ("text", Vec::new()),
    }
}
