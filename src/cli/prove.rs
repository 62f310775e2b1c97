//! `cutover prove`.

use super::error::remark;
use super::exit::Exit;
use super::options::{CatalogOption, catalog, unknown_scenario};
use super::output::{DocumentFormat, OutputOption, pretty, unwritable};
use super::{Answer, CliError};
use crate::catalog::{Catalog, Scenario};
use crate::prove::document::ProofDocument;
use crate::prove::{Limit, Options, prove};
use crate::report::proof;
use crate::report::texts::Texts;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The arguments of `cutover prove`.
#[derive(Args, Debug)]
pub struct ProveArgs {
    /// The scenarios; all where none is named
    #[arg(value_name = "SCENARIO")]
    scenarios: Vec<String>,
    /// Every order that the edges allow, or only the documented one
    #[arg(long, value_enum, default_value_t = Orders::Any)]
    order: Orders,
    /// Take the article to the letter: without the steps that it lacks, and without the check up front
    #[arg(long)]
    without_supplements: bool,
    /// Save the servers of counterexamples as snapshots in this directory
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = DocumentFormat::Text)]
    format: DocumentFormat,
    #[command(flatten)]
    output: OutputOption,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Orders {
    /// Every order that the edges allow
    Any,
    /// Only the documented order
    Documented,
}

/// Proves scenarios.
pub fn run(args: &ProveArgs, option: &CatalogOption) -> Answer {
    let catalog = catalog(option)?;
    let scenarios = chosen(&catalog, &args.scenarios)?;
    let options =
        Options { documented_order_only: args.order == Orders::Documented, without_supplements: args.without_supplements };
    let proofs = documents(&catalog, &scenarios, &options)?;
    let saved = match &args.save {
        Some(directory) => save(directory, &proofs)?,
        None => Vec::new(),
    };
    let text = match (args.format, proofs.as_slice()) {
        (DocumentFormat::Text, _) => {
            let texts = Texts::of(&catalog);
            let all: Vec<String> = proofs.iter().map(|one| proof::proof(one, &texts)).collect();
            all.join("\n")
        }
        (DocumentFormat::Json, [one]) => pretty(one)?,
        (DocumentFormat::Json, many) => pretty(&many)?,
    };
    args.output.write(&text)?;
    for command in saved {
        remark(&format!("replay with: {command}"));
    }
    // Where all are asked for, one that is known not to hold may not.
    let expected = args.scenarios.is_empty() && !args.without_supplements;
    let good = proofs.iter().all(|proof| if expected { proof.as_expected } else { proof.holds });
    Ok(if good { Exit::Yes } else { Exit::No })
}

fn chosen<'c>(catalog: &'c Catalog, names: &[String]) -> Result<Vec<&'c Scenario>, Vec<CliError>> {
    if names.is_empty() {
        return Ok(catalog.scenarios().iter().collect());
    }
    let mut found: Vec<&Scenario> = Vec::new();
    for name in names {
        let Some(scenario) = catalog.scenario(name) else { return Err(vec![unknown_scenario(catalog, name)]) };
        if !found.iter().any(|known| known.id == scenario.id) {
            found.push(scenario);
        }
    }
    Ok(found)
}

/// Proves each scenario, two at a time: what two proofs take is what a proof may take.
fn documents(catalog: &Catalog, scenarios: &[&Scenario], options: &Options) -> Result<Vec<ProofDocument>, Vec<CliError>> {
    // The longest first, so that the last to finish is a short one.
    let mut queue: Vec<usize> = (0..scenarios.len()).collect();
    queue.sort_by_key(|at| std::cmp::Reverse(scenarios[*at].steps.len()));
    let next = AtomicUsize::new(0);
    let found: Mutex<Vec<(usize, Result<ProofDocument, Limit>)>> = Mutex::new(Vec::new());
    let work = || {
        while let Some(at) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
            let scenario = scenarios[*at];
            let proved = prove(catalog, scenario, options).map(|proof| proof.document(catalog, scenario));
            if let Ok(mut found) = found.lock() {
                found.push((*at, proved));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..scenarios.len().min(2) {
            scope.spawn(work);
        }
    });
    let mut found = found.into_inner().unwrap_or_default();
    found.sort_by_key(|(at, _)| *at);
    let named = |at: usize, limit: Limit| CliError::new(format!("`{}` is not proved: {limit}", scenarios[at].id));
    found.into_iter().map(|(at, proved)| proved.map_err(|limit| vec![named(at, limit)])).collect()
}

/// Saves the servers of all counterexamples, and says how to see each again.
fn save(directory: &Path, proofs: &[ProofDocument]) -> Result<Vec<String>, Vec<CliError>> {
    std::fs::create_dir_all(directory).map_err(|error| unwritable(directory, &error))?;
    let mut commands = Vec::new();
    for proof in proofs {
        for story in proof.properties.iter().flat_map(|property| &property.counterexamples) {
            let path = directory.join(format!("{}.json", story.snapshot.host));
            let output = OutputOption { output: Some(path.clone()) };
            output.write(&pretty(&story.snapshot)?)?;
            commands.push(proof::replay(&path.display().to_string(), proof, story));
        }
    }
    Ok(commands)
}
