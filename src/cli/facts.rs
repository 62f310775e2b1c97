//! `cutover facts`: what can be known of a server.

use super::exit::Exit;
use super::input;
use super::inventory::{Exports, ReadingOptions};
use super::live;
use super::options::{CatalogOption, FactsOption, PlanOptions, catalog, unknown_server};
use super::output::{DocumentFormat, OutputOption, to_stdout};
use super::{Answer, CliError};
use crate::catalog::Catalog;
use crate::fleet::missing;
use crate::report::missing as report;
use crate::report::{collector, exports, json, knowledge, server};
use crate::suggest::excerpt;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What can be done with facts.
#[derive(Debug, Subcommand)]
pub enum FactsVerb {
    /// List the facts with their types
    List,
    /// Show a fact: what it means, how it is seen, and who reads it; or with --host what is known of a server and who says so
    Show(ShowArgs),
    /// List the exports that are read, what each is recognised by, and the facts that it can say something of
    Formats,
    /// Say which facts, collected where, would turn how many servers without an answer into answers, best first
    Missing(MissingArgs),
    /// Record a snapshot of the server that this runs on, with what was read beside the facts (only on Windows)
    Collect(CollectArgs),
    /// Print a PowerShell script that reads what can be seen on a server and changes nothing; its output is a snapshot
    Collector(OutputOption),
    /// Put snapshots and exports together into snapshots, one a line, with where each fact comes from
    Convert(ConvertArgs),
}

/// The arguments of `cutover facts show`.
#[derive(Args, Debug)]
pub struct ShowArgs {
    /// The fact; with --host snapshots and exports
    #[arg(value_name = "FACT|FACTS", required = true)]
    what: Vec<String>,
    /// Show what is known of this server
    #[arg(long, value_name = "NAME")]
    host: Option<String>,
    /// How to write it
    #[arg(long, value_enum, default_value_t = DocumentFormat::Text, requires = "host")]
    format: DocumentFormat,
    #[command(flatten)]
    reading: ReadingOptions,
}

/// The arguments of `cutover facts missing`.
#[derive(Args, Debug)]
pub struct MissingArgs {
    #[command(flatten)]
    servers: FactsOption,
    #[command(flatten)]
    options: PlanOptions,
    /// How to write it
    #[arg(long, value_enum, default_value_t = DocumentFormat::Text)]
    format: DocumentFormat,
    #[command(flatten)]
    output: OutputOption,
}

/// The arguments of `cutover facts collect`.
#[derive(Args, Debug)]
pub struct CollectArgs {
    /// The folder with md4ws.msi, the onboarding script and the offboarding script; without it nothing is said of them
    #[arg(long, value_name = "DIR")]
    package: Option<PathBuf>,
    #[command(flatten)]
    output: OutputOption,
}

/// The arguments of `cutover facts convert`.
#[derive(Args, Debug)]
pub struct ConvertArgs {
    /// Exports and snapshots, or folders of them
    #[arg(value_name = "FACTS", required = true)]
    facts: Vec<PathBuf>,
    /// Report bad rows and files and go on with the others; the exit status is 2 in the end
    #[arg(long)]
    keep_going: bool,
    #[command(flatten)]
    reading: ReadingOptions,
    #[command(flatten)]
    output: OutputOption,
}

/// Runs a verb.
pub fn run(verb: &FactsVerb, option: &CatalogOption) -> Answer {
    let catalog = catalog(option)?;
    match verb {
        FactsVerb::List => to_stdout(&knowledge::facts(&catalog))?,
        FactsVerb::Formats => to_stdout(&exports::list(catalog.vocabulary()))?,
        FactsVerb::Show(ShowArgs { what, host: None, .. }) => fact(&catalog, what)?,
        FactsVerb::Show(args) => return show(args, &catalog),
        FactsVerb::Collect(args) => args.output.write(&live::snapshot(&catalog, args.package.as_deref())?)?,
        FactsVerb::Collector(output) => output.write(&collector_script(&catalog)?)?,
        FactsVerb::Convert(args) => return convert(args, &catalog),
        FactsVerb::Missing(args) => return missing(args, catalog),
    }
    Ok(Exit::Yes)
}

fn collector_script(catalog: &Catalog) -> Result<String, Vec<CliError>> {
    let probes = catalog.probes().map_err(|error| vec![CliError::new(error.to_string())])?;
    Ok(collector::script(catalog, &probes))
}

fn fact(catalog: &Catalog, what: &[String]) -> Result<(), Vec<CliError>> {
    let [id] = what else {
        let help = "with --host NAME it shows what is known of a server";
        return Err(vec![CliError::new("expected one fact").with_help(help)]);
    };
    let Some(fact) = catalog.vocabulary().find(id) else {
        let error = CliError::new(format!("there is no fact `{}`", excerpt(id)));
        return Err(vec![match catalog.vocabulary().nearest(id) {
            Some(near) => error.with_help(format!("did you mean `{near}`?")),
            None => error.with_help("cutover facts list shows them all"),
        }]);
    };
    to_stdout(&knowledge::fact(catalog, fact))
}

/// Reads what the paths stand for; what cannot be read is an error unless it is to go on.
fn estate<'v>(
    catalog: &'v Catalog,
    paths: &[PathBuf],
    reading: &ReadingOptions,
    keep_going: bool,
) -> Result<Exports<'v>, Vec<CliError>> {
    let found = input::estate(catalog, paths, reading, keep_going).map_err(|error| vec![error])?;
    if !found.errors.is_empty() && !keep_going {
        return Err(found.errors);
    }
    Ok(found)
}

fn show(args: &ShowArgs, catalog: &Catalog) -> Answer {
    let paths: Vec<PathBuf> = args.what.iter().map(PathBuf::from).collect();
    let found = estate(catalog, &paths, &args.reading, false)?;
    let wanted = args.host.as_deref().unwrap_or_default();
    let servers = &found.estate.servers;
    let Some(server) = servers.iter().find(|server| server.host.eq_ignore_ascii_case(wanted)) else {
        return Err(vec![unknown_server(wanted, servers.iter().map(|server| server.host.as_str()))]);
    };
    let document = server.document(catalog.vocabulary(), &found.reading.parts);
    let text = args.format.written(&document, server::server)?;
    to_stdout(&text)?;
    Ok(Exit::Yes)
}

fn convert(args: &ConvertArgs, catalog: &Catalog) -> Answer {
    let found = estate(catalog, &args.facts, &args.reading, args.keep_going)?;
    args.output.write_by(|out| {
        found.estate.servers.iter().try_for_each(|server| {
            let document = server.document(catalog.vocabulary(), &found.reading.parts);
            writeln!(out, "{}", json::line(&document)?)
        })
    })?;
    for error in &found.errors {
        error.print();
    }
    Ok(match (found.errors.is_empty(), found.estate.ambiguities.is_empty()) {
        (false, _) => Exit::Wrong,
        (true, false) => Exit::Unknown,
        (true, true) => Exit::Yes,
    })
}

fn missing(args: &MissingArgs, catalog: Catalog) -> Answer {
    let question = args.options.question(&args.servers.facts, catalog)?;
    let servers = question.servers.iter().map(|read| &read.snapshot);
    let document = missing::missing(&question.catalog, &question.request, &question.assumptions, servers);
    args.output.write(&args.format.written(&document, report::missing)?)?;
    let exit = if document.answered == document.servers { Exit::Yes } else { Exit::Unknown };
    Ok(question.end(exit))
}
