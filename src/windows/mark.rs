//! Marks that every process of this server can see, and that are gone once no process holds them any more, however those ended.

use super::reason;
use windows::Win32::Foundation::{CloseHandle, ERROR_ACCESS_DENIED, ERROR_ALREADY_EXISTS, GetLastError, HANDLE};
use windows::Win32::Security::SECURITY_ATTRIBUTES;
use windows::Win32::System::Threading::{CreateEventW, OpenEventW, SYNCHRONIZATION_SYNCHRONIZE};
use windows::core::HSTRING;

/// A mark that this process holds.
#[derive(Debug)]
pub(super) struct Mark(HANDLE);

impl Mark {
    /// Sets a mark; nothing where another process holds it already. Where it is handed on, the processes that this one starts
    /// hold it too, and those that they start.
    pub(super) fn set(name: &str, handed_on: bool) -> Result<Option<Self>, String> {
        let attributes = SECURITY_ATTRIBUTES {
            nLength: u32::try_from(size_of::<SECURITY_ATTRIBUTES>()).unwrap_or_default(),
            bInheritHandle: handed_on.into(),
            ..Default::default()
        };
        // SAFETY: name and attributes live as long as the call, and the handle is owned from here on.
        let (created, code) = unsafe {
            let created = CreateEventW(Some(&raw const attributes), true, false, &named(name));
            (created.map(Self), GetLastError())
        };
        match created {
            Ok(_) if code == ERROR_ALREADY_EXISTS => Ok(None),
            Ok(mark) => Ok(Some(mark)),
            // It is there, and another account's.
            Err(error) if error.code() == ERROR_ACCESS_DENIED.to_hresult() => Ok(None),
            Err(error) => Err(reason(error.code().0, error.message())),
        }
    }

    /// Whether a process holds a mark.
    pub(super) fn is_set(name: &str) -> bool {
        // SAFETY: the name lives as long as the call, and the handle is owned from here on.
        let opened = unsafe { OpenEventW(SYNCHRONIZATION_SYNCHRONIZE, false, &named(name)) }.map(Self);
        match opened {
            Ok(_) => true,
            Err(error) => error.code() == ERROR_ACCESS_DENIED.to_hresult(),
        }
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        // SAFETY: the handle is this mark's own, and closed once.
        let _ = unsafe { CloseHandle(self.0) };
    }
}

/// The name for every session of the server.
fn named(name: &str) -> HSTRING {
    HSTRING::from(format!(r"Global\Cutover {name}"))
}
