//! Holds nothing: the tests beside it call a server through the official Rust
//! client.
