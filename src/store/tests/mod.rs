//! What the store keeps, and gives back.

mod activity;
mod branches;
mod sessions;
mod turns;
