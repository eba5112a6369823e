//! A door on a free port, with the pairing routes and a few of the tests' own behind it.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use clawgate::{
    api::{Caller, Client, DevicesApi, PairingApi, SessionApi},
    clock::ManualClock,
    config::{Config, ConfigHandle},
    gateway::{
        Access, Docs, Door, Paper, RequestObservation, Route, RouteTable, Server, Spa, door, table,
    },
    model::{Scope, Timestamp},
    security::{
        Grant, LimitClass, PairingService, PasswordService, RateLimits, SlowHash, TokenService,
    },
    store::Store,
    tasks::Tasks,
    telemetry::{Bus, Metrics},
};
use futures_util::StreamExt as _;
use poem::{Body, Endpoint, EndpointExt as _, Response, handler, web::Data};
use poem_openapi::{OpenApi, OpenApiService, payload::Json};
use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::client::Ask;

const CHAT: Access = Access::Scope(Scope::Chat);

static OWN: &[Route] = &[
    Route::post("/test/echo", CHAT),
    Route::post("/test/large", CHAT).chat_body(),
    Route::post("/test/turn", CHAT)
        .limit(LimitClass::Chat)
        .long(),
    Route::get("/test/panic", Access::Public).limit(LimitClass::None),
    Route::get("/test/slow", Access::Public).limit(LimitClass::None),
    Route::get("/test/client", Access::Public).limit(LimitClass::None),
    Route::get("/test/stream", Access::Scope(Scope::Read)),
    Route::get("/test/upgrade", Access::Scope(Scope::Read)),
];

#[handler]
async fn echo(body: Body) -> poem::Result<Vec<u8>> {
    Ok(body.into_vec().await?)
}

#[handler]
async fn panics() -> &'static str {
    panic!("as asked")
}

#[handler]
async fn slow() {
    std::future::pending::<()>().await;
}

#[handler]
async fn client(client: Data<&Client>) -> String {
    format!("{} {} {}", client.ip, client.secure, client.base_url())
}

#[handler]
async fn stream(caller: Data<&Caller>) -> Response {
    let ticks = futures_util::stream::once(async { Ok::<_, std::io::Error>("open\n") })
        .chain(futures_util::stream::pending());
    let revoked = caller.revoked.clone();
    let ticks = ticks.take_until(async move { revoked.cancelled().await });
    Response::builder().body(Body::from_bytes_stream(ticks))
}

struct FormApi;

#[OpenApi]
impl FormApi {
    #[oai(path = "/test/number", method = "post")]
    async fn number(&self, body: Json<Vec<u32>>) -> Json<u32> {
        Json(body.0.iter().sum())
    }
}

pub(crate) struct TestDoor {
    pub(crate) address: SocketAddr,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) config: ConfigHandle,
    pub(crate) store: Store,
    pub(crate) pairing: Arc<PairingService>,
    pub(crate) seen: Arc<Mutex<Vec<RequestObservation>>>,
    pub(crate) tasks: Tasks,
    pub(crate) document: Value,
    pub(crate) serving: tokio::task::JoinHandle<bool>,
    _folder: tempfile::TempDir,
}

/// The routes of [`table`] that this door has something behind.
pub(crate) fn routes_here(document: &Value) -> Vec<Route> {
    let paths = document["paths"].as_object().unwrap();
    let known = table()
        .iter()
        .filter(|route| paths.contains_key(route.pattern));
    known.copied().collect()
}

