//! Properties that hold of every server, tried on servers made up at random: a ready one with some facts changed and some
//! of them unknown. What really happens on a server is worked out by an oracle that shares nothing with the planner.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;
mod oracle;

use common::{BASES, OTHER_WORKSPACE, Server, WORKSPACE, all_come_true, candidates, catalog, contains, refines, server};
use cutover::catalog::{Reboot, Scenario};
use cutover::condition::Subject;
use cutover::fact::{FactId, FakeHost, Value};
use cutover::plan::{At, Confirm, Decision, Origin, Place, Plan, Request, Start, Status, plan};
use oracle::{Dice, Machine, Restarts, Run, World, resume};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

/// A server made up at random, and what is asked about it.
#[derive(Clone, Debug)]
struct Case {
    base: usize,
    changes: Vec<(usize, usize)>,
    unknown: Vec<usize>,
    partial_build: bool,
    parameters: (bool, bool, bool, bool, bool),
    /// The scenario by name: none, the ready server's own, or another.
    named: Named,
    /// Without the steps that the article lacks.
    letter: bool,
    /// Where the ready server is on its way, and how that went.
    progress: (usize, bool),
    seed: u64,
}

/// How a case names its scenario.
#[derive(Clone, Copy, Debug)]
enum Named {
    Not,
    Own,
    Other(usize),
}

/// Facts that scenarios read; the others are changed too, but not as often.
const READ_OFTEN: [&str; 34] = [
    "os.build",
    "update.april_2014_rollup",
    "update.ucrt",
    "update.ssu_2021_09",
    "update.tdh",
    "reboot.pending",
    "reboot.reasons",
    "defender.feature",
    "defender.service",
    "defender.mode",
    "defender.platform",
    "defender.signature_age",
    "defender.tamper_protection",
    "policy.force_passive",
    "policy.force_passive",
    "policy.force_passive_enforced",
    "policy.assigned",
    "sense.installed",
    "sense.installed",
    "sense.onboarded",
    "sense.onboarded",
    "sense.autostart",
    "sense.org",
    "mma.installed",
    "mma.workspaces",
    "scep.installed",
    "third_party.antivirus",
    "third_party.products",
    "third_party.pushed",
    "mecm.installs_endpoint_protection",
    "package.msi",
    "package.org",
    "exclusions.mutual",
    "azure.unified_setting",
];

fn fact_at(index: usize) -> FactId {
    let vocabulary = catalog().vocabulary();
    match READ_OFTEN.get(index) {
        Some(name) => vocabulary.find(name).expect("a fact"),
        None => vocabulary.ids().nth((index - READ_OFTEN.len()) % vocabulary.len()).expect("a fact"),
    }
}

fn cases(changes: usize, unknown: usize) -> impl Strategy<Value = Case> {
    let facts = READ_OFTEN.len() + catalog().vocabulary().len();
    (
        0..BASES.len(),
        prop::collection::vec((0..facts, 0..12_usize), 0..=changes),
        prop::collection::vec(0..facts, 0..=unknown),
        prop::bool::weighted(0.2),
        (any::<bool>(), any::<bool>(), prop::bool::weighted(0.2), prop::bool::weighted(0.1), prop::bool::weighted(0.2)),
        (prop_oneof![3 => Just(Named::Own), 1 => Just(Named::Not), 1 => (0..7_usize).prop_map(Named::Other)], Just(false)),
        (prop_oneof![2 => Just(0_usize), 1 => 1..24_usize], any::<bool>()),
        any::<u64>(),
    )
        .prop_map(|(base, changes, unknown, partial_build, parameters, (named, letter), progress, seed)| Case {
            base,
            changes,
            unknown,
            partial_build,
            parameters,
            named,
            letter,
            progress,
            seed,
        })
}

/// So many cases, or as many as `PROPTEST_CASES` asks for.
fn config(cases: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: asked.unwrap_or(cases),
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        max_global_rejects: 100_000,
        ..ProptestConfig::default()
    }
}

