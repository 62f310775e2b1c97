//! `catalog/actions.yaml`: what can be done, with what it needs, changes and may leave behind.

use super::conditions::{Names, comparison};
use super::finding::Code;
use super::reader::{Fields, Ids, Reader};
use super::run::{Run, runs};
use super::shape;
use crate::condition::{Comparison, Condition, Operand, ParameterId, Space};
use crate::fact::{Bound, FactId, FactType, Value, Word};
use crate::yaml::{Key, Kind, Node, Span};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Something that can be done to a server or in a console.
#[derive(Clone, Debug)]
pub struct Action {
    /// The action's id.
    pub id: Arc<str>,
    /// What it does, in the imperative.
    pub title: Arc<str>,
    /// Where it is done.
    pub performed_by: Performer,
    /// The arguments that a step gives with `with`.
    pub arguments: Vec<ParameterId>,
    /// What must hold when it begins.
    pub requires: Condition,
    /// How one sees that it is done already; nothing where it is never found done.
    pub achieved_when: Option<Condition>,
    /// What success changes at once.
    pub effects: Vec<Effect>,
    /// What success changes after a restart, where one is needed.
    pub after_restart: Vec<Effect>,
    /// Whether a restart may be needed.
    pub reboot: Reboot,
    /// How it may fail.
    pub failures: Vec<Failure>,
    /// What to do where a fact is not as required, instead of the fact's own remedy.
    pub remedies: Vec<(FactId, Arc<str>)>,
    /// The way back.
    pub undo: Undo,
    /// A budget, in minutes.
    pub minutes: u32,
    /// How it is carried out.
    pub run: Vec<Run>,
    /// How its effects are known.
    pub evidence: Evidence,
    /// Where the knowledge comes from.
    pub source: Arc<str>,
    pub(super) used: Vec<(ParameterId, Span)>,
    pub(super) file: Arc<str>,
    pub(super) span: Span,
}

/// Where an action is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Performer {
    /// On the server.
    Host,
    /// In a console, for the server.
    Console,
}

impl Performer {
    /// The performers by their names.
    pub const NAMES: [(&'static str, Self); 2] = [("host", Self::Host), ("console", Self::Console)];

    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Console => "console",
        }
    }
}

/// Whether an action needs a restart to be complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reboot {
    /// Never.
    Never,
    /// On some servers.
    Possible,
    /// On every server.
    Always,
    /// The action is the restart.
    Restart,
}

impl Reboot {
    /// The needs by their names.
    pub const NAMES: [(&'static str, Self); 4] =
        [("never", Self::Never), ("possible", Self::Possible), ("always", Self::Always), ("restart", Self::Restart)];

    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Possible => "possible",
            Self::Always => "always",
            Self::Restart => "restart",
        }
    }
}

/// How something is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The vendor's documentation says so.
    Doc,
    /// The vendor's script does so.
    Script,
    /// It was recorded on a server.
    Recorded,
    /// It is our assumption.
    Assumed,
}

impl Evidence {
    /// The kinds of evidence by their names.
    pub const NAMES: [(&'static str, Self); 4] =
        [("doc", Self::Doc), ("script", Self::Script), ("recorded", Self::Recorded), ("assumed", Self::Assumed)];

    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Doc => "doc",
            Self::Script => "script",
            Self::Recorded => "recorded",
            Self::Assumed => "assumed",
        }
    }
}

/// A change of facts under a condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// When it happens.
    pub when: Condition,
    /// What changes.
    pub changes: Vec<Change>,
    /// How it is known.
    pub evidence: Evidence,
}

/// A change of one fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The fact.
    pub fact: FactId,
    /// What becomes of it.
    pub to: NewValue,
}

/// What becomes of a fact.
#[derive(Clone, Debug, PartialEq)]
pub enum NewValue {
    /// It has this value.
    Set(Operand),
    /// It satisfies this bound.
    Bounded(Bound, Operand),
    /// It is not known, for this reason.
    Unknown(Arc<str>),
    /// The set has these elements too.
    Add(Vec<Operand>),
    /// The set has these elements no more.
    Remove(Vec<Operand>),
    /// Of the set only these elements are left.
    Only(BTreeSet<Word>),
}

