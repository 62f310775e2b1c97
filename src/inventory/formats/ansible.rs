//! Ansible: its cache of facts in both layouts, the files that `setup` leaves, and what modules returned.
//!
//! In come objects; out come rows about the host that the facts name, or else that the file is named after. What modules returned
//! is kept under names that a play chose, so that each result is told by its shape. The key of a product is never read.

use super::{TABLES, column, names};
use crate::inventory::cell::{Cell, below};
use crate::inventory::draft::{Draft, keep};
use crate::inventory::error::InventoryError;
use crate::inventory::json::Rows;
use crate::inventory::meaning::{features, identity, os, registry, services, updates};
use crate::inventory::table::{NamedBy, Read, Table, recognise};
use crate::suggest::excerpt;
use serde_json::{Map, Value as Json};

/// What `setup` found of a host. The caption takes rights that the account may not have had, and the version has no revision.
pub(super) const FACTS: Table = Table {
    id: "ansible-facts",
    title: "facts of Ansible",
    recognised_by: &[],
    columns: &[&[
        names("ansible_fqdn", identity::name),
        names("ansible_hostname", identity::name),
        names("ansible_netbios_name", identity::name),
        names("ansible_domain", identity::domain),
        column("ansible_date_time", &[], time),
        column("ansible_os_family", &[], os::family),
        column("ansible_distribution", os::RELEASE, os::product),
        column("ansible_os_name", os::RELEASE, os::product),
        column("ansible_distribution_version", os::BUILD, os::kernel),
        column("ansible_kernel", os::BUILD, os::kernel),
        column("ansible_os_product_type", &["os.role"], role),
        column("ansible_os_installation_type", &["os.core"], os::installation_type),
        column("ansible_architecture", &["os.x64"], os::architecture),
        column("ansible_architecture2", &["os.x64"], os::architecture),
        column("ansible_reboot_pending", &["reboot.pending"], reboot),
    ]],
    finish: host,
    says: &[],
    named_by: NamedBy::File,
};

/// The services of `win_service_info`.
pub(super) const SERVICES: Table = Table {
    id: "ansible-services",
    title: "services that Ansible found",
    recognised_by: &[],
    columns: &[&[
        column("name", services::SAYS, services::name),
        column("state", &[], services::state),
        column("start_mode", &[], services::start),
    ]],
    finish: services::finish,
    says: &[],
    named_by: NamedBy::File,
};

/// The features of `win_feature_info`.
pub(super) const FEATURES: Table = Table {
    id: "ansible-features",
    title: "features of Windows that Ansible found",
    recognised_by: &[],
    columns: &[&[column("name", features::SAYS, features::name), column("install_state", &[], features::state)]],
    finish: |draft| features::finish(draft, FEATURE_STATES),
    says: &[],
    named_by: NamedBy::File,
};

/// The values of `win_reg_stat`; their key is in the play, and in the result only where that has the arguments too.
pub(super) const REGISTRY: Table = Table {
    id: "ansible-registry",
    title: "values of the registry that Ansible found",
    recognised_by: &[],
    columns: &[&[
        column("key", &[], registry::key),
        column("name", registry::SAYS, registry::name),
        column("value", &[], registry::data),
    ]],
    finish: registry::finish,
    says: &[],
    named_by: NamedBy::File,
};

/// The updates of `win_updates`: those that are on offer, and those that it installed.
pub(super) const UPDATES: Table = Table {
    id: "ansible-updates",
    title: "updates that Ansible looked for",
    recognised_by: &[],
    columns: &[&[column("kb", updates::SAYS, number), column("installed", &[], installed)]],
    finish: update,
    says: &[],
    named_by: NamedBy::File,
};

/// What modules say of a restart.
pub(super) const RESTARTS: Table = Table {
    id: "ansible-restarts",
    title: "what modules of Ansible say of a restart",
    recognised_by: &[],
    columns: &[&[column("reboot_required", &["reboot.pending"], restart)]],
    finish: |_| {},
    says: &[],
    named_by: NamedBy::File,
};

/// Whatever else modules returned.
pub(super) const OTHERS: Table = Table {
    id: "ansible-results",
    title: "other results of Ansible",
    recognised_by: &[],
    columns: &[],
    finish: |_| {},
    says: &[],
    named_by: NamedBy::File,
};

