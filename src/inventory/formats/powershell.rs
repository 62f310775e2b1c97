//! What a host's own PowerShell says of it: a folder for each host, with a file for each command.
//!
//! The same rows come as JSON, as CSV and as Clixml, of Windows PowerShell and of PowerShell 7. Few of them name their host, so
//! that the folder does. What a command wrote instead of an answer is kept as the reason why its facts are unknown.

use super::{column, names, nothing, when};
use crate::inventory::Reading;
use crate::inventory::cell::{Cell, below};
use crate::inventory::draft::Draft;
use crate::inventory::meaning::{antivirus, features, identity, os, registry, services, software, updates};
use crate::inventory::part::Part;
use crate::inventory::table::{Column, NamedBy, Reader, Table};
use crate::suggest::excerpt;
use serde_json::Value as Json;
use std::borrow::Cow;

/// `Get-Service`. How a service starts is there from PowerShell 5 on.
pub(super) const SERVICES: Table = Table {
    id: "powershell-services",
    title: "the services that PowerShell lists",
    recognised_by: &[
        &["Name", "Status", "StartType"],
        &["Name", "Status", "MachineName"],
        &["Name", "Status", "ServiceName"],
        &["Name", "Status", "DisplayName"],
    ],
    columns: &[&[
        names("MachineName", identity::name),
        names("PSComputerName", identity::name),
        column("Name", services::SAYS, services::name),
        column("ServiceName", &[], nothing),
        column("DisplayName", &[], nothing),
        column("Status", &[], state),
        column("StartType", &[], start),
    ]],
    finish: services::finish,
    says: &[],
    named_by: NamedBy::Folder,
};

/// `Win32_Service`.
pub(super) const WMI_SERVICES: Table = Table {
    id: "powershell-wmi-services",
    title: "the services that WMI lists",
    recognised_by: &[&["Name", "State", "StartMode", "SystemName"], &["Name", "State", "StartMode", "PSComputerName"]],
    columns: &[&[
        names("SystemName", identity::name),
        names("PSComputerName", identity::name),
        column("Name", services::SAYS, services::name),
        column("State", &[], services::state),
        column("StartMode", &[], services::start),
    ]],
    finish: services::finish,
    says: &[],
    named_by: NamedBy::Folder,
};

/// `Get-HotFix`. When an update was installed it says in too many ways, and for the day before.
pub(super) const UPDATES: Table = Table {
    id: "powershell-updates",
    title: "the updates that PowerShell lists",
    recognised_by: &[&["HotFixID", "CSName"], &["HotFixID", "PSComputerName"], &["HotFixID", "InstalledOn"]],
    columns: &[&[
        names("CSName", identity::name),
        names("PSComputerName", identity::name),
        column("HotFixID", updates::SAYS, updates::number),
        column("InstalledOn", &[], nothing),
    ]],
    finish: updates::finish,
    says: &[],
    named_by: NamedBy::Folder,
};

/// `Win32_OperatingSystem`. Its version has no revision.
pub(super) const SYSTEMS: Table = Table {
    id: "powershell-system",
    title: "the operating system as WMI has it",
    recognised_by: &[
        &["Caption", "Version", "CSName"],
        &["Caption", "Version", "ProductType"],
        &["Caption", "Version", "OSArchitecture"],
        &["Caption", "Version", "PSComputerName", "BuildNumber"],
    ],
    columns: &[&[
        names("CSName", identity::name),
        names("PSComputerName", identity::name),
        when("LocalDateTime"),
        column("Caption", os::RELEASE, os::product),
        column("Version", os::BUILD, os::kernel),
        column("BuildNumber", os::BUILD, os::build),
        column("ProductType", &["os.role"], os::product_type),
        column("OSArchitecture", &["os.x64"], os::architecture),
    ]],
    finish: os::finish,
    says: &[],
    named_by: NamedBy::Folder,
};

