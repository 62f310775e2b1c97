//! `standin set FACT=VALUE...`: makes the machine such that whoever observes the fact finds the value.
//!
//! Choices and versions are written as in `scenarios/catalog/facts.yaml`, flags as `true` or `false`, sets with commas between. `none`
//! takes away what holds the value, so that it cannot be observed, for every fact that can be so. What one fact needs of another (a
//! service that does not exist has no start type) is for the caller to set too; the order of `NAMES` counts, not that of the call.

use std::fs;

use windows_registry::{Key, LOCAL_MACHINE};
use windows_service::service::ServiceStartType;

use crate::client;
use crate::machine::{
    self, ADVANCED_POLICY, ADVANCED_STATUS, AGENT_FILES, DEFENDER_FILES, DEFENDER_POLICY, GROUPS, MEMORY, PRODUCT, Result,
    SCEP_FILES, SENSE_FILES, SERVICING, STATUS, SYSTEM, UNINSTALL,
};
use crate::packages;

/// The facts that can be set, in the order in which they are.
pub const NAMES: [&str; 46] = [
    "os.release",
    "os.build",
    "os.role",
    "os.core",
    "update.april_2014_rollup",
    "update.ucrt",
    "update.ssu_2021_09",
    "update.tdh",
    "policy.disable_antispyware",
    "policy.force_passive",
    "policy.assigned",
    "sense.installed",
    "sense.version",
    "sense.onboarded",
    "sense.org",
    "sense.autostart",
    "mma.installed",
    "mma.workspaces",
    "mma.management_groups",
    "mma.sensor",
    "scep.installed",
    "defender.leftover",
    "defender.feature",
    "defender.service",
    "defender.platform",
    "defender.signature_age",
    "defender.tamper_protection",
    "defender.mode",
    "third_party.products",
    "third_party.antivirus",
    "mecm.client",
    "attach.enrolled",
    "azure.vm",
    "azure.arc",
    "azure.antimalware",
    "reboot.pending",
    "reboot.reasons",
    "package.msi",
    "package.onboarding",
    "package.org",
    "package.offboarding",
    "service.wdnissvc",
    "service.wdfilter",
    "sense.service",
    "mma.service",
    "mecm.service",
];

const WINDOWS: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion";
const SESSION: &str = r"SYSTEM\CurrentControlSet\Control\Session Manager";
const UPDATE_RESTART: &str = r"SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired";
const INSTALLER_SCRIPT: &str = r"SOFTWARE\Microsoft\Microsoft Defender for Endpoint Install";
const CLASS: &str = r"SOFTWARE\Classes\AgentConfigManager.MgmtSvcCfg";
const UNIFIED: &str = "{5A2B4C1E-7D3F-4E60-9B18-2C6D8A90F3E7}";
const KIT: &str = r"C:\lab\kit";
const PACKAGES: &str = r"C:\lab\package";

/// Sets each `FACT=VALUE`.
pub fn set(pairs: &[String]) -> Result<()> {
    let mut given = Vec::new();
    for pair in pairs {
        let (fact, value) = pair.split_once('=').ok_or_else(|| format!("{pair} is not FACT=VALUE"))?;
        let rank = NAMES.iter().position(|name| *name == fact).ok_or_else(|| format!("{fact} cannot be set on a machine"))?;
        given.push((rank, fact, value));
    }
    given.sort_unstable();
    for (_, fact, value) in given {
        one(fact, value).map_err(|error| format!("{fact}={value}: {error}"))?;
    }
    Ok(())
}

