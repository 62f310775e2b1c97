//! A piece of software that is installed. Software that is not listed says nothing: no list is known to be whole.

use crate::fact::products::{self, Kind};
use crate::inventory::cell::Cell;
use crate::inventory::draft::{Draft, keep};
use crate::suggest::excerpt;

/// What a row of installed software can say something of.
pub(in crate::inventory) const SAYS: &[&str] =
    &["mma.installed", "scep.installed", "sense.installed", "mecm.client", "third_party.products", "os.build"];

/// Its name.
pub(in crate::inventory) fn name(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.thing.name, cell);
}

/// Its vendor.
pub(in crate::inventory) fn vendor(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.thing.vendor, cell);
}

/// Its version.
pub(in crate::inventory) fn version(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.thing.version, cell);
}

/// What the pieces say together.
pub(in crate::inventory) fn finish(draft: &mut Draft<'_>) {
    let thing = std::mem::take(&mut draft.thing);
    let Some(name) = thing.name else { return draft.ignore("the row names no software") };
    let vendor = thing.vendor.unwrap_or_default();
    let words = name.replace('_', " ").to_lowercase();
    let microsoft = vendor.is_empty() || vendor.to_lowercase().starts_with("microsoft");
    if microsoft && matches!(words.as_str(), "microsoft monitoring agent" | "monitoring agent") {
        draft.flag("mma.installed", true);
    } else if microsoft && (words.starts_with("system center") && words.ends_with("endpoint protection")) {
        draft.flag("scep.installed", true);
    } else if microsoft && is_unified(&words) {
        draft.flag("sense.installed", true);
    } else if microsoft && words == "configuration manager client" {
        draft.flag("mecm.client", true);
    } else if microsoft && words == "configuration manager" {
        draft.unknown("mecm.client", "the software inventory has one word for the client, the console and the site server");
    } else if microsoft && words.starts_with("windows server") {
        draft.os.product.get_or_insert(words);
        draft.os.kernel = thing.version;
    } else {
        match products::of_software(&name, &vendor) {
            Kind::Product(product) => draft.found("third_party.products", product.name),
            Kind::Suspect => {
                let reason =
                    format!("`{}` of `{}` may be an antivirus; if so, say it with a mapping", excerpt(&name), excerpt(&vendor));
                draft.unknown("third_party.products", reason);
            }
            Kind::Other => draft.ignore("software that no fact is about"),
        }
    }
}

/// The names of the unified solution: of its uninstall entry, and in the portal.
fn is_unified(words: &str) -> bool {
    ["microsoft defender for endpoint", "microsoft defender for windows server"].contains(&words)
}
