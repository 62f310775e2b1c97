//! What of a plan is certain on a server, and what hangs on facts of it that are not known.
//!
//! A step may be open because a step before it leaves open what it needs to know: no fact of the server would tell, and the
//! plan has to be ready for both. Or it is open because nobody looked: then it is too early to say that the plan is wrong.

use crate::condition::Truth;
use crate::plan::exposures::{reboots, stretches};
use crate::plan::{Decision, Exposure, Plan, PlannedStep, Reason, Reboots, Seen, WhySkip};

/// For each step of the plan whether it hangs on what is not known of the server that it is done at all.
pub(super) fn hangs_on_server(planned: &Plan<'_>) -> Vec<bool> {
    let mut hangs: Vec<bool> = Vec::with_capacity(planned.steps.len());
    for step in &planned.steps {
        let of_step = |index: usize| planned.steps.iter().position(|other| other.index == index);
        let from_server = |reason: &Reason| match &reason.touch {
            None => true,
            Some(touch) => of_step(touch.step).and_then(|at| hangs.get(at)).copied().unwrap_or(false),
        };
        let open = |reason: &&Reason| match &reason.seen {
            Seen::Known(known) => !known.is_exact(),
            Seen::Parameter(_) => true,
        };
        let is_open = matches!(step.decision, Decision::CheckFirst | Decision::DecideLater);
        hangs.push(is_open && step.because.iter().filter(open).all(from_server));
    }
    hangs
}

/// The plan without the steps that hang on what is not known.
pub(super) fn certain_steps<'c>(planned: &Plan<'c>) -> Vec<PlannedStep<'c>> {
    let mut steps = planned.steps.clone();
    for (step, hangs) in steps.iter_mut().zip(hangs_on_server(planned)) {
        if hangs {
            step.decision = Decision::Skip(WhySkip::DoesNotApply);
        }
    }
    steps
}

/// The stretches on which the server is exposed for certain, of the steps that are done for certain.
pub(super) fn certain_exposures(planned: &Plan<'_>, invariant: &str) -> Vec<Exposure> {
    let Some(invariant) = planned.catalog.invariants().iter().find(|one| *one.id == *invariant) else { return Vec::new() };
    let world = planned.world();
    let exposed = planned.states.iter().map(|state| state.scope(&world).evaluate(&invariant.when) == Truth::True);
    stretches(&invariant.id, &certain_steps(planned), &exposed.collect::<Vec<_>>())
}

/// The restarts of the steps that are done for certain.
pub(super) fn certain_reboots(planned: &Plan<'_>) -> Reboots {
    reboots(&certain_steps(planned))
}
