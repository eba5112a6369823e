//! Fetching over the wall: each name is resolved once, its answers are judged, and the connection
//! goes to an address that was judged. There is no other way out of this room.

use std::{error::Error as _, net::SocketAddr, sync::OnceLock, time::Duration};

use bytes::Bytes;
use futures_util::StreamExt as _;
use reqwest::{
    Client, Method, Response, StatusCode, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, USER_AGENT},
    redirect::Policy,
};

use super::{
    address,
    target::{Refused, Target},
};
use crate::{
    config::Config,
    http,
    tools::{ToolContext, ToolError},
};

/// For a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// Redirects that are followed.
const REDIRECTS: usize = 8;
/// Who asks.
const AGENT: &str = concat!(
    "Mozilla/5.0 (compatible; clawgate/",
    env!("CARGO_PKG_VERSION"),
    ")"
);

/// A request.
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<String>,
    /// Follows redirects; only good for requests that send nothing.
    pub(super) follow: bool,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// Where it came from at last.
    pub(super) url: Url,
    pub(super) body: Bytes,
    /// There is more that was not read.
    pub(super) cut: bool,
}

/// The clients; built when first needed.
#[derive(Debug, Default)]
pub(super) struct Fetcher {
    public: OnceLock<Option<Client>>,
    allowed: OnceLock<Option<Client>>,
}

impl Fetcher {
    /// How long a fetch may take.
    pub(super) fn limit(config: &Config) -> Duration {
        Duration::from_secs(config.tools.fetch_timeout_secs)
    }

    /// Fetches, within the owner's limits of time and size.
    pub(super) async fn fetch(
        &self,
        context: &ToolContext,
        target: Target,
        request: Request,
    ) -> Result<Answer, ToolError> {
        let tools = &context.config.tools;
        let work = tokio::time::timeout(
            Self::limit(&context.config),
            self.follow(context, target, request),
        );
        tokio::select! {
            done = work => done.unwrap_or_else(|_| {
                Err(failed(format!(
                    "the host did not answer in full within {} s", tools.fetch_timeout_secs
                )))
            }),
            () = context.cancel.cancelled() => Err(ToolError::Cancelled),
        }
    }

    async fn follow(
        &self,
        context: &ToolContext,
        mut target: Target,
        request: Request,
    ) -> Result<Answer, ToolError> {
        let tools = &context.config.tools;
        for _ in 0..=REDIRECTS {
            let response = self.send(&target, &request).await?;
            let next = request
                .follow
                .then(|| location(&target.url, &response))
                .flatten();
            let Some(next) = next else {
                return read(response, target.url, tools.fetch_max_bytes).await;
            };
            let next = Target::of(next, &tools.allowed_hosts).map_err(|error| refused(&error))?;
            // A page must not lead into the owner's network, even where the owner may go.
            if next.allowed && next.host_and_port() != target.host_and_port() {
                return Err(refused(&Refused::NotPublic(next.host_and_port())));
            }
            target = next;
        }
        Err(failed(format!(
            "it was redirected more than {REDIRECTS} times"
        )))
    }

    async fn send(&self, target: &Target, request: &Request) -> Result<Response, ToolError> {
        let slot = if target.allowed {
            &self.allowed
        } else {
            &self.public
        };
        let client = slot
            .get_or_init(|| client(target.allowed))
            .as_ref()
            .ok_or_else(|| {
                failed("TLS can't be set up; are the system's CA certificates installed?")
            })?;
        let mut builder = client
            .request(request.method.clone(), target.url.clone())
            .headers(request.headers.clone());
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        builder.send().await.map_err(|error| explained(&error))
    }
}

fn client(allowed: bool) -> Option<Client> {
    http::install_tls();
    let mut defaults = HeaderMap::new();
    defaults.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    defaults.insert(ACCEPT, HeaderValue::from_static("*/*"));
    let builder = Client::builder()
        .default_headers(defaults)
        .connect_timeout(CONNECT)
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        // A proxy would resolve names by itself.
        .no_proxy()
        .referer(false)
        .pool_max_idle_per_host(2)
        .pool_idle_timeout(Duration::from_secs(20))
        .dns_resolver(Walled { allowed });
    match builder.build() {
        Ok(client) => Some(client),
        Err(error) => {
            tracing::warn!(%error, "the client for fetches can't be built");
            None
        }
    }
}

