//! Which tests decide a condition: the data behind every reason that a plan gives.

use super::{Condition, Scope, Test, Truth};
use std::sync::Arc;

/// One test of a condition, and whether the condition wants it true or false.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    /// The test.
    pub test: Arc<Test>,
    /// What the test must evaluate to for the condition to be helped.
    pub needs: bool,
}

/// The tests to blame for a condition that is false: only false parts are entered, and true parts under `not`.
pub fn false_leaves(condition: &Condition, scope: &Scope<'_>) -> Vec<Leaf> {
    let mut found = Vec::new();
    collect(condition, scope, Truth::False, true, &mut found);
    found
}

/// The tests that make a condition true: only true parts are entered, and false parts under `not`.
pub fn true_leaves(condition: &Condition, scope: &Scope<'_>) -> Vec<Leaf> {
    let mut found = Vec::new();
    collect(condition, scope, Truth::True, true, &mut found);
    found
}

/// The tests on which an unknown condition hangs: only unknown parts are entered.
pub fn unknown_leaves(condition: &Condition, scope: &Scope<'_>) -> Vec<Leaf> {
    let mut found = Vec::new();
    collect(condition, scope, Truth::Unknown, true, &mut found);
    found
}

fn collect(condition: &Condition, scope: &Scope<'_>, wanted: Truth, needs: bool, found: &mut Vec<Leaf>) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            for part in parts.iter().filter(|part| scope.evaluate(part) == wanted) {
                collect(part, scope, wanted, needs, found);
            }
        }
        Condition::Not(part) => collect(part, scope, wanted.negated(), !needs, found),
        Condition::Test(test) => {
            let leaf = Leaf { test: Arc::clone(test), needs };
            if scope.test(test) == wanted && !found.contains(&leaf) {
                found.push(leaf);
            }
        }
    }
}
