//! `cutover plan -` as a filter: a server in, its plan out, line by line.
//!
//! Nothing is kept of a line once it is answered but the plans of some servers of which the same is known, whose plans are
//! the same but for the name.

use super::error::CliError;
use super::exit::Exit;
use super::input::{self, Line, STANDARD_INPUT, next_line, reason};
use super::options::contradicting;
use super::output::no_output;
use crate::fact::Snapshot;
use crate::fleet::Planner;
use crate::plan::Plan;
use crate::plan::document::PlanDocument;
use crate::report::json;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, BufReader, BufWriter, Write};

/// How many plans are remembered.
const REMEMBERED: usize = 256;

/// What the filter does with each line.
pub struct Filter<'p, 'c> {
    /// Plans the servers.
    pub planner: &'p Planner<'c>,
    /// Go on past bad lines.
    pub keep_going: bool,
    /// The document of a plan for a server of that name.
    pub document: &'p dyn Fn(Plan<'_>, &str) -> PlanDocument,
    /// True for plans that are wanted.
    pub wanted: &'p dyn Fn(&PlanDocument) -> bool,
}

/// How the filter came to its end.
enum End {
    /// All is read.
    Input,
    /// Nobody reads any further.
    Output,
}

impl Filter<'_, '_> {
    /// Answers every line of standard input.
    ///
    /// # Errors
    ///
    /// Where the first bad line is, or that the answers cannot be written.
    pub fn run(&self) -> Result<Exit, Vec<CliError>> {
        let mut run = Run { filter: self, known: HashMap::new(), statuses: Vec::new(), servers: 0, lines: 0, bad: false };
        let (mut source, mut out) = (BufReader::new(io::stdin().lock()), BufWriter::new(io::stdout().lock()));
        let end = run.lines(&mut source, &mut out);
        // The answers so far stand, whatever happened.
        let flushed = out.flush();
        let end = end?;
        match flushed {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(vec![no_output(&error)]),
            _ => {}
        }
        if matches!(end, End::Input) && run.lines == 0 {
            return Err(vec![input::nothing().in_file(STANDARD_INPUT)]);
        }
        Ok(match run.statuses.as_slice() {
            _ if run.bad => Exit::Wrong,
            [status] if run.servers == 1 => Exit::for_one(status),
            statuses => Exit::for_many(statuses.iter().copied()),
        })
    }
}

/// What the filter has come to.
struct Run<'f> {
    filter: &'f Filter<'f, 'f>,
    /// Plans by everything that is known of a server but its name.
    known: HashMap<String, PlanDocument>,
    /// The statuses that occurred.
    statuses: Vec<&'static str>,
    servers: usize,
    lines: usize,
    bad: bool,
}

impl Run<'_> {
    fn lines(&mut self, source: &mut BufReader<impl io::Read>, out: &mut impl Write) -> Result<End, Vec<CliError>> {
        let mut bytes = Vec::new();
        for number in 1.. {
            // A producer that is slower than this sees every answer before it is asked for the next line.
            if !source.buffer().contains(&b'\n')
                && let Err(error) = out.flush()
            {
                return closed(&error);
            }
            bytes.clear();
            let line = next_line(source, &mut bytes)
                .map_err(|error| CliError::new(format!("cannot be read: {}", reason(&error))).at(STANDARD_INPUT, number, 1));
            let answer = match line {
                Ok(Line::End) => break,
                Ok(Line::Whole) => self.line(&bytes, number),
                Ok(Line::TooLong) => Err(input::too_long().at(STANDARD_INPUT, number, 1)),
                Err(error) => return Err(vec![error]),
            };
            match answer {
                Ok(None) => {}
                Ok(Some(text)) => {
                    if let Err(error) = out.write_all(text.as_bytes()) {
                        return closed(&error);
                    }
                }
                Err(error) if self.filter.keep_going => {
                    error.print();
                    self.lines += 1;
                    self.bad = true;
                }
                Err(error) => return Err(vec![error]),
            }
        }
        Ok(End::Input)
    }

    /// The answer to a line; nothing where it is empty or the plan is not wanted.
    fn line(&mut self, bytes: &[u8], number: usize) -> Result<Option<String>, CliError> {
        let text = input::decoded(bytes).map_err(|wrong| wrong.error(STANDARD_INPUT, number, bytes))?;
        if text.trim().is_empty() {
            return Ok(None);
        }
        let snapshot = self
            .filter
            .planner
            .reader()
            .json(text)
            .map_err(|error| input::snapshot_error(&error, STANDARD_INPUT, number, text))?;
        let document = self.document(&snapshot).map_err(|error| error.at(STANDARD_INPUT, number, 1))?;
        self.lines += 1;
        self.servers += 1;
        if !self.statuses.contains(&document.status) {
            self.statuses.push(document.status);
        }
        if !(self.filter.wanted)(&document) {
            return Ok(None);
        }
        json::line(&document).map(|line| Some(line + "\n")).map_err(|error| CliError::new(error.to_string()))
    }

    fn document(&mut self, snapshot: &Snapshot) -> Result<PlanDocument, CliError> {
        let key = known(snapshot);
        if let Some(document) = self.known.get(&key) {
            return Ok(PlanDocument { host: snapshot.host().to_owned(), ..document.clone() });
        }
        let plan = self.filter.planner.plan(snapshot).map_err(|contradiction| contradicting(&contradiction, snapshot.host()))?;
        let document = (self.filter.document)(plan, snapshot.host());
        if self.known.len() == REMEMBERED {
            self.known.clear();
        }
        self.known.insert(key, document.clone());
        Ok(document)
    }
}

/// Everything that is known of a server but its name, to the letter.
fn known(snapshot: &Snapshot) -> String {
    let mut key = String::new();
    for (fact, value) in snapshot.facts() {
        let _ = write!(key, "{}={};", fact.index(), value.to_json());
    }
    for (fact, reason) in snapshot.unknown() {
        let _ = write!(key, "{}?{};", fact.index(), serde_json::Value::from(&**reason));
    }
    key
}

/// A reader that has closed its end has what it wanted.
fn closed(error: &io::Error) -> Result<End, Vec<CliError>> {
    if error.kind() == io::ErrorKind::BrokenPipe { Ok(End::Output) } else { Err(vec![no_output(error)]) }
}
