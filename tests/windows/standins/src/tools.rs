//! The command lines that a migration runs, apart from those that install packages.
//!
//! | part | control | effects |
//! |---|---|---|
//! | `setup` (of SCEP) | `leftover`: a service WinDefend stays behind | `uninstalled` |
//! | `mpcmdrun` | | `signatures`, `enabled` |
//! | `updateplatform` | | `platform` |
//! | `ccmsetup` | `delay` (3 seconds) until the client is gone | `uninstalled` |
//! | `schtasks` | | `created`, `deleted`; what is created runs at each start of the server |
//! | `fltmc` | | none: it lists the filter drivers of what runs |
//! | `shutdown` | | `restart`: that is for whoever runs the lab to do |

use std::os::windows::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use std::{fs, thread};

use windows_service::service::ServiceStartType;

use crate::machine::{self, DEFENDER, DEFENDER_FILES, SCEP_FILES, STATUS, UNINSTALL};
use crate::record::{Control, call, record};

const BAD_ARGUMENTS: u32 = 87;
/// The service is not running, or disabled.
const NOT_RUNNING: u32 = 0x8001_06BA;

fn code(result: machine::Result<()>) -> u32 {
    match result {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("{error}");
            1603
        }
    }
}

fn has(args: &[String], word: &str) -> bool {
    args.iter().any(|arg| arg.eq_ignore_ascii_case(word))
}

/// `Setup.exe /u /s` takes SCEP away.
pub fn scep_setup(args: &[String]) -> u32 {
    call("setup", args, |control| {
        if !has(args, "/u") || !has(args, "/s") {
            return BAD_ARGUMENTS;
        }
        code((|| {
            machine::delete_service("MsMpSvc")?;
            control.wait("setup", args, "middle");
            let _ = fs::remove_file(format!(r"{SCEP_FILES}\MsMpEng.exe"));
            if control.flag("leftover") {
                let program = format!(r"{DEFENDER_FILES}\MsMpEng.exe");
                machine::ensure_service("WinDefend", "@MpAsDesc.dll,-310", &program, ServiceStartType::AutoStart)?;
            }
            machine::remove_key(&format!(r"{UNINSTALL}\Microsoft Security Client"));
            record("setup", args, Some("uninstalled"));
            Ok(())
        })())
    })
}

/// `MpCmdRun.exe -SignatureUpdate | -wdenable | -ReloadEngine`.
pub fn mp_cmd_run(args: &[String]) -> u32 {
    call("mpcmdrun", args, |_| {
        if has(args, "-SignatureUpdate") {
            if !machine::running("WinDefend") {
                return NOT_RUNNING;
            }
            code((|| {
                machine::key(STATUS)?.set_u32("AntivirusSignatureAge", 0)?;
                record("mpcmdrun", args, Some("signatures"));
                Ok(())
            })())
        } else if has(args, "-wdenable") {
            code((|| {
                machine::remove_value(DEFENDER, "DisableAntiSpyware");
                machine::set_start("WinDefend", ServiceStartType::AutoStart)?;
                record("mpcmdrun", args, Some("enabled"));
                Ok(())
            })())
        } else if has(args, "-ReloadEngine") {
            0
        } else {
            BAD_ARGUMENTS
        }
    })
}

/// Puts the platform of its own version in place, as a folder of its own, and lets WinDefend run from there.
pub fn update_platform(own: &Path, args: &[String]) -> u32 {
    call("updateplatform", args, |control| {
        code((|| {
            let version = machine::version_of(&own.to_string_lossy()).ok_or("no version of its own")?;
            let name = version.map(|part| part.to_string()).join(".");
            let program = format!(r"C:\ProgramData\Microsoft\Windows Defender\Platform\{name}\MsMpEng.exe");
            machine::part(&program, version)?;
            machine::stop("WinDefend")?;
            control.wait("updateplatform", args, "middle");
            machine::ensure_service("WinDefend", "Windows Defender Service", &program, ServiceStartType::AutoStart)?;
            machine::key(STATUS)?.set_string("AMProductVersion", &name)?;
            machine::start("WinDefend")?;
            record("updateplatform", args, Some("platform"));
            Ok(())
        })())
    })
}

/// `ccmsetup.exe /uninstall` returns at once; what it started takes the client away some time later.
pub fn ccm_setup(args: &[String]) -> u32 {
    const GO_ON: &str = "/service";
    if has(args, GO_ON) {
        let control = Control::of("ccmsetup");
        thread::sleep(Duration::from_secs(control.number("delay").unwrap_or(3)));
        return code(remove_client(args));
    }
    call("ccmsetup", args, |_| if has(args, "/uninstall") { code(machine::go_on(GO_ON)) } else { BAD_ARGUMENTS })
}

