//! The listener: bounded in connections, in what a head may hold and in how long it may take, and
//! able to stop. What is answered is decided elsewhere.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use http::uri::Scheme;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use poem::{
    Addr, Endpoint, Response,
    web::{LocalAddr, RemoteAddr},
};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::Semaphore,
};
use tokio_util::sync::CancellationToken;

use crate::tasks::Tasks;

/// A request's head must be there within this time; an idle connection is closed after it too.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Header lines of a request.
const MOST_HEADERS: usize = 100;
/// Bytes of a request's head.
const HEAD_BYTES: usize = 64 * 1024;
/// Connections at once; further ones wait to be accepted.
const CONNECTIONS: usize = 1024;
/// Connections that wait to be accepted.
const BACKLOG: u32 = 1024;
/// The pause after a failed accept: most often files have run out, and trying at once burns CPU.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Why the listener could not start.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Somebody else listens there.
    #[error(
        "port {port} on {host} is already in use, maybe by another Clawgate: stop that one, or \
         choose another port with --port (0 takes a free one)"
    )]
    InUse {
        /// The host asked for.
        host: String,
        /// The port asked for.
        port: u16,
    },
    /// The system does not allow it.
    #[error(
        "not allowed to listen on port {port} of {host}: ports below 1024 need special rights; \
         choose a higher one with --port"
    )]
    NotAllowed {
        /// The host asked for.
        host: String,
        /// The port asked for.
        port: u16,
    },
    /// The name leads nowhere.
    #[error("the host \"{host}\" can't be found: {source}")]
    UnknownHost {
        /// The host asked for.
        host: String,
        /// What the resolver said.
        source: io::Error,
    },
    /// The address is not one of this machine, or something else is wrong.
    #[error("can't listen on {host} port {port}: {source}")]
    Other {
        /// The host asked for.
        host: String,
        /// The port asked for.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
}

/// A listener that is bound and not yet served.
#[derive(Debug)]
pub struct Server {
    listeners: Vec<TcpListener>,
    addresses: Vec<SocketAddr>,
    head_timeout: Duration,
}

impl Server {
    /// Listens on every address that `host` (a name, or an IPv4 or IPv6 address with or without
    /// brackets) stands for; with port 0, on one free port.
    pub async fn bind(host: &str, port: u16) -> Result<Self, BindError> {
        let bare = host.trim().trim_start_matches('[').trim_end_matches(']');
        let mut listeners = Vec::new();
        let mut addresses: Vec<SocketAddr> = Vec::new();
        let mut unavailable = None;
        for ip in resolve(bare).await? {
            let port = addresses.first().map_or(port, SocketAddr::port);
            match listen(SocketAddr::new(ip, port)) {
                Ok((listener, address)) => {
                    listeners.push(listener);
                    addresses.push(address);
                }
                // "localhost" stands for ::1 too, which a machine without IPv6 does not have.
                Err(error) if is_missing_address(&error) => unavailable = Some(error),
                Err(error) => return Err(explain(error, host, port)),
            }
        }
        match unavailable {
            Some(error) if listeners.is_empty() => Err(explain(error, host, port)),
            _ => Ok(Self {
                listeners,
                addresses,
                head_timeout: HEAD_TIMEOUT,
            }),
        }
    }

    /// With another time for a request's head.
    #[must_use]
    pub fn with_head_timeout(mut self, timeout: Duration) -> Self {
        self.head_timeout = timeout;
        self
    }

    /// The addresses really bound.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The port really bound.
    pub fn port(&self) -> u16 {
        self.addresses.first().map_or(0, SocketAddr::port)
    }

    /// Answers until [`Tasks::stop`]; then accepts no more, lets requests under way finish, and
    /// cuts off after `drain` what has not finished. Answers whether all finished by themselves.
    pub async fn serve<E>(self, endpoint: E, tasks: &Tasks, drain: Duration) -> bool
    where
        E: Endpoint<Output = Response> + 'static,
    {
        let serving = Arc::new(Serving {
            endpoint,
            permits: Arc::new(Semaphore::new(CONNECTIONS)),
            connections: Tasks::new(),
            stop: tasks.stopping().clone(),
            cut_off: CancellationToken::new(),
            head_timeout: self.head_timeout,
        });
        let loops = self
            .listeners
            .into_iter()
            .map(|listener| tasks.spawn("listener", accept(listener, Arc::clone(&serving))));
        futures_util::future::join_all(loops).await;
        let finished = serving.connections.drain(drain).await;
        serving.cut_off.cancel();
        finished
    }
}

