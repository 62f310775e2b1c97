//! Carrying a plan out on a server, so that it can be stopped at any moment and goes on correctly.
//!
//! In come a plan as it was given, the catalog, and a [`Host`]; out go changes of that server, a journal, and a report.
//! Everything is planned again from the facts as they are, and nothing is left to choose here: this room does the plan's steps
//! or stops. It may write the journal and ask for the host's clock, and nothing else of the outside.

mod check;
mod code;
pub mod document;
mod dry;
mod ending;
mod host;
mod job;
pub mod journal;
mod left;
mod runner;
mod sight;
mod simulated;
pub mod status;
mod step;

pub use code::Code;
pub use ending::{Ending, RunError, refused};
pub use host::{Failed, Host, Outcome, Task};
pub use job::{Job, is_same_host};
pub use runner::{Options, apply, dry_run, resume};
pub use simulated::{Simulated, Turn};
