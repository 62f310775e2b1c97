//! Clause 3: what an effect leaves known.

use crate::common::{Tiny, tiny};

fn after(facts: Tiny, effects: &str, requires: &str, known: &[(&str, &str)]) -> &'static str {
    facts.step("act", &format!("effects: [{effects}]")).probe("probe", requires).plan(known).probe("probe")
}

#[test]
fn semantics_3_an_effect_sets_a_value() {
    let tiny = || tiny().flags("a").choice("c", "x, y");
    assert_eq!(after(tiny(), "{ set: { a: true, c: y } }", "{ a: true, c: y }", &[("a", "false")]), "true");
}

#[test]
fn semantics_3_a_value_that_satisfies_a_bound_stays() {
    let bound = "{ set: { v: \">= 6.3.9600.17958\" } }";
    let run = |requires| after(tiny().version("v"), bound, requires, &[("v", "6.3.9600.19000")]);
    assert_eq!(run("{ v: 6.3.9600.19000 }"), "true");
    assert_eq!(run("{ v: \"> 6.3.9600.19000\" }"), "false");
}

#[test]
fn semantics_3_a_value_exactly_at_the_bound_stays() {
    let run = |requires| after(tiny().version("v"), "{ set: { v: \">= 5\" } }", requires, &[("v", "5.0")]);
    assert_eq!(run("{ v: 5 }"), "true");
}

#[test]
fn semantics_3_otherwise_the_fact_is_at_least_that_and_only_the_tests_it_decides_are_known() {
    for known in [&[("v", "4")][..], &[]] {
        let run = |requires| after(tiny().version("v"), "{ set: { v: \">= 5\" } }", requires, known);
        assert_eq!(run("{ v: \">= 5\" }"), "true");
        assert_eq!(run("{ v: \">= 4\" }"), "true");
        assert_eq!(run("{ v: \"> 4\" }"), "true");
        assert_eq!(run("{ v: \"< 5\" }"), "false");
        assert_eq!(run("{ v: \"<= 4\" }"), "false");
        assert_eq!(run("{ v: 4 }"), "false");
        assert_eq!(run("{ v: 5 }"), "unknown");
        assert_eq!(run("{ v: \">= 6\" }"), "unknown");
        assert_eq!(run("{ v: \"> 5\" }"), "unknown");
        assert_eq!(run("{ v: \"<= 5\" }"), "unknown");
    }
}

#[test]
fn semantics_3_a_bound_may_be_the_greatest_value() {
    let run = |requires, known| after(tiny().days("d"), "{ set: { d: \"<= 1\" } }", requires, known);
    assert_eq!(run("{ d: \"<= 3\" }", &[("d", "9")]), "true");
    assert_eq!(run("{ d: \"<= 0\" }", &[("d", "9")]), "unknown");
    assert_eq!(run("{ d: 9 }", &[("d", "9")]), "false");
    assert_eq!(run("{ d: 0 }", &[("d", "0")]), "true");
}

#[test]
fn semantics_3_a_bound_may_be_a_parameter() {
    let tiny = || tiny().version("v").declares("p", "type: version, default: 5.0");
    let run = |requires| after(tiny(), "{ set: { v: \">= $p\" } }", requires, &[("v", "4")]);
    assert_eq!(run("{ v: \">= 5\" }"), "true");
    assert_eq!(run("{ v: \">= $p\" }"), "true");
}

#[test]
fn semantics_3_an_effect_may_leave_a_fact_unknown() {
    let run = |requires| after(tiny().flags("a"), "{ set: { a: { unknown: nobody looked } } }", requires, &[("a", "true")]);
    assert_eq!(run("{ a: true }"), "unknown");
    assert_eq!(run("{ a: false }"), "unknown");
    let tiny =
        tiny().flags("a").step("act", "effects: [{ set: { a: { unknown: nobody looked } } }]").probe("probe", "{ a: true }");
    let view = tiny.plan(&[("a", "true")]);
    assert_eq!(view.confirm(), ["probe: a true @step"]);
    assert_eq!(view.confirm_field(0, "reason"), "nobody looked");
}

#[test]
fn semantics_3_add_on_an_unknown_set_leaves_known_that_it_holds_the_element() {
    let run = |requires| after(tiny().set("s"), "{ add: { s: x } }", requires, &[]);
    assert_eq!(run("{ s: { contains: x } }"), "true");
    assert_eq!(run("{ s: { lacks: x } }"), "false");
    assert_eq!(run("{ s: { empty: true } }"), "false");
    assert_eq!(run("{ s: { contains: y } }"), "unknown");
}

