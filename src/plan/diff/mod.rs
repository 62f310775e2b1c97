//! What differs between two sets of plans, or between two versions of scenarios: by cause and meaning, not by text.
//!
//! In come plan documents as JSON, or catalogs; out comes a [`DiffDocument`]. Nothing here plans, and nothing here prints.

mod cause;
pub mod document;
mod plans;
mod scenarios;
mod sequence;
mod view;

pub use document::DiffDocument;
pub use plans::plans;
pub use scenarios::{Pair, scenarios};
pub use view::View;
