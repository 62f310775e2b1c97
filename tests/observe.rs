//! What was read on a server becomes facts: known, absent, or unknown with the reason.

#![allow(clippy::expect_used, clippy::panic)]

use cutover::catalog::Catalog;
use cutover::fact::{HostFacts, Observation, Recorded, Snapshot, SnapshotReader, Value};
use cutover::observe::Observer;
use cutover::plan::Start;
use serde_json::{Value as Json, json};
use std::sync::LazyLock;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::built_in().expect("the built-in catalog"));

const ONBOARDING: &str = r"%PACKAGE%\WindowsDefenderATPOnboardingScript.cmd";
const OFFBOARDING: &str = r"%PACKAGE%\WindowsDefenderATPOffboardingScript_valid_until_*.cmd";
const ADDS: &str = r#"add\s+"HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows Advanced Threat Protection"\s+/v\s+OnboardingInfo"#;
const PAUSES: &str = r"^\s*@?pause\s*$";
const ORG: &str = r#"orgId[\\"]*:[\\"]*([0-9A-Fa-f-]{36})"#;
const TENANT: &str = "0a6f4b1c-8f0e-4f6a-9a55-6a1c1d2e3f40";
const STATUS: &str = r"wmi root\Microsoft\Windows\Defender:MSFT_MpComputerStatus";
const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender";
const SENSE: &str = r"HKLM\SOFTWARE\Microsoft\Windows Advanced Threat Protection\Status";
const CBS: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing";

/// A member server of 2012 R2 with SCEP, the old agent with a workspace and the Configuration Manager client; all that is not
/// said here is not there.
fn server() -> Recorded {
    let sources = CATALOG.probes().expect("probes").sources();
    let mut recorded: Recorded = sources.iter().map(|(source, _)| (source.to_string(), Json::Null)).collect();
    let mut put = |name: &str, value: Json| {
        assert!(recorded.insert(name.to_owned(), value).is_some(), "nothing reads {name}");
    };
    put(r"file %SystemRoot%\System32\ntoskrnl.exe", json!({ "version": "6.3.9600.21503" }));
    put(r"file %SystemRoot%\System32\Tdh.dll", json!({ "version": "6.3.9600.20120" }));
    put(r"file %SystemRoot%\System32\ucrtbase.dll", json!({ "version": "10.0.10240.16384" }));
    put(r"value HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions\ProductType", json!("ServerNT"));
    put(r"value HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment\PROCESSOR_ARCHITECTURE", json!("AMD64"));
    put(r"value HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\InstallationType", json!("Server"));
    for key in ["ComputerName", "ActiveComputerName"] {
        put(&format!(r"value HKLM\SYSTEM\CurrentControlSet\Control\ComputerName\{key}\ComputerName"), json!("SRV-APP01"));
    }
    put("updates", json!(["KB2919355", "KB5006714"]));
    put("started", json!("26/11/20T06:00:01.500"));
    put("services", json!([{ "name": "HealthService", "state": "running" }, { "name": "MsMpSvc", "state": "running" }]));
    put("filters", json!([{ "name": "MpFilter", "altitude": "328000", "state": "running" }]));
    put(
        "software",
        json!([{ "key": "Microsoft Security Client", "name": "System Center Endpoint Protection", "publisher": "Microsoft Corporation" }]),
    );
    put("service HealthService", json!({ "state": "running", "image": "", "version": null }));
    put("service CcmExec", json!({ "state": "running", "image": "", "version": null }));
    let restart = json!({ "RebootPending": false, "IsHardRebootPending": false });
    put(r"call root\ccm\ClientSDK:CCM_ClientUtilities.DetermineIfRebootPending", restart);
    put("com AgentConfigManager.MgmtSvcCfg.GetCloudWorkspaces", json!(["3f6b2a10-5c9e-4f0e-8f5a-1b2c3d4e5f60"]));
    put("com AgentConfigManager.MgmtSvcCfg.GetManagementGroups", json!([]));
    put("process MsSenseS.exe", json!(true));
    put(r"key HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\Microsoft Security Client", json!(true));
    put(r"signature %PACKAGE%\md4ws.msi", json!("valid"));
    put(&format!("file {ONBOARDING}"), json!({ "version": null }));
    put(&format!("match {ONBOARDING} {ADDS}"), json!(true));
    put(&format!("match {ONBOARDING} {PAUSES}"), json!(false));
    put(&format!("match {ONBOARDING} {ORG}"), json!(TENANT));
    recorded
}

