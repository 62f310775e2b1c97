//! Clause 2: tests evaluate to true, false or unknown.

use crate::common::{Tiny, server, tiny};

fn probe(tiny: Tiny, requires: &str, facts: &[(&str, &str)]) -> &'static str {
    tiny.probe("probe", requires).plan(facts).probe("probe")
}

#[test]
fn semantics_2_conditions_follow_strong_kleene_logic() {
    let facts = [("t", "true"), ("f", "false")];
    for (requires, expected) in [
        ("{ t: true, u: true }", "unknown"),
        ("{ f: true, u: true }", "false"),
        ("{ any: [{ t: true }, { u: true }] }", "true"),
        ("{ any: [{ f: true }, { u: true }] }", "unknown"),
        ("{ not: { u: true } }", "unknown"),
        ("{ not: { f: true, u: true } }", "true"),
        ("{ not: { any: [{ t: true }, { u: true }] } }", "false"),
        ("{}", "true"),
        ("{ all: [] }", "true"),
    ] {
        let view = tiny().flags("t f u").probe("probe", requires).plan(&facts);
        assert_eq!(view.probe("probe"), expected, "{requires}");
    }
}

#[test]
fn semantics_2_an_empty_any_never_holds() {
    let tiny = tiny().flags("a").step_with("act", "achieved_when: { a: true }", "when: { any: [] }");
    assert_eq!(tiny.plan(&[("a", "false")]).decision("act"), "does_not_apply");
    let blocked = tiny.probe("probe", "{ any: [] }").plan(&[("a", "false")]);
    assert_eq!(blocked.status(), "blocked");
}

#[test]
fn semantics_2_versions_compare_numerically_part_by_part() {
    for (seen, requires, expected) in [
        ("4.18.23050.5", "{ v: \">= 4.18.2106.6\" }", "true"),
        ("4.9", "{ v: \"< 4.10\" }", "true"),
        ("4.10", "{ v: \"> 4.9.9.9\" }", "true"),
        ("4.18.2106.6", "{ v: \"<= 4.18.2106.6\" }", "true"),
        ("4.18.2106.6", "{ v: \"> 4.18.2106.6\" }", "false"),
    ] {
        assert_eq!(probe(tiny().version("v"), requires, &[("v", seen)]), expected, "{seen} {requires}");
    }
}

#[test]
fn semantics_2_missing_parts_of_a_version_are_zero() {
    for (seen, requires, expected) in [
        ("4.18", "{ v: 4.18.0.0 }", "true"),
        ("4.18.0.0", "{ v: \">= 4.18\" }", "true"),
        ("4.18", "{ v: \">= 4.18.0.1\" }", "false"),
    ] {
        assert_eq!(probe(tiny().version("v"), requires, &[("v", seen)]), expected, "{seen} {requires}");
    }
}

#[test]
fn semantics_2_a_build_without_its_revision_is_unknown_for_a_test_that_needs_it() {
    let build = |requires: &str| probe(tiny().partial_version("b"), requires, &[("b", "6.3.9600")]);
    assert_eq!(build("{ b: \">= 6.3.9600.17736\" }"), "unknown");
    assert_eq!(build("{ b: \"< 6.3.9600.17736\" }"), "unknown");
    assert_eq!(build("{ b: 6.3.9600.0 }"), "unknown");
    assert_eq!(build("{ b: \">= 6.3.9600\" }"), "true");
    assert_eq!(build("{ b: \">= 6.3.9601\" }"), "false");
    assert_eq!(build("{ b: \"< 6.3.9600\" }"), "false");
    assert_eq!(build("{ b: \">= 6.2.9200.1\" }"), "true");
}

#[test]
fn semantics_2_a_build_without_its_revision_leaves_the_prerequisites_open() {
    let view = server("2012r2-standalone").with("os.build", "6.3.9600").view();
    // ucrt and tdh are missing here, so that the step is needed whatever the revision is.
    assert_eq!(view.decision("install-prerequisites"), "perform");
    let only = server("2012r2-standalone").with("update.ucrt", "true").with("update.tdh", "6.3.9600.19000");
    assert_eq!(only.with("os.build", "6.3.9600").view().decision("install-prerequisites"), "check_first");
}

#[test]
fn semantics_2_a_version_that_is_not_a_build_is_complete() {
    let view = server("2016-standalone").with("defender.platform", "4.18").view();
    assert_eq!(view.decision("update-defender"), "perform");
}

#[test]
fn semantics_2_an_unknown_supports_makes_the_plan_undetermined() {
    let view = server("2016-standalone").unknown("os.x64").view();
    assert_eq!(view.status(), "undetermined");
    assert_eq!(view.unknowns(), ["os.x64: supports"]);
    let named = tiny().flags("a b").supports("{ a: true, b: true }").named("tiny").plan(&[("b", "true")]);
    assert_eq!((named.status(), named.unknowns()), ("undetermined", vec!["a: supports".to_owned()]));
}

#[test]
fn semantics_2_supports_is_always_checked() {
    let tiny = tiny().flags("a").supports("{ a: true }");
    assert_eq!(tiny.plan(&[("a", "false")]).status(), "not_applicable");
    assert_eq!(tiny.named("tiny").plan(&[("a", "false")]).status(), "not_applicable");
}

#[test]
fn semantics_2_an_unknown_applies_when_counts_only_where_the_scenario_was_not_named() {
    let tiny = tiny().flags("a").applies_when("{ a: true }");
    let chosen = tiny.plan(&[]);
    assert_eq!((chosen.status(), chosen.scenario()), ("undetermined", Some("tiny")));
    assert_eq!(chosen.unknowns(), ["a: applies_when"]);
    let named = tiny.named("tiny").plan(&[]);
    assert_eq!((named.status(), named.unknowns()), ("done", vec![]));
    assert_eq!(named.findings(), Vec::<String>::new());
}
