//! An update that is installed. One that is not listed may have come with a later one.

use crate::inventory::cell::Cell;
use crate::inventory::draft::{Draft, keep};

/// What a row of updates can say something of.
pub(in crate::inventory) const SAYS: &[&str] = &["update.april_2014_rollup", "update.ucrt", "update.ssu_2021_09"];

/// Its number.
pub(in crate::inventory) fn number(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.thing.name, cell);
}

/// What the number says.
pub(in crate::inventory) fn finish(draft: &mut Draft<'_>) {
    let Some(number) = draft.thing.name.take() else { return draft.ignore("the row names no update") };
    match number.to_ascii_uppercase().trim_start_matches("KB") {
        "2919355" => draft.flag("update.april_2014_rollup", true),
        "2999226" => draft.flag("update.ucrt", true),
        "5005698" => draft.flag("update.ssu_2021_09", true),
        _ => draft.ignore("an update that no fact is about"),
    }
}
