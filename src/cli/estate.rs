//! Reading an estate of any size into a summary, on all cores and without keeping what was read.
//!
//! One thread reads pieces of whole lines, the others plan them by class. Of a server nothing is kept but the digest of its
//! name, so that the same one twice is noticed.

use super::error::CliError;
use super::input::{self, Document, LONGEST_LINE, Read1, Stream, reason};
use super::options::contradicting;
use super::pieces::{Broken, Piece, Pieces};
use super::progress::Progress;
use super::twice::{Names, repeated};
use crate::fact::{LineReader, Snapshot, SnapshotReader};
use crate::fleet::{Planner, Summary, Tally};
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ScopedJoinHandle};

/// How many errors are told one by one.
const TOLD: usize = 1000;
/// How many pieces wait for each thread.
const WAITING: usize = 2;

/// Something that is wrong with a line.
#[derive(Debug)]
struct Fault {
    file: usize,
    line: usize,
    /// An assumption is contradicted; the line itself is good.
    contradicts: bool,
    error: CliError,
}

/// The first faults, and how many there are.
#[derive(Debug, Default)]
struct Faults {
    told: Vec<Fault>,
    more: usize,
}

impl Faults {
    fn add(&mut self, fault: Fault) {
        if self.told.len() < TOLD {
            self.told.push(fault);
        } else {
            self.more += 1;
        }
    }

    fn merge(&mut self, other: Self) {
        self.more += other.more;
        self.told.extend(other.told);
        self.told.sort_by_key(|fault| (fault.file, fault.line));
        self.more += self.told.len().saturating_sub(TOLD);
        self.told.truncate(TOLD);
    }

    /// Where the first bad line is.
    fn first_bad(&self) -> Option<(usize, usize)> {
        self.told.iter().filter(|fault| !fault.contradicts).map(|fault| (fault.file, fault.line)).min()
    }

    /// The errors as they are told: bad lines first; without going on only the first of them.
    fn errors(self, keep_going: bool) -> Vec<CliError> {
        let (contradicted, bad): (Vec<Fault>, Vec<Fault>) = self.told.into_iter().partition(|fault| fault.contradicts);
        let bad = bad.into_iter().take(if keep_going { usize::MAX } else { 1 });
        let mut errors: Vec<CliError> = bad.chain(contradicted).map(|fault| fault.error).collect();
        if self.more > 0 && keep_going {
            errors.push(CliError::new(format!("{} more", self.more)).with_help("correct these first"));
        }
        errors
    }
}

/// A summary of what streams hold, and what could not be read.
///
/// # Errors
///
/// With what is wrong, unless it is to go on.
pub fn summary(planner: &Planner<'_>, streams: &[Stream], keep_going: bool) -> Result<(Summary, Vec<CliError>), Vec<CliError>> {
    let estate = Estate { planner, streams, keep_going, left_out: HashSet::new() };
    let mut read = estate.read();
    let digests = repeated(std::mem::take(&mut read.names));
    let twice = if digests.is_empty() { Vec::new() } else { estate.twice(&digests, read.faults.first_bad()) };
    if !twice.is_empty() && keep_going {
        // The first of two counts, and the second was counted too.
        let left_out = twice.iter().map(|fault| (fault.file, fault.line)).collect();
        read = Estate { left_out, ..estate }.read();
    }
    read.faults.merge(Faults { told: twice, more: 0 });
    let errors = read.faults.errors(keep_going);
    if errors.is_empty() || keep_going { Ok((read.summary, errors)) } else { Err(errors) }
}

