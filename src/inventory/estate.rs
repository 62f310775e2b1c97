//! What all sources together say of each server.
//!
//! Every fact keeps where it comes from and when that was recorded. Of one producer the newer statement counts; where two
//! producers contradict each other the fact is unknown, with both named. A fact that no row says is unknown for a reason.

use super::join::{self, Aliases, Ambiguity, At, Group, LeftOut, place};
use super::part::Part;
use super::record::{About, Claims, Said, SourceRow};
use super::statement::{Dated, Doubt, Statement, of_fact};
use crate::fact::{FactId, Own, Snapshot, Value, Vocabulary};
use crate::suggest::excerpt;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// How rows are put together.
#[derive(Clone, Debug, Default)]
pub struct Joining {
    /// Which names mean the same server.
    pub aliases: Aliases,
    /// The oldest that a statement may be, and when that is counted from.
    pub max_age: Option<(SignedDuration, Timestamp)>,
}

/// All servers.
#[derive(Debug, Default)]
pub struct Estate {
    /// In the order in which the files name them first.
    pub servers: Vec<Server>,
    /// Rows that cannot be told to be about one server.
    pub ambiguities: Vec<Ambiguity>,
    /// Why rows that were understood are not used: the part, the reason, and how many.
    pub left_out: Vec<(usize, &'static str, u64)>,
}

/// A server.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its name in lower case.
    pub host: String,
    /// What is said of facts of a user's own that no catalog declares, by name.
    pub own: BTreeMap<Box<str>, Own>,
    /// When the newest statement about it was recorded.
    pub taken_at: Option<Timestamp>,
    /// What its rows come to, which servers share of which rows say the same.
    facts: Arc<Facts>,
    /// The rows that are believed, and when they were recorded.
    rows: Vec<Dated>,
    sources: Arc<Sources>,
}

/// What rows come to.
#[derive(Debug, Default)]
struct Facts {
    /// What is known, by fact.
    known: Vec<Learned>,
    /// What is not for a reason that these rows give, by fact.
    doubts: Vec<Doubt>,
}

/// The parts that say something of some servers, which these servers share.
#[derive(Debug)]
struct Sources {
    parts: BTreeSet<usize>,
    /// Of each fact why it is not known where no row says anything of it.
    silence: Vec<(FactId, Arc<str>)>,
}

/// A fact that is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Learned {
    /// The fact.
    pub fact: FactId,
    /// Its value.
    pub value: Value,
    /// The row that says so, of those of the server.
    pub(super) row: u32,
}

impl Server {
    /// What is known of it, by fact.
    pub fn facts(&self) -> &[Learned] {
        &self.facts.known
    }

    /// The row that says so, and when that was recorded.
    pub fn source(&self, learned: &Learned) -> (&SourceRow, Option<Timestamp>) {
        let (row, at) = &self.rows[learned.row as usize];
        (row, *at)
    }

    /// What is not known of it, and why, by fact.
    pub fn unknown(&self) -> impl Iterator<Item = (FactId, Arc<str>)> {
        let mut known = self.facts.known.iter().map(|learned| learned.fact).peekable();
        let mut doubts = self.facts.doubts.iter().peekable();
        self.sources.silence.iter().filter_map(move |(fact, silence)| {
            if known.next_if_eq(fact).is_some() {
                return None;
            }
            let reason = match doubts.next_if(|doubt| doubt.fact == *fact) {
                None => Arc::clone(silence),
                Some(Doubt { reason, row: None, .. }) => Arc::clone(reason),
                Some(Doubt { reason, row: Some(row), .. }) => format!("{reason} ({})", self.rows[*row as usize].0).into(),
            };
            Some((*fact, reason))
        })
    }

    /// The parts that say something of it.
    pub fn sources(&self) -> &BTreeSet<usize> {
        &self.sources.parts
    }

    /// What the planner sees.
    pub fn snapshot(&self) -> Snapshot {
        let facts = self.facts.known.iter().map(|learned| (learned.fact, learned.value.clone())).collect();
        let own = self.own.iter().map(|(name, own)| (name.clone(), own.clone())).collect();
        Snapshot::new(self.host.clone(), facts, self.unknown().collect()).with_own(own)
    }
}

/// A row that is believed of a server.
#[derive(Clone, Copy)]
struct Believed<'p> {
    claims: &'p Arc<Claims>,
    producer: &'static str,
}

