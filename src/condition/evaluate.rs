//! Strong Kleene evaluation: a condition is true, false or unknown.

use super::{Comparison, Condition, Operand, ParameterId, Relation, Subject, Test};
use crate::fact::{Abstract, FactId, Facts, SetBounds, Value};

/// A truth value of strong Kleene logic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// It does not hold, whatever the unknowns turn out to be.
    False,
    /// It depends on what is not known.
    Unknown,
    /// It holds, whatever the unknowns turn out to be.
    True,
}

impl Truth {
    /// The truth of the opposite.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }

    fn of(decided: bool) -> Self {
        if decided { Self::True } else { Self::False }
    }

    fn from_possible(can_be_true: bool, can_be_false: bool) -> Self {
        match (can_be_true, can_be_false) {
            (true, false) => Self::True,
            (false, true) => Self::False,
            _ => Self::Unknown,
        }
    }
}

/// What is known of one parameter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Argument {
    /// Its value, given or by default.
    Given(Value),
    /// It is optional and was not given: the tests that use it are true.
    Omitted,
    /// It is required and was not given.
    Missing,
}

/// What is known of a server and of the parameters while a condition is evaluated.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// Each fact's possible values, in the order of the vocabulary.
    pub facts: &'a Facts,
    /// Each parameter, in the order of the catalog.
    pub parameters: &'a [Argument],
}

impl<'a> Scope<'a> {
    /// What is known of a fact.
    pub fn fact(&self, fact: FactId) -> &'a Abstract {
        &self.facts[fact.index()]
    }

    /// What is known of a parameter; one that the plan does not have counts as omitted.
    pub fn parameter(&self, parameter: ParameterId) -> &'a Argument {
        argument(self.parameters, parameter)
    }

    /// The operand's value.
    ///
    /// # Errors
    ///
    /// Where it is a parameter that has none: how it is absent.
    pub fn operand<'o>(&self, operand: &'o Operand) -> Result<&'o Value, &'o Argument>
    where
        'a: 'o,
    {
        operand.value(self.parameters)
    }

    /// Evaluates a condition.
    pub fn evaluate(&self, condition: &Condition) -> Truth {
        match condition {
            Condition::All(parts) => all(parts.iter().map(|part| self.evaluate(part))),
            Condition::Any(parts) => all(parts.iter().map(|part| self.evaluate(part).negated())).negated(),
            Condition::Not(part) => self.evaluate(part).negated(),
            Condition::Test(test) => self.test(test),
        }
    }

    /// Evaluates a single test.
    pub fn test(&self, test: &Test) -> Truth {
        match test.subject {
            Subject::Fact(fact) => self.holds(&test.relation, self.fact(fact)),
            Subject::Parameter(parameter) => match self.parameter(parameter) {
                Argument::Given(value) => self.holds(&test.relation, &Abstract::exactly(value.clone())),
                Argument::Omitted => Truth::True,
                Argument::Missing => Truth::Unknown,
            },
        }
    }

    fn holds(&self, relation: &Relation, subject: &Abstract) -> Truth {
        match relation {
            Relation::Is(operand) => self.equals(subject, operand),
            Relation::OneOf(operands) => all(operands.iter().map(|o| self.equals(subject, o).negated())).negated(),
            Relation::Compare(comparison, operand) => match self.operand(operand) {
                Ok(value) => compare(subject, *comparison, value),
                Err(Argument::Omitted) => Truth::True,
                Err(_) => Truth::Unknown,
            },
            Relation::Contains(operand) => self.lacks(subject.known_set(), operand).map_or(Truth::True, Truth::negated),
            Relation::Lacks(operand) => self.lacks(subject.known_set(), operand).unwrap_or(Truth::True),
            Relation::Empty(expected) => {
                let bounds = subject.known_set();
                let empty = if bounds.is_some_and(SetBounds::is_empty) {
                    Truth::True
                } else if bounds.is_none_or(|bounds| bounds.must.is_empty()) {
                    Truth::Unknown
                } else {
                    Truth::False
                };
                if *expected { empty } else { empty.negated() }
            }
        }
    }

    fn equals(&self, subject: &Abstract, operand: &Operand) -> Truth {
        let value = match self.operand(operand) {
            Ok(value) => value,
            Err(Argument::Omitted) => return Truth::True,
            Err(_) => return Truth::Unknown,
        };
        match subject {
            Abstract::Exactly(known) => Truth::of(known == value || same_text(known, value)),
            Abstract::Between { least, most } => {
                let inside = least.as_ref().is_none_or(|least| least <= value) && most.as_ref().is_none_or(|most| most >= value);
                if inside { Truth::Unknown } else { Truth::False }
            }
            Abstract::Set(bounds) => match (bounds.single(), value) {
                (Some(known), Value::Set(words)) => Truth::of(known == words),
                _ => Truth::Unknown,
            },
            Abstract::Unknown => Truth::Unknown,
        }
    }

    /// Whether the set lacks the element; nothing where the element is an optional parameter that was not given.
    fn lacks(&self, bounds: Option<&SetBounds>, operand: &Operand) -> Option<Truth> {
        match self.operand(operand) {
            Ok(Value::Text(word)) => {
                let (holds, may_hold) =
                    bounds.map_or((false, true), |bounds| (bounds.must.contains(word), bounds.may_hold(word)));
                Some(Truth::from_possible(!holds, may_hold))
            }
            Err(Argument::Omitted) => None,
            // An empty set lacks everything, even what is not known.
            Ok(_) | Err(_) => Some(if bounds.is_some_and(SetBounds::is_empty) { Truth::True } else { Truth::Unknown }),
        }
    }
}

