//! Values of the registry. A value that is not listed says nothing: no list is known to be whole.

use super::{os, sensor};
use crate::inventory::cell::Cell;
use crate::inventory::draft::{Draft, keep};

/// What a row of the registry can say something of.
pub(in crate::inventory) const SAYS: &[&str] = &[
    "os.release",
    "os.build",
    "os.x64",
    "os.core",
    "sense.onboarded",
    "sense.org",
    "sense.autostart",
    "policy.disable_antispyware",
    "policy.force_passive",
    "scep.installed",
    "attach.enrolled",
];

/// The key that the value stands under.
pub(in crate::inventory) fn key(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.thing.key, cell);
}

/// The value's name.
pub(in crate::inventory) fn name(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.thing.name, cell);
}

/// What it holds.
pub(in crate::inventory) fn data(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.thing.value, cell);
}

/// What the pieces say together.
pub(in crate::inventory) fn finish(draft: &mut Draft<'_>) {
    let thing = std::mem::take(&mut draft.thing);
    let (Some(name), Some(data)) = (thing.name, thing.value) else {
        return draft.ignore("the row names no value of the registry");
    };
    if !value(draft, thing.key.as_deref(), &name, &data) {
        draft.ignore("a value of the registry that no fact is about");
    }
    os::finish(draft);
}

/// What several values of one key say; false where no fact is about any of them.
pub(in crate::inventory) fn values(draft: &mut Draft<'_>, key: &str, values: &[(&str, String)]) -> bool {
    let switches =
        values.iter().filter(|(name, _)| ["DisableAntiSpyware", "DisableAntiVirus"].contains(name)).collect::<Vec<_>>();
    let off = switches.len() == 2 && switches.iter().all(|(_, data)| data.trim() == "0");
    let mut used = false;
    for (name, data) in values {
        used |= value(draft, Some(key), name, data);
    }
    // Of the two each alone can switch it off, and only both together say that it is not.
    let on = switches.iter().any(|(_, data)| data.trim() != "0");
    if (on || off) && draft.says("policy.disable_antispyware").is_some() {
        draft.forget("policy.disable_antispyware");
        draft.flag("policy.disable_antispyware", on);
    }
    os::finish(draft);
    used
}

/// What a value says; false where no fact is about it. Where the source leaves out the key, only names that occur once count.
pub(in crate::inventory) fn value(draft: &mut Draft<'_>, key: Option<&str>, name: &str, data: &str) -> bool {
    let key = key.map(|key| key.replace('/', "\\").trim_end_matches('\\').to_ascii_lowercase());
    let ends = |end: &str| key.as_deref().is_some_and(|key| key.ends_with(end));
    let anywhere = key.is_none();
    // What is set for a person is no policy of the server.
    if key
        .as_deref()
        .is_some_and(|key| ["hkcu", "hku", "hkey_current_user", "hkey_users"].iter().any(|hive| key.starts_with(hive)))
    {
        return false;
    }
    let policies = key.as_deref().is_some_and(|key| key.contains("\\software\\policies\\"));
    match name.to_ascii_lowercase().as_str() {
        "onboardingstate" if anywhere || ends("\\windows advanced threat protection\\status") => {
            draft.flag("sense.onboarded", data.trim() == "1");
        }
        "orgid" if anywhere || ends("\\windows advanced threat protection\\status") => draft.value("sense.org", data.trim()),
        "start" if ends("\\services\\sense") => draft.flag("sense.autostart", data.trim() == "2"),
        "forcedefenderpassivemode" if anywhere || policies => draft.flag("policy.force_passive", data.trim() == "1"),
        "disableantispyware" | "disableantivirus" if anywhere || policies => {
            if data.trim() == "0" {
                draft.unknown("policy.disable_antispyware", "one of its two values is 0, and of the other nothing is said");
            } else {
                draft.flag("policy.disable_antispyware", true);
            }
        }
        "enrollmentstatus" if ends("\\software\\microsoft\\sensecm") => sensor::enrollment(draft, data.trim()),
        "ubr" if anywhere || ends("\\windows nt\\currentversion") => draft.os.revision = Some(data.to_owned()),
        "currentbuild" | "currentbuildnumber" if ends("\\windows nt\\currentversion") => draft.os.build = Some(data.to_owned()),
        "productname" if ends("\\windows nt\\currentversion") => draft.os.product = Some(data.to_owned()),
        "installationtype" if ends("\\windows nt\\currentversion") => os::installation_type(draft, Cell::Text(data)),
        "displayname" | "displayversion" if ends("\\uninstall\\microsoft security client") => draft.flag("scep.installed", true),
        _ => return false,
    }
    true
}
