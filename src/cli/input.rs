//! Reading snapshots from files, folders and standard input.

use super::error::CliError;
use crate::fact::{Snapshot, SnapshotError, SnapshotReader};
use crate::plan::given::Format;
use crate::suggest::excerpt;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// What standard input is called in messages.
pub const STANDARD_INPUT: &str = "<standard input>";
/// The longest line of NDJSON, in bytes.
const LONGEST_LINE: usize = 16 << 20;
/// The largest file that holds a single document, in bytes.
const LARGEST_DOCUMENT: u64 = 64 << 20;

/// A snapshot and where it was read.
#[derive(Clone, Debug)]
pub struct Read1 {
    /// The snapshot.
    pub snapshot: Snapshot,
    /// The file's name as it was given.
    pub file: String,
    /// The line that it stands on.
    pub line: usize,
}

/// What was read, and what could not be.
#[derive(Debug, Default)]
pub struct Input {
    /// The snapshots, in the order of the input.
    pub snapshots: Vec<Read1>,
    /// What could not be read.
    pub errors: Vec<CliError>,
    /// How many of the errors are not from standard input.
    pub errors_in_files: usize,
    hosts: HashMap<String, usize>,
}

/// Reads everything that the paths stand for; stops at the first error unless `keep_going`.
pub fn read(reader: SnapshotReader<'_>, paths: &[PathBuf], keep_going: bool) -> Input {
    let mut input = Input::default();
    for path in paths {
        input.path(reader, path, keep_going);
        if !input.errors.is_empty() && !keep_going {
            break;
        }
    }
    input
}

/// What kind of files a path is to stand for: what one is called, and what to name.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    noun: &'static str,
    help: &'static str,
}

const SNAPSHOTS: Wanted = Wanted {
    noun: "snapshot",
    help: "name a snapshot (.json, .yaml), NDJSON of snapshots (.ndjson), a folder of them, or - for standard input",
};

/// Files of plans.
pub const PLANS: Wanted =
    Wanted { noun: "plan", help: "name a plan (.yaml, .json), NDJSON of plans (.ndjson), or a folder of them" };

/// Files of whatever can be compared.
pub const COMPARED: Wanted = Wanted {
    noun: "file to compare",
    help: "name plans, snapshots, a scenario's file, or a directory with scenarios and a directory `catalog` beside them",
};

/// The files that a path stands for.
///
/// # Errors
///
/// Where there is nothing of that name, or the folder holds no such file.
pub fn files(path: &Path, wanted: Wanted) -> Result<Vec<PathBuf>, CliError> {
    let shown = path.display().to_string();
    let metadata = fs::metadata(path).map_err(|error| {
        let help = wanted.help;
        CliError::new(format!("cannot be read: {}", reason(&error))).in_file(&shown).with_help(help)
    })?;
    if !metadata.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let cannot = |error: io::Error| CliError::new(format!("cannot be listed: {}", reason(&error))).in_file(&shown);
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(cannot)? {
        let entry = entry.map_err(cannot)?.path();
        if entry.is_file() && format_of(&entry).is_some() {
            found.push(entry);
        }
    }
    found.sort();
    if found.is_empty() {
        let help = "a folder holds files that end in .json, .yaml, .yml, .ndjson or .jsonl";
        return Err(CliError::new(format!("the folder holds no {}", wanted.noun)).in_file(&shown).with_help(help));
    }
    Ok(found)
}

/// What went wrong with a file, without the operating system's number.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

/// How a file is written; nothing where its name does not say.
pub fn format_of(path: &Path) -> Option<Format> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "json" => Some(Format::Json),
        "ndjson" | "jsonl" => Some(Format::Lines),
        "yaml" | "yml" => Some(Format::Yaml),
        _ => None,
    }
}

impl Input {
    fn fail(&mut self, error: CliError) {
        self.errors.push(error);
    }

    /// What was read so far, good or bad.
    fn seen(&self) -> usize {
        self.snapshots.len() + self.errors.len()
    }

    /// Refuses a source that brought nothing since there was this much.
    fn refuse_nothing(&mut self, file: &str, before: usize) {
        if self.seen() == before {
            let help = "an empty inventory is no answer; was the export cut off?";
            self.fail(CliError::new("holds no snapshot").in_file(file).with_help(help));
        }
    }

