//! Examinations in small worlds: checks that hang, fail or find something, and what is kept of it.

mod probes;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;

use super::*;
use crate::{
    clock::ManualClock,
    config::{self, CliOverrides, ConfigHandle, ConfigSources, Home},
    model::Timestamp,
    providers::{ProviderOptions, Providers, Unmetered},
    store::Store,
    telemetry::{Metrics, bus::News},
};

struct World {
    doctor: Doctor,
    bus: Bus,
    tasks: Tasks,
    home: Home,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new(text: &str, more: Vec<Arc<dyn Check>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::at(folder, text, more).await
    }

    async fn at(folder: tempfile::TempDir, text: &str, more: Vec<Arc<dyn Check>>) -> Self {
        let home = Home::open(folder.path().to_owned()).unwrap();
        std::fs::write(home.config_file(), text).unwrap();
        private(&home.config_file(), 0o600);
        private(folder.path(), 0o700);
        let path = folder.path().display().to_string();
        let sources = ConfigSources {
            home: home.clone(),
            env: BTreeMap::from([("HOME".to_owned(), path)]),
            cli: CliOverrides::default(),
        };
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_900_000_000_000)));
        let (tasks, bus) = (Tasks::new(), Bus::new(clock.clone()));
        let loaded = config::read(&sources.home, &sources.env, sources.cli.clone()).ok();
        let config = loaded.map(|loaded| loaded.config);
        let options = ProviderOptions {
            local_ollama: "http://127.0.0.1:9".to_owned(),
            demo_delay: Duration::ZERO,
        };
        let providers = config.as_ref().map(|config| {
            let (from, clock) = (&config.from_environment, clock.clone());
            Providers::from_config(
                config,
                from,
                clock,
                tasks.clone(),
                options,
                Arc::new(Unmetered),
            )
        });
        let store = Store::open(&home.database(), Metrics::new(false)).await;
        let place = Surroundings {
            config: config.map(ConfigHandle::new),
            store: store.ok(),
            providers: providers.map(Arc::new),
            ..Surroundings::of(sources, clock)
        };
        Self {
            doctor: Doctor::with(place, tasks.clone(), bus.clone(), more),
            bus,
            tasks,
            home,
            _folder: folder,
        }
    }

    async fn finds(&self, id: &str) -> CheckResult {
        let report = self.doctor.examined(None).await;
        one(&report, id)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.tasks.stop();
    }
}

#[track_caller]
fn one(report: &Report, id: &str) -> CheckResult {
    let found = report.results.iter().find(|one| one.id == id);
    found
        .unwrap_or_else(|| panic!("no {id}: {report:?}"))
        .clone()
}

