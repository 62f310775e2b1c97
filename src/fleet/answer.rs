//! What the plan of one server adds to a summary.

use super::document::{Missing, Reboots};
use super::known::{Known, Outcomes};
use super::missing::hangs_on;
use super::planner::Planner;
use crate::condition::Subject;
use crate::fact::{Abstract, Value};
use crate::plan::document::needs;
use crate::plan::{About, Blocker, Confirm, Decision, Place, Plan, Reason, Seen, Status};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a server adds to a summary.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) way: Arc<Way>,
    /// What is worth knowing of the server itself, each once and in order.
    pub(super) findings: Arc<Vec<Arc<str>>>,
}

/// So many ways are remembered before it is seen whether that pays.
const TRIED: u64 = 2048;

/// What servers add to a summary, as far as it is known already.
#[derive(Clone, Debug)]
pub(super) struct Answers<'p> {
    pub(super) outcomes: Outcomes<'p>,
    pub(super) ways: Known<Arc<Way>>,
    pub(super) findings: Known<Arc<Vec<Arc<str>>>>,
    /// Servers with a scenario of which the way was known, and of which it was not.
    pub(super) shared: u64,
    pub(super) planned: u64,
}

impl Answers<'_> {
    /// What a server with this key adds to a summary, where that is known.
    pub(super) fn of(&mut self, key: &[u8]) -> Option<Answer> {
        let way = self.ways.find(&self.outcomes, key)?;
        let findings = self.findings.find(&self.outcomes, key)?;
        self.shared += u64::from(way.class.scenario.is_some());
        Some(Answer { way, findings })
    }

    /// True where it pays to find out what a way hangs on: not for every one where hardly any is met again.
    pub(super) fn pays(&self) -> bool {
        self.planned < TRIED || self.shared >= self.planned / 4 || self.planned.is_multiple_of(16)
    }
}

/// What the way of a server adds to a summary.
#[derive(Clone, Debug)]
pub(super) struct Way {
    pub(super) class: Class,
    /// What stands in the way; of a server that the scenario does not support only that.
    pub(super) causes: Vec<InTheWay>,
    pub(super) exposures: Vec<Exposed>,
    /// What it hangs on and can be known before the first step.
    pub(super) hangs_on: Vec<Arc<Missing>>,
    /// What is worth knowing of the way itself, each once.
    pub(super) findings: BTreeSet<Arc<str>>,
}

/// What servers have in common that stand in one row of a summary.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Class {
    pub(super) status: Status,
    pub(super) scenario: Option<Arc<str>>,
    /// The steps that are or may be done.
    pub(super) steps: Vec<Arc<str>>,
    pub(super) minutes: u32,
    pub(super) reboots: Reboots,
    /// What has to be known of it first of all.
    pub(super) first: Option<First>,
}

/// The first thing that stands in the way, is not known, or has to be confirmed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct First {
    pub(super) step: Option<Arc<str>>,
    pub(super) name: Arc<str>,
}

/// A test that fails.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Cause {
    pub(super) fact: Option<Arc<str>>,
    pub(super) parameter: Option<Arc<str>>,
    /// What it needs, as JSON; empty where nothing would do.
    pub(super) needs: Arc<str>,
    pub(super) invariant: Option<Arc<str>>,
}

/// Where a test fails, what was seen, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct InTheWay {
    pub(super) cause: Cause,
    pub(super) step: Arc<str>,
    /// The word that was seen, of a fact with a list of words.
    pub(super) seen: Option<Arc<str>>,
    pub(super) remedy: Arc<str>,
}

/// How long a plan exposes its server, all stretches of an invariant together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Exposed {
    pub(super) invariant: Arc<str>,
    pub(super) minutes: u32,
    pub(super) longest: u32,
    pub(super) open: bool,
    pub(super) restart: bool,
}

impl Way {
    pub(super) fn of(planner: &Planner<'_>, plan: &Plan<'_>) -> Self {
        let names = Names { planner, plan };
        let applies = plan.status != Status::NotApplicable;
        let done = || plan.steps.iter().filter(|planned| applies && !matches!(planned.decision, Decision::Skip(_)));
        let reboots = if applies { plan.reboots } else { crate::plan::Reboots::default() };
        let class = Class {
            status: plan.status,
            scenario: plan.scenario.map(|scenario| Arc::clone(&scenario.id)),
            steps: done().map(|planned| Arc::clone(&planned.step.id)).collect(),
            minutes: done().map(|planned| planned.step.action.minutes).sum(),
            reboots: Reboots { certain: reboots.certain, possible: reboots.possible },
            first: names.first(),
        };
        let causes = match plan.status {
            Status::Blocked | Status::NotApplicable => names.blockers().map(|blocker| names.in_the_way(blocker)).collect(),
            _ => Vec::new(),
        };
        let hangs_on = hangs_on(plan).into_iter().map(|subject| names.missing(subject)).collect();
        let of_plan = plan.findings.iter().filter(|finding| finding.about == About::Plan);
        let findings: BTreeSet<Arc<str>> = of_plan.map(|finding| Arc::clone(&finding.id)).collect();
        Self { class, causes, exposures: if applies { exposures(plan) } else { Vec::new() }, hangs_on, findings }
    }
}

