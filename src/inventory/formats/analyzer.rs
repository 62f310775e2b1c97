//! The results of the client analyzer of Defender for Endpoint, as a folder or as a zip.
//!
//! The XML names its server; its other files belong to the same through the folder or the archive.

use super::defender::{CLOUD, resource_id};
use super::{column, names, nothing, when};
use crate::fact::Value;
use crate::inventory::Reading;
use crate::inventory::cell::Cell;
use crate::inventory::draft::Draft;
use crate::inventory::meaning::{antivirus, identity, os, sensor, software};
use crate::inventory::part::Part;
use crate::inventory::record::Said;
use crate::inventory::table::{NamedBy, Table};
use crate::inventory::xml::Element;
use serde_json::{Map, Value as Json};

/// The outermost element of the results.
pub(super) const ROOT: &str = "MDEResults";

/// `MDEClientAnalyzer.xml`, in which [`results`] finds the columns.
pub(super) const RESULTS: Table = Table {
    id: "analyzer-results",
    title: "the results of the Defender client analyzer",
    recognised_by: &[&["devInfo/deviceName"], &["EDRCompInfo/DeviceId"]],
    columns: &[&[
        when("general/scriptRunTime"),
        names("devInfo/deviceName", identity::name),
        column("devInfo/OSName", os::RELEASE, os::product),
        column("devInfo/OSBuild", os::BUILD, build),
        column("devInfo/Edition", &["os.core"], os::installation_type),
        column("devInfo/Architecture", &["os.x64"], os::architecture),
        column("devInfo/AzureResourceId", CLOUD, resource_id),
        names("EDRCompInfo/DeviceId", identity::mde),
        column("EDRCompInfo/OrgId", &["sense.org"], organisation),
        column("EDRCompInfo/SenseVersion", sensor::VERSION, sensor::version),
        column("EDRCompInfo/MDfWSState", &["sense.installed"], unified),
        column("MDEDevConfig/SenseCMEnrollmentStatus", &["attach.enrolled"], enrollment),
        column("AVCompInfo/DefenderServiceStatus", &["defender.service"], service),
        column("AVCompInfo/DefenderState/Defender AV mode", antivirus::MODE, mode),
        column("AVCompInfo/DefenderState/Defender Is Tamper Protected", &["defender.tamper_protection"], antivirus::tamper),
        column("AVCompInfo/AVPlatformVersion", &["defender.platform"], antivirus::platform),
    ]],
    finish: device,
    says: &[],
    named_by: NamedBy::Folder,
};

/// `AddRemovePrograms.csv` and its twin for 32 bits, whose columns come in any order; a script of one's own writes the same.
pub(super) const PROGRAMS: Table = Table {
    id: "analyzer-programs",
    title: "a list of the installed programs of a server",
    recognised_by: &[&["DisplayName", "DisplayVersion", "Publisher"]],
    columns: &[&[
        names("PSComputerName", identity::name),
        column("DisplayName", software::SAYS, software::name),
        column("DisplayVersion", &[], software::version),
        column("Publisher", &[], software::vendor),
    ]],
    finish: programs,
    says: &[],
    named_by: NamedBy::Folder,
};

/// `RegOnboardedInfoCurrent.Json`, the onboarding that the server was given.
pub(super) const ONBOARDING: Table = Table {
    id: "analyzer-onboarding",
    title: "the onboarding that a server was given",
    recognised_by: &[&["orgId", "geoLocationUrl"], &["orgId", "previousOrgIds"], &["orgId", "datacenter"]],
    columns: &[&[
        column("orgId", &["sense.org"], given),
        column("geoLocationUrl", &[], nothing),
        column("previousOrgIds", &[], nothing),
        column("datacenter", &[], nothing),
    ]],
    finish: |_| {},
    says: &[],
    named_by: NamedBy::Folder,
};

/// Elements that repeat for different facts, which only their display names tell apart.
const REPEATED: [&str; 2] = ["DefenderState", "SenseProxyConfig"];

/// The results as an object, with `section/element` for each value. One that is there twice with two values is neither.
pub(super) fn results(root: &Element) -> Json {
    let mut object = Map::new();
    for section in &root.children {
        for element in &section.children {
            let Some(value) = element.child("value") else { continue };
            let mut key = format!("{}/{}", section.name, element.name);
            if REPEATED.contains(&element.name.as_str()) {
                let shown = element.attribute("displayName").unwrap_or_default();
                key = format!("{key}/{}", shown.trim_end_matches([':', ' ']));
            }
            let value = Json::String(value.text.clone());
            let known = object.entry(key).or_insert_with(|| value.clone());
            if *known != value {
                *known = Json::Null;
            }
        }
    }
    Json::Object(object)
}

