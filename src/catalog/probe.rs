//! How facts are seen on a live server: what is read there, and what it comes to.
//!
//! An observation is one thing that is read, typed like a fact; a probe says in conditions over observations what a fact is.
//! The live machine and the script for machines elsewhere read the same [`Source`]s, and only what reads them knows Windows.

use super::conditions::Names;
use super::finding::Code;
use super::names::ParameterNames;
use super::reader::{Fields, Ids, Reader};
use super::shape;
use crate::condition::{Condition, Operand};
use crate::fact::{FactId, FactSpec, FactType, Value, Vocabulary, Word};
use crate::yaml::{Kind, Node};
use regex_lite::{Regex, RegexBuilder};
use std::fmt;
use std::sync::Arc;

/// Everything that is read on a server, and what of it facts are made of.
#[derive(Clone, Debug, Default)]
pub struct Probes {
    /// The observations as a vocabulary of their own.
    pub vocabulary: Vocabulary,
    /// How each is seen, in the order of the vocabulary.
    pub looks: Vec<Look>,
    /// The facts that have a probe.
    pub facts: Vec<(FactId, Probe)>,
}

/// Something that is read on a server, whole; its name is the key that it is recorded under.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// A file: whether it is there, and its version.
    File(Arc<str>),
    /// A service: its state, and the file that it runs with its version.
    Service(Arc<str>),
    /// Whether a registry key is there.
    Key(Arc<str>),
    /// A registry value.
    Value(Arc<str>, Arc<str>),
    /// The names of a registry key's values.
    Names(Arc<str>),
    /// What is installed, of both registry views: key, name and publisher.
    Software,
    /// The updates that are listed as installed.
    Updates,
    /// Every service with its state.
    Services,
    /// The filter drivers with their altitudes and states.
    Filters,
    /// Whether a process of that name runs.
    Process(Arc<str>),
    /// The first instance of a WMI class, all of the properties that are asked for.
    Wmi(Wmi),
    /// What a method of a WMI class returns.
    Call(Arc<str>, Arc<str>, Arc<str>),
    /// A property of each object that a method of a COM class returns.
    Com(Arc<str>, Arc<str>, Arc<str>),
    /// Whether the signature of a file is valid.
    Signature(Arc<str>),
    /// What the first line of a file that matches says: the pattern's first group, or that it matches.
    Match(Arc<str>, Arc<str>),
    /// The day in the name of the newest file of that pattern, and today.
    ValidUntil(Arc<str>),
    /// When the system started, in this format of .NET.
    Started(Arc<str>),
}

/// A class of WMI.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Wmi {
    /// Its namespace.
    pub namespace: Arc<str>,
    /// The class.
    pub class: Arc<str>,
    /// A property and the text that it has in the instance that counts.
    pub filter: Option<(Arc<str>, Arc<str>)>,
}

impl Wmi {
    /// The condition of WQL that tells the instance, where one is given.
    pub fn condition(&self) -> Option<String> {
        let (name, value) = self.filter.as_ref()?;
        Some(format!("{name} = '{}'", value.replace('\\', r"\\").replace('\'', r"\'")))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "file {path}"),
            Self::Service(name) => write!(f, "service {name}"),
            Self::Key(key) => write!(f, "key {key}"),
            Self::Value(key, name) => write!(f, "value {key}\\{name}"),
            Self::Names(key) => write!(f, "names {key}"),
            Self::Software => f.write_str("software"),
            Self::Updates => f.write_str("updates"),
            Self::Services => f.write_str("services"),
            Self::Filters => f.write_str("filters"),
            Self::Process(name) => write!(f, "process {name}"),
            Self::Wmi(Wmi { namespace, class, filter: None }) => write!(f, "wmi {namespace}:{class}"),
            Self::Wmi(Wmi { namespace, class, filter: Some((name, value)) }) => {
                write!(f, "wmi {namespace}:{class}.{name}={value}")
            }
            Self::Call(namespace, class, method) => write!(f, "call {namespace}:{class}.{method}"),
            Self::Com(class, method, _) => write!(f, "com {class}.{method}"),
            Self::Signature(path) => write!(f, "signature {path}"),
            Self::Match(path, pattern) => write!(f, "match {path} {pattern}"),
            Self::ValidUntil(path) => write!(f, "valid_until {path}"),
            Self::Started(_) => f.write_str("started"),
        }
    }
}

/// The type that a registry value is expected to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// `REG_DWORD` or `REG_QWORD`.
    Number,
    /// `REG_SZ` or `REG_EXPAND_SZ`.
    Text,
    /// `REG_MULTI_SZ`.
    Texts,
}

