//! What a person does who carries a plan out: begins it, goes on after whatever happens, attests, restarts.

use crate::machine::{Disk, Frail, Fuse, Killed};
use crate::oracle::World;
use cutover::catalog::{Catalog, Performer};
use cutover::execute::document::RunDocument;
use cutover::execute::journal::JournalError;
use cutover::execute::{Job, Options, Simulated, apply, resume};
use cutover::fact::Value;
use cutover::plan::given::{self, Format, GivenPlan, Source};
use cutover::plan::{Plan, Request, Start, plan};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// A plan on paper.
pub struct Paper {
    pub source: Source,
    pub given: GivenPlan,
}

/// The plan as `cutover plan` writes it for a server of that name.
pub fn paper(plan: &Plan<'_>, host: &str) -> Paper {
    let text = serde_json::to_string(&plan.document_of_this_order(host)).expect("JSON");
    let source = Source::new("plan.json", text);
    let given = given::read(source.text(), Format::Json).remove(0).expect("a plan");
    Paper { source, given }
}

/// The plan for a simulated server.
pub fn planned<'c>(catalog: &'c Catalog, server: &Simulated<'c>, request: &Request) -> Plan<'c> {
    plan(catalog, Start::known(catalog, server), request.clone())
}

/// How a person carries a plan out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// The runner acts and may restart.
    Alone,
    /// The runner acts, and a person restarts.
    ByHand,
    /// Others act, and a person restarts.
    Watching,
}

/// A way that came to its end, or did not.
pub struct Way {
    /// The reports, one of each run that was not killed.
    pub reports: Vec<RunDocument>,
    /// How often the runner was killed.
    pub killed: usize,
    /// What was found wrong.
    pub wrong: Vec<String>,
}

impl Way {
    /// How it ended.
    pub fn status(&self) -> &'static str {
        self.reports.last().map_or("", |report| report.status)
    }
}

/// The job of a paper, in this manner.
pub fn job<'c>(catalog: &'c Catalog, paper: &'c Paper, manner: Manner) -> Job<'c> {
    let acts = if manner == Manner::Watching { "console" } else { "cutover" };
    let set = [(Arc::from("host_steps"), Value::Choice(Arc::from(acts)))];
    Job::read(catalog, &paper.source, &paper.given, &set).expect("a plan to carry out")
}

/// Carries a plan out to its end; the runner is killed where the fuse says, and started again.
pub fn carry_out<'c>(world: &World<'c>, job: &Job<'c>, server: &mut Simulated<'c>, manner: Manner, fuse: &Fuse) -> Way {
    let console = world.scenario.steps.iter().filter(|step| step.action.performed_by == Performer::Console);
    let options = Options {
        restart: manner == Manner::Alone,
        attest: console.map(|step| step.id.to_string()).collect(),
        by: "somebody".to_owned(),
        plan: "plan.json".to_owned(),
        ..Options::default()
    };
    let (disk, wrong) = (Disk::default(), RefCell::new(Vec::new()));
    let mut way = Way { reports: Vec::new(), killed: 0, wrong: Vec::new() };
    for _ in 0..40 {
        let ran = catch_unwind(AssertUnwindSafe(|| {
            let journal = disk.journal(fuse);
            let mut host = Frail { server, fuse: fuse.clone(), world, wrong: &wrong };
            match journal {
                Ok(journal) if journal.entries().is_empty() => apply(job, &mut host, &options, || Ok(journal), &mut |_| {}),
                Ok(journal) => resume(job, &mut host, &options, journal, &mut |_| {}),
                Err(error) => panic!("{error}"),
            }
        }));
        match ran {
            Ok(Ok(report)) => {
                let status = report.status;
                way.reports.push(report);
                match status {
                    "restart" if manner != Manner::Alone => server.restart_by_hand(job),
                    _ => break,
                }
            }
            Ok(Err(error)) => panic!("{error}"),
            Err(payload) if payload.is::<Killed>() => way.killed += 1,
            Err(payload) => std::panic::resume_unwind(payload),
        }
    }
    assert!(!matches!(disk.journal(&Fuse::wet()), Err(JournalError::Damaged { .. })), "the journal is whole");
    way.wrong = wrong.into_inner();
    way
}
