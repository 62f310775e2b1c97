//! What `cutover verify` says to plans that are none: the place, what was expected, what to do; exit 2 and no answer.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::{Desk, Said, recorded};
use std::fmt::Write as _;

const PLAN: &str = "schema: cutover/plan/v1\nscenario: standalone-mma\nhost: mma-ready-2012r2.corp.example\nsteps: []\n";

/// Verifies one file as a plan.
fn verify(name: &str, bytes: impl AsRef<[u8]>) -> Said {
    let desk = desk();
    desk.put(name, bytes);
    desk.run(&["verify", name, "--facts", "facts.json"])
}

fn desk() -> Desk {
    let desk = Desk::new();
    desk.put("facts.json", recorded("mma-ready-2012r2", &[]).to_string());
    desk
}

#[test]
fn what_is_no_yaml_or_json_is_found_at_its_line_and_column() {
    verify("a.yaml", "schema: cutover/plan/v1\nsteps: [a\n").is_refused(&["a.yaml:2:8: ", "unclosed bracket"]);
    verify("a.yaml", "a: &x 1\n").is_refused(&["a.yaml:1:7: ", "anchors and aliases are not read"]);
    verify("a.json", "{\"schema\": \"cutover/plan/v1\",\n \"steps\": [}").is_refused(&["a.json:2:", "expected value"]);
    verify("a.ndjson", "{\"schema\": \"cutover/plan/v2\"}\n{").is_refused(&["a.ndjson:1:12: ", "cutover/plan/v2"]);
    verify("a.ndjson", "\n{\"schema\"\n").is_refused(&["a.ndjson:2:9: ", "EOF while parsing"]);
    verify("a.json", "{\"schema\": 1, \"schema\": 2}").is_refused(&["a.json:1:15: ", "duplicate key: schema"]);
    verify("a.json", format!("{}{}", "[[".repeat(3000), "]]".repeat(3000))).is_refused(&["the nesting is too deep"]);
}

#[test]
fn another_schema_says_what_it_is() {
    verify("a.yaml", PLAN.replace("plan/v1", "plan/v2")).is_refused(&[
        "a.yaml:1:9: ",
        "expected the schema `cutover/plan/v1`, found `cutover/plan/v2`",
        "make it anew",
    ]);
    verify("a.yaml", PLAN.replace("plan/v1", "snapshot/v1")).is_refused(&["name it after --facts"]);
    verify("a.yaml", "scenario: x\nsteps: []\n").is_refused(&["a.yaml:1:1: ", "the key `schema` is missing", "cutover/plan/v1"]);
    let desk = desk();
    desk.put("plan.yaml", PLAN);
    desk.run(&["verify", "facts.json", "--facts", "facts.json"]).is_refused(&["this is a snapshot; name it after --facts"]);
    desk.run(&["verify", "plan.yaml", "--facts", "plan.yaml"]).is_refused(&["expected the schema `cutover/snapshot/v1`"]);
}

#[test]
fn an_empty_plan_is_never_all_good() {
    for name in ["a.yaml", "a.json", "a.ndjson"] {
        verify(name, " \n\n").is_refused(&[name, "holds no plan", "cut off"]);
    }
    for name in ["a.yaml", "a.json"] {
        verify(name, "[ ]").is_refused(&[name, "holds no plan", "the list of plans is empty"]);
    }
    verify("a.yaml", "# nothing yet\n").is_refused(&["a.yaml:2:1: ", "expected a plan, found nothing"]);
    // A plan without steps is one, and its server is still waiting for everything.
    assert_eq!(verify("a.yaml", PLAN).status, 1);
}

