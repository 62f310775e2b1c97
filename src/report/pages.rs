//! The page of a code: what it is, why it matters, and what to do.

use crate::catalog::{Catalog, Code, FindingRule, Invariant, InvariantKind};
use crate::execute::Code as RunCode;
use crate::plan::verify::Code as PlanCode;
use crate::suggest::harmless;
use std::fmt::Write as _;

/// The page of a code of `scenarios check`, `verify` or a run, an invariant or a finding; nothing where there is none of that name.
pub fn page(catalog: &Catalog, name: &str) -> Option<String> {
    if let Some(page) = check_page(name) {
        return Some(page);
    }
    if let Some(invariant) = catalog.invariants().iter().find(|one| &*one.id == name) {
        return Some(of_invariant(catalog, invariant));
    }
    catalog.finding_rules().iter().find(|one| &*one.id == name).map(|rule| of_finding(catalog, rule))
}

/// The page of a code of `scenarios check`, `verify` or a run; nothing where there is none of that name.
pub fn check_page(name: &str) -> Option<String> {
    if let Some(code) = PlanCode::find(name) {
        return Some(format!("{code}: a finding of cutover verify\n\n{}", indented(code.page())));
    }
    if let Some(code) = RunCode::find(name) {
        return Some(format!("{code}: a finding of cutover apply and resume\n\n{}", indented(code.page())));
    }
    let code = Code::ALL.iter().find(|code| code.name() == name)?;
    Some(format!("{code}: a finding of cutover scenarios check\n\n{}", indented(code.page())))
}

fn of_invariant(catalog: &Catalog, invariant: &Invariant) -> String {
    let kind = match invariant.kind {
        InvariantKind::Forbidden => "no step may make it true; one that would is a blocker",
        InvariantKind::ForbiddenAtRest => "no plan may end so, every outstanding restart taken; one that would is a blocker",
        InvariantKind::Exposure => "it must be short; a plan says when it opens and closes, and how long it lasts",
    };
    let parts = [
        ("what", harmless(&invariant.about)),
        ("judged", kind.to_owned()),
        ("true", words(catalog, &invariant.when)),
        ("source", harmless(&invariant.source)),
    ];
    laid_out(&invariant.id, &invariant.title, &parts)
}

fn of_finding(catalog: &Catalog, rule: &FindingRule) -> String {
    let said = match &rule.when {
        Some(when) => words(catalog, when),
        None => "where the planner sees it".to_owned(),
    };
    let only = if rule.scenarios.is_empty() { String::new() } else { format!(" (only with {})", rule.scenarios.join(", ")) };
    let parts = [
        ("what", harmless(&rule.about)),
        ("said", format!("{said}{only}")),
        ("remedy", harmless(&rule.remedy)),
        ("source", harmless(&rule.source)),
    ];
    laid_out(&rule.id, &rule.title, &parts)
}

fn words(catalog: &Catalog, condition: &crate::condition::Condition) -> String {
    format!("where {}", harmless(&catalog.words(condition)))
}

fn laid_out(id: &str, title: &str, parts: &[(&str, String)]) -> String {
    let mut out = format!("{}: {}\n", harmless(id), harmless(title));
    for (word, text) in parts.iter().filter(|(_, text)| !text.is_empty()) {
        let _ = write!(out, "\n{word}\n{}", indented(text));
    }
    out
}

/// The text's paragraphs with short lines, a little to the right; lines that begin with blanks stay as they are.
fn indented(text: &str) -> String {
    const WIDTH: usize = 96;
    let mut out = String::new();
    let mut length = 0;
    for line in text.lines() {
        if line.is_empty() || line.starts_with(' ') {
            if length > 0 {
                out.push('\n');
                length = 0;
            }
            if !line.is_empty() {
                let _ = write!(out, "  {line}");
            }
            out.push('\n');
            continue;
        }
        for word in line.split(' ') {
            let more = word.chars().count() + 1;
            if length > 0 && length + more > WIDTH {
                out.push('\n');
                length = 0;
            }
            out.push_str(if length == 0 { "  " } else { " " });
            out.push_str(word);
            length += more;
        }
    }
    if length > 0 {
        out.push('\n');
    }
    out
}
