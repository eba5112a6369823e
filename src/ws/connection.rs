//! Bytes of a socket: text frames in and out, pings, time limits, close codes. It does not know
//! what a frame says.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use poem::web::websocket::{CloseCode, Message, WebSocketStream};
use tokio::time::{Instant, timeout};

/// A ping is sent after this much time.
const PING: Duration = Duration::from_secs(30);
/// A peer that said nothing for so long, not even a pong, is gone.
const SILENCE: Duration = Duration::from_secs(75);
/// A peer that takes nothing for so long is gone.
const SEND: Duration = Duration::from_secs(30);

/// Why a socket is closed by us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Close {
    /// The gateway restarts: come back.
    Restart,
    /// The token no longer works: do not come back with it.
    TokenGone,
    /// The peer broke a rule.
    Policy,
}

impl Close {
    fn code(self) -> (CloseCode, &'static str) {
        match self {
            Self::Restart => (CloseCode::Restart, "the gateway restarts"),
            Self::TokenGone => (CloseCode::from(4401), "the token no longer works"),
            Self::Policy => (CloseCode::Policy, "the first frame must carry a token"),
        }
    }
}

/// The library's error comes as words alone.
fn is_too_large(error: &std::io::Error) -> bool {
    error.to_string().starts_with("Space limit exceeded")
}

/// The peer is gone.
#[derive(Debug)]
pub(super) struct Gone;

/// An open socket.
pub(super) struct Connection {
    stream: WebSocketStream,
    heard: Instant,
    next_ping: Instant,
}

impl Connection {
    pub(super) fn new(stream: WebSocketStream) -> Self {
        let now = Instant::now();
        Self {
            stream,
            heard: now,
            next_ping: now + PING,
        }
    }

    /// The next text. Keeps the line alive meanwhile; cancelling it loses nothing.
    pub(super) async fn receive(&mut self) -> Result<String, Gone> {
        loop {
            let message = tokio::select! {
                message = self.stream.next() => message,
                () = tokio::time::sleep_until(self.next_ping) => {
                    if self.heard.elapsed() > SILENCE {
                        return Err(Gone);
                    }
                    self.next_ping = Instant::now() + PING;
                    self.put(Message::Ping(Vec::new())).await?;
                    continue;
                }
            };
            self.heard = Instant::now();
            match message {
                Some(Ok(Message::Text(text))) => return Ok(text),
                Some(Ok(Message::Binary(bytes))) => {
                    // No text is no frame either: nothing at all is refused as such.
                    return Ok(String::from_utf8(bytes).unwrap_or_default());
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Err(error)) if is_too_large(&error) => {
                    let reason = "the message is too large".to_owned();
                    self.put(Message::Close(Some((CloseCode::Size, reason))))
                        .await?;
                    return Err(Gone);
                }
                // Close, a broken frame, or the end of the line: the library has answered where
                // an answer is due.
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(Gone),
            }
        }
    }

    /// Sends texts together.
    pub(super) async fn send(&mut self, texts: Vec<String>) -> Result<(), Gone> {
        let stream = &mut self.stream;
        let all = async {
            for text in texts {
                stream.feed(Message::Text(text)).await?;
            }
            stream.flush().await
        };
        match timeout(SEND, all).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Gone),
        }
    }

    /// Says why, and closes.
    pub(super) async fn close(mut self, why: Close) {
        let (code, reason) = why.code();
        let told = self
            .put(Message::Close(Some((code, reason.to_owned()))))
            .await;
        if told.is_ok() {
            // The peer's own close, so that ours is not lost with the connection.
            let _silent_peer = timeout(Duration::from_secs(1), self.stream.next()).await;
        }
    }

    async fn put(&mut self, message: Message) -> Result<(), Gone> {
        match timeout(SEND, self.stream.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Gone),
        }
    }
}
