//! What can be known of a server.
//!
//! In comes text from a snapshot or an assumption; out go typed values under the ids of a [`Vocabulary`], each known
//! or unknown with a reason. Nothing here decides anything, and nothing here reads files.

mod line;
mod marks;
mod observation;
mod per_fact;
pub mod products;
mod range;
mod snapshot;
mod value;
mod version;
mod vocabulary;

pub use line::LineReader;
pub use marks::Marks;
pub use observation::{FakeHost, HostFacts, Observation};
pub use per_fact::{Facts, PerFact};
pub use range::{Abstract, Bound, Elements, SetBounds};
pub use snapshot::{Judge, Judged, Own, Recorded, SCHEMA as SNAPSHOT_SCHEMA, Snapshot, SnapshotError, SnapshotReader};
pub use value::{Value, ValueError, Word};
pub use version::{Version, VersionError};
pub use vocabulary::{FactId, FactSpec, FactType, Vocabulary};
