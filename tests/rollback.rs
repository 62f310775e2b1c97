//! The way back: `plan --rollback-from STEP`, and what every plan says of its own ways back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::{Desk, Server, View, catalog, lines, recorded, server};
use cutover::fact::{Abstract, Value};
use cutover::plan::{Plan, WaysBack};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// The way back of a server from a step, as others see it, and the antivirus mode before it and after each of its steps.
fn back(server: &Server, step: &str) -> (View, Vec<Abstract>) {
    let plan = server.plan();
    let ways = WaysBack::of(&plan).expect("a scenario");
    let back = ways.plan(plan.step(step).expect("the step"));
    (View::of(&back), modes(&back))
}

fn modes(plan: &Plan<'_>) -> Vec<Abstract> {
    let mode = catalog().vocabulary().find("defender.mode").expect("the fact");
    plan.states.iter().map(|state| state.now[mode.index()].clone()).collect()
}

fn active() -> Abstract {
    Abstract::Exactly(Value::Choice(Arc::from("active")))
}

fn strings(list: &Json) -> Vec<&str> {
    list.as_array().expect("a list").iter().map(|one| one.as_str().expect("text")).collect()
}

const GONE: &str = "SCEP has to be redeployed from Configuration Manager";

#[test]
fn after_scep_is_gone_there_is_no_way_back_and_going_on_is_offered() {
    for (step, go_on) in [
        ("install-mde", vec!["apply-updates", "restart-last", "onboard", "assign-policies"]),
        ("onboard", vec!["assign-policies"]),
    ] {
        let (view, _) = back(&server("2012r2-scep"), step);
        let rollback = &view.json["rollback"];
        assert_eq!(view.status(), "blocked", "{step}");
        assert_eq!(rollback["no_return"], json!({ "step": "uninstall-scep", "why": GONE }), "{step}");
        // Offboarding is not needed yet, and taking the unified solution off would leave no antivirus.
        assert_eq!(view.order(), [""; 0], "{step}");
        assert_eq!(view.blockers(), ["goal: "], "{step}");
        assert_eq!(view.blocker(0, "invariant"), "antivirus-gap", "{step}");
        assert_eq!(strings(&rollback["go_on"]), go_on, "{step}");
        assert_eq!(view.goal(), &json!(false), "{step}");
    }
}

#[test]
fn before_scep_is_gone_everything_is_undone_the_last_step_first() {
    let (view, _) = back(&server("2012r2-scep"), "remove-mma-workspace");
    let undone = [
        "undo-remove-mma-workspace",
        "undo-deploy-application",
        "undo-release-endpoint-protection",
        "undo-create-application",
        "undo-create-collection",
    ];
    assert_eq!((view.status(), view.done()), ("ready", undone.map(str::to_owned).to_vec()));
    assert_eq!((&view.json["rollback"]["no_return"], &view.json["rollback"]["go_on"]), (&Json::Null, &json!([])));
    let first = &view.json["steps"][0];
    assert_eq!(
        (&first["undoes"], &first["scope"], &first["minutes"]),
        (&json!("remove-mma-workspace"), &json!("host"), &json!(1))
    );
    assert!(first["by_hand"].as_str().expect("text").contains("AddCloudWorkspace"));
    // The old sensor reports again, which it did before.
    assert_eq!(view.exposures("sensor-gap"), ["null..undo-remove-mma-workspace 1 1 0"]);
    assert_eq!(view.goal(), &json!(true));
}

