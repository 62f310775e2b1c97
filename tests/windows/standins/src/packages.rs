//! What installs packages and features.
//!
//! | part | control | effects |
//! |---|---|---|
//! | `wusa` | `restart`: ends with 3010 whatever it is; `not_applicable`: a package, such as `KB3045999`, that does not fit | `KB...` |
//! | `dism` | `restart: no`: the feature needs no restart; `broken_store` | `enabled`, `pending` |
//! | `msiexec` | `exit` and `at`, so that every code of it can be had; `log`: what its log says, where it is told to write one | the package's own, in the registry and the service manager |

use std::fs;
use std::process::Command;

use windows::Win32::Storage::FileSystem::{MOVEFILE_DELAY_UNTIL_REBOOT, MOVEFILE_REPLACE_EXISTING, MoveFileExW};
use windows::core::HSTRING;
use windows_registry::LOCAL_MACHINE;
use windows_service::service::ServiceStartType;

use crate::machine::{self, DEFENDER_FILES, SERVICING, STATUS, SYSTEM, Version};
use crate::record::{Control, call, record};

const RESTART: u32 = 3010;
const NOT_APPLICABLE: u32 = 0x8024_0017;
const ALREADY_THERE: u32 = 0x0024_0006;
const NO_FILE: u32 = 2;
const FAILED: u32 = 1603;
const BAD_ARGUMENTS: u32 = 87;

/// What each update brings: a file of the system in a version.
const FILES: [(&str, &str, Version); 3] = [
    ("KB2999226", "ucrtbase.dll", [10, 0, 10240, 16390]),
    ("KB3080149", "Tdh.dll", [6, 3, 9600, 17958]),
    ("KB3045999", "ntoskrnl.exe", [6, 3, 9600, 17736]),
];

/// Each update with those that have to be there before it.
const CHAIN: [(&str, &[&str]); 4] =
    [("KB2919355", &["KB2919442"]), ("KB2999226", &["KB2919355"]), ("KB3080149", &["KB2919355"]), ("KB3045999", &["KB2919355"])];

/// The registry's record of a package that is installed.
pub fn package_key(update: &str) -> String {
    format!(r"{SERVICING}\Packages\Package_for_{update}~31bf3856ad364e35~amd64~~6.3.1.0")
}

pub fn set_installed(update: &str, installed: bool) -> machine::Result<()> {
    if installed {
        machine::key(&package_key(update))?.set_u32("CurrentState", 112)?;
    } else {
        machine::remove_key(&package_key(update));
    }
    Ok(())
}

fn is_installed(update: &str) -> bool {
    LOCAL_MACHINE.open(package_key(update)).is_ok()
}

/// `wusa.exe PACKAGE /quiet /norestart`.
pub fn wusa(args: &[String]) -> u32 {
    call("wusa", args, |control| {
        let Some(file) = args.iter().find(|arg| arg.to_ascii_lowercase().ends_with(".msu")) else { return BAD_ARGUMENTS };
        if fs::metadata(file).is_err() {
            return NO_FILE;
        }
        let upper = file.to_ascii_uppercase();
        let Some(update) = upper.find("KB").map(|at| {
            let digits = upper[at + 2..].chars().take_while(char::is_ascii_digit).count();
            &upper[at..at + 2 + digits]
        }) else {
            return BAD_ARGUMENTS;
        };
        let missing = |(_, before): &(&str, &[&str])| before.iter().any(|update| !is_installed(update));
        if control.names("not_applicable", update) || CHAIN.iter().filter(|(of, _)| *of == update).any(missing) {
            return NOT_APPLICABLE;
        }
        if is_installed(update) {
            return ALREADY_THERE;
        }
        match install(control, update, args) {
            Ok(restart) if restart || control.flag("restart") => RESTART,
            Ok(_) => 0,
            Err(error) => {
                eprintln!("{error}");
                FAILED
            }
        }
    })
}

/// Installs what the update brings; true if the file comes only with the next start.
fn install(control: &Control, update: &str, args: &[String]) -> machine::Result<bool> {
    let mut restart = update == "KB2919355";
    let mut staged = None;
    if let Some((_, file, version)) = FILES.iter().find(|(of, ..)| *of == update) {
        let now = format!(r"{SYSTEM}\{file}");
        let found = machine::version_of(&now);
        if found < Some(*version) {
            let later = format!(r"{SYSTEM}\{file}.{update}");
            machine::stamp(if found.is_some() { &now } else { r"C:\lab\version.exe" }, &later, *version)?;
            staged = Some((later, now, found.is_some()));
        }
    }
    // What breaks off here leaves files that nobody looks at.
    control.wait("wusa", args, "middle");
    match staged {
        Some((later, now, true)) => {
            at_next_start(&later, &now)?;
            restart = true;
        }
        Some((later, now, false)) => fs::rename(later, now)?,
        None => {}
    }
    set_installed(update, true)?;
    if restart {
        machine::volatile_key(&format!(r"{SERVICING}\RebootPending"))?;
    }
    record("wusa", args, Some(update));
    Ok(restart)
}

fn at_next_start(from: &str, to: &str) -> machine::Result<()> {
    let flags = MOVEFILE_DELAY_UNTIL_REBOOT | MOVEFILE_REPLACE_EXISTING;
    // Both are texts that live until the call is over.
    unsafe { MoveFileExW(&HSTRING::from(from), &HSTRING::from(to), flags)? };
    Ok(())
}

// ---- the feature of Defender Antivirus

