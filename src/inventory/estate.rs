//! What all sources together say of each server.
//!
//! Every fact keeps where it comes from and when that was recorded. Of one producer the newer statement counts; where two
//! producers contradict each other the fact is unknown, with both named. A fact that no row says is unknown for a reason.

use super::join::{self, Aliases, Ambiguity, At, Group, place};
use super::part::Part;
use super::record::{About, Said};
use crate::fact::{FactId, Own, Snapshot, Value, Version, Vocabulary, Word};
use crate::suggest::excerpt;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashMap};

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
    /// What is known of it, by fact.
    pub facts: Vec<Learned>,
    /// What is not, and why.
    pub unknown: Vec<(FactId, String)>,
    /// What is said of facts of a user's own that no catalog declares, by name.
    pub own: BTreeMap<Box<str>, Own>,
    /// When the newest statement about it was recorded.
    pub taken_at: Option<Timestamp>,
    /// The parts that say something of it.
    pub sources: BTreeSet<usize>,
}

/// A fact that is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Learned {
    /// The fact.
    pub fact: FactId,
    /// Its value.
    pub value: Value,
    /// The row that says so, as people look it up.
    pub source: String,
    /// When that was recorded.
    pub at: Option<Timestamp>,
}

impl Server {
    /// What the planner sees.
    pub fn snapshot(&self) -> Snapshot {
        let facts = self.facts.iter().map(|learned| (learned.fact, learned.value.clone())).collect();
        let own = self.own.iter().map(|(name, own)| (name.clone(), own.clone())).collect();
        Snapshot::new(self.host.clone(), facts, self.unknown.clone()).with_own(own)
    }
}

/// What a row says of a fact.
struct Statement<'p> {
    said: &'p Said,
    at: At,
    seen: Option<Timestamp>,
    producer: &'static str,
}

