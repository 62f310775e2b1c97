//! A scenario: the article's graph of actions.

use super::action::{Action, Performer};
use super::conditions::Names;
use super::finding::Code;
use super::reader::{Fields, Ids, Reader};
use super::shape;
use crate::condition::{Condition, ParameterId};
use crate::fact::{FactSpec, FactType, Value};
use crate::yaml::{Key, Kind, Node, Span};
use std::collections::HashMap;
use std::sync::Arc;

/// A documented way to migrate a server.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its id.
    pub id: Arc<str>,
    /// What it is for, in a few words.
    pub title: Arc<str>,
    /// The section of the article.
    pub article: Arc<str>,
    /// True where it is chosen only by name.
    pub on_request: bool,
    /// True where steps check when their turn comes, and not before the first.
    pub checks_as_it_goes: bool,
    /// The servers that it can migrate at all.
    pub supports: Condition,
    /// The servers that it is chosen for.
    pub applies_when: Condition,
    /// Its parameters.
    pub parameters: Vec<ParameterSpec>,
    /// What holds of a migrated server.
    pub goal: Condition,
    /// Its steps, in documented order.
    pub steps: Vec<Step>,
    /// The properties that a proof is expected to refute.
    pub refuted: Vec<Arc<str>>,
    pub(super) file: Arc<str>,
    pub(super) places: Places,
}

/// Where the parts of a scenario stand in its file.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    pub(super) start: Span,
    pub(super) article: Span,
    pub(super) applies_when: Span,
    /// Each entry of the goal.
    pub(super) goal: Vec<Span>,
}

/// A parameter that a scenario declares.
#[derive(Clone, Debug)]
pub struct ParameterSpec {
    /// The parameter.
    pub parameter: ParameterId,
    /// Its name.
    pub name: Arc<str>,
    /// Its type, in the shape of a fact's.
    pub spec: FactSpec,
    /// True for a GUID.
    pub guid: bool,
    /// True where it need not be given.
    pub optional: bool,
    /// Its value where it is not given.
    pub default: Option<Value>,
}

/// A step of a scenario.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its id, unique within the scenario.
    pub id: Arc<str>,
    /// What is done, with the step's arguments filled in.
    pub action: Arc<Action>,
    /// The article's number for it.
    pub article: Option<Arc<str>>,
    /// Why it is there although the article lacks it.
    pub supplement: Option<Arc<str>>,
    /// The servers that need it.
    pub when: Condition,
    /// The arguments that it gives to the action.
    pub with: Vec<(ParameterId, Condition)>,
    /// The edges that end here.
    pub after: Vec<Edge>,
    pub(super) span: Span,
    pub(super) article_span: Span,
}

/// An edge between two steps.
#[derive(Clone, Debug)]
pub struct Edge {
    /// The position of the earlier step in the documented order.
    pub from: usize,
    /// What it rests on.
    pub kind: EdgeKind,
    /// Why it is there, where that is not obvious.
    pub because: Option<Arc<str>>,
    pub(super) span: Span,
}

/// What an edge rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgeKind {
    /// The machine refuses or breaks otherwise.
    Technical,
    /// Nothing happens on a host before it.
    Procedural,
    /// It is inside the vendor's script.
    Script,
}

impl EdgeKind {
    pub(super) const NAMES: [(&'static str, Self); 3] =
        [("technical", Self::Technical), ("procedural", Self::Procedural), ("script", Self::Script)];

    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Technical => "technical",
            Self::Procedural => "procedural",
            Self::Script => "script",
        }
    }
}

impl Scenario {
    /// Adds a step that nothing orders, and returns its position.
    pub(crate) fn add_step(&mut self, id: Arc<str>, action: Arc<Action>, when: Condition) -> usize {
        let span = self.places.start;
        let (with, after) = (Vec::new(), Vec::new());
        self.steps.push(Step { id, action, article: None, supplement: None, when, with, after, span, article_span: span });
        self.steps.len() - 1
    }

    /// The position of the step of that id.
    pub fn step(&self, id: &str) -> Option<usize> {
        self.steps.iter().position(|step| &*step.id == id)
    }

    /// The conditions about servers as such: whom it supports, whom it is chosen for, and what holds in the end.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        [&self.supports, &self.applies_when, &self.goal].into_iter()
    }

    /// The parameter of that name, where the scenario declares it.
    pub fn parameter(&self, name: &str) -> Option<&ParameterSpec> {
        self.parameters.iter().find(|parameter| &*parameter.name == name)
    }
}

impl Step {
    /// Every condition that decides something: when it applies, and those of its action.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        std::iter::once(&self.when).chain(self.action.conditions())
    }
}

