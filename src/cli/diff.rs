//! `cutover diff`.

use super::error::draw_all;
use super::exit::Exit;
use super::input;
use super::options::{CatalogOption, PlanOptions, Question, catalog, catalog_files, unknown_scenario};
use super::output::{DocumentFormat, OutputOption};
use super::{Answer, CliError};
use crate::catalog::{Catalog, Finding, SourceFile};
use crate::plan::diff::document::{DiffDocument, ServerDiff};
use crate::plan::diff::{Pair, View, plans, scenarios};
use crate::plan::given::{self, Source};
use crate::report::difference;
use crate::suggest::{excerpt, nearest};
use crate::yaml::{self, Kind, Node};
use clap::Args;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The arguments of `cutover diff`.
#[derive(Args, Debug)]
pub struct DiffArgs {
    /// Plans, snapshots, a scenario's file or a catalog's directory
    #[arg(value_name = "A")]
    first: PathBuf,
    /// The same kind of thing to compare it with
    #[arg(value_name = "B")]
    second: PathBuf,
    /// Of two versions of a scenario: what they come to for these servers
    #[arg(long, value_name = "FACTS", num_args = 1..)]
    facts: Vec<PathBuf>,
    #[command(flatten)]
    options: PlanOptions,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = DocumentFormat::Text)]
    format: DocumentFormat,
    #[command(flatten)]
    output: OutputOption,
}

/// What a path stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Plans,
    Servers,
    Scenario,
    Catalog,
}

impl What {
    fn name(self) -> &'static str {
        match self {
            Self::Plans => "plans",
            Self::Servers => "snapshots",
            Self::Scenario => "a scenario",
            Self::Catalog => "a catalog",
        }
    }
}

/// Compares two things of a kind and writes what differs.
pub fn run(args: &DiffArgs, option: &CatalogOption) -> Answer {
    let (first, second) = (what(&args.first).map_err(one)?, what(&args.second).map_err(one)?);
    if first != second {
        let message =
            format!("`{}` is {}, and `{}` is {}", args.first.display(), first.name(), args.second.display(), second.name());
        return Err(one(CliError::new(message).with_help("both have to be of one kind")));
    }
    if !args.facts.is_empty() && !matches!(first, What::Scenario | What::Catalog) {
        return Err(one(CliError::new("--facts is for two versions of a scenario").with_help("leave it out")));
    }
    let (document, errors) = match first {
        What::Plans => {
            let (mut first, mut second) = (read_plans(&args.first)?, read_plans(&args.second)?);
            only(args.options.host.as_deref(), &mut first, &mut second)?;
            (plans(&catalog(option)?, &first, &second), Vec::new())
        }
        What::Servers => servers(args, option)?,
        What::Scenario | What::Catalog => versions(args, option, first)?,
    };
    let text = args.format.written(&document, difference::difference)?;
    args.output.write(&text)?;
    let exit = if document.equal { Exit::Yes } else { Exit::No };
    if errors.is_empty() {
        return Ok(exit);
    }
    errors.iter().for_each(CliError::print);
    Ok(Exit::Wrong)
}

fn one(error: CliError) -> Vec<CliError> {
    vec![error]
}

/// What a path stands for, by its first file.
fn what(path: &Path) -> Result<What, CliError> {
    if path.as_os_str() == "-" {
        return Ok(What::Servers);
    }
    if path.join("catalog").is_dir() {
        return Ok(What::Catalog);
    }
    let shown = path.display().to_string();
    let Some(file) = input::files(path, input::COMPARED)?.into_iter().next() else {
        return Err(CliError::new("the folder is empty").in_file(&shown));
    };
    let beginning = input::beginning_of(&file, &shown)?;
    let at = |word: &str| beginning.find(word).unwrap_or(usize::MAX);
    let (plans, servers) = (at("cutover/plan/"), at("cutover/snapshot/"));
    if plans != servers {
        return Ok(if plans < servers { What::Plans } else { What::Servers });
    }
    if beginning.lines().any(|line| line.starts_with("applies_when:") || line.starts_with("steps:")) {
        return Ok(What::Scenario);
    }
    let help = "name plans, snapshots, a scenario's file, or a directory with scenarios and a directory `catalog` beside them";
    Err(CliError::new("is nothing that can be compared").in_file(&shown).with_help(help))
}

