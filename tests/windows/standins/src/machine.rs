//! The places of a server that stand-ins read and change: registry, services, files with versions.

use std::ffi::{OsString, c_void};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{fs, io, ptr, thread};

use windows::Win32::Security::Authorization::{ConvertStringSecurityDescriptorToSecurityDescriptorW, SDDL_REVISION_1};
use windows::Win32::Security::{DACL_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR};
use windows::Win32::Storage::FileSystem::{
    GetFileVersionInfoSizeW, GetFileVersionInfoW, VS_FIXEDFILEINFO, VerQueryValueW, WRITE_DAC,
};
use windows::Win32::System::Registry::{HKEY, HKEY_LOCAL_MACHINE, REG_SAM_FLAGS, RegOpenKeyExW, RegSetKeySecurity};
use windows::core::{HSTRING, w};
use windows_registry::{Key, LOCAL_MACHINE};
use windows_service::service::{ServiceAccess, ServiceErrorControl, ServiceInfo, ServiceStartType, ServiceState, ServiceType};
use windows_service::service_manager::{ServiceManager, ServiceManagerAccess};

pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

pub const ADVANCED_POLICY: &str = r"SOFTWARE\Policies\Microsoft\Windows Advanced Threat Protection";
pub const ADVANCED_STATUS: &str = r"SOFTWARE\Microsoft\Windows Advanced Threat Protection\Status";
pub const DEFENDER: &str = r"SOFTWARE\Microsoft\Windows Defender";
pub const DEFENDER_POLICY: &str = r"SOFTWARE\Policies\Microsoft\Windows Defender";
pub const UNINSTALL: &str = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall";
pub const SERVICING: &str = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing";
pub const GROUPS: &str = r"SYSTEM\CurrentControlSet\Services\HealthService\Parameters\Management Groups";
pub const PRODUCT: &str = r"SYSTEM\CurrentControlSet\Control\ProductOptions";
/// What the class `MSFT_MpComputerStatus` answers, a value for each property.
pub const STATUS: &str = r"SOFTWARE\Lab\MSFT_MpComputerStatus";
/// What else the lab remembers.
pub const MEMORY: &str = r"SOFTWARE\Lab";

pub const SYSTEM: &str = r"C:\windows\system32";
pub const DEFENDER_FILES: &str = r"C:\Program Files\Windows Defender";
pub const SENSE_FILES: &str = r"C:\Program Files\Windows Defender Advanced Threat Protection";
pub const SCEP_FILES: &str = r"C:\Program Files\Microsoft Security Client";
pub const AGENT_FILES: &str = r"C:\Program Files\Microsoft Monitoring Agent\Agent";

// ---- registry

pub fn key(path: &str) -> Result<Key> {
    Ok(LOCAL_MACHINE.create(path)?)
}

pub fn number(path: &str, name: &str) -> Option<u32> {
    LOCAL_MACHINE.open(path).ok()?.get_u32(name).ok()
}

pub fn text(path: &str, name: &str) -> Option<String> {
    LOCAL_MACHINE.open(path).ok()?.get_string(name).ok()
}

pub fn remove_value(path: &str, name: &str) {
    if let Ok(key) = LOCAL_MACHINE.options().read().write().open(path) {
        let _ = key.remove_value(name);
    }
}

pub fn remove_key(path: &str) {
    let _ = LOCAL_MACHINE.remove_tree(path);
}

/// A key that the next start of Windows does not find again.
pub fn volatile_key(path: &str) -> Result<()> {
    let (parent, _) = path.rsplit_once('\\').ok_or("a key without a parent")?;
    key(parent)?;
    LOCAL_MACHINE.options().read().write().create().volatile().open(path)?;
    Ok(())
}

pub fn subkeys(path: &str) -> Vec<String> {
    LOCAL_MACHINE.open(path).and_then(|key| Ok(key.keys()?.collect())).unwrap_or_default()
}

pub fn onboarded() -> bool {
    number(ADVANCED_STATUS, "OnboardingState") == Some(1)
}

/// Sets who may do what with a key of HKLM. Who opened it by its name is not who may change that: the right to is asked for alone.
pub fn protect(path: &str, rights: &str) -> Result<()> {
    let (path, rights) = (HSTRING::from(path), HSTRING::from(rights));
    // The handle and the descriptor live for the calls here, and end with the process.
    unsafe {
        let mut descriptor = PSECURITY_DESCRIPTOR::default();
        ConvertStringSecurityDescriptorToSecurityDescriptorW(&rights, SDDL_REVISION_1, &mut descriptor, None)?;
        let mut key = HKEY::default();
        RegOpenKeyExW(HKEY_LOCAL_MACHINE, &path, None, REG_SAM_FLAGS(WRITE_DAC.0), &mut key).ok()?;
        RegSetKeySecurity(key, DACL_SECURITY_INFORMATION, descriptor).ok()?;
    }
    Ok(())
}

// ---- services

fn manager() -> Result<ServiceManager> {
    Ok(ServiceManager::local_computer(None::<&str>, ServiceManagerAccess::CONNECT | ServiceManagerAccess::CREATE_SERVICE)?)
}

pub fn state(name: &str) -> Option<ServiceState> {
    let service = manager().ok()?.open_service(name, ServiceAccess::QUERY_STATUS).ok()?;
    Some(service.query_status().ok()?.current_state)
}

pub fn running(name: &str) -> bool {
    state(name) == Some(ServiceState::Running)
}