/// How an action may fail.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Its id, unique within the action.
    pub id: Arc<str>,
    /// How one sees it.
    pub on: FailureSign,
    /// What it means.
    pub about: Arc<str>,
    /// What it leaves behind.
    pub leaves: Leaves,
    /// What a person does about it.
    pub remedy: Arc<str>,
    pub(super) span: Span,
}

/// How a failure shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailureSign {
    /// A tool ended with a code.
    Exit {
        /// The tool.
        tool: Arc<str>,
        /// Its exit code, as people write it.
        code: Arc<str>,
    },
    /// Somebody sees it.
    Observed(Arc<str>),
}

/// What a failure can leave in a word: nothing new, or the action's own effects.
pub(super) const LEFT: [(&str, bool); 2] = [("unchanged", false), ("effects", true)];

/// What a failure leaves behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaves {
    /// The action's own effects happened, those after a restart included.
    pub effects: bool,
    /// These happened besides.
    pub changes: Vec<Change>,
}

/// The way back from an action.
#[derive(Clone, Debug, PartialEq)]
pub enum Undo {
    /// These actions in this order, and then what a person does; one of the two at least.
    Steps(Vec<Arc<str>>, Option<ByHand>),
    /// There is none, and why.
    Irreversible(Arc<str>),
}

/// What a person does to take something back.
#[derive(Clone, Debug, PartialEq)]
pub struct ByHand {
    /// What they do.
    pub how: Arc<str>,
    /// Where it is needed.
    pub when: Condition,
    /// What it changes.
    pub effects: Vec<Effect>,
}

impl NewValue {
    /// Calls `visit` for every operand.
    pub fn operands(&self, visit: &mut impl FnMut(&Operand)) {
        match self {
            Self::Set(operand) | Self::Bounded(_, operand) => visit(operand),
            Self::Add(elements) | Self::Remove(elements) => elements.iter().for_each(visit),
            Self::Unknown(_) | Self::Only(_) => {}
        }
    }
}

impl Change {
    /// Tells the values apart that the change gives or compares with.
    pub fn tell_apart(&self, space: &mut Space<'_>) {
        match &self.to {
            NewValue::Set(operand) | NewValue::Bounded(_, operand) => space.operand(self.fact, operand),
            NewValue::Unknown(_) => {}
            NewValue::Add(elements) | NewValue::Remove(elements) => {
                for element in elements {
                    space.operand(self.fact, element);
                }
            }
            NewValue::Only(words) => words.iter().for_each(|word| space.value(self.fact, &Value::Text(word.clone()))),
        }
    }
}

impl Action {
    /// The failure of that id.
    pub fn failure(&self, id: &str) -> Option<&Failure> {
        self.failures.iter().find(|failure| &*failure.id == id)
    }

    /// Every effect, those after a restart included.
    pub fn all_effects(&self) -> impl Iterator<Item = &Effect> {
        self.effects.iter().chain(&self.after_restart)
    }

    /// Every condition that decides something: what it needs, how one sees that it is done, when its effects happen.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let effects = self.all_effects().map(|effect| &effect.when);
        std::iter::once(&self.requires).chain(&self.achieved_when).chain(effects)
    }

    /// What a person does to take this action back, as an action. Where effects of this one may still wait for a restart, what
    /// is done by hand has to come after them, and needs that restart.
    pub(crate) fn taken_back(&self, id: &Arc<str>, ByHand { how, effects, .. }: &ByHand) -> Self {
        let waits = !self.after_restart.is_empty();
        Self {
            id: Arc::clone(id),
            title: Arc::clone(how),
            arguments: Vec::new(),
            requires: Condition::always(),
            achieved_when: None,
            effects: effects.clone(),
            after_restart: if waits { effects.clone() } else { Vec::new() },
            reboot: if waits { Reboot::Always } else { Reboot::Never },
            failures: Vec::new(),
            remedies: Vec::new(),
            run: vec![Run::by_hand(how)],
            ..self.clone()
        }
    }

    /// The same action with none of its arguments given.
    pub(crate) fn without_arguments(&self) -> Self {
        self.arguments.iter().fold(self.clone(), |action, name| action.with_argument(*name, &Condition::never()))
    }

    /// The same action with an argument replaced by the condition that a step gives for it.
    pub(super) fn with_argument(&self, name: ParameterId, given: &Condition) -> Self {
        let replaced = |effects: &[Effect]| {
            let one = |effect: &Effect| Effect { when: effect.when.with_argument(name, given), ..effect.clone() };
            effects.iter().map(one).collect()
        };
        Self {
            requires: self.requires.with_argument(name, given),
            achieved_when: self.achieved_when.as_ref().map(|condition| condition.with_argument(name, given)),
            effects: replaced(&self.effects),
            after_restart: replaced(&self.after_restart),
            ..self.clone()
        }
    }
}

