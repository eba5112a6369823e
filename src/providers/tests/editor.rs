//! What is written of a change, which ones are refused, and who is in use afterwards.

use std::{collections::BTreeMap, fs, path::PathBuf, sync::Arc, time::Duration};

use secrecy::ExposeSecret as _;

use super::{
    super::{
        EditError, KeyState, KnownProvider, ProviderChange, ProviderEditor, ProviderOptions,
        Providers, Unmetered,
    },
    KEY,
};
use crate::{
    clock::SystemClock,
    config::{
        self, CliOverrides, ConfigHandle, ConfigKeeper, ConfigSources, Home,
        ProviderKind::{self, Demo, OpenAi},
    },
    tasks::Tasks,
};

struct Setup {
    _folder: tempfile::TempDir,
    file: PathBuf,
    config: ConfigHandle,
    providers: Arc<Providers>,
    editor: ProviderEditor,
}

fn setup(text: &str, env: &[(&str, &str)]) -> Setup {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::open(folder.path().to_owned()).unwrap();
    let file = home.config_file();
    fs::write(&file, text).unwrap();
    let env: BTreeMap<String, String> = env
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let cli = CliOverrides::default();
    let loaded = config::load(&home, &env, cli.clone()).unwrap().config;
    let providers = Arc::new(Providers::from_config(
        &loaded,
        &loaded.from_environment,
        Arc::new(SystemClock),
        Tasks::new(),
        ProviderOptions {
            local_ollama: "http://127.0.0.1:9".to_owned(),
            demo_delay: Duration::ZERO,
        },
        Arc::new(Unmetered),
    ));
    let config = ConfigHandle::new(loaded);
    let follow = Arc::clone(&providers);
    let sources = ConfigSources { home, env, cli };
    let keeper = ConfigKeeper::new(sources, config.clone(), move |changed| {
        follow.replace(&changed.config, &changed.config.from_environment);
    });
    Setup {
        _folder: folder,
        file,
        config,
        providers,
        editor: ProviderEditor::new(Arc::new(keeper)),
    }
}

impl Setup {
    fn text(&self) -> String {
        fs::read_to_string(&self.file).unwrap()
    }

    fn in_use(&self) -> (String, String) {
        let current = self.providers.current();
        (current.name, current.model)
    }

    async fn known(&self, name: &str) -> KnownProvider {
        let known = self.providers.known(&self.config.current()).await;
        known.into_iter().find(|one| one.name == name).unwrap()
    }
}

fn of_kind(kind: ProviderKind) -> ProviderChange {
    ProviderChange {
        kind,
        base_url: None,
        api_key: None,
        model: None,
        fallbacks: None,
        in_use: false,
    }
}

fn used(name: &str, model: &str) -> (String, String) {
    (name.to_owned(), model.to_owned())
}

const TWO: &str = "# mine\n[providers.a]\nkind = \"openai\"\nmodel = \"one\" # quick\n\n\
                   [providers.b]\nkind = \"anthropic\"\n";

#[tokio::test]
async fn a_further_provider_does_not_take_over_unless_it_is_asked_to() {
    let setup = setup(TWO, &[]);
    assert_eq!(setup.in_use(), used("a", "one"));
    setup
        .editor
        .save("0first", of_kind(Demo), None)
        .await
        .unwrap();
    assert_eq!(setup.in_use(), used("a", "one"));
    let take_over = ProviderChange {
        in_use: true,
        ..of_kind(ProviderKind::Anthropic)
    };
    setup.editor.save("b", take_over, None).await.unwrap();
    assert_eq!(setup.in_use(), used("b", "claude-sonnet-4-5"));
    let text = setup.text();
    let kept = "# mine\n[providers.a]\nkind = \"openai\"\nmodel = \"one\" # quick\n";
    assert!(text.contains(kept), "{text}");
}

#[tokio::test]
async fn the_agents_own_model_gives_way_to_the_one_that_is_chosen() {
    let setup = setup(&format!("agent.model = \"big\"\n{TWO}"), &[]);
    assert_eq!(setup.in_use(), used("a", "big"));
    let chosen = ProviderChange {
        model: Some(" two ".to_owned()),
        ..of_kind(OpenAi)
    };
    setup.editor.save("a", chosen, None).await.unwrap();
    assert_eq!(setup.in_use(), used("a", "two"));
}

