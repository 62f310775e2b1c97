//! Schemas: every file and document of the project validates, and what reading refuses does not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use cutover::catalog::Catalog;
use cutover::yaml::{self, Kind, Node};
use jsonschema::Validator;
use serde_json::Value as Json;
use std::process::Command;

fn cutover(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_cutover")).args(arguments).output().expect("runs");
    assert_ne!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn schema(what: &str) -> Validator {
    let schema: Json = serde_json::from_str(&cutover(&["schema", what])).expect("JSON");
    jsonschema::draft202012::meta::validate(&schema).unwrap_or_else(|error| panic!("{what} is no schema: {error}"));
    jsonschema::validator_for(&schema).expect("a schema")
}

/// A YAML tree as an editor sees it.
fn plain(node: &Node) -> Json {
    match &node.kind {
        Kind::Null => Json::Null,
        Kind::Flag(flag) => (*flag).into(),
        Kind::Number(text) => serde_json::from_str(text).unwrap_or_else(|_| text.as_str().into()),
        Kind::Text(text) => text.as_str().into(),
        Kind::List(items) => items.iter().map(plain).collect::<Vec<_>>().into(),
        Kind::Map(entries) => Json::Object(entries.iter().map(|(key, value)| (key.name.clone(), plain(value))).collect()),
    }
}

fn of_yaml(text: &str) -> Json {
    plain(&yaml::parse(text).unwrap_or_else(|error| panic!("{}", error.message)))
}

fn valid(validator: &Validator, json: &Json, what: &str) {
    let errors: Vec<String> =
        validator.iter_errors(json).map(|error| format!("{what}{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

/// The kind of a catalog's file.
fn kind_of(path: &str) -> &str {
    path.strip_prefix("catalog/").and_then(|name| name.strip_suffix(".yaml")).unwrap_or("scenario")
}

#[test]
fn every_file_of_the_built_in_catalog_validates() {
    for file in Catalog::built_in_files() {
        valid(&schema(kind_of(&file.path)), &of_yaml(&file.text), &file.path);
    }
}

#[test]
fn every_fixture_validates() {
    let snapshot = schema("snapshot");
    for line in include_str!("../fixtures/estate.ndjson").lines() {
        valid(&snapshot, &serde_json::from_str(line).expect("JSON"), line.get(..80).unwrap_or(line));
    }
    valid(&schema("parameters"), &of_yaml(include_str!("../fixtures/estate.yaml")), "estate.yaml");
}

#[test]
fn every_plan_validates() {
    let plan = schema("plan");
    for more in
        [&[][..], &["--without-supplements"], &["--scenario", "installer-script"], &["--scenario", "mecm-to-defender-attach"]]
    {
        let mut arguments = vec!["plan", "fixtures/estate.ndjson", "--parameters", "fixtures/estate.yaml", "--format", "ndjson"];
        arguments.extend(more);
        for line in cutover(&arguments).lines() {
            valid(&plan, &serde_json::from_str(line).expect("JSON"), "");
        }
    }
}

#[test]
fn every_timeline_and_explanation_validates() {
    let (timeline, explanation) = (schema("timeline"), schema("explanation"));
    let hosts = ["scep-ready-2012r2", "scep-export-without-disk-2012r2", "av-ready-2016", "scep-presence-unread-2012r2"];
    for host in hosts {
        let host = format!("{host}.corp.example");
        let common = ["fixtures/estate.ndjson", "--parameters", "fixtures/estate.yaml", "--host", &host, "--format", "json"];
        let shown = cutover(&[&["simulate"][..], &common, &["--interrupt", "install-mde"]].concat());
        valid(&timeline, &serde_json::from_str(&shown).expect("JSON"), &host);
        let explained = cutover(&[&["explain", "fixtures/estate.ndjson", "install-mde"][..], &common[1..]].concat());
        valid(&explanation, &serde_json::from_str(&explained).expect("JSON"), &host);
        let explained = cutover(&[&["explain"][..], &common].concat());
        valid(&explanation, &serde_json::from_str(&explained).expect("JSON"), &host);
    }
}

#[test]
fn a_plan_that_is_written_by_hand_validates_and_one_with_a_slip_does_not() {
    let written = schema("written-plan");
    for plan in [include_str!("../fixtures/plans/standalone.yaml"), include_str!("../fixtures/plans/hasty.yaml")] {
        valid(&written, &of_yaml(plan), "");
    }
    let plan = include_str!("../fixtures/plans/standalone.yaml");
    for (from, to) in [
        ("schema: cutover/plan/v1", "schema: cutover/plan/v2"),
        ("scenario: standalone-mma", "scenario: standalone-mna"),
        ("steps:", "step:"),
        ("- install-mde", "- instal-mde"),
        ("- install-mde", "- deploy-application"),
        ("- install-mde", "- onboard"),
        ("workspace_id:", "workspace:"),
        ("7f3c1a52-9d0e-4b86-a5c1-2e8d60b4f917", "ours"),
        ("antivirus-gap:", "two-active-antivirus:"),
        ("minutes: 15", "minutes: -15"),
        ("restarts: 2", "restarts: two"),
    ] {
        assert_eq!(plan.matches(from).count(), 1, "{from}");
        assert!(!written.is_valid(&of_yaml(&plan.replace(from, to))), "{to} validates");
    }
}

#[test]
fn every_verdict_validates() {
    let findings = schema("findings");
    let folder = tempfile::tempdir().expect("a folder");
    let plans = folder.path().join("plans.ndjson");
    let plans = plans.to_str().expect("UTF-8");
    let given = ["fixtures/estate.ndjson", "--parameters", "fixtures/estate.yaml"];
    cutover(&[&["plan"][..], &given, &["--format", "ndjson", "-o", plans]].concat());
    let verdict = cutover(&[&["verify", plans, "--format", "json", "--facts"][..], &given].concat());
    valid(&findings, &serde_json::from_str(&verdict).expect("JSON"), "");
    std::fs::write(plans, "{\"schema\":\"cutover/plan/v1\",\"scenario\":\"x\",\"steps\":[]}").expect("written");
    let verdict = cutover(&[&["verify", plans, "--format", "json", "--facts"][..], &given].concat());
    let json = serde_json::from_str(&verdict).expect("JSON");
    valid(&findings, &json, "");
    let mut broken = json;
    broken["findings"][0]["line"] = "one".into();
    assert!(!findings.is_valid(&broken));
}

#[test]
fn every_difference_validates() {
    let diff = schema("diff");
    let folder = tempfile::tempdir().expect("a folder");
    let other = folder.path().join("other.ndjson");
    let estate = include_str!("../fixtures/estate.ndjson");
    std::fs::write(&other, estate.replace("\"package.msi\":\"valid\"", "\"package.msi\":\"invalid\"")).expect("written");
    let other = other.to_str().expect("UTF-8");
    let given = ["--parameters", "fixtures/estate.yaml", "--format", "json"];
    for pair in [["fixtures/estate.ndjson", other], [other, "fixtures/wave.ndjson"]] {
        let found = cutover(&[&["diff"][..], &pair, &given].concat());
        valid(&diff, &serde_json::from_str(&found).expect("JSON"), "");
    }
    let scenarios = ["scenarios/standalone-mma.yaml", "scenarios/standalone-third-party-av.yaml"];
    let found = cutover(&[&["diff"][..], &scenarios, &["--facts", "fixtures/estate.ndjson"], &given].concat());
    let json: Json = serde_json::from_str(&found).expect("JSON");
    assert_eq!(json["scenarios"][0]["change"], "changed");
    valid(&diff, &json, "");
}

/// Slips in catalog files: what reading refuses an editor underlines too.
const SLIPS: [(&str, &str, &str); 15] = [
    ("mecm-scep.yaml", "mma.workspaces: { lacks", "mma.workspace: { lacks"),
    ("mecm-to-defender-attach.yaml", "os.role: member_server", "os.role: member_servers"),
    ("mecm-to-defender-attach.yaml", "os.core: false }", "os.core: \"no\" }"),
    ("mecm-to-defender-attach.yaml", "on_request: true", "on_requests: true"),
    ("mecm-to-defender-attach.yaml", "title: From", "titel: From"),
    ("mecm-to-defender-attach.yaml", "{ type: guid,", "{ type: guit,"),
    ("catalog/actions.yaml", "{ set: { attach.enrolled: true } }", "{ set: { attach.enroled: true } }"),
    ("catalog/actions.yaml", "{ set: { attach.enrolled: true } }", "{ set: { attach.enrolled: maybe } }"),
    (
        "catalog/actions.yaml",
        "{ remove: { mma.workspaces: $workspace_id } }\n      - { set: { mma.sensor: false } }\n    reboot: never\n    failures:\n      - id: agent-interface",
        "{ remove: { mma.sensor: $workspace_id } }\n      - { set: { mma.sensor: false } }\n    reboot: never\n    failures:\n      - id: agent-interface",
    ),
    (
        "catalog/actions.yaml",
        "    title: Restart the server\n    performed_by: host",
        "    title: Restart the server\n    performed_by: hosts",
    ),
    ("catalog/facts.yaml", "    type: days\n    usual:", "    type: day\n    usual:"),
    ("catalog/facts.yaml", "service: WdNisSvc }", "servise: WdNisSvc }"),
    ("catalog/facts.yaml", "probe: { when: { architecture: AMD64 } }", "probe: { wen: { architecture: AMD64 } }"),
    ("catalog/invariants.yaml", "kind: forbidden_at_rest", "kind: forbidden_at_last"),
    (
        "catalog/article.yaml",
        "kind: footnote\n        says: \"The star marks what only those do who give",
        "kind: foot\n        says: \"The star marks what only those do who give",
    ),
];

#[test]
fn what_reading_refuses_the_schemas_refuse_too() {
    for (path, from, to) in SLIPS {
        let file = Catalog::built_in_files().find(|file| &*file.path == path).expect("a file");
        assert_eq!(file.text.matches(from).count(), 1, "{path}: {from}");
        let broken = of_yaml(&file.text.replace(from, to));
        assert!(!schema(kind_of(path)).is_valid(&broken), "{path} with `{to}` validates");
    }
}

#[test]
fn a_snapshot_with_a_slip_does_not_validate() {
    let snapshot = schema("snapshot");
    let of = |facts: &str| -> Json {
        let text = format!(r#"{{"schema":"cutover/snapshot/v1","host":"a","facts":{facts}}}"#);
        serde_json::from_str(&text).expect("JSON")
    };
    valid(&snapshot, &of(r#"{"os.release":"2016","mma.workspaces":[],"x.mine":{"any":1}}"#), "");
    for facts in [
        r#"{"os.releas":"2016"}"#,
        r#"{"os.release":"2017"}"#,
        r#"{"os.x64":"true"}"#,
        r#"{"mma.workspaces":"none"}"#,
        r#"{"os.build":"6.3.x"}"#,
        r#"{"defender.signature_age":-1}"#,
        r#"{"reboot.reasons":["tuesday"]}"#,
    ] {
        assert!(!snapshot.is_valid(&of(facts)), "{facts} validates");
    }
}

#[test]
fn facts_of_ones_own_are_part_of_the_schema_of_ones_own_catalog() {
    let text = cutover(&["schema", "scenario", "--catalog", "tests/catalogs-of-ones-own/sound"]);
    assert!(text.contains("x.backup"), "the editor completes facts of one's own");
}

#[test]
fn completions_know_every_verb_in_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let text = cutover(&["completions", shell]);
        for word in ["simulate", "explain", "coverage", "without-supplements"] {
            assert!(text.contains(word), "{shell} does not complete {word}");
        }
    }
}

#[test]
fn there_is_a_manual_page_for_the_program_and_for_each_verb() {
    assert!(cutover(&["man"]).contains(".TH cutover 1"));
    let folder = tempfile::tempdir().expect("a folder");
    cutover(&["man", folder.path().to_str().expect("UTF-8")]);
    for page in ["cutover.1", "cutover-plan.1", "cutover-explain.1", "cutover-scenarios-check.1"] {
        let text = std::fs::read_to_string(folder.path().join(page)).unwrap_or_else(|error| panic!("{page}: {error}"));
        assert!(text.contains(".SH OPTIONS"), "{page}");
    }
    let missing = folder.path().join("no/such");
    let output = Command::new(env!("CARGO_BIN_EXE_cutover")).arg("man").arg(missing).output().expect("runs");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn what_is_converted_and_what_is_missing_validate() {
    let snapshot = schema("snapshot");
    for line in cutover(&["facts", "convert", "fixtures/inventory/01-mde", "fixtures/inventory/03-mecm"]).lines() {
        valid(&snapshot, &serde_json::from_str(line).expect("JSON"), "snapshot");
    }
    let missing = cutover(&["facts", "missing", "fixtures/inventory/01-mde", "--format", "json"]);
    valid(&schema("missing"), &serde_json::from_str(&missing).expect("JSON"), "missing");
}

#[test]
fn a_summary_validates_and_so_do_merged_parts() {
    let summary = schema("summary");
    let folder = tempfile::tempdir().expect("a folder");
    for (name, more) in [("one.json", "fixtures/wave.ndjson"), ("two.json", "fixtures/inventory/01-mde")] {
        let text = cutover(&["plan", more, "--summary", "--format", "json"]);
        valid(&summary, &serde_json::from_str(&text).expect("JSON"), more);
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    let part = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let merged = cutover(&["fleet", "merge", &part("one.json"), &part("two.json"), "--format", "ndjson"]);
    valid(&summary, &serde_json::from_str(&merged).expect("JSON"), "merged");
    assert!(!summary.is_valid(&serde_json::json!({ "schema": "cutover/summary/v1" })));
}

#[test]
fn a_mapping_validates_and_what_reading_it_refuses_does_not() {
    let mapping = schema("mapping");
    let good = include_str!("../docs/inventories.md").split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next());
    let good = good.expect("the example of the page");
    let catalog = Catalog::built_in().expect("the catalog");
    cutover::inventory::Mapping::parse(catalog.vocabulary(), good).expect("a mapping");
    valid(&mapping, &of_yaml(good), "mapping");
    for bad in [
        "schema: cutover/mapping/v2\ncolumns: { A: host }\n",
        "schema: cutover/mapping/v1\ncolumns: { A: hosts }\n",
        "schema: cutover/mapping/v1\ncolumns: { A: host, B: { fact: os.releas } }\n",
        "schema: cutover/mapping/v1\ncolumns: { A: host, B: { values: { a: b } } }\n",
        "schema: cutover/mapping/v1\ncolumns: { A: host }\nrows: {}\n",
        "columns: { A: host }\n",
    ] {
        assert!(cutover::inventory::Mapping::parse(catalog.vocabulary(), bad).is_err(), "{bad}");
        assert!(!mapping.is_valid(&of_yaml(bad)), "{bad}");
    }
}

#[test]
fn every_report_of_a_run_every_status_and_every_line_of_a_journal_validates() {
    let (run, status, journal) = (schema("run"), schema("status"), schema("journal"));
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let (snapshot, plan, file) = (path("snapshot.ndjson"), path("plan.json"), path("run.journal"));
    let named = |line: &&str| line.contains("\"mma-ready-2012r2.corp.example\"");
    let line = include_str!("../fixtures/estate.ndjson").lines().find(named).expect("the server");
    std::fs::write(&snapshot, line).expect("written");
    cutover(&["plan", &snapshot, "--parameters", "fixtures/estate.yaml", "--format", "json", "-o", &plan]);
    let apply = ["apply", &plan, "--on", &snapshot, "--format", "json"];
    let resume = ["resume", &file, "--on", &snapshot, "--restart", "--format", "json"];
    for arguments in [
        apply.to_vec(),
        [&apply[..], &["--execute", "--journal", &file]].concat(),
        resume.to_vec(),
        [&resume[..], &["--attest", "assign-policies"]].concat(),
    ] {
        let report: Json = serde_json::from_str(&cutover(&arguments)).expect("JSON");
        valid(&run, &report, "run");
        let mut broken = report;
        broken["steps"] = "many".into();
        assert!(!run.is_valid(&broken));
    }
    valid(&status, &serde_json::from_str(&cutover(&["status", &file, "--format", "json"])).expect("JSON"), "status");
    let text = std::fs::read_to_string(&file).expect("the journal");
    let mut kinds = std::collections::BTreeSet::new();
    for line in text.lines() {
        let line: Json = serde_json::from_str(line).expect("JSON");
        valid(&journal, &line, "journal");
        kinds.insert(line["record"].as_str().expect("a record").to_owned());
        let mut broken = line;
        broken["record"] = "dreamt".into();
        assert!(!journal.is_valid(&broken));
    }
    let expected = ["attested", "begun", "ended", "intent", "outcome", "restart", "restarted", "resumed", "seen"];
    assert_eq!(kinds, expected.map(str::to_owned).into());
}
