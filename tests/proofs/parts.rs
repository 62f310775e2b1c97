//! Catalogs in parts, of which one can be left out after the other until what goes wrong is as small as it gets.

use super::undo::{Undo, back_id};
use crate::common::{Tiny, tiny};
use cutover::prove::Options;
use std::fmt::Write as _;

/// A change of an effect, and a test that it is meant to make true.
pub type Change = (&'static str, &'static str);

pub(super) const RESTART: &str =
    "achieved_when: { reboot.pending: false }, effects: [{ set: { reboot.pending: false } }], reboot: restart";

/// A catalog in parts, so that a failing one can be made smaller.
#[derive(Clone, Debug, Default)]
#[allow(clippy::struct_excessive_bools)]
pub struct Made {
    pub(super) seed: u64,
    pub(super) facts: Vec<&'static str>,
    pub(super) word: bool,
    /// The word must be given.
    pub(super) word_given: bool,
    pub(super) flag: bool,
    pub(super) steps: Vec<Step>,
    pub(super) goal: Vec<String>,
    pub(super) supports: Vec<String>,
    pub(super) applies_when: Vec<String>,
    pub(super) invariants: Vec<Invariant>,
    pub(super) impossible: Vec<String>,
    /// What another scenario wants, and the changes that it knows.
    pub(super) other: Option<(String, Vec<Change>)>,
    /// Actions that no scenario uses.
    pub(super) unused: Vec<Change>,
    /// A restart that no scenario uses.
    pub(super) spare_restart: Option<SpareRestart>,
    pub(super) other_on_request: bool,
    pub(super) as_it_goes: bool,
    pub(super) on_request: bool,
    /// What is asked for.
    pub without_supplements: bool,
}

/// An invariant, of any kind.
#[derive(Clone, Debug)]
pub(super) struct Invariant {
    pub(super) kind: &'static str,
    pub(super) when: String,
    /// An exposure that is milder than the last forbidden one before it, if there is one.
    pub(super) milder: bool,
}

