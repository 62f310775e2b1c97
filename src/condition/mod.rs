//! Tests over facts and parameters, and their three-valued evaluation.
//!
//! In comes a [`Condition`] of the catalog and what is known of a server; out goes true, false or unknown, and which tests
//! decide it. Nothing here knows what the facts mean.

mod clauses;
mod describe;
mod evaluate;
mod imply;
mod leaves;
mod space;

pub use clauses::{Clause, Literal, clauses};
pub use describe::Describer;
pub use evaluate::{Argument, Scope, Truth};
pub use imply::implied;
pub use leaves::{Leaf, false_leaves, true_leaves, unknown_leaves};
pub use space::{Classes, Space, Witness};

use crate::fact::{FactId, Value};
use std::sync::Arc;

/// A parameter or an argument by its position among all names that a catalog uses after a `$`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParameterId(pub(crate) u16);

impl ParameterId {
    /// The parameter's position.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A test over facts and parameters, combined with `all`, `any` and `not`.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// True where every part is; true where there is no part.
    All(Vec<Condition>),
    /// True where a part is; false where there is no part.
    Any(Vec<Condition>),
    /// True where the part is false.
    Not(Box<Condition>),
    /// A single test.
    Test(Arc<Test>),
}

/// One test of one fact or parameter. Two tests are equal where they ask the same, wherever they stand.
#[derive(Clone, Debug)]
pub struct Test {
    /// What is tested.
    pub subject: Subject,
    /// How.
    pub relation: Relation,
    /// Where it stands, where that is known.
    pub place: Option<Place>,
}

impl PartialEq for Test {
    fn eq(&self, other: &Self) -> bool {
        self.subject == other.subject && self.relation == other.relation
    }
}

/// Where a file says something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file's path within the catalog.
    pub file: Arc<str>,
    /// Bytes before the place.
    pub offset: usize,
}

/// What a test is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A fact of the server.
    Fact(FactId),
    /// A parameter of the plan.
    Parameter(ParameterId),
}

/// What a test demands of its subject.
#[derive(Clone, Debug, PartialEq)]
pub enum Relation {
    /// It equals this.
    Is(Operand),
    /// It equals one of these.
    OneOf(Vec<Operand>),
    /// It stands in this order to this.
    Compare(Comparison, Operand),
    /// The set has this element.
    Contains(Operand),
    /// The set does not have this element.
    Lacks(Operand),
    /// The set is empty (`true`), or is not.
    Empty(bool),
}

/// The orders of versions and days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `>=`
    AtLeast,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `<`
    Below,
}

impl Comparison {
    /// The sign that stands for it.
    pub fn sign(self) -> &'static str {
        match self {
            Self::AtLeast => ">=",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::Below => "<",
        }
    }
}

/// A value that a test compares with.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A value that the catalog gives.
    Literal(Value),
    /// The value of a parameter.
    Parameter(ParameterId),
}

impl Condition {
    /// The condition that always holds.
    pub fn always() -> Self {
        Self::All(Vec::new())
    }

    /// The condition that never holds.
    pub fn never() -> Self {
        Self::Any(Vec::new())
    }

    /// True where the condition was left out, and so always holds.
    pub fn is_always(&self) -> bool {
        matches!(self, Self::All(parts) if parts.is_empty())
    }

    /// Calls `visit` for every test, in order.
    pub fn visit(&self, visit: &mut impl FnMut(&Test)) {
        self.visit_shared(&mut |test| visit(test));
    }

    /// Calls `visit` for every test, in order, as it is shared.
    pub fn visit_shared(&self, visit: &mut impl FnMut(&Arc<Test>)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.visit_shared(visit)),
            Self::Not(part) => part.visit_shared(visit),
            Self::Test(test) => visit(test),
        }
    }

    /// Every fact that the condition reads, as often as it does.
    pub fn facts(&self, found: &mut impl FnMut(FactId)) {
        self.visit(&mut |test| {
            if let Subject::Fact(fact) = test.subject {
                found(fact);
            }
        });
    }

    /// True where a test of the condition is about the fact.
    pub fn reads(&self, wanted: FactId) -> bool {
        let mut found = false;
        self.facts(&mut |fact| found |= fact == wanted);
        found
    }

    /// Every parameter that the condition reads, as often as it does.
    pub fn parameters(&self, found: &mut impl FnMut(ParameterId)) {
        self.visit(&mut |test| test.parameters(found));
    }

    /// The same condition with the argument `name` replaced by the condition that a step gives for it.
    #[must_use]
    pub fn with_argument(&self, name: ParameterId, given: &Condition) -> Self {
        let inside = |parts: &[Self]| parts.iter().map(|part| part.with_argument(name, given)).collect();
        match self {
            Self::All(parts) => Self::All(inside(parts)),
            Self::Any(parts) => Self::Any(inside(parts)),
            Self::Not(part) => Self::Not(Box::new(part.with_argument(name, given))),
            Self::Test(test) if test.subject == Subject::Parameter(name) => match &test.relation {
                Relation::Is(Operand::Literal(Value::Flag(false))) => Self::Not(Box::new(given.clone())),
                _ => given.clone(),
            },
            Self::Test(test) => Self::Test(Arc::clone(test)),
        }
    }
}

impl Test {
    /// Every parameter that the test reads, as often as it does.
    pub fn parameters(&self, found: &mut impl FnMut(ParameterId)) {
        if let Subject::Parameter(parameter) = self.subject {
            found(parameter);
        }
        self.relation.operands(&mut |operand| {
            if let Operand::Parameter(parameter) = operand {
                found(*parameter);
            }
        });
    }
}

impl Relation {
    /// Calls `visit` for every operand.
    pub fn operands(&self, visit: &mut impl FnMut(&Operand)) {
        match self {
            Self::Is(operand) | Self::Compare(_, operand) | Self::Contains(operand) | Self::Lacks(operand) => visit(operand),
            Self::OneOf(operands) => operands.iter().for_each(visit),
            Self::Empty(_) => {}
        }
    }
}
