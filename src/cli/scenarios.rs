//! `cutover scenarios`.
use super::Answer;
use super::exit::Exit;
use super::options::CatalogOption;
use clap::Subcommand;

/// What can be done with scenarios.
#[derive(Debug, Subcommand)]
pub enum ScenariosVerb {
    /// List them
    List,
}

/// Runs a verb.
pub fn run(_verb: &ScenariosVerb, _catalog: &CatalogOption) -> Answer {
    Ok(Exit::Yes)
}
