//! `cutover explain`: why a plan says what it says, or what a code means.

use super::exit::Exit;
use super::options::{CatalogOption, PlanOptions, catalog, catalog_with_places};
use super::output::{DocumentFormat, OutputOption};
use super::{Answer, CliError};
use crate::catalog::{Catalog, Code};
use crate::execute::Code as RunCode;
use crate::plan::explain::explain;
use crate::plan::verify::Code as PlanCode;
use crate::report::texts::Texts;
use crate::report::{explanation, pages};
use crate::suggest::{excerpt, nearest};
use clap::Args;
use std::path::{Path, PathBuf};

/// The arguments of `cutover explain`.
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// The facts as for plan, and after them the step to explain; or a code, such as antivirus-gap or redundant-edge
    #[arg(value_name = "FACTS... [STEP] | CODE", required = true)]
    what: Vec<String>,
    #[command(flatten)]
    options: PlanOptions,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = DocumentFormat::Text)]
    format: DocumentFormat,
    #[command(flatten)]
    output: OutputOption,
}

/// Explains a server, a step or a code.
pub fn run(args: &ExplainArgs, option: &CatalogOption) -> Answer {
    if let [word] = args.what.as_slice()
        && !is_source(word)
    {
        return page(word, option, &args.output);
    }
    let (facts, step) = match args.what.as_slice() {
        [facts @ .., last] if !facts.is_empty() && !is_source(last) => (facts, Some(last.as_str())),
        all => (all, None),
    };
    let facts: Vec<PathBuf> = facts.iter().map(PathBuf::from).collect();
    let question = args.options.question(&facts, catalog_with_places(option)?)?;
    let read = question.only_server("an explanation")?;
    let planned = question.plan(read)?;
    let explained = explain(&planned, step).map_err(|error| vec![CliError::new(error.to_string())])?;
    let document = explained.document(read.snapshot.host());
    let text = args.format.written(&document, |document| explanation::explanation(document, &Texts::of(&question.catalog)))?;
    args.output.write(&text)?;
    Ok(question.end(Exit::for_one(planned.status.name())))
}

/// True for a file, a folder or standard input, and for what looks like the name of one.
fn is_source(word: &str) -> bool {
    word == "-" || word.contains(['/', '\\', '.']) || Path::new(word).exists()
}

/// Prints the page of a code.
fn page(word: &str, option: &CatalogOption, output: &OutputOption) -> Answer {
    // The page of a finding about catalogs must not need a catalog without findings.
    if let Some(page) = pages::check_page(word) {
        output.write(&page)?;
        return Ok(Exit::Yes);
    }
    let catalog = catalog(option)?;
    if let Some(page) = pages::page(&catalog, word) {
        output.write(&page)?;
        return Ok(Exit::Yes);
    }
    let error = CliError::new(format!("there is no code, file or folder `{}`", excerpt(word)));
    let known = codes(&catalog);
    Err(vec![match nearest(word, known.iter().map(String::as_str)) {
        Some(near) => error.with_help(format!("did you mean `{near}`?")),
        None => error.with_help("name a snapshot, or a code that plan, verify, apply or scenarios check has shown"),
    }])
}

/// Every code that has a page.
fn codes(catalog: &Catalog) -> Vec<String> {
    let plans = PlanCode::ALL.iter().map(|code| code.name().to_owned());
    let runs = RunCode::ALL.iter().map(|code| code.name().to_owned());
    let checks = Code::ALL.iter().map(|code| code.name().to_owned()).chain(plans).chain(runs);
    let invariants = catalog.invariants().iter().map(|one| one.id.to_string());
    let findings = catalog.finding_rules().iter().map(|one| one.id.to_string());
    checks.chain(invariants).chain(findings).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn built_in() -> Vec<String> {
        codes(&Catalog::built_in().expect("the built-in catalog"))
    }

    #[test]
    fn every_code_is_documented_once() {
        let page = include_str!("../../docs/codes.md");
        for code in built_in() {
            assert_eq!(page.matches(&format!("### `{code}`\n")).count(), 1, "{code}");
        }
    }

    #[test]
    fn no_two_codes_have_the_same_name() {
        let mut seen = HashSet::new();
        for code in built_in() {
            assert!(seen.insert(code.clone()), "{code}");
        }
    }
}
