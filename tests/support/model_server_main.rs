//! A scripted model server, as a process.

fn main() {}
