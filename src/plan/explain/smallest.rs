//! The smallest change: the fewest facts whose other values change an answer.
//!
//! Sets of facts are tried by size and then in the order of the vocabulary, and for each every combination of the values that
//! conditions can tell apart. Before that, a set is left open: where the answer stands although nothing is known of the set's
//! facts, no values of theirs can change it, because learning a fact never changes an answer that stands. What holds the
//! answer up then is a *core*, facts of which every change must touch one; sets that miss a core are not even looked at.

use crate::catalog::Catalog;
use crate::condition::{Argument, Classes, Space, Truth};
use crate::fact::{FactId, FactType, Value, Word};
use crate::plan::{Decision, Place, Plan, Request, Start, Status, plan};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The most facts that a change may have.
pub const MOST_FACTS: usize = 3;

/// What a change is to bring about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The server is ready or done.
    Good,
    /// The server is neither.
    NotGood,
    /// The step is or may be done.
    StepDone(Arc<str>),
    /// The step is left out.
    StepLeftOut(Arc<str>),
    /// Nothing stands in the way of the step.
    StepFree(Arc<str>),
}

impl Wanted {
    fn is_met(&self, plan: &Plan<'_>) -> bool {
        match self {
            Self::Good => matches!(plan.status, Status::Ready | Status::Done),
            Self::NotGood => !matches!(plan.status, Status::Ready | Status::Done),
            Self::StepDone(id) => decision(plan, id).is_some_and(|decision| !matches!(decision, Decision::Skip(_))),
            Self::StepLeftOut(id) => decision(plan, id).is_some_and(|decision| matches!(decision, Decision::Skip(_))),
            Self::StepFree(id) => {
                decision(plan, id).is_some_and(|decision| !matches!(decision, Decision::Skip(_))) && !blocked_at(plan, id)
            }
        }
    }

    /// True where no completion of what the plan does not know can meet it; a scenario was chosen, or none is possible.
    fn is_hopeless(&self, plan: &Plan<'_>) -> bool {
        match self {
            Self::Good => matches!(plan.status, Status::Blocked | Status::NotApplicable),
            Self::NotGood => matches!(plan.status, Status::Ready | Status::Done),
            // Another scenario may not have the step at all.
            Self::StepDone(id) => matches!(decision(plan, id), None | Some(Decision::Skip(_))),
            Self::StepLeftOut(id) => matches!(decision(plan, id), None | Some(Decision::Perform)),
            Self::StepFree(id) => matches!(decision(plan, id), None | Some(Decision::Skip(_))) || blocked_at(plan, id),
        }
    }
}

fn decision(plan: &Plan<'_>, id: &str) -> Option<Decision> {
    plan.step(id).map(|at| plan.steps[at].decision)
}

fn blocked_at(plan: &Plan<'_>, id: &str) -> bool {
    let index = plan.step(id).map(|at| plan.steps[at].index);
    plan.blockers.iter().any(|blocker| index.is_some_and(|index| blocker.place == Place::Step(index)))
}

/// The facts that change, each with its new value.
pub type Change = Vec<(FactId, Value)>;

/// The smallest change of a server that brings about what is wanted; nothing where none of up to [`MOST_FACTS`] facts does.
///
/// The changed server is never one that cannot be.
pub fn smallest_change(catalog: &Catalog, start: &Start, request: &Request, wanted: &Wanted) -> Option<Change> {
    let space = space(catalog, request);
    let classes = space.classes();
    let others = catalog.vocabulary().ids().map(|fact| others(catalog, &classes, start, fact)).collect();
    let search = Search { catalog, classes, others, start, request, wanted };
    search.run()
}

/// Everything that conditions of the catalog tell apart.
fn space<'c>(catalog: &'c Catalog, request: &Request) -> Space<'c> {
    let mut arguments = vec![Vec::new(); catalog.parameter_names().len()];
    for spec in catalog.scenarios().iter().flat_map(|scenario| &scenario.parameters) {
        let given = request.parameters.iter().find(|(name, _)| *name == spec.name).map(|(_, value)| value);
        let value = given.or(spec.default.as_ref()).map(|value| Argument::Given(value.clone()));
        arguments[spec.parameter.index()] = value.into_iter().collect();
    }
    let mut space = Space::new(catalog.vocabulary(), arguments);
    for scenario in catalog.scenarios() {
        scenario.conditions().for_each(|condition| space.read(condition));
        for step in &scenario.steps {
            step.conditions().for_each(|condition| space.read(condition));
            for change in step.action.all_effects().flat_map(|effect| &effect.changes) {
                change.tell_apart(&mut space);
            }
        }
    }
    for line in catalog.impossible() {
        space.read(&line.when);
    }
    for invariant in catalog.invariants() {
        space.read(&invariant.when);
    }
    for rule in catalog.derived() {
        space.read(&rule.when);
    }
    space
}

struct Search<'a> {
    catalog: &'a Catalog,
    classes: Classes<'a>,
    /// For each fact the values that differ from the one it has.
    others: Vec<Vec<Value>>,
    start: &'a Start,
    request: &'a Request,
    wanted: &'a Wanted,
}