/// The plans of a path, each looked at whether it is one.
fn read_plans(path: &Path) -> Result<Vec<View>, Vec<CliError>> {
    let mut found = Vec::new();
    let mut seen = HashMap::new();
    for file in input::files(path, input::PLANS).map_err(one)? {
        let shown = file.display().to_string();
        let (source, format) = super::plans::source(&file, &shown).map_err(one)?;
        let mut is_empty = true;
        for document in given::documents(source.text(), format) {
            is_empty = false;
            let read = document.and_then(|node| given::plan(&node).map(|plan| (plan.start, View::of(&node.to_plain_json()))));
            let (start, view) = read.map_err(|error| one(super::plans::refusal(&source, &error)))?;
            let place = source.lines(start);
            if let Some(first) = seen.insert(view.key(), format!("{shown}:{}", place.line)) {
                let error = CliError::new(format!("there are two plans for {}, the first at {first}", excerpt(&view.name())));
                return Err(one(error.at(&shown, place.line, place.column).with_help("take one of the two out")));
            }
            found.push(view);
        }
        if is_empty {
            return Err(one(super::plans::no_plan(&shown)));
        }
    }
    Ok(found)
}

/// Keeps one server, where one was asked for.
///
/// # Errors
///
/// Where neither has it.
fn only(host: Option<&str>, first: &mut Vec<View>, second: &mut Vec<View>) -> Result<(), Vec<CliError>> {
    let Some(host) = host else { return Ok(()) };
    let is_it = |view: &View| view.host().is_some_and(|name| name.eq_ignore_ascii_case(host));
    let all = || first.iter().chain(&*second);
    if !all().any(is_it) {
        let error = CliError::new(format!("neither has a server `{}`", excerpt(host)));
        return Err(one(match nearest(host, all().filter_map(View::host)) {
            Some(near) => error.with_help(format!("did you mean `{}`?", excerpt(near))),
            None => error,
        }));
    }
    first.retain(is_it);
    second.retain(is_it);
    Ok(())
}

/// The plans that a question comes to.
fn views(question: &Question) -> Result<Vec<View>, Vec<CliError>> {
    let mut found = Vec::new();
    for read in &question.servers {
        let document = question.plan(read)?.document_of_this_order(read.snapshot.host());
        let document = serde_json::to_value(document).map_err(|error| one(CliError::new(error.to_string())))?;
        found.push(View::of(&document));
    }
    Ok(found)
}

/// Servers as they were and as they are, each planned.
fn servers(args: &DiffArgs, option: &CatalogOption) -> Result<(DiffDocument, Vec<CliError>), Vec<CliError>> {
    // A server that only one of the two has is an answer, and no slip.
    let options = PlanOptions { host: None, ..args.options.clone() };
    let ask = |path: &PathBuf| options.question(std::slice::from_ref(path), catalog(option)?);
    let (first, second) = (ask(&args.first)?, ask(&args.second)?);
    let (mut before, mut after) = (views(&first)?, views(&second)?);
    only(args.options.host.as_deref(), &mut before, &mut after)?;
    let errors = first.errors.into_iter().chain(second.errors).collect();
    Ok((plans(&second.catalog, &before, &after), errors))
}

/// Two versions of a scenario, or of all of a catalog; with facts also what they come to.
fn versions(args: &DiffArgs, option: &CatalogOption, what: What) -> Result<(DiffDocument, Vec<CliError>), Vec<CliError>> {
    let (first, second) = if what == What::Catalog {
        (whole(&args.first)?, whole(&args.second)?)
    } else {
        // The rest of the catalog has to be good as it is.
        catalog(option)?;
        let (old, new) = (scenario_file(&args.first)?, scenario_file(&args.second)?);
        (with_scenario(&old, &new, option)?, with_scenario(&new, &old, option)?)
    };
    let mut document = scenarios(&first.0, &second.0, &pairs(args, &first, &second)?);
    if args.facts.is_empty() {
        return Ok((document, Vec::new()));
    }
    // A scenario that only one of the two has cannot be asked for by name in both.
    let scenario = args.options.scenario.clone().filter(|_| what == What::Catalog);
    let options = PlanOptions { scenario, ..args.options.clone() };
    let (second_catalog, _) = second;
    let first = options.question(&args.facts, first.0)?;
    let second = options.question(&args.facts, second_catalog)?;
    let (before, after) = (views(&first)?, views(&second)?);
    let of_servers = plans(&second.catalog, &before, &after);
    document.equal &= of_servers.equal;
    document.servers = of_servers.servers.into_iter().map(without_digest).collect();
    document.totals = of_servers.totals.with_scenarios_of(document.totals);
    Ok((document, second.errors))
}