/// Reads the list of actions.
pub(super) fn actions(reader: &mut Reader<'_>, names: &mut Names<'_>, root: &Node) -> Vec<Action> {
    let mut found = Vec::new();
    let Some(mut fields) = reader.fields(root, shape::ACTIONS) else { return found };
    let mut ids = Ids::default();
    if let Some(list) = fields.take("actions") {
        for node in reader.list(list) {
            let Some(action) = action(reader, names, node) else { continue };
            if ids.add(reader, &action.id, action.span, "action") {
                found.push(action);
            }
        }
    }
    reader.no_more(&fields);
    for action in &found {
        let Undo::Steps(undoing, _) = &action.undo else { continue };
        for other in undoing.iter().filter(|other| !found.iter().any(|known| known.id == **other)) {
            reader.unknown(Code::UnknownAction, action.span, "action", other, found.iter().map(|known| &*known.id));
        }
    }
    found
}

fn action(reader: &mut Reader<'_>, names: &mut Names<'_>, node: &Node) -> Option<Action> {
    let uses_before = names.parameters.uses().len();
    let mut fields = reader.fields(node, shape::ACTION)?;
    let span = fields.span();
    let id = reader.optional_text(&mut fields, "id")?;
    let title = reader.text_or_empty(&mut fields, "title");
    let performed_by = fields.take("performed_by");
    let performed_by = performed_by.and_then(|node| reader.one_of(node, &Performer::NAMES)).unwrap_or(Performer::Host);
    let arguments = arguments(reader, names, &mut fields);
    let requires = fields.take("requires").map_or_else(Condition::always, |node| names.condition(reader, node));
    let achieved_when = fields.take("achieved_when").map(|node| names.condition(reader, node));
    let evidence = fields.take("evidence");
    let evidence = evidence.and_then(|node| reader.one_of(node, &Evidence::NAMES)).unwrap_or(Evidence::Assumed);
    let at_once = fields.take("effects").map_or_else(Vec::new, |node| effects(reader, names, node, evidence));
    let after_restart = fields.take("after_restart").map_or_else(Vec::new, |node| effects(reader, names, node, evidence));
    let reboot = fields.take("reboot");
    let reboot = reboot.and_then(|node| reader.one_of(node, &Reboot::NAMES)).unwrap_or(Reboot::Never);
    let failures = failures(reader, names, &mut fields);
    let remedies = fields.take("remedies").map_or_else(Vec::new, |node| remedies(reader, names, node));
    let undo = fields.take("undo").and_then(|node| undo(reader, names, node));
    let minutes = fields.take("minutes").and_then(|node| reader.minutes(node)).unwrap_or(0);
    let run = fields.take("run").map_or_else(Vec::new, |node| runs(reader, names, node));
    let source = reader.text_or_empty(&mut fields, "source");
    reader.no_more(&fields);
    Some(Action {
        id,
        title,
        performed_by,
        arguments,
        requires,
        achieved_when,
        effects: at_once,
        after_restart,
        reboot,
        failures,
        remedies,
        undo: undo.unwrap_or_else(|| Undo::Irreversible(Arc::from(""))),
        minutes,
        run,
        evidence,
        source,
        used: names.parameters.uses()[uses_before..].iter().map(|used| (used.parameter, used.span)).collect(),
        file: Arc::clone(reader.file()),
        span,
    })
}

fn arguments(reader: &mut Reader<'_>, names: &mut Names<'_>, fields: &mut Fields<'_>) -> Vec<ParameterId> {
    let Some(node) = fields.take("arguments") else { return Vec::new() };
    let Kind::Map(entries) = &node.kind else {
        reader.report(Code::WrongType, node.span, "expected a map of arguments and their types", None);
        return Vec::new();
    };
    let mut found = Vec::new();
    for (key, kind) in entries {
        if reader.one_of(kind, &[("flag", ())]).is_some() {
            found.push(names.parameters.intern(&key.name));
        }
    }
    found
}