#[test]
fn semantics_3_remove_on_an_unknown_set_leaves_known_that_it_lacks_the_element() {
    let run = |requires| after(tiny().set("s"), "{ remove: { s: x } }", requires, &[]);
    assert_eq!(run("{ s: { lacks: x } }"), "true");
    assert_eq!(run("{ s: { contains: x } }"), "false");
    assert_eq!(run("{ s: { empty: true } }"), "unknown");
    assert_eq!(run("{ s: { contains: y } }"), "unknown");
}

#[test]
fn semantics_3_add_and_remove_on_a_known_set_leave_it_known() {
    let run = |effect, requires| after(tiny().set("s"), effect, requires, &[("s", "x,y")]);
    assert_eq!(run("{ remove: { s: x } }", "{ s: { contains: y } }"), "true");
    assert_eq!(run("{ remove: { s: [x, y] } }", "{ s: { empty: true } }"), "true");
    assert_eq!(run("{ remove: { s: z } }", "{ s: { contains: x } }"), "true");
    assert_eq!(run("{ add: { s: z } }", "{ all: [{ s: { contains: z } }, { s: { contains: x } }] }"), "true");
    assert_eq!(run("{ set: { s: { only: [y, z] } } }", "{ s: { contains: y } }"), "true");
    assert_eq!(run("{ set: { s: { only: [y, z] } } }", "{ s: { lacks: x } }"), "true");
    assert_eq!(run("{ set: { s: { only: [] } } }", "{ s: { empty: true } }"), "true");
}

#[test]
fn semantics_3_removing_an_element_that_is_not_known_takes_nothing_for_certain() {
    let tiny = tiny().set("s").declares("p", "type: text");
    let tiny = tiny.step("act", "effects: [{ remove: { s: $p } }]");
    let view = tiny.probe("x", "{ s: { contains: x } }").probe("z", "{ s: { contains: z } }").plan(&[("s", "x,y")]);
    assert_eq!((view.probe("x"), view.probe("z")), ("unknown", "false"));
}

#[test]
fn semantics_3_an_effect_whose_when_is_false_does_nothing() {
    let run =
        after(tiny().flags("a w"), "{ set: { a: true }, when: { w: true } }", "{ a: false }", &[("a", "false"), ("w", "false")]);
    assert_eq!(run, "true");
}

#[test]
fn semantics_3_an_effect_whose_when_is_unknown_leaves_the_fact_unknown() {
    let run = after(tiny().flags("a w"), "{ set: { a: true }, when: { w: true } }", "{ a: true }", &[("a", "false")]);
    assert_eq!(run, "unknown");
}

#[test]
fn semantics_3_an_effect_whose_when_is_unknown_changes_nothing_where_the_fact_has_that_value() {
    let run = after(tiny().flags("a w"), "{ set: { a: true }, when: { w: true } }", "{ a: true }", &[("a", "true")]);
    assert_eq!(run, "true");
    let bound = after(tiny().flags("w").version("v"), "{ set: { v: \">= 5\" }, when: { w: true } }", "{ v: 6 }", &[("v", "6")]);
    assert_eq!(bound, "true");
    let lacks =
        after(tiny().flags("w").set("s"), "{ remove: { s: x }, when: { w: true } }", "{ s: { contains: y } }", &[("s", "y")]);
    assert_eq!(lacks, "true");
}

#[test]
fn semantics_3_an_effect_that_may_remove_an_element_leaves_the_set_unknown() {
    let tiny = || tiny().flags("w").set("s");
    let run = |requires| after(tiny(), "{ remove: { s: x }, when: { w: true } }", requires, &[("s", "x,y")]);
    assert_eq!(run("{ s: { contains: x } }"), "unknown");
    // To the letter nothing is known then, not even that `y` is still there.
    assert_eq!(run("{ s: { empty: false } }"), "unknown");
}

#[test]
fn semantics_3_within_one_list_an_effect_sees_what_the_ones_before_it_left() {
    let effects = "{ set: { a: true } }, { set: { b: true }, when: { a: true } }";
    assert_eq!(after(tiny().flags("a b"), effects, "{ b: true }", &[("a", "false"), ("b", "false")]), "true");
}