/// What a thread has done; that it panicked goes on.
fn joined<T>(worker: ScopedJoinHandle<'_, T>) -> T {
    worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// What there is to read.
struct Estate<'e, 'c> {
    planner: &'e Planner<'c>,
    streams: &'e [Stream],
    keep_going: bool,
    /// Lines that are passed over, by file.
    left_out: HashSet<(usize, usize)>,
}

/// What was read.
struct WasRead {
    summary: Summary,
    faults: Faults,
    names: Vec<Names>,
}

impl Estate<'_, '_> {
    /// Reads everything once.
    fn read(&self) -> WasRead {
        let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let (pieces, waiting) = sync_channel(threads * WAITING);
        let (used, spare) = channel();
        let (waiting, first_bad) = (Mutex::new(waiting), AtomicUsize::new(usize::MAX));
        let (mut own, others) = thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|_| {
                    let (used, waiting, first_bad) = (used.clone(), &waiting, &first_bad);
                    scope.spawn(move || self.work(waiting, &used, first_bad))
                })
                .collect();
            drop(used);
            let own = self.feed(&pieces, &spare, &first_bad);
            // Where no more come, the others end.
            drop(pieces);
            (own, workers.into_iter().map(joined).collect::<Vec<_>>())
        });
        for other in others {
            own.merge(other);
        }
        own.refuse_empty();
        WasRead { summary: own.tally.finish(), faults: own.faults, names: own.names }
    }

    /// Reads the pieces, and documents that are not made of lines.
    fn feed<'s>(&'s self, pieces: &SyncSender<(usize, Piece)>, spare: &Receiver<Vec<u8>>, first_bad: &AtomicUsize) -> Worker<'s> {
        let mut own = Worker::new(self);
        let progress = Progress::of_bytes(self.streams.iter().map(Stream::size).sum());
        let mut number = 0;
        for (file, stream) in self.streams.iter().enumerate() {
            if first_bad.load(Ordering::Relaxed) != usize::MAX || own.has_failed() {
                break;
            }
            let source: Box<dyn Read> = match stream {
                Stream::StandardInput => Box::new(io::stdin().lock()),
                Stream::Document(document) => {
                    own.document(file, document);
                    continue;
                }
                Stream::Lines { path, shown } => match File::open(path) {
                    Ok(opened) => Box::new(opened),
                    Err(error) => {
                        let error = CliError::new(format!("cannot be read: {}", reason(&error))).in_file(shown);
                        own.bad(file, 0, error);
                        continue;
                    }
                },
            };
            let mut source = Pieces::new(source, file);
            while let Some(piece) = source.next(spare.try_recv().unwrap_or_default()) {
                match piece {
                    Ok(piece) => {
                        progress.step(piece.bytes.len());
                        number += 1;
                        if pieces.send((number, piece)).is_err() {
                            break;
                        }
                    }
                    Err(Broken { line, error }) => {
                        let error = CliError::new(format!("cannot be read: {}", reason(&error))).at(stream.shown(), line, 1);
                        own.bad(file, line, error);
                    }
                }
                if first_bad.load(Ordering::Relaxed) != usize::MAX {
                    break;
                }
            }
        }
        progress.finish();
        own
    }

    /// Plans pieces until there are no more.
    fn work<'s>(
        &'s self,
        waiting: &Mutex<Receiver<(usize, Piece)>>,
        used: &Sender<Vec<u8>>,
        first_bad: &AtomicUsize,
    ) -> Worker<'s> {
        let mut worker = Worker::new(self);
        loop {
            let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok((number, piece)) = next else { return worker };
            // What comes before the first bad piece still has to be looked at: it may hold a worse line.
            if number < first_bad.load(Ordering::Relaxed) && !worker.piece(&piece) {
                first_bad.fetch_min(number, Ordering::Relaxed);
            }
            // Where nobody needs the memory any more, it is given back.
            let _ = used.send(piece.bytes);
        }
    }

    /// The servers that are there twice, of those with one of these digests, up to a line.
    fn twice(&self, digests: &[u128], until: Option<(usize, usize)>) -> Vec<Fault> {
        let mut search = Search { names: Names::new(), digests: digests.iter().copied().collect(), seen: HashMap::new() };
        let mut faults = Vec::new();
        let vocabulary = self.planner.catalog().vocabulary();
        let mut reader = LineReader::new(vocabulary, self.planner.marks());
        for (file, stream) in self.streams.iter().enumerate() {
            let mut look = |host: &str, line: usize| {
                if until.is_none_or(|until| (file, line) < until)
                    && let Some(error) = search.look(host, stream.shown(), line)
                {
                    faults.push(Fault { file, line, contradicts: false, error });
                }
            };
            match stream {
                Stream::StandardInput => {}
                Stream::Document(document) => {
                    let found = document.read(self.planner.reader(), self.keep_going);
                    found.snapshots.iter().for_each(|read| look(read.snapshot.host(), read.line));
                }
                Stream::Lines { path, .. } => {
                    let Ok(opened) = File::open(path) else { continue };
                    let mut source = Pieces::new(opened, file);
                    let mut spare = Vec::new();
                    while let Some(Ok(piece)) = source.next(spare) {
                        for (number, bytes) in piece.lines() {
                            if let Some(host) = input::decoded(bytes).ok().and_then(|text| reader.read(text)) {
                                look(&host, number);
                            }
                        }
                        spare = piece.bytes;
                    }
                }
            }
        }
        faults
    }
}

/// Looks for names again of which the digests are there more than once.
struct Search<'e> {
    names: Names,
    digests: HashSet<u128>,
    seen: HashMap<String, (&'e str, usize)>,
}

impl<'e> Search<'e> {
    /// The error where the server was there before.
    fn look(&mut self, host: &str, file: &'e str, line: usize) -> Option<CliError> {
        if !self.digests.contains(&self.names.digest(host)) {
            return None;
        }
        let (first_file, first_line) = *self.seen.entry(host.to_lowercase()).or_insert((file, line));
        let is_first = (first_file, first_line) == (file, line);
        (!is_first).then(|| input::twice(host, first_file, first_line).at(file, line, 1))
    }
}

