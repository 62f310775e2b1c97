//! Snapshots as JSON and as YAML.

#![no_main]

use cutover::fact::SnapshotReader;
use cutover_fuzz::CATALOG;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let reader = SnapshotReader::new(CATALOG.vocabulary());
    for read in [reader.json(text), reader.yaml(text)] {
        match read {
            Ok(snapshot) => assert!(!snapshot.host().trim().is_empty()),
            Err(error) => {
                assert!(error.line() >= 1 && error.column() >= 1, "{error}");
                assert!(error.line() <= text.lines().count() + 1, "{error}: {}", error.line());
                assert!(!error.to_string().is_empty());
            }
        }
    }
});
