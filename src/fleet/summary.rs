//! Summaries that add up: of servers, and of parts of an estate.
//!
//! A summary is nothing but counts, sums, greatest values, least names and sets of words, so that parts may be merged in any
//! order and any grouping.

use super::answer::{Answer, Cause, Class, Exposed, First, InTheWay};
use super::document::{
    Asked, CauseDocument, ClassDocument, ExposedDocument, FindingDocument, FirstDocument, Missing, RebootsDocument, SCHEMA,
    Statuses, SummaryDocument, UnknownDocument,
};
use crate::plan::Status;
use crate::suggest::excerpt;
use serde_json::Value as Json;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is to be said of many servers together.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    catalog: String,
    asked: Asked,
    classes: BTreeMap<Class, Members>,
    blockers: BTreeMap<Cause, Failing>,
    not_supported: BTreeMap<Cause, Failing>,
    exposures: BTreeMap<Arc<str>, Exposures>,
    unknowns: BTreeMap<Arc<Missing>, Hanging>,
    findings: BTreeMap<Arc<str>, u64>,
}

/// The servers of a class.
#[derive(Clone, Debug, PartialEq)]
struct Members {
    servers: u64,
    example: String,
}

/// The servers on which a test fails.
#[derive(Clone, Debug, Default, PartialEq)]
struct Failing {
    servers: u64,
    alone: u64,
    seen: BTreeMap<Arc<str>, u64>,
    steps: BTreeSet<Arc<str>>,
    remedies: BTreeSet<Arc<str>>,
}

/// The servers that are exposed.
#[derive(Clone, Debug, Default, PartialEq)]
struct Exposures {
    servers: u64,
    minutes: u64,
    longest: u32,
    with_restart: u64,
    open: u64,
}

/// The servers that hang on something.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Hanging {
    servers: u64,
    alone: u64,
}

/// Why summaries cannot be merged, or why a document is no summary.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct MergeError {
    message: String,
    help: &'static str,
}

impl MergeError {
    /// What to do.
    pub fn help(&self) -> &'static str {
        self.help
    }
}

fn add(count: &mut u64, more: u64) {
    *count = count.saturating_add(more);
}

impl Summary {
    /// A summary of no server.
    pub(super) fn new(catalog: &str, asked: Asked) -> Self {
        Self {
            catalog: catalog.to_owned(),
            asked,
            classes: BTreeMap::new(),
            blockers: BTreeMap::new(),
            not_supported: BTreeMap::new(),
            exposures: BTreeMap::new(),
            unknowns: BTreeMap::new(),
            findings: BTreeMap::new(),
        }
    }

    /// Adds so many servers that have this answer.
    pub(super) fn add(&mut self, answer: &Answer, servers: u64, example: &str) {
        let way = &answer.way;
        self.class(&way.class, servers, example);
        let supported = way.class.status != Status::NotApplicable;
        let causes = if supported { &mut self.blockers } else { &mut self.not_supported };
        add_causes(causes, &way.causes, servers);
        for Exposed { invariant, minutes, longest, open, restart } in &way.exposures {
            let exposed = self.exposures.entry(Arc::clone(invariant)).or_default();
            add(&mut exposed.servers, servers);
            add(&mut exposed.minutes, servers.saturating_mul(u64::from(*minutes)));
            exposed.longest = exposed.longest.max(*longest);
            add(&mut exposed.with_restart, if *restart { servers } else { 0 });
            add(&mut exposed.open, if *open { servers } else { 0 });
        }
        for missing in &way.hangs_on {
            let hanging = self.unknowns.entry(Arc::clone(missing)).or_default();
            add(&mut hanging.servers, servers);
            add(&mut hanging.alone, if way.hangs_on.len() == 1 { servers } else { 0 });
        }
        let of_server = answer.findings.iter().filter(|id| !way.findings.contains(*id));
        for id in of_server.chain(&way.findings) {
            add(self.findings.entry(Arc::clone(id)).or_default(), servers);
        }
    }

    fn class(&mut self, class: &Class, servers: u64, example: &str) {
        match self.classes.get_mut(class) {
            Some(members) => {
                add(&mut members.servers, servers);
                if *example < *members.example {
                    example.clone_into(&mut members.example);
                }
            }
            None => {
                self.classes.insert(class.clone(), Members { servers, example: example.to_owned() });
            }
        }
    }

