//! osquery: answers as its shell prints them, and the log of results.
//!
//! In come lists of rows, which belong to the host that the folder of the file is for, and lines of a log, which name their host
//! and their time beside the rows; out come the rows that still hold at the end. The tables share names such as `name`, so that
//! an object is one of theirs only where all its keys are columns of that table.

use super::{column, names, when};
use crate::inventory::cell::Cell;
use crate::inventory::draft::Draft;
use crate::inventory::json::Rows;
use crate::inventory::meaning::{features, identity, os, registry, services, software, updates};
use crate::inventory::table::{Column, NamedBy, Table};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// The table `os_version`.
pub(super) const SYSTEMS: Table = Table {
    id: "osquery-systems",
    title: "the operating system in osquery",
    recognised_by: &[],
    columns: &[
        NAMES,
        &[
            column("name", os::RELEASE, os::product),
            column("version", os::BUILD, os::kernel),
            column("build", os::BUILD, os::build),
            column("revision", os::BUILD, os::revision),
            column("arch", &["os.x64"], os::architecture),
            column("platform", &[], os::family),
        ],
    ],
    finish: os::finish,
    says: &[],
    named_by: NamedBy::Folder,
};

/// The table `services`.
pub(super) const SERVICES: Table = Table {
    id: "osquery-services",
    title: "services in osquery",
    recognised_by: &[],
    columns: &[
        NAMES,
        &[
            column("name", services::SAYS, services::name),
            column("status", &[], services::state),
            column("start_type", &[], services::start),
        ],
    ],
    finish: services::finish,
    says: &[],
    named_by: NamedBy::Folder,
};

/// The table `programs`.
pub(super) const PROGRAMS: Table = Table {
    id: "osquery-programs",
    title: "installed software in osquery",
    recognised_by: &[],
    columns: &[
        NAMES,
        &[
            column("name", software::SAYS, software::name),
            column("publisher", &[], software::vendor),
            column("version", &[], software::version),
        ],
    ],
    finish: software::finish,
    says: &[],
    named_by: NamedBy::Folder,
};

/// The table `patches`, the only one that names the host.
pub(super) const UPDATES: Table = Table {
    id: "osquery-updates",
    title: "installed updates in osquery",
    recognised_by: &[],
    columns: &[NAMES, &[names("csname", identity::name), column("hotfix_id", updates::SAYS, updates::number)]],
    finish: updates::finish,
    says: &[],
    named_by: NamedBy::Folder,
};

/// The table `registry`.
pub(super) const REGISTRY: Table = Table {
    id: "osquery-registry",
    title: "values of the registry in osquery",
    recognised_by: &[],
    columns: &[
        NAMES,
        &[
            column("key", &[], registry::key),
            column("path", registry::SAYS, path),
            column("name", registry::SAYS, registry::name),
            column("data", &[], registry::data),
        ],
    ],
    finish: registry::finish,
    says: &[],
    named_by: NamedBy::Folder,
};

/// The table `windows_optional_features`.
pub(super) const FEATURES: Table = Table {
    id: "osquery-features",
    title: "features of Windows in osquery",
    recognised_by: &[],
    columns: &[NAMES, &[column("name", features::SAYS, features::name), column("statename", &[], features::state)]],
    finish: |draft| features::finish(draft, FEATURE_STATES),
    says: &[],
    named_by: NamedBy::Folder,
};

/// Whatever else a log has.
pub(super) const OTHERS: Table = Table {
    id: "osquery-results",
    title: "other results of osquery",
    recognised_by: &[],
    columns: &[],
    finish: |_| {},
    says: &[],
    named_by: NamedBy::Folder,
};

const FEATURE_STATES: &features::States = &features::States {
    words: &[("enabled", "enabled"), ("disabled", "disabled")],
    otherwise: |state| format!("osquery says `{state}`"),
};

/// How a log, or a query that joins a table with the system's, names the host.
const NAMES: &[Column] = &[
    column("hostIdentifier", &[], host_identifier),
    names("hostname", identity::name),
    names("computer_name", identity::name),
    when("unixTime"),
];

