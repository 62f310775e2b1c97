//! The crash matrix on catalogs made up at random, of which a proof says that they can be broken off anywhere.

use crate::desk::{Manner, carry_out, job, paper, planned};
use crate::machine::{Fuse, needs_restart};
use crate::oracle::{Dice, Machine, Restarts, World};
use crate::proofs::Made;
use crate::proofs::at_random::made;
use cutover::catalog::Catalog;
use cutover::execute::{Simulated, Turn};
use cutover::fact::{FactId, FactType, FakeHost, Value};
use cutover::plan::{Request, Status};
use cutover::prove::prove;
use jiff::Timestamp;
use proptest::prelude::*;
use std::sync::Arc;

/// How many catalogs are tried.
const SEEDS: u64 = 150;

/// Values of a fact of a made catalog.
fn values(catalog: &Catalog, fact: FactId) -> Vec<Value> {
    let spec = catalog.vocabulary().spec(fact);
    let texts: &[&str] = match spec.kind() {
        FactType::Flag => &["false", "true"],
        FactType::Choice => &["x", "y", "z"],
        FactType::Version => &["1", "2", "3"],
        FactType::Set => &["", "p", "q", "p,q"],
        FactType::Days | FactType::Text => &["0"],
    };
    texts.iter().map(|text| Value::parse(spec, text).expect("a value")).collect()
}

/// Whether what the runner rests on is proven of the catalog: no refusal on the way, and from everywhere planning again leads on.
fn is_proven(made: &Made, catalog: &Catalog) -> bool {
    let scenario = catalog.scenario("tiny").expect("the scenario");
    // What cannot be seen to be done is done again after an interruption, and may then come out otherwise.
    let seen = scenario.steps.iter().all(|step| step.action.achieved_when.is_some());
    if scenario.checks_as_it_goes || made.without_supplements || !seen {
        return false;
    }
    let Ok(proof) = prove(catalog, scenario, &made.options()) else { return false };
    proof.verdicts.iter().all(|verdict| verdict.holds || !"abcdg".contains(verdict.property.letter()))
}

/// Whether every step, wherever it may be carried out, brings about what it is seen by. One that does not is never seen to be done, and
/// the runner stops there: whether it comes to that depends on the way.
fn keep_their_word(world: &World<'_>) -> bool {
    let vocabulary = world.catalog.vocabulary();
    let mut servers: Vec<Vec<Value>> = vec![Vec::new()];
    for fact in vocabulary.ids() {
        let longer = |known: &Vec<Value>| {
            values(world.catalog, fact).into_iter().map(|value| [&known[..], &[value]].concat()).collect::<Vec<_>>()
        };
        servers = servers.iter().flat_map(longer).collect();
    }
    let mut dice = Dice::new(0);
    world.scenario.steps.iter().all(|step| {
        let achieved = step.action.achieved_when.as_ref().expect("it is seen");
        let due = |facts: &&Vec<Value>| {
            world.holds(&step.when, facts) && !world.holds(achieved, facts) && world.holds(&step.action.requires, facts)
        };
        servers.iter().filter(due).all(|facts| {
            let mut machine = Machine::new(facts.clone());
            machine.perform(world, &mut dice, step, Restarts::Never);
            machine.restart(world, &mut dice);
            world.holds(achieved, &machine.facts)
        })
    })
}

fn matrix(seed: u64) -> Result<usize, TestCaseError> {
    let made = made(seed);
    let catalog = made.tiny().catalog();
    let scenario = catalog.scenario("tiny").expect("the scenario");
    if !is_proven(&made, &catalog) {
        return Ok(0);
    }
    let mut dice = Dice::new(seed);
    let vocabulary = catalog.vocabulary();
    let (mut ready, of_fact) = (0, |fact: FactId| values(&catalog, fact));
    for _ in 0..6 {
        let facts: Vec<Value> = vocabulary.ids().map(|fact| dice.pick(&values(&catalog, fact)).clone()).collect();
        let host = vocabulary.ids().zip(&facts).fold(FakeHost::new(), |host, (fact, value)| host.with(fact, value.clone()));
        let mut parameters: Vec<(Arc<str>, Value)> = Vec::new();
        for spec in &scenario.parameters {
            let text = if &*spec.name == "f" { *dice.pick(&["true", "false"]) } else { "p" };
            if !spec.optional || dice.coin() {
                parameters.push((Arc::clone(&spec.name), spec.parse(text).expect("a value")));
            }
        }
        let salt = dice.roll(1000) as u64;
        let simulated = || {
            let server = Simulated::new(&catalog, "srv", &host, Timestamp::UNIX_EPOCH);
            server.with_turns(move |task| Turn::Success { restart: needs_restart(salt, &task.step.id) })
        };
        let request = Request { scenario: Some("tiny".to_owned()), parameters: parameters.clone(), ..Request::default() };
        let plan = planned(&catalog, &simulated(), &request);
        if plan.status != Status::Ready || plan.start.is_impossible(&catalog) {
            continue;
        }
        let paper = paper(&plan, "srv");
        let job = job(&catalog, &paper, Manner::Alone);
        let world = World::new(&catalog, scenario, &parameters, &of_fact);
        // The proof is about the servers that the scenario is chosen for.
        if !world.holds(&scenario.applies_when, &facts) || !keep_their_word(&world) {
            continue;
        }
        ready += 1;
        let whole = Fuse::wet();
        let mut server = simulated();
        let way = carry_out(&world, &job, &mut server, Manner::Alone, &whole);
        let about =
            |way: &crate::desk::Way| format!("{}\n{}", made.tell(), serde_json::to_string_pretty(&way.reports).expect("JSON"));
        prop_assert_eq!((way.status(), &way.wrong), ("done", &Vec::new()), "{}", about(&way));
        let torn = whole.records().into_iter().map(|moment| (moment, true));
        for (moment, tears) in (0..whole.passed()).map(|moment| (moment, false)).chain(torn) {
            let mut again = simulated();
            let way = carry_out(&world, &job, &mut again, Manner::Alone, &Fuse::at(&[moment], tears));
            prop_assert_eq!(way.killed, 1);
            prop_assert_eq!((way.status(), &way.wrong), ("done", &Vec::new()), "killed at {}: {}", moment, about(&way));
            for fact in vocabulary.ids() {
                let (one, other) = (server.truth(fact), again.truth(fact));
                prop_assert_eq!(one, other, "{} killed at {}: {}", vocabulary.name(fact), moment, about(&way));
            }
        }
    }
    Ok(ready)
}

/// The seeds are the same each time: what is found with others belongs into a catalog made by hand.
#[test]
fn a_killed_runner_ends_as_it_would_have_ended_with_any_catalog() {
    let ready: usize = (0..SEEDS).map(|seed| matrix(seed).unwrap_or_else(|error| panic!("seed {seed}: {error}"))).sum();
    assert!(ready > 15, "{ready} servers");
}
