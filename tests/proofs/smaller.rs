//! A catalog with less in it.

use super::parts::{Made, SpareRestart, Step};
use super::undo::ByHand;

impl Made {
    /// The same with one part less, in every way.
    pub fn smaller(&self) -> Vec<Self> {
        let mut found = Vec::new();
        for step in 0..self.steps.len() {
            let mut made = self.clone();
            made.steps.remove(step);
            for later in &mut made.steps {
                later.after.retain(|(from, _)| *from != step);
                later.after.iter_mut().filter(|(from, _)| *from > step).for_each(|(from, _)| *from -= 1);
            }
            found.push(made);
            less_of(&mut found, self, &|made| &mut made.steps[step]);
            less(&mut found, self, |made| &mut made.steps[step].undo.actions);
            for action in 0..self.steps[step].undo.actions.len() {
                less_of(&mut found, self, &|made| &mut made.steps[step].undo.actions[action]);
            }
            if self.steps[step].undo.by_hand.is_some() {
                let mut made = self.clone();
                made.steps[step].undo.by_hand = None;
                found.push(made);
                less(&mut found, self, |made| &mut hand(made, step).when);
                less(&mut found, self, |made| &mut hand(made, step).effects);
            }
        }
        less(&mut found, self, |made| &mut made.goal);
        less(&mut found, self, |made| &mut made.supports);
        less(&mut found, self, |made| &mut made.applies_when);
        less(&mut found, self, |made| &mut made.invariants);
        less(&mut found, self, |made| &mut made.impossible);
        less(&mut found, self, |made| &mut made.unused);
        for at in (0..self.invariants.len()).filter(|at| self.invariants[*at].milder) {
            let mut made = self.clone();
            made.invariants[at].milder = false;
            found.push(made);
        }
        if self.spare_restart.is_some() {
            found.push(Self { spare_restart: None, ..self.clone() });
            less(&mut found, self, |made| &mut restart(made).requires);
            less(&mut found, self, |made| &mut restart(made).failures);
        }
        found.extend(self.other.is_some().then(|| Self { other: None, ..self.clone() }));
        found.extend(self.as_it_goes.then(|| Self { as_it_goes: false, ..self.clone() }));
        found.extend(self.on_request.then(|| Self { on_request: false, ..self.clone() }));
        found.extend(self.without_supplements.then(|| Self { without_supplements: false, ..self.clone() }));
        found.retain(|made| !made.steps.is_empty());
        found
    }
}

fn hand(made: &mut Made, step: usize) -> &mut ByHand {
    made.steps[step].undo.by_hand.as_mut().expect("something is done by hand")
}

fn restart(made: &mut Made) -> &mut SpareRestart {
    made.spare_restart.as_mut().expect("there is a restart")
}

/// A step, or an action of a way back, with less.
fn less_of(found: &mut Vec<Made>, of: &Made, step: &dyn Fn(&mut Made) -> &mut Step) {
    less(found, of, |made| &mut step(made).requires);
    less(found, of, |made| &mut step(made).effects);
    less(found, of, |made| &mut step(made).after_restart);
    less(found, of, |made| &mut step(made).failures);
    less(found, of, |made| &mut step(made).when);
    less(found, of, |made| &mut step(made).after);
}

fn less<T>(found: &mut Vec<Made>, of: &Made, part: impl Fn(&mut Made) -> &mut Vec<T>) {
    for at in 0..part(&mut of.clone()).len() {
        let mut made = of.clone();
        part(&mut made).remove(at);
        found.push(made);
    }
}
