//! Verifying plans that were given: does each hold for its servers, as far as is known now?
//!
//! In come plans as they were read, the servers, and a catalog; out comes a [`VerdictDocument`] with a finding for everything
//! that does not hold or is not known, each at its place in the plan's file. A plan is checked as it stands, then planned
//! again in its own order on each of its servers. Nothing here reads a file, and nothing here prints.

mod assign;
mod budget;
mod certain;
mod code;
pub mod document;
mod finding;
mod listed;
mod server;
mod stale;

pub use code::{Code, Severity};
use document::VerdictDocument;

use super::given::{GivenPlan, Source};
use super::{Assumption, Request, Start, plan};
use crate::catalog::Catalog;
use crate::fact::{HostFacts, Value};
use assign::{Assign, Assigned};
use finding::Found;
use listed::{Listed, listed};
use server::OnServer;
use std::fmt;
use std::sync::Arc;

/// A server with its facts, and where they were recorded.
#[derive(Clone, Copy)]
pub struct Server<'a> {
    /// Its name.
    pub host: &'a str,
    /// What is known of it.
    pub facts: &'a dyn HostFacts,
    /// The file that it is recorded in.
    pub file: &'a str,
    /// The line there.
    pub line: usize,
}

impl fmt::Debug for Server<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("host", &self.host)
            .field("file", &self.file)
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}

/// A plan and the file that it stands in.
#[derive(Clone, Debug)]
pub struct InFile<'a> {
    /// The file.
    pub source: &'a Source,
    /// The plan.
    pub plan: &'a GivenPlan,
}

/// Everything that the verdict rests on.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The catalog.
    pub catalog: &'a Catalog,
    /// The plans, in the order in which they were given.
    pub plans: &'a [InFile<'a>],
    /// The servers.
    pub servers: &'a [Server<'a>],
    /// Parameters for what a plan does not give itself.
    pub parameters: &'a [(Arc<str>, Value)],
    /// What is taken to be true of every server. None contradicts a server's facts; one that does is passed over with it.
    pub assumptions: &'a [Assumption],
}

/// Whether something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Holds,
    /// It does not.
    Violated,
    /// Not enough is known to say.
    NotKnown,
}

impl Verdict {
    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Violated => "violated",
            Self::NotKnown => "not_known",
        }
    }

    fn of(worst: Option<Severity>) -> Self {
        match worst {
            Some(Severity::Violated) => Self::Violated,
            Some(Severity::NotKnown) => Self::NotKnown,
            Some(Severity::Note) | None => Self::Holds,
        }
    }
}

/// Verifies every plan on each of its servers.
pub fn verify(question: &Question<'_>) -> VerdictDocument {
    let catalog = question.catalog;
    let mut found: Vec<Found> = question.plans.iter().map(|_| Found::default()).collect();
    let looked_up: Vec<Listed<'_>> = question
        .plans
        .iter()
        .zip(&mut found)
        .map(|(given, found)| listed(catalog, given.source, given.plan, question.parameters, found))
        .collect();
    let start = |server: usize| Start::observe(catalog, question.servers[server].facts, question.assumptions).ok();
    let status = |server: usize| {
        let request = Request { parameters: question.parameters.to_vec(), ..Request::default() };
        start(server).map(|start| plan(catalog, start, request).status)
    };
    let plans: Vec<&GivenPlan> = question.plans.iter().map(|given| given.plan).collect();
    let assign = Assign { plans: &plans, listed: &looked_up, servers: question.servers };
    let assigned = assign.run(&mut found, &start, &status);
    for (at, servers) in assigned.servers.iter().enumerate() {
        for server in servers {
            let Some(start) = start(*server) else { continue };
            let on = OnServer {
                catalog,
                given: plans[at],
                listed: &looked_up[at],
                server: *server,
                start: &start,
                single: question.servers.len() == 1,
            };
            on.check(&mut found[at]);
        }
    }
    let Assigned { servers, without } = assigned;
    document::document(question, &looked_up, found, &servers, &without)
}
