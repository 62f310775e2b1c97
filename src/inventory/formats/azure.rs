//! Azure: resources as Resource Graph, the command line and the REST interface have them, each an object with a resource id.
//!
//! In come objects of any type of resource; out come rows about machines, their extensions, and what a subscription has set up.
//! What a resource is, its type tells, and where a query left that out its id.

use super::defender::{CLOUD, resource, resource_id};
use super::{column, names, when};
use crate::inventory::cell::{Cell, below};
use crate::inventory::draft::{Draft, keep};
use crate::inventory::json::Rows;
use crate::inventory::meaning::{identity, os};
use crate::inventory::record::{About, Standing};
use crate::inventory::table::Read::{Names, Says, When};
use crate::inventory::table::{NamedBy, Read, Table};
use crate::suggest::excerpt;
use serde_json::{Map, Value as Json};

/// Virtual machines. The image that one was made of says nothing of what runs on it today.
pub(super) const MACHINES: Table = Table {
    id: "azure-machines",
    title: "virtual machines of Azure",
    recognised_by: &[],
    columns: &[&[
        column("id", CLOUD, resource_id),
        names("computerName", identity::name),
        column("osName", os::RELEASE, os::product),
        column("osVersion", os::BUILD, os::kernel),
        column("properties", os::SAYS, machine_properties),
    ]],
    finish: os::finish,
    says: &[],
    named_by: NamedBy::Row,
};

/// Machines elsewhere that Azure Arc manages.
pub(super) const ARC: Table = Table {
    id: "azure-arc-machines",
    title: "machines of Azure Arc",
    recognised_by: &[],
    columns: &[&[
        column("id", CLOUD, resource_id),
        names("machineFqdn", identity::name),
        names("dnsFqdn", identity::name),
        names("displayName", identity::name),
        names("domainName", identity::domain),
        column("osSku", os::RELEASE, os::product),
        column("osVersion", os::BUILD, os::kernel),
        when("lastStatusChange"),
        column("status", &[], status),
        column("properties", os::SAYS, arc_properties),
    ]],
    finish: os::finish,
    says: &[],
    named_by: NamedBy::Row,
};

/// Extensions of either. Their names are free, so that publisher and type tell what they are.
pub(super) const EXTENSIONS: Table = Table {
    id: "azure-extensions",
    title: "extensions of machines in Azure",
    recognised_by: &[],
    columns: &[&[
        column("id", CLOUD, extended_machine),
        column("type", &[], extended_type),
        column("publisher", EXTENSION, publisher),
        column("typePropertiesType", EXTENSION, extension_type),
        column("provisioningState", &[], state),
        column("properties", EXTENSION, extension_properties),
    ]],
    finish: extension,
    says: &[],
    named_by: NamedBy::Row,
};

/// The plans of Defender for Cloud.
pub(super) const PRICINGS: Table = Table {
    id: "azure-pricings",
    title: "plans of Defender for Cloud",
    recognised_by: &[],
    columns: &[&[
        column("id", &[], scope),
        column("subscriptionId", &[], subscription),
        column("name", &[], name),
        column("pricingTier", PLAN, state),
        column("subPlan", &[], version),
        column("resourcesCoverageStatus", &[], value),
        column("properties", PLAN, pricing_properties),
    ]],
    finish: pricing,
    says: &[],
    named_by: NamedBy::Row,
};

/// What Defender for Cloud may do with Defender for Endpoint.
pub(super) const SETTINGS: Table = Table {
    id: "azure-security-settings",
    title: "security settings of an Azure subscription",
    recognised_by: &[],
    columns: &[&[
        column("id", &[], scope),
        column("subscriptionId", &[], subscription),
        column("name", SETTING, name),
        column("enabled", &[], state),
        column("properties", &[], setting_properties),
    ]],
    finish: setting,
    says: &[],
    named_by: NamedBy::Row,
};

/// Whatever else a query found.
pub(super) const OTHERS: Table = Table {
    id: "azure-resources",
    title: "other resources of Azure",
    recognised_by: &[],
    columns: &[],
    finish: |draft| draft.ignore("a resource of Azure that no fact is about"),
    says: &[],
    named_by: NamedBy::Row,
};

const EXTENSION: &[&str] = &["azure.antimalware", "mma.installed", "mma.workspaces", "sense.installed"];
const PLAN: &[&str] = &["azure.defender_plan"];
const SETTING: &[&str] = &["azure.mde_integration", "azure.unified_setting"];

/// Reads a resource; false where the object is none.
pub(super) fn item(rows: &mut Rows<'_, '_>, object: &Map<String, Json>) -> bool {
    let text = |name: &str| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).and_then(|(_, value)| value.as_str());
    let id = text("id").filter(|id| id.starts_with('/'));
    let Some(kind) = text("type").map(str::to_ascii_lowercase).or_else(|| type_of(id?)) else { return false };
    let table = match kind.as_str() {
        "microsoft.compute/virtualmachines" => &MACHINES,
        "microsoft.hybridcompute/machines" => &ARC,
        "microsoft.compute/virtualmachines/extensions" | "microsoft.hybridcompute/machines/extensions" => &EXTENSIONS,
        "microsoft.security/pricings" => &PRICINGS,
        "microsoft.security/settings" => &SETTINGS,
        _ if id.is_some() => &OTHERS,
        _ => return false,
    };
    rows.row(table, object);
    true
}

