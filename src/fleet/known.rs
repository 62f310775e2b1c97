//! What was found out once about servers, by what it hangs on.
//!
//! A tree asks for one thing after the other until one answer is left. What the answer hangs on stands on its branch or in its
//! leaf, so that it holds for every server that comes out at the leaf and agrees with it.

use super::hinges::{Hinge, Hinges};
use crate::condition::Scope;
use crate::fact::Marks;
use crate::plan::Start;

/// How many answers are remembered. Of servers that need more of them some are looked at again, and what is remembered stays small
/// however many servers there are.
const REMEMBERED: usize = 1 << 15;

/// Of how many parts of a key it is noted how the tests of a fact come out; of nearly all facts there are not ten.
const MOST_PARTS: usize = 256;

/// A part of a key, and how the tests of its fact come out.
type Seen = (Box<[u8]>, Box<[u8]>);

/// How tests come out, of each part of a key that was seen.
#[derive(Clone, Debug)]
pub(super) struct Outcomes<'p> {
    marks: &'p Marks,
    hinges: &'p Hinges<'p>,
    /// For each fact its tests, and for each part of a key how they come out, each as a text of one byte.
    tests: Vec<Vec<usize>>,
    seen: Vec<Vec<Seen>>,
    /// For each test where it is among those of its fact.
    places: Vec<usize>,
}

impl<'p> Outcomes<'p> {
    pub(super) fn new(marks: &'p Marks, hinges: &'p Hinges<'p>, facts: usize) -> Self {
        let mut tests: Vec<Vec<usize>> = vec![Vec::new(); facts];
        let mut places = Vec::new();
        for (test, (fact, _)) in hinges.tests().iter().enumerate() {
            places.push(tests[fact.index()].len());
            tests[fact.index()].push(test);
        }
        Self { marks, hinges, tests, seen: vec![Vec::new(); facts], places }
    }

    /// Notes how the tests come out on a server with this key.
    pub(super) fn note(&mut self, key: &[u8], start: &Start) {
        let scope = Scope { facts: &start.facts, parameters: &[] };
        for (fact, of_fact) in self.tests.iter().enumerate().filter(|(_, of_fact)| !of_fact.is_empty()) {
            let (id, _) = self.hinges.tests()[of_fact[0]];
            let part = self.marks.part(id, key);
            // What no source says may follow from other facts.
            let seen = &mut self.seen[fact];
            if start.given[fact].is_some() && seen.len() < MOST_PARTS && !seen.iter().any(|(known, _)| **known == *part) {
                let outcome = |test: &usize| scope.test(&self.hinges.tests()[*test].1) as u8;
                seen.push((Box::from(part), of_fact.iter().map(outcome).collect()));
            }
        }
    }

    /// What a server with this key is for a hinge; nothing where such a server was not seen before. Of one of which no source says
    /// the fact it is the same as for the fact itself.
    fn class<'k>(&'k self, hinge: Hinge, key: &'k [u8]) -> Option<&'k [u8]> {
        let test = match hinge {
            Hinge::Fact(fact) => return Some(self.marks.part(fact, key)),
            Hinge::Test(test) => test,
        };
        let (fact, _) = self.hinges.tests()[test];
        let part = self.marks.part(fact, key);
        match self.seen[fact.index()].iter().find(|(known, _)| **known == *part) {
            Some((_, outcomes)) => outcomes.get(self.places[test]..=self.places[test]),
            None if part.iter().all(|byte| *byte == 0) => Some(&[]),
            None => None,
        }
    }

    fn agree(&self, hinge: Hinge, one: &[u8], other: &[u8]) -> bool {
        let of = |key| self.class(hinge, key);
        of(one).is_some_and(|one| of(other) == Some(one))
    }
}

/// Answers that are known already.
#[derive(Clone, Debug)]
pub(super) struct Known<T> {
    tree: Vec<Node<T>>,
    answers: usize,
}

#[derive(Clone, Debug)]
enum Node<T> {
    /// It hangs on this where it goes on: for each class of servers, the place in the tree.
    Branch(Hinge, Vec<(Box<[u8]>, usize)>),
    Leaf(Leaf<T>),
}

/// The answer for all servers that are the same for these hinges as a server with this key.
#[derive(Clone, Debug)]
struct Leaf<T> {
    hinges: Vec<Hinge>,
    key: Box<[u8]>,
    answer: T,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self { tree: Vec::new(), answers: 0 }
    }
}

impl<T: Clone> Known<T> {
    /// The answer for a server with this key.
    pub(super) fn find(&self, outcomes: &Outcomes<'_>, key: &[u8]) -> Option<T> {
        let mut at = 0;
        loop {
            match self.tree.get(at)? {
                Node::Branch(hinge, next) => at = child(next, outcomes.class(*hinge, key)?)?,
                Node::Leaf(leaf) => return leaf.differing(outcomes, key).next().is_none().then(|| leaf.answer.clone()),
            }
        }
    }

    /// Remembers an answer that was not known, and what it hangs on. How tests come out on this server has to be noted before.
    pub(super) fn insert(&mut self, outcomes: &Outcomes<'_>, key: &[u8], mut hinges: Vec<Hinge>, answer: T) {
        if self.answers == REMEMBERED {
            *self = Self::default();
        }
        self.answers += 1;
        let tree = &mut self.tree;
        let mut at = 0;
        while let Some(Node::Branch(hinge, next)) = tree.get(at) {
            hinges.retain(|one| one != hinge);
            let known = outcomes.class(*hinge, key).and_then(|class| child(next, class));
            let Some(known) = known else { break };
            at = known;
        }
        let place = tree.len();
        let leaf = |hinges| Node::Leaf(Leaf { hinges, key: Box::from(key), answer });
        match tree.get_mut(at) {
            None => tree.push(leaf(hinges)),
            Some(Node::Branch(hinge, next)) => {
                let Some(class) = outcomes.class(*hinge, key) else { return };
                next.push((Box::from(class), place));
                tree.push(leaf(hinges));
            }
            Some(Node::Leaf(other)) => {
                // What both hang on keeps the tree small.
                let both = other.differing(outcomes, key).find(|hinge| hinges.contains(hinge));
                let Some(hinge) = both.or_else(|| other.differing(outcomes, key).next()) else { return };
                let (Some(old), Some(new)) = (outcomes.class(hinge, &other.key), outcomes.class(hinge, key)) else { return };
                let next = vec![(Box::from(old), place), (Box::from(new), place + 1)];
                other.hinges.retain(|one| *one != hinge);
                hinges.retain(|one| *one != hinge);
                let other = std::mem::replace(&mut tree[at], Node::Branch(hinge, next));
                tree.extend([other, leaf(hinges)]);
            }
        }
    }
}

impl<T> Leaf<T> {
    /// The hinges for which a server with this key is another.
    fn differing<'l>(&'l self, outcomes: &'l Outcomes<'l>, key: &'l [u8]) -> impl Iterator<Item = Hinge> + 'l {
        self.hinges.iter().copied().filter(move |hinge| !outcomes.agree(*hinge, key, &self.key))
    }
}

fn child(next: &[(Box<[u8]>, usize)], class: &[u8]) -> Option<usize> {
    next.iter().find(|(known, _)| **known == *class).map(|(_, place)| *place)
}