/// `Get-ItemProperty` on a key of the registry, which its path tells.
pub(super) const REGISTRY: Table = Table {
    id: "powershell-registry",
    title: "a registry key that PowerShell read",
    recognised_by: &[&["PSPath", "PSProvider"], &["PSPath", "PSChildName"]],
    columns: &[&[
        names("PSComputerName", identity::name),
        column("PSPath", &[], registry::key),
        column("PSProvider", &[], nothing),
        column("PSChildName", &[], nothing),
        column("OnboardingState", &["sense.onboarded"], |draft, cell| value(draft, "OnboardingState", cell)),
        column("OrgId", &["sense.org"], |draft, cell| value(draft, "OrgId", cell)),
        column("Start", &["sense.autostart"], |draft, cell| value(draft, "Start", cell)),
        column("EnrollmentStatus", &["attach.enrolled"], |draft, cell| value(draft, "EnrollmentStatus", cell)),
        column("ForceDefenderPassiveMode", &["policy.force_passive"], |draft, cell| {
            value(draft, "ForceDefenderPassiveMode", cell);
        }),
        column("DisableAntiSpyware", OFF, |draft, cell| value(draft, "DisableAntiSpyware", cell)),
        column("DisableAntiVirus", OFF, |draft, cell| value(draft, "DisableAntiVirus", cell)),
        column("UBR", os::BUILD, |draft, cell| value(draft, "UBR", cell)),
        column("CurrentBuild", os::BUILD, |draft, cell| value(draft, "CurrentBuild", cell)),
        column("CurrentBuildNumber", os::BUILD, |draft, cell| value(draft, "CurrentBuildNumber", cell)),
        column("ProductName", os::RELEASE, |draft, cell| value(draft, "ProductName", cell)),
        column("InstallationType", &["os.core"], |draft, cell| value(draft, "InstallationType", cell)),
        column("DisplayName", software::SAYS, |draft, cell| value(draft, "DisplayName", cell)),
        column("DisplayVersion", &["scep.installed"], |draft, cell| value(draft, "DisplayVersion", cell)),
        column("Publisher", &[], software::vendor),
    ]],
    finish: key,
    says: &[],
    named_by: NamedBy::Folder,
};

const OFF: &[&str] = &["policy.disable_antispyware"];

/// `Get-MpComputerStatus`. Older ones have fewer properties.
pub(super) const STATUS: Table = Table {
    id: "powershell-antivirus",
    title: "the state of Defender Antivirus that PowerShell tells",
    recognised_by: RECOGNISED,
    columns: &[
        STATE,
        &[
            names("PSComputerName", identity::name),
            column("CimSystemProperties", &[], server),
            column("CimClass", &[], class),
            column("__ClassMetadata", &[], metadata),
        ],
    ],
    finish: status,
    says: &[],
    named_by: NamedBy::Folder,
};

/// The same from CMPivot, whose rows name their server. Where Defender Antivirus does not run there is no row.
pub(super) const PIVOT_STATUS: Table = Table {
    id: "cmpivot-antivirus",
    title: "a CMPivot result about Defender Antivirus",
    recognised_by: &[
        &["Device", "AMProductVersion"],
        &["Device", "AMRunningMode"],
        &["Device", "AMServiceEnabled"],
        &["Device", "AntivirusSignatureAge"],
    ],
    columns: &[&[names("Device", identity::name)], STATE],
    finish: status,
    says: &[],
    named_by: NamedBy::Row,
};

const RECOGNISED: &[&[&str]] = &[
    &["AMProductVersion", "AMServiceEnabled"],
    &["AMRunningMode", "AMProductVersion"],
    &["AMRunningMode", "AMServiceEnabled"],
    &["AntivirusSignatureAge", "AMServiceEnabled"],
    &["AntivirusSignatureAge", "AMProductVersion"],
    &["AntivirusSignatureAge", "AMRunningMode"],
    &["IsTamperProtected", "AMRunningMode"],
    &["IsTamperProtected", "AMServiceEnabled"],
    &["IsTamperProtected", "AMProductVersion"],
];

const AGE: &[&str] = &["defender.signature_age"];

/// The properties of `Get-MpComputerStatus` that facts are about. Its word for a restart is of the antivirus alone.
const STATE: &[Column] = &[
    column("AMProductVersion", &["defender.platform"], antivirus::platform),
    column("AMRunningMode", antivirus::MODE, antivirus::running_mode),
    column("AMServiceEnabled", &["defender.service"], antivirus::service_enabled),
    column("IsTamperProtected", &["defender.tamper_protection"], antivirus::tamper),
    column("AntivirusSignatureAge", AGE, antivirus::signature_age),
    column("AntivirusSignatureLastUpdated", AGE, antivirus::signature_updated),
];

