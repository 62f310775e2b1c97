//! Many servers at once.
//!
//! In come servers and what is asked of the planner; out comes what holds for all of them together. Servers of which the
//! same is known are planned once. Nothing here reads files.

pub mod missing;
pub mod waves;