fn effects(reader: &mut Reader<'_>, names: &mut Names<'_>, node: &Node, evidence: Evidence) -> Vec<Effect> {
    reader.list(node).iter().filter_map(|item| effect(reader, names, item, evidence)).collect()
}

fn effect(reader: &mut Reader<'_>, names: &mut Names<'_>, node: &Node, evidence: Evidence) -> Option<Effect> {
    let mut fields = reader.fields(node, shape::EFFECT)?;
    let when = fields.take("when").map_or_else(Condition::always, |node| names.condition(reader, node));
    let evidence = match fields.take("evidence") {
        Some(node) => reader.one_of(node, &Evidence::NAMES)?,
        None => evidence,
    };
    let said = ["set", "add", "remove"].iter().any(|verb| fields.has(verb));
    let changes = changes(reader, names, &mut fields);
    if !said {
        reader.report(Code::MissingKey, fields.span(), "an effect has set, add or remove", None);
    }
    reader.no_more(&fields);
    Some(Effect { when, changes, evidence })
}

fn changes(reader: &mut Reader<'_>, names: &mut Names<'_>, fields: &mut Fields<'_>) -> Vec<Change> {
    let mut found = Vec::new();
    for verb in ["set", "add", "remove"] {
        let Some(node) = fields.take(verb) else { continue };
        let Kind::Map(entries) = &node.kind else {
            reader.report(Code::WrongType, node.span, "expected a map of facts and values", None);
            continue;
        };
        for (key, value) in entries {
            found.extend(change(reader, names, verb, key, value));
        }
    }
    found
}

fn change(reader: &mut Reader<'_>, names: &mut Names<'_>, verb: &str, key: &Key, value: &Node) -> Option<Change> {
    let fact = names.fact(reader, &key.name, key.span)?;
    let vocabulary = names.vocabulary;
    let spec = vocabulary.spec(fact);
    if verb != "set" {
        if spec.kind() != FactType::Set {
            reader.report(Code::WrongType, key.span, format!("`{}` is no set; use set", key.name), None);
            return None;
        }
        let items = if let Kind::List(items) = &value.kind { items.as_slice() } else { std::slice::from_ref(value) };
        let elements = items.iter().map(|item| names.element(reader, Some(spec), item)).collect::<Option<Vec<_>>>()?;
        let to = if verb == "add" { NewValue::Add(elements) } else { NewValue::Remove(elements) };
        return Some(Change { fact, to });
    }
    let to = match &value.kind {
        Kind::Map(_) => special(reader, names, spec, value)?,
        Kind::List(items) if spec.kind() == FactType::Set => NewValue::Set(Operand::Literal(words(reader, items)?)),
        _ => match value.scalar().and_then(comparison) {
            Some((sign, rest)) => {
                let bound = match sign {
                    Comparison::AtLeast => Bound::AtLeast,
                    Comparison::AtMost => Bound::AtMost,
                    Comparison::Above | Comparison::Below => {
                        reader.report(Code::WrongType, value.span, "an effect promises >= or <=", None);
                        return None;
                    }
                };
                let rest = Node { span: value.span, kind: Kind::Text(rest.to_owned()) };
                NewValue::Bounded(bound, names.operand(reader, Some(spec), &rest)?)
            }
            None => NewValue::Set(names.operand(reader, Some(spec), value)?),
        },
    };
    Some(Change { fact, to })
}

fn words(reader: &mut Reader<'_>, items: &[Node]) -> Option<Value> {
    let words = items.iter().map(|item| reader.text(item).map(|text| Word::from(&*text))).collect::<Option<BTreeSet<_>>>()?;
    Some(Value::Set(words))
}

fn special(reader: &mut Reader<'_>, names: &mut Names<'_>, spec: &crate::fact::FactSpec, node: &Node) -> Option<NewValue> {
    let mut fields = reader.fields(node, shape::SPECIAL)?;
    let unknown = reader.optional_text(&mut fields, "unknown").map(NewValue::Unknown);
    let only = match fields.take("only") {
        Some(list) => {
            let items = reader.list(list);
            let checked = items.iter().map(|item| names.element(reader, Some(spec), item)).collect::<Option<Vec<_>>>();
            checked.and_then(|_| words(reader, items)).and_then(|value| match value {
                Value::Set(words) => Some(NewValue::Only(words)),
                _ => None,
            })
        }
        None => None,
    };
    reader.no_more(&fields);
    unknown.or(only)
}

