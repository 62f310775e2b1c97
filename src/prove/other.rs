//! Where choosing again chooses another scenario, that one has to go on.

use super::counts::plain;
use super::explore::{Fronts, first, reach, stepped};
use super::model::Model;
use super::ready::Ready;
use super::sets::{Full, Set};
use super::verdicts::Wrong as Stop;
use super::{Counterexample, Explored, Property, Wrong, story, wrong};
use crate::catalog::Scenario;
use crate::condition::Condition;
use std::cell::OnceCell;
use std::sync::Arc;

/// What can be reached where choosing again may choose another scenario.
pub(super) struct Elsewhere<'m, 'c> {
    explored: Explored<'m, 'c>,
    others: Vec<Other<'c>>,
}

/// Another scenario.
struct Other<'c> {
    scenario: &'c Scenario,
    /// The states for which it would be chosen.
    chosen: Set,
    /// Of these, those for which it is neither ready nor done; worked out where one of them is reached.
    wrong: OnceCell<Set>,
}

impl<'m, 'c> Elsewhere<'m, 'c> {
    /// What can be reached where steps wait for these; nothing where none but the scenario itself is chosen again.
    pub(super) fn new(wide: &'m Model<'c>, ready: &'m Ready, after: &[Vec<usize>]) -> Result<Option<Self>, Full> {
        let scenario = wide.scenario;
        if scenario.on_request || wide.as_it_goes || !can_change(wide, &scenario.applies_when) {
            return Ok(None);
        }
        let offered: Vec<&Scenario> = wide.catalog.scenarios().iter().filter(|other| !other.on_request).collect();
        let other = |scenario: &'c Scenario| {
            // Where several could be chosen none is.
            let third = offered.iter().filter(|third| third.id != scenario.id);
            let chosen = third
                .fold(wide.predicate(&scenario.applies_when), |chosen, third| &chosen - &wide.predicate(&third.applies_when));
            Other { scenario, chosen, wrong: OnceCell::new() }
        };
        let others = offered.iter().filter(|other| other.id != scenario.id).map(|scenario| other(scenario)).collect();
        // What is remembered of the first run makes no difference to what would be chosen.
        let first = plain(wide, &first(wide, ready));
        let fronts = Fronts::new(wide, ready, after);
        let reached = reach(wide, &fronts, &wide.diagrams.none(), &first, &Stop::none())?;
        Ok(Some(Self { explored: Explored { model: wide, ready, fronts, reached }, others }))
    }

    /// The first other scenario that would be chosen in one of these states where it is neither ready nor done, with all such.
    fn stranded(&self, reached: &Set) -> Result<Option<(&'c Scenario, &Set)>, Full> {
        let model = self.explored.model;
        for other in &self.others {
            if (reached & &other.chosen).is_empty()? {
                continue;
            }
            let wrong = other.wrong.get_or_init(|| &other.chosen - &Ready::new(&model.beside(other.scenario)).good);
            if !(reached & wrong).is_empty()? {
                return Ok(Some((other.scenario, wrong)));
            }
        }
        Ok(None)
    }

    /// True where another scenario that would be chosen is neither ready nor done.
    pub(super) fn fails(&self) -> Result<bool, Full> {
        Ok(self.stranded(&self.explored.reached)?.is_some())
    }

    /// The same where a step waits for fewer others than it does.
    pub(super) fn fails_with(&self, after: &[Vec<usize>], step: usize) -> Result<bool, Full> {
        let Explored { model, ready, reached, .. } = &self.explored;
        let fronts = Fronts::new(model, ready, after);
        let new = &stepped(model, step, &(reached & &fronts.turn[step])) - reached;
        let all = reach(model, &fronts, reached, &new, &Stop::none())?;
        Ok(self.stranded(&all)?.is_some())
    }

    /// The story of such a state.
    pub(super) fn told(&self) -> Result<Option<(Property, Counterexample)>, Full> {
        let Explored { model, ready, fronts, reached } = &self.explored;
        let Some((other, wrong)) = self.stranded(reached)? else { return Ok(None) };
        let Some((_, story)) = story::Search::new(model, ready, fronts).shortest(wrong)? else { return Ok(None) };
        let server = story::server(model, &story.end);
        let unmet = wrong::blockers(model.catalog, other, &server, false);
        let elsewhere = Wrong::StrandedElsewhere { scenario: Arc::clone(&other.id), unmet };
        Ok(Some((Property::Resuming, wrong::counterexample(model, story, elsewhere))))
    }
}

/// True where a step changes a fact that the condition reads.
fn can_change(model: &Model<'_>, condition: &Condition) -> bool {
    model.written().any(|at| condition.reads(model.fact(at)))
}
