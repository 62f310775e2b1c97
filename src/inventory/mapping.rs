//! What the columns of a table of one's own mean, `cutover/mapping/v1`.

use super::cell::Cell;
use super::draft::Draft;
use super::meaning::identity;
use super::part::Part;
use super::table::Read;
use crate::fact::{FactId, FactType, Value, Vocabulary};
use crate::suggest::{excerpt, nearest};
use crate::yaml::{self, Kind, Node, Span};
use serde_json::{Value as Json, json};
use std::collections::HashMap;

/// The schema that a mapping names.
pub const SCHEMA: &str = "cutover/mapping/v1";

/// What the columns of a table mean.
#[derive(Clone, Debug)]
pub struct Mapping {
    columns: Vec<(String, Meaning)>,
}

#[derive(Clone, Debug)]
enum Meaning {
    Name(Read),
    Fact {
        fact: FactId,
        name: String,
        words: Option<HashMap<String, Value>>,
    },
    /// A fact of a user's own that no catalog declares.
    Own(Box<str>),
}

/// A text that is no mapping, with the place in it.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("{message}")]
pub struct MappingError {
    message: String,
    offset: usize,
}

impl MappingError {
    /// Where it is, in bytes.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

/// What a column may be besides a fact.
const NAMES: [(&str, Read); 6] = [
    ("host", Read::Names(identity::name)),
    ("domain", Read::Names(identity::domain)),
    ("seen", Read::When),
    ("defender_id", Read::Names(identity::mde)),
    ("azure_id", Read::Names(identity::azure)),
    ("entra_id", Read::Names(identity::entra)),
];

impl Mapping {
    /// Reads a mapping for these facts.
    ///
    /// # Errors
    ///
    /// Where it is no mapping, or names a fact or a value that there is not.
    pub fn parse(vocabulary: &Vocabulary, text: &str) -> Result<Self, MappingError> {
        let wrong = |span: Span, message: String| MappingError { message, offset: span.offset };
        let root = yaml::parse(text).map_err(|error| wrong(error.span, error.message))?;
        let mut schema = false;
        let mut columns = Vec::new();
        for (key, node) in entries(&root)? {
            match key.name.as_str() {
                "schema" if node.scalar() == Some(SCHEMA) => schema = true,
                "schema" => return Err(wrong(node.span, format!("expected `{SCHEMA}`"))),
                "columns" => {
                    for (column, node) in entries(node)? {
                        columns.push((column.name.clone(), Meaning::read(vocabulary, node)?));
                    }
                }
                other => {
                    let message = format!("a mapping has no key `{}`; it has `schema` and `columns`", excerpt(other));
                    return Err(wrong(key.span, message));
                }
            }
        }
        if !schema {
            return Err(wrong(root.span, format!("expected a key `schema` with `{SCHEMA}`")));
        }
        if !columns.iter().any(|(_, meaning)| matches!(meaning, Meaning::Name(_))) {
            let message = "no column names the server; one has to be `host`, `defender_id`, `azure_id` or `entra_id`";
            return Err(wrong(root.span, message.to_owned()));
        }
        Ok(Self { columns })
    }

    /// True where a table has all of the columns.
    pub(super) fn fits(&self, names: &[String]) -> bool {
        self.columns.iter().all(|(column, _)| names.iter().any(|name| name.eq_ignore_ascii_case(column)))
    }

    pub(super) fn part<'v>(&self, vocabulary: &'v Vocabulary, file: &str) -> Part<'v> {
        let mut part = Part::new(vocabulary, file, "mapped-csv", "a table with a mapping");
        part.could = self.columns.iter().filter_map(|(_, meaning)| meaning.fact()).collect();
        part
    }

    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|(column, _)| column.eq_ignore_ascii_case(name))
    }

    pub(super) fn row<'r>(&self, part: &mut Part<'_>, row: u64, cells: impl Iterator<Item = (usize, Cell<'r>)>) {
        let mut draft = Draft::new(part.vocabulary);
        for (index, cell) in cells {
            match &self.columns[index].1 {
                Meaning::Name(read) => draft.column(*read, cell),
                Meaning::Fact { name, words, .. } => fact(&mut draft, name, words.as_ref(), cell),
                Meaning::Own(name) => {
                    if let Some(text) = cell.text() {
                        draft.own(name, &text);
                    }
                }
            }
        }
        draft.add_to(part, row);
    }
}

