//! A service, its state and how it starts. A service that is not listed says nothing: no list is known to be whole.

use crate::fact::products;
use crate::inventory::cell::Cell;
use crate::inventory::draft::{Draft, keep};

/// What a row of services can say something of.
pub(in crate::inventory) const SAYS: &[&str] = &[
    "mma.installed",
    "scep.installed",
    "sense.installed",
    "sense.autostart",
    "defender.service",
    "mecm.client",
    "third_party.products",
    "third_party.antivirus",
];

/// Its name.
pub(in crate::inventory) fn name(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.thing.name, cell);
}

/// Its state.
pub(in crate::inventory) fn state(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.thing.state, cell);
}

/// How it starts.
pub(in crate::inventory) fn start(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.thing.start, cell);
}

/// Whether it runs, by the words and numbers that there are for it.
fn runs(state: &str) -> Option<bool> {
    match state.to_ascii_lowercase().as_str() {
        "running" | "started" | "4" => Some(true),
        "stopped" | "1" => Some(false),
        _ => None,
    }
}

/// How a service starts.
#[derive(Clone, Copy, PartialEq)]
enum Starts {
    Automatic,
    Disabled,
    Otherwise,
}

fn starts(text: &str) -> Option<Starts> {
    match text.to_ascii_lowercase().as_str() {
        "auto" | "automatic" | "auto_start" | "delayed" | "delayed-auto" | "2" => Some(Starts::Automatic),
        "disabled" | "4" => Some(Starts::Disabled),
        "manual" | "demand_start" | "3" | "boot_start" | "system_start" | "boot" | "system" | "0" | "1" => {
            Some(Starts::Otherwise)
        }
        _ => None,
    }
}

/// What the pieces say together.
pub(in crate::inventory) fn finish(draft: &mut Draft<'_>) {
    let thing = std::mem::take(&mut draft.thing);
    let Some(name) = thing.name else { return draft.ignore("the row names no service") };
    let runs = thing.state.as_deref().and_then(runs);
    let starts = thing.start.as_deref().and_then(starts);
    match name.to_ascii_lowercase().as_str() {
        "healthservice" => draft.flag("mma.installed", true),
        "msmpsvc" => draft.flag("scep.installed", true),
        "ccmexec" => draft.flag("mecm.client", true),
        "sense" => {
            // On these releases the service comes only with the unified solution.
            draft.flag("sense.installed", true);
            match starts {
                Some(starts) => draft.flag("sense.autostart", starts == Starts::Automatic),
                None => draft.unknown("sense.autostart", "the source does not say how the service Sense starts"),
            }
        }
        "windefend" => match (runs, starts) {
            (Some(true), _) => draft.value("defender.service", "running"),
            (Some(false), Some(Starts::Disabled)) => draft.value("defender.service", "disabled"),
            (Some(false), Some(_)) => draft.value("defender.service", "stopped"),
            _ => draft.unknown("defender.service", "the source does not say both whether it runs and how it starts"),
        },
        other => match products::of_service(other) {
            Some(product) => {
                draft.found("third_party.products", product.name);
                match runs {
                    Some(true) if product.antivirus => draft.value("third_party.antivirus", "active"),
                    _ => draft.unknown("third_party.antivirus", "a service that does not run says nothing of the filter driver"),
                }
            }
            None => draft.ignore("a service that no fact is about"),
        },
    }
}
