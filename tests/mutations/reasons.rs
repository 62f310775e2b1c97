//! Why nothing notices a mutant, as a person found.

use super::tree::{get, items, word};
use cutover::yaml::{Node, parse};

/// A reason, and the mutants it is the reason of.
#[derive(Clone, Debug)]
pub struct Reason {
    pub title: String,
    pub why: String,
    pub mutants: Vec<String>,
}

/// What `survivors.yaml` says.
pub fn reasons() -> Vec<Reason> {
    let root = parse(include_str!("survivors.yaml")).expect("YAML");
    let reason = |node: &Node| Reason {
        title: word(node, "title").to_owned(),
        why: word(node, "why").to_owned(),
        mutants: get(node, "mutants")
            .map(items)
            .unwrap_or_default()
            .iter()
            .map(|id| id.scalar().expect("an id").to_owned())
            .collect(),
    };
    items(&root).iter().map(reason).collect()
}
