//! Comparing two versions of scenarios: what each part means, not where it stands or how it is written.

use super::document::{DiffDocument, DiffTotals, Difference, SCHEMA, ScenarioDiff};
use super::sequence::moved;
use crate::catalog::{Action, Catalog, Change, Effect, NewValue, ParameterSpec, Scenario, Step};
use crate::condition::{Condition, Operand, ParameterId};
use crate::fact::{Bound, Word};

/// A scenario in the first catalog and in the second.
pub type Pair<'c> = (Option<&'c Scenario>, Option<&'c Scenario>);

/// What differs between the scenarios of two catalogs; only those of the pairs that are given, each in one of the two or in both.
pub fn scenarios(first: &Catalog, second: &Catalog, pairs: &[Pair<'_>]) -> DiffDocument {
    let mut totals = DiffTotals::default();
    let mut found = Vec::new();
    for pair in pairs {
        let diff = match pair {
            (Some(from), Some(to)) => {
                let compared = Compared { first, second, found: Vec::new(), same_steps: 0 };
                compared.run(from, to)
            }
            (Some(only), None) => Some(of_one(only, "only_first")),
            (None, Some(only)) => Some(of_one(only, "only_second")),
            (None, None) => None,
        };
        match diff {
            Some(diff) => {
                totals.changed_scenarios += 1;
                found.push(diff);
            }
            None => totals.same_scenarios += 1,
        }
    }
    DiffDocument { schema: SCHEMA, equal: found.is_empty(), servers: Vec::new(), scenarios: found, totals }
}

fn of_one(scenario: &Scenario, change: &'static str) -> ScenarioDiff {
    ScenarioDiff { scenario: scenario.id.to_string(), change, differences: Vec::new(), same_steps: 0 }
}

struct Compared<'c> {
    first: &'c Catalog,
    second: &'c Catalog,
    found: Vec<Difference>,
    same_steps: usize,
}