/// True where a list has as many rows as a page of Resource Graph: by default, or at most.
pub(super) fn is_full_page(format: &str, listed: u64) -> bool {
    format.starts_with("azure-") && matches!(listed, 100 | 1000)
}

/// The type in a resource id, in lower case: every second part after the last provider.
fn type_of(id: &str) -> Option<String> {
    let id = id.to_ascii_lowercase();
    let (_, rest) = id.rsplit_once("/providers/")?;
    let mut parts = rest.split('/');
    let mut kind = parts.next()?.to_owned();
    for part in parts.step_by(2) {
        kind.push('/');
        kind.push_str(part);
    }
    Some(kind)
}

fn name(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.thing.name, cell);
}

fn publisher(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.thing.vendor, cell);
}

fn extension_type(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.thing.name, cell);
}

fn state(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.thing.state, cell);
}

fn version(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.thing.version, cell);
}

fn value(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.thing.value, cell);
}

/// What an object has below these names goes to these readers.
fn each(draft: &mut Draft<'_>, cell: Cell<'_>, readers: &[(&[&str], Read)]) {
    let Some(nested) = cell.nested() else { return };
    for (path, read) in readers {
        if let Some(cell) = below(&nested, path) {
            draft.read(*read, cell);
        }
    }
}

fn machine_properties(draft: &mut Draft<'_>, cell: Cell<'_>) {
    each(
        draft,
        cell,
        &[
            (&["storageProfile", "osDisk", "osType"], Says(os::family)),
            // What the agent reports is the name of today, the other the one that the machine was made with.
            (&["extended", "instanceView", "computerName"], Names(identity::name)),
            (&["osProfile", "computerName"], Names(identity::name)),
            (&["extended", "instanceView", "osName"], Says(os::product)),
            (&["extended", "instanceView", "osVersion"], Says(os::kernel)),
        ],
    );
    if draft.os.product.is_none() && draft.os.kernel.is_none() {
        for fact in os::SAYS {
            draft.unknown(fact, "the machine was stopped, or its agent did not report");
        }
        draft.note = Some("are of machines that were stopped or whose agent did not report, so that the system is not known");
    }
}

fn arc_properties(draft: &mut Draft<'_>, cell: Cell<'_>) {
    each(
        draft,
        cell,
        &[
            (&["osType"], Says(os::family)),
            (&["machineFqdn"], Names(identity::name)),
            (&["dnsFqdn"], Names(identity::name)),
            (&["adFqdn"], Names(identity::name)),
            (&["osProfile", "computerName"], Names(identity::name)),
            (&["displayName"], Names(identity::name)),
            (&["domainName"], Names(identity::domain)),
            // The other name is only `windows`.
            (&["osSku"], Says(os::product)),
            (&["osVersion"], Says(os::kernel)),
            (&["lastStatusChange"], When),
            (&["status"], Says(status)),
        ],
    );
}

/// Whether the agent of Azure Arc is heard from; it is expired after weeks.
fn status(draft: &mut Draft<'_>, cell: Cell<'_>) {
    if cell.text().is_some_and(|text| text.eq_ignore_ascii_case("expired")) {
        draft.standing(Standing::Inactive);
    }
}

/// The machine that an extension is on.
fn extended_machine(draft: &mut Draft<'_>, cell: Cell<'_>) {
    let Some(id) = cell.text() else { return };
    let id = id.to_lowercase();
    let parent = id.rsplit_once("/extensions/").map_or(id.as_str(), |(parent, _)| parent);
    resource(draft, parent);
}

/// The resource's own type, of which the id is the better witness.
fn extended_type(draft: &mut Draft<'_>, cell: Cell<'_>) {
    draft.thing.key = cell.text().map(|text| text.to_ascii_lowercase());
}

fn extension_properties(draft: &mut Draft<'_>, cell: Cell<'_>) {
    each(
        draft,
        cell,
        &[
            (&["publisher"], Says(publisher)),
            (&["type"], Says(extension_type)),
            (&["provisioningState"], Says(state)),
            (&["settings", "workspaceId"], Says(value)),
        ],
    );
}

