//! Everything that is tested from outside, in one binary.
#![cfg(test)]

#[path = "../support/model_server.rs"]
mod model_server;
mod scripted_model;
