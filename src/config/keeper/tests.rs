//! Changes of `config.toml`, and what becomes of them.

use std::{fs, sync::atomic::AtomicUsize, sync::atomic::Ordering};

use super::*;
use crate::config;

fn keeper(text: &str, env: &[(&str, &str)]) -> (tempfile::TempDir, ConfigKeeper) {
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
    let handle = ConfigHandle::new(loaded.config);
    (folder, ConfigKeeper::new(sources, handle, |_| ()))
}

fn text(keeper: &ConfigKeeper) -> String {
    fs::read_to_string(keeper.sources.home.config_file()).unwrap()
}

fn set(key: &str, value: &str) -> Edit {
    Edit::Set(key.to_owned(), value.to_owned())
}

fn change(keeper: &ConfigKeeper, edits: &[Edit]) -> Result<Changed, DocumentError> {
    keeper.change(|_| Ok(edits.to_vec()))
}

#[test]
fn all_edits_are_written_and_put_in_force_together() {
    let (_folder, keeper) = keeper("# mine\n[agent]\nmodel = \"old\" # why\n", &[]);
    let key = "providers.main.api_key".to_owned();
    let changed = change(
        &keeper,
        &[
            set("providers.main.kind", "openai"),
            Edit::SetSecret(key.clone(), SecretString::from("sk-typed")),
            set("agent.provider", "main"),
            set("agent.model", "new"),
        ],
    )
    .unwrap();
    assert!(changed.keys.contains(&key) && changed.keys.contains(&"agent.model".to_owned()));
    let config = keeper.handle.current();
    let secret = config.providers["main"].api_key.as_ref().unwrap();
    assert_eq!(secret.expose_secret(), "sk-typed");
    let text = text(&keeper);
    assert!(
        text.starts_with("# mine\n[agent]\nmodel = \"new\" # why\n"),
        "{text}"
    );
    assert!(
        text.contains("provider = \"main\"") && !text.contains("sk-typed"),
        "{text}"
    );
}

#[test]
fn a_bad_value_changes_nothing_at_all() {
    let before = "[agent]\nmodel = \"old\"\n";
    let (_folder, keeper) = keeper(before, &[]);
    for bad in [
        set("agent.provider", "nobody"),
        set("providers.x.kind", "teapot"),
        set("agent.modle", "x"),
    ] {
        let edits = vec![set("agent.model", "new"), bad];
        assert!(change(&keeper, &edits).is_err());
        assert_eq!(text(&keeper), before);
        assert_eq!(keeper.handle.current().agent.model, "old");
    }
}

#[test]
fn a_file_that_does_not_load_is_left_alone() {
    let (_folder, keeper) = keeper("", &[]);
    fs::write(
        keeper.sources.home.config_file(),
        "[gateway]\nport = \"x\"\n",
    )
    .unwrap();
    let error = change(&keeper, &[set("agent.model", "new")]).unwrap_err();
    assert!(matches!(error, DocumentError::Broken(_)), "{error}");
    assert_eq!(text(&keeper), "[gateway]\nport = \"x\"\n");
}

#[test]
fn a_change_by_hand_is_kept_even_one_in_the_middle_of_ours() {
    let (_folder, keeper) = keeper("[agent]\nmodel = \"old\"\n", &[]);
    let file = keeper.sources.home.config_file();
    fs::write(
        &file,
        "[agent]\nmodel = \"old\"\n# by hand\nmax_iterations = 3\n",
    )
    .unwrap();
    let rounds = AtomicUsize::new(0);
    keeper
        .change(|_| {
            if rounds.fetch_add(1, Ordering::SeqCst) == 0 {
                let now = fs::read_to_string(&file).unwrap();
                fs::write(&file, format!("{now}sync_wait_secs = 7\n")).unwrap();
            }
            Ok::<_, DocumentError>(vec![set("agent.model", "new")])
        })
        .unwrap();
    assert_eq!(rounds.load(Ordering::SeqCst), 2);
    let expected = "[agent]\nmodel = \"new\"\n# by hand\nmax_iterations = 3\nsync_wait_secs = 7\n";
    assert_eq!(text(&keeper), expected);
    let agent = &keeper.handle.current().agent;
    assert_eq!((agent.max_iterations, agent.sync_wait_secs), (3, 7));
}

#[test]
fn what_the_environment_overrules_is_refused_with_its_name() {
    let env = [
        ("MODEL", "theirs"),
        ("CLAWGATE_PROVIDERS__MAIN__API_KEY", "k"),
    ];
    let (_folder, keeper) = keeper("providers.main.kind = \"openai\"\n", &env);
    let secret = Edit::SetSecret("providers.main.api_key".to_owned(), "new".into());
    for (edit, said) in [
        (set("agent.model", "mine"), "environment variable MODEL,"),
        (
            secret,
            "environment variable CLAWGATE_PROVIDERS__MAIN__API_KEY,",
        ),
    ] {
        let error = change(&keeper, &[edit]).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    change(&keeper, &[set("agent.model", "theirs")]).unwrap();
}

#[test]
fn a_list_keeps_what_is_written_between_its_items() {
    let before = "[tools.permissions]\ndeny = [ # never\n    \"shell\", # it runs things\n    \"web_fetch\", # it talks\n    \"time\",\n] # so it is\n";
    let (_folder, keeper) = keeper(before, &[]);
    let deny = |names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Edit::SetList("tools.permissions.deny".to_owned(), names)
    };
    change(&keeper, &[deny(&["shell", "time", "todo"])]).unwrap();
    let now = text(&keeper);
    for kept in ["# never", "# it runs things", "# it talks", "] # so it is"] {
        assert!(now.contains(kept), "{now}");
    }
    assert!(now.contains("\n    \"todo\""), "{now}");
    let names = &keeper.handle.current().tools.permissions.deny;
    assert_eq!(*names, ["shell", "time", "todo"]);
    change(&keeper, &[deny(&["shell"])]).unwrap();
    let now = text(&keeper);
    assert!(now.contains("# it talks") && !now.contains("todo"), "{now}");
    // What is in another order is written anew.
    change(&keeper, &[deny(&["glob", "shell"])]).unwrap();
    let names = &keeper.handle.current().tools.permissions.deny;
    assert_eq!(*names, ["glob", "shell"]);
}

#[test]
fn the_listener_stays_where_it_is() {
    let (_folder, keeper) = keeper("", &[]);
    let file = keeper.sources.home.config_file();
    fs::write(file, "gateway.port = 1\ngateway.host = \"0.0.0.0\"\n").unwrap();
    let changed = change(&keeper, &[set("agent.model", "new")]).unwrap();
    assert_eq!(changed.keys, ["agent.model"]);
    assert_eq!(changed.config.gateway.port, 42617);
}
