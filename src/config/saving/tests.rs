//! The configuration read and saved as a whole: nothing is lost, nothing is half, nothing secret is
//! shown.

use std::fs;

use proptest::prelude::*;
use secrecy::ExposeSecret as _;
use serde_json::{Value as Json, json};

use super::*;
use crate::config::{self, CliOverrides, ConfigHandle, ConfigSources, Home, MASK, view};

const TEXT: &str = "# my gateway\n\n[gateway] # the door\n# why so few\nchat_rate_limit_per_minute = 7 # few\n\
    allowed_hosts = [\"a.example\"]\n\n# the model\n[agent]\nmodel = \"old\"\n\n# the fast one\n\
    [providers.main] # mine\nkind = \"openai\"\napi_key = \"sk-a-key-that-nobody-sees\" # the key\n";

struct Desk {
    _folder: tempfile::TempDir,
    keeper: ConfigKeeper,
    told: Arc<std::sync::Mutex<Vec<Changed>>>,
}

impl Desk {
    fn new(text: &str, env: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path().to_owned()).unwrap();
        fs::write(home.config_file(), text).unwrap();
        let env: BTreeMap<String, String> = env
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let loaded = config::load(&home, &env, CliOverrides::default()).unwrap();
        let sources = ConfigSources {
            home,
            env,
            cli: CliOverrides::default(),
        };
        let told: Arc<std::sync::Mutex<Vec<Changed>>> = Arc::default();
        let teller = Arc::clone(&told);
        let keeper = ConfigKeeper::new(sources, ConfigHandle::new(loaded.config), move |changed| {
            teller.lock().unwrap().push(changed.clone());
        });
        Self {
            _folder: folder,
            keeper,
            told,
        }
    }

    fn file(&self) -> String {
        fs::read_to_string(self.keeper.sources.home.config_file()).unwrap()
    }

    fn write(&self, text: &str) {
        fs::write(self.keeper.sources.home.config_file(), text).unwrap();
    }

    fn whole(&self) -> Json {
        view::json(&self.keeper.standing().unwrap().configured)
    }

    fn patch(&self, patch: Json) -> Result<Saved, SaveError> {
        let proposal = Proposal {
            patch: Some(patch),
            ..Proposal::default()
        };
        self.keeper.save(None, &proposal, None)
    }

    fn put(&self, whole: Json) -> Result<Saved, SaveError> {
        let proposal = Proposal {
            whole: Some(whole),
            ..Proposal::default()
        };
        self.keeper.save(None, &proposal, None)
    }

    fn put_text(&self, text: &str) -> Result<Saved, SaveError> {
        let proposal = Proposal {
            toml: Some(text.to_owned()),
            ..Proposal::default()
        };
        self.keeper.save(None, &proposal, None)
    }

    fn key(&self) -> String {
        let config = self.keeper.handle.current();
        let key = config.providers["main"].api_key.as_ref();
        key.map(|key| key.expose_secret().to_owned())
            .unwrap_or_default()
    }
}

