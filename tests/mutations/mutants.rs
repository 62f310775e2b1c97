//! Every mutant of the built-in catalog: edges, guards, requirements and effects of its scenarios.

use super::tree::{entries, get, items, list, text, with, with_item, word, written};
use super::{How, conditions, effects};
use cutover::catalog::{Catalog, Scenario, SourceFile};
use cutover::yaml::{Node, parse};
use std::fmt;

/// What is mutated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A step waits for another.
    Edge,
    /// The `when` of a step or of an effect.
    Guard,
    /// A part of what an action requires.
    Requirement,
    /// A change that an action makes.
    Effect,
}

impl What {
    /// What there is to mutate, with its name in the plural.
    pub const ALL: [(Self, &'static str); 4] =
        [(Self::Edge, "edges"), (Self::Guard, "guards"), (Self::Requirement, "requirements"), (Self::Effect, "effects")];
}

/// Another value for a key of one item of the file's list; nothing where the key goes.
#[derive(Clone, Debug)]
struct Edit {
    at: usize,
    key: &'static str,
    value: Option<Node>,
}

/// A catalog that differs in one thing.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// The scenario or the action that it is in.
    pub owner: String,
    /// What is changed in it.
    pub place: String,
    pub what: What,
    pub how: How,
    /// The scenarios that may notice, those with the fewest steps first.
    pub scenarios: Vec<String>,
    file: usize,
    edits: Vec<Edit>,
}

impl fmt::Display for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = if self.how == How::Deleted { "deleted" } else { "inverted" };
        write!(f, "{}: {} {how}", self.owner, self.place)
    }
}

const ACTIONS: &str = "catalog/actions.yaml";

/// The built-in catalog's files as trees.
pub struct Files {
    sources: Vec<SourceFile>,
    trees: Vec<Node>,
    catalog: Catalog,
}

impl Files {
    pub fn built_in() -> Self {
        let mut sources: Vec<SourceFile> = Catalog::built_in_files().collect();
        sources.sort_by(|a, b| a.path.cmp(&b.path));
        let trees = sources.iter().map(|file| parse(&file.text).expect("YAML")).collect();
        Self { sources, trees, catalog: Catalog::built_in().expect("the built-in catalog") }
    }

    /// The catalog as it is.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The files of a mutant.
    pub fn of(&self, mutant: &Mutant) -> Vec<SourceFile> {
        let mut files = self.sources.clone();
        files[mutant.file] = SourceFile::new(&files[mutant.file].path, self.changed(mutant));
        files
    }

    /// The text of the file that a mutant is in.
    pub fn changed(&self, mutant: &Mutant) -> String {
        let root = &self.trees[mutant.file];
        let name = list_name(&self.sources[mutant.file].path);
        let mut changed = get(root, name).expect("the list").clone();
        for Edit { at, key, value } in &mutant.edits {
            let items = items(&changed);
            changed = with_item(items, *at, Some(with(&items[*at], key, value.clone())));
        }
        written(&with(root, name, Some(changed)))
    }

    /// The same text without the change.
    pub fn unchanged(&self, mutant: &Mutant) -> String {
        written(&self.trees[mutant.file])
    }

    /// Every mutant, scenario by scenario and then action by action.
    pub fn mutants(&self) -> Vec<Mutant> {
        let file = |path: &str| self.sources.iter().position(|file| *file.path == *path).expect("the file");
        let mut found = Vec::new();
        for scenario in self.catalog.scenarios() {
            self.scenario(&scenario.id, file(&format!("{}.yaml", scenario.id)), &mut found);
        }
        self.actions(file(ACTIONS), &mut found);
        found
    }