/// What Server Manager tells Ansible.
const FEATURE_STATES: &features::States = &features::States {
    words: &[("installed", "enabled"), ("available", "disabled"), ("removed", "removed")],
    otherwise: |state| format!("Ansible says `{state}`"),
};

/// Reads what Ansible wrote; false where the object is nothing of the kind.
pub(super) fn item(rows: &mut Rows<'_, '_>, object: &Map<String, Json>) -> Result<bool, InventoryError> {
    if let Some(payload) = object.get("__payload__").and_then(Json::as_str) {
        let Ok(Json::Object(facts)) = serde_json::from_str(payload).map(untagged) else {
            let error = InventoryError::new(rows.file, "holds a `__payload__` that is no object of JSON");
            return Err(error.with_help("the cache of Ansible seems to be damaged; gather the facts again"));
        };
        if !known(rows, &facts) {
            rows.ignore(&OTHERS, "facts of Ansible that no fact here is about");
        }
        return Ok(true);
    }
    if known(rows, object) {
        return Ok(true);
    }
    let names = || -> Vec<String> { object.keys().cloned().collect() };
    if is_result(object) && recognise(TABLES, &names()).is_none() {
        rows.ignore(&OTHERS, "a result that no fact is about");
        return Ok(true);
    }
    Ok(false)
}

/// A value without the mark that Ansible gives it of where it comes from.
fn untagged(json: Json) -> Json {
    match json {
        Json::Object(mut object) => match object.remove("value") {
            Some(value) if object.contains_key("__ansible_type") => untagged(value),
            value => {
                let rest = value.map(|value| ("value".to_owned(), value));
                Json::Object(object.into_iter().chain(rest).map(|(name, value)| (name, untagged(value))).collect())
            }
        },
        Json::Array(list) => Json::Array(list.into_iter().map(untagged).collect()),
        other => other,
    }
}

/// Reads what stands beside a list of rows: facts, or the results that a play kept beside one that is called like such a list.
pub(super) fn beside(rows: &mut Rows<'_, '_>, rest: &Map<String, Json>) {
    if is_facts(rest) {
        rows.row(&FACTS, rest);
    }
    results(rows, rest);
}

/// Reads facts or a result, and the results that an object holds by names of its own.
fn known(rows: &mut Rows<'_, '_>, object: &Map<String, Json>) -> bool {
    let itself = facts_or_result(rows, object);
    results(rows, object) || itself
}

/// Reads the results that an object holds by names of its own; false where it holds none.
fn results(rows: &mut Rows<'_, '_>, object: &Map<String, Json>) -> bool {
    let mut found = false;
    for result in object.values().filter_map(Json::as_object).filter(|object| is_result(object)) {
        if !facts_or_result(rows, result) {
            rows.ignore(&OTHERS, "a result that no fact is about");
        }
        found = true;
    }
    found
}

/// True for what a module returned.
fn is_result(object: &Map<String, Json>) -> bool {
    ["changed", "failed", "unreachable"].iter().any(|mark| object.get(*mark).is_some_and(Json::is_boolean))
}

fn facts_or_result(rows: &mut Rows<'_, '_>, object: &Map<String, Json>) -> bool {
    if let Some(facts) = object.get("ansible_facts").and_then(Json::as_object)
        && is_result(object)
    {
        if is_facts(facts) {
            rows.row(&FACTS, facts);
        } else {
            rows.ignore(&OTHERS, "facts of Ansible that no fact here is about");
        }
        return true;
    }
    if is_facts(object) {
        rows.row(&FACTS, object);
        return true;
    }
    is_result(object) && result(rows, object)
}

fn is_facts(object: &Map<String, Json>) -> bool {
    FACTS.columns().any(|column| object.contains_key(column.name))
}

