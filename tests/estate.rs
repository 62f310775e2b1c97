//! A made-up estate with a story for every way that a migration can start, stop half-way or never begin.
//!
//! The answers were worked out from the semantics, not copied from the program: a difference is a question to both.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use cutover::catalog::Catalog;
use cutover::fact::{Snapshot, SnapshotReader, Value};
use cutover::plan::document::PlanDocument;
use cutover::plan::{Assumption, Order, Request, Start, Status, plan};
use cutover::yaml::{self, Kind, Node};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::{fs, path::Path};

use Status::{Blocked, Done, NotApplicable, Ready, ReadyIf, Undetermined};

/// What is expected of one server.
struct Case {
    host: &'static str,
    status: Status,
    /// The scenario that the plan is for; empty where none can be chosen.
    scenario: &'static str,
    /// All that makes the status, each once, as `step: fact`: blockers of a blocked plan, what an undetermined one must
    /// know, what a `ready_if` one must see confirmed. Of a blocker that is an invariant, `step: !invariant`.
    rows: &'static [&'static str],
    /// Findings, or invariants that hold already, that must be among those said.
    findings: &'static [&'static str],
}

const fn case(
    host: &'static str,
    status: Status,
    scenario: &'static str,
    rows: &'static [&'static str],
    findings: &'static [&'static str],
) -> Case {
    Case { host, status, scenario, rows, findings }
}

