//! Estates of any size: planning by class, summaries and their merging, and `plan -` as a filter.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, missing_docs)]

#[path = "../common/mod.rs"]
mod common;

mod classes;
mod filter;
mod lines;
mod made_up;
mod merging;
mod spark;
mod summary;