/// The oracle's view of impossible lines; they read no parameters.
fn contradictions(facts: &[Value]) -> usize {
    let world = World { catalog: catalog(), scenario: &catalog().scenarios()[0], parameters: Vec::new(), values: &candidates };
    world.contradictions(facts)
}

fn facts_of(server: &Server) -> Vec<Value> {
    catalog().vocabulary().ids().map(|fact| server.facts[&fact].clone()).collect()
}

/// Changes further facts until no impossible line is met.
fn repaired(mut facts: Vec<Value>, kept: FactId) -> Option<Vec<Value>> {
    for _ in 0..8 {
        let now = contradictions(&facts);
        if now == 0 {
            return Some(facts);
        }
        let mut better = None;
        for fact in catalog().vocabulary().ids().filter(|fact| *fact != kept) {
            for value in candidates(fact) {
                let before = std::mem::replace(&mut facts[fact.index()], value.clone());
                if better.is_none() && contradictions(&facts) < now {
                    better = Some((fact, value));
                }
                facts[fact.index()] = before;
            }
        }
        let (fact, value) = better?;
        facts[fact.index()] = value;
    }
    None
}

/// The ready server that a case begins with, some steps on its way.
fn on_the_way(case: &Case) -> Server {
    let mut server = server(BASES[case.base]);
    let (steps, restarts) = case.progress;
    if steps > 0 {
        let plan = server.plan();
        let restarts = if restarts { Restarts::Dice } else { Restarts::Never };
        let run = walk(&plan, &server, &mut Dice::new(case.seed), restarts);
        let state = &run.states[steps.min(run.states.len() - 1)];
        server.facts = catalog().vocabulary().ids().zip(state.facts.iter().cloned()).collect();
    }
    server
}

/// The fully known server of a case: its ready server with every change that does not make it impossible.
fn full(case: &Case) -> Server {
    let mut server = on_the_way(case);
    for (fact, value) in &case.changes {
        let fact = fact_at(*fact);
        let values = candidates(fact);
        let mut facts = facts_of(&server);
        facts[fact.index()] = values[value % values.len()].clone();
        if let Some(facts) = repaired(facts, fact) {
            server.facts = catalog().vocabulary().ids().zip(facts).collect();
        }
    }
    let (org, replace, keep, ..) = case.parameters;
    server = server.parameter("replace_third_party", if replace { "true" } else { "false" });
    server = server.parameter("keep_endpoint_protection", if keep { "true" } else { "false" });
    if !org {
        server = server.without_parameter("org_id");
    }
    server = Server { letter: case.letter, ..server };
    match case.named {
        Named::Own => server,
        Named::Not => server.unnamed(),
        Named::Other(index) => server.named(&catalog().scenarios()[index % catalog().scenarios().len()].id),
    }
}

/// Cases of which some are planned without supplements.
fn cases_to_the_letter(changes: usize, unknown: usize) -> impl Strategy<Value = Case> {
    (cases(changes, unknown), prop::bool::weighted(0.2)).prop_map(|(case, letter)| Case { letter, ..case })
}

/// The same server with some of its facts and parameters unknown.
fn partial(case: &Case, full: &Server) -> Server {
    let mut server = full.clone();
    for fact in &case.unknown {
        server = server.unknown(catalog().vocabulary().name(fact_at(*fact)));
    }
    let build = catalog().vocabulary().find("os.build").expect("a fact");
    if let (true, Some(known)) = (case.partial_build, server.facts.get(&build).map(ToString::to_string)) {
        let prefix = known.rsplit_once('.').map_or(known.as_str(), |(prefix, _)| prefix);
        server = server.with("os.build", prefix);
    }
    let (_, _, _, without_workspace, without_replace) = case.parameters;
    if without_workspace {
        server = server.without_parameter("workspace_id");
    }
    if without_replace {
        server = server.without_parameter("replace_third_party");
    }
    server
}

fn given(server: &Server, name: &str) -> bool {
    server.parameters.iter().any(|(known, _)| **known == *name)
}

