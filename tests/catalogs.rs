//! The planner on catalogs made up at random: small ones, with every kind of test and effect in combinations that no
//! scenario has. What happens is worked out by the oracle, for the completions of what is not known.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;
mod oracle;

use common::{Tiny, View, all_come_true, contains, refines, tiny};
use cutover::catalog::Catalog;
use cutover::condition::Subject;
use cutover::fact::{FactId, FakeHost, Value};
use cutover::plan::explain::{Wanted, smallest_change};
use cutover::plan::{At, Confirm, Decision, Order, Place, Plan, Request, Start, Status, plan};
use oracle::{Dice, Machine, Restarts, Run, World, resume};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use std::fmt::Write as _;
use std::sync::Arc;

/// The facts of every catalog, with the values that its tests can tell apart.
const FACTS: [(&str, &[&str]); 8] = [
    ("reboot.pending", &["false", "true"]),
    ("a", &["false", "true"]),
    ("b", &["false", "true"]),
    ("c", &["false", "true"]),
    ("d", &["false", "true"]),
    ("k", &["x", "y", "z"]),
    ("v", &["0", "1", "1.5", "2", "3"]),
    ("s", &["", "p", "q", "p,q", "r", "p,r", "q,r", "p,q,r"]),
];

const TESTS: [&str; 19] = [
    "a: true",
    "a: false",
    "b: true",
    "b: false",
    "c: true",
    "c: false",
    "d: true",
    "d: false",
    "k: x",
    "k: [x, y]",
    "v: \">= 2\"",
    "v: \"<= 1\"",
    "v: 2",
    "s: { contains: p }",
    "s: { lacks: p }",
    "s: { empty: true }",
    "s: { lacks: $w }",
    "$f: true",
    "reboot.pending: false",
];

const AT_ONCE: [&str; 16] = [
    "set: { c: false }",
    "set: { d: { unknown: why } }",
    "set: { a: true }",
    "set: { a: false }",
    "set: { b: true }",
    "set: { b: false }",
    "set: { a: { unknown: why } }",
    "set: { k: x }",
    "set: { k: z }",
    "set: { v: \">= 2\" }",
    "set: { v: \"<= 1\" }",
    "set: { v: 2 }",
    "add: { s: p }",
    "remove: { s: p }",
    "remove: { s: $w }",
    "set: { s: { only: [q] } }",
];

/// What a restart brings.
const WAITING: [&str; 6] =
    ["set: { c: true }", "set: { d: false }", "set: { a: true }", "set: { k: y }", "set: { v: \">= 2\" }", "add: { s: p }"];

fn test() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (0..TESTS.len()).prop_map(|at| format!("{{ {} }}", TESTS[at])),
        1 => (0..TESTS.len()).prop_map(|at| format!("{{ not: {{ {} }} }}", TESTS[at])),
        1 => (0..TESTS.len(), 0..TESTS.len()).prop_map(|(a, b)| format!("{{ any: [{{ {} }}, {{ {} }}] }}", TESTS[a], TESTS[b])),
        1 => (0..TESTS.len(), 0..TESTS.len(), 0..TESTS.len()).prop_map(|(a, b, c)| format!(
            "{{ any: [{{ all: [{{ {} }}, {{ {} }}] }}, {{ {} }}] }}", TESTS[a], TESTS[b], TESTS[c]
        )),
    ]
}

fn condition(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(test(), 0..=most).prop_map(|tests| format!("{{ all: [{}] }}", tests.join(", ")))
}

/// The condition of an effect.
fn when() -> impl Strategy<Value = String> {
    (0..TESTS.len(), any::<bool>())
        .prop_map(|(at, not)| if not { format!("{{ not: {{ {} }} }}", TESTS[at]) } else { format!("{{ {} }}", TESTS[at]) })
}

fn effects(of: &'static [&'static str]) -> impl Strategy<Value = String> {
    let one = (0..of.len(), prop::option::weighted(0.3, when())).prop_map(|(at, when)| match when {
        Some(when) => format!("{{ {}, when: {when} }}", of[at]),
        None => format!("{{ {} }}", of[at]),
    });
    prop::collection::vec(one, 0..=2).prop_map(|effects| format!("[{}]", effects.join(", ")))
}