fn one(fact: &str, value: &str) -> Result<()> {
    match fact {
        "os.release" => release(value),
        "os.build" => build(value),
        "os.role" => role(value),
        "os.core" => {
            Ok(machine::key(WINDOWS)?.set_string("InstallationType", if flag(value)? { "Server Core" } else { "Server" })?)
        }
        "update.april_2014_rollup" => {
            packages::set_installed("KB2919442", flag(value)?)?;
            packages::set_installed("KB2919355", flag(value)?)
        }
        "update.ucrt" => file("ucrtbase.dll", if flag(value)? { "10.0.10240.16390" } else { "none" }),
        "update.ssu_2021_09" => servicing_stack(flag(value)?),
        "update.tdh" => file("Tdh.dll", value),
        "policy.disable_antispyware" => number(DEFENDER_POLICY, "DisableAntiSpyware", flag(value)?.then_some(1)),
        "policy.force_passive" => number(ADVANCED_POLICY, "ForceDefenderPassiveMode", Some(u32::from(flag(value)?))),
        "policy.assigned" => number(DEFENDER_POLICY, "PUAProtection", flag(value)?.then_some(1)),
        "sense.installed" => sense(flag(value)?),
        "sense.version" => sense_file(value),
        "sense.onboarded" => onboarded(value),
        "sense.org" => text(ADVANCED_STATUS, "OrgId", value),
        "sense.autostart" => start_type("Sense", if flag(value)? { "automatic" } else { "manual" }),
        "mma.installed" => agent(flag(value)?),
        "mma.workspaces" => groups(value, true),
        "mma.management_groups" => groups(value, false),
        "mma.sensor" => old_sensor(flag(value)?),
        "scep.installed" => scep(flag(value)?),
        "defender.leftover" => leftover(flag(value)?),
        "defender.feature" => feature(value),
        "defender.service" => antivirus_service(value),
        "defender.platform" => platform(value),
        "defender.signature_age" => number(STATUS, "AntivirusSignatureAge", optional(value)?),
        "defender.tamper_protection" => number(STATUS, "IsTamperProtected", optional_flag(value)?),
        "defender.mode" => mode(value),
        "third_party.products" => products(value),
        "third_party.antivirus" => foreign_antivirus(value),
        "mecm.client" => client(flag(value)?),
        "attach.enrolled" => number(r"SOFTWARE\Microsoft\SenseCM", "EnrollmentStatus", Some(if flag(value)? { 1 } else { 2 })),
        "azure.vm" => presence(r"SOFTWARE\Microsoft\Windows Azure", flag(value)?),
        "azure.arc" => plain_service("himds", "Azure Hybrid Instance Metadata Service", flag(value)?),
        "azure.antimalware" => presence(
            r"SOFTWARE\Microsoft\Windows Azure\HandlerState\Microsoft.Azure.Security.IaaSAntimalware_1.7.0.0",
            flag(value)?,
        ),
        "reboot.pending" => reasons(if flag(value)? { "cbs" } else { "" }),
        "reboot.reasons" => reasons(value),
        "package.msi" => package(value),
        "package.onboarding" => onboarding_script(value),
        "package.org" => organisation(value),
        "package.offboarding" => offboarding_script(value),
        "service.wdnissvc" => plain_service("WdNisSvc", "Windows Defender Network Inspection Service", flag(value)?),
        "service.wdfilter" => driver("WdFilter", "328010", flag(value)?),
        "sense.service" => service_state("Sense", value),
        "mma.service" => service_state("HealthService", value),
        "mecm.service" => service_state("CcmExec", value),
        _ => Err("not a fact of the lab".into()),
    }
}

fn flag(value: &str) -> Result<bool> {
    value.parse().map_err(|_| "expected true or false".into())
}

fn optional(value: &str) -> Result<Option<u32>> {
    Ok(if value == "none" { None } else { Some(value.parse()?) })
}

fn optional_flag(value: &str) -> Result<Option<u32>> {
    Ok(if value == "none" { None } else { Some(u32::from(flag(value)?)) })
}

fn set_of(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').filter(|part| !part.is_empty())
}

fn number(path: &str, name: &str, value: Option<u32>) -> Result<()> {
    match value {
        Some(value) => Ok(machine::key(path)?.set_u32(name, value)?),
        None => {
            machine::remove_value(path, name);
            Ok(())
        }
    }
}

fn text(path: &str, name: &str, value: &str) -> Result<()> {
    if value == "none" {
        machine::remove_value(path, name);
        return Ok(());
    }
    Ok(machine::key(path)?.set_string(name, value)?)
}

fn presence(path: &str, present: bool) -> Result<()> {
    if present { machine::key(path).map(drop) } else { Ok(machine::remove_key(path)) }
}

// ---- Windows itself

