//! What encodes each item of the article, both ways.

use super::article::{Article, ItemKind};
use super::{Catalog, Finding};
use std::sync::Arc;

/// An item of the article with what encodes it.
#[derive(Clone, Debug)]
pub struct Covered {
    /// The section's id.
    pub section: Arc<str>,
    /// The item's number or name.
    pub reference: Arc<str>,
    /// What it is.
    pub kind: ItemKind,
    /// What it says, in our words.
    pub says: Arc<str>,
    /// The steps that encode it: scenario and step.
    pub steps: Vec<(Arc<str>, Arc<str>)>,
    /// What else encodes it: a kind and a name.
    pub names: Vec<String>,
}

/// What encodes each item of the article, and what is not covered.
pub fn coverage(_catalog: &Catalog, _article: &Article) -> (Vec<Covered>, Vec<Finding>) {
    (Vec::new(), Vec::new())
}
