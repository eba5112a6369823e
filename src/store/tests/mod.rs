//! What the store keeps, and gives back.

mod branches;
mod sessions;
mod turns;
