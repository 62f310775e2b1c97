//! Writing results to standard output or to a file.

use super::error::CliError;
use super::input::reason;
use crate::fleet::document::SummaryDocument;
use crate::report::texts::Texts;
use crate::report::{estate, json};
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Where the result goes.
#[derive(Args, Clone, Debug)]
pub struct OutputOption {
    /// Write the result to this file, whole or not at all
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

impl OutputOption {
    /// Writes a result.
    ///
    /// # Errors
    ///
    /// Where it cannot be written. A reader that has closed its end has what it wanted.
    pub fn write(&self, text: &str) -> Result<(), Vec<CliError>> {
        self.write_by(|out| out.write_all(text.as_bytes()))
    }

    /// Writes a result piece by piece, which is never held as a whole.
    ///
    /// # Errors
    ///
    /// As for [`Self::write`].
    pub fn write_by(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Vec<CliError>> {
        match &self.output {
            Some(path) => write_whole(path, write).map_err(|error| unwritable(path, &error)),
            None => to_stdout_by(write),
        }
    }
}

/// How a document about one server is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DocumentFormat {
    /// For people
    Text,
    /// One document
    Json,
}

impl DocumentFormat {
    /// The document in this format; `text` writes it for people.
    pub fn written<T: Serialize>(self, document: &T, text: impl FnOnce(&T) -> String) -> Result<String, Vec<CliError>> {
        match self {
            Self::Text => Ok(text(document)),
            Self::Json => pretty(document),
        }
    }
}

/// How a summary of many servers is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SummaryFormat {
    /// For people: tables
    Text,
    /// One document
    Json,
    /// The document on one line
    Ndjson,
    /// For a page or a ticket
    Markdown,
    /// For spreadsheets
    Csv,
}

impl SummaryFormat {
    /// The document in this format.
    pub fn written(self, document: &SummaryDocument, texts: &Texts) -> Result<String, Vec<CliError>> {
        let failed = |error: &dyn std::error::Error| vec![CliError::new(error.to_string())];
        match self {
            Self::Text => Ok(estate::summary(document, texts)),
            Self::Json => pretty(document),
            Self::Ndjson => json::line(document).map(|line| line + "\n").map_err(|error| failed(&error)),
            Self::Markdown => Ok(estate::markdown(document, texts)),
            Self::Csv => estate::csv(document).map_err(|error| failed(&error)),
        }
    }
}

/// A JSON document that ends its last line.
pub fn pretty<T: Serialize>(document: &T) -> Result<String, Vec<CliError>> {
    json::pretty(document).map(|text| text + "\n").map_err(|error| vec![CliError::new(error.to_string())])
}

/// That a file or a directory cannot be written.
pub fn unwritable(path: &Path, error: &io::Error) -> Vec<CliError> {
    vec![CliError::new(format!("cannot be written: {}", reason(error))).in_file(&path.display().to_string())]
}

/// That standard output cannot be written.
pub fn no_output(error: &io::Error) -> CliError {
    CliError::new(format!("standard output cannot be written: {}", reason(error)))
}

/// Writes to standard output.
pub fn to_stdout(text: &str) -> Result<(), Vec<CliError>> {
    to_stdout_by(|out| out.write_all(text.as_bytes()))
}

fn to_stdout_by(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Vec<CliError>> {
    let mut stdout = BufWriter::new(io::stdout().lock());
    match write(&mut stdout).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(vec![no_output(&error)]),
        _ => Ok(()),
    }
}

/// A file is there whole or as it was; a link stays one. What is no file, such as a device or a pipe, is written into.
fn write_whole(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let write = |file: &mut File| {
        let mut out = BufWriter::new(file);
        write(&mut out)?;
        out.flush()
    };
    let target = match fs::metadata(path) {
        Ok(known) if !known.is_file() && !known.is_dir() => {
            return write(&mut File::options().write(true).open(path)?);
        }
        Ok(_) => fs::canonicalize(path)?,
        Err(_) => path.to_owned(),
    };
    let folder = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // As any program would make it, which the umask limits.
    #[cfg(unix)]
    let file = tempfile::Builder::new().permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)).tempfile_in(folder);
    #[cfg(not(unix))]
    let file = tempfile::NamedTempFile::new_in(folder);
    let mut file = file?;
    write(file.as_file_mut())?;
    file.as_file().sync_all()?;
    file.persist(target)?;
    Ok(())
}
