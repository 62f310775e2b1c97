//! Checks.
use super::{Catalog, Finding};
pub(super) fn check(_: &Catalog, _: &mut Vec<Finding>) {}
