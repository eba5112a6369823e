//! A socket's client: frames as JSON, and the close code.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest as _},
};

use super::soon;

/// An open socket.
pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The code it was closed with, once it is.
    pub(crate) closed: Option<u16>,
}

impl Socket {
    /// Opens one; the error is the HTTP status of the refusal.
    pub(crate) async fn open(url: &str, token: Option<&str>) -> Result<Self, u16> {
        let mut request = url
            .replacen("http://", "ws://", 1)
            .into_client_request()
            .unwrap();
        if let Some(token) = token {
            let value = format!("Bearer {token}").parse().unwrap();
            request.headers_mut().insert("authorization", value);
        }
        match soon("a socket", tokio_tungstenite::connect_async(request)).await {
            Ok((stream, _)) => Ok(Self {
                stream,
                closed: None,
            }),
            Err(tokio_tungstenite::tungstenite::Error::Http(refused)) => {
                Err(refused.status().as_u16())
            }
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) async fn send(&mut self, frame: Value) {
        self.send_text(&frame.to_string()).await;
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.unwrap();
    }

    pub(crate) async fn send_binary(&mut self, bytes: &[u8]) {
        let message = Message::binary(bytes.to_vec());
        self.stream.send(message).await.unwrap();
    }

    /// Says something, and answers with the turn it became.
    pub(crate) async fn say(&mut self, message: &str) -> String {
        self.send(json!({"message": message})).await;
        let ack = self.until("ack").await.pop().unwrap();
        ack["turn_id"].as_str().unwrap().to_owned()
    }

    /// The next frame; none when the socket is closed.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        soon("a frame", async {
            loop {
                match self.stream.next().await {
                    Some(Ok(Message::Text(text))) => {
                        return Some(serde_json::from_str(&text).unwrap());
                    }
                    Some(Ok(Message::Close(frame))) => {
                        self.closed = frame.map(|frame| frame.code.into());
                    }
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return None,
                }
            }
        })
        .await
    }

    /// Frames up to the next of this type.
    pub(crate) async fn until(&mut self, kind: &str) -> Vec<Value> {
        let mut seen = Vec::new();
        while let Some(frame) = self.next().await {
            let found = frame["type"] == kind;
            seen.push(frame);
            if found {
                return seen;
            }
        }
        panic!("closed ({:?}) without {kind:?}: {seen:?}", self.closed);
    }

    /// The code of the close that follows; what comes before it is dropped.
    pub(crate) async fn close_code(&mut self) -> Option<u16> {
        while self.next().await.is_some() {}
        self.closed
    }

    /// Leaves without a word.
    pub(crate) fn drop_line(self) {
        drop(self);
    }
}
