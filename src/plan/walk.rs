//! Walking the steps over a simulated server.

use super::reasons::{Ledger, Place, Reason, Rule, reason};
use super::state::{State, World};
use super::{Order, Request, order};
use crate::catalog::{Catalog, Evidence, InvariantKind, Scenario, Step};
use crate::condition::{Condition, Leaf, ParameterId, Scope, Truth, false_leaves, true_leaves, unknown_leaves};
use std::sync::Arc;

/// What is done with a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is done.
    Perform,
    /// It is done unless it turns out to be so already.
    CheckFirst,
    /// It is left out.
    Skip(WhySkip),
    /// What is not known decides whether it is done.
    DecideLater,
}

/// Why a step is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhySkip {
    /// The server does not need it.
    DoesNotApply,
    /// It is so already.
    AlreadySo,
}

/// A step of a plan.
#[derive(Clone, Debug)]
pub struct PlannedStep<'c> {
    /// Its position in the scenario.
    pub index: usize,
    /// The step.
    pub step: &'c Step,
    /// What is done with it.
    pub decision: Decision,
    /// The arguments of its action.
    pub with: Vec<(ParameterId, Truth)>,
    /// Why.
    pub because: Vec<Reason>,
    /// The steps of the plan that it follows, by their positions in the scenario; steps that were left out are bridged.
    pub after: Vec<usize>,
}

/// The steps with the server before the first and after each.
#[derive(Debug)]
pub(super) struct Walked<'c> {
    pub(super) steps: Vec<PlannedStep<'c>>,
    pub(super) states: Vec<Arc<State>>,
}

/// Walks steps in this order.
pub(super) fn walk<'c>(
    catalog: &Catalog,
    scenario: &'c Scenario,
    mut before: Arc<State>,
    world: &World<'_>,
    order: &[usize],
    ledger: &mut Ledger<'_>,
) -> Walked<'c> {
    let mut states = vec![Arc::clone(&before)];
    let mut steps = Vec::with_capacity(order.len());
    for index in order.iter().copied() {
        let step = &scenario.steps[index];
        let scope = before.scope(world);
        let decision = decision(step, &scope);
        let mut planned = PlannedStep { index, step, decision, with: Vec::new(), because: Vec::new(), after: Vec::new() };
        if ledger.tells() {
            planned.because = because(step, decision, &before, &scope, ledger);
            planned.with = step.with.iter().map(|(name, given)| (*name, ledger.evaluate(given, &scope))).collect();
            planned.after = predecessors(scenario, index, order);
        }
        require(scenario, index, decision, &before, world, ledger);
        let after = State::after(&before, world, index, step, decision);
        if !matches!(decision, Decision::Skip(_)) {
            for effect in step.action.all_effects() {
                ledger.note(&effect.when);
            }
            judge_step(catalog, scenario, index, &before, &after, world, ledger);
        }
        steps.push(planned);
        states.push(Arc::clone(&after));
        before = after;
    }
    Walked { steps, states }
}

/// The positions of the steps in the chosen order.
pub(super) fn order(catalog: &Catalog, scenario: &Scenario, start: &State, world: &World<'_>, request: &Request) -> Vec<usize> {
    let documented = kept_steps(scenario, request.without_supplements);
    match &request.order {
        Order::Documented => documented,
        Order::Listed(steps) => steps.clone(),
        // With more unordered steps than can be looked at the documented order is as good as any.
        wanted => order::best(catalog, scenario, start, world, &documented, wanted).unwrap_or(documented),
    }
}

/// The positions of the steps in documented order; to the letter, without the supplements.
pub(crate) fn kept_steps(scenario: &Scenario, without_supplements: bool) -> Vec<usize> {
    let kept = |index: &usize| !(without_supplements && scenario.steps[*index].supplement.is_some());
    (0..scenario.steps.len()).filter(kept).collect()
}