/// A server of which everything is known that may be the one of which only this much is.
fn completion(partial: &Server, truth: &Server, start: &Start, dice: &mut Dice) -> Option<Server> {
    let vocabulary = catalog().vocabulary();
    for attempt in 0..30 {
        let mut complete = partial.clone();
        complete.unknown.clear();
        for fact in vocabulary.ids() {
            let open = match (partial.facts.get(&fact), &start.facts[fact.index()]) {
                (None, _) => true,
                (Some(_), known) => !known.is_exact(),
            };
            if !open {
                continue;
            }
            let near = truth.facts[&fact].clone();
            let derived = (start.origins[fact.index()] == Origin::Derived).then(|| start.facts[fact.index()].single()).flatten();
            let value = match derived {
                Some(value) => value,
                None if attempt == 29 || dice.roll(5) < 2 => near,
                None => {
                    let allowed: Vec<Value> =
                        candidates(fact).into_iter().filter(|value| contains(&start.facts[fact.index()], value)).collect();
                    if allowed.is_empty() { near } else { dice.pick(&allowed).clone() }
                }
            };
            complete.facts.insert(fact, value);
        }
        if !given(&complete, "workspace_id") {
            complete = complete.parameter("workspace_id", if dice.coin() { WORKSPACE } else { OTHER_WORKSPACE });
        }
        if !given(&complete, "replace_third_party") {
            complete = complete.parameter("replace_third_party", if dice.coin() { "true" } else { "false" });
        }
        if contradictions(&facts_of(&complete)) == 0 {
            return Some(complete);
        }
    }
    None
}

fn is_restart(plan: &Plan<'_>, at: usize) -> bool {
    plan.steps[at].step.action.reboot == Reboot::Restart
}

fn is_skipped(decision: Decision) -> bool {
    matches!(decision, Decision::Skip(_))
}

/// What a plan says in a few words, for the message of a failure.
fn told(plan: &Plan<'_>) -> String {
    let view = common::View::of(plan);
    let decisions: Vec<_> = view.order().iter().map(|step| format!("{step}={}", view.decision(step))).collect();
    format!(
        "{} {:?}\n  {}\n  blockers {:?}\n  confirm {:?}\n  unknowns {:?}",
        view.status(),
        view.scenario(),
        decisions.join(" "),
        view.blockers(),
        view.confirm(),
        view.unknowns()
    )
}

/// How a server differs from the ready one that it began as, for the message of a failure.
fn differences(case: &Case, server: &Server) -> String {
    let base = common::server(BASES[case.base]);
    let mut lines = vec![BASES[case.base].to_owned()];
    for fact in catalog().vocabulary().ids() {
        let name = catalog().vocabulary().name(fact);
        match (server.facts.get(&fact), &base.facts[&fact]) {
            (None, _) => lines.push(format!("{name}: ?")),
            (Some(now), before) if now != before => lines.push(format!("{name}: {now}")),
            _ => {}
        }
    }
    lines.push(format!("{:?}", server.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>()));
    lines.push(format!("named {:?}, to the letter: {}", server.scenario, server.letter));
    lines.join("\n    ")
}

