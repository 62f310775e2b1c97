//! The formats of a verdict: each is what its readers take, whatever stands in names, paths and facts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::{Desk, Said, lines, recorded};
use quick_junit::{NonSuccessKind, Report, TestCaseStatus};
use serde_json::{Value as Json, json};

/// A name with everything that could end a line, a command, a tag, a link or a sentence, or steer a terminal.
const HOSTILE: &str =
    "a\r\nb ]]> ::error file=x,line=1::boo%0A \"'<&> \u{1b}[2J\u{9b}31m\u{202e} {0} [l](http://x) \u{0}\u{fffe}é";
/// A folder that means something in every format and can be made on every file system here.
const FOLDER: &str = "p,l:a%n <&\"'> ]]> ::x \u{1b}é";

/// A plan of the program for the hostile server, with a step that is none and a fact that has changed to hostile text.
fn hostile() -> (Desk, String) {
    let desk = Desk::new();
    let mut server = recorded("mma-ready-2012r2", &[]);
    server["host"] = json!(HOSTILE);
    server["facts"]["sense.org"] = json!("old");
    desk.put("facts.json", server.to_string());
    let set = ["--set", "workspace_id=7f3c1a52-9d0e-4b86-a5c1-2e8d60b4f917"];
    let plan = desk.run(&[&["plan", "facts.json", "--format", "json"], &set[..]].concat());
    let mut plan: Json = plan.json();
    plan["steps"].as_array_mut().unwrap().push(json!({ "id": format!("step {HOSTILE}"), "decision": HOSTILE }));
    let name = format!("{FOLDER}/plan.json");
    desk.put(&name, serde_json::to_string_pretty(&plan).unwrap());
    server["facts"]["sense.org"] = json!(HOSTILE);
    desk.put("facts.json", server.to_string());
    (desk, name)
}

fn verify(desk: &Desk, plan: &str, format: &str) -> Said {
    desk.run(&["verify", plan, "--facts", "facts.json", "--format", format])
}

/// Nothing that steers a terminal or reorders what is read, but line breaks.
fn is_harmless(text: &str) -> bool {
    let steers = |character: char| character.is_control() && character != '\n' || matches!(character, '\u{202e}' | '\u{feff}');
    !text.chars().any(steers)
}

#[test]
fn no_format_lets_hostile_text_steer_anything() {
    let (desk, plan) = hostile();
    for format in ["text", "json", "junit", "sarif", "github"] {
        let said = verify(&desk, &plan, format);
        assert_eq!(said.status, 1, "{format}: {}", said.stderr);
        assert!(is_harmless(&said.stdout), "{format}: {:?}", said.stdout);
        assert!(said.stdout.contains("plan-unknown-step"), "{format}: {}", said.stdout);
    }
}