fn failures(reader: &mut Reader<'_>, names: &mut Names<'_>, fields: &mut Fields<'_>) -> Vec<Failure> {
    let Some(list) = fields.take("failures") else { return Vec::new() };
    let mut ids = Ids::default();
    let mut found = Vec::new();
    for node in reader.list(list) {
        let Some(failure) = failure(reader, names, node) else { continue };
        if ids.add(reader, &failure.id, failure.span, "failure") {
            found.push(failure);
        }
    }
    found
}

fn failure(reader: &mut Reader<'_>, names: &mut Names<'_>, node: &Node) -> Option<Failure> {
    let mut fields = reader.fields(node, shape::FAILURE)?;
    let span = fields.span();
    let id = reader.optional_text(&mut fields, "id")?;
    let on_node = fields.take("on")?;
    let on = sign(reader, on_node)?;
    let leaves_node = fields.take("leaves")?;
    let leaves = leaves(reader, names, leaves_node)?;
    let failure = Failure {
        id,
        on,
        about: reader.text_or_empty(&mut fields, "about"),
        leaves,
        remedy: reader.text_or_empty(&mut fields, "remedy"),
        span,
    };
    reader.no_more(&fields);
    Some(failure)
}

fn sign(reader: &mut Reader<'_>, node: &Node) -> Option<FailureSign> {
    let mut fields = reader.fields(node, shape::SIGN)?;
    let sign = match reader.optional_text(&mut fields, "observed") {
        Some(observed) => FailureSign::Observed(observed),
        None => FailureSign::Exit {
            tool: reader.required_text(&mut fields, "tool")?,
            code: reader.required_text(&mut fields, "code")?,
        },
    };
    reader.no_more(&fields);
    Some(sign)
}

fn leaves(reader: &mut Reader<'_>, names: &mut Names<'_>, node: &Node) -> Option<Leaves> {
    if node.scalar().is_some() {
        let effects = reader.one_of(node, &LEFT)?;
        return Some(Leaves { effects, changes: Vec::new() });
    }
    let mut fields = reader.fields(node, shape::LEAVES)?;
    let effects = match fields.take("effects") {
        Some(flag) => reader.flag(flag)?,
        None => false,
    };
    let changes = changes(reader, names, &mut fields);
    reader.no_more(&fields);
    Some(Leaves { effects, changes })
}

fn remedies(reader: &mut Reader<'_>, names: &mut Names<'_>, node: &Node) -> Vec<(FactId, Arc<str>)> {
    let Kind::Map(entries) = &node.kind else {
        reader.report(Code::WrongType, node.span, "expected a map of facts and remedies", None);
        return Vec::new();
    };
    let mut found = Vec::new();
    for (key, value) in entries {
        if let (Some(fact), Some(text)) = (names.fact(reader, &key.name, key.span), reader.text(value)) {
            found.push((fact, text));
        }
    }
    found
}

fn undo(reader: &mut Reader<'_>, names: &mut Names<'_>, node: &Node) -> Option<Undo> {
    let mut fields = reader.fields(node, shape::UNDO)?;
    let span = fields.span();
    let actions = fields.take("action").map_or_else(Vec::new, |node| reader.one_or_texts(node));
    let irreversible = reader.optional_text(&mut fields, "irreversible");
    let how = reader.optional_text(&mut fields, "by_hand");
    let about_hand = ["when", "effects"].iter().any(|key| fields.has(key));
    let when = fields.take("when").map_or_else(Condition::always, |node| names.condition(reader, node));
    let effects = fields.take("effects").map_or_else(Vec::new, |node| effects(reader, names, node, Evidence::Assumed));
    reader.no_more(&fields);
    if how.is_none() && about_hand {
        reader.report(Code::MissingKey, span, "`when` and `effects` are about what is done by hand; `by_hand` is missing", None);
    }
    let by_hand = how.map(|how| ByHand { how, when, effects });
    match (irreversible, actions.is_empty() && by_hand.is_none()) {
        (Some(why), true) => Some(Undo::Irreversible(why)),
        (None, false) => Some(Undo::Steps(actions, by_hand)),
        _ => {
            let message = "undo has an action, by_hand, or both; or it is irreversible";
            reader.report(Code::MissingKey, span, message, None);
            None
        }
    }
}
