//! The command line of Cutover.

use std::process::ExitCode;

/// Summaries of estates spend a fifth of their time with the system's.
#[cfg(unix)]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cutover::cli::run().into()
}
