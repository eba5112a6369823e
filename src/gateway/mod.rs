//! The listener, the middleware, the route table and the embedded page.
