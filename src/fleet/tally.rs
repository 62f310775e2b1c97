//! Servers as they come, counted by class.

use super::answer::{Answer, Answers};
use super::planner::Planner;
use super::summary::Summary;
use crate::fact::Snapshot;
use crate::plan::Contradiction;
use std::collections::HashMap;

/// How many classes are remembered. Of an estate with more of them, some are planned more than once; what is remembered
/// stays small however many servers there are.
const REMEMBERED: usize = 1 << 15;

/// Counts servers by class. Several tallies of parts of an estate come to one [`Summary`].
#[derive(Clone, Debug)]
pub struct Tally<'p, 'c> {
    planner: &'p Planner<'c>,
    known: HashMap<Box<[u8]>, Counted>,
    answers: Answers<'p>,
    summary: Summary,
}

/// The servers of a class that were seen so far.
#[derive(Clone, Debug)]
struct Counted {
    answer: Answer,
    servers: u64,
    /// The least of their names.
    example: String,
}

impl<'p, 'c> Tally<'p, 'c> {
    /// No server yet.
    pub fn new(planner: &'p Planner<'c>) -> Self {
        let summary = Summary::new(planner.catalog().digest(), planner.asked());
        Self { planner, known: HashMap::new(), answers: planner.no_answers(), summary }
    }

    /// Counts a server where what there is to say of its class is known; false where it has to be planned first.
    pub fn count(&mut self, key: &[u8], host: &str) -> bool {
        if let Some(counted) = self.known.get_mut(key) {
            counted.servers += 1;
            if *host < *counted.example {
                host.clone_into(&mut counted.example);
            }
            return true;
        }
        match self.answers.of(key) {
            Some(answer) => {
                self.enter(key, answer, host);
                true
            }
            None => false,
        }
    }

    /// Plans a server of a class that is not known, and counts it.
    ///
    /// # Errors
    ///
    /// Where a source contradicts an assumption; then it is not counted.
    pub fn plan(&mut self, key: &[u8], snapshot: &Snapshot) -> Result<(), Contradiction> {
        let answer = self.planner.answer(snapshot, key, &mut self.answers)?;
        self.enter(key, answer, snapshot.host());
        Ok(())
    }

    fn enter(&mut self, key: &[u8], answer: Answer, host: &str) {
        if self.known.len() == REMEMBERED {
            self.settle();
        }
        self.known.insert(Box::from(key), Counted { answer, servers: 1, example: host.to_owned() });
    }

    /// Counts a server, and plans its class where that is not known.
    ///
    /// # Errors
    ///
    /// Where a source contradicts an assumption; then it is not counted.
    pub fn add(&mut self, snapshot: &Snapshot) -> Result<(), Contradiction> {
        let key = self.planner.marks().key(snapshot);
        if self.count(&key, snapshot.host()) { Ok(()) } else { self.plan(&key, snapshot) }
    }

    /// Takes what another tally of the same planner has counted.
    pub fn merge(&mut self, other: Self) {
        for (key, counted) in other.known {
            match self.known.get_mut(&key) {
                Some(known) => {
                    known.servers += counted.servers;
                    if counted.example < known.example {
                        known.example = counted.example;
                    }
                }
                None => self.summary.add(&counted.answer, counted.servers, &counted.example),
            }
        }
        self.summary.absorb(&other.summary);
    }

    /// What was counted.
    pub fn finish(mut self) -> Summary {
        self.settle();
        self.summary
    }

    fn settle(&mut self) {
        for (_, Counted { answer, servers, example }) in self.known.drain() {
            self.summary.add(&answer, servers, &example);
        }
    }
}
