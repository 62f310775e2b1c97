//! Clause 3: what is decided of a step, and what it requires.

use crate::common::{Tiny, server, tiny};

const NOTHING: [&str; 0] = [];

fn step(about: &str, when: &str) -> Tiny {
    tiny().flags("w a r").step_with("act", about, &format!("when: {when}"))
}

const ACT: &str = "requires: { r: true }, achieved_when: { a: true }, effects: [{ set: { a: true } }]";

#[test]
fn semantics_3_a_step_whose_when_is_false_is_skipped() {
    let view = step(ACT, "{ w: true }").plan(&[("w", "false"), ("a", "false"), ("r", "false")]);
    assert_eq!(view.decision("act"), "does_not_apply");
    assert_eq!((view.blockers().len(), view.status()), (0, "done"));
}

#[test]
fn semantics_3_when_false_comes_before_achieved() {
    let view = step(ACT, "{ w: true }").plan(&[("w", "false"), ("a", "true")]);
    assert_eq!(view.decision("act"), "does_not_apply");
}

#[test]
fn semantics_3_a_step_that_is_achieved_is_skipped_and_its_requires_do_not_count() {
    let view = step(ACT, "{ w: true }").plan(&[("w", "true"), ("a", "true"), ("r", "false")]);
    assert_eq!(view.decision("act"), "already_so");
    assert_eq!((view.blockers().len(), view.status()), (0, "done"));
}

#[test]
fn semantics_3_achieved_comes_before_an_unknown_when() {
    let view = step(ACT, "{ w: true }").plan(&[("a", "true")]);
    assert_eq!(view.decision("act"), "already_so");
    assert_eq!((view.unknowns().len(), view.status()), (0, "done"));
}

#[test]
fn semantics_3_an_unknown_when_is_decided_later_and_its_facts_are_the_unknowns() {
    let view = step(ACT, "{ w: true }").plan(&[("a", "false"), ("r", "true")]);
    assert_eq!(view.decision("act"), "decide_later");
    assert_eq!((view.status(), view.unknowns()), ("undetermined", vec!["w: act".to_owned()]));
}

#[test]
fn semantics_3_only_the_facts_that_decide_a_when_are_unknowns() {
    let tiny = tiny().flags("w x a").step_with("act", "achieved_when: { a: true }", "when: { any: [{ w: true, x: true }] }");
    let view = tiny.plan(&[("w", "true"), ("a", "false")]);
    assert_eq!(view.unknowns(), ["x: act"]);
}

#[test]
fn semantics_3_an_unknown_names_every_step_that_it_matters_to() {
    let tiny = tiny().flags("w a b");
    let tiny = tiny.step_with("one", "achieved_when: { a: true }", "when: { w: true }");
    let tiny = tiny.step_with("two", "achieved_when: { b: true }", "when: { w: false }");
    assert_eq!(tiny.plan(&[("a", "false"), ("b", "false")]).unknowns(), ["w: one, two"]);
}

#[test]
fn semantics_3_the_requires_of_a_step_decided_later_are_not_judged() {
    let false_one = step(ACT, "{ w: true }").plan(&[("a", "false"), ("r", "false")]);
    assert_eq!((false_one.decision("act"), false_one.blockers().len()), ("decide_later".to_owned(), 0));
    let unknown = step(ACT, "{ w: true }").plan(&[("a", "false")]);
    assert_eq!(unknown.confirm(), NOTHING);
}

#[test]
fn semantics_3_an_unknown_when_comes_before_an_unknown_achieved() {
    let view = step(ACT, "{ w: true }").plan(&[("r", "true")]);
    assert_eq!(view.decision("act"), "decide_later");
}

#[test]
fn semantics_3_a_step_of_which_it_is_unknown_whether_it_is_achieved_is_checked_first() {
    let view = step(ACT, "{ w: true }").plan(&[("w", "true"), ("r", "true")]);
    assert_eq!((view.decision("act"), view.status()), ("check_first".to_owned(), "ready"));
    assert_eq!(view.confirm(), NOTHING);
}

#[test]
fn semantics_3_a_step_checked_first_requires_achieved_or_required() {
    let refused = step(ACT, "{ w: true }").plan(&[("w", "true"), ("r", "false")]);
    assert_eq!(refused.blockers(), NOTHING);
    assert_eq!((refused.status(), refused.confirm()), ("ready_if", vec!["act: a true @start".to_owned()]));
    let open = step(ACT, "{ w: true }").plan(&[("w", "true")]);
    assert_eq!(open.confirm(), ["act: a true @start #1", "act: r true @start #1"]);
}

#[test]
fn semantics_3_otherwise_a_step_is_performed_and_requires_what_it_requires() {
    let view = step(ACT, "{ w: true }").plan(&[("w", "true"), ("a", "false"), ("r", "true")]);
    assert_eq!((view.decision("act"), view.status()), ("perform".to_owned(), "ready"));
}

#[test]
fn semantics_3_a_step_without_achieved_when_is_never_found_achieved() {
    let tiny = tiny().flags("a").step("act", "effects: [{ set: { a: true } }]");
    assert_eq!(tiny.plan(&[("a", "true")]).decision("act"), "perform");
}

#[test]
fn semantics_3_there_is_one_blocker_for_each_failing_leaf() {
    let requires = "requires: { r: true, w: true, a: true, any: [{ x: true }, { y: true, z: true }] }";
    let tiny = tiny().flags("w a r x y z").step("act", requires);
    let view = tiny.plan(&[("r", "false"), ("w", "true"), ("a", "false"), ("x", "false"), ("y", "true"), ("z", "false")]);
    assert_eq!(view.blockers(), ["act: r true", "act: a true", "act: x true", "act: z true"]);
}

