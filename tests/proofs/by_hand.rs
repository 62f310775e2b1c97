//! Tiny catalogs, and what `docs/proof.md` says of each, worked out by hand.
//!
//! In the comments a server is written as its facts, `tf` for the first true and the second false; after a slash stands what
//! is outstanding, and in braces what is done in this run. A step that is performed has the transitions of success, of
//! being interrupted before and of being interrupted after at least; one that is passed over has one.

use crate::common::{Tiny, tiny};
use cutover::prove::Options;

/// What a proof must say of a catalog.
pub struct Case {
    /// What it is about.
    pub about: &'static str,
    /// The catalog.
    pub catalog: Tiny,
    /// What is asked for.
    pub options: Options,
    /// Servers, impossible ones, ready ones, done ones, states, transitions, orders.
    pub counts: [u128; 7],
    /// The properties that fail.
    pub refuted: &'static str,
    /// How many ends there are.
    pub ends: usize,
    /// Where nothing fails: the edges that are not procedural, and what fails without each.
    pub edges: &'static [(usize, usize, &'static str)],
}

fn case(about: &'static str, catalog: Tiny, counts: [u128; 7], refuted: &'static str, ends: usize) -> Case {
    Case { about, catalog, options: Options::default(), counts, refuted, ends, edges: &[] }
}

/// An action that sets a flag and is achieved where it is set.
fn sets(flag: &str) -> String {
    format!("achieved_when: {{ {flag}: true }}, effects: [{{ set: {{ {flag}: true }} }}]")
}

/// A step that sets a flag, for each flag, without edges.
fn unordered(flags: &str) -> Tiny {
    flags.split(' ').fold(tiny().flags(flags), |tiny, flag| tiny.step(flag, &sets(flag)))
}

const RESTART: &str = "achieved_when: { reboot.pending: false }, effects: [{ set: { reboot.pending: false } }], reboot: restart";

/// All cases.
pub fn cases() -> Vec<Case> {
    [steps(), restarts(), effects(), parameters(), refuted(), others()].into_iter().flatten().collect()
}

fn steps() -> Vec<Case> {
    // f{} performs: t{s}, f{} and t{}. The server t is done.
    let one = tiny().flags("a").step("s", &sets("a")).goal("{ a: true }");
    // ff{} performs either: 6. tf{} and ft{} pass one over and perform the other: 4 each. tf{x} and ft{y} perform the
    // other: 3 each. tt{x} and tt{y} pass it over: 1 each. tt{} is done, and tt{x,y} is the end.
    let two = unordered("x y").goal("{ x: true, y: true }");
    // ff{} and ft{} perform x: 3 each. tf{} passes it over: 1. tf{x} performs y: 3. tt{x} passes it over: 1. tt{} is done.
    let documented = Case {
        options: Options { documented_order_only: true, ..Options::default() },
        ..case("two steps without an edge, in documented order", two.clone(), [4, 0, 3, 1, 7, 11, 2], "", 1)
    };
    // As in documented order. Without the edge y is refused where x is not done.
    let after = tiny().flags("x y").step("x", &sets("x")).goal("{ x: true, y: true }");
    let after = after.step_with("y", &format!("requires: {{ x: true }}, {}", sets("y")), "after: [x]");
    let edge = case("an edge that is needed", after, [4, 0, 3, 1, 7, 11, 1], "", 1);
    // The same, where the edge is no claim about servers.
    let procedural = tiny().flags("x y").step("x", &sets("x")).goal("{ x: true, y: true }");
    let procedural =
        procedural.step_with("y", &format!("requires: {{ x: true }}, {}", sets("y")), "after: [{ step: x, kind: procedural }]");
    vec![
        case("one step", one, [2, 0, 1, 1, 3, 3, 1], "", 1),
        case("two steps without an edge", two, [4, 0, 3, 1, 9, 22, 2], "", 1),
        documented,
        Case { edges: &[(0, 1, "c")], ..edge },
        case("an edge that is procedural", procedural, [4, 0, 3, 1, 7, 11, 1], "", 1),
    ]
}

