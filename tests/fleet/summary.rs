//! `plan --summary`: what many servers come to together.

use crate::common::{Desk, lines, recorded};
use serde_json::{Value as Json, json};
use std::io::Write;
use std::process::{Command, Stdio};

/// A desk with the estate of the fixtures.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.put("estate.ndjson", include_str!("../../fixtures/estate.ndjson"));
    desk.put("estate.yaml", include_str!("../../fixtures/estate.yaml"));
    desk
}

const ASKED: [&str; 3] = ["--summary", "--parameters", "estate.yaml"];

fn summary(desk: &Desk, more: &[&str]) -> Json {
    let said = desk.run(&[&["plan"], &ASKED[..], &["--format", "json"], more].concat());
    assert_ne!(said.status, 2, "{}", said.stderr);
    said.json()
}

#[test]
fn it_says_of_each_status_what_the_plans_say_one_by_one() {
    let desk = desk();
    let plans = desk.run(&["plan", "estate.ndjson", "--parameters", "estate.yaml", "--format", "ndjson"]);
    let said = desk.run(&[&["plan", "estate.ndjson"], &ASKED[..], &["--format", "json"]].concat());
    assert_eq!(said.status, plans.status, "it ends as many servers do");
    let summary = said.json();
    let of = |status: &str| {
        let plan = |line: &str| serde_json::from_str::<Json>(line).expect("JSON")["status"] == status;
        plans.stdout.lines().filter(|line| plan(line)).count()
    };
    for (status, servers) in summary["statuses"].as_object().expect("statuses") {
        assert_eq!(servers, &json!(of(status)), "{status}");
    }
    assert_eq!(summary["servers"], plans.stdout.lines().count());
    assert_eq!(
        summary["catalog"],
        serde_json::from_str::<Json>(plans.stdout.lines().next().expect("a plan")).expect("JSON")["catalog"]
    );
}

#[test]
fn a_blocker_says_how_many_servers_it_touches_and_frees() {
    let desk = desk();
    let server = |name: &str, changes: &[(&str, Json)]| {
        let mut server = recorded("scep-ready-2012r2", changes);
        server["host"] = name.into();
        server
    };
    let estate = [
        server("a", &[("package.msi", "missing".into())]),
        server("b", &[("package.msi", "invalid".into())]),
        server("c", &[("package.msi", "missing".into()), ("policy.disable_antispyware", true.into())]),
        server("d", &[]),
        server("e", &[("os.release", "2019".into())]),
    ];
    desk.put("few.ndjson", lines(&estate));
    let summary = summary(&desk, &["few.ndjson"]);
    let row = |fact: &str| {
        let found = summary["blockers"].as_array().expect("rows").iter().find(|row| row["fact"] == fact).expect("a row");
        (found["servers"].as_u64().expect("a number"), found["alone"].as_u64().expect("a number"), found.clone())
    };
    let (servers, alone, msi) = row("package.msi");
    assert_eq!((servers, alone), (3, 2), "{msi}");
    assert_eq!((&msi["needs"], &msi["seen"]), (&json!("valid"), &json!({ "invalid": 1, "missing": 2 })));
    assert_eq!(msi["steps"], json!(["install-mde"]));
    let (servers, alone, policy) = row("policy.disable_antispyware");
    assert_eq!((servers, alone), (1, 0));
    assert_eq!(policy["steps"], json!(["install-mde", "onboard"]), "one cause, wherever it stands in the way");
    assert_eq!(summary["not_supported"][0]["seen"], json!({ "2019": 1 }));
    let classes = summary["classes"].as_array().expect("classes");
    let ready = classes.iter().find(|class| class["status"] == "ready").expect("a class");
    assert_eq!((&ready["example"], &ready["servers"]), (&json!("d"), &json!(1)));
}

#[test]
fn servers_of_one_class_are_one_row_with_the_first_name() {
    let desk = desk();
    let servers: Vec<Json> = ["srv9", "srv10", "SRV2"]
        .iter()
        .zip(["6.3.9600.21503", "6.3.9600.21600", "6.3.9600.21700"])
        .map(|(name, build)| {
            let mut server = recorded("scep-ready-2012r2", &[("os.build", build.into())]);
            server["host"] = (*name).into();
            server
        })
        .collect();
    desk.put("few.ndjson", lines(&servers));
    let summary = summary(&desk, &["few.ndjson"]);
    let [class] = summary["classes"].as_array().expect("classes").as_slice() else { panic!("{summary}") };
    assert_eq!((&class["servers"], &class["example"], &class["status"]), (&json!(3), &json!("SRV2"), &json!("ready")));
    assert_eq!(summary["reboots"].as_array().map(Vec::len), Some(1));
}