fn faults(outcome: Result<Saved, SaveError>) -> Vec<Fault> {
    match outcome {
        Err(SaveError::Faults(faults)) => faults,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_read_can_be_saved_and_changes_nothing() {
    let env = [
        ("CLAWGATE_AGENT__MAX_ITERATIONS", "5"),
        ("GEMINI_API_KEY", "g-key"),
    ];
    let desk = Desk::new(TEXT, &env);
    let before = desk.file();
    let whole = desk.whole();
    assert!(!whole.to_string().contains("sk-a-key") && whole.to_string().contains(MASK));
    let saved = desk.put(whole).unwrap();
    assert_eq!(saved.changes, []);
    let shown = desk.keeper.standing().unwrap().toml;
    assert!(!shown.contains("enc:v1") && shown.contains(MASK), "{shown}");
    desk.put_text(&shown).unwrap();
    assert_eq!(desk.file(), before);
    assert_eq!(desk.key(), "sk-a-key-that-nobody-sees");
    assert_eq!(desk.keeper.revisions().unwrap().len(), 0);
}

#[test]
fn a_patch_changes_what_it_names_and_comments_stay() {
    let desk = Desk::new(TEXT, &[]);
    let before = desk.file();
    let saved = desk
        .patch(json!({
            "gateway": {"chat_rate_limit_per_minute": 9, "allowed_hosts": null},
            "agent": {"model": "new", "temperature": 1},
            "cost": {"daily_limit_usd": "2.5"},
        }))
        .unwrap();
    let keys: Vec<_> = saved
        .changes
        .iter()
        .map(|change| change.key.as_str())
        .collect();
    assert_eq!(
        keys,
        [
            "agent.model",
            "agent.temperature",
            "cost.daily_limit_usd",
            "gateway.allowed_hosts",
            "gateway.chat_rate_limit_per_minute"
        ]
    );
    let expected = before
        .replace("= 7 #", "= 9 #")
        .replace("allowed_hosts = [\"a.example\"]\n", "")
        .replace("model = \"old\"\n", "model = \"new\"\ntemperature = 1.0\n");
    let after = desk.file();
    assert!(after.starts_with(&expected), "{after}");
    assert!(
        after.contains("[cost]\ndaily_limit_usd = 2.50\n"),
        "{after}"
    );
    assert_eq!(desk.keeper.handle.current().agent.model, "new");
}

#[test]
fn null_takes_a_provider_or_a_section_back() {
    let desk = Desk::new(TEXT, &[]);
    desk.patch(json!({"providers": {"main": null}, "gateway": null}))
        .unwrap();
    let after = desk.file();
    assert!(
        !after.contains("providers.main") && !after.contains("allowed_hosts"),
        "{after}"
    );
    assert!(
        after.contains("# my gateway") && after.contains("# the model"),
        "{after}"
    );
    assert!(desk.keeper.handle.current().providers.is_empty());
}

#[test]
fn all_that_is_wrong_is_said_at_once_and_nothing_is_saved() {
    let desk = Desk::new(TEXT, &[("MODEL", "theirs")]);
    let before = desk.file();
    let wrong = faults(desk.patch(json!({
        "gateway": {"port": 99999, "prot": 1, "require_pairing": "yes"},
        "agent": {"temperature": "hot", "model": "mine"},
        "providers": {"main": {"api_key": ["hush"]}, "new": {}},
        "cost": 3,
    })));
    let of = |key: &str| wrong.iter().find(|fault| fault.key == key);
    for (key, expected, found) in [
        ("gateway.port", "a whole number from 0 to 65535", "99999"),
        (
            "gateway.require_pairing",
            "true or false",
            "the text \"yes\"",
        ),
        (
            "agent.temperature",
            "a number from 0 to 2",
            "the text \"hot\"",
        ),
        ("cost", "an object of settings", "3"),
    ] {
        let fault = of(key).unwrap_or_else(|| panic!("{key}: {wrong:?}"));
        assert_eq!(fault.expected.as_deref(), Some(expected), "{key}");
        assert_eq!(fault.found.as_deref(), Some(found), "{key}");
    }
    assert!(of("gateway.port").unwrap().line.is_some());
    assert!(
        of("gateway.prot")
            .unwrap()
            .message
            .contains("did you mean gateway.port?")
    );
    assert!(of("providers.new.kind").is_some() && of("providers.main.api_key").is_some());
    assert!(!format!("{wrong:?}").contains("hush"), "{wrong:?}");
    assert_eq!(desk.file(), before);
    let fault = &faults(desk.patch(json!({"agent": {"model": "mine"}})))[0];
    assert!(
        fault.message.contains("environment variable MODEL"),
        "{fault}"
    );
}

#[test]
fn a_saved_key_goes_to_no_other_address() {
    let desk = Desk::new(TEXT, &[("SOMEBODYS_TOKEN", "theirs")]);
    let elsewhere = json!({"providers": {"main": {"base_url": "https://evil.example"}}});
    assert_eq!(
        faults(desk.patch(elsewhere))[0].key,
        "providers.main.api_key"
    );
    let shown = desk.keeper.standing().unwrap().toml;
    let moved = shown.replace(
        "kind = \"openai\"",
        "kind = \"openai\"\nbase_url = \"https://evil.example\"",
    );
    assert_eq!(
        faults(desk.put_text(&moved))[0].key,
        "providers.main.api_key"
    );
    let named = json!({"providers": {"x": {
        "kind": "openai", "base_url": "https://evil.example", "api_key_env": "SOMEBODYS_TOKEN",
    }}});
    assert_eq!(faults(desk.patch(named))[0].key, "providers.x.api_key_env");
    desk.patch(json!({"providers": {"main": {
        "base_url": "https://mine.example", "api_key": "sk-typed-anew",
    }}}))
    .unwrap();
    assert_eq!(desk.key(), "sk-typed-anew");
    assert!(!desk.file().contains("sk-typed-anew"));
}

#[test]
fn a_mask_with_nothing_behind_it_is_refused_wherever_it_comes_from() {
    let desk = Desk::new(TEXT, &[]);
    let patch = json!({"channels": {"webhook": {"secret": MASK}}});
    assert_eq!(faults(desk.patch(patch))[0].key, "channels.webhook.secret");
    let text = format!("[channels.webhook]\n\nsecret = \"{MASK}\"\n");
    let fault = &faults(desk.put_text(&text))[0];
    assert_eq!(
        (fault.key.as_str(), fault.line),
        ("channels.webhook.secret", Some(3))
    );
    desk.write(&text);
    assert_eq!(desk.keeper.standing().unwrap().refused.len(), 1);
}

#[test]
fn a_line_that_the_environment_hides_is_judged_all_the_same() {
    let text = "[agent]\nmax_iterations = \"many\"\n";
    let desk = Desk::new(text, &[("CLAWGATE_AGENT__MAX_ITERATIONS", "9")]);
    let standing = desk.keeper.standing().unwrap();
    assert_eq!(standing.running.agent.max_iterations, 9);
    let [warning] = standing.warnings.as_slice() else {
        panic!("{:?}", standing.warnings);
    };
    assert_eq!(
        (warning.key.as_str(), warning.line),
        ("agent.max_iterations", Some(2))
    );
    assert_eq!(warning.found.as_deref(), Some("the text \"many\""));
    assert!(warning.message.contains("CLAWGATE_AGENT__MAX_ITERATIONS"));
}

#[test]
fn a_change_elsewhere_is_noticed_by_its_tag() {
    let desk = Desk::new(TEXT, &[]);
    let tag = desk.keeper.standing().unwrap().tag;
    desk.write(&desk.file().replace("= 7 #", "= 8 #"));
    let proposal = Proposal {
        patch: Some(json!({"agent": {"model": "new"}})),
        ..Proposal::default()
    };
    let Err(SaveError::Stale { tag: now }) = desk.keeper.save(None, &proposal, Some(&tag)) else {
        panic!("saved over a change");
    };
    desk.keeper.save(None, &proposal, Some(&now)).unwrap();
    let config = desk.keeper.handle.current();
    assert_eq!(
        (
            config.gateway.chat_rate_limit_per_minute,
            config.agent.model.as_str()
        ),
        (8, "new")
    );
}

#[test]
fn an_edit_by_hand_is_taken_or_refused_as_a_whole() {
    let desk = Desk::new(TEXT, &[]);
    let good = desk.file();
    desk.write(&good.replace(
        "model = \"old\"",
        "model = \"new\"\nmax_iterations = \"many\"",
    ));
    desk.keeper.refresh().unwrap();
    let standing = desk.keeper.standing().unwrap();
    assert_eq!(standing.refused[0].key, "agent.max_iterations");
    assert_eq!(standing.refused[0].line, Some(11));
    assert_eq!(desk.keeper.handle.current().agent.model, "old");
    assert!(desk.keeper.glance().refused.unwrap().contains("line 11"));
    assert_eq!(desk.told.lock().unwrap().len(), 1);
    let error = desk.patch(json!({"agent": {"model": "x"}})).unwrap_err();
    assert!(matches!(error, SaveError::Broken(_)), "{error}");
    // The text can be mended as a whole, and its masks are still known.
    let shown = desk.keeper.standing().unwrap().toml;
    desk.put_text(&shown.replace("\"many\"", "3")).unwrap();
    assert!(desk.keeper.standing().unwrap().refused.is_empty());
    assert_eq!(desk.keeper.handle.current().agent.max_iterations, 3);
    assert_eq!(desk.key(), "sk-a-key-that-nobody-sees");
    desk.write("not toml at all = = api_key = 'x'\n");
    desk.keeper.refresh().unwrap();
    desk.write(&desk.keeper.turn().text.clone());
    desk.keeper.refresh().unwrap();
    assert_eq!(desk.keeper.glance().refused, None);
    assert!(desk.told.lock().unwrap().last().unwrap().refused.is_empty());
}

#[test]
fn a_secret_typed_by_hand_is_sealed_and_is_in_no_revision() {
    let desk = Desk::new(TEXT, &[]);
    desk.write(&desk.file().replace(
        "[agent]",
        "[channels.webhook]\nsecret = \"by-hand\"\n[agent]",
    ));
    desk.keeper.refresh().unwrap();
    assert!(!desk.file().contains("by-hand"));
    let told = desk.told.lock().unwrap().clone();
    assert!(told[0].keys.contains(&"channels.webhook.secret".to_owned()));
    desk.patch(json!({"agent": {"model": "new"}})).unwrap();
    let home = &desk.keeper.sources.home;
    for entry in fs::read_dir(home.folder().join("revisions")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(
            !text.contains("by-hand") && !text.contains("sk-a-key"),
            "{text}"
        );
    }
}

#[test]
fn what_waits_for_the_next_start_is_named_and_a_bind_that_would_fail_is_refused() {
    let desk = Desk::new(TEXT, &[]);
    let saved = desk.patch(json!({"gateway": {"port": 1}})).unwrap();
    assert!(saved.changes[0].restart);
    let standing = desk.keeper.standing().unwrap();
    assert_eq!(standing.restart_needed, ["gateway.port"]);
    assert_eq!(
        (
            standing.configured.gateway.port,
            standing.running.gateway.port
        ),
        (1, 42617)
    );
    assert_eq!(desk.keeper.glance().restart_needed, ["gateway.port"]);
    let public = json!({"gateway": {"host": "0.0.0.0"}});
    assert_eq!(faults(desk.patch(public))[0].key, "gateway.host");
    desk.patch(json!({"gateway": {"port": null}})).unwrap();
    assert!(desk.keeper.glance().restart_needed.is_empty());
}

#[test]
fn an_earlier_text_comes_back_with_its_comments_and_secrets() {
    let desk = Desk::new(TEXT, &[]);
    let first = desk.file();
    desk.patch(json!({"agent": {"model": "second"}})).unwrap();
    desk.patch(json!({"providers": {"main": null}})).unwrap();
    let list = desk.keeper.revisions().unwrap();
    assert_eq!(list.len(), 2);
    let (oldest, way_back) = &list[1];
    assert!(
        way_back
            .iter()
            .any(|change| change.key == "providers.main.api_key")
    );
    let (_, shown, _) = desk.keeper.revision(&oldest.id).unwrap();
    assert!(shown.contains(MASK) && !shown.contains("enc:v1"));
    desk.keeper.restore(None, &oldest.id, None).unwrap();
    assert_eq!(desk.file(), first);
    assert_eq!(desk.key(), "sk-a-key-that-nobody-sees");
    let error = desk.keeper.restore(None, "nothing", None).unwrap_err();
    assert!(matches!(error, SaveError::NoRevision), "{error}");
}

#[test]
fn a_draft_may_be_a_text_with_a_patch_on_it_and_saves_nothing() {
    let desk = Desk::new(TEXT, &[]);
    let before = desk.file();
    let proposal = Proposal {
        toml: Some(
            desk.keeper
                .standing()
                .unwrap()
                .toml
                .replace("\"old\"", "\"new\""),
        ),
        patch: Some(json!({"providers": {"main": {"api_key": "sk-typed"}}})),
        whole: None,
    };
    let checked = desk.keeper.check(&proposal).unwrap();
    assert_eq!(checked.faults, []);
    let keys: Vec<_> = checked
        .changes
        .iter()
        .map(|change| change.key.as_str())
        .collect();
    assert_eq!(keys, ["agent.model", "providers.main.api_key"]);
    assert!(!checked.toml.contains("sk-typed"));
    assert_eq!(desk.file(), before);
    desk.keeper
        .save(None, &proposal, Some(&checked.tag))
        .unwrap();
    assert_eq!(desk.key(), "sk-typed");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_patch_is_what_one_reads_afterwards_and_its_opposite_takes_it_back(
        model in "[ -~]{1,40}", limit in 0..100_000_u32, hosts in prop::collection::vec("[a-z]{1,8}\\.example", 0..4),
        cents in 0..1_000_000_u32, flag: bool,
    ) {
        let desk = Desk::new(TEXT, &[]);
        let first = desk.whole();
        let money = format!("{}.{:02}", cents / 100, cents % 100);
        desk.patch(json!({
            "agent": {"model": model},
            "gateway": {"chat_rate_limit_per_minute": limit, "allowed_hosts": hosts, "allow_query_token": flag},
            "cost": {"daily_limit_usd": money},
        })).unwrap();
        let now = desk.whole();
        prop_assert_eq!(&now["agent"]["model"], &json!(model));
        prop_assert_eq!(&now["gateway"]["chat_rate_limit_per_minute"], &json!(limit));
        prop_assert_eq!(&now["gateway"]["allowed_hosts"], &json!(hosts));
        prop_assert_eq!(&now["cost"]["daily_limit_usd"], &json!(money));
        prop_assert_eq!(desk.put(now).unwrap().changes, vec![]);
        let after = desk.file();
        for comment in ["# my gateway", "# the door", "# why so few", "# few", "# the model", "# the fast one", "# mine", "# the key"] {
            prop_assert!(after.contains(comment), "{}", after);
        }
        desk.put(first.clone()).unwrap();
        prop_assert_eq!(desk.whole(), first);
    }
}