    fn path(&mut self, reader: SnapshotReader<'_>, path: &Path, keep_going: bool) {
        let (before, errors) = (self.seen(), self.errors.len());
        if path.as_os_str() == "-" {
            self.lines(reader, &mut io::stdin().lock(), STANDARD_INPUT, keep_going);
            self.refuse_nothing(STANDARD_INPUT, before);
            return;
        }
        match files(path, SNAPSHOTS) {
            Ok(files) => {
                for file in files {
                    self.file(reader, &file, keep_going);
                    if self.errors.len() > errors && !keep_going {
                        break;
                    }
                }
            }
            Err(error) => self.fail(error),
        }
        self.errors_in_files += self.errors.len() - errors;
    }

    fn file(&mut self, reader: SnapshotReader<'_>, path: &Path, keep_going: bool) {
        let shown = path.display().to_string();
        let before = self.seen();
        let Some(format) = format_of(path) else {
            let help = "its name ends in .json, .yaml, .yml, .ndjson or .jsonl";
            self.fail(CliError::new("is no snapshot that is known by its name").in_file(&shown).with_help(help));
            return;
        };
        match File::open(path) {
            Ok(file) if format == Format::Lines => {
                self.lines(reader, &mut BufReader::with_capacity(1 << 18, file), &shown, keep_going);
            }
            Ok(file) => self.document(reader, file, format, &shown, keep_going),
            Err(error) => self.fail(CliError::new(format!("cannot be read: {}", reason(&error))).in_file(&shown)),
        }
        self.refuse_nothing(&shown, before);
    }

    fn document(&mut self, reader: SnapshotReader<'_>, file: File, format: Format, shown: &str, keep_going: bool) {
        let help = "write many servers as NDJSON, one a line, in a file that ends in .ndjson";
        let text = match whole(file, shown, LARGEST_DOCUMENT, help) {
            Ok(text) => text,
            Err(error) => return self.fail(error),
        };
        let text = text.as_str();
        if text.trim().is_empty() {
            return;
        }
        if format == Format::Json && is_lines(text) {
            self.lines(reader, &mut text.as_bytes(), shown, keep_going);
            return;
        }
        let snapshot = if format == Format::Yaml { reader.yaml(text) } else { reader.json(text) };
        match snapshot {
            Ok(snapshot) => self.add(snapshot, shown, 1),
            Err(error) => self.fail(snapshot_error(&error, shown, error.line(), text)),
        }
    }

    fn lines(&mut self, reader: SnapshotReader<'_>, source: &mut dyn BufRead, shown: &str, keep_going: bool) {
        let mut bytes = Vec::new();
        let mut number = 0;
        loop {
            bytes.clear();
            number += 1;
            match next_line(source, &mut bytes) {
                Ok(Line::End) => return,
                Ok(Line::Whole) => self.line(reader, &bytes, shown, number),
                Ok(Line::TooLong) => {
                    let help = "one server is one line; is a line break missing?";
                    self.fail(CliError::new("the line is longer than 16 MiB").at(shown, number, 1).with_help(help));
                }
                Err(error) => {
                    self.fail(CliError::new(format!("cannot be read: {}", reason(&error))).at(shown, number, 1));
                    return;
                }
            }
            if !keep_going && !self.errors.is_empty() {
                return;
            }
        }
    }

    fn line(&mut self, reader: SnapshotReader<'_>, bytes: &[u8], shown: &str, number: usize) {
        let text = match decoded(bytes) {
            Ok(text) => text,
            Err(wrong) => return self.fail(wrong.error(shown, number, bytes)),
        };
        if text.trim().is_empty() {
            return;
        }
        match reader.json(text) {
            Ok(snapshot) => self.add(snapshot, shown, number),
            Err(error) => self.fail(snapshot_error(&error, shown, number, text)),
        }
    }

    fn add(&mut self, snapshot: Snapshot, file: &str, line: usize) {
        let key = snapshot.host().to_lowercase();
        if let Some(first) = self.hosts.get(&key) {
            let earlier = &self.snapshots[*first];
            let message =
                format!("the server `{}` is there twice: first at {}:{}", excerpt(snapshot.host()), earlier.file, earlier.line);
            let help = "two records of one server contradict each other sooner or later; keep the newer one";
            self.fail(CliError::new(message).at(file, line, 1).with_help(help));
            return;
        }
        self.hosts.insert(key, self.snapshots.len());
        self.snapshots.push(Read1 { snapshot, file: file.to_owned(), line });
    }
}