#[test]
fn on_2016_it_is_offboarded_and_uninstalled_while_defender_stays_active_throughout() {
    let migrating = server("2016-standalone").with("package.offboarding", "valid");
    let (view, modes) = back(&migrating, "onboard");
    assert_eq!(view.status(), "ready");
    assert_eq!(view.done(), ["offboard", "uninstall-mde", "undo-remove-mma-workspace", "restart"]);
    assert_eq!(view.decision("restart"), "check_first", "uninstalling may need it");
    // What it rests on is the server as the steps left it, and not as it was before them.
    assert_eq!(view.json["facts_read"]["sense.onboarded"], json!(true));
    assert_eq!(modes, vec![active(); modes.len()]);
    assert_eq!(view.exposures("antivirus-gap"), [""; 0]);
    // Between offboarding and adding the workspace again nothing reports: that is said.
    assert_eq!(view.exposures("sensor-gap"), ["offboard..undo-remove-mma-workspace 2 6 0"]);
    // Where there never was an old sensor, the two actions are all.
    let without = migrating.with("mma.installed", "false").with("mma.workspaces", "").with("mma.sensor", "false");
    let (view, modes) = back(&without, "onboard");
    assert_eq!((view.status(), view.done()), ("ready", ["offboard", "uninstall-mde", "restart"].map(str::to_owned).to_vec()));
    assert_eq!(modes, vec![active(); modes.len()]);
}

#[test]
fn what_the_way_back_requires_is_judged_before_its_first_step() {
    let missing = server("2016-standalone");
    let (view, _) = back(&missing, "onboard");
    assert_eq!(view.blockers(), ["offboard: package.offboarding valid"]);
    assert_eq!((view.status(), &view.json["rollback"]["no_return"]), ("blocked", &Json::Null), "that can be remedied");
    let (view, _) = back(&missing.unknown("package.offboarding"), "onboard");
    assert_eq!(view.confirm(), ["offboard: package.offboarding valid @start"]);
    assert_eq!(view.status(), "ready_if");
}

#[test]
fn what_protects_and_is_undone_by_hand_stays() {
    // Two active products without exclusions: with the exclusions they are at least told to leave each other alone.
    let both = server("2016-third-party").with("third_party.antivirus", "active").with("exclusions.mutual", "false");
    let (view, _) = back(&both, "set-mutual-exclusions");
    let why = "without it there would be two-active-antivirus";
    assert_eq!(view.json["rollback"]["stays"], json!([{ "step": "set-mutual-exclusions", "why": why }]));
    assert_eq!((view.status(), view.done()), ("done", vec![]), "there is nothing to undo, and no restart is due");
}

#[test]
fn without_knowing_whether_a_step_will_be_done_it_is_not_known_what_to_undo() {
    let unread = server("2016-standalone").with("package.offboarding", "valid").unknown("sense.installed");
    assert_eq!(unread.view().decision("install-mde"), "check_first");
    let (view, _) = back(&unread, "onboard");
    assert_eq!((view.status(), view.order()), ("undetermined", vec![]));
    assert_eq!(view.unknowns(), ["sense.installed: install-mde"]);
    assert_eq!(view.goal(), &Json::Null);
    let outlook =
        unread.view().json["way_back"].as_array().unwrap().iter().find(|one| one["from"] == "onboard").cloned().unwrap();
    assert_eq!(outlook["undecided"], json!(["install-mde"]));
}

#[test]
fn a_plan_lists_the_way_back_from_each_of_its_steps() {
    let json = server("2012r2-scep").view().json;
    let of = |step: &str| json["way_back"].as_array().unwrap().iter().find(|one| one["from"] == step).cloned();
    assert_eq!(of("create-collection").unwrap()["steps"], json!(["undo-create-collection"]));
    assert_eq!(of("uninstall-scep").unwrap()["no_return"], json!({ "step": "uninstall-scep", "why": GONE }));
    assert_eq!(of("assign-policies").unwrap()["steps"], json!([]));
    assert_eq!(of("enable-defender"), None, "it is not done on this server");
}

#[test]
fn a_removed_product_comes_back_from_its_own_console_only() {
    // On 2012 R2 the unified solution is the only antivirus left, and uninstalling takes it away; on 2016 Defender is there.
    let (view, _) = back(&server("2012r2-third-party").with("package.offboarding", "valid"), "clear-passive-policy");
    assert_eq!(view.json["rollback"]["no_return"]["step"], "remove-third-party");
    let (view, modes) = back(&server("2016-third-party").with("package.offboarding", "valid"), "remove-third-party");
    assert_eq!(view.json["rollback"]["no_return"], Json::Null);
    assert_eq!(modes.last(), Some(&active()));
}