impl ParameterSpec {
    /// Reads a value as a person would type it.
    ///
    /// # Errors
    ///
    /// Where the text is no value of the parameter's type.
    pub fn parse(&self, text: &str) -> Result<Value, crate::fact::ValueError> {
        let value = Value::parse(&self.spec, text)?;
        match &value {
            Value::Text(word) if self.guid && !word.is_guid() => {
                let found = format!("`{}`", crate::suggest::excerpt(text));
                Err(crate::fact::ValueError::new("a GUID such as 3f6b2a10-0000-4000-8000-000000000000", found))
            }
            _ => Ok(value),
        }
    }

    /// The name of its type.
    pub fn type_name(&self) -> &'static str {
        if self.guid { "guid" } else { self.spec.kind().name() }
    }
}

/// The types of parameters: the type of the value, and whether it is a GUID.
pub(super) const TYPES: [(&str, (FactType, bool)); 5] = [
    ("flag", (FactType::Flag, false)),
    ("guid", (FactType::Text, true)),
    ("text", (FactType::Text, false)),
    ("version", (FactType::Version, false)),
    ("choice", (FactType::Choice, false)),
];

/// When requirements are checked: whether as the steps go.
pub(super) const CHECKS: [(&str, bool); 2] = [("up_front", false), ("as_it_goes", true)];

/// Reads a scenario.
pub(super) fn scenario(reader: &mut Reader<'_>, names: &mut Names<'_>, actions: &[Arc<Action>], root: &Node) -> Option<Scenario> {
    let first_use = names.parameters.uses().len();
    let mut fields = reader.fields(root, shape::SCENARIO)?;
    let start = fields.span();
    let id = reader.optional_text(&mut fields, "id")?;
    let title = reader.text_or_empty(&mut fields, "title");
    let article_node = fields.take("article");
    let article = article_node.and_then(|node| reader.text(node)).unwrap_or_else(|| Arc::from(""));
    let on_request = fields.take("on_request").and_then(|node| reader.flag(node)).unwrap_or(false);
    let checks = fields.take("checks").and_then(|node| reader.one_of(node, &CHECKS));
    let supports = condition(reader, names, &mut fields, "supports").0;
    let (applies_when, applies_places) = condition(reader, names, &mut fields, "applies_when");
    let parameters = parameters(reader, names, &mut fields);
    let (goal, goal_places) = condition(reader, names, &mut fields, "goal");
    let steps = fields.take("steps");
    let steps = steps.map_or_else(Vec::new, |node| steps_of(reader, names, actions, node));
    let refuted = fields.take("expect").map_or_else(Vec::new, |node| expectation(reader, node));
    reader.no_more(&fields);
    let scenario = Scenario {
        id,
        title,
        article,
        on_request,
        checks_as_it_goes: checks.unwrap_or(false),
        supports,
        applies_when,
        parameters,
        goal,
        steps,
        refuted,
        file: Arc::clone(reader.file()),
        places: Places {
            start,
            article: article_node.map_or(start, |node| node.span),
            applies_when: applies_places.first().copied().unwrap_or(start),
            goal: goal_places,
        },
    };
    check_parameters(reader, names, &scenario, first_use);
    Some(scenario)
}

/// A condition that must be there, and the place of each of its entries.
fn condition(reader: &mut Reader<'_>, names: &mut Names<'_>, fields: &mut Fields<'_>, key: &str) -> (Condition, Vec<Span>) {
    match fields.take(key) {
        Some(node) => {
            let places = match &node.kind {
                Kind::Map(entries) => entries.iter().map(|(key, _)| key.span).collect(),
                _ => vec![node.span],
            };
            (names.condition(reader, node), places)
        }
        None => (Condition::always(), Vec::new()),
    }
}

fn parameters(reader: &mut Reader<'_>, names: &mut Names<'_>, fields: &mut Fields<'_>) -> Vec<ParameterSpec> {
    let Some(node) = fields.take("parameters") else { return Vec::new() };
    let Kind::Map(entries) = &node.kind else {
        reader.report(Code::WrongType, node.span, "expected a map of parameters", None);
        return Vec::new();
    };
    entries.iter().filter_map(|(key, value)| parameter(reader, names, key, value)).collect()
}

