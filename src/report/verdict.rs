//! A verdict on plans as text for people, and the words that the other formats of it share.

use super::drawn::Drawing;
use super::phrases::count;
use crate::plan::verify::document::{FindingDocument, VerdictDocument};
use crate::suggest::harmless;
use miette::Severity;
use std::fmt::Write as _;

/// Every finding with its line underlined, and how many there are.
pub fn verdict(verdict: &VerdictDocument, colour: bool) -> String {
    let mut out = String::new();
    for finding in &verdict.findings {
        out.push_str(&drawn(finding, colour));
        out.push('\n');
    }
    out.push_str(&totals(verdict));
    out.push('\n');
    out
}

fn drawn(finding: &FindingDocument, colour: bool) -> String {
    let help = [Some(finding.help.clone()), servers(finding)].into_iter().flatten().collect::<Vec<_>>().join("\n");
    let Some(excerpt) = &finding.excerpt else {
        let (message, expected) = (harmless(&finding.message), harmless(&finding.expected));
        let place = format!("{}:{}", harmless(&finding.file), finding.line);
        let help = help.lines().map(harmless).collect::<Vec<_>>().join("\n        ");
        return format!("{}\n\n  × {message}\n   ╭─[{place}]\n   ╰── expected {expected}\n  help: {help}\n", finding.code);
    };
    Drawing {
        message: &finding.message,
        code: finding.code,
        severity: severity(finding.severity),
        label: Some(&format!("expected {}", finding.expected)),
        help: Some(&help),
        file: &finding.file,
        excerpt,
    }
    .draw(colour)
}

fn severity(name: &str) -> Severity {
    match name {
        "violated" => Severity::Error,
        "not_known" => Severity::Warning,
        _ => Severity::Advice,
    }
}

/// On which servers something was found; nothing where it is about the plan whichever the server.
pub(super) fn servers(finding: &FindingDocument) -> Option<String> {
    const SHOWN: usize = 5;
    let names: Vec<String> = finding.hosts.iter().take(SHOWN).map(|host| harmless(host)).collect();
    let more = match finding.hosts.len().saturating_sub(SHOWN) {
        0 => String::new(),
        number => format!(" and {number} more"),
    };
    match finding.hosts.len() {
        0 => None,
        1 => Some(format!("server: {}", names.join(", "))),
        number => Some(format!("{number} servers: {}{more}", names.join(", "))),
    }
}

/// What was expected, what to do and on which servers, a line each.
pub(super) fn details(finding: &FindingDocument) -> Vec<String> {
    let expected = Some(&finding.expected).filter(|text| !text.is_empty()).map(|text| format!("expected {}", harmless(text)));
    [expected, Some(harmless(&finding.help)), servers(finding)].into_iter().flatten().collect()
}

/// How many plans, servers and findings there are, in a sentence or two.
pub fn totals(verdict: &VerdictDocument) -> String {
    let totals = &verdict.totals;
    let mut out = format!("{} on {}", count(totals.plans, "plan", "plans"), count(totals.servers, "server", "servers"));
    if totals.findings == 0 {
        out.push_str(": everything holds");
        return out;
    }
    let parts = [
        (totals.holds, "holds", "hold"),
        (totals.violated, "violated", "violated"),
        (totals.not_known, "not known", "not known"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(number, ..)| *number > 0).map(|(number, one, many)| count(*number, one, many)).collect();
    let _ = write!(out, ": {}", parts.join(", "));
    let _ = write!(out, "; {}", count(totals.findings, "finding", "findings"));
    out
}