fn exposures(plan: &Plan<'_>) -> Vec<Exposed> {
    let mut found: BTreeMap<&Arc<str>, Exposed> = BTreeMap::new();
    for one in &plan.exposures {
        let all = found.entry(&one.invariant).or_insert_with(|| Exposed {
            invariant: Arc::clone(&one.invariant),
            minutes: 0,
            longest: 0,
            open: false,
            restart: false,
        });
        all.minutes += one.minutes;
        all.longest = all.longest.max(one.minutes);
        all.open |= one.closes.is_none();
        all.restart |= one.reboots > 0;
    }
    found.into_values().collect()
}

/// Names the parts of a plan.
struct Names<'p, 'c> {
    planner: &'p Planner<'c>,
    plan: &'p Plan<'c>,
}

impl Names<'_, '_> {
    fn blockers(&self) -> impl Iterator<Item = &Blocker> {
        let applies = self.plan.status != Status::NotApplicable;
        self.plan.blockers.iter().filter(move |blocker| applies || blocker.place == Place::Supports)
    }

    fn parameter(&self, parameter: crate::condition::ParameterId) -> Arc<str> {
        Arc::from(self.plan.catalog.parameter_names().name(parameter))
    }

    fn subject(&self, subject: Subject) -> Arc<str> {
        match subject {
            Subject::Fact(fact) => Arc::clone(self.planner.name(fact)),
            Subject::Parameter(parameter) => self.parameter(parameter),
        }
    }

    fn place(&self, place: Place) -> Arc<str> {
        match (place, self.plan.scenario) {
            (Place::Step(index), Some(scenario)) => Arc::clone(&scenario.steps[index].id),
            _ => Arc::from(self.plan.place_name(place)),
        }
    }

    fn missing(&self, subject: Subject) -> Arc<Missing> {
        match subject {
            Subject::Fact(fact) => Arc::clone(self.planner.missing(fact)),
            Subject::Parameter(parameter) => Arc::new(Missing {
                fact: None,
                parameter: Some(self.parameter(parameter).to_string()),
                observed: None,
                exports: Vec::new(),
            }),
        }
    }

    fn first(&self) -> Option<First> {
        match self.plan.status {
            Status::Blocked | Status::NotApplicable => self.blockers().next().map(|blocker| {
                let invariant = || blocker.invariant.clone().unwrap_or_else(|| Arc::from(""));
                let name = blocker.reason.as_ref().map_or_else(invariant, |reason| self.subject(reason.leaf.test.subject));
                First { step: Some(self.place(blocker.place)), name }
            }),
            Status::Undetermined => {
                self.plan.unknowns.first().map(|unknown| First { step: None, name: self.subject(unknown.subject) })
            }
            Status::ReadyIf => self.plan.confirm.first().map(|row| First { step: None, name: self.row(row) }),
            Status::Done | Status::Ready => None,
        }
    }

    fn row(&self, row: &Confirm) -> Arc<str> {
        match (row.leaf.test.subject, row.missing) {
            (Subject::Parameter(_), Some(parameter)) => self.parameter(parameter),
            (subject, _) => self.subject(subject),
        }
    }

    fn in_the_way(&self, blocker: &Blocker) -> InTheWay {
        let (step, remedy) = (self.place(blocker.place), Arc::clone(&blocker.remedy));
        let invariant = blocker.invariant.clone();
        let Some(Reason { leaf, seen, .. }) = &blocker.reason else {
            let cause = Cause { fact: None, parameter: None, needs: Arc::from(""), invariant };
            return InTheWay { cause, step, seen: None, remedy };
        };
        let needed = needs(self.plan.catalog, &self.plan.arguments, leaf).to_string();
        let (fact, parameter) = match leaf.test.subject {
            Subject::Fact(_) => (Some(self.subject(leaf.test.subject)), None),
            Subject::Parameter(parameter) => (None, Some(self.parameter(parameter))),
        };
        let seen = match seen {
            Seen::Known(Abstract::Exactly(Value::Choice(word))) => Some(Arc::clone(word)),
            _ => None,
        };
        InTheWay { cause: Cause { fact, parameter, needs: Arc::from(needed), invariant }, step, seen, remedy }
    }
}