/// Every server of the estate under the scenario that is chosen for it.
const CHOSEN: &[Case] = &[
    // Configuration Manager with SCEP, or Defender Antivirus on 2016
    case("scep-ready-2012r2", Ready, "mecm-scep", &[], &["restart-inside-gap"]),
    case("scep-ready-2016", Ready, "mecm-scep", &[], &["unconfigured-antivirus"]),
    case("scep-done-2012r2", Done, "mecm-scep", &[], &["no-old-sensor"]),
    case("scep-payload-removed-2016", Blocked, "mecm-scep", &["enable-defender: defender.feature"], &["antivirus-gap"]),
    case(
        "scep-policy-switches-defender-off-2012r2",
        Blocked,
        "mecm-scep",
        &["install-mde: policy.disable_antispyware", "onboard: policy.disable_antispyware"],
        &[],
    ),
    case("scep-windefend-left-over-2012r2", Blocked, "mecm-scep", &["install-mde: defender.leftover"], &[]),
    case("scep-package-missing-2016", Blocked, "mecm-scep", &["install-mde: package.msi"], &[]),
    case("scep-package-altered-2012r2", Blocked, "mecm-scep", &["install-mde: package.msi"], &[]),
    case("scep-onboarding-file-wrong-kind-2016", Blocked, "mecm-scep", &["onboard: package.onboarding"], &[]),
    case("scep-only-oms-gateway-2012r2", Blocked, "mecm-scep", &["onboard: network.sensor_urls"], &[]),
    case("scep-onboarded-elsewhere-2016", Blocked, "mecm-scep", &["goal: sense.org"], &["wrong-tenant"]),
    case(
        "scep-unified-without-windefend-2012r2",
        Blocked,
        "mecm-scep",
        &["clear-passive-policy: defender.service", "apply-updates: defender.service", "onboard: defender.service"],
        &["antivirus-gap", "sensor-gap"],
    ),
    case("scep-old-site-2012r2", Ready, "mecm-scep", &[], &["policies-need-2107"]),
    case("scep-push-without-product-2016", Ready, "mecm-scep", &[], &["second-antivirus-will-arrive"]),
    case("scep-beside-unified-2012r2", Ready, "mecm-scep", &[], &["contradictory-facts", "two-active-antivirus"]),
    case(
        "scep-export-without-disk-2012r2",
        ReadyIf,
        "mecm-scep",
        &[
            "install-mde: policy.disable_antispyware",
            "install-mde: package.msi",
            "onboard: package.onboarding",
            "onboard: package.org",
            "onboard: policy.disable_antispyware",
            "onboard: network.sensor_urls",
        ],
        &[],
    ),
    // What is not known here is looked at when its turn comes, and decides nothing before.
    case("scep-build-without-revision-2012r2", Ready, "mecm-scep", &[], &[]),
    case("scep-presence-unread-2012r2", Undetermined, "mecm-scep", &["release-endpoint-protection: scep.installed"], &[]),
    // Left half-way by the vendor's script
    case("half-way-exit12-2012r2", Ready, "mecm-scep", &[], &["antivirus-gap", "sensor-gap", "restart-inside-gap"]),
    case("half-way-exit6-second-run-2012r2", Ready, "standalone-mma", &[], &["antivirus-gap", "sensor-gap"]),
    case("half-way-exit13-2012r2", Ready, "standalone-mma", &[], &["antivirus-gap", "sensor-gap", "restart-inside-gap"]),
    case(
        "half-way-exit39-2012r2",
        Blocked,
        "standalone-mma",
        &["install-mde: policy.disable_antispyware", "onboard: policy.disable_antispyware"],
        &["antivirus-gap", "sensor-gap"],
    ),
    case("half-way-exit35-2012r2", Ready, "standalone-mma", &[], &["onboarding-evidence-disagrees", "sensor-gap"]),
    case("half-way-exit0-not-onboarded-2012r2", Ready, "mecm-scep", &[], &["sensor-gap", "unconfigured-antivirus"]),
    case("half-way-exit3010-2016", Ready, "standalone-mma", &[], &["sensor-gap"]),
    case("half-way-agent-back-2012r2", Ready, "mecm-scep", &[], &["sensor-gap"]),
    case("half-way-feature-pending-2016", Ready, "standalone-mma", &[], &["antivirus-gap", "sensor-gap"]),
    // Configuration Manager with another vendor's antivirus, which is to be replaced
    case("av-ready-2016", Ready, "mecm-third-party-av", &[], &["restart-inside-gap"]),
    case("av-ready-2012r2", Ready, "mecm-third-party-av", &[], &["restart-inside-gap"]),
    case("av-expired-beside-scep-2012r2", Ready, "mecm-third-party-av", &[], &["restart-inside-gap"]),
    case("edr-only-2016", Ready, "mecm-third-party-av", &[], &["unconfigured-antivirus"]),
    case("av-beside-passive-defender-2016", Ready, "mecm-third-party-av", &[], &["no-old-sensor"]),
    case("av-tamper-protected-active-2016", Ready, "mecm-third-party-av", &[], &["two-active-antivirus"]),
    case("av-onboarding-file-of-other-tenant-2012r2", Blocked, "mecm-third-party-av", &["onboard: package.org"], &[]),
    case("av-state-unread-2016", Undetermined, "mecm-third-party-av", &["set-passive-policy: third_party.antivirus"], &[]),
    case("av-replaced-2016", Done, "mecm-scep", &[], &["no-old-sensor"]),
    // Without Configuration Manager
    case("mma-ready-2012r2", Ready, "standalone-mma", &[], &["agent-shared"]),
    case("mma-unpatched-dc-2016", Ready, "standalone-mma", &[], &[]),
    case("mma-core-defender-switched-off-2016", Ready, "standalone-mma", &[], &["antivirus-gap"]),
    case("mma-done-2016", Done, "standalone-mma", &[], &["no-old-sensor"]),
    case(
        "mma-autostart-of-unlisted-product-2016",
        Blocked,
        "standalone-mma",
        &["install-mde: sense.autostart"],
        &["contradictory-facts", "onboarding-evidence-disagrees"],
    ),
    case("mma-onboarding-file-interactive-2012r2", Blocked, "standalone-mma", &["onboard: package.onboarding"], &[]),
    case("mma-onboarding-file-missing-2016", Blocked, "standalone-mma", &["onboard: package.onboarding"], &[]),
    case(
        "mma-agent-unread-2016",
        ReadyIf,
        "standalone-mma",
        &["remove-mma-workspace: mma.workspaces", "remove-mma-workspace: mma.installed"],
        &[],
    ),
    // The same with another vendor's antivirus
    case("vendor-av-ready-2012r2", Ready, "standalone-third-party-av", &[], &["no-old-sensor"]),
    case("vendor-av-beside-active-defender-2016", Ready, "standalone-third-party-av", &[], &["two-active-antivirus"]),
    case(
        "vendor-av-passive-enforced-2016",
        Blocked,
        "standalone-third-party-av",
        &["clear-passive-policy: policy.force_passive_enforced"],
        &[],
    ),
    case(
        "vendor-av-expired-defender-passive-2016",
        Ready,
        "standalone-third-party-av",
        &[],
        &["passive-without-primary", "antivirus-gap"],
    ),
    case("vendor-av-beside-passive-defender-2012r2", Ready, "standalone-third-party-av", &[], &["no-old-sensor"]),
    case(
        "vendor-av-export-without-console-2012r2",
        ReadyIf,
        "standalone-third-party-av",
        &["onboard: package.onboarding", "clear-passive-policy: policy.force_passive_enforced"],
        &[],
    ),
    // In Azure's hands
    case("azure-vm-ready-2016", Ready, "azure-defender", &[], &[]),
    case("azure-arc-ready-2012r2", Ready, "azure-defender", &[], &[]),
    case("azure-vm-done-2016", Done, "azure-defender", &[], &["no-old-sensor"]),
    case("azure-integration-off-2016", Blocked, "azure-defender", &["azure-upgrade: azure.mde_integration"], &[]),
    case("azure-acts-alone-2012r2", Ready, "azure-defender", &[], &["azure-acts-alone"]),
    case(
        "azure-autostart-stale-2012r2",
        Blocked,
        "azure-defender",
        &["azure-upgrade: sense.autostart"],
        &["onboarding-evidence-disagrees"],
    ),
    case(
        "azure-tamper-protected-active-2016",
        Blocked,
        "azure-defender",
        &["set-passive-policy: sense.onboarded", "set-passive-policy: defender.tamper_protection"],
        &["double-antivirus"],
    ),
    case("azure-arc-blocked-way-out-2016", Blocked, "azure-defender", &["azure-upgrade: network.sensor_urls"], &[]),
    case("azure-settings-unread-2016", ReadyIf, "azure-defender", &["azure-upgrade: azure.mde_integration"], &[]),
    case("azure-plan-unread-2016", Undetermined, "", &["applies_when: azure.defender_plan"], &[]),
    // Bound for Defender attach: what is chosen for them is behind them
    case("attach-ready-2016", Done, "mecm-scep", &[], &[]),
    case("attach-while-managed-2016", Done, "mecm-scep", &[], &["attach-while-managed"]),
    case("attach-done-2016", Done, "standalone-mma", &[], &[]),
    case("attach-core-2016", Done, "mecm-scep", &[], &[]),
    case("attach-domain-controller-2012r2", Done, "mecm-scep", &[], &[]),
    case("attach-tenant-unread-2012r2", ReadyIf, "mecm-scep", &["goal: sense.org"], &[]),
    case("attach-edition-unread-2016", Done, "mecm-scep", &[], &[]),
    // Nothing for them here, or too little known
    case("unsupported-2012", NotApplicable, "mecm-scep", &["supports: os.release"], &[]),
    case("unsupported-2019", NotApplicable, "standalone-mma", &["supports: os.release"], &[]),
    case("unsupported-client", NotApplicable, "mecm-scep", &["supports: os.release", "supports: os.role"], &[]),
    case("unsupported-2008-32bit", NotApplicable, "standalone-mma", &["supports: os.release", "supports: os.x64"], &[]),
    case("release-unread", Undetermined, "standalone-mma", &["supports: os.release", "install-prerequisites: os.release"], &[]),
    case("client-of-mecm-unread-2016", Undetermined, "", &["applies_when: mecm.client"], &[]),
    case(
        "onboarding-unread-2016",
        Undetermined,
        "mecm-scep",
        &["create-collection: sense.onboarded", "deploy-application: sense.onboarded"],
        &[],
    ),
];

