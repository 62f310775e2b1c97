//! Every state that can be reached: all orders, all outcomes, all resumptions.

use super::model::Model;
use super::ready::{Ready, remembered};
use super::sets::{Full, Set};
use super::verdicts::Wrong;

/// Which step may come when.
pub(super) struct Fronts {
    /// For each step, the states in which its turn can come.
    pub(super) turn: Vec<Set>,
}

impl Fronts {
    /// The turns that these edges allow: for each step the ones that it follows.
    pub(super) fn new(model: &Model<'_>, ready: &Ready, after: &[Vec<usize>]) -> Self {
        let layout = &model.layout;
        let running = &!&model.begun() | &ready.begin(model);
        let turn = after.iter().enumerate().map(|(at, after)| {
            let open = &running & &model.diagrams.bit(layout.done[at], false);
            after.iter().fold(open, |turn, from| &turn & &model.diagrams.bit(layout.done[*from], true))
        });
        Self { turn: turn.collect() }
    }

    /// Lets each step wait for the states in which its turn has come.
    fn wait(&self, waiting: &mut [Set], states: &Set) {
        for (waiting, turn) in waiting.iter_mut().zip(&self.turn) {
            *waiting = &*waiting | &(states & turn);
        }
    }
}

/// The servers from which the first run begins.
pub(super) fn first(model: &Model<'_>, ready: &Ready) -> Set {
    let layout = &model.layout;
    let fresh = [&model.possible, &model.settled(), &model.begun(), &remembered(model), &ready.begin(model)];
    let fresh = fresh.into_iter().fold(model.chosen.clone(), |all, part| &all & part);
    let fresh = &fresh & &model.diagrams.bit(layout.performed, false);
    let hopeful = model.diagrams.bit(layout.hopeful, true);
    if model.as_it_goes { &fresh & &hopeful.same_as(&ready.hopeful) } else { &fresh - &hopeful }
}

/// The states that a step leads to when its turn comes in these.
pub(super) fn stepped(model: &Model<'_>, at: usize, turn: &Set) -> Set {
    let step = &model.steps[at];
    let done = model.layout.done[at];
    let performed = performed(model, at, turn);
    let (mut going, mut ended) = (step.passed(turn), model.diagrams.none());
    for outcome in &step.outcomes {
        let left = if outcome.kind.ends_the_run() { &mut ended } else { &mut going };
        *left = outcome.ways.iter().fold(left.clone(), |left, way| &left | &model.image(way, &performed));
    }
    &model.set(&going, done, true) | &over(model, &ended)
}

/// The states in which a step whose turn comes is performed, as they are remembered to be such.
pub(super) fn performed(model: &Model<'_>, at: usize, turn: &Set) -> Set {
    let performed = model.steps[at].performed(turn);
    if model.as_it_goes { model.set(&performed, model.layout.performed, true) } else { performed }
}

/// The states once the run is over.
pub(super) fn over(model: &Model<'_>, states: &Set) -> Set {
    &states.without(&model.done_bits()) & &model.begun()
}

/// What can be reached from `new` besides what is known. Ends early once one of these wrong states is found.
///
/// # Errors
///
/// Where there is no room for the sets.
pub(super) fn reach(model: &Model<'_>, fronts: &Fronts, known: &Set, new: &Set, stop: &Wrong) -> Result<Set, Full> {
    let mut reached = known | new;
    // For each step, the states in which its turn has come and in which it is still to be looked at.
    let mut waiting = vec![model.diagrams.none(); fronts.turn.len()];
    let mut front = new.clone();
    loop {
        fronts.wait(&mut waiting, &front);
        for at in 0..waiting.len() {
            let here = std::mem::replace(&mut waiting[at], model.diagrams.none());
            if here.is_empty()? {
                continue;
            }
            let found = &stepped(model, at, &here) - &reached;
            reached = &reached | &found;
            front = &front | &found;
            fronts.wait(&mut waiting, &found);
            if stop.first(&found)?.is_some() {
                return Ok(reached);
            }
        }
        if front.is_empty()? {
            return Ok(reached);
        }
        front = &over(model, &front) - &reached;
        reached = &reached | &front;
        if stop.first(&front)?.is_some() {
            return Ok(reached);
        }
    }
}