/// True for the files of an archive that are read.
pub(super) fn is_read(entry: &str) -> bool {
    let (folder, name) = entry.rsplit_once('/').unwrap_or_default();
    let logs = folder.rsplit('/').next().is_some_and(|folder| folder.eq_ignore_ascii_case("SystemInfoLogs"));
    let files = [
        "MDEClientAnalyzer.xml",
        "AddRemovePrograms.csv",
        "AddRemoveProgramsWOW64.csv",
        "InstalledUpdates.txt",
        "RegOnboardedInfoCurrent.Json",
        "dsregcmd.txt",
    ];
    logs && files.iter().any(|file| file.eq_ignore_ascii_case(name))
}

/// Takes note of `dsregcmd.txt`; false where it is no such text.
pub(super) fn join(reading: &mut Reading<'_>, file: &str, text: &str) -> bool {
    let is_heading = text.trim_start().starts_with("+--") && text.contains("| Device State");
    if !is_heading || !text.contains("AzureAdJoined") {
        return false;
    }
    let mut part = Part::new(reading.vocabulary, file, "analyzer-join", "how a device is joined, from dsregcmd");
    part.named_by = NamedBy::Folder;
    let mut draft = Draft::new(reading.vocabulary);
    draft.ignore("no fact is about how a device is joined");
    draft.add_to(&mut part, 1);
    reading.parts.push(part);
    true
}

/// A build such as `Microsoft Windows NT 10.0.14393.0.6897`.
fn build(draft: &mut Draft<'_>, cell: Cell<'_>) {
    if let Some(text) = cell.text() {
        let last = text.rsplit(' ').next().unwrap_or_default();
        os::kernel(draft, Cell::Text(last));
    }
}

fn organisation(draft: &mut Draft<'_>, cell: Cell<'_>) {
    if let Some(text) = cell.text() {
        draft.value("sense.org", &text);
    }
}

/// Whether the unified solution is installed; told of the releases alone that it is for.
fn unified(draft: &mut Draft<'_>, cell: Cell<'_>) {
    draft.thing.state = cell.flag().map(|flag| flag.to_string());
}

/// A text that ends with the number, such as `Device is managed by SCCM Agent (4)`.
fn enrollment(draft: &mut Draft<'_>, cell: Cell<'_>) {
    let Some(text) = cell.text() else { return };
    let number = text.trim_end_matches([')', ' ']).rsplit(['(', ' ']).next().unwrap_or_default();
    sensor::enrollment(draft, number);
}

fn service(draft: &mut Draft<'_>, cell: Cell<'_>) {
    let Some(text) = cell.text() else { return };
    if text.eq_ignore_ascii_case("running") {
        draft.value("defender.service", "running");
    } else {
        draft.unknown("defender.service", "the client analyzer does not say both whether it runs and how it starts");
    }
}

fn mode(draft: &mut Draft<'_>, cell: Cell<'_>) {
    if let Some(text) = cell.text() {
        antivirus::analyzer_mode(draft, &text);
    }
}

/// An onboarding that was given to a server proves no sensor that took it.
fn given(draft: &mut Draft<'_>, cell: Cell<'_>) {
    if cell.text().is_some() {
        draft.unknown("sense.org", "the server was given an onboarding, which does not say that a sensor took it");
    }
}

fn programs(draft: &mut Draft<'_>) {
    software::finish(draft);
    os::finish(draft);
}

fn device(draft: &mut Draft<'_>) {
    os::finish(draft);
    sensor::finish(draft);
    let Some(uninstall) = draft.thing.state.take() else { return };
    let sensor = matches!(draft.says("sense.installed"), Some(Said::Known(Value::Flag(true))));
    draft.forget("sense.installed");
    match (uninstall == "true", sensor) {
        (true, true) => draft.flag("sense.installed", true),
        (false, false) => draft.flag("sense.installed", false),
        (true, false) => {
            let reason = "the client analyzer found some product named Microsoft Defender for …, and no version of its sensor";
            draft.unknown("sense.installed", reason);
        }
        (false, true) => {
            draft.unknown("sense.installed", "the client analyzer found a unified sensor, and nothing to uninstall it");
        }
    }
}