#[tokio::test]
async fn what_is_empty_is_taken_away_and_what_is_left_out_stays() {
    let setup = setup(TWO, &[]);
    let first = ProviderChange {
        base_url: Some("localhost:1234/v1/".to_owned()),
        api_key: Some(format!(" {KEY}\n").into()),
        fallbacks: Some(vec!["b".to_owned(), "b".to_owned()]),
        ..of_kind(OpenAi)
    };
    setup.editor.save("a", first, None).await.unwrap();
    let saved = setup.config.current().providers["a"].clone();
    assert_eq!(saved.base_url.as_deref(), Some("http://localhost:1234/v1"));
    assert_eq!(saved.api_key.unwrap().expose_secret(), KEY);
    assert_eq!(
        (saved.fallbacks, saved.model.as_deref()),
        (vec!["b".to_owned()], Some("one"))
    );
    assert!(!setup.text().contains(KEY));
    assert_eq!(setup.known("a").await.key, KeyState::Set);
    let emptied = ProviderChange {
        base_url: Some(String::new()),
        api_key: Some(String::new().into()),
        model: Some(String::new()),
        fallbacks: Some(Vec::new()),
        ..of_kind(OpenAi)
    };
    setup.editor.save("a", emptied, None).await.unwrap();
    assert!(
        setup
            .text()
            .starts_with("# mine\n[providers.a]\nkind = \"openai\"\n\n[providers.b]")
    );
    let known = setup.known("a").await;
    assert_eq!(known.key, KeyState::Missing(None));
    assert_eq!(known.problem.as_deref(), Some("It has no API key."));
}

#[tokio::test]
async fn a_saved_key_does_not_follow_to_another_address() {
    let setup = setup(TWO, &[("OPENAI_API_KEY", KEY)]);
    assert_eq!(
        setup.known("a").await.key,
        KeyState::Variable("OPENAI_API_KEY".to_owned())
    );
    let moved = ProviderChange {
        base_url: Some("https://evil.example/v1".to_owned()),
        ..of_kind(OpenAi)
    };
    let error = setup
        .editor
        .save("a", moved.clone(), None)
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            EditError::Field {
                field: "api_key",
                ..
            }
        ),
        "{error}"
    );
    let config = setup.config.current();
    let error = super::super::to_try(&config, &setup.providers, Some("a"), moved).unwrap_err();
    assert!(
        matches!(
            error,
            EditError::Field {
                field: "api_key",
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn a_provider_of_the_environment_can_be_saved_and_not_removed() {
    let setup = setup("", &[("OPENAI_API_KEY", KEY)]);
    let error = setup
        .editor
        .remove("openai", None)
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("OPENAI_API_KEY"), "{error}");
    let chosen = ProviderChange {
        model: Some("gpt-x".to_owned()),
        in_use: true,
        ..of_kind(OpenAi)
    };
    setup.editor.save("openai", chosen, None).await.unwrap();
    assert_eq!(setup.in_use(), used("openai", "gpt-x"));
    let text = setup.text();
    assert!(
        text.contains("kind = \"openai\"") && !text.contains(KEY),
        "{text}"
    );
    setup.editor.remove("openai", None).await.unwrap();
    // The variable is still there.
    assert_eq!(setup.in_use(), used("openai", "gpt-5-mini"));
}

#[tokio::test]
async fn removing_the_one_in_use_leaves_the_next_one() {
    let setup = setup(
        &format!("agent.provider = \"b\"\nagent.model = \"m\"\n# of all\n\n{TWO}"),
        &[],
    );
    setup.editor.remove("b", None).await.unwrap();
    assert_eq!(setup.in_use(), used("a", "one"));
    setup.editor.remove("a", None).await.unwrap();
    assert_eq!(setup.in_use(), used("demo", "demo"));
    for (name, refusal) in [("demo", "nothing to remove"), ("x", "no such provider")] {
        let error = setup
            .editor
            .remove(name, None)
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains(refusal), "{error}");
    }
    assert!(setup.text().contains("# of all"), "{}", setup.text());
}
