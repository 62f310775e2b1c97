//! Options that several verbs share: which servers, which scenario, which parameters.

use super::error::{CliError, draw_all, draw_built_in};
use super::exit::Exit;
use super::input::{self, Read1, reason};
use super::inventory::ReadingOptions;
use crate::catalog::{Catalog, CatalogError, SourceFile};
use crate::fact::{FactId, Value};
use crate::plan::{Assumption, Contradiction, Order, Plan, Request, Start, plan};
use crate::suggest::{excerpt, nearest};
use crate::yaml::{self, Kind, Node, Span};
use clap::{Args, ValueEnum};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the knowledge comes from.
#[derive(Args, Clone, Debug)]
pub struct CatalogOption {
    /// Use the catalog in this directory instead of the built-in one
    #[arg(long, value_name = "DIR", env = "CUTOVER_CATALOG", global = true)]
    pub catalog: Option<PathBuf>,
}

/// Parameters and assumptions.
#[derive(Args, Clone, Debug)]
pub struct GivenOptions {
    /// Give a parameter a value; may be repeated, and comes before the parameters file
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Read parameters and assumptions for the whole estate from a YAML file
    #[arg(long, value_name = "FILE")]
    pub parameters: Option<PathBuf>,
    /// Take a fact to be so wherever no source says otherwise; may be repeated
    #[arg(long, value_name = "FACT=VALUE")]
    pub assume: Vec<String>,
    #[command(flatten)]
    pub reading: ReadingOptions,
}

/// The servers.
#[derive(Args, Clone, Debug)]
pub struct FactsOption {
    /// Snapshots (.json, .yaml, .ndjson), exports (cutover facts formats lists them), folders of them, or - for NDJSON on standard input
    #[arg(value_name = "FACTS", required = true)]
    pub facts: Vec<PathBuf>,
}

/// How to plan for the servers.
#[derive(Args, Clone, Debug)]
pub struct PlanOptions {
    /// Use this scenario instead of the one that applies
    #[arg(long, value_name = "ID")]
    pub scenario: Option<String>,
    #[command(flatten)]
    pub given: GivenOptions,
    /// The order of the steps
    #[arg(long, value_enum, default_value_t = OrderOption::Documented)]
    pub order: OrderOption,
    /// Plan the article to the letter, without the steps that it lacks, to see its hazards
    #[arg(long)]
    pub without_supplements: bool,
    /// Show this server
    #[arg(long, value_name = "NAME")]
    pub host: Option<String>,
    /// Report bad lines and go on with the others; the exit status is 2 in the end
    #[arg(long)]
    pub keep_going: bool,
}

/// The orders by their names on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OrderOption {
    /// The order of the article
    Documented,
    /// The fewest minutes without an active antivirus, then the least of the other exposures, then the fewest restarts
    LeastExposure,
    /// The fewest restarts, then the least exposure
    FewestReboots,
}

impl From<OrderOption> for Order {
    fn from(order: OrderOption) -> Self {
        match order {
            OrderOption::Documented => Self::Documented,
            OrderOption::LeastExposure => Self::LeastExposure,
            OrderOption::FewestReboots => Self::FewestReboots,
        }
    }
}

/// Parameters and assumptions.
type Given = (Vec<(Arc<str>, Value)>, Vec<Assumption>);

/// Everything that planning needs, read and checked.
#[derive(Debug)]
pub struct Question {
    /// The catalog.
    pub catalog: Catalog,
    /// The servers.
    pub servers: Vec<Read1>,
    /// What is asked of the planner.
    pub request: Request,
    /// What is assumed.
    pub assumptions: Vec<Assumption>,
    /// Lines that could not be read and were passed over.
    pub errors: Vec<CliError>,
}

/// Loads the catalog that was asked for.
pub fn catalog(option: &CatalogOption) -> Result<Catalog, Vec<CliError>> {
    match &option.catalog {
        None => built_in(Catalog::built_in()),
        Some(directory) => {
            let files = catalog_files(directory).map_err(|error| vec![error])?;
            Catalog::from_files(files.clone()).map_err(|error| {
                anstream::eprint!("{}", draw_all(&error.findings, &files, Some(directory)));
                let help = "cutover scenarios check shows the same findings";
                vec![CliError::new("the catalog cannot be used").in_file(&directory.display().to_string()).with_help(help)]
            })
        }
    }
}

