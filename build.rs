//! Builds the page into the binary.

fn main() {}