#[derive(Clone, Debug)]
struct Step {
    restart: bool,
    about: String,
    when: String,
}

fn step() -> impl Strategy<Value = Step> {
    let action = (
        condition(2),
        prop::option::weighted(0.7, condition(2)),
        effects(&AT_ONCE),
        effects(&WAITING),
        prop_oneof![Just("never"), Just("possible"), Just("always")],
    );
    (prop::bool::weighted(0.25), action, prop::option::weighted(0.3, condition(1))).prop_map(|(restart, action, when)| {
        let (requires, achieved, at_once, waiting, reboot) = action;
        let mut about = format!("requires: {requires}, effects: {at_once}, after_restart: {waiting}, reboot: {reboot}");
        if let Some(achieved) = achieved {
            write!(about, ", achieved_when: {achieved}").expect("text");
        }
        let when = if restart { None } else { when };
        Step { restart, about, when: when.unwrap_or_else(|| "{}".to_owned()) }
    })
}

/// A catalog, and what is known of a server.
#[derive(Clone, Debug)]
struct Case {
    steps: Vec<Step>,
    goal: String,
    forbidden: Option<String>,
    at_rest: Option<String>,
    known: Vec<Option<usize>>,
    parameters: (Option<bool>, Option<bool>),
    seed: u64,
}

fn cases(invariants: bool) -> impl Strategy<Value = Case> {
    let chance = 0.7;
    (
        prop::collection::vec(step(), 1..=4),
        condition(2),
        (prop::option::weighted(chance, condition(2)), prop::option::weighted(chance, condition(2))),
        prop::collection::vec(prop::option::weighted(0.6, 0..8_usize), FACTS.len()),
        (prop::option::weighted(0.7, any::<bool>()), prop::option::weighted(0.7, any::<bool>())),
        any::<u64>(),
    )
        .prop_map(move |(steps, goal, (forbidden, at_rest), known, parameters, seed)| Case {
            steps,
            goal,
            forbidden: forbidden.filter(|_| invariants),
            // A restart that is outstanding is taken at rest, and so never pending.
            at_rest: at_rest.filter(|when| invariants && !when.contains("reboot")),
            known,
            parameters,
            seed,
        })
}

fn catalog(case: &Case) -> Catalog {
    let mut tiny: Tiny = tiny().flags("a b c d").choice("k", "x, y, z").version("v").set("s");
    tiny = tiny.declares("w", "type: text").declares("f", "type: flag").goal(&case.goal);
    for (at, step) in case.steps.iter().enumerate() {
        let id = format!("step-{at}");
        tiny = if step.restart { tiny.restart(&id) } else { tiny.step_with(&id, &step.about, &format!("when: {}", step.when)) };
    }
    if let Some(when) = &case.forbidden {
        tiny = tiny.invariant("forbidden", "forbidden", when);
    }
    if let Some(when) = &case.at_rest {
        tiny = tiny.invariant("at-rest", "forbidden_at_rest", when);
    }
    tiny.catalog()
}

fn value(catalog: &Catalog, fact: FactId, at: usize) -> Value {
    let spec = catalog.vocabulary().spec(fact);
    let (_, texts) = FACTS.iter().find(|(name, _)| *name == spec.id()).expect("a fact");
    Value::parse(spec, texts[at % texts.len()]).expect("a value")
}

type Given = Vec<(Arc<str>, Value)>;

fn parameters(catalog: &Catalog, (word, flag): (Option<bool>, Option<bool>)) -> Given {
    let value = |name: &str, text: &str| {
        let spec = catalog.parameter(name).expect("a parameter");
        (Arc::from(name), spec.parse(text).expect("a value"))
    };
    let word = word.map(|word| value("w", if word { "p" } else { "q" }));
    let flag = flag.map(|flag| value("f", if flag { "true" } else { "false" }));
    word.into_iter().chain(flag).collect()
}

fn planned<'c>(catalog: &'c Catalog, facts: &[Option<Value>], given: &Given) -> Plan<'c> {
    let mut host = FakeHost::new();
    for (fact, value) in catalog.vocabulary().ids().zip(facts) {
        if let Some(value) = value {
            host.set(fact, value.clone());
        }
    }
    let start = Start::observe(catalog, &host, &[]).expect("nothing is assumed");
    plan(catalog, start, Request { parameters: given.clone(), ..Request::default() })
}

