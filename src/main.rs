//! The command line of Cutover.

use std::process::ExitCode;

fn main() -> ExitCode {
    cutover::cli::run().into()
}
