//! A finding about a plan that was given, and the collection of those of one plan.

use super::code::{Code, Severity};
use crate::yaml::Span;
use std::collections::HashMap;

/// What is wrong with a plan, what was expected, and what to do.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Finding {
    pub(super) code: Code,
    pub(super) severity: Severity,
    /// Where in the plan's file.
    pub(super) span: Span,
    /// What is wrong, as a sentence in lower case.
    pub(super) message: String,
    /// What was expected there.
    pub(super) expected: String,
    /// What to do.
    pub(super) help: String,
    /// What it is about, by the names that the catalog has.
    pub(super) about: About,
}

/// What a finding is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct About {
    pub(super) step: Option<String>,
    pub(super) fact: Option<String>,
    pub(super) parameter: Option<String>,
    pub(super) invariant: Option<String>,
}

impl About {
    pub(super) fn step(step: &str) -> Self {
        Self { step: Some(step.to_owned()), ..Self::default() }
    }

    pub(super) fn fact(fact: &str) -> Self {
        Self { fact: Some(fact.to_owned()), ..Self::default() }
    }

    pub(super) fn parameter(parameter: &str) -> Self {
        Self { parameter: Some(parameter.to_owned()), ..Self::default() }
    }

    pub(super) fn invariant(invariant: &str) -> Self {
        Self { invariant: Some(invariant.to_owned()), ..Self::default() }
    }
}

/// The findings of one plan, each with the servers that it was made on; none where it is about the plan whichever the server.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) findings: Vec<(Finding, Vec<usize>)>,
    /// Where a finding with that code, place and message is.
    known: HashMap<(Code, usize, String), usize>,
    /// The worst of each server.
    worst: HashMap<usize, Severity>,
}

impl Found {
    /// Enters a finding about the plan itself.
    pub(super) fn plan(&mut self, finding: Finding) {
        self.findings.push((finding, Vec::new()));
    }

    /// Enters a finding that was made on a server; what is found on several is one finding.
    pub(super) fn server(&mut self, server: usize, finding: Finding) {
        let worst = self.worst.entry(server).or_insert(finding.severity);
        *worst = finding.severity.min(*worst);
        let key = (finding.code, finding.span.offset, finding.message.clone());
        match self.known.get(&key) {
            Some(at) if self.findings[*at].0 == finding => {
                let servers = &mut self.findings[*at].1;
                if servers.last() != Some(&server) {
                    servers.push(server);
                }
            }
            _ => {
                self.known.insert(key, self.findings.len());
                self.findings.push((finding, vec![server]));
            }
        }
    }

    /// The worst that was found about the plan itself.
    pub(super) fn worst_of_plan(&self) -> Option<Severity> {
        let of_plan = self.findings.iter().filter(|(_, servers)| servers.is_empty());
        of_plan.map(|(finding, _)| finding.severity).min()
    }

    /// The worst that was found of the plan on a server.
    pub(super) fn worst_of(&self, server: usize) -> Option<Severity> {
        [self.worst_of_plan(), self.worst.get(&server).copied()].into_iter().flatten().min()
    }
}