/// The steps that a step follows; through a step that is not kept the edges stay transitive.
pub(crate) fn predecessors(scenario: &Scenario, index: usize, kept: &[usize]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut open: Vec<usize> = scenario.steps[index].after.iter().map(|edge| edge.from).rev().collect();
    while let Some(from) = open.pop() {
        if !kept.contains(&from) {
            open.extend(scenario.steps[from].after.iter().map(|edge| edge.from).rev());
        } else if !found.contains(&from) {
            found.push(from);
        }
    }
    found.sort_unstable();
    found
}

/// What is done with a step on a server.
pub(super) fn decision(step: &Step, scope: &Scope<'_>) -> Decision {
    let when = scope.evaluate(&step.when);
    let achieved = step.action.achieved_when.as_ref().map_or(Truth::False, |achieved| scope.evaluate(achieved));
    match (when, achieved) {
        (Truth::False, _) => Decision::Skip(WhySkip::DoesNotApply),
        (_, Truth::True) => Decision::Skip(WhySkip::AlreadySo),
        (Truth::Unknown, _) => Decision::DecideLater,
        (Truth::True, Truth::Unknown) => Decision::CheckFirst,
        (Truth::True, Truth::False) => Decision::Perform,
    }
}

/// The tests of rules that decided so.
fn because(step: &Step, decision: Decision, before: &State, scope: &Scope<'_>, ledger: &mut Ledger<'_>) -> Vec<Reason> {
    let of = |rule: Rule, leaves: Vec<Leaf>| leaves.into_iter().map(move |leaf| (leaf, rule.clone())).collect::<Vec<_>>();
    ledger.note(&step.when);
    let always = Condition::always();
    let achieved = step.action.achieved_when.as_ref().unwrap_or(&always);
    if decision != Decision::Skip(WhySkip::DoesNotApply) {
        ledger.note(achieved);
    }
    let leaves = match decision {
        Decision::Skip(WhySkip::DoesNotApply) => of(Rule::When, false_leaves(&step.when, scope)),
        Decision::Skip(WhySkip::AlreadySo) => of(Rule::AchievedWhen, true_leaves(achieved, scope)),
        Decision::DecideLater => of(Rule::When, unknown_leaves(&step.when, scope)),
        Decision::CheckFirst => {
            let mut leaves = of(Rule::When, true_leaves(&step.when, scope));
            leaves.extend(of(Rule::AchievedWhen, unknown_leaves(achieved, scope)));
            leaves
        }
        Decision::Perform => {
            // What the step is there to change says more than why it applies, so it comes first.
            let undone = false_leaves(achieved, scope).into_iter().map(|leaf| Leaf { needs: !leaf.needs, ..leaf });
            let mut leaves = of(Rule::AchievedWhen, undone.collect());
            for leaf in true_leaves(&step.when, scope) {
                if !leaves.iter().any(|(known, _)| known.test.subject == leaf.test.subject) {
                    leaves.push((leaf, Rule::When));
                }
            }
            leaves
        }
    };
    leaves.into_iter().map(|(leaf, rule)| reason(leaf, rule, before, scope)).collect()
}

/// Judges what a step needs: what is false blocks, what is not known has to be confirmed.
fn require(scenario: &Scenario, index: usize, decision: Decision, before: &State, world: &World<'_>, ledger: &mut Ledger<'_>) {
    let step = &scenario.steps[index];
    let scope = before.scope(world);
    let place = Place::Step(index);
    let requires = &step.action.requires;
    match decision {
        Decision::Skip(_) => {}
        Decision::DecideLater => {
            ledger.unknown(place, &unknown_leaves(&step.when, &scope), before, &scope, Some(scenario));
        }
        Decision::Perform => match ledger.evaluate(requires, &scope) {
            Truth::True => {}
            Truth::False => ledger.block(place, false_leaves(requires, &scope), before, &scope, None, scenario),
            Truth::Unknown => ledger.demand(place, None, &[(requires, true, 0)], &[(before, scope)], scenario),
        },
        Decision::CheckFirst => {
            if ledger.evaluate(requires, &scope) != Truth::True
                && let Some(achieved) = &step.action.achieved_when
            {
                ledger.demand(place, None, &[(achieved, true, 0), (requires, true, 0)], &[(before, scope)], scenario);
            }
        }
    }
}

