//! The listener, the middleware, the route table and the embedded page.

mod compose;
mod docs;
mod middleware;
mod route;
mod route_table;
mod routes;
mod server;
pub mod spa;

pub use compose::{document, endpoint};
pub use docs::{Docs, Paper};
pub use middleware::{Door, Observer, RequestObservation, door};
pub use route::{Access, BodyClass, Route, Verb};
pub use route_table::{Matched, RouteTable};
pub use routes::table;
pub use server::{BindError, Server};
pub use spa::Spa;
