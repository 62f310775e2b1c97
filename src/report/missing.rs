//! What is missing for answers, for people.

use super::table;
use crate::fleet::missing::{MissingDocument, MissingFact};
use crate::suggest::harmless;
use std::fmt::Write as _;

/// How many exports are named for a fact.
const NAMED: usize = 3;

/// What is missing, the most useful first.
pub fn missing(document: &MissingDocument) -> String {
    let open = document.servers - document.answered;
    let servers = |count: usize| if count == 1 { "1 server".to_owned() } else { format!("{count} servers") };
    let mut text = format!("{}, {} of them with an answer\n", servers(document.servers), document.answered);
    if open == 0 {
        return text;
    }
    if !document.parameters.is_empty() {
        text.push_str("\nGive these parameters with --set NAME=VALUE:\n");
        for one in &document.parameters {
            let _ = writeln!(text, "  {}, for {}", harmless(&one.parameter), servers(one.servers));
        }
    }
    if !document.facts.is_empty() {
        text.push_str("\nLearn these facts; answers counts the servers that have one once those above are known too:\n\n");
        let row = |one: &MissingFact| {
            vec![
                one.fact.clone(),
                one.servers.to_string(),
                one.answered.to_string(),
                exports(&one.exports),
                harmless(&one.observed),
            ]
        };
        let rows = document.facts.iter().map(row).collect();
        text.push_str(&table(
            &["fact", "lacked by", "answers", "exports that can say it", "seen on a server or elsewhere"],
            &[1, 2],
            rows,
        ));
        text.push('\n');
    }
    if document.left > 0 {
        let _ = writeln!(text, "\nOf {} it cannot be foreseen what else they lack.", servers(document.left));
    }
    text
}

/// The first of the exports that can say something, and how many more there are.
pub(super) fn exports<T: AsRef<str>>(all: &[T]) -> String {
    let named: Vec<&str> = all.iter().take(NAMED).map(AsRef::as_ref).collect();
    match all.len() {
        0 => "none".to_owned(),
        all if all > NAMED => format!("{} and {} more", named.join(", "), all - NAMED),
        _ => named.join(", "),
    }
}
