//! Beside a running gateway a chat is one more device, with a token of its own for as long as it
//! lasts.

use std::{collections::VecDeque, time::Duration};

use reqwest::{Response, StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::{
    approvals::Ruling,
    cli::CliError,
    clock::{Clock as _, SystemClock},
    http::LazyClient,
    model::{ApprovalId, Scope, SessionId, TurnEvent, TurnId},
    security::{IssuedToken, by_terminal, mint_token},
    store::Store,
};

/// Its token is revoked at the end; one that was left behind by a crash stops working by itself.
const LIFETIME_SECS: i64 = 24 * 60 * 60;
/// The gateway is on this machine.
const CONNECT: Duration = Duration::from_secs(5);
/// How often the gateway is asked whether it knows the token by now.
const ASK_AGAIN: Duration = Duration::from_millis(150);
/// It looks for new tokens once a second.
const NOTICED: Duration = Duration::from_secs(10);

/// The agent of a running gateway.
pub(super) struct Beside {
    store: Store,
    url: String,
    client: reqwest::Client,
    device: IssuedToken,
}

impl Beside {
    pub(super) async fn connect(store: Store, url: &str) -> Result<Self, CliError> {
        let client = LazyClient::new(url, CONNECT)
            .get()
            .map_err(|error| CliError::Start(error.to_string()))?;
        let now = SystemClock.now();
        let device = mint_token(&store, "Terminal", "cli", Scope::Chat, now, LIFETIME_SECS)
            .await
            .map_err(|error| CliError::Start(error.to_string()))?;
        let agent = Self {
            store,
            url: url.trim_end_matches('/').to_owned(),
            client,
            device,
        };
        match agent.admitted().await {
            Ok(()) => Ok(agent),
            Err(error) => {
                agent.leave().await;
                Err(error)
            }
        }
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// Waits until the gateway knows the token.
    async fn admitted(&self) -> Result<(), CliError> {
        let ask = async {
            loop {
                let request = self.client.get(format!("{}/api/session", self.url));
                let status = self.send(request).await?.status();
                if status.is_success() {
                    return Ok(());
                }
                tokio::time::sleep(ASK_AGAIN).await;
            }
        };
        tokio::select! {
            admitted = tokio::time::timeout(NOTICED, ask) => admitted.unwrap_or_else(|_| {
                Err(CliError::Start("the gateway does not let this terminal in".to_owned()))
            }),
            _pressed = tokio::signal::ctrl_c() => Err(CliError::Interrupted),
        }
    }

    pub(super) async fn say(
        &self,
        session_id: &SessionId,
        model: Option<&str>,
        message: &str,
    ) -> Result<Events, CliError> {
        let mut body = json!({"message": message, "session_id": session_id, "stream": true});
        if let Some(model) = model {
            body["model"] = model.into();
        }
        let request = self.client.post(format!("{}/api/chat", self.url));
        let response = self.send(request.json(&body)).await?;
        if response.status() == StatusCode::OK {
            Ok(Events::new(response))
        } else {
            Err(refusal(response).await)
        }
    }

    pub(super) async fn decide(
        &self,
        turn: TurnId,
        request: ApprovalId,
        ruling: Ruling,
    ) -> Result<(), CliError> {
        let url = format!("{}/api/turns/{turn}/approvals/{request}", self.url);
        let body = json!({
            "decision": ruling.decision, "scope": ruling.reach, "reason": ruling.reason,
            "answer": ruling.answer,
        });
        let response = self.send(self.client.post(url).json(&body)).await?;
        // Somebody else may have decided meanwhile.
        match response.status() {
            StatusCode::OK | StatusCode::CONFLICT => Ok(()),
            _ => Err(refusal(response).await),
        }
    }

    pub(super) async fn cancel(&self, turn: TurnId) -> Result<(), CliError> {
        let url = format!("{}/api/turns/{turn}/cancel", self.url);
        let response = self.send(self.client.post(url)).await?;
        // It may have ended by itself meanwhile.
        if response.status().is_success() || response.status() == StatusCode::CONFLICT {
            Ok(())
        } else {
            Err(refusal(response).await)
        }
    }

    /// Gives the token back.
    pub(super) async fn leave(self) {
        let device = &self.device.device;
        let details = serde_json::json!({"name": device.name});
        let log = by_terminal(SystemClock.now(), "device.revoked", &device.id, details);
        if let Err(error) = self.store.delete_device(device.id, log).await {
            crate::cli::output::say(format_args!(
                "clawgate: this terminal's token stays for a day: {error}"
            ));
        }
        self.store.close().await;
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Response, CliError> {
        let token = self.device.token.expose_secret();
        request
            .bearer_auth(token)
            .send()
            .await
            .map_err(|error| CliError::Start(lost(&error)))
    }
}

fn lost(error: &reqwest::Error) -> String {
    if error.is_connect() {
        "the gateway does not answer".to_owned()
    } else {
        format!("the gateway went away: {error}")
    }
}

/// What the gateway says of a request that it refused.
async fn refusal(response: Response) -> CliError {
    let status = response.status();
    let body: Value = response.json().await.unwrap_or_default();
    let said = body["error"].as_str().map(str::to_owned);
    CliError::Start(said.unwrap_or_else(|| format!("the gateway answered {status}")))
}

/// A turn's events.
pub(super) struct Events {
    response: Response,
    text: Vec<u8>,
    ready: VecDeque<TurnEvent>,
}

impl Events {
    fn new(response: Response) -> Self {
        Self {
            response,
            text: Vec::new(),
            ready: VecDeque::new(),
        }
    }

    pub(super) async fn next(&mut self) -> Result<Option<TurnEvent>, CliError> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(Some(event));
            }
            match self.response.chunk().await {
                Ok(Some(bytes)) => {
                    self.text.extend_from_slice(&bytes);
                    self.ready.extend(events_in(&mut self.text));
                }
                Ok(None) | Err(_) => return Ok(None),
            }
        }
    }
}

/// Takes whole events out of what came so far. What is no turn event (`closing`, a comment) is
/// passed over: the end of the stream follows it.
fn events_in(text: &mut Vec<u8>) -> Vec<TurnEvent> {
    let mut events = Vec::new();
    while let Some(end) = text.windows(2).position(|pair| pair == b"\n\n") {
        let block: Vec<u8> = text.drain(..end + 2).collect();
        let block = String::from_utf8_lossy(&block);
        let data = block.lines().find_map(|line| line.strip_prefix("data: "));
        events.extend(data.and_then(|data| serde_json::from_str::<TurnEvent>(data).ok()));
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_however_they_are_cut() {
        let event = |seq: u32| {
            format!(
                "id: {seq}\nevent: chunk\ndata: {{\"turn_id\":\"{}\",\"session_id\":\"s\",\
                 \"seq\":{seq},\"timestamp\":\"2026-01-01T00:00:00.000Z\",\"type\":\"chunk\",\
                 \"content\":\"å\"}}\n\n",
                TurnId::fresh()
            )
        };
        let whole = format!(
            "{}: keep-alive\n\nevent: closing\ndata: {{\"type\":\"closing\"}}\n\n{}",
            event(1),
            event(2)
        );
        for size in [1, 7, whole.len()] {
            let (mut text, mut seqs) = (Vec::new(), Vec::new());
            for piece in whole.as_bytes().chunks(size) {
                text.extend_from_slice(piece);
                seqs.extend(events_in(&mut text).iter().map(|event| event.seq));
            }
            assert_eq!(seqs, [1, 2]);
        }
    }
}
