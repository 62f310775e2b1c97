//! A rollout: the servers that can be migrated, put into waves, and rehearsed before anyone starts.
//!
//! In come snapshots and how large waves are to be; out come the waves, the servers that are left out and why, and how often a
//! stop rule would have stopped the rollout. Nothing here is drawn but what a rehearsal draws, from a seed that was given, and
//! nothing depends on the order in which the servers come.

mod amount;
mod assign;
pub mod document;
mod rehearse;
mod way;
mod window;

pub use amount::{Amount, Share};
pub use rehearse::{Rehearsal, Rehearsed, StopRule, Tally, rehearse};
pub use way::{Left, Way};
pub use window::Window;

use super::{Known, known_of};
use crate::catalog::Catalog;
use crate::fact::{HostFacts, Observation, Own, Snapshot, Value, Vocabulary};
use crate::plan::{Assumption, Contradiction, Request, Start, Status, plan};
use assign::{Candidate, assign};
use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// How a rollout is to be.
#[derive(Clone, Debug)]
pub struct Shape {
    /// How many servers go first.
    pub canary: Amount,
    /// How many go in each wave after that; the last holds for all that follow.
    pub waves: Vec<Amount>,
    /// The fact that names a server's group.
    pub group_by: String,
    /// The window of each server that has none of its own.
    pub window: Option<Window>,
    /// The fact that says a server's own window.
    pub window_by: String,
    /// Servers of which something has to be confirmed take part too.
    pub ready_if: bool,
}

impl Shape {
    /// The fact that names a server's group where nobody says otherwise.
    pub const GROUP_BY: &str = "x.cluster";
    /// The fact that says a server's own window where nobody says otherwise.
    pub const WINDOW_BY: &str = "x.window";
}

/// A server.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its name: hostile text until it is made harmless.
    pub host: String,
    /// Its way, by its position among those of the survey.
    pub way: usize,
    /// The name of its group.
    pub group: Column,
    /// Its window as it is written.
    pub window: Column,
}

/// What is said of a server under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// Nothing.
    Nothing,
    /// This.
    Text(String),
    /// Something that cannot be used, for this reason.
    Unclear(String),
}

/// All servers, in the order of their names, with their ways.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// The servers.
    pub servers: Vec<Server>,
    /// The different ways, in an order of their own.
    pub ways: Vec<Way>,
}

impl Survey {
    /// Plans servers; those of which the same is known once.
    ///
    /// # Errors
    ///
    /// Where a source contradicts an assumption.
    pub fn of<'s>(
        catalog: &Catalog,
        request: &Request,
        assumptions: &[Assumption],
        shape: &Shape,
        snapshots: impl Iterator<Item = &'s Snapshot>,
    ) -> Result<Self, Contradiction> {
        let vocabulary = catalog.vocabulary();
        let mut known: HashMap<Known, usize> = HashMap::new();
        let mut ways: BTreeMap<Way, usize> = BTreeMap::new();
        let mut servers: Vec<Server> = Vec::new();
        for snapshot in snapshots {
            let key = known_of(snapshot);
            let way = if let Some(way) = known.get(&key) {
                *way
            } else {
                let start = Start::observe(catalog, snapshot, assumptions)?;
                let way = Way::of(&plan(catalog, start, request.clone()));
                let next = ways.len();
                let way = *ways.entry(way).or_insert(next);
                known.insert(key, way);
                way
            };
            servers.push(Server {
                host: snapshot.host().to_owned(),
                way,
                group: column(vocabulary, snapshot, &shape.group_by),
                window: column(vocabulary, snapshot, &shape.window_by),
            });
        }
        let mut places = vec![0; ways.len()];
        for (place, came) in ways.values().enumerate() {
            places[*came] = place;
        }
        for server in &mut servers {
            server.way = places[server.way];
        }
        // Where a catalog declares the fact and nobody knows of any, there is none to be held to.
        let declared = |name: &str| vocabulary.find(name).is_some();
        let nobody = |column: fn(&Server) -> &Column| !servers.iter().any(|server| matches!(column(server), Column::Text(_)));
        let no_groups = declared(&shape.group_by) && nobody(|server| &server.group);
        let no_windows = declared(&shape.window_by) && nobody(|server| &server.window);
        for server in &mut servers {
            if no_groups {
                server.group = Column::Nothing;
            }
            if no_windows {
                server.window = Column::Nothing;
            }
        }
        servers.sort_by_cached_key(|server| (server.host.to_lowercase(), server.host.clone()));
        Ok(Self { servers, ways: ways.into_keys().collect() })
    }

    /// The way of a server.
    pub fn way(&self, server: usize) -> &Way {
        &self.ways[self.servers[server].way]
    }

    /// True where some server says something under the name that groups have.
    pub fn has_groups(&self) -> bool {
        self.servers.iter().any(|server| server.group != Column::Nothing)
    }
}

