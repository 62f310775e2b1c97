//! `cutover apply`.

use super::inventory::ReadingOptions;
use super::options::{CatalogOption, GivenOptions, catalog};
use super::run::{ActingOptions, ShownOptions, absolute, digest, of_journal, of_run, plan_of, tell, words};
use super::{Answer, CliError};
use crate::execute::journal::{self, Journal, JournalError};
use crate::execute::{self, Job};
use clap::Args;
use std::path::{Path, PathBuf};

/// The arguments of `cutover apply`.
#[derive(Args, Debug)]
pub struct ApplyArgs {
    /// The plan, as cutover plan --format json writes it
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// Carry the plan out; without this nothing is done, and it is said what would be
    #[arg(long)]
    execute: bool,
    /// Say what would be done, and do nothing: the default
    #[arg(long, conflicts_with = "execute")]
    dry_run: bool,
    /// The journal; by default it lies beside the plan, with .journal behind its name
    #[arg(long, value_name = "FILE", requires = "execute")]
    journal: Option<PathBuf>,
    /// Let cutover perform the steps on the server although a deployment does by default: `host_steps=cutover`
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    #[command(flatten)]
    acting: ActingOptions,
    #[command(flatten)]
    shown: ShownOptions,
}

/// Carries a plan out, or says what that would do.
pub fn run(args: &ApplyArgs, option: &CatalogOption) -> Answer {
    let catalog = catalog(option)?;
    let set = GivenOptions { set: args.set.clone(), parameters: None, assume: Vec::new(), reading: ReadingOptions::default() };
    let (set, _) = set.read(&catalog).map_err(|error| vec![error])?;
    let shown = args.plan.display().to_string();
    let file = journal_of(args);
    if let Some(file) = &file {
        free(file)?;
    }
    let mut host = args.acting.host(&catalog)?;
    let (source, given) = plan_of(&args.plan, host.name())?;
    let mut options = args.acting.options(&catalog, &given)?;
    options.plan.clone_from(&shown);
    options.plan_file = absolute(&args.plan);
    options.plan_digest = digest(&source);
    options.journal = file.as_ref().filter(|_| args.execute).map(|file| file.display().to_string());
    let on_file = file.is_some() && args.execute;
    options.resume = match &file {
        Some(file) if on_file => args.acting.resume(option, &file.display().to_string()),
        _ => args.again(option, &shown),
    };
    if let Some(file) = &file {
        options.at_start = args.acting.at_start(option, file);
    }
    let job = match Job::read(&catalog, &source, &given, &set) {
        Ok(job) => job,
        Err(findings) => {
            let document = execute::refused(&given, host.as_ref(), &options, findings);
            return args.shown.write(document, on_file);
        }
    };
    let document = if args.execute {
        let open = || file.as_ref().map_or_else(|| Ok(Journal::in_memory()), |file| Journal::create(file));
        let ran = execute::apply(&job, host.as_mut(), &options, open, &mut tell);
        ran.map_err(|error| of_run(&error, file.as_deref()))?
    } else {
        execute::dry_run(&job, host.as_mut(), &options, None)
    };
    args.shown.write(document, on_file)
}

impl ApplyArgs {
    /// The command that goes on where there is no journal: the same again.
    fn again(&self, option: &CatalogOption, plan: &str) -> Vec<String> {
        let mut command = words(&["cutover", "apply", plan, "--execute"]);
        command.extend(self.set.iter().flat_map(|set| ["--set".to_owned(), set.clone()]));
        command.extend(self.acting.attest.iter().flat_map(|step| ["--attest".to_owned(), step.clone()]));
        self.acting.more(option, &mut command);
        command
    }
}

/// Where the journal is: a rehearsal keeps none unless one is named.
fn journal_of(args: &ApplyArgs) -> Option<PathBuf> {
    let beside = || args.acting.on.is_none().then(|| journal::beside(&args.plan));
    args.journal.clone().or_else(beside)
}

/// Refuses a journal that holds a run.
fn free(file: &Path) -> Result<(), Vec<CliError>> {
    match journal::read(file) {
        Ok(text) if !text.entries.is_empty() => Err(vec![of_journal(&JournalError::Exists, file)]),
        Ok(_) | Err(JournalError::Missing) => Ok(()),
        Err(error) => Err(vec![of_journal(&error, file)]),
    }
}