#[cfg(unix)]
fn private(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
fn mode(path: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[cfg(not(unix))]
fn private(_path: &std::path::Path, _mode: u32) {}

/// Never answers.
struct Hangs;

#[async_trait]
impl Check for Hangs {
    fn name(&self) -> Name {
        Name::of("test.hangs", Category::Tools, "Hangs")
    }

    fn limit(&self) -> Duration {
        Duration::from_millis(80)
    }

    async fn look(&self, _place: &Surroundings) -> Finding {
        std::future::pending().await
    }
}

/// Fails by itself.
struct Breaks;

#[async_trait]
impl Check for Breaks {
    fn name(&self) -> Name {
        Name::of("test.breaks", Category::Tools, "Breaks")
    }

    async fn look(&self, _place: &Surroundings) -> Finding {
        panic!("on purpose")
    }
}

/// Finds an error while it is told to, and counts.
#[derive(Default)]
struct Switch {
    bad: AtomicBool,
    looked: AtomicUsize,
}

struct Switched(Arc<Switch>);

#[async_trait]
impl Check for Switched {
    fn name(&self) -> Name {
        Name::of("test.switch", Category::Tools, "Switch")
    }

    async fn look(&self, _place: &Surroundings) -> Finding {
        self.0.looked.fetch_add(1, Ordering::SeqCst);
        if self.0.bad.load(Ordering::SeqCst) {
            Finding::error("It is bad.")
        } else {
            Finding::ok("It is good.")
        }
    }
}

#[tokio::test]
async fn what_hangs_and_what_breaks_hold_up_nobody() {
    let world = World::new("", vec![Arc::new(Hangs), Arc::new(Breaks)]).await;
    let mut following = world.doctor.examine(None).await;
    let planned = following.run().planned().len();
    let mut order = Vec::new();
    while let Some(result) = following.next().await {
        order.push(result);
    }
    assert_eq!(order.len(), planned);
    let place = |id: &str| order.iter().position(|one| one.id == id).unwrap();
    let hanging = &order[place("test.hangs")];
    assert!(hanging.timed_out && hanging.message.starts_with("Timed out"));
    assert_eq!(hanging.severity, Severity::Warning);
    assert!(
        order[place("test.breaks")]
            .message
            .contains("itself failed")
    );
    assert!(place("security.pairing") < place("test.hangs"));
    let report = world.doctor.last().unwrap();
    assert_eq!(report.results.len(), planned);
}

#[tokio::test]
async fn whoever_comes_meanwhile_reads_along() {
    let switch = Arc::new(Switch::default());
    let more: Vec<Arc<dyn Check>> = vec![Arc::new(Hangs), Arc::new(Switched(switch.clone()))];
    let world = World::new("", more).await;
    let first = world.doctor.examine(Some(Category::Tools)).await;
    let second = world.doctor.examine(Some(Category::Tools)).await;
    let (first, second) = tokio::join!(first.rest(), second.rest());
    assert_eq!(first, second);
    assert_eq!(switch.looked.load(Ordering::SeqCst), 1);
    assert!(first.iter().all(|one| one.category == Category::Tools));
}

#[tokio::test]
async fn an_error_is_news_once_and_again_after_it_was_gone() {
    let switch = Arc::new(Switch::default());
    let world = World::new("", vec![Arc::new(Switched(switch.clone()))]).await;
    let mut news = world.bus.subscribe(None);
    let mut told = Vec::new();
    for bad in [false, true, true, false, true] {
        switch.bad.store(bad, Ordering::SeqCst);
        world.doctor.examined(Some(Category::Tools)).await;
        for item in news.next_batch(16).await {
            let News::Event(frame) = item else {
                panic!("no gap here")
            };
            let event: serde_json::Value = serde_json::from_slice(&frame.json).unwrap();
            assert_eq!(event["type"], "doctor_report");
            told.push(event["new_errors"].as_array().unwrap().len());
        }
    }
    assert_eq!(told, [0, 1, 0, 0, 1]);
    // Looking at a part keeps what is known of the rest, also over a restart.
    world.doctor.examined(None).await;
    world.doctor.examined(Some(Category::Tools)).await;
    let before = world.doctor.last().unwrap();
    assert!(before.results.len() > 20, "{before:?}");
    let again = Doctor::new(
        world.doctor.inner.place.clone(),
        world.tasks.clone(),
        world.bus.clone(),
    );
    again.remember().await;
    assert_eq!(again.last().unwrap(), before);
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_others_may_read_is_found_shown_and_closed() {
    let world = World::new("", Vec::new()).await;
    let file = world.home.config_file();
    private(&file, 0o644);
    let found = world.finds("files.config").await;
    assert_eq!(found.severity, Severity::Error);
    assert_eq!(found.details, ["~/config.toml has the mode 0644"]);
    assert!(found.fix.unwrap().applies);
    let plan = world.doctor.plan_fix("files.config").await.unwrap();
    let expected = Change {
        what: "~/config.toml".to_owned(),
        before: "0644".to_owned(),
        after: "0600".to_owned(),
    };
    assert_eq!(plan.changes, [expected]);
    assert_eq!(mode(&file), 0o644);
    let fixed = world.doctor.fix("files.config").await.unwrap();
    assert_eq!(fixed.result.severity, Severity::Ok);
    assert_eq!(mode(&file), 0o600);
    let kept = one(&world.doctor.last().unwrap(), "files.config");
    assert_eq!(kept.severity, Severity::Ok);
    private(world.home.folder(), 0o755);
    let found = world.finds("files.folder").await;
    assert_eq!(found.severity, Severity::Error);
    world.doctor.fix("files.folder").await.unwrap();
    assert_eq!(mode(world.home.folder()), 0o700);
}

#[tokio::test]
async fn secrets_in_plain_text_are_sealed_and_stay_the_same() {
    let text = "[providers.main]\nkind = \"demo\"\napi_key = \"a-key-in-plain-text\" # mine\n";
    let world = World::new(text, Vec::new()).await;
    let found = world.finds("config.plain_secrets").await;
    assert_eq!(found.details, ["providers.main.api_key"]);
    let fixed = world.doctor.fix("config.plain_secrets").await.unwrap();
    assert_eq!(fixed.changes.len(), 1);
    assert_eq!(fixed.result.severity, Severity::Ok);
    let text = std::fs::read_to_string(world.home.config_file()).unwrap();
    assert!(
        text.contains("enc:v1:") && text.contains("# mine"),
        "{text}"
    );
    assert!(!text.contains("a-key-in-plain-text"));
}

#[tokio::test]
async fn a_configuration_that_does_not_load_is_the_one_thing_said_of_it() {
    let world = World::new("[gateway]\nport = \"many\"\n", Vec::new()).await;
    let report = world.doctor.examined(None).await;
    let loads = one(&report, "config.loads");
    assert_eq!(loads.severity, Severity::Error);
    assert!(loads.details[0].contains("~/config.toml:2"), "{loads:?}");
    let errors = report
        .results
        .iter()
        .filter(|one| one.severity == Severity::Error);
    assert_eq!(errors.count(), 1);
    assert!(
        !report
            .results
            .iter()
            .any(|one| one.category == Category::Security)
    );
}

#[tokio::test]
async fn unknown_keys_lead_to_their_setting() {
    let world = World::new("[gateway]\nprot = 1\n", Vec::new()).await;
    let found = world.finds("config.warnings").await;
    assert_eq!(found.severity, Severity::Warning);
    assert!(found.details[0].contains("gateway.port"), "{found:?}");
    assert_eq!(found.fix.unwrap().route, "/settings?key=gateway.prot");
}

#[tokio::test]
async fn what_is_no_database_is_found_where_nothing_can_open_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("clawgate.db"),
        "not a database".repeat(99),
    )
    .unwrap();
    let world = World::at(folder, "", Vec::new()).await;
    assert!(world.doctor.inner.place.store.is_none());
    let found = world.finds("database.integrity").await;
    assert_eq!(found.severity, Severity::Error);
    assert!(
        found.message.contains("~/clawgate.db is damaged"),
        "{found:?}"
    );
}

#[tokio::test]
async fn what_needs_a_person_is_not_mended() {
    let world = World::new("gateway.require_pairing = false\n", Vec::new()).await;
    let refused = world.doctor.fix("security.pairing").await.unwrap_err();
    assert!(matches!(&refused, FixError::NotByItself(text) if text.contains("/settings")));
    let unknown = world.doctor.fix("no.such.check").await.unwrap_err();
    assert_eq!(unknown, FixError::Unknown);
}

#[tokio::test]
async fn a_report_to_hand_on_tells_nothing_of_its_owner() {
    let text = "gateway.allowed_hosts = [\"gate.private.example\"]\n\
                agent.system_prompt = \"You work for Zaphod.\"\n\
                agent.max_iterations = 7\n\
                [providers.main]\nkind = \"openai\"\nbase_url = \"http://user:pw@127.0.0.1:9/v1?key=x\"\n\
                api_key = \"a-key-in-plain-text\"\n";
    let world = World::new(text, Vec::new()).await;
    world.doctor.examined(None).await;
    let paper = world.doctor.paper().await;
    for word in [
        "agent.max_iterations = 7",
        "http://127.0.0.1:9",
        "providers.main.answers",
        "~/",
    ] {
        assert!(paper.contains(word), "{word} is missing: {paper}");
    }
    let home = world.home.folder().display().to_string();
    for word in [
        "gate.private",
        "Zaphod",
        "user:pw",
        "key=x",
        "a-key-in-plain-text",
        &home,
    ] {
        assert!(!paper.contains(word), "{word} is told: {paper}");
    }
}
