//! What a plan that a program made records, against what is so now.

use super::code::{Code, Severity};
use super::finding::{About, Finding, Found};
use super::server::OnServer;
use crate::fact::{Abstract, FactId};
use crate::plan::apart::{known, tells_apart};
use crate::plan::document::Writer;
use crate::plan::words;
use crate::plan::{Origin, Plan, PlannedStep};
use crate::suggest::{excerpt, harmless};
use crate::yaml::{Node, Span};
use serde_json::Value as Json;

pub(super) const MAKE_ANEW: &str = "make the plan anew with cutover plan";

/// Enters facts, decisions and a status that are something else now.
pub(super) fn check(on: &OnServer<'_>, planned: &Plan<'_>, found: &mut Found) {
    facts(on, planned, found);
    for (step, at) in planned.steps.iter().zip(&on.listed.given) {
        let Some(decision) = &on.given.steps[*at].decision else { continue };
        let (was, why) = &decision.value;
        if was == step.decision.name() && why.as_deref() == step.decision.why() {
            continue;
        }
        let because = because(planned, step);
        found.server(
            on.server,
            Finding {
                code: Code::StaleDecision,
                severity: Severity::Violated,
                span: decision.span,
                message: format!(
                    "by the plan `{}` {}, and planning now says that it {}{because}",
                    step.step.id,
                    words::decided(was, why.as_deref()),
                    words::decided(step.decision.name(), step.decision.why()),
                ),
                expected: step
                    .decision
                    .why()
                    .map_or_else(|| step.decision.name().to_owned(), |why| format!("{} with why {why}", step.decision.name())),
                help: MAKE_ANEW.to_owned(),
                about: About::step(&step.step.id),
            },
        );
    }
    let Some(recorded) = &on.given.recorded else { return };
    if recorded.status.value != planned.status.name() {
        found.server(
            on.server,
            Finding {
                code: Code::StaleStatus,
                severity: Severity::Violated,
                span: recorded.status.span,
                message: format!(
                    "the plan says {}, and planning now says {}",
                    excerpt(&recorded.status.value),
                    planned.status.name()
                ),
                expected: planned.status.name().to_owned(),
                help: MAKE_ANEW.to_owned(),
                about: About::default(),
            },
        );
    }
}

fn because(planned: &Plan<'_>, step: &PlannedStep<'_>) -> String {
    let writer = Writer::new(planned);
    let reasons: Vec<String> = step.because.iter().map(|reason| words::reason(&writer.test(reason).into())).collect();
    if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join("; ")) }
}

/// Enters the facts that were read for the plan and are something else now.
pub(super) fn facts(on: &OnServer<'_>, planned: &Plan<'_>, found: &mut Found) {
    let Some(recorded) = &on.given.recorded else { return };
    for (name, was) in &recorded.facts_read {
        let Some(fact) = on.catalog.vocabulary().find(&name.value) else {
            found.server(on.server, no_such_fact(&name.value, name.span));
            continue;
        };
        let spec = on.catalog.vocabulary().spec(fact);
        let shown = on.start.shown(fact);
        let now = &on.start.facts[fact.index()];
        let before = known(spec, &was.to_plain_json());
        if before.as_ref() == Some(now) {
            continue;
        }
        let apart = before.as_ref().is_none_or(|before| tells_apart(on.catalog, &planned.arguments, fact, now, before));
        found.server(on.server, changed(on, fact, was, before.as_ref(), &shown, apart));
    }
}

fn no_such_fact(name: &str, span: Span) -> Finding {
    Finding {
        code: Code::StaleFact,
        severity: Severity::Violated,
        span,
        message: format!("the plan rests on the fact `{}`, which the catalog does not have", excerpt(name)),
        expected: "a fact of the catalog".to_owned(),
        help: MAKE_ANEW.to_owned(),
        about: About::fact(name),
    }
}

fn changed(on: &OnServer<'_>, fact: FactId, was: &Node, before: Option<&Abstract>, now: &Json, apart: bool) -> Finding {
    let name = on.catalog.vocabulary().name(fact);
    let unknown = |known: Option<&Abstract>| known == Some(&Abstract::Unknown);
    let assumed = on.given.recorded.as_ref().is_some_and(|recorded| recorded.assumed.iter().any(|one| one == name));
    let old = if unknown(before) { "not known".to_owned() } else { words::value(&was.to_plain_json()) };
    let assumed_then = if assumed { "assumed to be " } else { "" };
    let new = match &on.start.origins[fact.index()] {
        Origin::Unknown(reason) if now.is_null() => format!("not known ({})", harmless(reason)),
        _ => words::value(now),
    };
    let told = if apart { "" } else { ", which no rule tells apart" };
    let help = if assumed && now.is_null() {
        format!(
            "the plan was made with --assume {name}={}; say so here too, or find it out",
            harmless(&words::value(&was.to_plain_json()))
        )
    } else if apart {
        MAKE_ANEW.to_owned()
    } else {
        "nothing has to be done".to_owned()
    };
    Finding {
        code: Code::StaleFact,
        severity: if apart { Severity::Violated } else { Severity::Note },
        span: was.span,
        message: format!("`{name}` was {assumed_then}{old} when the plan was made, and now is {new}{told}"),
        expected: new,
        help,
        about: About::fact(name),
    }
}