/// What a snapshot says under a name: a fact of the catalog, or one of a user's own.
fn column(vocabulary: &Vocabulary, snapshot: &Snapshot, name: &str) -> Column {
    let text = |text: &str| match text.trim() {
        "" => Column::Nothing,
        text => Column::Text(text.to_owned()),
    };
    match vocabulary.find(name) {
        Some(fact) => match snapshot.observe(fact) {
            Observation::Known(Value::Set(words)) if words.len() > 1 => Column::Unclear("a list of several".to_owned()),
            Observation::Known(Value::Set(words)) => words.first().map_or(Column::Nothing, |word| text(word.as_str())),
            Observation::Known(value) => text(&value.to_string()),
            Observation::Unknown(reason) if snapshot.unknown().iter().any(|(known, _)| *known == fact) => {
                Column::Unclear(reason.to_owned())
            }
            Observation::Unknown(_) => Column::Nothing,
        },
        None => match snapshot.own().iter().find(|(known, _)| **known == *name) {
            None => Column::Nothing,
            Some((_, Own::Text(own))) => text(own),
            Some((_, Own::Unclear(reason))) => Column::Unclear(reason.to_string()),
        },
    }
}

/// A wave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wave {
    /// `canary`, or its number from 1.
    pub name: String,
    /// Its servers, by their positions in the survey.
    pub servers: Vec<usize>,
}

/// Why a server that could be migrated is in no wave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It takes longer than its window.
    TooLong {
        /// How long it takes, in minutes.
        minutes: u32,
        /// When the last restart is over that may be needed, in minutes from the start.
        last_restart: Option<u32>,
        /// Its window.
        window: Window,
    },
    /// What is said of its window is none.
    NoWindow {
        /// What is said.
        said: String,
    },
    /// It cannot be told whether it has a window of its own, for this reason.
    UnclearWindow(String),
    /// It cannot be told which group it is in, for this reason.
    UnclearGroup(String),
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { minutes, last_restart, window } => {
                write!(f, "takes {minutes} minutes, and its window ({window}) has {}", window.minutes())?;
                match last_restart {
                    Some(at) if *at > window.minutes() => write!(f, "; a restart may come as late as minute {at}"),
                    _ => Ok(()),
                }
            }
            Self::NoWindow { said } => {
                write!(
                    f,
                    "its window is `{}`, where a time such as 22:00-02:00 or a number of minutes is expected",
                    crate::suggest::excerpt(said)
                )
            }
            Self::UnclearWindow(reason) => write!(f, "its window is not clear: {}", crate::suggest::excerpt(reason)),
            Self::UnclearGroup(reason) => write!(f, "its group is not clear: {}", crate::suggest::excerpt(reason)),
        }
    }
}

/// A rollout.
#[derive(Clone, Debug, Default)]
pub struct Rollout {
    /// The canary, where there is one, and the waves.
    pub waves: Vec<Wave>,
    /// Servers that could be migrated and are in no wave.
    pub unfit: Vec<(usize, Unfit)>,
    /// How many servers are left out, by what their plans say.
    pub left_out: BTreeMap<Status, usize>,
    /// The largest group with its name, where it alone is why there are so many waves.
    pub held_up_by: Option<(String, usize)>,
}