#[test]
fn parts_of_another_kind_are_found_where_they_stand() {
    for (from, to, place, words) in [
        ("steps: []", "steps: install-mde", "4:8", "expected a list of steps, found text"),
        ("steps: []", "steps:\n  - { id: x }", "5:7", "expected a step's id, found a map"),
        ("steps: []", "steps:\n  - true", "5:5", "expected text, found true or false"),
        ("steps: []", "step: []", "4:1", "unexpected key `step`"),
        ("host: mma-ready-2012r2.corp.example", "host: [a]", "3:7", "expected text, found a list"),
        ("host: mma-ready-2012r2.corp.example", "host: ' '", "3:7", "expected the server's name, found nothing"),
        ("scenario: standalone-mma\n", "", "1:1", "the key `scenario` is missing"),
        ("scenario: standalone-mma", "scenario: {}", "2:11", "expected text, found a map"),
        ("steps: []", "parameters: [a]\nsteps: []", "4:13", "expected a map of parameters, found a list"),
        ("steps: []", "budget: 20\nsteps: []", "4:9", "expected a map of budgets, found a number"),
        ("steps: []", "budget: { antivirus-gap: 20 }\nsteps: []", "4:26", "expected a map such as { minutes: 20, reboots: 0 }"),
        ("steps: []", "budget: { antivirus-gap: { minutes: -1 } }\nsteps: []", "4:37", "at least 0, found `-1`"),
        (
            "steps: []",
            "budget: { antivirus-gap: { minutes: 1.5 } }\nsteps: []",
            "4:37",
            "a whole number of at least 0, found `1.5`",
        ),
        ("steps: []", "budget: { antivirus-gap: { minuts: 1 } }\nsteps: []", "4:28", "unexpected key `minuts`"),
        ("steps: []", "budget: { restarts: two }\nsteps: []", "4:21", "a whole number of at least 0, found text"),
        ("steps: []", "budget: { restarts: 99999999999 }\nsteps: []", "4:21", "found `99999999999`"),
    ] {
        verify("a.yaml", PLAN.replace(from, to)).is_refused(&[&format!("a.yaml:{place}: "), words]);
    }
    verify("a.yaml", PLAN.replace("steps", "stesp")).is_refused(&["did you mean `steps`?"]);
}

#[test]
fn a_mark_before_utf_8_is_no_error_and_utf_16_gets_its_remedy() {
    let mut marked = b"\xef\xbb\xbf".to_vec();
    marked.extend(PLAN.as_bytes());
    let said = verify("a.yaml", marked);
    assert_eq!(said.status, 1, "{}", said.stderr);
    assert!(said.stdout.contains("a.yaml:4:1"), "the mark moves no column: {}", said.stdout);
    for name in ["a.yaml", "a.json", "a.ndjson"] {
        let mut wide = vec![0xff, 0xfe];
        wide.extend(PLAN.encode_utf16().flat_map(u16::to_le_bytes));
        verify(name, &wide).is_refused(&[name, "found UTF-16", "save the file as UTF-8"]);
        let mut big = vec![0xfe, 0xff];
        big.extend(PLAN.encode_utf16().flat_map(u16::to_be_bytes));
        verify(name, &big).is_refused(&["found UTF-16"]);
    }
    verify("a.yaml", b"schema: cutover/plan/v1\nscenario: \xff\n").is_refused(&["a.yaml:2:11: ", "a byte that is not"]);
}

#[test]
fn the_same_plan_given_twice_is_refused_by_whatever_way_round() {
    let desk = desk();
    desk.put("plans/a.yaml", PLAN);
    for again in ["plans/a.yaml", "plans/../plans/a.yaml", "plans"] {
        let said = desk.run(&["verify", "plans/a.yaml", again, "--facts", "facts.json"]);
        said.is_refused(&["the file is given twice, first as plans/a.yaml"]);
    }
}

#[test]
fn a_file_that_is_not_there_or_of_no_known_kind_says_what_to_name() {
    let desk = desk();
    desk.put("a.txt", PLAN);
    desk.put("empty/readme.txt", "");
    desk.run(&["verify", "no.yaml", "--facts", "facts.json"]).is_refused(&["no.yaml: cannot be read", "name a plan"]);
    desk.run(&["verify", "a.txt", "--facts", "facts.json"]).is_refused(&["a.txt", "known by its name", ".yaml"]);
    desk.run(&["verify", "empty", "--facts", "facts.json"]).is_refused(&["the folder holds no plan"]);
    desk.put("a.yaml", PLAN);
    desk.run(&["verify", "a.yaml", "--facts", "no.json"]).is_refused(&["no.json: cannot be read", "name a snapshot"]);
    desk.run(&["verify", "a.yaml"]).is_refused(&["--facts"]);
    desk.run(&["verify", "--facts", "facts.json"]).is_refused(&["<PLAN>"]);
}

