//! `cutover scenarios`: looking at the knowledge, and checking it.

use super::error::draw_all;
use super::exit::Exit;
use super::input;
use super::options::{CatalogOption, GivenOptions, catalog, catalog_files, unknown_scenario, unknown_server};
use super::output::{OutputOption, to_stdout, unwritable};
use super::{Answer, CliError};
use crate::catalog::{Catalog, Code, Scenario, coverage};
use crate::plan::document::PlanDocument;
use crate::plan::{Request, Start, plan};
use crate::report::graph::{Graph, dot, mermaid};
use crate::report::svg::svg;
use crate::report::{coverage as coverage_text, knowledge};
use clap::{Args, Subcommand, ValueEnum};
use std::path::{Path, PathBuf};

/// What can be done with scenarios.
#[derive(Debug, Subcommand)]
pub enum ScenariosVerb {
    /// List the scenarios
    List,
    /// Show a scenario: whom it is for, its parameters, its goal and its steps
    Show(ShowArgs),
    /// Draw a scenario's graph, or the plan of one server on it
    Graph(Box<GraphArgs>),
    /// Check a catalog: every finding points at its line
    Check(CheckArgs),
    /// Show what encodes each item of the article
    Coverage,
    /// Write the built-in catalog into a directory, to begin one of your own with
    Export(ExportArgs),
}

/// The arguments of `cutover scenarios export`.
#[derive(Args, Debug)]
pub struct ExportArgs {
    /// The directory, which must not be there yet
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

/// The arguments of `cutover scenarios show`.
#[derive(Args, Debug)]
pub struct ShowArgs {
    /// The scenario
    #[arg(value_name = "ID")]
    id: String,
}

/// The arguments of `cutover scenarios graph`.
#[derive(Args, Debug)]
pub struct GraphArgs {
    /// The scenario
    #[arg(value_name = "ID")]
    id: String,
    /// Colour the steps by what the plan for this server decides
    #[arg(long, value_name = "FACTS")]
    facts: Option<PathBuf>,
    /// Which of the servers
    #[arg(long, value_name = "NAME", requires = "facts")]
    host: Option<String>,
    #[command(flatten)]
    given: GivenOptions,
    /// How to write the graph
    #[arg(long, value_enum, default_value_t = GraphFormat::Mermaid)]
    format: GraphFormat,
    #[command(flatten)]
    output: OutputOption,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum GraphFormat {
    /// A Mermaid flowchart, which GitHub and GitLab draw
    Mermaid,
    /// Graphviz
    Dot,
    /// A picture, with the exposures of the plan as bars
    Svg,
}

/// The arguments of `cutover scenarios check`.
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// The catalog's directory; the built-in catalog where none is given
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
}

/// Runs a verb.
pub fn run(verb: &ScenariosVerb, option: &CatalogOption) -> Answer {
    match verb {
        ScenariosVerb::List => {
            to_stdout(&knowledge::scenarios(&catalog(option)?))?;
            Ok(Exit::Yes)
        }
        ScenariosVerb::Show(args) => {
            let catalog = catalog(option)?;
            let scenario = find(&catalog, &args.id)?;
            to_stdout(&knowledge::scenario(&catalog, scenario))?;
            Ok(Exit::Yes)
        }
        ScenariosVerb::Graph(args) => graph(args, option),
        ScenariosVerb::Check(args) => check(args, option),
        ScenariosVerb::Coverage => show_coverage(option),
        ScenariosVerb::Export(args) => export(&args.directory),
    }
}

fn find<'c>(catalog: &'c Catalog, id: &str) -> Result<&'c Scenario, Vec<CliError>> {
    catalog.scenario(id).ok_or_else(|| vec![unknown_scenario(catalog, id)])
}

fn graph(args: &GraphArgs, option: &CatalogOption) -> Answer {
    let catalog = catalog(option)?;
    let scenario = find(&catalog, &args.id)?;
    let planned = match &args.facts {
        Some(path) => Some(plan_of(&catalog, scenario, path, args)?),
        None => None,
    };
    let graph = Graph::of(&catalog, scenario, planned.as_ref());
    args.output.write(&match args.format {
        GraphFormat::Mermaid => mermaid(&graph),
        GraphFormat::Dot => dot(&graph),
        GraphFormat::Svg => svg(&graph),
    })?;
    Ok(Exit::Yes)
}