    fn scenario(&self, id: &str, file: usize, found: &mut Vec<Mutant>) {
        let steps = items(get(&self.trees[file], "steps").expect("steps"));
        let mut push = |what, (place, how, edits): (String, How, Vec<Edit>)| {
            found.push(Mutant { owner: id.to_owned(), place, what, how, scenarios: vec![id.to_owned()], file, edits });
        };
        for (at, step) in steps.iter().enumerate() {
            let edges = get(step, "after").map(items).unwrap_or_default();
            for (number, edge) in edges.iter().enumerate() {
                let from = edge.scalar().unwrap_or_else(|| word(edge, "step"));
                let place = format!("edge {from} -> {}", word(step, "id"));
                let left = with_item(edges, number, None);
                let left = Edit { at, key: "after", value: Some(left).filter(|left| !items(left).is_empty()) };
                let first = steps.iter().position(|step| word(step, "id") == from).expect("the earlier step");
                let to = text(word(step, "id"));
                let turned = if edge.scalar().is_some() { to } else { with(edge, "step", Some(to)) };
                let others = get(&steps[first], "after").map(items).unwrap_or_default().iter().cloned();
                let turned = Edit { at: first, key: "after", value: Some(list(others.chain([turned]).collect())) };
                push(What::Edge, (place.clone(), How::Deleted, vec![left.clone()]));
                push(What::Edge, (place, How::Inverted, vec![left, turned]));
            }
        }
        for (at, step) in steps.iter().enumerate() {
            for (path, how, value) in get(step, "when").map(guard).unwrap_or_default() {
                push(What::Guard, (format!("{} {path}", word(step, "id")), how, vec![Edit { at, key: "when", value }]));
            }
        }
    }

    fn actions(&self, file: usize, found: &mut Vec<Mutant>) {
        let actions = items(get(&self.trees[file], "actions").expect("actions"));
        for (at, action) in actions.iter().enumerate() {
            let id = word(action, "id");
            let scenarios = self.users(id);
            if scenarios.is_empty() {
                continue;
            }
            let mut push = |what, place, how, key, value| {
                let (owner, scenarios, edits) = (id.to_owned(), scenarios.clone(), vec![Edit { at, key, value }]);
                found.push(Mutant { owner, place, what, how, scenarios, file, edits });
            };
            for (path, how, value) in get(action, "requires").map(conditions::parts).unwrap_or_default() {
                let value = Some(value).filter(|left| !entries(left).is_empty());
                push(What::Requirement, format!("requires {path}"), how, "requires", value);
            }
            for key in ["effects", "after_restart"] {
                let Some(all) = get(action, key) else { continue };
                for (number, when) in effects::guards(all) {
                    for (path, how, when) in guard(when) {
                        let place = format!("{key} {} {path}", number + 1);
                        push(What::Guard, place, how, key, Some(effects::guarded(all, number, when)));
                    }
                }
                for (place, how, value) in effects::changes(&self.catalog, all) {
                    push(What::Effect, format!("{key} {place}"), how, key, value);
                }
            }
        }
    }

    /// The scenarios that use an action, those with the fewest steps first, since their proofs are the quickest.
    fn users(&self, action: &str) -> Vec<String> {
        let has_it = |scenario: &&Scenario| scenario.steps.iter().any(|step| &*step.action.id == action);
        let mut users: Vec<_> = self.catalog.scenarios().iter().filter(has_it).collect();
        users.sort_by_key(|scenario| scenario.steps.len());
        users.iter().map(|scenario| scenario.id.to_string()).collect()
    }
}

fn list_name(path: &str) -> &'static str {
    if path == ACTIONS { "actions" } else { "steps" }
}

/// A guard as a whole deleted and inverted, and each of its parts where it has several.
fn guard(when: &Node) -> Vec<(String, How, Option<Node>)> {
    let parts = conditions::parts(when).into_iter().map(|(path, how, value)| {
        let value = Some(value).filter(|left| !entries(left).is_empty());
        (format!("when {path}"), how, value)
    });
    let whole = [("when".to_owned(), How::Deleted, None), ("when".to_owned(), How::Inverted, Some(conditions::inverted(when)))];
    whole.into_iter().filter(|_| entries(when).len() > 1).chain(parts).collect()
}