fn restarts() -> Vec<Case> {
    let with = |reboot: &str| {
        let about = format!("achieved_when: {{ a: true }}, after_restart: [{{ set: {{ a: true }} }}], reboot: {reboot}");
        tiny().flags("a").step("s", &about).step_with("r", RESTART, "after: [s]").goal("{ a: true }")
    };
    // Facts: reboot.pending, a. ff{} performs s: ft{s}, tf/s{s}, ff{}, and broken off after it ft{} or tf/s{}: 5; tf{}
    // likewise: 5. tt{} passes s over: 1. ft{s} passes r over: 1. tf/s{s} performs r: ft{s,r}, tf/s{}, ft{}: 3. tf/s{} is
    // ready again and performs s a second time: tt/s{s}, tf/s{s}, tf/s{}, tt/s{}, tf/s{}: 5. tt{s} performs r: 3. tt/s{s}
    // performs r: 3. tt/s{} passes s over: 1. ft{} is done, and ft{s,r} is the end. Without the edge a still comes at rest.
    let possible = case("a restart that may be needed", with("possible"), [4, 0, 3, 1, 11, 27, 1], "", 1);
    // ff{} performs s: tf/s{s}, ff{}, tf/s{}: 3; tf{} likewise: 3, and tf/s{}: 3. tt{} passes s over: 1. tf/s{s} and tt{s}
    // perform r: 3 each. ft{} is done, and ft{s,r} is the end.
    let always = case("a restart that is always needed", with("always"), [4, 0, 3, 1, 8, 16, 1], "", 1);
    // Facts: a, c. From ff the restart would bring what must not be at rest; tf has it before. tf{} performs: tt/s{s},
    // tf{}, tt/s{}, which is done. At rest after ff nothing is left that s could set right.
    let at_rest = "achieved_when: { c: true }, effects: [{ set: { c: true } }], after_restart: [{ set: { a: true } }]";
    let at_rest = tiny().flags("a c").step("s", &format!("{at_rest}, reboot: always"));
    let at_rest = at_rest.invariant("rest", "forbidden_at_rest", "{ a: true }").goal("{ c: true }");
    vec![
        Case { edges: &[(0, 1, "")], ..possible },
        Case { edges: &[(0, 1, "")], ..always },
        case("an invariant at rest", at_rest, [4, 0, 1, 2, 3, 3, 1], "", 1),
        outstanding(),
    ]
}

/// Facts: reboot.pending, a, b. Two steps wait for one restart, and what the second brings looks at what the first brought. All
/// but ftt are ready, since their order at the restart is that of the steps.
///
/// Nothing done: all eight are reached, and tff/1, tft/1, tff/12 and ttf/2. The four without a have 3 each for the first step, and
/// so have the three of the others without a; the rest pass it over, but ftt is done: 25. The first done: tff/1, tff/12, ftf, ttf
/// and ttf/2 perform the second, tft/1 and ttt pass it over: 17. Both done: tff/12, tft/1, ttf/2 and ttt restart: 12. One end.
/// Without the first edge the restart may come between the second step and the first, and what the second brought is lost.
/// Without the second edge all comes at rest.
fn outstanding() -> Case {
    let first = "achieved_when: { a: true }, after_restart: [{ set: { a: true } }], reboot: always";
    let second = "achieved_when: { b: true }, after_restart: [{ set: { b: true }, when: { a: true } }], reboot: always";
    let catalog = tiny().flags("a b").step("first", first).step_with("second", second, "after: [first]");
    let catalog = catalog.step_with("r", RESTART, "after: [second]").goal("{ a: true, b: true }");
    let case = case("two steps that wait for one restart", catalog, [8, 0, 7, 1, 24, 54, 1], "", 1);
    Case { edges: &[(0, 1, "a"), (1, 2, "")], ..case }
}

fn effects() -> Vec<Case> {
    // Facts: a, b, c, of which a and b are never both true; b is read, and the line brings a along. fff{} and ftf{} leave b
    // open: success 2, before 1, after 2. tff{} cannot: 3. Three servers are at the end, and three broken off after it.
    let unknown = "achieved_when: { c: true }, effects: [{ set: { c: true } }, { set: { b: { unknown: why } } }]";
    let unknown = tiny().flags("a b c").step("s", unknown).goal("{ c: true }");
    let unknown = unknown.invariant("b", "exposure", "{ b: true }").impossible("both", "{ a: true, b: true }");
    // Versions below 2 are one class, of which some are at least 1: they stay, and the others become anything that is.
    let bound = "achieved_when: { c: true }, effects: [{ set: { c: true, v: \">= 1\" } }]";
    let bound = tiny().flags("c").version("v").step("s", bound).invariant("v", "exposure", "{ v: \">= 2\" }");
    vec![
        case("an effect that leaves a fact open", unknown, [6, 2, 3, 3, 9, 13, 1], "", 3),
        case("a bound inside a class", bound.goal("{ c: true }"), [4, 0, 2, 2, 6, 8, 1], "", 2),
    ]
}

