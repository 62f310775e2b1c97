//! `cutover fleet`: parts of an estate.

use super::Answer;
use super::error::CliError;
use super::exit::Exit;
use super::input::{STANDARD_INPUT, decoded, reason};
use super::options::{CatalogOption, catalog};
use super::output::{OutputOption, SummaryFormat};
use crate::fleet::Summary;
use crate::fleet::document::SummaryDocument;
use crate::report::texts::Texts;
use clap::{Args, Subcommand};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The largest file of summaries, in bytes.
const LARGEST: u64 = 1 << 30;

/// What can be done with parts of an estate.
#[derive(Debug, Subcommand)]
pub enum FleetVerb {
    /// Put summaries together: the parts of an estate come to the same as the whole, in any order and grouping
    #[command(after_help = super::EXIT_STATUS)]
    Merge(MergeArgs),
}

/// The arguments of `cutover fleet merge`.
#[derive(Args, Debug)]
pub struct MergeArgs {
    /// Summaries as cutover plan --summary --format json writes them, one or more in a file, or - for standard input
    #[arg(value_name = "PART", required = true)]
    parts: Vec<PathBuf>,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = SummaryFormat::Text)]
    format: SummaryFormat,
    #[command(flatten)]
    output: OutputOption,
}

/// Runs a verb.
pub fn run(verb: &FleetVerb, option: &CatalogOption) -> Answer {
    match verb {
        FleetVerb::Merge(args) => merge(args, option),
    }
}

fn merge(args: &MergeArgs, option: &CatalogOption) -> Answer {
    let mut whole: Option<(Summary, String)> = None;
    for path in &args.parts {
        let (shown, text) = text(path).map_err(|error| vec![error])?;
        let parts = serde_json::Deserializer::from_str(&text).into_iter::<SummaryDocument>();
        let mut found = false;
        for part in parts {
            found = true;
            let part = part.map_err(|error| vec![no_summary(&error, &shown)])?;
            let wrong = |message: String, help| vec![CliError::new(message).in_file(&shown).with_help(help)];
            let part = Summary::read(&part).map_err(|error| wrong(error.to_string(), error.help()))?;
            match &mut whole {
                Some((whole, first)) => {
                    let told = |message: String| format!("{message}; the first of them is {first}");
                    whole.merge(&part).map_err(|error| wrong(told(error.to_string()), error.help()))?;
                }
                None => whole = Some((part, shown.clone())),
            }
        }
        if !found {
            return Err(vec![CliError::new("holds no summary").in_file(&shown).with_help(HELP)]);
        }
    }
    let Some((whole, _)) = whole else { return Err(vec![CliError::new("there is no summary").with_help(HELP)]) };
    let document = whole.document();
    args.output.write(&args.format.written(&document, &Texts::of(&catalog(option)?))?)?;
    Ok(Exit::for_summary(&document.statuses))
}

const HELP: &str = "cutover plan FACTS --summary --format json writes a summary";

fn no_summary(error: &serde_json::Error, shown: &str) -> CliError {
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    CliError::new(format!("is no summary: {message}")).at(shown, error.line(), error.column()).with_help(HELP)
}

/// The name of a file and its text.
fn text(path: &Path) -> Result<(String, String), CliError> {
    let (shown, source): (String, Box<dyn Read>) = if path.as_os_str() == "-" {
        (STANDARD_INPUT.to_owned(), Box::new(io::stdin().lock()))
    } else {
        let shown = path.display().to_string();
        let file = File::open(path)
            .map_err(|error| CliError::new(format!("cannot be read: {}", reason(&error))).in_file(&shown).with_help(HELP))?;
        (shown, Box::new(file))
    };
    let mut bytes = Vec::new();
    let read = source.take(LARGEST + 1).read_to_end(&mut bytes);
    let read = read.map_err(|error| CliError::new(format!("cannot be read: {}", reason(&error))).in_file(&shown))?;
    if read as u64 > LARGEST {
        return Err(CliError::new(format!("is larger than {} MiB", LARGEST >> 20)).in_file(&shown).with_help("merge in groups"));
    }
    let text = decoded(&bytes).map(str::to_owned).map_err(|wrong| wrong.error(&shown, 1, &bytes))?;
    Ok((shown, text))
}
