//! Conditions in two values, over one value of each fact.

use cutover::condition::{Comparison, Condition, Operand, Relation, Subject, Test};
use cutover::fact::{FactId, Value, Word};
use std::collections::BTreeSet;

/// The parameters by their positions; nothing where one was left out.
pub type Given = Vec<Option<Value>>;

/// What conditions look at.
pub struct View<'a> {
    /// The value of a fact.
    pub value: &'a dyn Fn(FactId) -> &'a Value,
    /// The parameters.
    pub given: &'a Given,
}

/// A part of a condition, and whether it should come out true.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The test.
    pub part: Condition,
    /// How it should come out.
    pub needs: bool,
}

/// The value that an operand stands for; nothing for a parameter that was left out.
pub fn operand<'a>(operand: &'a Operand, given: &'a Given) -> Option<&'a Value> {
    match operand {
        Operand::Literal(value) => Some(value),
        Operand::Parameter(parameter) => given.get(parameter.index()).and_then(Option::as_ref),
    }
}

/// The element of a set that an operand stands for.
pub fn element(of: &Operand, given: &Given) -> Option<Word> {
    operand(of, given).map(word)
}

/// A value as an element of a set.
pub fn word(value: &Value) -> Word {
    match value {
        Value::Text(word) => word.clone(),
        other => Word::from(other.to_string().as_str()),
    }
}

/// The elements of a set.
pub fn words(value: &Value) -> &BTreeSet<Word> {
    match value {
        Value::Set(words) => words,
        other => panic!("{other} is no set"),
    }
}

/// Whether a relation holds of a value. With a parameter that was left out it does.
pub fn relation_holds(relation: &Relation, subject: &Value, given: &Given) -> bool {
    let equals = |to: &Operand| operand(to, given).is_none_or(|value| same(subject, value));
    match relation {
        Relation::Is(to) => equals(to),
        Relation::OneOf(to) => to.iter().any(equals),
        Relation::Compare(comparison, to) => operand(to, given).is_none_or(|value| match comparison {
            Comparison::AtLeast => subject >= value,
            Comparison::AtMost => subject <= value,
            Comparison::Above => subject > value,
            Comparison::Below => subject < value,
        }),
        Relation::Contains(one) => element(one, given).is_none_or(|word| words(subject).contains(&word)),
        Relation::Lacks(one) => element(one, given).is_none_or(|word| !words(subject).contains(&word)),
        Relation::Empty(empty) => words(subject).is_empty() == *empty,
    }
}

/// A word of a closed list may stand in free text.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Choice(word), Value::Text(text)) | (Value::Text(text), Value::Choice(word)) => **word == *text.as_str(),
        _ => one == other,
    }
}

impl View<'_> {
    /// Whether a test comes out true.
    pub fn test(&self, test: &Test) -> bool {
        let subject = match test.subject {
            Subject::Fact(fact) => (self.value)(fact),
            Subject::Parameter(parameter) => match self.given.get(parameter.index()).and_then(Option::as_ref) {
                Some(value) => value,
                None => return true,
            },
        };
        relation_holds(&test.relation, subject, self.given)
    }

    /// Whether a condition holds.
    pub fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::All(parts) => parts.iter().all(|part| self.holds(part)),
            Condition::Any(parts) => parts.iter().any(|part| self.holds(part)),
            Condition::Not(part) => !self.holds(part),
            Condition::Test(test) => self.test(test),
        }
    }

    /// The parts that keep a condition from being as wanted: each of those that all have to be; alternatives are one part.
    pub fn in_the_way(&self, condition: &Condition, wanted: bool) -> Vec<Wanted> {
        if self.holds(condition) == wanted {
            return Vec::new();
        }
        match (condition, wanted) {
            (Condition::All(parts), true) | (Condition::Any(parts), false) => {
                parts.iter().flat_map(|part| self.in_the_way(part, wanted)).collect()
            }
            (Condition::Not(part), _) => self.in_the_way(part, !wanted),
            _ => vec![Wanted { part: condition.clone(), needs: wanted }],
        }
    }
}
