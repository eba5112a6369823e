//! Somebody who talks to a gateway: with a token or without one.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::{
    client::{Answer, Ask},
    socket::Socket,
    stream::{Event, Events, parsed},
    until,
};

/// Somebody who talks to a gateway.
#[derive(Clone)]
pub(crate) struct Actor {
    pub(crate) address: SocketAddr,
    pub(crate) token: Option<String>,
    streams: reqwest::Client,
}

impl Actor {
    pub(crate) fn new(address: SocketAddr, token: Option<&str>) -> Self {
        clawgate::http::install_tls();
        Self {
            address,
            token: token.map(str::to_owned),
            streams: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    pub(crate) fn ask(&self, method: &str, path: &str) -> Ask {
        let ask = Ask::new(self.address, method, path);
        match &self.token {
            Some(token) => ask.bearer(token),
            None => ask,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path).send().await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask("POST", path).json(&body).send().await
    }

    /// Waits for the whole answer.
    pub(crate) async fn chat(&self, session: &str, message: &str) -> Answer {
        let body = json!({"session_id": session, "message": message});
        self.post("/api/chat", body).await
    }

    /// The answer to a message that is answered well.
    pub(crate) async fn said(&self, session: &str, message: &str) -> String {
        let answer = self.chat(session, message).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["response"].as_str().unwrap().to_owned()
    }

    /// Sends a message and reads its turn as it goes.
    pub(crate) async fn stream(&self, session: &str, message: &str) -> Events {
        let body = json!({"session_id": session, "message": message, "stream": true});
        let url = format!("http://{}/api/chat", self.address);
        let request = self.authorized(self.streams.post(url)).json(&body);
        Events::new(request.send().await.unwrap())
    }

    /// Sends a message, and leaves once it was accepted; answers with its turn.
    pub(crate) async fn begin(&self, session: &str, message: &str) -> String {
        let mut socket = self.socket().await;
        socket
            .send(json!({"message": message, "session_id": session}))
            .await;
        let ack = socket.until("ack").await.pop().unwrap();
        ack["turn_id"].as_str().unwrap().to_owned()
    }

    /// Reads a turn from a place on.
    pub(crate) async fn follow(&self, turn: &str, after_seq: u64) -> Events {
        self.events(&format!("/api/turns/{turn}/events?after_seq={after_seq}"))
            .await
    }

    /// All events of a turn from a place to its end.
    pub(crate) async fn read(&self, turn: &str, after_seq: u64) -> Vec<Value> {
        parsed(&self.follow(turn, after_seq).await.rest().await)
    }

    /// Reads any stream of events.
    pub(crate) async fn events(&self, path: &str) -> Events {
        self.events_after(path, None).await
    }

    /// Reads any stream of events from the one after `last_id`.
    pub(crate) async fn events_after(&self, path: &str, last_id: Option<&str>) -> Events {
        let url = format!("http://{}{path}", self.address);
        let mut request = self.authorized(self.streams.get(url));
        if let Some(id) = last_id {
            request = request.header("Last-Event-ID", id);
        }
        Events::new(request.send().await.unwrap())
    }

    fn authorized(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// A socket on `/ws/chat`.
    pub(crate) async fn socket(&self) -> Socket {
        self.socket_at("/ws/chat").await.unwrap()
    }

    /// A socket anywhere; the error is the status of the refusal.
    pub(crate) async fn socket_at(&self, path: &str) -> Result<Socket, u16> {
        let url = format!("http://{}{path}", self.address);
        Socket::open(&url, self.token.as_deref()).await
    }

    pub(crate) async fn turn(&self, id: &str) -> Value {
        let answer = self.get(&format!("/api/turns/{id}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// The turn, once it is in this state.
    pub(crate) async fn turn_when(&self, id: &str, state: &str) -> Value {
        until(&format!("{id} to be {state}"), async || {
            let turn = self.turn(id).await;
            (turn["state"] == state).then_some(turn)
        })
        .await
    }

    pub(crate) async fn cancel(&self, turn: &str) -> Answer {
        self.ask("POST", &format!("/api/turns/{turn}/cancel"))
            .send()
            .await
    }
}

/// The turn that an event belongs to.
pub(crate) fn turn_of(event: &Event) -> String {
    event.json()["turn_id"].as_str().unwrap().to_owned()
}
