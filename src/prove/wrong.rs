//! What is wrong in the end of a story, and the stories of one scenario.

use super::blocked::{Part, parts};
use super::explore::Fronts;
use super::model::{Forbidden, Model};
use super::ready::{Ready, broken_at_rest};
use super::sets::{Full, Set};
use super::story::{self, Story};
use super::verdicts::{Wrong as WrongStates, breaking};
use super::{Counterexample, Explored, Property, Server, blocked, exposure};
use crate::catalog::{Catalog, Scenario};
use crate::condition::{Argument, Condition, Leaf, Scope, Subject, false_leaves};
use crate::fact::{Abstract, FactId, Facts, FakeHost, Value};
use crate::plan::{Place, Request, Start, plan};
use std::sync::Arc;

/// What refutes a property.
#[derive(Clone, Debug, PartialEq)]
pub enum Wrong {
    /// Every step is done, every restart taken, and the goal does not hold.
    GoalMissed(Vec<Unmet>),
    /// An invariant is true that was false.
    Broken {
        /// The step that makes it true, by its position in the scenario; the end where there is none.
        step: Option<usize>,
        /// The outcome of the step with which it does.
        happened: Option<super::Happened>,
        /// The invariant's id.
        invariant: Arc<str>,
    },
    /// The turn of a step has come, and it is refused.
    Refused {
        /// The step, by its position in the scenario.
        step: usize,
        /// What it needs and does not find.
        unmet: Vec<Unmet>,
    },
    /// Planning again is blocked.
    Stranded(Vec<Unmet>),
    /// Another scenario would be chosen, and planning under that is blocked.
    StrandedElsewhere {
        /// The other scenario.
        scenario: Arc<str>,
        /// What blocks it.
        unmet: Vec<Unmet>,
    },
    /// The run that begins here is exposed longer than its plan says.
    Longer {
        /// The exposure's id.
        invariant: Arc<str>,
        /// What is longer: steps, minutes or restarts.
        measure: &'static str,
    },
    /// The server is blocked by what an action would set right.
    RefusedTooMuch {
        /// The step that is blocked, by its position in the scenario; the goal where there is none.
        step: Option<usize>,
        /// What it needs, in words.
        needs: String,
        /// The action.
        action: Arc<str>,
    },
    /// The facts cannot be true together.
    Contradicted {
        /// The line's id.
        line: Arc<str>,
    },
}

/// A test that does not come out as needed.
#[derive(Clone, Debug, PartialEq)]
pub struct Unmet {
    /// The step that needs it, by its position in the scenario; nothing for the goal.
    pub step: Option<usize>,
    /// What is needed, in words.
    pub needs: String,
    /// What is there.
    pub is: Option<(FactId, Value)>,
}

type Found = Vec<(Property, Counterexample)>;

/// The shortest stories that the states of a scenario tell: one for each thing that can go wrong.
pub(super) fn found(explored: &Explored<'_, '_>) -> Result<Found, Full> {
    let Explored { model, ready, fronts, reached } = explored;
    let mut search = story::Search::new(model, ready, fronts);
    let mut found = Vec::new();
    for (property, wrong) in &WrongStates::new(model, ready, fronts).0 {
        let mut stories: Vec<(usize, Counterexample)> = Vec::new();
        for wrong in apart(model, fronts, *property, &(reached & wrong))? {
            if let Some((moves, story)) = search.shortest(&wrong)? {
                let wrong = told(model, fronts, *property, &story)?;
                stories.push((moves, counterexample(model, story, wrong)));
            }
        }
        stories.sort_by_key(|(moves, _)| *moves);
        for (_, story) in stories {
            let told = |(of, other): &(Property, Counterexample)| of == property && other.wrong == story.wrong;
            if !found.iter().any(told) {
                found.push((*property, story));
            }
        }
    }
    if let Some(longer) = exposure::longer(model, ready, reached)? {
        let begin = &(&longer.begin & reached) & &model.begun();
        if let Some((_, story)) = search.shortest(&begin)? {
            let wrong = Wrong::Longer { invariant: longer.invariant, measure: longer.measure.name() };
            found.push((Property::Exposure, counterexample(model, story, wrong)));
        }
    }
    Ok(found)
}

