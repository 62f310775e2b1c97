//! The catalog's texts, by id, for documents that carry only ids.

use crate::catalog::{Action, Catalog, Undo};
use std::collections::HashMap;
use std::sync::Arc;

/// Texts that documents refer to by id.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    scenarios: HashMap<String, String>,
    notes: HashMap<String, Note>,
    lines: HashMap<String, String>,
    actions: HashMap<String, ActionText>,
}

/// What an action does, and what undoes it.
#[derive(Clone, Debug)]
pub struct ActionText {
    /// What it does, in the imperative.
    pub title: String,
    /// The way back, as a sentence.
    pub undo: String,
}

/// What an invariant or a finding means.
#[derive(Clone, Debug)]
pub struct Note {
    /// What it is, in a few words.
    pub title: String,
    /// What it means.
    pub about: String,
    /// What to do about it; empty for an invariant.
    pub remedy: String,
}

impl Texts {
    /// The texts of a catalog.
    pub fn of(catalog: &Catalog) -> Self {
        let scenarios = catalog.scenarios().iter();
        let invariants = catalog.invariants().iter().map(|one| {
            (one.id.to_string(), Note { title: one.title.to_string(), about: one.about.to_string(), remedy: String::new() })
        });
        let findings = catalog.finding_rules().iter().map(|one| {
            let note = Note { title: one.title.to_string(), about: one.about.to_string(), remedy: one.remedy.to_string() };
            (one.id.to_string(), note)
        });
        Self {
            scenarios: scenarios.map(|scenario| (scenario.id.to_string(), scenario.title.to_string())).collect(),
            notes: invariants.chain(findings).collect(),
            actions: catalog.actions().iter().map(|action| (action.id.to_string(), of_action(catalog, action))).collect(),
            lines: catalog.impossible().iter().map(|line| (line.id.to_string(), line.about.to_string())).collect(),
        }
    }

    /// The title of a scenario.
    pub fn scenario(&self, id: &str) -> &str {
        self.scenarios.get(id).map_or("", String::as_str)
    }

    /// What an invariant or a finding means.
    pub fn note(&self, id: &str) -> Option<&Note> {
        self.notes.get(id)
    }

    /// What an action does, and what undoes it.
    pub fn action(&self, id: &str) -> Option<&ActionText> {
        self.actions.get(id)
    }

    /// Why facts cannot be true together.
    pub fn line(&self, id: &str) -> &str {
        self.lines.get(id).map_or("", String::as_str)
    }
}

fn of_action(catalog: &Catalog, action: &Action) -> ActionText {
    let undo = match &action.undo {
        Undo::Steps(actions, by_hand) => {
            let title = |id: &Arc<str>| match catalog.action(id) {
                Some(undoing) => format!("{} ({id}).", undoing.title),
                None => id.to_string(),
            };
            let how = by_hand.iter().map(|by_hand| by_hand.how.to_string());
            actions.iter().map(title).chain(how).collect::<Vec<_>>().join(" ")
        }
        Undo::Irreversible(why) => format!("No way back: {why}."),
    };
    ActionText { title: action.title.to_string(), undo }
}
