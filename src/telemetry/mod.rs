//! What the gateway says about itself: logs, traces, metrics, health, and the bus that carries
//! news upwards.

pub mod bus;
mod collector;
pub mod health;
mod init;
pub mod levels;
mod line;
pub mod logs;
pub mod metrics;
mod process;
mod redaction;
pub mod request_id;
pub mod spans;
mod traces;

pub use bus::Bus;
pub use collector::try_collector;
pub use health::{Component, ComponentHealth, Health, Status};
pub use init::{InitError, LogTarget, Telemetry, init};
pub use levels::{LogLevels, Logs};
pub use metrics::{LlmCall, LlmOutcome, Metrics};
pub use process::Process;
