//! The exports that are read, as a list and as a page of the documentation.

use super::table;
use crate::fact::Vocabulary;
use crate::inventory::{Known, formats};
use std::fmt::Write as _;

/// All of them in a table.
pub fn list(vocabulary: &Vocabulary) -> String {
    let row = |known: Known| vec![known.id.to_owned(), known.title.to_owned(), known.says.len().to_string()];
    table(&["export", "what it is", "facts"], &[2], formats(vocabulary).map(row).collect()) + "\n"
}

/// The page that says what each is recognised by and can say.
pub fn page(vocabulary: &Vocabulary) -> String {
    let mut page = "# Exports that are read\n\n\
        Made from the code; [how exports are read and joined](inventories.md) says the rest. An export is recognised by its columns \
        or keys, in any order and case, as CSV, JSON, a row a line, or what its producer wraps them in; where several sets of \
        columns are given, each is enough. Facts that an export cannot say anything of are unknown as far as it goes.\n"
        .to_owned();
    for known in formats(vocabulary) {
        let code = |name: &str| format!("`{name}`");
        let set = |set: &&[&str]| set.iter().map(|name| code(name)).collect::<Vec<_>>().join(" ");
        let sets: Vec<String> = known.recognised_by.iter().map(set).collect();
        let facts: Vec<String> = known.says.iter().map(|fact| code(vocabulary.name(*fact))).collect();
        let mut title = known.title.to_owned();
        if let Some(first) = title.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        let _ = write!(
            page,
            "\n## {title}\n\n`{}`, recognised by {}.\n\nCan say something of {}.\n",
            known.id,
            if sets.is_empty() {
                "the kind that its objects say they are of, or by their shape".to_owned()
            } else {
                sets.join("; or ")
            },
            if facts.is_empty() { "no fact; it is read so that its rows are accounted for".to_owned() } else { facts.join(", ") },
        );
    }
    page
}
