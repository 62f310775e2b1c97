//! What several rows say of one fact of one server, and what that comes to.
//!
//! Of one producer the newer statement counts; where two producers contradict each other the fact is not known, with both named.

use super::estate::Learned;
use super::record::{Said, SourceRow};
use crate::fact::{FactId, Value, Version, Word};
use crate::suggest::excerpt;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A row, and when it was recorded.
pub(super) type Dated = (SourceRow, Option<Timestamp>);

/// Why a fact is not known.
#[derive(Debug)]
pub(super) struct Doubt {
    pub(super) fact: FactId,
    pub(super) reason: Arc<str>,
    /// The row that does not know it, of those of the server.
    pub(super) row: Option<u32>,
}

/// What a row says of a fact.
#[derive(Clone, Copy)]
pub(super) struct Statement<'p> {
    pub(super) fact: FactId,
    pub(super) said: &'p Said,
    /// The row, of those of the server.
    pub(super) row: u32,
    pub(super) producer: &'static str,
}

/// A fact as a row has it.
fn learned(one: &Statement<'_>, value: &Value) -> Learned {
    Learned { fact: one.fact, value: value.clone(), row: one.row }
}

/// What the statements about a fact come to; nothing where there are none.
pub(super) fn of_fact(statements: &[Statement<'_>], rows: &[Dated]) -> Option<Result<Learned, Doubt>> {
    let fact = statements.first()?.fact;
    // Of most facts one row says something, and there is nothing to compare.
    if let [one @ Statement { said: Said::Known(value), .. }] = statements {
        return Some(Ok(learned(one, value)));
    }
    let contradiction =
        |one: &Learned, other: &Learned| Some(Err(Doubt { fact, reason: conflict(one, other, rows).into(), row: None }));
    let mut known: Option<Learned> = None;
    for (_, newest) in newest(statements, rows) {
        let newest = match newest {
            Ok(newest) => newest,
            Err((one, other)) => return contradiction(&one, &other),
        };
        known = Some(match known {
            None => newest,
            Some(earlier) => match agree(&earlier.value, &newest.value) {
                Some(true) => newest,
                Some(false) => earlier,
                None => return contradiction(&earlier, &newest),
            },
        });
    }
    if let Some(first) = statements.iter().find(|one| found(one.said).is_some()) {
        let words: BTreeSet<Word> = statements.iter().filter_map(|one| found(one.said)).map(Word::from).collect();
        let contained = |known: &Learned| matches!(&known.value, Value::Set(all) if words.is_subset(all));
        if !known.as_ref().is_some_and(contained) {
            let found = Learned { fact, value: Value::Set(words), row: first.row };
            return match known {
                None => Some(Ok(found)),
                Some(known) => contradiction(&known, &found),
            };
        }
    }
    if let Some(known) = known {
        return Some(Ok(known));
    }
    // The newest row knows best why it does not know; of equal ones the first.
    let mut best: Option<(&Statement<'_>, &str)> = None;
    for one in statements {
        let Said::Unknown(reason) = one.said else { continue };
        if best.is_none_or(|(best, _)| seen(one.row, rows) > seen(best.row, rows)) {
            best = Some((one, reason));
        }
    }
    best.map(|(one, reason)| Err(Doubt { fact, reason: reason.into(), row: Some(one.row) }))
}

/// What a producer says of a fact, or two things that contradict each other.
type Told = Result<Learned, (Learned, Learned)>;

/// Of each producer what it said last, in the order of their names.
fn newest(statements: &[Statement<'_>], rows: &[Dated]) -> Vec<(&'static str, Told)> {
    let mut newest: Vec<(&'static str, Told)> = Vec::new();
    for one in statements {
        let Said::Known(value) = one.said else { continue };
        let made = || learned(one, value);
        match newest.iter_mut().find(|(producer, _)| *producer == one.producer) {
            None => newest.push((one.producer, Ok(made()))),
            Some((_, entry)) => {
                let Ok(known) = entry else { continue };
                match agree(&known.value, value) {
                    Some(true) => *known = made(),
                    Some(false) => {}
                    None => match (seen(known.row, rows), seen(one.row, rows)) {
                        (Some(earlier), Some(later)) if earlier != later => {
                            if later > earlier {
                                *known = made();
                            }
                        }
                        _ => *entry = Err((known.clone(), made())),
                    },
                }
            }
        }
    }
    newest.sort_by_key(|(producer, _)| *producer);
    newest
}

/// When a row was recorded.
fn seen(row: u32, rows: &[Dated]) -> Option<Timestamp> {
    rows[row as usize].1
}

fn found(said: &Said) -> Option<&str> {
    match said {
        Said::Found(element) => Some(element),
        _ => None,
    }
}

/// Whether two values can both be true, and then whether the second says more; nothing where they contradict each other.
fn agree(one: &Value, other: &Value) -> Option<bool> {
    if let (Value::Version(one), Value::Version(other)) = (one, other) {
        let parts = |version: &Version| version.to_string().split('.').map(str::to_owned).collect::<Vec<_>>();
        let (one, other) = (parts(one), parts(other));
        let shared = one.len().min(other.len());
        return (one[..shared] == other[..shared]).then_some(other.len() > one.len());
    }
    (one == other).then_some(false)
}

fn conflict(one: &Learned, other: &Learned, rows: &[Dated]) -> String {
    let says = |learned: &Learned| {
        let (row, at) = &rows[learned.row as usize];
        let at = at.map(|at| format!(" of {}", super::document::written(at))).unwrap_or_default();
        format!("{row}{at} says {}", excerpt(&learned.value.to_string()))
    };
    format!("the sources contradict each other: {}, {}", says(one), says(other))
}
