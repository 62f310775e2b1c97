//! What a condition that is known to hold says of the facts.

use super::{Argument, Comparison, Condition, Operand, Relation, Scope, Subject, Test, Truth};
use crate::fact::{Abstract, Bound, FactId, Value};

/// What becomes known when the condition turns out true: its equalities, its bounds, the elements that sets have or lack,
/// and of alternatives of which only one is not false, what that one says. Facts that are exact already are left out.
pub fn implied(condition: &Condition, scope: &Scope<'_>) -> Vec<(FactId, Abstract)> {
    let mut found = Vec::new();
    enter(condition, scope, &mut found);
    found
}

fn enter(condition: &Condition, scope: &Scope<'_>, found: &mut Vec<(FactId, Abstract)>) {
    match condition {
        Condition::All(parts) => parts.iter().for_each(|part| enter(part, scope, found)),
        Condition::Any(parts) => {
            let mut open = parts.iter().filter(|part| scope.evaluate(part) != Truth::False);
            if let (Some(only), None) = (open.next(), open.next()) {
                enter(only, scope, found);
            }
        }
        Condition::Not(_) => {}
        Condition::Test(test) => {
            let Subject::Fact(fact) = test.subject else { return };
            let earlier = found.iter().rposition(|(known, _)| *known == fact);
            let known = earlier.map_or_else(|| scope.fact(fact).clone(), |index| found[index].1.clone());
            if known.is_exact() {
                return;
            }
            if let Some(narrowed) = narrow(&known, test, scope) {
                match earlier {
                    Some(index) => found[index].1 = narrowed,
                    None => found.push((fact, narrowed)),
                }
            }
        }
    }
}

fn narrow(known: &Abstract, test: &Test, scope: &Scope<'_>) -> Option<Abstract> {
    match &test.relation {
        Relation::Is(operand) => given(operand, scope).map(|value| Abstract::exactly(value.clone())),
        Relation::OneOf(operands) => {
            let alone = |operand: &&Operand| {
                let single = Test { subject: test.subject, relation: Relation::Is((*operand).clone()), place: None };
                scope.test(&single) != Truth::False
            };
            let mut open = operands.iter().filter(alone);
            match (open.next(), open.next()) {
                (Some(only), None) => given(only, scope).map(|value| Abstract::exactly(value.clone())),
                _ => None,
            }
        }
        Relation::Compare(Comparison::AtLeast, operand) => given(operand, scope).map(|v| known.narrowed(Bound::AtLeast, v)),
        Relation::Compare(Comparison::AtMost, operand) => given(operand, scope).map(|v| known.narrowed(Bound::AtMost, v)),
        Relation::Compare(Comparison::Above | Comparison::Below, _) | Relation::Empty(false) => None,
        Relation::Empty(true) => Some(Abstract::exactly(Value::Set([].into()))),
        Relation::Contains(operand) | Relation::Lacks(operand) => match given(operand, scope) {
            Some(Value::Text(word)) => {
                let mut bounds = known.as_set();
                if matches!(test.relation, Relation::Contains(_)) {
                    bounds.add(word);
                } else {
                    bounds.remove(word);
                }
                Some(bounds.into())
            }
            _ => None,
        },
    }
}

fn given<'s>(operand: &'s Operand, scope: &Scope<'s>) -> Option<&'s Value> {
    match operand {
        Operand::Literal(value) => Some(value),
        Operand::Parameter(parameter) => match scope.parameter(*parameter) {
            Argument::Given(value) => Some(value),
            Argument::Omitted | Argument::Missing => None,
        },
    }
}
