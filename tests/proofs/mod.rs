//! Catalogs to prove: some made by hand, with what a person worked out of them, and many made at random.

pub mod agreement;
pub mod at_random;
pub mod back_by_hand;
pub mod by_hand;
pub mod going_back;
mod parts;
pub mod planned;
mod smaller;
mod undo;
pub mod walks;

pub use parts::Made;
