//! A line of a journal: one JSON document with a checksum of itself and the digest of the line before.

use super::record::{Entry, Record, SCHEMA};
use jiff::Timestamp;

/// What stands before the checksum in a line.
const CHECKSUM: &str = ",\"crc32\":\"";
/// What comes behind it.
const END: &str = "\"}";
/// The digits of a checksum.
const DIGITS: usize = 8;

/// The digest that chains a line to the one before.
pub(super) fn digest(line: &str) -> String {
    blake3::hash(line.as_bytes()).to_hex().to_string()
}

/// Writes a record as the line of that number, without its end.
pub(super) fn written(n: u64, at: Timestamp, record: &Record, chain: &str) -> Result<String, serde_json::Error> {
    let entry = Entry { n, at: at.to_string(), record: record.clone(), chain: chain.to_owned(), crc32: String::new() };
    let mut line = serde_json::to_string(&entry)?;
    line.pop();
    let checksum = crc32fast::hash(line.as_bytes());
    Ok(format!("{line}{CHECKSUM}{checksum:08x}{END}"))
}

/// Whether a line is whole: it has a checksum, and the right one.
pub(super) fn is_whole(line: &[u8]) -> bool {
    let Some(at) = line.len().checked_sub(CHECKSUM.len() + DIGITS + END.len()) else { return false };
    let (body, tail) = line.split_at(at);
    let digits = tail.strip_prefix(CHECKSUM.as_bytes()).and_then(|tail| tail.strip_suffix(END.as_bytes()));
    let checksum =
        digits.and_then(|digits| std::str::from_utf8(digits).ok()).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    checksum == Some(crc32fast::hash(body))
}

/// Reads a whole line as the one of that number behind a line of that digest.
pub(super) fn read(line: &str, n: u64, chain: &str) -> Result<Entry, String> {
    let entry: Entry = match serde_json::from_str(line) {
        Ok(entry) => entry,
        Err(_) if n == 1 => return Err(format!("expected a journal of the schema `{SCHEMA}`, which begins otherwise")),
        Err(_) => return Err("expected a record of a journal, found something else".to_owned()),
    };
    if entry.n != n {
        return Err(format!("expected the record number {n}, found {}: a line was taken out or put in", entry.n));
    }
    if entry.chain != chain {
        return Err("the line does not follow the one before it: a line was changed, taken out or put in".to_owned());
    }
    match &entry.record {
        Record::Begun(begun) if begun.schema != SCHEMA => {
            Err(format!("expected the schema `{SCHEMA}`, found `{}`", crate::suggest::excerpt(&begun.schema)))
        }
        Record::Begun(_) if n > 1 => Err("a run begins in the middle of another one".to_owned()),
        Record::Begun(_) => Ok(entry),
        _ if n == 1 => Err("expected the beginning of a run in the first line".to_owned()),
        _ => Ok(entry),
    }
}
