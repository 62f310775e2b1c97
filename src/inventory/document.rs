//! A server as a snapshot document, with where each fact comes from.

use super::estate::Server;
use super::part::Part;
use crate::fact::{Own, Recorded, Vocabulary};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// `cutover/snapshot/v1`, as it is written.
#[derive(Debug, Serialize)]
pub struct SnapshotDocument {
    /// `cutover/snapshot/v1`.
    pub schema: &'static str,
    /// The server's name in lower case.
    pub host: String,
    /// When the newest statement about it was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<String>,
    /// The files that say something of it.
    pub source: String,
    /// What is known.
    pub facts: BTreeMap<String, Json>,
    /// What is not, and why.
    pub unknown: BTreeMap<String, String>,
    /// Where each known fact comes from, where sources were put together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<BTreeMap<String, Origin>>,
    /// What was read on the server, where this is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<Recorded>,
}

/// Where a fact comes from.
#[derive(Debug, Serialize)]
pub struct Origin {
    /// The file and the row.
    pub source: String,
    /// When that was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

impl Server {
    /// The server as a document.
    pub fn document(&self, vocabulary: &Vocabulary, parts: &[Part<'_>]) -> SnapshotDocument {
        let name = |fact| vocabulary.name(fact).to_owned();
        let files: Vec<&str> = self.sources().iter().map(|source| &*parts[*source].file).collect();
        let said = self.own.iter().filter_map(|(name, own)| match own {
            Own::Text(text) => Some((name.to_string(), Json::from(&**text))),
            Own::Unclear(_) => None,
        });
        let unclear = self.own.iter().filter_map(|(name, own)| match own {
            Own::Text(_) => None,
            Own::Unclear(reason) => Some((name.to_string(), reason.to_string())),
        });
        SnapshotDocument {
            schema: crate::fact::SNAPSHOT_SCHEMA,
            host: self.host.clone(),
            taken_at: self.taken_at.map(written),
            source: files.join(", "),
            facts: self.facts().iter().map(|learned| (name(learned.fact), learned.value.to_json())).chain(said).collect(),
            unknown: self.unknown().map(|(fact, reason)| (name(fact), reason.to_string())).chain(unclear).collect(),
            from: Some(
                self.facts()
                    .iter()
                    .map(|learned| {
                        let (row, at) = self.source(learned);
                        (name(learned.fact), Origin { source: row.to_string(), at: at.map(written) })
                    })
                    .collect(),
            ),
            observed: None,
        }
    }
}

/// A time to the second, as snapshots have it.
pub fn written(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
