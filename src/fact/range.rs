//! Abstract values: what is known of a fact while its value is not.
//!
//! A simulated step may leave a fact "at least that", or a set of which one element is known. An [`Abstract`] value stands
//! for all the values that are still possible; every operation here keeps it at least as wide as the truth.

use super::value::{Value, Word};
use super::vocabulary::FactSpec;
use std::collections::BTreeSet;

/// All the values that a fact may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Abstract {
    /// This one value. Sets are never held here but as [`Abstract::Set`].
    Exactly(Value),
    /// Some value of an ordered type within these bounds, both included; at least one of them is given.
    Between {
        /// The least possible value.
        least: Option<Value>,
        /// The greatest possible value.
        most: Option<Value>,
    },
    /// Some set within these bounds.
    Set(SetBounds),
    /// Any value at all.
    Unknown,
}

/// The elements that a set may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Elements {
    /// No other than these.
    Only(BTreeSet<Word>),
    /// Any but these.
    AllBut(BTreeSet<Word>),
}

/// What is known of a set: it holds every element of `must` and none outside of `may`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetBounds {
    /// Elements that it certainly holds.
    pub must: BTreeSet<Word>,
    /// Elements that it may hold; includes those of `must`.
    pub may: Elements,
}

impl SetBounds {
    /// Exactly this set.
    pub fn exactly(words: BTreeSet<Word>) -> Self {
        Self { may: Elements::Only(words.clone()), must: words }
    }

    /// Any set.
    pub fn any() -> Self {
        Self { must: BTreeSet::new(), may: Elements::AllBut(BTreeSet::new()) }
    }

    fn is_any(&self) -> bool {
        self.must.is_empty() && matches!(&self.may, Elements::AllBut(not) if not.is_empty())
    }

    /// The one set that this can be, if there is only one.
    pub fn single(&self) -> Option<&BTreeSet<Word>> {
        matches!(&self.may, Elements::Only(only) if *only == self.must).then_some(&self.must)
    }

    /// True where it can be no other than the empty set.
    pub fn is_empty(&self) -> bool {
        self.single().is_some_and(BTreeSet::is_empty)
    }

    /// True where the set may hold the element.
    pub fn may_hold(&self, word: &Word) -> bool {
        match &self.may {
            Elements::Only(only) => only.contains(word),
            Elements::AllBut(not) => !not.contains(word),
        }
    }

    /// Makes the element certain.
    pub fn add(&mut self, word: &Word) {
        self.must.insert(word.clone());
        match &mut self.may {
            Elements::Only(only) => {
                only.insert(word.clone());
            }
            Elements::AllBut(not) => {
                not.remove(word);
            }
        }
    }

    /// Makes the element's absence certain.
    pub fn remove(&mut self, word: &Word) {
        self.must.remove(word);
        match &mut self.may {
            Elements::Only(only) => {
                only.remove(word);
            }
            Elements::AllBut(not) => {
                not.insert(word.clone());
            }
        }
    }

    /// Keeps only the listed elements.
    pub fn keep(&mut self, words: &BTreeSet<Word>) {
        self.must.retain(|word| words.contains(word));
        self.may = Elements::Only(match &self.may {
            Elements::Only(only) => only.intersection(words).cloned().collect(),
            Elements::AllBut(not) => words.difference(not).cloned().collect(),
        });
    }

    /// The set where there is only one, otherwise what it `contains`, `lacks`, or has `only`.
    fn to_json(&self) -> serde_json::Value {
        let list = |words: &BTreeSet<Word>| Value::Set(words.clone()).to_json();
        if let Some(words) = self.single() {
            return list(words);
        }
        let mut known = serde_json::Map::new();
        if !self.must.is_empty() {
            known.insert("contains".to_owned(), list(&self.must));
        }
        match &self.may {
            Elements::Only(only) => known.insert("only".to_owned(), list(only)),
            Elements::AllBut(not) if not.is_empty() => None,
            Elements::AllBut(not) => known.insert("lacks".to_owned(), list(not)),
        };
        known.into()
    }

    /// Anything may have been removed.
    pub fn forget_certain(&mut self) {
        self.must.clear();
    }

    /// Anything may have been added.
    pub fn forget_absent(&mut self) {
        self.may = Elements::AllBut(BTreeSet::new());
    }

    fn join(&self, other: &Self) -> Self {
        let may = match (&self.may, &other.may) {
            (Elements::Only(a), Elements::Only(b)) => Elements::Only(a.union(b).cloned().collect()),
            (Elements::AllBut(a), Elements::AllBut(b)) => Elements::AllBut(a.intersection(b).cloned().collect()),
            (Elements::Only(a), Elements::AllBut(b)) | (Elements::AllBut(b), Elements::Only(a)) => {
                Elements::AllBut(b.difference(a).cloned().collect())
            }
        };
        Self { must: self.must.intersection(&other.must).cloned().collect(), may }
    }
}

