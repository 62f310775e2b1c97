//! The page `docs/mutations.md`: written from what became of the mutants, and read again to see that it is current.

use super::mutants::{Mutant, What};
use super::proving::{Outcome, Ready};
use super::reasons::Reason;
use cutover::prove::Property;
use std::collections::BTreeMap;
use std::fmt::Write as _;

pub const PATH: &str = "docs/mutations.md";
const LIST: &str = "## Every mutant";

/// The page.
pub fn page(mutants: &[Mutant], outcomes: &[Outcome], reasons: &[Reason]) -> String {
    let mut page = include_str!("intro.md").to_owned();
    let all: Vec<(&Mutant, &Outcome)> = mutants.iter().zip(outcomes).collect();
    page.push_str(&by_kind(&all));
    page.push_str(&by_property(outcomes));
    page.push_str(&survivors(&all, reasons));
    page.push_str(&list(&all));
    page
}

/// The outcomes that the page lists, by mutant.
pub fn listed(page: &str) -> Vec<(String, Outcome)> {
    let list = page.split_once(LIST).map_or("", |(_, list)| list);
    let mut owner = "";
    let mut found = Vec::new();
    for line in list.lines() {
        if let Some(name) = line.strip_prefix("### ") {
            owner = name.trim_matches('`');
        } else if let Some((place, outcome)) = line.strip_prefix("| ").and_then(|row| row.strip_suffix(" |")?.split_once(" | "))
            && let Some(outcome) = read(outcome)
        {
            found.push((format!("{owner}: {place}"), outcome));
        }
    }
    found
}

fn by_kind(all: &[(&Mutant, &Outcome)]) -> String {
    let mut text = "\n## How many\n\n| | mutants | the catalog is not read | a property notices | of these only (f) | \
                    `scenarios check` alone notices | nothing notices |\n|---|---|---|---|---|---|---|\n"
        .to_owned();
    let mut row = |name: &str, of: &dyn Fn(What) -> bool| {
        let these: Vec<&Outcome> = all.iter().filter(|(mutant, _)| of(mutant.what)).map(|(_, outcome)| *outcome).collect();
        let count = |kind: &dyn Fn(&Outcome) -> bool| these.iter().filter(|outcome| kind(outcome)).count();
        let counts = [
            these.len(),
            count(&|outcome| matches!(outcome, Outcome::Unread(_))),
            count(&|outcome| matches!(outcome, Outcome::Caught { .. })),
            count(&|outcome| letters(outcome) == "f"),
            count(&|outcome| matches!(outcome, Outcome::Checked(_) | Outcome::NoRoom(_))),
            count(&|outcome| matches!(outcome, Outcome::Survives(_))),
        ];
        let cells: Vec<String> = counts.iter().map(ToString::to_string).collect();
        writeln!(text, "| {name} | {} |", cells.join(" | ")).unwrap();
    };
    for (what, name) in What::ALL {
        row(name, &|of| of == what);
    }
    row("all", &|_| true);
    text
}

/// The properties by which a mutant is noticed.
fn letters(outcome: &Outcome) -> String {
    let Outcome::Caught { fail, hold, .. } = outcome else { return String::new() };
    let mut letters: Vec<char> = fail.chars().chain(hold.chars()).collect();
    letters.sort_unstable();
    letters.into_iter().collect()
}

fn by_property(outcomes: &[Outcome]) -> String {
    let mut text = "\n| property | fails, or of `installer-script` no longer fails |\n|---|---|\n".to_owned();
    for property in Property::ALL {
        let letter = property.letter();
        let named = outcomes.iter().filter(|outcome| letters(outcome).contains(letter)).count();
        writeln!(text, "| ({letter}) {} | {named} |", property.title()).unwrap();
    }
    text
}