/// What one thread has read.
struct Worker<'e> {
    estate: &'e Estate<'e, 'e>,
    tally: Tally<'e, 'e>,
    reader: LineReader<'e>,
    strict: SnapshotReader<'e>,
    names: Vec<Names>,
    faults: Faults,
    /// For each file, how many lines were not empty.
    seen: Vec<usize>,
}

impl<'e> Worker<'e> {
    fn new(estate: &'e Estate<'_, '_>) -> Self {
        let planner = estate.planner;
        let vocabulary = planner.catalog().vocabulary();
        Self {
            estate,
            tally: Tally::new(planner),
            reader: LineReader::new(vocabulary, planner.marks()),
            strict: planner.reader(),
            names: vec![Names::new()],
            faults: Faults::default(),
            seen: vec![0; estate.streams.len()],
        }
    }
    /// Reads the lines of a piece; false where one is bad and it is not to go on.
    fn piece(&mut self, piece: &Piece) -> bool {
        piece.lines().all(|(number, bytes)| self.line(piece.file, number, bytes) || self.estate.keep_going)
    }

    /// Reads a line; false where it is bad.
    fn line(&mut self, file: usize, number: usize, bytes: &[u8]) -> bool {
        let shown = self.estate.streams[file].shown();
        if bytes.len() > LONGEST_LINE + usize::from(bytes.last() == Some(&b'\n')) {
            return self.bad(file, number, input::too_long().at(shown, number, 1));
        }
        let text = match input::decoded(bytes) {
            Ok(text) => text,
            Err(wrong) => return self.bad(file, number, wrong.error(shown, number, bytes)),
        };
        if text.trim().is_empty() {
            return true;
        }
        self.seen[file] += 1;
        if self.estate.left_out.contains(&(file, number)) {
            return true;
        }
        let host = self.reader.read(text);
        if let Some(host) = &host {
            self.name(file, host);
            if self.tally.count(self.reader.key(), host) {
                return true;
            }
        }
        // A class that is not known yet, or a line of which the strict reader says what is wrong.
        match self.strict.json(text) {
            Ok(snapshot) => {
                if host.is_none() {
                    self.name(file, snapshot.host());
                }
                self.server(file, number, &snapshot);
                true
            }
            Err(error) => self.bad(file, number, input::snapshot_error(&error, shown, number, text)),
        }
    }

    fn name(&mut self, file: usize, host: &str) {
        // What comes on standard input cannot be looked at again.
        if !matches!(self.estate.streams[file], Stream::StandardInput) {
            self.names[0].add(host);
        }
    }

    fn server(&mut self, file: usize, line: usize, snapshot: &Snapshot) {
        if let Err(contradiction) = self.tally.add(snapshot) {
            let shown = self.estate.streams[file].shown();
            let error = contradicting(&contradiction, snapshot.host()).at(shown, line, 1);
            self.faults.add(Fault { file, line, contradicts: true, error });
        }
    }

    fn bad(&mut self, file: usize, line: usize, error: CliError) -> bool {
        self.faults.add(Fault { file, line, contradicts: false, error });
        false
    }

    /// Reads a file that is not made of lines.
    fn document(&mut self, file: usize, document: &Document) {
        let found = document.read(self.estate.planner.reader(), self.estate.keep_going);
        for Read1 { snapshot, line, .. } in &found.snapshots {
            if !self.estate.left_out.contains(&(file, *line)) {
                self.name(file, snapshot.host());
                self.server(file, *line, snapshot);
            }
        }
        for error in found.errors {
            self.bad(file, usize::MAX, error);
        }
    }

    fn has_failed(&self) -> bool {
        !self.estate.keep_going && self.faults.first_bad().is_some()
    }

    /// Takes what another thread has read.
    fn merge(&mut self, other: Self) {
        self.tally.merge(other.tally);
        self.names.extend(other.names);
        self.faults.merge(other.faults);
        self.seen.iter_mut().zip(other.seen).for_each(|(all, seen)| *all += seen);
    }

    /// Refuses files without a snapshot; a part of what comes from elsewhere may well be empty.
    fn refuse_empty(&mut self) {
        for (file, stream) in self.estate.streams.iter().enumerate() {
            let told = self.faults.told.iter().any(|fault| fault.file == file);
            match stream {
                Stream::Lines { shown, .. } if self.seen[file] == 0 && !told && !self.has_failed() => {
                    self.bad(file, 0, input::nothing().in_file(shown));
                }
                _ => {}
            }
        }
    }
}