impl Compared<'_> {
    fn run(mut self, from: &Scenario, to: &Scenario) -> Option<ScenarioDiff> {
        self.texts("id", None, Some(from.id.to_string()), Some(to.id.to_string()));
        self.texts("title", None, Some(from.title.to_string()), Some(to.title.to_string()));
        let choice = |one: &Scenario| if one.on_request { "only by name" } else { "where it applies" }.to_owned();
        self.texts("choice", None, Some(choice(from)), Some(choice(to)));
        let checks = |one: &Scenario| if one.checks_as_it_goes { "as the steps go" } else { "before the first step" }.to_owned();
        self.texts("checks", None, Some(checks(from)), Some(checks(to)));
        self.conditions("supports", None, &from.supports, &to.supports);
        self.conditions("applies_when", None, &from.applies_when, &to.applies_when);
        self.conditions("goal", None, &from.goal, &to.goal);
        self.parameters(from, to);
        self.steps(from, to);
        let Self { found, same_steps, .. } = self;
        let scenario = to.id.to_string();
        (!found.is_empty()).then_some(ScenarioDiff { scenario, change: "changed", differences: found, same_steps })
    }

    fn texts(&mut self, what: &'static str, of: Option<&str>, from: Option<String>, to: Option<String>) {
        if from != to {
            self.found.push(Difference { what, of: of.map(str::to_owned), from, to });
        }
    }

    /// What only one of two lists has: a pair where it is one each, otherwise each apart.
    fn lists(&mut self, what: &'static str, of: Option<&str>, from: &[String], to: &[String]) {
        let only = |these: &[String], others: &[String]| {
            these.iter().filter(|one| !others.contains(one)).cloned().collect::<Vec<String>>()
        };
        let (gone, new) = (only(from, to), only(to, from));
        if let ([old], [new]) = (gone.as_slice(), new.as_slice()) {
            return self.texts(what, of, Some(old.clone()), Some(new.clone()));
        }
        for one in gone {
            self.texts(what, of, Some(one), None);
        }
        for one in new {
            self.texts(what, of, None, Some(one));
        }
    }

    fn conditions(&mut self, what: &'static str, of: Option<&str>, from: &Condition, to: &Condition) {
        let (from, to) = (parts(self.first, from), parts(self.second, to));
        self.lists(what, of, &from, &to);
    }

    fn parameters(&mut self, from: &Scenario, to: &Scenario) {
        for spec in &from.parameters {
            let other = to.parameter(&spec.name).map(declared);
            self.texts("parameter", Some(&spec.name), Some(declared(spec)), other);
        }
        for spec in to.parameters.iter().filter(|spec| from.parameter(&spec.name).is_none()) {
            self.texts("parameter", Some(&spec.name), None, Some(declared(spec)));
        }
    }

    fn steps(&mut self, from: &Scenario, to: &Scenario) {
        let ids = |scenario: &'_ Scenario| scenario.steps.iter().map(|step| step.id.to_string()).collect::<Vec<_>>();
        let (first_ids, second_ids) = (ids(from), ids(to));
        let first_ids: Vec<&str> = first_ids.iter().map(String::as_str).collect();
        let second_ids: Vec<&str> = second_ids.iter().map(String::as_str).collect();
        let above = |ids: &[&str], at: usize| {
            at.checked_sub(1).map_or_else(|| "at the top".to_owned(), |above| format!("below {}", ids[above]))
        };
        for (at, id) in first_ids.iter().enumerate().filter(|(_, id)| !second_ids.contains(id)) {
            self.texts("step", Some(id), Some(above(&first_ids, at)), None);
        }
        let moved = moved(&first_ids, &second_ids);
        for (at, step) in to.steps.iter().enumerate() {
            let Some(before) = from.step(&step.id) else {
                self.texts("step", Some(&step.id), None, Some(above(&second_ids, at)));
                continue;
            };
            let known = self.found.len();
            if moved.contains(&&*step.id) {
                self.texts("order", Some(&step.id), Some(above(&first_ids, before)), Some(above(&second_ids, at)));
            }
            self.step((from, &from.steps[before]), (to, step));
            self.same_steps += usize::from(self.found.len() == known);
        }
    }

    fn step(&mut self, (from, old): (&Scenario, &Step), (to, new): (&Scenario, &Step)) {
        let of = Some(&*new.id);
        let edges = |scenario: &Scenario, step: &Step| {
            let edge = |edge: &crate::catalog::Edge| format!("{} ({})", scenario.steps[edge.from].id, edge.kind.name());
            step.after.iter().map(edge).collect::<Vec<_>>()
        };
        self.lists("edge", of, &edges(from, old), &edges(to, new));
        self.conditions("when", of, &old.when, &new.when);
        let with = |catalog: &Catalog, step: &Step| {
            let one = |(name, given): &(ParameterId, Condition)| {
                format!("{}: {}", catalog.parameter_names().name(*name), catalog.words(given))
            };
            step.with.iter().map(one).collect::<Vec<_>>()
        };
        self.lists("with", of, &with(self.first, old), &with(self.second, new));
        self.action(of, &old.action, &new.action);
    }

    fn action(&mut self, of: Option<&str>, old: &Action, new: &Action) {
        self.texts("action", of, Some(old.id.to_string()), Some(new.id.to_string()));
        self.conditions("requires", of, &old.requires, &new.requires);
        let achieved = |catalog: &Catalog, action: &Action| {
            action.achieved_when.as_ref().map_or_else(Vec::new, |achieved| parts(catalog, achieved))
        };
        self.lists("achieved_when", of, &achieved(self.first, old), &achieved(self.second, new));
        self.lists("effect", of, &effects(self.first, old), &effects(self.second, new));
        self.texts("restart", of, Some(old.reboot.name().to_owned()), Some(new.reboot.name().to_owned()));
        self.texts("minutes", of, Some(old.minutes.to_string()), Some(new.minutes.to_string()));
        let by = |action: &Action| Some(action.performed_by.name().to_owned());
        self.texts("performed_by", of, by(old), by(new));
    }
}

/// The parts of a condition, each in words; of one that always holds none.
fn parts(catalog: &Catalog, condition: &Condition) -> Vec<String> {
    catalog.described(|describer| describer.parts(condition))
}

/// What a condition comes to whatever the server, where an argument that was filled in leaves no test.
fn settled(condition: &Condition) -> Option<bool> {
    match condition {
        Condition::All(parts) if parts.iter().any(|part| settled(part) == Some(false)) => Some(false),
        Condition::Any(parts) if parts.iter().any(|part| settled(part) == Some(true)) => Some(true),
        Condition::All(parts) => parts.iter().all(|part| settled(part) == Some(true)).then_some(true),
        Condition::Any(parts) => parts.iter().all(|part| settled(part) == Some(false)).then_some(false),
        Condition::Not(part) => settled(part).map(|holds| !holds),
        Condition::Test(_) => None,
    }
}

/// The condition without the parts that are settled and leave it to the others.
fn unsettled(condition: &Condition) -> Condition {
    let left = |parts: &[Condition], joined: fn(Vec<Condition>) -> Condition| {
        let left: Vec<Condition> = parts.iter().filter(|part| settled(part).is_none()).map(unsettled).collect();
        if let [only] = left.as_slice() { only.clone() } else { joined(left) }
    };
    match condition {
        Condition::All(parts) => left(parts, Condition::All),
        Condition::Any(parts) => left(parts, Condition::Any),
        Condition::Not(part) => Condition::Not(Box::new(unsettled(part))),
        Condition::Test(_) => condition.clone(),
    }
}

