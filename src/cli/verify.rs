//! `cutover verify`.

use super::exit::Exit;
use super::options::{CatalogOption, GivenOptions, OrderOption, PlanOptions};
use super::output::{OutputOption, pretty};
use super::{Answer, CliError};
use super::{error, plans};
use crate::plan::verify::document::VerdictDocument;
use crate::plan::verify::{InFile, Question, Server, verify};
use crate::report::{github, junit, sarif, verdict};
use clap::{Args, ValueEnum};
use std::io;
use std::path::PathBuf;

/// The arguments of `cutover verify`.
#[derive(Args, Debug)]
pub struct VerifyArgs {
    /// Plans: written by hand (.yaml), or as cutover plan writes them (.json, .ndjson); or folders of them
    #[arg(value_name = "PLAN", required = true)]
    plans: Vec<PathBuf>,
    /// What is known of the servers now: as for plan
    #[arg(long, value_name = "FACTS", required = true, num_args = 1..)]
    facts: Vec<PathBuf>,
    #[command(flatten)]
    given: GivenOptions,
    /// Report plans and lines that cannot be read and go on with the others; the exit status is 2 in the end
    #[arg(long)]
    keep_going: bool,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    output: OutputOption,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, with the lines underlined
    Text,
    /// One document
    Json,
    /// A test case for each plan and server, for CI systems that show tests
    Junit,
    /// For code scanning
    Sarif,
    /// Annotations in a run of GitHub Actions
    Github,
}

/// Verifies every plan and writes the verdict.
pub fn run(args: &VerifyArgs, catalog: &CatalogOption) -> Answer {
    let plans = plans::read(&args.plans, args.keep_going)?;
    let options = PlanOptions {
        scenario: None,
        given: args.given.clone(),
        order: OrderOption::Documented,
        without_supplements: false,
        host: None,
        keep_going: args.keep_going,
    };
    let mut asked = options.question(&args.facts, super::options::catalog(catalog)?)?;
    asked.errors.extend(plans.errors);
    let in_files: Vec<InFile<'_>> =
        plans.given.iter().map(|(source, plan)| InFile { source: &plans.sources[*source], plan }).collect();
    let servers: Vec<Server<'_>> = asked
        .servers
        .iter()
        .map(|read| Server { host: read.snapshot.host(), facts: &read.snapshot, file: &read.file, line: read.line })
        .collect();
    let verdict = verify(&Question {
        catalog: &asked.catalog,
        plans: &in_files,
        servers: &servers,
        parameters: &asked.request.parameters,
        assumptions: &asked.assumptions,
    });
    args.output.write(&written(args, &verdict)?)?;
    Ok(asked.end(match verdict.verdict {
        "holds" => Exit::Yes,
        "violated" => Exit::No,
        _ => Exit::Unknown,
    }))
}

fn written(args: &VerifyArgs, document: &VerdictDocument) -> Result<String, Vec<CliError>> {
    match args.format {
        Format::Text => {
            let to_terminal = args.output.output.is_none() && error::is_coloured(&io::stdout());
            Ok(verdict::verdict(document, to_terminal))
        }
        Format::Json => pretty(document),
        Format::Junit => junit::junit(document).map_err(|message| vec![CliError::new(message)]),
        Format::Sarif => pretty(&sarif::sarif(document)),
        Format::Github => Ok(github::annotations(document)),
    }
}