/// Reads what a module returned; false where it is of no shape that is known.
fn result(rows: &mut Rows<'_, '_>, object: &Map<String, Json>) -> bool {
    let mut found = false;
    let objects = |name: &str| object.get(name).and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_object);
    for each in objects("results") {
        if !facts_or_result(rows, each) {
            rows.ignore(&OTHERS, "a result that no fact is about");
        }
        found = true;
    }
    for service in objects("services").filter(|service| service.contains_key("state")) {
        rows.row(&SERVICES, service);
        found = true;
    }
    for feature in objects("features").filter(|feature| feature.contains_key("install_state")) {
        rows.row(&FEATURES, feature);
        found = true;
    }
    if let Some(properties) = object.get("properties").and_then(Json::as_object) {
        let key =
            object.get("invocation").and_then(|invocation| below(invocation, &["module_args", "path"])).and_then(Cell::text);
        for (name, property) in properties.iter().filter(|(_, property)| property.get("value").is_some()) {
            let cells = [("key", key.as_deref().into()), ("name", name.as_str().into()), ("value", property["value"].clone())];
            rows.row(&REGISTRY, &cells.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
            found = true;
        }
    }
    let by_id = object.get("updates").and_then(Json::as_object).into_iter().flat_map(Map::values).filter_map(Json::as_object);
    for update in by_id.chain(objects("updates")).filter(|update| update.contains_key("kb")) {
        rows.row(&UPDATES, update);
        found = true;
    }
    if object.get("reboot_required").is_some_and(Json::is_boolean) {
        rows.row(&RESTARTS, object);
        found = true;
    }
    let is = |mark: &str| object.get(mark).and_then(Json::as_bool) == Some(true);
    let message = ["msg", "module_stderr"].into_iter().find_map(|key| object.get(key)?.as_str());
    if !found && is("unreachable") {
        rows.ignore(&OTHERS, "Ansible could not reach the server");
        found = true;
    } else if !found && (is("failed") || message.is_some()) {
        rows.ignore(&OTHERS, format!("Ansible got no facts, but `{}`", excerpt(message.unwrap_or("failed").trim())));
        found = true;
    } else if !found && object.get("exists").and_then(Json::as_bool) == Some(false) {
        rows.ignore(&OTHERS, "something that was not found, of which the result does not say what it is");
        found = true;
    }
    found
}

fn time(draft: &mut Draft<'_>, cell: Cell<'_>) {
    if let Some(nested) = cell.nested()
        && let Some(time) = below(&nested, &["iso8601"])
    {
        draft.read(Read::When, time);
    }
}

fn role(draft: &mut Draft<'_>, cell: Cell<'_>) {
    let Some(text) = cell.text() else { return };
    match &*text {
        "server" => draft.value("os.role", "member_server"),
        "domain_controller" | "workstation" => draft.value("os.role", &text),
        _ => draft.unknown("os.role", format!("Ansible says `{}`", excerpt(&text))),
    }
    keep(&mut draft.thing.state, cell);
}

/// Ansible looks at the servicing of components, at renames of files and at the server manager.
fn reboot(draft: &mut Draft<'_>, cell: Cell<'_>) {
    match cell.flag() {
        Some(true) => draft.unknown("reboot.pending", "Ansible found one, but counts renames of files too, which hinder nothing"),
        Some(false) => draft.unknown("reboot.pending", "Ansible found none, but does not look at Windows Update"),
        None => {}
    }
}

fn host(draft: &mut Draft<'_>) {
    if let Some(role) = draft.thing.state.take()
        && draft.os.product.is_none()
        && draft.os.kernel.is_some()
    {
        draft.os.product = match role.as_str() {
            "server" | "domain_controller" => Some("Windows Server".to_owned()),
            "workstation" => Some("Windows Workstation".to_owned()),
            _ => None,
        };
    }
    os::finish(draft);
}

/// The numbers of an update, of which it has one.
fn number(draft: &mut Draft<'_>, cell: Cell<'_>) {
    match cell.nested() {
        Some(list) => draft.thing.name = list.get(0).and_then(Json::as_str).map(str::to_owned),
        None => keep(&mut draft.thing.name, cell),
    }
}

fn installed(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.thing.state, cell);
}

fn update(draft: &mut Draft<'_>) {
    if draft.thing.state.take().as_deref() == Some("true") {
        updates::finish(draft);
    } else {
        draft.ignore("an update that is on offer, not installed");
    }
}

fn restart(draft: &mut Draft<'_>, cell: Cell<'_>) {
    match cell.flag() {
        Some(true) => draft.unknown("reboot.pending", "a module of Ansible asks for one, but does not say what for"),
        Some(false) => draft.unknown("reboot.pending", "a module of Ansible asks for none, but looks only at its own work"),
        None => {}
    }
}
