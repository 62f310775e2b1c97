//! Catalogs made up for one sentence of the semantics.

use super::view::View;
use cutover::catalog::{Catalog, SourceFile};
use cutover::fact::{FakeHost, Value};
use cutover::plan::{Request, Start, plan};
use std::fmt::Write as _;
use std::sync::Arc;

/// A catalog in the making. Its one scenario is `tiny`, unless more are added; every flag of it may be observed.
#[derive(Clone, Debug)]
pub struct Tiny {
    facts: String,
    rules: String,
    impossible: String,
    actions: String,
    invariants: String,
    parameters: String,
    steps: String,
    goal: String,
    supports: String,
    applies_when: String,
    marks: String,
    others: Vec<(String, String)>,
    given: Vec<(String, String)>,
    named: Option<String>,
}

/// A catalog without steps, for every server, with a goal that always holds; it has `reboot.pending`.
pub fn tiny() -> Tiny {
    let empty = Tiny {
        facts: String::new(),
        rules: String::new(),
        impossible: String::new(),
        actions: String::new(),
        invariants: String::new(),
        parameters: String::new(),
        steps: String::new(),
        goal: "{}".to_owned(),
        supports: "{}".to_owned(),
        applies_when: "{}".to_owned(),
        marks: String::new(),
        others: Vec::new(),
        given: Vec::new(),
        named: None,
    };
    empty.flags("reboot.pending")
}

impl Tiny {
    fn declare(mut self, id: &str, rest: &str) -> Self {
        writeln!(
            self.facts,
            "  - {{ id: {id}, {rest}, about: A fact., observed: by looking, remedy: Change {id}., source: none }}"
        )
        .expect("text");
        self
    }

    /// Flags by their names.
    #[must_use]
    pub fn flags(self, ids: &str) -> Self {
        ids.split(' ').fold(self, |tiny, id| tiny.declare(id, "type: flag"))
    }

    /// A version.
    #[must_use]
    pub fn version(self, id: &str) -> Self {
        self.declare(id, "type: version")
    }

    /// A version of which the end may not have been observed.
    #[must_use]
    pub fn partial_version(self, id: &str) -> Self {
        self.declare(id, "type: version, partial: true")
    }

    /// A number of days.
    #[must_use]
    pub fn days(self, id: &str) -> Self {
        self.declare(id, "type: days")
    }

    /// A text.
    #[must_use]
    pub fn text(self, id: &str) -> Self {
        self.declare(id, "type: text")
    }

    /// A set.
    #[must_use]
    pub fn set(self, id: &str) -> Self {
        self.declare(id, "type: set")
    }

    /// A choice.
    #[must_use]
    pub fn choice(self, id: &str, words: &str) -> Self {
        self.declare(id, &format!("type: choice, values: [{words}]"))
    }

    /// A line that no server can meet.
    #[must_use]
    pub fn impossible(mut self, id: &str, when: &str) -> Self {
        writeln!(self.impossible, "  - {{ id: {id}, when: {when}, about: Never., source: none }}").expect("text");
        self
    }

    /// A rule that fills what is unknown.
    #[must_use]
    pub fn derived(mut self, fact: &str, is: &str, when: &str) -> Self {
        writeln!(self.rules, "  - {{ fact: {fact}, is: {is}, when: {when}, source: none }}").expect("text");
        self
    }

    /// An action with one step of the same name, ten minutes long. `about` is what follows in the flow map of the action,
    /// such as `effects: [...]`; `reboot: never` and `undo: { irreversible: no }` are understood.
    #[must_use]
    pub fn step(self, id: &str, about: &str) -> Self {
        self.step_with(id, about, "supplement: why")
    }

    /// The same, with more about the step, such as `when: {...}`; it must have `article` or `supplement`.
    #[must_use]
    pub fn step_with(mut self, id: &str, about: &str, step: &str) -> Self {
        self = self.action(id, about);
        let said = step.contains("article:") || step.contains("supplement:");
        let supplement = if said { "" } else { ", supplement: why" };
        writeln!(self.steps, "  - {{ id: {id}, action: {id}, {step}{supplement} }}").expect("text");
        self
    }

    /// An action without a step.
    #[must_use]
    pub fn action(mut self, id: &str, about: &str) -> Self {
        let reboot = if about.contains("reboot:") { "" } else { "reboot: never, " };
        let comma = if about.is_empty() { "" } else { ", " };
        let minutes = if about.contains("minutes:") { "" } else { "minutes: 10, " };
        let undo = if about.contains("undo:") { "" } else { "undo: { irreversible: no }, " };
        writeln!(
            self.actions,
            "  - {{ id: {id}, title: Do {id}, performed_by: host, {about}{comma}{reboot}{undo}{minutes}\
             evidence: assumed, source: none }}"
        )
        .expect("text");
        self
    }

    /// A step that changes nothing and needs something.
    #[must_use]
    pub fn probe(self, id: &str, requires: &str) -> Self {
        self.step(id, &format!("requires: {requires}"))
    }

    /// A restart.
    #[must_use]
    pub fn restart(self, id: &str) -> Self {
        let about = "achieved_when: { reboot.pending: false }, effects: [{ set: { reboot.pending: false } }], reboot: restart";
        self.step(id, about)
    }

    /// An invariant: `forbidden`, `forbidden_at_rest` or `exposure`.
    #[must_use]
    pub fn invariant(mut self, id: &str, kind: &str, when: &str) -> Self {
        writeln!(self.invariants, "  - {{ id: {id}, kind: {kind}, title: A state, when: {when}, about: Text., source: none }}")
            .expect("text");
        self
    }