/// What a completed server is like, and its plan.
struct Complete<'c> {
    facts: Vec<Value>,
    given: Given,
    plan: Plan<'c>,
}

fn completions<'c>(catalog: &'c Catalog, case: &Case, known: &[Option<Value>], dice: &mut Dice) -> Vec<Complete<'c>> {
    let one = |dice: &mut Dice| {
        let fill = |(fact, known): (FactId, &Option<Value>), dice: &mut Dice| match known {
            Some(value) => value.clone(),
            None => value(catalog, fact, dice.roll(12)),
        };
        let facts: Vec<Value> = catalog.vocabulary().ids().zip(known).map(|one| fill(one, dice)).collect();
        let (word, flag) = case.parameters;
        let given = parameters(catalog, (Some(word.unwrap_or_else(|| dice.coin())), Some(flag.unwrap_or_else(|| dice.coin()))));
        let all: Vec<Option<Value>> = facts.iter().cloned().map(Some).collect();
        let plan = planned(catalog, &all, &given);
        Complete { facts, given, plan }
    };
    (0..10).map(|_| one(dice)).collect()
}

const OUTCOMES: [Restarts; 4] = [Restarts::Never, Restarts::Always, Restarts::Dice, Restarts::Dice];

fn runs<'c>(catalog: &'c Catalog, complete: &Complete<'_>, dice: &mut Dice, check: &mut dyn FnMut(&World<'c>, &Run<'c>)) {
    let values = |fact: FactId| (0..8).map(|at| value(catalog, fact, at)).collect::<Vec<_>>();
    // The world borrows its values for as long as the catalog; a test can afford to give them away.
    let values: &'static dyn Fn(FactId) -> Vec<Value> = {
        let table: Vec<Vec<Value>> = catalog.vocabulary().ids().map(values).collect();
        Box::leak(Box::new(move |fact: FactId| table[fact.index()].clone()))
    };
    let scenario = catalog.scenario("tiny").expect("the scenario");
    let world = World::new(catalog, scenario, &complete.given, values);
    let steps: Vec<usize> = (0..scenario.steps.len()).collect();
    for restarts in OUTCOMES {
        check(&world, &resume(&world, &steps, Machine::new(complete.facts.clone()), dice, restarts));
    }
}

fn comes_true(row: &Confirm, world: &World<'_>, run: &Run<'_>, trusting: bool) -> bool {
    // A parameter is asked for at the start, and the fact that it is compared with looked at when the step comes.
    let when = if row.missing.is_some() || !trusting { At::Step } else { row.at };
    let state = match (when, row.place) {
        (At::Start, _) => &run.states[0],
        (At::Step, Place::Step(index)) => &run.states[index],
        (At::Step, _) => run.states.last().expect("a state"),
    };
    let holds = |facts: &[Value]| world.test(&row.leaf.test, facts) == row.leaf.needs;
    // A row about an invariant does not say whether it speaks of the server before the step or after it.
    let after = match (row.place, row.invariant.is_some()) {
        (Place::Step(index), true) => holds(&run.states[index + 1].facts),
        (_, true) => holds(&run.states[0].facts) && holds(&run.rested),
        _ => true,
    };
    holds(&state.facts) && after
}

fn told(plan: &Plan<'_>) -> String {
    let view = View::of(plan);
    let decisions: Vec<_> = view.order().iter().map(|step| format!("{step}={}", view.decision(step))).collect();
    format!(
        "{}: {}\n  facts {}\n  blockers {:?}\n  confirm {:?}\n  unknowns {:?}",
        view.status(),
        decisions.join(" "),
        view.json["facts_read"],
        view.blockers(),
        view.confirm(),
        view.unknowns()
    )
}

fn shown(case: &Case) -> String {
    let mut text = format!("goal {}, forbidden {:?}, at rest {:?}\n", case.goal, case.forbidden, case.at_rest);
    for (at, step) in case.steps.iter().enumerate() {
        let about = if step.restart { "restart" } else { &step.about };
        writeln!(text, "  step-{at} when {}: {about}", step.when).expect("text");
    }
    text
}

