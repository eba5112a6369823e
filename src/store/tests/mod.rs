//! What the store keeps, and gives back.

mod sessions;
mod turns;
