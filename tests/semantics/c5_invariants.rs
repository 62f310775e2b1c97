//! Clause 5: what a plan must never make true.

use crate::common::{Tiny, server, tiny};

const NOTHING: [&str; 0] = [];

/// `act` sets `a`; both together are forbidden.
fn both(kind: &str) -> Tiny {
    let tiny = tiny().flags("a b").invariant("both", kind, "{ a: true, b: true }");
    tiny.step("act", "achieved_when: { a: true }, effects: [{ set: { a: true } }]")
}

#[test]
fn semantics_5_a_step_that_newly_makes_a_forbidden_invariant_true_is_blocked() {
    let view = both("forbidden").plan(&[("a", "false"), ("b", "true")]);
    assert_eq!(view.status(), "blocked");
    assert_eq!(view.blockers(), ["act: a false", "act: b false"]);
    assert_eq!(view.blocker(0, "invariant"), "both");
}

#[test]
fn semantics_5_a_step_that_leaves_a_forbidden_invariant_false_is_not() {
    assert_eq!(both("forbidden").plan(&[("a", "false"), ("b", "false")]).status(), "ready");
}

#[test]
fn semantics_5_an_invariant_that_was_true_before_the_step_is_no_blocker() {
    let tiny = tiny().flags("a b c").invariant("either", "forbidden", "{ any: [{ a: true }, { b: true }] }");
    let tiny = tiny.step("act", "achieved_when: { a: true }, effects: [{ set: { a: true } }]");
    let view = tiny.plan(&[("a", "false"), ("b", "true")]);
    assert_eq!((view.status(), view.findings()), ("ready", vec!["!either".to_owned()]));
}

#[test]
fn semantics_5_a_step_that_is_skipped_breaks_nothing() {
    let view = both("forbidden").plan(&[("a", "true"), ("b", "true")]);
    assert_eq!((view.status(), view.findings()), ("done", vec!["!both".to_owned()]));
}

#[test]
fn semantics_5_where_it_is_not_known_whether_an_invariant_becomes_true_it_goes_to_confirm() {
    let view = both("forbidden").plan(&[("a", "false")]);
    assert_eq!((view.status(), view.confirm()), ("ready_if", vec!["act: b false @start".to_owned()]));
    assert_eq!(view.confirm_field(0, "invariant"), "both");
}

#[test]
fn semantics_5_an_invariant_that_the_step_does_not_touch_is_not_judged() {
    let tiny = tiny().flags("a b c").invariant("both", "forbidden", "{ a: true, b: true }");
    let tiny = tiny.step("act", "achieved_when: { c: true }, effects: [{ set: { c: true } }]");
    assert_eq!(tiny.plan(&[("c", "false")]).status(), "ready");
}

#[test]
fn semantics_5_a_step_checked_first_that_may_break_an_invariant_goes_to_confirm() {
    // If `a` holds already, `act` is passed over and nothing becomes true that was not.
    let view = both("forbidden").plan(&[("b", "true")]);
    assert_eq!((view.decision("act").as_str(), view.status()), ("check_first", "ready_if"));
    assert_eq!(view.confirm(), ["act: a true @start"]);
}

#[test]
fn semantics_5_a_step_that_may_newly_break_an_invariant_is_judged_although_its_fact_stays_unknown() {
    // `c` decides what becomes of `a`: if `a` was false and `c` holds, both become true.
    let tiny = tiny().flags("a b c").invariant("both", "forbidden", "{ a: true, b: true }");
    let tiny = tiny.step("act", "effects: [{ set: { a: true }, when: { c: true } }, { set: { a: false }, when: { c: false } }]");
    let view = tiny.plan(&[("b", "true")]);
    assert_eq!(view.status(), "ready_if", "with a: false and c: true the same server is blocked");
    assert_eq!(tiny.plan(&[("a", "false"), ("b", "true"), ("c", "true")]).status(), "blocked");
}

#[test]
fn semantics_5_a_step_checked_first_is_judged_although_its_fact_stays_unknown() {
    // With done: false, a: false and b: true the step makes both true, and the server is blocked.
    let tiny = tiny().flags("a b done").invariant("both", "forbidden", "{ a: true, b: true }");
    let tiny = tiny.step("act", "achieved_when: { done: true }, effects: [{ set: { a: true } }]");
    assert_eq!(tiny.plan(&[("a", "false"), ("b", "true"), ("done", "false")]).status(), "blocked");
    assert_eq!(tiny.plan(&[("b", "true")]).status(), "ready_if");
}

#[test]
fn semantics_5_an_unknown_before_a_step_and_an_unknown_after_it_are_two_values() {
    // With a: false and c: true, `act` makes both true: a was not, and c decides.
    let tiny = tiny().flags("a b c").invariant("both", "forbidden", "{ a: true, b: true }");
    let act = "effects: [{ set: { a: true }, when: { c: true } }, { set: { b: true } }]";
    let tiny = tiny.step("act", act);
    assert_eq!(tiny.plan(&[("a", "false"), ("b", "true"), ("c", "true")]).status(), "blocked");
    assert_eq!(tiny.plan(&[]).status(), "ready_if");
}

