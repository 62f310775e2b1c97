//! Exports of inventories: what each row of each source says of which server, and what they say together.
//!
//! In come the bytes of files; out come records of what each row says, and from them snapshots of servers in which every
//! fact is known, or unknown with a reason. A file is recognised by its content, never by its name. What a source could not
//! have said is unknown, a row that is missing says nothing, and rows read, used and ignored add up. Nothing here opens a
//! file, looks at a clock, or knows what is done with a fact.

mod cell;
mod clixml;
mod container;
mod csv;
mod document;
mod draft;
mod error;
mod estate;
mod formats;
mod join;
mod json;
mod mapping;
mod meaning;
mod part;
mod record;
mod seen;
mod statement;
mod table;
mod text;
mod xml;

pub use document::{Origin, SnapshotDocument, written};
pub use error::{InventoryError, Place};
pub use estate::{Estate, Joining, Learned, Server, estate};
pub use join::{Aliases, Ambiguity};
pub use mapping::{Mapping, MappingError, schema as mapping_schema};
pub use part::Part;
pub use record::{About, Claims, Identity, Record, Said, SourceRow, Standing};
pub use seen::{DateOrder, Seen};

use crate::fact::{FactId, Snapshot, Vocabulary};
use jiff::Timestamp;
use std::sync::Arc;

/// The short name of snapshots among the kinds of rows.
pub const SNAPSHOTS: &str = "snapshot";

/// How files are to be read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What the columns of a table of one's own mean.
    pub mapping: Option<Mapping>,
    /// The order of day and month in dates that could be two days.
    pub date_order: Option<DateOrder>,
    /// When the rows were recorded that do not say it themselves.
    pub collected_at: Option<Timestamp>,
    /// Go on after a row that cannot be read.
    pub keep_going: bool,
}

/// A file of an export.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The file as it was named, with `/` between folders.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// What was read of some files.
#[derive(Debug)]
pub struct Reading<'v> {
    vocabulary: &'v Vocabulary,
    /// What was read of each file, or of each kind of row in one.
    pub parts: Vec<Part<'v>>,
    /// Rows that could not be read, where that was to be passed over.
    pub errors: Vec<InventoryError>,
    keep_going: bool,
}

impl<'v> Reading<'v> {
    /// Nothing yet; facts that the vocabulary does not have will be passed over.
    pub fn new(vocabulary: &'v Vocabulary) -> Self {
        Self { vocabulary, parts: Vec::new(), errors: Vec::new(), keep_going: false }
    }

    /// Reads one file more.
    ///
    /// # Errors
    ///
    /// Where the file is of no kind that is known, is cut off, or has a row that cannot be read; of the last kind all are
    /// kept among [`Reading::errors`] instead where it is to go on.
    pub fn read(&mut self, source: &Source, options: &Options) -> Result<(), InventoryError> {
        self.keep_going = options.keep_going;
        let first = self.parts.len();
        if let Err(error) = container::read(self, &source.name, &source.bytes, options) {
            // Of an archive some files may have been read already.
            self.parts.truncate(first);
            return Err(error);
        }
        for part in &mut self.parts[first..] {
            part.finish(options.date_order, options.collected_at);
        }
        Ok(())
    }

    /// Takes servers that were recorded as snapshots, each with the file and the line that it stands on.
    pub fn snapshots<'s>(&mut self, snapshots: impl Iterator<Item = (&'s Snapshot, &'s str, usize)>) {
        for (snapshot, file, line) in snapshots {
            if self.parts.last().is_none_or(|part| *part.file != *file || part.format != SNAPSHOTS) {
                let mut part = Part::new(self.vocabulary, file, SNAPSHOTS, "snapshots");
                part.by_line = true;
                self.parts.push(part);
            }
            let Some(part) = self.parts.last_mut() else { continue };
            let mut record = Record { row: line as u64, ..Record::default() };
            meaning::identity::named(&mut record.identity, snapshot.host());
            if let Some(taken_at) = snapshot.taken_at() {
                record.seen = seen::read(taken_at).0;
            }
            let known = snapshot.facts().iter().map(|(fact, value)| (*fact, Said::Known(value.clone())));
            let unknown = snapshot.unknown().iter().map(|(fact, reason)| (*fact, Said::Unknown((**reason).into())));
            let (facts, own) = (known.chain(unknown).collect(), snapshot.own().to_vec());
            record.claims = Arc::new(Claims { facts, own, ..Claims::default() });
            part.rows += 1;
            part.records.push(record);
        }
    }

    /// Passes over a row that cannot be read, or gives up.
    fn bad_row(&mut self, part: &mut Part<'v>, error: InventoryError) -> Result<(), InventoryError> {
        if !self.keep_going {
            return Err(error);
        }
        part.rows += 1;
        part.ignore("the row cannot be read");
        self.errors.push(error);
        Ok(())
    }
}

/// A kind of row that is known without a mapping.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its short name.
    pub id: &'static str,
    /// What it is, as a person would call it.
    pub title: &'static str,
    /// The columns that each are enough to recognise it by.
    pub recognised_by: &'static [&'static [&'static str]],
    /// The facts that it can say something of, in the order of the catalog.
    pub says: Vec<FactId>,
}

/// The kinds of rows that are known without a mapping.
pub fn formats(vocabulary: &Vocabulary) -> impl Iterator<Item = Known> {
    formats::TABLES.iter().map(|table| Known {
        id: table.id,
        title: table.title,
        recognised_by: table.recognised_by,
        says: table.could(vocabulary, |_| true).into_iter().collect(),
    })
}
