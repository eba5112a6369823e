//! Where a request comes from, as the door found out.

use std::net::IpAddr;

/// The sender of a request. The door puts it into the request's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its address, after trusted proxies.
    pub ip: IpAddr,
    /// Whether it spoke TLS, to a trusted proxy if not to us.
    pub secure: bool,
    /// Whether it is a program on this machine that no proxy stands before.
    pub direct_loopback: bool,
    /// The `Host` it asked for, where it named one.
    pub host: Option<String>,
}

impl Client {
    /// The address of the gateway as this client knows it, without a slash at the end.
    pub fn base_url(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}", self.host.as_deref().unwrap_or("127.0.0.1"))
    }
}