fn tell(case: &Case, plan: &Plan<'_>, later: &Plan<'_>, run: &Run<'_>) -> String {
    format!(
        "{}  {}\n  complete {}\n  performed {:?} refused {:?} broken {:?} goal {} given {:?}",
        shown(case),
        told(plan),
        told(later),
        run.performed,
        run.refused,
        run.broken,
        run.goal,
        later.request.parameters
    )
}

/// Tries a case; `trusting` takes a row at the start at its word.
fn judge(case: &Case, trusting: bool) -> Result<(), TestCaseError> {
    let catalog = catalog(case);
    let ids = || catalog.vocabulary().ids();
    let known: Vec<Option<Value>> = ids().zip(&case.known).map(|(fact, at)| at.map(|at| value(&catalog, fact, at))).collect();
    let given = parameters(&catalog, case.parameters);
    let plan = planned(&catalog, &known, &given);
    let mut dice = Dice::new(case.seed);
    let mut verdict = Ok(());
    for complete in completions(&catalog, case, &known, &mut dice) {
        let later = &complete.plan;
        runs(&catalog, &complete, &mut dice.clone(), &mut |world, run| {
            if verdict.is_ok() {
                verdict = judge_one(case, &plan, later, world, run, trusting);
            }
        });
    }
    verdict
}

fn judge_one(
    case: &Case,
    plan: &Plan<'_>,
    later: &Plan<'_>,
    world: &World<'_>,
    run: &Run<'_>,
    trusting: bool,
) -> Result<(), TestCaseError> {
    let about = || tell(case, plan, later, run);
    for (at, (seen, real)) in plan.states.iter().zip(&run.states).enumerate() {
        for fact in plan.catalog.vocabulary().ids() {
            let (seen, real) = (&seen.now[fact.index()], &real.facts[fact.index()]);
            let name = plan.catalog.vocabulary().name(fact);
            prop_assert!(contains(seen, real), "after {at} steps {name} is {real}, not {}\n{}", seen.to_json(), about());
        }
    }
    match plan.status {
        Status::Ready => prop_assert!(run.is_good() && matches!(later.status, Status::Ready | Status::Done), "{}", about()),
        Status::Done => prop_assert!(run.performed.is_empty() && run.goal && later.status == Status::Done, "{}", about()),
        Status::Blocked => prop_assert!(!run.is_good() && later.status == Status::Blocked, "{}", about()),
        Status::ReadyIf if all_come_true(plan, |row| comes_true(row, world, run, trusting)) => {
            let open = later.status == Status::ReadyIf && later.confirm.iter().all(|row| row.at == At::Step);
            prop_assert!(run.is_good() || open, "{}", about());
            prop_assert!(matches!(later.status, Status::Ready | Status::Done) || open, "{}", about());
        }
        _ => {}
    }
    if plan.status != Status::NotApplicable {
        for (earlier, later) in plan.steps.iter().zip(&later.steps) {
            prop_assert!(refines(earlier.decision, later.decision), "{}\n{}", earlier.step.id, about());
        }
    }
    for (planned, at) in plan.steps.iter().zip(0..) {
        match planned.decision {
            Decision::Perform => prop_assert!(run.performed.contains(&at), "{} was not performed\n{}", planned.step.id, about()),
            Decision::Skip(_) => prop_assert!(!run.performed.contains(&at), "{} was performed\n{}", planned.step.id, about()),
            _ => {}
        }
    }
    for row in
        plan.confirm.iter().filter(|row| trusting && row.at == At::Start && row.missing.is_none() && row.invariant.is_none())
    {
        let Subject::Fact(fact) = row.leaf.test.subject else { continue };
        let then = match row.place {
            Place::Step(index) => &run.states[index],
            _ => run.states.last().expect("a state"),
        };
        let name = plan.catalog.vocabulary().name(fact);
        prop_assert_eq!(&run.states[0].facts[fact.index()], &then.facts[fact.index()], "row on {}\n{}", name, about());
    }
    Ok(())
}

/// So many cases, or as many as `PROPTEST_CASES` asks for.
fn config(cases: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: asked.unwrap_or(cases),
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        max_shrink_iters: 4000,
        ..ProptestConfig::default()
    }
}

