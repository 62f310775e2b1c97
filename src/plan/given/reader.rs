//! Reading plans: what is no plan is refused at its place; names and values are taken as they stand.

use super::{Budget, Figures, GivenPlan, GivenStep, Placed, Recorded};
use crate::json;
use crate::plan::document::SCHEMA;
use crate::suggest::{excerpt, nearest};
use crate::yaml::{self, Key, Kind, Node, Span};

/// A text that is no plan, with the place.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("{message}")]
pub struct ReadError {
    message: String,
    help: Option<String>,
    span: Span,
}

impl ReadError {
    fn new(span: Span, message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, span }
    }

    fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// Where in the text.
    pub fn span(&self) -> Span {
        self.span
    }
}

type Outcome<T> = Result<T, ReadError>;

/// How the plans of a text are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One YAML document.
    Yaml,
    /// One JSON document.
    Json,
    /// One JSON document a line.
    Lines,
}

/// Reads every plan of a text: one, a list of them, or one a line.
///
/// # Errors
///
/// For each plan that cannot be read why not; a text that is no document at all is one such.
pub fn read(text: &str, format: Format) -> Vec<Outcome<GivenPlan>> {
    documents(text, format).map(|document| plan(&document?)).collect()
}

/// Every document of a text, one after the other: the only one, those of a list, or one a line.
///
/// # Errors
///
/// For each that cannot be read why not.
pub fn documents(text: &str, format: Format) -> Box<dyn Iterator<Item = Outcome<Node>> + '_> {
    let refused = |span: Span, message: String| Box::new(std::iter::once(Err(ReadError::new(span, message))));
    match format {
        Format::Yaml => match yaml::parse(text) {
            Ok(Node { kind: Kind::List(items), .. }) => Box::new(items.into_iter().map(Ok)),
            Ok(root) => Box::new(std::iter::once(Ok(root))),
            Err(error) => refused(error.span, error.message),
        },
        Format::Json => match json::documents(text) {
            Ok(spans) => Box::new(spans.into_iter().map(|span| of_json(text, span))),
            Err(error) => refused(error.span, error.message),
        },
        Format::Lines => {
            let lines = text.split_inclusive('\n').scan(0, |end, line| {
                let offset = *end;
                *end += line.len();
                Some((offset, line.trim_end()))
            });
            let filled = lines.filter(|(_, line)| !line.is_empty());
            Box::new(filled.map(|(offset, line)| of_json(text, Span { offset, length: line.len() })))
        }
    }
}

/// Reads a piece of JSON; its places become those in the whole text.
fn of_json(text: &str, piece: Span) -> Outcome<Node> {
    let moved = |span: Span| Span { offset: span.offset + piece.offset, ..span };
    let mut root = json::parse(&text[piece.offset..piece.offset + piece.length])
        .map_err(|error| ReadError::new(moved(error.span), error.message))?;
    root.move_by(piece.offset);
    Ok(root)
}

/// The keys of a plan that is written by hand.
pub(super) const WRITTEN: [&str; 6] = ["schema", "scenario", "host", "parameters", "steps", "budget"];

