//! Carrying plans out: what happens when the process is killed anywhere, and everything that is refused.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::use_debug, missing_docs)]

#[path = "../common/mod.rs"]
mod common;
mod crashes;
mod desk;
mod machine;
#[path = "../oracle/mod.rs"]
mod oracle;
#[allow(dead_code)]
mod proofs;
mod random;
mod refusals;
mod stories;
