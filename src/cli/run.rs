//! What `apply`, `resume` and `status` share: the server, the plan, the journal, and how a run ends.

use super::error::remark;
use super::exit::Exit;
use super::input::{self, reason};
use super::inventory::ReadingOptions;
use super::options::CatalogOption;
use super::output::{DocumentFormat, OutputOption};
use super::{Answer, CliError, live, plans};
use crate::catalog::{Catalog, Performer};
use crate::execute::document::RunDocument;
use crate::execute::journal::{self, Begun, Entry, JournalError, Record};
use crate::execute::{Host, Job, Options, RunError, Simulated, is_same_host};
use crate::plan::given::{GivenPlan, Source};
use crate::report::run as text;
use crate::suggest::{excerpt, harmless, nearest};
use clap::Args;
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// What a run may do, and on what.
#[derive(Args, Clone, Debug)]
pub(super) struct ActingOptions {
    /// Restart the server where a step of the plan does, and go on after that
    #[arg(long)]
    pub(super) restart: bool,
    /// Say that this console step is done; may be repeated
    #[arg(long, value_name = "STEP")]
    pub(super) attest: Vec<String>,
    /// The folder with md4ws.msi, the updates, the onboarding script and the offboarding script
    #[arg(long, value_name = "DIR", conflicts_with = "on")]
    pub(super) package: Option<PathBuf>,
    /// Rehearse on a server that is simulated from this snapshot, instead of the one that this runs on
    #[arg(long, value_name = "SNAPSHOT")]
    pub(super) on: Option<PathBuf>,
}

/// How the result is shown.
#[derive(Args, Clone, Debug)]
pub(super) struct ShownOptions {
    /// How to write the result
    #[arg(long, value_enum, default_value_t = DocumentFormat::Text)]
    pub(super) format: DocumentFormat,
    #[command(flatten)]
    pub(super) output: OutputOption,
}

impl ActingOptions {
    /// The server: this one, or a simulated one.
    pub(super) fn host<'c>(&self, catalog: &'c Catalog) -> Result<Box<dyn Host + 'c>, Vec<CliError>> {
        match &self.on {
            None => live::host(catalog, self.package.as_deref()).map_err(one),
            Some(path) => Ok(Box::new(simulated(catalog, path)?)),
        }
    }

    /// The server as a run finds it that goes on: a simulated one is as its journal left it.
    pub(super) fn host_after<'c>(
        &self,
        catalog: &'c Catalog,
        job: &Job<'_>,
        entries: &[Entry],
    ) -> Result<Box<dyn Host + 'c>, Vec<CliError>> {
        let Some(path) = &self.on else { return self.host(catalog) };
        let mut simulated = simulated(catalog, path)?;
        simulated.replay(job, entries);
        Ok(Box::new(simulated))
    }

    /// What the run may do.
    ///
    /// # Errors
    ///
    /// Where a step is attested that is none, or is done on the server.
    pub(super) fn options(&self, catalog: &Catalog, given: &GivenPlan) -> Result<Options, Vec<CliError>> {
        let scenario = given.scenario.as_ref().and_then(|named| catalog.scenario(&named.value));
        for id in &self.attest {
            let Some(scenario) = scenario else { continue };
            let Some(index) = scenario.step(id) else {
                let error = CliError::new(format!("--attest: the scenario `{}` has no step `{}`", scenario.id, excerpt(id)));
                let near = nearest(id, scenario.steps.iter().map(|step| &*step.id));
                let help = near.map_or_else(
                    || format!("cutover scenarios show {} lists its steps", scenario.id),
                    |near| format!("did you mean `{near}`?"),
                );
                return Err(vec![error.with_help(help)]);
            };
            if scenario.steps[index].action.performed_by == Performer::Host {
                let message = format!("--attest: the step `{id}` is done on the server, where one sees whether it is");
                return Err(vec![CliError::new(message).with_help("only console steps are attested")]);
            }
        }
        Ok(Options {
            restart: self.restart,
            attest: self.attest.clone(),
            by: account(),
            simulated: self.on.is_some(),
            ..Options::default()
        })
    }

    /// The command that goes on.
    pub(super) fn resume(&self, option: &CatalogOption, file: &str) -> Vec<String> {
        let mut command = words(&["cutover", "resume", file]);
        self.more(option, &mut command);
        command
    }

    /// The command that goes on by itself when the server has started again; its report lies beside the journal.
    pub(super) fn at_start(&self, option: &CatalogOption, file: &Path) -> Vec<String> {
        let program = std::env::current_exe().map_or_else(|_| "cutover".to_owned(), |program| program.display().to_string());
        let file = absolute(file);
        let report = format!("{file}.report.txt");
        let mut command = words(&[&program, "resume", &file, "--restart", "--output", &report]);
        if let Some(catalog) = &option.catalog {
            command.extend(["--catalog".to_owned(), absolute(catalog)]);
        }
        if let Some(package) = &self.package {
            command.extend(["--package".to_owned(), absolute(package)]);
        }
        command
    }

    pub(super) fn more(&self, option: &CatalogOption, command: &mut Vec<String>) {
        if self.restart {
            command.push("--restart".to_owned());
        }
        if let Some(package) = &self.package {
            command.extend(["--package".to_owned(), absolute(package)]);
        }
        if let Some(on) = &self.on {
            command.extend(["--on".to_owned(), on.display().to_string()]);
        }
        if let Some(catalog) = &option.catalog {
            command.extend(["--catalog".to_owned(), catalog.display().to_string()]);
        }
    }
}

