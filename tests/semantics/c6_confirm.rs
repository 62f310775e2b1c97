//! Clause 6: what has to be confirmed, where and when.

use crate::common::{server, tiny};

#[test]
fn semantics_6_a_plan_that_would_be_refused_halfway_is_blocked_at_the_start() {
    let view = server("2012r2-scep").with("package.onboarding", "interactive").view();
    assert_eq!((view.status(), view.blockers()), ("blocked", vec!["onboard: package.onboarding group_policy".to_owned()]));
}

#[test]
fn semantics_6_a_row_names_the_step_the_fact_what_is_needed_and_when() {
    let view = server("2016-standalone").unknown_because("package.msi", "no share").view();
    assert_eq!(view.confirm(), ["install-mde: package.msi valid @start"]);
    assert_eq!(view.confirm_field(0, "reason"), "no share");
}

#[test]
fn semantics_6_a_row_names_the_parameter_that_was_not_given() {
    let tiny = tiny().set("s").declares("p", "type: text").goal("{ s: { lacks: $p } }");
    let view = tiny.plan(&[("s", "x")]);
    assert_eq!(view.status(), "ready_if");
    assert_eq!(view.confirm_field(0, "parameter"), "p");
    assert_eq!(view.confirm_field(0, "at"), "start");
}

#[test]
fn semantics_6_at_start_where_no_earlier_step_may_have_changed_the_fact() {
    let tiny = tiny().flags("a b").step("act", "effects: [{ set: { b: true } }]").step("next", "requires: { a: true }");
    assert_eq!(tiny.plan(&[("b", "false")]).confirm(), ["next: a true @start"]);
}

#[test]
fn semantics_6_at_step_where_an_earlier_step_may_have_changed_the_fact() {
    let act = "achieved_when: { b: true }, effects: [{ set: { b: true } }, { set: { a: true }, when: { w: true } }]";
    let tiny = tiny().flags("a b w").step("act", act).step("next", "requires: { a: true }");
    assert_eq!(tiny.plan(&[("a", "false"), ("b", "false")]).confirm(), ["next: a true @step"]);
    assert_eq!(tiny.plan(&[("b", "false")]).confirm(), ["next: a true @step"]);
    // Skipped, the step changes nothing.
    assert_eq!(tiny.plan(&[("b", "true")]).confirm(), ["next: a true @start"]);
}

#[test]
fn semantics_6_at_step_where_a_restart_may_change_the_fact() {
    // Whether `w` holds decides whether the restart brings `a`, of which nothing is known before.
    let act = "after_restart: [{ set: { a: true }, when: { w: true } }], reboot: possible";
    let tiny = tiny().flags("a w").step("act", act).restart("restart").step("next", "requires: { a: true }");
    assert_eq!(tiny.plan(&[("reboot.pending", "false")]).confirm(), ["next: a true @step"]);
    assert_eq!(tiny.plan(&[("a", "false"), ("reboot.pending", "false")]).confirm(), ["next: a true @step"]);
}

#[test]
fn semantics_6_at_step_where_the_restart_of_an_always_step_may_change_the_fact() {
    let act = "after_restart: [{ set: { a: true }, when: { w: true } }], reboot: always";
    let tiny = tiny().flags("a w").step("act", act).restart("restart").step("next", "requires: { a: true }");
    assert_eq!(tiny.plan(&[("reboot.pending", "false")]).confirm(), ["next: a true @step"]);
}

#[test]
fn semantics_6_at_step_where_a_step_may_need_a_restart() {
    let tiny = tiny().flags("a").step("act", "effects: [{ set: { a: true } }], reboot: possible");
    let tiny = tiny.step("next", "requires: { reboot.pending: false }");
    assert_eq!(tiny.plan(&[("reboot.pending", "false")]).confirm(), ["next: reboot.pending false @step"]);
    assert_eq!(tiny.plan(&[]).confirm(), ["next: reboot.pending false @step"]);
}

#[test]
fn semantics_6_at_step_where_an_earlier_step_sets_a_bound_that_is_not_known() {
    let tiny = tiny().version("v").declares("p", "type: version");
    let tiny = tiny.step("act", "effects: [{ set: { v: \">= $p\" } }]").step("next", "requires: { v: \">= 5\" }");
    assert_eq!(tiny.plan(&[("v", "4")]).confirm(), ["next: v >= 5 @step"]);
    assert_eq!(tiny.plan(&[]).confirm(), ["next: v >= 5 @step"]);
}

