//! What a proof says of the ways back, beside what the explorer found.

use super::planned::{Planned, shown_by, ways_back};
use crate::explorer::{Course, Report, Return, back_space, back_steps, comes_to, courses, ready};
use cutover::catalog::Catalog;
use cutover::plan::Status;
use cutover::prove::{Options, Proof};
use std::collections::BTreeSet;

/// What becomes of some servers.
pub const STANDING: [&str; 3] = ["back", "blocked", "no return"];

/// What is refuted on some ways back.
pub const WRONG: [&str; 2] = ["(d)", "(g)"];

/// What the ways back of a catalog are there to try.
pub fn features(report: &Report) -> Vec<&'static str> {
    let found = &report.way_back;
    let has = [
        found.from.iter().any(|of| of.back > 0),
        found.from.iter().any(|of| of.blocked > 0),
        found.from.iter().any(|of| of.no_return > 0),
        found.refuted.contains_key(&'d'),
        found.refuted.contains_key(&'g'),
    ];
    let names = STANDING.into_iter().chain(WRONG);
    names.zip(has).filter(|(_, has)| *has).map(|(name, _)| name).collect()
}

/// Where the prover differs from the explorer about the ways back.
pub fn differences(proof: &Proof, report: &Report) -> Vec<String> {
    let mut found = Vec::new();
    let proven: Vec<(usize, [u128; 3])> =
        proof.way_back.iter().map(|of| (of.step, [of.back, of.blocked, of.no_return])).collect();
    let explored: Vec<(usize, [u128; 3])> =
        report.way_back.from.iter().map(|of| (of.step, [of.back, of.blocked, of.no_return])).collect();
    if proven != explored {
        found.push(format!("back: explored {explored:?}, proven {proven:?}"));
    }
    for letter in ['d', 'g'] {
        let wrong = proof.way_back_wrong.iter().find(|one| one.property.letter() == letter);
        match (report.way_back.refuted.get(&letter), wrong) {
            (None, Some(wrong)) => found.push(format!("back-{letter}: holds, but is refuted by {wrong:?}")),
            (Some(place), None) => found.push(format!("back-{letter}: is refuted: {place}")),
            _ => {}
        }
    }
    found
}

/// One way back, as it is planned and as it is explored.
pub struct Compared {
    /// Which it is.
    pub place: String,
    /// What the plan says.
    pub said: Status,
    /// What the explorer says.
    pub explored: Return,
    /// What it says where the steps stay that the plan leaves as they are.
    pub as_planned: Return,
}

/// For at most so many ready servers with each choice of parameters, and each step that their plans are certain to perform, what is
/// said of the way back.
///
/// Every value is looked at for itself: of a class that a change leads to, the proof no longer knows which value it came from, but a
/// plan does.
///
/// What a person does is left out of a plan also where it is not known what it would take away. Then the plan's way back is another
/// one than the page describes, and it is explored as it is planned.
pub fn compared(catalog: &Catalog, at_most: usize) -> Vec<Compared> {
    let scenario = catalog.scenario("tiny").expect("it has the scenario");
    let mut found = Vec::new();
    if scenario.checks_as_it_goes {
        return found;
    }
    let space = back_space(catalog, scenario, &Options::default()).one_by_one();
    let steps = back_steps(catalog, scenario);
    for course in courses(&space, scenario, &Options::default()) {
        let course = Course { back: &steps, ..course };
        let ready = ready(&course);
        let apart = ready.len().div_ceil(at_most).max(1);
        for start in ready.iter().step_by(apart) {
            let [values] = &shown_by(&course, start)[..] else { panic!("each value is a class") };
            for Planned { step, said, stays } in ways_back(catalog, &course, values) {
                found.push(Compared {
                    place: format!("after step {step} of {}", space.tell(start, &course.given)),
                    said,
                    explored: comes_to(&course, start, step, &BTreeSet::new()),
                    as_planned: comes_to(&course, start, step, &stays),
                });
            }
        }
    }
    found
}
