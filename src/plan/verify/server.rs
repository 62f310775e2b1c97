//! What a plan comes to on one server: planned again in the order of the plan, so that every requirement is met on the way.

use super::certain::hangs_on_server;
use super::code::{Code, Severity};
use super::finding::{About, Finding, Found};
use super::listed::Listed;
use super::{budget, stale};
use crate::catalog::{Catalog, Scenario};
use crate::condition::{Scope, Subject, Truth, false_leaves, unknown_leaves};
use crate::plan::document::Writer;
use crate::plan::given::GivenPlan;
use crate::plan::reasons::Rule;
use crate::plan::words;
use crate::plan::{Blocker, Confirm, Decision, Order, Place, Plan, Request, Start, State, Status, UnknownFact, plan, reasons};
use crate::yaml::Span;

/// One plan on one server.
pub(super) struct OnServer<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) given: &'a GivenPlan,
    pub(super) listed: &'a Listed<'a>,
    /// The server by its position among the servers.
    pub(super) server: usize,
    pub(super) start: &'a Start,
    /// True where this is the only server there is.
    pub(super) single: bool,
}

/// The finding that planning makes where a scenario was named that is for other servers.
const NAMED_ON_PURPOSE: &str = "scenario-does-not-apply";

impl OnServer<'_> {
    /// Checks the plan on the server.
    pub(super) fn check(&self, found: &mut Found) {
        let Some(scenario) = self.listed.scenario else { return self.without_scenario(found) };
        let named_on_purpose =
            self.given.recorded.as_ref().is_some_and(|one| one.findings.iter().any(|id| id == NAMED_ON_PURPOSE));
        let applies = Scope { facts: &self.start.facts, parameters: &[] }.evaluate(&scenario.applies_when);
        let planned = plan(self.catalog, self.start.clone(), self.request(scenario, self.listed.steps.clone()));
        if applies == Truth::False && !named_on_purpose {
            return found.server(self.server, self.does_not_apply(&planned, scenario));
        }
        if applies == Truth::Unknown && self.given.host.is_none() {
            found.server(self.server, self.may_not_apply(scenario));
        }
        if planned.status == Status::NotApplicable {
            return found.server(self.server, self.not_supported(&planned));
        }
        if self.given.recorded.is_some() {
            stale::check(self, &planned, found);
        } else {
            self.missing_steps(scenario, found);
        }
        budget::check(self, &planned, found);
        for blocker in &planned.blockers {
            found.server(self.server, self.blocker(&planned, blocker));
        }
        self.confirm(&planned, found);
        for unknown in planned.unknowns.iter().filter(|unknown| !self.is_missing(unknown.subject)) {
            found.server(self.server, self.undecided(&planned, unknown));
        }
    }

    /// Where an edit belongs that is about the plan as a whole.
    pub(super) fn head(&self) -> Span {
        self.given.scenario.as_ref().map_or(self.given.start, |scenario| scenario.span)
    }

    fn request(&self, scenario: &Scenario, steps: Vec<usize>) -> Request {
        Request {
            scenario: Some(scenario.id.to_string()),
            parameters: self.listed.parameters.clone(),
            order: Order::Listed(steps),
            without_supplements: self.given.recorded.as_ref().is_some_and(|recorded| recorded.without_supplements),
        }
    }

    /// What was said of the missing parameter already is not said again of what hangs on it.
    fn is_missing(&self, subject: Subject) -> bool {
        let Subject::Parameter(parameter) = subject else { return false };
        let name = self.catalog.parameter_names().name(parameter);
        self.listed.missing.iter().any(|missing| **missing == *name)
    }

    /// A plan for which a program found no scenario.
    fn without_scenario(&self, found: &mut Found) {
        let Some(recorded) = self.given.recorded.as_ref().filter(|_| self.given.scenario.is_none()) else { return };
        let request = Request { parameters: self.listed.parameters.clone(), ..Request::default() };
        let planned = plan(self.catalog, self.start.clone(), request);
        stale::facts(self, &planned, found);
        if let Some(scenario) = planned.scenario {
            found.server(
                self.server,
                Finding {
                    code: Code::StaleStatus,
                    severity: Severity::Violated,
                    span: recorded.status.span,
                    message: format!("the plan has no scenario, and planning now chooses `{}`", scenario.id),
                    expected: planned.status.name().to_owned(),
                    help: stale::MAKE_ANEW.to_owned(),
                    about: About::default(),
                },
            );
        } else if planned.status == Status::NotApplicable {
            found.server(self.server, self.no_scenario());
        } else {
            for unknown in &planned.unknowns {
                found.server(self.server, self.undecided(&planned, unknown));
            }
        }
    }

    /// Among many servers one that no scenario is for is no violation where the plan says so itself, or names no server.
    fn not_applicable(&self) -> Severity {
        let expected = match &self.given.recorded {
            Some(recorded) => recorded.status.value == Status::NotApplicable.name(),
            None => self.given.host.is_none(),
        };
        if expected && !self.single { Severity::Note } else { Severity::Violated }
    }

    fn no_scenario(&self) -> Finding {
        Finding {
            code: Code::DoesNotApply,
            severity: self.not_applicable(),
            span: self.given.start,
            message: "no scenario is for this server".to_owned(),
            expected: "a server that a scenario is chosen for".to_owned(),
            help: "take the server out; cutover explain FACTS says what speaks against each scenario".to_owned(),
            about: About::default(),
        }
    }

    fn does_not_apply(&self, planned: &Plan<'_>, scenario: &Scenario) -> Finding {
        let scope = Scope { facts: &self.start.facts, parameters: &[] };
        let state = State::new(self.start.facts.clone());
        let against = false_leaves(&scenario.applies_when, &scope);
        let against: Vec<_> = against.into_iter().map(|leaf| reasons::reason(leaf, Rule::AppliesWhen, &state, &scope)).collect();
        let writer = Writer::new(planned);
        let words: Vec<String> = against.iter().map(|reason| words::reason(&writer.test(reason).into())).collect();
        Finding {
            code: Code::DoesNotApply,
            severity: Severity::Violated,
            span: self.head(),
            message: format!("`{}` is for other servers: {}", scenario.id, words.join("; ")),
            expected: "a scenario that is chosen for this server".to_owned(),
            help: "name another scenario, or take the server out; cutover plan FACTS says which scenario it needs".to_owned(),
            about: About::default(),
        }
    }

    fn may_not_apply(&self, scenario: &Scenario) -> Finding {
        let scope = Scope { facts: &self.start.facts, parameters: &[] };
        let open = unknown_leaves(&scenario.applies_when, &scope);
        let facts = open.iter().filter_map(|leaf| match leaf.test.subject {
            Subject::Fact(fact) => Some(self.catalog.vocabulary().name(fact)),
            Subject::Parameter(_) => None,
        });
        let facts: Vec<&str> = facts.collect();
        Finding {
            code: Code::Undecided,
            severity: Severity::NotKnown,
            span: self.head(),
            message: format!("whether `{}` is for this server hangs on {}, not known", scenario.id, facts.join(", ")),
            expected: "facts that decide which scenario is for a server".to_owned(),
            help: "find it out, assume it with --assume FACT=VALUE, or name the server as `host`".to_owned(),
            about: facts.first().map_or_else(About::default, |fact| About::fact(fact)),
        }
    }

    fn not_supported(&self, planned: &Plan<'_>) -> Finding {
        let writer = Writer::new(planned);
        let scenario = planned.scenario.map_or("", |scenario| &*scenario.id);
        let supports = planned.blockers.iter().filter(|blocker| blocker.place == Place::Supports);
        let tests: Vec<_> = supports.filter_map(|blocker| blocker.reason.as_ref()).map(|reason| writer.test(reason)).collect();
        let words: Vec<String> = tests.iter().map(words::failing).collect();
        Finding {
            code: Code::DoesNotApply,
            severity: self.not_applicable(),
            span: self.head(),
            message: format!("`{scenario}` does not support this server: {}", words.join("; ")),
            expected: tests.iter().map(words::needed).collect::<Vec<_>>().join(" and "),
            help: "take the server out: this scenario cannot migrate it".to_owned(),
            about: About::default(),
        }
    }

    /// Steps that are not listed in a plan that was written by hand, and that the server needs or may need.
    fn missing_steps(&self, scenario: &Scenario, found: &mut Found) {
        let (all, listed) = (merged(scenario, &self.listed.steps), &self.listed.steps);
        if all.len() == listed.len() {
            return;
        }
        let planned = plan(self.catalog, self.start.clone(), self.request(scenario, all.clone()));
        let hangs = hangs_on_server(&planned);
        for (at, step) in planned.steps.iter().enumerate().filter(|(_, step)| !listed.contains(&step.index)) {
            let severity = if hangs[at] { Severity::NotKnown } else { Severity::Violated };
            let said = match step.decision {
                Decision::Skip(_) => continue,
                Decision::Perform => "and is to be done here",
                Decision::CheckFirst => "and is to be done here unless it is so already",
                Decision::DecideLater => "and whether it is needed here is not known",
            };
            let above = all[..at].iter().rev().find(|index| listed.contains(index)).map(|index| &scenario.steps[*index].id);
            let below = all[at..].iter().find(|index| listed.contains(index));
            let expected = match (above, below.map(|index| &scenario.steps[*index].id)) {
                (Some(above), Some(below)) => format!("`{}` between `{above}` and `{below}`", step.step.id),
                (Some(above), None) => format!("`{}` below `{above}`", step.step.id),
                (None, Some(below)) => format!("`{}` above `{below}`", step.step.id),
                (None, None) => format!("`{}`", step.step.id),
            };
            let last = listed.last().map_or(self.given.steps_at, |last| self.listed.place(self.given, *last));
            found.server(
                self.server,
                Finding {
                    code: Code::MissingStep,
                    severity,
                    span: below.map_or(last, |below| self.listed.place(self.given, *below)),
                    message: format!("the step `{}` is missing, {said}", step.step.id),
                    expected,
                    help: format!("list it; cutover explain FACTS {} says why it is there", step.step.id),
                    about: About::step(&step.step.id),
                },
            );
        }
    }

    /// Where a step, the goal or the whole plan stands in the file.
    fn place(&self, place: Place) -> Span {
        match place {
            Place::Step(index) => self.listed.place(self.given, index),
            Place::Goal => self.given.steps_at,
            Place::Supports | Place::AppliesWhen => self.head(),
        }
    }

    fn blocker(&self, planned: &Plan<'_>, blocker: &Blocker) -> Finding {
        let writer = Writer::new(planned);
        let test = blocker.reason.as_ref().map(|reason| writer.test(reason)).unwrap_or_default();
        let place = planned.place_name(blocker.place);
        let (code, message) = match (&blocker.invariant, blocker.place) {
            (Some(invariant), Place::Goal) => {
                (Code::Forbidden, format!("the plan ends with {invariant}: {}", words::failing(&test)))
            }
            (Some(invariant), _) => (Code::Forbidden, format!("`{place}` makes {invariant} true: {}", words::failing(&test))),
            (None, Place::Goal) => (Code::GoalMissed, format!("the plan ends without its goal: {}", words::failing(&test))),
            (None, _) => (Code::Blocked, format!("`{place}` would be refused: {}", words::failing(&test))),
        };
        let name = |key: &str| test.get(key).and_then(|name| name.as_str()).map(str::to_owned);
        Finding {
            code,
            severity: Severity::Violated,
            span: self.place(blocker.place),
            message,
            expected: words::needed(&test),
            help: blocker.remedy.to_string(),
            about: About {
                step: matches!(blocker.place, Place::Step(_)).then(|| place.to_owned()),
                fact: name("fact"),
                parameter: name("parameter"),
                invariant: blocker.invariant.as_ref().map(ToString::to_string),
            },
        }
    }

    /// What has to be confirmed; rows of which one suffices are one finding.
    fn confirm(&self, planned: &Plan<'_>, found: &mut Found) {
        let mut groups = Vec::new();
        for row in &planned.confirm {
            if row.missing.is_some_and(|parameter| self.is_missing(Subject::Parameter(parameter))) {
                continue;
            }
            match row.any_of {
                Some(group) if groups.contains(&group) => {}
                Some(group) => {
                    groups.push(group);
                    let rows: Vec<&Confirm> = planned.confirm.iter().filter(|other| other.any_of == Some(group)).collect();
                    found.server(self.server, self.rows(planned, &rows));
                }
                None => found.server(self.server, self.rows(planned, &[row])),
            }
        }
    }

    fn rows(&self, planned: &Plan<'_>, rows: &[&Confirm]) -> Finding {
        let writer = Writer::new(planned);
        let first = rows[0];
        let tests: Vec<_> = rows.iter().map(|row| writer.confirm_test(row)).collect();
        let mut words: Vec<String> = Vec::new();
        for (test, row) in tests.iter().zip(rows) {
            let said = format!("{} ({})", words::to_confirm(test), crate::suggest::harmless(&row.reason));
            if !words.contains(&said) {
                words.push(said);
            }
        }
        let place = match first.place {
            Place::Goal => "the goal".to_owned(),
            place => format!("`{}`", planned.place_name(place)),
        };
        let or = first.invariant.as_ref().map(|id| format!(", or it makes {id} true")).unwrap_or_default();
        let name = |key: &str| tests[0].get(key).and_then(|name| name.as_str()).map(str::to_owned);
        let (fact, parameter) = (name("fact"), name("parameter"));
        let help = match (&fact, &parameter) {
            (_, Some(parameter)) => format!("give it with --set {parameter}=VALUE"),
            (Some(fact), None) if matches!(first.at, crate::plan::At::Start) => {
                format!("find it out, or assume it for the whole estate with --assume {fact}=VALUE")
            }
            _ => "an earlier step may change it: look just before the step".to_owned(),
        };
        Finding {
            code: Code::NotKnown,
            severity: Severity::NotKnown,
            span: self.place(first.place),
            message: format!("{place} hangs on what is not known: {}{or}", words.join(", or ")),
            expected: tests.iter().map(words::needed).collect::<Vec<_>>().join(" or "),
            help,
            about: About {
                step: matches!(first.place, Place::Step(_)).then(|| planned.place_name(first.place).to_owned()),
                fact,
                parameter,
                invariant: first.invariant.as_ref().map(ToString::to_string),
            },
        }
    }

    fn undecided(&self, planned: &Plan<'_>, unknown: &UnknownFact) -> Finding {
        let (about, name, help) = match unknown.subject {
            Subject::Fact(fact) => {
                let name = self.catalog.vocabulary().name(fact);
                let help = format!("find it out, or assume it for the whole estate with --assume {name}=VALUE");
                (About::fact(name), name.to_owned(), help)
            }
            Subject::Parameter(parameter) => {
                let name = self.catalog.parameter_names().name(parameter);
                (About::parameter(name), format!("the parameter {name}"), format!("give it with --set {name}=VALUE"))
            }
        };
        let decides = unknown.matters_to.iter().map(|place| match place {
            Place::Step(_) => format!("`{}`", planned.place_name(*place)),
            Place::Goal => "the goal".to_owned(),
            Place::Supports => "whether the scenario supports this server".to_owned(),
            Place::AppliesWhen => "which scenario is for this server".to_owned(),
        });
        let first = unknown.matters_to.first().copied();
        Finding {
            code: Code::Undecided,
            severity: Severity::NotKnown,
            span: first.map_or_else(|| self.head(), |place| self.place(place)),
            message: format!(
                "{name} decides {} and is not known ({})",
                decides.collect::<Vec<_>>().join(", "),
                crate::suggest::harmless(&unknown.reason)
            ),
            expected: format!("a value of {name}"),
            help,
            about: About {
                step: match first {
                    Some(place @ Place::Step(_)) => Some(planned.place_name(place).to_owned()),
                    _ => None,
                },
                ..about
            },
        }
    }
}

