//! Puts every dialect behind the one door.

use std::{net::SocketAddr, sync::Arc};

use poem::{Endpoint, EndpointExt as _, Request, Response, endpoint::make};
use poem_openapi::{OpenApi, OpenApiService};
use tokio::sync::{OnceCell, Semaphore};

use super::{
    Docs, Door, Paper, RequestObservation, RouteTable, Spa, door, middleware::matched, table,
};
use crate::{
    api::{
        self, ActivityApi, ApiError, ApprovalsApi, AuditApi, ChatApi, ConfigApi, CostApi, CronApi,
        DevicesApi, DoctorApi, EventsApi, IntegrationsApi, LogsApi, MemoryApi, MemoryFilesApi,
        PairingApi, PasswordApi, ProvidersApi, SessionApi, SessionsApi, StatusApi, ToolsApi,
        TurnsApi, WorkspaceApi, WorkspaceHistoryApi,
        watching::{PairingFacts, Watching},
    },
    app::App,
    doctor::Listening,
    security::AuditLog,
    tools::PermissionEditor,
    ws::{self, Sockets},
};

/// Every route, behind the door. `bound` is the address really listened on.
pub fn endpoint(
    app: &Arc<App>,
    bound: SocketAddr,
) -> Result<impl Endpoint<Output = Response> + use<>, matchit::InsertError> {
    app.doctor.listening(Listening {
        bound,
        page: super::spa::is_built_in(),
    });
    app.integrations.listening_on(bound);
    let docs = LazyDocs {
        app: Arc::clone(app),
        bound,
        packed: Arc::default(),
    };
    let sockets = Arc::new(Sockets {
        agent: app.agent.clone(),
        approvals: app.approvals.clone(),
        sessions: app.sessions.clone(),
        bus: app.bus.clone(),
        tokens: Arc::clone(&app.tokens),
        failures: Arc::clone(&app.failures),
        limits: Arc::clone(&app.limits),
        places: Arc::new(Semaphore::new(ws::MAX_SOCKETS)),
        config: app.config.clone(),
        tasks: app.tasks.clone(),
        metrics: app.metrics.clone(),
    });
    let routes = poem::Route::new()
        .nest("/", service(app, bound))
        .at("/openapi.json", docs.serve(Paper::Json))
        .at("/openapi.yaml", docs.serve(Paper::Yaml))
        .at("/docs", docs.serve(Paper::Explorer))
        .at("/ws/chat", ws::endpoint(Arc::clone(&sockets)))
        .at("/ws", ws::endpoint(sockets))
        .map_to_response()
        .around(in_our_shape);
    let metrics = app.metrics.clone();
    let outside = Door {
        config: app.config.clone(),
        tokens: Arc::clone(&app.tokens),
        failures: Arc::clone(&app.failures),
        limits: Arc::clone(&app.limits),
        routes: RouteTable::new(table())?,
        spa: Spa::default(),
        observer: Arc::new(move |seen: &RequestObservation| {
            metrics.request(seen.route, &seen.method, seen.status, seen.duration);
        }),
        tasks: app.tasks.clone(),
    };
    Ok(door(outside, routes))
}

/// Gives the framework's errors the shape of all errors, with the route's own words.
async fn in_our_shape<E>(routes: Arc<E>, request: Request) -> poem::Result<Response>
where
    E: Endpoint<Output = Response>,
{
    let pattern = matched(&request).label();
    match routes.call(request).await {
        Ok(response) => Ok(response),
        Err(error) => Ok(api::from_framework(error, pattern).await),
    }
}

/// The API document, as YAML.
pub fn document(app: &App) -> String {
    service(app, SocketAddr::from(([127, 0, 0, 1], 42617))).spec_yaml()
}

