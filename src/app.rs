//! Builds every service once.
