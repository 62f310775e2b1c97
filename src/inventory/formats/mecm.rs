//! Configuration Manager: devices, views of its database, and CMPivot.

use super::{column, names, nothing, when};
use crate::fact::Value;
use crate::inventory::cell::Cell;
use crate::inventory::draft::Draft;
use crate::inventory::meaning::{identity, os, registry, services, software, updates};
use crate::inventory::record::{Said, Standing};
use crate::inventory::table::{Column, NamedBy, Table};

/// `Get-CMDevice`, and the view that it reads with the view's own spelling.
pub(super) const DEVICES: Table = Table {
    id: "mecm-devices",
    title: "the devices of Configuration Manager",
    recognised_by: &[
        &["ResourceID", "Name", "IsClient"],
        &["MachineID", "Name", "IsClient"],
        &["ResourceID", "Name", "DeviceOS"],
        &["MachineID", "Name", "DeviceOS"],
    ],
    columns: &[&[
        names("ResourceID", identity::mecm),
        names("MachineID", identity::mecm),
        names("Name", identity::name),
        names("Domain", identity::domain),
        names("AADDeviceID", identity::entra),
        when("LastActiveTime"),
        when("LastDDR"),
        column("DeviceOS", os::RELEASE, os::product),
        column("DeviceOSBuild", os::BUILD, os::kernel),
        column("IsClient", &["mecm.client"], client),
        column("IsObsolete", &[], obsolete),
        column("IsActive", &[], active),
        column("ATPOnboardingState", &["sense.onboarded"], onboarding),
        column("ATP_OnboardingState", &["sense.onboarded"], onboarding),
        column("EPDeploymentState", MANAGES, deployment),
        column("EP_DeploymentState", MANAGES, deployment),
        column("EPClientVersion", &["scep.installed"], software::version),
        column("EP_ClientVersion", &["scep.installed"], software::version),
    ]],
    finish: device,
    says: &[],
    named_by: NamedBy::Row,
};

/// The views `v_R_System` and `v_GS_OPERATING_SYSTEM`, alone or together.
pub(super) const SYSTEMS: Table = Table {
    id: "mecm-systems-sql",
    title: "systems from the database of Configuration Manager",
    recognised_by: &[
        &["ResourceID", "Netbios_Name0", "Build01"],
        &["ResourceID", "Caption0"],
        &["Netbios_Name0", "Caption0"],
        &["Name0", "Caption0"],
        &["ResourceID", "Netbios_Name0", "Operating_System_Name_and0"],
    ],
    columns: &[
        NAMES,
        &[
            column("Operating_System_Name_and0", os::RELEASE, os::product),
            column("Caption0", os::RELEASE, caption),
            column("Version0", os::BUILD, os::kernel),
            column("Build01", os::BUILD, os::kernel),
            column("BuildNumber0", os::BUILD, os::build),
            column("Client0", &["mecm.client"], client),
            column("Obsolete0", &[], obsolete),
            column("Active0", &[], active),
        ],
    ],
    finish: os::finish,
    says: &[],
    named_by: NamedBy::Row,
};

/// The views of installed software.
pub(super) const PROGRAMS: Table = Table {
    id: "mecm-programs-sql",
    title: "installed software from the database of Configuration Manager",
    recognised_by: &[
        &["ResourceID", "DisplayName0"],
        &["Netbios_Name0", "DisplayName0"],
        &["Name0", "DisplayName0"],
        &["ResourceID", "ARPDisplayName0"],
        &["Netbios_Name0", "ARPDisplayName0"],
        &["ResourceID", "ProductName0"],
        &["Netbios_Name0", "ProductName0"],
    ],
    columns: &[
        NAMES,
        &[
            column("DisplayName0", software::SAYS, software::name),
            column("ARPDisplayName0", software::SAYS, software::name),
            column("ProductName0", software::SAYS, software::name),
            column("Publisher0", &[], software::vendor),
            column("Version0", &[], software::version),
            column("ProductVersion0", &[], software::version),
        ],
    ],
    finish: software::finish,
    says: &[],
    named_by: NamedBy::Row,
};

/// The view of installed updates.
pub(super) const UPDATES: Table = Table {
    id: "mecm-updates-sql",
    title: "installed updates from the database of Configuration Manager",
    recognised_by: &[&["ResourceID", "HotFixID0"], &["Netbios_Name0", "HotFixID0"], &["Name0", "HotFixID0"]],
    columns: &[NAMES, &[column("HotFixID0", updates::SAYS, updates::number)]],
    finish: updates::finish,
    says: &[],
    named_by: NamedBy::Row,
};

/// CMPivot on installed software. Only clients that were online are in any of its results.
pub(super) const PIVOT_SOFTWARE: Table = Table {
    id: "cmpivot-software",
    title: "a CMPivot result about installed software",
    recognised_by: &[&["Device", "ProductName"]],
    columns: &[&[
        names("Device", identity::name),
        column("ProductName", software::SAYS, software::name),
        column("Publisher", &[], software::vendor),
        column("ProductVersion", &[], software::version),
    ]],
    finish: software::finish,
    says: &[],
    named_by: NamedBy::Row,
};

