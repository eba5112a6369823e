//! Pairing, tokens, password and the secrets at rest.
