//! What was read on a server, and what it comes to.
//!
//! In comes a record of sources, each by its name, as a live machine or the script for machines elsewhere wrote it; out
//! come facts, known or unknown with the reason. Nothing here reads anything: what was recorded once can be judged again.

mod seen;

use crate::catalog::probe::{Probe, Probes};
use crate::catalog::{Catalog, CatalogError};
use crate::condition::{Condition, Scope, Subject, Truth, unknown_leaves};
use crate::fact::{Abstract, FactId, Facts, Judge, Judged, Recorded, Value};
use crate::suggest::excerpt;
use std::collections::{BTreeSet, HashSet};
use std::sync::OnceLock;

/// Judges what was read by the probes of a catalog, which are read where there is something to judge.
#[derive(Clone, Debug)]
pub struct Observer<'c> {
    catalog: &'c Catalog,
    probes: OnceLock<Result<Known, CatalogError>>,
}

/// The probes, and the names of all that they read.
#[derive(Clone, Debug)]
struct Known {
    probes: Probes,
    names: HashSet<String>,
}

impl<'c> Observer<'c> {
    /// What judges by this catalog.
    pub fn new(catalog: &'c Catalog) -> Self {
        Self { catalog, probes: OnceLock::new() }
    }

    fn known(&self) -> Result<&Known, &CatalogError> {
        let read = || {
            let probes = self.catalog.probes()?;
            let names = probes.sources().into_iter().map(|(source, _)| source.to_string()).collect();
            Ok(Known { probes, names })
        };
        self.probes.get_or_init(read).as_ref()
    }
}

impl Judge for Observer<'_> {
    fn judge(&self, recorded: &Recorded) -> Result<Vec<(FactId, Judged)>, String> {
        let known = self.known().map_err(ToString::to_string)?;
        if let Some(stranger) = recorded.keys().find(|name| !known.names.contains(*name)) {
            return Err(format!("no observation reads `{}`", crate::suggest::excerpt(stranger)));
        }
        Ok(judge(&known.probes, recorded))
    }
}

/// What the facts with probes are by what was recorded.
pub fn judge(probes: &Probes, recorded: &Recorded) -> Vec<(FactId, Judged)> {
    let seen: Vec<Result<Value, String>> = seen::all(probes, recorded);
    let known = probes.vocabulary.ids().zip(&seen);
    let facts: Facts = known
        .map(|(id, seen)| seen.as_ref().map_or(Abstract::Unknown, |value| Abstract::observed(probes.vocabulary.spec(id), value)))
        .collect();
    let judging = Judging { probes, seen: &seen, scope: Scope { facts: &facts, parameters: &[] } };
    probes.facts.iter().map(|(fact, probe)| (*fact, judging.of(probe))).collect()
}

struct Judging<'a> {
    probes: &'a Probes,
    seen: &'a [Result<Value, String>],
    scope: Scope<'a>,
}

impl Judging<'_> {
    fn of(&self, probe: &Probe) -> Judged {
        match probe {
            Probe::Same(observed) => self.seen[observed.index()].clone(),
            Probe::When(when) => match self.scope.evaluate(when) {
                Truth::Unknown => Err(self.why(when)),
                truth => Ok(Value::Flag(truth == Truth::True)),
            },
            Probe::First(cases) => self.first(probe, cases),
            Probe::Each(elements) => {
                let mut set = BTreeSet::new();
                for (element, when) in elements {
                    match self.scope.evaluate(when) {
                        Truth::True => drop(set.insert(element.clone())),
                        Truth::False => {}
                        Truth::Unknown => return Err(self.why(when)),
                    }
                }
                Ok(Value::Set(set))
            }
        }
    }

    /// The value of the first case that holds; known also where the cases that may hold before it agree.
    fn first(&self, probe: &Probe, cases: &[(Value, Condition)]) -> Judged {
        let mut found: Option<&Value> = None;
        let mut why = None;
        for (value, when) in cases {
            let truth = self.scope.evaluate(when);
            if truth == Truth::False {
                continue;
            }
            if truth == Truth::Unknown && why.is_none() {
                why = Some(self.why(when));
            }
            if let (Some(earlier), Some(why)) = (found, &why)
                && earlier != value
            {
                return Err(why.clone());
            }
            found = Some(value);
            if truth == Truth::True {
                return Ok(value.clone());
            }
        }
        Err(why.unwrap_or_else(|| format!("what was seen fits no case that is known: {}", self.seen_by(probe))))
    }

    /// What a probe looked at and what was there.
    fn seen_by(&self, probe: &Probe) -> String {
        let mut parts: Vec<String> = Vec::new();
        probe.visit(&mut |observed| {
            if let Ok(value) = &self.seen[observed.index()] {
                let part = format!("{} is {}", self.probes.vocabulary.name(observed), excerpt(&value.to_string()));
                if !parts.contains(&part) {
                    parts.push(part);
                }
            }
        });
        parts.join(", ")
    }

    /// Why a condition is unknown: what is wrong with the first observation that it hangs on.
    fn why(&self, when: &Condition) -> String {
        let leaf = unknown_leaves(when, &self.scope).into_iter().find_map(|leaf| match leaf.test.subject {
            Subject::Fact(observed) => Some(observed),
            Subject::Parameter(_) => None,
        });
        let Some(observed) = leaf else { return "it was not seen".to_owned() };
        match &self.seen[observed.index()] {
            Err(reason) => reason.clone(),
            Ok(_) => format!("`{}` does not say it", self.probes.vocabulary.name(observed)),
        }
    }
}