fn extension(draft: &mut Draft<'_>) {
    let thing = std::mem::take(&mut draft.thing);
    if let (Some(kind), Some(id)) = (&thing.key, &draft.identity().azure) {
        let arc = |text: &str| text.contains("microsoft.hybridcompute/");
        if arc(kind) != arc(id) {
            draft.forget_all();
            for fact in CLOUD {
                draft.unknown(fact, "the type of the resource and its id do not agree");
            }
        }
    }
    let lower = |text: Option<String>| text.unwrap_or_default().to_ascii_lowercase();
    let state = thing.state.unwrap_or_default();
    match (lower(thing.vendor).as_str(), lower(thing.name).as_str()) {
        ("microsoft.azure.security", "iaasantimalware") => {
            if state.is_empty() || state.eq_ignore_ascii_case("succeeded") {
                draft.flag("azure.antimalware", true);
            } else {
                draft.unknown("azure.antimalware", format!("the extension is listed as `{}`", excerpt(&state)));
            }
        }
        ("microsoft.enterprisecloud.monitoring", "microsoftmonitoringagent") => {
            let of = thing.value.map(|workspace| format!(" for the workspace `{}`", excerpt(&workspace))).unwrap_or_default();
            draft.unknown("mma.installed", format!("the machine has an extension{of}, which is not the agent itself"));
            draft.unknown(
                "mma.workspaces",
                format!("the machine has an extension{of}, which does not say what the agent reports to"),
            );
        }
        ("microsoft.azure.azuredefenderforservers", "mde.windows") => {
            let state = if state.is_empty() { String::new() } else { format!(" as `{}`", excerpt(&state)) };
            draft.unknown(
                "sense.installed",
                format!("the extension MDE.Windows is listed{state}, which is not the state of the sensor"),
            );
        }
        ("", _) | (_, "") => draft.ignore("an extension without its publisher and type"),
        _ => draft.ignore("an extension that no fact is about"),
    }
}

/// What a plan or setting is for: a subscription, or one machine.
fn scope(draft: &mut Draft<'_>, cell: Cell<'_>) {
    let Some(id) = cell.text() else { return };
    let id = id.to_ascii_lowercase();
    let scope = id.rsplit_once("/providers/microsoft.security/").map_or(id.as_str(), |(scope, _)| scope);
    match scope.strip_prefix("/subscriptions/") {
        Some(subscription) if !subscription.is_empty() && !subscription.contains('/') => {
            draft.about = About::Subscription(subscription.into());
        }
        Some(_)
            if matches!(
                type_of(scope).as_deref(),
                Some("microsoft.compute/virtualmachines" | "microsoft.hybridcompute/machines")
            ) =>
        {
            resource(draft, scope);
        }
        _ => draft.ignore("for something else than a subscription or a machine"),
    }
}

/// The subscription, where the id does not say it.
fn subscription(draft: &mut Draft<'_>, cell: Cell<'_>) {
    if let Some(text) = cell.text()
        && draft.about == About::Server
        && draft.identity().azure.is_none()
    {
        draft.about = About::Subscription(text.to_ascii_lowercase().into());
    }
}

fn pricing_properties(draft: &mut Draft<'_>, cell: Cell<'_>) {
    each(
        draft,
        cell,
        &[(&["pricingTier"], Says(state)), (&["subPlan"], Says(version)), (&["resourcesCoverageStatus"], Says(value))],
    );
}

fn pricing(draft: &mut Draft<'_>) {
    let thing = std::mem::take(&mut draft.thing);
    if !thing.name.is_some_and(|name| name.eq_ignore_ascii_case("virtualmachines")) {
        return draft.ignore("a plan for something else than servers");
    }
    if thing.value.is_some_and(|coverage| coverage.eq_ignore_ascii_case("partiallycovered")) {
        return draft.unknown("azure.defender_plan", "some machines of the subscription have a plan of their own");
    }
    let is = |text: &Option<String>, word: &str| text.as_deref().is_some_and(|text| text.eq_ignore_ascii_case(word));
    match &thing.state {
        tier if is(tier, "free") => draft.value("azure.defender_plan", "none"),
        tier if is(tier, "standard") => match &thing.version {
            plan if is(plan, "p1") => draft.value("azure.defender_plan", "p1"),
            plan if is(plan, "p2") => draft.value("azure.defender_plan", "p2"),
            Some(plan) => draft.unknown("azure.defender_plan", format!("`{}` is no plan that is known", excerpt(plan))),
            None => draft.unknown("azure.defender_plan", "a plan is on, but the source does not say which"),
        },
        Some(tier) => draft.unknown("azure.defender_plan", format!("`{}` is no tier that is known", excerpt(tier))),
        None => draft.unknown("azure.defender_plan", "the source does not say whether the plan is on"),
    }
}

fn setting_properties(draft: &mut Draft<'_>, cell: Cell<'_>) {
    each(draft, cell, &[(&["enabled"], Says(state))]);
}

fn setting(draft: &mut Draft<'_>) {
    let thing = std::mem::take(&mut draft.thing);
    let fact = match thing.name.unwrap_or_default().to_ascii_uppercase().as_str() {
        "WDATP" => "azure.mde_integration",
        "WDATP_UNIFIED_SOLUTION" => "azure.unified_setting",
        _ => return draft.ignore("a setting that no fact is about"),
    };
    match thing.state.as_deref().map(Cell::Text).and_then(Cell::flag) {
        Some(flag) => draft.flag(fact, flag),
        None => draft.unknown(fact, "the source does not say whether the setting is on"),
    }
}