/// The first sets of up to three facts, by size and then in the order of the catalog, with which some values make the server
/// ready or done, tried out one by one.
fn brute_force(catalog: &Catalog, known: &[Option<Value>], given: &Given) -> Option<Vec<FactId>> {
    let ids: Vec<FactId> = catalog.vocabulary().ids().collect();
    let values = |fact: FactId| -> Vec<Value> {
        let (_, texts) = FACTS.iter().find(|(name, _)| *name == catalog.vocabulary().name(fact)).expect("a fact");
        (0..texts.len()).map(|at| value(catalog, fact, at)).filter(|value| known[fact.index()].as_ref() != Some(value)).collect()
    };
    let good = |facts: &[Option<Value>]| matches!(planned(catalog, facts, given).status, Status::Ready | Status::Done);
    let with = |facts: &[Option<Value>], fact: FactId, value: Value| {
        let mut changed = facts.to_vec();
        changed[fact.index()] = Some(value);
        changed
    };
    for first in &ids {
        if values(*first).into_iter().any(|one| good(&with(known, *first, one))) {
            return Some(vec![*first]);
        }
    }
    let mut threes = Vec::new();
    for (at, first) in ids.iter().enumerate() {
        for (next, second) in ids.iter().enumerate().skip(at + 1) {
            for one in values(*first) {
                let changed = with(known, *first, one);
                if values(*second).into_iter().any(|two| good(&with(&changed, *second, two))) {
                    return Some(vec![*first, *second]);
                }
            }
            threes.extend(ids[next + 1..].iter().map(|third| [*first, *second, *third]));
        }
    }
    for [first, second, third] in threes {
        for one in values(first) {
            for two in values(second) {
                let changed = with(&with(known, first, one.clone()), second, two);
                if values(third).into_iter().any(|three| good(&with(&changed, third, three))) {
                    return Some(vec![first, second, third]);
                }
            }
        }
    }
    None
}

fn smallest_agrees(case: &Case) -> Result<(), TestCaseError> {
    let catalog = catalog(case);
    let known: Vec<Option<Value>> =
        catalog.vocabulary().ids().zip(&case.known).map(|(fact, at)| at.map(|at| value(&catalog, fact, at))).collect();
    let given = parameters(&catalog, case.parameters);
    let plan = planned(&catalog, &known, &given);
    if matches!(plan.status, Status::Ready | Status::Done) {
        return Ok(());
    }
    let found = smallest_change(&catalog, &plan.start, &plan.request, &Wanted::Good);
    let facts = found.as_ref().map(|change| change.iter().map(|(fact, _)| *fact).collect::<Vec<_>>());
    prop_assert_eq!(&facts, &brute_force(&catalog, &known, &given), "{}  {}", shown(case), told(&plan));
    if let Some(change) = found {
        let mut changed = known;
        for (fact, value) in change {
            prop_assert!(changed[fact.index()].as_ref() != Some(&value), "a change changes");
            changed[fact.index()] = Some(value);
        }
        let after = planned(&catalog, &changed, &given);
        prop_assert!(matches!(after.status, Status::Ready | Status::Done), "{}", told(&after));
    }
    Ok(())
}

/// A catalog with edges and exposures, and a server.
#[derive(Clone, Debug)]
struct Graph {
    case: Case,
    edges: Vec<(usize, usize)>,
    minutes: Vec<u32>,
    exposures: Vec<Option<String>>,
}

fn graphs() -> impl Strategy<Value = Graph> {
    (
        cases(false),
        prop::collection::vec((0..4_usize, 0..4_usize), 0..3),
        prop::collection::vec(1..4_u32, 4),
        prop::collection::vec(prop::option::weighted(0.8, test()), EXPOSURES.len()),
    )
        .prop_map(|(case, edges, minutes, exposures)| Graph { case, edges, minutes, exposures })
}

const EXPOSURES: [&str; 4] = ["antivirus-gap", "sensor-gap", "double-antivirus", "unconfigured-antivirus"];