/// The listed steps with those that are missing put where they can be: below what they follow, and otherwise where the
/// scenario has them.
fn merged(scenario: &Scenario, listed: &[usize]) -> Vec<usize> {
    let mut all = listed.to_vec();
    for index in (0..scenario.steps.len()).filter(|index| !listed.contains(index)) {
        let follows = |other: usize| scenario.steps[index].after.iter().any(|edge| edge.from == other);
        let behind = all.iter().rposition(|other| follows(*other)).map_or(0, |at| at + 1);
        let at = all[behind..].iter().position(|other| *other > index).map_or(all.len(), |at| behind + at);
        all.insert(at, index);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_step_is_put_below_what_it_follows_and_above_what_follows_it() {
        let catalog = Catalog::built_in().expect("the built-in catalog");
        let scenario = catalog.scenario("mecm-scep").expect("a scenario");
        let position = |id: &str| scenario.step(id).expect("a step");
        let listed: Vec<usize> = ["assign-policies", "uninstall-scep", "install-mde", "onboard"].map(position).to_vec();
        let all = merged(scenario, &listed);
        assert_eq!(all.len(), scenario.steps.len());
        for (at, index) in all.iter().enumerate() {
            for edge in &scenario.steps[*index].after {
                let from = all.iter().position(|other| *other == edge.from).expect("every step is there");
                // What is listed the wrong way round stays so.
                assert!(from < at, "{} follows {}", scenario.steps[*index].id, scenario.steps[edge.from].id);
            }
        }
        let kept: Vec<usize> = all.iter().copied().filter(|index| listed.contains(index)).collect();
        assert_eq!(kept, listed, "what is listed keeps its order");
    }
}
