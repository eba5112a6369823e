//! Everything that is tested from outside, in one binary.
#![cfg(test)]

mod architecture;
mod config;
mod config_command;
mod door_access;
mod door_limits;
mod door_pairing;
mod door_shapes;
mod every_route;
mod fuzz_config;
#[path = "../support/model_server.rs"]
mod model_server;
mod scripted_model;
mod support;
