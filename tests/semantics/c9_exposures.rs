//! Clause 9: exposures and restarts.

use crate::common::{Tiny, server, tiny};

/// `open` makes the exposure true, `close` ends it; between them what the test puts there.
fn opened() -> Tiny {
    let tiny = tiny().flags("x b c").invariant("gap", "exposure", "{ x: true }");
    tiny.step("open", "achieved_when: { x: true }, effects: [{ set: { x: true } }]")
}

const CLOSE: &str = "achieved_when: { x: false }, effects: [{ set: { x: false } }]";
const FACTS: [(&str, &str); 4] = [("x", "false"), ("b", "false"), ("c", "false"), ("reboot.pending", "false")];

#[test]
fn semantics_9_an_exposure_opens_after_the_step_that_makes_it_true_and_closes_with_the_step_that_ends_it() {
    let view = opened().step("between", "effects: [{ set: { b: true } }]").step("close", CLOSE).plan(&FACTS);
    assert_eq!(view.exposures("gap"), ["open..close 2 20 0"]);
}

#[test]
fn semantics_9_one_that_held_before_has_no_opener_and_one_that_stays_has_no_closer() {
    let tiny = tiny().flags("x b").invariant("gap", "exposure", "{ x: true }").step("first", "effects: [{ set: { b: true } }]");
    assert_eq!(tiny.plan(&[("x", "true"), ("b", "false")]).exposures("gap"), ["null..null 1 10 0"]);
    let closed = tiny.step("close", CLOSE).plan(&[("x", "true"), ("b", "false")]);
    assert_eq!(closed.exposures("gap"), ["null..close 2 20 0"]);
    assert!(closed.json["exposures"][0]["opens"].is_null());
    assert_eq!(opened().plan(&FACTS).exposures("gap"), ["open..null 0 0 0"]);
}

#[test]
fn semantics_9_skipped_steps_do_not_count() {
    let view = opened().step_with("between", "", "when: { b: true }").step("close", CLOSE).plan(&FACTS);
    assert_eq!(view.exposures("gap"), ["open..close 1 10 0"]);
}

#[test]
fn semantics_9_steps_that_are_checked_first_or_decided_later_count() {
    let tiny = opened().flags("d e").step("checked", "achieved_when: { d: true }, effects: [{ set: { d: true } }]");
    let view = tiny.step_with("later", "achieved_when: { b: true }", "when: { e: true }").step("close", CLOSE).plan(&FACTS);
    assert_eq!((view.decision("checked").as_str(), view.decision("later").as_str()), ("check_first", "decide_later"));
    assert_eq!(view.exposures("gap"), ["open..close 3 30 0"]);
}

#[test]
fn semantics_9_an_unknown_counts_as_exposed() {
    let view = opened().step("close", CLOSE).plan(&FACTS[1..]);
    assert_eq!(view.exposures("gap"), ["null..close 2 20 0"]);
}

#[test]
fn semantics_9_an_exposure_may_come_twice() {
    let tiny = opened().step("close", CLOSE).step("reopen", "effects: [{ set: { x: true } }]").step("end", CLOSE);
    assert_eq!(tiny.plan(&FACTS).exposures("gap"), ["open..close 1 10 0", "reopen..end 1 10 0"]);
}

#[test]
fn semantics_9_a_restart_step_inside_is_a_restart() {
    let tiny =
        opened().step("install", "effects: [{ set: { b: true } }], reboot: possible").restart("restart").step("close", CLOSE);
    let view = tiny.plan(&FACTS);
    // The restart follows the step that may need one, so that the two are one restart.
    assert_eq!(view.exposures("gap"), ["open..close 3 30 1"]);
    assert_eq!(view.reboots(), (0, 1));
}

#[test]
fn semantics_9_a_step_that_may_need_a_restart_inside_and_that_none_follows_is_one() {
    let tiny = opened().step("install", "effects: [{ set: { b: true } }], reboot: possible").step("close", CLOSE);
    assert_eq!(tiny.plan(&FACTS).exposures("gap"), ["open..close 2 20 1"]);
    // A restart that comes later, outside, takes it over.
    let later = tiny.restart("restart").plan(&FACTS);
    assert_eq!((later.exposures("gap"), later.reboots()), (vec!["open..close 2 20 0".to_owned()], (0, 1)));
}

#[test]
fn semantics_9_the_closer_counts_and_the_opener_does_not() {
    let tiny = tiny().flags("x").invariant("gap", "exposure", "{ x: true }");
    let tiny = tiny.step("open", "achieved_when: { x: true }, effects: [{ set: { x: true } }], reboot: possible");
    let tiny = tiny.step("close", "achieved_when: { x: false }, effects: [{ set: { x: false } }], reboot: possible");
    assert_eq!(tiny.plan(&[("x", "false"), ("reboot.pending", "false")]).exposures("gap"), ["open..close 1 10 1"]);
}

#[test]
fn semantics_9_certain_restarts_are_performed_restart_steps() {
    let view = tiny().restart("restart").plan(&[("reboot.pending", "true")]);
    assert_eq!(view.reboots(), (1, 0));
    let skipped = tiny().restart("restart").plan(&[("reboot.pending", "false")]);
    assert_eq!(skipped.reboots(), (0, 0));
}

#[test]
fn semantics_9_possible_restarts_are_those_checked_and_steps_that_none_follows() {
    let install = "effects: [{ set: { b: true } }], reboot: possible";
    let facts = [("b", "false"), ("reboot.pending", "false")];
    let one = tiny().flags("b").step("one", install);
    assert_eq!(one.plan(&facts).reboots(), (0, 1));
    let two = one.clone().step("two", install);
    assert_eq!(two.plan(&facts).reboots(), (0, 2));
    assert_eq!(two.restart("restart").plan(&facts).reboots(), (0, 1));
    assert_eq!(one.restart("restart").step("two", install).plan(&facts).reboots(), (0, 2));
    assert_eq!(tiny().restart("restart").plan(&[]).reboots(), (0, 1));
}

#[test]
fn semantics_9_a_restart_decided_later_is_possible() {
    let tiny = tiny().flags("w");
    let restart = "achieved_when: { reboot.pending: false }, effects: [{ set: { reboot.pending: false } }], reboot: restart";
    let view = tiny.step_with("restart", restart, "when: { w: true }").plan(&[("reboot.pending", "true")]);
    assert_eq!((view.decision("restart").as_str(), view.reboots()), ("decide_later", (0, 1)));
}

#[test]
fn semantics_9_on_2012r2_the_gap_reaches_from_the_removal_of_scep_to_the_package() {
    let view = server("2012r2-scep").view();
    // uninstall-scep opens; install-prerequisites (15), restart-again (10) and install-mde (5) are inside.
    assert_eq!(view.exposures("antivirus-gap"), ["uninstall-scep..install-mde 3 30 1"]);
    assert!(view.findings().contains(&"restart-inside-gap".to_owned()), "{:?}", view.findings());
}

#[test]
fn semantics_9_on_2016_the_old_sensor_stops_when_its_workspace_goes() {
    let view = server("2016-standalone").view();
    // install-mde (5), apply-updates (10), restart-last (10) and onboard (2) follow; clear-passive-policy is so already.
    assert_eq!(view.exposures("sensor-gap"), ["remove-mma-workspace..onboard 4 27 1"]);
    assert_eq!(view.exposures("antivirus-gap"), Vec::<String>::new());
    assert_eq!(view.exposures("unconfigured-antivirus"), ["null..assign-policies 9 133 2"]);
}