    /// An exposure that is milder than a forbidden invariant before it.
    #[must_use]
    pub fn milder(self, id: &str, than: &str, when: &str) -> Self {
        self.invariant(id, &format!("exposure, milder_than: {than}"), when)
    }

    /// A parameter, such as `w` with `type: text`.
    #[must_use]
    pub fn declares(mut self, name: &str, about: &str) -> Self {
        writeln!(self.parameters, "  {name}: {{ {about}, about: A parameter. }}").expect("text");
        self
    }

    /// What holds of a migrated server.
    #[must_use]
    pub fn goal(mut self, goal: &str) -> Self {
        goal.clone_into(&mut self.goal);
        self
    }

    /// The servers that the scenario can migrate at all.
    #[must_use]
    pub fn supports(mut self, supports: &str) -> Self {
        supports.clone_into(&mut self.supports);
        self
    }

    /// The servers that the scenario is chosen for.
    #[must_use]
    pub fn applies_when(mut self, applies_when: &str) -> Self {
        applies_when.clone_into(&mut self.applies_when);
        self
    }

    /// What else the scenario says of itself, such as `checks: as_it_goes`.
    #[must_use]
    pub fn marked(mut self, mark: &str) -> Self {
        writeln!(self.marks, "{mark}").expect("text");
        self
    }

    /// Another scenario, without steps.
    #[must_use]
    pub fn other(self, id: &str, applies_when: &str, more: &str) -> Self {
        self.other_with(id, applies_when, more, "{}", &[])
    }

    /// Another scenario with a goal, and one step for each of these actions.
    #[must_use]
    pub fn other_with(mut self, id: &str, applies_when: &str, more: &str, goal: &str, actions: &[&str]) -> Self {
        let step = |action: &&str| format!("{{ id: {action}, action: {action}, supplement: why }}");
        let steps = actions.iter().map(step).collect::<Vec<_>>().join(", ");
        let text = format!(
            "id: {id}\ntitle: Another\narticle: all\n{more}\nsupports: {{}}\napplies_when: {applies_when}\ngoal: {goal}\n\
             steps: [{steps}]\n"
        );
        self.others.push((id.to_owned(), text));
        self
    }

    /// A parameter that is given.
    #[must_use]
    pub fn given(mut self, name: &str, text: &str) -> Self {
        self.given.push((name.to_owned(), text.to_owned()));
        self
    }

    /// The scenario by name.
    #[must_use]
    pub fn named(mut self, scenario: &str) -> Self {
        self.named = Some(scenario.to_owned());
        self
    }

    /// The catalog.
    pub fn catalog(&self) -> Catalog {
        let list = |key: &str, items: &str| if items.is_empty() { String::new() } else { format!("{key}:\n{items}") };
        let section = |key: &str, items: &str| if items.is_empty() { format!("{key}: []\n") } else { format!("{key}:\n{items}") };
        let Self { goal, supports, applies_when, marks, .. } = self;
        let scenario = format!(
            "id: tiny\ntitle: A tiny scenario\narticle: all\n{marks}supports: {supports}\napplies_when: {applies_when}\n{}goal: {goal}\n{}",
            list("parameters", &self.parameters),
            section("steps", &self.steps),
        );
        let facts = [list("facts", &self.facts), list("derived", &self.rules), list("impossible", &self.impossible)].concat();
        let article =
            "title: All\nsections:\n  - id: all\n    heading: All\n    items:\n      - { ref: \"1\", kind: step, says: All. }\n";
        let mut files = vec![
            SourceFile::new("catalog/facts.yaml", facts),
            SourceFile::new("catalog/actions.yaml", section("actions", &self.actions)),
            SourceFile::new("catalog/invariants.yaml", section("invariants", &self.invariants)),
            SourceFile::new("catalog/article.yaml", article.to_owned()),
            SourceFile::new("tiny.yaml", scenario),
        ];
        files.extend(self.others.iter().map(|(id, text)| SourceFile::new(&format!("{id}.yaml"), text.clone())));
        let (catalog, findings) = Catalog::check_files(files);
        // A catalog made up for one sentence need not make sense as a whole, but it must have been read.
        let misread: Vec<String> =
            findings.iter().filter(|finding| !finding.code().is_about_content()).map(ToString::to_string).collect();
        assert!(misread.is_empty(), "{misread:?}\n{self:?}");
        catalog
    }

    /// The plan for a server of which these facts are known.
    pub fn plan(&self, facts: &[(&str, &str)]) -> View {
        let catalog = self.catalog();
        let vocabulary = catalog.vocabulary();
        let mut host = FakeHost::new();
        for (name, text) in facts {
            let fact = vocabulary.find(name).unwrap_or_else(|| panic!("no fact `{name}`"));
            host.set(fact, Value::parse(vocabulary.spec(fact), text).unwrap_or_else(|error| panic!("{name}: {error}")));
        }
        let value = |name: &str, text: &str| {
            let spec = catalog.parameter(name).unwrap_or_else(|| panic!("no parameter `{name}`"));
            spec.parse(text).unwrap_or_else(|error| panic!("{name}: {error}"))
        };
        let parameters = self.given.iter().map(|(name, text)| (Arc::from(name.as_str()), value(name, text))).collect();
        let start = Start::observe(&catalog, &host, &[]).expect("nothing is assumed");
        let request = Request { scenario: self.named.clone(), parameters, ..Request::default() };
        View::of(&plan(&catalog, start, request))
    }
}
