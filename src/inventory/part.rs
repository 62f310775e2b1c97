//! What was read of one file, or of one kind of row in it.

use super::draft::{Heading, Judged};
use super::meaning::identity;
use super::record::{About, Identity, Record, SourceRow};
use super::seen::{DateOrder, Seen};
use super::table::NamedBy;
use crate::fact::{FactId, Vocabulary};
use crate::suggest::excerpt;
use jiff::Timestamp;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The rows of one kind in one file, and what became of each.
#[derive(Debug)]
pub struct Part<'v> {
    pub(super) vocabulary: &'v Vocabulary,
    /// The file as it was named; within an archive with its entry after a `!`.
    pub file: Arc<str>,
    /// The short name of the kind of row.
    pub format: &'static str,
    /// What that is.
    pub title: &'static str,
    /// The rows that were understood.
    pub records: Vec<Record>,
    /// The facts that its rows could have said.
    pub could: BTreeSet<FactId>,
    /// How many rows there are.
    pub rows: u64,
    /// Why rows were of no use, and how many.
    pub ignored: BTreeMap<Cow<'static, str>, u64>,
    /// What a reader of the answers has to know, such as that the export is not whole.
    pub notices: Vec<String>,
    /// When the rows were recorded that do not say it themselves.
    pub(super) collected: Option<Timestamp>,
    /// The order of day and month that was given, or that the file's own dates prove.
    pub(super) order: Option<DateOrder>,
    /// How servers are named where no column does.
    pub(super) named_by: NamedBy,
    /// Rows are counted by lines of the file.
    pub(super) by_line: bool,
    /// The name of the file named a server.
    by_file: bool,
    /// What has to be known of some rows, and how many they are.
    notes: BTreeMap<&'static str, u64>,
    contradictory: bool,
}

impl<'v> Part<'v> {
    pub(super) fn new(vocabulary: &'v Vocabulary, file: &str, format: &'static str, title: &'static str) -> Self {
        Self {
            vocabulary,
            file: file.into(),
            format,
            title,
            records: Vec::new(),
            could: BTreeSet::new(),
            rows: 0,
            ignored: BTreeMap::new(),
            notices: Vec::new(),
            collected: None,
            order: None,
            named_by: NamedBy::Row,
            by_line: false,
            by_file: false,
            notes: BTreeMap::new(),
            contradictory: false,
        }
    }

    /// How many rows became records.
    pub fn used(&self) -> u64 {
        self.records.len() as u64
    }

    /// Takes a row that was understood, or notes why it is of no use.
    pub(super) fn add(&mut self, row: u64, heading: Heading, judged: &Judged) {
        self.rows += 1;
        let Heading { mut identity, seen, proved } = heading;
        if let Some(proved) = proved {
            self.contradictory |= self.order.is_some_and(|order| order != proved);
            self.order.get_or_insert(proved);
        }
        let Judged { claims, ignored, note, apart } = judged;
        if !apart {
            self.name(&mut identity);
        }
        match ignored {
            Some(reason) => self.ignore(reason.clone()),
            None if claims.about == About::Server && identity.is_empty() => self.ignore(match self.named_by {
                NamedBy::File => "neither the row nor the name of the file names a server",
                NamedBy::Folder if !apart => "the row names no server, and the file is in no folder of one",
                NamedBy::Folder | NamedBy::Row => "the row names no server",
            }),
            None => {
                self.records.push(Record { row, identity, seen, claims: Arc::clone(claims) });
                if let Some(note) = note {
                    *self.notes.entry(note).or_default() += 1;
                }
            }
        }
    }

    /// Names the server of a row that does not name it itself.
    fn name(&mut self, identity: &mut Identity) {
        match self.named_by {
            NamedBy::Row => {}
            NamedBy::Folder => identity.folder = folder(&self.file).map(Into::into),
            NamedBy::File if identity.short.is_some() => {}
            NamedBy::File => {
                let name = stem(&self.file);
                if is_host(name) {
                    identity::named(identity, name);
                    self.by_file |= identity.short.is_some();
                }
            }
        }
    }

    /// Counts a row that is of no use.
    pub(super) fn ignore(&mut self, reason: impl Into<Cow<'static, str>>) {
        *self.ignored.entry(reason.into()).or_default() += 1;
    }

