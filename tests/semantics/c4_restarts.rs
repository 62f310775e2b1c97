//! Clause 4: restarts, and effects that wait for them.

use crate::common::{Tiny, server, tiny};

const PENDING_FALSE: (&str, &str) = ("reboot.pending", "false");
const PENDING_TRUE: (&str, &str) = ("reboot.pending", "true");
const WAITS: &str = "achieved_when: { a: true }, after_restart: [{ set: { a: true } }]";

fn act(about: &str, reboot: &str) -> Tiny {
    tiny().flags("a b").step("act", &format!("{about}, reboot: {reboot}"))
}

#[test]
fn semantics_4_effects_after_a_restart_come_at_once_where_none_is_needed() {
    let view = act(WAITS, "never").probe("probe", "{ a: true }").plan(&[("a", "false"), PENDING_FALSE]);
    assert_eq!((view.probe("probe"), view.status()), ("true", "ready"));
}

#[test]
fn semantics_4_a_possible_step_leaves_reboot_pending_unknown() {
    let tiny = act("effects: [{ set: { a: true } }]", "possible");
    let run = |facts: &[(&str, &str)], requires| tiny.clone().probe("probe", requires).plan(facts).probe("probe");
    assert_eq!(run(&[PENDING_FALSE], "{ reboot.pending: false }"), "unknown");
    assert_eq!(run(&[], "{ reboot.pending: false }"), "unknown");
    // A restart that is already due stays due.
    assert_eq!(run(&[PENDING_TRUE], "{ reboot.pending: true }"), "true");
}

#[test]
fn semantics_4_a_possible_step_leaves_what_comes_after_the_restart_unknown() {
    let view = act(WAITS, "possible").probe("probe", "{ a: true }").plan(&[("a", "false"), PENDING_FALSE]);
    assert_eq!(view.confirm(), ["probe: a true @step"]);
}

#[test]
fn semantics_4_a_possible_step_leaves_alone_what_has_that_value_already() {
    let about = "achieved_when: { a: true, b: true }, after_restart: [{ set: { a: true, b: true } }]";
    let tiny = act(about, "possible").probe("a-true", "{ a: true }").probe("b-true", "{ b: true }");
    let view = tiny.plan(&[("a", "false"), ("b", "true"), PENDING_FALSE]);
    assert_eq!((view.probe("a-true"), view.probe("b-true")), ("unknown", "true"));
}

#[test]
fn semantics_4_a_possible_step_leaves_alone_a_value_that_satisfies_its_bound() {
    let about = "after_restart: [{ set: { v: \">= 5\" } }], reboot: possible";
    let tiny = tiny().version("v").step("act", about).probe("probe", "{ v: 7 }");
    assert_eq!(tiny.plan(&[("v", "7"), PENDING_FALSE]).probe("probe"), "true");
    assert_eq!(tiny.plan(&[("v", "4"), PENDING_FALSE]).probe("probe"), "unknown");
}

#[test]
fn semantics_4_what_a_possible_step_changes_at_once_is_known() {
    let about = "effects: [{ set: { a: true } }], after_restart: [{ set: { b: true } }]";
    let view = act(about, "possible").probe("probe", "{ a: true }").plan(&[("a", "false"), ("b", "false"), PENDING_FALSE]);
    assert_eq!(view.probe("probe"), "true");
}

#[test]
fn semantics_4_an_always_step_needs_a_restart_for_certain() {
    let tiny = act(WAITS, "always").probe("pending", "{ reboot.pending: true }");
    let view = tiny.restart("restart").probe("settled", "{ a: true }").plan(&[("a", "false"), PENDING_FALSE]);
    assert_eq!(view.probe("pending"), "true");
    assert_eq!((view.decision("restart").as_str(), view.probe("settled")), ("perform", "true"));
}

#[test]
fn semantics_4_outstanding_effects_are_never_part_of_the_facts_until_a_restart() {
    let view = act(WAITS, "always").probe("probe", "{ a: false }").plan(&[("a", "false"), PENDING_FALSE]);
    assert_eq!(view.probe("probe"), "true");
}

#[test]
fn semantics_4_a_restart_leaves_none_pending_and_makes_outstanding_effects_true() {
    let tiny = act(WAITS, "possible").restart("restart");
    let tiny = tiny.probe("settled", "{ a: true }").probe("pending", "{ reboot.pending: false }");
    let view = tiny.plan(&[("a", "false"), PENDING_TRUE]);
    assert_eq!(view.decision("restart"), "perform");
    assert_eq!((view.probe("settled"), view.probe("pending"), view.status()), ("true", "true", "ready"));
}

#[test]
fn semantics_4_after_a_possible_step_the_restart_is_checked_first_and_promises_hold_either_way() {
    let tiny = act(WAITS, "possible").restart("restart");
    let tiny = tiny.probe("settled", "{ a: true }").probe("pending", "{ reboot.pending: false }");
    let view = tiny.plan(&[("a", "false"), PENDING_FALSE]);
    assert_eq!(view.decision("restart"), "check_first");
    assert_eq!((view.probe("settled"), view.probe("pending"), view.status()), ("true", "true", "ready"));
}

#[test]
fn semantics_4_a_restart_that_nothing_asks_for_is_skipped() {
    let view = tiny().restart("restart").plan(&[PENDING_FALSE]);
    assert_eq!((view.decision("restart").as_str(), view.status()), ("already_so", "done"));
}

#[test]
fn semantics_4_of_a_restart_that_may_be_pending_it_is_checked_first() {
    let view = tiny().restart("restart").probe("probe", "{ reboot.pending: false }").plan(&[]);
    assert_eq!((view.decision("restart").as_str(), view.probe("probe")), ("check_first", "true"));
}