/// Judges the forbidden invariants whose facts a step changes.
fn judge_step(
    catalog: &Catalog,
    scenario: &Scenario,
    index: usize,
    before: &State,
    after: &State,
    world: &World<'_>,
    ledger: &mut Ledger<'_>,
) {
    for invariant in catalog.invariants().iter().filter(|invariant| invariant.kind == InvariantKind::Forbidden) {
        let mut changed = false;
        invariant.when.facts(&mut |fact| changed |= after.may_differ(before, fact));
        if changed {
            let places = [(before, before.scope(world)), (after, after.scope(world))];
            judge(invariant, Place::Step(index), &places, scenario, ledger);
        }
    }
}

/// An invariant that was not true before and is true after blocks; where that is not known, it has to be confirmed.
pub(super) fn judge(
    invariant: &crate::catalog::Invariant,
    place: Place,
    places: &[(&State, Scope<'_>); 2],
    scenario: &Scenario,
    ledger: &mut Ledger<'_>,
) {
    let [(_, earlier), (state, later)] = places;
    let was = ledger.evaluate(&invariant.when, earlier);
    let is = ledger.evaluate(&invariant.when, later);
    match (was, is) {
        (Truth::True, _) | (_, Truth::False) => {}
        (Truth::False, Truth::True) => {
            let leaves = true_leaves(&invariant.when, later).into_iter().map(|leaf| Leaf { needs: !leaf.needs, ..leaf });
            ledger.block(place, leaves.collect(), state, later, Some(&invariant.id), scenario);
        }
        _ => ledger.demand(
            place,
            Some(&invariant.id),
            &[(&invariant.when, true, 0), (&invariant.when, false, 1)],
            places,
            scenario,
        ),
    }
}

/// Judges the simulated end: the goal on the facts as they are, invariants at rest once every outstanding restart is taken.
pub(super) fn judge_end(
    catalog: &Catalog,
    scenario: &Scenario,
    walked: &Walked<'_>,
    world: &World<'_>,
    ledger: &mut Ledger<'_>,
) -> Truth {
    let (Some(first), Some(last)) = (walked.states.first(), walked.states.last()) else { return Truth::Unknown };
    let scope = last.scope(world);
    let goal = ledger.evaluate(&scenario.goal, &scope);
    match goal {
        Truth::True => {}
        Truth::False => ledger.block(Place::Goal, false_leaves(&scenario.goal, &scope), last, &scope, None, scenario),
        Truth::Unknown => ledger.demand(Place::Goal, None, &[(&scenario.goal, true, 0)], &[(last, scope)], scenario),
    }
    let rested = last.at_rest();
    for invariant in catalog.invariants().iter().filter(|invariant| invariant.kind == InvariantKind::ForbiddenAtRest) {
        let places = [(&**first, first.scope(world)), (&rested, rested.scope(world))];
        judge(invariant, Place::Goal, &places, scenario, ledger);
    }
    goal
}

/// How many effects that may happen on the way are assumed rather than known.
pub(super) fn assumed_effects(walked: &Walked<'_>, world: &World<'_>) -> usize {
    let done = walked.steps.iter().zip(&walked.states).filter(|(planned, _)| !matches!(planned.decision, Decision::Skip(_)));
    let effects = done.flat_map(|(planned, before)| planned.step.action.all_effects().map(move |effect| (effect, before)));
    effects
        .filter(|(effect, _)| effect.evidence == Evidence::Assumed)
        .filter(|(effect, before)| before.scope(world).evaluate(&effect.when) != Truth::False)
        .count()
}
