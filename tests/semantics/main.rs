//! The semantics, clause by clause: each test is named after the clause whose words it holds the planner to.
//!
//! What is expected was worked out from the contract. Most tests make up a catalog of two or three facts, so that nothing
//! but the sentence in question decides; the others take a server that is ready for a scenario and change a fact.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../common/mod.rs"]
mod common;

mod c11_resuming;
mod c1_facts;
mod c2_tests;
mod c3_effects;
mod c3_joins;
mod c3_walking;
mod c4_restarts;
mod c5_invariants;
mod c5_status;
mod c6_confirm;
mod c8_choice;
mod c9_exposures;
mod ready_servers;
