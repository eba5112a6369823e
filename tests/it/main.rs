//! Everything that is tested from outside, in one binary.
#![cfg(test)]

mod door_access;
mod door_limits;
mod door_pairing;
mod door_shapes;
mod every_route;
mod support;
