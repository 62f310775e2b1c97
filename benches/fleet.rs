//! Estates of any size: planning them by class against merely parsing them, how both grow, and reading exports against
//! merely decoding them. Everything that is compared runs side by side.
//!
//! `cargo bench --bench fleet [SERVERS]`. Times are of this machine and this moment; the peak memory is the process's own.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

#[path = "../examples/generate/estate.rs"]
mod estate;

use cutover::catalog::Catalog;
use cutover::fact::{LineReader, SnapshotReader};
use cutover::fleet::Planner;
use cutover::inventory::{Joining, Options, Reading, Source};
use cutover::plan::Request;
use serde::de::IgnoredAny;
use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// How often each is run; the fastest counts.
const RUNS: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.as_slice() {
        [word, parser, path] if word == "parse" => parse(parser, Path::new(path)),
        [servers] => all(servers.parse().unwrap()),
        _ => all(1_000_000),
    }
}

/// Parses every line of a file on all cores and keeps nothing.
fn parse(parser: &str, path: &Path) {
    let catalog = Catalog::built_in().unwrap();
    let planner = Planner::new(&catalog, Request::default(), Vec::new());
    let source = Mutex::new((File::open(path).unwrap(), Vec::new()));
    let threads = thread::available_parallelism().unwrap().get();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut lines = LineReader::new(catalog.vocabulary(), planner.marks());
                while let Some(piece) = piece(&source) {
                    for line in piece.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                        let text = std::str::from_utf8(line).unwrap();
                        match parser {
                            "keys" => drop(lines.read(text).unwrap()),
                            "snapshots" => drop(SnapshotReader::new(catalog.vocabulary()).json(text).unwrap()),
                            _ => drop(serde_json::from_str::<IgnoredAny>(text).unwrap()),
                        }
                    }
                }
            });
        }
    });
}

/// The next whole lines of a file.
fn piece(source: &Mutex<(File, Vec<u8>)>) -> Option<Vec<u8>> {
    let mut source = source.lock().unwrap();
    let mut bytes = std::mem::take(&mut source.1);
    Read::by_ref(&mut source.0).take(1 << 19).read_to_end(&mut bytes).unwrap();
    let end = bytes.iter().rposition(|byte| *byte == b'\n')? + 1;
    source.1 = bytes.split_off(end);
    Some(bytes)
}

/// How long a process takes and how much memory it has at most, in MiB; the fastest of some runs.
fn measured(program: &str, arguments: &[&str]) -> (Duration, u64) {
    let mut best: Option<(Duration, u64)> = None;
    for _ in 0..RUNS {
        let begun = Instant::now();
        let mut child = Command::new(program).args(arguments).stdout(Stdio::null()).spawn().unwrap();
        let status = format!("/proc/{}/status", child.id());
        let mut most = 0;
        while child.try_wait().unwrap().is_none() {
            let read = fs::read_to_string(&status).unwrap_or_default();
            let peak = read.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
            most = most.max(peak.unwrap_or_default() >> 10);
            thread::sleep(Duration::from_millis(5));
        }
        let took = begun.elapsed();
        if best.is_none_or(|(fastest, _)| took < fastest) {
            best = Some((took, most));
        }
    }
    best.unwrap()
}

fn all(servers: u64) {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, write: &dyn Fn(&mut dyn Write)| -> PathBuf {
        let path = folder.path().join(name);
        let mut out = BufWriter::new(File::create(&path).unwrap());
        write(&mut out);
        out.flush().unwrap();
        path
    };
    let this = std::env::current_exe().unwrap();
    let this = this.to_str().unwrap();
    println!("{:>9}  {:<42}  {:>8}  {:>5}", "servers", "what", "seconds", "MiB");
    for count in [servers / 100, servers / 10, servers] {
        let few = file("few.ndjson", &|out| estate::snapshots(out, count, 1).unwrap());
        let few = few.to_str().unwrap();
        let row = |what: &str, (took, memory): (Duration, u64)| {
            println!("{count:>9}  {what:<42}  {:>8.2}  {memory:>5}", took.as_secs_f64());
            took
        };
        row("any JSON, nothing kept (for comparison)", measured(this, &["parse", "any", few]));
        row("whole snapshots (for comparison)", measured(this, &["parse", "snapshots", few]));
        let parsed = row("only parsing, the parser of the summary", measured(this, &["parse", "keys", few]));
        let plan = row("plan --summary, few classes", measured(env!("CARGO_BIN_EXE_cutover"), &["plan", few, "--summary"]));
        println!("{:>9}  {:<42}  {:>8.2}", "", "times only parsing", plan.as_secs_f64() / parsed.as_secs_f64());
        fs::remove_file(few).unwrap();
        let many = file("many.ndjson", &|out| estate::distinct(out, count, 1).unwrap());
        let summary = ["plan", many.to_str().unwrap(), "--summary"];
        row("plan --summary, one class a server", measured(env!("CARGO_BIN_EXE_cutover"), &summary));
        fs::remove_file(many).unwrap();
    }
    exports(&file("mecm.csv", &|out| estate::mecm(out, servers / 5, 1).unwrap()), servers / 5, &|bytes| {
        let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(bytes);
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).unwrap() {}
    });
    exports(&file("machines.json", &|out| estate::machines(out, servers / 10, 1).unwrap()), servers / 10, &|bytes| {
        drop(serde_json::from_slice::<serde_json::Value>(bytes).unwrap());
    });
}

/// Reading an export against merely decoding it.
fn exports(path: &Path, rows: u64, decode: &dyn Fn(&[u8])) {
    let catalog = Catalog::built_in().unwrap();
    let vocabulary = catalog.vocabulary();
    let name = path.file_name().unwrap().to_str().unwrap();
    let source = Source { name: name.to_owned(), bytes: fs::read(path).unwrap() };
    let fastest = |work: &dyn Fn()| {
        let runs = (0..RUNS).map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed()
        });
        runs.min().unwrap()
    };
    let decoded = fastest(&|| decode(&source.bytes));
    let read = fastest(&|| Reading::new(vocabulary).read(&source, &Options::default()).unwrap());
    let joined = fastest(&|| {
        let mut reading = Reading::new(vocabulary);
        reading.read(&source, &Options::default()).unwrap();
        drop(cutover::inventory::estate(vocabulary, &reading.parts, &Joining::default()));
    });
    for (what, took) in [("decoded", decoded), ("read", read), ("read and joined", joined)] {
        let times = took.as_secs_f64() / decoded.as_secs_f64();
        println!("{rows:>9}  {:<42}  {:>8.2}  {times:>5.1} x", format!("{name}, {what}"), took.as_secs_f64());
    }
}