fn service(app: &App, bound: SocketAddr) -> OpenApiService<impl OpenApi + use<>, ()> {
    let talking = (
        ChatApi {
            agent: app.agent.clone(),
            config: app.config.clone(),
            tasks: app.tasks.clone(),
            metrics: app.metrics.clone(),
        },
        TurnsApi {
            agent: app.agent.clone(),
            sessions: app.sessions.clone(),
            config: app.config.clone(),
            tasks: app.tasks.clone(),
            metrics: app.metrics.clone(),
        },
        SessionsApi {
            sessions: app.sessions.clone(),
            agent: app.agent.clone(),
        },
        ApprovalsApi {
            approvals: app.approvals.clone(),
            sessions: app.sessions.clone(),
            tokens: Arc::clone(&app.tokens),
        },
        ToolsApi {
            tools: Arc::clone(&app.tools),
            permissions: PermissionEditor::new(Arc::clone(&app.keeper)),
            config: app.config.clone(),
            clock: Arc::clone(&app.clock),
        },
        AuditApi {
            log: AuditLog::new(app.store.clone()),
        },
        MemoryApi {
            memory: app.memory.clone(),
        },
        CronApi {
            cron: app.cron.clone(),
        },
    );
    let access = (
        PairingApi::new(
            Arc::clone(&app.pairing),
            Arc::clone(&app.passwords),
            app.config.clone(),
        )
        .listening_on(bound),
        SessionApi::new(Arc::clone(&app.tokens), Arc::clone(&app.passwords)),
        DevicesApi::new(Arc::clone(&app.tokens), Arc::clone(&app.clock)),
        PasswordApi {
            passwords: Arc::clone(&app.passwords),
            tokens: Arc::clone(&app.tokens),
        },
    );
    OpenApiService::new(
        (access, talking, keeping(app), watching(app, bound)),
        "Clawgate",
        env!("CARGO_PKG_VERSION"),
    )
    .description(
        "The front door and control room of a personal AI agent. Every answer that is not a \
             success has the shape `{error, code, request_id}`.",
    )
    .license(poem_openapi::LicenseObject::new("MIT OR Apache-2.0"))
}

/// What is kept: files, settings, money.
fn keeping(app: &App) -> impl OpenApi + use<> {
    (
        WorkspaceApi {
            files: app.files.clone(),
        },
        WorkspaceHistoryApi {
            files: app.files.clone(),
        },
        MemoryFilesApi {
            files: app.files.clone(),
        },
        ProvidersApi {
            models: app.models.clone(),
        },
        ConfigApi {
            keeper: Arc::clone(&app.keeper),
        },
        CostApi {
            cost: app.cost.clone(),
            keeper: Arc::clone(&app.keeper),
            tokens: Arc::clone(&app.tokens),
        },
    )
}

fn watching(app: &App, bound: SocketAddr) -> impl OpenApi + use<> {
    let (tokens, config) = (Arc::clone(&app.tokens), app.config.clone());
    let ask = move || {
        let facts = PairingFacts {
            paired: tokens.is_paired(),
            require_pairing: config.current().gateway.require_pairing,
        };
        Box::pin(std::future::ready(facts)) as futures_util::future::BoxFuture<'static, _>
    };
    let tokens = Arc::clone(&app.tokens);
    (
        Watching {
            metrics: app.metrics.clone(),
            health: app.health.clone(),
            process: app.process,
            pairing: Arc::new(ask),
        },
        StatusApi {
            agent: app.agent.clone(),
            cost: app.cost.clone(),
            cron: app.cron.clone(),
            config: app.config.clone(),
            keeper: Arc::clone(&app.keeper),
            health: app.health.clone(),
            process: app.process,
            count_devices: Arc::new(move || tokens.count()),
            bound,
            data_dir: app.data_dir.clone(),
            clock: Arc::clone(&app.clock),
        },
        ActivityApi {
            agent: app.agent.clone(),
            clock: Arc::clone(&app.clock),
        },
        DoctorApi {
            doctor: app.doctor.clone(),
            tasks: app.tasks.clone(),
            metrics: app.metrics.clone(),
        },
        IntegrationsApi {
            integrations: app.integrations.clone(),
            config: app.config.clone(),
            bound,
        },
        EventsApi {
            bus: app.bus.clone(),
            tasks: app.tasks.clone(),
            metrics: app.metrics.clone(),
        },
        LogsApi {
            logs: app.logs.clone(),
            keeper: Arc::clone(&app.keeper),
            clock: Arc::clone(&app.clock),
            tasks: app.tasks.clone(),
            metrics: app.metrics.clone(),
        },
    )
}

/// The document and its explorer, made and packed when somebody first asks: that takes longer
/// than all the rest of the start, and more memory.
#[derive(Clone)]
struct LazyDocs {
    app: Arc<App>,
    bound: SocketAddr,
    packed: Arc<OnceCell<Docs>>,
}

impl LazyDocs {
    fn serve(&self, paper: Paper) -> impl Endpoint<Output = Response> + use<> {
        let docs = self.clone();
        make(move |request| {
            let docs = docs.clone();
            async move { docs.answer(paper, &request).await }
        })
    }

    async fn answer(&self, paper: Paper, request: &Request) -> poem::Result<Response> {
        let docs = self.packed.get_or_try_init(|| async {
            let (app, bound) = (Arc::clone(&self.app), self.bound);
            tokio::task::spawn_blocking(move || {
                let service = service(&app, bound);
                Docs::new(
                    service.spec(),
                    service.spec_yaml(),
                    &service.swagger_ui_html(),
                )
            })
            .await
            .map_err(std::io::Error::other)?
        });
        match docs.await {
            Ok(docs) => Ok(docs.answer(paper, request)),
            Err(error) => Err(ApiError::internal(&error).into()),
        }
    }
}
