//! What is known of a server and who says so, for people.

use super::{indented, table};
use crate::inventory::SnapshotDocument;
use crate::suggest::harmless;
use serde_json::Value as Json;

/// Everything that is known of a server, and why the rest is not.
pub fn server(document: &SnapshotDocument) -> String {
    let known = document.facts.iter().map(|(fact, value)| {
        let origin = document.from.as_ref().and_then(|from| from.get(fact));
        let source = origin.map_or("", |origin| &origin.source);
        let at = origin.and_then(|origin| origin.at.as_deref()).unwrap_or("not said");
        vec![fact.clone(), harmless(&shown(value)), harmless(source), at.to_owned()]
    });
    let unknown = document.unknown.iter().map(|(fact, reason)| vec![fact.clone(), harmless(reason)]);
    format!(
        "{}\n\nKnown:\n{}\nNot known:\n{}",
        harmless(&document.host),
        indented(&table(&["fact", "value", "said by", "recorded"], &[], known.collect()), 2),
        indented(&table(&["fact", "because"], &[], unknown.collect()), 2),
    )
}

fn shown(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(elements) if elements.is_empty() => "empty".to_owned(),
        Json::Array(elements) => elements.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