#[test]
fn semantics_4_a_step_checked_first_promises_what_both_its_ways_agree_on() {
    let about = "achieved_when: { a: true }, after_restart: [{ set: { a: true, b: true } }]";
    let tiny = act(about, "possible").restart("restart").probe("a-true", "{ a: true }").probe("b-true", "{ b: true }");
    let view = tiny.plan(&[("b", "false"), PENDING_FALSE]);
    assert_eq!((view.decision("act").as_str(), view.decision("restart").as_str()), ("check_first", "check_first"));
    assert_eq!((view.probe("a-true"), view.probe("b-true")), ("true", "unknown"));
    let agreed = tiny.plan(&[("b", "true"), PENDING_FALSE]);
    assert_eq!(agreed.probe("b-true"), "true");
}

#[test]
fn semantics_4_a_step_checked_first_promises_a_bound_that_both_its_ways_agree_on() {
    let about = "achieved_when: { v: \">= 5\" }, after_restart: [{ set: { v: \">= 6\" } }], reboot: possible";
    let tiny = tiny().version("v").step("act", about).restart("restart").probe("five", "{ v: \">= 5\" }");
    let view = tiny.probe("six", "{ v: \">= 6\" }").plan(&[PENDING_FALSE]);
    assert_eq!((view.probe("five"), view.probe("six")), ("true", "unknown"));
}

#[test]
fn semantics_4_promises_of_several_steps_hold_after_one_restart() {
    let tiny = tiny().flags("a b");
    let tiny = tiny.step("one", "after_restart: [{ set: { a: true } }], reboot: possible");
    let tiny = tiny.step("two", "after_restart: [{ set: { b: true }, when: { a: true } }], reboot: possible").restart("restart");
    let view = tiny.probe("a-true", "{ a: true }").plan(&[("a", "false"), ("b", "false"), PENDING_FALSE]);
    assert_eq!((view.probe("a-true"), view.status()), ("true", "ready"));
}

#[test]
fn semantics_4_what_a_step_sets_at_once_after_an_earlier_promise_is_not_undone_by_the_restart() {
    let tiny = tiny().flags("a").step("one", "after_restart: [{ set: { a: true } }], reboot: possible");
    let tiny = tiny.restart("restart").step("two", "effects: [{ set: { a: false } }]").restart("restart-again");
    let view = tiny.probe("probe", "{ a: false }").plan(&[("a", "false"), PENDING_FALSE]);
    assert_eq!(view.probe("probe"), "true");
}

#[test]
fn semantics_4_an_outstanding_effect_overrules_what_a_later_step_set_before_the_restart() {
    // `one` may be waiting for the restart while `two` sets the fact: then the restart sets it again, and otherwise it
    // came before `two`. Nobody knows which.
    let tiny = tiny().flags("a").step("one", "after_restart: [{ set: { a: true } }], reboot: possible");
    let tiny = tiny.step("two", "effects: [{ set: { a: false } }]").restart("restart");
    let view = tiny.probe("probe", "{ a: false }").plan(&[("a", "false"), PENDING_FALSE]);
    assert_eq!(view.probe("probe"), "unknown");
}

#[test]
fn semantics_4_an_effect_before_the_restart_sees_the_facts_as_they_are() {
    // While `c` waits for the restart, `two` does nothing to `b`; where `c` came at once, it sets `b`.
    let tiny = tiny().flags("b c").step("one", "after_restart: [{ set: { c: true } }], reboot: possible");
    let tiny = tiny.step("two", "effects: [{ set: { b: true }, when: { c: true } }]").restart("restart");
    let view = tiny.probe("probe", "{ b: true }").plan(&[("b", "false"), ("c", "false"), PENDING_FALSE]);
    assert_eq!(view.probe("probe"), "unknown");
}

#[test]
fn semantics_4_on_a_server_the_prerequisites_are_known_after_the_restart() {
    let view = server("2012r2-standalone").view();
    assert_eq!(view.decision("install-prerequisites"), "perform");
    assert_eq!(view.decision("restart-again"), "check_first");
    assert_eq!((view.decision("install-mde").as_str(), view.status()), ("perform", "ready"));
}

#[test]
fn semantics_4_on_a_server_the_feature_runs_after_the_restart() {
    let off = server("2016-standalone").with("defender.feature", "disabled").with("defender.service", "absent");
    let view = off.with("defender.mode", "none").view();
    assert_eq!(view.decision("enable-defender"), "perform");
    assert_eq!(view.decision("restart"), "check_first");
    assert_eq!((view.decision("update-defender").as_str(), view.status()), ("check_first", "ready"));
}

#[test]
fn semantics_4_without_the_restart_between_the_package_cannot_count_on_the_prerequisites() {
    let view = server("2012r2-standalone").to_the_letter();
    assert_eq!(view.status(), "ready_if");
    assert!(view.confirm().contains(&"install-mde: reboot.pending false @step".to_owned()), "{:?}", view.confirm());
    assert!(view.confirm().contains(&"install-mde: update.tdh >= 6.3.9600.17958 @step".to_owned()), "{:?}", view.confirm());
}

#[test]
fn semantics_4_a_restart_keeps_only_the_renames() {
    let view = server("2016-standalone").with("reboot.pending", "true").with("reboot.reasons", "cbs,file_rename").view();
    assert_eq!((view.decision("restart-first").as_str(), view.decision("restart").as_str()), ("perform", "check_first"));
    assert_eq!(view.status(), "ready");
}