pub const FEATURES: &str = r"SOFTWARE\Lab\Features";
const SOURCE_NOT_FOUND: u32 = 0x800F_081F;
const ASSEMBLY_MISSING: u32 = 14081;

/// The state of the feature as DISM words it; none where the release has no such feature.
pub fn set_feature(state: Option<&str>) -> machine::Result<()> {
    match state {
        Some(state) => machine::key(FEATURES)?.set_string("Windows-Defender", state)?,
        None => machine::remove_value(FEATURES, "Windows-Defender"),
    }
    Ok(())
}

/// `dism.exe /Online /Get-FeatureInfo | /Enable-Feature /FeatureName:Windows-Defender ...`.
pub fn dism(args: &[String]) -> u32 {
    call("dism", args, |control| {
        let has = |word: &str| args.iter().any(|arg| arg.eq_ignore_ascii_case(word));
        let prefix = "/FeatureName:";
        let name = args.iter().find_map(|arg| {
            let head = arg.get(..prefix.len())?;
            head.eq_ignore_ascii_case(prefix).then(|| &arg[prefix.len()..])
        });
        let (true, Some(name)) = (has("/Online"), name) else { return BAD_ARGUMENTS };
        println!("\nDeployment Image Servicing and Management tool\nVersion: 10.0.14393.0\n\nImage Version: 10.0.14393.0\n");
        let Some(state) = machine::text(FEATURES, name) else {
            println!("Error: 0x800f080c\n\nFeature name {name} is unknown.");
            return 0x800F_080C;
        };
        if has("/Get-FeatureInfo") {
            println!("Feature Information:\n\nFeature Name : {name}\nDisplay Name : {name}\nDescription : ");
            println!("Restart Required : Possible\nState : {state}\n\nThe operation completed successfully.");
            return 0;
        }
        if !has("/Enable-Feature") {
            return BAD_ARGUMENTS;
        }
        if state == "Disabled with Payload Removed" {
            println!("Error: 0x800f081f\n\nThe source files could not be found.");
            return SOURCE_NOT_FOUND;
        }
        if control.flag("broken_store") {
            println!("Error: 14081\n\nThe referenced assembly could not be found.");
            return ASSEMBLY_MISSING;
        }
        if state == "Enabled" {
            println!("The operation completed successfully.");
            return 0;
        }
        let at_once = control.word("restart") == Some("no");
        match enable(at_once, args) {
            Ok(()) if at_once => 0,
            Ok(()) => RESTART,
            Err(error) => {
                eprintln!("{error}");
                FAILED
            }
        }
    })
}

fn enable(at_once: bool, args: &[String]) -> machine::Result<()> {
    if at_once {
        set_feature(Some("Enabled"))?;
        inbox_antivirus([4, 10, 14393, 2515], true)?;
    } else {
        set_feature(Some("Enable Pending"))?;
        machine::volatile_key(&format!(r"{SERVICING}\RebootPending"))?;
    }
    record("dism", args, Some(if at_once { "enabled" } else { "pending" }));
    Ok(())
}

/// The antivirus that comes with Windows.
pub fn inbox_antivirus(version: Version, start: bool) -> machine::Result<()> {
    let program = format!(r"{DEFENDER_FILES}\MsMpEng.exe");
    machine::stop("WinDefend")?;
    machine::part(&program, version)?;
    machine::part(&format!(r"{DEFENDER_FILES}\MpCmdRun.exe"), version)?;
    machine::key(machine::DEFENDER)?.set_string("InstallLocation", format!(r"{DEFENDER_FILES}\"))?;
    let status = machine::key(STATUS)?;
    status.set_string("AMProductVersion", version.map(|part| part.to_string()).join("."))?;
    if status.get_u32("AntivirusSignatureAge").is_err() {
        status.set_u32("AntivirusSignatureAge", 30)?;
    }
    machine::ensure_service("WinDefend", "Windows Defender Service", &program, ServiceStartType::AutoStart)?;
    if start {
        machine::start("WinDefend")?;
    }
    Ok(())
}

/// What Windows does at its start: what waited for one comes true.
pub fn started() -> machine::Result<()> {
    record("windows", &[], Some("started"));
    if machine::text(FEATURES, "Windows-Defender").as_deref() == Some("Enable Pending") {
        set_feature(Some("Enabled"))?;
        inbox_antivirus([4, 10, 14393, 2515], true)?;
        record("windows", &[], Some("feature"));
    }
    if let (Some(name), Ok(active)) = (machine::text(COMPUTER_NAME, "ComputerName"), machine::key(ACTIVE_COMPUTER_NAME)) {
        active.set_string("ComputerName", name)?;
    }
    Ok(())
}

pub const COMPUTER_NAME: &str = r"SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName";
pub const ACTIVE_COMPUTER_NAME: &str = r"SYSTEM\CurrentControlSet\Control\ComputerName\ActiveComputerName";

// ---- Windows Installer

/// Counts the call and leaves the work to Wine's own program.
pub fn msiexec(args: &[String]) -> u32 {
    let log = args.iter().position(|arg| arg.starts_with("/l")).and_then(|at| args.get(at + 1));
    if let (Some(log), Some(text)) = (log, Control::of("msiexec").word("log")) {
        // It writes logs as UTF-16.
        let bytes: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let _ = fs::write(log, bytes);
    }
    call("msiexec", args, |_| {
        let status = Command::new(r"C:\windows\system32\msiexec-wine.exe").args(args).status();
        let code = status.ok().and_then(|status| status.code()).map_or(FAILED, |code| code as u32);
        if code == 0 {
            record("msiexec", args, Some("done"));
        }
        code
    })
}
