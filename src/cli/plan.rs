//! `cutover plan`.

use super::exit::Exit;
use super::filter::Filter;
use super::options::{CatalogOption, FactsOption, PlanOptions, Question};
use super::output::{OutputOption, SummaryFormat};
use super::progress::Progress;
use super::{Answer, CliError};
use super::{estate, input};
use crate::catalog::Catalog;
use crate::fleet::{Planner, Tally};
use crate::plan::document::PlanDocument;
use crate::plan::{Plan, Request, Status, WaysBack};
use crate::report::installer_script::ScriptUse;
use crate::report::summary::{Row, summary, totals};
use crate::report::texts::Texts;
use crate::report::{json, markdown, text};
use crate::suggest::{excerpt, nearest};
use clap::{Args, ValueEnum};
use std::path::Path;

/// The arguments of `cutover plan`.
#[derive(Args, Debug)]
pub struct PlanArgs {
    #[command(flatten)]
    servers: FactsOption,
    #[command(flatten)]
    options: PlanOptions,
    /// Plan the way back from this step, as if the plan had come so far, to a server no worse than before its first step
    #[arg(long, value_name = "STEP")]
    rollback_from: Option<String>,
    /// Show in detail only the servers of this status; may be repeated
    #[arg(long, value_name = "STATUS", value_enum)]
    only: Vec<StatusOption>,
    /// Say only what many servers come to together, by class: for estates of any size
    #[arg(long, conflicts_with_all = ["host", "only", "rollback_from"])]
    summary: bool,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    output: OutputOption,
}

/// The statuses by their names on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum StatusOption {
    /// Nothing stands in the way
    Ready,
    /// Ready if what is listed turns out true
    #[value(name = "ready_if", alias = "ready-if")]
    ReadyIf,
    /// Something stands in the way
    Blocked,
    /// What is not known decides what to do
    Undetermined,
    /// Nothing is left to do
    Done,
    /// No scenario is for this server
    #[value(name = "not_applicable", alias = "not-applicable")]
    NotApplicable,
}

impl StatusOption {
    fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::ReadyIf => "ready_if",
            Self::Blocked => "blocked",
            Self::Undetermined => "undetermined",
            Self::Done => "done",
            Self::NotApplicable => "not_applicable",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: for many servers a table, then the details asked for
    Text,
    /// One document for one server, an array for many
    Json,
    /// One document a line
    Ndjson,
    /// For a change request that a person signs
    Markdown,
    /// Of a summary: for spreadsheets
    Csv,
}

impl Format {
    fn of_summary(self) -> SummaryFormat {
        match self {
            Self::Text => SummaryFormat::Text,
            Self::Json => SummaryFormat::Json,
            Self::Ndjson => SummaryFormat::Ndjson,
            Self::Markdown => SummaryFormat::Markdown,
            Self::Csv => SummaryFormat::Csv,
        }
    }
}

/// Plans every server and writes the answers.
pub fn run(args: &PlanArgs, catalog: &CatalogOption) -> Answer {
    let catalog = super::options::catalog(catalog)?;
    if args.summary {
        return summarised(args, catalog);
    }
    if args.format == Format::Csv {
        return Err(vec![CliError::new("--format csv is for --summary").with_help("--format ndjson writes a plan a line")]);
    }
    let is_filter = args.format == Format::Ndjson && args.output.output.is_none() && args.options.host.is_none();
    if is_filter && args.servers.facts.as_slice() == [Path::new("-")] {
        return filter(args, &catalog);
    }
    let question = args.options.question(&args.servers.facts, catalog)?;
    if let Some(step) = &args.rollback_from {
        known_step(&question.catalog, &question.request, step)?;
    }
    let single = question.servers.len() == 1 && question.errors.is_empty();
    let texts = Texts::of(&question.catalog);
    let mut answers = Answers { rows: Vec::new(), out: String::new(), shown: 0 };
    let progress = Progress::of_servers(question.servers.len());
    for read in &question.servers {
        let document = document(question.plan(read)?, read.snapshot.host(), args.rollback_from.as_deref());
        let row = Row::of(&document);
        let wanted = args.wants(&document);
        let detailed = single || args.options.host.is_some() || !args.only.is_empty();
        if wanted {
            answers.add(args.format, &document, &texts, &question, detailed)?;
        }
        answers.rows.push(row);
        progress.step(1);
    }
    progress.finish();
    let text = answers.finish(args.format, single);
    args.output.write(&text)?;
    let statuses: Vec<&'static str> = answers.rows.iter().map(Row::status).collect();
    Ok(question.end(match statuses.as_slice() {
        [status] if single => Exit::for_one(status),
        _ => Exit::for_many(statuses.into_iter()),
    }))
}

impl PlanArgs {
    fn wants(&self, document: &PlanDocument) -> bool {
        self.only.is_empty() || self.only.iter().any(|status| status.name() == document.status)
    }
}

/// Answers standard input line by line.
fn filter(args: &PlanArgs, catalog: &Catalog) -> Answer {
    let (request, assumptions) = args.options.asked(catalog)?;
    if let Some(step) = &args.rollback_from {
        known_step(catalog, &request, step)?;
    }
    Filter {
        planner: &Planner::new(catalog, request, assumptions),
        keep_going: args.options.keep_going,
        document: &|plan, host| document(plan, host, args.rollback_from.as_deref()),
        wanted: &|document| args.wants(document),
    }
    .run()
}

