//! Services, drivers and processes.

use super::{Seen, files, reason, registry};
use serde_json::{Value as Json, json};
use windows::Win32::Foundation::{CloseHandle, ERROR_NO_MORE_FILES};
use windows::Win32::System::Diagnostics::ToolHelp::{
    CreateToolhelp32Snapshot, PROCESSENTRY32W, Process32FirstW, Process32NextW, TH32CS_SNAPPROCESS,
};
use windows_service::Error;
use windows_service::service::{ServiceAccess, ServiceState};
use windows_service::service_manager::{ServiceManager, ServiceManagerAccess};

const KEY: &str = r"SYSTEM\CurrentControlSet\Services";
const NO_SUCH_SERVICE: i32 = 1060;

fn said(error: &Error) -> String {
    match error {
        Error::Winapi(error) => reason(error.raw_os_error().unwrap_or_default(), error.to_string()),
        other => other.to_string(),
    }
}

fn manager() -> Result<ServiceManager, String> {
    ServiceManager::local_computer(None::<&str>, ServiceManagerAccess::CONNECT).map_err(|error| said(&error))
}

/// A service's state; nothing where the service manager does not know it.
fn state(manager: &ServiceManager, name: &str) -> Result<Option<&'static str>, String> {
    let service = match manager.open_service(name, ServiceAccess::QUERY_STATUS) {
        Ok(service) => service,
        Err(Error::Winapi(error)) if error.raw_os_error() == Some(NO_SUCH_SERVICE) => return Ok(None),
        Err(error) => return Err(said(&error)),
    };
    let status = service.query_status().map_err(|error| said(&error))?;
    Ok(Some(match status.current_state {
        ServiceState::Running => "running",
        ServiceState::Stopped => "stopped",
        ServiceState::StartPending => "startpending",
        ServiceState::StopPending => "stoppending",
        _ => "paused",
    }))
}

/// A service: its state, what it runs, and the version of that.
pub(super) fn service(name: &str) -> Seen {
    let key = format!(r"{KEY}\{name}");
    let Some(state) = state(&manager()?, name)? else {
        return match registry::key(&key)? {
            Json::Null => Ok(Json::Null),
            _ => Err("the service manager does not list it, and its key is there".to_owned()),
        };
    };
    // The service manager tells the state where the key cannot be read.
    let image = registry::value(&key, "ImagePath");
    let version = image.clone().and_then(|image| version(image.as_str().unwrap_or_default()));
    let or_error = |seen: Seen| seen.unwrap_or_else(|error| json!({ "error": error }));
    Ok(json!({ "state": state, "image": or_error(image), "version": or_error(version) }))
}

/// The version of the program in a command line.
fn version(image: &str) -> Seen {
    Ok(files::find(&files::expanded(program(image)))?.and_then(|path| files::version(&path)).into())
}

/// The program in a command line, which may be in quotation marks.
fn program(image: &str) -> &str {
    let image = image.trim_start();
    if let Some(rest) = image.strip_prefix('"') {
        return rest.split('"').next().unwrap_or(rest);
    }
    // Names with blanks come without quotation marks too; the program ends with its extension.
    match image.to_ascii_lowercase().find(".exe") {
        Some(at) => &image[..at + 4],
        None => image,
    }
}

/// The services and drivers with their states; a state that cannot be read is an error in its place.
pub(super) fn services() -> Seen {
    let manager = manager()?;
    let mut found = Vec::new();
    for name in registry::subkeys(KEY)? {
        match state(&manager, &name) {
            Ok(None) => {}
            Ok(Some(state)) => found.push(json!({ "name": name, "state": state })),
            Err(error) => found.push(json!({ "name": name, "state": { "error": error } })),
        }
    }
    Ok(found.into())
}

/// The filter drivers with their altitudes and states.
pub(super) fn filters() -> Seen {
    let manager = manager()?;
    let mut found = Vec::new();
    for name in registry::subkeys(KEY)? {
        let instances = format!(r"{KEY}\{name}\Instances");
        for instance in registry::subkeys(&instances)? {
            let altitude = registry::value(&format!(r"{instances}\{instance}"), "Altitude")?;
            let state = match state(&manager, &name) {
                Ok(state) => state.unwrap_or_default().into(),
                Err(error) => json!({ "error": error }),
            };
            found.push(json!({ "name": name, "altitude": altitude.as_str().unwrap_or_default(), "state": state }));
        }
    }
    Ok(found.into())
}

/// Whether a process of that name runs.
pub(super) fn process(name: &str) -> Seen {
    // SAFETY: the entry says its own size, and the handle is closed once.
    unsafe {
        let snapshot =
            CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0).map_err(|error| reason(error.code().0, error.message()))?;
        let mut entry =
            PROCESSENTRY32W { dwSize: u32::try_from(size_of::<PROCESSENTRY32W>()).unwrap_or_default(), ..Default::default() };
        let mut next = Process32FirstW(snapshot, &raw mut entry);
        let found = loop {
            match next {
                Err(error) if error.code() == ERROR_NO_MORE_FILES.to_hresult() => break Ok(Json::Null),
                Err(error) => break Err(reason(error.code().0, error.message())),
                Ok(()) => {}
            }
            let end = entry.szExeFile.iter().position(|unit| *unit == 0).unwrap_or(entry.szExeFile.len());
            if String::from_utf16_lossy(&entry.szExeFile[..end]).eq_ignore_ascii_case(name) {
                break Ok(Json::Bool(true));
            }
            next = Process32NextW(snapshot, &raw mut entry);
        };
        let _ = CloseHandle(snapshot);
        found
    }
}
