//! The commands, one file each.

pub mod pair;
pub mod password;
pub mod token;