/// `Get-WindowsFeature` and `Get-WindowsOptionalFeature`.
pub(super) const FEATURES: Table = Table {
    id: "powershell-features",
    title: "the Windows features that PowerShell lists",
    recognised_by: &[&["Name", "InstallState"], &["FeatureName", "State"]],
    columns: &[&[
        names("PSComputerName", identity::name),
        column("Name", features::SAYS, features::name),
        column("FeatureName", features::SAYS, features::name),
        column("InstallState", &[], install_state),
        column("State", &[], state),
    ]],
    finish: |draft| features::finish(draft, FEATURE_STATES),
    says: &[],
    named_by: NamedBy::Folder,
};

/// The states of Server Manager and of DISM.
const FEATURE_STATES: &features::States = &features::States {
    words: &[
        ("installed", "enabled"),
        ("enabled", "enabled"),
        ("available", "disabled"),
        ("disabled", "disabled"),
        ("uninstallpending", "disabled"),
        ("disablepending", "disabled"),
        ("removed", "removed"),
        ("disabledwithpayloadremoved", "removed"),
        ("installpending", "pending"),
        ("enablepending", "pending"),
    ],
    otherwise: |state| format!("`{state}` is no state of a feature that is known"),
};

/// A value of an enumeration: what came over the network has the number and the word.
fn word(cell: Cell<'_>) -> Option<String> {
    if let Some(nested) = cell.nested() {
        return ["Value", "value"].iter().find_map(|name| below(&nested, &[name])?.text().map(Cow::into_owned));
    }
    cell.text().map(Cow::into_owned)
}

fn state(draft: &mut Draft<'_>, cell: Cell<'_>) {
    draft.thing.state = word(cell);
}

fn start(draft: &mut Draft<'_>, cell: Cell<'_>) {
    draft.thing.start = word(cell);
}

/// The state of a feature in Server Manager, which has numbers of its own.
fn install_state(draft: &mut Draft<'_>, cell: Cell<'_>) {
    draft.thing.state = word(cell).map(|state| match state.as_str() {
        "0" => "Available".to_owned(),
        "1" => "Installed".to_owned(),
        "5" => "Removed".to_owned(),
        _ => state,
    });
}

/// A value of the key that the row is about.
fn value(draft: &mut Draft<'_>, name: &'static str, cell: Cell<'_>) {
    if let Some(text) = cell.text() {
        draft.thing.values.push((name, text.into_owned()));
    }
}

/// What the values of a key say together.
fn key(draft: &mut Draft<'_>) {
    let thing = std::mem::take(&mut draft.thing);
    let path = thing.key.unwrap_or_default();
    let Some((_, key)) = path.split_once("Registry::") else {
        return draft.ignore("an item of PowerShell that is no key of the registry");
    };
    let machine = ["HKEY_LOCAL_MACHINE\\", "HKLM\\"]
        .iter()
        .any(|root| key.get(..root.len()).is_some_and(|start| start.eq_ignore_ascii_case(root)));
    if !machine {
        return draft.ignore("a key of the registry that is not the whole machine's");
    }
    if registry::values(draft, key, &thing.values) {
        return;
    }
    let lower = key.to_ascii_lowercase();
    if lower.rsplit_once('\\').is_none_or(|(parent, _)| !parent.ends_with("\\currentversion\\uninstall")) {
        return draft.ignore("a key of the registry that no fact is about");
    }
    let mut values = thing.values.into_iter();
    let mut take = |wanted: &str| values.find(|(name, _)| *name == wanted).map(|(_, data)| data);
    draft.thing.name = take("DisplayName");
    draft.thing.version = take("DisplayVersion");
    draft.thing.vendor = thing.vendor;
    software::finish(draft);
    os::finish(draft);
}

/// The server in what CIM knows of an object.
fn server(draft: &mut Draft<'_>, cell: Cell<'_>) {
    if let Some(cell) = cell.nested().as_deref().and_then(|nested| below(nested, &["ServerName"])) {
        identity::name(draft.identity(), cell);
    }
}

/// The same in what it knows of the object's class.
fn class(draft: &mut Draft<'_>, cell: Cell<'_>) {
    if let Some(cell) = cell.nested().as_deref().and_then(|nested| below(nested, &["CimSystemProperties", "ServerName"])) {
        identity::name(draft.identity(), cell);
    }
}

/// The same as Clixml has it, for the class and those above it.
fn metadata(draft: &mut Draft<'_>, cell: Cell<'_>) {
    let Some(nested) = cell.nested() else { return };
    let Json::Array(classes) = &*nested else { return };
    if let Some(cell) = classes.iter().find_map(|class| below(class, &["ServerName"])) {
        identity::name(draft.identity(), cell);
    }
}