fn with(changes: &[(&str, Json)]) -> Recorded {
    let mut recorded = server();
    for (name, value) in changes {
        assert!(recorded.insert((*name).to_owned(), value.clone()).is_some(), "nothing reads {name}");
    }
    recorded
}

fn snapshot(recorded: &Recorded) -> Snapshot {
    let observer = Observer::new(&CATALOG);
    let text = json!({ "schema": "cutover/snapshot/v1", "host": "srv-app01", "observed": recorded }).to_string();
    SnapshotReader::new(CATALOG.vocabulary()).judged_by(&observer).json(&text).expect("a snapshot")
}

/// A fact in words: its value, or `?` and the reason.
fn fact(recorded: &Recorded, name: &str) -> String {
    let snapshot = snapshot(recorded);
    match snapshot.observe(CATALOG.vocabulary().find(name).expect("a fact")) {
        Observation::Known(value) => value.to_string(),
        Observation::Unknown(reason) => format!("? {reason}"),
    }
}

/// Checks facts one after the other: what was read instead, and what a fact is then.
fn each(cases: &[(&str, Json, &str, &str)]) {
    for (source, value, name, expected) in cases {
        assert_eq!(fact(&with(&[(source, value.clone())]), name), *expected, "{name} with {source} = {value}");
    }
}

#[test]
fn a_server_of_2012_r2_is_what_was_read_there() {
    let recorded = server();
    let expected = [
        ("os.release", "2012r2"),
        ("os.build", "6.3.9600.21503"),
        ("os.role", "member_server"),
        ("os.x64", "true"),
        ("os.core", "false"),
        ("update.april_2014_rollup", "true"),
        ("update.ucrt", "true"),
        ("update.tdh", "6.3.9600.20120"),
        ("reboot.pending", "false"),
        ("reboot.reasons", "empty"),
        ("defender.feature", "absent"),
        ("defender.leftover", "false"),
        ("defender.service", "absent"),
        ("defender.mode", "none"),
        ("defender.platform", "? there is none"),
        ("defender.tamper_protection", "false"),
        ("policy.disable_antispyware", "false"),
        ("policy.force_passive", "false"),
        ("sense.installed", "false"),
        ("sense.onboarded", "false"),
        ("sense.autostart", "false"),
        ("sense.org", "? there is none"),
        ("mma.installed", "true"),
        ("mma.workspaces", "3f6b2a10-5c9e-4f0e-8f5a-1b2c3d4e5f60"),
        ("mma.management_groups", "empty"),
        ("mma.sensor", "true"),
        ("scep.installed", "true"),
        ("third_party.products", "empty"),
        ("third_party.antivirus", "none"),
        ("mecm.client", "true"),
        ("attach.enrolled", "false"),
        ("azure.arc", "false"),
        ("package.msi", "valid"),
        ("package.onboarding", "group_policy"),
        ("package.org", TENANT),
        ("package.offboarding", "missing"),
        // Nothing on a server says it.
        ("network.sensor_urls", "? not in this snapshot"),
        ("policy.assigned", "? not in this snapshot"),
    ];
    for (name, value) in expected {
        assert_eq!(fact(&recorded, name), value, "{name}");
    }
    let probed = CATALOG.probes().expect("probes").facts.len();
    assert!(probed + 2 >= expected.len() && probed <= expected.len() + 3, "{probed} facts have probes");
}