impl Meaning {
    fn read(vocabulary: &Vocabulary, node: &Node) -> Result<Self, MappingError> {
        let wrong = |span: Span, message: String| MappingError { message, offset: span.offset };
        if let Some(name) = node.scalar() {
            if let Some((_, read)) = NAMES.iter().find(|(known, _)| *known == name) {
                return Ok(Self::Name(*read));
            }
            if name.starts_with("x.") && vocabulary.find(name).is_none() {
                return Ok(Self::Own(name.into()));
            }
            let fact = fact_of(vocabulary, name).map_err(|message| wrong(node.span, message))?;
            return Ok(Self::Fact { fact, name: name.to_owned(), words: None });
        }
        let mut found = None;
        let mut spelled = None;
        for (key, node) in entries(node)? {
            match key.name.as_str() {
                "fact" => {
                    let name = node.scalar().unwrap_or_default();
                    found = Some((fact_of(vocabulary, name).map_err(|message| wrong(node.span, message))?, name.to_owned()));
                }
                "values" => spelled = Some(entries(node)?),
                other => return Err(wrong(key.span, format!("expected `fact` and `values`, found `{}`", excerpt(other)))),
            }
        }
        let (fact, name) = found.ok_or_else(|| wrong(node.span, "expected a key `fact`".to_owned()))?;
        let spec = vocabulary.spec(fact);
        let mut words = HashMap::new();
        for (word, node) in spelled.unwrap_or_default() {
            let text = scalar(node).ok_or_else(|| wrong(node.span, format!("expected a value, found {}", node.kind_name())))?;
            let value = Value::parse(spec, &text).map_err(|error| wrong(node.span, format!("`{name}`: {error}")))?;
            words.insert(word.name.to_lowercase(), value);
        }
        Ok(Self::Fact { fact, name, words: (!words.is_empty()).then_some(words) })
    }

    fn fact(&self) -> Option<FactId> {
        match self {
            Self::Name(_) | Self::Own(_) => None,
            Self::Fact { fact, .. } => Some(*fact),
        }
    }
}

/// What a cell says of a fact: a word that the mapping explains, or a value as people write it.
fn fact(draft: &mut Draft<'_>, name: &str, words: Option<&HashMap<String, Value>>, cell: Cell<'_>) {
    let Some(text) = cell.text() else { return };
    if let Some(words) = words {
        match words.get(&text.to_lowercase()) {
            Some(value) => draft.known(name, value.clone()),
            None => draft.unknown(name, format!("the mapping does not say what `{}` means", excerpt(&text))),
        }
        return;
    }
    match draft.kind(name) {
        Some(FactType::Flag) => match cell.flag() {
            Some(flag) => draft.flag(name, flag),
            None => draft.unknown(name, format!("the source says `{}`, which is neither true nor false", excerpt(&text))),
        },
        Some(FactType::Set) => {
            let elements = text.replace(';', ",");
            draft.parsed(name, &elements);
        }
        _ => draft.value(name, &text),
    }
}

fn fact_of(vocabulary: &Vocabulary, name: &str) -> Result<FactId, String> {
    vocabulary.find(name).ok_or_else(|| {
        let names = NAMES.iter().map(|(name, _)| *name).chain(vocabulary.ids().map(|fact| vocabulary.name(fact)));
        let near = nearest(name, names).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        format!("there is no fact `{}`{near}", excerpt(name))
    })
}

fn scalar(node: &Node) -> Option<String> {
    match &node.kind {
        Kind::Flag(flag) => Some(flag.to_string()),
        _ => node.scalar().map(str::to_owned),
    }
}

fn entries(node: &Node) -> Result<&[(yaml::Key, Node)], MappingError> {
    match &node.kind {
        Kind::Map(entries) => Ok(entries),
        _ => Err(MappingError { message: format!("expected a map, found {}", node.kind_name()), offset: node.span.offset }),
    }
}

/// The JSON Schema of a mapping of these facts.
pub fn schema(vocabulary: &Vocabulary) -> Json {
    let names: Vec<&str> =
        NAMES.iter().map(|(name, _)| *name).chain(vocabulary.ids().map(|fact| vocabulary.name(fact))).collect();
    let facts: Vec<&str> = vocabulary.ids().map(|fact| vocabulary.name(fact)).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What the columns of a table of one's own mean",
        "type": "object",
        "properties": {
            "schema": { "const": SCHEMA },
            "columns": {
                "type": "object",
                "description": "the names of columns, in any case, and what they mean",
                "minProperties": 1,
                "additionalProperties": { "anyOf": [
                    { "enum": names },
                        { "type": "string", "pattern": "^x\\.", "description": "a fact of your own that no catalog declares" },
                    {
                        "type": "object",
                        "properties": {
                            "fact": { "enum": facts },
                            "values": {
                                "type": "object",
                                "description": "the words in the column, in any case, and the value that each stands for",
                                "additionalProperties": { "type": ["string", "number", "boolean"] },
                            },
                        },
                        "required": ["fact"],
                        "additionalProperties": false,
                    },
                ] },
            },
        },
        "required": ["schema", "columns"],
        "additionalProperties": false,
    })
}
