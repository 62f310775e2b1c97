//! Reading snapshots from files, folders and standard input.

use super::error::CliError;
use super::inventory::{self, Exports, Named, ReadingOptions, exports};
use crate::catalog::Catalog;
use crate::fact::{Snapshot, SnapshotError, SnapshotReader, Vocabulary};
use crate::inventory::{Reading, Server};
use crate::observe::Observer;
use crate::plan::given::Format;
use crate::suggest::excerpt;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// What standard input is called in messages.
pub const STANDARD_INPUT: &str = "<standard input>";
/// The longest line of NDJSON, in bytes.
pub const LONGEST_LINE: usize = 16 << 20;
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

/// Reads everything that the paths stand for; stops at the first error unless `keep_going`. Where exports are among it, all
/// that is said of a server is put together.
pub fn read(catalog: &Catalog, paths: &[PathBuf], options: &ReadingOptions, keep_going: bool) -> Input {
    let (mut input, sources) = Input::gather(catalog, paths, keep_going);
    if !sources.is_empty() && (input.errors.is_empty() || keep_going) {
        input.join(catalog.vocabulary(), &sources, options, keep_going);
    }
    input
}

/// Everything that the paths stand for, put together server by server, with where each fact comes from.
///
/// # Errors
///
/// Where an option is wrong.
pub fn estate<'v>(
    catalog: &'v Catalog,
    paths: &[PathBuf],
    options: &ReadingOptions,
    keep_going: bool,
) -> Result<Exports<'v>, CliError> {
    let (mut input, sources) = Input::gather(catalog, paths, keep_going);
    let sources = if input.errors.is_empty() || keep_going { sources } else { Vec::new() };
    let mut found = input.put_together(catalog.vocabulary(), &sources, options, keep_going)?;
    input.errors.append(&mut found.errors);
    found.errors = input.errors;
    Ok(found)
}

/// Something to read snapshots from, one after the other.
#[derive(Clone, Debug)]
pub enum Stream {
    /// NDJSON on standard input.
    StandardInput,
    /// A file of NDJSON.
    Lines {
        /// Its path.
        path: PathBuf,
        /// Its name as it was given.
        shown: String,
    },
    /// Another file.
    Document(Document),
}

/// A file that is read as a whole.
#[derive(Clone, Debug)]
pub struct Document {
    path: PathBuf,
    shown: String,
}

impl Stream {
    /// What it is called in messages.
    pub fn shown(&self) -> &str {
        match self {
            Self::StandardInput => STANDARD_INPUT,
            Self::Lines { shown, .. } | Self::Document(Document { shown, .. }) => shown,
        }
    }

    /// How many bytes it has; zero where that is not known.
    pub fn size(&self) -> u64 {
        match self {
            Self::StandardInput => 0,
            Self::Lines { path, .. } | Self::Document(Document { path, .. }) => fs::metadata(path).map_or(0, |file| file.len()),
        }
    }
}

impl Document {
    /// The snapshots in it.
    pub fn read(&self, reader: SnapshotReader<'_>, keep_going: bool) -> Input {
        let mut input = Input::default();
        input.file(reader, &self.path, keep_going);
        input
    }
}

/// What paths stand for that can be read without an export among it; nothing where one is, since what several sources say of
/// a server has to be put together.
///
/// # Errors
///
/// With the paths that cannot be read.
pub fn streams(paths: &[PathBuf]) -> Result<Option<Vec<Stream>>, Vec<CliError>> {
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    for path in paths {
        if path.as_os_str() == "-" {
            found.push(Stream::StandardInput);
            continue;
        }
        let files = match facts(path) {
            Ok(files) => files,
            Err(error) => {
                errors.push(error);
                continue;
            }
        };
        for path in files {
            let shown = path.display().to_string();
            match is_export(&path) {
                Ok(true) => return Ok(None),
                Ok(false) if format_of(&path) == Some(Format::Lines) => found.push(Stream::Lines { path, shown }),
                Ok(false) => found.push(Stream::Document(Document { path, shown })),
                Err(error) => errors.push(error),
            }
        }
    }
    if errors.is_empty() { Ok(Some(found)) } else { Err(errors) }
}

/// What kind of files a path is to stand for: what one is called, and what to name.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    noun: &'static str,
    help: &'static str,
}

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