/// Puts everything that was read together.
pub fn estate(vocabulary: &Vocabulary, parts: &[Part<'_>], joining: &Joining) -> Estate {
    let mut left_out = LeftOut::new();
    let rows = join::rows(parts, &joining.aliases, &mut left_out);
    let joined = join::join(&rows, parts, left_out);
    let mut subscriptions: HashMap<&str, Vec<At>> = HashMap::new();
    for (part, of) in (0_u32..).zip(parts) {
        for (row, record) in (0_u32..).zip(&of.records) {
            if let About::Subscription(id) = &record.claims.about {
                subscriptions.entry(id).or_default().push((part, row));
            }
        }
    }
    let mut could: Vec<Vec<usize>> = vec![Vec::new(); vocabulary.len()];
    for (part, of) in parts.iter().enumerate() {
        for fact in &of.could {
            could[fact.index()].push(part);
        }
    }
    let mut merge = Merge {
        vocabulary,
        parts,
        joining,
        could,
        sources: BTreeMap::new(),
        named: Vec::new(),
        believed: Vec::new(),
        statements: Vec::new(),
        alike: HashMap::new(),
    };
    let servers = joined.groups.iter().map(|group| {
        let azure = group.names.azure.and_then(subscription);
        let shared = azure.and_then(|id| subscriptions.get(id)).map(Vec::as_slice).unwrap_or_default();
        merge.server(group, shared)
    });
    let servers = servers.collect();
    let left_out = joined.left_out.into_iter().map(|((part, reason), rows)| (part as usize, reason, rows)).collect();
    Estate { servers, ambiguities: joined.ambiguities, left_out }
}

/// The subscription in a resource id.
fn subscription(id: &str) -> Option<&str> {
    id.strip_prefix("/subscriptions/")?.split('/').next()
}

struct Merge<'p, 'v> {
    vocabulary: &'v Vocabulary,
    parts: &'p [Part<'v>],
    joining: &'p Joining,
    /// For each fact the parts whose rows could have said it.
    could: Vec<Vec<usize>>,
    /// What servers share of which the same parts say something.
    sources: BTreeMap<Vec<usize>, Arc<Sources>>,
    /// The parts of the rows of a server, its rows, and what these say; kept for their room.
    named: Vec<usize>,
    believed: Vec<Believed<'p>>,
    statements: Vec<Statement<'p>>,
    /// What a row comes to where a server has no other, by what the row says.
    alike: HashMap<*const Claims, Arc<Facts>>,
}