fn scenario_of(plan: &Plan<'_>) -> &'static Scenario {
    catalog().scenario(&plan.scenario.expect("a scenario").id).expect("a scenario")
}

fn world(plan: &Plan<'_>, server: &Server) -> World<'static> {
    World::new(catalog(), scenario_of(plan), &server.parameters, &candidates)
}

fn walk(plan: &Plan<'_>, server: &Server, dice: &mut Dice, restarts: Restarts) -> Run<'static> {
    resume(&world(plan, server), &steps_of(plan), Machine::new(facts_of(server)), dice, restarts)
}

/// The positions of the plan's steps in the scenario.
fn steps_of(plan: &Plan<'_>) -> Vec<usize> {
    plan.steps.iter().map(|planned| planned.index).collect()
}

const OUTCOMES: [Restarts; 4] = [Restarts::Never, Restarts::Always, Restarts::Dice, Restarts::Dice];

/// Whether a row comes out true on the way of a completed server.
fn comes_true(plan: &Plan<'_>, row: &Confirm, world: &World<'_>, run: &Run<'_>) -> bool {
    let at = |index| plan.steps.iter().position(|planned| planned.index == index).expect("a step");
    // A parameter is asked for at the start, and the fact that it is compared with looked at when the step comes.
    let when = if row.missing.is_some() { At::Step } else { row.at };
    let state = match (when, row.place) {
        (At::Start, _) => &run.states[0],
        // An invariant must not become true: either it was true before the step, or it is false after it.
        (At::Step, Place::Step(index)) if row.invariant.is_some() && !row.leaf.needs => &run.states[at(index) + 1],
        (At::Step, Place::Step(index)) => &run.states[at(index)],
        (At::Step, _) => run.states.last().expect("a state"),
    };
    world.test(&row.leaf.test, &state.facts) == row.leaf.needs
}

fn becomes_ready(case: &Case) -> Result<(), TestCaseError> {
    let truth = full(case);
    let server = partial(case, &truth);
    let plan = server.plan();
    prop_assume!(plan.status == Status::ReadyIf);
    let mut dice = Dice::new(case.seed);
    for _ in 0..6 {
        let Some(complete) = completion(&server, &truth, &plan.start, &mut dice) else { return Ok(()) };
        let later = complete.plan();
        let world = world(&plan, &complete);
        for restarts in OUTCOMES {
            let run = walk(&plan, &complete, &mut dice, restarts);
            if !all_come_true(&plan, |row| comes_true(&plan, row, &world, &run)) {
                continue;
            }
            let about = || {
                format!(
                    "{}\n  {}\n  complete: {}\n  {}",
                    differences(case, &server),
                    told(&plan),
                    differences(case, &complete),
                    told(&later)
                )
            };
            prop_assert!(
                run.is_good(),
                "{restarts:?} refused {:?} broken {:?} goal {}\n{}",
                run.refused,
                run.broken,
                run.goal,
                about()
            );
            // What hangs on how a step goes, and not on what the server is like, stays open until then; with every
            // supplement in place no plan for migrating hangs on that.
            let leaves_open = case.letter || scenario_of(&plan).checks_as_it_goes;
            let open = later.status == Status::ReadyIf && later.confirm.iter().all(|row| row.at == At::Step);
            prop_assert!(matches!(later.status, Status::Ready | Status::Done) || leaves_open && open, "{}", about());
            for (at, planned) in plan.steps.iter().enumerate() {
                prop_assert!(
                    is_restart(&plan, at) || refines(planned.decision, later.steps[at].decision),
                    "{} is another step\n{}",
                    planned.step.id,
                    about()
                );
            }
        }
    }
    Ok(())
}

fn rows_at_the_start_stay(case: &Case) -> Result<(), TestCaseError> {
    let truth = full(case);
    let server = partial(case, &truth);
    let plan = server.plan();
    prop_assume!(plan.confirm.iter().any(|row| row.at == At::Start));
    let mut dice = Dice::new(case.seed);
    for restarts in OUTCOMES {
        let Some(complete) = completion(&server, &truth, &plan.start, &mut dice) else { return Ok(()) };
        let run = walk(&plan, &complete, &mut dice, restarts);
        // What an end must not newly be depends on the start as well, and such a row may speak of it.
        for row in plan.confirm.iter().filter(|row| row.at == At::Start && row.missing.is_none() && row.invariant.is_none()) {
            let Subject::Fact(fact) = row.leaf.test.subject else { continue };
            let then = match row.place {
                Place::Step(index) => &run.states[steps_of(&plan).iter().position(|at| *at == index).expect("a step")],
                _ => run.states.last().expect("a state"),
            };
            prop_assert_eq!(
                &run.states[0].facts[fact.index()],
                &then.facts[fact.index()],
                "{} at {}\n{}\n  {}\n  complete: {}",
                catalog().vocabulary().name(fact),
                plan.place_name(row.place),
                differences(case, &server),
                told(&plan),
                differences(case, &complete)
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn every_order_respects_every_edge(case in cases_to_the_letter(6, 6)) {
        let server = partial(&case, &full(&case));
        let plan = server.plan();
        let mut seen = Vec::new();
        for planned in &plan.steps {
            for earlier in &planned.after {
                prop_assert!(seen.contains(earlier), "{} comes too early", planned.step.id);
            }
            if !case.letter {
                for edge in &planned.step.after {
                    prop_assert!(planned.after.contains(&edge.from), "an edge of {} is gone", planned.step.id);
                }
            }
            seen.push(planned.index);
        }
    }

    #[test]
    fn the_same_input_gives_the_same_bytes(case in cases_to_the_letter(6, 6)) {
        let server = partial(&case, &full(&case));
        let bytes = |plan: &Plan<'_>| serde_json::to_vec(&plan.document("server")).expect("a document");
        prop_assert_eq!(bytes(&server.plan()), bytes(&server.plan()));
    }

    #[test]
    fn a_fact_that_no_condition_reads_changes_nothing(case in cases_to_the_letter(5, 5), other in 0..200_usize) {
        let server = partial(&case, &full(&case));
        let plan = server.plan();
        let unread: Vec<FactId> = catalog().vocabulary().ids().filter(|fact| !plan.facts_read[fact.index()]).collect();
        prop_assume!(!unread.is_empty());
        let fact = unread[other % unread.len()];
        // What was read to derive the fact itself is noted only where it is unknown, and what only the ways back read is not.
        let document = |server: &Server| {
            let mut json = server.view().json;
            for key in ["facts_read", "way_back"] {
                json.as_object_mut().expect("a document").remove(key);
            }
            json
        };
        let before = document(&server);
        let mut changed: Vec<Server> = candidates(fact)
            .into_iter()
            .map(|value| {
                let mut server = server.clone();
                server.facts.insert(fact, value);
                server
            })
            .collect();
        changed.push(server.clone().unknown(catalog().vocabulary().name(fact)));
        for server in changed {
            prop_assert_eq!(&before, &document(&server), "{}", catalog().vocabulary().name(fact));
        }
    }

    #[test]
    fn a_ready_plan_is_never_refused_breaks_nothing_and_reaches_the_goal(case in cases_to_the_letter(5, 0)) {
        let server = full(&case);
        let plan = server.plan();
        prop_assume!(plan.scenario.is_some() && plan.status != Status::NotApplicable);
        let mut dice = Dice::new(case.seed);
        let world = world(&plan, &server);
        for restarts in OUTCOMES {
            let run = walk(&plan, &server, &mut dice, restarts);
            let about = || {
                let names: Vec<_> = run.performed.iter().map(|at| plan.steps[*at].step.id.to_string()).collect();
                format!("{}\n  {}\n  run {restarts:?}: performed {names:?} refused {:?} broken {:?} goal {}",
                    differences(&case, &server), told(&plan), run.refused, run.broken, run.goal)
            };
            match plan.status {
                Status::Ready => prop_assert!(run.is_good(), "{}", about()),
                Status::Done => prop_assert!(run.performed.is_empty() && run.goal, "{}", about()),
                Status::Blocked => prop_assert!(!run.is_good(), "{}", about()),
                Status::ReadyIf => prop_assert!(
                    run.is_good() || !all_come_true(&plan, |row| comes_true(&plan, row, &world, &run)), "{}", about()),
                Status::Undetermined | Status::NotApplicable => {}
            }
            if run.performed.is_empty() && run.goal {
                prop_assert!(plan.status == Status::Done, "{}", about());
            }
            for (at, planned) in plan.steps.iter().enumerate() {
                let performed = run.performed.contains(&at);
                match planned.decision {
                    Decision::Perform => prop_assert!(performed, "{} was not performed\n{}", planned.step.id, about()),
                    Decision::Skip(_) => prop_assert!(!performed, "{} was performed\n{}", planned.step.id, about()),
                    Decision::CheckFirst | Decision::DecideLater => {}
                }
            }
        }
    }

    #[test]
    fn of_a_fully_known_server_nothing_is_undetermined(case in cases_to_the_letter(5, 0)) {
        let server = full(&case);
        let plan = server.plan();
        prop_assert!(plan.status != Status::Undetermined, "{}\n{}", differences(&case, &server), told(&plan));
    }

    #[test]
    fn what_happens_on_a_server_is_among_what_the_plan_thought_possible(case in cases_to_the_letter(5, 6)) {
        let truth = full(&case);
        let server = partial(&case, &truth);
        let plan = server.plan();
        prop_assume!(plan.scenario.is_some());
        let mut dice = Dice::new(case.seed);
        let Some(complete) = completion(&server, &truth, &plan.start, &mut dice) else { return Ok(()) };
        for restarts in OUTCOMES {
            let run = walk(&plan, &complete, &mut dice, restarts);
            for (at, (known, real)) in plan.states.iter().zip(&run.states).enumerate() {
                let step = at.checked_sub(1).map_or("the start", |at| &plan.steps[at].step.id);
                for fact in catalog().vocabulary().ids() {
                    let (known, real) = (&known.now[fact.index()], &real.facts[fact.index()]);
                    prop_assert!(
                        contains(known, real),
                        "after {step} {} is {real}, and the plan says {}\n{}\n  complete: {}\n{}",
                        catalog().vocabulary().name(fact),
                        known.to_json(),
                        differences(&case, &server),
                        differences(&case, &complete),
                        told(&plan)
                    );
                }
            }
        }
    }

    #[test]
    fn where_every_row_comes_true_the_plan_becomes_ready_with_the_same_steps(case in cases(4, 6)) {
        becomes_ready(&case)?;
    }

    #[test]
    fn to_the_letter_too_where_every_row_comes_true_the_plan_becomes_ready(case in cases(4, 6)) {
        becomes_ready(&Case { letter: true, ..case })?;
    }

    #[test]
    fn to_the_letter_too_a_row_at_the_start_is_about_a_fact_that_no_earlier_step_changes(case in cases(4, 6)) {
        rows_at_the_start_stay(&Case { letter: true, ..case })?;
    }

    #[test]
    fn a_row_at_the_start_is_about_a_fact_that_no_earlier_step_changes(case in cases(4, 6)) {
        rows_at_the_start_stay(&case)?;
    }

    #[test]
    fn every_completion_of_a_blocked_plan_is_blocked_or_not_applicable(case in cases_to_the_letter(5, 5)) {
        let truth = full(&case);
        let server = partial(&case, &truth);
        let plan = server.plan();
        prop_assume!(plan.status == Status::Blocked);
        let mut dice = Dice::new(case.seed);
        for _ in 0..6 {
            let Some(complete) = completion(&server, &truth, &plan.start, &mut dice) else { return Ok(()) };
            let later = complete.plan();
            prop_assert!(
                matches!(later.status, Status::Blocked | Status::NotApplicable),
                "{}\n  {}\n  complete: {}\n  {}", differences(&case, &server), told(&plan), differences(&case, &complete), told(&later)
            );
        }
    }

    #[test]
    fn learning_facts_one_at_a_time_never_makes_an_answer_worse(case in cases_to_the_letter(4, 8)) {
        let truth = full(&case);
        let mut server = partial(&case, &truth);
        let mut dice = Dice::new(case.seed);
        let Some(complete) = completion(&server, &truth, &server.start(), &mut dice) else { return Ok(()) };
        let mut before = server.plan();
        let open: Vec<FactId> = catalog().vocabulary().ids().filter(|fact| server.facts.get(fact) != complete.facts.get(fact)).collect();
        for fact in open {
            server.facts.insert(fact, complete.facts[&fact].clone());
            let after = server.plan();
            let about = || format!("learning {}\n{}\n  before: {}\n  after: {}",
                catalog().vocabulary().name(fact), differences(&case, &server), told(&before), told(&after));
            match before.status {
                Status::Done => prop_assert!(after.status == Status::Done, "{}", about()),
                Status::Ready => prop_assert!(matches!(after.status, Status::Ready | Status::Done), "{}", about()),
                Status::Blocked => prop_assert!(matches!(after.status, Status::Blocked | Status::NotApplicable), "{}", about()),
                Status::NotApplicable => prop_assert!(after.status == Status::NotApplicable, "{}", about()),
                // Nothing that was decided becomes open again, and what was known stays known.
                Status::ReadyIf => prop_assert!(
                    !matches!(after.status, Status::Undetermined | Status::NotApplicable), "{}", about()),
                Status::Undetermined => {}
            }
            if before.scenario.is_some() {
                for (earlier, later) in before.steps.iter().zip(&after.steps) {
                    prop_assert!(refines(earlier.decision, later.decision), "{}\n{}", earlier.step.id, about());
                }
            }
            before = after;
        }
    }

    #[test]
    fn planning_after_a_part_of_a_plan_gives_the_rest(case in cases(4, 0), part in 0..32_usize) {
        let server = full(&case);
        let first = server.plan();
        // The vendor's script cannot be repeated, and says so.
        prop_assume!(first.status == Status::Ready && !scenario_of(&first).checks_as_it_goes);
        let mut dice = Dice::new(case.seed);
        let run = walk(&first, &server, &mut dice, Restarts::Never);
        let done = part % (first.steps.len() + 1);
        let request = Request { scenario: first.scenario.map(|scenario| scenario.id.to_string()), ..server.request() };
        let host = host(&run.states[done]);
        let start = Start::observe(catalog(), &host, &[]).expect("nothing is assumed");
        let again = plan(catalog(), start, request);
        let about = || format!("after {done} steps\n{}\n  {}\n  again: {}", differences(&case, &server), told(&first), told(&again));
        prop_assert!(matches!(again.status, Status::Ready | Status::Done), "{}", about());
        for (at, (planned, replanned)) in first.steps.iter().zip(&again.steps).enumerate() {
            if is_restart(&first, at) {
                continue;
            }
            let listed = !is_skipped(replanned.decision);
            let performed_later = at >= done && run.performed.contains(&at);
            prop_assert!(
                listed == performed_later || listed && planned.decision == Decision::CheckFirst && at >= done,
                "{}\n{}", planned.step.id, about()
            );
        }
        if done == first.steps.len() {
            prop_assert!(again.status == Status::Done, "{}", about());
        }
    }

    #[test]
    fn planning_again_after_an_interruption_or_a_failure_is_ready_or_done_and_the_way_on_is_good(
        case in cases(4, 0),
        part in 0..32_usize,
        failure in any::<prop::sample::Index>(),
    ) {
        let server = full(&case);
        let first = server.plan();
        // The vendor's script cannot be repeated, and says so.
        prop_assume!(first.status == Status::Ready && !scenario_of(&first).checks_as_it_goes);
        let mut dice = Dice::new(case.seed);
        let run = walk(&first, &server, &mut dice, Restarts::Dice);
        let done = part % (first.steps.len() + 1);
        let mut machine = run.states[done].clone();
        let mut failed = None;
        if run.performed.contains(&done) {
            let step = scenario_of(&first).steps.get(done).expect("a step");
            // Not every failure of the catalog leaves anything; none is an interruption before the effects.
            let failures: Vec<_> = step.action.failures.iter().map(Some).chain([None]).collect();
            if let Some(chosen) = failures[failure.index(failures.len())] {
                machine.fail(&world(&first, &server), &mut dice, step, &chosen.leaves);
                failed = Some(chosen.id.to_string());
            }
        }
        let request = Request { scenario: first.scenario.map(|scenario| scenario.id.to_string()), ..server.request() };
        let start = Start::observe(catalog(), &host(&machine), &[]).expect("nothing is assumed");
        let again = plan(catalog(), start, request);
        let about = || format!("after {done} steps and {failed:?}\n{}\n  {}\n  again: {}\n  {:?}",
            differences(&case, &server), told(&first), told(&again), machine.outstanding);
        prop_assert!(matches!(again.status, Status::Ready | Status::Done), "{}", about());
        let rest = resume(&world(&first, &server), &steps_of(&first), machine.clone(), &mut dice, Restarts::Dice);
        prop_assert!(rest.is_good(), "refused {:?} broken {:?} goal {}\n{}", rest.refused, rest.broken, rest.goal, about());
    }
}

/// The server as a run left it.
fn host(machine: &Machine<'_>) -> FakeHost {
    let ids = catalog().vocabulary().ids();
    ids.fold(FakeHost::new(), |host, fact| host.with(fact, machine.facts[fact.index()].clone()))
}