fn release(value: &str) -> Result<()> {
    let (major, minor, number, name) = match value {
        "2012" => (6, 2, "9200", "Windows Server 2012 Standard"),
        "2012r2" => (6, 3, "9600", "Windows Server 2012 R2 Standard"),
        "2016" => (10, 0, "14393", "Windows Server 2016 Standard"),
        "2019" => (10, 0, "17763", "Windows Server 2019 Standard"),
        "2022" => (10, 0, "20348", "Windows Server 2022 Standard"),
        "2025" => (10, 0, "26100", "Windows Server 2025 Standard"),
        "client" => (10, 0, "19045", "Windows 10 Enterprise"),
        other => return Err(format!("there is no release {other} in the lab").into()),
    };
    let key = machine::key(WINDOWS)?;
    key.set_string("CurrentBuild", number)?;
    key.set_string("CurrentBuildNumber", number)?;
    // On Windows this stays 6.3 from 2016 on, and 2012 R2 does not have the other two; Wine goes by them.
    key.set_string("CurrentVersion", format!("{major}.{minor}"))?;
    key.set_u32("CurrentMajorVersionNumber", major)?;
    key.set_u32("CurrentMinorVersionNumber", minor)?;
    key.set_string("ProductName", name)?;
    let client = value == "client";
    key.set_string("EditionID", if client { "Enterprise" } else { "ServerStandard" })?;
    key.set_string("InstallationType", if client { "Client" } else { "Server" })?;
    role(if client { "workstation" } else { "member_server" })?;
    build(&format!("{major}.{minor}.{number}.20000"))
}

fn build(value: &str) -> Result<()> {
    let version = machine::version(value)?;
    machine::key(WINDOWS)?.set_u32("UBR", u32::from(version[3]))?;
    file("ntoskrnl.exe", value)
}

fn role(value: &str) -> Result<()> {
    let word = match value {
        "member_server" => "ServerNT",
        "domain_controller" => "LanmanNT",
        "workstation" => "WinNT",
        _ => return Err("no such role".into()),
    };
    Ok(machine::key(PRODUCT)?.set_string("ProductType", word)?)
}

/// A file of the system in a version. It is one of the lab: Wine takes its own from where it is installed.
fn file(name: &str, value: &str) -> Result<()> {
    let path = format!(r"{SYSTEM}\{name}");
    if value == "none" {
        let _ = fs::remove_file(path);
        return Ok(());
    }
    machine::stamp(r"C:\lab\version.exe", &path, machine::version(value)?)
}

fn servicing_stack(new: bool) -> Result<()> {
    let path = format!(r"{SERVICING}\Version");
    machine::remove_key(&path);
    let version = if new { "10.0.14393.4651" } else { "10.0.14393.3684" };
    machine::key(&path)?.set_expand_string(version, &format!(r"%SystemRoot%\servicing\Version\{version}"))?;
    packages::set_installed("KB5005698", new)
}

fn reasons(value: &str) -> Result<()> {
    let wanted: Vec<&str> = set_of(value).collect();
    let has = |reason| wanted.contains(&reason);
    let servicing = format!(r"{SERVICING}\RebootPending");
    for (path, reason) in [(servicing.as_str(), "cbs"), (UPDATE_RESTART, "windows_update")] {
        machine::remove_key(path);
        if has(reason) {
            machine::volatile_key(path)?;
        }
    }
    if has("file_rename") {
        // An empty name says: delete. Read as texts one after the other, the list would end here.
        let names = ["\\??\\C:\\lab\\old.tmp", "", "\\??\\C:\\lab\\new.tmp", "!\\??\\C:\\lab\\kept.tmp"];
        let mut bytes = Vec::new();
        for name in names {
            bytes.extend(name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes));
        }
        bytes.extend([0, 0]);
        machine::key(SESSION)?.set_bytes("PendingFileRenameOperations", windows_registry::Type::MultiString, &bytes)?;
    } else {
        machine::remove_value(SESSION, "PendingFileRenameOperations");
    }
    let active = machine::key(packages::ACTIVE_COMPUTER_NAME)?;
    let name = machine::text(packages::COMPUTER_NAME, "ComputerName").unwrap_or_else(|| "SRV-LAB01".into());
    active.set_string("ComputerName", if has("computer_rename") { "SRV-BEFORE" } else { &name })?;
    text(INSTALLER_SCRIPT, "PendingReboot", &if has("installer_marker") { this_start()? } else { "none".into() })?;
    number(MEMORY, "ClientRebootPending", Some(u32::from(has("ccm"))))?;
    if has("defender_feature") {
        feature("pending")?;
    }
    Ok(())
}

