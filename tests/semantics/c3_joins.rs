//! Clause 3: what is known after a step that may or may not be done.

use crate::common::{Tiny, tiny};

/// The plan of a step that is checked first, since nothing is known of `a`, and of a probe after it.
fn checked(facts: Tiny, about: &str, requires: &str, known: &[(&str, &str)]) -> &'static str {
    let view = facts.step("act", about).probe("probe", requires).plan(known);
    assert_eq!(view.decision("act"), "check_first");
    view.probe("probe")
}

#[test]
fn semantics_3_after_check_first_what_achieved_implies_is_known_its_equalities() {
    let act = "achieved_when: { a: true, c: x }, effects: [{ set: { a: true, c: x } }]";
    let facts = || tiny().flags("a").choice("c", "x, y, z");
    assert_eq!(checked(facts(), act, "{ a: true, c: x }", &[]), "true");
    assert_eq!(checked(facts(), act, "{ a: true, c: x }", &[("a", "true")]), "true");
}

#[test]
fn semantics_3_after_check_first_a_fact_that_achieved_says_nothing_of_is_as_it_was_or_as_performed() {
    let act = "achieved_when: { a: true }, effects: [{ set: { a: true, b: true } }]";
    assert_eq!(checked(tiny().flags("a b"), act, "{ b: true }", &[("b", "false")]), "unknown");
    assert_eq!(checked(tiny().flags("a b"), act, "{ b: true }", &[("b", "true")]), "true");
    assert_eq!(checked(tiny().flags("a b"), act, "{ b: true }", &[]), "unknown");
}

#[test]
fn semantics_3_after_check_first_bounds_of_achieved_are_known() {
    let act = "achieved_when: { v: \">= 5\" }, effects: [{ set: { v: \">= 6\" } }]";
    assert_eq!(checked(tiny().version("v"), act, "{ v: \">= 5\" }", &[]), "true");
    assert_eq!(checked(tiny().version("v"), act, "{ v: \">= 6\" }", &[]), "unknown");
    assert_eq!(checked(tiny().version("v"), act, "{ v: \"< 5\" }", &[]), "false");
    let days = "achieved_when: { d: \"<= 1\" }, effects: [{ set: { d: 0 } }]";
    assert_eq!(checked(tiny().days("d"), days, "{ d: \"<= 1\" }", &[]), "true");
    assert_eq!(checked(tiny().days("d"), days, "{ d: 0 }", &[]), "unknown");
}

#[test]
fn semantics_3_after_check_first_bounds_of_achieved_narrow_a_build_without_revision() {
    let act = "achieved_when: { b: \">= 6.3.9600.17736\" }, effects: [{ set: { b: \">= 6.3.9600.17736\" } }]";
    let run = |requires| checked(tiny().partial_version("b"), act, requires, &[("b", "6.3.9600")]);
    assert_eq!(run("{ b: \">= 6.3.9600.17736\" }"), "true");
    assert_eq!(run("{ b: \"< 6.3.9600.17736\" }"), "false");
}

#[test]
fn semantics_3_after_check_first_the_elements_that_achieved_says_are_lacking_are_known_to_lack() {
    let act = "achieved_when: { s: { lacks: x } }, effects: [{ remove: { s: x } }]";
    assert_eq!(checked(tiny().set("s"), act, "{ s: { lacks: x } }", &[]), "true");
    assert_eq!(checked(tiny().set("s"), act, "{ s: { lacks: y } }", &[]), "unknown");
}

#[test]
fn semantics_3_after_check_first_the_only_alternative_that_is_not_false_is_implied() {
    let act = "achieved_when: { any: [{ w: true, a: true }, { w: false, b: true }] }, effects: [{ set: { a: true, b: true } }]";
    let facts = || tiny().flags("w a b");
    assert_eq!(checked(facts(), act, "{ a: true }", &[("w", "true")]), "true");
    assert_eq!(checked(facts(), act, "{ a: true }", &[("b", "false")]), "true");
    // Where both alternatives are open, neither is implied.
    assert_eq!(checked(facts(), act, "{ a: true }", &[("a", "false")]), "unknown");
}