/// The text of a file of at most so many bytes; `help` says what to do with a larger one.
///
/// # Errors
///
/// Where it cannot be read, is too large, or is no UTF-8.
pub fn text_of(path: &Path, shown: &str, largest: u64, help: &str) -> Result<String, CliError> {
    let file = File::open(path).map_err(|error| CliError::new(format!("cannot be read: {}", reason(&error))).in_file(shown))?;
    whole(file, shown, largest, help)
}

/// What a file begins with, enough to see what it is.
///
/// # Errors
///
/// Where it cannot be read.
pub fn beginning_of(path: &Path, shown: &str) -> Result<String, CliError> {
    const ENOUGH: u64 = 64 << 10;
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(ENOUGH).read_to_end(&mut bytes))
        .map_err(|error| CliError::new(format!("cannot be read: {}", reason(&error))).in_file(shown))?;
    // The end may cut a character in two; what is no text at all is refused when it is read as a whole.
    decoded(&bytes)
        .map_or_else(|wrong| if wrong.before == 0 { Err(wrong.error(shown, 1, &bytes)) } else { Ok(()) }, |_| Ok(()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn whole(file: File, shown: &str, largest: u64, help: &str) -> Result<String, CliError> {
    let mut bytes = Vec::new();
    match file.take(largest + 1).read_to_end(&mut bytes) {
        Ok(read) if read as u64 > largest => {
            let message = format!("is larger than {} MiB", largest >> 20);
            return Err(CliError::new(message).in_file(shown).with_help(help));
        }
        Ok(_) => {}
        Err(error) => return Err(CliError::new(format!("cannot be read: {}", reason(&error))).in_file(shown)),
    }
    decoded(&bytes).map(str::to_owned).map_err(|wrong| wrong.error(shown, 1, &bytes))
}

/// Text that is not UTF-8.
struct NotText {
    message: &'static str,
    /// The bytes before the first that is none.
    before: usize,
}

impl NotText {
    /// The error in a text that begins on a line of a file.
    fn error(&self, file: &str, first_line: usize, bytes: &[u8]) -> CliError {
        let before = &bytes[..self.before.min(bytes.len())];
        let line = first_line + before.split(|byte| *byte == b'\n').count() - 1;
        let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
        CliError::new(self.message).at(file, line, column).with_help("save the file as UTF-8; in PowerShell: -Encoding utf8")
    }
}

fn decoded(bytes: &[u8]) -> Result<&str, NotText> {
    let without_mark = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let wide = matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, 0, ..] | [_, 0, _, 0, ..]);
    if wide {
        return Err(NotText { message: "expected UTF-8, found UTF-16", before: 0 });
    }
    std::str::from_utf8(without_mark)
        .map_err(|error| NotText { message: "expected UTF-8, found a byte that is not", before: error.valid_up_to() })
}

/// True where each line is a document of its own.
pub fn is_lines(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let (first, second) = (lines.next().unwrap_or("").trim(), lines.next());
    second.is_some() && first.starts_with('{') && first.ends_with('}')
}

enum Line {
    Whole,
    TooLong,
    End,
}

/// Reads a line without ever holding more than the longest one; of a longer one the rest is passed over.
fn next_line(source: &mut dyn BufRead, bytes: &mut Vec<u8>) -> io::Result<Line> {
    let limit = LONGEST_LINE as u64 + 1;
    if source.take(limit).read_until(b'\n', bytes)? == 0 {
        return Ok(Line::End);
    }
    if bytes.last() == Some(&b'\n') || bytes.len() <= LONGEST_LINE {
        return Ok(Line::Whole);
    }
    source.skip_until(b'\n')?;
    Ok(Line::TooLong)
}

fn snapshot_error(error: &SnapshotError, file: &str, line: usize, text: &str) -> CliError {
    let read = text.lines().nth(error.line().saturating_sub(1)).unwrap_or("");
    let near = around(read, error.column());
    CliError::new(error.to_string()).at(file, line, error.column()).with_help(format!("near: {near}"))
}

/// Some characters before and after a column.
fn around(line: &str, column: usize) -> String {
    const BEFORE: usize = 40;
    const AFTER: usize = 20;
    let at = line.floor_char_boundary(column.saturating_sub(1).min(line.len()));
    let from = line.floor_char_boundary(at.saturating_sub(BEFORE));
    let to = line.floor_char_boundary((at + AFTER).min(line.len()));
    let (start, end) = (if from > 0 { "…" } else { "" }, if to < line.len() { "…" } else { "" });
    format!("{start}{}{end}", &line[from..to])
}
