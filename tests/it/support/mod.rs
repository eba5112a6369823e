//! A door with a small application behind it, and a client that sends exactly what it is told.

pub(crate) mod client;
pub(crate) mod door;