/// CMPivot on services.
pub(super) const PIVOT_SERVICES: Table = Table {
    id: "cmpivot-services",
    title: "a CMPivot result about services",
    recognised_by: &[&["Device", "Name", "State"], &["Device", "Name", "StartMode"], &["Device", "Name", "Started"]],
    columns: &[&[
        names("Device", identity::name),
        column("Name", services::SAYS, services::name),
        column("State", &[], services::state),
        column("StartMode", &[], services::start),
        column("Started", &[], nothing),
    ]],
    finish: services::finish,
    says: &[],
    named_by: NamedBy::Row,
};

/// CMPivot on the operating system.
pub(super) const PIVOT_SYSTEMS: Table = Table {
    id: "cmpivot-systems",
    title: "a CMPivot result about operating systems",
    recognised_by: &[&["Device", "Caption"]],
    columns: &[&[
        names("Device", identity::name),
        column("Caption", os::RELEASE, os::product),
        column("Version", os::BUILD, os::kernel),
        column("BuildNumber", os::BUILD, os::build),
        column("ProductType", &["os.role"], os::product_type),
        column("OSArchitecture", &["os.x64"], os::architecture),
    ]],
    finish: os::finish,
    says: &[],
    named_by: NamedBy::Row,
};

/// CMPivot on installed updates.
pub(super) const PIVOT_UPDATES: Table = Table {
    id: "cmpivot-updates",
    title: "a CMPivot result about installed updates",
    recognised_by: &[&["Device", "HotFixID"]],
    columns: &[&[names("Device", identity::name), column("HotFixID", updates::SAYS, updates::number)]],
    finish: updates::finish,
    says: &[],
    named_by: NamedBy::Row,
};

/// CMPivot on values of the registry; the key is in the query and not in the result.
pub(super) const PIVOT_REGISTRY: Table = Table {
    id: "cmpivot-registry",
    title: "a CMPivot result about the registry",
    recognised_by: &[&["Device", "Property", "Value"]],
    columns: &[&[
        names("Device", identity::name),
        column("Property", registry::SAYS, registry::name),
        column("Value", &[], registry::data),
    ]],
    finish: registry::finish,
    says: &[],
    named_by: NamedBy::Row,
};

const MANAGES: &[&str] = &["mecm.manages_endpoint_protection", "mecm.installs_endpoint_protection"];

/// How the views name a system.
const NAMES: &[Column] = &[
    names("ResourceID", identity::mecm),
    names("Netbios_Name0", identity::name),
    names("Name0", identity::name),
    names("Resource_Domain_OR_Workgr0", identity::domain),
    when("TimeStamp"),
];

/// The caption names the release in full, unlike the name of the kernel.
fn caption(draft: &mut Draft<'_>, cell: Cell<'_>) {
    draft.os.product = cell.text().map(std::borrow::Cow::into_owned);
}

fn client(draft: &mut Draft<'_>, cell: Cell<'_>) {
    if let Some(flag) = cell.flag() {
        draft.flag("mecm.client", flag);
    }
}

fn obsolete(draft: &mut Draft<'_>, cell: Cell<'_>) {
    if cell.flag() == Some(true) {
        draft.standing(Standing::Obsolete);
    }
}

fn active(draft: &mut Draft<'_>, cell: Cell<'_>) {
    if cell.flag() == Some(false) {
        draft.standing(Standing::Inactive);
    }
}

/// Whether a sensor is onboarded; the old one counts too.
fn onboarding(draft: &mut Draft<'_>, cell: Cell<'_>) {
    match cell.text().as_deref() {
        Some("0") => draft.flag("sense.onboarded", false),
        Some("1") => draft.unknown(
            "sense.onboarded",
            "onboarded as Configuration Manager has it, which does not say by which of the two sensors",
        ),
        _ => {}
    }
}

/// How far Endpoint Protection is deployed.
fn deployment(draft: &mut Draft<'_>, cell: Cell<'_>) {
    match cell.text().as_deref() {
        Some("1") => draft.flag("mecm.manages_endpoint_protection", false),
        Some("2") => draft.flag("mecm.installs_endpoint_protection", true),
        Some("3") => draft.flag("mecm.manages_endpoint_protection", true),
        _ => {}
    }
}

fn device(draft: &mut Draft<'_>) {
    os::finish(draft);
    let Some(version) = draft.thing.version.take() else { return };
    let on_2012r2 = matches!(draft.says("os.release"), Some(Said::Known(Value::Choice(release))) if **release == *"2012r2");
    // The numbers of SCEP are lower than those of Defender Antivirus.
    let old =
        version.strip_prefix("4.").and_then(|rest| rest.split('.').next()?.parse::<u32>().ok()).is_some_and(|minor| minor <= 10);
    if on_2012r2 && old {
        draft.flag("scep.installed", true);
    }
}