fn parameter(reader: &mut Reader<'_>, names: &mut Names<'_>, key: &Key, node: &Node) -> Option<ParameterSpec> {
    let mut fields = reader.fields(node, shape::PARAMETER)?;
    let type_node = fields.take("type")?;
    let (kind, guid) = reader.one_of(type_node, &TYPES)?;
    let values = fields
        .take("values")
        .map_or_else(Vec::new, |list| reader.list(list).iter().filter_map(|item| reader.text(item)).collect());
    let optional = fields.take("optional").and_then(|node| reader.flag(node)).unwrap_or(false);
    let default_node = fields.take("default");
    let about = reader.text_or_empty(&mut fields, "about");
    reader.no_more(&fields);
    let name: Arc<str> = Arc::from(key.name.as_str());
    let spec = FactSpec {
        id: Arc::clone(&name),
        kind,
        values,
        partial: false,
        usual: Vec::new(),
        about,
        observed: Arc::from(""),
        remedy: None,
        source: Arc::from(""),
    };
    let parameter = names.parameters.intern(&name);
    let mut found = ParameterSpec { parameter, name, spec, guid, optional, default: None };
    if let Some(node) = default_node {
        let text = node.spelled();
        match text.as_deref().map(|text| found.parse(text)) {
            Some(Ok(value)) => found.default = Some(value),
            Some(Err(error)) => reader.report(Code::WrongType, node.span, error.to_string(), None),
            None => reader.report(Code::WrongType, node.span, "expected a value of the parameter's type", None),
        }
    }
    Some(found)
}

fn steps_of(reader: &mut Reader<'_>, names: &mut Names<'_>, actions: &[Arc<Action>], node: &Node) -> Vec<Step> {
    let by_id: HashMap<&str, &Arc<Action>> = actions.iter().map(|action| (&*action.id, action)).collect();
    let mut ids = Ids::default();
    let mut found: Vec<(Arc<str>, Option<Step>, Option<&Node>)> = Vec::new();
    for item in reader.list(node) {
        let Some(ReadStep { id, span, step, after }) = step(reader, names, &by_id, item) else { continue };
        if ids.add(reader, &id, span, "step") {
            found.push((id, step, after));
        }
    }
    let mut positions = Positions::new();
    let mut readable = 0;
    for (id, step, _) in &found {
        positions.insert(Arc::clone(id), step.as_ref().map(|step| (readable, step.action.performed_by)));
        readable += usize::from(step.is_some());
    }
    let mut steps = Vec::with_capacity(readable);
    for (_, step, after) in found {
        let edges = after.map_or(&[][..], |list| reader.list(list));
        let edges = edges.iter().filter_map(|item| edge(reader, &positions, item)).collect();
        steps.extend(step.map(|step| Step { after: edges, ..step }));
    }
    steps
}

/// The steps by their ids, with their positions; nothing for a step that could not be read.
type Positions = HashMap<Arc<str>, Option<(usize, Performer)>>;

/// A step as far as it could be read.
struct ReadStep<'n> {
    id: Arc<str>,
    span: Span,
    step: Option<Step>,
    after: Option<&'n Node>,
}

fn step<'n>(
    reader: &mut Reader<'_>,
    names: &mut Names<'_>,
    actions: &HashMap<&str, &Arc<Action>>,
    node: &'n Node,
) -> Option<ReadStep<'n>> {
    let mut fields = reader.fields(node, shape::STEP)?;
    let id_node = fields.take("id")?;
    let (id, span) = (reader.text(id_node)?, id_node.span);
    let action_node = fields.take("action")?;
    let action_id = reader.text(action_node)?;
    let article_node = fields.take("article");
    let article = article_node.and_then(|node| reader.text(node));
    let supplement = reader.optional_text(&mut fields, "supplement");
    if article.is_some() == supplement.is_some() {
        reader.report(
            Code::MissingKey,
            span,
            format!("the step `{id}` needs either `article` or `supplement`, and not both"),
            None,
        );
    }
    let when = fields.take("when").map_or_else(Condition::always, |node| names.condition(reader, node));
    let with = fields.take("with");
    let after = fields.take("after");
    reader.no_more(&fields);
    let Some(action) = actions.get(&*action_id) else {
        reader.unknown(Code::UnknownAction, action_node.span, "action", &action_id, actions.keys().copied());
        return Some(ReadStep { id, span, step: None, after });
    };
    let with = arguments(reader, names, action, with, span);
    let action = filled(action, &with);
    let article_span = article_node.map_or(span, |node| node.span);
    let step = Step { id: Arc::clone(&id), action, article, supplement, when, with, after: Vec::new(), span, article_span };
    Some(ReadStep { id, span, step: Some(step), after })
}

