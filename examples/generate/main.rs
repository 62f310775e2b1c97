//! Writes big files of invented servers, to try out how an estate of any size is planned.
//!
//! `cargo run --release --example generate -- snapshots 1000000 > estate.ndjson`

#![allow(clippy::print_stderr, missing_docs)]

mod estate;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

const USAGE: &str = "usage: generate snapshots|distinct|mecm|machines COUNT [SEED]
  snapshots  NDJSON of snapshots in few classes
  distinct   NDJSON of snapshots, no two of them alike
  mecm       CSV as Get-CMDevice and Export-Csv write it
  machines   JSON as api/machines answers";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let asked = match arguments.as_slice() {
        [kind, count] => Some((kind, count.parse().ok(), Some(1))),
        [kind, count, seed] => Some((kind, count.parse().ok(), seed.parse().ok())),
        _ => None,
    };
    let Some((kind, Some(count), Some(seed))) = asked else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let written = match kind.as_str() {
        "snapshots" => estate::snapshots(&mut out, count, seed),
        "distinct" => estate::distinct(&mut out, count, seed),
        "mecm" => estate::mecm(&mut out, count, seed),
        "machines" => estate::machines(&mut out, count, seed),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}