fn declared(spec: &ParameterSpec) -> String {
    let words: Vec<&str> = spec.spec.values().iter().map(|word| &**word).collect();
    let kind =
        if words.is_empty() { spec.type_name().to_owned() } else { format!("{} of {}", spec.type_name(), words.join(", ")) };
    match (&spec.default, spec.optional) {
        (Some(default), _) => format!("{kind}, {default} where it is not given"),
        (None, true) => format!("{kind}, optional"),
        (None, false) => format!("{kind}, required"),
    }
}

/// What an action changes, each change in words.
fn effects(catalog: &Catalog, action: &Action) -> Vec<String> {
    let after = action.after_restart.iter().map(|effect| (effect, " after a restart"));
    let all = action.effects.iter().map(|effect| (effect, "")).chain(after);
    let happens = all.filter(|(effect, _)| settled(&effect.when) != Some(false));
    let of = |(effect, when): (&Effect, &str)| {
        let only = match settled(&effect.when) {
            Some(_) => String::new(),
            None => format!(" where {}", catalog.words(&unsettled(&effect.when))),
        };
        effect.changes.iter().map(|change| format!("{}{when}{only}", changed(catalog, change))).collect::<Vec<_>>()
    };
    happens.flat_map(of).collect()
}

fn changed(catalog: &Catalog, change: &Change) -> String {
    let fact = catalog.vocabulary().name(change.fact);
    let operand = |operand: &Operand| match operand {
        Operand::Literal(value) => value.to_string(),
        Operand::Parameter(parameter) => format!("${}", catalog.parameter_names().name(*parameter)),
    };
    let list = |operands: &[Operand]| operands.iter().map(operand).collect::<Vec<_>>().join(", ");
    match &change.to {
        NewValue::Set(value) => format!("{fact} becomes {}", operand(value)),
        NewValue::Bounded(bound, value) => {
            let sign = if *bound == Bound::AtLeast { "at least" } else { "at most" };
            format!("{fact} becomes {sign} {}", operand(value))
        }
        NewValue::Unknown(why) => format!("{fact} becomes unknown: {why}"),
        NewValue::Add(elements) => format!("{fact} gets {}", list(elements)),
        NewValue::Remove(elements) => format!("{fact} loses {}", list(elements)),
        NewValue::Only(words) => {
            let words: Vec<&str> = words.iter().map(Word::as_str).collect();
            format!("{fact} keeps {}", if words.is_empty() { "nothing".to_owned() } else { format!("only {}", words.join(", ")) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_settled_where_its_parts_leave_no_test_that_matters() {
        let catalog = Catalog::built_in().expect("the built-in catalog");
        // Whether it holds hangs on the server.
        let open = || catalog.scenario("standalone-mma").expect("a scenario").applies_when.clone();
        let always = || Condition::All(Vec::new());
        let never = || Condition::Any(Vec::new());
        assert_eq!((settled(&always()), settled(&never()), settled(&open())), (Some(true), Some(false), None));
        for (parts, all, any) in [
            (vec![always(), always()], Some(true), Some(true)),
            (vec![always(), never()], Some(false), Some(true)),
            (vec![never(), never()], Some(false), Some(false)),
            (vec![always(), open()], None, Some(true)),
            (vec![open(), always()], None, Some(true)),
            (vec![never(), open()], Some(false), None),
            (vec![open(), never()], Some(false), None),
            (vec![open(), open()], None, None),
        ] {
            let not = |condition: Condition| settled(&Condition::Not(Box::new(condition)));
            assert_eq!(
                (settled(&Condition::All(parts.clone())), settled(&Condition::Any(parts.clone()))),
                (all, any),
                "{parts:?}"
            );
            let (not_all, not_any) = (all.map(|holds| !holds), any.map(|holds| !holds));
            assert_eq!((not(Condition::All(parts.clone())), not(Condition::Any(parts.clone()))), (not_all, not_any), "{parts:?}");
        }
    }

    #[test]
    fn what_is_settled_is_left_out_of_the_words() {
        let catalog = Catalog::built_in().expect("the built-in catalog");
        let open = catalog.scenario("standalone-mma").expect("a scenario").applies_when.clone();
        let words = catalog.words(&open);
        let never = Condition::Any(Vec::new());
        for settled in
            [Condition::All(vec![Condition::Not(Box::new(never.clone())), open.clone()]), Condition::Any(vec![never, open])]
        {
            assert_eq!(catalog.words(&unsettled(&settled)), words);
        }
    }
}
