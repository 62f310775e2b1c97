//! The reader of lines takes what the reader of snapshots takes, and nothing else.

use crate::common::catalog;
use crate::made_up::{line, planner, request, servers};
use cutover::fact::{LineReader, SnapshotReader};
use proptest::prelude::*;

/// Both readers agree on a line, and on its key.
fn agree(text: &str) -> bool {
    let planner = planner(request(None, true), &[]);
    let mut lines = LineReader::new(catalog().vocabulary(), planner.marks());
    // What was read before must leave nothing behind.
    let _ = lines.read(
        r#"{"schema":"cutover/snapshot/v1","host":"b","facts":{"os.x64":true,"mma.workspaces":["w"]},"unknown":{"os.core":"x"}}"#,
    );
    let host = lines.read(text);
    match SnapshotReader::new(catalog().vocabulary()).json(text) {
        Ok(snapshot) => {
            assert_eq!(host.as_deref(), Some(snapshot.host()), "{text}");
            assert_eq!(lines.key(), planner.marks().key(&snapshot), "{text}");
            true
        }
        Err(error) => {
            assert_eq!(host, None, "{text}: {error}");
            false
        }
    }
}

fn with_facts(facts: &str) -> String {
    format!(r#"{{"schema":"cutover/snapshot/v1","host":"a","facts":{{{facts}}}}}"#)
}

#[test]
fn both_take_the_estate_of_the_fixtures() {
    for text in include_str!("../../fixtures/estate.ndjson").lines() {
        assert!(agree(text));
    }
}

#[test]
fn both_take_and_refuse_the_same_values() {
    for (facts, taken) in [
        (r#""os.release":2016"#, true),
        (r#""os.release":"2016""#, true),
        (r#""os.release":2017"#, false),
        (r#""os.release":20.5"#, false),
        (r#""os.build":"10.0.14393""#, true),
        (r#""os.build":10"#, false),
        (r#""os.build":"10.x""#, false),
        (r#""defender.signature_age":3"#, true),
        (r#""defender.signature_age":"3""#, true),
        (r#""defender.signature_age":-3"#, false),
        (r#""defender.signature_age":99999999999"#, false),
        (r#""os.x64":true"#, true),
        (r#""os.x64":"true""#, false),
        (r#""os.x64":null"#, false),
        (r#""os.x64":1"#, false),
        (r#""os.x64":{}"#, false),
        (r#""os.x64":true,"os.x64":true"#, false),
        (r#""mma.workspaces":[]"#, true),
        (r#""mma.workspaces":["a","a","\u0062"]"#, true),
        (r#""mma.workspaces":[1]"#, false),
        (r#""mma.workspaces":"a""#, false),
        (r#""reboot.reasons":["cbs"]"#, true),
        (r#""reboot.reasons":["none such"]"#, false),
        (r#""sense.org":"\u00e4\n""#, true),
        (r#""sense.org":["a"]"#, false),
        (r#""x.cluster":{"any":[1,{}]}"#, true),
        (r#""y.cluster":1"#, false),
        (r#""\u006fs.x64":true"#, true),
    ] {
        assert_eq!(agree(&with_facts(facts)), taken, "{facts}");
    }
}

#[test]
fn both_take_and_refuse_the_same_documents() {
    let known = r#""schema":"cutover/snapshot/v1","host":"a","facts":{"os.x64":true}"#;
    for (text, taken) in [
        (format!("{{{known}}}"), true),
        (format!("{{{known}}}\r\n"), true),
        (format!("{{{known}}} {{}}"), false),
        (format!("{{{known},}}"), false),
        (format!("[{{{known}}}]"), false),
        (format!(r#"{{{known},"taken_at":"t","source":"s","from":{{"os.x64":{{}}}}}}"#), true),
        (format!(r#"{{{known},"source":1}}"#), false),
        (format!(r#"{{{known},"unknown":{{"os.core":"r","x.y":"r"}}}}"#), true),
        (format!(r#"{{{known},"unknown":{{"os.core":"r","os.core":"s"}}}}"#), true),
        (format!(r#"{{{known},"unknown":{{"os.x64":"r"}}}}"#), false),
        (format!(r#"{{{known},"unknown":{{"os.core":1}}}}"#), false),
        (format!(r#"{{{known},"unknown":{{"os.kore":"r"}}}}"#), false),
        (format!(r#"{{{known},"facts":{{"os.core":true}}}}"#), true),
        (format!(r#"{{{known},"facts":{{"os.x64":true}}}}"#), false),
        (format!(r#"{{{known},"host":"b"}}"#), true),
        (format!(r#"{{{known},"host":" "}}"#), false),
        (format!(r#"{{{known},"schema":"cutover/snapshot/v2"}}"#), false),
        (format!(r#"{{{known},"more":1}}"#), false),
        (r#"{"host":"a","facts":{}}"#.to_owned(), false),
        (r#"{"schema":"cutover/snapshot/v1","facts":{}}"#.to_owned(), false),
        (r#"{"schema":"cutover/snapshot/v1","host":"a"}"#.to_owned(), true),
        ("{}".to_owned(), false),
        ("null".to_owned(), false),
    ] {
        assert_eq!(agree(&text), taken, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn both_agree_on_made_up_servers(made_up in servers(10, 10)) {
        prop_assert!(agree(&line(&made_up.snapshot("srv.corp.example"))));
    }

    #[test]
    fn both_agree_on_lines_that_were_damaged(
        made_up in servers(4, 4),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..4),
    ) {
        const PIECES: [&str; 20] = [
            "", "\"", "{", "}", "[", "]", ",", ":", "\\", "\\u0041", "null", "true", "1", "-1", "1e3", "x.", " ", "\n", "\u{e4}", "os.x64",
        ];
        let mut text: Vec<char> = line(&made_up.snapshot("srv")).chars().collect();
        for (at, piece) in damage {
            let at = at.index(text.len());
            text.splice(at..=at, PIECES[piece.index(PIECES.len())].chars());
        }
        agree(&text.into_iter().collect::<String>());
    }
}