/// A server that is simulated from a snapshot.
pub(super) fn simulated<'c>(catalog: &'c Catalog, path: &Path) -> Result<Simulated<'c>, Vec<CliError>> {
    let read = input::read(catalog, &[path.to_owned()], &ReadingOptions::default(), false);
    if !read.errors.is_empty() {
        return Err(read.errors);
    }
    let [one_server] = read.snapshots.as_slice() else {
        let message = format!("a rehearsal is on one server, and there are {}", read.snapshots.len());
        return Err(vec![CliError::new(message).in_file(&path.display().to_string()).with_help("name a file with one snapshot")]);
    };
    let snapshot = &one_server.snapshot;
    let clock = snapshot.taken_at().and_then(|at| at.parse().ok()).unwrap_or(Timestamp::UNIX_EPOCH);
    Ok(Simulated::new(catalog, snapshot.host(), snapshot, clock))
}

impl ShownOptions {
    /// Writes the report and ends as it says. Without a journal nothing but the same command again goes on.
    pub(super) fn write(&self, mut document: RunDocument, on_file: bool) -> Answer {
        if !on_file
            && document.status == "restart"
            && let Some(next) = &mut document.next
        {
            next.push("--restart".to_owned());
        }
        self.output.write(&self.format.written(&document, text::run)?)?;
        Ok(match document.status {
            "done" | "would_run" => Exit::Yes,
            "refused" | "failed" => Exit::No,
            "restart" | "restarting" => Exit::Restart,
            _ => Exit::Unknown,
        })
    }
}

pub(super) fn tell(text: &str) {
    remark(text);
}

pub(super) fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

pub(super) fn one(error: CliError) -> Vec<CliError> {
    vec![error]
}

