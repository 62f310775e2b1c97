//! `cutover apply`, `resume` and `status`.

use super::error::remark;
use super::exit::Exit;
use super::input::{self, reason};
use super::inventory::ReadingOptions;
use super::options::{CatalogOption, GivenOptions, catalog};
use super::output::{DocumentFormat, OutputOption};
use super::{Answer, CliError, plans};
use crate::catalog::Catalog;
use crate::execute::document::RunDocument;
use crate::execute::journal::{self, Begun, Entry, Journal, JournalError, Record};
use crate::execute::status::status as said;
use crate::execute::{self, Host, Job, Options, RunError, Simulated, is_same_host};
use crate::fact::Value;
use crate::plan::given::{GivenPlan, Source};
use crate::report::run as text;
use crate::suggest::{excerpt, nearest};
use clap::Args;
use jiff::Timestamp;
use std::path::{Path, PathBuf};
use std::sync::Arc;

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

/// The arguments of `cutover status`.
#[derive(Args, Debug)]
pub struct StatusArgs {
    /// The journal, or the plan beside which it lies; by default the only journal in this folder
    #[arg(value_name = "JOURNAL|PLAN")]
    run: Option<PathBuf>,
    #[command(flatten)]
    shown: ShownOptions,
}

/// What a run may do, and on what.
#[derive(Args, Clone, Debug)]
struct ActingOptions {
    /// Restart the server where a step of the plan does, and go on after that
    #[arg(long)]
    restart: bool,
    /// Say that this console step is done; may be repeated
    #[arg(long, value_name = "STEP")]
    attest: Vec<String>,
    /// Rehearse on a server that is simulated from this snapshot, instead of the one that this runs on
    #[arg(long, value_name = "SNAPSHOT")]
    on: Option<PathBuf>,
}

/// How the result is shown.
#[derive(Args, Clone, Debug)]
struct ShownOptions {
    /// How to write the result
    #[arg(long, value_enum, default_value_t = DocumentFormat::Text)]
    format: DocumentFormat,
    #[command(flatten)]
    output: OutputOption,
}

/// The server that this runs on.
///
/// # Errors
///
/// Where this build, or this machine, has none that can be changed.
fn live_host(_catalog: &Catalog) -> Result<Box<dyn Host + '_>, CliError> {
    let help = "rehearse it on a recorded one with --on SNAPSHOT, or run the build for Windows on the server";
    Err(CliError::new("this build cannot look at the server that it runs on").with_help(help))
}

