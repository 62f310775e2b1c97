//! What was found out once about servers, by the facts that it hangs on.
//!
//! A tree asks for one fact after the other until one answer is left. What the answer hangs on stands on its branch or in its
//! leaf, so that it holds for every server that comes out at the leaf and agrees with it.

use crate::fact::{FactId, Marks};

/// How many answers are remembered. Of servers that need more of them some are looked at again, and what is remembered stays small
/// however many servers there are.
const REMEMBERED: usize = 1 << 15;

/// Answers that are known already.
#[derive(Clone, Debug)]
pub(super) struct Known<T> {
    tree: Vec<Node<T>>,
    answers: usize,
}

#[derive(Clone, Debug)]
enum Node<T> {
    /// It hangs on this fact where it goes on: by the part of a key, the place in the tree.
    Branch(FactId, Vec<(Box<[u8]>, usize)>),
    Leaf(Leaf<T>),
}

/// The answer for all servers of which the same is known of these facts as of a server with this key.
#[derive(Clone, Debug)]
struct Leaf<T> {
    facts: Vec<FactId>,
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
    pub(super) fn find(&self, marks: &Marks, key: &[u8]) -> Option<T> {
        let mut at = 0;
        loop {
            match self.tree.get(at)? {
                Node::Branch(fact, next) => at = child(next, marks.part(*fact, key))?,
                Node::Leaf(leaf) => return leaf.differing(marks, key).next().is_none().then(|| leaf.answer.clone()),
            }
        }
    }

    /// Remembers an answer that was not known, and the facts that it hangs on.
    pub(super) fn insert(&mut self, marks: &Marks, key: &[u8], mut facts: Vec<FactId>, answer: T) {
        if self.answers == REMEMBERED {
            *self = Self::default();
        }
        self.answers += 1;
        let tree = &mut self.tree;
        let mut at = 0;
        while let Some(Node::Branch(fact, next)) = tree.get(at) {
            facts.retain(|one| one != fact);
            let Some(known) = child(next, marks.part(*fact, key)) else { break };
            at = known;
        }
        let place = tree.len();
        let leaf = |facts| Node::Leaf(Leaf { facts, key: Box::from(key), answer });
        match tree.get_mut(at) {
            None => tree.push(leaf(facts)),
            Some(Node::Branch(fact, next)) => {
                next.push((Box::from(marks.part(*fact, key)), place));
                tree.push(leaf(facts));
            }
            Some(Node::Leaf(other)) => {
                // A fact on which both hang keeps the tree small.
                let both = other.differing(marks, key).find(|fact| facts.contains(fact));
                let Some(fact) = both.or_else(|| other.differing(marks, key).next()) else { return };
                other.facts.retain(|one| *one != fact);
                facts.retain(|one| *one != fact);
                let next = [(&*other.key, place), (key, place + 1)].map(|(key, at)| (Box::from(marks.part(fact, key)), at));
                let other = std::mem::replace(&mut tree[at], Node::Branch(fact, next.into()));
                tree.extend([other, leaf(facts)]);
            }
        }
    }
}

impl<T> Leaf<T> {
    /// The facts of which something else is known of a server with this key.
    fn differing<'l>(&'l self, marks: &'l Marks, key: &'l [u8]) -> impl Iterator<Item = FactId> + 'l {
        self.facts.iter().copied().filter(|fact| marks.part(*fact, key) != marks.part(*fact, &self.key))
    }
}

fn child(next: &[(Box<[u8]>, usize)], part: &[u8]) -> Option<usize> {
    next.iter().find(|(known, _)| **known == *part).map(|(_, place)| *place)
}