#[test]
fn json_keeps_what_it_was_given() {
    let (desk, plan) = hostile();
    let json = verify(&desk, &plan, "json").json();
    assert_eq!((&json["plans"][0]["host"], &json["plans"][0]["file"]), (&json!(HOSTILE), &json!(plan)));
    let found = json["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "plan-unknown-step").unwrap();
    assert_eq!(found["step"], format!("step {HOSTILE}"));
}

#[test]
fn text_underlines_the_place_in_the_file() {
    let desk = Desk::new();
    desk.put("facts.json", recorded("mma-ready-2012r2", &[]).to_string());
    let plan = "schema: cutover/plan/v1\nscenario: standalone-mma\n\n# é\nsteps:\n  - \"restart-fürst\"   # a slip\n";
    desk.put("plan.yaml", plan);
    let said = verify(&desk, "plan.yaml", "text");
    let at = said.stdout.find("plan-unknown-step").expect("the finding");
    let lines: Vec<&str> = said.stdout[at..].lines().take(10).collect();
    assert_eq!(
        lines,
        [
            "plan-unknown-step",
            "",
            "  × the scenario `standalone-mma` has no step `restart-fürst`",
            "   ╭─[plan.yaml:6:5]",
            " 5 │ steps:",
            " 6 │   - \"restart-fürst\"   # a slip",
            "   ·     ───────┬───────",
            "   ·            ╰── expected a step of `standalone-mma`",
            "   ╰────",
            "  help: did you mean `restart-first`?",
        ]
    );
}

/// The test cases as `suite / class / name: status`.
fn cases(report: &Report) -> Vec<String> {
    let mut found = Vec::new();
    for suite in &report.test_suites {
        for case in &suite.test_cases {
            let status = match &case.status {
                TestCaseStatus::Success { .. } => "ok".to_owned(),
                TestCaseStatus::NonSuccess { kind, ty, .. } => {
                    let kind = if *kind == NonSuccessKind::Failure { "failure" } else { "error" };
                    format!("{kind} {}", ty.as_ref().expect("a code").as_str())
                }
                TestCaseStatus::Skipped { .. } => "skipped".to_owned(),
            };
            let class = case.classname.as_ref().expect("a class").as_str();
            found.push(format!("{} / {class} / {}: {status}", suite.name.as_str(), case.name.as_str()));
        }
    }
    found
}

#[test]
fn junit_has_a_case_for_each_plan_and_server() {
    let desk = Desk::new();
    let servers = [
        recorded("mma-ready-2012r2", &[]),
        recorded("scep-done-2012r2", &[]),
        recorded("scep-ready-2012r2", &[("policy.disable_antispyware", Json::Null)]),
        recorded("scep-package-missing-2016", &[]),
    ];
    let mut all: Vec<Json> = servers.to_vec();
    desk.put("facts.json", lines(&all));
    let set = ["--set", "workspace_id=7f3c1a52-9d0e-4b86-a5c1-2e8d60b4f917"];
    let assume = ["--assume", "mecm.application_created=true"];
    let plans = desk.run(&[&["plan", "facts.json", "--format", "ndjson"], &set[..], &assume].concat()).stdout;
    let planned: Vec<&str> = plans.lines().collect();
    desk.put("scep.ndjson", [planned[1], planned[2], planned[3]].join("\n"));
    let host = "mma-ready-2012r2.corp.example";
    desk.put("mma.yaml", format!("schema: cutover/plan/v1\nscenario: standalone-mma\nhost: {host}\nsteps: [instal-mde]\n"));
    all.push(recorded("av-ready-2016", &[]));
    desk.put("facts.json", lines(&all));
    let said = desk
        .run(&[&["verify", "mma.yaml", "scep.ndjson", "--facts", "facts.json", "--format", "junit"], &set[..], &assume].concat());
    assert_eq!(said.status, 1, "{}", said.stderr);
    let report = Report::deserialize_from_str(&said.stdout).expect("JUnit");
    assert_eq!(
        cases(&report),
        [
            // What is wrong with the plan itself comes before what follows on the server.
            "mma.yaml / standalone-mma / mma-ready-2012r2.corp.example: failure plan-unknown-step",
            "scep.ndjson / mecm-scep / scep-done-2012r2.corp.example: ok",
            "scep.ndjson / mecm-scep / scep-ready-2012r2.corp.example: error plan-not-known",
            "scep.ndjson / mecm-scep / scep-package-missing-2016.corp.example: failure plan-blocked",
            "servers without a plan / server / av-ready-2016.corp.example: failure server-without-plan",
        ]
    );
    assert_eq!((report.tests, report.failures, report.errors), (5, 3, 1));
    assert!(!said.stdout.contains("timestamp") && !said.stdout.contains("uuid"), "the same input gives the same bytes");
}

#[test]
fn junit_stays_xml_with_hostile_names() {
    let (desk, plan) = hostile();
    let said = verify(&desk, &plan, "junit");
    let report = Report::deserialize_from_str(&said.stdout).expect("JUnit");
    let case = &report.test_suites[0].test_cases[0];
    assert_eq!((report.tests, report.test_suites.len()), (1, 1));
    assert!(case.name.as_str().starts_with("a\\u{d}\\u{a}b ]]> ::error"), "{:?}", case.name);
    let TestCaseStatus::NonSuccess { description, .. } = &case.status else { panic!("{case:?}") };
    assert!(description.as_ref().unwrap().as_str().contains("plan-unknown-step"));
}

fn sarif_validator() -> jsonschema::Validator {
    let mut schema: Json = serde_json::from_str(include_str!("published/sarif-2.1.0-rtm.5.json")).expect("JSON");
    // One pattern, for languages, has a bracket too many and is no regular expression for this validator.
    for of in ["run", "toolComponent"] {
        let language = schema["definitions"][of]["properties"]["language"].as_object_mut().expect("a property");
        assert_eq!(language.remove("pattern"), Some(json!("^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$")));
    }
    jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema")
}

fn is_valid_sarif(log: &Json) {
    let validator = sarif_validator();
    let errors: Vec<String> = validator.iter_errors(log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn sarif_validates_against_the_published_schema() {
    let desk = Desk::new();
    desk.put("facts.json", include_str!("../fixtures/estate.ndjson"));
    desk.put("estate.yaml", include_str!("../fixtures/estate.yaml"));
    let more = ["--parameters", "estate.yaml"];
    let plans = desk.run(&[&["plan", "facts.json", "--format", "ndjson", "-o", "plans.ndjson"], &more[..]].concat());
    assert_eq!(plans.status, 1);
    let sarif = ["verify", "plans.ndjson", "--facts", "facts.json", "--format", "sarif"];
    let log = desk.run(&[&sarif[..], &more].concat()).json();
    is_valid_sarif(&log);
    let findings =
        desk.run(&[&["verify", "plans.ndjson", "--facts", "facts.json", "--format", "json"], &more[..]].concat()).json();
    let (results, findings) = (&log["runs"][0]["results"], findings["findings"].as_array().unwrap());
    assert_eq!(results.as_array().unwrap().len(), findings.len());
    // The gravest come first, and each names the rule that it is of.
    let rank = |result: &Json| ["error", "warning", "note"].iter().position(|level| result["level"] == *level).expect("a level");
    let ranks: Vec<usize> = results.as_array().unwrap().iter().map(rank).collect();
    assert!(ranks.is_sorted() && ranks.first() == Some(&0) && ranks.last() == Some(&2), "{ranks:?}");
    for result in results.as_array().unwrap() {
        let rule = &log["runs"][0]["tool"]["driver"]["rules"][usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
    }
    let prints: std::collections::HashSet<&str> =
        results.as_array().unwrap().iter().map(|one| one["partialFingerprints"]["cutover/v1"].as_str().unwrap()).collect();
    assert_eq!(prints.len(), findings.len(), "results that differ have fingerprints that differ");
    // A test that could not fail would prove nothing.
    let mut broken = log;
    broken["runs"][0]["results"][0]["level"] = json!("fatal");
    assert!(!sarif_validator().is_valid(&broken));
}

#[test]
fn sarif_stays_valid_with_hostile_names() {
    let (desk, plan) = hostile();
    let log = verify(&desk, &plan, "sarif").json();
    is_valid_sarif(&log);
    let result = &log["runs"][0]["results"][0];
    let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
    assert_eq!(uri, "p%2Cl%3Aa%25n%20%3C%26%22%27%3E%20%5D%5D%3E%20%3A%3Ax%20%1B%C3%A9/plan.json");
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let rule = rules.iter().find(|rule| rule["id"] == "plan-unknown-step").unwrap();
    assert_eq!(rule["shortDescription"]["text"], "The scenario has no such step.");
    let texts: Vec<&str> =
        log["runs"][0]["results"].as_array().unwrap().iter().map(|one| one["message"]["text"].as_str().unwrap()).collect();
    assert!(texts.iter().all(|text| !text.replace("{{", "").contains('{')), "a brace alone would be a placeholder");
    assert!(texts.iter().all(|text| !text.replace("\\[", "").contains('[') || !text.contains("](")), "{texts:#?}");
}

#[test]
fn sarif_of_more_than_five_thousand_findings_says_how_many_it_leaves_off() {
    let desk = Desk::new();
    desk.put("facts.json", recorded("scep-done-2012r2", &[]).to_string());
    // A plan for a server that nobody recorded is one finding.
    let plan = |number: usize| {
        json!({ "schema": "cutover/plan/v1", "scenario": "azure-upgrade", "host": format!("srv{number:04}"), "steps": [] })
            .to_string()
    };
    let count = |plans: usize| {
        desk.put("plans.ndjson", (0..plans).map(|number| plan(number) + "\n").collect::<String>());
        let findings = desk.run(&["verify", "plans.ndjson", "--facts", "facts.json", "--format", "json"]).json();
        let log = desk.run(&["verify", "plans.ndjson", "--facts", "facts.json", "--format", "sarif"]).json();
        is_valid_sarif(&log);
        assert_eq!(log["runs"].as_array().unwrap().len(), 1);
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        (findings["findings"].as_array().unwrap().len(), results)
    };
    // Each has a scenario and a host that do not exist.
    let (findings, results) = count(2500);
    assert_eq!((findings, results.len()), (5000, 5000));
    assert!(results.iter().all(|result| result["ruleId"] != "findings-left-off"));
    let (findings, results) = count(2501);
    assert_eq!((findings, results.len()), (5002, 5000));
    let last = results.last().unwrap();
    assert_eq!((&last["ruleId"], &last["level"]), (&json!("findings-left-off"), &json!("error")));
    assert_eq!(last["properties"], json!({ "leftOff": 3 }));
    assert!(last["message"]["text"].as_str().unwrap().starts_with("3 more findings were left off"), "{last}");
}

/// A workflow command, taken apart as GitHub takes it apart.
fn command(line: &str) -> (String, Vec<(String, String)>, String) {
    let decoded = |text: &str, property: bool| {
        let text = text.replace("%0D", "\r").replace("%0A", "\n");
        let text = if property { text.replace("%3A", ":").replace("%2C", ",") } else { text };
        text.replace("%25", "%")
    };
    let rest = line.strip_prefix("::").unwrap_or_else(|| panic!("no command: {line}"));
    let (head, message) = rest.split_once("::").expect("a message");
    let (name, properties) = head.split_once(' ').expect("properties");
    let properties = properties.split(',').map(|pair| {
        let (key, value) = pair.split_once('=').expect("a property");
        (key.to_owned(), decoded(value, true))
    });
    (name.to_owned(), properties.collect(), decoded(message, false))
}

#[test]
fn github_gets_one_command_for_each_finding_with_its_place() {
    let (desk, plan) = hostile();
    let said = verify(&desk, &plan, "github");
    let json = verify(&desk, &plan, "json").json();
    let findings = json["findings"].as_array().unwrap();
    assert_eq!(said.stdout.lines().count(), findings.len(), "{}", said.stdout);
    for (line, finding) in said.stdout.lines().zip(findings) {
        let (name, properties, message) = command(line);
        let expected = match finding["severity"].as_str() {
            Some("violated") => "error",
            Some("not_known") => "warning",
            _ => "notice",
        };
        assert_eq!(name, expected);
        let of = |key: &str| properties.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
        assert_eq!(of("file"), Some("p,l:a%n <&\"'> ]]> ::x \\u{1b}é/plan.json"));
        assert_eq!(of("line").map(str::to_owned), Some(finding["line"].to_string()));
        assert_eq!(of("col").map(str::to_owned), Some(finding["column"].to_string()));
        assert_eq!(of("title"), finding["code"].as_str());
        assert!(message.contains(&format!("\nexpected {}", finding["expected"].as_str().unwrap())), "{message}");
    }
}