impl<'p> Merge<'p, '_> {
    fn server(&mut self, group: &Group<'_>, shared: &[At]) -> Server {
        let mut believed = std::mem::take(&mut self.believed);
        believed.clear();
        let mut rows = Vec::with_capacity(group.rows.len() + shared.len());
        // Why what no row says is not known, where that holds of this server alone.
        let mut apart: BTreeMap<FactId, String> = BTreeMap::new();
        let mut own: BTreeMap<Box<str>, Own> = BTreeMap::new();
        let mut taken_at = None;
        for at in group.rows.iter().chain(shared) {
            let part = &self.parts[at.0 as usize];
            let record = &part.records[at.1 as usize];
            let seen = part.recorded(record);
            if let Some(reason) = self.is_too_old(*at, seen) {
                apart.extend(record.claims.facts.iter().map(|(fact, _)| (*fact, reason.clone())));
                continue;
            }
            taken_at = taken_at.max(seen);
            record.claims.own.iter().for_each(|(name, said)| take_own(&mut own, name, said));
            believed.push(Believed { claims: &record.claims, producer: producer(part.format) });
            rows.push((part.place(record), seen));
        }
        self.leave_unsaid(group, &mut apart);
        let facts = match believed.as_slice() {
            [one] if apart.is_empty() => self.of_one_row(*one, &rows),
            _ => Arc::new(self.facts(&believed, &rows, apart)),
        };
        self.believed = believed;
        let sources = self.sources(group.rows.iter().chain(shared).map(|at| at.0 as usize));
        Server { host: group.names.host().into_owned(), own, taken_at, facts, rows, sources }
    }

    /// What a row comes to that is the only one of its server.
    fn of_one_row(&mut self, one: Believed<'p>, rows: &[Dated]) -> Arc<Facts> {
        let claims = Arc::as_ptr(one.claims);
        if let Some(known) = self.alike.get(&claims) {
            return Arc::clone(known);
        }
        let facts = Arc::new(self.facts(&[one], rows, BTreeMap::new()));
        // A reason that names the row itself is of this one alone.
        if Arc::strong_count(one.claims) > 1 && facts.doubts.iter().all(|doubt| doubt.row.is_some()) {
            self.alike.insert(claims, Arc::clone(&facts));
        }
        facts
    }

    /// What rows come to; `apart` has reasons for what none of them says.
    fn facts(&mut self, believed: &[Believed<'p>], rows: &[Dated], mut apart: BTreeMap<FactId, String>) -> Facts {
        let mut statements = std::mem::take(&mut self.statements);
        statements.clear();
        for (row, Believed { claims, producer }) in (0..).zip(believed) {
            statements.extend(claims.facts.iter().map(|(fact, said)| Statement { fact: *fact, said, row, producer }));
        }
        statements.sort_by_key(|statement| statement.fact);
        let mut facts = Facts::default();
        facts.known.reserve_exact(statements.len());
        for said in statements.chunk_by(|one, other| one.fact == other.fact) {
            match of_fact(said, rows) {
                Some(Ok(learned)) => facts.known.push(learned),
                Some(Err(doubt)) => facts.doubts.push(doubt),
                None => continue,
            }
            apart.remove(&said[0].fact);
        }
        self.statements = statements;
        if !apart.is_empty() {
            facts.doubts.extend(apart.into_iter().map(|(fact, reason)| Doubt { fact, reason: reason.into(), row: None }));
            facts.doubts.sort_by_key(|doubt| doubt.fact);
        }
        facts
    }

    /// What servers share of which these parts say something.
    fn sources(&mut self, parts: impl Iterator<Item = usize>) -> Arc<Sources> {
        self.named.clear();
        self.named.extend(parts);
        self.named.sort_unstable();
        self.named.dedup();
        if let Some(known) = self.sources.get(&self.named) {
            return Arc::clone(known);
        }
        let parts: BTreeSet<usize> = self.named.iter().copied().collect();
        let mut reasons: HashMap<String, Arc<str>> = HashMap::new();
        let silence = self.vocabulary.ids().map(|fact| {
            let reason = self.why_unsaid(fact, &parts);
            (fact, Arc::clone(reasons.entry(reason).or_insert_with_key(|reason| reason.as_str().into())))
        });
        let silence = silence.collect();
        let sources = Arc::new(Sources { parts, silence });
        self.sources.insert(self.named.clone(), Arc::clone(&sources));
        sources
    }

    fn is_too_old(&self, at: At, seen: Option<Timestamp>) -> Option<String> {
        let (most, now) = self.joining.max_age?;
        let Some(seen) = seen else { return Some(format!("its age is not known ({})", self.place(at))) };
        let age = now.duration_since(seen);
        (age > most).then(|| format!("recorded {} ago, which is too old ({})", spoken(age), self.place(at)))
    }

    fn place(&self, at: At) -> SourceRow {
        place(self.parts, at)
    }

    /// Takes note of what only rows say that may not be about this server.
    fn leave_unsaid(&self, group: &Group<'_>, apart: &mut BTreeMap<FactId, String>) {
        let doubted = group.doubted.iter().map(|at| (at, "there are two living records of this server"));
        let perhaps = group.perhaps.iter().map(|at| (at, "a row may be about this server or another one"));
        for (at, reason) in doubted.chain(perhaps) {
            let claims = &self.parts[at.0 as usize].records[at.1 as usize].claims;
            for (fact, _) in claims.facts.iter().filter(|(_, said)| !matches!(said, Said::Unknown(_))) {
                apart.entry(*fact).or_insert_with(|| format!("{reason} ({})", self.place(*at)));
            }
        }
    }

    /// Why a fact is not known of which no row of these parts says anything.
    fn why_unsaid(&self, fact: FactId, parts: &BTreeSet<usize>) -> String {
        let could = &self.could[fact.index()];
        if let Some(part) = could.iter().find(|part| parts.contains(part)) {
            return [&*self.parts[*part].file, " does not say it of this server"].concat();
        }
        if let Some(part) = could.first() {
            return [&*self.parts[*part].file, " has no row for this server"].concat();
        }
        "none of the files could say it".to_owned()
    }
}

/// Takes what a row says of a fact of a user's own.
fn take_own(own: &mut BTreeMap<Box<str>, Own>, name: &str, said: &Own) {
    let known = own.entry(name.into()).or_insert_with(|| said.clone());
    if let (Own::Text(one), Own::Text(other)) = (&*known, said)
        && !one.eq_ignore_ascii_case(other)
    {
        let (one, other) = (excerpt(one), excerpt(other));
        *known = Own::Unclear(format!("the sources contradict each other: {one} and {other}").into());
    }
}

/// Who wrote a file: the views and pages of one product come from one place, with different delays.
fn producer(format: &'static str) -> &'static str {
    match format.split('-').next().unwrap_or(format) {
        "hunting" => "defender",
        "cmpivot" => "mecm",
        first => first,
    }
}

/// A time span in days or hours, as people say it.
fn spoken(age: SignedDuration) -> String {
    let hours = age.as_hours();
    if hours >= 48 { format!("{} days", hours / 24) } else { format!("{hours} hours") }
}
