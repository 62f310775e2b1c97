//! Clauses 10 and 11: a plan that was broken off is resumed by planning again from the facts as they are.

use crate::common::{ORG, server};
use cutover::simulate::{Fault, Request, timeline};

#[test]
fn semantics_11_after_scep_is_gone_the_rest_is_planned() {
    let before = server("2012r2-standalone").view();
    let after =
        server("2012r2-standalone").with("mma.workspaces", "").with("mma.sensor", "false").with("scep.installed", "false");
    let left: Vec<_> =
        before.done().into_iter().filter(|step| step != "remove-mma-workspace" && step != "uninstall-scep").collect();
    assert_eq!((after.view().status(), after.view().done()), ("ready", left));
}

#[test]
fn semantics_11_after_the_package_is_installed_the_rest_is_planned() {
    let server =
        server("2012r2-standalone").with("mma.workspaces", "").with("mma.sensor", "false").with("scep.installed", "false");
    let server = server.with("update.ucrt", "true").with("update.tdh", "6.3.9600.17958").with("os.build", "6.3.9600.17736");
    let server = server.with("sense.installed", "true").with("defender.service", "running").with("defender.mode", "active");
    assert_eq!(
        (server.view().status(), server.view().done()),
        (
            "ready",
            vec!["apply-updates".to_owned(), "restart-last".to_owned(), "onboard".to_owned(), "assign-policies".to_owned()]
        )
    );
}

#[test]
fn semantics_11_a_step_whose_effects_are_outstanding_may_be_listed_again_after_the_restart() {
    // enable-defender succeeded and wants a restart: the feature is pending, and nothing else of it is to be seen.
    let server = server("2016-standalone").with("defender.feature", "pending").with("defender.service", "absent");
    let view =
        server.with("defender.mode", "none").with("reboot.pending", "true").with("reboot.reasons", "defender_feature").view();
    assert_eq!(view.decision("restart-first"), "perform");
    assert_eq!(view.decision("enable-defender"), "perform");
    assert_eq!(view.status(), "ready");
}

#[test]
fn semantics_11_a_restart_that_an_interrupted_run_left_is_taken_before_anything_else() {
    let server = server("2012r2-standalone").with("update.ucrt", "true").with("reboot.pending", "true");
    let view = server.with("reboot.reasons", "windows_update").view();
    assert_eq!(view.decision("restart-first"), "perform");
    assert_eq!(view.done()[0], "restart-first");
    assert_eq!(view.status(), "ready");
}

#[test]
fn semantics_11_a_migrated_server_is_done() {
    let server = server("2016-standalone").with("os.build", "10.0.14393.5850").with("update.ssu_2021_09", "true");
    let server = server.with("defender.platform", "4.18.23050.5").with("defender.signature_age", "30");
    let server = server.with("mma.workspaces", "").with("mma.sensor", "false").with("sense.installed", "true");
    let server = server.with("sense.onboarded", "true").with("sense.autostart", "true").with("sense.org", ORG);
    let view = server.with("policy.assigned", "true").view();
    assert_eq!((view.status(), view.done()), ("done", Vec::<String>::new()));
}

#[test]
fn semantics_10_onboarding_again_is_shown_as_already_so() {
    for base in ["2012r2-mecm-third-party", "2016-mecm-third-party"] {
        assert_eq!(server(base).view().decision("onboard-again"), "already_so", "{base}");
    }
}

#[test]
fn semantics_11_what_a_step_left_open_is_not_derived_from_what_was_seen_before_it() {
    // Nobody looked at the reasons again, so the old ones say nothing of a restart that the step may have asked for.
    let server = server("2012r2-scep");
    let plan = server.plan();
    let request = Request { fault: Some(Fault::Interruption { step: "install-prerequisites".to_owned() }), ..Request::default() };
    let shown = timeline(&plan, "server", &request).expect("a timeline");
    let before = &shown.again[0];
    assert_eq!(before.what, "interrupted before its effects");
    let first = before.plan.steps.iter().find(|step| step.id == "restart-first").expect("a step");
    assert_eq!(first.decision, "check_first", "uninstall-scep may have left a restart pending");
}

#[test]
fn semantics_10_a_step_that_may_need_a_restart_is_interrupted_with_either_outcome() {
    let server = server("2012r2-scep");
    let plan = server.plan();
    let request = Request { fault: Some(Fault::Interruption { step: "uninstall-scep".to_owned() }), ..Request::default() };
    let shown = timeline(&plan, "server", &request).expect("a timeline");
    let decided = |at: usize| {
        let steps = &shown.again[at].plan.steps;
        steps.iter().find(|step| step.id == "restart-first").expect("a step").decision
    };
    assert_eq!(shown.again.len(), 3);
    assert_eq!((decided(0), decided(1), decided(2)), ("skip", "skip", "perform"));
}
