//! `cutover diff`: two things that are the same, one thing of them changed, and exactly what is said of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::{Desk, Said, lines, recorded};
use cutover::catalog::Catalog;
use serde_json::{Value as Json, json};

const SERVER: &str = "mma-ready-2012r2";
const HOST: &str = "mma-ready-2012r2.corp.example";
const GIVEN: [&str; 2] = ["--set", "workspace_id=7f3c1a52-9d0e-4b86-a5c1-2e8d60b4f917"];

/// Compares servers as they were with servers as they are.
fn servers(before: &[Json], after: &[Json], more: &[&str]) -> Said {
    let desk = Desk::new();
    desk.put("before.ndjson", lines(before));
    desk.put("after.ndjson", lines(after));
    desk.run(&[&["diff", "before.ndjson", "after.ndjson"], &GIVEN[..], more].concat())
}

/// The plan of the program for a server.
fn plan(server: &Json, more: &[&str]) -> Json {
    let desk = Desk::new();
    desk.put("facts.json", server.to_string());
    desk.run(&[&["plan", "facts.json", "--format", "json"], &GIVEN[..], more].concat()).json()
}

fn plans(first: &Json, second: &Json, more: &[&str]) -> Said {
    let desk = Desk::new();
    desk.put("a.json", first.to_string());
    desk.put("b.yaml", second.to_string());
    desk.run(&[&["diff", "a.json", "b.yaml"], more].concat())
}

#[test]
fn what_is_the_same_is_a_yes() {
    let estate: Vec<Json> =
        include_str!("../fixtures/estate.ndjson").lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let said = servers(&estate, &estate, &[]);
    assert_eq!((said.status, said.stdout.as_str()), (0, "74 servers are the same\n"));
    let reversed: Vec<Json> = estate.iter().rev().cloned().collect();
    let json = servers(&estate, &reversed, &["--format", "json"]).json();
    assert_eq!((&json["equal"], &json["servers"]), (&json!(true), &json!([])), "the order of the servers says nothing");
    let plan = plan(&estate[0], &[]);
    assert_eq!(plans(&plan, &plan, &[]).stdout, "1 server is the same\n");
    assert_eq!(Desk::new().run(&["diff", scenarios(), scenarios()]).stdout, "7 scenarios are the same\n");
}

fn scenarios() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios")
}

#[test]
fn a_package_that_is_damaged_is_the_cause_of_everything_that_follows() {
    let damaged: &[(&str, Json)] = &[("package.msi", json!("invalid")), ("os.build", json!("6.3.9600.21620"))];
    let said = servers(&[recorded(SERVER, &[])], &[recorded(SERVER, damaged)], &[]);
    // Of the two facts that differ no rule tells the newer build apart.
    let expected = format!(
        "{HOST}: ready -> blocked
  because  package.msi  valid -> invalid
  install-mde  perform -> perform, refused (package.msi)
  (14 steps the same)

1 server differs
"
    );
    assert_eq!((said.status, said.stdout), (1, expected));
}

#[test]
fn an_exposure_that_no_longer_closes_is_said_where_it_takes_as_long_as_before() {
    let first = plan(&recorded(SERVER, &[]), &[]);
    let mut second = first.clone();
    second["status"] = json!("blocked");
    second["blockers"] =
        json!([{ "step": "install-mde", "fact": "package.msi", "is": "invalid", "needs": "valid", "remedy": "" }]);
    second["facts_read"]["package.msi"] = json!("invalid");
    let exposures = second["exposures"].as_array_mut().unwrap();
    exposures.iter_mut().find(|one| one["invariant"] == "antivirus-gap").expect("the gap")["closes"] = Json::Null;
    let mut pair = [first, second];
    for plan in &mut pair {
        plan["host"] = json!("srv-app01");
        plan["steps"].as_array_mut().unwrap().truncate(10);
    }
    let expected = "srv-app01: ready -> blocked
  because  package.msi  valid -> invalid
  install-mde  perform -> perform, refused (package.msi)
  antivirus-gap  15 -> 15 minutes, no longer closes
  (9 steps the same)

1 server differs
";
    assert_eq!(plans(&pair[0], &pair[1], &[]).stdout, expected);
}

