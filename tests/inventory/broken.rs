//! Files that were cut off, changed or mixed up: an answer or an error that says where, and never a panic.

use super::said::catalog;
use cutover::inventory::{Joining, Options, Reading, Source, estate};
use proptest::prelude::*;
use proptest::sample::Index;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// Every fixture with its bytes.
static FIXTURES: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    fn below(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
        for entry in fs::read_dir(folder).expect("the folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                below(&path, found);
            } else {
                found.push((path.to_str().expect("a name").to_owned(), fs::read(&path).expect("the fixture")));
            }
        }
    }
    let mut found = Vec::new();
    below(Path::new("fixtures/inventory"), &mut found);
    found.sort();
    found
});

/// What can happen to a file.
#[derive(Clone, Debug)]
enum Harm {
    Cut(Index),
    Change(Index, u8),
    Insert(Index, Vec<u8>),
    Repeat(Index, Index),
    Swap(Index, Index),
}

fn harm() -> impl Strategy<Value = Harm> {
    let piece = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..6),
        prop::sample::select(vec![
            &b"\""[..],
            b",",
            b";",
            b"\r\n",
            b"{",
            b"}",
            b"[",
            b"]",
            b"null",
            b"\\u0000",
            b"<a>",
            b"</Obj>",
            b"&amp;",
            b"<!DOCTYPE a>",
            b"99999999999999999999",
            b"-1",
            b"\xff\xfe",
            b"\0",
            b"/Date(",
            b"31.12.2025",
            b"{\"value\":[]}",
            b"\"facts\"",
        ])
        .prop_map(<[u8]>::to_vec),
    ];
    prop_oneof![
        any::<Index>().prop_map(Harm::Cut),
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Harm::Change(at, byte)),
        (any::<Index>(), piece).prop_map(|(at, piece)| Harm::Insert(at, piece)),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Harm::Repeat(from, to)),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Harm::Swap(from, to)),
    ]
}

fn harmed(bytes: &[u8], harms: &[Harm]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for harm in harms {
        if bytes.is_empty() {
            break;
        }
        let length = bytes.len();
        match harm {
            Harm::Cut(at) => bytes.truncate(at.index(length)),
            Harm::Change(at, byte) => bytes[at.index(length)] = *byte,
            Harm::Insert(at, piece) => drop(bytes.splice(at.index(length)..at.index(length), piece.iter().copied())),
            Harm::Repeat(from, to) => {
                let (from, to) = (from.index(length), to.index(length));
                let piece = bytes[from.min(to)..from.max(to)].to_vec();
                bytes.splice(from..from, piece);
            }
            Harm::Swap(from, to) => bytes.swap(from.index(length), to.index(length)),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_broken_file_is_answered_and_never_panics(
        file in any::<Index>(),
        harms in prop::collection::vec(harm(), 1..5),
        keep_going in any::<bool>(),
    ) {
        let (name, bytes) = file.get(&FIXTURES);
        let source = Source { name: name.clone(), bytes: harmed(bytes, &harms) };
        let mut reading = Reading::new(catalog().vocabulary());
        if let Err(error) = reading.read(&source, &Options { keep_going, ..Options::default() }) {
            prop_assert!(error.place().file.starts_with(name.as_str()), "{}", error.place());
            prop_assert!(!error.message().is_empty());
        }
        for part in &reading.parts {
            let ignored: u64 = part.ignored.values().sum();
            prop_assert_eq!(part.rows, part.used() + ignored, "{}", part.file);
        }
        let found = estate(catalog().vocabulary(), &reading.parts, &Joining::default());
        for server in &found.servers {
            prop_assert!(!server.host.is_empty());
        }
    }
}