/// Carries a plan out, or says what that would do.
pub fn apply(args: &ApplyArgs, option: &CatalogOption) -> Answer {
    let catalog = catalog(option)?;
    let set = GivenOptions { set: args.set.clone(), parameters: None, assume: Vec::new(), reading: ReadingOptions::default() };
    let (set, _) = set.read(&catalog).map_err(one)?;
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
        options.at_start = at_start(option, file);
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

/// Goes on with a run.
pub fn resume(args: &ResumeArgs, option: &CatalogOption) -> Answer {
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
    options.at_start = at_start(option, &file);
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

/// Says what a journal says.
pub fn status(args: &StatusArgs, option: &CatalogOption) -> Answer {
    let file = found(args.run.as_deref())?;
    let shown = file.display().to_string();
    let text = journal::read(&file).map_err(|error| vec![of_journal(&error, &file)])?;
    let begun = begun(&text.entries).ok_or_else(|| vec![of_journal(&JournalError::Empty, &file)])?;
    let given = plan_of(&plan_file(begun, &file), &begun.host).ok().filter(|(source, _)| digest(source) == begun.plan_digest);
    let acting = ActingOptions { restart: false, attest: Vec::new(), on: begun.simulated.then(|| PathBuf::from("SNAPSHOT")) };
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

impl ActingOptions {
    /// The server: this one, or a simulated one.
    fn host<'c>(&self, catalog: &'c Catalog) -> Result<Box<dyn Host + 'c>, Vec<CliError>> {
        match &self.on {
            None => live_host(catalog).map_err(one),
            Some(path) => Ok(Box::new(simulated(catalog, path)?)),
        }
    }

    /// The server as a run finds it that goes on: a simulated one is as its journal left it.
    fn host_after<'c>(
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

    fn options(&self, catalog: &Catalog, given: &GivenPlan) -> Result<Options, Vec<CliError>> {
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
            if scenario.steps[index].action.performed_by == crate::catalog::Performer::Host {
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
    fn resume(&self, option: &CatalogOption, file: &str) -> Vec<String> {
        let mut command = words(&["cutover", "resume", file]);
        self.more(option, &mut command);
        command
    }

    fn more(&self, option: &CatalogOption, command: &mut Vec<String>) {
        if self.restart {
            command.push("--restart".to_owned());
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
fn simulated<'c>(catalog: &'c Catalog, path: &Path) -> Result<Simulated<'c>, Vec<CliError>> {
    let read = input::read(catalog.vocabulary(), &[path.to_owned()], &ReadingOptions::default(), false);
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
    fn write(&self, mut document: RunDocument, on_file: bool) -> Answer {
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

fn tell(text: &str) {
    remark(text);
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn one(error: CliError) -> Vec<CliError> {
    vec![error]
}

/// The account that this runs under, as the system names it.
fn account() -> String {
    let name = ["USERNAME", "USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| "unknown".to_owned())
}

/// A path that holds wherever the program is started.
fn absolute(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

fn digest(source: &Source) -> String {
    format!("blake3:{}", blake3::hash(source.text().as_bytes()).to_hex())
}

/// The command that goes on by itself when the server has started again; its report lies beside the journal.
fn at_start(option: &CatalogOption, file: &Path) -> Vec<String> {
    let program = std::env::current_exe().map_or_else(|_| "cutover".to_owned(), |program| program.display().to_string());
    let file = absolute(file);
    let report = format!("{file}.report.txt");
    let mut command = words(&[&program, "resume", &file, "--restart", "--output", &report]);
    if let Some(catalog) = &option.catalog {
        command.extend(["--catalog".to_owned(), absolute(catalog)]);
    }
    command
}

/// The plan of a file that is for this server, or the only one there is.
fn plan_of(path: &Path, host: &str) -> Result<(Source, GivenPlan), Vec<CliError>> {
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
fn plan_file(begun: &Begun, journal: &Path) -> PathBuf {
    let there = PathBuf::from(&begun.plan);
    let beside = journal.to_str().and_then(|name| name.strip_suffix(".journal")).map(PathBuf::from);
    match beside {
        Some(beside) if !there.is_file() && beside.is_file() => beside,
        _ => there,
    }
}

fn begun(entries: &[Entry]) -> Option<&Begun> {
    entries.iter().find_map(|entry| match &entry.record {
        Record::Begun(begun) => Some(begun),
        _ => None,
    })
}

/// The journal that is meant.
fn found(named: Option<&Path>) -> Result<PathBuf, Vec<CliError>> {
    let Some(named) = named else { return only_one() };
    let beside = journal::beside(named);
    Ok(if beside.is_file() { beside } else { named.to_owned() })
}

/// The only journal in this folder.
fn only_one() -> Result<PathBuf, Vec<CliError>> {
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
fn mixed(begun: &Begun, file: &Path) -> CliError {
    let (message, help) = if begun.simulated {
        ("the journal is of a rehearsal, and says nothing of a server", "go on with it on a simulated server: --on SNAPSHOT")
    } else {
        ("the journal is of a run on a server, which a rehearsal would spoil", "go on with it on that server, without --on")
    };
    CliError::new(message).in_file(&file.display().to_string()).with_help(help)
}

/// Why a journal cannot be used, and what to do.
fn of_journal(error: &JournalError, file: &Path) -> CliError {
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
                crate::suggest::harmless(&file.display().to_string())
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
fn of_run(error: &RunError, file: Option<&Path>) -> Vec<CliError> {
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
