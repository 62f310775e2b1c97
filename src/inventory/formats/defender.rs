//! The Defender portal and its API.

use super::{column, names, when};
use crate::fact::Value;
use crate::inventory::cell::Cell;
use crate::inventory::draft::Draft;
use crate::inventory::meaning::{antivirus, identity, os, sensor, software};
use crate::inventory::record::{Said, Standing};
use crate::inventory::table::{NamedBy, Table};

/// The device inventory as the portal exports it, with either of its two sets of columns. Of the antivirus it says nothing: its
/// column for that always reads the same.
pub(super) const DEVICES: Table = Table {
    id: "defender-devices-csv",
    title: "the device inventory of the Defender portal",
    recognised_by: &[&["Device ID", "Device Name", "OS Platform"]],
    columns: &[&[
        names("Device ID", identity::mde),
        names("Device Name", identity::name),
        names("Domain", identity::domain),
        names("AAD Device Id", identity::entra),
        when("Last device update"),
        column("OS Platform", os::RELEASE, os::product),
        column("OS Version", &[], os::kernel),
        column("OS Build", os::BUILD, os::build),
        column("Health Status", &[], health),
        column("Onboarding Status", sensor::ONBOARDING, sensor::onboarding),
        column("Cloud Platforms", CLOUD, cloud),
        column("Managed By", &["attach.enrolled"], sensor::managed_by),
    ]],
    finish: device,
    says: &[],
    named_by: NamedBy::Row,
};

/// `GET /api/machines`.
pub(super) const MACHINES: Table = Table {
    id: "defender-machines",
    title: "the machines of the Defender API",
    recognised_by: &[&["id", "computerDnsName", "osPlatform", "healthStatus"], &["id", "computerDnsName", "agentVersion"]],
    columns: &[&[
        names("id", identity::mde),
        names("computerDnsName", identity::name),
        names("aadDeviceId", identity::entra),
        column("mergedIntoMachineId", &[], merged),
        when("lastSeen"),
        column("osPlatform", os::RELEASE, os::product),
        column("version", &[], os::kernel),
        column("osVersion", &[], os::kernel),
        column("osBuild", os::BUILD, os::build),
        column("osArchitecture", &["os.x64"], os::architecture),
        column("agentVersion", sensor::VERSION, sensor::version),
        column("healthStatus", &[], health),
        column("onboardingStatus", sensor::ONBOARDING, sensor::onboarding),
        column("managedBy", &["attach.enrolled"], sensor::managed_by),
        column("vmMetadata", CLOUD, vm_metadata),
        column("vm_metadata", CLOUD, vm_metadata),
    ]],
    finish: device,
    says: &[],
    named_by: NamedBy::Row,
};

/// `GET /api/deviceavinfo`. Of these releases it lists only servers with the unified solution.
pub(super) const ANTIVIRUS: Table = Table {
    id: "defender-antivirus-health",
    title: "the antivirus health of the Defender API",
    recognised_by: &[&["machineId", "computerDnsName", "avMode"]],
    columns: &[&[
        names("machineId", identity::mde),
        names("computerDnsName", identity::name),
        column("osPlatform", os::RELEASE, os::product),
        column("osVersion", os::BUILD, os::kernel),
        when("lastSeenTime"),
        when("dataRefreshTimestamp"),
        column("avMode", antivirus::MODE, antivirus::mode_digit),
        column("avPlatformVersion", &["defender.platform"], antivirus::platform),
        column("avSignatureUpdateTime", &["defender.signature_age"], antivirus::signature_updated),
    ]],
    finish: gathered,
    says: &["sense.installed"],
    named_by: NamedBy::Row,
};