/// The wrong states apart by what is wrong: which step, which part of its requirement or of the goal, which invariant.
fn apart(model: &Model<'_>, fronts: &Fronts, property: Property, wrong: &Set) -> Result<Vec<Set>, Full> {
    let mut found = Vec::new();
    match property {
        Property::Goal => found.extend(alone(&parts(model, &model.scenario.goal, true, wrong)?, wrong)?),
        Property::Refusal => {
            for (step, turn) in model.steps.iter().zip(&fronts.turn) {
                let here = step.refused(&(wrong & turn));
                found.extend(alone(&parts(model, &step.step.action.requires, true, &here)?, &here)?);
            }
        }
        Property::Forbidden => {
            for (at, turn) in fronts.turn.iter().enumerate() {
                found.push(wrong & &breaking(model, at, turn));
            }
            // What is to come at rest is not wrong before the end, where the next step may be.
            let ended = wrong & &model.ended();
            found.extend((0..model.at_rest.len()).map(|number| &ended & &broken_at_rest(model, number)));
        }
        Property::Resuming | Property::Exposure | Property::RefusingTooMuch | Property::Contradiction => {}
    }
    found.retain(|part| part.is_empty() != Ok(true));
    // What cannot be told apart is one thing.
    if found.is_empty() && !wrong.is_empty()? {
        found.push(wrong.clone());
    }
    Ok(found)
}

/// For each part the states in which only that one is wrong, or where that is never so all of its states.
fn alone(parts: &[Part<'_>], wrong: &Set) -> Result<Vec<Set>, Full> {
    let mut found = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let others = parts.iter().enumerate().filter(|(other, _)| *other != at);
        let alone = others.fold(&part.wrong & wrong, |alone, (_, other)| &alone - &other.wrong);
        found.push(if alone.is_empty()? { &part.wrong & wrong } else { alone });
    }
    Ok(found)
}

/// The story of a server that is refused too much.
pub(super) fn refusing_too_much(wide: &Model<'_>, ready: &Ready) -> Result<Found, Full> {
    let Some(found) = blocked::too_much(wide, ready)? else { return Ok(Vec::new()) };
    let Some(story) = story::standing(wide, &found.servers)? else { return Ok(Vec::new()) };
    let needed = if found.needs { found.part.clone() } else { Condition::Not(Box::new(found.part.clone())) };
    let needs = wide.catalog.words(&needed);
    let wrong = Wrong::RefusedTooMuch { step: found.at.map(|at| wide.steps[at].index), needs, action: found.action };
    Ok(vec![(Property::RefusingTooMuch, counterexample(wide, story, wrong))])
}

/// The counterexample that a story is.
pub(super) fn counterexample(model: &Model<'_>, story: Story, wrong: Wrong) -> Counterexample {
    let Story { server, moments, end } = story;
    let outstanding = story::outstanding(model, &end);
    Counterexample { server, moments, end: story::server(model, &end).facts, outstanding, wrong }
}

fn told(model: &Model<'_>, fronts: &Fronts, property: Property, story: &Story) -> Result<Wrong, Full> {
    let here = model.state(&story.end);
    Ok(match property {
        Property::Goal => {
            let (_, rested) = story::usual(model, &model.image(&model.restart, &here))?;
            let server = story::server(model, &rested.unwrap_or_default());
            Wrong::GoalMissed(unmet(model.catalog, &server, &model.scenario.goal, None))
        }
        Property::Forbidden => broken(model, fronts, &here)?,
        Property::Refusal => {
            let mut steps = model.steps.iter().zip(&fronts.turn);
            let at = steps.position(|(step, turn)| step.refused(&(&here & turn)).is_empty() == Ok(false)).unwrap_or_default();
            let (step, requires) = (model.steps[at].index, &model.steps[at].step.action.requires);
            Wrong::Refused { step, unmet: unmet(model.catalog, &story::server(model, &story.end), requires, Some(step)) }
        }
        Property::Contradiction => {
            let server = story::server(model, &story.end);
            let facts = abstracts(model.catalog, &server);
            let holds = |condition: &Condition| unmet_leaves(model.catalog, &server, &facts, condition).is_none();
            let line = model.catalog.impossible().iter().find(|line| holds(&line.when));
            Wrong::Contradicted { line: line.map_or_else(|| Arc::from(""), |line| Arc::clone(&line.id)) }
        }
        Property::Resuming | Property::Exposure | Property::RefusingTooMuch => {
            Wrong::Stranded(blockers(model.catalog, model.scenario, &story::server(model, &story.end), model.without_supplements))
        }
    })
}

