//! Clause 5: the status, first that holds.

use crate::common::{Tiny, server, tiny};

/// A catalog in which each reason for a status can be given by one fact.
fn all() -> Tiny {
    tiny()
        .flags("supported block when confirm done goal")
        .supports("{ supported: true }")
        .step("blocks", "requires: { block: false }, achieved_when: { done: true }")
        .step_with("decides", "achieved_when: { done: true }", "when: { when: true }")
        .step("confirms", "requires: { confirm: true }, achieved_when: { done: true }, effects: [{ set: { done: true } }]")
        .goal("{ goal: true }")
}

const GOOD: [(&str, &str); 6] =
    [("supported", "true"), ("block", "false"), ("when", "false"), ("confirm", "true"), ("done", "false"), ("goal", "true")];

fn status(changes: &[(&str, Option<&str>)]) -> String {
    let mut facts: Vec<(&str, &str)> = GOOD.to_vec();
    for (fact, value) in changes {
        facts.retain(|(known, _)| known != fact);
        facts.extend(value.map(|value| (*fact, value)));
    }
    all().plan(&facts).status().to_owned()
}

const UNSUPPORTED: (&str, Option<&str>) = ("supported", Some("false"));
const BLOCKED: (&str, Option<&str>) = ("block", Some("true"));
const UNDECIDED: (&str, Option<&str>) = ("when", None);
const UNCONFIRMED: (&str, Option<&str>) = ("confirm", None);
const DONE: (&str, Option<&str>) = ("done", Some("true"));

#[test]
fn semantics_5_the_first_status_that_holds_counts() {
    assert_eq!(status(&[UNSUPPORTED, BLOCKED, UNDECIDED, UNCONFIRMED]), "not_applicable");
    assert_eq!(status(&[BLOCKED, UNDECIDED, UNCONFIRMED]), "blocked");
    assert_eq!(status(&[BLOCKED, ("supported", None)]), "blocked");
    assert_eq!(status(&[UNDECIDED, UNCONFIRMED]), "undetermined");
    assert_eq!(status(&[UNCONFIRMED]), "ready_if");
    assert_eq!(status(&[DONE, BLOCKED, UNCONFIRMED]), "done");
    assert_eq!(status(&[]), "ready");
}

#[test]
fn semantics_5_a_named_scenario_is_planned_although_it_does_not_apply() {
    let tiny = tiny().flags("a").applies_when("{ a: true }");
    assert_eq!(tiny.plan(&[("a", "false")]).status(), "not_applicable");
    assert_eq!(tiny.named("tiny").plan(&[("a", "false")]).status(), "done");
}

#[test]
fn semantics_5_done_means_nothing_to_perform_or_check_and_the_goal_holds() {
    let view = server("attach").with("entra.policy_group", "true").with("mecm.client", "false").with("attach.enrolled", "true");
    assert_eq!(view.view().status(), "done");
    let check = tiny().restart("restart").plan(&[]);
    assert_eq!((check.decision("restart").as_str(), check.status()), ("check_first", "ready"));
}

#[test]
fn semantics_5_an_end_that_misses_the_goal_is_a_blocker_of_the_goal() {
    let view = tiny().flags("a b").goal("{ a: true, b: true }").plan(&[("a", "false"), ("b", "true")]);
    assert_eq!((view.status(), view.blockers()), ("blocked", vec!["goal: a true".to_owned()]));
    assert_eq!(view.goal(), false);
}

#[test]
fn semantics_5_the_goal_is_judged_at_the_simulated_end() {
    let tiny = tiny().flags("a").step("act", "achieved_when: { a: true }, effects: [{ set: { a: true } }]").goal("{ a: true }");
    let view = tiny.plan(&[("a", "false")]);
    assert_eq!((view.status(), view.goal()), ("ready", &true.into()));
}

#[test]
fn semantics_5_a_goal_that_hangs_on_an_unknown_goes_to_confirm() {
    let view = tiny().flags("a").goal("{ a: true }").plan(&[]);
    assert_eq!((view.status(), view.confirm()), ("ready_if", vec!["goal: a true @start".to_owned()]));
    assert!(view.goal().is_null());
}

#[test]
fn semantics_5_a_server_of_another_tenant_misses_the_goal() {
    let view = server("attach").with("sense.org", "somebody else").view();
    assert_eq!(view.status(), "blocked");
    assert_eq!(view.blockers(), ["goal: sense.org 7a1c0000-0000-4000-8000-00000000000a"]);
    assert!(view.findings().contains(&"wrong-tenant".to_owned()), "{:?}", view.findings());
}

#[test]
fn semantics_5_not_supported_is_not_applicable_whatever_else() {
    for (fact, value) in [("os.x64", "false"), ("os.role", "workstation"), ("os.release", "2019"), ("os.release", "client")] {
        assert_eq!(server("2016-standalone").with(fact, value).view().status(), "not_applicable", "{fact} {value}");
    }
    assert_eq!(server("attach").with("os.core", "true").view().status(), "not_applicable");
    assert_eq!(server("attach").with("os.role", "domain_controller").view().status(), "not_applicable");
}
