//! WMI: instances, and methods that only answer.

use super::{Seen, reason};
use crate::catalog::probe::Wmi;
use serde_json::{Map, Value as Json};
use std::sync::Arc;
use wmi::{IWbemClassWrapper, Variant, WMIConnection, WMIError};

const INVALID_NAMESPACE: u32 = 0x8004_100e;
const INVALID_CLASS: u32 = 0x8004_1010;
const NOT_FOUND: u32 = 0x8004_1002;

fn said(error: &WMIError) -> String {
    match error {
        WMIError::HResultError { hres } => reason(*hres, String::new()),
        other => other.to_string(),
    }
}

/// True where the namespace, the class or the instance is not there.
fn absent(error: &WMIError) -> bool {
    matches!(error, WMIError::HResultError { hres } if [INVALID_NAMESPACE, INVALID_CLASS, NOT_FOUND].contains(&hres.cast_unsigned()))
}

/// What a query finds; nothing where there is no such namespace or class.
fn rows(namespace: &str, query: &str) -> Result<Option<Vec<IWbemClassWrapper>>, String> {
    let rows = WMIConnection::with_namespace_path(namespace)
        .and_then(|connection| connection.exec_query(query)?.collect::<Result<Vec<_>, _>>());
    match rows {
        Ok(rows) => Ok(Some(rows)),
        Err(error) if absent(&error) => Ok(None),
        Err(error) => Err(said(&error)),
    }
}

fn json(value: Variant) -> Json {
    match value {
        Variant::String(text) => text.into(),
        Variant::Bool(flag) => flag.into(),
        Variant::I1(number) => number.into(),
        Variant::I2(number) => number.into(),
        Variant::I4(number) => number.into(),
        Variant::I8(number) => number.into(),
        Variant::UI1(number) => number.into(),
        Variant::UI2(number) => number.into(),
        Variant::UI4(number) => number.into(),
        Variant::UI8(number) => number.into(),
        _ => Json::Null,
    }
}

fn properties_of(object: &IWbemClassWrapper, names: &[Arc<str>]) -> Seen {
    let mut found = Map::new();
    for name in names {
        let value = match object.get_property(name) {
            Ok(value) => json(value),
            // Older versions of a class have fewer properties.
            Err(error) if absent(&error) => Json::Null,
            Err(error) => return Err(said(&error)),
        };
        found.insert(name.to_string(), value);
    }
    Ok(found.into())
}

/// The properties of the first instance of a class. Where one instance of many is asked for, a class that is not there says nothing
/// of it: every Windows has such a class.
pub(super) fn instance(class: &Wmi, properties: &[Arc<str>]) -> Seen {
    let filter = class.condition().map_or(String::new(), |condition| format!(" WHERE {condition}"));
    let rows = rows(&class.namespace, &format!("SELECT * FROM {}{filter}", class.class))?;
    match rows.as_deref() {
        None if class.filter.is_some() => Err("there is no such class".to_owned()),
        None | Some([]) => Ok(Json::Null),
        Some([first, ..]) => properties_of(first, properties),
    }
}

/// A property of every row, as texts.
pub(super) fn texts(namespace: &str, query: &str, property: &str) -> Seen {
    let rows = rows(namespace, query)?.ok_or("there is no such class")?;
    let texts = rows.iter().filter_map(|row| match row.get_property(property) {
        Ok(Variant::String(text)) => Some(text),
        _ => None,
    });
    Ok(texts.collect::<Vec<_>>().into())
}

/// What a method without parameters returns.
pub(super) fn call(namespace: &str, class: &str, method: &str, properties: &[Arc<str>]) -> Seen {
    let answer = WMIConnection::with_namespace_path(namespace).and_then(|connection| connection.exec_method(class, method, None));
    match answer {
        Ok(Some(answer)) => properties_of(&answer, properties),
        Ok(None) => Err("the method answered nothing".to_owned()),
        Err(error) if absent(&error) => Ok(Json::Null),
        Err(error) => Err(said(&error)),
    }
}

/// When the system started, in a format of .NET with `yy`, `MM`, `dd`, `HH`, `mm`, `ss` and `fff`.
pub(super) fn started(format: &str) -> Seen {
    let rows = rows(r"root\cimv2", "SELECT LastBootUpTime FROM Win32_OperatingSystem")?.unwrap_or_default();
    let time = rows.first().and_then(|row| row.get_property("LastBootUpTime").ok());
    let Some(Variant::String(time)) = time else { return Err("the system does not say when it started".to_owned()) };
    written(&time, format).map(Json::from).ok_or_else(|| "the time of the start is none".to_owned())
}

/// A time of WMI, such as `20261126070001.500000+060`, in a format of .NET.
fn written(time: &str, format: &str) -> Option<String> {
    let parts = [("yy", 2..4), ("MM", 4..6), ("dd", 6..8), ("HH", 8..10), ("mm", 10..12), ("ss", 12..14), ("fff", 15..18)];
    let mut out = format.to_owned();
    for (token, range) in parts {
        out = out.replace(token, time.get(range)?);
    }
    Some(out)
}