#[test]
fn stretches_of_one_exposure_are_compared_by_their_sum() {
    let first = plan(&recorded(SERVER, &[]), &[]);
    // The gap of 15 minutes and 2 steps, with 1 restart inside, and another one after it.
    let with = |closes: Json| {
        let mut second = first.clone();
        let stretch = json!({
            "invariant": "antivirus-gap", "opens": "onboard", "closes": closes, "minutes": 7, "reboots": 3, "steps": 4
        });
        second["exposures"].as_array_mut().unwrap().push(stretch);
        plans(&first, &second, &[]).stdout
    };
    let lines = |text: &str| text.lines().filter(|line| line.contains("antivirus-gap")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(
        lines(&with(json!("assign-policies"))),
        ["  antivirus-gap  15 -> 22 minutes, 1 -> 4 restarts inside, 2 -> 6 steps"]
    );
    // It closes only where each of the two does.
    assert_eq!(
        lines(&with(Json::Null)),
        ["  antivirus-gap  15 -> 22 minutes, 1 -> 4 restarts inside, 2 -> 6 steps, no longer closes"]
    );
}

#[test]
fn a_step_that_is_no_longer_needed_shortens_what_it_opened() {
    let said = servers(&[recorded(SERVER, &[])], &[recorded(SERVER, &[("scep.installed", json!(false))])], &[]);
    // Without SCEP there is no antivirus from the start; how long it takes to the installation is the workspace's minute and
    // the installation's five, since no restart can come of a removal that is not there.
    let expected = format!(
        "{HOST}: ready as before, but
  because  scep.installed  true -> false
  uninstall-scep  perform -> already so
  restart-again  check first -> already so
  antivirus-gap  15 -> 6 minutes, 1 -> 0 restarts inside
  sensor-gap  42 -> 27 minutes, 2 -> 1 restarts inside, 6 -> 4 steps
  restarts  0-2 -> 0-1
  (13 steps the same)

1 server differs
"
    );
    assert_eq!(said.stdout, expected);
}

#[test]
fn facts_that_reasons_name_come_first_and_many_are_cut() {
    let many: &[(&str, Json)] = &[
        ("policy.disable_antispyware", json!(true)),
        ("package.msi", json!("invalid")),
        ("package.onboarding", json!("missing")),
        ("sense.autostart", json!(true)),
        ("policy.force_passive", json!(true)),
        ("defender.leftover", json!(true)),
        ("third_party.pushed", json!(true)),
    ];
    let json = servers(&[recorded(SERVER, &[])], &[recorded(SERVER, many)], &["--format", "json"]).json();
    let names: Vec<&str> =
        json["servers"][0]["because"].as_array().unwrap().iter().map(|cause| cause["name"].as_str().unwrap()).collect();
    let refused: Vec<&str> = json["servers"][0]["steps"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|step| step["to"]["refused"].as_array().into_iter().flatten().map(|name| name.as_str().unwrap()))
        .collect();
    assert_eq!(names[0], refused[0], "what refuses a step comes first: {names:?}");
    assert!(names.len() > 5 && names.contains(&"package.onboarding"), "{names:?}");
    let text = servers(&[recorded(SERVER, &[])], &[recorded(SERVER, many)], &[]).stdout;
    assert_eq!(text.matches("  because  ").count(), 6, "{text}");
    assert!(text.contains(&format!("  because  {} more\n", names.len() - 5)), "{text}");
}

#[test]
fn what_becomes_known_or_unknown_is_a_cause() {
    let unread = recorded(SERVER, &[("policy.disable_antispyware", Json::Null)]);
    let said = servers(&[unread], &[recorded(SERVER, &[])], &[]);
    let expected = format!(
        "{HOST}: ready if -> ready
  because  policy.disable_antispyware  not known -> false
  install-mde  perform, to confirm (policy.disable_antispyware) -> perform
  onboard  perform, to confirm (policy.disable_antispyware) -> perform
  (13 steps the same)

1 server differs
"
    );
    assert_eq!(said.stdout, expected);
    let said = servers(&[recorded(SERVER, &[])], &[recorded(SERVER, &[("os.release", Json::Null)])], &["--format", "json"]);
    let others = said.json()["servers"][0]["others"].clone();
    assert!(others.as_array().unwrap().contains(&json!({ "place": "unknown", "about": "os.release", "new": true })), "{others}");
}

#[test]
fn another_scenario_is_said_with_what_speaks_for_it() {
    let said = servers(&[recorded(SERVER, &[])], &[recorded(SERVER, &[("mecm.client", json!(true))])], &["--format", "json"]);
    let server = &said.json()["servers"][0];
    assert_eq!(server["scenario"], json!({ "from": "standalone-mma", "to": "mecm-scep" }));
    assert_eq!(server["because"][0], json!({ "kind": "fact", "name": "mecm.client", "from": false, "to": true }));
    let steps = server["steps"].as_array().unwrap();
    // Whether the collection has the server already nobody recorded.
    let new = steps.iter().find(|step| step["step"] == "create-collection").expect("a step of the other scenario");
    assert_eq!((&new["from"], &new["to"]["decision"]), (&Json::Null, &json!("check_first")));
}

#[test]
fn between_servers_that_nothing_is_for_there_is_no_difference_but_there_is_to_one_that_it_is_for() {
    let (good, none) = (recorded(SERVER, &[]), recorded(SERVER, &[("os.release", json!("2019"))]));
    // It is left as it is, whatever else is so there.
    let other = recorded(SERVER, &[("os.release", json!("2019")), ("package.msi", json!("invalid"))]);
    assert_eq!(servers(std::slice::from_ref(&none), &[other], &[]).stdout, "1 server is the same\n");
    let status = |before: &Json, after: &Json| {
        let pair = [std::slice::from_ref(before), std::slice::from_ref(after)];
        servers(pair[0], pair[1], &["--format", "json"]).json()["servers"][0]["status"].clone()
    };
    assert_eq!(status(&good, &none), json!({ "from": "ready", "to": "not_applicable" }));
    assert_eq!(status(&none, &good), json!({ "from": "not_applicable", "to": "ready" }));
    // Where the same scenario is meant by name, its standing is still another one.
    let (good, none) = (plan(&good, &["--scenario", "standalone-mma"]), plan(&none, &["--scenario", "standalone-mma"]));
    assert_eq!((&good["scenario"], &none["scenario"]), (&json!("standalone-mma"), &json!("standalone-mma")));
    assert!(plans(&good, &none, &[]).stdout.starts_with(&format!("{HOST}: ready -> not applicable\n")));
    // And nothing for the one scenario is not the same as nothing for the other.
    let mut another = none.clone();
    another["scenario"] = json!("mecm-scep");
    assert_eq!(plans(&none, &none, &[]).status, 0);
    assert_eq!(plans(&none, &another, &[]).status, 1);
}

#[test]
fn servers_that_only_one_has_are_said_and_compared_by_name() {
    let (one, two) = (recorded(SERVER, &[]), recorded("scep-done-2012r2", &[]));
    let mut upper = one.clone();
    upper["host"] = json!(HOST.to_uppercase());
    let said = servers(&[one.clone(), two.clone()], &[upper], &[]);
    let expected =
        "scep-done-2012r2.corp.example: only in the first (done)\n\n1 server only in the first, 1 server is the same\n";
    assert_eq!((said.status, said.stdout.as_str()), (1, expected));
    let said = servers(std::slice::from_ref(&one), &[one.clone(), two.clone()], &[]);
    let expected =
        "scep-done-2012r2.corp.example: only in the second (done)\n\n1 server only in the second, 1 server is the same\n";
    assert_eq!(said.stdout, expected);
    let both = [one.clone(), two.clone()];
    assert_eq!(servers(&both, std::slice::from_ref(&one), &["--host", HOST]).stdout, "1 server is the same\n");
    servers(&both, &both, &["--host", "nobody"]).is_refused(&["neither has a server `nobody`"]);
}

#[test]
fn another_order_moves_as_few_steps_as_can_be() {
    let server = recorded(SERVER, &[]);
    let said = plans(&plan(&server, &[]), &plan(&server, &["--order", "least-exposure"]), &[]);
    let expected = format!(
        "{HOST}: ready as before, but
  assign-policies  moved below install-prerequisites
  uninstall-scep  moved below assign-policies
  remove-mma-workspace  moved below onboard
  clear-passive-policy  moved below remove-mma-workspace
  restart-last  moved below clear-passive-policy
  sensor-gap  42 minutes -> none
  unconfigured-antivirus  52 minutes -> none
  (10 steps the same)

1 server differs
"
    );
    assert_eq!(said.stdout, expected);
}

#[test]
fn parameters_catalogs_and_budgets_are_causes_and_differences_too() {
    let server = recorded(SERVER, &[]);
    let first = plan(&server, &[]);
    let mut second = plan(&server, &["--set", "org_id=c41d7e90-58ab-4f3d-b6e2-91a7035fd8cc"]);
    second["catalog"] = json!("blake3:0123456789abcdef");
    second["budget"] = json!({ "restarts": 2 });
    let text = plans(&first, &second, &[]).stdout;
    let digest = first["catalog"].as_str().unwrap();
    let expected = format!(
        "{HOST}: ready as before, but
  because  catalog  {} -> blake3:01234567
  because  parameter org_id  not given -> c41d7e90-58ab-4f3d-b6e2-91a7035fd8cc
  budget  none -> restarts 2
  (15 steps the same)

1 server differs
",
        &digest[..15]
    );
    assert_eq!(text, expected);
    // Another catalog alone that comes to the same plan is no difference.
    let mut other = first.clone();
    other["catalog"] = json!("blake3:0123456789abcdef");
    assert_eq!(plans(&first, &other, &[]).status, 0);
}

#[test]
fn plans_written_by_hand_are_compared_by_what_they_say() {
    let desk = Desk::new();
    let one = "schema: cutover/plan/v1\nscenario: standalone-mma\nsteps: [remove-mma-workspace, uninstall-scep, install-mde, onboard]\n";
    desk.put("a.yaml", one);
    desk.put("b.yaml", one.replace("uninstall-scep, install-mde", "install-mde, uninstall-scep").replace(", onboard", ""));
    let expected = "every server of standalone-mma: changed
  uninstall-scep  moved below install-mde
  onboard  listed -> not there
  (2 steps the same)

1 server differs
";
    // Of two neighbours that changed places either can be said to have moved.
    let said = desk.run(&["diff", "a.yaml", "b.yaml"]).stdout;
    assert_eq!(said, expected);
    // A plan by hand need not list what the program leaves out.
    let server = recorded(SERVER, &[]);
    let written = format!(
        "schema: cutover/plan/v1\nscenario: standalone-mma\nhost: {HOST}\nparameters: {{ workspace_id: 7f3c1a52-9d0e-4b86-a5c1-2e8d60b4f917 }}\nsteps: [remove-mma-workspace, uninstall-scep, restart-again, install-mde, apply-updates, restart-last, onboard, assign-policies]\n"
    );
    desk.put("a.yaml", &written);
    desk.put("b.json", plan(&server, &[]).to_string());
    assert_eq!(desk.run(&["diff", "a.yaml", "b.json"]).stdout, "1 server is the same\n");
    assert_eq!(desk.run(&["diff", "b.json", "a.yaml"]).stdout, "1 server is the same\n");
    desk.put("a.yaml", written.replace("restart-again, ", ""));
    assert!(desk.run(&["diff", "a.yaml", "b.json"]).stdout.contains("  restart-again  not there -> check first\n"));
}

/// A built-in scenario's file with parts replaced.
fn version(id: &str, changes: &[(&str, &str)]) -> String {
    let path = format!("{id}.yaml");
    let file = Catalog::built_in_files().find(|file| *file.path == *path).expect("a scenario");
    let mut text = file.text.to_string();
    for (from, to) in changes {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text = text.replace(from, to);
    }
    text
}

fn versions(changes: &[(&str, &str)], more: &[&str]) -> Said {
    let desk = Desk::new();
    desk.put("old.yaml", version("standalone-mma", &[]));
    desk.put("new.yaml", version("standalone-mma", changes));
    desk.put("facts.json", recorded(SERVER, &[]).to_string());
    desk.run(&[&["diff", "old.yaml", "new.yaml"], more].concat())
}

#[test]
fn versions_of_a_scenario_are_compared_by_what_each_part_means() {
    for (changes, line) in [
        (
            &[("  mecm.client: false\n", "  mecm.client: false\n  os.core: false\n")][..],
            "chosen where  now also os.core is false",
        ),
        (&[("os.x64: true, ", "")], "supports  no longer os.x64 is true"),
        (&[("  policy.assigned: true\n", "")], "goal  no longer policy.assigned is true"),
        (
            &[("org_id: { type: guid, optional: true,", "org_id: { type: guid,")],
            "parameter org_id  guid, optional -> guid, required",
        ),
        (
            &[("default: cutover,", "default: console,")],
            "parameter host_steps  choice of cutover, console, cutover where it is not given -> choice of cutover, console, console where it is not given",
        ),
        (
            &[("title: Server without", "title: A server without")],
            "title  Server without Configuration Manager that has the MMA-based sensor -> A server without Configuration Manager that has the MMA-based sensor",
        ),
        (&[("with: { passive: false }", "with: { passive: true }")], "install-mde  with passive: never -> passive: always"),
        (
            &[("when: { sense.onboarded: false }", "when: { sense.onboarded: false, os.core: false }")],
            "apply-updates  now only where os.core is false",
        ),
        (
            &[(
                "{ step: install-mde, kind: technical, because: onboarding",
                "{ step: restart-last, kind: procedural, because: onboarding",
            )],
            "onboard  follows install-mde (technical) -> restart-last (procedural)",
        ),
    ] {
        let said = versions(changes, &[]);
        let lines: Vec<&str> = said.stdout.lines().collect();
        assert_eq!(lines[0], "standalone-mma: changed", "{}{}", said.stdout, said.stderr);
        assert!(lines.contains(&format!("  {line}").as_str()), "{line}\n{}", said.stdout);
        assert_eq!((said.status, *lines.last().unwrap()), (1, "1 scenario differs"));
    }
    // Comments, spaces and the order of keys mean nothing.
    let said = versions(&[("id: standalone-mma\n", "# a comment\nid:    standalone-mma\n")], &[]);
    assert_eq!((said.status, said.stdout.as_str()), (0, "1 scenario is the same\n"));
}

#[test]
fn steps_that_came_went_or_moved_are_named_with_their_place() {
    let policies = "  - id: assign-policies\n    action: assign-policies\n    article: \"6\"\n";
    let said = versions(&[(policies, "")], &[]);
    assert!(said.stdout.contains("  assign-policies  removed; it stood below onboard\n"), "{}{}", said.stdout, said.stderr);
    let said = versions(&[(policies, ""), ("steps:\n", &format!("steps:\n{policies}"))], &[]);
    let expected = "standalone-mma: changed
  assign-policies  moved: below onboard -> at the top
  (14 steps the same)

1 scenario differs
";
    assert_eq!(said.stdout, expected);
    let again = "  - id: restart-once-more\n    action: restart\n    supplement: to be sure\n";
    let said = versions(&[(policies, &format!("{policies}{again}"))], &[]);
    assert!(said.stdout.contains("  restart-once-more  added below assign-policies\n"), "{}", said.stdout);
}

#[test]
fn with_facts_a_version_is_compared_by_what_it_comes_to() {
    let policies = "  - id: assign-policies\n    action: assign-policies\n    article: \"6\"\n";
    let more = ["--facts", "facts.json", GIVEN[0], GIVEN[1]];
    let said = versions(&[(policies, "")], &more);
    let server = said.stdout.split("\n\n").nth(1).expect("the server");
    // Nothing assigns the policies any more, and so the plan misses its goal.
    let expected = format!(
        "{HOST}: ready -> blocked
  assign-policies  perform -> not there
  unconfigured-antivirus  52 -> 22 minutes, 4 -> 3 steps, no longer closes
  goal  missed now (policy.assigned)
  (14 steps the same)"
    );
    assert_eq!(server, expected);
    assert!(said.stdout.ends_with("1 scenario differs, 1 server differs\n"), "{}", said.stdout);
    // A comment changes the digest, and nothing else.
    assert_eq!(versions(&[("steps:\n", "steps: # in order\n")], &more).stdout, "1 scenario is the same, 1 server is the same\n");
}

#[test]
fn catalogs_are_compared_scenario_by_scenario_with_what_their_actions_do() {
    let desk = Desk::new();
    for file in Catalog::built_in_files() {
        desk.put(&format!("one/{}", file.path), &*file.text);
        let mut text = file.text.to_string();
        if &*file.path == "catalog/actions.yaml" {
            let at = text.find("  - id: onboard\n").unwrap();
            let minutes = at + text[at..].find("minutes: 2").unwrap();
            text.replace_range(minutes..minutes + "minutes: 2".len(), "minutes: 4");
        }
        desk.put(&format!("two/{}", file.path), text);
    }
    desk.put("two/attach-again.yaml", version("mecm-to-defender-attach", &[("id: mecm-to-defender-attach", "id: attach-again")]));
    let said = desk.run(&["diff", "one", "two", "--scenario", "standalone-mma"]);
    let expected = "standalone-mma: changed\n  onboard  2 -> 4 minutes\n  (14 steps the same)\n\n1 scenario differs\n";
    assert_eq!((said.status, said.stdout.as_str()), (1, expected), "{}", said.stderr);
    let all = desk.run(&["diff", "one", "two"]).stdout;
    assert!(all.starts_with("attach-again: only in the second\n\nmecm-scep: changed\n  onboard  2 -> 4 minutes\n"), "{all}");
    // The script and the way to Defender attach do not onboard by hand, and Azure does not either.
    assert!(all.ends_with("5 scenarios differ, 3 scenarios are the same\n"), "{all}");
    desk.run(&["diff", "one", "two", "--scenario", "standalone-mna"]).is_refused(&["did you mean `standalone-mma`?"]);
}

/// What is said of the steps of a scenario where the actions of a second catalog say `to` for `from`.
fn actions(from: &str, to: &str, scenario: &str) -> Vec<String> {
    let desk = Desk::new();
    for file in Catalog::built_in_files() {
        desk.put(&format!("one/{}", file.path), &*file.text);
        let mut text = file.text.to_string();
        if &*file.path == "catalog/actions.yaml" {
            assert!(text.contains(from), "{from}");
            text = text.replace(from, to);
        }
        desk.put(&format!("two/{}", file.path), text);
    }
    let said = desk.run(&["diff", "one", "two", "--scenario", scenario]);
    said.stdout.lines().skip(1).take_while(|line| !line.starts_with("  (")).map(|line| line.trim().to_owned()).collect()
}

#[test]
fn what_actions_change_is_said_as_each_step_of_a_scenario_has_it() {
    let passive = "{ set: { defender.mode: passive }, when: { $passive: true } }";
    let active = "{ set: { defender.mode: active }, when: { $passive: false } }";
    let sensor = "{ remove: { mma.workspaces: $workspace_id } }";
    let third_party = "{ only: [] }, third_party.antivirus: none";
    for (from, to, scenario, said) in [
        // Here the package is never installed passive.
        (passive, "{ set: { defender.mode: none }, when: { $passive: true } }", "standalone-mma", &[][..]),
        (
            active,
            "{ set: { defender.mode: passive }, when: { $passive: false } }",
            "standalone-mma",
            &["install-mde  leaves: defender.mode becomes active -> defender.mode becomes passive"],
        ),
        (
            active,
            "{ set: { defender.mode: active }, when: { os.core: false } }",
            "standalone-mma",
            &["install-mde  leaves: defender.mode becomes active -> defender.mode becomes active where os.core is false"],
        ),
        (
            sensor,
            "{ add: { mma.workspaces: [$workspace_id, other] } }",
            "standalone-mma",
            &["remove-mma-workspace  leaves: mma.workspaces loses $workspace_id -> mma.workspaces gets $workspace_id, other"],
        ),
        (
            "{ update.tdh: \">= 6.3.9600.17958\",",
            "{ update.tdh: \"<= 6.3.9600.17958\",",
            "standalone-mma",
            &[
                "install-prerequisites  leaves: update.tdh becomes at least 6.3.9600.17958 after a restart -> update.tdh becomes at most 6.3.9600.17958 after a restart",
            ],
        ),
        (
            third_party,
            "{ only: [other] }, third_party.antivirus: { unknown: nobody looked }",
            "standalone-third-party-av",
            &[
                "remove-third-party  no longer leaves: third_party.products keeps nothing",
                "remove-third-party  no longer leaves: third_party.antivirus becomes none",
                "remove-third-party  now leaves: third_party.products keeps only other",
                "remove-third-party  now leaves: third_party.antivirus becomes unknown: nobody looked",
            ],
        ),
    ] {
        assert_eq!(actions(from, to, scenario), said, "{from} {to}");
    }
}

#[test]
fn what_cannot_be_compared_says_what_each_is() {
    let desk = Desk::new();
    let server = recorded(SERVER, &[]);
    desk.put("facts.json", server.to_string());
    desk.put("plan.json", plan(&server, &[]).to_string());
    desk.put("scenario.yaml", version("standalone-mma", &[]));
    desk.put("notes.yaml", "hello: world\n");
    desk.put("empty.json", "[]");
    desk.put("cut.json", "{\"schema\":\"cutover/plan/v1\",\"steps\":[");
    desk.put("empty/readme", "");
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain("{}".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    desk.put("wide.json", wide);
    for (first, second, words) in [
        ("facts.json", "plan.json", "`facts.json` is snapshots, and `plan.json` is plans"),
        ("scenario.yaml", "plan.json", "`scenario.yaml` is a scenario, and `plan.json` is plans"),
        ("plan.json", scenarios(), "is a catalog"),
        ("plan.json", "notes.yaml", "notes.yaml: is nothing that can be compared"),
        ("plan.json", "empty.json", "empty.json: is nothing that can be compared"),
        ("plan.json", "no.json", "no.json: cannot be read"),
        ("plan.json", "empty", "empty: the folder holds no file to compare"),
        ("plan.json", "cut.json", "cut.json:1:37: EOF while parsing"),
        ("plan.json", "wide.json", "expected UTF-8, found UTF-16"),
    ] {
        desk.run(&["diff", first, second]).is_refused(&[words]);
    }
    desk.run(&["diff", "plan.json", "plan.json", "--facts", "facts.json"])
        .is_refused(&["--facts is for two versions of a scenario"]);
    let plan = std::fs::read_to_string(desk.path("plan.json")).unwrap();
    desk.put("twice.ndjson", format!("{plan}\n{plan}\n"));
    desk.run(&["diff", "plan.json", "twice.ndjson"]).is_refused(&["twice.ndjson:2:2: there are two plans for", "twice.ndjson:1"]);
    desk.run(&["diff", "plan.json", "plan.json", "--host", "x"]).is_refused(&["neither has a server `x`"]);
    desk.run(&["diff", "plan.json"]).is_refused(&["<B>"]);
    desk.run(&["diff", "plan.json", "plan.json", "-o", "no/such/file"]).is_refused(&["cannot be written"]);
    desk.put("broken.yaml", version("standalone-mma", &[("action: onboard", "action: onbord")]));
    desk.run(&["diff", "scenario.yaml", "broken.yaml"])
        .is_refused(&["did you mean `onboard`?", "broken.yaml: the catalog cannot be used"]);
}

#[test]
fn hostile_names_steer_nothing() {
    let name = "a\u{1b}[2J\nb\u{9b}31m\u{202e}";
    let (mut before, mut after) = (recorded(SERVER, &[]), recorded(SERVER, &[("package.msi", json!("invalid"))]));
    before["host"] = json!(name);
    after["host"] = json!(name);
    before["facts"]["sense.org"] = json!(name);
    for format in ["text", "json"] {
        let said = servers(std::slice::from_ref(&before), std::slice::from_ref(&after), &["--format", format]);
        let steers = |character: char| character.is_control() && character != '\n' || character == '\u{202e}';
        assert!(!said.stdout.chars().any(steers), "{:?}", said.stdout);
    }
    assert_eq!(servers(&[before], &[after], &["--format", "json"]).json()["servers"][0]["host"], name);
}