impl From<SetBounds> for Abstract {
    fn from(bounds: SetBounds) -> Self {
        if bounds.is_any() { Self::Unknown } else { Self::Set(bounds) }
    }
}

impl Abstract {
    /// What an observed value says. A version whose missing parts were not observed stands for all that it may be.
    pub fn observed(spec: &FactSpec, value: &Value) -> Self {
        match value {
            Value::Set(words) => Self::Set(SetBounds::exactly(words.clone())),
            Value::Version(version) if spec.is_partial() && version.given() < 4 => {
                Self::Between { least: Some(value.clone()), most: Some(Value::Version(version.last_with_prefix())) }
            }
            _ => Self::Exactly(value.clone()),
        }
    }

    /// Exactly this value.
    pub fn exactly(value: Value) -> Self {
        match value {
            Value::Set(words) => Self::Set(SetBounds::exactly(words)),
            value => Self::Exactly(value),
        }
    }

    /// True where only one value is possible.
    pub fn is_exact(&self) -> bool {
        match self {
            Self::Exactly(_) => true,
            Self::Set(bounds) => bounds.single().is_some(),
            Self::Between { .. } | Self::Unknown => false,
        }
    }

    /// The one possible value, if there is only one.
    pub fn single(&self) -> Option<Value> {
        match self {
            Self::Exactly(value) => Some(value.clone()),
            Self::Set(bounds) => bounds.single().map(|words| Value::Set(words.clone())),
            Self::Between { .. } | Self::Unknown => None,
        }
    }

    /// The least and the greatest possible value of an ordered type, where there is one.
    pub fn bounds(&self) -> (Option<&Value>, Option<&Value>) {
        match self {
            Self::Exactly(value) => (Some(value), Some(value)),
            Self::Between { least, most } => (least.as_ref(), most.as_ref()),
            Self::Set(_) | Self::Unknown => (None, None),
        }
    }

    /// What is known of a set, where something is.
    pub fn known_set(&self) -> Option<&SetBounds> {
        match self {
            Self::Set(bounds) => Some(bounds),
            _ => None,
        }
    }

    /// What is known of a set, whether much or nothing.
    pub fn as_set(&self) -> SetBounds {
        match self {
            Self::Set(bounds) => bounds.clone(),
            _ => SetBounds::any(),
        }
    }

    /// True where this may be so as well as the other: some value is possible in both.
    pub fn agrees(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Exactly(a), Self::Exactly(b)) => a == b,
            (Self::Set(a), Self::Set(b)) => {
                a.must.iter().all(|word| b.may_hold(word)) && b.must.iter().all(|word| a.may_hold(word))
            }
            _ => {
                let ((a_least, a_most), (b_least, b_most)) = (self.bounds(), other.bounds());
                a_least.zip(b_most).is_none_or(|(least, most)| least <= most)
                    && b_least.zip(a_most).is_none_or(|(least, most)| least <= most)
            }
        }
    }

    /// What both agree on.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a.clone(),
            (Self::Set(a), Self::Set(b)) => a.join(b).into(),
            (Self::Unknown | Self::Set(_), _) | (_, Self::Unknown | Self::Set(_)) => Self::Unknown,
            (a, b) => {
                if !(a.is_ordered() && b.is_ordered()) {
                    return Self::Unknown;
                }
                let (a_least, a_most) = a.bounds();
                let (b_least, b_most) = b.bounds();
                let least = a_least.zip(b_least).map(|(a, b)| a.min(b).clone());
                let most = a_most.zip(b_most).map(|(a, b)| a.max(b).clone());
                Self::between(least, most)
            }
        }
    }

    /// An ordered value within bounds.
    pub fn between(least: Option<Value>, most: Option<Value>) -> Self {
        match (least, most) {
            (None, None) => Self::Unknown,
            (Some(least), Some(most)) if least == most => Self::Exactly(least),
            (least, most) => Self::Between { least, most },
        }
    }

    /// The value after an effect that promises at least (`least`) or at most (`most`) this: one that satisfies it stays,
    /// otherwise nothing but the promise is known.
    #[must_use]
    pub fn bounded(&self, bound: Bound, value: &Value) -> Self {
        let (least, most) = self.bounds();
        let stays = match bound {
            Bound::AtLeast => least.is_some_and(|least| least >= value),
            Bound::AtMost => most.is_some_and(|most| most <= value),
        };
        if stays {
            return self.clone();
        }
        match bound {
            Bound::AtLeast => Self::Between { least: Some(value.clone()), most: None },
            Bound::AtMost => Self::Between { least: None, most: Some(value.clone()) },
        }
    }

    /// The value where it is also known to be at least, or at most, this.
    #[must_use]
    pub fn narrowed(&self, bound: Bound, value: &Value) -> Self {
        let (least, most) = self.bounds();
        let (least, most) = (least.cloned(), most.cloned());
        match bound {
            Bound::AtLeast => Self::between(Some(least.map_or(value.clone(), |least| least.max(value.clone()))), most),
            Bound::AtMost => Self::between(least, Some(most.map_or(value.clone(), |most| most.min(value.clone())))),
        }
    }

    fn is_ordered(&self) -> bool {
        match self {
            Self::Exactly(value) => matches!(value, Value::Version(_) | Value::Days(_)),
            Self::Between { .. } => true,
            Self::Set(_) | Self::Unknown => false,
        }
    }

    /// The value, or what is known of it, as JSON: a value, a comparison in a string, a set's `contains` and `lacks`, or
    /// null where nothing is known.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Exactly(value) => value.to_json(),
            Self::Between { least, most } => match (least, most) {
                (Some(least), None) => format!(">= {least}").into(),
                (None, Some(most)) => format!("<= {most}").into(),
                (Some(least), Some(most)) => prefix_or_range(least, most).into(),
                (None, None) => serde_json::Value::Null,
            },
            Self::Set(bounds) => bounds.to_json(),
            Self::Unknown => serde_json::Value::Null,
        }
    }
}