/// The same as files of the export, and as the hunting table of it.
pub(super) const GATHERED: Table = Table {
    id: "defender-gathered-info",
    title: "what Defender gathered of devices",
    recognised_by: &[
        &["DeviceId", "DeviceGatheredInfo"],
        &["DeviceName", "DeviceGatheredInfo"],
        &["DeviceId", "LastSeenTime", "AdditionalFields"],
        &["DeviceName", "LastSeenTime", "AdditionalFields"],
    ],
    columns: &[&[
        names("DeviceId", identity::mde),
        names("DeviceName", identity::name),
        column("OSPlatform", os::RELEASE, os::product),
        column("OsVersion", os::BUILD, os::kernel),
        when("LastSeenTime"),
        column("DeviceGatheredInfo", antivirus::GATHERED, antivirus::gathered),
        column("AdditionalFields", antivirus::GATHERED, antivirus::gathered),
    ]],
    finish: gathered,
    says: &["sense.installed"],
    named_by: NamedBy::Row,
};

/// The software inventory, of the API and of hunting. Only products that are known to it are listed.
pub(super) const SOFTWARE: Table = Table {
    id: "defender-software",
    title: "the software inventory of Defender",
    recognised_by: &[&["DeviceId", "SoftwareName"], &["DeviceName", "SoftwareName"]],
    columns: &[&[
        names("DeviceId", identity::mde),
        names("DeviceName", identity::name),
        column("OSPlatform", os::RELEASE, os::product),
        column("SoftwareVendor", &[], software::vendor),
        column("SoftwareName", software::SAYS, software::name),
        column("SoftwareVersion", &[], software::version),
    ]],
    finish: installed,
    says: &[],
    named_by: NamedBy::Row,
};

/// What the clouds that a device is in say something of.
pub(super) const CLOUD: &[&str] = &["azure.vm", "azure.arc"];

/// The record that this one was merged into.
pub(super) fn merged(draft: &mut Draft<'_>, cell: Cell<'_>) {
    if let Some(into) = identity::device_id(cell) {
        draft.standing(Standing::Merged(into));
    }
}

/// Whether the sensor is heard from.
pub(super) fn health(draft: &mut Draft<'_>, cell: Cell<'_>) {
    if cell.text().is_some_and(|text| text.eq_ignore_ascii_case("inactive")) {
        draft.standing(Standing::Inactive);
    }
}

/// The clouds that a device is in. Where none is named that may be since none is, or since it is not known.
pub(super) fn cloud(draft: &mut Draft<'_>, cell: Cell<'_>) {
    let Some(text) = cell.nested().map(|nested| nested.to_string()).or_else(|| cell.text().map(std::borrow::Cow::into_owned))
    else {
        return;
    };
    let named = |word: &str| text.split(|one: char| !one.is_ascii_alphanumeric()).any(|found| found.eq_ignore_ascii_case(word));
    if named("azure") || named("arc") {
        draft.flag("azure.vm", named("azure"));
        draft.flag("azure.arc", named("arc"));
    }
}

fn vm_metadata(draft: &mut Draft<'_>, cell: Cell<'_>) {
    let Some(nested) = cell.nested() else { return };
    let Some(id) = nested.get("resourceId").and_then(|id| id.as_str()) else { return };
    resource(draft, id);
}

/// The id of a resource in Azure.
pub(super) fn resource_id(draft: &mut Draft<'_>, cell: Cell<'_>) {
    if let Some(id) = cell.text() {
        resource(draft, &id);
    }
}

/// The resource of a device in Azure: a machine of Azure itself, or one elsewhere that Azure Arc manages.
pub(super) fn resource(draft: &mut Draft<'_>, id: &str) {
    identity::azure(draft.identity(), Cell::Text(id));
    let lower = id.to_ascii_lowercase();
    let arc = lower.contains("/microsoft.hybridcompute/");
    if arc || lower.contains("/microsoft.compute/virtualmachines/") {
        draft.flag("azure.vm", !arc);
        draft.flag("azure.arc", arc);
    }
}

pub(super) fn device(draft: &mut Draft<'_>) {
    os::finish(draft);
    sensor::finish(draft);
}

fn gathered(draft: &mut Draft<'_>) {
    os::finish(draft);
    antivirus::finish(draft);
    let release = draft.says("os.release");
    if let Some(Said::Known(Value::Choice(release))) = release
        && matches!(&**release, "2012r2" | "2016")
    {
        draft.flag("sense.installed", true);
    }
}

fn installed(draft: &mut Draft<'_>) {
    software::finish(draft);
    os::finish(draft);
}
