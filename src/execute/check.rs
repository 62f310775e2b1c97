//! Everything that is checked before the first step, on the server as it is.

use super::code::Code as RunCode;
use super::document::FindingDocument;
use super::job::Job;
use super::sight::Sight;
use crate::plan::document::{ConfirmDocument, PlanDocument};
use crate::plan::verify::document::FindingDocument as Verified;
use crate::plan::verify::{Code, InFile, Question, Server, verify};
use crate::plan::words;
use crate::plan::{Decision, Plan, Status};
use crate::suggest::{excerpt, harmless};

/// What stands against beginning the plan on a server of which this is known, besides what planning again says.
pub(super) fn before(job: &Job<'_>, sight: &Sight) -> Vec<FindingDocument> {
    let verdict = verify(&Question {
        catalog: job.catalog,
        plans: &[InFile { source: job.source, plan: job.given }],
        servers: &[Server { host: &job.host, facts: sight, file: job.source.file(), line: 1 }],
        parameters: &[],
        assumptions: &[],
    });
    verdict.findings.iter().filter(|finding| counts(job, finding)).map(of_verify).collect()
}

fn of_verify(finding: &Verified) -> FindingDocument {
    let help = match &finding.parameter {
        Some(parameter) if finding.code == Code::MissingParameter.name() => {
            format!("make the plan anew with --set {parameter}=VALUE")
        }
        _ => finding.help.clone(),
    };
    FindingDocument {
        code: finding.code,
        severity: finding.severity,
        message: format!("{} ({}:{})", finding.message, harmless(&finding.file), finding.line),
        help,
    }
}

/// What is not known, what blocks and what it comes to is judged by planning again. A plan that said "if" may have learnt.
fn counts(job: &Job<'_>, finding: &Verified) -> bool {
    let is = |codes: &[Code]| codes.iter().any(|code| code.name() == finding.code);
    if finding.severity == "note" || is(&[Code::NotKnown, Code::Undecided, Code::Blocked, Code::Forbidden, Code::GoalMissed]) {
        return false;
    }
    if is(&[Code::StaleStatus]) {
        return false;
    }
    if is(&[Code::StaleFact]) {
        let fact = finding.fact.as_deref().and_then(|name| job.catalog.vocabulary().find(name));
        return fact.is_none_or(|fact| job.recorded[fact.index()].is_some());
    }
    if is(&[Code::StaleDecision]) {
        let step = job.given.steps.iter().find(|step| finding.step.as_deref() == Some(&step.id.value));
        let was = step.and_then(|step| step.decision.as_ref()).map(|decision| decision.value.0.as_str());
        return was != Some(Decision::CheckFirst.name());
    }
    true
}

/// Why the plan that was made from the server as it is cannot be begun; nothing where it can.
pub(super) fn against(planned: &Plan<'_>) -> Vec<FindingDocument> {
    if matches!(planned.status, Status::Ready | Status::Done) {
        return Vec::new();
    }
    let document = planned.document_of_this_order("");
    match planned.status {
        Status::Ready | Status::Done => Vec::new(),
        Status::ReadyIf => confirm(&document, |row| row.at == "start"),
        Status::Blocked | Status::NotApplicable => blockers(&document, |_| true),
        Status::Undetermined => {
            let mut found = unknowns(&document);
            found.extend(confirm(&document, |row| row.at == "start"));
            found
        }
    }
}

/// Why a step is not done now, in a plan of that step alone: what it needs is not so, or not known.
pub(super) fn against_step(planned: &Plan<'_>) -> Vec<FindingDocument> {
    if planned.blockers.is_empty() && planned.confirm.is_empty() {
        return Vec::new();
    }
    let document = planned.document_of_this_order("");
    let Some(step) = document.steps.first().map(|step| step.id.clone()) else { return Vec::new() };
    let mut found = blockers(&document, |of| of == step);
    found.extend(confirm(&document, |row| row.step == step));
    found
}