fn plan_of(catalog: &Catalog, scenario: &Scenario, path: &PathBuf, args: &GraphArgs) -> Result<PlanDocument, Vec<CliError>> {
    let (parameters, assumptions) = args.given.read(catalog).map_err(|error| vec![error])?;
    let host = args.host.as_deref();
    let input = input::read(catalog, std::slice::from_ref(path), &args.given.reading, false);
    if !input.errors.is_empty() {
        return Err(input.errors);
    }
    let servers: Vec<_> = match host {
        Some(host) => input.snapshots.iter().filter(|read| read.snapshot.host().eq_ignore_ascii_case(host)).collect(),
        None => input.snapshots.iter().collect(),
    };
    let [read] = servers.as_slice() else {
        let error = match host {
            Some(host) if servers.is_empty() => unknown_server(host, input.snapshots.iter().map(|read| read.snapshot.host())),
            _ => CliError::new(format!("a graph is for one server, and there are {}", servers.len()))
                .with_help("choose one with --host NAME"),
        };
        return Err(vec![error]);
    };
    let start = Start::observe(catalog, &read.snapshot, &assumptions).map_err(|error| vec![CliError::new(error.to_string())])?;
    let request = Request { scenario: Some(scenario.id.to_string()), parameters, ..Request::default() };
    Ok(plan(catalog, start, request).document(read.snapshot.host()))
}

fn check(args: &CheckArgs, option: &CatalogOption) -> Answer {
    let directory = args.directory.as_ref().or(option.catalog.as_ref());
    let files = match directory {
        Some(directory) => catalog_files(directory).map_err(|error| vec![error])?,
        None => Catalog::built_in_files().collect(),
    };
    let (catalog, findings) = Catalog::check_files(files.clone());
    if findings.is_empty() {
        let scenarios = catalog.scenarios().len();
        to_stdout(&format!(
            "{} facts, {} actions and {scenarios} {}: nothing to find\n",
            catalog.vocabulary().len(),
            catalog.actions().len(),
            if scenarios == 1 { "scenario" } else { "scenarios" }
        ))?;
        return Ok(Exit::Yes);
    }
    to_stdout(&draw_all(&findings, &files, directory.map(PathBuf::as_path)))?;
    let number = findings.len();
    anstream::eprintln!("{number} {}", if number == 1 { "finding" } else { "findings" });
    Ok(Exit::No)
}

/// Writes the built-in files; a directory that is there is left alone.
fn export(directory: &Path) -> Answer {
    std::fs::create_dir(directory).map_err(|error| unwritable(directory, &error))?;
    for file in Catalog::built_in_files() {
        let path = directory.join(&*file.path);
        let folder = path.parent().unwrap_or(directory);
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&path, &*file.text))
            .map_err(|error| unwritable(&path, &error))?;
    }
    Ok(Exit::Yes)
}

fn show_coverage(option: &CatalogOption) -> Answer {
    let files = match &option.catalog {
        Some(directory) => catalog_files(directory).map_err(|error| vec![error])?,
        None => Catalog::built_in_files().collect(),
    };
    let (catalog, mut findings) = Catalog::check_files(files.clone());
    // What is not covered is what this verb is about.
    findings.retain(|finding| finding.code() != Code::NotCovered);
    let article = match catalog.article() {
        Ok(article) if findings.is_empty() => article,
        _ => {
            anstream::eprint!("{}", draw_all(&findings, &files, option.catalog.as_deref()));
            return Err(vec![CliError::new("the catalog cannot be used")]);
        }
    };
    let (covered, findings) = coverage(&catalog, &article);
    to_stdout(&coverage_text::coverage(&catalog, &article, &covered))?;
    if !findings.is_empty() {
        anstream::eprint!("{}", draw_all(&findings, &files, option.catalog.as_deref()));
    }
    Ok(if findings.is_empty() { Exit::Yes } else { Exit::No })
}