impl ValueKind {
    /// The kinds by their names in `facts.yaml`.
    pub(super) const NAMES: [(&'static str, Self); 3] = [("number", Self::Number), ("text", Self::Text), ("texts", Self::Texts)];

    /// What it is called where something else was found.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Text => "text",
            Self::Texts => "a list of texts",
        }
    }
}

/// What of the sources an observation is.
#[derive(Clone, Debug)]
pub enum Look {
    /// A source as it is.
    Whole(Source),
    /// A registry value of this kind.
    Value(Source, ValueKind),
    /// Properties of an instance of WMI, or of what a method returns; of several, whether one is true.
    Properties(Source, Vec<Arc<str>>),
    /// How much of the installed software has such a name, under such a key.
    Software {
        /// Its name.
        name: Regex,
        /// The name of its key.
        key: Option<Regex>,
    },
    /// Whether an update is listed.
    Update(Arc<str>),
    /// Whether two observations saw different things.
    Differs(FactId, FactId),
    /// The products of other vendors, or the state of their antivirus.
    OtherVendors,
}

impl Look {
    /// The sources that it takes.
    pub fn sources(&self) -> Vec<Source> {
        match self {
            Self::Whole(source) | Self::Value(source, _) | Self::Properties(source, _) => vec![source.clone()],
            Self::Software { .. } => vec![Source::Software],
            Self::Update(_) => vec![Source::Updates],
            Self::Differs(..) => Vec::new(),
            Self::OtherVendors => vec![Source::Software, Source::Services, Source::Filters],
        }
    }
}

/// What a fact is, by what was observed.
#[derive(Clone, Debug)]
pub enum Probe {
    /// What this observation is.
    Same(FactId),
    /// Whether this holds.
    When(Condition),
    /// The value of the first case that holds.
    First(Vec<(Value, Condition)>),
    /// A set of the elements whose conditions hold.
    Each(Vec<(Word, Condition)>),
}

impl Probes {
    /// The distinct sources, in the order in which they first stand, each with the properties that are asked of it.
    pub fn sources(&self) -> Vec<(Source, Vec<Arc<str>>)> {
        let mut found: Vec<(Source, Vec<Arc<str>>)> = Vec::new();
        for look in &self.looks {
            let properties: &[Arc<str>] = if let Look::Properties(_, properties) = look { properties } else { &[] };
            for source in look.sources() {
                let at = found.iter().position(|(known, _)| *known == source).unwrap_or_else(|| {
                    found.push((source, Vec::new()));
                    found.len() - 1
                });
                for property in properties {
                    if !found[at].1.contains(property) {
                        found[at].1.push(Arc::clone(property));
                    }
                }
            }
        }
        found
    }

    /// The probe of a fact.
    pub fn of(&self, fact: FactId) -> Option<&Probe> {
        self.facts.iter().find(|(known, _)| *known == fact).map(|(_, probe)| probe)
    }
}

impl Probe {
    /// Calls `visit` with every observation that the fact is made of.
    pub fn visit(&self, visit: &mut impl FnMut(FactId)) {
        let mut condition = |condition: &Condition| {
            condition.visit(&mut |test| {
                if let crate::condition::Subject::Fact(observed) = test.subject {
                    visit(observed);
                }
            });
        };
        match self {
            Self::Same(observed) => visit(*observed),
            Self::When(when) => condition(when),
            Self::First(cases) => cases.iter().for_each(|(_, when)| condition(when)),
            Self::Each(elements) => elements.iter().for_each(|(_, when)| condition(when)),
        }
    }
}

/// Reads what is read on a server, and the probes of the facts.
pub(super) fn probes(reader: &mut Reader<'_>, facts: &Vocabulary, root: &Node) -> Probes {
    let mut probes = Probes::default();
    let Kind::Map(entries) = &root.kind else { return probes };
    let list = |name: &str| entries.iter().find(|(key, _)| key.name == name).map(|(_, list)| list);
    let mut ids = Ids::default();
    for node in list("observations").map_or(&[][..], |list| reader.list(list)) {
        let Some((spec, look)) = observation(reader, &probes.vocabulary, node) else { continue };
        let id = Arc::clone(&spec.id);
        if ids.add(reader, &id, node.span, "observation") && probes.vocabulary.declare(spec).is_some() {
            probes.looks.push(look);
        }
    }
    let mut parameters = ParameterNames::default();
    let mut names = Names { vocabulary: &probes.vocabulary, parameters: &mut parameters };
    for node in list("facts").map_or(&[][..], |list| reader.list(list)) {
        let Kind::Map(entries) = &node.kind else { continue };
        let entry = |name: &str| entries.iter().find(|(key, _)| key.name == name).map(|(_, node)| node);
        let id = entry("id").and_then(Node::scalar).and_then(|id| facts.find(id));
        let (Some(fact), Some(node)) = (id, entry("probe")) else { continue };
        if let Some(probe) = probe(reader, &mut names, facts.spec(fact), node) {
            probes.facts.push((fact, probe));
        }
    }
    for used in parameters.uses() {
        reader.report(Code::WrongType, used.span, "a probe knows no parameters", None);
    }
    probes
}