fn survivors(all: &[(&Mutant, &Outcome)], reasons: &[Reason]) -> String {
    let outcomes: BTreeMap<String, &Outcome> = all.iter().map(|(mutant, outcome)| (mutant.to_string(), *outcome)).collect();
    let mut text = "\n## What nothing notices, and why\n".to_owned();
    for reason in reasons {
        writeln!(text, "\n**{}** {}\n\n| mutant | ready servers |\n|---|---|", reason.title, reason.why).unwrap();
        for id in &reason.mutants {
            let ready = match outcomes.get(id) {
                Some(Outcome::Survives(ready)) => told(ready),
                _ => String::new(),
            };
            writeln!(text, "| {id} | {ready} |").unwrap();
        }
    }
    text
}

fn list(all: &[(&Mutant, &Outcome)]) -> String {
    let mut text = format!("\n{LIST}\n");
    let mut owner = "";
    for (mutant, outcome) in all {
        if mutant.owner != owner {
            if !owner.is_empty() {
                text.push_str("\n</details>\n");
            }
            owner = &mutant.owner;
            let here = all.iter().filter(|(mutant, _)| mutant.owner == owner);
            let left = here.clone().filter(|(_, outcome)| matches!(outcome, Outcome::Survives(_))).count();
            writeln!(
                text,
                "\n### `{owner}`\n\n<details><summary>{} mutants, {left} of them not noticed</summary>\n\n| mutant | noticed by |\n|---|---|",
                here.count()
            )
            .unwrap();
        }
        let place = mutant.to_string();
        writeln!(text, "| {} | {} |", &place[owner.len() + 2..], shown(outcome)).unwrap();
    }
    text.push_str("\n</details>\n");
    text
}

const UNREAD: &str = "not read: ";
const CHECKED: &str = "check: ";
const NO_ROOM: &str = "no room for the proof of ";
const NOTHING: &str = "nothing: ";
const NONE_READY: &str = "none in ";

fn shown(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Unread(code) => format!("{UNREAD}`{code}`"),
        Outcome::Checked(code) => format!("{CHECKED}`{code}`"),
        Outcome::NoRoom(scenario) => format!("{NO_ROOM}{scenario}"),
        Outcome::Survives(ready) => format!("{NOTHING}{} ready", told(ready)),
        Outcome::Caught { scenario, fail, hold } => {
            let fail = fail.chars().map(|letter| format!("({letter})"));
            let hold = hold.chars().map(|letter| format!("no ({letter})"));
            format!("{} in {scenario}", fail.chain(hold).collect::<Vec<_>>().join(", "))
        }
    }
}

fn told(ready: &Ready) -> String {
    match ready {
        Ready::As => "as many".to_owned(),
        Ready::Fewer => "fewer".to_owned(),
        Ready::More => "more".to_owned(),
        Ready::Both => "more here, fewer there".to_owned(),
        Ready::None(scenario) => format!("{NONE_READY}{scenario}"),
    }
}

/// Reads what [`shown`] writes.
fn read(text: &str) -> Option<Outcome> {
    let unquoted = |text: &str| text.trim_matches('`').to_owned();
    if let Some(code) = text.strip_prefix(UNREAD) {
        return Some(Outcome::Unread(unquoted(code)));
    }
    if let Some(code) = text.strip_prefix(CHECKED) {
        return Some(Outcome::Checked(unquoted(code)));
    }
    if let Some(scenario) = text.strip_prefix(NO_ROOM) {
        return Some(Outcome::NoRoom(scenario.to_owned()));
    }
    if let Some(ready) = text.strip_prefix(NOTHING) {
        let ready = ready.strip_suffix(" ready")?;
        let known = [Ready::As, Ready::Fewer, Ready::More, Ready::Both].into_iter().find(|one| told(one) == ready);
        return known.or_else(|| ready.strip_prefix(NONE_READY).map(|id| Ready::None(id.to_owned()))).map(Outcome::Survives);
    }
    let (letters, scenario) = text.split_once(" in ")?;
    let (hold, fail): (Vec<&str>, Vec<&str>) = letters.split(", ").partition(|one| one.starts_with("no "));
    let of = |words: Vec<&str>| words.iter().filter_map(|word| word.trim_end_matches(')').chars().last()).collect::<String>();
    Some(Outcome::Caught { scenario: scenario.to_owned(), fail: of(fail), hold: of(hold) })
}
