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

/// Its state.
pub(in crate::inventory) fn state(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.thing.state, cell);
}

/// The states of a feature as a source has them.
pub(in crate::inventory) struct States {
    /// Its words, in any case, and what the fact calls each.
    pub(in crate::inventory) words: &'static [(&'static str, &'static str)],
    /// Why another word leaves the fact unknown.
    pub(in crate::inventory) otherwise: fn(&str) -> String,
}

/// What the pieces say together.
pub(in crate::inventory) fn finish(draft: &mut Draft<'_>, states: &States) {
    let thing = std::mem::take(&mut draft.thing);
    let Some(name) = thing.name else { return draft.ignore("the row names no feature") };
    // Its parent may be on without it.
    if !name.eq_ignore_ascii_case("Windows-Defender") {
        return draft.ignore("a feature that no fact is about");
    }
    let Some(state) = thing.state else {
        return draft.unknown("defender.feature", "the source does not say the state of the feature");
    };
    match states.words.iter().find(|(word, _)| word.eq_ignore_ascii_case(&state)) {
        Some((_, value)) => draft.value("defender.feature", value),
        None => draft.unknown("defender.feature", (states.otherwise)(&excerpt(&state))),
    }
}
