//! Rows of a CSV, whatever wrote it: any delimiter, a type line of PowerShell, a separator line of Excel.

use super::cell::{Cell, LONGEST};
use super::error::InventoryError;
use super::formats::TABLES;
use super::mapping::Mapping;
use super::part::Part;
use super::table::{self, Found, Reader, Table};
use super::{Options, Reading};
use crate::fact::Vocabulary;
use crate::suggest::excerpt;
use ::csv::{ErrorKind, ReaderBuilder, StringRecord};

/// The most columns that a table may have; exports have some hundred.
const MOST_COLUMNS: usize = 10_000;

/// Reads a CSV; nothing where its first line is no header.
pub(super) fn read(reading: &mut Reading<'_>, file: &str, text: &str, options: &Options) -> Result<(), InventoryError> {
    let (text, skipped) = without_preamble(text);
    let header_line = text.lines().next().unwrap_or_default();
    let delimiter = delimiter(header_line);
    let mut csv = ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let names = match csv.read_record(&mut record) {
        Ok(true) => header(file, &record, skipped + 1)?,
        _ => return Err(InventoryError::new(file, "holds no header line").at_line(skipped + 1)),
    };
    let mut kind = match &options.mapping {
        Some(mapping) if mapping.fits(&names) => Kind::mapped(mapping, &names),
        _ => Kind::table(recognised(file, &names, skipped + 1)?, &names),
    };
    let mut part = kind.part(reading.vocabulary, file, &names);
    part.by_line = true;
    loop {
        let before = csv.position().byte();
        match csv.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(broken(file, &error)),
        }
        let line = skipped + record.position().map_or(0, |position| line_of(text, position));
        if record.len() != names.len() {
            let rest = text.as_bytes().get(usize::try_from(before).unwrap_or(usize::MAX)..).unwrap_or_default();
            let error = uneven(file, line, record.len(), names.len(), rest, csv.is_done());
            reading.bad_row(&mut part, error)?;
            continue;
        }
        if let Some(index) = kind.too_long(&record) {
            let message = format!("a cell of {} bytes, where no more than {LONGEST} are read", record[index].len());
            reading.bad_row(&mut part, InventoryError::new(file, message).at_line(line).in_column(&excerpt(&names[index])))?;
            continue;
        }
        match &mut kind {
            Kind::Table(reader, columns) => reader.row(&mut part, line, cells(columns, &record)),
            Kind::Mapped(mapping, columns) => mapping.row(&mut part, line, cells(columns, &record)),
        }
    }
    if let Some(error) = unclosed(file, text, &record, skipped) {
        reading.bad_row(&mut part, error)?;
    }
    reading.parts.push(part);
    Ok(())
}

/// The line that a row begins on. After a carriage return the reader has not come to the next line yet.
fn line_of(text: &str, position: &::csv::Position) -> u64 {
    let at = usize::try_from(position.byte()).ok();
    let late = at.and_then(|at| text.as_bytes().get(at)).is_some_and(|byte| *byte == b'\n');
    position.line() + u64::from(late)
}

/// What rows are read by, and where the columns are that are read.
enum Kind<'o> {
    Table(Reader, Vec<(usize, Found)>),
    Mapped(&'o Mapping, Vec<(usize, usize)>),
}

impl<'o> Kind<'o> {
    fn table(table: &'static Table, names: &[String]) -> Self {
        Self::Table(Reader::new(table), places(names, |name| table.find(name)))
    }

    fn mapped(mapping: &'o Mapping, names: &[String]) -> Self {
        Self::Mapped(mapping, places(names, |name| mapping.column(name)))
    }

    fn part<'v>(&self, vocabulary: &'v Vocabulary, file: &str, names: &[String]) -> Part<'v> {
        match self {
            Self::Table(reader, _) => {
                let table = reader.table;
                let mut part = Part::new(vocabulary, file, table.id, table.title);
                part.could = table.could(vocabulary, |name| names.iter().any(|has| has.eq_ignore_ascii_case(name)));
                part.named_by = table.named_by;
                part
            }
            Self::Mapped(mapping, _) => mapping.part(vocabulary, file),
        }
    }

    /// The last cell of those that are read that is too long.
    fn too_long(&self, record: &StringRecord) -> Option<usize> {
        if record.as_slice().len() <= LONGEST {
            return None;
        }
        let is_long = |index: &usize| record[*index].len() > LONGEST;
        match self {
            Self::Table(_, columns) => columns.iter().map(|(index, _)| *index).rfind(is_long),
            Self::Mapped(_, columns) => columns.iter().map(|(index, _)| *index).rfind(is_long),
        }
    }
}

/// Where the columns are that are read, and what each is.
fn places<C>(names: &[String], column: impl Fn(&str) -> Option<C>) -> Vec<(usize, C)> {
    names.iter().enumerate().filter_map(|(index, name)| Some((index, column(name)?))).collect()
}