fn parameters() -> Vec<Case> {
    // Nothing else is compared with the set, so that $w is one word or is left out. Where it is left out the test is true,
    // and both classes are done; where it is given, the set that lacks it is.
    let word = tiny().set("s").declares("w", "type: text, optional: true").goal("{ s: { lacks: $w } }");
    let word = word.step("s", "achieved_when: { s: { lacks: $w } }, effects: [{ remove: { s: $w } }]");
    // Without the flag nothing is done, and nothing is wanted.
    let flag = tiny().flags("a").declares("f", "type: flag").step_with("s", &sets("a"), "when: { $f: true }");
    let flag = flag.goal("{ any: [{ a: true }, { $f: false }] }");
    let by_default =
        tiny().flags("a").declares("f", "type: flag, default: false").step_with("s", &sets("a"), "when: { $f: true }");
    let by_default = by_default.goal("{ any: [{ a: true }, { $f: false }] }");
    // One word of three wants the step.
    let choice = tiny().flags("a").declares("m", "type: choice, values: [x, y, z]").step_with("s", &sets("a"), "when: { $m: x }");
    let choice = choice.goal("{ any: [{ a: true }, { not: { $m: x } }] }");
    // The word is p, or one that is not; the set has either, both or none. With each word two sets have it: each loses it.
    let given = tiny().set("s").declares("w", "type: text").goal("{ s: { lacks: $w } }");
    let given = given.step("s", "achieved_when: { s: { lacks: $w } }, effects: [{ remove: { s: $w } }]");
    let given = given.invariant("p", "exposure", "{ s: { contains: p } }");
    // The word is p.
    let default = tiny().set("s").declares("w", "type: text, default: p").goal("{ s: { lacks: $w } }");
    let default = default.step("s", "achieved_when: { s: { lacks: $w } }, effects: [{ remove: { s: $w } }]");
    vec![
        case("a flag with a default", by_default, [4, 0, 1, 3, 3, 3, 1], "", 1),
        case("a choice", choice, [6, 0, 1, 5, 3, 3, 1], "", 1),
        case("a parameter that must be given", given, [8, 0, 4, 4, 12, 12, 1], "", 4),
        case("a parameter with a default", default, [2, 0, 1, 1, 3, 3, 1], "", 1),
        case("a parameter that is left out", word, [4, 0, 1, 3, 3, 3, 1], "", 1),
        case("a flag", flag, [4, 0, 1, 3, 3, 3, 1], "", 1),
    ]
}

fn refuted() -> Vec<Case> {
    // Facts: x, y. The step y takes x back, and is listed first. ff{}: 6. ft{} passes y over and performs x: 4. tf{}
    // performs y and passes x over: 4. ft{y} performs x: 3. tf{x} performs y: 3. tt{x} passes it over: 1. Ends: tt and ft.
    let takes_back = "achieved_when: { y: true }, effects: [{ set: { y: true, x: false } }]";
    let goal = tiny().flags("x y").step("y", takes_back).step("x", &sets("x")).goal("{ x: true, y: true }");
    // The same way round, but x before y is only forbidden.
    let forbidden = tiny().flags("x y").step("y", &sets("y")).step("x", &sets("x")).goal("{ x: true, y: true }");
    let forbidden = forbidden.invariant("bare", "forbidden", "{ x: true, y: false }");
    // As two steps without an edge, but ff{} refuses y.
    let y = format!("requires: {{ x: true }}, {}", sets("y"));
    let refused = tiny().flags("x y").step("x", &sets("x")).step("y", &y).goal("{ x: true, y: true }");
    // Facts: a, b. ff{} performs: tf{s}, ff{}, tf{}, and fails into ff{}, tf{}, ft{} and tt{}, of which the last two are stuck.
    let failures =
        [("a", "unchanged"), ("b", "effects"), ("c", "{ set: { b: true } }"), ("d", "{ effects: true, set: { b: true } }")];
    let failure = |(id, leaves): &(&str, &str)| {
        format!("{{ id: {id}, on: {{ observed: this }}, about: Text., leaves: {leaves}, remedy: None. }}")
    };
    let failures = failures.iter().map(failure).collect::<Vec<_>>().join(", ");
    let resuming = tiny().flags("a b").step("s", &format!("{}, failures: [{failures}]", sets("a")));
    // Listed first, x needs what y could bring. From ft: x performs, y passed over: 4. From tf: x passed over, y performs: 4.
    // tt{x} and tt{y} pass the other over: 1 each. ft{y} and tf{x} perform the other: 3 each. ff is refused.
    let x = format!("requires: {{ y: true }}, {}", sets("x"));
    let too_much = tiny().flags("x y").step("x", &x).step("y", &sets("y")).goal("{ x: true, y: true }");
    // Facts: a, b. ft becomes tt although that is impossible: where a change leads to one class only, it does.
    let contradiction = tiny().flags("a b").step("s", &sets("a")).goal("{ a: true }").impossible("both", "{ a: true, b: true }");
    vec![
        case("an order that misses the goal", goal, [4, 0, 3, 1, 9, 21, 2], "a", 2),
        case("an order that is forbidden", forbidden, [4, 0, 3, 1, 9, 22, 2], "b", 1),
        case("an order that is refused", refused, [4, 0, 3, 1, 9, 19, 2], "c", 1),
        case("failures", resuming.goal("{ a: true, b: false }"), [4, 0, 1, 1, 5, 7, 1], "d", 1),
        exposed(),
        case("a step that comes too late", too_much, [4, 0, 2, 1, 8, 16, 2], "f", 1),
        case("an effect that contradicts", contradiction, [3, 1, 2, 1, 6, 6, 1], "g", 2),
    ]
}