/// Which invariant is broken from here, and by what.
fn broken(model: &Model<'_>, fronts: &Fronts, here: &Set) -> Result<Wrong, Full> {
    for (step, turn) in model.steps.iter().zip(&fronts.turn) {
        let performed = step.performed(&(here & turn));
        for outcome in &step.outcomes {
            for way in &outcome.ways {
                for Forbidden { invariant, holds } in &model.forbidden {
                    if !(&model.image(way, &(&performed - holds)) & holds).is_empty()? {
                        let happened = step.happened(outcome.kind);
                        let invariant = Arc::clone(&invariant.id);
                        return Ok(Wrong::Broken { step: Some(step.index), happened: Some(happened), invariant });
                    }
                }
            }
        }
    }
    for (number, Forbidden { invariant, .. }) in model.at_rest.iter().enumerate() {
        if !(here & &broken_at_rest(model, number)).is_empty()? {
            return Ok(Wrong::Broken { step: None, happened: None, invariant: Arc::clone(&invariant.id) });
        }
    }
    Ok(Wrong::Broken { step: None, happened: None, invariant: Arc::from("") })
}

fn abstracts(catalog: &Catalog, server: &Server) -> Facts {
    let mut facts = Facts::from(vec![Abstract::Unknown; catalog.vocabulary().len()]);
    for (fact, value) in &server.facts {
        facts[fact.index()] = Abstract::exactly(value.clone());
    }
    facts
}

/// The tests to blame for a condition that does not hold; nothing where it holds.
fn unmet_leaves(catalog: &Catalog, server: &Server, facts: &Facts, condition: &Condition) -> Option<Vec<Leaf>> {
    let mut parameters = vec![Argument::Omitted; catalog.parameter_names().len()];
    for (parameter, argument) in &server.parameters {
        parameters[parameter.index()].clone_from(argument);
    }
    let scope = Scope { facts, parameters: &parameters };
    (scope.evaluate(condition) != crate::condition::Truth::True).then(|| false_leaves(condition, &scope))
}

fn unmet(catalog: &Catalog, server: &Server, condition: &Condition, step: Option<usize>) -> Vec<Unmet> {
    let facts = abstracts(catalog, server);
    let leaves = unmet_leaves(catalog, server, &facts, condition).unwrap_or_default();
    leaves.iter().map(|leaf| needed(catalog, server, leaf, step)).collect()
}

fn needed(catalog: &Catalog, server: &Server, leaf: &Leaf, step: Option<usize>) -> Unmet {
    let test = Condition::Test(Arc::clone(&leaf.test));
    let needs = catalog.words(&if leaf.needs { test } else { Condition::Not(Box::new(test)) });
    let is = match leaf.test.subject {
        Subject::Fact(fact) => server.facts.iter().find(|(known, _)| *known == fact).cloned(),
        Subject::Parameter(_) => None,
    };
    Unmet { step, needs, is }
}

/// What blocks planning again.
pub(super) fn blockers(catalog: &Catalog, scenario: &Scenario, server: &Server, without_supplements: bool) -> Vec<Unmet> {
    let mut host = FakeHost::new();
    for (fact, value) in &server.facts {
        host.set(*fact, value.clone());
    }
    let Ok(start) = Start::observe(catalog, &host, &[]) else { return Vec::new() };
    let given = server.parameters.iter().filter_map(|(parameter, argument)| match argument {
        Argument::Given(value) => Some((Arc::from(catalog.parameter_names().name(*parameter)), value.clone())),
        Argument::Omitted | Argument::Missing => None,
    });
    let request = Request {
        scenario: Some(scenario.id.to_string()),
        parameters: given.collect(),
        without_supplements,
        ..Request::default()
    };
    let plan = plan(catalog, start, request);
    let blockers = plan.blockers.iter().filter_map(|blocker| blocker.reason.as_ref().map(|reason| (blocker.place, reason)));
    let unmet = |(place, reason): (Place, &crate::plan::Reason)| {
        let step = if let Place::Step(step) = place { Some(step) } else { None };
        needed(catalog, server, &reason.leaf, step)
    };
    blockers.map(unmet).collect()
}
