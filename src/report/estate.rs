//! A summary of many servers: for people as tables of text or Markdown, for spreadsheets as CSV.

use super::missing::exports;
use super::phrases::{count, needed, value};
use super::texts::Texts;
use super::{markdown, spreadsheet, table, text};
use crate::fleet::document::{CauseDocument, ClassDocument, ExposedDocument, SummaryDocument, UnknownDocument};
use crate::suggest::harmless;
use serde_json::{Map, Value as Json};
use std::fmt::Write as _;

/// How many rows a table for people has.
const SHOWN: usize = 20;

/// A table of a summary.
struct Section {
    title: &'static str,
    header: &'static [&'static str],
    right: &'static [usize],
    rows: Vec<Vec<String>>,
}

/// The summary as text.
pub fn summary(document: &SummaryDocument, texts: &Texts) -> String {
    let mut out = format!("{}\n", totals(document));
    for section in sections(document, texts) {
        let rows = section.rows.len();
        let shown: Vec<_> =
            section.rows.into_iter().take(SHOWN).map(|row| row.iter().map(|cell| harmless(cell)).collect()).collect();
        let _ = write!(
            out,
            "\n{}:\n{}\n",
            section.title,
            super::indented(&table(section.header, section.right, shown), 2).trim_end()
        );
        if rows > SHOWN {
            let _ = writeln!(out, "  and {} more, which --format json lists", rows - SHOWN);
        }
    }
    out
}

/// The summary as Markdown.
pub fn markdown(document: &SummaryDocument, texts: &Texts) -> String {
    let mut out = format!("# {}\n", totals(document));
    for section in sections(document, texts) {
        let rows = section.rows.len();
        let _ = writeln!(out, "\n**{}**\n\n| {} |", section.title, section.header.join(" | "));
        let line = (0..section.header.len()).map(|at| if section.right.contains(&at) { "--:|" } else { "---|" });
        let _ = writeln!(out, "|{}", line.collect::<String>());
        for row in section.rows.iter().take(SHOWN) {
            let cells: Vec<String> = row.iter().map(|cell| markdown::escaped(cell)).collect();
            let _ = writeln!(out, "| {} |", cells.join(" | "));
        }
        if rows > SHOWN {
            let _ = writeln!(out, "\nAnd {} more, which `--format json` lists.", rows - SHOWN);
        }
    }
    let _ = writeln!(out, "\nCatalog `{}`.", markdown::escaped(&document.catalog));
    out
}

/// How many servers there are of each status, in one sentence.
fn totals(document: &SummaryDocument) -> String {
    let parts: Vec<String> = document
        .statuses
        .named()
        .iter()
        .filter(|(_, servers)| *servers > 0)
        .map(|(status, servers)| format!("{servers} {}", text::status(status)))
        .collect();
    let all = count(usize::try_from(document.servers).unwrap_or(usize::MAX), "server", "servers");
    if parts.is_empty() { all } else { format!("{all}: {}", parts.join(", ")) }
}

/// The tables that have a row.
fn sections(document: &SummaryDocument, texts: &Texts) -> Vec<Section> {
    let title = |id: &str| texts.note(id).map(|note| note.title.clone()).unwrap_or_default();
    let sections = [
        Section {
            title: "Classes",
            header: &["servers", "status", "scenario", "steps", "minutes", "restarts", "first of all", "for example"],
            right: &[0, 3, 4, 5],
            rows: document.classes.iter().map(class).collect(),
        },
        Section {
            title: "In the way; alone counts the servers that nothing else blocks",
            header: &["servers", "alone", "needed", "seen", "by", "what to do"],
            right: &[0, 1],
            rows: document.blockers.iter().map(cause).collect(),
        },
        Section {
            title: "Not supported",
            header: &["servers", "alone", "needed", "seen", "by", "what to do"],
            right: &[0, 1],
            rows: document.not_supported.iter().map(cause).collect(),
        },
        Section {
            title: "Exposed on the way",
            header: &["exposure", "meaning", "servers", "minutes", "longest", "with a restart", "stay so"],
            right: &[2, 3, 4, 5, 6],
            rows: document.exposures.iter().map(|one| exposed(one, title(&one.invariant))).collect(),
        },
        Section {
            title: "Restarts",
            header: &["certain", "possible", "servers"],
            right: &[0, 1, 2],
            rows: document
                .reboots
                .iter()
                .map(|one| vec![one.certain.to_string(), one.possible.to_string(), one.servers.to_string()])
                .collect(),
        },
        Section {
            title: "Worth collecting; alone counts the servers that hang on nothing else",
            header: &["servers", "alone", "not known", "exports that can say it", "seen on a server or elsewhere"],
            right: &[0, 1],
            rows: document.unknowns.iter().map(unknown).collect(),
        },
        Section {
            title: "Worth knowing",
            header: &["servers", "finding", "meaning"],
            right: &[0],
            rows: document.findings.iter().map(|one| vec![one.servers.to_string(), one.id.clone(), title(&one.id)]).collect(),
        },
    ];
    sections.into_iter().filter(|section| !section.rows.is_empty()).collect()
}

fn class(row: &ClassDocument) -> Vec<String> {
    let applies = row.status != "not_applicable";
    let planned = |figure: String| if applies { figure } else { String::new() };
    vec![
        row.servers.to_string(),
        text::status(&row.status).to_owned(),
        row.scenario.clone().unwrap_or_else(|| "-".to_owned()),
        planned(row.steps.len().to_string()),
        planned(row.minutes.to_string()),
        planned(format!("{}-{}", row.reboots.certain, row.reboots.certain.saturating_add(row.reboots.possible))),
        first(row),
        row.example.clone(),
    ]
}