/// Reads a document as a plan.
///
/// # Errors
///
/// Where it is none.
pub fn plan(root: &Node) -> Outcome<GivenPlan> {
    let entries = map(root, "a plan")?;
    // The place of a map is that of its first key: the YAML library gives block maps no length.
    let start = entries.first().map_or(root.span, |(key, _)| key.span);
    schema(entries, start)?;
    if let Some((key, _)) = find(entries, "rollback") {
        let error = ReadError::new(key.span, "this is a way back, which is planned anew each time and not verified".to_owned());
        return Err(error.with_help("verify the plan that it leads back from"));
    }
    let recorded = match find(entries, "status") {
        Some((_, status)) => Some(recorded(entries, status)?),
        None => None,
    };
    if recorded.is_none() {
        for (key, _) in entries {
            known(key, &WRITTEN)?;
        }
    }
    let scenario = match find(entries, "scenario") {
        Some((_, Node { kind: Kind::Null, .. })) if recorded.is_some() => None,
        Some((_, node)) => Some(placed(node)?),
        None => return Err(missing(start, "scenario", "the scenario's id; cutover scenarios list shows them")),
    };
    let Some((steps_key, steps)) = find(entries, "steps") else {
        return Err(missing(start, "steps", "a list of step ids in the order wanted"));
    };
    let parameters = find(entries, "parameters");
    Ok(GivenPlan {
        start,
        host: find(entries, "host").map(|(_, node)| host(node)).transpose()?,
        scenario,
        parameters_at: parameters.map_or(start, |(key, _)| key.span),
        parameters: parameters.map(|(_, node)| self::parameters(node)).transpose()?.unwrap_or_default(),
        steps: list(steps, "a list of steps")?.iter().map(|node| step(node, recorded.is_some())).collect::<Outcome<_>>()?,
        steps_at: steps_key.span,
        budget: find(entries, "budget").map(|(_, node)| budget(node)).transpose()?.unwrap_or_default(),
        recorded,
    })
}

fn schema(entries: &[(Key, Node)], start: Span) -> Outcome<()> {
    let Some((_, node)) = find(entries, "schema") else {
        return Err(missing(start, "schema", SCHEMA));
    };
    let found = text(node)?;
    if found == SCHEMA {
        return Ok(());
    }
    let error = ReadError::new(node.span, format!("expected the schema `{SCHEMA}`, found `{}`", excerpt(found)));
    Err(error.with_help(if found.starts_with("cutover/snapshot/") {
        "this is a snapshot; name it after --facts"
    } else if found.starts_with("cutover/plan/") {
        "another version of the program made this plan; make it anew with this one"
    } else {
        "name plans: what cutover plan wrote, or what was written by hand"
    }))
}

fn recorded(entries: &[(Key, Node)], status: &Node) -> Outcome<Recorded> {
    let facts = match find(entries, "facts_read") {
        Some((_, node)) => map(node, "a map of facts")?,
        None => &[],
    };
    let assumed = match find(entries, "assumed") {
        Some((_, node)) => map(node, "a map of facts")?,
        None => &[],
    };
    let findings = match find(entries, "findings") {
        Some((_, node)) => list(node, "a list of findings")?,
        None => &[],
    };
    let id = |node: &Node| {
        let Kind::Map(inner) = &node.kind else { return None };
        let (_, id) = find(inner, "finding")?;
        id.scalar().map(str::to_owned)
    };
    Ok(Recorded {
        catalog: find(entries, "catalog").map(|(_, node)| placed(node)).transpose()?,
        order: find(entries, "order").and_then(|(_, node)| node.scalar().map(str::to_owned)),
        without_supplements: find(entries, "without_supplements").is_some_and(|(_, node)| node.kind == Kind::Flag(true)),
        status: placed(status)?,
        facts_read: facts.iter().map(|(key, node)| (Placed { value: key.name.clone(), span: key.span }, node.clone())).collect(),
        assumed: assumed.iter().map(|(key, _)| key.name.clone()).collect(),
        findings: findings.iter().filter_map(id).collect(),
    })
}

fn host(node: &Node) -> Outcome<Placed<String>> {
    let host = placed(node)?;
    if host.value.trim().is_empty() {
        return Err(ReadError::new(node.span, "expected the server's name, found nothing"));
    }
    Ok(host)
}

/// A step: its id alone, or as a program writes it.
fn step(node: &Node, is_recorded: bool) -> Outcome<GivenStep> {
    let Kind::Map(entries) = &node.kind else {
        return Ok(GivenStep { id: placed(node)?, decision: None });
    };
    if !is_recorded {
        return Err(ReadError::new(first(node), "expected a step's id, found a map"));
    }
    let Some((_, id)) = find(entries, "id") else { return Err(missing(first(node), "id", "the step's id")) };
    let decision = match find(entries, "decision") {
        Some((_, node)) => {
            let why = find(entries, "why").map(|(_, node)| text(node).map(str::to_owned)).transpose()?;
            Some(Placed { value: (text(node)?.to_owned(), why), span: node.span })
        }
        None => None,
    };
    Ok(GivenStep { id: placed(id)?, decision })
}