#[test]
fn semantics_3_after_check_first_alternatives_that_are_both_open_imply_nothing() {
    let act = "achieved_when: { any: [{ a: true }, { b: true }] }, effects: [{ set: { a: true, b: true } }]";
    assert_eq!(checked(tiny().flags("a b"), act, "{ a: true }", &[]), "unknown");
}

#[test]
fn semantics_3_after_check_first_a_choice_of_several_values_implies_none() {
    let act = "achieved_when: { c: [x, y] }, effects: [{ set: { c: x } }]";
    assert_eq!(checked(tiny().choice("c", "x, y, z"), act, "{ c: x }", &[]), "unknown");
}

#[test]
fn semantics_3_after_check_first_a_fact_that_the_way_does_not_touch_is_as_it_was() {
    let act = "achieved_when: { a: true }, effects: [{ set: { a: true } }]";
    assert_eq!(checked(tiny().flags("a b"), act, "{ b: false }", &[("b", "false")]), "true");
}

#[test]
fn semantics_3_after_check_first_an_ordered_fact_is_within_what_both_ways_allow() {
    // Achieved leaves at least five, performed leaves exactly seven.
    let act = "achieved_when: { v: \">= 5\" }, effects: [{ set: { v: 7 } }]";
    assert_eq!(checked(tiny().version("v"), act, "{ v: \">= 5\" }", &[]), "true");
    assert_eq!(checked(tiny().version("v"), act, "{ v: \"<= 7\" }", &[]), "unknown");
}

fn later(facts: Tiny, about: &str, requires: &str, known: &[(&str, &str)]) -> &'static str {
    let view = facts.flags("w").step_with("act", about, "when: { w: true }").probe("probe", requires).plan(known);
    assert_eq!((view.decision("act").as_str(), view.status() == "ready"), ("decide_later", false));
    view.probe("probe")
}

#[test]
fn semantics_3_after_decide_later_a_fact_is_what_both_ways_agree_on() {
    let act = "achieved_when: { a: true }, effects: [{ set: { a: true, b: true } }]";
    assert_eq!(later(tiny().flags("a b"), act, "{ a: true }", &[("a", "false"), ("b", "true")]), "unknown");
    assert_eq!(later(tiny().flags("a b"), act, "{ b: true }", &[("a", "false"), ("b", "true")]), "true");
}

#[test]
fn semantics_3_after_decide_later_achieved_is_not_implied() {
    // Where the step does not apply, nobody says that `a` holds.
    let act = "achieved_when: { a: true }, effects: [{ set: { a: true } }]";
    assert_eq!(later(tiny().flags("a"), act, "{ a: true }", &[]), "unknown");
}

#[test]
fn semantics_3_after_decide_later_a_pending_restart_is_unknown_where_the_step_may_need_one() {
    let act = "achieved_when: { a: true }, effects: [{ set: { a: true } }], reboot: possible";
    assert_eq!(
        later(tiny().flags("a"), act, "{ reboot.pending: false }", &[("a", "false"), ("reboot.pending", "false")]),
        "unknown"
    );
    assert_eq!(later(tiny().flags("a"), act, "{ reboot.pending: true }", &[("a", "false"), ("reboot.pending", "true")]), "true");
}

#[test]
fn semantics_3_after_decide_later_outstanding_effects_are_what_both_ways_agree_on() {
    let act = "achieved_when: { a: true }, after_restart: [{ set: { a: true, b: true } }], reboot: possible";
    let tiny = tiny().flags("w a b").step_with("act", act, "when: { w: true }").restart("restart");
    let tiny = tiny.probe("a-true", "{ a: true }").probe("b-true", "{ b: true }");
    let view = tiny.plan(&[("a", "false"), ("b", "true"), ("reboot.pending", "false")]);
    assert_eq!(view.decision("act"), "decide_later");
    assert_eq!(view.decision("restart"), "check_first");
    assert_eq!((view.probe("a-true"), view.probe("b-true")), ("unknown", "true"));
}