/// What a row has in these columns.
fn cells<'r, C: Copy>(columns: &'r [(usize, C)], record: &'r StringRecord) -> impl Iterator<Item = (C, Cell<'r>)> + Clone {
    columns.iter().filter_map(|(index, column)| Some((*column, Cell::from_text(&record[*index])?)))
}

/// The text after a type line of PowerShell or a separator line of Excel, and how many lines that are.
fn without_preamble(text: &str) -> (&str, u64) {
    let (mut rest, mut skipped) = (text, 0);
    loop {
        let line = rest.lines().next().unwrap_or_default();
        let is_preamble = line.starts_with("#TYPE") || line.to_ascii_lowercase().starts_with("sep=") || line.trim().is_empty();
        let Some(end) = rest.find('\n').filter(|_| is_preamble) else { return (rest, skipped) };
        rest = &rest[end + 1..];
        skipped += 1;
    }
}

/// The delimiter that the header line has most of outside quotes.
fn delimiter(header: &str) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0), (b'|', 0)];
    for byte in header.bytes() {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(delimiter, _)| *delimiter == byte && !quoted) {
            *count += 1;
        }
    }
    let mut best = counts[0];
    for one in counts {
        if one.1 > best.1 {
            best = one;
        }
    }
    best.0
}

/// The names of the columns: trimmed, each once.
fn header(file: &str, record: &StringRecord, line: u64) -> Result<Vec<String>, InventoryError> {
    let name = |text: &str| text.replace('\u{a0}', " ").trim().to_owned();
    if record.len() > MOST_COLUMNS {
        let message = format!("the header has {} columns, where no more than {MOST_COLUMNS} are read", record.len());
        return Err(InventoryError::new(file, message).at_line(line));
    }
    let names: Vec<String> = record.iter().map(name).collect();
    for (index, name) in names.iter().enumerate() {
        if !name.is_empty() && names[..index].iter().any(|earlier| earlier.eq_ignore_ascii_case(name)) {
            let error = InventoryError::new(file, "the header has a column twice").at_line(line).in_column(&excerpt(name));
            return Err(error.with_help("which of the two is meant cannot be told; rename or remove one"));
        }
        if name.starts_with("ClassId2e4f51ef") {
            let error = InventoryError::new(file, "the header is that of a formatted table, not of data").at_line(line);
            return Err(error.with_help("in PowerShell: leave out Format-Table before Export-Csv"));
        }
        if name == "count_" || name.starts_with("dcount_") {
            let error = InventoryError::new(file, "the rows are counts, not servers").at_line(line).in_column(&excerpt(name));
            return Err(error.with_help("export the query without `summarize`"));
        }
    }
    Ok(names)
}

fn recognised(file: &str, names: &[String], line: u64) -> Result<&'static Table, InventoryError> {
    table::recognise(TABLES, names).ok_or_else(|| {
        let error = InventoryError::new(file, "has columns of no export that is known").at_line(line).of_no_kind();
        error.with_help(match table::nearest(TABLES, names) {
            Some((title, lacking)) => {
                format!("{title} has a column {lacking} too; or say with --mapping FILE what the columns mean")
            }
            None => "say with --mapping FILE what the columns mean".to_owned(),
        })
    })
}

fn uneven(file: &str, line: u64, cells: usize, columns: usize, rest: &[u8], last: bool) -> InventoryError {
    let message = format!("the row has {cells} cells where the header has {columns}");
    let error = InventoryError::new(file, message).at_line(line);
    let cut = last && !rest.ends_with(b"\n");
    error.with_help(if cut {
        "the file seems to be cut off here; export it again"
    } else {
        "a delimiter within a text has to stand in quotes, and the whole file has to use one delimiter"
    })
}

/// An error where the last row ends within quotes.
fn unclosed(file: &str, text: &str, last: &StringRecord, skipped: u64) -> Option<InventoryError> {
    let position = last.position()?;
    let rest = text.get(usize::try_from(position.byte()).ok()?..)?;
    (rest.matches('"').count() % 2 == 1).then(|| {
        let error = InventoryError::new(file, "the file ends within a quoted cell").at_line(skipped + line_of(text, position));
        error.with_help("the file seems to be cut off here; export it again")
    })
}

fn broken(file: &str, error: &::csv::Error) -> InventoryError {
    let line = error.position().map(::csv::Position::line);
    let message = match error.kind() {
        ErrorKind::Utf8 { .. } => "holds a cell that is no text".to_owned(),
        _ => "cannot be read as CSV".to_owned(),
    };
    let broken = InventoryError::new(file, message);
    line.map_or_else(|| broken.clone(), |line| broken.clone().at_line(line))
}