/// When the server started, as the installer script writes it down: `yy/MM/ddTHH:mm:ss.fff`.
fn this_start() -> Result<String> {
    let found = client::wmi(r"root\cimv2", "SELECT * FROM Win32_OperatingSystem", "LastBootUpTime")?;
    let time = found.first().ok_or("WMI does not say when the server started")?;
    let part = |range| time.get::<std::ops::Range<usize>>(range).ok_or("no time of WMI");
    let (year, month, day) = (part(2..4)?, part(4..6)?, part(6..8)?);
    Ok(format!("{year}/{month}/{day}T{}:{}:{}.{}", part(8..10)?, part(10..12)?, part(12..14)?, part(15..18)?))
}

// ---- Defender Antivirus

fn feature(value: &str) -> Result<()> {
    let state = match value {
        "absent" => None,
        "removed" => Some("Disabled with Payload Removed"),
        "disabled" => Some("Disabled"),
        // What Windows says until the restart is also `Enabled`: the service without a program tells them apart.
        "pending" | "enabled" => Some("Enabled"),
        _ => return Err("no such state of the feature".into()),
    };
    packages::set_feature(state)?;
    if value == "pending" {
        packages::set_feature(Some("Enable Pending"))?;
        machine::delete_service("WinDefend")?;
        machine::key(r"SYSTEM\CurrentControlSet\Services\WinDefend")?.set_u32("Start", 2)?;
    }
    Ok(())
}

fn antivirus_service(value: &str) -> Result<()> {
    if value == "absent" {
        machine::delete_service("WinDefend")?;
        machine::delete_service("WdNisSvc")?;
        return driver("WdFilter", "328010", false);
    }
    if machine::state("WinDefend").is_none() {
        machine::remove_key(r"SYSTEM\CurrentControlSet\Services\WinDefend");
        packages::inbox_antivirus([4, 18, 23110, 3], false)?;
    }
    plain_service("WdNisSvc", "Windows Defender Network Inspection Service", true)?;
    driver("WdFilter", "328010", true)?;
    service_state("WinDefend", value)
}

fn leftover(left: bool) -> Result<()> {
    if !left {
        return machine::delete_service("WinDefend");
    }
    machine::delete_service("WdNisSvc")?;
    driver("WdFilter", "328010", false)?;
    let program = format!(r"{DEFENDER_FILES}\MsMpEng.exe");
    machine::ensure_service("WinDefend", "@MpAsDesc.dll,-310", &program, ServiceStartType::OnDemand)
}

fn platform(value: &str) -> Result<()> {
    if value == "none" {
        machine::remove_value(STATUS, "AMProductVersion");
        let _ = fs::remove_file(format!(r"{DEFENDER_FILES}\MsMpEng.exe"));
        return Ok(());
    }
    if machine::state("WinDefend").is_none() {
        return text(STATUS, "AMProductVersion", value);
    }
    packages::inbox_antivirus(machine::version(value)?, machine::running("WinDefend"))
}

fn mode(value: &str) -> Result<()> {
    let word = match value {
        "none" => "Not running",
        "active" => "Normal",
        "passive" => "Passive Mode",
        "edr_block" => "EDR Block Mode",
        _ => return Err("no such mode".into()),
    };
    let key = machine::key(STATUS)?;
    key.set_string("AMRunningMode", word)?;
    Ok(key.set_u32("RealTimeProtectionEnabled", u32::from(value == "active"))?)
}

// ---- the sensors

fn sense(installed: bool) -> Result<()> {
    let entry = format!(r"{UNINSTALL}\{UNIFIED}");
    if !installed {
        machine::delete_service("Sense")?;
        machine::remove_key(&entry);
        machine::remove_key(r"SOFTWARE\Microsoft\Windows Advanced Threat Protection");
        let _ = fs::remove_dir_all(SENSE_FILES);
        return Ok(());
    }
    sense_file("10.8049.22439.1084")?;
    let program = format!(r"{SENSE_FILES}\MsSense.exe");
    machine::ensure_service(
        "Sense",
        "Windows Defender Advanced Threat Protection Service",
        &program,
        ServiceStartType::OnDemand,
    )?;
    entry_of(&entry, "Microsoft Defender for Endpoint", "4.18.60450")
}