fn catalog_of(graph: &Graph) -> Catalog {
    let mut tiny: Tiny = tiny().flags("a b c d").choice("k", "x, y, z").version("v").set("s");
    tiny = tiny.declares("w", "type: text").declares("f", "type: flag").goal(&graph.case.goal);
    for (at, step) in graph.case.steps.iter().enumerate() {
        let after = graph.edges.iter().filter(|(from, to)| *to == at && *from < at);
        let mut after: Vec<String> = after.map(|(from, _)| format!("step-{from}")).collect();
        after.dedup();
        let minutes = graph.minutes[at];
        let restart = "achieved_when: { reboot.pending: false }, effects: [{ set: { reboot.pending: false } }], reboot: restart";
        let about = format!("{}, minutes: {minutes}", if step.restart { restart } else { &step.about });
        tiny = tiny.step_with(&format!("step-{at}"), &about, &format!("when: {}, after: [{}]", step.when, after.join(", ")));
    }
    for (id, when) in EXPOSURES.iter().zip(&graph.exposures) {
        if let Some(when) = when {
            tiny = tiny.invariant(id, "exposure", when);
        }
    }
    tiny.catalog()
}

/// Every order of so many steps that the edges allow.
fn extensions(steps: usize, allowed: &dyn Fn(&[usize], usize) -> bool) -> Vec<Vec<usize>> {
    let mut found = vec![Vec::new()];
    for _ in 0..steps {
        let longer = found.into_iter().flat_map(|order: Vec<usize>| {
            let next = (0..steps).filter(|step| !order.contains(step) && allowed(&order, *step)).collect::<Vec<_>>();
            next.into_iter().map(move |step| [&order[..], &[step]].concat()).collect::<Vec<_>>()
        });
        found = longer.collect();
    }
    found
}

/// What an order costs, read from its plan.
fn cost(plan: &Plan<'_>, restarts_first: bool) -> Vec<usize> {
    let of = |ids: &[&str]| plan.exposures.iter().filter(|one| ids.contains(&&*one.invariant)).collect::<Vec<_>>();
    let minutes = |ids: &[&str]| of(ids).iter().map(|one| one.minutes as usize).sum::<usize>();
    let inside = of(&["antivirus-gap"]).iter().map(|one| one.reboots).sum::<usize>();
    let exposed = [minutes(&["antivirus-gap"]), inside, minutes(&["sensor-gap"]), minutes(&EXPOSURES[2..])];
    let restarts = plan.reboots.certain + plan.reboots.possible;
    if restarts_first { [&[restarts], &exposed[..]].concat() } else { [&exposed[..], &[restarts]].concat() }
}

fn best_order_agrees(graph: &Graph) -> Result<(), TestCaseError> {
    let catalog = catalog_of(graph);
    let case = &graph.case;
    let known: Vec<Option<Value>> =
        catalog.vocabulary().ids().zip(&case.known).map(|(fact, at)| at.map(|at| value(&catalog, fact, at))).collect();
    let given = parameters(&catalog, case.parameters);
    let start = planned(&catalog, &known, &given).start;
    let with = |order: Order| plan(&catalog, start.clone(), Request { parameters: given.clone(), order, ..Request::default() });
    let steps = &catalog.scenario("tiny").expect("the scenario").steps;
    let allowed = |done: &[usize], step: usize| steps[step].after.iter().all(|edge| done.contains(&edge.from));
    for (order, restarts_first) in [(Order::LeastExposure, false), (Order::FewestReboots, true)] {
        let tried = extensions(steps.len(), &allowed).into_iter();
        let best = tried.min_by_key(|listed| (cost(&with(Order::Listed(listed.clone())), restarts_first), listed.clone()));
        let found: Vec<usize> = with(order).steps.iter().map(|planned| planned.index).collect();
        prop_assert_eq!(Some(found), best, "{:?} {:?}\n{}", graph.edges, graph.exposures, shown(case));
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(100))]

    #[test]
    fn semantics_7_the_best_order_is_the_best_of_all_that_the_edges_allow(graph in graphs()) {
        best_order_agrees(&graph)?;
    }
}

proptest! {
    #![proptest_config(config(40))]

    #[test]
    fn the_smallest_change_agrees_with_brute_force(case in cases(true)) {
        smallest_agrees(&case)?;
    }
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn without_invariants_a_plan_says_what_happens_on_every_completed_server(case in cases(false)) {
        judge(&case, false)?;
    }

    #[test]
    fn a_row_at_the_start_is_about_a_fact_that_no_earlier_step_changes(case in cases(false)) {
        judge(&case, true)?;
    }

    #[test]
    fn with_invariants_a_plan_says_what_happens_on_every_completed_server(case in cases(true)) {
        judge(&case, false)?;
    }
}
