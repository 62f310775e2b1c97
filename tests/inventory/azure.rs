//! Azure: machines, extensions, plans and settings.

use super::said::{ignored, of_kind, part, part_of_text, read_text, said, said_of_subscription};
use cutover::inventory::Standing;

const SUBSCRIPTION: &str = "11111111-2222-4333-8444-555555555555";

fn id(rest: &str) -> String {
    format!("/subscriptions/{SUBSCRIPTION}/resourcegroups/{rest}")
}

/// A list with one resource.
fn resource(kind: &str, rest: &str, more: &str) -> String {
    format!(r#"[{{"id": "/subscriptions/{SUBSCRIPTION}{rest}", "type": "{kind}", {more}}}]"#)
}

#[test]
fn a_virtual_machine_says_what_its_agent_reported() {
    let part = part("04-azure/az-graph.virtualmachines.json");
    assert_eq!((part.format, part.rows, part.used()), ("azure-machines", 1, 1));
    let expected = ["azure.arc: false", "azure.vm: true", "os.build: 10.0.14393.6897", "os.release: 2016", "os.x64: true"];
    assert_eq!(said(&part, "srv-az05"), expected);
    assert_eq!(said(&part, &id("rg-fab-prod/providers/microsoft.compute/virtualmachines/srv-az05")), expected);
    assert!(part.notices.is_empty(), "{:?}", part.notices);
}

#[test]
fn a_stopped_machine_says_nothing_of_its_system_whatever_its_image_was() {
    let part = part("04-azure/az-graph.virtualmachines.old-bare-array.json");
    assert_eq!(
        said(&part, "srv-az06"),
        [
            "azure.arc: false",
            "azure.vm: true",
            "os.build: ? the machine was stopped, or its agent did not report",
            "os.release: ? the machine was stopped, or its agent did not report",
            "os.x64: ? the machine was stopped, or its agent did not report",
        ]
    );
    assert_eq!(
        part.notices,
        ["1 of 1 rows are of machines that were stopped or whose agent did not report, so that the system is not known"]
    );
}

#[test]
fn a_machine_of_arc_is_no_virtual_machine_of_azure() {
    let part = part("04-azure/az-graph.arc-machines.json");
    assert_eq!(part.format, "azure-arc-machines");
    assert_eq!(
        said(&part, "srv-web03.corp.fabrikam.example"),
        ["azure.arc: true", "azure.vm: false", "os.build: 10.0.14393.6897", "os.release: 2016", "os.x64: true"]
    );
    assert_eq!(part.records[0].seen.at().map(|at| at.to_string()).as_deref(), Some("2025-11-20T05:58:30.5Z"));
}

#[test]
fn an_extension_is_neither_agent_nor_sensor() {
    let part = part("04-azure/az-graph.vm-extensions.json");
    assert_eq!((part.format, part.rows, part.used()), ("azure-extensions", 3, 3));
    let workspace = "`3f6b2a10-9c41-4d0e-8f77-0a1b2c3d4e5f`";
    assert_eq!(
        said(&part, &id("rg-fab-prod/providers/microsoft.compute/virtualmachines/srv-az05")),
        [
            "azure.antimalware: true".to_owned(),
            "azure.arc: false".to_owned(),
            "azure.vm: true".to_owned(),
            format!("mma.installed: ? the machine has an extension for the workspace {workspace}, which is not the agent itself"),
            format!(
                "mma.workspaces: ? the machine has an extension for the workspace {workspace}, which does not say what the agent \
                 reports to"
            ),
            "sense.installed: ? the extension MDE.Windows is listed as `Succeeded`, which is not the state of the sensor"
                .to_owned(),
        ]
    );
    assert_eq!(part.notices, ["holds 3 of 412 rows: servers that are missing here may be in the rest"]);
}

#[test]
fn an_extension_whose_type_and_id_disagree_does_not_say_where_the_machine_is() {
    let part = part("04-azure/az-graph.arc-extensions.json");
    assert_eq!(
        said(&part, &id("rg-fab-prod/providers/microsoft.compute/virtualmachines/srv-az05")),
        [
            "azure.arc: ? the type of the resource and its id do not agree",
            "azure.vm: ? the type of the resource and its id do not agree",
            "sense.installed: ? the extension MDE.Windows is listed as `Succeeded`, which is not the state of the sensor",
        ]
    );
}

#[test]
fn extensions_are_told_by_publisher_and_type_never_by_name() {
    let of = |publisher: &str, kind: &str, state: &str| {
        let properties = format!(
            r#""name": "IaaSAntimalware", "properties": {{"publisher": "{publisher}", "type": "{kind}", "provisioningState": "{state}"}}"#
        );
        let id = "/resourceGroups/rg/providers/Microsoft.HybridCompute/machines/extensions/extensions/x";
        part_of_text("x.json", &resource("Microsoft.HybridCompute/machines/extensions", id, &properties))
    };
    let machine = id("rg/providers/microsoft.hybridcompute/machines/extensions");
    let other = of("Contoso", "IaaSAntimalware", "Succeeded");
    assert_eq!(ignored(&other), ["1 an extension that no fact is about"]);
    let there = of("microsoft.azure.security", "IAASANTIMALWARE", "Succeeded");
    assert_eq!(said(&there, &machine), ["azure.antimalware: true", "azure.arc: true", "azure.vm: false"]);
    let failed = of("Microsoft.Azure.Security", "IaaSAntimalware", "Failed");
    assert_eq!(said(&failed, &machine)[0], "azure.antimalware: ? the extension is listed as `Failed`");
}

#[test]
fn a_plan_is_of_the_whole_subscription() {
    let part = part("04-azure/az-graph.securityresources.pricings.json");
    assert_eq!((part.format, part.used()), ("azure-pricings", 1));
    assert_eq!(said_of_subscription(&part, SUBSCRIPTION), ["azure.defender_plan: p2"]);
}

#[test]
fn a_plan_is_only_known_where_it_is_said() {
    let plan = |keys: &str| {
        let more = format!(r#""name": "VirtualMachines", {keys}"#);
        let part = part_of_text(
            "x.json",
            &resource("Microsoft.Security/pricings", "/providers/Microsoft.Security/pricings/VirtualMachines", &more),
        );
        said_of_subscription(&part, SUBSCRIPTION)
    };
    assert_eq!(plan(r#""pricingTier": "Free", "subPlan": null"#), ["azure.defender_plan: none"]);
    assert_eq!(plan(r#""pricingTier": "Standard", "subPlan": "P1", "kind": """#), ["azure.defender_plan: p1"]);
    assert_eq!(plan(r#""pricingTier": "Standard""#), ["azure.defender_plan: ? a plan is on, but the source does not say which"]);
    assert_eq!(
        plan(r#""properties": {"pricingTier": "Standard", "subPlan": "P9"}"#),
        ["azure.defender_plan: ? `P9` is no plan that is known"]
    );
    assert_eq!(plan(r#""properties": {}"#), ["azure.defender_plan: ? the source does not say whether the plan is on"]);
    assert_eq!(
        plan(r#""properties": {"pricingTier": "Standard", "subPlan": "P2", "resourcesCoverageStatus": "PartiallyCovered"}"#),
        ["azure.defender_plan: ? some machines of the subscription have a plan of their own"]
    );
}

#[test]
fn a_plan_may_be_of_one_machine() {
    let machine = "/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm1";
    let text = resource(
        "microsoft.security/pricings",
        &format!("{machine}/providers/Microsoft.Security/pricings/virtualMachines"),
        r#""name": "virtualMachines", "properties": {"pricingTier": "Free"}"#,
    );
    let part = part_of_text("x.json", &text);
    let said = said(&part, &id("rg/providers/microsoft.compute/virtualmachines/vm1"));
    assert_eq!(said, ["azure.arc: false", "azure.defender_plan: none", "azure.vm: true"]);
    let group = resource(
        "microsoft.security/pricings",
        "/resourceGroups/rg/providers/Microsoft.Security/pricings/virtualMachines",
        r#""name": "virtualMachines", "properties": {"pricingTier": "Free"}"#,
    );
    assert_eq!(ignored(&part_of_text("x.json", &group)), ["1 for something else than a subscription or a machine"]);
}

#[test]
fn settings_are_of_the_whole_subscription() {
    let part = part("04-azure/rest.security-settings.json");
    assert_eq!((part.format, part.rows, part.used()), ("azure-security-settings", 4, 2));
    assert_eq!(said_of_subscription(&part, SUBSCRIPTION), ["azure.mde_integration: true", "azure.unified_setting: false"]);
    assert_eq!(ignored(&part), ["2 a setting that no fact is about"]);
    let flat = part_of_text(
        "x.json",
        &format!(
            r#"{{"type": "microsoft.security/settings", "name": "wdatp", "subscriptionId": "{SUBSCRIPTION}", "kind": "x"}}"#
        ),
    );
    assert_eq!(
        said_of_subscription(&flat, SUBSCRIPTION),
        ["azure.mde_integration: ? the source does not say whether the setting is on"]
    );
}

#[test]
fn a_page_that_is_full_may_not_be_the_last() {
    let list = |count: usize, envelope: fn(&str) -> String| {
        let row = |number| format!(r#"{{"id": "/subscriptions/s/providers/Microsoft.Compute/virtualMachines/vm{number}"}}"#);
        envelope(&(0..count).map(row).collect::<Vec<_>>().join(","))
    };
    let bare = |rows: &str| format!("[{rows}]");
    for count in [100, 1000] {
        let part = part_of_text("x.json", &list(count, bare));
        let exactly = format!(
            "holds exactly {count} rows, which is where such exports end: servers that are missing here may be in the rest"
        );
        assert_eq!(part.notices, [exactly]);
    }
    assert!(part_of_text("x.json", &list(99, bare)).notices.is_empty());
    for whole in [
        |rows: &str| format!(r#"{{"count": 100, "data": [{rows}], "skip_token": null, "total_records": 100}}"#),
        |rows: &str| format!(r#"{{"totalRecords": 100, "data": [{rows}], "$skipToken": "", "resultTruncated": "false"}}"#),
    ] {
        assert!(part_of_text("x.json", &list(100, whole)).notices.is_empty());
    }
    let next = part_of_text("x.json", &list(3, |rows| format!(r#"{{"value": [{rows}], "nextLink": "https://example/"}}"#)));
    assert_eq!(next.notices, ["says that more rows follow: servers that are missing here may be in the rest"]);
}

#[test]
fn other_resources_and_systems_are_of_no_use() {
    let text = format!(
        r#"[{{"id": "/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/networkInterfaces/nic", "name": "nic"}},
            {{"id": "/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/tux",
              "properties": {{"storageProfile": {{"osDisk": {{"osType": "Linux"}}}}}}}},
            {{"type": "microsoft.hybridcompute/machines", "name": "old", "id": "/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.HybridCompute/machines/old",
              "properties": {{"displayName": "old", "status": "Expired"}}}}]"#
    );
    let parts = read_text("x.json", &text);
    assert_eq!(ignored(of_kind(&parts, "azure-resources")), ["1 a resource of Azure that no fact is about"]);
    let machines = of_kind(&parts, "azure-machines");
    assert_eq!((machines.rows, ignored(machines)), (1, vec!["1 not Windows".to_owned()]));
    assert!(machines.notices.is_empty(), "{:?}", machines.notices);
    assert_eq!(of_kind(&parts, "azure-arc-machines").records[0].claims.standing, Standing::Inactive);
}