fn sense_file(value: &str) -> Result<()> {
    let path = format!(r"{SENSE_FILES}\MsSense.exe");
    if value == "none" {
        let _ = fs::remove_file(path);
        return Ok(());
    }
    let running = machine::running("Sense");
    machine::stop("Sense")?;
    machine::part(&path, machine::version(value)?)?;
    if running { machine::start("Sense") } else { Ok(()) }
}

fn onboarded(value: &str) -> Result<()> {
    if value == "none" {
        machine::remove_value(ADVANCED_STATUS, "OnboardingState");
        return Ok(());
    }
    let onboarded = flag(value)?;
    number(ADVANCED_STATUS, "OnboardingState", Some(u32::from(onboarded)))?;
    if onboarded {
        machine::key(ADVANCED_POLICY)?.set_string("OnboardingInfo", "{}")?;
    } else {
        machine::remove_value(ADVANCED_POLICY, "OnboardingInfo");
    }
    Ok(())
}

fn agent(installed: bool) -> Result<()> {
    let entry = format!(r"{UNINSTALL}\{{88EE688B-31C6-4B90-90DF-FBB345223F94}}");
    let id = "{2B5D1A7C-6F3E-4C88-9A51-0D7E4B92C6F1}";
    let class = format!(r"SOFTWARE\Classes\CLSID\{id}");
    if !installed {
        machine::delete_service("HealthService")?;
        for key in [entry.as_str(), class.as_str(), CLASS] {
            machine::remove_key(key);
        }
        let _ = fs::remove_dir_all(AGENT_FILES);
        return Ok(());
    }
    let version = [10, 20, 18053, 0];
    let program = format!(r"{AGENT_FILES}\HealthService.exe");
    machine::stop("HealthService")?;
    machine::part(&program, version)?;
    machine::part(
        &format!(r"{AGENT_FILES}\Health Service State\Monitoring Host Temporary Files 1\1\MsSenseS.exe"),
        [10, 3720, 16299, 1037],
    )?;
    let library = format!(r"{AGENT_FILES}\AgentConfigManager.dll");
    fs::copy(r"C:\lab\classes.dll", &library)?;
    machine::key(CLASS)?.set_string("", "AgentConfigManager.MgmtSvcCfg")?;
    machine::key(&format!(r"{CLASS}\CLSID"))?.set_string("", id)?;
    let server = machine::key(&format!(r"{class}\InprocServer32"))?;
    server.set_string("", &library)?;
    server.set_string("ThreadingModel", "Both")?;
    machine::ensure_service("HealthService", "Microsoft Monitoring Agent", &program, ServiceStartType::AutoStart)?;
    machine::start("HealthService")?;
    entry_of(&entry, "Microsoft Monitoring Agent", "10.20.18053.0")
}

/// A workspace is the group `AOI-` with its id; the other groups are those of Operations Manager.
fn groups(value: &str, workspaces: bool) -> Result<()> {
    for group in machine::subkeys(GROUPS) {
        if group.starts_with("AOI-") == workspaces {
            machine::remove_key(&format!(r"{GROUPS}\{group}"));
        }
    }
    for (index, name) in set_of(value).enumerate() {
        let key = if workspaces {
            let key = machine::key(&format!(r"{GROUPS}\AOI-{name}"))?;
            key.set_string("AgentId", format!("6d0f5b1e-31c8-4f0a-9d27-b4b5c1e8a7{index:02}"))?;
            key
        } else {
            let key = machine::key(&format!(r"{GROUPS}\{name}"))?;
            key.set_string("NetworkName", format!("scom{index:02}.corp.example"))?;
            key
        };
        key.set_u32("Port", 5723)?;
    }
    Ok(())
}

fn old_sensor(runs: bool) -> Result<()> {
    number(MEMORY, "OldSensor", Some(u32::from(runs)))?;
    if runs { machine::start("HealthService") } else { Ok(()) }
}

// ---- other products

