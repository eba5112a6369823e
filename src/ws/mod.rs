//! The sockets: `/ws/chat` and `/ws`. `connection.rs` knows bytes, pings and close codes,
//! `frame.rs` what a frame says, `conversation.rs` what is done about it.

mod connection;
mod conversation;
pub mod frame;
mod translate;

use std::sync::Arc;

use poem::{
    Endpoint, FromRequest as _, IntoResponse as _, Request, Response, Result, endpoint::make,
    web::websocket::WebSocket,
};
use tokio::sync::Semaphore;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use crate::{
    agent::{Agent, Sessions},
    api::{ApiError, Caller, Client},
    approvals::Approvals,
    config::ConfigHandle,
    model::SessionId,
    security::{FailedTokens, RateLimits, TokenService},
    tasks::Tasks,
    telemetry::{Bus, Metrics},
};
use connection::Connection;
use conversation::Conversation;

/// Sockets that may be open at once.
pub const MAX_SOCKETS: usize = 512;

/// What the sockets work with.
pub struct Sockets {
    /// The agent.
    pub agent: Agent,
    /// What it asks its owner first.
    pub approvals: Approvals,
    /// The conversations.
    pub sessions: Sessions,
    /// The news.
    pub bus: Bus,
    /// Who may come in, for `/ws`.
    pub tokens: Arc<TokenService>,
    /// How many wrong tokens one address may show.
    pub failures: Arc<FailedTokens>,
    /// Sockets that may be open at once.
    pub places: Arc<Semaphore>,
    /// How often they may speak.
    pub limits: Arc<RateLimits>,
    /// Settings.
    pub config: ConfigHandle,
    /// The signal to stop.
    pub tasks: Tasks,
    /// Counts open sockets.
    pub metrics: Metrics,
}

/// The two paths in one: the door let a caller in already, or its token comes with its first
/// frame.
pub fn endpoint(sockets: Arc<Sockets>) -> impl Endpoint<Output = Response> {
    make(move |request| {
        let sockets = Arc::clone(&sockets);
        async move { upgrade(sockets, request).await }
    })
}

async fn upgrade(sockets: Arc<Sockets>, request: Request) -> Result<Response> {
    let session_id = wanted_session(&request)?;
    let caller = request.data::<Caller>().cloned();
    let Some(client) = request.data::<Client>().cloned() else {
        return Err(ApiError::unauthorized().into());
    };
    let (request, mut body) = request.split();
    let Ok(socket) = WebSocket::from_request(&request, &mut body).await else {
        return Err(ApiError::bad_request(
            "This is a WebSocket route: ask for an upgrade, as a WebSocket client does.",
        )
        .into());
    };
    let Ok(place) = Arc::clone(&sockets.places).try_acquire_owned() else {
        let sentence = format!("{MAX_SOCKETS} sockets are open already; close one.");
        return Err(ApiError::unavailable(sentence).into());
    };
    let largest = sockets.config.current().gateway.max_chat_body_bytes;
    let config = WebSocketConfig::default()
        .max_message_size(Some(largest))
        .max_frame_size(Some(largest));
    // Taken here, so that a stop waits for the socket from its first moment.
    let running = sockets.tasks.token();
    let upgraded = socket.config(config).on_upgrade(move |stream| async move {
        let _open = (sockets.metrics.ws_client(), place);
        let connection = Connection::new(stream);
        Conversation::new(sockets, connection, client.ip)
            .run(caller, session_id)
            .await;
        drop(running);
    });
    Ok(upgraded.into_response())
}

fn wanted_session(request: &Request) -> Result<Option<SessionId>> {
    let query = request.uri().query().unwrap_or_default();
    let pairs = form_urlencoded(query);
    match pairs.into_iter().find(|(name, _)| name == "session_id") {
        Some((_, id)) if !id.is_empty() => {
            id.parse()
                .map(Some)
                .map_err(|error: crate::model::IdError| {
                    ApiError::bad_field("session_id", error.to_string()).into()
                })
        }
        _ => Ok(None),
    }
}

fn form_urlencoded(query: &str) -> Vec<(String, String)> {
    serde_urlencoded::from_str(query).unwrap_or_default()
}
