//! A rollout for people and for tables: text, Markdown and CSV.

use super::markdown::escaped;
use super::phrases::{count, grouped};
use super::spreadsheet::{cell, finish};
use super::{table, text};
use crate::fleet::waves::document::{RehearsalDocument, RestartsDocument, TallyDocument, WaveDocument, WavesDocument};
use crate::suggest::harmless;
use std::fmt::Write as _;

/// How many servers that are in no wave are named to people.
const NAMED: usize = 20;

const HEADER: [&str; 6] = ["wave", "servers", "groups", "minutes (longest)", "restarts", "unprotected (longest)"];

/// The rollout as text.
pub fn text(document: &WavesDocument) -> String {
    let mut out = String::new();
    if !document.waves.is_empty() {
        out.push_str(&table(&HEADER, &[1, 2, 3, 4, 5], document.waves.iter().map(cells).collect()));
        out.push_str("\n\n");
    }
    for note in notes(document) {
        out.push_str(&note);
        out.push('\n');
    }
    if !document.unfit.is_empty() {
        for one in document.unfit.iter().take(NAMED) {
            let _ = writeln!(out, "  {}: {}", harmless(&one.host), harmless(one.reason.as_deref().unwrap_or_default()));
        }
        if document.unfit.len() > NAMED {
            let _ = writeln!(out, "  and {} more, which --format csv lists", document.unfit.len() - NAMED);
        }
    }
    if let Some(rehearsal) = &document.rehearsal {
        let _ = write!(out, "\n{}", rehearsed(rehearsal));
    }
    out
}

/// The rollout as Markdown, with the servers of each wave.
pub fn markdown(document: &WavesDocument) -> String {
    let mut out = String::from("## Rollout\n");
    if !document.waves.is_empty() {
        let _ = writeln!(out, "\n| {} |\n|---|--:|--:|--:|--:|--:|", HEADER.join(" | "));
        for wave in &document.waves {
            let _ = writeln!(out, "| {} |", cells(wave).join(" | "));
        }
    }
    out.push('\n');
    for note in notes(document) {
        let _ = writeln!(out, "- {}", escaped(&note));
    }
    for one in &document.unfit {
        let _ = writeln!(out, "  - {}: {}", escaped(&one.host), escaped(one.reason.as_deref().unwrap_or_default()));
    }
    if let Some(rehearsal) = &document.rehearsal {
        let _ = write!(out, "\n{}", escaped(&rehearsed(rehearsal)));
    }
    for wave in &document.waves {
        let name = if wave.wave == "canary" { "Canary".to_owned() } else { format!("Wave {}", wave.wave) };
        let _ = writeln!(out, "\n### {name}\n\n| server | scenario | group | minutes | restarts |\n|---|---|---|--:|--:|");
        for one in &wave.servers {
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} |",
                escaped(&one.host),
                escaped(one.scenario.as_deref().unwrap_or_default()),
                escaped(one.group.as_deref().unwrap_or_default()),
                one.minutes,
                restarts(one.restarts)
            );
        }
    }
    out
}

/// A row for each server that could be migrated: the wave is empty, and the last column says why, where it is in none.
///
/// # Errors
///
/// Where the rows cannot be written, which is never.
pub fn csv(document: &WavesDocument) -> Result<String, csv::Error> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["wave", "host", "scenario", "group", "minutes", "restarts", "unprotected", "reason"])?;
    for server in document.one_by_one() {
        let one = server.entry;
        csv.write_record([
            cell(server.wave.unwrap_or_default()),
            cell(&one.host),
            cell(one.scenario.as_deref().unwrap_or_default()),
            cell(one.group.as_deref().unwrap_or_default()),
            one.minutes.to_string(),
            (one.restarts.certain + one.restarts.possible).to_string(),
            one.unprotected.to_string(),
            cell(one.reason.as_deref().unwrap_or_default()),
        ])?;
    }
    finish(csv)
}

fn cells(wave: &WaveDocument) -> Vec<String> {
    vec![
        wave.wave.clone(),
        wave.servers.len().to_string(),
        wave.groups.to_string(),
        wave.minutes.to_string(),
        restarts(wave.restarts),
        wave.unprotected.to_string(),
    ]
}