/// Resolves names, and keeps what may not be connected to.
struct Walled {
    allowed: bool,
}

impl Resolve for Walled {
    fn resolve(&self, name: Name) -> Resolving {
        let (host, allowed) = (name.as_str().to_owned(), self.allowed);
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let kept = if allowed {
                found
            } else {
                judged(&host, found)?
            };
            let addresses: Addrs = Box::new(kept.into_iter());
            Ok(addresses)
        })
    }
}

/// A name of which any answer is not public is not to be trusted with the others either.
fn judged(host: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Refused> {
    if found
        .iter()
        .any(|address| !address::may_connect(address.ip()))
    {
        return Err(Refused::NotPublic(host.to_owned()));
    }
    Ok(found)
}

/// Where a redirect leads; none: it is no redirect.
fn location(from: &Url, response: &Response) -> Option<Url> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let to = response.headers().get(LOCATION)?.to_str().ok()?;
    from.join(to).ok()
}

async fn read(response: Response, url: Url, most: usize) -> Result<Answer, ToolError> {
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::new();
    let mut cut = false;
    let mut stream = response.bytes_stream();
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|error| explained(&error))?;
        let room = most - body.len();
        body.extend_from_slice(&piece[..piece.len().min(room)]);
        if piece.len() > room {
            cut = true;
            break;
        }
    }
    Ok(Answer {
        status,
        headers,
        url,
        body: body.into(),
        cut,
    })
}

impl Answer {
    /// The type of its content, in small letters, without parameters.
    pub(super) fn media_type(&self) -> String {
        self.content_type()
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    }

    fn content_type(&self) -> &str {
        self.headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Its text in the encoding that it names; none: it is no text.
    pub(super) fn text(&self) -> Option<String> {
        let media = self.media_type();
        let is_text = media.starts_with("text/")
            || media.is_empty()
            || [
                "json",
                "xml",
                "javascript",
                "yaml",
                "toml",
                "x-www-form-urlencoded",
                "graphql",
            ]
            .iter()
            .any(|kind| media.ends_with(kind));
        let head = self.body.get(..1024).unwrap_or(&self.body);
        if !is_text || (encoding_rs::Encoding::for_bom(&self.body).is_none() && head.contains(&0)) {
            return None;
        }
        let named = self
            .content_type()
            .split(';')
            .filter_map(|part| part.trim().strip_prefix("charset="))
            .find_map(|name| encoding_rs::Encoding::for_label(name.trim_matches('"').as_bytes()))
            .or_else(|| meta_encoding(head));
        let (text, _, _) = named.unwrap_or(encoding_rs::UTF_8).decode(&self.body);
        Some(text.into_owned())
    }
}

/// The encoding that a page names in itself.
fn meta_encoding(head: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let (_, rest) = head.split_once("charset=")?;
    let name: String = rest
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|letter| letter.is_ascii_alphanumeric() || "-_".contains(*letter))
        .collect();
    encoding_rs::Encoding::for_label(name.as_bytes())
}

pub(super) fn refused(error: &Refused) -> ToolError {
    match error {
        Refused::NotPublic(_) | Refused::Credentials | Refused::Odd(_) => {
            ToolError::Refused(error.to_string())
        }
        Refused::NotWeb(_) => ToolError::Failed(error.to_string()),
    }
}

fn failed(text: impl Into<String>) -> ToolError {
    ToolError::Failed(text.into())
}

/// What went wrong, without what the machine's own network looks like.
fn explained(error: &reqwest::Error) -> ToolError {
    let mut cause = error.source();
    let mut words = String::new();
    while let Some(next) = cause {
        if let Some(refusal) = next.downcast_ref::<Refused>() {
            return refused(refusal);
        }
        words = next.to_string();
        cause = next.source();
    }
    let what = if error.is_timeout() {
        "the host did not answer in time"
    } else if error.is_connect() {
        "no connection could be made"
    } else if error.is_body() || error.is_decode() {
        "the answer broke off, or can't be read"
    } else {
        "the request failed"
    };
    if words.is_empty() || words.len() > 200 {
        return failed(what);
    }
    failed(format!("{what}: {words}"))
}

#[cfg(test)]
mod tests;