#[test]
fn what_servers_hang_on_is_counted_with_where_it_is_seen() {
    let desk = desk();
    let estate = [
        recorded("scep-ready-2012r2", &[("network.sensor_urls", Json::Null)]),
        recorded("mma-ready-2012r2", &[("network.sensor_urls", Json::Null), ("package.msi", Json::Null)]),
    ];
    desk.put("few.ndjson", lines(&estate));
    let summary = summary(&desk, &["few.ndjson"]);
    let rows = summary["unknowns"].as_array().expect("rows");
    let row = |fact: &str| rows.iter().find(|row| row["fact"] == fact).unwrap_or_else(|| panic!("{summary}"));
    let urls = row("network.sensor_urls");
    assert_eq!((&urls["servers"], &urls["alone"]), (&json!(2), &json!(1)));
    assert_eq!((&row("package.msi")["servers"], &row("package.msi")["alone"]), (&json!(1), &json!(0)));
    assert!(urls["observed"].as_str().is_some_and(|text| !text.is_empty()));
}

#[test]
fn the_same_server_twice_names_both_lines() {
    let desk = desk();
    let mut again = recorded("scep-ready-2012r2", &[]);
    again["host"] = "SCEP-Ready-2012R2.corp.example".into();
    let estate = [recorded("scep-ready-2012r2", &[]), recorded("mma-ready-2012r2", &[]), again.clone()];
    desk.put("twice.ndjson", lines(&estate));
    let words = ["twice.ndjson:3:1:", "`SCEP-Ready-2012R2.corp.example` is there twice: first at twice.ndjson:1"];
    desk.run(&[&["plan", "twice.ndjson"], &ASKED[..]].concat()).is_refused(&words);
    // In another file, and in one that holds a single server.
    desk.put("again.json", again.to_string());
    desk.put("once.ndjson", lines(&estate[..2]));
    let words = ["again.json:1:1:", "first at once.ndjson:1"];
    desk.run(&[&["plan", "once.ndjson", "again.json"], &ASKED[..]].concat()).is_refused(&words);
    // Going on, the first of the two counts.
    let said = desk.run(&[&["plan", "twice.ndjson", "--keep-going", "--format", "json"], &ASKED[..]].concat());
    assert_eq!((said.status, said.json()["servers"].as_u64()), (2, Some(2)));
    assert!(said.stderr.contains("twice.ndjson:3:1:"), "{}", said.stderr);
}

