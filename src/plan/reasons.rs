//! The reasons that a plan gives, as data, and the ledger in which they are entered while it is made.

use super::start::{Origin, Start};
use super::state::{State, Touch};
use crate::catalog::{Catalog, Scenario};
use crate::condition::{Argument, Condition, Leaf, Literal, Operand, ParameterId, Scope, Subject, Test, Truth, clauses};
use crate::fact::{Abstract, FactId};
use std::collections::HashMap;
use std::sync::Arc;

/// Where in a plan something is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A step, by its position in the scenario.
    Step(usize),
    /// What the scenario supports.
    Supports,
    /// What the scenario is chosen for.
    AppliesWhen,
    /// The goal.
    Goal,
}

/// What was seen of a fact or a parameter when a test was made.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// What is known of it.
    Known(Abstract),
    /// The parameter's value.
    Parameter(Argument),
}

/// The rule of the catalog that a test belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The servers that need a step.
    When,
    /// How one sees that an action is done.
    AchievedWhen,
    /// What an action needs.
    Requires,
    /// The servers that a scenario can migrate.
    Supports,
    /// The servers that a scenario is chosen for.
    AppliesWhen,
    /// What holds of a migrated server.
    Goal,
    /// What must never be.
    Invariant(Arc<str>),
}

impl Rule {
    /// The rule that is judged at a place.
    pub(super) fn at(place: Place, invariant: Option<&Arc<str>>) -> Self {
        match (invariant, place) {
            (Some(id), _) => Self::Invariant(Arc::clone(id)),
            (None, Place::Step(_)) => Self::Requires,
            (None, Place::Supports) => Self::Supports,
            (None, Place::AppliesWhen) => Self::AppliesWhen,
            (None, Place::Goal) => Self::Goal,
        }
    }
}

/// A test that decides something, and what was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// The test.
    pub leaf: Leaf,
    /// The rule that it is a part of.
    pub rule: Rule,
    /// What was seen.
    pub seen: Seen,
    /// The step that changed the fact before, if one did.
    pub touch: Option<Touch>,
    /// The parameter that was not given and leaves the test open.
    pub missing: Option<ParameterId>,
}

/// Something that stands in the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Blocker {
    /// Where it stands.
    pub place: Place,
    /// The failing test and what was seen; nothing where the catalog asks for what can never be.
    pub reason: Option<Reason>,
    /// The invariant that would be broken, where it is one.
    pub invariant: Option<Arc<str>>,
    /// What to do.
    pub remedy: Arc<str>,
}

/// When a fact has to be confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Before the first step.
    Start,
    /// Just before the step: an earlier one may have changed the fact.
    Step,
}

/// Something that must turn out true.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirm {
    /// Where it is needed.
    pub place: Place,
    /// The test, which is not known.
    pub leaf: Leaf,
    /// The parameter that was not given, where that is why the test is not known.
    pub missing: Option<ParameterId>,
    /// When to look.
    pub at: At,
    /// Why it is not known.
    pub reason: Arc<str>,
    /// Of the rows with the same number one suffices.
    pub any_of: Option<usize>,
    /// The invariant that the place may break otherwise, where that is why.
    pub invariant: Option<Arc<str>>,
}

/// Something that must be known before there is a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct UnknownFact {
    /// The fact or the parameter.
    pub subject: Subject,
    /// What depends on it.
    pub matters_to: Vec<Place>,
    /// Why it is not known.
    pub reason: Arc<str>,
}

/// What is entered while a plan is made.
#[derive(Debug)]
pub(super) struct Ledger<'s> {
    catalog: &'s Catalog,
    start: &'s Start,
    /// The facts of which a condition was evaluated; nothing where only the outline of the plan is wanted.
    read: Option<Vec<bool>>,
    pub(super) blockers: Vec<Blocker>,
    pub(super) confirm: Vec<Confirm>,
    pub(super) unknowns: Vec<UnknownFact>,
    unknown_at: HashMap<Subject, usize>,
    groups: usize,
}

