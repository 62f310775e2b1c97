//! The Windows feature of Defender Antivirus. A feature that is not listed says nothing: no list is known to be whole.

use crate::inventory::cell::Cell;
use crate::inventory::draft::{Draft, keep};
use crate::suggest::excerpt;

/// What a row of features can say something of.
pub(in crate::inventory) const SAYS: &[&str] = &["defender.feature"];

/// Its name, which Server Manager and DISM share.
pub(in crate::inventory) fn name(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.thing.name, cell);
}

/// What the pieces say together.
pub(in crate::inventory) fn finish(draft: &mut Draft<'_>) {
    let thing = std::mem::take(&mut draft.thing);
    let Some(name) = thing.name else { return draft.ignore("the row names no feature") };
    // Its parent may be on without it.
    if !name.eq_ignore_ascii_case("Windows-Defender") {
        return draft.ignore("a feature that no fact is about");
    }
    let Some(state) = thing.state else {
        return draft.unknown("defender.feature", "the source does not say the state of the feature");
    };
    match state.to_ascii_lowercase().as_str() {
        "installed" | "enabled" => draft.value("defender.feature", "enabled"),
        "available" | "disabled" | "uninstallpending" | "disablepending" => draft.value("defender.feature", "disabled"),
        "removed" | "disabledwithpayloadremoved" => draft.value("defender.feature", "removed"),
        "installpending" | "enablepending" => draft.value("defender.feature", "pending"),
        _ => draft.unknown("defender.feature", format!("`{}` is no state of a feature that is known", excerpt(&state))),
    }
}