#[test]
fn errors_are_those_of_plan() {
    let desk = desk();
    let good = lines(&[recorded("scep-ready-2012r2", &[])]);
    let long = format!("{}\n{good}", " ".repeat((16 << 20) + 1));
    for (name, bytes) in [
        (
            "misspelt.ndjson",
            (good.clone() + r#"{"schema":"cutover/snapshot/v1","host":"b","facts":{"os.relase":"2016"}}"#).into_bytes(),
        ),
        ("broken.ndjson", (good.clone() + "\n\n{\"schema\":").into_bytes()),
        ("empty.ndjson", b"\n".to_vec()),
        ("long.ndjson", long.into_bytes()),
        ("wide.ndjson", b"\xff\xfe{\0}\0\n\0".to_vec()),
        ("latin.ndjson", [good.as_bytes(), b"{\"schema\":\"\xe4\"}\n"].concat()),
        ("array.json", b"[]".to_vec()),
        ("none.txt", b"\"cutover/snapshot/v1\"".to_vec()),
        ("crlf.ndjson", good.replace('\n', "\r\n").into_bytes()),
        ("marked.ndjson", [b"\xef\xbb\xbf", good.as_bytes()].concat()),
        ("lines.json", (good.clone() + "{}\n").into_bytes()),
    ] {
        desk.put(name, bytes);
        let plain = desk.run(&["plan", name, "--parameters", "estate.yaml"]);
        let summary = desk.run(&[&["plan", name], &ASKED[..]].concat());
        assert_eq!(summary.stderr, plain.stderr, "{name}");
        assert_eq!(summary.status == 2, plain.status == 2, "{name}");
        let plain = desk.run(&["plan", name, "--parameters", "estate.yaml", "--keep-going"]);
        let summary = desk.run(&[&["plan", name, "--keep-going"], &ASKED[..]].concat());
        assert_eq!((summary.status == 2, summary.stderr), (plain.status == 2, plain.stderr), "{name}");
    }
}

#[test]
fn of_many_bad_lines_the_first_is_told_and_with_keep_going_each_in_order() {
    let desk = desk();
    let mut text = String::new();
    for number in 0..5000 {
        let mut server = recorded("scep-ready-2012r2", &[]);
        server["host"] = format!("srv{number}").into();
        // Every thousandth line is bad, in pieces that different threads read.
        text += &if number % 1000 == 999 { "{bad}\n".to_owned() } else { server.to_string() + "\n" };
    }
    desk.put("many.ndjson", text);
    desk.run(&[&["plan", "many.ndjson"], &ASKED[..]].concat()).is_refused(&["many.ndjson:1000:"]);
    let said = desk.run(&[&["plan", "many.ndjson", "--keep-going", "--format", "json"], &ASKED[..]].concat());
    let told: Vec<&str> = said.stderr.lines().filter_map(|line| line.strip_prefix("error: many.ndjson:")).collect();
    let numbers: Vec<&str> = told.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(numbers, ["1000", "2000", "3000", "4000", "5000"]);
    assert_eq!((said.status, said.json()["servers"].as_u64()), (2, Some(4995)));
}

#[test]
fn a_contradicted_assumption_is_told_for_each_server() {
    let desk = desk();
    let said = desk.run(&[&["plan", "estate.ndjson", "--assume", "os.release=2016"], &ASKED[..]].concat());
    let plain = desk.run(&["plan", "estate.ndjson", "--assume", "os.release=2016", "--parameters", "estate.yaml"]);
    assert_eq!((said.status, said.stdout.as_str()), (2, ""));
    assert_eq!(said.stderr, plain.stderr);
}

#[test]
fn a_part_of_a_stream_may_be_empty_and_a_bad_line_gives_no_part() {
    let answered = |input: &[u8], more: &[&str]| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_cutover"))
            .args([&["plan", "-", "--summary", "--format", "json"], more].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("runs");
        child.stdin.take().expect("its input").write_all(input).expect("written");
        let output = child.wait_with_output().expect("ends");
        (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"), String::from_utf8(output.stderr).expect("UTF-8"))
    };
    let servers = |text: &str| serde_json::from_str::<Json>(text).expect("a summary")["servers"].clone();
    let (status, nothing, _) = answered(b"", &[]);
    assert_eq!((status, servers(&nothing)), (Some(0), json!(0)));
    let estate = include_str!("../../fixtures/estate.ndjson");
    let (_, whole, told) = answered(estate.as_bytes(), &[]);
    assert_eq!((servers(&whole), told.as_str()), (json!(74), ""));
    let bad = estate.to_owned() + "{bad}\n";
    let (status, part, told) = answered(bad.as_bytes(), &[]);
    assert_eq!((status, part.as_str()), (Some(2), ""));
    assert!(told.contains("<standard input>:75:2:"), "{told}");
    let (status, part, _) = answered(bad.as_bytes(), &["--keep-going"]);
    assert_eq!((status, servers(&part)), (Some(2), json!(74)));
}

#[test]
fn snapshots_of_any_kind_and_exports_come_to_a_summary() {
    let desk = desk();
    let server = recorded("scep-ready-2012r2", &[]);
    desk.put("mixed/one.json", server.to_string());
    desk.put("mixed/more/two.ndjson", lines(&[recorded("mma-ready-2012r2", &[])]));
    desk.put("mixed/three.yaml", "schema: cutover/snapshot/v1\nhost: three\nfacts: { os.release: 2019 }\n");
    assert_eq!(summary(&desk, &["mixed"])["servers"], 3);
    desk.put("mixed/machines.json", include_str!("../../fixtures/inventory/01-mde/api-machines.json"));
    let joined = desk.run(&["plan", "mixed", "--format", "json"]);
    let servers = joined.json().as_array().map(Vec::len);
    let said = desk.run(&["plan", "mixed", "--summary", "--format", "json"]);
    assert_eq!(said.json()["servers"].as_u64(), servers.map(|servers| servers as u64));
}

#[test]
fn hostile_names_steer_nothing_and_are_no_formulas() {
    let desk = desk();
    for (name, cell) in [("=1+cmd|' /C calc'!A0", "'=1+cmd"), ("@x", "'@x"), ("+1", "'+1"), ("-1", "'-1"), ("\t=1", "'\\u{9}=1")]
    {
        let mut server = recorded("scep-ready-2012r2", &[]);
        server["host"] = name.into();
        desk.put("one.ndjson", lines(&[server]));
        let said = desk.run(&[&["plan", "one.ndjson", "--format", "csv"], &ASKED[..]].concat());
        let mut reader = csv::Reader::from_reader(said.stdout.as_bytes());
        let example = reader.headers().expect("a header").iter().position(|column| column == "example").expect("a column");
        let cells: Vec<String> = reader.records().map(|row| row.expect("a row")[example].to_owned()).collect();
        assert!(cells.iter().any(|one| one.starts_with(cell)), "{cells:?}");
    }
    let mut server = recorded("scep-ready-2012r2", &[]);
    server["host"] = "evil\u{1b}[2J\u{9b}31m\u{202e}<script>|`x`".into();
    desk.put("one.ndjson", lines(&[server]));
    for format in ["text", "json", "ndjson", "markdown", "csv"] {
        let said = desk.run(&[&["plan", "one.ndjson", "--format", format], &ASKED[..]].concat());
        let steering = |character: char| character.is_control() && character != '\n' || character == '\u{202e}';
        assert!(!said.stdout.chars().any(steering), "{format}: {:?}", said.stdout);
        assert!(format != "markdown" || !said.stdout.contains("<script>"));
    }
}

#[test]
fn what_does_not_go_with_a_summary_is_refused() {
    let desk = desk();
    desk.run(&["plan", "estate.ndjson", "--format", "csv"]).is_refused(&["--format csv is for --summary"]);
    for other in [&["--host", "a"][..], &["--only", "ready"], &["--rollback-from", "onboard"]] {
        let said = desk.run(&[&["plan", "estate.ndjson", "--summary"], other].concat());
        said.is_refused(&["cannot be used with"]);
    }
}