/// The first thing that a person has to know of a class.
fn first(row: &ClassDocument) -> String {
    let Some(first) = &row.first else { return String::new() };
    match (row.status.as_str(), &first.step) {
        (_, Some(step)) => format!("{step}: {}", first.name),
        ("ready_if", None) => format!("confirm: {}", first.name),
        (_, None) => format!("not known: {}", first.name),
    }
}

fn cause(row: &CauseDocument) -> Vec<String> {
    let seen = row.seen.iter().map(|(word, servers)| format!("{word} ({servers})"));
    vec![
        row.servers.to_string(),
        row.alone.to_string(),
        what(row),
        seen.collect::<Vec<_>>().join(", "),
        row.steps.join(", "),
        row.remedies.join(" "),
    ]
}

/// What is needed, as a formula.
fn what(row: &CauseDocument) -> String {
    let mut test: Map<String, Json> = Map::new();
    for (key, name) in [("fact", &row.fact), ("parameter", &row.parameter)] {
        if let Some(name) = name {
            test.insert(key.to_owned(), name.as_str().into());
        }
    }
    test.insert("needs".to_owned(), row.needs.clone());
    match (&row.invariant, row.needs.is_null()) {
        (Some(invariant), true) => format!("not {invariant}"),
        (Some(invariant), false) => format!("{} (or {invariant} becomes true)", needed(&test)),
        (None, true) => value(&row.needs),
        (None, false) => needed(&test),
    }
}

fn exposed(row: &ExposedDocument, title: String) -> Vec<String> {
    vec![
        row.invariant.clone(),
        title,
        row.servers.to_string(),
        row.minutes.to_string(),
        row.longest.to_string(),
        row.with_restart.to_string(),
        row.open.to_string(),
    ]
}

fn unknown(row: &UnknownDocument) -> Vec<String> {
    let missing = &row.missing;
    let name = match (&missing.fact, &missing.parameter) {
        (Some(fact), _) => fact.clone(),
        (None, Some(parameter)) => format!("the parameter {parameter}"),
        (None, None) => String::new(),
    };
    let exports = if missing.fact.is_some() { exports(&missing.exports) } else { String::new() };
    let observed = missing.observed.clone().unwrap_or_else(|| "--set NAME=VALUE".to_owned());
    vec![row.servers.to_string(), row.alone.to_string(), name, exports, observed]
}

/// The columns of the summary as CSV: one table, in which each row says what it is about.
const COLUMNS: [&str; 14] = [
    "about",
    "servers",
    "alone",
    "status",
    "scenario",
    "name",
    "needed",
    "steps",
    "minutes",
    "longest",
    "certain_restarts",
    "possible_restarts",
    "what_to_do",
    "example",
];

/// The summary as CSV for spreadsheets: nothing in it is taken for a formula.
///
/// # Errors
///
/// Where the rows cannot be written, which in memory does not happen.
pub fn csv(document: &SummaryDocument) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    let mut row = |cells: &[(&str, String)]| {
        let cell = |column: &&str| {
            cells.iter().find(|(name, _)| name == column).map(|(_, cell)| spreadsheet::cell(cell)).unwrap_or_default()
        };
        writer.write_record(COLUMNS.iter().map(cell))
    };
    let number = |number: u64| number.to_string();
    let named = |about: &'static str| ("about", about.to_owned());
    for (status, servers) in document.statuses.named() {
        row(&[named("status"), ("servers", number(servers)), ("status", status.to_owned())])?;
    }
    for one in &document.classes {
        row(&[
            named("class"),
            ("servers", number(one.servers)),
            ("status", one.status.clone()),
            ("scenario", one.scenario.clone().unwrap_or_default()),
            ("name", one.first.as_ref().map(|first| first.name.clone()).unwrap_or_default()),
            ("steps", one.steps.join(" ")),
            ("minutes", number(one.minutes.into())),
            ("certain_restarts", one.reboots.certain.to_string()),
            ("possible_restarts", one.reboots.possible.to_string()),
            ("example", one.example.clone()),
        ])?;
    }
    for (about, causes) in [("blocker", &document.blockers), ("not_supported", &document.not_supported)] {
        for one in causes {
            let name = one.fact.as_ref().or(one.parameter.as_ref()).or(one.invariant.as_ref());
            row(&[
                named(about),
                ("servers", number(one.servers)),
                ("alone", number(one.alone)),
                ("name", name.cloned().unwrap_or_default()),
                ("needed", what(one)),
                ("steps", one.steps.join(" ")),
                ("what_to_do", one.remedies.join(" ")),
            ])?;
        }
    }
    for one in &document.exposures {
        row(&[
            named("exposure"),
            ("servers", number(one.servers)),
            ("name", one.invariant.clone()),
            ("minutes", number(one.minutes)),
            ("longest", number(one.longest.into())),
        ])?;
    }
    for one in &document.reboots {
        row(&[
            named("restarts"),
            ("servers", number(one.servers)),
            ("certain_restarts", one.certain.to_string()),
            ("possible_restarts", one.possible.to_string()),
        ])?;
    }
    for one in &document.unknowns {
        let name = one.missing.fact.as_ref().or(one.missing.parameter.as_ref());
        row(&[
            named("unknown"),
            ("servers", number(one.servers)),
            ("alone", number(one.alone)),
            ("name", name.cloned().unwrap_or_default()),
            ("what_to_do", one.missing.observed.clone().unwrap_or_default()),
        ])?;
    }
    for one in &document.findings {
        row(&[named("finding"), ("servers", number(one.servers)), ("name", one.id.clone())])?;
    }
    spreadsheet::finish(writer)
}
