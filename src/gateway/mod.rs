//! The listener, the middleware, the route table and the embedded page.

mod compose;
mod docs;
mod middleware;
mod routes;
mod server;
pub mod spa;

pub use compose::{document, endpoint};
pub use docs::{Docs, Paper};
pub use middleware::{Door, Observer, RequestObservation, door};
pub use routes::{Access, BodyClass, Matched, Route, RouteTable, Verb, table};
pub use server::{BindError, Server};
pub use spa::Spa;