#[test]
fn semantics_3_a_blocker_leaves_out_the_parts_that_are_unknown() {
    let tiny = tiny().flags("r u").step("act", "requires: { r: true, u: true }");
    let view = tiny.plan(&[("r", "false")]);
    assert_eq!((view.blockers(), view.confirm().len()), (vec!["act: r true".to_owned()], 0));
}

#[test]
fn semantics_3_under_not_the_true_parts_are_the_failing_ones() {
    let tiny = tiny().flags("x y z").step("act", "requires: { not: { any: [{ x: true }, { y: true }, { z: false }] } }");
    let view = tiny.plan(&[("x", "true"), ("y", "false"), ("z", "false")]);
    assert_eq!(view.blockers(), ["act: x false", "act: z true"]);
}

#[test]
fn semantics_3_a_true_any_inside_a_false_condition_is_not_entered() {
    let tiny = tiny().flags("x y r").step("act", "requires: { any: [{ x: true }, { y: true }], r: true }");
    let view = tiny.plan(&[("x", "true"), ("y", "false"), ("r", "false")]);
    assert_eq!(view.blockers(), ["act: r true"]);
}

#[test]
fn semantics_3_a_blocker_has_the_test_the_value_seen_and_the_remedy() {
    let view = server("2016-standalone").with("package.msi", "invalid").view();
    assert_eq!(view.blockers(), ["install-mde: package.msi valid"]);
    assert_eq!(view.blocker(0, "is"), "invalid");
    assert_eq!(view.blocker(0, "remedy"), "Put an unaltered md4ws.msi from the portal in place.");
}

#[test]
fn semantics_3_the_remedy_of_the_action_comes_before_that_of_the_fact() {
    let view = server("2016-standalone").with("sense.installed", "true").with("sense.autostart", "true");
    let plain = view.view();
    assert_eq!(plain.status(), "ready", "an installed product is not installed again");
    let tiny = tiny().flags("r").step("act", "requires: { r: true }, remedies: { r: Ask somebody. }");
    assert_eq!(tiny.plan(&[("r", "false")]).blocker(0, "remedy"), "Ask somebody.");
}

#[test]
fn semantics_3_a_blocked_step_counts_as_performed() {
    let tiny =
        tiny().flags("r a").step("act", "requires: { r: true }, achieved_when: { a: true }, effects: [{ set: { a: true } }]");
    let view = tiny.probe("later", "{ a: true }").plan(&[("r", "false"), ("a", "false")]);
    assert_eq!(view.blockers(), ["act: r true"]);
    assert_eq!(view.probe("later"), "true");
}

#[test]
fn semantics_3_later_steps_are_judged_as_if_a_blocked_one_were_remedied() {
    let view = server("2012r2-standalone").with("package.msi", "missing").view();
    assert_eq!(view.blockers(), ["install-mde: package.msi valid"]);
    let both = server("2012r2-standalone").with("package.msi", "missing").with("package.onboarding", "interactive").view();
    assert_eq!(both.blockers(), ["install-mde: package.msi valid", "onboard: package.onboarding group_policy"]);
}

#[test]
fn semantics_3_a_requirement_that_is_unknown_goes_to_confirm() {
    let view = server("2016-standalone").unknown("network.sensor_urls").view();
    assert_eq!((view.status(), view.confirm()), ("ready_if", vec!["onboard: network.sensor_urls true @start".to_owned()]));
}

#[test]
fn semantics_3_a_requirement_is_judged_on_the_simulated_facts() {
    let tiny = tiny().flags("a").step("act", "achieved_when: { a: true }, effects: [{ set: { a: true } }]");
    let view = tiny.step("next", "requires: { a: true }").plan(&[("a", "false")]);
    assert_eq!((view.status(), view.blockers().len()), ("ready", 0));
}

#[test]
fn semantics_3_the_steps_come_in_the_documented_order() {
    let view = server("2016-standalone").view();
    assert_eq!(
        view.order(),
        [
            "restart-first",
            "update-windows",
            "enable-defender",
            "restart",
            "update-defender",
            "remove-mma-workspace",
            "uninstall-scep",
            "install-prerequisites",
            "restart-again",
            "install-mde",
            "clear-passive-policy",
            "apply-updates",
            "restart-last",
            "onboard",
            "assign-policies"
        ]
    );
}

#[test]
fn semantics_3_through_a_left_out_supplement_the_edges_stay_transitive() {
    let view = server("2016-standalone").to_the_letter();
    assert_eq!(
        view.order(),
        [
            "update-windows",
            "enable-defender",
            "update-defender",
            "remove-mma-workspace",
            "uninstall-scep",
            "install-prerequisites",
            "install-mde",
            "onboard",
            "assign-policies"
        ]
    );
    // The restart between them is left out.
    assert_eq!(view.after("update-defender"), ["enable-defender"]);
    assert_eq!(view.after("enable-defender"), ["update-windows"]);
    assert_eq!(view.after("onboard"), ["install-mde"]);
    assert_eq!(view.after("install-mde"), ["update-defender", "uninstall-scep", "install-prerequisites"]);
}

#[test]
fn semantics_3_a_with_condition_is_looked_at_when_the_step_comes() {
    let active = server("2012r2-third-party").view();
    assert_eq!(active.status(), "ready");
    let view = server("2012r2-third-party").with("third_party.antivirus", "none").view();
    assert_eq!(view.decision("set-passive-policy"), "does_not_apply");
    assert_eq!(view.exposures("double-antivirus"), NOTHING);
}