/// What of the goal does not hold, or is not known.
pub(super) fn goal(document: &PlanDocument) -> Vec<FindingDocument> {
    let mut found = blockers(document, |of| of == "goal");
    found.extend(confirm(document, |row| row.step == "goal"));
    found
}

fn blockers(document: &PlanDocument, wanted: impl Fn(&str) -> bool) -> Vec<FindingDocument> {
    let of = |blocker: &crate::plan::document::BlockerDocument| {
        let failing = words::failing(&blocker.test);
        let (code, message) = match (&blocker.invariant, blocker.step.as_str()) {
            (Some(invariant), "goal") => (Code::Forbidden, format!("the plan ends with {invariant}: {failing}")),
            (Some(invariant), step) => (Code::Forbidden, format!("`{step}` makes {invariant} true: {failing}")),
            (None, "goal") => (Code::GoalMissed, format!("the plan ends without its goal: {failing}")),
            (None, "supports") => (Code::DoesNotApply, format!("the scenario does not support this server: {failing}")),
            (None, step) => (Code::Blocked, format!("`{step}` would be refused: {failing}")),
        };
        FindingDocument::no(code.name(), message, &blocker.remedy)
    };
    document.blockers.iter().filter(|blocker| wanted(&blocker.step)).map(of).collect()
}

/// Rows that have to be known now. Of rows of which one suffices none has to be where one may be seen later.
fn confirm(document: &PlanDocument, now: impl Fn(&ConfirmDocument) -> bool) -> Vec<FindingDocument> {
    let later = |row: &ConfirmDocument| {
        row.any_of.is_some() && document.confirm.iter().any(|other| other.any_of == row.any_of && !now(other))
    };
    let of = |row: &ConfirmDocument| {
        let or = row.invariant.as_ref().map(|id| format!(", or it makes {id} true")).unwrap_or_default();
        let said = words::to_confirm(&row.test);
        let message = format!("`{}` hangs on what is not known: {said} ({}){or}", row.step, harmless(&row.reason));
        FindingDocument::no(Code::NotKnown.name(), message, &find_out(&row.test)).not_known()
    };
    document.confirm.iter().filter(|row| now(row) && !later(row)).map(of).collect()
}

fn find_out(test: &serde_json::Map<String, serde_json::Value>) -> String {
    match (test.get("fact").and_then(|fact| fact.as_str()), test.get("parameter").and_then(|name| name.as_str())) {
        (Some(fact), _) => format!("see why it is not observed; cutover facts show {fact} says how it is"),
        (None, Some(parameter)) => format!("make the plan anew with --set {parameter}=VALUE"),
        (None, None) => "make the plan anew".to_owned(),
    }
}

pub(super) fn unknowns(document: &PlanDocument) -> Vec<FindingDocument> {
    let of = |unknown: &crate::plan::document::UnknownDocument| {
        let (name, help) = match (&unknown.fact, &unknown.parameter) {
            (Some(fact), _) => (fact.clone(), format!("see why it is not observed; cutover facts show {fact} says how it is")),
            (None, Some(name)) => (format!("the parameter {name}"), format!("make the plan anew with --set {name}=VALUE")),
            (None, None) => (String::new(), String::new()),
        };
        let decides = unknown.matters_to.iter().map(|place| format!("`{place}`")).collect::<Vec<_>>().join(", ");
        let message = format!("{name} decides {decides} and is not known ({})", harmless(&unknown.reason));
        FindingDocument::no(Code::Undecided.name(), message, &help).not_known()
    };
    document.unknowns.iter().map(of).collect()
}

/// That the plan is for another server.
pub(super) fn other_host(job: &Job<'_>, own: &str) -> FindingDocument {
    let message = format!("the plan is for the server `{}`, and this one is `{}`", excerpt(&job.host), excerpt(own));
    FindingDocument::no(RunCode::OtherHost.name(), message, "carry it out on its own server, or make a plan for this one")
}
