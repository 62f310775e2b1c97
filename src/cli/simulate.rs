//! `cutover simulate`.

use super::exit::Exit;
use super::options::{CatalogOption, FactsOption, PlanOptions};
use super::output::{DocumentFormat, OutputOption};
use super::{Answer, CliError};
use crate::report::texts::Texts;
use crate::report::timeline as text;
use crate::simulate::{Fault, Request, timeline};
use clap::Args;

/// The arguments of `cutover simulate`.
#[derive(Args, Debug)]
pub struct SimulateArgs {
    #[command(flatten)]
    servers: FactsOption,
    #[command(flatten)]
    options: PlanOptions,
    /// Let a step fail, in every way that is listed for it or in the one that is named, and plan again
    #[arg(long, value_name = "STEP[=FAILURE]", conflicts_with = "interrupt")]
    fail: Option<String>,
    /// Break off at a step, before its effects and after them, and plan again
    #[arg(long, value_name = "STEP")]
    interrupt: Option<String>,
    /// Show the way up to this step
    #[arg(long, value_name = "STEP", conflicts_with_all = ["fail", "interrupt"])]
    until: Option<String>,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = DocumentFormat::Text)]
    format: DocumentFormat,
    #[command(flatten)]
    output: OutputOption,
}

/// Shows the way of one server.
pub fn run(args: &SimulateArgs, catalog: &CatalogOption) -> Answer {
    let question = args.options.question(&args.servers.facts, super::options::catalog(catalog)?)?;
    let read = question.only_server("a timeline")?;
    let planned = question.plan(read)?;
    if planned.scenario.is_none() {
        let help = "name one with --scenario ID; cutover plan says what speaks for and against each";
        let message = format!("no scenario was chosen for `{}`, so there is no way to show", read.snapshot.host());
        CliError::new(message).with_help(help).print();
        return Ok(question.end(Exit::for_one(planned.status.name())));
    }
    let request = Request { until: args.until.clone(), fault: args.fault() };
    let document = timeline(&planned, read.snapshot.host(), &request).map_err(|error| vec![CliError::new(error.to_string())])?;
    let text = args.format.written(&document, |document| text::timeline(document, &Texts::of(&question.catalog)))?;
    args.output.write(&text)?;
    Ok(question.end(Exit::for_one(planned.status.name())))
}

impl SimulateArgs {
    fn fault(&self) -> Option<Fault> {
        if let Some(step) = &self.interrupt {
            return Some(Fault::Interruption { step: step.clone() });
        }
        let fail = self.fail.as_ref()?;
        let (step, failure) = match fail.split_once('=') {
            Some((step, failure)) => (step, Some(failure.to_owned())),
            None => (fail.as_str(), None),
        };
        Some(Fault::Failure { step: step.to_owned(), failure })
    }
}