/// The account that this runs under, as the system names it.
pub(super) fn account() -> String {
    let name = ["USERNAME", "USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| "unknown".to_owned())
}

/// A path that holds wherever the program is started.
pub(super) fn absolute(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

pub(super) fn digest(source: &Source) -> String {
    format!("blake3:{}", blake3::hash(source.text().as_bytes()).to_hex())
}

/// The plan of a file that is for this server, or the only one there is.
pub(super) fn plan_of(path: &Path, host: &str) -> Result<(Source, GivenPlan), Vec<CliError>> {
    let mut read = plans::read(&[path.to_owned()], false)?;
    let for_it = |plan: &GivenPlan| plan.host.as_ref().is_some_and(|named| is_same_host(&named.value, host));
    let at = if read.given.len() == 1 { Some(0) } else { read.given.iter().position(|(_, plan)| for_it(plan)) };
    let Some(at) = at else {
        let message = format!("holds {} plans, and none for the server `{}`", read.given.len(), excerpt(host));
        return Err(vec![CliError::new(message).in_file(&path.display().to_string()).with_help("make one with cutover plan")]);
    };
    let (source, plan) = read.given.swap_remove(at);
    Ok((read.sources.swap_remove(source), plan))
}

/// The file of a run's plan: where it was, or beside the journal.
pub(super) fn plan_file(begun: &Begun, journal: &Path) -> PathBuf {
    let there = PathBuf::from(&begun.plan);
    let beside = journal.to_str().and_then(|name| name.strip_suffix(".journal")).map(PathBuf::from);
    match beside {
        Some(beside) if !there.is_file() && beside.is_file() => beside,
        _ => there,
    }
}

pub(super) fn begun(entries: &[Entry]) -> Option<&Begun> {
    entries.iter().find_map(|entry| match &entry.record {
        Record::Begun(begun) => Some(begun),
        _ => None,
    })
}

/// The journal that is meant.
pub(super) fn found(named: Option<&Path>) -> Result<PathBuf, Vec<CliError>> {
    let Some(named) = named else { return only_one() };
    let beside = journal::beside(named);
    Ok(if beside.is_file() { beside } else { named.to_owned() })
}

/// The only journal in this folder.
pub(super) fn only_one() -> Result<PathBuf, Vec<CliError>> {
    let cannot = |error: std::io::Error| vec![CliError::new(format!("this folder cannot be listed: {}", reason(&error)))];
    let mut found = Vec::new();
    for entry in std::fs::read_dir(".").map_err(cannot)? {
        let name = PathBuf::from(entry.map_err(cannot)?.file_name());
        if name.extension().is_some_and(|extension| extension == "journal") {
            found.push(name);
        }
    }
    let help = "name the journal, or the plan beside which it lies";
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (None, _) => Err(vec![CliError::new("there is no journal in this folder").with_help(help)]),
        (Some(_), false) => Err(vec![CliError::new("there are several journals in this folder").with_help(help)]),
    }
}

/// That a run on a server and a rehearsal are not mixed.
pub(super) fn mixed(begun: &Begun, file: &Path) -> CliError {
    let (message, help) = if begun.simulated {
        ("the journal is of a rehearsal, and says nothing of a server", "go on with it on a simulated server: --on SNAPSHOT")
    } else {
        ("the journal is of a run on a server, which a rehearsal would spoil", "go on with it on that server, without --on")
    };
    CliError::new(message).in_file(&file.display().to_string()).with_help(help)
}

/// Why a journal cannot be used, and what to do.
pub(super) fn of_journal(error: &JournalError, file: &Path) -> CliError {
    let message = match error {
        JournalError::Unreadable(error) => format!("the journal cannot be read: {}", reason(error)),
        JournalError::Unwritable(error) => format!("the journal cannot be written: {}", reason(error)),
        other => other.to_string(),
    };
    let help = match error {
        JournalError::Missing | JournalError::Empty => "cutover apply PLAN --execute begins a run with its journal".to_owned(),
        JournalError::Exists => {
            format!(
                "cutover resume {0} goes on with it, cutover status {0} says what it did",
                harmless(&file.display().to_string())
            )
        }
        JournalError::Busy => {
            "cutover status says what it is doing; two runs on one server would be in each other's way".to_owned()
        }
        JournalError::Damaged { .. } => {
            "what was done cannot be told from it any more: look at the server, plan again, and begin a new journal".to_owned()
        }
        _ => {
            "make room or see to the rights, or name another place with --journal; nothing is changed without a record".to_owned()
        }
    };
    let error = CliError::new(message).with_help(help);
    match file.to_str() {
        Some(name) => error.in_file(name),
        None => error.in_file(&file.display().to_string()),
    }
}

/// Why a run could not go on, and what became of the step.
pub(super) fn of_run(error: &RunError, file: Option<&Path>) -> Vec<CliError> {
    let file = file.unwrap_or(Path::new("the journal"));
    let mut errors = vec![of_journal(&error.journal, file)];
    if let Some((step, was_done)) = &error.step {
        let (message, help) = if *was_done {
            (format!("the step `{step}` was carried out, and that could not be recorded"), "cutover resume looks at it again")
        } else {
            (format!("the step `{step}` was not begun"), "cutover resume goes on with it")
        };
        errors.push(CliError::new(message).with_help(help));
    }
    errors
}
