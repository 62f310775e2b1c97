//! What must hold, each as the set of states that refute it.

use super::Property;
use super::explore::Fronts;
use super::model::Model;
use super::ready::{Ready, broken_at_rest};
use super::sets::{Full, Set};

/// For each property that is about states, those that refute it where they are reached.
pub(super) struct Wrong(pub(super) Vec<(Property, Set)>);

impl Wrong {
    pub(super) fn new(model: &Model<'_>, ready: &Ready, fronts: &Fronts) -> Self {
        Self(vec![
            (Property::Goal, missed(model)),
            (Property::Forbidden, broken(model, fronts)),
            (Property::Refusal, refused(model, fronts)),
            (Property::Resuming, stranded(model, ready)),
            (Property::Contradiction, !&model.possible),
        ])
    }

    /// Nothing.
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    /// The first property that some of these states refute.
    pub(super) fn first(&self, states: &Set) -> Result<Option<Property>, Full> {
        for (property, wrong) in &self.0 {
            if !(states & wrong).is_empty()? {
                return Ok(Some(*property));
            }
        }
        Ok(None)
    }
}

/// Runs begun without the check up front are judged once a step was performed.
fn judged(model: &Model<'_>, wrong: Set) -> Set {
    if model.as_it_goes { &wrong & &model.diagrams.bit(model.layout.performed, true) } else { wrong }
}

/// Ends that miss the goal once every outstanding restart is taken.
fn missed(model: &Model<'_>) -> Set {
    judged(model, &model.ended() & &model.sometimes(&model.restart, &!&model.goal))
}

/// States in which the next outcome makes a forbidden invariant true, and ends that meet one at rest.
fn broken(model: &Model<'_>, fronts: &Fronts) -> Set {
    let ends = (0..model.at_rest.len()).fold(model.diagrams.none(), |any, number| &any | &broken_at_rest(model, number));
    let mut wrong = &ends & &model.ended();
    for (at, turn) in fronts.turn.iter().enumerate() {
        wrong = &wrong | &breaking(model, at, turn);
    }
    wrong
}

/// States in which an outcome of a step can make a forbidden invariant true.
pub(super) fn breaking(model: &Model<'_>, at: usize, turn: &Set) -> Set {
    let step = &model.steps[at];
    let mut wrong = model.diagrams.none();
    for way in step.outcomes.iter().flat_map(|outcome| &outcome.ways) {
        for invariant in &model.forbidden {
            wrong = &wrong | &(&model.sometimes(way, &invariant.holds) - &invariant.holds);
        }
    }
    step.performed(&(&wrong & turn))
}

/// States in which the turn of a step has come and it is refused.
fn refused(model: &Model<'_>, fronts: &Fronts) -> Set {
    let steps = model.steps.iter().zip(&fronts.turn);
    let wrong = steps.fold(model.diagrams.none(), |any, (step, turn)| &any | &step.refused(turn));
    judged(model, wrong)
}

/// States of which planning says neither ready nor done; where runs begin without the check, states of a server on which
/// some way succeeded, and none does any more.
fn stranded(model: &Model<'_>, ready: &Ready) -> Set {
    if model.as_it_goes { judged(model, &model.diagrams.bit(model.layout.hopeful, true) - &ready.hopeful) } else { !&ready.good }
}