#[test]
fn the_release_is_the_kernels_unless_it_is_no_server() {
    const KERNEL: &str = r"file %SystemRoot%\System32\ntoskrnl.exe";
    const PRODUCT: &str = r"value HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions\ProductType";
    let version = |text: &str| json!({ "version": text });
    each(&[
        (KERNEL, version("10.0.14393.6614"), "os.release", "2016"),
        (KERNEL, version("10.0.17763.1"), "os.release", "2019"),
        (KERNEL, version("6.2.9200.1"), "os.release", "2012"),
        (KERNEL, version("10.0.18362.1"), "os.release", "other"),
        (KERNEL, json!(null), "os.release", "? there is none"),
        (KERNEL, json!({ "error": "access denied" }), "os.release", "? access denied"),
        (KERNEL, json!({ "error": "access denied" }), "os.build", "? access denied"),
        (KERNEL, json!({ "version": null }), "os.build", "? the file has no version, or is not there"),
        (PRODUCT, json!("WinNT"), "os.release", "client"),
        (PRODUCT, json!("LanmanNT"), "os.role", "domain_controller"),
        (PRODUCT, json!(1), "os.role", "? expected text, found a number"),
        (PRODUCT, json!("NewNT"), "os.role", "? `NewNT` is no value that is known"),
    ]);
}

#[test]
fn a_restart_that_one_place_asks_for_is_known_whatever_the_others_say() {
    const CCM: &str = r"call root\ccm\ClientSDK:CCM_ClientUtilities.DetermineIfRebootPending";
    const MARKER: &str = r"value HKLM\SOFTWARE\Microsoft\Microsoft Defender for Endpoint Install\PendingReboot";
    const RENAMES: &str = r"value HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\PendingFileRenameOperations";
    const NAME: &str = r"value HKLM\SYSTEM\CurrentControlSet\Control\ComputerName\ActiveComputerName\ComputerName";
    let cbs = format!(r"key {CBS}\RebootPending");
    let denied = || json!({ "error": "access denied" });
    each(&[
        (&cbs, json!(true), "reboot.reasons", "cbs"),
        (&cbs, json!(true), "reboot.pending", "true"),
        (&cbs, denied(), "reboot.pending", "? access denied"),
        (CCM, json!({ "RebootPending": false, "IsHardRebootPending": true }), "reboot.reasons", "ccm"),
        (CCM, json!({ "RebootPending": false, "IsHardRebootPending": false }), "reboot.pending", "false"),
        (CCM, json!(null), "reboot.pending", "? there is no such class, or no such instance"),
        (CCM, denied(), "reboot.pending", "? access denied"),
        (CCM, json!({ "RebootPending": null, "IsHardRebootPending": true }), "reboot.reasons", "? `RebootPending` has no value"),
        (RENAMES, json!([r"\??\C:\x", ""]), "reboot.reasons", "file_rename"),
        (RENAMES, json!([r"\??\C:\x", ""]), "reboot.pending", "false"),
        (RENAMES, json!([""]), "reboot.reasons", "empty"),
        (RENAMES, json!("x"), "reboot.reasons", "? expected a list of texts, found text"),
        (NAME, json!("SRV-OLD"), "reboot.reasons", "computer_rename"),
        (NAME, json!("srv-app01"), "reboot.reasons", "empty"),
        (NAME, json!(null), "reboot.reasons", "? there is nothing to compare it with"),
        (MARKER, json!("26/11/20T06:00:01.500"), "reboot.reasons", "installer_marker"),
        // Another culture writes the same moment with other signs.
        (MARKER, json!("26.11.20T06:00:01.500"), "reboot.reasons", "installer_marker"),
        (MARKER, json!("26/10/01T06:00:01.500"), "reboot.reasons", "empty"),
    ]);
    let both = with(&[(&cbs, json!(true)), (CCM, denied())]);
    assert_eq!(fact(&both, "reboot.pending"), "true");
    assert_eq!(fact(&both, "reboot.reasons"), "? access denied");
    let no_client = with(&[("service CcmExec", json!(null)), (CCM, json!(null))]);
    assert_eq!(fact(&no_client, "reboot.pending"), "false");
}

