//! The registry, always the view of 64 bits.

use super::{Seen, reason};
use serde_json::{Value as Json, json};
use windows_registry::{Key, LOCAL_MACHINE, Type, Value};

const VIEW_64: u32 = 0x0100;
const VIEW_32: u32 = 0x0200;
const NOT_FOUND: i32 = 0x8007_0002_u32.cast_signed();
const PATH_NOT_FOUND: i32 = 0x8007_0003_u32.cast_signed();
const UNINSTALL: &str = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall";

/// A key for reading; nothing where it is not there.
fn open(key: &str, view: u32) -> Result<Option<Key>, String> {
    let path = key.strip_prefix(r"HKLM\").unwrap_or(key);
    match LOCAL_MACHINE.options().read().access(view).open(path) {
        Ok(key) => Ok(Some(key)),
        Err(error) if matches!(error.code().0, NOT_FOUND | PATH_NOT_FOUND) => Ok(None),
        Err(error) => Err(reason(error.code().0, error.message())),
    }
}

/// Whether a key is there.
pub(super) fn key(key: &str) -> Seen {
    Ok(open(key, VIEW_64)?.map_or(Json::Null, |_| Json::Bool(true)))
}

/// A value.
pub(super) fn value(key: &str, name: &str) -> Seen {
    let Some(open) = open(key, VIEW_64)? else { return Ok(Json::Null) };
    of_key(&open, name)
}

fn of_key(key: &Key, name: &str) -> Seen {
    match key.get_value(name) {
        Ok(value) => Ok(json_of(value)),
        Err(error) if error.code().0 == NOT_FOUND => Ok(Json::Null),
        Err(error) => Err(reason(error.code().0, error.message())),
    }
}

fn json_of(value: Value) -> Json {
    match value.ty() {
        // One of another length is there, and no number.
        Type::U32 => u32::try_from(value).map_or_else(|_| json!({ "binary": "DWord" }), Json::from),
        Type::U64 => u64::try_from(value).map_or_else(|_| json!({ "binary": "QWord" }), Json::from),
        Type::String | Type::ExpandString => text(&value).into(),
        Type::MultiString => texts(&value).into(),
        Type::Bytes => json!({ "binary": "Binary" }),
        Type::Other(kind) => json!({ "binary": format!("type {kind}") }),
    }
}

fn text(value: &Value) -> String {
    let wide = value.as_wide();
    let end = wide.iter().position(|unit| *unit == 0).unwrap_or(wide.len());
    String::from_utf16_lossy(&wide[..end])
}

/// The texts of a list, empty ones too: the list of pending renames has them where a file is to be deleted.
fn texts(value: &Value) -> Vec<String> {
    let mut wide = value.as_wide();
    while let [rest @ .., 0] = wide {
        wide = rest;
    }
    if wide.is_empty() {
        return Vec::new();
    }
    wide.split(|unit| *unit == 0).map(String::from_utf16_lossy).collect()
}

/// The names of a key's values.
pub(super) fn names(key: &str) -> Seen {
    let Some(open) = open(key, VIEW_64)? else { return Ok(Json::Null) };
    let values = open.values().map_err(|error| reason(error.code().0, error.message()))?;
    Ok(values.map(|(name, _)| name).collect::<Vec<_>>().into())
}

/// What is installed, of both views.
pub(super) fn software() -> Seen {
    let mut found = Vec::new();
    for view in [VIEW_64, VIEW_32] {
        let Some(uninstall) = open(UNINSTALL, view)? else { continue };
        for name in uninstall.keys().map_err(|error| reason(error.code().0, error.message()))? {
            let Some(entry) = open(&format!(r"{UNINSTALL}\{name}"), view)? else { continue };
            let text = |value: &str| entry.get_string(value).unwrap_or_default();
            let shown = text("DisplayName");
            if !shown.is_empty() {
                found.push(json!({ "key": name, "name": shown, "publisher": text("Publisher") }));
            }
        }
    }
    Ok(found.into())
}

/// The names of a key's subkeys; none where the key is not there.
pub(super) fn subkeys(key: &str) -> Result<Vec<String>, String> {
    let Some(open) = open(key, VIEW_64)? else { return Ok(Vec::new()) };
    Ok(open.keys().map_err(|error| reason(error.code().0, error.message()))?.collect())
}

/// The text of a value; nothing where it is not there or is no text.
pub(super) fn text_of(key: &str, name: &str) -> Option<String> {
    match value(key, name) {
        Ok(Json::String(text)) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// The server's name with its domain.
pub(super) fn host_name() -> String {
    const PARAMETERS: &str = r"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters";
    let host = text_of(PARAMETERS, "Hostname").or_else(|| std::env::var("COMPUTERNAME").ok()).unwrap_or_default();
    match text_of(PARAMETERS, "Domain") {
        Some(domain) if !host.contains('.') => format!("{host}.{domain}"),
        _ => host,
    }
}

/// Writes a number; the key is made where it is not there.
pub(super) fn set(key: &str, name: &str, number: u32) -> Result<(), String> {
    let path = key.strip_prefix(r"HKLM\").unwrap_or(key);
    let said = |code: i32, message: String| reason(code, message);
    let open = LOCAL_MACHINE
        .options()
        .read()
        .write()
        .create()
        .access(VIEW_64)
        .open(path)
        .map_err(|error| said(error.code().0, error.message()))?;
    open.set_u32(name, number).map_err(|error| said(error.code().0, error.message()))
}