    /// Adds another part of the same estate.
    ///
    /// # Errors
    ///
    /// Where the parts rest on different catalogs or questions; both are named.
    pub fn merge(&mut self, other: &Self) -> Result<(), MergeError> {
        self.matches(other)?;
        self.absorb(other);
        Ok(())
    }

    /// Adds another part of the same question.
    pub(super) fn absorb(&mut self, other: &Self) {
        for (class, Members { servers, example }) in &other.classes {
            self.class(class, *servers, example);
        }
        for (causes, more) in [(&mut self.blockers, &other.blockers), (&mut self.not_supported, &other.not_supported)] {
            for (cause, failing) in more {
                causes.entry(cause.clone()).or_default().merge(failing);
            }
        }
        for (invariant, more) in &other.exposures {
            self.exposures.entry(Arc::clone(invariant)).or_default().merge(more);
        }
        for (missing, more) in &other.unknowns {
            let hanging = self.unknowns.entry(Arc::clone(missing)).or_default();
            add(&mut hanging.servers, more.servers);
            add(&mut hanging.alone, more.alone);
        }
        for (id, servers) in &other.findings {
            add(self.findings.entry(Arc::clone(id)).or_default(), *servers);
        }
    }

    /// Whether the parts rest on the same catalog and question.
    fn matches(&self, other: &Self) -> Result<(), MergeError> {
        let help = "plan all parts with the same program, catalog, parameters and options";
        let differ = |what: &str, one: &str, two: &str| {
            let message = format!("{what} is {} here and {} in the parts before", excerpt(two), excerpt(one));
            Err(MergeError { message, help })
        };
        let (one, two) = (&self.asked, &other.asked);
        let named = |scenario: &Option<String>| scenario.clone().unwrap_or_else(|| "the one that applies".to_owned());
        if self.catalog != other.catalog {
            return differ("the catalog", &self.catalog, &other.catalog);
        }
        if one.scenario != two.scenario {
            return differ("the scenario", &named(&one.scenario), &named(&two.scenario));
        }
        if one.order != two.order {
            return differ("the order of the steps", &one.order, &two.order);
        }
        if one.without_supplements != two.without_supplements {
            let kept = |asked: &Asked| if asked.without_supplements { "left out" } else { "kept" };
            return differ("what becomes of supplements", kept(one), kept(two));
        }
        for (what, one, two) in [("parameter", &one.parameters, &two.parameters), ("assumed fact", &one.assumed, &two.assumed)] {
            let all: BTreeSet<&String> = one.keys().chain(two.keys()).collect();
            let given = |values: &BTreeMap<String, Json>, name: &String| {
                values.get(name).map_or_else(|| "not given".to_owned(), Json::to_string)
            };
            if let Some(name) = all.into_iter().find(|name| one.get(*name) != two.get(*name)) {
                return differ(&format!("the {what} `{}`", excerpt(name)), &given(one, name), &given(two, name));
            }
        }
        Ok(())
    }

    /// How many servers there are.
    pub fn servers(&self) -> u64 {
        self.classes.values().fold(0, |sum, members| sum.saturating_add(members.servers))
    }

    /// How many servers have each status.
    pub fn statuses(&self) -> Statuses {
        let mut statuses = Statuses::default();
        for (class, members) in &self.classes {
            add(statuses.of(class.status), members.servers);
        }
        statuses
    }

