//! `cutover status`.

use super::Answer;
use super::exit::Exit;
use super::options::CatalogOption;
use super::run::{ActingOptions, ShownOptions, begun, digest, found, of_journal, plan_file, plan_of};
use crate::execute::journal::{self, JournalError};
use crate::execute::status::status as said;
use crate::report::run as text;
use clap::Args;
use std::path::PathBuf;

/// The arguments of `cutover status`.
#[derive(Args, Debug)]
pub struct StatusArgs {
    /// The journal, or the plan beside which it lies; by default the only journal in this folder
    #[arg(value_name = "JOURNAL|PLAN")]
    run: Option<PathBuf>,
    #[command(flatten)]
    shown: ShownOptions,
}

/// Says what a journal says.
pub fn run(args: &StatusArgs, option: &CatalogOption) -> Answer {
    let file = found(args.run.as_deref())?;
    let shown = file.display().to_string();
    let text = journal::read(&file).map_err(|error| vec![of_journal(&error, &file)])?;
    let begun = begun(&text.entries).ok_or_else(|| vec![of_journal(&JournalError::Empty, &file)])?;
    let given = plan_of(&plan_file(begun, &file), &begun.host).ok().filter(|(source, _)| digest(source) == begun.plan_digest);
    let acting = ActingOptions {
        restart: false,
        attest: Vec::new(),
        package: None,
        on: begun.simulated.then(|| PathBuf::from("SNAPSHOT")),
    };
    let resume = acting.resume(option, &shown);
    let running = journal::is_running(&file);
    let document = said(&shown, &text, running, given.as_ref().map(|(_, given)| given), resume)
        .ok_or_else(|| vec![of_journal(&JournalError::Empty, &file)])?;
    let exit = match (document.ended.as_deref(), document.restart_awaited) {
        (Some("done"), _) => Exit::Yes,
        (_, true) => Exit::Restart,
        (Some("refused" | "failed"), _) => Exit::No,
        _ => Exit::Unknown,
    };
    args.shown.output.write(&args.shown.format.written(&document, text::status)?)?;
    Ok(exit)
}
