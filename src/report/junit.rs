//! A verdict on plans as `JUnit` XML: a suite for each file, and in it a test case for each plan and server.
//!
//! What is violated is a failure, what is not known an error: the question could not be answered. What was found about a plan
//! whichever the server counts on each of its servers.

use super::verdict::{details, totals};
use crate::plan::verify::document::{FindingDocument, PlanVerdict, VerdictDocument};
use crate::suggest::harmless;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::collections::HashMap;

/// The whole report.
///
/// # Errors
///
/// Where it cannot be written as XML, which none of ours is.
pub fn junit(verdict: &VerdictDocument) -> Result<String, String> {
    let mut report = Report::new("cutover verify");
    let mut by_plan: Vec<Vec<&FindingDocument>> = vec![Vec::new(); verdict.plans.len()];
    let mut without_plan = Vec::new();
    for finding in &verdict.findings {
        match finding.plan.and_then(|plan| by_plan.get_mut(plan)) {
            Some(findings) => findings.push(finding),
            None => without_plan.push(finding),
        }
    }
    let mut suites: Vec<(&str, TestSuite)> = Vec::new();
    for (plan, findings) in verdict.plans.iter().zip(&by_plan) {
        // The plans of a file follow each other.
        if suites.last().is_none_or(|(file, _)| *file != plan.file) {
            suites.push((&plan.file, TestSuite::new(harmless(&plan.file))));
        }
        if let Some((_, suite)) = suites.last_mut() {
            suite.add_test_cases(cases(plan, findings));
        }
    }
    for (_, suite) in suites {
        report.add_test_suite(suite);
    }
    if !without_plan.is_empty() {
        let mut suite = TestSuite::new("servers without a plan");
        for finding in without_plan {
            suite.add_test_case(case("server", finding.hosts.first().map_or("", String::as_str), &[finding]));
        }
        report.add_test_suite(suite);
    }
    report.to_string().map_err(|error| format!("{}: {error}", totals(verdict)))
}

/// A case for each server of a plan; a plan without one is a case itself.
fn cases(plan: &PlanVerdict, findings: &[&FindingDocument]) -> Vec<TestCase> {
    let scenario = plan.scenario.as_deref().unwrap_or("no scenario");
    if plan.servers.is_empty() {
        return vec![case(scenario, &format!("the plan at line {}", plan.line), findings)];
    }
    // What was found whichever the server comes first, then what was found on this one.
    let of_all: Vec<&FindingDocument> = findings.iter().copied().filter(|finding| finding.hosts.is_empty()).collect();
    let mut of_one: HashMap<&str, Vec<&FindingDocument>> = HashMap::new();
    for finding in findings {
        for host in &finding.hosts {
            of_one.entry(host).or_default().push(finding);
        }
    }
    let one = |host: &String| {
        let own = of_one.get(host.as_str()).into_iter().flatten();
        case(scenario, host, &of_all.iter().chain(own).copied().collect::<Vec<_>>())
    };
    plan.servers.iter().map(|server| one(&server.host)).collect()
}

fn case(class: &str, name: &str, findings: &[&FindingDocument]) -> TestCase {
    let of = |severity: &str| findings.iter().copied().filter(|finding| finding.severity == severity).collect::<Vec<_>>();
    let (violated, not_known, notes) = (of("violated"), of("not_known"), of("note"));
    let mut status = match (violated.first(), not_known.first()) {
        (Some(first), _) => failed(NonSuccessKind::Failure, first),
        (None, Some(first)) => failed(NonSuccessKind::Error, first),
        (None, None) => TestCaseStatus::success(),
    };
    let grave: Vec<&FindingDocument> = violated.into_iter().chain(not_known).collect();
    if !grave.is_empty() {
        status.set_description(told(&grave));
    }
    let mut case = TestCase::new(harmless(name), status);
    case.set_classname(harmless(class));
    if !notes.is_empty() {
        case.set_system_out(told(&notes));
    }
    case
}

fn failed(kind: NonSuccessKind, first: &FindingDocument) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(harmless(&first.message)).set_type(first.code);
    status
}

/// Every finding with its place, what was expected and what to do.
fn told(findings: &[&FindingDocument]) -> String {
    let one = |finding: &&FindingDocument| {
        let place = format!("{}:{}:{}", harmless(&finding.file), finding.line, finding.column);
        let mut lines = vec![format!("{place}: {} [{}]", harmless(&finding.message), finding.code)];
        lines.extend(details(finding).into_iter().map(|line| format!("  {line}")));
        lines.join("\n")
    };
    findings.iter().map(one).collect::<Vec<_>>().join("\n")
}
