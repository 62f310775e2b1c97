//! `cutover waves`.

use super::error::remark;
use super::exit::Exit;
use super::options::{CatalogOption, FactsOption, PlanOptions, Question, catalog};
use super::output::{OutputOption, pretty};
use super::{Answer, CliError};
use crate::fleet::waves::document::WavesDocument;
use crate::fleet::waves::{Amount, Rehearsal, Rollout, Shape, Share, StopRule, Survey, Window, rehearse};
use crate::report::{json, waves as report};
use crate::suggest::excerpt;
use clap::{Args, ValueEnum};

/// The arguments of `cutover waves`.
#[derive(Args, Debug)]
pub struct WavesArgs {
    #[command(flatten)]
    servers: FactsOption,
    #[command(flatten)]
    options: PlanOptions,
    #[command(flatten)]
    shape: ShapeOptions,
    #[command(flatten)]
    rehearsal: RehearsalOptions,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    output: OutputOption,
}

/// How waves are to be.
#[derive(Args, Debug)]
#[command(next_help_heading = "Waves")]
struct ShapeOptions {
    /// How many servers go first, as a number or as a share of those that take part; 0 for no canary
    #[arg(long, value_name = "N|N%", default_value = "5")]
    canary: Amount,
    /// How many servers go in each wave after that; repeated for waves of different sizes, of which the last repeats
    #[arg(long, value_name = "N|N%", default_value = "10%", value_parser = some_servers)]
    wave: Vec<Amount>,
    /// The fact that names the group of a server, of which no two go in one wave
    #[arg(long, value_name = "FACT", default_value = Shape::GROUP_BY)]
    group_by: String,
    /// When servers may be restarted, such as 22:00-02:00; what takes longer is in no wave, and named
    #[arg(long, value_name = "HH:MM-HH:MM")]
    window: Option<Window>,
    /// The same as a number of minutes
    #[arg(long, value_name = "N", conflicts_with = "window")]
    window_minutes: Option<u32>,
    /// The fact that says the window of a server that has its own
    #[arg(long, value_name = "FACT", default_value = Shape::WINDOW_BY)]
    window_by: String,
    /// Let servers of this status take part as well
    #[arg(long, value_name = "STATUS", value_enum)]
    include: Option<Include>,
}

