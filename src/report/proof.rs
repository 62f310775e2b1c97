//! A proof as text for people: what holds, the numbers, and a story for whatever does not.

use super::phrases::{grouped, value};
use super::texts::Texts;
use crate::prove::document::{CounterexampleDocument, EventDocument, ProofDocument, UnmetDocument, WrongDocument};
use crate::suggest::harmless;
use serde_json::{Map, Value as Json};
use std::fmt::Write as _;

/// The whole proof.
pub fn proof(proof: &ProofDocument, texts: &Texts) -> String {
    let verdict = match (proof.holds, proof.as_expected) {
        (true, _) => "holds",
        (false, true) => "refuted, as the scenario says",
        (false, false) => "refuted",
    };
    let mut out = format!("{}: {verdict}\n", proof.scenario);
    if proof.without_supplements {
        out.push_str("  the article to the letter: without the steps that it lacks, and without the check up front\n");
    }
    let _ = writeln!(
        out,
        "  {} servers ({} ready, {} done), {} more that cannot be",
        grouped(proof.servers),
        grouped(proof.ready),
        grouped(proof.done),
        grouped(proof.impossible)
    );
    let orders = match (proof.order, proof.orders) {
        ("documented", _) => "the documented order only".to_owned(),
        (_, Some(1)) => "1 order".to_owned(),
        (_, Some(orders)) => format!("{} orders", grouped(orders)),
        (_, None) => "more than 2^128 orders".to_owned(),
    };
    let _ = writeln!(out, "  {} states, {} transitions, {orders}\n", grouped(proof.states), grouped(proof.transitions));
    for property in &proof.properties {
        let holds = if property.holds { "holds  " } else { "REFUTED" };
        let _ = writeln!(out, "  ({}) {holds}  {}", property.property, property.title);
    }
    for property in proof.properties.iter().filter(|property| !property.holds) {
        let Some((shortest, others)) = property.counterexamples.split_first() else { continue };
        let _ = writeln!(out, "\n  ({}) does not hold:", property.property);
        out.push_str(&counterexample(shortest, texts));
        for other in others {
            let _ = writeln!(out, "    also: {}", wrong(&other.wrong, texts));
        }
    }
    for edge in &proof.edges_unneeded {
        let _ = writeln!(out, "\n  nothing needs the edge {} -> {}", edge.from, edge.to);
    }
    for edge in &proof.edges_missing {
        let property = edge.property.unwrap_or_default();
        let _ = writeln!(out, "\n  an edge {} -> {} would make ({property}) hold", edge.from, edge.to);
    }
    out.push_str(&ways_back(proof));
    out
}

/// How many ready servers can go back after each step; of steps that follow each other and agree only the first is named.
fn ways_back(proof: &ProofDocument) -> String {
    let mut out = String::new();
    let mut last = None;
    for from in &proof.way_back {
        let now = (from.back, from.blocked, from.no_return);
        if last.replace(now) == Some(now) {
            continue;
        }
        out.push_str(if out.is_empty() { "\n  the way back, of the ready servers:\n" } else { "" });
        let _ = write!(out, "    after {}: {} can go back", from.step, grouped(from.back));
        if from.blocked > 0 {
            let _ = write!(out, ", {} once what that needs is there", grouped(from.blocked));
        }
        if from.no_return > 0 {
            let _ = write!(out, ", {} have passed the point of no return", grouped(from.no_return));
        }
        out.push('\n');
    }
    for wrong in &proof.way_back_wrong {
        let what = match wrong.property {
            'g' => "leads to what cannot be true together",
            _ => "leaves a server that can neither go back nor go on",
        };
        let how = wrong.failure.as_ref().map_or_else(|| wrong.outcome.replace('_', " "), |failure| format!("failure {failure}"));
        let facts: Vec<String> = wrong.facts.iter().map(pair).collect();
        let doing = wrong.undoes.as_ref().map_or_else(|| "the last restart".to_owned(), |step| format!("undoing {step}"));
        let _ = writeln!(out, "\n  ({}) REFUTED on the way back: {doing} ({how}) {what}:", wrong.property);
        let _ = writeln!(out, "    {}", facts.join(", "));
    }
    out
}

/// A story: the server, what happens, and what is wrong then.
pub fn counterexample(story: &CounterexampleDocument, texts: &Texts) -> String {
    let release = story.snapshot.facts.get("os.release").map_or_else(String::new, |release| format!(" {}", value(release)));
    let unusual: Vec<String> = story.unusual.iter().filter(|(fact, _)| *fact != "os.release").map(pair).collect();
    let mut out = format!("    A usual{release} server");
    if unusual.is_empty() {
        out.push('.');
    } else {
        let _ = write!(out, " but for: {}.", unusual.join(", "));
    }
    let parameters: Vec<String> = story.parameters.iter().map(parameter).collect();
    if !parameters.is_empty() {
        let _ = write!(out, "\n    Parameters: {}.", parameters.join(", "));
    }
    out.push('\n');
    for (number, event) in story.events.iter().enumerate() {
        let _ = writeln!(out, "    {}. {}", number + 1, happened(event));
    }
    if !story.outstanding.is_empty() {
        let _ = writeln!(out, "    A restart is outstanding for {}.", story.outstanding.join(", "));
    }
    let _ = writeln!(out, "    => {}", wrong(&story.wrong, texts));
    out
}