#[test]
fn semantics_5_at_rest_an_unknown_at_the_start_and_an_unknown_at_the_end_are_two_values() {
    let tiny = tiny().flags("a b c").invariant("both", "forbidden_at_rest", "{ a: true, b: true }");
    let tiny = tiny.step("act", "effects: [{ set: { a: true }, when: { c: true } }]");
    assert_eq!(tiny.plan(&[("a", "false"), ("b", "true"), ("c", "true")]).status(), "blocked");
    assert_eq!(tiny.plan(&[("b", "true")]).status(), "ready_if");
}

#[test]
fn semantics_5_onboarding_is_judged_although_the_mode_is_unknown_before_and_after() {
    // To the letter the exclusions are missing. If the product is there, nobody knows the mode; if not, it comes passive,
    // and onboarding without the passive policy makes it active beside the other product.
    let server = server("2012r2-mecm-third-party").unknown("sense.installed").unknown("policy.force_passive");
    let open = server.to_the_letter();
    let rows: Vec<_> = open.confirm().into_iter().filter(|row| row.starts_with("onboard: ")).collect();
    let known = server.with("sense.installed", "false").with("policy.force_passive", "false").to_the_letter();
    assert_eq!(known.status(), "blocked");
    assert!(known.blockers().contains(&"onboard: exclusions.mutual true".to_owned()), "{:?}", known.blockers());
    assert!(rows.iter().any(|row| row.contains("policy.force_passive") || row.contains("defender.mode")), "{rows:?}");
}

#[test]
fn semantics_5_at_rest_only_the_end_counts() {
    let tiny = both("forbidden_at_rest").step("mend", "achieved_when: { b: false }, effects: [{ set: { b: false } }]");
    assert_eq!(tiny.plan(&[("a", "false"), ("b", "true")]).status(), "ready");
}

#[test]
fn semantics_5_at_rest_an_end_that_was_not_so_at_the_start_is_a_blocker_of_the_goal() {
    let view = both("forbidden_at_rest").plan(&[("a", "false"), ("b", "true")]);
    assert_eq!(view.blockers(), ["goal: a false", "goal: b false"]);
    assert_eq!(view.blocker(0, "invariant"), "both");
}

#[test]
fn semantics_5_at_rest_what_was_so_at_the_start_is_no_blocker() {
    let tiny = tiny().flags("a b c").invariant("both", "forbidden_at_rest", "{ a: true, b: true }");
    let tiny = tiny.step("act", "achieved_when: { c: true }, effects: [{ set: { c: true } }]");
    let view = tiny.plan(&[("a", "true"), ("b", "true"), ("c", "false")]);
    assert_eq!((view.status(), view.findings()), ("ready", vec!["!both".to_owned()]));
}

#[test]
fn semantics_5_at_rest_is_after_every_outstanding_restart() {
    let tiny = tiny().flags("a b").invariant("both", "forbidden_at_rest", "{ a: true, b: true }");
    let mends = "after_restart: [{ set: { b: false } }], reboot: possible";
    let act = "achieved_when: { a: true }, effects: [{ set: { a: true } }]";
    let view =
        tiny.clone().step("act", act).step("mend", mends).plan(&[("a", "false"), ("b", "true"), ("reboot.pending", "false")]);
    assert_eq!((view.status(), view.confirm()), ("ready", vec![]));
    let breaks = "after_restart: [{ set: { b: true } }], reboot: possible";
    let view = tiny.step("act", act).step("break", breaks).plan(&[("a", "false"), ("b", "false"), ("reboot.pending", "false")]);
    assert_eq!(view.blockers(), ["goal: a false", "goal: b false"]);
}

#[test]
fn semantics_5_at_rest_what_is_not_known_goes_to_confirm() {
    let view = both("forbidden_at_rest").plan(&[("a", "false")]);
    assert_eq!((view.status(), view.confirm()), ("ready_if", vec!["goal: b false @start".to_owned()]));
}

#[test]
fn semantics_5_an_exposure_never_blocks() {
    assert_eq!(both("exposure").plan(&[("a", "false"), ("b", "true")]).status(), "ready");
}

#[test]
fn semantics_5_two_active_products_without_exclusions_are_never_planned() {
    // Named although another product is active: the package would make Defender active beside it.
    let view = server("2012r2-scep").with("scep.installed", "false").with("third_party.products", "Contoso AV");
    let view = view.with("third_party.antivirus", "active").view();
    assert_eq!(view.status(), "blocked");
    assert!(view.blockers().contains(&"install-mde: exclusions.mutual true".to_owned()), "{:?}", view.blockers());
    assert!(view.findings().contains(&"scenario-does-not-apply".to_owned()), "{:?}", view.findings());
}

#[test]
fn semantics_5_with_a_passive_installation_nothing_is_broken() {
    let view = server("2012r2-third-party").view();
    assert_eq!((view.status(), view.blockers()), ("ready", vec![]));
    assert_eq!(server("2012r2-beside").view().confirm(), NOTHING);
}