    /// The document.
    pub fn document(&self) -> SummaryDocument {
        let mut classes: Vec<_> = self.classes.iter().map(|(class, members)| class.document(members)).collect();
        classes.sort_by_key(|row| Reverse(row.servers));
        let mut reboots: BTreeMap<_, u64> = BTreeMap::new();
        for (class, members) in self.classes.iter().filter(|(class, _)| class.status != Status::NotApplicable) {
            add(reboots.entry(class.reboots).or_default(), members.servers);
        }
        let mut unknowns: Vec<_> = self
            .unknowns
            .iter()
            .map(|(missing, hanging)| UnknownDocument {
                missing: Missing::clone(missing),
                servers: hanging.servers,
                alone: hanging.alone,
            })
            .collect();
        unknowns.sort_by_key(|row| Reverse(row.servers));
        let mut findings: Vec<_> =
            self.findings.iter().map(|(id, servers)| FindingDocument { id: id.to_string(), servers: *servers }).collect();
        findings.sort_by_key(|row| Reverse(row.servers));
        SummaryDocument {
            schema: SCHEMA.to_owned(),
            catalog: self.catalog.clone(),
            asked: self.asked.clone(),
            servers: self.servers(),
            statuses: self.statuses(),
            classes,
            blockers: causes(&self.blockers),
            not_supported: causes(&self.not_supported),
            exposures: self.exposures.iter().map(|(invariant, exposed)| exposed.document(invariant)).collect(),
            reboots: reboots
                .into_iter()
                .map(|(reboots, servers)| RebootsDocument { certain: reboots.certain, possible: reboots.possible, servers })
                .collect(),
            unknowns,
            findings,
        }
    }

    /// Reads a document.
    ///
    /// # Errors
    ///
    /// Where it is no summary, or does not add up.
    pub fn read(document: &SummaryDocument) -> Result<Self, MergeError> {
        if document.schema != SCHEMA {
            let message = format!("expected the schema `{SCHEMA}`, found `{}`", excerpt(&document.schema));
            return Err(MergeError { message, help: "cutover plan FACTS --summary --format json writes summaries" });
        }
        let mut summary = Self::new(&document.catalog, document.asked.clone());
        for row in &document.classes {
            let Some(status) = Status::ALL.into_iter().find(|status| status.name() == row.status) else {
                let message = format!("there is no status `{}`", excerpt(&row.status));
                return Err(MergeError { message, help: "merge summaries as they were written" });
            };
            summary.class(&Class::read(row, status), row.servers, &row.example);
        }
        read_causes(&mut summary.blockers, &document.blockers);
        read_causes(&mut summary.not_supported, &document.not_supported);
        for row in &document.exposures {
            let ExposedDocument { invariant: _, servers, minutes, longest, with_restart, open } = *row;
            let exposed = summary.exposures.entry(Arc::from(row.invariant.as_str())).or_default();
            exposed.merge(&Exposures { servers, minutes, longest, with_restart, open });
        }
        for row in &document.unknowns {
            let hanging = summary.unknowns.entry(Arc::new(row.missing.clone())).or_default();
            add(&mut hanging.servers, row.servers);
            add(&mut hanging.alone, row.alone);
        }
        for row in &document.findings {
            add(summary.findings.entry(Arc::from(row.id.as_str())).or_default(), row.servers);
        }
        let adds_up = summary.servers() == document.servers && summary.statuses() == document.statuses;
        if adds_up && summary.document().reboots == document.reboots {
            return Ok(summary);
        }
        let message = "the numbers of servers do not add up".to_owned();
        Err(MergeError { message, help: "merge summaries as they were written" })
    }
}

impl Statuses {
    fn of(&mut self, status: Status) -> &mut u64 {
        match status {
            Status::NotApplicable => &mut self.not_applicable,
            Status::Blocked => &mut self.blocked,
            Status::Undetermined => &mut self.undetermined,
            Status::ReadyIf => &mut self.ready_if,
            Status::Done => &mut self.done,
            Status::Ready => &mut self.ready,
        }
    }