/// Servers under a scenario that is chosen only by name.
const NAMED: &[Case] = &[
    case("attach-ready-2016", Ready, "mecm-to-defender-attach", &[], &["attach-ends-patching"]),
    case("attach-while-managed-2016", Ready, "mecm-to-defender-attach", &[], &["attach-while-managed"]),
    case("attach-done-2016", Done, "mecm-to-defender-attach", &[], &["scenario-does-not-apply"]),
    case("attach-core-2016", NotApplicable, "mecm-to-defender-attach", &["supports: os.core"], &[]),
    case("attach-domain-controller-2012r2", NotApplicable, "mecm-to-defender-attach", &["supports: os.role"], &[]),
    case("attach-tenant-unread-2012r2", ReadyIf, "mecm-to-defender-attach", &["goal: sense.org"], &[]),
    case("attach-edition-unread-2016", Undetermined, "mecm-to-defender-attach", &["supports: os.core"], &[]),
    case(
        "scep-ready-2016",
        Blocked,
        "mecm-to-defender-attach",
        &["uninstall-mecm-client: sense.onboarded", "confirm-enrollment: sense.onboarded", "goal: sense.onboarded"],
        &["scenario-does-not-apply"],
    ),
    case("scep-ready-2012r2", Ready, "installer-script", &[], &[]),
    case("mma-ready-2012r2", Ready, "installer-script", &[], &["agent-shared"]),
    case("scep-ready-2016", Ready, "installer-script", &[], &[]),
    case("azure-vm-ready-2016", Ready, "installer-script", &[], &["scenario-does-not-apply"]),
    // The script refuses its own second run (6), and while its marker is there (12).
    case(
        "half-way-exit12-2012r2",
        Blocked,
        "installer-script",
        &["remove-mma-workspace: mma.workspaces", "uninstall-scep: reboot.reasons"],
        &["antivirus-gap", "sensor-gap"],
    ),
    case(
        "half-way-exit6-second-run-2012r2",
        Blocked,
        "installer-script",
        &["remove-mma-workspace: mma.workspaces"],
        &["antivirus-gap", "sensor-gap"],
    ),
    case(
        "half-way-exit13-2012r2",
        Blocked,
        "installer-script",
        &[
            "remove-mma-workspace: mma.workspaces",
            "install-prerequisites: update.april_2014_rollup",
            "install-prerequisites: update.ucrt",
            "install-prerequisites: update.tdh",
            "install-prerequisites: os.build",
        ],
        &["antivirus-gap"],
    ),
    case(
        "half-way-exit39-2012r2",
        Blocked,
        "installer-script",
        &["remove-mma-workspace: mma.workspaces", "install-mde: os.release", "install-mde: policy.disable_antispyware"],
        &["antivirus-gap"],
    ),
    case(
        "half-way-exit35-2012r2",
        Blocked,
        "installer-script",
        &["remove-mma-workspace: mma.workspaces", "install-mde: sense.autostart"],
        &["onboarding-evidence-disagrees"],
    ),
    case("half-way-exit3010-2016", Blocked, "installer-script", &["remove-mma-workspace: mma.workspaces"], &[]),
    case("half-way-agent-back-2012r2", Blocked, "installer-script", &["remove-mma-workspace: mma.workspaces"], &[]),
    case(
        "half-way-feature-pending-2016",
        Blocked,
        "installer-script",
        &["remove-mma-workspace: mma.workspaces", "enable-defender: reboot.reasons", "enable-defender: defender.feature"],
        &["antivirus-gap"],
    ),
    case(
        "scep-policy-switches-defender-off-2012r2",
        Blocked,
        "installer-script",
        &["install-mde: os.release", "install-mde: policy.disable_antispyware"],
        &[],
    ),
    case(
        "mma-onboarding-file-interactive-2012r2",
        Blocked,
        "installer-script",
        &["remove-mma-workspace: package.onboarding"],
        &[],
    ),
    // The switch of the installer lasts until onboarding: without the policy Defender then comes up active.
    case(
        "av-ready-2012r2",
        Blocked,
        "installer-script",
        &["onboard: !two-active-antivirus", "goal: defender.mode", "goal: third_party.antivirus"],
        &[],
    ),
    case(
        "vendor-av-ready-2012r2",
        Blocked,
        "installer-script",
        &[
            "remove-mma-workspace: mma.installed",
            "remove-mma-workspace: mma.workspaces",
            "onboard: !two-active-antivirus",
            "goal: defender.mode",
            "goal: third_party.antivirus",
        ],
        &["no-old-sensor"],
    ),
];

