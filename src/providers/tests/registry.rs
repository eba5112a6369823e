//! Which provider is chosen, and what stands behind its name.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use super::{
    super::{
        ChatEvent, ProviderOptions, ProviderSource, Providers, Selected, Unmetered,
        model_server::Options,
    },
    KEY, ModelServer, request, run, soon, texts,
};
use crate::{
    clock::{Clock, ManualClock},
    config::{Config, ProviderConfig, ProviderKind},
    model::Timestamp,
    tasks::Tasks,
};

/// Port 9 of loopback: nobody listens there.
const NOBODY: &str = "http://127.0.0.1:9";

fn config(providers: &[(&str, ProviderKind)]) -> Config {
    let of_kind = |(name, kind): &(&str, ProviderKind)| {
        let mut provider = ProviderConfig::of_kind(*kind);
        provider.api_key = Some(KEY.to_owned().into());
        ((*name).to_owned(), provider)
    };
    Config {
        providers: providers.iter().map(of_kind).collect(),
        ..Config::default()
    }
}

struct Setup {
    providers: Providers,
    clock: Arc<ManualClock>,
}

fn setup(config: &Config, from_environment: &[&str], local_ollama: &str) -> Setup {
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_763_696_580_120)));
    let names: BTreeSet<String> = from_environment
        .iter()
        .map(|&name| name.to_owned())
        .collect();
    let providers = Providers::from_config(
        config,
        &names,
        Arc::clone(&clock) as Arc<dyn Clock>,
        Tasks::new(),
        ProviderOptions {
            local_ollama: local_ollama.to_owned(),
            demo_delay: Duration::ZERO,
        },
        Arc::new(Unmetered),
    );
    Setup { providers, clock }
}

fn current(config: &Config, from_environment: &[&str]) -> Selected {
    setup(config, from_environment, NOBODY).providers.current()
}

/// Name, model and source, for comparison.
fn brief(selected: &Selected) -> (&str, &str, ProviderSource) {
    (&selected.name, &selected.model, selected.source)
}

use ProviderKind::{Anthropic, Demo, Gemini, Ollama, OpenAi, OpenRouter};
use ProviderSource::{Config as FromConfig, Environment};

#[test]
fn the_named_provider_is_used_with_the_agents_model() {
    let mut config = config(&[("a", Anthropic), ("b", Gemini)]);
    config.agent.provider = "b".to_owned();
    assert_eq!(
        brief(&current(&config, &[])),
        ("b", "gemini-2.5-flash", FromConfig)
    );
    config.agent.model = "big".to_owned();
    assert_eq!(brief(&current(&config, &[])), ("b", "big", FromConfig));
    assert_eq!(current(&config, &[]).hint, None);
}

#[test]
fn a_provider_has_its_own_model_before_its_kinds() {
    let mut config = config(&[("main", OpenAi)]);
    assert_eq!(current(&config, &[]).model, "gpt-5-mini");
    let main = config.providers.get_mut("main").unwrap();
    main.base_url = Some("https://api.openai.com/v1".to_owned());
    assert_eq!(current(&config, &[]).model, "gpt-5-mini");
    let main = config.providers.get_mut("main").unwrap();
    main.base_url = Some("http://127.0.0.1:8080/v1".to_owned());
    assert_eq!(current(&config, &[]).model, "");
    config.providers.get_mut("main").unwrap().model = Some("own".to_owned());
    assert_eq!(current(&config, &[]).model, "own");
}

#[test]
fn the_configuration_comes_before_the_environment_and_keys_have_an_order() {
    let both = config(&[("anthropic", Anthropic), ("zeta", OpenRouter)]);
    assert_eq!(
        brief(&current(&both, &["anthropic"])),
        ("zeta", "openrouter/auto", FromConfig)
    );
    let keys = config(&[
        ("gemini", Gemini),
        ("anthropic", Anthropic),
        ("openai", OpenAi),
    ]);
    let selected = current(&keys, &["gemini", "anthropic", "openai"]);
    assert_eq!(brief(&selected), ("openai", "gpt-5-mini", Environment));
}

#[test]
fn a_name_that_is_not_there_is_said_and_the_next_best_is_used() {
    let mut config = config(&[("a", Anthropic)]);
    config.agent.provider = "b".to_owned();
    let selected = current(&config, &[]);
    assert_eq!(selected.name, "a");
    let hint = "[agent] provider \"b\" is not configured.";
    assert_eq!(selected.hint.as_deref(), Some(hint));
}

#[test]
fn with_nothing_at_all_the_demo_says_how_to_connect_a_model() {
    let selected = current(&Config::default(), &[]);
    assert_eq!(brief(&selected), ("demo", "demo", ProviderSource::Demo));
    assert!(selected.hint.unwrap().contains("OPENAI_API_KEY"));
}

#[test]
fn the_built_in_ones_need_no_section() {
    let mut config = config(&[("a", Anthropic)]);
    config.agent.provider = "demo".to_owned();
    assert_eq!(brief(&current(&config, &[])), ("demo", "demo", FromConfig));
    config.agent.provider = "ollama".to_owned();
    config.agent.model = "llama".to_owned();
    assert_eq!(
        brief(&current(&config, &[])),
        ("ollama", "llama", FromConfig)
    );
}