/// Loads the catalog that was asked for with the places of its rules, which takes longer.
pub fn catalog_with_places(option: &CatalogOption) -> Result<Catalog, Vec<CliError>> {
    if option.catalog.is_some() {
        return catalog(option);
    }
    built_in(Catalog::from_files(Catalog::built_in_files().collect()))
}

fn built_in(loaded: Result<Catalog, CatalogError>) -> Result<Catalog, Vec<CliError>> {
    loaded.map_err(|error| {
        anstream::eprint!("{}", draw_built_in(&error.findings));
        vec![CliError::new("the built-in catalog cannot be used")]
    })
}

/// Reads the YAML files of a catalog directory.
pub fn catalog_files(directory: &Path) -> Result<Vec<SourceFile>, CliError> {
    let mut found = Vec::new();
    for (prefix, folder) in [("", directory.to_owned()), ("catalog/", directory.join("catalog"))] {
        let shown = folder.display().to_string();
        let cannot = |error: std::io::Error| {
            let help = "a catalog is a directory with scenarios as YAML and a directory `catalog` beside them";
            CliError::new(format!("cannot be read: {}", reason(&error))).in_file(&shown).with_help(help)
        };
        for entry in fs::read_dir(&folder).map_err(cannot)? {
            let path = entry.map_err(cannot)?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            let is_yaml = path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
            if path.is_file() && is_yaml {
                let text = fs::read_to_string(&path).map_err(|error| {
                    CliError::new(format!("cannot be read: {}", reason(&error))).in_file(&path.display().to_string())
                })?;
                found.push(SourceFile::new(&format!("{prefix}{name}"), text));
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

impl PlanOptions {
    /// What is asked of the planner besides the facts, and what is assumed.
    ///
    /// # Errors
    ///
    /// With what is wrong.
    pub fn asked(&self, catalog: &Catalog) -> Result<(Request, Vec<Assumption>), Vec<CliError>> {
        if let Some(name) = &self.scenario
            && catalog.scenario(name).is_none()
        {
            return Err(vec![unknown_scenario(catalog, name)]);
        }
        let (parameters, assumptions) = self.given.read(catalog).map_err(|error| vec![error])?;
        let request = Request {
            scenario: self.scenario.clone(),
            parameters,
            order: self.order.into(),
            without_supplements: self.without_supplements,
        };
        Ok((request, assumptions))
    }

    /// Reads and checks everything that the question rests on, before anything is answered.
    ///
    /// # Errors
    ///
    /// With what is wrong; bad lines only where it was not asked to keep going.
    pub fn question(&self, facts: &[PathBuf], catalog: Catalog) -> Result<Question, Vec<CliError>> {
        let (request, assumptions) = self.asked(&catalog)?;
        let mut input = input::read(&catalog, facts, &self.given.reading, self.keep_going);
        let checked = Self::contradictions(&catalog, &mut input.snapshots, &assumptions);
        let in_files = input.errors_in_files + checked.iter().filter(|(from_stdin, _)| !from_stdin).count();
        input.errors.extend(checked.into_iter().map(|(_, error)| error));
        // What was read from standard input before a bad line is answered: it may not come again. Files are good as a whole.
        let go_on = self.keep_going || in_files == 0 && !input.snapshots.is_empty();
        if !go_on && !input.errors.is_empty() {
            return Err(input.errors);
        }
        if let Some(host) = &self.host {
            let wanted = |read: &Read1| read.snapshot.host().eq_ignore_ascii_case(host);
            if !input.snapshots.iter().any(wanted) {
                return Err(vec![unknown_server(host, input.snapshots.iter().map(|read| read.snapshot.host()))]);
            }
            input.snapshots.retain(wanted);
        }
        Ok(Question { catalog, servers: input.snapshots, request, assumptions, errors: input.errors })
    }

    /// Servers of which a source contradicts an assumption, and whether they came from standard input; they are taken out.
    fn contradictions(catalog: &Catalog, servers: &mut Vec<Read1>, assumptions: &[Assumption]) -> Vec<(bool, CliError)> {
        let mut errors = Vec::new();
        if assumptions.is_empty() {
            return errors;
        }
        servers.retain(|read| {
            let contradicted = |assumption: &Assumption| assumption.contradicted(catalog, &read.snapshot);
            let Some(contradiction) = assumptions.iter().find_map(contradicted) else { return true };
            let error = contradicting(&contradiction, read.snapshot.host()).at(&read.file, read.line, 1);
            errors.push((read.file == input::STANDARD_INPUT, error));
            false
        });
        errors
    }
}

impl GivenOptions {
    /// Parameters and assumptions of the command line and the parameters file.
    ///
    /// # Errors
    ///
    /// Where one is misspelt, has the wrong type, or is given twice.
    pub fn read(&self, catalog: &Catalog) -> Result<Given, CliError> {
        let mut parameters: Vec<(Arc<str>, Value)> = Vec::new();
        let mut assumptions: Vec<Assumption> = Vec::new();
        for text in &self.set {
            let (name, value) = pair(text, "--set", "NAME=VALUE")?;
            let value = parameter(catalog, name, value)?;
            if parameters.iter().any(|(known, _)| **known == *name) {
                return Err(CliError::new(format!("the parameter `{name}` is given twice with --set")));
            }
            parameters.push((Arc::from(name), value));
        }
        for text in &self.assume {
            let (name, value) = pair(text, "--assume", "FACT=VALUE")?;
            let (fact, value) = assumption(catalog, name, value)?;
            if assumptions.iter().any(|known| known.fact == fact) {
                return Err(CliError::new(format!("the fact `{name}` is given twice with --assume")));
            }
            assumptions.push(Assumption { fact, value });
        }
        if let Some(path) = &self.parameters {
            read_parameters_file(catalog, path, &mut parameters, &mut assumptions)?;
        }
        Ok((parameters, assumptions))
    }
}

fn pair<'t>(text: &'t str, option: &str, shape: &str) -> Result<(&'t str, &'t str), CliError> {
    text.split_once('=').ok_or_else(|| CliError::new(format!("{option} expects {shape}, found `{}`", excerpt(text))))
}

/// That a source says something of a server that was assumed to be otherwise.
pub fn contradicting(contradiction: &Contradiction, host: &str) -> CliError {
    let Contradiction { fact, assumed, observed } = contradiction;
    let host = excerpt(host);
    let message = format!("`{fact}` is assumed to be {assumed}, but the source says {observed} of the server `{host}`");
    CliError::new(message).with_help("an assumption holds for the whole estate; take it back, or plan this server apart")
}

/// An error for a server that is not among these.
pub fn unknown_server<'n>(host: &str, names: impl Iterator<Item = &'n str>) -> CliError {
    let error = CliError::new(format!("there is no server `{}`", excerpt(host)));
    match nearest(host, names) {
        Some(near) => error.with_help(format!("did you mean `{near}`?")),
        None => error,
    }
}

/// An error for a scenario that does not exist.
pub fn unknown_scenario(catalog: &Catalog, name: &str) -> CliError {
    let ids = || catalog.scenarios().iter().map(|scenario| &*scenario.id);
    let help = match nearest(name, ids()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", ids().collect::<Vec<_>>().join(", ")),
    };
    CliError::new(format!("there is no scenario `{}`", excerpt(name))).with_help(help)
}

fn parameter(catalog: &Catalog, name: &str, text: &str) -> Result<Value, CliError> {
    let Some(spec) = catalog.parameter(name) else {
        let names: Vec<_> =
            catalog.scenarios().iter().flat_map(|scenario| scenario.parameters.iter().map(|one| &*one.name)).collect();
        let error = CliError::new(format!("no scenario has a parameter `{}`", excerpt(name)));
        return Err(match nearest(name, names.into_iter()) {
            Some(near) => error.with_help(format!("did you mean `{near}`?")),
            None => error.with_help("cutover scenarios show ID lists the parameters of a scenario"),
        });
    };
    spec.parse(text).map_err(|error| CliError::new(format!("the parameter `{name}`: {error}")))
}

fn assumption(catalog: &Catalog, name: &str, text: &str) -> Result<(FactId, Value), CliError> {
    let vocabulary = catalog.vocabulary();
    let Some(fact) = vocabulary.find(name) else {
        let error = CliError::new(format!("there is no fact `{}`", excerpt(name)));
        return Err(match vocabulary.nearest(name) {
            Some(near) => error.with_help(format!("did you mean `{near}`?")),
            None => error.with_help("cutover facts list shows them all"),
        });
    };
    let value =
        Value::parse(vocabulary.spec(fact), text).map_err(|error| CliError::new(format!("the fact `{name}`: {error}")))?;
    Ok((fact, value))
}

fn read_parameters_file(
    catalog: &Catalog,
    path: &Path,
    parameters: &mut Vec<(Arc<str>, Value)>,
    assumptions: &mut Vec<Assumption>,
) -> Result<(), CliError> {
    let shown = path.display().to_string();
    let text =
        fs::read_to_string(path).map_err(|error| CliError::new(format!("cannot be read: {}", reason(&error))).in_file(&shown))?;
    let place = |span: Span, error: CliError| {
        let before = &text[..text.floor_char_boundary(span.offset)];
        let line = before.matches('\n').count() + 1;
        error.at(&shown, line, span.offset - before.rfind('\n').map_or(0, |at| at + 1) + 1)
    };
    let root = yaml::parse(&text).map_err(|error| place(error.span, CliError::new(error.message)))?;
    for (key, node) in map(&root).map_err(|error| place(root.span, error))? {
        let entries = map(node).map_err(|error| place(node.span, error))?;
        for (name, value) in entries {
            let text = scalar(value).map_err(|error| place(value.span, error))?;
            match key.name.as_str() {
                "parameters" => {
                    let read = parameter(catalog, &name.name, &text).map_err(|error| {
                        let known = catalog.parameter(&name.name).is_some();
                        place(if known { value.span } else { name.span }, error)
                    })?;
                    // What the command line gives comes first.
                    if !parameters.iter().any(|(known, _)| **known == *name.name) {
                        parameters.push((Arc::from(name.name.as_str()), read));
                    }
                }
                "assume" => {
                    let (fact, read) = assumption(catalog, &name.name, &text).map_err(|error| {
                        let known = catalog.vocabulary().find(&name.name).is_some();
                        place(if known { value.span } else { name.span }, error)
                    })?;
                    if !assumptions.iter().any(|known| known.fact == fact) {
                        assumptions.push(Assumption { fact, value: read });
                    }
                }
                other => {
                    let help = "the keys here are parameters and assume";
                    return Err(place(key.span, CliError::new(format!("unexpected key `{}`", excerpt(other))).with_help(help)));
                }
            }
        }
    }
    Ok(())
}

fn map(node: &Node) -> Result<&[(yaml::Key, Node)], CliError> {
    match &node.kind {
        Kind::Map(entries) => Ok(entries),
        Kind::Null => Ok(&[]),
        _ => Err(CliError::new(format!("expected a map, found {}", node.kind_name()))),
    }
}

fn scalar(node: &Node) -> Result<String, CliError> {
    match &node.kind {
        Kind::Flag(flag) => Ok(flag.to_string()),
        Kind::Number(text) | Kind::Text(text) => Ok(text.clone()),
        Kind::List(items) => Ok(items.iter().map(scalar).collect::<Result<Vec<_>, _>>()?.join(",")),
        Kind::Null | Kind::Map(_) => Err(CliError::new(format!("expected a value, found {}", node.kind_name()))),
    }
}

impl Question {
    /// The plan of one server.
    ///
    /// # Errors
    ///
    /// Where a source contradicts an assumption, which was checked before.
    pub fn plan(&self, read: &Read1) -> Result<Plan<'_>, Vec<CliError>> {
        let start = Start::observe(&self.catalog, &read.snapshot, &self.assumptions);
        let start = start.map_err(|error| vec![CliError::new(error.to_string())])?;
        Ok(plan(&self.catalog, start, self.request.clone()))
    }

    /// The server that `answer` is about.
    ///
    /// # Errors
    ///
    /// Where there is more than one server, or none.
    pub fn only_server(&self, answer: &str) -> Result<&Read1, Vec<CliError>> {
        let [read] = self.servers.as_slice() else {
            let message = format!("{answer} is for one server, and there are {}", self.servers.len());
            return Err(vec![CliError::new(message).with_help("choose one with --host NAME")]);
        };
        Ok(read)
    }

    /// Shows the lines that were passed over, and ends with `exit` where there are none.
    pub fn end(&self, exit: Exit) -> Exit {
        for error in &self.errors {
            error.print();
        }
        if self.errors.is_empty() { exit } else { Exit::Wrong }
    }
}