impl TestDoor {
    pub(crate) async fn open() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("test.db"), Metrics::new(false))
            .await
            .unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_763_696_580_000)));
        let mut config = Config::default();
        change(&mut config);
        let config = ConfigHandle::new(config);
        let tasks = Tasks::new();
        let bus = Bus::new(clock.clone());
        let tokens = TokenService::load(store.clone(), clock.clone(), bus)
            .await
            .unwrap();
        let tokens = Arc::new(tokens);
        tokens.watch(&tasks);
        let slow_hash = SlowHash::default();
        let pairing = Arc::new(PairingService::new(
            store.clone(),
            clock.clone(),
            config.clone(),
            Arc::clone(&tokens),
            slow_hash.clone(),
        ));
        let passwords = Arc::new(PasswordService::new(
            store.clone(),
            clock.clone(),
            Arc::clone(&tokens),
            slow_hash,
        ));
        let groups = (
            PairingApi::new(Arc::clone(&pairing), Arc::clone(&passwords), config.clone()),
            SessionApi::new(Arc::clone(&tokens), passwords),
            DevicesApi::new(Arc::clone(&tokens), clock.clone()),
        );
        let service = OpenApiService::new((groups, FormApi), "test", "1");
        let document = serde_json::from_str(&service.spec()).unwrap();
        let docs = Docs::new(
            service.spec(),
            service.spec_yaml(),
            service.swagger_ui_html(),
        )
        .unwrap();
        let app = application(service, &docs);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let endpoint = door(
            Door {
                config: config.clone(),
                failures: Arc::new(clawgate::security::FailedTokens::new(clock.clone())),
                tokens: Arc::clone(&tokens),
                limits: Arc::new(RateLimits::new(config.clone(), clock.clone())),
                routes: RouteTable::new(Self::routes()).unwrap(),
                spa: Spa::default(),
                observer: Arc::new(move |one: &RequestObservation| {
                    log.lock().unwrap().push(one.clone());
                }),
                tasks: tasks.clone(),
            },
            app,
        );
        let server = Server::bind("127.0.0.1", 0).await.unwrap();
        let server = server.with_head_timeout(Duration::from_millis(300));
        let address = server.addresses()[0];
        let stop = tasks.clone();
        let drain = Duration::from_secs(1);
        let serving =
            Tasks::new().spawn(
                "test",
                async move { server.serve(endpoint, &stop, drain).await },
            );
        Self {
            address,
            clock,
            config,
            store,
            pairing,
            seen,
            tasks,
            document,
            serving,
            _folder: folder,
        }
    }

    fn routes() -> &'static [Route] {
        let mut routes = table().to_vec();
        routes.extend_from_slice(OWN);
        routes.push(Route::post("/test/number", Access::Public).limit(LimitClass::None));
        Vec::leak(routes)
    }

    pub(crate) fn ask(&self, method: &str, path: &str) -> Ask {
        Ask::new(self.address, method, path)
    }

    pub(crate) fn get(&self, path: &str) -> Ask {
        self.ask("GET", path)
    }

    pub(crate) fn post(&self, path: &str) -> Ask {
        self.ask("POST", path)
    }

    pub(crate) async fn code(&self) -> String {
        self.pairing
            .mint(Grant::default())
            .await
            .unwrap()
            .code
            .to_string()
    }

    /// A token of this scope.
    pub(crate) async fn token(&self, scope: Scope) -> String {
        let grant = Grant {
            scopes: vec![scope],
            ..Grant::default()
        };
        let code = self.pairing.mint(grant).await.unwrap().code.to_string();
        let ip = [198, 51, 100, 1].into();
        let paired = self
            .pairing
            .redeem(&code, ip, Some("Test"), None)
            .await
            .unwrap();
        paired.token.expose_secret().to_owned()
    }
}

fn paper(docs: &Docs, paper: Paper) -> impl Endpoint<Output = Response> + use<> {
    let docs = docs.clone();
    poem::endpoint::make_sync(move |request| docs.answer(paper, &request))
}

fn application(
    service: OpenApiService<((PairingApi, SessionApi, DevicesApi), FormApi), ()>,
    docs: &Docs,
) -> impl Endpoint<Output = Response> + use<> {
    poem::Route::new()
        .nest("/", service)
        .at("/test/echo", poem::post(echo))
        .at("/test/large", poem::post(echo))
        .at("/test/turn", poem::post(echo))
        .at("/test/panic", poem::get(panics))
        .at("/test/slow", poem::get(slow))
        .at("/test/client", poem::get(client))
        .at("/test/stream", poem::get(stream))
        .at("/test/upgrade", poem::get(echo))
        .at("/openapi.json", paper(docs, Paper::Json))
        .at("/openapi.yaml", paper(docs, Paper::Yaml))
        .at("/docs", paper(docs, Paper::Explorer))
        .map_to_response()
}
