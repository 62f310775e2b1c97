//! JSON Schemas of the files that people write and of snapshots, from the tables that reading uses and from the facts.

use super::shape::{self, Field, Shape};
use super::{Catalog, ParameterSpec};
use crate::fact::{FactSpec, FactType, Vocabulary};
use serde_json::{Map, Value as Json, json};

/// A file that has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// What was observed of one server.
    Snapshot,
    /// Parameters and assumptions for an estate.
    Parameters,
    /// A scenario.
    Scenario,
    /// `catalog/actions.yaml`.
    Actions,
    /// `catalog/facts.yaml`.
    Facts,
    /// `catalog/invariants.yaml`.
    Invariants,
    /// `catalog/article.yaml`.
    Article,
}

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

impl Catalog {
    /// The JSON Schema (2020-12) of a file. Facts, choices and parameters are those of the catalog.
    pub fn schema(&self, kind: FileKind) -> Json {
        let facts = self.vocabulary();
        match kind {
            FileKind::Snapshot => snapshot(facts),
            FileKind::Parameters => parameters(self),
            FileKind::Scenario => file("A scenario", shape::SCENARIO, facts),
            FileKind::Actions => file("What can be done", shape::ACTIONS, facts),
            FileKind::Facts => file("What can be known of a server", shape::FACTS, facts),
            FileKind::Invariants => {
                file("What must never be, what must be short, what is worth saying", shape::INVARIANTS, facts)
            }
            FileKind::Article => file("The article, item by item", shape::ARTICLE, facts),
        }
    }
}

fn file(title: &str, fields: &[Field], facts: &Vocabulary) -> Json {
    let mut schema = map(fields);
    schema["$schema"] = DRAFT.into();
    schema["title"] = title.into();
    schema["$defs"] =
        json!({ "condition": condition(facts), "set": set(facts), "elements": elements(facts), "fact": fact_names(facts) });
    schema
}