fn scep(installed: bool) -> Result<()> {
    let entry = format!(r"{UNINSTALL}\Microsoft Security Client");
    if !installed {
        machine::delete_service("MsMpSvc")?;
        machine::remove_key(&entry);
        let _ = fs::remove_dir_all(SCEP_FILES);
        return Ok(());
    }
    let version = [4, 10, 209, 0];
    let program = format!(r"{SCEP_FILES}\MsMpEng.exe");
    machine::stop("MsMpSvc")?;
    machine::part(&program, version)?;
    machine::part(&format!(r"{SCEP_FILES}\Setup.exe"), version)?;
    machine::ensure_service("MsMpSvc", "Microsoft Antimalware Service", &program, ServiceStartType::AutoStart)?;
    machine::start("MsMpSvc")?;
    entry_of(&entry, "System Center Endpoint Protection", "4.10.209.0")
}

/// Each product has an uninstall entry, a service and a filter driver, all known under its name.
fn products(value: &str) -> Result<()> {
    for product in machine::subkeys(&format!(r"{MEMORY}\Products")) {
        machine::delete_service(&product)?;
        driver(&format!("{product}Flt"), "", false)?;
        machine::remove_key(&format!(r"{UNINSTALL}\{product}"));
        machine::remove_key(&format!(r"{MEMORY}\Products\{product}"));
    }
    for (index, product) in set_of(value).enumerate() {
        machine::key(&format!(r"{MEMORY}\Products\{product}"))?;
        let program = format!(r"C:\Program Files\{product}\Engine.exe");
        machine::part(&program, [12, 0, 0, 0])?;
        machine::ensure_service(product, product, &program, ServiceStartType::AutoStart)?;
        driver(&format!("{product}Flt"), &format!("32{:04}", 5000 + index), true)?;
        entry_of(&format!(r"{UNINSTALL}\{product}"), product, "12.0.0.0")?;
    }
    Ok(())
}

/// What of the products found works: their services, and for an antivirus their filter drivers.
fn foreign_antivirus(value: &str) -> Result<()> {
    for (index, product) in machine::subkeys(&format!(r"{MEMORY}\Products")).iter().enumerate() {
        driver(&format!("{product}Flt"), &format!("32{:04}", 5000 + index), value != "none")?;
        match value {
            "active" | "none" => {
                machine::set_start(product, ServiceStartType::AutoStart)?;
                machine::start(product)?;
            }
            "inactive" => {
                machine::stop(product)?;
                machine::set_start(product, ServiceStartType::Disabled)?;
            }
            _ => return Err("expected none, inactive or active".into()),
        }
    }
    Ok(())
}

fn client(installed: bool) -> Result<()> {
    if !installed {
        machine::delete_service("CcmExec")?;
        let _ = fs::remove_dir_all(r"C:\windows\CCM");
        return Ok(());
    }
    let version = [5, 0, 9068, 1008];
    machine::stop("CcmExec")?;
    machine::part(r"C:\windows\CCM\CcmExec.exe", version)?;
    machine::part(r"C:\windows\ccmsetup\ccmsetup.exe", version)?;
    machine::ensure_service("CcmExec", "SMS Agent Host", r"C:\windows\CCM\CcmExec.exe", ServiceStartType::AutoStart)?;
    machine::start("CcmExec")
}

fn entry_of(path: &str, name: &str, version: &str) -> Result<()> {
    let key = machine::key(path)?;
    key.set_string("DisplayName", name)?;
    key.set_string("DisplayVersion", version)?;
    Ok(())
}

fn plain_service(name: &str, display: &str, present: bool) -> Result<()> {
    if !present {
        return machine::delete_service(name);
    }
    let program = format!(r"C:\lab\services\{name}.exe");
    if machine::state(name).is_none() {
        machine::part(&program, [1, 0, 0, 0])?;
    }
    machine::ensure_service(name, display, &program, ServiceStartType::AutoStart)?;
    machine::start(name)
}

