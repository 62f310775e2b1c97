//! What the tests of the planner share: ready servers to start from, tiny catalogs made up for one sentence of the
//! semantics, and a plan seen through its document.

#![allow(dead_code, unused_imports)]

mod agreement;
mod desk;
mod servers;
mod tiny;
mod view;

pub use agreement::{all_come_true, contains, refines};
pub use desk::{Desk, Said, lines, recorded};
pub use servers::{BASES, ORG, OTHER_ORG, OTHER_WORKSPACE, Server, WORKSPACE, candidates, catalog, server};
pub use tiny::{Tiny, tiny};
pub use view::View;
