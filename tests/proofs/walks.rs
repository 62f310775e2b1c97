//! Runs of the built-in scenarios that break off anywhere, at random, and what the planner says from there.

use super::planned::plan_of;
use crate::common::{BASES, catalog, server};
use crate::explorer::{Course, Facts, Server, Standing, courses, space};
use crate::oracle::Dice;
use cutover::catalog::Scenario;
use cutover::fact::Value;
use cutover::plan::Status;
use cutover::prove::Options;
use std::collections::BTreeSet;

/// How many servers of each kind of ready server are walked with.
const WALKS: usize = 40;

/// How often each is interrupted or goes on.
const MOVES: usize = 60;

/// What the walks of a scenario came across.
#[derive(Debug, Default)]
pub struct Walked {
    /// The servers that runs began with.
    pub servers: usize,
    /// The facts of the states that were come to, each once.
    pub states: BTreeSet<(usize, Facts)>,
    /// What the planner and the explorer say otherwise.
    pub differing: Vec<String>,
}

/// Walks with servers that are like the ready ones, each with a few facts otherwise.
pub fn walked(scenario: &Scenario, dice: &mut Dice) -> Walked {
    let options = Options::default();
    let space = space(catalog(), scenario, &options);
    let courses = courses(&space, scenario, &options);
    let mut found = Walked::default();
    for base in BASES.iter().map(|base| server(base)).filter(|base| base.scenario.as_deref() == Some(&*scenario.id)) {
        let class = |(slot, classes): (usize, &Vec<Vec<Value>>)| {
            let value = base.facts.get(&space.facts[slot]);
            classes.iter().position(|class| value.is_some_and(|value| class.contains(value)))
        };
        let like: Vec<Option<usize>> = space.classes.iter().enumerate().map(class).collect();
        for _ in 0..WALKS {
            let (number, facts) = loop {
                let number = dice.roll(courses.len());
                let mut facts: Facts =
                    like.iter().zip(&space.classes).map(|(like, of)| like.unwrap_or_else(|| dice.roll(of.len()))).collect();
                for _ in 0..dice.roll(5) {
                    let slot = dice.roll(facts.len());
                    facts[slot] = dice.roll(space.classes[slot].len());
                }
                let course = &courses[number];
                let is_for = course.holds(&scenario.supports, &facts) && course.holds(&scenario.applies_when, &facts);
                if is_for && !space.contradicts(&facts, &course.given) && course.standing(&facts) == Standing::Ready {
                    break (number, facts);
                }
            };
            found.servers += 1;
            walk(&courses[number], number, facts, dice, &mut found);
        }
    }
    found
}

fn walk(course: &Course<'_>, number: usize, facts: Facts, dice: &mut Dice, found: &mut Walked) {
    let mut server = Server { facts, outstanding: BTreeSet::new() };
    let mut done = BTreeSet::new();
    for _ in 0..MOVES {
        if found.states.insert((number, server.facts.clone())) {
            judge(course, &server.facts, dice, found);
        }
        let follows = |step: usize| course.scenario.steps[step].after.iter().all(|edge| done.contains(&edge.from));
        let turns: Vec<usize> = course.steps.iter().copied().filter(|step| !done.contains(step) && follows(*step)).collect();
        if turns.is_empty() || dice.roll(15) == 0 {
            done.clear();
            continue;
        }
        let step = *dice.pick(&turns);
        match course.happens(step, &server, dice.roll(1 << 20)) {
            Some((next, true)) => {
                server = next;
                done.insert(step);
            }
            Some((next, false)) => {
                server = next;
                done.clear();
            }
            None => found.differing.push(format!("{} is refused at {}", course.space.tell(&server.facts, &course.given), step)),
        }
    }
}

fn judge(course: &Course<'_>, facts: &Facts, dice: &mut Dice, found: &mut Walked) {
    let values: Vec<Value> =
        facts.iter().zip(&course.space.classes).map(|(class, classes)| dice.pick(&classes[*class]).clone()).collect();
    let said = plan_of(catalog(), course, &values).status;
    let agrees = match course.standing(facts) {
        Standing::Ready => said == Status::Ready,
        Standing::Done => said == Status::Done,
        Standing::Neither => false,
    };
    if !agrees {
        found.differing.push(format!("{said:?} of {}", course.space.tell(facts, &course.given)));
    }
}