fn observation(reader: &mut Reader<'_>, known: &Vocabulary, node: &Node) -> Option<(FactSpec, Look)> {
    let mut fields = reader.fields(node, shape::OBSERVATION)?;
    let id = reader.optional_text(&mut fields, "id")?;
    let kind_node = fields.take("type")?;
    let kind = reader.one_of(kind_node, &FactType::NAMES)?;
    let values = fields
        .take("values")
        .map_or_else(Vec::new, |list| reader.list(list).iter().filter_map(|item| reader.text(item)).collect());
    if (kind == FactType::Choice) == values.is_empty() {
        reader.report(Code::MissingKey, fields.span(), "a choice, and nothing else, has `values`", None);
    }
    let look = look(reader, known, &mut fields)?;
    reader.no_more(&fields);
    let spec = FactSpec {
        id,
        kind,
        values,
        partial: false,
        usual: Vec::new(),
        about: Arc::from(""),
        observed: Arc::from(""),
        remedy: None,
        source: Arc::from(""),
    };
    Some((spec, look))
}

type OfText = fn(Arc<str>) -> Source;

fn look(reader: &mut Reader<'_>, known: &Vocabulary, fields: &mut Fields<'_>) -> Option<Look> {
    const SIMPLE: [(&str, OfText); 8] = [
        ("file", Source::File),
        ("service", Source::Service),
        ("key", Source::Key),
        ("names", Source::Names),
        ("process", Source::Process),
        ("signature", Source::Signature),
        ("valid_until", Source::ValidUntil),
        ("started", Source::Started),
    ];
    for (name, source) in SIMPLE {
        if let Some(text) = reader.optional_text(fields, name) {
            return Some(Look::Whole(source(text)));
        }
    }
    if let Some(update) = reader.optional_text(fields, "update") {
        return Some(Look::Update(update));
    }
    if let Some(node) = fields.take("other_vendors") {
        reader.flag(node)?;
        return Some(Look::OtherVendors);
    }
    if let Some(node) = fields.take("differs") {
        let mut observed = reader.list(node).iter().filter_map(|item| {
            let name = reader.text(item)?;
            let found = known.find(&name);
            if found.is_none() {
                let names = known.ids().map(|id| known.name(id));
                reader.unknown(Code::UnknownFact, item.span, "observation above", &name, names);
            }
            found
        });
        let both = (observed.next(), observed.next(), observed.next());
        let (Some(one), Some(other), None) = both else {
            reader.report(Code::WrongType, node.span, "expected two observations that stand above", None);
            return None;
        };
        return Some(Look::Differs(one, other));
    }
    if let Some(node) = fields.take("value") {
        let mut value = reader.fields(node, shape::REGISTRY_VALUE)?;
        let (key, name) = (reader.optional_text(&mut value, "key")?, reader.optional_text(&mut value, "name")?);
        let kind = match value.take("kind") {
            Some(node) => reader.one_of(node, &ValueKind::NAMES)?,
            None => ValueKind::Text,
        };
        reader.no_more(&value);
        return Some(Look::Value(Source::Value(key, name), kind));
    }
    if let Some(node) = fields.take("software") {
        let mut software = reader.fields(node, shape::SOFTWARE)?;
        let name = software.take("name").and_then(|node| pattern(reader, node))?;
        let key = software.take("key").and_then(|node| pattern(reader, node));
        reader.no_more(&software);
        return Some(Look::Software { name, key });
    }
    if let Some(node) = fields.take("match") {
        let mut found = reader.fields(node, shape::MATCH)?;
        let file = reader.optional_text(&mut found, "file")?;
        let node = found.take("pattern")?;
        pattern(reader, node)?;
        let text = reader.text(node)?;
        reader.no_more(&found);
        return Some(Look::Whole(Source::Match(file, text)));
    }
    if let Some(node) = fields.take("wmi") {
        let mut wmi = reader.fields(node, shape::WMI)?;
        let (namespace, class) = (reader.optional_text(&mut wmi, "namespace")?, reader.optional_text(&mut wmi, "class")?);
        let filter = reader.optional_text(&mut wmi, "where").zip(reader.optional_text(&mut wmi, "is"));
        let property = reader.optional_text(&mut wmi, "property")?;
        reader.no_more(&wmi);
        return Some(Look::Properties(Source::Wmi(Wmi { namespace, class, filter }), vec![property]));
    }
    if let Some(node) = fields.take("call") {
        let mut call = reader.fields(node, shape::CALL)?;
        let (namespace, class) = (reader.optional_text(&mut call, "namespace")?, reader.optional_text(&mut call, "class")?);
        let method = reader.optional_text(&mut call, "method")?;
        let list = call.take("properties")?;
        let properties = reader.list(list).iter().filter_map(|item| reader.text(item)).collect();
        reader.no_more(&call);
        return Some(Look::Properties(Source::Call(namespace, class, method), properties));
    }
    if let Some(node) = fields.take("com") {
        let mut com = reader.fields(node, shape::COM)?;
        let (class, method) = (reader.optional_text(&mut com, "class")?, reader.optional_text(&mut com, "method")?);
        let property = reader.optional_text(&mut com, "property")?;
        reader.no_more(&com);
        return Some(Look::Whole(Source::Com(class, method, property)));
    }
    let kinds: Vec<_> = shape::OBSERVATION.iter().skip(3).map(|field| field.name).collect();
    let help = Some(format!("it is one of {}", kinds.join(", ")));
    reader.report(Code::MissingKey, fields.span(), "the observation does not say what is read", help);
    None
}

