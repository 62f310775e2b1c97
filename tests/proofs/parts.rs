//! Catalogs in parts, of which one can be left out after the other until what goes wrong is as small as it gets.

use crate::common::{Tiny, tiny};
use cutover::prove::Options;
use std::fmt::Write as _;

/// A change of an effect, and a test that it is meant to make true.
pub type Change = (&'static str, &'static str);

const RESTART: &str = "achieved_when: { reboot.pending: false }, effects: [{ set: { reboot.pending: false } }], reboot: restart";

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
    /// Kinds and conditions.
    pub(super) invariants: Vec<(&'static str, String)>,
    pub(super) impossible: Vec<String>,
    /// What another scenario wants, and the changes that it knows.
    pub(super) other: Option<(String, Vec<Change>)>,
    /// Actions that no scenario uses.
    pub(super) unused: Vec<Change>,
    pub(super) other_on_request: bool,
    pub(super) as_it_goes: bool,
    pub(super) on_request: bool,
    /// What is asked for.
    pub without_supplements: bool,
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
}

fn all(tests: &[String]) -> String {
    let tests: Vec<String> = tests.iter().map(|test| format!("{{ {test} }}")).collect();
    format!("{{ all: [{}] }}", tests.join(", "))
}

fn list(effects: &[String]) -> String {
    let effects: Vec<String> = effects.iter().map(|effect| format!("{{ {effect} }}")).collect();
    format!("[{}]", effects.join(", "))
}

fn id(step: usize) -> String {
    format!("step-{step}")
}

impl Step {
    fn action(&self) -> String {
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
        let failure = |(at, leaves): (usize, &String)| {
            format!("{{ id: f-{at}, on: {{ observed: this }}, about: Text., leaves: {leaves}, remedy: None. }}")
        };
        let failures: Vec<String> = self.failures.iter().enumerate().map(failure).collect();
        write!(text, ", failures: [{}]", failures.join(", ")).unwrap();
        text
    }

    fn step(&self) -> String {
        let edge = |(from, kind): &(usize, &str)| format!("{{ step: {}, kind: {kind} }}", id(*from));
        let edges: Vec<String> = self.after.iter().map(edge).collect();
        let origin = if self.article { "article: \"1\"" } else { "supplement: why" };
        format!("when: {}, after: [{}], {origin}", all(&self.when), edges.join(", "))
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
        for (at, step) in self.steps.iter().enumerate() {
            made = made.step_with(&id(at), &step.action(), &step.step());
        }
        for (at, (kind, when)) in self.invariants.iter().enumerate() {
            made = made.invariant(&format!("i-{at}"), kind, when);
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
            writeln!(text, "  {}: {}\n    {}", id(at), step.action(), step.step()).unwrap();
        }
        text
    }

    /// The same with one part less, in every way.
    pub fn smaller(&self) -> Vec<Self> {
        let mut found = Vec::new();
        for step in 0..self.steps.len() {
            let mut made = self.clone();
            made.steps.remove(step);
            for later in &mut made.steps {
                later.after.retain(|(from, _)| *from != step);
                later.after.iter_mut().filter(|(from, _)| *from > step).for_each(|(from, _)| *from -= 1);
            }
            found.push(made);
            less(&mut found, self, |made| &mut made.steps[step].requires);
            less(&mut found, self, |made| &mut made.steps[step].effects);
            less(&mut found, self, |made| &mut made.steps[step].after_restart);
            less(&mut found, self, |made| &mut made.steps[step].failures);
            less(&mut found, self, |made| &mut made.steps[step].when);
            less(&mut found, self, |made| &mut made.steps[step].after);
        }
        less(&mut found, self, |made| &mut made.goal);
        less(&mut found, self, |made| &mut made.supports);
        less(&mut found, self, |made| &mut made.applies_when);
        less(&mut found, self, |made| &mut made.invariants);
        less(&mut found, self, |made| &mut made.impossible);
        less(&mut found, self, |made| &mut made.unused);
        found.extend(self.other.is_some().then(|| Self { other: None, ..self.clone() }));
        found.extend(self.as_it_goes.then(|| Self { as_it_goes: false, ..self.clone() }));
        found.extend(self.on_request.then(|| Self { on_request: false, ..self.clone() }));
        found.extend(self.without_supplements.then(|| Self { without_supplements: false, ..self.clone() }));
        found.retain(|made| !made.steps.is_empty());
        found
    }
}

fn less<T>(found: &mut Vec<Made>, of: &Made, part: impl Fn(&mut Made) -> &mut Vec<T>) {
    for at in 0..part(&mut of.clone()).len() {
        let mut made = of.clone();
        part(&mut made).remove(at);
        found.push(made);
    }
}
