//! `cutover facts`.
use super::Answer;
use super::exit::Exit;
use super::options::CatalogOption;
use clap::Subcommand;

/// What can be done with facts.
#[derive(Debug, Subcommand)]
pub enum FactsVerb {
    /// List them
    List,
}

/// Runs a verb.
pub fn run(_verb: &FactsVerb, _catalog: &CatalogOption) -> Answer {
    Ok(Exit::Yes)
}
