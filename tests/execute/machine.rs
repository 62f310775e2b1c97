//! A simulated server on which the runner can be killed before and after everything that it does, and a journal that is torn.

use crate::oracle::{Dice, World};
use cutover::catalog::Reboot;
use cutover::execute::journal::{Journal, JournalError, Sheet, Text};
use cutover::execute::{Host, Outcome, Simulated, Task};
use cutover::fact::{FactId, HostFacts, Observation, Value};
use jiff::{SignedDuration, Timestamp};
use std::cell::{Cell, RefCell};
use std::io;
use std::panic::resume_unwind;
use std::rc::Rc;

/// What a killed runner unwinds with.
pub struct Killed;

/// Counts what happens, and kills the runner at a number.
#[derive(Clone, Default)]
pub struct Fuse {
    passed: Rc<Cell<usize>>,
    kills_at: Rc<RefCell<Vec<usize>>>,
    /// Whether a record that is killed before it is there leaves a part of its line.
    tears: Rc<Cell<bool>>,
    /// The moments just before a record.
    records: Rc<RefCell<Vec<usize>>>,
}

impl Fuse {
    /// One that kills at these moments, counted from nought over all that is started again.
    pub fn at(moments: &[usize], tears: bool) -> Self {
        let fuse = Self::default();
        fuse.kills_at.replace(moments.to_vec());
        fuse.tears.set(tears);
        fuse
    }

    /// One that never kills.
    pub fn wet() -> Self {
        Self::default()
    }

    /// How many moments there were.
    pub fn passed(&self) -> usize {
        self.passed.get()
    }

    /// The moments just before a record.
    pub fn records(&self) -> Vec<usize> {
        self.records.borrow().clone()
    }

    fn burns_down(&self) -> bool {
        let now = self.passed.get();
        self.passed.set(now + 1);
        self.kills_at.borrow().contains(&now)
    }

    fn burn(&self) {
        if self.burns_down() {
            resume_unwind(Box::new(Killed));
        }
    }
}

/// The bytes of a journal, which outlive the runner.
#[derive(Clone, Default)]
pub struct Disk {
    pub bytes: Rc<RefCell<Vec<u8>>>,
}

struct Page {
    disk: Disk,
    fuse: Fuse,
}

impl Sheet for Page {
    fn append(&mut self, line: &str) -> io::Result<()> {
        self.fuse.records.borrow_mut().push(self.fuse.passed());
        if self.fuse.burns_down() {
            if self.fuse.tears.get() {
                self.disk.bytes.borrow_mut().extend(&line.as_bytes()[..line.len() / 2]);
            }
            resume_unwind(Box::new(Killed));
        }
        self.disk.bytes.borrow_mut().extend(line.as_bytes());
        self.fuse.burn();
        Ok(())
    }
}

impl Disk {
    /// The journal on this disk, its torn last line dropped.
    pub fn journal(&self, fuse: &Fuse) -> Result<Journal, JournalError> {
        let text = Text::read(&self.bytes.borrow())?;
        let good = usize::try_from(text.good).expect("a small journal");
        self.bytes.borrow_mut().truncate(good);
        Ok(Journal::behind(text, Box::new(Page { disk: self.clone(), fuse: fuse.clone() })))
    }
}

/// A host on which the runner can be killed, and which sees that nothing is done that must not be.
pub struct Frail<'a, 'c> {
    pub server: &'a mut Simulated<'c>,
    pub fuse: Fuse,
    pub world: &'a World<'c>,
    /// What is found wrong.
    pub wrong: &'a RefCell<Vec<String>>,
}

impl Frail<'_, '_> {
    /// Everything that is so on the server, where all of it is known.
    fn facts(&self) -> Option<Vec<Value>> {
        self.world.catalog.vocabulary().ids().map(|fact| self.server.truth(fact)).collect()
    }

    /// A step is carried out only where it applies, is not done already, and has what it needs.
    fn look_at(&self, task: &Task<'_>) {
        let Some(facts) = self.facts() else { return };
        let (id, action) = (&task.step.id, task.action());
        let mut wrong = self.wrong.borrow_mut();
        if action.achieved_when.as_ref().is_some_and(|achieved| self.world.holds(achieved, &facts)) {
            wrong.push(format!("{id} is carried out although it is done"));
        }
        if !self.world.holds(&task.step.when, &facts) {
            wrong.push(format!("{id} is carried out although it does not apply"));
        }
        if !self.world.holds(&action.requires, &facts) {
            wrong.push(format!("{id} is carried out although it has not what it needs"));
        }
    }
}

impl HostFacts for Frail<'_, '_> {
    fn observe(&self, fact: FactId) -> Observation<'_> {
        self.server.observe(fact)
    }
}

impl Host for Frail<'_, '_> {
    fn name(&self) -> &str {
        self.server.name()
    }

    fn sees(&self, fact: FactId) -> bool {
        self.server.sees(fact)
    }

    fn look(&mut self) {
        self.server.look();
    }

    fn perform(&mut self, task: &Task<'_>) -> Outcome {
        self.fuse.burn();
        self.look_at(task);
        let outcome = self.server.perform(task);
        self.fuse.burn();
        outcome
    }

    fn left_to_others(&mut self, task: &Task<'_>) {
        self.fuse.burn();
        // A restart that others take would kill the runner; the person at the desk takes it.
        if task.action().reboot != Reboot::Restart {
            self.server.left_to_others(task);
        }
        self.fuse.burn();
    }

    fn now(&self) -> Timestamp {
        self.server.now()
    }

    fn wait(&mut self, time: SignedDuration) {
        self.server.wait(time);
    }

    fn boot(&self) -> String {
        self.server.boot()
    }

    fn resume_at_start(&mut self, command: Option<&[String]>) -> Result<(), String> {
        self.server.resume_at_start(command)
    }

    fn restart(&mut self, task: &Task<'_>) -> Result<(), String> {
        self.fuse.burn();
        self.server.restart(task)?;
        // A real restart kills the runner.
        self.fuse.burn();
        Ok(())
    }
}

/// Whether a step of that id needs a restart, as a seed has it: the same each time.
pub fn needs_restart(seed: u64, step: &str) -> bool {
    let number = step.bytes().fold(seed, |number, byte| number.wrapping_mul(31).wrapping_add(u64::from(byte)));
    Dice::new(number).coin()
}
