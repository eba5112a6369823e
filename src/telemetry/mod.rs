//! What the gateway says about itself: logs, traces, metrics, health, and the bus that carries
//! news upwards.

pub mod bus;
mod collector;
pub mod health;
mod init;
mod line;
pub mod metrics;
mod process;
mod redaction;
pub mod request_id;
pub mod spans;
mod traces;

pub use bus::Bus;
pub use collector::try_collector;
pub use health::{Component, ComponentHealth, Health, Status};
pub use init::{InitError, LogLevel, LogTarget, Telemetry, init};
pub use metrics::{LlmCall, LlmOutcome, Metrics};
pub use process::Process;
