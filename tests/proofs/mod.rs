//! Catalogs to prove: some made by hand, with what a person worked out of them, and many made at random.

pub mod agreement;
pub mod at_random;
pub mod by_hand;
mod parts;

pub use parts::Made;