/// The age of the security intelligence counts from when it was updated, where the time of the row is known.
fn status(draft: &mut Draft<'_>) {
    let updated = draft.signatures.is_some();
    antivirus::finish(draft);
    if updated && draft.says("defender.signature_age").is_none() {
        let reason = "when the security intelligence was updated is said, but not when the state was recorded";
        draft.unknown("defender.signature_age", reason);
    }
}

/// The commands whose facts are unknown where they fail. What others were asked for is not in what they say.
const COMMANDS: [(&str, Option<&Table>); 8] = [
    ("Get-MpComputerStatus", Some(&STATUS)),
    ("Get-Service", Some(&SERVICES)),
    ("Get-HotFix", Some(&UPDATES)),
    ("Get-WindowsOptionalFeature", Some(&FEATURES)),
    ("Get-WindowsFeature", Some(&FEATURES)),
    ("Get-ItemProperty", None),
    ("Get-CimInstance", None),
    ("Get-WmiObject", None),
];

/// Reads what a command wrote instead of an answer; false where it is no such text.
pub(super) fn failure(reading: &mut Reading<'_>, file: &str, text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    // Typed in any case, and repeated as it was typed.
    let lower = first.to_ascii_lowercase();
    let found = COMMANDS.iter().find_map(|(command, table)| Some((lower.find(&command.to_ascii_lowercase())?, command, table)));
    let Some((at, command, table)) = found else { return false };
    // What was recorded of a session holds commands too, and answers.
    if first.starts_with("PS ") || first.starts_with('*') {
        return false;
    }
    // Windows PowerShell breaks lines at the width of its window; where the command stands comes after what is said.
    let rest = lines.take_while(|line| !line.starts_with(['+', '|', '~']) && !line.contains(".ps1:"));
    let said = std::iter::once(first).chain(rest.take(8)).collect::<Vec<_>>().join(" ");
    let said = said.get(command.len()..).filter(|_| at == 0).map_or(said.as_str(), |said| said.trim_start_matches([' ', ':']));
    let said = format!("the collector failed: {}", excerpt(said));
    let mut part = Part::new(reading.vocabulary, file, "powershell-error", "what PowerShell wrote instead of an answer");
    part.named_by = NamedBy::Folder;
    let mut draft = Draft::new(reading.vocabulary);
    if let Some(table) = table {
        part.could = table.could(reading.vocabulary, |_| true);
        for fact in &part.could {
            draft.unknown(reading.vocabulary.name(*fact), said.as_str());
        }
    } else {
        draft.ignore("the collector failed");
    }
    draft.add_to(&mut part, 1);
    part.notices.push(said);
    reading.parts.push(part);
    true
}

/// Reads `Get-HotFix` as it is printed, of which only the number of an update is sure to be whole; false where it is no such text.
pub(super) fn printed(reading: &mut Reading<'_>, file: &str, text: &str) -> bool {
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let (Some((_, header)), Some((_, rule))) = (lines.next(), lines.next()) else { return false };
    let is_rule = rule.contains('-') && rule.chars().all(|character| matches!(character, '-' | ' '));
    let Some(before) = header.find("HotFixID").and_then(|at| header.get(..at)).filter(|_| is_rule) else { return false };
    let from = before.chars().count();
    // The column goes on until the next one begins.
    let next = header.chars().skip(from).scan(false, |gap, character| {
        let is_next = *gap && character != ' ';
        *gap = character == ' ';
        Some(is_next)
    });
    let width = next.take_while(|is_next| !is_next).count();
    let Some(number) = UPDATES.find("HotFixID") else { return false };
    let mut part =
        Part::new(reading.vocabulary, file, "powershell-updates-text", "the updates that PowerShell lists, as printed");
    part.named_by = UPDATES.named_by;
    part.by_line = true;
    part.could = UPDATES.could(reading.vocabulary, |name| name == number.name());
    let mut reader = Reader::new(&UPDATES);
    for (index, line) in lines {
        let cell: String = line.chars().skip(from).take(width).collect();
        let cell = Cell::from_text(&cell).map(|cell| (number, cell));
        reader.row(&mut part, index as u64 + 1, cell.into_iter());
    }
    reading.parts.push(part);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_the_word_of_an_enumeration_wherever_it_stands() {
        for json in ["{\"value\": 4, \"Value\": \"Running\"}", "\"Running\""] {
            let json: Json = serde_json::from_str(json).expect("JSON");
            assert_eq!(Cell::from_json(&json).and_then(word).as_deref(), Some("Running"));
        }
    }
}
