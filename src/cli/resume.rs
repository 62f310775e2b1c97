//! `cutover resume`.

use super::error::remark;
use super::options::{CatalogOption, catalog};
use super::run::{
    ActingOptions, ShownOptions, absolute, begun, digest, found, mixed, of_journal, of_run, plan_file, plan_of, tell,
};
use super::{Answer, CliError};
use crate::execute::journal::{self, Journal, JournalError};
use crate::execute::{self, Job};
use crate::fact::Value;
use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;

/// The arguments of `cutover resume`.
#[derive(Args, Debug)]
pub struct ResumeArgs {
    /// The journal, or the plan beside which it lies; by default the only journal in this folder
    #[arg(value_name = "JOURNAL|PLAN")]
    run: Option<PathBuf>,
    /// Say what would be done next, and do nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    acting: ActingOptions,
    #[command(flatten)]
    shown: ShownOptions,
}

/// Goes on with a run.
pub fn run(args: &ResumeArgs, option: &CatalogOption) -> Answer {
    let catalog = catalog(option)?;
    let file = found(args.run.as_deref())?;
    let wrong = |error: JournalError| vec![of_journal(&error, &file)];
    let text = journal::read(&file).map_err(wrong)?;
    let begun = begun(&text.entries).ok_or_else(|| vec![of_journal(&JournalError::Empty, &file)])?.clone();
    if begun.simulated != args.acting.on.is_some() {
        return Err(vec![mixed(&begun, &file)]);
    }
    let plan = plan_file(&begun, &file);
    let (source, given) = plan_of(&plan, &begun.host)?;
    if digest(&source) != begun.plan_digest {
        let help = "put the plan back as it was, or plan again and begin a new journal";
        let error = CliError::new("the plan was changed since the run was begun");
        return Err(vec![error.in_file(&plan.display().to_string()).with_help(help)]);
    }
    let performs = (Arc::from("host_steps"), Value::Choice(Arc::from(begun.host_steps.as_str())));
    let mut options = args.acting.options(&catalog, &given)?;
    options.plan = plan.display().to_string();
    options.plan_file = absolute(&plan);
    options.plan_digest.clone_from(&begun.plan_digest);
    options.journal = Some(file.display().to_string());
    options.resume = args.acting.resume(option, &file.display().to_string());
    options.at_start = args.acting.at_start(option, &file);
    let job = match Job::read(&catalog, &source, &given, &[performs]) {
        Ok(job) => job,
        Err(findings) => {
            let host = args.acting.host(&catalog)?;
            return args.shown.write(execute::refused(&given, host.as_ref(), &options, findings), true);
        }
    };
    let mut host = args.acting.host_after(&catalog, &job, &text.entries)?;
    if args.dry_run {
        let history = journal::History::of(&text.entries);
        return args.shown.write(execute::dry_run(&job, host.as_mut(), &options, Some(&history)), true);
    }
    let journal = Journal::open(&file).map_err(wrong)?;
    if journal.torn_bytes() > 0 {
        remark(&format!(
            "note: the last line of the journal was torn and is dropped ({} bytes): what it was about is looked at again",
            journal.torn_bytes()
        ));
    }
    let ran = execute::resume(&job, host.as_mut(), &options, journal, &mut tell);
    args.shown.write(ran.map_err(|error| of_run(&error, Some(&file)))?, true)
}
