//! Conditions in words.

use super::{Condition, Operand, ParameterId, Relation, Subject, Test};
use crate::fact::{Value, Vocabulary};

/// Puts conditions into words with the names that a catalog uses.
#[derive(Clone, Copy)]
pub struct Describer<'n> {
    vocabulary: &'n Vocabulary,
    parameter: &'n dyn Fn(ParameterId) -> String,
}

impl<'n> Describer<'n> {
    /// A describer with these facts and these names of parameters.
    pub fn new(vocabulary: &'n Vocabulary, parameter: &'n dyn Fn(ParameterId) -> String) -> Self {
        Self { vocabulary, parameter }
    }

    /// The condition as one sentence part; `always` where there is none.
    pub fn words(&self, condition: &Condition) -> String {
        match condition {
            Condition::All(parts) if parts.is_empty() => "always".to_owned(),
            Condition::Any(parts) if parts.is_empty() => "never".to_owned(),
            Condition::All(parts) => self.joined(parts, " and "),
            Condition::Any(parts) => self.joined(parts, " or "),
            Condition::Not(part) => match &**part {
                Condition::Test(test) => self.test(test, false),
                part => format!("not ({})", self.words(part)),
            },
            Condition::Test(test) => self.test(test, true),
        }
    }

    /// The parts of a conjunction, each in words.
    pub fn parts(&self, condition: &Condition) -> Vec<String> {
        match condition {
            Condition::All(parts) => parts.iter().map(|part| self.words(part)).collect(),
            one => vec![self.words(one)],
        }
    }

    fn joined(&self, parts: &[Condition], word: &str) -> String {
        let inside = |part: &Condition| match part {
            Condition::Any(inner) | Condition::All(inner) if inner.len() > 1 => format!("({})", self.words(part)),
            part => self.words(part),
        };
        parts.iter().map(inside).collect::<Vec<_>>().join(word)
    }

    fn test(&self, test: &Test, holds: bool) -> String {
        let subject = match test.subject {
            Subject::Fact(fact) => self.vocabulary.name(fact).to_owned(),
            Subject::Parameter(parameter) => format!("${}", (self.parameter)(parameter)),
        };
        let is = if holds { "is" } else { "is not" };
        match &test.relation {
            Relation::Is(Operand::Literal(Value::Flag(flag))) => format!("{subject} is {}", *flag == holds),
            Relation::Is(operand) => format!("{subject} {is} {}", self.operand(operand)),
            Relation::OneOf(operands) => {
                let words: Vec<_> = operands.iter().map(|operand| self.operand(operand)).collect();
                format!("{subject} {is} {}", words.join(" or "))
            }
            Relation::Compare(comparison, operand) => {
                let not = if holds { "" } else { "not " };
                format!("{subject} {not}{} {}", comparison.sign(), self.operand(operand))
            }
            Relation::Contains(operand) | Relation::Lacks(operand) => {
                let contains = matches!(test.relation, Relation::Contains(_)) == holds;
                format!("{subject} {} {}", if contains { "contains" } else { "lacks" }, self.operand(operand))
            }
            Relation::Empty(empty) => format!("{subject} is {}", if *empty == holds { "empty" } else { "not empty" }),
        }
    }

    fn operand(&self, operand: &Operand) -> String {
        match operand {
            Operand::Literal(value) => value.to_string(),
            Operand::Parameter(parameter) => format!("${}", (self.parameter)(*parameter)),
        }
    }
}
