//! A verdict on plans as workflow commands that GitHub shows as annotations at the lines.
//!
//! A command is one line. In its message the percent sign and line breaks are written by their codes, in its properties
//! colons and commas too, so that no text from outside can end a command or begin another.

use super::verdict::details;
use crate::plan::verify::document::{FindingDocument, VerdictDocument};
use crate::suggest::harmless;
use std::fmt::Write as _;

/// One command for each finding.
pub fn annotations(verdict: &VerdictDocument) -> String {
    let mut out = String::new();
    for finding in &verdict.findings {
        let _ = writeln!(out, "{}", annotation(finding));
    }
    out
}

fn annotation(finding: &FindingDocument) -> String {
    let command = match finding.severity {
        "violated" => "error",
        "not_known" => "warning",
        _ => "notice",
    };
    let mut properties = vec![
        ("file", finding.file.replace('\\', "/")),
        ("line", finding.line.to_string()),
        ("endLine", finding.end_line.to_string()),
        ("col", finding.column.to_string()),
    ];
    // GitHub passes over an end column where the lines differ.
    if finding.line == finding.end_line {
        properties.push(("endColumn", finding.end_column.to_string()));
    }
    properties.push(("title", finding.code.to_owned()));
    let properties: Vec<String> = properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    let mut lines = vec![harmless(&finding.message)];
    lines.extend(details(finding));
    format!("::{command} {}::{}", properties.join(","), data(&lines.join("\n")))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(&harmless(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_ends_a_command_or_begins_one() {
        assert_eq!(data("50%\r\n::error::x"), "50%25%0D%0A::error::x");
        assert_eq!(property("a,b:c%\n\u{1b}"), "a%2Cb%3Ac%25\\u{a}\\u{1b}");
    }
}