#[test]
fn semantics_6_at_step_where_a_fact_that_is_compared_with_a_missing_parameter_was_changed() {
    // With s: [] and w: p the test holds at the start, and no longer at the goal.
    let tiny = tiny().set("s").declares("w", "type: text").goal("{ s: { lacks: $w } }");
    let view = tiny.step("act", "effects: [{ add: { s: p } }]").plan(&[("s", "")]);
    assert_eq!(view.confirm(), ["goal: s/$w {\"lacks\":\"$w\"} @step"]);
}

#[test]
fn semantics_6_at_start_for_what_check_first_leaves_as_it_was() {
    // `act` may set `a`; `b` it leaves alone.
    let act = "achieved_when: { c: true }, effects: [{ set: { a: true, c: true } }]";
    let tiny = tiny().flags("a b c").step("act", act).step("next", "requires: { a: true, b: true }");
    assert_eq!(tiny.plan(&[]).confirm(), ["next: a true @step", "next: b true @start"]);
}

#[test]
fn semantics_6_rows_come_only_from_parts_that_are_unknown() {
    let tiny =
        tiny().flags("a b c d").step("act", "requires: { a: true, all: [{ b: true }, { any: [{ c: true }, { d: true }] }] }");
    let view = tiny.plan(&[("a", "true"), ("c", "false"), ("d", "true")]);
    assert_eq!(view.confirm(), ["act: b true @start"]);
    let view = tiny.plan(&[("a", "true"), ("b", "true"), ("c", "false")]);
    assert_eq!(view.confirm(), ["act: d true @start"]);
}

#[test]
fn semantics_6_of_rows_with_the_same_number_one_suffices() {
    let tiny = tiny().flags("a b c").step("act", "requires: { any: [{ a: true }, { b: true, c: true }] }");
    // Either a, or b and c: at least one of a and b, and at least one of a and c.
    assert_eq!(
        tiny.plan(&[]).confirm(),
        ["act: a true @start #1", "act: b true @start #1", "act: a true @start #2", "act: c true @start #2"]
    );
    assert_eq!(tiny.plan(&[("c", "false")]).confirm(), ["act: a true @start"]);
}

#[test]
fn semantics_6_what_holds_either_way_is_not_asked_for() {
    // Whatever comes out, one of the alternatives holds; "is false" and "is not true" are the same wish.
    for requires in [
        "{ any: [{ a: true }, { a: false }] }",
        "{ any: [{ a: true }, { not: { a: true } }] }",
        "{ any: [{ a: false }, { not: { a: false } }] }",
        "{ any: [{ v: \">= 5\" }, { not: { v: \">= 5\" } }] }",
        "{ any: [{ b: true, a: true }, { a: false }, { not: { b: true } }] }",
    ] {
        let view = tiny().flags("a b").version("v").step("act", &format!("requires: {requires}")).plan(&[]);
        assert_eq!(view.confirm(), [""; 0], "{requires}");
        assert_eq!(view.status(), "ready", "{requires}");
    }
}

#[test]
fn semantics_6_what_is_wished_for_twice_is_asked_for_once() {
    for requires in [
        "{ a: false, not: { a: true } }",
        "{ a: false, any: [{ a: false }, { b: true }] }",
        "{ all: [{ any: [{ b: true }, { not: { a: true } }] }, { a: false }] }",
        "{ any: [{ a: false }, { not: { a: true } }] }",
    ] {
        let view = tiny().flags("a b").step("act", &format!("requires: {requires}")).plan(&[]);
        assert_eq!(view.confirm(), ["act: a false @start"], "{requires}");
    }
    // Other tests of the same fact are other wishes.
    let view = tiny().version("v").step("act", "requires: { any: [{ v: \">= 5\" }, { v: \"< 3\" }] }").plan(&[]);
    assert_eq!(view.confirm(), ["act: v >= 5 @start #1", "act: v < 3 @start #1"]);
    let either = tiny().flags("a").declares("f", "type: flag").step("act", "requires: { any: [{ a: true }, { a: $f }] }");
    assert_eq!(either.plan(&[]).confirm(), ["act: a true @start #1", "act: a/$f $f @start #1"]);
}

