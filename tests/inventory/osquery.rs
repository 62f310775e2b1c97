//! osquery: answers of its shell, and its log.

use super::said::{catalog, ignored, of_kind, part, part_of_text, read_text, said};
use cutover::inventory::{Options, Reading, Source};

#[test]
fn answers_belong_to_the_host_of_their_folder() {
    for (file, format, expected) in [
        ("os_version", "osquery-systems", &["os.build: 6.3.9600.21503", "os.release: 2012r2", "os.x64: true"][..]),
        ("services", "osquery-services", &["mma.installed: true"]),
        ("programs", "osquery-programs", &["scep.installed: true"]),
        ("patches", "osquery-updates", &["update.april_2014_rollup: true"]),
        ("registry", "osquery-registry", &["sense.onboarded: true"]),
    ] {
        let part = part(&format!("09-osquery/srv-app01/{file}.json"));
        assert_eq!((part.format, part.rows, part.used()), (format, 1, 1), "{file}");
        assert_eq!(said(&part, "09-osquery/srv-app01"), expected, "{file}");
    }
    assert_eq!(said(&part("09-osquery/srv-app01/patches.json"), "srv-app01"), ["update.april_2014_rollup: true"]);
}

#[test]
fn a_line_of_a_log_names_its_host_and_its_time() {
    let part = part("09-osquery/snapshot-log-line.json");
    assert_eq!(said(&part, "srv-app01.corp.fabrikam.example"), ["mma.installed: true"]);
    assert_eq!(part.records[0].identity.folder, None, "a log may be of many hosts");
    assert_eq!(part.records[0].seen.at().map(|at| at.to_string()).as_deref(), Some("2025-11-20T06:00:00Z"));
}

/// A line of a differential log.
fn line(host: &str, at: u32, action: &str, columns: &str) -> String {
    format!(
        r#"{{"name": "pack", "hostIdentifier": "{host}", "unixTime": {at}, "epoch": 0, "counter": 1, "action": "{action}", "columns": {{{columns}}}}}"#
    )
}

const AGENT: &str = r#""name": "HealthService", "status": "RUNNING", "start_type": "AUTO_START", "pid": "1200""#;
const AGENT_AGAIN: &str = r#""name": "HealthService", "status": "RUNNING", "start_type": "AUTO_START", "pid": "1300""#;

#[test]
fn what_a_log_takes_back_is_not_there() {
    let log = [
        line("a.example", 1_763_618_400, "added", AGENT),
        line("b.example", 1_763_618_400, "added", AGENT),
        line("a.example", 1_763_618_500, "removed", AGENT),
        line("b.example", 1_763_618_600, "added", AGENT_AGAIN),
        line("b.example", 1_763_618_600, "removed", AGENT),
        line("c.example", 1_763_618_600, "removed", AGENT),
    ];
    let part = part_of_text("logs/osqueryd.results.log", &log.join("\n"));
    assert_eq!((part.rows, part.used()), (6, 1));
    assert_eq!(ignored(&part), ["5 a row that is no longer there"]);
    assert_eq!(said(&part, "a.example"), Vec::<String>::new());
    assert_eq!(said(&part, "b.example"), ["mma.installed: true"]);
    assert_eq!(part.records[0].row, 4);
}

#[test]
fn a_later_whole_answer_takes_the_place_of_an_earlier_one() {
    let snapshot = |at: u32, rows: &str| {
        format!(
            r#"{{"action": "snapshot", "name": "p", "hostIdentifier": "a.example", "unixTime": "{at}", "snapshot": [{rows}]}}"#
        )
    };
    let later = snapshot(1_763_618_500, r#"{"name": "CcmExec", "status": "RUNNING", "start_type": "AUTO_START"}"#);
    let earlier = snapshot(1_763_618_400, &format!("{{{AGENT}}}"));
    for log in [[&earlier, &later], [&later, &earlier]] {
        let log = log.map(String::as_str).join("\n");
        let part = part_of_text("x.log", &log);
        assert_eq!((part.rows, part.used(), said(&part, "a.example")), (2, 1, vec!["mecm.client: true".to_owned()]));
        assert_eq!(ignored(&part), ["1 a later answer to the same query takes its place"]);
    }
}

#[test]
fn a_batch_of_changes_is_read_and_a_number_is_no_name() {
    let text = format!(
        r#"{{"name": "p", "hostIdentifier": "4C4C4544-0000-2010-8020-80C04F000011", "decorations": {{"hostname": "srv-app01"}}, "unixTime": 1763618400,
            "diffResults": {{"added": [{{{AGENT}}}], "removed": ""}}}}"#
    );
    assert_eq!(said(&part_of_text("logs/x.log", &text), "srv-app01"), ["mma.installed: true"]);
    let nameless = text.replace("decorations", "other");
    assert_eq!(ignored(&part_of_text("logs/x.log", &nameless)), ["1 the row names no server"]);
}

#[test]
fn other_answers_in_a_log_are_of_no_use_and_elsewhere_an_error() {
    let log = [line("a.example", 1_763_618_400, "added", r#""pid": "4""#), line("a.example", 1_763_618_400, "added", AGENT)];
    let parts = read_text("x.log", &log.join("\n"));
    assert_eq!(ignored(of_kind(&parts, "osquery-results")), ["1 an answer that no fact is about"]);
    assert_eq!(of_kind(&parts, "osquery-services").used(), 1);
    // What only shares some columns with a table is another one.
    for row in [
        r#"{"name": "HealthService", "status": "RUNNING"}"#,
        r#"{"name": "HealthService", "status": "RUNNING", "start_type": "AUTO_START", "server": "srv-app01"}"#,
        r#"{"Host": "srv-app01", "name": "x", "version": "1", "publisher": "y"}"#,
    ] {
        let source = Source { name: "srv-sql02/x.json".to_owned(), bytes: format!("[{row}]").into_bytes() };
        let error = Reading::new(catalog().vocabulary()).read(&source, &Options::default()).expect_err(row);
        assert_eq!(error.message(), "holds objects of no export that is known");
    }
}

#[test]
fn the_path_of_a_value_is_enough_and_a_persons_policy_is_none() {
    let text = r#"[{"path": "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Sense\\Start", "data": "2"},
        {"path": "HKEY_USERS\\S-1-5-21-1\\Software\\Policies\\Microsoft\\Windows Defender\\DisableAntiSpyware", "data": "1"}]"#;
    let part = part_of_text("srv-app01/registry.json", text);
    assert_eq!(said(&part, "srv-app01"), ["sense.autostart: true"]);
    assert_eq!(ignored(&part), ["1 a value of the registry that no fact is about"]);
}

#[test]
fn a_list_in_no_folder_names_no_server() {
    let part = part_of_text("services.json", &format!("[{{{AGENT}}}]"));
    assert_eq!(ignored(&part), ["1 the row names no server, and the file is in no folder of one"]);
}

#[test]
fn a_feature_that_is_absent_there_may_have_been_removed() {
    let feature = |state: &str| {
        let text = format!(r#"[{{"name": "Windows-Defender", "caption": "x", "state": "1", "statename": "{state}"}}]"#);
        said(&part_of_text("srv-app01/features.json", &text), "srv-app01")
    };
    assert_eq!(feature("Enabled"), ["defender.feature: enabled"]);
    assert_eq!(feature("Disabled"), ["defender.feature: disabled"]);
    assert_eq!(feature("Absent"), ["defender.feature: ? osquery says `Absent`"]);
}
