//! What exports say, file by file and together.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, missing_docs)]

mod analyzer;
mod ansible;
mod azure;
mod broken;
mod defender;
mod fuzzed;
mod ground_truth;
mod joining;
mod osquery;
mod powershell;
mod said;
mod shared;
