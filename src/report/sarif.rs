//! A verdict on plans as SARIF 2.1.0, for code scanning.
//!
//! Consumers take at most [`MOST_RESULTS`] results of a run, and several runs of one tool in a file are no longer taken
//! together by all of them. So there is one run: the gravest results, and a last one that says how many were left off.

use super::verdict::details;
use crate::plan::verify::Code;
use crate::plan::verify::document::{FindingDocument, VerdictDocument};
use crate::suggest::harmless;
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::fmt::Write as _;

/// The most results that a run has.
pub const MOST_RESULTS: usize = 5000;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// A SARIF log.
#[derive(Clone, Debug, Serialize)]
pub struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: Vec<Run>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Json,
    /// Columns count characters, not the units of UTF-16.
    column_kind: &'static str,
    results: Vec<SarifResult>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: Vec<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partial_fingerprints: Option<Json>,
    properties: Json,
}

#[derive(Clone, Debug, Serialize)]
struct Message {
    text: String,
}

/// The log of a verdict.
pub fn sarif(verdict: &VerdictDocument) -> Log {
    let mut findings: Vec<&FindingDocument> = verdict.findings.iter().collect();
    // The sort keeps the order of those that are equally grave.
    findings.sort_by_key(|finding| rank(finding.severity));
    let left_off = if findings.len() > MOST_RESULTS { findings.split_off(MOST_RESULTS - 1) } else { Vec::new() };
    let rules = rules(&findings, !left_off.is_empty());
    let mut results: Vec<SarifResult> = findings.iter().map(|finding| result(finding, &rules)).collect();
    if let (Some(first), Some(last)) = (left_off.first(), results.last()) {
        results.push(SarifResult {
            rule_id: Code::LeftOff.name(),
            rule_index: index(&rules, Code::LeftOff.name()),
            level: level(first.severity),
            message: Message { text: text(&[said(&left_off)]) },
            locations: last.locations.clone(),
            partial_fingerprints: None,
            properties: json!({ "leftOff": left_off.len() }),
        });
    }
    let driver = json!({
        "name": "cutover",
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rules.iter().map(|code| rule(*code)).collect::<Vec<_>>(),
    });
    let run = Run { tool: json!({ "driver": driver }), column_kind: "unicodeCodePoints", results };
    Log { schema: SCHEMA, version: "2.1.0", runs: vec![run] }
}

fn rank(severity: &str) -> u8 {
    match severity {
        "violated" => 0,
        "not_known" => 1,
        _ => 2,
    }
}

fn level(severity: &str) -> &'static str {
    match severity {
        "violated" => "error",
        "not_known" => "warning",
        _ => "note",
    }
}

/// How many findings were left off, and what they are.
fn said(left_off: &[&FindingDocument]) -> String {
    let of = |severity: &str| left_off.iter().filter(|finding| finding.severity == severity).count();
    format!(
        "{} more findings were left off, since a run has at most {MOST_RESULTS} results: {} violated, {} not known, {} notes. \
         cutover verify --format json has all of them",
        left_off.len(),
        of("violated"),
        of("not_known"),
        of("note")
    )
}

/// The codes that are used, in the order of all codes.
fn rules(findings: &[&FindingDocument], some_left_off: bool) -> Vec<Code> {
    let used =
        |code: &Code| findings.iter().any(|finding| finding.code == code.name()) || some_left_off && *code == Code::LeftOff;
    Code::ALL.into_iter().filter(used).collect()
}

fn index(rules: &[Code], name: &str) -> usize {
    rules.iter().position(|code| code.name() == name).unwrap_or(0)
}

fn rule(code: Code) -> Json {
    json!({
        "id": code.name(),
        "shortDescription": { "text": text(&[format!("{}.", code.title())]) },
        "fullDescription": { "text": text(&[code.page().replace('\n', " ")]) },
        "help": { "text": text(&[format!("cutover explain {}", code.name())]) },
    })
}

fn result(finding: &FindingDocument, rules: &[Code]) -> SarifResult {
    let mut lines = vec![harmless(&finding.message)];
    lines.extend(details(finding));
    let mut region = json!({ "startLine": finding.line, "startColumn": finding.column, "endLine": finding.end_line });
    region["endColumn"] = finding.end_column.into();
    let about = [&finding.step, &finding.fact, &finding.parameter, &finding.invariant];
    // The same thing stays the same result where lines above it come and go.
    let mut print = finding.code.to_owned();
    for part in [Some(&finding.file), Some(&finding.message)].into_iter().chain(about.map(Option::as_ref)).flatten() {
        print.push('\0');
        print.push_str(part);
    }
    for host in &finding.hosts {
        print.push('\0');
        print.push_str(host);
    }
    SarifResult {
        rule_id: finding.code,
        rule_index: index(rules, finding.code),
        level: level(finding.severity),
        message: Message { text: text(&lines) },
        locations: vec![json!({
            "physicalLocation": { "artifactLocation": { "uri": uri(&finding.file) }, "region": region }
        })],
        partial_fingerprints: Some(json!({ "cutover/v1": blake3::hash(print.as_bytes()).to_hex().as_str() })),
        properties: json!({ "severity": finding.severity, "hosts": finding.hosts }),
    }
}

/// Lines as a message, in which a pair of braces is written twice and no pair of brackets becomes a link.
fn text(lines: &[String]) -> String {
    let text = lines.join("\n").replace('{', "{{").replace('}', "}}");
    if text.contains("](") { text.replace('[', "\\[").replace(']', "\\]") } else { text }
}

/// A path as a reference: relative where it is, with everything else than plain characters by its code.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut safe = String::with_capacity(path.len());
    let absolute = path.starts_with('/');
    let with_drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes()[0].is_ascii_alphabetic();
    if absolute || with_drive {
        safe.push_str(if absolute { "file://" } else { "file:///" });
    }
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => safe.push(char::from(byte)),
            _ => {
                let _ = write!(safe, "%{byte:02X}");
            }
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_reference_whatever_is_in_it() {
        assert_eq!(uri("plans/a b:c%\n.yaml"), "plans/a%20b%3Ac%25%0A.yaml");
        assert_eq!(uri("/work/a.yaml"), "file:///work/a.yaml");
        assert_eq!(uri("plans\\é.yaml"), "plans/%C3%A9.yaml");
        assert_eq!(uri("C:\\plans\\a.yaml"), "file:///C%3A/plans/a.yaml");
    }

    #[test]
    fn text_from_outside_is_neither_a_link_nor_a_placeholder() {
        assert_eq!(text(&["[a](b) {0}".to_owned()]), "\\[a\\](b) {{0}}");
        assert_eq!(text(&["a [b] c".to_owned()]), "a [b] c");
    }
}