#[test]
fn an_agent_that_does_not_answer_is_not_one_without_workspaces() {
    const WORKSPACES: &str = "com AgentConfigManager.MgmtSvcCfg.GetCloudWorkspaces";
    const GROUPS: &str = "com AgentConfigManager.MgmtSvcCfg.GetManagementGroups";
    let not_registered = "? the class AgentConfigManager.MgmtSvcCfg is not registered";
    each(&[
        (WORKSPACES, json!([]), "mma.workspaces", "empty"),
        (WORKSPACES, json!(null), "mma.workspaces", not_registered),
        (GROUPS, json!(null), "mma.management_groups", not_registered),
        (WORKSPACES, json!({ "error": "access denied" }), "mma.workspaces", "? access denied"),
        (WORKSPACES, json!([1]), "mma.workspaces", "? expected a list of texts"),
    ]);
    // Without an agent there is no workspace: that follows before anything is planned.
    let workspaces = CATALOG.vocabulary().find("mma.workspaces").expect("a fact");
    for (service, expected) in [(json!(null), Some(Value::Set([].into()))), (json!({ "state": "running" }), None)] {
        let recorded = with(&[(WORKSPACES, json!(null)), ("service HealthService", service)]);
        let start = Start::known(&CATALOG, &snapshot(&recorded));
        assert_eq!(start.facts[workspaces.index()].single(), expected);
    }
}

#[test]
fn a_state_or_version_that_cannot_be_read_is_unknown_with_the_reason() {
    let denied = json!({ "error": "access denied" });
    let service = |name: &str| json!([{ "name": name, "state": denied }]);
    let driver = json!([{ "name": "contosoav", "altitude": "321500", "state": denied }]);
    let windefend = json!({ "state": "running", "image": denied, "version": denied });
    each(&[
        ("services", service("SepMasterService"), "third_party.antivirus", "? access denied"),
        ("services", service("SepMasterService"), "third_party.products", "Symantec Endpoint Protection"),
        ("services", service("Spooler"), "third_party.antivirus", "none"),
        ("filters", driver.clone(), "third_party.antivirus", "? access denied"),
        ("service WinDefend", windefend.clone(), "defender.platform", "? access denied"),
        ("service WinDefend", windefend, "defender.service", "running"),
    ]);
    let one_works = with(&[("filters", driver), ("services", json!([{ "name": "SepMasterService", "state": "running" }]))]);
    assert_eq!(fact(&one_works, "third_party.antivirus"), "active");
}

/// The same server as 2016 with Defender Antivirus at work.
fn of_2016(changes: &[(&str, Json)]) -> Recorded {
    let mut recorded = with(&[
        (r"file %SystemRoot%\System32\ntoskrnl.exe", json!({ "version": "10.0.14393.6614" })),
        (r"wmi root\cimv2:Win32_OptionalFeature.Name=Windows-Defender", json!({ "InstallState": 1 })),
        (
            "service WinDefend",
            json!({ "state": "running", "image": "\"C:\\ProgramData\\x\\MsMpEng.exe\"", "version": "4.18.23110.3" }),
        ),
        (r"value HKLM\SYSTEM\CurrentControlSet\Services\WinDefend\ImagePath", json!("\"C:\\ProgramData\\x\\MsMpEng.exe\"")),
        (r"value HKLM\SYSTEM\CurrentControlSet\Services\WinDefend\Start", json!(2)),
        ("service WdNisSvc", json!({ "state": "running", "image": "", "version": null })),
        (r"key HKLM\SYSTEM\CurrentControlSet\Services\WdFilter", json!(true)),
        (STATUS, json!({ "AMRunningMode": "Normal", "AntivirusSignatureAge": 1, "IsTamperProtected": false })),
        (&format!(r"names {CBS}\Version"), json!(["10.0.14393.0", "10.0.14393.5006"])),
    ]);
    for (name, value) in changes {
        recorded.insert((*name).to_owned(), value.clone());
    }
    recorded
}

