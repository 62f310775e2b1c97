//! The script that reads on a server what its snapshot needs, for where this program does not run.

use crate::catalog::Catalog;
use crate::catalog::probe::{Look, Probes, Source};
use crate::fact::FactId;
use std::fmt::Write as _;
use std::sync::Arc;

const SCRIPT: &str = include_str!("collector.ps1");
const HERE: &str = "#OBSERVATIONS\n";

/// The script as PowerShell, ASCII only.
pub fn script(catalog: &Catalog, probes: &Probes) -> String {
    let mut lines = String::new();
    for (source, properties) in probes.sources() {
        let facts: Vec<&str> = probes
            .facts
            .iter()
            .filter(|(_, probe)| {
                let mut reads = false;
                probe.visit(&mut |observed| reads |= reads_from(probes, observed, &source));
                reads
            })
            .map(|(fact, _)| catalog.vocabulary().name(*fact))
            .collect();
        let _ = writeln!(lines, "# {}", plain(&facts.join(", ")));
        let _ = writeln!(lines, "Observe {} {{ {} }}", literal(&source.to_string()), read(&source, &properties));
    }
    SCRIPT.replace(HERE, &lines)
}

/// True where an observation takes the source, itself or in what it compares.
fn reads_from(probes: &Probes, observed: FactId, source: &Source) -> bool {
    let look = &probes.looks[observed.index()];
    if let Look::Differs(one, other) = look {
        return reads_from(probes, *one, source) || reads_from(probes, *other, source);
    }
    look.sources().contains(source)
}

/// The call that reads a source.
fn read(source: &Source, properties: &[Arc<str>]) -> String {
    let list = || {
        let all: Vec<String> = properties.iter().map(|property| literal(property)).collect();
        format!("@({})", all.join(", "))
    };
    match source {
        Source::File(path) => format!("Read-File {}", literal(path)),
        Source::Service(name) => format!("Read-Service {}", literal(name)),
        Source::Key(key) => format!("Read-Key {}", literal(key)),
        Source::Value(key, name) => format!("Read-Value {} {}", literal(key), literal(name)),
        Source::Names(key) => format!("Read-Names {}", literal(key)),
        Source::Software => "Read-Software".to_owned(),
        Source::Updates => "Read-Updates".to_owned(),
        Source::Services => "Read-Services".to_owned(),
        Source::Filters => "Read-Filters".to_owned(),
        Source::Process(name) => format!("Read-Process {}", literal(name)),
        Source::Wmi(wmi) => {
            let filter = wmi.condition().unwrap_or_default();
            format!("Read-Wmi {} {} {} {}", literal(&wmi.namespace), literal(&wmi.class), literal(&filter), list())
        }
        Source::Call(namespace, class, method) => {
            format!("Read-Call {} {} {} {}", literal(namespace), literal(class), literal(method), list())
        }
        Source::Com(class, method, property) => {
            format!("Read-Com {} {} {}", literal(class), literal(method), literal(property))
        }
        Source::Signature(path) => format!("Read-Signature {}", literal(path)),
        Source::Match(path, pattern) => format!("Read-Match {} {}", literal(path), literal(pattern)),
        Source::ValidUntil(path) => format!("Read-ValidUntil {}", literal(path)),
        Source::Started(format) => format!("Read-Started {}", literal(format)),
    }
}

/// A text of PowerShell that stands for itself. Only ASCII: files without a mark are read in the code page of the server, and
/// there are more quotation marks than one.
fn literal(text: &str) -> String {
    if text.chars().all(|one| matches!(one, ' '..='~')) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let units: Vec<String> = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    format!("([regex]::Unescape('{}'))", units.concat())
}

/// What may stand in a comment.
fn plain(text: &str) -> String {
    text.chars().map(|one| if one.is_ascii_alphanumeric() || "._, -".contains(one) { one } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stands_for_itself_whatever_is_in_it() {
        assert_eq!(literal("plain $x `n"), "'plain $x `n'");
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal("a\u{2019}"), "([regex]::Unescape('\\u0061\\u2019'))");
        assert_eq!(literal("a\nb"), "([regex]::Unescape('\\u0061\\u000a\\u0062'))");
        assert_eq!(plain("a\n#> b"), "a??? b");
    }
}
