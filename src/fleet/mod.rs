//! Many servers at once.
//!
//! In come servers and what is asked of the planner; out comes what holds for all of them together. Servers that no rule can
//! tell apart are planned once ([`Planner`], [`Tally`]), and what is said of many of them adds up ([`Summary`]). Nothing here
//! reads files.

mod answer;
pub mod document;
mod hinges;
mod known;
pub mod missing;
mod planner;
mod summary;
mod tally;
pub mod waves;

use crate::fact::{FactId, Snapshot};

pub use planner::Planner;
pub use summary::{MergeError, Summary};
pub use tally::Tally;

/// What is known of a server, to the letter: versions that compare equal may have been observed in part.
type Known = Vec<(FactId, String)>;

fn known_of(snapshot: &Snapshot) -> Known {
    snapshot.facts().iter().map(|(fact, value)| (*fact, value.to_string())).collect()
}