    /// The servers of each status by its name, in the order in which people read them.
    pub fn named(&self) -> [(&'static str, u64); 6] {
        [
            ("ready", self.ready),
            ("ready_if", self.ready_if),
            ("blocked", self.blocked),
            ("undetermined", self.undetermined),
            ("done", self.done),
            ("not_applicable", self.not_applicable),
        ]
    }
}

/// Adds servers to each test that fails on them, once for each, and to each place where it does.
fn add_causes(causes: &mut BTreeMap<Cause, Failing>, in_the_way: &[InTheWay], servers: u64) {
    let mut counted: Vec<&Cause> = Vec::new();
    for InTheWay { cause, step, seen, remedy } in in_the_way {
        let failing = causes.entry(cause.clone()).or_default();
        failing.steps.insert(Arc::clone(step));
        failing.remedies.insert(Arc::clone(remedy));
        if counted.contains(&cause) {
            continue;
        }
        counted.push(cause);
        add(&mut failing.servers, servers);
        if let Some(word) = seen {
            add(failing.seen.entry(Arc::clone(word)).or_default(), servers);
        }
        if in_the_way.iter().all(|other| other.cause == *cause) {
            add(&mut failing.alone, servers);
        }
    }
}

impl Failing {
    fn merge(&mut self, other: &Self) {
        add(&mut self.servers, other.servers);
        add(&mut self.alone, other.alone);
        for (word, servers) in &other.seen {
            add(self.seen.entry(Arc::clone(word)).or_default(), *servers);
        }
        self.steps.extend(other.steps.iter().cloned());
        self.remedies.extend(other.remedies.iter().cloned());
    }
}

impl Exposures {
    fn merge(&mut self, other: &Self) {
        add(&mut self.servers, other.servers);
        add(&mut self.minutes, other.minutes);
        self.longest = self.longest.max(other.longest);
        add(&mut self.with_restart, other.with_restart);
        add(&mut self.open, other.open);
    }

    fn document(&self, invariant: &Arc<str>) -> ExposedDocument {
        let Self { servers, minutes, longest, with_restart, open } = *self;
        ExposedDocument { invariant: invariant.to_string(), servers, minutes, longest, with_restart, open }
    }
}

impl Class {
    fn document(&self, members: &Members) -> ClassDocument {
        let first =
            |first: &First| FirstDocument { step: first.step.as_ref().map(ToString::to_string), name: first.name.to_string() };
        ClassDocument {
            status: self.status.name().to_owned(),
            scenario: self.scenario.as_ref().map(ToString::to_string),
            servers: members.servers,
            example: members.example.clone(),
            steps: self.steps.iter().map(ToString::to_string).collect(),
            minutes: self.minutes,
            reboots: self.reboots,
            first: self.first.as_ref().map(first),
        }
    }

    fn read(row: &ClassDocument, status: Status) -> Self {
        let first =
            |first: &FirstDocument| First { step: first.step.as_deref().map(Arc::from), name: Arc::from(first.name.as_str()) };
        Self {
            status,
            scenario: row.scenario.as_deref().map(Arc::from),
            steps: row.steps.iter().map(|step| Arc::from(step.as_str())).collect(),
            minutes: row.minutes,
            reboots: row.reboots,
            first: row.first.as_ref().map(first),
        }
    }
}

/// What blocks most first.
fn causes(causes: &BTreeMap<Cause, Failing>) -> Vec<CauseDocument> {
    let mut rows: Vec<_> = causes
        .iter()
        .map(|(cause, failing)| CauseDocument {
            fact: cause.fact.as_ref().map(ToString::to_string),
            parameter: cause.parameter.as_ref().map(ToString::to_string),
            needs: serde_json::from_str(&cause.needs).unwrap_or_default(),
            invariant: cause.invariant.as_ref().map(ToString::to_string),
            servers: failing.servers,
            alone: failing.alone,
            seen: failing.seen.iter().map(|(word, servers)| (word.to_string(), *servers)).collect(),
            steps: failing.steps.iter().map(ToString::to_string).collect(),
            remedies: failing.remedies.iter().map(ToString::to_string).collect(),
        })
        .collect();
    rows.sort_by_key(|row| Reverse(row.servers));
    rows
}

fn read_causes(causes: &mut BTreeMap<Cause, Failing>, rows: &[CauseDocument]) {
    for row in rows {
        let cause = Cause {
            fact: row.fact.as_deref().map(Arc::from),
            parameter: row.parameter.as_deref().map(Arc::from),
            needs: if row.needs.is_null() { Arc::from("") } else { Arc::from(row.needs.to_string()) },
            invariant: row.invariant.as_deref().map(Arc::from),
        };
        causes.entry(cause).or_default().merge(&Failing {
            servers: row.servers,
            alone: row.alone,
            seen: row.seen.iter().map(|(word, servers)| (Arc::from(word.as_str()), *servers)).collect(),
            steps: row.steps.iter().map(|step| Arc::from(step.as_str())).collect(),
            remedies: row.remedies.iter().map(|remedy| Arc::from(remedy.as_str())).collect(),
        });
    }
}
