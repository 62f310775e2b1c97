//! What every target does with the bytes that it is given, and what has to hold of the answer.

use cutover::catalog::Catalog;
use cutover::inventory::{Joining, Mapping, Options, Reading, Source, estate};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The catalog whose facts are read.
pub static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::built_in().expect("the catalog"));

/// A mapping, so that tables of one's own are read too.
static MAPPING: LazyLock<Mapping> = LazyLock::new(|| {
    let text = include_str!("../../fixtures/lansweeper.yaml");
    Mapping::parse(CATALOG.vocabulary(), text).expect("the mapping")
});

/// The file that the bytes are said to stand in: in a folder of a server, since some rows are named by it alone.
const FILE: &str = "SRV-APP01/export";

/// What stands between two files of one input.
const BETWEEN: &[u8] = b"\n====\n";

/// Reads an input as one file or as two, puts the rows together, and sees that all add up.
pub fn read(bytes: &[u8]) {
    read_with(bytes, &MAPPING);
}

/// The same with a mapping.
pub fn read_with(bytes: &[u8], mapping: &Mapping) {
    let split = bytes.windows(BETWEEN.len()).position(|window| window == BETWEEN);
    let files = match split {
        Some(at) => vec![&bytes[..at], &bytes[at + BETWEEN.len()..]],
        None => vec![bytes],
    };
    let vocabulary = CATALOG.vocabulary();
    // Both ways of going on are seen, by something that changes with nearly every mutation.
    let options = Options { mapping: Some(mapping.clone()), keep_going: bytes.len() % 2 == 0, ..Options::default() };
    let mut reading = Reading::new(vocabulary);
    for (name, file) in [FILE, "SRV-WEB03/export"].into_iter().zip(files) {
        let source = Source { name: name.to_owned(), bytes: file.to_vec() };
        if let Err(error) = reading.read(&source, &options) {
            assert!(error.place().file.starts_with(name), "{}", error.place());
            assert!(!error.message().is_empty());
        }
    }
    for part in &reading.parts {
        assert_eq!(part.rows, part.used() + part.ignored.values().sum::<u64>(), "{}", part.file);
    }
    let found = estate(vocabulary, &reading.parts, &Joining::default());
    let mut hosts = BTreeSet::new();
    for server in &found.servers {
        assert!(!server.host.is_empty());
        assert!(hosts.insert(&server.host), "{}", server.host);
        let known = server.facts().iter().map(|learned| learned.fact).chain(server.unknown().map(|(fact, _)| fact));
        assert_eq!(known.collect::<BTreeSet<_>>().len(), vocabulary.len(), "{}", server.host);
        server.document(vocabulary, &reading.parts);
    }
    for (part, _, rows) in &found.left_out {
        assert!(*rows <= reading.parts[*part].used());
    }
}

/// The first byte of a text that is not blank.
pub fn first(bytes: &[u8]) -> Option<u8> {
    bytes.iter().copied().find(|byte| !byte.is_ascii_whitespace())
}

/// True for what is packed.
pub fn is_packed(bytes: &[u8]) -> bool {
    matches!(bytes, [0x1f, 0x8b, ..] | [b'P', b'K', 3, 4, ..])
}