#[test]
fn a_result_that_cannot_be_written_is_a_wrong_question_whatever_the_verdict() {
    let desk = desk();
    desk.put("a.yaml", PLAN);
    desk.put("folder/x", "");
    for format in ["junit", "sarif", "json", "text", "github"] {
        for output in ["no/such/folder/out.xml", "folder"] {
            let said = desk.run(&["verify", "a.yaml", "--facts", "facts.json", "--format", format, "-o", output]);
            said.is_refused(&[output, "cannot be written"]);
        }
    }
    let said = desk.run(&["verify", "a.yaml", "--facts", "facts.json", "--format", "junit", "-o", "out.xml"]);
    assert_eq!((said.status, said.stdout.as_str(), said.stderr.as_str()), (1, "", ""));
    assert!(std::fs::read_to_string(desk.path("out.xml")).unwrap().starts_with("<?xml"));
}

#[test]
fn keep_going_verifies_what_can_be_read_and_ends_with_2() {
    let desk = desk();
    desk.put("a.yaml", PLAN);
    desk.put("b.yaml", "steps: [");
    desk.run(&["verify", "a.yaml", "b.yaml", "--facts", "facts.json"]).is_refused(&["b.yaml:1:8"]);
    let said = desk.run(&["verify", "a.yaml", "b.yaml", "--facts", "facts.json", "--keep-going"]);
    assert_eq!(said.status, 2);
    assert!(said.stdout.contains("1 plan on 1 server") && said.stderr.contains("b.yaml:1:8"), "{said:?}");
    desk.run(&["verify", "b.yaml", "--facts", "facts.json", "--keep-going"]).is_refused(&["b.yaml:1:8"]);
    let mut lines = recorded("mma-ready-2012r2", &[]).to_string();
    lines.push_str("\n{\n");
    desk.put("facts.ndjson", lines);
    desk.run(&["verify", "a.yaml", "--facts", "facts.ndjson"]).is_refused(&["facts.ndjson:2:"]);
    let said = desk.run(&["verify", "a.yaml", "--facts", "facts.ndjson", "--keep-going"]);
    assert_eq!((said.status, said.stdout.contains("1 plan on 1 server")), (2, true));
}

#[test]
fn ten_thousand_plans_in_one_file_are_verified() {
    let server = recorded("mma-ready-2012r2", &[]);
    let desk = desk();
    let set = ["--set", "workspace_id=7f3c1a52-9d0e-4b86-a5c1-2e8d60b4f917"];
    let plan = desk.run(&[&["plan", "facts.json", "--format", "ndjson"], &set[..]].concat()).stdout;
    let (mut plans, mut servers) = (String::new(), String::new());
    let name = "mma-ready-2012r2.corp.example";
    for number in 0..10_000 {
        let host = format!("srv{number:05}");
        plans.push_str(&plan.replace(name, &host));
        let _ = writeln!(servers, "{}", server.to_string().replace(name, &host));
    }
    // One of them has changed since.
    let last = servers.rfind("\"scep.installed\":true").unwrap();
    servers.replace_range(last.."\"scep.installed\":true".len() + last, "\"scep.installed\":false");
    desk.put("plans.ndjson", &plans);
    desk.put("facts.ndjson", servers);
    let said = desk.run(&["verify", "plans.ndjson", "--facts", "facts.ndjson"]);
    assert_eq!(said.status, 1, "{}", said.stderr);
    assert!(said.stdout.contains("plans.ndjson:10000:"), "{}", said.stdout);
    assert!(said.stdout.contains("server: srv09999"), "{}", said.stdout);
    assert!(said.stdout.ends_with("10000 plans on 10000 servers: 9999 hold, 1 violated; 3 findings\n"), "{}", said.stdout);
}