/// The files that hold facts below a path: itself, or everything in a folder and its folders that is not hidden.
fn facts(path: &Path) -> Result<Vec<PathBuf>, CliError> {
    let shown = path.display().to_string();
    let cannot = |error: io::Error| {
        let help = "name a snapshot, an export, a folder of them, or - for standard input";
        CliError::new(format!("cannot be read: {}", reason(&error))).in_file(&shown).with_help(help)
    };
    if !fs::metadata(path).map_err(cannot)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    let mut open = vec![path.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).map_err(cannot)? {
            let entry = entry.map_err(cannot)?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            // A link is followed to a file, never to a folder, which may hold the link.
            let kind = entry.file_type().map_err(cannot)?;
            if kind.is_dir() {
                open.push(entry.path());
            } else if entry.path().is_file() {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    if found.is_empty() {
        let help = "name a folder that holds snapshots or exports";
        return Err(CliError::new("the folder holds no file").in_file(&shown).with_help(help));
    }
    Ok(found)
}

/// True for a file that is to be read as an export, and false for one that is a snapshot or means to be one.
fn is_export(path: &Path) -> Result<bool, CliError> {
    const ENOUGH: u64 = 16 << 10;
    let shown = path.display().to_string();
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(ENOUGH).read_to_end(&mut bytes))
        .map_err(|error| CliError::new(format!("cannot be read: {}", reason(&error))).in_file(&shown))?;
    // Zeros between letters are of no account here.
    bytes.retain(|byte| *byte != 0);
    let text = String::from_utf8_lossy(&bytes);
    let start = text.trim_start_matches(['\u{feff}', '\u{fffd}']).trim_start();
    Ok(match format_of(path) {
        Some(Format::Yaml) => false,
        Some(Format::Json | Format::Lines) => {
            let is_json = start.starts_with(['{', '[']);
            // Hunting results have a schema too, which is a list.
            let named = text
                .split("\"schema\"")
                .skip(1)
                .any(|rest| rest.trim_start_matches([' ', '\t', '\r', '\n', ':']).starts_with('"'));
            let means_to_be = text.contains("\"facts\"") || named;
            is_json && !means_to_be && !matches!(start, "{}" | "[]")
        }
        None => !text.contains("\"cutover/snapshot/"),
    })
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
            self.fail(nothing().in_file(file));
        }
    }

    /// The snapshots that the paths stand for, and the exports that are still to be read.
    fn gather(catalog: &Catalog, paths: &[PathBuf], keep_going: bool) -> (Self, Vec<Named>) {
        let observer = Observer::new(catalog);
        let reader = SnapshotReader::new(catalog.vocabulary()).judged_by(&observer);
        let mut input = Self::default();
        let mut sources = Vec::new();
        for path in paths {
            input.path(reader, path, keep_going, &mut sources);
            if !input.errors.is_empty() && !keep_going {
                break;
            }
        }
        (input, sources)
    }

    /// Puts what exports say together with the snapshots.
    fn put_together<'v>(
        &self,
        vocabulary: &'v Vocabulary,
        sources: &[Named],
        options: &ReadingOptions,
        keep_going: bool,
    ) -> Result<Exports<'v>, CliError> {
        let mut reading = Reading::new(vocabulary);
        reading.snapshots(self.snapshots.iter().map(|read| (&read.snapshot, read.file.as_str(), read.line)));
        exports(reading, vocabulary, sources, options, keep_going)
    }

    /// Takes what comes of snapshots and exports in the place of the snapshots.
    fn join(&mut self, vocabulary: &Vocabulary, sources: &[Named], options: &ReadingOptions, keep_going: bool) {
        let exports = match self.put_together(vocabulary, sources, options, keep_going) {
            Ok(exports) => exports,
            Err(error) => return self.fail(error),
        };
        self.errors_in_files += exports.errors.len();
        self.errors.extend(exports.errors);
        let parts = &exports.reading.parts;
        let read = |server: &Server| {
            let file = server.sources().first().map(|source| parts[*source].file.to_string()).unwrap_or_default();
            Read1 { snapshot: server.snapshot(), file, line: 1 }
        };
        self.snapshots = exports.estate.servers.iter().map(read).collect();
        if self.snapshots.is_empty() && self.errors.is_empty() {
            let (message, help) = if parts.is_empty() {
                (
                    "there is no snapshot and no export that is known",
                    "cutover facts formats lists the exports; snapshots end in .json, .ndjson or .yaml",
                )
            } else {
                ("the exports hold no server", "the notes above say what became of each row")
            };
            self.fail(CliError::new(message).with_help(help));
        }
    }

    fn path(&mut self, reader: SnapshotReader<'_>, path: &Path, keep_going: bool, exports: &mut Vec<Named>) {
        let (before, errors) = (self.seen(), self.errors.len());
        if path.as_os_str() == "-" {
            self.lines(reader, &mut io::stdin().lock(), STANDARD_INPUT, keep_going);
            self.refuse_nothing(STANDARD_INPUT, before);
            return;
        }
        match facts(path) {
            Ok(files) => {
                let named = files.len() == 1 && files[0] == path;
                for file in files {
                    match is_export(&file) {
                        Ok(true) => match inventory::source(&file) {
                            Ok(source) => exports.push((source, named)),
                            Err(error) => self.fail(error),
                        },
                        Ok(false) => self.file(reader, &file, keep_going),
                        Err(error) => self.fail(error),
                    }
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
        let text = match snapshot_text(file, shown, help) {
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
                Ok(Line::TooLong) => self.fail(too_long().at(shown, number, 1)),
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
            let error = twice(snapshot.host(), &earlier.file, earlier.line);
            self.fail(error.at(file, line, 1));
            return;
        }
        self.hosts.insert(key, self.snapshots.len());
        self.snapshots.push(Read1 { snapshot, file: file.to_owned(), line });
    }
}

/// That a server is there twice, with where it was first.
pub fn twice(host: &str, first_file: &str, first_line: usize) -> CliError {
    let message = format!("the server `{}` is there twice: first at {first_file}:{first_line}", excerpt(host));
    CliError::new(message).with_help("two records of one server contradict each other sooner or later; keep the newer one")
}

/// That a line is longer than a line may be.
pub fn too_long() -> CliError {
    CliError::new("the line is longer than 16 MiB").with_help("one server is one line; is a line break missing?")
}

/// That a source brought nothing.
pub fn nothing() -> CliError {
    CliError::new("holds no snapshot").with_help("an empty inventory is no answer; was the export cut off?")
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
    let bytes = bytes_of(file, shown, largest, help)?;
    decoded(&bytes).map(str::to_owned).map_err(|wrong| wrong.error(shown, 1, &bytes))
}

fn bytes_of(file: File, shown: &str, largest: u64, help: &str) -> Result<Vec<u8>, CliError> {
    let mut bytes = Vec::new();
    match file.take(largest + 1).read_to_end(&mut bytes) {
        Ok(read) if read as u64 > largest => {
            let message = format!("is larger than {} MiB", largest >> 20);
            Err(CliError::new(message).in_file(shown).with_help(help))
        }
        Ok(_) => Ok(bytes),
        Err(error) => Err(CliError::new(format!("cannot be read: {}", reason(&error))).in_file(shown)),
    }
}

/// The text of a snapshot. What PowerShell sends into a file is UTF-16 with a mark.
fn snapshot_text(file: File, shown: &str, help: &str) -> Result<String, CliError> {
    let bytes = bytes_of(file, shown, LARGEST_DOCUMENT, help)?;
    if matches!(bytes.as_slice(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        let (text, _, broken) = encoding_rs::UTF_16LE.decode(&bytes);
        if !broken {
            return Ok(text.into_owned());
        }
    }
    decoded(&bytes).map(str::to_owned).map_err(|wrong| wrong.error(shown, 1, &bytes))
}

/// Text that is not UTF-8.
pub struct NotText {
    message: &'static str,
    /// The bytes before the first that is none.
    before: usize,
}

impl NotText {
    /// The error in a text that begins on a line of a file.
    pub fn error(&self, file: &str, first_line: usize, bytes: &[u8]) -> CliError {
        let before = &bytes[..self.before.min(bytes.len())];
        let line = first_line + before.split(|byte| *byte == b'\n').count() - 1;
        let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
        CliError::new(self.message).at(file, line, column).with_help("save the file as UTF-8; in PowerShell: -Encoding utf8")
    }
}

/// The text of some bytes.
///
/// # Errors
///
/// Where they are no UTF-8.
pub fn decoded(bytes: &[u8]) -> Result<&str, NotText> {
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

/// What became of reading a line.
pub enum Line {
    /// It was read.
    Whole,
    /// It is longer than a line may be, and passed over.
    TooLong,
    /// There are no more.
    End,
}

/// Reads a line without ever holding more than the longest one; of a longer one the rest is passed over.
pub fn next_line(source: &mut dyn BufRead, bytes: &mut Vec<u8>) -> io::Result<Line> {
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

/// That a line is no snapshot.
pub fn snapshot_error(error: &SnapshotError, file: &str, line: usize, text: &str) -> CliError {
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
