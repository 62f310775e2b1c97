//! What is wrong with a file of an export.

use std::fmt;

/// A file, row or cell that cannot be understood, with the place in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.message)]
pub struct InventoryError(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    place: Place,
    message: String,
    help: Option<String>,
    of_no_kind: bool,
}

/// Where in a file something stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The file as it was named; within an archive with its entry after a `!`.
    pub file: String,
    /// The line of a text, from 1; nothing for the file as a whole.
    pub line: Option<u64>,
    /// The row of a list, from 1, where it has no line of its own.
    pub row: Option<u64>,
    /// The column's name.
    pub column: Option<String>,
}

impl InventoryError {
    /// An error about a file as a whole, as a sentence in lower case.
    pub fn new(file: &str, message: impl Into<String>) -> Self {
        let place = Place { file: file.to_owned(), ..Place::default() };
        Self(Box::new(Inner { place, message: message.into(), help: None, of_no_kind: false }))
    }

    /// The same with a remedy.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// The same at a line.
    #[must_use]
    pub fn at_line(mut self, line: u64) -> Self {
        self.0.place.line = Some(line);
        self
    }

    /// The same at a row of a list.
    #[must_use]
    pub fn at_row(mut self, row: u64) -> Self {
        self.0.place.row = Some(row);
        self
    }

    /// The same in a column.
    #[must_use]
    pub fn in_column(mut self, column: &str) -> Self {
        self.0.place.column = Some(column.to_owned());
        self
    }

    /// The same for a file that is of no kind that is known, rather than a broken one.
    #[must_use]
    pub fn of_no_kind(mut self) -> Self {
        self.0.of_no_kind = true;
        self
    }

    /// True for a file that is of no kind that is known, rather than a broken one.
    pub fn is_of_no_kind(&self) -> bool {
        self.0.of_no_kind
    }

    /// Where it is.
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do.
    pub fn help(&self) -> Option<&str> {
        self.0.help.as_deref()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column `{column}`")?;
        }
        Ok(())
    }
}