#[test]
fn semantics_6_of_too_many_alternatives_the_rows_of_one_way_suffice() {
    // Eleven pairs of which one suffices would be 2048 groups of rows.
    let flags: Vec<String> = (0..11).flat_map(|pair| [format!("a{pair}"), format!("b{pair}")]).collect();
    let pairs: Vec<String> = (0..11).map(|pair| format!("{{ a{pair}: true, not: {{ b{pair}: true }} }}")).collect();
    let requires = format!("requires: {{ c: true, any: [{}] }}", pairs.join(", "));
    let tiny = tiny().flags("c").flags(&flags.join(" ")).step("act", &requires);
    assert_eq!(tiny.plan(&[]).confirm(), ["act: c true @start", "act: a0 true @start", "act: b0 false @start"]);
    // A way that is not open any more is none, and what holds already is not asked for.
    let view = tiny.plan(&[("c", "true"), ("a0", "false"), ("b1", "false")]);
    assert_eq!(view.confirm(), ["act: a1 true @start"]);
    // What must not be gives no choice: all of it has to be otherwise.
    let forbidden = format!("requires: {{ any: [{}], not: {{ any: [{{ c: true }}, {{ d: true }}] }} }}", pairs.join(", "));
    let view = crate::common::tiny().flags("c d").flags(&flags.join(" ")).step("act", &forbidden).plan(&[]);
    assert_eq!(view.confirm(), ["act: a0 true @start", "act: b0 false @start", "act: c false @start", "act: d false @start"]);
}

#[test]
fn semantics_6_a_fact_that_a_step_leaves_alone_is_asked_for_once_for_before_and_after() {
    // Not broken: `a` is false, or both held already; that `a` is one of the two is no question.
    let tiny = tiny().flags("a b").step("act", "effects: [{ set: { b: true } }]");
    let view = tiny.invariant("both", "forbidden", "{ a: true, b: true }").plan(&[]);
    assert_eq!(view.confirm(), ["act: b true @start #1", "act: a false @start #1"]);
}

#[test]
fn semantics_6_a_row_says_what_a_negated_test_needs() {
    let tiny = tiny().flags("a").choice("c", "x, y, z").version("v").set("s");
    let tiny = tiny.step("act", "requires: { not: { any: [{ a: true }, { c: x }, { v: \"< 5\" }, { s: { contains: e } }] } }");
    assert_eq!(
        tiny.plan(&[]).confirm(),
        ["act: a false @start", "act: c {\"not\":\"x\"} @start", "act: v >= 5 @start", "act: s {\"lacks\":\"e\"} @start"]
    );
}

#[test]
fn semantics_6_every_requirement_on_the_way_is_asked_for_at_once() {
    let view = server("2012r2-scep").unknown("package.msi").unknown("package.org").unknown("defender.leftover").view();
    assert_eq!(
        view.confirm(),
        [
            "install-mde: package.msi valid @start".to_owned(),
            "install-mde: defender.leftover false @start".to_owned(),
            format!("onboard: package.org {} @start", crate::common::ORG),
        ]
    );
}

#[test]
fn semantics_6_a_row_that_comes_out_true_makes_the_plan_ready() {
    for (fact, value) in [("package.msi", "valid"), ("policy.disable_antispyware", "false"), ("network.sensor_urls", "true")] {
        let open = server("2012r2-scep").unknown(fact);
        assert_eq!(open.view().status(), "ready_if", "{fact}");
        let known = open.clone().with(fact, value).view();
        assert_eq!((known.status(), known.done()), ("ready", open.view().done()), "{fact}");
    }
}

#[test]
fn semantics_6_a_blocked_plan_stays_blocked_whatever_is_learnt() {
    let open = server("2016-scep").with("package.msi", "missing").unknown("sense.installed");
    assert_eq!(open.view().status(), "ready_if", "the product may be there already");
    let blocked = open.with("package.onboarding", "interactive");
    assert_eq!(blocked.view().status(), "blocked");
    for value in ["true", "false"] {
        assert_eq!(blocked.clone().with("sense.installed", value).view().status(), "blocked");
    }
}