/// A pattern as .NET and this program read it alike: letters of either case, one line.
fn pattern(reader: &mut Reader<'_>, node: &Node) -> Option<Regex> {
    let text = reader.text(node)?;
    match matcher(&text) {
        Ok(regex) => Some(regex),
        Err(error) => {
            reader.report(Code::WrongType, node.span, format!("expected a regular expression: {error}"), None);
            None
        }
    }
}

/// What finds a pattern, letters of either case alike.
///
/// # Errors
///
/// Where it is no regular expression.
pub fn matcher(pattern: &str) -> Result<Regex, regex_lite::Error> {
    RegexBuilder::new(pattern).case_insensitive(true).build()
}

fn probe(reader: &mut Reader<'_>, names: &mut Names<'_>, spec: &FactSpec, node: &Node) -> Option<Probe> {
    let mut fields = reader.fields(node, shape::PROBE)?;
    let wrong = |reader: &mut Reader<'_>| {
        let message = format!("`{}` is {}; this probe does not say so", spec.id(), spec.kind().expectation());
        reader.report(Code::WrongType, node.span, message, None);
        None
    };
    let probe = if let Some(node) = fields.take("same") {
        let name = reader.text(node)?;
        let observed = names.fact(reader, &name, node.span)?;
        let seen = names.vocabulary.spec(observed);
        let same = seen.kind() == spec.kind() && (seen.kind() != FactType::Choice || seen.values() == spec.values());
        if !same {
            return wrong(reader);
        }
        Probe::Same(observed)
    } else if let Some(node) = fields.take("when") {
        if spec.kind() != FactType::Flag {
            return wrong(reader);
        }
        Probe::When(names.condition(reader, node))
    } else if let Some(node) = fields.take("first") {
        let cases = reader.list(node).iter();
        Probe::First(cases.filter_map(|node| case(reader, names, spec, node)).collect())
    } else if let Some(node) = fields.take("each") {
        if spec.kind() != FactType::Set {
            return wrong(reader);
        }
        let elements = reader.list(node).iter();
        Probe::Each(elements.filter_map(|node| element(reader, names, spec, node)).collect())
    } else {
        reader.report(Code::MissingKey, fields.span(), "a probe is one of same, when, first or each", None);
        return None;
    };
    reader.no_more(&fields);
    Some(probe)
}

fn when(reader: &mut Reader<'_>, names: &mut Names<'_>, fields: &mut Fields<'_>) -> Condition {
    fields.take("when").map_or_else(Condition::always, |node| names.condition(reader, node))
}

fn case(reader: &mut Reader<'_>, names: &mut Names<'_>, spec: &FactSpec, node: &Node) -> Option<(Value, Condition)> {
    let mut fields = reader.fields(node, shape::CASE)?;
    let is = fields.take("is")?;
    let Operand::Literal(value) = names.operand(reader, Some(spec), is)? else { return None };
    let when = when(reader, names, &mut fields);
    reader.no_more(&fields);
    Some((value, when))
}

fn element(reader: &mut Reader<'_>, names: &mut Names<'_>, spec: &FactSpec, node: &Node) -> Option<(Word, Condition)> {
    let mut fields = reader.fields(node, shape::CASE)?;
    let is = fields.take("is")?;
    let Operand::Literal(value) = names.element(reader, Some(spec), is)? else { return None };
    let when = when(reader, names, &mut fields);
    reader.no_more(&fields);
    Some((value.word(), when))
}