/// Writes what all servers come to together.
fn summarised(args: &PlanArgs, catalog: Catalog) -> Answer {
    let texts = Texts::of(&catalog);
    let (summary, errors) = match input::streams(&args.servers.facts) {
        Ok(Some(streams)) => {
            let (request, assumptions) = args.options.asked(&catalog)?;
            estate::summary(&Planner::new(&catalog, request, assumptions), &streams, args.options.keep_going)?
        }
        // Exports are put together first, which takes all of them at once.
        Ok(None) => {
            let question = args.options.question(&args.servers.facts, catalog)?;
            let planner = Planner::new(&question.catalog, question.request.clone(), question.assumptions.clone());
            let mut tally = Tally::new(&planner);
            for read in &question.servers {
                tally.add(&read.snapshot).map_err(|error| vec![CliError::new(error.to_string())])?;
            }
            (tally.finish(), question.errors)
        }
        Err(errors) => return Err(errors),
    };
    let document = summary.document();
    args.output.write(&args.format.of_summary().written(&document, &texts)?)?;
    for error in &errors {
        error.print();
    }
    Ok(if errors.is_empty() { Exit::for_summary(&document.statuses) } else { Exit::Wrong })
}

/// The document of a plan, or of the way back from one of its steps.
fn document(plan: Plan<'_>, host: &str, rollback_from: Option<&str>) -> PlanDocument {
    let Some(step) = rollback_from.filter(|_| plan.status != Status::NotApplicable && plan.scenario.is_some()) else {
        return plan.document(host);
    };
    match (plan.step(step), WaysBack::of(&plan)) {
        (Some(at), Some(ways)) => ways.plan(at).document(host),
        _ => plan.without_way_back(step).document(host),
    }
}

/// Some scenario that may be planned has the step.
fn known_step(catalog: &Catalog, request: &Request, step: &str) -> Result<(), Vec<CliError>> {
    let named = request.scenario.as_deref();
    let scenarios = catalog.scenarios().iter().filter(|scenario| named.is_none_or(|named| *scenario.id == *named));
    let steps = || scenarios.clone().flat_map(|scenario| &scenario.steps).map(|step| &*step.id);
    if steps().any(|id| id == step) {
        return Ok(());
    }
    let of = named.map_or_else(|| "no scenario has".to_owned(), |named| format!("`{named}` does not have"));
    let error = CliError::new(format!("{of} a step `{}`", excerpt(step)));
    Err(vec![match nearest(step, steps()) {
        Some(near) => error.with_help(format!("did you mean `{near}`?")),
        None => error.with_help("cutover scenarios show ID lists the steps of a scenario"),
    }])
}

/// The answers as they are written.
struct Answers {
    rows: Vec<Row>,
    out: String,
    shown: usize,
}

impl Answers {
    fn add(
        &mut self,
        format: Format,
        plan: &PlanDocument,
        texts: &Texts,
        question: &Question,
        detailed: bool,
    ) -> Result<(), Vec<CliError>> {
        let failed = |error: serde_json::Error| vec![CliError::new(error.to_string())];
        match format {
            Format::Json => {
                self.out.push_str(if self.shown == 0 { "" } else { ",\n" });
                self.out.push_str(&json::pretty(plan).map_err(failed)?);
            }
            Format::Ndjson => {
                self.out.push_str(&json::line(plan).map_err(failed)?);
                self.out.push('\n');
            }
            Format::Markdown => {
                self.out.push_str(if self.shown == 0 { "" } else { "\n" });
                self.out.push_str(&markdown::plan(plan, texts));
            }
            Format::Text if detailed => {
                let script = script_steps(question);
                let script = ScriptUse::of(plan, &script);
                self.out.push_str(if self.shown == 0 { "" } else { "\n\n" });
                self.out.push_str(&text::plan(plan, texts, script.as_ref()));
            }
            Format::Text | Format::Csv => {}
        }
        self.shown += 1;
        Ok(())
    }

    fn finish(&mut self, format: Format, single: bool) -> String {
        let out = std::mem::take(&mut self.out);
        match format {
            Format::Json if single && self.shown == 1 => out + "\n",
            Format::Json if self.shown == 0 => "[]\n".to_owned(),
            Format::Json => format!("[\n{out}\n]\n"),
            Format::Text if !single => {
                let table = summary(&self.rows);
                if out.is_empty() { table } else { format!("{table}\n\n{out}") }
            }
            Format::Markdown if !single => format!("{}.\n\n{out}", totals(&self.rows)),
            Format::Text | Format::Ndjson | Format::Markdown | Format::Csv => out,
        }
    }
}

/// The steps that the installer script carries out, as its scenario says.
fn script_steps(question: &Question) -> Vec<&str> {
    let scenario = question.catalog.scenario("installer-script");
    scenario.map_or_else(Vec::new, |scenario| scenario.steps.iter().map(|step| &*step.id).collect())
}