fn remove_client(args: &[String]) -> machine::Result<()> {
    const LOGS: &str = r"C:\windows\ccmsetup\logs";
    machine::delete_service("CcmExec")?;
    let _ = fs::remove_dir_all(r"C:\windows\CCM");
    fs::create_dir_all(LOGS)?;
    fs::write(
        format!(r"{LOGS}\CCMSetup.log"),
        "<![LOG[Uninstall succeeded.]LOG]!><time=\"\" date=\"\" component=\"ccmsetup\" type=\"1\">\r\n\
         <![LOG[CcmSetup is exiting with return code 0]LOG]!><time=\"\" date=\"\" component=\"ccmsetup\" type=\"1\">\r\n",
    )?;
    record("ccmsetup", args, Some("uninstalled"));
    Ok(())
}

const TASKS: &str = r"SOFTWARE\Lab\Tasks";
const NO_SUCH_TASK: u32 = 1;

/// `schtasks.exe /Create /TN NAME (/TR COMMAND /SC ONSTART | /XML FILE) | /Query /TN NAME | /Delete /TN NAME`.
pub fn schtasks(args: &[String]) -> u32 {
    call("schtasks", args, |_| {
        let after = |word: &str| {
            let at = args.iter().position(|arg| arg.eq_ignore_ascii_case(word))?;
            args.get(at + 1)
        };
        let Some(name) = after("/TN").map(|name| name.trim_start_matches('\\').replace('\\', "/")) else { return BAD_ARGUMENTS };
        if has(args, "/Create") {
            let command = match (after("/TR"), after("/XML")) {
                (Some(command), _) if after("/SC").is_some_and(|when| when.eq_ignore_ascii_case("ONSTART")) => command.clone(),
                (None, Some(file)) => match command_of(file) {
                    Some(command) => command,
                    None => return BAD_ARGUMENTS,
                },
                _ => return BAD_ARGUMENTS,
            };
            return code((|| {
                machine::key(&format!(r"{TASKS}\{name}"))?.set_string("Command", command)?;
                record("schtasks", args, Some("created"));
                Ok(())
            })());
        }
        if machine::text(&format!(r"{TASKS}\{name}"), "Command").is_none() {
            eprintln!("ERROR: The system cannot find the file specified.");
            return NO_SUCH_TASK;
        }
        if has(args, "/Delete") {
            machine::remove_key(&format!(r"{TASKS}\{name}"));
            record("schtasks", args, Some("deleted"));
        } else if !has(args, "/Query") {
            return BAD_ARGUMENTS;
        }
        0
    })
}

/// The command in a task's definition, with its arguments.
fn command_of(file: &str) -> Option<String> {
    let bytes = fs::read(file).ok()?;
    // Definitions are mostly UTF-16.
    let text = if bytes.starts_with(&[0xFF, 0xFE]) {
        let units: Vec<u16> = bytes[2..].as_chunks().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
        String::from_utf16_lossy(&units)
    } else {
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let inside = |tag: &str| {
        let (_, rest) = text.split_once(&format!("<{tag}>"))?;
        let (inner, _) = rest.split_once(&format!("</{tag}>"))?;
        Some(inner.trim().replace("&quot;", "\"").replace("&amp;", "&"))
    };
    let arguments = inside("Arguments").map(|arguments| format!(" {arguments}")).unwrap_or_default();
    Some(format!("\"{}\"{arguments}", inside("Command")?.trim_matches('"')))
}

/// Starts what was to run at the start of the server.
pub fn run_tasks() {
    for task in machine::subkeys(TASKS) {
        let Some(command) = machine::text(&format!(r"{TASKS}\{task}"), "Command") else { continue };
        record("schtasks", &[task], Some("started"));
        // The command line is the task's, quotes and all.
        let (program, rest) = match command.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
            Some((program, rest)) => (program, rest),
            None => command.split_once(' ').unwrap_or((&command, "")),
        };
        let _ = Command::new(program).raw_arg(rest.trim()).spawn();
    }
}

/// `shutdown.exe /r ...`: nothing happens here, and it is written down.
pub fn shutdown(args: &[String]) -> u32 {
    call("shutdown", args, |_| {
        if !has(args, "/r") {
            return BAD_ARGUMENTS;
        }
        record("shutdown", args, Some("restart"));
        0
    })
}

/// `fltmc.exe filters`: the filter drivers of the products that run.
pub fn fltmc(args: &[String]) -> u32 {
    const SERVICES: &str = r"SYSTEM\CurrentControlSet\Services";
    call("fltmc", args, |_| {
        println!("\nFilter Name                     Num Instances    Altitude    Frame");
        println!("------------------------------  -------------  ------------  -----");
        for name in machine::subkeys(SERVICES) {
            let Some(altitude) = machine::text(&format!(r"{SERVICES}\{name}\Instances\{name} Instance"), "Altitude") else {
                continue;
            };
            let product = if name == "WdFilter" { "WinDefend" } else { name.trim_end_matches("Flt") };
            if machine::running(product) {
                println!("{name:<30}  {:>13}  {altitude:>12}  {:>5}", 1, 0);
            }
        }
        0
    })
}