fn pair((fact, is): (&String, &Json)) -> String {
    format!("{} {}", harmless(fact), value(is))
}

fn parameter((name, is): (&String, &Json)) -> String {
    if is.is_null() { format!("{} left out", harmless(name)) } else { pair((name, is)) }
}

fn happened(event: &EventDocument) -> String {
    let Some(step) = &event.step else { return "The run is interrupted; planning begins again.".to_owned() };
    let article = event.article.as_ref().map_or_else(String::new, |number| format!(" ({number})"));
    let outcome = match (event.outcome, &event.failure) {
        ("restart_needed", _) => "is done and needs a restart".to_owned(),
        ("failure", Some(failure)) => format!("fails: {failure}"),
        _ => "is done".to_owned(),
    };
    let changes: Vec<String> =
        event.changes.iter().map(|(fact, is)| format!("{} becomes {}", harmless(fact), value(is))).collect();
    if changes.is_empty() {
        return format!("{step}{article} {outcome}.");
    }
    format!("{step}{article} {outcome}; {}.", changes.join(", "))
}

fn wrong(wrong: &WrongDocument, texts: &Texts) -> String {
    let article = wrong.article.as_ref().map_or_else(String::new, |number| format!(" ({number})"));
    let step = wrong.step.as_ref().map_or_else(|| "the end".to_owned(), |step| format!("{step}{article}"));
    let name = |id: &Option<String>| id.clone().unwrap_or_default();
    let title = texts.note(&name(&wrong.invariant)).map_or_else(|| name(&wrong.invariant), |note| note.title.clone());
    match wrong.what {
        "goal_missed" => format!("Every step is done, and the goal is missed: {}.", unmet(&wrong.unmet, false)),
        "broken" => format!("{step} brings what is forbidden: {} ({title}).", name(&wrong.invariant)),
        "refused" => format!("{step} is refused: {}.", unmet(&wrong.unmet, false)),
        "stranded" => format!("Planning again is blocked: {}.", unmet(&wrong.unmet, true)),
        "stranded_elsewhere" => {
            format!("Now {} would be chosen, and it is blocked: {}.", name(&wrong.scenario), unmet(&wrong.unmet, true))
        }
        "longer" => {
            let measure = wrong.measure.unwrap_or("minutes");
            format!("The run from here has more {measure} of {} ({title}) than its plan says.", name(&wrong.invariant))
        }
        "refused_too_much" => {
            format!("The server is blocked: {}; {} would set that right there.", unmet(&wrong.unmet, true), name(&wrong.action))
        }
        _ => format!("These facts cannot be true together: {}.", texts.line(&name(&wrong.invariant))),
    }
}

fn unmet(unmet: &[UnmetDocument], with_step: bool) -> String {
    let one = |unmet: &UnmetDocument| {
        let step = if with_step { format!("{} needs ", unmet.step) } else { "needs ".to_owned() };
        match (&unmet.fact, &unmet.is) {
            (Some(_), Some(is)) => format!("{step}{}, but it is {}", harmless(&unmet.needs), value(is)),
            _ => format!("{step}{}", harmless(&unmet.needs)),
        }
    };
    unmet.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// The command that shows the first run of a story again, for a snapshot saved under this name.
pub fn replay(file: &str, proof: &ProofDocument, story: &CounterexampleDocument) -> String {
    let mut command = format!("cutover simulate {file} --scenario {}", proof.scenario);
    if proof.without_supplements {
        command.push_str(" --without-supplements");
    }
    for (name, is) in flat(&story.parameters) {
        let _ = write!(command, " --set {name}={is}");
    }
    let mut events = story.events.iter();
    let ending = events.find(|event| matches!(event.outcome, "failure" | "interrupted"));
    let last =
        story.events.iter().take_while(|event| event.outcome != "interrupted").filter_map(|event| event.step.as_ref()).last();
    match (ending, last) {
        (Some(EventDocument { outcome: "failure", step: Some(step), failure: Some(failure), .. }), _) => {
            let _ = write!(command, " --fail {step}={failure}");
        }
        (Some(_), Some(step)) => {
            let _ = write!(command, " --interrupt {step}");
        }
        _ => {}
    }
    command
}

fn flat(parameters: &Map<String, Json>) -> impl Iterator<Item = (&String, String)> {
    parameters.iter().filter(|(_, is)| !is.is_null()).map(|(name, is)| (name, value(is)))
}
