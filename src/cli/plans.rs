//! Reading plans from files and folders.

use super::error::CliError;
use super::input;
use crate::plan::given::{self, Format, GivenPlan, ReadError, Source};
use crate::suggest::harmless;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The largest file of plans, in bytes.
const LARGEST: u64 = 1 << 30;

/// What was read, and what could not be.
#[derive(Debug, Default)]
pub struct Plans {
    /// The files.
    pub sources: Vec<Source>,
    /// The plans, each with the position of its file.
    pub given: Vec<(usize, GivenPlan)>,
    /// What could not be read, where it was asked to keep going.
    pub errors: Vec<CliError>,
}

/// Reads every plan of the paths.
///
/// # Errors
///
/// With what cannot be read; where it was asked to keep going, only if nothing could.
pub fn read(paths: &[PathBuf], keep_going: bool) -> Result<Plans, Vec<CliError>> {
    let mut plans = Plans::default();
    let mut seen = HashMap::new();
    for path in paths {
        match input::files(path, input::PLANS) {
            Ok(files) => files.iter().for_each(|file| plans.file(file, &mut seen, keep_going)),
            Err(error) => plans.errors.push(error),
        }
    }
    if plans.errors.is_empty() || keep_going && !plans.given.is_empty() { Ok(plans) } else { Err(plans.errors) }
}

impl Plans {
    fn file(&mut self, path: &Path, seen: &mut HashMap<PathBuf, String>, keep_going: bool) {
        let shown = path.display().to_string();
        // A path by another way round is the same file.
        if let Ok(whole) = fs::canonicalize(path)
            && let Some(first) = seen.insert(whole, shown.clone())
        {
            let error = CliError::new(format!("the file is given twice, first as {}", harmless(&first))).in_file(&shown);
            self.errors.push(error.with_help("every plan is verified once; name the file once"));
            return;
        }
        if let Err(error) = self.text(path, &shown, keep_going) {
            self.errors.push(error);
        }
    }

    fn text(&mut self, path: &Path, shown: &str, keep_going: bool) -> Result<(), CliError> {
        let (source, format) = source(path, shown)?;
        let read = given::read(source.text(), format);
        if read.is_empty() {
            return Err(no_plan(shown));
        }
        for plan in read {
            match plan {
                Ok(plan) => self.given.push((self.sources.len(), plan)),
                Err(error) => {
                    self.errors.push(refusal(&source, &error));
                    // Ten thousand lines with the same slip are told by their first.
                    if !keep_going {
                        break;
                    }
                }
            }
        }
        self.sources.push(source);
        Ok(())
    }
}

/// A file of plans with its text, and how it is written.
///
/// # Errors
///
/// Where it cannot be read, or holds nothing.
pub fn source(path: &Path, shown: &str) -> Result<(Source, Format), CliError> {
    let Some(format) = input::format_of(path) else {
        let help = "its name ends in .yaml, .yml, .json, .ndjson or .jsonl";
        return Err(CliError::new("is no plan that is known by its name").in_file(shown).with_help(help));
    };
    let text = input::text_of(path, shown, LARGEST, "split it into several files")?;
    let format = if format == Format::Json && input::is_lines(&text) { Format::Lines } else { format };
    if text.trim().is_empty() {
        return Err(CliError::new("holds no plan").in_file(shown).with_help("the file is empty; was it cut off?"));
    }
    Ok((Source::new(shown, text), format))
}

/// That a file holds an empty list.
pub fn no_plan(shown: &str) -> CliError {
    CliError::new("holds no plan").in_file(shown).with_help("the list of plans is empty")
}

/// Why a document of a file is no plan.
pub fn refusal(source: &Source, error: &ReadError) -> CliError {
    let place = source.lines(error.span());
    let refusal = CliError::new(error.to_string()).at(source.file(), place.line, place.column);
    match error.help() {
        Some(help) => refusal.with_help(help),
        None => refusal,
    }
}