/// How many restarts there are: a number, or from how many to how many.
fn restarts(of: RestartsDocument) -> String {
    match (of.certain, of.possible) {
        (certain, 0) => certain.to_string(),
        (certain, possible) => format!("{certain}-{}", certain + possible),
    }
}

/// What a reader of the waves has to know: who is left out, and what the waves do not hold to.
pub fn notes(document: &WavesDocument) -> Vec<String> {
    let mut notes = Vec::new();
    let of = |status: &str| document.left_out.get(status).copied().unwrap_or_default();
    let words = ["blocked", "undetermined", "ready_if", "done", "not_applicable"].into_iter().filter(|status| of(status) > 0);
    let left_out: Vec<String> = words.map(|status| format!("{} {}", of(status), text::status(status))).collect();
    let mut first = format!("{} of {} in waves", document.in_waves, servers(document.servers));
    if !left_out.is_empty() {
        let _ = write!(first, "; left out: {}", left_out.join(", "));
    }
    if of("ready_if") > 0 {
        first.push_str(" (--include ready_if takes those along that are ready if something is confirmed)");
    }
    notes.push(first);
    if document.in_waves > 0 && !document.has_groups {
        let name = harmless(&document.group_by);
        notes.push(format!("no server says its group ({name}), so servers of one cluster may go in one wave"));
    }
    if let Some(held) = &document.held_up_by {
        notes.push(format!(
            "there are so many waves since the group {} has {} servers, of which one goes in each",
            harmless(&held.group),
            held.servers
        ));
    }
    if !document.unfit.is_empty() {
        let are = if document.unfit.len() == 1 { "is" } else { "are" };
        notes.push(format!("{} that could be migrated {are} in no wave", servers(document.unfit.len())));
    }
    notes
}

fn servers(number: usize) -> String {
    count(number, "server", "servers")
}

/// What rehearsing came to, in sentences, one a line.
pub fn rehearsed(rehearsal: &RehearsalDocument) -> String {
    let runs = |runs: u32| grouped(u128::from(runs));
    let times = if rehearsal.runs == 1 { "once".to_owned() } else { format!("{} times", runs(rehearsal.runs)) };
    let mut out = format!("rehearsed {times} with {} failures a server: ", rehearsal.failure_rate);
    let ended = rehearsal.runs - rehearsal.stopped;
    if rehearsal.stop.of_wave.is_empty() && rehearsal.stop.of_all.is_empty() {
        out.push_str("never stopped, since nothing says when (--stop-at, --stop-wave)");
    } else {
        let place = |wave: &str| if wave == "canary" { "the canary".to_owned() } else { format!("wave {wave}") };
        let places: Vec<String> =
            rehearsal.stopped_in.iter().map(|one| format!("{} in {}", runs(one.runs), place(&one.wave))).collect();
        let _ = write!(out, "stopped in {}", runs(rehearsal.stopped));
        if !places.is_empty() {
            let _ = write!(out, " ({})", places.join(", "));
        }
    }
    out.push('\n');
    let _ = writeln!(out, "servers that failed {}", tally(&rehearsal.failed, rehearsal.runs));
    for (left, runs, when) in
        [(&rehearsal.at_a_stop, rehearsal.stopped, "at a stop"), (&rehearsal.at_the_end, ended, "at the end")]
    {
        if runs > 0 {
            let _ = writeln!(
                out,
                "{when}: servers left half-way {}, servers without antivirus {}",
                tally(&left.half_way, runs),
                tally(&left.without_antivirus, runs)
            );
        }
    }
    if rehearsal.never_fail > 0 {
        let _ = writeln!(out, "no failure is listed for the steps of {}, so that none was drawn", servers(rehearsal.never_fail));
    }
    out
}

/// How many on average, and at most; 0 where there never was one.
fn tally(tally: &TallyDocument, runs: u32) -> String {
    if tally.most == 0 {
        return "0".to_owned();
    }
    let runs = u64::from(runs.max(1));
    let tenths = (tally.total * 10 + runs / 2) / runs;
    format!("{}.{} on average and {} at most", tenths / 10, tenths % 10, grouped(u128::from(tally.most)))
}
