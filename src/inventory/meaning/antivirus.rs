//! Defender Antivirus: its mode, platform and age.

use crate::inventory::cell::Cell;
use crate::inventory::draft::{Draft, keep};
use crate::inventory::seen;
use crate::inventory::table::Read;
use crate::suggest::excerpt;
use serde_json::Value as Json;

/// What the portal's digit for the mode says something of.
pub(in crate::inventory) const MODE: &[&str] = &["defender.mode", "defender.service"];

/// The mode as a digit, as the health report and hunting have it.
pub(in crate::inventory) fn mode_digit(draft: &mut Draft<'_>, cell: Cell<'_>) {
    let Some(text) = cell.text() else { return };
    match &*text {
        "0" => works(draft, "active"),
        "1" => works(draft, "passive"),
        "4" => works(draft, "edr_block"),
        "2" => {
            draft
                .unknown("defender.mode", "the health report has one word for switched off, uninstalled and passive on the side");
        }
        _ => draft.unknown("defender.mode", format!("the health report says `{}`, which is no mode", excerpt(&text))),
    }
}

/// The mode in the words of `Get-MpComputerStatus`.
pub(in crate::inventory) fn running_mode(draft: &mut Draft<'_>, cell: Cell<'_>) {
    let Some(text) = cell.text() else { return };
    match text.to_ascii_lowercase().as_str() {
        "normal" => works(draft, "active"),
        "passive" | "passive mode" | "sxs passive mode" => works(draft, "passive"),
        "edr block mode" | "edr blocked" => works(draft, "edr_block"),
        "not running" => draft.value("defender.mode", "none"),
        _ => draft.unknown("defender.mode", format!("`{}` is no mode that is known", excerpt(&text))),
    }
}

/// The mode in the words of the client analyzer.
pub(in crate::inventory) fn analyzer_mode(draft: &mut Draft<'_>, text: &str) {
    match text.to_ascii_lowercase().as_str() {
        "active" => works(draft, "active"),
        "passive" | "passive (forced)" => works(draft, "passive"),
        _ => draft.unknown("defender.mode", format!("the client analyzer says `{}`", excerpt(text))),
    }
}

/// Whoever has a mode runs.
fn works(draft: &mut Draft<'_>, mode: &str) {
    draft.value("defender.mode", mode);
    draft.value("defender.service", "running");
}

/// Whether the service runs.
pub(in crate::inventory) fn service_enabled(draft: &mut Draft<'_>, cell: Cell<'_>) {
    match cell.flag() {
        Some(true) => draft.value("defender.service", "running"),
        Some(false) => draft.unknown("defender.service", "it does not run, and whether it is stopped or disabled is not said"),
        None => {}
    }
}

/// The version of the platform.
pub(in crate::inventory) fn platform(draft: &mut Draft<'_>, cell: Cell<'_>) {
    if let Some(text) = cell.text() {
        draft.value("defender.platform", &text);
    }
}

/// Whether tamper protection is on.
pub(in crate::inventory) fn tamper(draft: &mut Draft<'_>, cell: Cell<'_>) {
    if let Some(flag) = cell.flag() {
        draft.flag("defender.tamper_protection", flag);
    }
}

/// The age of the security intelligence in whole days; the numbers that stand for never are none.
pub(in crate::inventory) fn signature_age(draft: &mut Draft<'_>, cell: Cell<'_>) {
    let Some(text) = cell.text() else { return };
    match text.parse::<u32>() {
        Ok(65_535 | u32::MAX) => draft.unknown("defender.signature_age", "no security intelligence was ever installed"),
        Ok(days) => draft.days("defender.signature_age", days),
        Err(_) => draft.unknown("defender.signature_age", format!("`{}` is no number of days", excerpt(&text))),
    }
}

/// When the security intelligence was brought up to date.
pub(in crate::inventory) fn signature_updated(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.signatures, cell);
}

/// What the pieces say together: the age is that at the time of the row.
pub(in crate::inventory) fn finish(draft: &mut Draft<'_>) {
    let Some(text) = draft.signatures.take() else { return };
    let (seen::Seen::At(updated), Some(recorded)) = (seen::read(&text).0, draft.recorded()) else { return };
    let seconds = recorded.as_second().saturating_sub(updated.as_second()).max(0);
    let days = u32::try_from(seconds / 86_400).unwrap_or(u32::MAX);
    draft.forget("defender.signature_age");
    draft.days("defender.signature_age", days);
}

/// The keys that the health report and hunting have for the antivirus, in an object of their own.
pub(in crate::inventory) fn gathered(draft: &mut Draft<'_>, cell: Cell<'_>) {
    let Some(nested) = cell.nested() else { return };
    let get = |name: &str| {
        let Json::Object(object) = &*nested else { return None };
        let found = object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.and_then(|(_, value)| Cell::from_json(value))
    };
    if let Some(cell) = get("AvMode") {
        mode_digit(draft, cell);
    }
    if let Some(cell) = get("AvPlatformVersion") {
        platform(draft, cell);
    }
    if let Some(cell) = get("AvSignatureDataRefreshTime") {
        draft.read(Read::When, cell);
    }
    if let Some(cell) = get("AvSignatureUpdateTime") {
        signature_updated(draft, cell);
    }
}

/// What [`gathered`] says something of.
pub(in crate::inventory) const GATHERED: &[&str] =
    &["defender.mode", "defender.service", "defender.platform", "defender.signature_age"];
