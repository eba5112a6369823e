//! What the gateway says about itself: logs, metrics, and the bus that carries news upwards.

pub mod bus;
pub mod request_id;

pub use bus::Bus;