fn parameters(node: &Node) -> Outcome<Vec<(Placed<String>, Placed<String>)>> {
    if node.kind == Kind::Null {
        return Ok(Vec::new());
    }
    let entry = |(key, node): &(Key, Node)| {
        let value = match &node.kind {
            Kind::Flag(flag) => flag.to_string(),
            _ => text(node)?.to_owned(),
        };
        Ok((Placed { value: key.name.clone(), span: key.span }, Placed { value, span: node.span }))
    };
    map(node, "a map of parameters")?.iter().map(entry).collect()
}

/// The key under which the restarts of a whole plan are limited.
pub(super) const RESTARTS: &str = "restarts";
/// What there may be of an exposure.
pub(super) const FIGURES: [&str; 3] = ["minutes", "reboots", "steps"];

fn budget(node: &Node) -> Outcome<Budget> {
    let mut found = Budget::default();
    for (key, node) in map(node, "a map of budgets")? {
        if key.name == RESTARTS {
            found.restarts = Some(number(node)?);
        } else {
            found.exposures.push((Placed { value: key.name.clone(), span: key.span }, figures(node)?));
        }
    }
    Ok(found)
}

fn figures(node: &Node) -> Outcome<Figures> {
    let mut found = Figures::default();
    for (key, node) in map(node, "a map such as { minutes: 20, reboots: 0 }")? {
        known(key, &FIGURES)?;
        let figure = Some(number(node)?);
        match key.name.as_str() {
            "minutes" => found.minutes = figure,
            "reboots" => found.reboots = figure,
            _ => found.steps = figure,
        }
    }
    Ok(found)
}

fn number(node: &Node) -> Outcome<Placed<u32>> {
    let wrong = |found: &str| ReadError::new(node.span, format!("expected a whole number of at least 0, found {found}"));
    match &node.kind {
        Kind::Number(text) => match text.parse() {
            Ok(value) => Ok(Placed { value, span: node.span }),
            Err(_) => Err(wrong(&format!("`{}`", excerpt(text)))),
        },
        _ => Err(wrong(node.kind_name())),
    }
}

fn find<'n>(entries: &'n [(Key, Node)], name: &str) -> Option<(&'n Key, &'n Node)> {
    entries.iter().find(|(key, _)| key.name == name).map(|(key, node)| (key, node))
}

fn known(key: &Key, names: &[&str]) -> Outcome<()> {
    if names.contains(&key.name.as_str()) {
        return Ok(());
    }
    let error = ReadError::new(key.span, format!("unexpected key `{}`", excerpt(&key.name)));
    Err(error.with_help(match nearest(&key.name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the keys here are {}", names.join(", ")),
    }))
}

fn missing(span: Span, key: &str, what: &str) -> ReadError {
    ReadError::new(span, format!("the key `{key}` is missing")).with_help(format!("a plan has `{key}`: {what}"))
}

fn first(node: &Node) -> Span {
    match &node.kind {
        Kind::Map(entries) => entries.first().map_or(node.span, |(key, _)| key.span),
        _ => node.span,
    }
}

fn map<'n>(node: &'n Node, what: &str) -> Outcome<&'n [(Key, Node)]> {
    match &node.kind {
        Kind::Map(entries) => Ok(entries),
        _ => Err(ReadError::new(node.span, format!("expected {what}, found {}", node.kind_name()))),
    }
}

fn list<'n>(node: &'n Node, what: &str) -> Outcome<&'n [Node]> {
    match &node.kind {
        Kind::List(items) => Ok(items),
        _ => Err(ReadError::new(first(node), format!("expected {what}, found {}", node.kind_name()))),
    }
}

fn text(node: &Node) -> Outcome<&str> {
    node.scalar().ok_or_else(|| ReadError::new(first(node), format!("expected text, found {}", node.kind_name())))
}

fn placed(node: &Node) -> Outcome<Placed<String>> {
    Ok(Placed { value: text(node)?.to_owned(), span: node.span })
}
