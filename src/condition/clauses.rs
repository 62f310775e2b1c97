//! What must turn out true: an unknown requirement as clauses, in each of which one literal suffices.

use super::{Condition, Operand, Relation, Scope, Subject, Test, Truth};
use crate::fact::{FactId, Value};
use std::sync::Arc;

/// A test that is not known, and what it must turn out to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    /// The test.
    pub test: Arc<Test>,
    /// What it must evaluate to.
    pub needs: bool,
    /// In which of the scopes it is looked at.
    pub scope: usize,
}

impl Literal {
    /// The same literal in one spelling: "is false" becomes "is not true".
    fn polarity(&self) -> (bool, bool) {
        let of_false = matches!(&self.test.relation, Relation::Is(Operand::Literal(Value::Flag(false))));
        (of_false, self.needs != of_false)
    }

    fn same_test(&self, other: &Self) -> bool {
        let both_flags = |test: &Test| matches!(&test.relation, Relation::Is(Operand::Literal(Value::Flag(_))));
        self.scope == other.scope
            && self.test.subject == other.test.subject
            && (self.test == other.test || both_flags(&self.test) && both_flags(&other.test))
    }

    fn contradicts(&self, other: &Self) -> bool {
        self.same_test(other) && self.polarity().1 != other.polarity().1
    }

    fn equals(&self, other: &Self) -> bool {
        self.same_test(other) && self.polarity().1 == other.polarity().1
    }
}

/// Literals of which one suffices.
pub type Clause = Vec<Literal>;

/// A formula over unknown tests in conjunctive normal form. No clause means true; an empty clause means false.
type Formula = Vec<Clause>;

/// More clauses than this are not written out; then the tests of one way are demanded, which suffices too.
const MOST_CLAUSES: usize = 400;

/// The clauses that must all hold for one of the conditions to be true, each condition looked at in its own scope.
///
/// A condition that is already true gives no clause. Conditions that are all false give one empty clause. `same` says whether
/// a fact certainly has the same value in two scopes, whichever it is; then a test of it is the same test.
pub fn clauses(
    alternatives: &[(&Condition, bool, usize)],
    scopes: &[Scope<'_>],
    same: &dyn Fn(FactId, usize, usize) -> bool,
) -> Vec<Clause> {
    let places = Places { scopes, same };
    let mut formula = never();
    for (condition, wanted, scope) in alternatives {
        match places.formula(condition, *wanted, *scope).and_then(|one| either(&formula, &one)) {
            Some(next) => formula = next,
            None => return one_way(alternatives, scopes),
        }
    }
    tidy(formula)
}

fn never() -> Formula {
    vec![Vec::new()]
}

/// Where conditions are looked at.
struct Places<'a> {
    scopes: &'a [Scope<'a>],
    same: &'a dyn Fn(FactId, usize, usize) -> bool,
}

impl Places<'_> {
    fn formula(&self, condition: &Condition, wanted: bool, scope: usize) -> Option<Formula> {
        match (condition, wanted) {
            (Condition::Not(part), _) => self.formula(part, !wanted, scope),
            (Condition::All(parts), true) | (Condition::Any(parts), false) => {
                let mut all = Vec::new();
                for part in parts {
                    all.extend(self.formula(part, wanted, scope)?);
                }
                Some(tidy(all))
            }
            (Condition::All(parts), false) | (Condition::Any(parts), true) => {
                let mut any = never();
                for part in parts {
                    any = either(&any, &self.formula(part, wanted, scope)?)?;
                }
                Some(tidy(any))
            }
            (Condition::Test(test), _) => Some(match (self.scopes[scope].test(test), wanted) {
                (Truth::True, true) | (Truth::False, false) => Vec::new(),
                (Truth::True, false) | (Truth::False, true) => never(),
                (Truth::Unknown, needs) => {
                    let scope = self.first_alike(test, scope);
                    vec![vec![Literal { test: Arc::clone(test), needs, scope }]]
                }
            }),
        }
    }

    /// Where a fact is the same in an earlier scope, it is looked at there, so that equal literals are recognised.
    fn first_alike(&self, test: &Test, scope: usize) -> usize {
        let Subject::Fact(fact) = test.subject else { return 0 };
        let alike = |earlier: &usize| {
            self.scopes[*earlier].fact(fact) == self.scopes[scope].fact(fact) && (self.same)(fact, *earlier, scope)
        };
        (0..scope).find(alike).unwrap_or(scope)
    }
}

fn either(a: &Formula, b: &Formula) -> Option<Formula> {
    if a.len() * b.len() > MOST_CLAUSES {
        return None;
    }
    let mut product = Vec::with_capacity(a.len() * b.len());
    for one in a {
        for other in b {
            let mut clause = one.clone();
            for literal in other {
                if !clause.iter().any(|known| known.equals(literal)) {
                    clause.push(literal.clone());
                }
            }
            product.push(clause);
        }
    }
    Some(tidy(product))
}

/// Leaves out clauses that always hold and clauses that others imply.
fn tidy(formula: Formula) -> Formula {
    let mut kept: Formula = Vec::new();
    for clause in formula {
        let always = clause.iter().any(|literal| clause.iter().any(|other| literal.contradicts(other)));
        if always || kept.iter().any(|other| implies(other, &clause)) {
            continue;
        }
        kept.retain(|other| !implies(&clause, other));
        kept.push(clause);
    }
    kept
}

fn implies(narrow: &Clause, wide: &Clause) -> bool {
    narrow.iter().all(|literal| wide.iter().any(|other| other.equals(literal)))
}

/// The unknown tests of one way to make one of the conditions true: of alternatives the first that is not false.
fn one_way(alternatives: &[(&Condition, bool, usize)], scopes: &[Scope<'_>]) -> Vec<Clause> {
    let mut found = Vec::new();
    let open = alternatives.iter().find(|(condition, wanted, scope)| {
        let truth = scopes[*scope].evaluate(condition);
        truth != if *wanted { Truth::False } else { Truth::True }
    });
    if let Some((condition, wanted, scope)) = open {
        way(condition, *wanted, *scope, &scopes[*scope], &mut found);
    }
    tidy(found)
}

fn way(condition: &Condition, wanted: bool, at: usize, scope: &Scope<'_>, found: &mut Vec<Clause>) {
    let is_out = |part: &Condition| scope.evaluate(part) == if wanted { Truth::False } else { Truth::True };
    match (condition, wanted) {
        (Condition::Not(part), _) => way(part, !wanted, at, scope, found),
        (Condition::All(parts), true) | (Condition::Any(parts), false) => {
            for part in parts {
                way(part, wanted, at, scope, found);
            }
        }
        (Condition::All(parts), false) | (Condition::Any(parts), true) => {
            if let Some(part) = parts.iter().find(|part| !is_out(part)) {
                way(part, wanted, at, scope, found);
            }
        }
        (Condition::Test(test), needs) => {
            if scope.test(test) == Truth::Unknown {
                found.push(vec![Literal { test: Arc::clone(test), needs, scope: at }]);
            }
        }
    }
}