/// Servers whose third-party antivirus is to stay.
const KEPT: &[Case] = &[
    case("av-ready-2016", Ready, "mecm-third-party-av", &[], &[]),
    case("av-beside-passive-defender-2016", Done, "mecm-third-party-av", &[], &["no-old-sensor"]),
    case(
        "av-tamper-protected-active-2016",
        Blocked,
        "mecm-third-party-av",
        &["set-passive-policy: sense.onboarded", "set-passive-policy: defender.tamper_protection"],
        &["two-active-antivirus"],
    ),
    case("vendor-av-ready-2012r2", Ready, "standalone-third-party-av", &[], &[]),
    case("vendor-av-beside-passive-defender-2012r2", Done, "standalone-third-party-av", &[], &["no-old-sensor"]),
    case("vendor-av-passive-enforced-2016", Ready, "standalone-third-party-av", &[], &[]),
    case(
        "vendor-av-expired-defender-passive-2016",
        Ready,
        "standalone-third-party-av",
        &[],
        &["passive-without-primary", "antivirus-gap"],
    ),
];

/// Servers of which nobody has said whether the third-party antivirus is to stay.
const UNDECIDED: &[Case] = &[
    case(
        "edr-only-2016",
        Undetermined,
        "mecm-third-party-av",
        &[
            "stop-third-party-push: $replace_third_party",
            "author-policies: $replace_third_party",
            "remove-third-party: $replace_third_party",
        ],
        &[],
    ),
    case("scep-ready-2016", Ready, "mecm-scep", &[], &[]),
    case("azure-acts-alone-2012r2", Ready, "azure-defender", &[], &["azure-acts-alone"]),
];

