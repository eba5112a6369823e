//! Clawgate: the front door and control room of a personal AI agent.
//!
//! Rooms are listed from the street to the cellar; a room imports only from rooms further down,
//! and rooms on one rung do not import each other. `tests/it/architecture.rs` holds the ladder.
//! Requests go down by calls; news goes up through the bus in [`telemetry`].

pub mod cli;

pub mod gateway;

pub mod app;
pub mod ws;

pub mod api;

pub mod cron;
pub mod doctor;
pub mod integrations;

pub mod agent;

pub mod approvals;
pub mod cost;
pub mod memory;
pub mod security;
pub mod workspace;

pub mod tools;

pub mod providers;
pub mod store;

pub mod telemetry;

pub mod config;

pub mod clock;
pub mod crypto;
pub mod http;
pub mod model;
pub mod tasks;