/// How a table of osquery is told from others.
struct Shape {
    table: &'static Table,
    /// The sets of columns that each are enough.
    told_by: &'static [&'static [&'static str]],
    /// The columns that it may have beside those that are read.
    others: &'static [&'static str],
}

const SHAPES: &[Shape] = &[
    Shape {
        table: &UPDATES,
        told_by: &[&["hotfix_id"]],
        others: &["caption", "description", "fix_comments", "installed_by", "install_date", "installed_on"],
    },
    Shape {
        table: &SERVICES,
        told_by: &[&["name", "start_type"], &["name", "status", "service_type"]],
        others: &[
            "service_type",
            "display_name",
            "pid",
            "win32_exit_code",
            "service_exit_code",
            "path",
            "module_path",
            "description",
            "user_account",
        ],
    },
    Shape {
        table: &SYSTEMS,
        told_by: &[&["name", "platform"], &["name", "build"], &["name", "codename"]],
        others: &[
            "major",
            "minor",
            "patch",
            "platform_like",
            "codename",
            "install_date",
            "extra",
            "pid_with_namespace",
            "mount_namespace_id",
        ],
    },
    Shape {
        table: &PROGRAMS,
        told_by: &[
            &["name", "publisher"],
            &["name", "install_location"],
            &["name", "uninstall_string"],
            &["name", "identifying_number"],
        ],
        others: &[
            "install_location",
            "install_source",
            "language",
            "uninstall_string",
            "install_date",
            "identifying_number",
            "package_family_name",
            "upgrade_code",
        ],
    },
    Shape {
        table: &REGISTRY,
        told_by: &[&["path", "data"], &["key", "name", "data"], &["name", "data", "type"]],
        others: &["type", "mtime"],
    },
    Shape { table: &FEATURES, told_by: &[&["name", "statename"]], others: &["caption", "state"] },
];

/// The table that an object is a row of.
fn shape(object: &Map<String, Json>) -> Option<&'static Table> {
    let fits = |shape: &&Shape| {
        shape.told_by.iter().any(|set| set.iter().all(|name| object.contains_key(*name)))
            && object.keys().all(|key| {
                shape.others.contains(&key.as_str()) || shape.table.columns().any(|column| column.name == key.as_str())
            })
    };
    SHAPES.iter().find(fits).map(|shape| shape.table)
}

/// Reads a row, or keeps the line of a log; false where the object is neither.
pub(super) fn item(rows: &mut Rows<'_, '_>, object: &Map<String, Json>) -> bool {
    if let Some(line) = Line::of(object) {
        line.keep(rows);
        return true;
    }
    let Some(table) = shape(object) else { return false };
    rows.row(table, object);
    true
}

/// The answers in a log, by host and query.
#[derive(Debug, Default)]
pub(in crate::inventory) struct Log {
    answers: BTreeMap<(String, String), Answer>,
}

/// The rows of a query as the lines so far leave them, by what they hold.
#[derive(Debug, Default)]
struct Answer {
    at: i64,
    rows: BTreeMap<String, Kept>,
}

/// A row and the line that it stands in.
#[derive(Debug)]
struct Kept {
    line: u64,
    table: &'static Table,
    row: Map<String, Json>,
}

/// A line of a log.
struct Line<'j> {
    object: &'j Map<String, Json>,
    host: &'j str,
    query: &'j str,
    at: i64,
    /// A whole answer, which takes the place of those before; otherwise what is new in one.
    whole: bool,
    there: Vec<&'j Map<String, Json>>,
    gone: Vec<&'j Map<String, Json>>,
}