impl<'s> Ledger<'s> {
    pub(super) fn new(catalog: &'s Catalog, start: &'s Start) -> Self {
        let mut read = vec![false; catalog.vocabulary().len()];
        // What a fact was, or might have been, derived from was read too.
        for rule in catalog.derived().iter().filter(|rule| start.given[rule.fact.index()].is_none()) {
            rule.when.facts(&mut |fact| read[fact.index()] = true);
        }
        Self { read: Some(read), ..Self::of_outline(catalog, start) }
    }

    /// For the outline of a plan, in which nothing is told that does not decide anything.
    pub(super) fn of_outline(catalog: &'s Catalog, start: &'s Start) -> Self {
        Self {
            catalog,
            start,
            read: None,
            blockers: Vec::new(),
            confirm: Vec::new(),
            unknowns: Vec::new(),
            unknown_at: HashMap::new(),
            groups: 0,
        }
    }

    /// Evaluates a condition and notes every fact that it reads, without short-circuit.
    pub(super) fn evaluate(&mut self, condition: &Condition, scope: &Scope<'_>) -> Truth {
        self.note(condition);
        scope.evaluate(condition)
    }

    /// Notes every fact that a condition reads.
    pub(super) fn note(&mut self, condition: &Condition) {
        if let Some(read) = &mut self.read {
            condition.facts(&mut |fact| read[fact.index()] = true);
        }
    }

    /// True where what is only told is wanted too.
    pub(super) fn tells(&self) -> bool {
        self.read.is_some()
    }

    /// The facts of which a condition was evaluated, in the order of the vocabulary.
    pub(super) fn facts_read(&mut self) -> Vec<bool> {
        self.read.take().unwrap_or_default()
    }

    /// Enters one blocker for each failing test of a false condition.
    pub(super) fn block(
        &mut self,
        place: Place,
        leaves: Vec<Leaf>,
        state: &State,
        scope: &Scope<'_>,
        invariant: Option<&Arc<str>>,
        scenario: &Scenario,
    ) {
        if leaves.is_empty() {
            let remedy = Arc::from("Correct the catalog: what it asks for here can never be.");
            self.enter(Blocker { place, reason: None, invariant: invariant.cloned(), remedy });
        }
        for leaf in leaves {
            let remedy = self.remedy(place, &leaf, scenario);
            let reason = Some(reason(leaf, Rule::at(place, invariant), state, scope));
            self.enter(Blocker { place, reason, invariant: invariant.cloned(), remedy });
        }
    }

    fn enter(&mut self, blocker: Blocker) {
        if !self.blockers.contains(&blocker) {
            self.blockers.push(blocker);
        }
    }

    fn remedy(&self, place: Place, leaf: &Leaf, scenario: &Scenario) -> Arc<str> {
        let Subject::Fact(fact) = leaf.test.subject else { return Arc::from("give the parameter another value") };
        if let Place::Step(index) = place {
            let own = scenario.steps[index].action.remedies.iter().find(|(known, _)| *known == fact);
            if let Some((_, remedy)) = own {
                return Arc::clone(remedy);
            }
        }
        let spec = self.catalog.vocabulary().spec(fact);
        spec.remedy().map_or_else(|| Arc::from(format!("See what changes it: cutover facts show {}.", spec.id())), Arc::from)
    }

