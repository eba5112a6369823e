//! Tools that talk to other machines, and the wall between them and the owner's own network.

mod address;
mod fetch;
mod http_request;
mod readable;
mod target;
mod web_fetch;

pub use address::is_public;
pub use http_request::HttpRequest;
pub use web_fetch::WebFetch;
