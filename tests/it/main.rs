//! Everything that is tested from outside, in one binary.
#![cfg(test)]

mod activity;
mod answers;
mod approvals;
mod architecture;
mod attachments;
mod branches;
mod commands;
mod config;
mod config_command;
mod conversation_settings;
mod cost;
mod devices;
mod doctor;
mod door_access;
mod door_limits;
mod door_pairing;
mod door_shapes;
mod every_route;
mod fuzz_config;
mod idempotency;
mod integrations;
mod logs;
mod memory;
mod memory_use;
mod messages;
#[path = "../support/model_server.rs"]
mod model_server;
mod news;
mod password;
mod providers;
mod queue;
mod reading_turns;
mod restarts;
mod scripted_model;
mod secrets;
mod sessions;
mod settings;
mod sockets;
mod support;
mod terminal_chat;
mod tool_loop;
mod tools;
mod watching;
mod workspace;