/// How the rollout is rehearsed.
#[derive(Args, Debug)]
#[command(next_help_heading = "Rehearsing")]
struct RehearsalOptions {
    /// Rehearse the rollout with failures that are drawn, a thousand times or as often as is said
    #[arg(long, value_name = "RUNS", num_args = 0..=1, require_equals = true, default_missing_value = "1000",
          value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rehearse: Option<u32>,
    /// Of how many servers a step fails
    #[arg(long, value_name = "N%", default_value = "2%", requires = "rehearse")]
    failure_rate: Share,
    /// Stop after so many failures, or such a share of the servers begun so far; may be repeated
    #[arg(long, value_name = "N|N%", value_parser = some_servers, requires = "rehearse")]
    stop_at: Vec<Amount>,
    /// Stop after so many failures in one wave, or such a share of its servers; may be repeated
    #[arg(long, value_name = "N|N%", value_parser = some_servers, requires = "rehearse")]
    stop_wave: Vec<Amount>,
    /// What failures are drawn from: the same seed draws the same ones
    #[arg(long, value_name = "N", default_value_t = 0, requires = "rehearse")]
    seed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Include {
    /// Ready if what is listed in the plan turns out true
    #[value(name = "ready_if", alias = "ready-if")]
    ReadyIf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One document
    Json,
    /// One document a server
    Ndjson,
    /// For a change request that a person signs
    Markdown,
    /// One row a server
    Csv,
}

/// A number or a share that is not nothing.
fn some_servers(text: &str) -> Result<Amount, String> {
    let amount: Amount = text.parse()?;
    if amount.is_nothing() { Err("expected more than nothing".to_owned()) } else { Ok(amount) }
}

/// Splits the servers into waves.
pub fn run(args: &WavesArgs, option: &CatalogOption) -> Answer {
    let shape = args.shape.shape();
    let question = args.options.question(&args.servers.facts, catalog(option)?)?;
    for name in [&shape.group_by, &shape.window_by] {
        known(&question, name)?;
    }
    let snapshots = question.servers.iter().map(|read| &read.snapshot);
    let survey = Survey::of(&question.catalog, &question.request, &question.assumptions, &shape, snapshots);
    let survey = survey.map_err(|error| vec![CliError::new(error.to_string())])?;
    if shape.group_by != Shape::GROUP_BY && !survey.has_groups() {
        let error = CliError::new(format!("no server has a fact `{}`", excerpt(&shape.group_by)));
        return Err(vec![
            error.with_help("without it servers of one group could go in one wave; leave --group-by out to allow that"),
        ]);
    }
    let rollout = Rollout::of(&survey, &shape);
    let rehearsal = args.rehearsal.rehearsal();
    let rehearsed = rehearsal.as_ref().map(|rehearsal| (rehearsal, rehearse(&survey, &rollout, rehearsal)));
    let rehearsed = rehearsed.as_ref().map(|(rehearsal, rehearsed)| (*rehearsal, rehearsed));
    let document = WavesDocument::of(&survey, &shape, &rollout, rehearsed);
    args.output.write(&args.format.written(&document)?)?;
    if matches!(args.format, Format::Csv | Format::Ndjson) {
        let rehearsed = document.rehearsal.as_ref().map(report::rehearsed).unwrap_or_default();
        for note in report::notes(&document).iter().map(String::as_str).chain(rehearsed.lines()) {
            remark(&format!("note: {note}"));
        }
    }
    Ok(question.end(exit(&survey, &rollout)))
}

/// A server that could be migrated and fits into no wave is a no. Where none could be, the plans decide.
fn exit(survey: &Survey, rollout: &Rollout) -> Exit {
    if !rollout.unfit.is_empty() {
        return Exit::No;
    }
    let in_waves = rollout.waves.iter().flat_map(|wave| &wave.servers).map(|server| survey.way(*server).status);
    if rollout.waves.is_empty() {
        Exit::for_many(rollout.left_out.keys().map(|status| status.name()))
    } else {
        Exit::for_many(in_waves.map(crate::plan::Status::name))
    }
}

/// The fact may be one of the catalog, or one of a user's own.
fn known(question: &Question, name: &str) -> Result<(), Vec<CliError>> {
    let vocabulary = question.catalog.vocabulary();
    if name.starts_with("x.") || vocabulary.find(name).is_some() {
        return Ok(());
    }
    let error = CliError::new(format!("there is no fact `{}`", excerpt(name)));
    Err(vec![match vocabulary.nearest(name) {
        Some(near) => error.with_help(format!("did you mean `{near}`? facts of your own begin with `x.`")),
        None => error.with_help("facts of your own begin with `x.`; cutover facts list shows the others"),
    }])
}

impl ShapeOptions {
    fn shape(&self) -> Shape {
        Shape {
            canary: self.canary,
            waves: self.wave.clone(),
            group_by: self.group_by.clone(),
            window: self.window_minutes.map(Window::of_minutes).or_else(|| self.window.clone()),
            window_by: self.window_by.clone(),
            ready_if: self.include == Some(Include::ReadyIf),
        }
    }
}

impl RehearsalOptions {
    fn rehearsal(&self) -> Option<Rehearsal> {
        let stop = StopRule { of_wave: self.stop_wave.clone(), of_all: self.stop_at.clone() };
        Some(Rehearsal { runs: self.rehearse?, failure_rate: self.failure_rate, seed: self.seed, stop })
    }
}

impl Format {
    fn written(self, document: &WavesDocument) -> Result<String, Vec<CliError>> {
        let failed = |error: &dyn std::fmt::Display| vec![CliError::new(error.to_string())];
        match self {
            Self::Text => Ok(report::text(document)),
            Self::Markdown => Ok(report::markdown(document)),
            Self::Json => pretty(document),
            Self::Csv => report::csv(document).map_err(|error| failed(&error)),
            Self::Ndjson => {
                let mut text = String::new();
                for server in document.one_by_one() {
                    text.push_str(&json::line(&server).map_err(|error| failed(&error))?);
                    text.push('\n');
                }
                Ok(text)
            }
        }
    }
}