impl<'j> Line<'j> {
    fn of(object: &'j Map<String, Json>) -> Option<Self> {
        let text = |name: &str| object.get(name).and_then(Json::as_str).map(str::trim).filter(|text| !text.is_empty());
        let host = text("hostIdentifier")?;
        let objects = |json: &'j Json| -> Vec<_> { json.as_array().into_iter().flatten().filter_map(Json::as_object).collect() };
        let (whole, there, gone) = if let Some(rows) = object.get("snapshot") {
            (true, objects(rows), Vec::new())
        } else if let Some(changes) = object.get("diffResults") {
            let under = |name: &str| changes.get(name).map(objects).unwrap_or_default();
            (false, under("added"), under("removed"))
        } else {
            let row = object.get("columns")?.as_object()?;
            match text("action")? {
                "added" => (false, vec![row], Vec::new()),
                // Some log each row of a whole answer by itself.
                "snapshot" => (true, vec![row], Vec::new()),
                "removed" => (false, Vec::new(), vec![row]),
                _ => return None,
            }
        };
        let number = |name: &str| {
            let json = object.get(name)?;
            json.as_i64().or_else(|| json.as_str()?.parse().ok())
        };
        let at = number("unixTime").unwrap_or_default();
        // Where a host counts anew it answers in full.
        let whole = whole || (number("counter") == Some(0) && gone.is_empty());
        Some(Self { object, host, query: text("name").unwrap_or_default(), at, whole, there, gone })
    }

    /// The columns with what the line says of all of them.
    fn row(&self, columns: &Map<String, Json>) -> Map<String, Json> {
        let mut row = columns.clone();
        for name in ["hostIdentifier", "unixTime"] {
            if let Some(value) = self.object.get(name) {
                row.insert(name.to_owned(), value.clone());
            }
        }
        let hostname = self.object.get("decorations").and_then(|decorations| decorations.get("hostname"));
        if let Some(hostname) = hostname.filter(|_| !row.contains_key("hostname")) {
            row.insert("hostname".to_owned(), hostname.clone());
        }
        row
    }

    fn keep(&self, rows: &mut Rows<'_, '_>) {
        let line = rows.place;
        let answers = &mut rows.log.answers;
        let answer = answers.entry((self.host.to_owned(), self.query.to_owned())).or_default();
        let mut ignored: Vec<(&'static Table, &'static str)> = Vec::new();
        // The rows of one answer may stand in lines of their own, which share its time.
        if self.whole && self.at > answer.at {
            let before = std::mem::take(&mut answer.rows);
            ignored.extend(before.into_values().map(|kept| (kept.table, "a later answer to the same query takes its place")));
        }
        let late = self.whole && self.at < answer.at;
        answer.at = answer.at.max(self.at);
        for columns in &self.there {
            match shape(columns) {
                None => ignored.push((&OTHERS, "an answer that no fact is about")),
                Some(table) if late => ignored.push((table, "a later answer to the same query takes its place")),
                Some(table) => {
                    let kept = Kept { line, table, row: self.row(columns) };
                    if let Some(before) = answer.rows.insert(Json::Object((*columns).clone()).to_string(), kept) {
                        ignored.push((before.table, "the same row comes again later"));
                    }
                }
            }
        }
        for columns in &self.gone {
            let table = shape(columns).unwrap_or(&OTHERS);
            ignored.push((table, "a row that is no longer there"));
            if answer.rows.remove(&Json::Object((*columns).clone()).to_string()).is_some() {
                ignored.push((table, "a row that is no longer there"));
            }
        }
        for (table, reason) in ignored {
            rows.ignore(table, reason);
        }
    }
}

/// Reads the rows of a log that still hold at its end.
pub(super) fn rest(rows: &mut Rows<'_, '_>) {
    let log = std::mem::take(&mut rows.log);
    let mut left: Vec<_> = log.answers.into_values().flat_map(|answer| answer.rows.into_values()).collect();
    left.sort_by_key(|kept| kept.line);
    for kept in left {
        rows.place = kept.line;
        rows.row(kept.table, &kept.row);
    }
}

/// The host of a line in a log of many; a number that the host gave itself is no name.
fn host_identifier(draft: &mut Draft<'_>, cell: Cell<'_>) {
    draft.apart = true;
    let is_number = |text: &str| text.len() == 36 && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
    if cell.text().is_some_and(|text| !is_number(&text)) {
        identity::name(draft.identity(), cell);
    }
}

/// The key and the name of a value together, for queries that ask for no more.
fn path(draft: &mut Draft<'_>, cell: Cell<'_>) {
    let Some(text) = cell.text() else { return };
    let Some((key, name)) = text.rsplit_once('\\') else { return };
    draft.thing.key.get_or_insert(key.to_owned());
    draft.thing.name.get_or_insert(name.to_owned());
}