#[test]
fn azure_takes_scep_away_itself_so_that_its_upgrade_is_the_point_of_no_return() {
    let (view, _) =
        back(&server("2012r2-azure").with("scep.installed", "true").with("package.offboarding", "valid"), "azure-upgrade");
    let no_return = json!({ "step": "azure-upgrade", "why": "the way back would end in antivirus-gap" });
    assert_eq!((view.status(), &view.json["rollback"]["no_return"]), ("blocked", &no_return));
    let (view, _) = back(&server("2016-azure").with("package.offboarding", "valid"), "azure-upgrade");
    assert_eq!(view.done()[..2], ["offboard", "uninstall-mde"]);
    assert_eq!(view.status(), "ready");
}

/// A folder with the snapshots of some servers of the estate, and its parameters.
fn desk(servers: &[Json]) -> Desk {
    let desk = Desk::new();
    desk.put("servers.ndjson", lines(servers));
    desk.put("estate.yaml", include_str!("../fixtures/estate.yaml"));
    desk
}

const ASKED: [&str; 5] = ["plan", "servers.ndjson", "--parameters", "estate.yaml", "--rollback-from"];

#[test]
fn the_command_says_it_in_words_and_ends_with_1() {
    let desk = desk(&[recorded("scep-ready-2012r2", &[])]);
    let said = desk.run(&[&ASKED[..], &["install-mde"]].concat());
    assert_eq!(said.status, 1, "{}", said.stderr);
    assert!(said.stdout.contains(&format!("\npoint of no return passed at uninstall-scep: {GONE}.\n")), "{}", said.stdout);
    assert!(
        said.stdout.contains("\nGoing on leads out: apply-updates, restart-last, onboard, assign-policies.\n"),
        "{}",
        said.stdout
    );
    let said = desk.run(&[&ASKED[..], &["install-mde", "--format", "json"]].concat());
    let schema = desk.run(&["schema", "plan"]).json();
    jsonschema::validator_for(&schema).expect("a schema").validate(&said.json()).expect("valid");
    // It is no plan of a whole way that could be verified.
    desk.put("back.json", &said.stdout);
    desk.run(&["verify", "back.json", "--facts", "servers.ndjson"]).is_refused(&["back.json:", "a way back"]);
}

#[test]
fn servers_of_many_scenarios_are_answered_each_by_its_own() {
    let servers = [recorded("scep-ready-2012r2", &[]), recorded("azure-vm-ready-2016", &[])];
    let desk = desk(&servers);
    let said = desk.run(&[&ASKED[..], &["azure-upgrade", "--format", "json"]].concat());
    let statuses: Vec<Json> = said.json().as_array().unwrap().iter().map(|plan| plan["status"].clone()).collect();
    assert_eq!(statuses, ["not_applicable", "blocked"], "the offboarding file is missing on the second");
    assert_eq!(said.status, 1);
    let only = desk.run(&[&ASKED[..], &["azure-upgrade", "--host", "scep-ready-2012r2.corp.example"]].concat());
    assert_eq!(only.status, 1);
    assert!(only.stdout.contains("This scenario has no step azure-upgrade to go back from."), "{}", only.stdout);
}

#[test]
fn a_step_that_no_scenario_has_is_a_wrong_question() {
    let desk = desk(&[recorded("scep-ready-2012r2", &[])]);
    desk.run(&[&ASKED[..], &["instal-mde"]].concat()).is_refused(&["`instal-mde`", "did you mean `install-mde`?"]);
    let named = [&ASKED[..], &["azure-upgrade", "--scenario", "mecm-scep"]].concat();
    desk.run(&named).is_refused(&["`mecm-scep` does not have a step `azure-upgrade`"]);
}
