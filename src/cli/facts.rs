//! `cutover facts`: what can be known of a server.

use super::exit::Exit;
use super::options::{CatalogOption, catalog};
use super::output::to_stdout;
use super::{Answer, CliError};
use crate::report::knowledge;
use crate::suggest::excerpt;
use clap::{Args, Subcommand};

/// What can be done with facts.
#[derive(Debug, Subcommand)]
pub enum FactsVerb {
    /// List the facts with their types
    List,
    /// Show a fact: what it means, how it is seen, and who reads it
    Show(ShowArgs),
}

/// The arguments of `cutover facts show`.
#[derive(Args, Debug)]
pub struct ShowArgs {
    /// The fact
    #[arg(value_name = "FACT")]
    id: String,
}

/// Runs a verb.
pub fn run(verb: &FactsVerb, option: &CatalogOption) -> Answer {
    let catalog = catalog(option)?;
    match verb {
        FactsVerb::List => to_stdout(&knowledge::facts(&catalog))?,
        FactsVerb::Show(args) => {
            let Some(fact) = catalog.vocabulary().find(&args.id) else {
                let error = CliError::new(format!("there is no fact `{}`", excerpt(&args.id)));
                return Err(vec![match catalog.vocabulary().nearest(&args.id) {
                    Some(near) => error.with_help(format!("did you mean `{near}`?")),
                    None => error.with_help("cutover facts list shows them all"),
                }]);
            };
            to_stdout(&knowledge::fact(&catalog, fact))?;
        }
    }
    Ok(Exit::Yes)
}
