//! Advanced hunting: whatever columns a query chose, as the portal's CSV, the API's JSON, or a row a line.

use super::defender::{CLOUD, cloud, device, health, merged, resource_id};
use super::{column, names, nothing, when};
use crate::inventory::draft::Draft;
use crate::inventory::meaning::{antivirus, identity, os, sensor};
use crate::inventory::table::{NamedBy, Table};

/// The table `DeviceInfo`, or a query's own choice of its columns. Rows without a value say nothing of it, not that it is false.
pub(super) const DEVICES: Table = Table {
    id: "hunting-devices",
    title: "an advanced hunting result about devices",
    recognised_by: &[
        &["DeviceId", "OSPlatform"],
        &["DeviceName", "OSPlatform"],
        &["DeviceId", "ClientVersion"],
        &["DeviceName", "ClientVersion"],
        &["DeviceId", "OnboardingStatus"],
        &["DeviceName", "OnboardingStatus"],
        &["DeviceId", "OSBuild"],
        &["DeviceName", "OSBuild"],
        &["DeviceId", "AvMode"],
        &["DeviceName", "AvMode"],
    ],
    columns: &[&[
        names("DeviceId", identity::mde),
        names("DeviceName", identity::name),
        names("AadDeviceId", identity::entra),
        column("AzureResourceId", CLOUD, resource_id),
        column("MergedToDeviceId", &[], merged),
        when("Timestamp"),
        column("OSPlatform", os::RELEASE, os::product),
        column("OSVersion", &[], os::kernel),
        column("OSBuild", os::BUILD, os::build),
        column("OsBuildRevision", os::BUILD, os::revision),
        column("OSArchitecture", &["os.x64"], os::architecture),
        column("ClientVersion", sensor::VERSION, sensor::version),
        column("SensorHealthState", &[], health),
        column("OnboardingStatus", sensor::ONBOARDING, sensor::onboarding),
        column("CloudPlatforms", CLOUD, cloud),
        column("AvMode", antivirus::MODE, antivirus::mode_digit),
        column("AvPlatformVersion", &["defender.platform"], antivirus::platform),
        column("AvSignatureUpdateTime", &["defender.signature_age"], antivirus::signature_updated),
    ]],
    finish: row,
    says: &[],
    named_by: NamedBy::Row,
};

/// The table `DeviceTvmSecureConfigurationAssessment`. What it says of the antivirus it says of any antivirus, so that no fact
/// rests on it.
pub(super) const CONFIGURATION: Table = Table {
    id: "hunting-configuration",
    title: "an advanced hunting result about secure configuration",
    recognised_by: &[&["DeviceId", "ConfigurationId", "IsCompliant"], &["DeviceName", "ConfigurationId", "IsCompliant"]],
    columns: &[&[
        names("DeviceId", identity::mde),
        names("DeviceName", identity::name),
        when("Timestamp"),
        column("OSPlatform", os::RELEASE, os::product),
        column("ConfigurationId", &[], nothing),
        column("IsCompliant", &[], nothing),
    ]],
    finish: os::finish,
    says: &[],
    named_by: NamedBy::Row,
};

fn row(draft: &mut Draft<'_>) {
    device(draft);
    antivirus::finish(draft);
}