    /// Enters what must turn out true for one of the conditions to hold, each looked at in its own state.
    pub(super) fn demand(
        &mut self,
        place: Place,
        invariant: Option<&Arc<str>>,
        alternatives: &[(&Condition, bool, usize)],
        states: &[(&State, Scope<'_>)],
        steps: &Scenario,
    ) {
        // What is blocked has nothing to confirm that an outline would show.
        if !self.tells() && !self.blockers.is_empty() {
            return;
        }
        let scopes: Vec<Scope<'_>> = states.iter().map(|(_, scope)| *scope).collect();
        let same = |fact, earlier: usize, later: usize| !states[later].0.may_differ(states[earlier].0, fact);
        for clause in clauses(alternatives, &scopes, &same) {
            let any_of = if clause.len() > 1 {
                self.groups += 1;
                Some(self.groups)
            } else {
                None
            };
            for literal in clause {
                let (state, scope) = &states[literal.scope];
                let mut row = self.row(place, literal, state, scope, any_of, steps);
                row.invariant = invariant.cloned();
                if !self.confirm.contains(&row) {
                    self.confirm.push(row);
                }
            }
        }
    }

    fn row(
        &self,
        place: Place,
        literal: Literal,
        state: &State,
        scope: &Scope<'_>,
        any_of: Option<usize>,
        scenario: &Scenario,
    ) -> Confirm {
        let missing = missing(&literal.test, scope);
        let leaf = Leaf { test: literal.test, needs: literal.needs };
        let touched = |fact: FactId| state.touched[fact.index()].is_some();
        let at = if matches!(leaf.test.subject, Subject::Fact(fact) if touched(fact)) { At::Step } else { At::Start };
        let reason = match (leaf.test.subject, missing) {
            (Subject::Fact(fact), None) => self.why(fact, state, scenario),
            _ => Arc::from(NOT_GIVEN),
        };
        Confirm { place, leaf, missing, at, reason, any_of, invariant: None }
    }

    /// Why a fact is not known well enough.
    pub(super) fn why(&self, fact: FactId, state: &State, scenario: &Scenario) -> Arc<str> {
        match &state.touched[fact.index()] {
            Some(Touch { why: Some(why), .. }) => Arc::clone(why),
            Some(Touch { step, .. }) => Arc::from(format!("depends on how `{}` goes", scenario.steps[*step].id)),
            None => match &self.start.origins[fact.index()] {
                Origin::Unknown(reason) => Arc::clone(reason),
                _ => Arc::from("only known in part"),
            },
        }
    }

    /// Enters the facts on which an unknown condition hangs.
    pub(super) fn unknown(
        &mut self,
        place: Place,
        leaves: &[Leaf],
        state: &State,
        scope: &Scope<'_>,
        scenario: Option<&Scenario>,
    ) {
        for leaf in leaves {
            let parameter = missing(&leaf.test, scope);
            let (subject, reason): (Subject, Arc<str>) = match (leaf.test.subject, parameter) {
                (Subject::Fact(fact), None) => {
                    let reason = match scenario {
                        Some(scenario) => self.why(fact, state, scenario),
                        None => match &self.start.origins[fact.index()] {
                            Origin::Unknown(reason) => Arc::clone(reason),
                            _ => Arc::from("only known in part"),
                        },
                    };
                    (leaf.test.subject, reason)
                }
                (_, Some(parameter)) => (Subject::Parameter(parameter), Arc::from(NOT_GIVEN)),
                (Subject::Parameter(_), None) => continue,
            };
            let index = *self.unknown_at.entry(subject).or_insert_with(|| {
                self.unknowns.push(UnknownFact { subject, matters_to: Vec::new(), reason });
                self.unknowns.len() - 1
            });
            let matters_to = &mut self.unknowns[index].matters_to;
            if !matters_to.contains(&place) {
                matters_to.push(place);
            }
        }
    }
}

/// Why a parameter is not known.
const NOT_GIVEN: &str = "the parameter was not given";

/// The parameter that was not given and leaves the test open.
fn missing(test: &Test, scope: &Scope<'_>) -> Option<ParameterId> {
    let absent = |parameter: ParameterId| *scope.parameter(parameter) == Argument::Missing;
    if let Subject::Parameter(parameter) = test.subject
        && absent(parameter)
    {
        return Some(parameter);
    }
    let mut found = None;
    test.relation.operands(&mut |operand| {
        if let Operand::Parameter(parameter) = operand
            && absent(*parameter)
        {
            found = Some(*parameter);
        }
    });
    found
}

/// A test with what was seen of its subject.
pub(super) fn reason(leaf: Leaf, rule: Rule, state: &State, scope: &Scope<'_>) -> Reason {
    let (seen, touch) = match leaf.test.subject {
        Subject::Fact(fact) => (Seen::Known(scope.fact(fact).clone()), state.touched[fact.index()].clone()),
        Subject::Parameter(parameter) => (Seen::Parameter(scope.parameter(parameter).clone()), None),
    };
    let missing = missing(&leaf.test, scope);
    Reason { leaf, rule, seen, touch, missing }
}
