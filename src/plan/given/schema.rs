//! The JSON Schema of a plan that is written by hand, for editors: what reading refuses it refuses, and the names are those of
//! the catalog.

use super::reader::{FIGURES, RESTARTS, WRITTEN};
use crate::catalog::{Catalog, FileKind, InvariantKind};
use crate::plan::document::SCHEMA;
use serde_json::{Map, Value as Json, json};

/// The schema of a plan that is written by hand.
pub fn schema(catalog: &Catalog) -> Json {
    let number = || json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX });
    let figures: Map<String, Json> = FIGURES.iter().map(|name| ((*name).to_owned(), number())).collect();
    let figures = json!({ "type": "object", "properties": figures, "additionalProperties": false });
    let mut budget = Map::new();
    budget.insert(RESTARTS.to_owned(), number());
    for invariant in catalog.invariants().iter().filter(|one| one.kind == InvariantKind::Exposure) {
        let mut of = figures.clone();
        of["description"] = (&*invariant.title).into();
        budget.insert(invariant.id.to_string(), of);
    }
    let scenarios: Vec<&str> = catalog.scenarios().iter().map(|scenario| &*scenario.id).collect();
    let steps = catalog.scenarios().iter().map(|scenario| {
        let steps: Vec<&str> = scenario.steps.iter().map(|step| &*step.id).collect();
        json!({
            "if": { "properties": { "scenario": { "const": &*scenario.id } } },
            "then": { "properties": { "steps": { "items": { "enum": steps } } } },
        })
    });
    let parameters = &catalog.schema(FileKind::Parameters)["properties"]["parameters"];
    let mut properties = Map::new();
    for name in WRITTEN {
        let (mut of, about) = match name {
            "schema" => (json!({ "const": SCHEMA }), "what this is"),
            "scenario" => (json!({ "enum": scenarios }), "the way that is taken"),
            "host" => {
                (json!({ "type": ["string", "number"], "pattern": "\\S" }), "the server; without it every server of the scenario")
            }
            "parameters" => (parameters.clone(), "the parameters of the scenario"),
            "steps" => (json!({ "type": "array", "uniqueItems": true }), "the steps in the order wanted"),
            _ => (json!({ "type": "object", "properties": budget, "additionalProperties": false }), "what it may cost at most"),
        };
        of["description"] = about.into();
        properties.insert(name.to_owned(), of);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A plan that is written by hand",
        "type": "object",
        "properties": properties,
        "required": ["schema", "scenario", "steps"],
        "additionalProperties": false,
        "allOf": steps.collect::<Vec<_>>(),
    })
}
