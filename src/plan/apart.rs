//! Whether any rule of a catalog can tell two things apart that are known of a fact.

use crate::catalog::{Catalog, NewValue};
use crate::condition::{Argument, Condition, Operand, Scope, Subject};
use crate::fact::{Abstract, FactId, FactSpec, Facts, Value};
use serde_json::Value as Json;
use std::sync::Arc;

/// What a document says of a fact; nothing where that is no value of the fact's type.
pub(super) fn known(spec: &FactSpec, written: &Json) -> Option<Abstract> {
    if written.is_null() {
        return Some(Abstract::Unknown);
    }
    Value::from_json(spec, written).ok().map(|value| Abstract::observed(spec, &value))
}

/// True where a test or a bound of the catalog comes out otherwise for the two.
pub(super) fn tells_apart(catalog: &Catalog, arguments: &[Argument], fact: FactId, one: &Abstract, two: &Abstract) -> bool {
    // A test is about one fact, so that the others do not matter.
    let facts = |known: &Abstract| {
        let mut facts = Facts::from(vec![Abstract::Unknown; catalog.vocabulary().len()]);
        facts[fact.index()] = known.clone();
        facts
    };
    let (first, second) = (facts(one), facts(two));
    let first = Scope { facts: &first, parameters: arguments };
    let second = Scope { facts: &second, parameters: arguments };
    let mut apart = false;
    for condition in catalog.conditions() {
        condition.visit_shared(&mut |test| {
            if test.subject == Subject::Fact(fact) {
                let test = Condition::Test(Arc::clone(test));
                apart |= first.evaluate(&test) != second.evaluate(&test);
            }
        });
    }
    apart || bounds_tell_apart(catalog, arguments, fact, one, two)
}

/// An effect that promises a bound leaves a value that satisfies it, and makes any other the bound.
fn bounds_tell_apart(catalog: &Catalog, arguments: &[Argument], fact: FactId, one: &Abstract, two: &Abstract) -> bool {
    let changes = catalog.actions().iter().flat_map(|action| action.all_effects()).flat_map(|effect| &effect.changes);
    changes.filter(|change| change.fact == fact).any(|change| {
        let NewValue::Bounded(bound, operand) = &change.to else { return false };
        let value = match operand {
            Operand::Literal(value) => value,
            Operand::Parameter(parameter) => match arguments.get(parameter.index()) {
                Some(Argument::Given(value)) => value,
                _ => return false,
            },
        };
        (one.bounded(*bound, value) == *one) != (two.bounded(*bound, value) == *two)
    })
}