/// Puts everything that was read together.
pub fn estate(vocabulary: &Vocabulary, parts: &[Part<'_>], joining: &Joining) -> Estate {
    let joined = join::join(parts, &joining.aliases);
    let mut subscriptions: HashMap<&str, Vec<At>> = HashMap::new();
    for (part, of) in (0_u32..).zip(parts) {
        for (row, record) in (0_u32..).zip(&of.records) {
            if let About::Subscription(id) = &record.about {
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
    let merge = Merge { vocabulary, parts, joining, could };
    let servers = joined.groups.iter().map(|group| {
        let azure = group.names.azure.as_deref().and_then(subscription);
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
}

impl Merge<'_, '_> {
    fn server(&self, group: &Group, shared: &[At]) -> Server {
        let mut statements: BTreeMap<FactId, Vec<Statement<'_>>> = BTreeMap::new();
        let mut too_old: BTreeMap<FactId, String> = BTreeMap::new();
        let mut server = Server {
            host: group.names.host().to_owned(),
            facts: Vec::new(),
            unknown: Vec::new(),
            own: BTreeMap::new(),
            taken_at: None,
            sources: BTreeSet::new(),
        };
        for at in group.rows.iter().chain(shared) {
            let part = &self.parts[at.0 as usize];
            let record = &part.records[at.1 as usize];
            let seen = part.recorded(record);
            server.sources.insert(at.0 as usize);
            if let Some(reason) = self.is_too_old(*at, seen) {
                too_old.extend(record.facts.iter().map(|(fact, _)| (*fact, reason.clone())));
                continue;
            }
            server.taken_at = server.taken_at.max(seen);
            for (name, own) in &record.own {
                let known = server.own.entry(name.clone()).or_insert_with(|| own.clone());
                if let (Own::Text(one), Own::Text(other)) = (&*known, own)
                    && !one.eq_ignore_ascii_case(other)
                {
                    let (one, other) = (excerpt(one), excerpt(other));
                    *known = Own::Unclear(format!("the sources contradict each other: {one} and {other}").into());
                }
            }
            for (fact, said) in &record.facts {
                statements.entry(*fact).or_default().push(Statement { said, at: *at, seen, producer: producer(part.format) });
            }
        }
        for fact in self.vocabulary.ids() {
            let said = statements.get(&fact).map(Vec::as_slice).unwrap_or_default();
            // Of most facts no row says anything.
            let learned = if said.is_empty() { None } else { self.fact(fact, said) };
            match learned {
                Some(Ok(learned)) => server.facts.push(learned),
                Some(Err(reason)) => server.unknown.push((fact, reason)),
                None => {
                    let reason = too_old.remove(&fact).unwrap_or_else(|| self.why_unsaid(fact, group, &server.sources));
                    server.unknown.push((fact, reason));
                }
            }
        }
        server
    }

    fn is_too_old(&self, at: At, seen: Option<Timestamp>) -> Option<String> {
        let (most, now) = self.joining.max_age?;
        let Some(seen) = seen else { return Some(format!("its age is not known ({})", self.place(at))) };
        let age = now.duration_since(seen);
        (age > most).then(|| format!("recorded {} ago, which is too old ({})", spoken(age), self.place(at)))
    }

    fn place(&self, at: At) -> String {
        place(self.parts, at)
    }

    /// What the statements about a fact come to; nothing where there are none.
    fn fact(&self, fact: FactId, statements: &[Statement<'_>]) -> Option<Result<Learned, String>> {
        let by_producer = self.newest(fact, statements);
        let mut learned: Option<Learned> = None;
        for known in by_producer.into_values() {
            let known = match known {
                Ok(known) => known,
                Err(conflict) => return Some(Err(conflict)),
            };
            learned = Some(match learned {
                None => known,
                Some(earlier) => match agree(&earlier.value, &known.value) {
                    Some(true) => known,
                    Some(false) => earlier,
                    None => return Some(Err(conflict(&earlier, &known))),
                },
            });
        }
        let found: BTreeSet<Word> = statements.iter().filter_map(|one| found(one.said)).map(Word::from).collect();
        if !found.is_empty() {
            let first = statements.iter().find(|one| found_at(one))?;
            let (source, at) = (self.place(first.at), first.seen);
            match &learned {
                None => return Some(Ok(Learned { fact, value: Value::Set(found), source, at })),
                Some(Learned { value: Value::Set(words), .. }) if found.is_subset(words) => {}
                Some(known) => return Some(Err(conflict(known, &Learned { fact, value: Value::Set(found), source, at }))),
            }
        }
        if let Some(learned) = learned {
            return Some(Ok(learned));
        }
        let doubts = statements.iter().filter_map(|one| match one.said {
            Said::Unknown(reason) => Some((one.seen, format!("{reason} ({})", self.place(one.at)))),
            _ => None,
        });
        // The newest row knows best why it does not know; of equal ones the first.
        let mut best: Option<(Option<Timestamp>, String)> = None;
        for doubt in doubts {
            if best.as_ref().is_none_or(|best| doubt.0 > best.0) {
                best = Some(doubt);
            }
        }
        best.map(|(_, reason)| Err(reason))
    }

    /// Of each producer what it said last.
    fn newest(&self, fact: FactId, statements: &[Statement<'_>]) -> BTreeMap<&'static str, Result<Learned, String>> {
        let mut newest: BTreeMap<&'static str, Result<Learned, String>> = BTreeMap::new();
        for one in statements {
            let Said::Known(value) = one.said else { continue };
            let made = || Learned { fact, value: value.clone(), source: self.place(one.at), at: one.seen };
            match newest.get_mut(one.producer) {
                None => drop(newest.insert(one.producer, Ok(made()))),
                Some(entry) => {
                    let Ok(known) = entry else { continue };
                    match agree(&known.value, value) {
                        Some(true) => *known = made(),
                        Some(false) => {}
                        None if one.seen.is_some() && known.at.is_some() && one.seen != known.at => {
                            if one.seen > known.at {
                                *known = made();
                            }
                        }
                        None => *entry = Err(conflict(known, &made())),
                    }
                }
            }
        }
        newest
    }

    /// Why no row says anything of a fact.
    fn why_unsaid(&self, fact: FactId, group: &Group, sources: &BTreeSet<usize>) -> String {
        let says = |(part, row): &&At| {
            self.parts[*part as usize].records[*row as usize]
                .facts
                .iter()
                .any(|(said, known)| *said == fact && !matches!(known, Said::Unknown(_)))
        };
        if let Some(at) = group.doubted.iter().find(says) {
            return format!("there are two living records of this server ({})", self.place(*at));
        }
        if let Some(at) = group.perhaps.iter().find(says) {
            return format!("a row may be about this server or another one ({})", self.place(*at));
        }
        let could = &self.could[fact.index()];
        if let Some(part) = could.iter().find(|part| sources.contains(part)) {
            return [self.parts[*part].file.as_str(), " does not say it of this server"].concat();
        }
        if let Some(part) = could.first() {
            return [self.parts[*part].file.as_str(), " has no row for this server"].concat();
        }
        "none of the files could say it".to_owned()
    }
}

fn found(said: &Said) -> Option<&str> {
    match said {
        Said::Found(element) => Some(element),
        _ => None,
    }
}

fn found_at(statement: &Statement<'_>) -> bool {
    found(statement.said).is_some()
}

/// Who wrote a file: the views and pages of one product come from one place, with different delays.
fn producer(format: &'static str) -> &'static str {
    match format.split('-').next().unwrap_or(format) {
        "hunting" => "defender",
        "cmpivot" => "mecm",
        first => first,
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

fn conflict(one: &Learned, other: &Learned) -> String {
    let says = |learned: &Learned| {
        let at = learned.at.map(|at| format!(" of {}", super::document::written(at))).unwrap_or_default();
        format!("{}{at} says {}", learned.source, excerpt(&learned.value.to_string()))
    };
    format!("the sources contradict each other: {}, {}", says(one), says(other))
}

/// A time span in days or hours, as people say it.
fn spoken(age: SignedDuration) -> String {
    let hours = age.as_hours();
    if hours >= 48 { format!("{} days", hours / 24) } else { format!("{hours} hours") }
}
