//! What the columns of a table of one's own mean, and tables that are read by it: the mapping, a NUL, and the table.

#![no_main]

use cutover::inventory::Mapping;
use cutover_fuzz::{CATALOG, read_with};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (mapping, table) = match bytes.iter().position(|byte| *byte == 0) {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (bytes, &b""[..]),
    };
    let Ok(text) = std::str::from_utf8(mapping) else { return };
    match Mapping::parse(CATALOG.vocabulary(), text) {
        Ok(mapping) => read_with(table, &mapping),
        Err(error) => {
            assert!(error.offset() <= text.len(), "{error}");
            assert!(!error.to_string().is_empty());
        }
    }
});
