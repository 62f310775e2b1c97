//! The command lines that a migration runs, apart from those that install packages.
//!
//! | part | control | effects |
//! |---|---|---|
//! | `setup` (of SCEP) | `leftover`: a service WinDefend stays behind | `uninstalled` |
//! | `mpcmdrun` | | `signatures`, `enabled` |
//! | `updateplatform` | | `platform` |
//! | `ccmsetup` | `delay` (3 seconds) until the client is gone | `uninstalled` |

use std::path::Path;
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
    call("updateplatform", args, |_| {
        code((|| {
            let version = machine::version_of(&own.to_string_lossy()).ok_or("no version of its own")?;
            let name = version.map(|part| part.to_string()).join(".");
            let program = format!(r"C:\ProgramData\Microsoft\Windows Defender\Platform\{name}\MsMpEng.exe");
            machine::part(&program, version)?;
            machine::stop("WinDefend")?;
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