/// The service under this name runs the program; it is made where it is missing.
pub fn ensure_service(name: &str, display: &str, program: &str, start: ServiceStartType) -> Result<()> {
    let info = ServiceInfo {
        name: name.into(),
        display_name: display.into(),
        service_type: ServiceType::OWN_PROCESS,
        start_type: start,
        error_control: ServiceErrorControl::Normal,
        executable_path: program.into(),
        launch_arguments: vec![],
        dependencies: vec![],
        account_name: None,
        account_password: None,
    };
    let manager = manager()?;
    if let Ok(service) = manager.open_service(name, ServiceAccess::CHANGE_CONFIG) {
        service.change_config(&info)?;
    } else {
        manager.create_service(&info, ServiceAccess::QUERY_STATUS)?;
    }
    Ok(())
}

/// Changes how a service starts and leaves the rest as it is.
pub fn set_start(name: &str, start: ServiceStartType) -> Result<()> {
    let service = manager()?.open_service(name, ServiceAccess::CHANGE_CONFIG | ServiceAccess::QUERY_CONFIG)?;
    let now = service.query_config()?;
    service.change_config(&ServiceInfo {
        name: name.into(),
        display_name: now.display_name,
        service_type: now.service_type,
        start_type: start,
        error_control: now.error_control,
        executable_path: now.executable_path.to_string_lossy().trim_matches('"').into(),
        launch_arguments: vec![],
        dependencies: vec![],
        account_name: None,
        account_password: None,
    })?;
    Ok(())
}

pub fn start(name: &str) -> Result<()> {
    if running(name) {
        return Ok(());
    }
    let service = manager()?.open_service(name, ServiceAccess::START)?;
    service.start::<OsString>(&[])?;
    wait_until(|| running(name)).then_some(()).ok_or_else(|| format!("{name} did not start in time").into())
}

pub fn stop(name: &str) -> Result<()> {
    let Ok(service) = manager()?.open_service(name, ServiceAccess::STOP) else { return Ok(()) };
    let _ = service.stop();
    drop(service);
    let stopped = || matches!(state(name), None | Some(ServiceState::Stopped));
    wait_until(stopped).then_some(()).ok_or_else(|| format!("{name} did not stop in time").into())
}

/// Stops the service and takes it away.
pub fn delete_service(name: &str) -> Result<()> {
    if state(name).is_none() {
        return Ok(());
    }
    stop(name)?;
    manager()?.open_service(name, ServiceAccess::DELETE)?.delete()?;
    wait_until(|| state(name).is_none()).then_some(()).ok_or_else(|| format!("{name} did not go in time").into())
}

/// Waits; not forever, but so long that a busy machine is no reason to give up.
pub fn wait_until(condition: impl Fn() -> bool) -> bool {
    let end = Instant::now() + Duration::from_secs(30);
    while !condition() {
        if Instant::now() > end {
            return false;
        }
        thread::sleep(Duration::from_millis(20));
    }
    true
}

// ---- files

/// Four parts of a version.
pub type Version = [u16; 4];

pub fn version(text: &str) -> Result<Version> {
    let parts = text.split('.').map(str::parse).collect::<std::result::Result<Vec<u16>, _>>()?;
    parts.try_into().map_err(|_| format!("{text} is not a version of four parts").into())
}

/// Where the numbers of the version resource stand in a program file: the resource is near its end.
fn numbers(bytes: &[u8]) -> Option<usize> {
    const SIGNATURE: [u8; 4] = 0xFEEF_04BD_u32.to_le_bytes();
    bytes.windows(4).rposition(|window| window == SIGNATURE).map(|start| start + 8).filter(|start| bytes.len() >= start + 16)
}

/// The version of a program file, as Windows reads it.
pub fn version_of(path: &str) -> Option<Version> {
    let path = HSTRING::from(path);
    // The block is as long as was asked for, and what is found in it is read before it goes.
    unsafe {
        let length = GetFileVersionInfoSizeW(&path, None);
        let mut block = vec![0_u8; length as usize];
        GetFileVersionInfoW(&path, None, length, block.as_mut_ptr().cast()).ok()?;
        let (mut found, mut size) = (ptr::null_mut::<c_void>(), 0);
        if !VerQueryValueW(block.as_ptr().cast(), w!("\\"), &mut found, &mut size).as_bool() {
            return None;
        }
        let info = found.cast::<VS_FIXEDFILEINFO>().as_ref()?;
        let (high, low) = (info.dwFileVersionMS, info.dwFileVersionLS);
        Some([(high >> 16) as u16, high as u16, (low >> 16) as u16, low as u16])
    }
}

/// Copies a program file, with another version in its resource.
pub fn stamp(from: &str, to: &str, version: Version) -> Result<()> {
    let mut bytes = fs::read(from)?;
    let at = numbers(&bytes).ok_or_else(|| format!("{from} has no version resource"))?;
    for (offset, part) in [(2, version[0]), (0, version[1]), (6, version[2]), (4, version[3])] {
        for base in [at, at + 8] {
            bytes[base + offset..base + offset + 2].copy_from_slice(&part.to_le_bytes());
        }
    }
    replace(to, &bytes)?;
    Ok(())
}

/// Puts the bytes in the place of the file, however it came there.
pub fn replace(to: &str, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = Path::new(to).parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = format!("{to}.new");
    fs::write(&beside, bytes)?;
    let _ = fs::remove_file(to);
    fs::rename(&beside, to)
}

/// A copy of this program under another name, in the version given: there it plays that part.
pub fn part(to: &str, version: Version) -> Result<()> {
    stamp(r"C:\lab\standin.exe", to, version)
}

/// Starts this program once more, under another first argument, and does not wait for it.
pub fn go_on(argument: &str) -> Result<()> {
    Command::new(std::env::current_exe()?).arg(argument).spawn()?;
    Ok(())
}
