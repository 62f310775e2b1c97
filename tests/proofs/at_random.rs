//! Catalogs made up at random: small enough to be explored one by one, and with everything in them that a proof looks at.
//!
//! Most begin as something that works: each step brings something about, later ones may need what earlier ones bring, and the
//! goal is all of it. Then, more or less, something is added that may spoil it.

use super::parts::{Change, Invariant, Made, Step};
use super::undo::ways_back;
use crate::oracle::Dice;

/// What can be said of one fact.
pub(super) struct Fact {
    name: &'static str,
    tests: &'static [&'static str],
    pub(super) changes: &'static [Change],
    unknown: &'static str,
}

const FLAGS: [Fact; 3] = [
    Fact {
        name: "a",
        tests: &["a: true", "a: false"],
        changes: &[("set: { a: true }", "a: true"), ("set: { a: false }", "a: false")],
        unknown: "set: { a: { unknown: why } }",
    },
    Fact {
        name: "b",
        tests: &["b: true", "b: false"],
        changes: &[("set: { b: true }", "b: true"), ("set: { b: false }", "b: false")],
        unknown: "set: { b: { unknown: why } }",
    },
    Fact {
        name: "c",
        tests: &["c: true", "c: false"],
        changes: &[("set: { c: true }", "c: true"), ("set: { c: false }", "c: false")],
        unknown: "set: { c: { unknown: why } }",
    },
];

const CHOICE: Fact = Fact {
    name: "k",
    tests: &["k: x", "k: [x, y]"],
    changes: &[("set: { k: x }", "k: x"), ("set: { k: y }", "k: [x, y]"), ("set: { k: z }", "not: { k: [x, y] }")],
    unknown: "set: { k: { unknown: why } }",
};

const VERSION: Fact = Fact {
    name: "v",
    tests: &["v: \">= 2\"", "v: \"< 2\""],
    changes: &[
        ("set: { v: \">= 2\" }", "v: \">= 2\""),
        ("set: { v: \"<= 1\" }", "v: \"< 2\""),
        ("set: { v: 3 }", "v: \">= 2\""),
        ("set: { v: \">= 1\" }", "v: \">= 2\""),
    ],
    unknown: "set: { v: { unknown: why } }",
};

const SET: Fact = Fact {
    name: "s",
    tests: &["s: { contains: p }", "s: { lacks: p }", "s: { empty: true }"],
    changes: &[
        ("add: { s: p }", "s: { contains: p }"),
        ("remove: { s: p }", "s: { lacks: p }"),
        ("set: { s: { only: [q] } }", "s: { lacks: p }"),
    ],
    unknown: "set: { s: { unknown: why } }",
};

/// The same beside the parameter `w`.
const SET_AND_WORD: Fact = Fact {
    name: "s",
    tests: &["s: { lacks: $w }", "s: { contains: $w }", "s: { contains: p }"],
    changes: &[
        ("remove: { s: $w }", "s: { lacks: $w }"),
        ("add: { s: $w }", "s: { contains: $w }"),
        ("remove: { s: $w }", "s: { lacks: $w }"),
        ("add: { s: p }", "s: { contains: p }"),
        ("set: { s: { only: [p] } }", "s: { lacks: $w }"),
    ],
    unknown: "set: { s: { unknown: why } }",
};

impl Fact {
    pub(super) fn changes(&self, dice: &mut Dice) -> &'static str {
        if dice.roll(4) == 0 { self.unknown } else { dice.pick(self.changes).0 }
    }
}

/// One in so many.
pub(super) fn one_in(dice: &mut Dice, many: usize) -> bool {
    dice.roll(many) == 0
}

pub(super) fn test(facts: &[&Fact], dice: &mut Dice) -> String {
    let fact = dice.pick(facts);
    let test = dice.pick(fact.tests);
    if one_in(dice, 8) { format!("not: {{ {test} }}") } else { (*test).to_owned() }
}

