//! What the store keeps, and gives back.

mod activity;
mod sessions;
mod turns;