/// That the catalogs differ is what was asked.
fn without_digest(mut server: ServerDiff) -> ServerDiff {
    server.because.retain(|cause| cause.kind != "catalog");
    server
}

/// A catalog, and the scenario that it was loaded for.
type Version = (Catalog, Option<String>);

fn whole(directory: &Path) -> Result<Version, Vec<CliError>> {
    let shown = directory.display().to_string();
    Ok((readable(&catalog_files(directory).map_err(one)?, Some(directory), &shown, |_| true)?, None))
}

/// A catalog that can be read. What is wrong with what it says is part of what is compared, and so is what `counts` passes
/// over.
fn readable(
    files: &[SourceFile],
    root: Option<&Path>,
    shown: &str,
    counts: impl Fn(&Finding) -> bool,
) -> Result<Catalog, Vec<CliError>> {
    let (catalog, mut findings) = Catalog::check_files(files.to_vec());
    findings.retain(|finding| !finding.code().is_about_content() && counts(finding));
    if findings.is_empty() {
        return Ok(catalog);
    }
    anstream::eprint!("{}", draw_all(&findings, files, root));
    Err(one(CliError::new("the catalog cannot be used").in_file(shown)))
}

/// A scenario's file.
struct ScenarioFile {
    shown: String,
    text: String,
    id: String,
}

fn scenario_file(path: &Path) -> Result<ScenarioFile, Vec<CliError>> {
    let shown = path.display().to_string();
    let text = input::text_of(path, &shown, 16 << 20, "a scenario is a file of some kilobytes").map_err(one)?;
    let source = Source::new(&shown, text);
    let root = yaml::parse(source.text()).map_err(|error| {
        let place = source.lines(error.span);
        one(CliError::new(error.message).at(&shown, place.line, place.column))
    })?;
    let help = "a scenario has an id, and its file in a catalog is named after it";
    let missing = || one(CliError::new("the key `id` is missing").in_file(&shown).with_help(help));
    let id = id(&root).ok_or_else(missing)?;
    Ok(ScenarioFile { text: source.text().to_owned(), id, shown })
}

/// The catalog with a scenario's file in the place of its own, and without that of the other version.
fn with_scenario(file: &ScenarioFile, other: &ScenarioFile, option: &CatalogOption) -> Result<Version, Vec<CliError>> {
    let mut files = match &option.catalog {
        Some(directory) => catalog_files(directory).map_err(one)?,
        None => Catalog::built_in_files().collect(),
    };
    let names = [&file.id, &other.id].map(|id| format!("{id}.yaml"));
    files.retain(|known| !names.iter().any(|name| *known.path == **name));
    files.push(SourceFile::new(&names[0], file.text.clone()));
    // Elsewhere a step or a scenario may be named that this version does not have.
    let own = |finding: &Finding| *finding.file() == *names[0];
    Ok((readable(&files, None, &file.shown, own)?, Some(file.id.clone())))
}

fn id(root: &Node) -> Option<String> {
    let Kind::Map(entries) = &root.kind else { return None };
    entries.iter().find(|(key, _)| key.name == "id")?.1.scalar().map(str::to_owned)
}

/// The scenarios to compare, by id.
fn pairs<'c>(args: &DiffArgs, (first, old): &'c Version, (second, new): &'c Version) -> Result<Vec<Pair<'c>>, Vec<CliError>> {
    if let (Some(old), Some(new)) = (old, new) {
        return Ok(vec![(first.scenario(old), second.scenario(new))]);
    }
    if let Some(id) = &args.options.scenario {
        let pair = (first.scenario(id), second.scenario(id));
        return match pair {
            (None, None) => Err(one(unknown_scenario(second, id))),
            pair => Ok(vec![pair]),
        };
    }
    let mut ids: Vec<&str> = first.scenarios().iter().chain(second.scenarios()).map(|scenario| &*scenario.id).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(ids.into_iter().map(|id| (first.scenario(id), second.scenario(id))).collect())
}
