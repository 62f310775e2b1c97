//! `cutover schema`, `completions` and `man`: what other programs need to know of this one.

use super::exit::Exit;
use super::input::reason;
use super::options::{CatalogOption, catalog};
use super::output::{OutputOption, pretty, to_stdout, unwritable};
use super::{Answer, Cli, CliError};
use crate::catalog::FileKind;
use crate::execute::document::RunDocument;
use crate::execute::journal::Entry;
use crate::execute::status::StatusDocument;
use crate::fleet::document::{SCHEMA as SUMMARY, SummaryDocument};
use crate::fleet::missing::MissingDocument;
use crate::fleet::waves::document::{WaveServerDocument, WavesDocument};
use crate::inventory::mapping_schema;
use crate::plan::diff::DiffDocument;
use crate::plan::document::PlanDocument;
use crate::plan::explain::document::ExplanationDocument;
use crate::plan::given;
use crate::plan::verify::document::VerdictDocument;
use crate::prove::document::ProofDocument;
use crate::simulate::document::TimelineDocument;
use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::Shell;
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::Value as Json;
use std::path::PathBuf;

/// The arguments of `cutover schema`.
#[derive(Args, Debug)]
pub struct SchemaArgs {
    /// What to describe; with --catalog, the facts and parameters are those of that catalog
    #[arg(value_enum)]
    what: What,
    #[command(flatten)]
    output: OutputOption,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// What was observed of one server
    Snapshot,
    /// What plan writes
    Plan,
    /// A plan that people write, for verify
    WrittenPlan,
    /// What simulate writes
    Timeline,
    /// What prove writes
    Proof,
    /// What explain writes
    Explanation,
    /// What verify writes
    Findings,
    /// What diff writes
    Diff,
    /// What facts missing writes
    Missing,
    /// What apply and resume write
    Run,
    /// What status writes
    Status,
    /// A line of a journal
    Journal,
    /// What waves writes
    Waves,
    /// A server of what waves writes as NDJSON
    WaveServer,
    /// What plan --summary and fleet merge write
    Summary,
    /// A file for --mapping
    Mapping,
    /// A file for --parameters
    Parameters,
    /// A scenario of a catalog
    Scenario,
    /// catalog/actions.yaml
    Actions,
    /// catalog/facts.yaml
    Facts,
    /// catalog/invariants.yaml
    Invariants,
    /// catalog/article.yaml
    Article,
}

/// Prints a schema.
pub fn schema(args: &SchemaArgs, option: &CatalogOption) -> Answer {
    let of_file = |kind| catalog(option).map(|catalog| catalog.schema(kind));
    let schema = match args.what {
        What::Plan => of_document::<PlanDocument>("cutover/plan/v1"),
        What::WrittenPlan => given::schema(&catalog(option)?),
        What::Timeline => of_document::<TimelineDocument>("cutover/timeline/v1"),
        What::Proof => of_document::<ProofDocument>("cutover/proof/v1"),
        What::Explanation => of_document::<ExplanationDocument>("cutover/explanation/v1"),
        What::Findings => of_document::<VerdictDocument>("cutover/findings/v1"),
        What::Diff => of_document::<DiffDocument>("cutover/diff/v1"),
        What::Missing => of_document::<MissingDocument>("cutover/missing/v1"),
        What::Run => of_document::<RunDocument>("cutover/run/v1"),
        What::Status => of_document::<StatusDocument>("cutover/status/v1"),
        What::Journal => of_line::<Entry>(),
        What::Waves => of_document::<WavesDocument>("cutover/waves/v1"),
        What::WaveServer => of_document::<WaveServerDocument<'_>>("cutover/wave-server/v1"),
        What::Summary => of_document::<SummaryDocument>(SUMMARY),
        What::Mapping => mapping_schema(catalog(option)?.vocabulary()),
        What::Snapshot => of_file(FileKind::Snapshot)?,
        What::Parameters => of_file(FileKind::Parameters)?,
        What::Scenario => of_file(FileKind::Scenario)?,
        What::Actions => of_file(FileKind::Actions)?,
        What::Facts => of_file(FileKind::Facts)?,
        What::Invariants => of_file(FileKind::Invariants)?,
        What::Article => of_file(FileKind::Article)?,
    };
    args.output.write(&pretty(&schema)?)?;
    Ok(Exit::Yes)
}

/// The schema of a line that the program writes and reads.
fn of_line<T: JsonSchema>() -> Json {
    SchemaGenerator::new(SchemaSettings::draft2020_12()).into_root_schema_for::<T>().to_value()
}

/// The schema of a document that the program writes, from the type that it is written from.
fn of_document<T: JsonSchema>(name: &str) -> Json {
    let generator = SchemaGenerator::new(SchemaSettings::draft2020_12().for_serialize());
    let mut schema = generator.into_root_schema_for::<T>().to_value();
    schema["properties"]["schema"] = serde_json::json!({ "const": name });
    schema
}

/// The arguments of `cutover completions`.
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the completions of a shell.
pub fn completions(args: &CompletionsArgs) -> Answer {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "cutover", &mut text);
    to_stdout(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Yes)
}

/// The arguments of `cutover man`.
#[derive(Args, Debug)]
pub struct ManArgs {
    /// Write a page for the program and for each verb into this directory
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
}

/// Prints the manual page, or writes all of them.
pub fn man(args: &ManArgs) -> Answer {
    let Some(directory) = &args.directory else {
        let mut page = Vec::new();
        let rendered = clap_mangen::Man::new(Cli::command()).render(&mut page);
        rendered.map_err(|error| vec![CliError::new(reason(&error))])?;
        to_stdout(&String::from_utf8_lossy(&page))?;
        return Ok(Exit::Yes);
    };
    clap_mangen::generate_to(Cli::command(), directory).map_err(|error| unwritable(directory, &error))?;
    Ok(Exit::Yes)
}