/// Reads the arguments that the step gives.
fn arguments(
    reader: &mut Reader<'_>,
    names: &mut Names<'_>,
    action: &Arc<Action>,
    with: Option<&Node>,
    span: Span,
) -> Vec<(ParameterId, Condition)> {
    let mut given: Vec<(ParameterId, Condition)> = Vec::new();
    if let Some(node) = with {
        let entries = if let Kind::Map(entries) = &node.kind { entries.as_slice() } else { &[] };
        for (key, value) in entries {
            let known = action.arguments.iter().find(|argument| names.parameters.name(**argument) == key.name);
            let Some(argument) = known.copied() else {
                let arguments: Vec<_> = action.arguments.iter().map(|argument| names.parameters.name(*argument)).collect();
                reader.unknown(Code::UnknownParameter, key.span, "argument", &key.name, arguments.into_iter());
                continue;
            };
            let condition = match value.kind {
                Kind::Flag(true) => Condition::always(),
                Kind::Flag(false) => Condition::never(),
                _ => names.condition(reader, value),
            };
            given.push((argument, condition));
        }
    }
    for argument in &action.arguments {
        if !given.iter().any(|(known, _)| known == argument) {
            let name = names.parameters.name(*argument);
            let help = format!("write with: {{ {name}: true }}, or false, or a condition");
            reader.report(Code::MissingKey, span, format!("the action `{}` needs the argument `{name}`", action.id), Some(help));
        }
    }
    given
}

/// The action with its arguments filled in.
fn filled(action: &Arc<Action>, given: &[(ParameterId, Condition)]) -> Arc<Action> {
    if given.is_empty() {
        return Arc::clone(action);
    }
    let filled = given.iter().fold((**action).clone(), |action, (name, condition)| action.with_argument(*name, condition));
    Arc::new(filled)
}

fn edge(reader: &mut Reader<'_>, positions: &Positions, node: &Node) -> Option<Edge> {
    let (id, span, kind, because) = if node.scalar().is_some() {
        (reader.text(node)?, node.span, None, None)
    } else {
        let mut fields = reader.fields(node, shape::EDGE)?;
        let step_node = fields.take("step")?;
        let id = reader.text(step_node)?;
        let kind = match fields.take("kind") {
            Some(kind) => Some(reader.one_of(kind, &EdgeKind::NAMES)?),
            None => None,
        };
        let because = reader.optional_text(&mut fields, "because");
        reader.no_more(&fields);
        (id, step_node.span, kind, because)
    };
    let Some(known) = positions.get(&id) else {
        reader.unknown(Code::UnknownStep, span, "step", &id, positions.keys().map(|id| &**id));
        return None;
    };
    // An edge from a step that could not be read is no mistake of its own.
    let (from, performer) = known.as_ref()?;
    let by_performer = match performer {
        Performer::Console => EdgeKind::Procedural,
        Performer::Host => EdgeKind::Technical,
    };
    Some(Edge { from: *from, kind: kind.unwrap_or(by_performer), because, span })
}

/// The properties of a proof.
const PROPERTIES: [(&str, &str); 7] = [("a", "a"), ("b", "b"), ("c", "c"), ("d", "d"), ("e", "e"), ("f", "f"), ("g", "g")];

fn expectation(reader: &mut Reader<'_>, node: &Node) -> Vec<Arc<str>> {
    let Some(mut fields) = reader.fields(node, shape::EXPECT) else { return Vec::new() };
    let refuted: Vec<&str> = fields
        .take("refuted")
        .map_or_else(Vec::new, |list| reader.list(list).iter().filter_map(|item| reader.one_of(item, &PROPERTIES)).collect());
    reader.no_more(&fields);
    refuted.into_iter().map(Arc::from).collect()
}

/// Every name after a `$` is a parameter of the scenario.
fn check_parameters(reader: &mut Reader<'_>, names: &Names<'_>, scenario: &Scenario, first_use: usize) {
    let declared = |parameter: ParameterId| scenario.parameters.iter().any(|spec| spec.parameter == parameter);
    let known = || scenario.parameters.iter().map(|spec| &*spec.name);
    for used in &names.parameters.uses()[first_use..] {
        if !declared(used.parameter) {
            let name = names.parameters.name(used.parameter).to_owned();
            reader.unknown(Code::UnknownParameter, used.span, "parameter", &name, known());
        }
    }
    for step in &scenario.steps {
        for (parameter, _) in &step.action.used {
            if !declared(*parameter) && !step.action.arguments.contains(parameter) {
                let name = names.parameters.name(*parameter);
                let message = format!("the action `{}` uses the parameter `{name}`, which is not declared", step.action.id);
                let help = Some(format!("declare `{name}` under parameters"));
                reader.report(Code::UnknownParameter, step.span, message, help);
            }
        }
    }
}
