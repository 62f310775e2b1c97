//! One cold `cutover plan` of one snapshot, as a whole process: the bar is 10 ms.
//!
//! `cargo bench --bench cold` prints the fastest, the median and the slowest of 200 runs.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 200;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("one.json");
    let estate = include_str!("../fixtures/estate.ndjson");
    let first = estate.lines().next().ok_or("the estate is empty")?;
    std::fs::File::create(&path)?.write_all(first.as_bytes())?;

    let mut times: Vec<Duration> = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let begun = Instant::now();
        let status = Command::new(env!("CARGO_BIN_EXE_cutover"))
            .args(["plan", "--parameters", "fixtures/estate.yaml"])
            .arg(&path)
            .stdout(Stdio::null())
            .status()?;
        times.push(begun.elapsed());
        if status.code() == Some(2) {
            return Err("the snapshot was not understood".into());
        }
    }
    times.sort();
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "cold plan of one snapshot: fastest {:.2} ms, median {:.2} ms, slowest {:.2} ms ({RUNS} runs)",
        milliseconds(times[0]),
        milliseconds(times[RUNS / 2]),
        milliseconds(times[RUNS - 1])
    )?;
    Ok(())
}