impl Operand {
    /// The value under these arguments.
    ///
    /// # Errors
    ///
    /// Where it is a parameter that has none: how it is absent.
    pub fn value<'o>(&'o self, arguments: &'o [Argument]) -> Result<&'o Value, &'o Argument> {
        match self {
            Self::Literal(value) => Ok(value),
            Self::Parameter(parameter) => match argument(arguments, *parameter) {
                Argument::Given(value) => Ok(value),
                absent => Err(absent),
            },
        }
    }
}

/// One that the plan does not have counts as omitted.
fn argument(arguments: &[Argument], parameter: ParameterId) -> &Argument {
    arguments.get(parameter.index()).unwrap_or(&Argument::Omitted)
}

/// The least of these; those after a false one are not looked at.
fn all(parts: impl Iterator<Item = Truth>) -> Truth {
    let mut least = Truth::True;
    for part in parts {
        least = least.min(part);
        if least == Truth::False {
            break;
        }
    }
    least
}

/// A word of a closed list may be tested against a parameter that is free text.
fn same_text(known: &Value, value: &Value) -> bool {
    match (known, value) {
        (Value::Choice(a), Value::Text(b)) | (Value::Text(b), Value::Choice(a)) => **a == *b.as_str(),
        _ => false,
    }
}

fn compare(subject: &Abstract, comparison: Comparison, value: &Value) -> Truth {
    let (least, most) = subject.bounds();
    let holds = |known: &Value| match comparison {
        Comparison::AtLeast => known >= value,
        Comparison::AtMost => known <= value,
        Comparison::Above => known > value,
        Comparison::Below => known < value,
    };
    // For an upward comparison the least value is the hardest to satisfy and the greatest the hardest to fail.
    let (hardest, easiest) = match comparison {
        Comparison::AtLeast | Comparison::Above => (least, most),
        Comparison::AtMost | Comparison::Below => (most, least),
    };
    if hardest.is_some_and(holds) {
        Truth::True
    } else if easiest.is_some_and(|easiest| !holds(easiest)) {
        Truth::False
    } else {
        Truth::Unknown
    }
}