/// A restart that may be refused, and may fail.
#[derive(Clone, Debug, Default)]
pub(super) struct SpareRestart {
    /// It stands before the actions of the steps, so that it is the catalog's restart even where a step is one.
    pub(super) first: bool,
    pub(super) requires: Vec<String>,
    pub(super) failures: Vec<String>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Step {
    pub(super) restart: bool,
    pub(super) requires: Vec<String>,
    pub(super) achieved_when: Option<Vec<String>>,
    pub(super) effects: Vec<String>,
    pub(super) after_restart: Vec<String>,
    pub(super) reboot: &'static str,
    pub(super) failures: Vec<String>,
    pub(super) when: Vec<String>,
    pub(super) after: Vec<(usize, &'static str)>,
    pub(super) article: bool,
    pub(super) minutes: usize,
    /// What undoes it.
    pub(super) undo: Undo,
}

pub(super) fn all(tests: &[String]) -> String {
    let tests: Vec<String> = tests.iter().map(|test| format!("{{ {test} }}")).collect();
    format!("{{ all: [{}] }}", tests.join(", "))
}

pub(super) fn list(effects: &[String]) -> String {
    let effects: Vec<String> = effects.iter().map(|effect| format!("{{ {effect} }}")).collect();
    format!("[{}]", effects.join(", "))
}

fn failures(leaves: &[String]) -> String {
    let failure = |(at, leaves): (usize, &String)| {
        // Every other one passes for success where nobody looks again.
        let on = if at % 2 == 0 { "observed: this" } else { "tool: this, code: 0" };
        format!("{{ id: f-{at}, on: {{ {on} }}, about: Text., leaves: {leaves}, remedy: None. }}")
    };
    format!("[{}]", leaves.iter().enumerate().map(failure).collect::<Vec<_>>().join(", "))
}

fn id(step: usize) -> String {
    format!("step-{step}")
}

impl Step {
    pub(super) fn action(&self) -> String {
        if self.restart {
            return format!("{RESTART}, minutes: {}", self.minutes);
        }
        let mut text = format!(
            "requires: {}, effects: {}, after_restart: {}, reboot: {}, minutes: {}",
            all(&self.requires),
            list(&self.effects),
            list(&self.after_restart),
            self.reboot,
            self.minutes
        );
        if let Some(achieved) = &self.achieved_when {
            write!(text, ", achieved_when: {}", all(achieved)).unwrap();
        }
        write!(text, ", failures: {}", failures(&self.failures)).unwrap();
        text
    }

    fn step(&self) -> String {
        let edge = |(from, kind): &(usize, &str)| format!("{{ step: {}, kind: {kind} }}", id(*from));
        let edges: Vec<String> = self.after.iter().map(edge).collect();
        let origin = if self.article { "article: \"1\"" } else { "supplement: why" };
        format!("when: {}, after: [{}], {origin}", all(&self.when), edges.join(", "))
    }
}

impl SpareRestart {
    fn action(&self) -> String {
        format!("{RESTART}, requires: {}, failures: {}", all(&self.requires), failures(&self.failures))
    }
}

impl Made {
    /// The catalog.
    pub fn tiny(&self) -> Tiny {
        let mut made = tiny();
        for fact in &self.facts {
            made = match *fact {
                "k" => made.choice("k", "x, y, z"),
                "v" => made.version("v"),
                "s" => made.set("s"),
                flag => made.flags(flag),
            };
        }
        if self.word {
            made = made.declares("w", self.word());
        }
        if self.flag {
            made = made.declares("f", "type: flag");
        }
        let spare = |made: Tiny, first: bool| match &self.spare_restart {
            Some(restart) if restart.first == first => made.action("restart", &restart.action()),
            _ => made,
        };
        made = spare(made, true);
        for (at, step) in self.steps.iter().enumerate() {
            let undone = format!("{}, {}", step.action(), step.undo.yaml(&id(at)));
            made = made.step_with(&id(at), &undone, &step.step());
        }
        for (at, step) in self.steps.iter().enumerate() {
            made = step.undo.actions(made, &id(at));
        }
        made = spare(made, false);
        for (at, one) in self.invariants.iter().enumerate() {
            let worse = self.invariants[..at].iter().rposition(|other| other.kind == "forbidden").filter(|_| one.milder);
            made = match worse {
                Some(worse) => made.milder(&format!("i-{at}"), &format!("i-{worse}"), &one.when),
                None => made.invariant(&format!("i-{at}"), one.kind, &one.when),
            };
        }
        for (at, when) in self.impossible.iter().enumerate() {
            made = made.impossible(&format!("never-{at}"), when);
        }
        let change = |made: Tiny, id: &str, (effect, test): &Change| {
            made.action(id, &format!("achieved_when: {{ {test} }}, effects: [{{ {effect} }}]"))
        };
        if let Some((goal, known)) = &self.other {
            let ids: Vec<String> = (0..known.len()).map(|at| format!("other-{at}")).collect();
            made = ids.iter().zip(known).fold(made, |made, (id, known)| change(made, id, known));
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let mut more = if self.other_on_request { "on_request: true\n".to_owned() } else { String::new() };
            if self.word {
                write!(more, "parameters: {{ w: {{ {}, about: The same. }} }}", self.word()).unwrap();
            }
            made = made.other_with("other", "{ b: true }", &more, &format!("{{ {goal} }}"), &ids);
        }
        for (at, unused) in self.unused.iter().enumerate() {
            made = change(made, &format!("unused-{at}"), unused);
        }
        if self.as_it_goes {
            made = made.marked("checks: as_it_goes");
        }
        if self.on_request {
            made = made.marked("on_request: true");
        }
        made.goal(&all(&self.goal)).supports(&all(&self.supports)).applies_when(&all(&self.applies_when))
    }

    fn word(&self) -> &'static str {
        if self.word_given { "type: text" } else { "type: text, optional: true" }
    }

    /// What is asked for.
    pub fn options(&self) -> Options {
        Options { without_supplements: self.without_supplements, ..Options::default() }
    }

    /// The seed that it was made from.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The catalog in words.
    pub fn tell(&self) -> String {
        let Self { seed, facts, word, flag, goal, supports, applies_when, invariants, impossible, other, unused, .. } = self;
        let mut text = format!("seed {seed}: facts {facts:?} $w {word} (given {}) $f {flag}\n", self.word_given);
        writeln!(
            text,
            "  as it goes {}, on request {}, without supplements {}",
            self.as_it_goes, self.on_request, self.without_supplements
        )
        .unwrap();
        writeln!(text, "  supports {supports:?} applies when {applies_when:?} goal {goal:?}").unwrap();
        writeln!(text, "  invariants {invariants:?}\n  impossible {impossible:?}\n  other {other:?} unused {unused:?}").unwrap();
        for (at, step) in self.steps.iter().enumerate() {
            writeln!(text, "  {}: {}\n    {}\n    {}", id(at), step.action(), step.step(), step.undo.yaml(&id(at))).unwrap();
            for (number, action) in step.undo.actions.iter().enumerate() {
                writeln!(text, "    {}: {}", back_id(&id(at), number), action.action()).unwrap();
            }
        }
        writeln!(text, "  another restart {:?}", self.spare_restart).unwrap();
        text
    }
}
