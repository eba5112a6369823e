//! What each check says of a good place, of a bad one, and of one that never answers.

use std::net::TcpListener;

use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, path},
};

use super::{super::run::look, *};

impl World {
    /// Makes one check, in these surroundings as `change` leaves them.
    async fn looks(&self, id: &str, change: impl FnOnce(&mut Surroundings)) -> CheckResult {
        let mut place = self.doctor.inner.place.clone();
        change(&mut place);
        let doctor = Doctor::new(place, self.tasks.clone(), self.bus.clone());
        let checks = doctor.checks(None).await;
        let check = checks.into_iter().find(|check| check.name().id == id);
        look(&check.unwrap(), &doctor.inner.place).await
    }

    async fn look(&self, id: &str) -> CheckResult {
        self.looks(id, |_| {}).await
    }
}

async fn said(text: &str, id: &str) -> (Severity, String) {
    let found = World::new(text, Vec::new()).await.look(id).await;
    (found.severity, found.message)
}

/// Takes connections and never says a word.
fn silence() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

fn provider(url: &str) -> String {
    format!(
        "agent.provider = \"main\"\n[providers.main]\nkind = \"openai\"\nmodel = \"m\"\n\
         api_key = \"k\"\nbase_url = \"{url}/v1\"\n"
    )
}

#[tokio::test]
async fn an_address_that_the_next_start_refuses_is_an_error() {
    let open = "gateway.host = \"0.0.0.0\"\n";
    assert_eq!(said(open, "config.bind").await.0, Severity::Error);
    let permitted = format!("{open}gateway.allow_public_bind = true\n");
    assert_eq!(said(&permitted, "config.bind").await.0, Severity::Ok);
    assert_eq!(said("", "config.bind").await.0, Severity::Ok);
}

#[tokio::test]
async fn a_port_that_another_program_has_is_an_error() {
    let (taken, _) = silence();
    let port = taken.local_addr().unwrap().port();
    let text = format!("gateway.port = {port}\n");
    let (severity, message) = said(&text, "network.port").await;
    assert_eq!(severity, Severity::Error);
    assert!(message.contains(&port.to_string()), "{message}");
    drop(taken);
    assert_eq!(said(&text, "network.port").await.0, Severity::Ok);
}

#[tokio::test]
async fn a_tunnel_without_its_program_leads_nowhere() {
    assert_eq!(said("", "network.tunnel").await.0, Severity::Info);
    let world = World::new("tunnel.provider = \"cloudflare\"\n", Vec::new()).await;
    let found = world.look("network.tunnel").await;
    assert_eq!(found.severity, Severity::Warning);
    assert_eq!(found.fix.unwrap().route, "/integrations?open=tunnel");
    let folder = world.home.folder().to_owned();
    std::fs::write(folder.join("cloudflared"), "").unwrap();
    let path = |place: &mut Surroundings| {
        let folder = folder.display().to_string();
        place.sources.env.insert("PATH".to_owned(), folder);
    };
    let found = world.looks("network.tunnel", path).await;
    assert_eq!(found.severity, Severity::Info, "{found:?}");
}

#[tokio::test]
async fn a_gateway_beside_is_really_asked() {
    let world = World::new("", Vec::new()).await;
    let beside = |url: String| move |place: &mut Surroundings| place.whose = Whose::Beside(url);
    let none = world.look("gateway.answers").await;
    assert_eq!(none.severity, Severity::Info);
    let server = MockServer::start().await;
    let unwell = serde_json::json!({"runtime": {"components": {
        "provider": {"status": "failing", "reason": "No key."},
    }}});
    Mock::given(path("/health"))
        .respond_with(ResponseTemplate::new(200).set_body_json(unwell))
        .mount(&server)
        .await;
    let found = world.looks("gateway.answers", beside(server.uri())).await;
    assert_eq!(found.severity, Severity::Warning);
    assert_eq!(found.details, ["provider: failing. No key."]);
    let (_silent, url) = silence();
    tokio::time::pause();
    let found = world.looks("gateway.answers", beside(url)).await;
    assert_eq!(found.severity, Severity::Error, "{found:?}");
}

