//! Catalogs made up at random, as proofs are tried on them.

#[path = "../../proofs/at_random.rs"]
pub mod at_random;
#[path = "../../proofs/parts.rs"]
mod parts;
#[path = "../../proofs/undo.rs"]
mod undo;

pub use parts::Made;