/// What is changed, and what a fact is then.
type Case<'a> = (&'a [(&'a str, Json)], &'a str, &'a str);

#[test]
fn defender_antivirus_of_2016() {
    const FEATURE: &str = r"wmi root\cimv2:Win32_OptionalFeature.Name=Windows-Defender";
    const IMAGE: &str = r"value HKLM\SYSTEM\CurrentControlSet\Services\WinDefend\ImagePath";
    let mode = |text: &str| json!({ "AMRunningMode": text, "AntivirusSignatureAge": 1, "IsTamperProtected": true });
    let stopped = json!({ "state": "stopped", "image": "", "version": "4.18.23110.3" });
    let cases: &[Case<'_>] = &[
        (&[], "os.release", "2016"),
        (&[], "defender.feature", "enabled"),
        (&[], "defender.service", "running"),
        (&[], "defender.mode", "active"),
        (&[], "defender.platform", "4.18.23110.3"),
        (&[], "defender.signature_age", "1"),
        (&[], "defender.tamper_protection", "false"),
        (&[], "update.ssu_2021_09", "true"),
        (&[(IMAGE, json!(""))], "defender.feature", "pending"),
        (&[(IMAGE, json!(null))], "reboot.reasons", "defender_feature"),
        (&[(FEATURE, json!({ "InstallState": 2 }))], "defender.feature", "disabled"),
        (&[(FEATURE, json!({ "InstallState": 3 }))], "defender.feature", "removed"),
        (
            &[(FEATURE, json!({ "InstallState": 4 }))],
            "defender.feature",
            "? what was seen fits no case that is known: antivirus_feature is 4, windefend.image is true",
        ),
        (&[(FEATURE, json!({ "error": "access denied" }))], "defender.feature", "? access denied"),
        (&[(STATUS, mode("SxS Passive Mode"))], "defender.mode", "passive"),
        (&[(STATUS, mode("EDR Block Mode"))], "defender.mode", "edr_block"),
        (&[(STATUS, mode("Not running"))], "defender.mode", "none"),
        (&[(STATUS, mode("New Mode"))], "defender.mode", "? `New Mode` is no value that is known"),
        (&[(STATUS, mode("Passive Mode"))], "defender.tamper_protection", "true"),
        (
            &[(STATUS, json!(null))],
            "defender.mode",
            "? what was seen fits no case that is known: windefend is running, running_mode is absent",
        ),
        (&[(STATUS, json!(null))], "defender.tamper_protection", "? there is no such class, or no such instance"),
        (&[("service WinDefend", stopped.clone())], "defender.mode", "none"),
        (&[("service WinDefend", stopped.clone())], "defender.service", "stopped"),
        (
            &[("service WinDefend", stopped), (r"value HKLM\SYSTEM\CurrentControlSet\Services\WinDefend\Start", json!(4))],
            "defender.service",
            "disabled",
        ),
    ];
    for (changes, name, expected) in cases {
        assert_eq!(fact(&of_2016(changes), name), *expected, "{name} with {changes:?}");
    }
    let stacks = format!(r"names {CBS}\Version");
    for (names, expected) in [
        (json!(["10.0.14393.4000"]), "false"),
        (
            json!(["10.0.14393.4600"]),
            "? what was seen fits no case that is known: ssu_2021_09 is false, servicing_stack is 10.0.14393.4600",
        ),
        (json!(["10.0.14393.4651"]), "true"),
        (json!([]), "? none of the names is a version"),
    ] {
        assert_eq!(fact(&of_2016(&[(&stacks, names.clone())]), "update.ssu_2021_09"), expected, "{names}");
    }
    let listed = of_2016(&[(&stacks, json!(["10.0.14393.4600"])), ("updates", json!(["KB5005698"]))]);
    assert_eq!(fact(&listed, "update.ssu_2021_09"), "true");
}

#[test]
fn policies_and_the_sensor() {
    let policy = format!(r"value {POLICY}\DisableAntiSpyware");
    let passive = r"value HKLM\SOFTWARE\Policies\Microsoft\Windows Advanced Threat Protection\ForceDefenderPassiveMode";
    let state = format!(r"value {SENSE}\OnboardingState");
    let product = |key: &str, name: &str| json!({ "key": key, "name": name, "publisher": "Microsoft Corporation" });
    let one = product("{1F2D5A62-2D8F-4A8B-9B7A-0A1B2C3D4E5F}", "Microsoft Defender for Endpoint");
    let other = product("{2F2D5A62-2D8F-4A8B-9B7A-0A1B2C3D4E5F}", "Microsoft Defender for Windows Server");
    let lookalike = product("Some Key", "Microsoft Defender for Endpoint");
    each(&[
        (&policy, json!(1), "policy.disable_antispyware", "true"),
        (&policy, json!(0), "policy.disable_antispyware", "false"),
        (&policy, json!("1"), "policy.disable_antispyware", "? expected a number, found text"),
        (&policy, json!({ "error": "access denied" }), "policy.disable_antispyware", "? access denied"),
        (passive, json!(1), "policy.force_passive", "true"),
        (passive, json!(0), "policy.force_passive", "false"),
        (passive, json!({ "binary": "Binary" }), "policy.force_passive", "? expected a number, found binary data"),
        (&state, json!(1), "sense.onboarded", "true"),
        (&state, json!(0), "sense.onboarded", "false"),
        (r"value HKLM\SYSTEM\CurrentControlSet\Services\Sense\Start", json!(2), "sense.autostart", "true"),
        (r"value HKLM\SYSTEM\CurrentControlSet\Services\Sense\Start", json!(3), "sense.autostart", "false"),
        (&format!(r"value {SENSE}\OrgId"), json!(TENANT), "sense.org", TENANT),
        (r"value HKLM\SOFTWARE\Microsoft\SenseCM\EnrollmentStatus", json!(1), "attach.enrolled", "true"),
        (r"value HKLM\SOFTWARE\Microsoft\SenseCM\EnrollmentStatus", json!(4), "attach.enrolled", "false"),
        ("software", json!([one]), "sense.installed", "true"),
        ("software", json!([lookalike]), "sense.installed", "false"),
        ("software", json!([one, other]), "sense.installed", "? what was seen fits no case that is known: unified is several"),
        ("software", json!({ "error": "access denied" }), "third_party.antivirus", "? access denied"),
    ]);
}

#[test]
fn products_of_other_vendors_are_seen_by_software_services_and_drivers() {
    let symantec = json!([{ "key": "x", "name": "Symantec Endpoint Protection", "publisher": "Symantec" }]);
    let suspect = json!([{ "key": "x", "name": "Contoso Antivirus", "publisher": "Contoso" }]);
    let service = |state: &str| json!([{ "name": "SepMasterService", "state": state }]);
    let driver = |state: &str| json!([{ "name": "contosoav", "altitude": "321500", "state": state }]);
    each(&[
        ("software", symantec.clone(), "third_party.products", "Symantec Endpoint Protection"),
        ("software", symantec, "third_party.antivirus", "inactive"),
        ("services", service("running"), "third_party.antivirus", "active"),
        ("services", service("stopped"), "third_party.antivirus", "inactive"),
        ("filters", driver("running"), "third_party.antivirus", "active"),
        ("filters", driver("stopped"), "third_party.antivirus", "inactive"),
        ("filters", driver("running"), "third_party.products", "contosoav"),
        (
            "software",
            suspect.clone(),
            "third_party.products",
            "? `Contoso Antivirus` may be an antivirus and is not one that is known",
        ),
    ]);
    let works = with(&[("software", suspect), ("filters", driver("running"))]);
    assert_eq!(fact(&works, "third_party.antivirus"), "active");
}

#[test]
fn the_package_and_its_scripts() {
    let pauses = format!("match {ONBOARDING} {PAUSES}");
    let adds = format!("match {ONBOARDING} {ADDS}");
    let local = r"file %PACKAGE%\WindowsDefenderATPLocalOnboardingScript.cmd";
    let unnamed = json!({ "error": "the folder of the package was not named" });
    each(&[
        (r"signature %PACKAGE%\md4ws.msi", json!("hashmismatch"), "package.msi", "invalid"),
        (r"signature %PACKAGE%\md4ws.msi", json!(null), "package.msi", "missing"),
        (r"signature %PACKAGE%\md4ws.msi", unnamed, "package.msi", "? the folder of the package was not named"),
        (&pauses, json!(true), "package.onboarding", "interactive"),
        (&adds, json!(false), "package.onboarding", "wrong_kind"),
        (&format!("file {ONBOARDING}"), json!(null), "package.onboarding", "missing"),
        (&format!("match {ONBOARDING} {ORG}"), json!(false), "package.org", "? the file does not say it, or is not there"),
    ]);
    let only_local = with(&[(&format!("file {ONBOARDING}"), json!(null)), (local, json!({ "version": null }))]);
    assert_eq!(fact(&only_local, "package.onboarding"), "interactive");
    let file = format!("valid_until {OFFBOARDING}");
    let org = format!("match {OFFBOARDING} {ORG}");
    let until = |day: &str| json!({ "until": day, "today": "2026-11-26" });
    let sense = format!(r"value {SENSE}\OrgId");
    for (day, script, reports_to, expected) in [
        ("2026-11-26", TENANT, json!(null), "valid"),
        ("2026-11-25", TENANT, json!(null), "expired"),
        ("2026-11-30", "9b6f4b1c-8f0e-4f6a-9a55-6a1c1d2e3f40", json!(null), "other_tenant"),
        ("2026-11-30", TENANT, json!("9b6f4b1c-8f0e-4f6a-9a55-6a1c1d2e3f40"), "other_tenant"),
        ("2026-11-30", TENANT, json!(TENANT.to_uppercase()), "valid"),
    ] {
        let recorded = with(&[(&file, until(day)), (&org, json!(script)), (&sense, reports_to)]);
        assert_eq!(fact(&recorded, "package.offboarding"), expected, "{day}");
    }
    let valid = with(&[(&file, until("2026-11-30")), (&org, json!(TENANT))]);
    assert_eq!(fact(&valid, "package.offboarding"), "valid");
    for (source, value, expected) in [
        // A script that names no tenant, or nothing that says which one it has to be.
        (&org, json!(false), "? there is nothing to compare it with"),
        (&format!("match {ONBOARDING} {ORG}"), json!(false), "? there is nothing to compare it with"),
        (&file, until(""), "? the file's name has no day"),
        (&file, json!({ "error": "access denied" }), "? access denied"),
    ] {
        let mut recorded = valid.clone();
        recorded.insert(source.clone(), value);
        assert_eq!(fact(&recorded, "package.offboarding"), expected, "{source}");
    }
}

#[test]
fn a_leftover_service_is_one_of_2012_r2_alone() {
    let alone = json!({ "state": "stopped", "image": "", "version": null });
    each(&[("service WinDefend", alone, "defender.leftover", "true")]);
    assert_eq!(fact(&of_2016(&[("service WdNisSvc", json!(null))]), "defender.leftover"), "false");
}

#[test]
fn what_was_given_stays_and_what_was_not_read_is_unknown() {
    let observer = Observer::new(&CATALOG);
    let reader = SnapshotReader::new(CATALOG.vocabulary()).judged_by(&observer);
    let text = json!({
        "schema": "cutover/snapshot/v1",
        "host": "srv",
        "facts": { "os.release": "2016" },
        "unknown": { "os.build": "not asked" },
        "observed": { r"file %SystemRoot%\System32\ntoskrnl.exe": { "version": "6.3.9600.21503" } },
    });
    let find = |name: &str| CATALOG.vocabulary().find(name).expect("a fact");
    for snapshot in [reader.json(&text.to_string()), reader.yaml(&text.to_string())] {
        let snapshot = snapshot.expect("a snapshot");
        let known = |name: &str| match snapshot.observe(find(name)) {
            Observation::Known(value) => value.to_string(),
            Observation::Unknown(reason) => format!("? {reason}"),
        };
        assert_eq!(known("os.release"), "2016");
        assert_eq!(known("os.build"), "? not asked");
        assert_eq!(known("scep.installed"), "? it was not read");
    }
    let stranger = json!({ "schema": "cutover/snapshot/v1", "host": "srv", "observed": { "file C:\\x": null } });
    let error = reader.json(&stranger.to_string()).expect_err("nothing reads it");
    assert!(error.to_string().contains("no observation reads `file C:\\x`"), "{error}");
}