/// A version that was observed in part is shown as it was observed.
fn prefix_or_range(least: &Value, most: &Value) -> String {
    match (least, most) {
        (Value::Version(from), Value::Version(to)) if from.last_with_prefix() == *to => from.to_string(),
        _ => format!(">= {least}, <= {most}"),
    }
}

/// The two directions in which a value can be bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The bound is the least possible value.
    AtLeast,
    /// The bound is the greatest possible value.
    AtMost,
}

impl Bound {
    /// Whether a value satisfies the bound of this limit.
    pub fn holds(self, limit: &Value, value: &Value) -> bool {
        match self {
            Self::AtLeast => value >= limit,
            Self::AtMost => value <= limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Value {
        Value::Version(text.parse().expect("a version"))
    }

    fn set(words: &[&str]) -> Abstract {
        Abstract::exactly(Value::Set(words.iter().map(|word| Word::from(*word)).collect()))
    }

    #[test]
    fn semantics_3_a_bound_leaves_a_value_that_satisfies_it() {
        let known = Abstract::exactly(version("4.18.23050.5"));
        assert_eq!(known.bounded(Bound::AtLeast, &version("4.18.2106.6")), known);
    }

    #[test]
    fn semantics_3_a_bound_makes_anything_else_at_least_that() {
        let bound = version("4.18.2106.6");
        let expected = Abstract::Between { least: Some(bound.clone()), most: None };
        assert_eq!(Abstract::exactly(version("4.10")).bounded(Bound::AtLeast, &bound), expected);
        assert_eq!(Abstract::Unknown.bounded(Bound::AtLeast, &bound), expected);
    }

    #[test]
    fn two_ways_agree_on_the_weaker_bound() {
        let known = Abstract::exactly(version("4.18.23050.5"));
        let promised = Abstract::Between { least: Some(version("4.18.2106.6")), most: None };
        assert_eq!(known.join(&promised), promised);
    }

    #[test]
    fn two_choices_agree_on_nothing() {
        let active = Abstract::exactly(Value::Choice("active".into()));
        let passive = Abstract::exactly(Value::Choice("passive".into()));
        assert_eq!(active.join(&passive), Abstract::Unknown);
    }

    #[test]
    fn semantics_3_removing_from_an_unknown_set_leaves_known_that_it_lacks_the_element() {
        let mut bounds = Abstract::Unknown.as_set();
        bounds.remove(&Word::from("w"));
        assert!(!bounds.may_hold(&Word::from("w")));
        assert!(bounds.may_hold(&Word::from("other")));
        assert!(!Abstract::from(bounds).is_exact());
    }

    #[test]
    fn two_sets_agree_on_what_both_hold_and_both_lack() {
        let joined = set(&["a", "b"]).join(&set(&["b"])).as_set();
        assert_eq!(joined.must, [Word::from("b")].into());
        assert!(joined.may_hold(&Word::from("a")));
        assert!(!joined.may_hold(&Word::from("c")));
    }
}