struct Serving<E> {
    endpoint: E,
    permits: Arc<Semaphore>,
    connections: Tasks,
    stop: CancellationToken,
    cut_off: CancellationToken,
    head_timeout: Duration,
}

async fn accept<E>(listener: TcpListener, serving: Arc<Serving<E>>)
where
    E: Endpoint<Output = Response> + 'static,
{
    loop {
        let next = async {
            let permit = Arc::clone(&serving.permits).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            () = serving.stop.cancelled() => return,
            next = next => next,
        };
        match accepted {
            Ok((stream, peer)) => {
                let serving_one = Arc::clone(&serving);
                drop(serving.connections.spawn("connection", async move {
                    let _permit = permit;
                    connection(stream, peer, serving_one).await;
                }));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn connection<E>(stream: TcpStream, peer: SocketAddr, serving: Arc<Serving<E>>)
where
    E: Endpoint<Output = Response> + 'static,
{
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let Ok(local) = stream.local_addr() else {
        return;
    };
    let service = service_fn(|request: http::Request<Incoming>| {
        let local = LocalAddr(Addr::from(local));
        let remote = RemoteAddr(Addr::from(peer));
        let serving = Arc::clone(&serving);
        async move {
            let request = poem::Request::from((request, local, remote, Scheme::HTTP));
            let response = serving.endpoint.get_response(request).await;
            Ok::<_, std::convert::Infallible>(http::Response::from(response))
        }
    });
    let mut connection = std::pin::pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(serving.head_timeout)
            .max_headers(MOST_HEADERS)
            .max_header_size(HEAD_BYTES)
            .max_buf_size(HEAD_BYTES)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades()
    );
    tokio::select! {
        ended = connection.as_mut() => return said(ended),
        () = serving.stop.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    tokio::select! {
        ended = connection => said(ended),
        () = serving.cut_off.cancelled() => {}
    }
}

fn said(ended: Result<(), hyper::Error>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}

async fn resolve(host: &str) -> Result<Vec<IpAddr>, BindError> {
    if let Ok(ip) = host.parse() {
        return Ok(vec![ip]);
    }
    let unknown = |source| BindError::UnknownHost {
        host: host.to_owned(),
        source,
    };
    let found = tokio::net::lookup_host((host, 0)).await.map_err(unknown)?;
    let mut ips: Vec<IpAddr> = found.map(|address| address.ip()).collect();
    ips.sort();
    ips.dedup();
    if ips.is_empty() {
        return Err(unknown(io::Error::from(io::ErrorKind::NotFound)));
    }
    Ok(ips)
}

fn listen(address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // A restart must not wait for the last run's connections to be forgotten.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    let listener = socket.listen(BACKLOG)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

fn is_missing_address(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::AddrNotAvailable | io::ErrorKind::Unsupported
    ) || error.raw_os_error() == Some(AFNOSUPPORT)
}

/// The system has no IPv6 at all.
#[cfg(unix)]
const AFNOSUPPORT: i32 = libc::EAFNOSUPPORT;
/// The system has no IPv6 at all.
#[cfg(not(unix))]
const AFNOSUPPORT: i32 = 10047;

fn explain(source: io::Error, host: &str, port: u16) -> BindError {
    let host = host.to_owned();
    match source.kind() {
        io::ErrorKind::AddrInUse => BindError::InUse { host, port },
        io::ErrorKind::PermissionDenied => BindError::NotAllowed { host, port },
        _ => BindError::Other { host, port, source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_in_use_is_said_in_words() {
        let first = Server::bind("127.0.0.1", 0).await.unwrap();
        let error = Server::bind("127.0.0.1", first.port()).await.unwrap_err();
        let said = error.to_string();
        assert!(
            said.contains(&first.port().to_string()) && said.contains("already in use"),
            "{said}"
        );
    }

    #[tokio::test]
    async fn a_free_port_is_known_before_serving_and_names_are_found() {
        let server = Server::bind("localhost", 0).await.unwrap();
        assert_ne!(server.port(), 0);
        assert!(
            server
                .addresses()
                .iter()
                .all(|address| address.port() == server.port())
        );
        assert!(
            server
                .addresses()
                .iter()
                .all(|address| address.ip().is_loopback())
        );
        let error = Server::bind("no-such-host.invalid", 0).await.unwrap_err();
        assert!(matches!(error, BindError::UnknownHost { .. }), "{error}");
    }
}