impl Rollout {
    /// Puts the servers of a survey into waves.
    pub fn of(survey: &Survey, shape: &Shape) -> Self {
        let mut rollout = Self::default();
        let mut part: Vec<usize> = Vec::new();
        for (server, of) in survey.servers.iter().enumerate() {
            let way = survey.way(server);
            let takes_part = way.status == Status::Ready || shape.ready_if && way.status == Status::ReadyIf;
            if !takes_part {
                *rollout.left_out.entry(way.status).or_default() += 1;
            } else if let Some(unfit) = unfit(of, way, shape.window.as_ref()) {
                rollout.unfit.push((server, unfit));
            } else {
                part.push(server);
            }
        }
        let candidates = candidates(survey, &part);
        let all = part.len();
        let size = |wave: usize| shape.waves.get(wave).or(shape.waves.last()).map_or(all, |amount| amount.of(all)).max(1);
        let (canary, waves) = assign(&candidates, shape.canary.of(all), size);
        let named = |name: String, wave: Vec<usize>| Wave { name, servers: wave.into_iter().map(|one| part[one]).collect() };
        if !canary.is_empty() {
            rollout.waves.push(named("canary".to_owned(), canary));
        }
        for (number, wave) in waves.into_iter().enumerate() {
            rollout.waves.push(named((number + 1).to_string(), wave));
        }
        rollout.held_up_by = held_up_by(survey, &part, &candidates, &rollout.waves, &size);
        rollout
    }

    /// How many servers are in waves.
    pub fn servers(&self) -> usize {
        self.waves.iter().map(|wave| wave.servers.len()).sum()
    }
}

/// Why a server cannot be put into a wave; nothing where it can.
fn unfit(server: &Server, way: &Way, window: Option<&Window>) -> Option<Unfit> {
    if let Column::Unclear(reason) = &server.group {
        return Some(Unfit::UnclearGroup(reason.clone()));
    }
    let own = match &server.window {
        Column::Nothing => None,
        Column::Unclear(reason) => return Some(Unfit::UnclearWindow(reason.clone())),
        Column::Text(said) => match said.parse::<Window>() {
            Ok(window) => Some(window),
            Err(_) => return Some(Unfit::NoWindow { said: said.clone() }),
        },
    };
    let window = own.as_ref().or(window)?;
    let too_long = way.minutes > window.minutes();
    too_long.then(|| Unfit::TooLong { minutes: way.minutes, last_restart: way.last_restart, window: window.clone() })
}

/// The servers as they are put into waves, with numbers for their classes and groups.
fn candidates(survey: &Survey, part: &[usize]) -> Vec<Candidate> {
    let mut classes = BTreeMap::new();
    let mut groups: HashMap<String, usize> = HashMap::new();
    for server in part {
        classes.insert(&survey.way(*server).class, 0);
    }
    for (number, class) in classes.values_mut().enumerate() {
        *class = number;
    }
    let candidate = |server: &usize| {
        let group = match &survey.servers[*server].group {
            Column::Text(name) => {
                let next = groups.len();
                Some(*groups.entry(name.to_lowercase()).or_insert(next))
            }
            _ => None,
        };
        Candidate { class: classes[&survey.way(*server).class], group }
    };
    part.iter().map(candidate).collect()
}

/// The largest group and its size, where waves of these sizes would be fewer without it.
fn held_up_by(
    survey: &Survey,
    part: &[usize],
    candidates: &[Candidate],
    waves: &[Wave],
    size: &impl Fn(usize) -> usize,
) -> Option<(String, usize)> {
    let mut sizes: HashMap<usize, usize> = HashMap::new();
    for group in candidates.iter().filter_map(|candidate| candidate.group) {
        *sizes.entry(group).or_default() += 1;
    }
    let full = |wave: usize| waves[wave].servers.len();
    let (canary, rest) = if waves.first().is_some_and(|wave| wave.name == "canary") { (full(0), 1) } else { (0, 0) };
    let mut room = canary;
    let needed = (0..).take_while(|wave| {
        let more = room < part.len();
        room += if more { size(*wave) } else { 0 };
        more
    });
    if waves.len() <= rest + needed.count() {
        return None;
    }
    let largest = sizes.values().copied().max()?;
    let first = candidates.iter().position(|candidate| candidate.group.is_some_and(|group| sizes[&group] == largest))?;
    match &survey.servers[part[first]].group {
        Column::Text(name) => Some((name.clone(), largest)),
        _ => None,
    }
}