/// A filter driver, as the registry shows it: nothing loads it here.
fn driver(name: &str, altitude: &str, present: bool) -> Result<()> {
    let path = format!(r"SYSTEM\CurrentControlSet\Services\{name}");
    machine::remove_key(&path);
    if !present {
        return Ok(());
    }
    let key: Key = LOCAL_MACHINE.create(&path)?;
    key.set_u32("Type", 2)?;
    // As a driver of Wine it could not be loaded; what Windows loads at its start has 0 here.
    key.set_u32("Start", 3)?;
    key.set_string("Group", "FSFilter Anti-Virus")?;
    let instances = LOCAL_MACHINE.create(format!(r"{path}\Instances"))?;
    instances.set_string("DefaultInstance", format!("{name} Instance"))?;
    let instance = LOCAL_MACHINE.create(format!(r"{path}\Instances\{name} Instance"))?;
    instance.set_string("Altitude", altitude)?;
    Ok(instance.set_u32("Flags", 0)?)
}

fn start_type(name: &str, value: &str) -> Result<()> {
    let start = match value {
        "automatic" => ServiceStartType::AutoStart,
        "manual" => ServiceStartType::OnDemand,
        "disabled" => ServiceStartType::Disabled,
        _ => return Err("no such start type".into()),
    };
    machine::set_start(name, start)
}

fn service_state(name: &str, value: &str) -> Result<()> {
    match value {
        "absent" => machine::delete_service(name),
        "disabled" => {
            machine::stop(name)?;
            start_type(name, "disabled")
        }
        "stopped" => {
            machine::stop(name)?;
            start_type(name, "manual")
        }
        "running" => {
            start_type(name, "automatic")?;
            machine::start(name)
        }
        _ => Err("expected absent, disabled, stopped or running".into()),
    }
}

// ---- the files that a migration brings

fn package(value: &str) -> Result<()> {
    let to = format!(r"{PACKAGES}\md4ws.msi");
    let from = match value {
        "missing" => {
            let _ = fs::remove_file(to);
            return Ok(());
        }
        "valid" => "md4ws.msi",
        "invalid" | "unsigned" => "md4ws-unsigned.msi",
        "tampered" => "md4ws-tampered.msi",
        _ => return Err("expected missing, invalid, unsigned, tampered or valid".into()),
    };
    Ok(machine::replace(&to, &fs::read(format!(r"{KIT}\{from}"))?)?)
}

const ONBOARDING: &str = "WindowsDefenderATPOnboardingScript.cmd";

fn onboarding_script(value: &str) -> Result<()> {
    let to = format!(r"{PACKAGES}\{ONBOARDING}");
    let from = match value {
        "missing" => {
            let _ = fs::remove_file(to);
            return Ok(());
        }
        "group_policy" => ONBOARDING,
        "interactive" => "WindowsDefenderATPLocalOnboardingScript.cmd",
        "wrong_kind" => "WindowsDefenderATPOffboardingScript.cmd",
        _ => return Err("no such kind".into()),
    };
    Ok(machine::replace(&to, &fs::read(format!(r"{KIT}\{from}"))?)?)
}

/// The organisation of the scripts as they lie in the kit.
const OWN: &str = "0a9c4a36-1b5d-4f5e-9c1e-8f3d2b7a6c10";

fn organisation(value: &str) -> Result<()> {
    let path = format!(r"{PACKAGES}\{ONBOARDING}");
    let script = fs::read_to_string(format!(r"{KIT}\{ONBOARDING}"))?;
    Ok(machine::replace(&path, script.replace(OWN, value).as_bytes())?)
}

fn offboarding_script(value: &str) -> Result<()> {
    const PREFIX: &str = "WindowsDefenderATPOffboardingScript_valid_until_";
    fs::create_dir_all(PACKAGES)?;
    for entry in fs::read_dir(PACKAGES)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            fs::remove_file(entry.path())?;
        }
    }
    let (date, organisation) = match value {
        "missing" => return Ok(()),
        "valid" => ("2099-12-31", OWN),
        "expired" => ("2020-01-31", OWN),
        "other_tenant" => ("2099-12-31", "11111111-2222-4333-8444-555555555555"),
        _ => return Err("no such state".into()),
    };
    let script = fs::read_to_string(format!(r"{KIT}\WindowsDefenderATPOffboardingScript.cmd"))?;
    Ok(machine::replace(&format!(r"{PACKAGES}\{PREFIX}{date}.cmd"), script.replace(OWN, organisation).as_bytes())?)
}