impl Search<'_> {
    fn run(&self) -> Option<Change> {
        let facts: Vec<FactId> = self.catalog.vocabulary().ids().filter(|fact| self.classes.values(*fact).is_some()).collect();
        let worst = self.worst_completion();
        let mut cores: Vec<Vec<FactId>> = Vec::new();
        for size in 1..=MOST_FACTS {
            let mut chosen: Vec<usize> = (0..size).collect();
            while chosen.last().is_some_and(|last| *last < facts.len()) {
                let set: Vec<FactId> = chosen.iter().map(|at| facts[*at]).collect();
                if cores.iter().all(|core| core.iter().any(|fact| set.contains(fact))) {
                    if self.stands(&worst, &set) {
                        cores.push(self.core(&worst, &facts, set));
                    } else {
                        let mut change = Change::new();
                        if self.values(&set, &mut change) {
                            return Some(change);
                        }
                    }
                }
                if !next(&mut chosen, facts.len()) {
                    break;
                }
            }
        }
        None
    }

    fn planned(&self, start: Start) -> Plan<'_> {
        plan(self.catalog, start, self.request.clone())
    }

    /// True where what is wanted stays out of reach whatever the values of these facts.
    fn stands(&self, start: &Start, open: &[FactId]) -> bool {
        let opened = start.changed(self.catalog, &[], open);
        let plan = self.planned(opened.clone());
        if plan.scenario.is_some() || plan.status == Status::NotApplicable {
            return self.wanted.is_hopeless(&plan);
        }
        // Which scenario it will be is open too: the answer stands where it does in each of them.
        let mut possible = plan.candidates.iter().filter(|candidate| candidate.applies != Truth::False);
        *self.wanted != Wanted::NotGood
            && possible.all(|candidate| {
                let scenario = Some(candidate.scenario.id.to_string());
                let request = Request { scenario, ..self.request.clone() };
                self.wanted.is_hopeless(&crate::plan::plan(self.catalog, opened.clone(), request))
            })
    }

    /// As few facts as hold the answer up without those that are left open.
    fn core(&self, start: &Start, facts: &[FactId], mut open: Vec<FactId>) -> Vec<FactId> {
        for fact in facts {
            if !open.contains(fact) {
                open.push(*fact);
                if !self.stands(start, &open) {
                    open.pop();
                }
            }
        }
        facts.iter().copied().filter(|fact| !open.contains(fact)).collect()
    }

    /// The server with bad news for what is not known of it. A change that leaves the news possible must work with it too.
    fn worst_completion(&self) -> Start {
        let mut worst = self.start.clone();
        if *self.wanted != Wanted::Good {
            return worst;
        }
        let unknown = self.catalog.vocabulary().ids().filter(|fact| worst.given[fact.index()].is_none());
        for fact in unknown.collect::<Vec<_>>() {
            let mut blockers = self.planned(worst.clone()).blockers.len();
            for value in self.classes.values(fact).unwrap_or_default() {
                let changed = worst.changed(self.catalog, &[(fact, value.clone())], &[]);
                if changed.is_impossible(self.catalog) {
                    continue;
                }
                let more = self.planned(changed.clone()).blockers.len();
                if more > blockers {
                    (worst, blockers) = (changed, more);
                }
            }
        }
        worst
    }

    /// The first values of these facts that bring about what is wanted; of the last fact they change fastest.
    fn values(&self, set: &[FactId], chosen: &mut Change) -> bool {
        let [fact, rest @ ..] = set else {
            let changed = self.start.changed(self.catalog, chosen, &[]);
            return !changed.is_impossible(self.catalog) && self.wanted.is_met(&self.planned(changed));
        };
        for value in &self.others[fact.index()] {
            chosen.push((*fact, value.clone()));
            // What is impossible already stays so whatever the other facts are.
            let possible = !self.start.changed(self.catalog, chosen, rest).is_impossible(self.catalog);
            if possible && self.values(rest, chosen) {
                return true;
            }
            chosen.pop();
        }
        false
    }
}

/// The values of a fact that differ from the one it has. Of a set the elements that no test names stay.
fn others(catalog: &Catalog, classes: &Classes<'_>, start: &Start, fact: FactId) -> Vec<Value> {
    let now = start.facts[fact.index()].single();
    let classes = classes.values(fact).unwrap_or_default();
    let kind = catalog.vocabulary().spec(fact).kind();
    let named: BTreeSet<&Word> = classes.iter().filter_map(elements).flatten().collect();
    let mut found: Vec<Value> = Vec::new();
    for class in classes {
        if let (FactType::Set, Some(Value::Set(words)), Value::Set(chosen)) = (kind, &now, class) {
            let kept = words.iter().filter(|word| !named.contains(word)).chain(chosen).cloned().collect();
            found.push(Value::Set(kept));
        }
        found.push(class.clone());
    }
    let mut seen = BTreeSet::new();
    found.retain(|value| Some(value) != now.as_ref() && seen.insert(value.clone()));
    found
}

fn elements(value: &Value) -> Option<&BTreeSet<Word>> {
    match value {
        Value::Set(words) => Some(words),
        _ => None,
    }
}

/// The next choice of as many positions below a number, in lexicographic order.
fn next(chosen: &mut [usize], below: usize) -> bool {
    let size = chosen.len();
    for at in (0..size).rev() {
        if chosen[at] + size - at < below {
            chosen[at] += 1;
            for later in at + 1..size {
                chosen[later] = chosen[later - 1] + 1;
            }
            return true;
        }
    }
    false
}
