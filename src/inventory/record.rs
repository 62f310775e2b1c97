//! What one row of one source says of one server.

use super::seen::Seen;
use crate::fact::{FactId, Own, Value};
use std::fmt;
use std::sync::Arc;

/// A row that was understood.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The line of the row, or its number where rows have no lines of their own; from 1.
    pub row: u64,
    /// How the source names the server.
    pub identity: Identity,
    /// When it was recorded.
    pub seen: Seen,
    /// What it says, which rows that say the same share.
    pub claims: Arc<Claims>,
}

/// A row of a file; shown as people look it up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRow {
    pub(super) file: Arc<str>,
    pub(super) row: u64,
    /// Rows are counted by lines of the file.
    pub(super) by_line: bool,
}

impl fmt::Display for SourceRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, row, by_line } = self;
        if *by_line { write!(f, "{file}:{row}") } else { write!(f, "{file}, row {row}") }
    }
}

/// What a row says, whichever server it is about and whenever it was recorded.
#[derive(Clone, Debug, Default)]
pub struct Claims {
    /// What the row is about.
    pub about: About,
    /// Whether it is still about a living server.
    pub standing: Standing,
    /// What it says.
    pub facts: Vec<(FactId, Said)>,
    /// What it says of facts of a user's own that no catalog declares.
    pub own: Vec<(Box<str>, Own)>,
}

/// What a row is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum About {
    /// A server.
    #[default]
    Server,
    /// Every server of an Azure subscription.
    Subscription(Box<str>),
}

/// What a row says of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Its value.
    Known(Value),
    /// An element of a set of which other rows give more, and which is known by those that were found.
    Found(Box<str>),
    /// That it cannot be told from this row, for this reason.
    Unknown(Box<str>),
}

/// The names and keys that a source has for a server, in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// The device id of Defender for Endpoint.
    pub mde: Option<Box<str>>,
    /// The resource id in Azure or Azure Arc.
    pub azure: Option<Box<str>>,
    /// The device id in Entra.
    pub entra: Option<Box<str>>,
    /// The resource id of a Configuration Manager site.
    pub mecm: Option<Box<str>>,
    /// The whole name.
    pub fqdn: Option<Box<str>>,
    /// The first label of the name, or the NetBIOS name.
    pub short: Option<Box<str>>,
    /// The domain: its DNS name, or the NetBIOS name.
    pub domain: Option<Box<str>>,
    /// The folder or archive that belongs to the server.
    pub folder: Option<Box<str>>,
}

impl Identity {
    /// True where nothing names the server.
    pub fn is_empty(&self) -> bool {
        let Self { mde, azure, entra, mecm, fqdn, short, folder, domain: _ } = self;
        [mde, azure, entra, mecm, fqdn, short, folder].iter().all(|name| name.is_none())
    }
}

/// Whether a record is still about a living server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// As far as the source says, it is.
    #[default]
    Live,
    /// The source has not heard from it for long.
    Inactive,
    /// It was merged into the record with this device id.
    Merged(Box<str>),
    /// The source keeps it as obsolete.
    Obsolete,
}