/// The catalog of a seed.
pub fn made(seed: u64) -> Made {
    let dice = &mut Dice::new(seed);
    let word = dice.roll(5) < 3;
    let extra = match dice.roll(4) {
        0 if word => vec![&FLAGS[2], &SET_AND_WORD],
        _ if word => vec![&SET_AND_WORD],
        0 => vec![&CHOICE, &FLAGS[2]],
        1 => vec![&VERSION, &SET],
        2 => vec![&FLAGS[2], &SET],
        _ => vec![&FLAGS[2]],
    };
    let facts: Vec<&Fact> = FLAGS[..2].iter().chain(extra).collect();
    let mut made = Made { seed, facts: facts.iter().map(|fact| fact.name).collect(), word, ..Made::default() };
    made.word_given = word && one_in(dice, 6);
    made.flag = one_in(dice, if word { 6 } else { 3 });
    let targets = steps(&mut made, &facts, dice);
    if one_in(dice, 2) {
        late_exposure(&mut made, &facts, dice);
    }
    let wild = dice.roll(10);
    if wild > 3 {
        spoil(&mut made, &facts, dice);
    }
    if wild > 7 {
        spoil(&mut made, &facts, dice);
        spoil(&mut made, &facts, dice);
    }
    made.goal.extend(targets.iter().filter(|_| !one_in(dice, 6)).map(|(_, test)| (*test).to_owned()));
    invariants(&mut made, &targets, &facts, dice);
    around(&mut made, &facts, dice);
    ways_back(&mut made, &facts);
    made
}

/// The steps, each with what it is to bring about; gives all of that.
fn steps(made: &mut Made, facts: &[&Fact], dice: &mut Dice) -> Vec<Change> {
    let mut open: Vec<&Fact> = facts.to_vec();
    let mut targets: Vec<(usize, Change)> = Vec::new();
    let count = 2 + dice.roll(2) + dice.roll(2);
    while targets.len() < count && made.steps.len() < 5 && !open.is_empty() {
        let fact = open.remove(dice.roll(open.len()));
        let target = *dice.pick(fact.changes);
        let reboot = *dice.pick(&["never", "never", "possible", "possible", "possible", "always"]);
        let mut step = Step { reboot, minutes: 5 + 5 * dice.roll(2), article: dice.coin(), ..Step::default() };
        let waits = reboot != "never" && !one_in(dice, 3);
        let list = if waits { &mut step.after_restart } else { &mut step.effects };
        list.push(target.0.to_owned());
        if !one_in(dice, 10) {
            step.achieved_when = Some(vec![target.1.to_owned()]);
        }
        let at = made.steps.len();
        for (earlier, (_, test)) in &targets {
            if one_in(dice, 2) {
                step.requires.push((*test).to_owned());
                // What is needed mostly comes first.
                if !one_in(dice, 5) {
                    after(&mut step, *earlier, dice);
                }
            } else if one_in(dice, 4) {
                after(&mut step, *earlier, dice);
            }
        }
        if let Some(at) = made.steps.iter().rposition(|step| step.restart).filter(|_| !one_in(dice, 4)) {
            after(&mut step, at, dice);
            if one_in(dice, 4) {
                step.requires.push("reboot.pending: false".to_owned());
            }
        }
        if made.flag && one_in(dice, 4) {
            step.when.push("$f: true".to_owned());
        }
        if one_in(dice, 3) {
            failure(&mut step, facts, dice);
        }
        made.steps.push(step);
        targets.push((at, target));
        if waits && made.steps.len() < 5 && !one_in(dice, 10) {
            let mut restart = Step { restart: true, reboot: "restart", minutes: 5, article: dice.coin(), ..Step::default() };
            if !one_in(dice, 8) {
                after(&mut restart, at, dice);
            }
            made.steps.push(restart);
        }
    }
    targets.into_iter().map(|(_, target)| target).collect()
}

/// What comes with a restart exposes the server, and a later step ends that.
fn late_exposure(made: &mut Made, facts: &[&Fact], dice: &mut Dice) {
    let fact = dice.pick(facts);
    let (bring, end) = (fact.changes[0], fact.changes[1]);
    let Some(step) = made.steps.iter_mut().find(|step| matches!(step.reboot, "possible" | "always")) else { return };
    step.after_restart.push(bring.0.to_owned());
    made.invariants.push(Invariant { kind: "exposure", when: format!("{{ {} }}", bring.1), milder: false });
    if made.steps.len() < 5 {
        let mut step = Step { reboot: "never", minutes: 5, article: dice.coin(), ..Step::default() };
        step.effects.push(end.0.to_owned());
        step.achieved_when = Some(vec![end.1.to_owned()]);
        for earlier in 0..made.steps.len() {
            after(&mut step, earlier, dice);
        }
        made.steps.push(step);
    }
}