#[tokio::test]
async fn a_provider_is_called_and_one_that_is_silent_or_refuses_is_named() {
    let id = "providers.main.answers";
    let server = MockServer::start().await;
    let models = serde_json::json!({"object": "list", "data": [{"id": "m"}]});
    Mock::given(path("/v1/models"))
        .respond_with(ResponseTemplate::new(200).set_body_json(models))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(401))
        .mount(&server)
        .await;
    let world = World::new(&provider(&server.uri()), Vec::new()).await;
    let well = world.look(id).await;
    assert_eq!(well.severity, Severity::Ok, "{well:?}");
    let refused = world.look(id).await;
    assert_eq!(refused.severity, Severity::Error, "{refused:?}");
    assert_eq!(refused.fix.unwrap().route, "/provider?edit=main");
    let (_silent, url) = silence();
    let world = World::new(&provider(&url), Vec::new()).await;
    tokio::time::pause();
    let silent = world.look(id).await;
    assert_eq!(silent.severity, Severity::Error, "{silent:?}");
}

#[tokio::test]
async fn the_model_in_use_is_named_and_the_demo_is_no_model() {
    let (severity, message) = said("", "providers.in_use").await;
    assert_eq!(severity, Severity::Warning);
    assert!(message.contains("demo"), "{message}");
    let text = provider("http://127.0.0.1:9");
    let (severity, message) = said(&text, "providers.in_use").await;
    assert_eq!(severity, Severity::Ok);
    assert!(message.contains("m of main"), "{message}");
    assert_eq!(said(&text, "providers.price").await.0, Severity::Warning);
}

#[tokio::test]
async fn the_provider_of_vectors_makes_one_or_is_said() {
    let id = "memory.embeddings";
    assert_eq!(said("", id).await.0, Severity::Ok);
    let server = MockServer::start().await;
    let vectors = serde_json::json!({"data": [{"index": 0, "embedding": [0.5, 0.5]}]});
    Mock::given(path("/v1/embeddings"))
        .respond_with(ResponseTemplate::new(200).set_body_json(vectors))
        .mount(&server)
        .await;
    let with = |url: &str| {
        format!(
            "memory.embedding_provider = \"main\"\n{}",
            provider(url).replace("agent.provider = \"main\"\n", "")
        )
    };
    let (severity, message) = said(&with(&server.uri()), id).await;
    assert_eq!(severity, Severity::Ok, "{message}");
    let (severity, message) = said(&with("http://127.0.0.1:9"), id).await;
    assert_eq!(severity, Severity::Error, "{message}");
    let (_silent, url) = silence();
    let world = World::new(&with(&url), Vec::new()).await;
    tokio::time::pause();
    let silent = world.look(id).await;
    assert!(silent.severity >= Severity::Warning, "{silent:?}");
}

#[tokio::test]
async fn a_log_folder_that_is_gone_is_made_again() {
    let world = World::new("", Vec::new()).await;
    let folder = world.home.logs();
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    let found = world.look("system.logs").await;
    assert_eq!(found.severity, Severity::Warning);
    let fixed = world.doctor.fix("system.logs").await.unwrap();
    assert_eq!(fixed.result.severity, Severity::Ok);
    assert!(folder.is_dir());
}

#[tokio::test]
async fn room_clock_devices_and_sandbox_are_looked_at() {
    let world = World::new("", Vec::new()).await;
    for (id, severity) in [
        ("database.integrity", Severity::Ok),
        ("database.size", Severity::Ok),
        ("system.clock", Severity::Ok),
        ("devices.unused", Severity::Info),
    ] {
        let found = world.look(id).await;
        assert_eq!(found.severity, severity, "{found:?}");
    }
    let denied = "tools.permissions.deny = [\"shell\"]\n";
    assert_eq!(said(denied, "tools.sandbox").await.0, Severity::Ok);
    let early = |place: &mut Surroundings| {
        place.clock = Arc::new(ManualClock::at(Timestamp::from_millis(0)));
    };
    let found = world.looks("system.clock", early).await;
    assert_eq!(found.severity, Severity::Error);
    let late = |place: &mut Surroundings| {
        place.scheduler = Some(Arc::new(|| SchedulerLag {
            last_start: Duration::from_secs(90),
            ..SchedulerLag::default()
        }));
    };
    let found = world.looks("gateway.schedule", late).await;
    assert_eq!(found.severity, Severity::Warning);
}
