//! The sensor of Defender for Endpoint, old and unified.
//!
//! That the portal has a device as onboarded says nothing of the unified sensor: the old one reports there too. Its version
//! tells the two apart.

use crate::fact::Version;
use crate::inventory::cell::Cell;
use crate::inventory::draft::{Draft, keep};
use crate::suggest::excerpt;

/// What the version of the sensor says something of.
pub(in crate::inventory) const VERSION: &[&str] = &["sense.version", "sense.installed", "mma.sensor", "mma.installed"];
/// What the portal's word for the onboarding says something of.
pub(in crate::inventory) const ONBOARDING: &[&str] = &["sense.onboarded"];

/// The version of the sensor that reports.
pub(in crate::inventory) fn version(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.sensor.version, cell);
}

/// Whether the portal has the device as onboarded.
pub(in crate::inventory) fn onboarding(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.sensor.onboarding, cell);
}

/// Who manages the security settings, in the portal's words.
pub(in crate::inventory) fn managed_by(draft: &mut Draft<'_>, cell: Cell<'_>) {
    let Some(text) = cell.text() else { return };
    match text.to_ascii_lowercase().as_str() {
        "mde" | "microsoftdefenderforendpoint" => draft.flag("attach.enrolled", true),
        "intune" | "configmgr" | "sccm" => draft.flag("attach.enrolled", false),
        _ => draft.unknown("attach.enrolled", format!("the portal says that it is managed by `{}`", excerpt(&text))),
    }
}

/// The number of the enrollment in security settings management.
pub(in crate::inventory) fn enrollment(draft: &mut Draft<'_>, number: &str) {
    match number {
        "1" => draft.flag("attach.enrolled", true),
        // Failed, never tried, or another manager's.
        "0" | "2" | "3" | "4" | "22" => draft.flag("attach.enrolled", false),
        _ => draft.unknown("attach.enrolled", format!("`{}` is no enrollment status that is known", excerpt(number))),
    }
}

/// Which of the two sensors a version is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The one inside the monitoring agent.
    Old,
    /// The one of the unified solution.
    Unified,
}

/// The rule that tells the two apart on 2012 R2 and 2016; a version that it does not name is of neither.
fn kind(version: &str) -> Option<Kind> {
    version.parse::<Version>().ok()?;
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or_default());
    match (parts.next()?, parts.next()?) {
        (10, 3720) => Some(Kind::Old),
        (10, 8000..) | (11.., _) => Some(Kind::Unified),
        _ => None,
    }
}

/// What the pieces say together.
pub(in crate::inventory) fn finish(draft: &mut Draft<'_>) {
    let sensor = std::mem::take(&mut draft.sensor);
    let kind = sensor.version.as_deref().and_then(kind);
    if let Some(version) = &sensor.version {
        draft.value("sense.version", version);
        match kind {
            Some(Kind::Old) => {
                draft.flag("mma.sensor", true);
                // The old sensor runs inside the monitoring agent.
                draft.flag("mma.installed", true);
                draft.unknown("sense.installed", "the old sensor reports, beside which the unified solution may be installed");
            }
            Some(Kind::Unified) => {
                draft.flag("mma.sensor", false);
                draft.flag("sense.installed", true);
            }
            None => {}
        }
    }
    let Some(onboarding) = &sensor.onboarding else { return };
    let word: String = onboarding.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    match (word.as_str(), kind) {
        ("onboarded", Some(kind)) => draft.flag("sense.onboarded", kind == Kind::Unified),
        ("onboarded", None) => {
            draft.unknown("sense.onboarded", "onboarded in the portal, but this export does not say by which of the two sensors");
        }
        ("canbeonboarded", _) => draft.flag("sense.onboarded", false),
        _ => draft.unknown("sense.onboarded", format!("the portal says `{}`", excerpt(onboarding))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tells_the_two_sensors_apart_and_names_no_other() {
        assert_eq!(kind("10.3720.16299.2028"), Some(Kind::Old));
        assert_eq!(kind("10.8805.26100.1"), Some(Kind::Unified));
        assert_eq!(kind("10.8049.22439.1084"), Some(Kind::Unified));
        for other in ["10.4000.1.1", "10", "9.1", "", "10.x"] {
            assert_eq!(kind(other), None, "{other}");
        }
    }
}
