//! Estates of any size: planning them by class against merely parsing them, how both grow, and reading exports against
//! merely decoding them. Everything that is compared runs one after the other, and is compared by processor time, all threads
//! together: how long it takes hangs on what else the machine does.
//!
//! `cargo bench --bench fleet [SERVERS]`, on Linux. Times are of this machine and this moment; the peak memory is the process's own.

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
use std::time::Instant;

/// What is measured in this process allocates as the program does.
#[cfg(unix)]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often what is over soon is run; the one with the least processor time counts.
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

/// What something takes: seconds, seconds of processor time, and at most so many MiB.
#[derive(Clone, Copy)]
struct Taken {
    seconds: f64,
    processor: f64,
    memory: u64,
}

/// The seconds of processor time that this process and the children that it waited for have taken.
fn processor() -> (f64, f64) {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let seconds = |at: usize| fields[at].parse::<u32>().map(|ticks| f64::from(ticks) / 100.0).unwrap();
    (seconds(11) + seconds(12), seconds(13) + seconds(14))
}

fn least(runs: usize, run: &dyn Fn() -> Taken) -> Taken {
    let all = (0..runs).map(|_| run());
    all.min_by(|one, other| one.processor.total_cmp(&other.processor)).unwrap()
}

/// What a process takes.
fn measured(runs: usize, program: &str, arguments: &[&str]) -> Taken {
    least(runs, &|| {
        let (begun, before) = (Instant::now(), processor().1);
        let mut child = Command::new(program).args(arguments).stdout(Stdio::null()).spawn().unwrap();
        let status = format!("/proc/{}/status", child.id());
        let mut memory = 0;
        while child.try_wait().unwrap().is_none() {
            let read = fs::read_to_string(&status).unwrap_or_default();
            let peak = read.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
            memory = memory.max(peak.unwrap_or_default() >> 10);
            thread::sleep(std::time::Duration::from_millis(5));
        }
        Taken { seconds: begun.elapsed().as_secs_f64(), processor: processor().1 - before, memory }
    })
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
    println!("{:>9}  {:<40}  {:>7}  {:>9}  {:>9}  {:>5}", "servers", "what", "seconds", "processor", "\u{b5}s each", "MiB");
    for count in [servers / 100, servers / 10, servers] {
        let runs = if count == servers { 1 } else { RUNS };
        let few = file("few.ndjson", &|out| estate::snapshots(out, count, 1).unwrap());
        let few = few.to_str().unwrap();
        let row = |what: &str, taken: Taken| {
            let each = taken.processor * 1e6 / f64::from(u32::try_from(count).unwrap());
            let Taken { seconds, processor, memory } = taken;
            println!("{count:>9}  {what:<40}  {seconds:>7.2}  {processor:>9.2}  {each:>9.1}  {memory:>5}");
            processor
        };
        row("any JSON, nothing kept (for comparison)", measured(runs, this, &["parse", "any", few]));
        row("whole snapshots (for comparison)", measured(runs, this, &["parse", "snapshots", few]));
        let parsed = row("only parsing, the parser of the summary", measured(RUNS, this, &["parse", "keys", few]));
        let plan = row("plan --summary, few classes", measured(RUNS, env!("CARGO_BIN_EXE_cutover"), &["plan", few, "--summary"]));
        println!("{:>9}  {:<40}  {:>18.2}", "", "times only parsing", plan / parsed);
        fs::remove_file(few).unwrap();
        let many = file("many.ndjson", &|out| estate::distinct(out, count, 1).unwrap());
        let summary = ["plan", many.to_str().unwrap(), "--summary"];
        row("plan --summary, one class a server", measured(runs, env!("CARGO_BIN_EXE_cutover"), &summary));
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
    let of = |work: &dyn Fn()| {
        least(RUNS, &|| {
            let (begun, before) = (Instant::now(), processor().0);
            work();
            Taken { seconds: begun.elapsed().as_secs_f64(), processor: processor().0 - before, memory: 0 }
        })
    };
    let decoded = of(&|| decode(&source.bytes));
    let read = of(&|| Reading::new(vocabulary).read(&source, &Options::default()).unwrap());
    let joined = of(&|| {
        let mut reading = Reading::new(vocabulary);
        reading.read(&source, &Options::default()).unwrap();
        drop(cutover::inventory::estate(vocabulary, &reading.parts, &Joining::default()));
    });
    for (what, taken) in [("decoded", decoded), ("read", read), ("read and joined", joined)] {
        let times = taken.processor / decoded.processor;
        let Taken { seconds, processor, .. } = taken;
        println!("{rows:>9}  {:<40}  {seconds:>7.2}  {processor:>9.2}  {times:>7.1} x", format!("{name}, {what}"));
    }
}