fn map(fields: &[Field]) -> Json {
    let mut properties = Map::new();
    for field in fields {
        let mut schema = of(&field.shape);
        schema["description"] = field.about.into();
        properties.insert(field.name.to_owned(), schema);
    }
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn of(shape: &Shape) -> Json {
    let condition = || json!({ "$ref": "#/$defs/condition" });
    match shape {
        Shape::Text => text(),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Minutes => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        Shape::Word(words) => json!({ "enum": words }),
        Shape::Texts => list(&text()),
        Shape::OneOrTexts => json!({ "anyOf": [text(), list(&text())] }),
        Shape::Condition => condition(),
        Shape::Observed => json!({ "type": "object", "minProperties": 1 }),
        Shape::Fact => json!({ "$ref": "#/$defs/fact" }),
        Shape::Value => any_value(),
        Shape::Values => list(&any_value()),
        Shape::Set => json!({ "$ref": "#/$defs/set" }),
        Shape::Elements => json!({ "$ref": "#/$defs/elements" }),
        Shape::Arguments => json!({ "type": "object", "additionalProperties": { "enum": ["flag"] } }),
        Shape::With => json!({ "type": "object", "additionalProperties": { "anyOf": [{ "type": "boolean" }, condition()] } }),
        Shape::Remedies => {
            json!({ "type": "object", "propertyNames": { "$ref": "#/$defs/fact" }, "additionalProperties": text() })
        }
        Shape::Map(fields) => map(fields),
        Shape::OneOr(fields) => json!({ "anyOf": [map(fields), list(&map(fields))] }),
        Shape::List(fields) => list(&map(fields)),
        Shape::Named(fields) => json!({ "type": "object", "additionalProperties": map(fields) }),
        Shape::WordOr(words, fields) => json!({ "anyOf": [{ "enum": words }, map(fields)] }),
        Shape::TextsOr(fields) => list(&json!({ "anyOf": [text(), map(fields)] })),
    }
}

fn any_value() -> Json {
    json!({ "type": ["string", "number", "boolean"] })
}

fn text() -> Json {
    json!({ "type": ["string", "number"] })
}

fn list(of: &Json) -> Json {
    json!({ "type": "array", "items": of })
}

fn fact_names(facts: &Vocabulary) -> Json {
    let mut names: Vec<&str> = facts.ids().map(|fact| facts.name(fact)).collect();
    names.sort_unstable();
    json!({ "enum": names })
}

/// A map of tests, combined with `any`, `all` and `not`.
fn condition(facts: &Vocabulary) -> Json {
    let this = json!({ "$ref": "#/$defs/condition" });
    let mut properties = Map::new();
    properties.insert("any".to_owned(), list(&this));
    properties.insert("all".to_owned(), list(&this));
    properties.insert("not".to_owned(), this);
    for fact in facts.ids() {
        let mut schema = test(facts.spec(fact));
        schema["description"] = facts.spec(fact).about().into();
        properties.insert(facts.name(fact).to_owned(), schema);
    }
    json!({
        "type": "object",
        "properties": properties,
        "patternProperties": { "^\\$": { "type": ["string", "number", "boolean", "array"] } },
        "additionalProperties": false,
    })
}

const PARAMETER: &str = "^\\$";
const VERSION: &str = "^[0-9]+(\\.[0-9]+){0,3}$";

fn a_parameter() -> Json {
    json!({ "type": "string", "pattern": PARAMETER })
}

/// What a test may demand of a fact.
fn test(spec: &FactSpec) -> Json {
    if spec.kind() == FactType::Set {
        let element = element(spec);
        return json!({
            "type": "object",
            "properties": { "contains": element, "lacks": element, "empty": { "type": "boolean" } },
            "additionalProperties": false,
            "minProperties": 1,
            "maxProperties": 1,
        });
    }
    let one = json!({ "anyOf": [value(spec, true), a_parameter()] });
    let mut ways = vec![one.clone(), list(&one)];
    if matches!(spec.kind(), FactType::Version | FactType::Days) {
        ways.push(json!({ "type": "string", "pattern": "^(>=|<=|>|<)" }));
    }
    json!({ "anyOf": ways })
}

/// A value of a fact, in YAML (`people`) or in JSON that a program wrote.
fn value(spec: &FactSpec, people: bool) -> Json {
    match spec.kind() {
        FactType::Flag => json!({ "type": "boolean" }),
        FactType::Choice => json!({ "enum": words(spec) }),
        FactType::Version if people => json!({ "type": ["string", "number"], "pattern": VERSION }),
        FactType::Version => json!({ "type": "string", "pattern": VERSION }),
        FactType::Days => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        FactType::Text => json!({ "type": "string" }),
        FactType::Set => match spec.values() {
            [] => json!({ "type": "array", "items": { "type": "string" } }),
            _ => json!({ "type": "array", "items": { "enum": words(spec) } }),
        },
    }
}

/// The words of a closed list; one that looks like a number may be written as one.
fn words(spec: &FactSpec) -> Vec<Json> {
    let mut found: Vec<Json> = spec.values().iter().map(|word| Json::from(&**word)).collect();
    found.extend(spec.values().iter().filter_map(|word| word.parse::<u64>().ok()).map(Json::from));
    found
}

fn element(spec: &FactSpec) -> Json {
    match spec.values() {
        [] => json!({ "type": ["string", "number"] }),
        _ => json!({ "anyOf": [{ "enum": words(spec) }, a_parameter()] }),
    }
}

/// Facts with what an effect sets them to.
fn set(facts: &Vocabulary) -> Json {
    let special = |spec: &FactSpec| {
        let unknown = map(&shape::SPECIAL[..1]);
        if spec.kind() == FactType::Set { json!({ "anyOf": [unknown, map(shape::SPECIAL)] }) } else { unknown }
    };
    let one = |spec: &FactSpec| {
        let mut ways = vec![value(spec, true), a_parameter(), special(spec)];
        if matches!(spec.kind(), FactType::Version | FactType::Days) {
            ways.push(json!({ "type": "string", "pattern": "^(>=|<=)" }));
        }
        json!({ "anyOf": ways, "description": spec.about() })
    };
    let properties: Map<String, Json> = facts.ids().map(|fact| (facts.name(fact).to_owned(), one(facts.spec(fact)))).collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// Sets with elements that come or go.
fn elements(facts: &Vocabulary) -> Json {
    let sets = facts.ids().filter(|fact| facts.spec(*fact).kind() == FactType::Set);
    let one = |spec: &FactSpec| json!({ "anyOf": [element(spec), list(&element(spec))] });
    let properties: Map<String, Json> = sets.map(|fact| (facts.name(fact).to_owned(), one(facts.spec(fact)))).collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn snapshot(facts: &Vocabulary) -> Json {
    let known: Map<String, Json> = facts
        .ids()
        .map(|fact| {
            let mut schema = value(facts.spec(fact), false);
            schema["description"] = facts.spec(fact).about().into();
            (facts.name(fact).to_owned(), schema)
        })
        .collect();
    let own = "^x\\.";
    json!({
        "$schema": DRAFT,
        "title": "What was observed of one server",
        "type": "object",
        "properties": {
            "schema": { "const": "cutover/snapshot/v1" },
            "host": { "type": "string", "pattern": "\\S", "description": "the server's name" },
            "taken_at": { "type": "string", "description": "when it was observed" },
            "source": { "type": "string", "description": "what observed it" },
            "facts": {
                "type": "object",
                "description": "what is known; an absent thing is known (false, none, an empty list)",
                "properties": known,
                "patternProperties": { own: true },
                "additionalProperties": false,
            },
            "unknown": {
                "type": "object",
                "description": "facts that could not be observed, with the reason",
                "propertyNames": { "anyOf": [fact_names(facts), { "pattern": own }] },
                "additionalProperties": { "type": "string" },
            },
            "observed": {
                "type": "object",
                "description": "what was read on the server, each under the name of what was read; the facts that it makes are \
                                worked out where neither `facts` nor `unknown` has them",
            },
            "from": {
                "type": "object",
                "description": "where a known fact comes from, where sources were put together",
                "propertyNames": { "anyOf": [fact_names(facts), { "pattern": own }] },
                "additionalProperties": {
                    "type": "object",
                    "properties": {
                        "source": { "type": "string", "description": "the file and the row" },
                        "at": { "type": "string", "description": "when that was recorded" },
                    },
                    "required": ["source"],
                    "additionalProperties": false,
                },
            },
        },
        "required": ["schema", "host"],
        "additionalProperties": false,
    })
}

fn parameters(catalog: &Catalog) -> Json {
    let facts = catalog.vocabulary();
    let mut given = Map::new();
    for spec in catalog.scenarios().iter().flat_map(|scenario| &scenario.parameters) {
        given.entry(spec.name.to_string()).or_insert_with(|| parameter(spec));
    }
    let assumed: Map<String, Json> =
        facts.ids().map(|fact| (facts.name(fact).to_owned(), value(facts.spec(fact), true))).collect();
    json!({
        "$schema": DRAFT,
        "title": "Parameters and assumptions for an estate",
        "type": "object",
        "properties": {
            "parameters": { "type": ["object", "null"], "properties": given, "additionalProperties": false },
            "assume": {
                "type": ["object", "null"],
                "description": "what is true of every server where no source says otherwise",
                "properties": assumed,
                "additionalProperties": false,
            },
        },
        "additionalProperties": false,
    })
}

fn parameter(spec: &ParameterSpec) -> Json {
    let mut schema = if spec.guid {
        json!({ "type": "string", "pattern": "^\\{?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\\}?$" })
    } else {
        value(&spec.spec, true)
    };
    schema["description"] = spec.spec.about().into();
    schema
}