#[test]
fn an_override_names_a_model_or_a_provider_and_a_model() {
    let config = config(&[("main", OpenRouter), ("other", Anthropic), ("play", Demo)]);
    let providers = setup(&config, &[], NOBODY).providers;
    let select = |wanted| {
        let selected = providers.select(wanted);
        (selected.name, selected.model)
    };
    let pair = |name: &str, model: &str| (name.to_owned(), model.to_owned());
    assert_eq!(select(None), pair("main", "openrouter/auto"));
    assert_eq!(select(Some(" ")), pair("main", "openrouter/auto"));
    assert_eq!(select(Some("gpt-9")), pair("main", "gpt-9"));
    assert_eq!(select(Some("meta/llama")), pair("main", "meta/llama"));
    assert_eq!(select(Some("other/claude-x")), pair("other", "claude-x"));
    assert_eq!(select(Some("other/")), pair("other", "claude-sonnet-4-5"));
    assert_eq!(select(Some("main/meta/llama")), pair("main", "meta/llama"));
    assert_eq!(select(Some("play/anything")), pair("play", "demo"));
    assert_eq!(providers.names(), ["demo", "main", "other", "play"]);
}

#[tokio::test]
async fn fallbacks_in_a_circle_and_unknown_ones_do_no_harm() {
    let server = ModelServer::start().await;
    let mut config = config(&[("main", OpenAi), ("second", OpenAi)]);
    for (name, fallbacks) in [
        ("main", ["main", "nowhere", "second", "second"].as_slice()),
        ("second", ["main"].as_slice()),
    ] {
        let provider = config.providers.get_mut(name).unwrap();
        provider.base_url = Some(server.base_url());
        provider.model = Some(format!("model-of-{name}"));
        provider.max_retries = 0;
        provider.fallbacks = fallbacks.iter().map(|&one| one.to_owned()).collect();
    }
    let selected = setup(&config, &[], NOBODY).providers.current();
    let mut request = request("status:500");
    request.model = selected.model;
    let (events, error) = run(&*selected.provider, request).await;
    assert_eq!(events.len(), 1);
    assert!(
        error
            .unwrap()
            .to_string()
            .contains("\"second\" answered 500")
    );
    let models: Vec<serde_json::Value> = server
        .requests()
        .iter()
        .map(|one| serde_json::from_slice::<serde_json::Value>(&one.body).unwrap()["model"].take())
        .collect();
    assert_eq!(models, ["model-of-main", "model-of-second"]);
}

#[tokio::test]
async fn a_server_without_a_named_model_is_asked_for_its_first() {
    let server = ModelServer::start().await;
    let mut config = config(&[("main", OpenAi)]);
    config.providers.get_mut("main").unwrap().base_url = Some(server.base_url());
    let providers = setup(&config, &[], NOBODY).providers;
    let mut request = request("say:hi");
    request.model = providers.current().model;
    let (events, _) = run(&*providers.current().provider, request).await;
    let is_first =
        |event: &ChatEvent| matches!(event, ChatEvent::End { model, .. } if model == "test-model");
    assert!(events.last().is_some_and(is_first), "{events:?}");
    assert_eq!(providers.current().model, "test-model");
}

#[tokio::test]
async fn an_ollama_that_starts_later_is_found() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let Setup { providers, clock } = setup(&Config::default(), &[], &address.to_string());
    soon(providers.settled()).await;
    assert_eq!(providers.current().source, ProviderSource::Demo);

    let options = Options {
        ollama: true,
        ..Options::default()
    };
    let _server = ModelServer::start_at(address, options).await.unwrap();
    assert_eq!(providers.current().source, ProviderSource::Demo);
    clock.advance(31);
    soon(async {
        while providers.current().source == ProviderSource::Demo {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let selected = providers.current();
    let expected = ("ollama", "test-model:latest", ProviderSource::Ollama);
    assert_eq!(brief(&selected), expected);
    assert_eq!((selected.kind, selected.hint), (Ollama, None));
    assert_eq!(providers.names(), ["demo", "ollama"]);
    let (events, _) = run(&*selected.provider, request("say:hi")).await;
    assert_eq!(texts(&events), ["hi"]);
}

#[tokio::test]
async fn a_new_configuration_counts_from_the_next_call_on() {
    let providers = setup(&Config::default(), &[], NOBODY).providers;
    assert_eq!(providers.current().name, "demo");
    providers.replace(
        &config(&[("openai", OpenAi)]),
        &BTreeSet::from(["openai".to_owned()]),
    );
    assert_eq!(
        brief(&providers.current()),
        ("openai", "gpt-5-mini", Environment)
    );
}

#[tokio::test]
async fn a_check_lists_the_models_or_says_what_is_wrong() {
    let server = ModelServer::start().await;
    let mut config = config(&[("main", OpenAi), ("gone", OpenAi)]);
    config.providers.get_mut("main").unwrap().base_url = Some(server.base_url());
    config.providers.get_mut("gone").unwrap().base_url = Some(NOBODY.to_owned());
    let providers = setup(&config, &[], NOBODY).providers;
    let models = soon(providers.check("main")).await.unwrap();
    assert_eq!(models, ["test-model", "test-model-mini"]);
    for (name, words) in [
        ("gone", "can't be reached"),
        ("nobody", "there is none of this name"),
    ] {
        let error = soon(providers.check(name)).await.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    assert_eq!(soon(providers.check("demo")).await.unwrap(), ["demo"]);
}
