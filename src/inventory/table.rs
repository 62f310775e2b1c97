//! A kind of row: by which columns it is recognised, and what each column says.

use super::cell::Cell;
use super::draft::Draft;
use super::part::Part;
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
    pub(super) read: fn(&mut Draft<'_>, Cell<'_>),
}

impl Column {
    pub(super) const fn new(name: &'static str, says: &'static [&'static str], read: fn(&mut Draft<'_>, Cell<'_>)) -> Self {
        Self { name, says, read }
    }
}

impl Table {
    /// All columns.
    pub fn columns(&self) -> impl Iterator<Item = &'static Column> + use<> {
        self.columns.iter().flat_map(|some| some.iter())
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

/// The columns of a table by the names that a file has for them.
#[derive(Debug, Default)]
pub(super) struct Columns {
    by_name: HashMap<Box<str>, Option<&'static Column>>,
}

impl Columns {
    /// The column of that name; what was looked up once is found at once.
    pub(super) fn find(&mut self, table: &'static Table, name: &str) -> Option<&'static Column> {
        if let Some(found) = self.by_name.get(name) {
            return *found;
        }
        let found = table.columns().find(|column| column.name.eq_ignore_ascii_case(name.trim()));
        self.by_name.insert(name.into(), found);
        found
    }
}

/// Reads one row into a part.
pub(super) fn row<'r>(
    part: &mut Part<'_>,
    table: &'static Table,
    row: u64,
    cells: impl Iterator<Item = (&'static Column, Cell<'r>)>,
) {
    let mut draft = Draft::new(part.vocabulary, row);
    draft.products = std::mem::take(&mut part.products);
    for (column, cell) in cells {
        (column.read)(&mut draft, cell);
    }
    (table.finish)(&mut draft);
    part.products = std::mem::take(&mut draft.products);
    part.add(draft);
}