/// Facts: reboot.pending, a, e. A step leaves e true with its restart; after an interruption nobody knows, and the plan sees no
/// exposure. The restart brings it, and the step c is one step under it.
fn exposed() -> Case {
    let s =
        "achieved_when: { a: true }, effects: [{ set: { a: true } }], after_restart: [{ set: { e: true } }], reboot: possible";
    let catalog = tiny().flags("a e").step("s", s).step_with("r", RESTART, "after: [s]");
    let c = "achieved_when: { e: false }, effects: [{ set: { e: false } }]";
    let catalog = catalog.step_with("c", c, "after: [r]").goal("{ a: true, e: false }");
    // All eight servers with nothing done are reached, and two with s outstanding. Of the eight, the four without a perform s
    // in 5 ways each; of the others, ftf is done, and three pass s over; so do the two: 25 together. With s done there are
    // ftt, ttt and ttf, and ttf/s and ttt/s: r is passed over in the first and performed in 3 ways in the others: 13. With r
    // done there are ftt, where c has 3, and ftf, where it is passed over: 4. One end.
    let catalog = catalog.invariant("exposed", "exposure", "{ e: true }");
    case("an exposure that an outstanding effect brings", catalog, [8, 0, 7, 1, 18, 42, 1], "e", 1)
}

fn others() -> Vec<Case> {
    // Facts: a, b, c. A run begins on all eight. Without a, x performs in 3 ways, with it it is passed over: 16. With x done
    // y is passed over where c is true, has 3 where b is, and is refused otherwise: 5. Two ends. Where y is refused nothing
    // succeeds from the start, so that nothing is judged of resuming.
    let y = format!("requires: {{ b: true }}, {}", sets("c"));
    let as_it_goes = tiny().flags("a b c").step("x", &sets("a")).step_with("y", &y, "after: [x]").marked("checks: as_it_goes");
    // The same with the supplement between, which would have set b right, left out.
    let supplement = tiny().flags("a b c").step_with("x", &sets("a"), "article: \"1\"");
    let supplement = supplement.step_with("between", &sets("b"), "after: [x]");
    let supplement = supplement.step_with("y", &y, "article: \"1\", after: [between]").goal("{ a: true, c: true }");
    let supplement = Case {
        options: Options { without_supplements: true, ..Options::default() },
        ..case("a supplement that is left out", supplement, [8, 0, 4, 2, 14, 21, 1], "cf", 2)
    };
    // Facts: a, b. After the step another scenario applies. It looks at c, which the first does not read.
    let step = "achieved_when: { a: true }, effects: [{ set: { a: true, b: true } }]";
    let chosen = tiny().flags("a b c").step("s", step).goal("{ a: true }").applies_when("{ b: false }");
    let stuck = chosen.clone().other_with("other", "{ b: true }", "", "{ c: true }", &[]);
    let goes_on = chosen.action("c", &sets("c")).other_with("other", "{ b: true }", "", "{ c: true }", &["c"]);
    vec![
        case("checks as it goes", as_it_goes.goal("{ a: true, c: true }"), [8, 0, 4, 2, 14, 21, 1], "c", 2),
        supplement,
        case("another scenario that is stuck", stuck, [2, 0, 1, 1, 3, 3, 1], "d", 1),
        case("another scenario that goes on", goes_on, [2, 0, 1, 1, 3, 3, 1], "", 1),
    ]
}