    /// Notes that the export is not whole.
    pub(super) fn incomplete(&mut self, how: &str) {
        self.notices.push(format!("{how}: servers that are missing here may be in the rest"));
    }

    /// Gives the rows their times, now that the file was read whole.
    pub(super) fn finish(&mut self, given: Option<DateOrder>, collected: Option<Timestamp>) {
        let order = given.or(if self.contradictory { None } else { self.order });
        self.collected = collected;
        let (mut ambiguous, mut unreadable) = (0_u64, 0_u64);
        for record in &mut self.records {
            record.seen = record.seen.in_order(order);
            match record.seen {
                Seen::Either { .. } => ambiguous += 1,
                Seen::Unreadable => unreadable += 1,
                Seen::At(_) | Seen::Unsaid => {}
            }
        }
        // Sources end without a word at a round number of rows.
        if matches!(self.rows, 10_000 | 20_000 | 100_000) {
            self.incomplete(&format!("holds exactly {} rows, which is where such exports end", self.rows));
        }
        for (note, count) in &self.notes {
            self.notices.push(format!("{count} of {} rows {note}", self.rows));
        }
        if self.by_file && !self.records.is_empty() {
            let name = excerpt(stem(&self.file));
            self.notices.push(format!("rows name no server here; by the name of the file it is `{name}`"));
        }
        if ambiguous > 0 {
            let notice = format!("{ambiguous} rows have a date that could be two days; say which with --date-order");
            self.notices.push(notice);
        }
        if unreadable > 0 {
            self.notices.push(format!("{unreadable} rows have a date that cannot be read, so their age is not known"));
        }
    }

    /// A row as people look it up.
    pub fn place(&self, record: &Record) -> SourceRow {
        SourceRow { file: Arc::clone(&self.file), row: record.row, by_line: self.by_line }
    }

    /// When a row was recorded, as far as it or the file says.
    pub fn recorded(&self, record: &Record) -> Option<Timestamp> {
        match record.seen {
            Seen::At(at) => Some(at),
            Seen::Unsaid => self.collected,
            Seen::Either { .. } | Seen::Unreadable => None,
        }
    }
}

/// The folder or archive that holds a file, without the folder that a client analyzer puts its logs in. An archive may hold a
/// folder for each of several servers.
fn folder(file: &str) -> Option<&str> {
    let (folder, name) = file.rsplit_once(['/', '!'])?;
    // Only a folder of its own is that of the logs.
    let outer = folder.strip_suffix("SystemInfoLogs").and_then(|outer| outer.strip_suffix(['/', '!']));
    let folder = outer.unwrap_or(folder);
    (!name.is_empty() && !folder.is_empty()).then_some(folder)
}

/// The name of a file without its folders, the ending of a format, and what stands before a host's name: the schema in a cache of
/// Ansible, or the words `registered-results.` before what its modules returned.
fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '!']).next().unwrap_or(file);
    let name = name.strip_suffix(".json").unwrap_or(name);
    let name = name.strip_prefix("registered-results.").unwrap_or(name);
    match name.split_once('_') {
        Some((schema, host)) if is_schema(schema) => host,
        _ => name,
    }
}

/// True for what may be the name of a host; whether it is one, a name alone never tells.
fn is_host(name: &str) -> bool {
    name.len() <= 253 && name.chars().all(|one| one.is_alphanumeric() || matches!(one, '-' | '_' | '.'))
}

fn is_schema(text: &str) -> bool {
    text.strip_prefix('s').is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_knows_the_folder_of_a_server() {
        for (file, expected) in [
            ("SRV-APP01/Get-Service.json", Some("SRV-APP01")),
            ("a/b/Result/SystemInfoLogs/dsregcmd.txt", Some("a/b/Result")),
            ("a.zip!SystemInfoLogs/dsregcmd.txt", Some("a.zip")),
            ("a.zip!SRV-APP01/SystemInfoLogs/dsregcmd.txt", Some("a.zip!SRV-APP01")),
            ("a.zip!x.csv", Some("a.zip")),
            ("SystemInfoLogs/x.csv", Some("SystemInfoLogs")),
            ("x.csv", None),
            ("/x.csv", None),
        ] {
            assert_eq!(folder(file), expected, "{file}");
        }
    }
}