fn after(step: &mut Step, earlier: usize, dice: &mut Dice) {
    if !step.after.iter().any(|(from, _)| *from == earlier) {
        step.after.push((earlier, *dice.pick(&["technical", "technical", "script", "procedural"])));
    }
}

pub(super) fn failure(step: &mut Step, facts: &[&Fact], dice: &mut Dice) {
    let own = step.effects.first().filter(|own| !own.contains("when:")).cloned();
    let change = match own {
        Some(own) if !one_in(dice, 3) => own,
        _ => dice.pick(facts).changes(dice).to_owned(),
    };
    step.failures.push(match dice.roll(6) {
        0 | 1 => "unchanged".to_owned(),
        2 | 3 => "effects".to_owned(),
        4 => format!("{{ {change} }}"),
        _ => format!("{{ effects: true, {change} }}"),
    });
}

/// Adds something that may spoil what works.
fn spoil(made: &mut Made, facts: &[&Fact], dice: &mut Dice) {
    let at = dice.roll(made.steps.len());
    let condition = test(facts, dice);
    let condition = match dice.roll(6) {
        0 | 1 if made.flag => format!("any: [{{ $f: false }}, {{ {condition} }}]"),
        2 => format!("any: [{{ {condition} }}, {{ {} }}]", test(facts, dice)),
        _ => condition,
    };
    let change = dice.pick(facts).changes(dice).to_owned();
    let change = if one_in(dice, 3) { format!("{change}, when: {{ {condition} }}") } else { change };
    let step = &mut made.steps[at];
    match dice.roll(8) {
        0 => step.requires.push(condition),
        1 => step.when.push(condition),
        2 => step.effects.push(change),
        3 => step.effects.insert(0, change),
        4 if step.reboot != "never" => step.after_restart.push(change),
        5 => step.after.clear(),
        6 => failure(step, facts, dice),
        _ => made.goal.push(condition),
    }
}

fn invariants(made: &mut Made, targets: &[Change], facts: &[&Fact], dice: &mut Dice) {
    let either = |dice: &mut Dice| match targets {
        // The order of two steps may avoid it.
        [(_, first), (_, second), ..] if !one_in(dice, 3) => {
            let (one, other) = if one_in(dice, 3) { (first, second) } else { (second, first) };
            format!("{{ all: [{{ {one} }}, {{ not: {{ {other} }} }}] }}")
        }
        _ => format!("{{ all: [{{ {} }}, {{ {} }}] }}", test(facts, dice), test(facts, dice)),
    };
    for (kind, chance) in [("forbidden", 2), ("forbidden_at_rest", 4), ("exposure", 2), ("exposure", 3)] {
        if one_in(dice, chance) {
            let when = either(dice);
            made.invariants.push(Invariant { kind, when, milder: false });
        }
    }
}

/// What is around the steps: servers that are not meant, other scenarios, and how it is asked.
fn around(made: &mut Made, facts: &[&Fact], dice: &mut Dice) {
    if one_in(dice, 3) {
        made.impossible.push(format!("{{ all: [{{ {} }}, {{ {} }}] }}", test(facts, dice), test(facts, dice)));
    }
    if one_in(dice, 8) {
        made.supports.push(test(facts, dice));
    }
    if one_in(dice, 4) {
        made.applies_when.push("b: false".to_owned());
        made.other_on_request = one_in(dice, 8);
        let fact = dice.pick(facts);
        let (change, goal) = *dice.pick(fact.changes);
        made.other = Some((goal.to_owned(), if dice.coin() { vec![(change, goal)] } else { Vec::new() }));
    }
    if one_in(dice, 6) {
        let fact = dice.pick(facts);
        made.unused.push(*dice.pick(fact.changes));
    }
    made.as_it_goes = one_in(dice, 8);
    made.on_request = one_in(dice, 10);
    made.without_supplements = one_in(dice, 10) && made.steps.iter().any(|step| step.article);
}
