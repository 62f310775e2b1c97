//! The steps that undo the steps of a scenario.

use crate::catalog::{Catalog, Reboot, Scenario, Undo};
use crate::condition::Condition;
use std::sync::Arc;

/// A scenario followed by its way back.
pub(crate) struct WayBack {
    /// The scenario's own steps, and after them those that undo them, the last one's first.
    pub(crate) scenario: Scenario,
    /// The steps that undo others, in this order.
    pub(crate) undoing: Vec<Undoing>,
    /// The restart that settles what they leave, where the catalog has one.
    pub(crate) restart: Option<usize>,
}

/// A step that undoes another one.
#[derive(Clone, Copy)]
pub(crate) struct Undoing {
    /// Its position.
    pub(crate) index: usize,
    /// The position of the step that it undoes.
    pub(crate) undoes: usize,
    /// A person does it, and it is left out where it would take protection away.
    pub(crate) by_hand: bool,
}

impl WayBack {
    /// The way back of a scenario.
    pub(crate) fn of(catalog: &Catalog, scenario: &Scenario) -> Self {
        let mut whole = scenario.clone();
        // No worse than before the first step is all that is asked, which is another thing for each server.
        whole.goal = Condition::always();
        let mut undoing = Vec::new();
        for undoes in (0..scenario.steps.len()).rev() {
            let step = &scenario.steps[undoes];
            let Undo::Steps(actions, by_hand) = &step.action.undo else { continue };
            for action in actions.iter().filter_map(|id| catalog.action(id)) {
                let id = Arc::clone(&action.id);
                let index = whole.add_step(id, Arc::new(action.without_arguments()), Condition::always());
                undoing.push(Undoing { index, undoes, by_hand: false });
            }
            if let Some(by_hand) = by_hand {
                let id: Arc<str> = Arc::from(format!("undo-{}", step.id));
                let action = Arc::new(step.action.taken_back(&id, by_hand));
                let index = whole.add_step(id, action, by_hand.when.clone());
                undoing.push(Undoing { index, undoes, by_hand: true });
            }
        }
        let restart = catalog.actions().iter().find(|action| action.reboot == Reboot::Restart);
        let restart = restart.map(|action| whole.add_step(Arc::clone(&action.id), Arc::clone(action), Condition::always()));
        Self { scenario: whole, undoing, restart }
    }

    /// The steps that undo a step, in their order.
    pub(crate) fn of_step(&self, undoes: usize) -> impl Iterator<Item = &Undoing> {
        self.undoing.iter().filter(move |one| one.undoes == undoes)
    }
}
