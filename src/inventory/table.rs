//! A kind of row: by which columns it is recognised, and what each column says.

use super::cell::Cell;
use super::draft::{Draft, Heading, Judged};
use super::part::Part;
use super::record::Identity;
use crate::fact::{FactId, Vocabulary};
use std::collections::{BTreeSet, HashMap};

/// A kind of row that producers of exports write, as CSV or as JSON.
#[derive(Debug)]
pub struct Table {
    /// A short name, such as `defender-machines`.
    pub id: &'static str,
    /// What it is, as a person would call it.
    pub title: &'static str,
    /// The sets of columns that each are enough to recognise it.
    pub(super) recognised_by: &'static [&'static [&'static str]],
    /// What the columns say. Their names compare without regard to case.
    pub(super) columns: &'static [&'static [Column]],
    /// What they say together.
    pub(super) finish: fn(&mut Draft<'_>),
    /// The facts that only the columns together say.
    pub(super) says: &'static [&'static str],
    /// How a server is named where no column does.
    pub(super) named_by: NamedBy,
}

/// How a server is named where no column of a row does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedBy {
    /// By its rows alone.
    Row,
    /// By the folder or archive that holds the file.
    Folder,
    /// By the name of the file.
    File,
}

/// A column of a table.
#[derive(Debug)]
pub struct Column {
    /// Its name, in any case.
    pub name: &'static str,
    /// The facts that it can say something of.
    pub(super) says: &'static [&'static str],
    read: Read,
}

/// What the cells of a column are read as.
#[derive(Clone, Copy, Debug)]
pub(super) enum Read {
    /// Names and keys of the server.
    Names(fn(&mut Identity, Cell<'_>)),
    /// The time at which the row was recorded.
    When,
    /// What is said of the server.
    Says(fn(&mut Draft<'_>, Cell<'_>)),
}

/// A column of a table that a file has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    column: &'static Column,
    /// Which of the table's columns it is.
    place: u16,
}

impl Found {
    pub(super) fn name(self) -> &'static str {
        self.column.name
    }
}

impl Column {
    pub(super) const fn new(name: &'static str, says: &'static [&'static str], read: Read) -> Self {
        Self { name, says, read }
    }
}

impl Table {
    /// All columns.
    pub fn columns(&self) -> impl Iterator<Item = &'static Column> + use<> {
        self.columns.iter().flat_map(|some| some.iter())
    }

    /// The column of that name.
    pub(super) fn find(&self, name: &str) -> Option<Found> {
        let mut columns = (0..).zip(self.columns());
        let (place, column) = columns.find(|(_, column)| column.name.eq_ignore_ascii_case(name.trim()))?;
        Some(Found { column, place })
    }

    /// The facts that a row with these columns could have said.
    pub(super) fn could(&self, vocabulary: &Vocabulary, has: impl Fn(&str) -> bool) -> BTreeSet<FactId> {
        let of_columns = self.columns().filter(|column| has(column.name)).flat_map(|column| column.says);
        of_columns.chain(self.says).filter_map(|fact| vocabulary.find(fact)).collect()
    }

    /// True where the columns are enough to recognise it.
    pub(super) fn is_of(&self, has: impl Fn(&str) -> bool) -> bool {
        // The results of CMPivot have the columns of a host's own files, for many servers that are named in this one.
        if self.named_by == NamedBy::Folder && has("Device") {
            return false;
        }
        self.recognised_by.iter().any(|set| set.iter().all(|name| has(name)))
    }

    /// How many columns it would read of a row with these, in lower case; nothing where they are not of this kind.
    fn likeness(&self, names: &[String]) -> Option<usize> {
        let has = |wanted: &str| names.iter().any(|name| name.eq_ignore_ascii_case(wanted));
        self.is_of(has).then(|| self.columns().filter(|column| has(column.name)).count())
    }
}

/// The kind of row that has these columns: of several the one that reads most of them.
pub(super) fn recognise(tables: &[&'static Table], names: &[String]) -> Option<&'static Table> {
    let mut best: Option<(usize, &'static Table)> = None;
    for table in tables {
        if let Some(likeness) = table.likeness(names)
            && best.is_none_or(|(other, _)| likeness > other)
        {
            best = Some((likeness, table));
        }
    }
    best.map(|(_, table)| table)
}

/// The kind of row that comes nearest to these columns, by its title, and the columns that it lacks, in words: fewer than half of
/// those by which it is recognised.
pub(super) fn nearest(tables: &[&'static Table], names: &[String]) -> Option<(&'static str, String)> {
    let has = |wanted: &str| names.iter().any(|name| name.eq_ignore_ascii_case(wanted));
    let lacking = |table: &&'static Table| {
        let sets = table.recognised_by.iter().map(|set| (set.len(), set.iter().copied().filter(|name| !has(name)).collect()));
        let near = sets.filter(|(all, lacking): &(usize, Vec<&str>)| lacking.len() * 2 < *all);
        near.map(|(_, lacking)| (table.title, lacking)).min_by_key(|(_, lacking)| lacking.len())
    };
    let (title, lacking) = tables.iter().filter_map(lacking).min_by_key(|(_, lacking)| lacking.len())?;
    let quoted: Vec<String> = lacking.iter().map(|name| format!("`{name}`")).collect();
    Some((title, quoted.join(" and ")))
}

/// Reads the rows of one kind in a file.
///
/// Most rows of a file say the same as others of it, of other servers and at other times. So what a row comes to is judged once
/// for all rows that have the same cells, but for those that name the server or the time: these are read of each.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) table: &'static Table,
    judged: HashMap<Box<[u8]>, Judged>,
    /// What tells the row that is read from others; kept for its room.
    key: Vec<u8>,
}

impl Reader {
    /// More than so many different rows are not remembered.
    const MOST: usize = 4096;
    /// Nor is a row with more bytes that tell it from others.
    const LONGEST: usize = 1024;

    pub(super) fn new(table: &'static Table) -> Self {
        Self { table, judged: HashMap::new(), key: Vec::new() }
    }

    /// Reads one row into a part.
    pub(super) fn row<'r>(&mut self, part: &mut Part<'_>, row: u64, cells: impl Iterator<Item = (Found, Cell<'r>)> + Clone) {
        let mut heading = Heading::default();
        self.key.clear();
        let mut short = true;
        for (found, cell) in cells.clone() {
            match found.column.read {
                Read::Names(read) => read(&mut heading.identity, cell),
                Read::When => heading.when(cell),
                Read::Says(_) => short = short && self.key.len() <= Self::LONGEST && cell.tell(found.place, &mut self.key),
            }
        }
        if short && let Some(judged) = self.judged.get(self.key.as_slice()) {
            return part.add(row, heading, judged);
        }
        let mut draft = Draft::new(part.vocabulary);
        for (found, cell) in cells {
            draft.column(found.column.read, cell);
        }
        (self.table.finish)(&mut draft);
        let (heading, judged, of_all) = draft.judged();
        part.add(row, heading, &judged);
        if short && of_all && self.judged.len() < Self::MOST {
            self.judged.insert(self.key.as_slice().into(), judged);
        }
    }
}
