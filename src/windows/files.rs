//! Files: whether they are there, their versions, and what stands in them.

use super::{Seen, reason};
use crate::catalog::probe::matcher;
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use std::env;
use std::ffi::c_void;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use windows::Win32::Storage::FileSystem::{GetFileVersionInfoSizeW, GetFileVersionInfoW, VS_FIXEDFILEINFO, VerQueryValueW};
use windows::core::{HSTRING, w};

/// The largest script that is looked into, in bytes.
const LARGEST_SCRIPT: u64 = 16 << 20;

/// A text with the variables of the environment filled in.
pub(super) fn expanded(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        if let Some((value, tail)) = after.split_once('%').and_then(|(name, tail)| env::var(name).ok().map(|value| (value, tail)))
        {
            out.push_str(&value);
            rest = tail;
        } else {
            out.push('%');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// Why a file could not be read.
pub(super) fn said(error: &io::Error) -> String {
    reason(error.raw_os_error().unwrap_or_default(), error.to_string())
}

/// The file of that path; with an asterisk in its name the one whose name comes last. Nothing where there is none.
pub(super) fn find(path: &str) -> Result<Option<PathBuf>, String> {
    let whole = Path::new(path);
    let name = whole.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let Some((start, end)) = name.split_once('*') else {
        return match fs::metadata(whole) {
            Ok(_) => Ok(Some(whole.to_owned())),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(said(&error)),
        };
    };
    let entries = match fs::read_dir(whole.parent().unwrap_or(whole)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(said(&error)),
    };
    let (start, end) = (start.to_lowercase(), end.to_lowercase());
    let mut found: Option<(String, PathBuf)> = None;
    for entry in entries {
        let entry = entry.map_err(|error| said(&error))?;
        let name = entry.file_name().to_string_lossy().to_lowercase();
        let fits = name.len() >= start.len() + end.len() && name.starts_with(&start) && name.ends_with(&end);
        if fits && found.as_ref().is_none_or(|(last, _)| *last < name) {
            found = Some((name, entry.path()));
        }
    }
    Ok(found.map(|(_, path)| path))
}

/// Whether a file is there, with its version.
pub(super) fn file(path: &str) -> Seen {
    Ok(match find(path)? {
        Some(path) => json!({ "version": version(&path) }),
        None => Json::Null,
    })
}

/// The version in a file's resources, as numbers.
pub(super) fn version(path: &Path) -> Option<String> {
    let name = HSTRING::from(path);
    // SAFETY: the buffer is as large as was asked for, and what is read lies in it: its length is checked.
    unsafe {
        let size = GetFileVersionInfoSizeW(&name, None);
        if size == 0 {
            return None;
        }
        let mut buffer = vec![0_u8; usize::try_from(size).ok()?];
        GetFileVersionInfoW(&name, None, size, buffer.as_mut_ptr().cast()).ok()?;
        let mut fixed: *mut c_void = std::ptr::null_mut();
        let mut length = 0;
        let found = VerQueryValueW(buffer.as_ptr().cast(), w!(r"\"), &raw mut fixed, &raw mut length);
        if !found.as_bool() || fixed.is_null() || (length as usize) < size_of::<VS_FIXEDFILEINFO>() {
            return None;
        }
        let fixed = fixed.cast::<VS_FIXEDFILEINFO>().read_unaligned();
        let (high, low) = (fixed.dwFileVersionMS, fixed.dwFileVersionLS);
        (high | low != 0).then(|| format!("{}.{}.{}.{}", high >> 16, high & 0xffff, low >> 16, low & 0xffff))
    }
}

/// What the first line that matches says.
pub(super) fn first_match(path: &str, pattern: &str) -> Seen {
    let Some(path) = find(path)? else { return Ok(Json::Null) };
    let size = fs::metadata(&path).map_err(|error| said(&error))?.len();
    if size > LARGEST_SCRIPT {
        return Err(format!("the file is larger than {} MiB", LARGEST_SCRIPT >> 20));
    }
    let bytes = fs::read(&path).map_err(|error| said(&error))?;
    let pattern = matcher(pattern).map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&bytes);
    let found = text.lines().find_map(|line| pattern.captures(line));
    Ok(match found {
        Some(groups) => groups.get(1).map_or(Json::Bool(true), |group| group.as_str().into()),
        None => Json::Bool(false),
    })
}

/// The day in the name of the newest file of that pattern, and today.
pub(super) fn valid_until(path: &str) -> Seen {
    let Some(path) = find(path)? else { return Ok(Json::Null) };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let day = matcher(r"\d{4}-\d{2}-\d{2}").map_err(|error| error.to_string())?;
    let until = day.find(&name).map_or("", |found| found.as_str());
    Ok(json!({ "until": until, "today": Timestamp::now().strftime("%Y-%m-%d").to_string() }))
}