/// Servers planned by the letter of the article, which walks into what the supplements avoid.
const TO_THE_LETTER: &[Case] = &[
    case("scep-ready-2012r2", Blocked, "mecm-scep", &["uninstall-scep: mecm.installs_endpoint_protection"], &[]),
    case("half-way-exit12-2012r2", Blocked, "mecm-scep", &["install-mde: reboot.pending"], &["antivirus-gap"]),
    case(
        "vendor-av-ready-2012r2",
        Blocked,
        "standalone-third-party-av",
        &["onboard: !two-active-antivirus", "remove-third-party: third_party.pushed"],
        &[],
    ),
    case(
        "azure-acts-alone-2012r2",
        Blocked,
        "azure-defender",
        &[
            "azure-upgrade: third_party.antivirus",
            "azure-upgrade: policy.force_passive",
            "azure-upgrade: exclusions.mutual",
            "azure-upgrade: !two-active-antivirus",
            "goal: defender.mode",
            "goal: third_party.antivirus",
        ],
        &["azure-acts-alone"],
    ),
];

/// The estate as the files have it.
struct Estate {
    catalog: Catalog,
    parameters: Vec<(Arc<str>, Value)>,
    assumptions: Vec<Assumption>,
    servers: Vec<Snapshot>,
}

impl Estate {
    fn read() -> Self {
        let catalog = Catalog::built_in().expect("a catalog");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        let reader = SnapshotReader::new(catalog.vocabulary());
        let lines = fs::read_to_string(folder.join("estate.ndjson")).expect("the estate");
        let servers = lines.lines().map(|line| reader.json(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect();
        let given = yaml::parse(&fs::read_to_string(folder.join("estate.yaml")).expect("its parameters")).expect("YAML");
        let parameter = |name: &str, text: &str| {
            let spec = catalog.parameter(name).expect("a parameter of some scenario");
            (Arc::from(name), spec.parse(text).expect("a value of the parameter"))
        };
        let parameters = entries(&given, "parameters").iter().map(|(name, text)| parameter(name, text)).collect();
        let assume = |name: &str, text: &str| {
            let fact = catalog.vocabulary().find(name).expect("a fact");
            Assumption { fact, value: Value::parse(catalog.vocabulary().spec(fact), text).expect("a value of the fact") }
        };
        let assumptions = entries(&given, "assume").iter().map(|(name, text)| assume(name, text)).collect();
        Self { catalog, parameters, assumptions, servers }
    }

    fn server(&self, story: &str) -> &Snapshot {
        let host = format!("{story}.corp.example");
        self.servers.iter().find(|server| server.host() == host).unwrap_or_else(|| panic!("no server {host}"))
    }

    fn request(&self) -> Request {
        Request { parameters: self.parameters.clone(), ..Request::default() }
    }

    fn plan(&self, server: &Snapshot, request: Request) -> PlanDocument {
        let start = Start::observe(&self.catalog, server, &self.assumptions).expect("no contradicted assumption");
        plan(&self.catalog, start, request).document(server.host())
    }

    /// Compares the plans with what is expected of them, and shows all differences at once.
    fn check(&self, cases: &[Case], request: impl Fn(&Case) -> Request) {
        let mut differences = Vec::new();
        for case in cases {
            let document = self.plan(self.server(case.host), request(case));
            let expected = (case.status.name(), case.scenario, case.rows.to_vec());
            let rows = rows(&document);
            let shown: Vec<&str> = rows.iter().map(String::as_str).collect();
            let found = (document.status, document.scenario.as_deref().unwrap_or_default(), shown);
            if found != expected {
                differences.push(format!("{}:\n  expected {expected:?}\n  found    {found:?}", case.host));
            }
            let said: Vec<_> =
                document.findings.iter().filter_map(|one| one.finding.as_ref().or(one.invariant.as_ref())).collect();
            for finding in case.findings.iter().filter(|finding| !said.iter().any(|one| one == *finding)) {
                differences.push(format!("{}: does not say {finding}, only {said:?}", case.host));
            }
        }
        assert!(differences.is_empty(), "{}", differences.join("\n"));
    }
}

/// The entries of one map of the parameters file, as text.
fn entries(file: &Node, key: &str) -> Vec<(String, String)> {
    let Kind::Map(maps) = &file.kind else { panic!("no map") };
    let Some((_, Node { kind: Kind::Map(entries), .. })) = maps.iter().find(|(name, _)| name.name == key) else {
        panic!("no map `{key}`")
    };
    let text = |node: &Node| match &node.kind {
        Kind::Flag(flag) => flag.to_string(),
        Kind::Number(text) | Kind::Text(text) => text.clone(),
        _ => panic!("no plain value under `{key}`"),
    };
    entries.iter().map(|(name, node)| (name.name.clone(), text(node))).collect()
}

/// What makes the status of a plan, each once.
fn rows(document: &PlanDocument) -> Vec<String> {
    let named = |step: &str, test: &serde_json::Map<String, serde_json::Value>| {
        let fact = test.get("fact").and_then(|fact| fact.as_str()).map(str::to_owned);
        let parameter = || format!("${}", test["parameter"].as_str().expect("a fact or a parameter"));
        format!("{step}: {}", fact.unwrap_or_else(parameter))
    };
    let mut found: Vec<String> = Vec::new();
    let mut add = |row: String| {
        if !found.contains(&row) {
            found.push(row);
        }
    };
    match document.status {
        "blocked" => {
            for blocker in &document.blockers {
                add(match &blocker.invariant {
                    Some(invariant) => format!("{}: !{invariant}", blocker.step),
                    None => named(&blocker.step, &blocker.test),
                });
            }
        }
        "not_applicable" => {
            // What the walk met besides is of no interest to anybody.
            for blocker in document.blockers.iter().filter(|blocker| blocker.step == "supports") {
                add(named(&blocker.step, &blocker.test));
            }
        }
        "undetermined" => {
            for unknown in &document.unknowns {
                let parameter = unknown.parameter.as_ref().map(|parameter| format!("${parameter}"));
                let subject = unknown.fact.clone().or(parameter).expect("a fact or a parameter");
                for place in &unknown.matters_to {
                    add(format!("{place}: {subject}"));
                }
            }
        }
        _ => {
            for row in &document.confirm {
                add(named(&row.step, &row.test));
            }
        }
    }
    found
}

#[test]
fn has_a_story_for_every_server_and_each_answer_is_the_expected_one() {
    let estate = Estate::read();
    let told: BTreeSet<_> = CHOSEN.iter().map(|case| format!("{}.corp.example", case.host)).collect();
    let servers: BTreeSet<_> = estate.servers.iter().map(|server| server.host().to_owned()).collect();
    assert_eq!(told, servers);
    estate.check(CHOSEN, |_| estate.request());
}

#[test]
fn plans_on_request_what_is_chosen_only_by_name() {
    let estate = Estate::read();
    estate.check(NAMED, |case| Request { scenario: Some(case.scenario.to_owned()), ..estate.request() });
}

#[test]
fn leaves_the_other_vendors_antivirus_where_it_is_to_stay() {
    let estate = Estate::read();
    let mut parameters = estate.parameters.clone();
    for (_, value) in parameters.iter_mut().filter(|(name, _)| &**name == "replace_third_party") {
        *value = Value::Flag(false);
    }
    estate.check(KEPT, |_| Request { parameters: parameters.clone(), ..estate.request() });
}

#[test]
fn asks_for_the_parameter_that_decides_and_only_where_it_does() {
    let estate = Estate::read();
    let mut parameters = estate.parameters.clone();
    parameters.retain(|(name, _)| &**name != "replace_third_party");
    estate.check(UNDECIDED, |_| Request { parameters: parameters.clone(), ..estate.request() });
}

#[test]
fn shows_what_the_article_to_the_letter_walks_into() {
    let estate = Estate::read();
    estate.check(TO_THE_LETTER, |_| Request { without_supplements: true, ..estate.request() });
}

#[test]
fn covers_every_scenario_and_every_status_with_thirty_servers_and_more() {
    let estate = Estate::read();
    let names: BTreeSet<_> = estate.servers.iter().map(|server| server.host().to_lowercase()).collect();
    assert_eq!(names.len(), estate.servers.len());
    assert!(names.len() >= 30);
    let cases = || [CHOSEN, NAMED, KEPT].into_iter().flatten();
    for scenario in estate.catalog.scenarios() {
        let statuses: BTreeSet<_> = cases().filter(|case| case.scenario == &*scenario.id).map(|case| case.status).collect();
        for status in [Ready, Blocked] {
            assert!(statuses.contains(&status), "no server is {} under {}", status.name(), scenario.id);
        }
        // The script always runs msiexec once more: under it nothing is ever found done.
        assert_eq!(statuses.contains(&Done), &*scenario.id != "installer-script", "{}", scenario.id);
    }
    for status in Status::ALL {
        assert!(CHOSEN.iter().any(|case| case.status == status), "no server is {}", status.name());
    }
}

#[test]
fn says_how_long_a_server_that_the_script_left_bare_stays_so() {
    let estate = Estate::read();
    for (story, closes, minutes, reboots) in [
        ("half-way-exit12-2012r2", "install-mde", 40, 2),
        ("half-way-exit6-second-run-2012r2", "install-mde", 5, 0),
        ("half-way-exit13-2012r2", "install-mde", 100, 2),
        ("half-way-feature-pending-2016", "restart", 25, 2),
    ] {
        let document = estate.plan(estate.server(story), estate.request());
        let gap = document.exposures.iter().find(|exposure| exposure.invariant == "antivirus-gap").expect("a gap");
        let found = (gap.opens.as_deref(), gap.closes.as_deref(), gap.minutes, gap.reboots);
        assert_eq!(found, (None, Some(closes), minutes, reboots), "{story}");
    }
}

#[test]
fn says_of_a_fact_whether_it_was_assumed_or_follows_from_others() {
    let estate = Estate::read();
    for (story, step, mark) in [
        ("scep-ready-2012r2", "create-application", "assumed"),
        ("mma-done-2016", "remove-mma-workspace", "derived"),
        ("mma-core-defender-switched-off-2016", "restart-first", "derived"),
    ] {
        let document = estate.plan(estate.server(story), estate.request());
        let step = document.steps.iter().find(|found| found.id == step).expect("the step");
        assert_eq!((step.decision, step.why), ("skip", Some("already_so")), "{story}");
        assert!(step.because.iter().any(|because| because[mark] == true), "{story}: {:?}", step.because);
    }
}

/// Minutes without an active antivirus.
fn gap(document: &PlanDocument) -> u32 {
    document.exposures.iter().filter(|exposure| exposure.invariant == "antivirus-gap").map(|exposure| exposure.minutes).sum()
}

#[test]
fn no_order_is_worse_than_the_documented_one_in_what_it_is_chosen_for() {
    let estate = Estate::read();
    let mut better = 0;
    for server in &estate.servers {
        let host = server.host();
        let [documented, exposed, restarts] = [Order::Documented, Order::LeastExposure, Order::FewestReboots]
            .map(|order| estate.plan(server, Request { order, ..estate.request() }));
        for other in [&exposed, &restarts] {
            assert_eq!((other.status, &other.scenario), (documented.status, &documented.scenario), "{host}");
        }
        assert!(gap(&exposed) <= gap(&documented), "{host}");
        let count = |document: &PlanDocument| document.reboots.certain + document.reboots.possible;
        assert!(count(&restarts) <= count(&documented), "{host}");
        if gap(&exposed) < gap(&documented) {
            assert!(documented.better_order.is_some(), "{host}");
            better += 1;
        }
    }
    assert!(better > 0, "the estate has servers whose documented order leaves them bare for longer than it must");
}
