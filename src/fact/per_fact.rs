//! Something for each fact, of which copies share what they have in common.

use super::range::Abstract;
use std::ops::{Index, IndexMut};
use std::sync::Arc;

/// How many more changes a copy has room for.
const ROOM: usize = 6;

/// What is known of each fact.
pub type Facts = PerFact<Abstract>;

/// A value for each fact, by its position in the vocabulary.
///
/// A copy shares the values and keeps only those that are changed in it, so that it costs what changed and not what there is.
#[derive(Debug)]
pub struct PerFact<T> {
    common: Arc<[T]>,
    /// For each fact one more than the place of its value among the changed ones; zero for the common value. Empty as long as
    /// nothing is changed.
    places: Vec<u32>,
    changed: Vec<(usize, T)>,
    /// The facts that were written since this was copied.
    written: Vec<usize>,
}

impl<T> PerFact<T> {
    /// How many facts there are.
    pub fn len(&self) -> usize {
        self.common.len()
    }

    /// True where there is no fact.
    pub fn is_empty(&self) -> bool {
        self.common.is_empty()
    }

    /// The values in the order of the vocabulary.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        (0..self.len()).map(|fact| &self[fact])
    }

    /// The positions of the facts that were written since this was copied from another, as often as they were. All others have
    /// the values that they have there, as long as that is not written itself.
    pub fn written(&self) -> impl Iterator<Item = usize> {
        self.written.iter().copied()
    }
}

impl<T: PartialEq> PerFact<T> {
    /// The positions of the facts that have another value in the other, each once and in any order. Both are of one vocabulary.
    pub fn differing<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = usize> + 'a {
        let shared = Arc::ptr_eq(&self.common, &other.common);
        let all = 0..if shared { 0 } else { self.len() };
        let own = self.changed.iter().map(|(fact, _)| *fact);
        let others = other.changed.iter().map(|(fact, _)| *fact).filter(|fact| !self.is_changed(*fact));
        let candidates = own.chain(others).filter(move |_| shared).chain(all);
        candidates.filter(|fact| self[*fact] != other[*fact])
    }
}

impl<T> PerFact<T> {
    fn is_changed(&self, fact: usize) -> bool {
        self.places.get(fact).is_some_and(|place| *place != 0)
    }
}

impl<T: Clone> Clone for PerFact<T> {
    fn clone(&self) -> Self {
        // A copy is made to be changed; of what nobody changed many are made only to be looked at.
        let mut changed = Vec::with_capacity(if self.changed.is_empty() { 0 } else { self.changed.len() + ROOM });
        changed.extend_from_slice(&self.changed);
        Self { common: Arc::clone(&self.common), places: self.places.clone(), changed, written: Vec::new() }
    }
}

impl<T> From<Vec<T>> for PerFact<T> {
    fn from(values: Vec<T>) -> Self {
        values.into_iter().collect()
    }
}

impl<T> FromIterator<T> for PerFact<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Self { common: values.into_iter().collect(), places: Vec::new(), changed: Vec::new(), written: Vec::new() }
    }
}

impl<T> Index<usize> for PerFact<T> {
    type Output = T;

    fn index(&self, fact: usize) -> &T {
        match self.places.get(fact) {
            Some(place) if *place != 0 => &self.changed[*place as usize - 1].1,
            _ => &self.common[fact],
        }
    }
}

impl<T: Clone> IndexMut<usize> for PerFact<T> {
    fn index_mut(&mut self, fact: usize) -> &mut T {
        if self.changed.is_empty() && Arc::get_mut(&mut self.common).is_some() {
            return &mut Arc::make_mut(&mut self.common)[fact];
        }
        self.written.push(fact);
        if self.places.is_empty() {
            self.places = vec![0; self.common.len()];
            self.changed.reserve(ROOM);
        }
        if self.places[fact] == 0 {
            self.changed.push((fact, self.common[fact].clone()));
            // A vocabulary has no more facts than sixteen bits can count.
            self.places[fact] = u32::try_from(self.changed.len()).unwrap_or(u32::MAX);
        }
        &mut self.changed[self.places[fact] as usize - 1].1
    }
}

impl<T: PartialEq> PartialEq for PerFact<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.differing(other).next().is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_changes_alone() {
        let first: PerFact<u8> = vec![1, 2, 3].into();
        let mut second = first.clone();
        second[1] = 9;
        let mut third = second.clone();
        third[1] = 8;
        third[2] = 7;
        assert_eq!(first.iter().copied().collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(second.iter().copied().collect::<Vec<_>>(), [1, 9, 3]);
        assert_eq!(third.iter().copied().collect::<Vec<_>>(), [1, 8, 7]);
        assert_eq!(second.written().collect::<Vec<_>>(), [1]);
        assert_eq!(third.written().collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn what_differs_is_found_whether_shared_or_not() {
        let first: PerFact<u8> = vec![1, 2, 3].into();
        let mut second = first.clone();
        second[2] = 9;
        second[0] = 1;
        let apart: PerFact<u8> = vec![1, 2, 9].into();
        assert_eq!(first.differing(&second).collect::<Vec<_>>(), [2]);
        assert_eq!(second.differing(&first).collect::<Vec<_>>(), [2]);
        assert_eq!(first.differing(&apart).collect::<Vec<_>>(), [2]);
        assert_eq!(second, apart);
        assert_ne!(first, second);
    }

    #[test]
    fn what_nobody_shares_is_changed_where_it_is() {
        let mut only: PerFact<u8> = vec![1, 2].into();
        only[0] = 5;
        assert!(only.changed.is_empty());
        assert_eq!(only[0], 5);
    }
}
