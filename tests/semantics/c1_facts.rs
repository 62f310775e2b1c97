//! Clause 1, and what `KNOWLEDGE.md` says of parameters, derivation and contradictions.

use crate::common::{ORG, OTHER_ORG, WORKSPACE, server, tiny};

#[test]
fn semantics_1_a_fact_is_known_with_a_value_or_unknown_with_a_reason() {
    let view = server("2016-standalone").unknown_because("package.msi", "access denied").view();
    assert_eq!(view.confirm(), ["install-mde: package.msi valid @start"]);
    assert_eq!(view.confirm_field(0, "reason"), "access denied");
    assert!(view.json["facts_read"]["package.msi"].is_null());
    assert_eq!(view.json["facts_read"]["os.release"], "2016");
}

#[test]
fn semantics_1_an_absent_thing_is_known() {
    let tiny = tiny().set("s").choice("c", "none, some").flags("f");
    let tiny = tiny.probe("empty", "{ s: { empty: true } }").probe("none", "{ c: none }").probe("not", "{ f: false }");
    let view = tiny.plan(&[("s", ""), ("c", "none"), ("f", "false")]);
    assert_eq!((view.probe("empty"), view.probe("none"), view.probe("not")), ("true", "true", "true"));
}

#[test]
fn semantics_1_missing_data_is_unknown_and_never_false() {
    let tiny = tiny().set("s").flags("f").version("v").days("d").text("t");
    let tiny = tiny
        .probe("flag", "{ f: false }")
        .probe("flag-true", "{ f: true }")
        .probe("empty", "{ s: { empty: true } }")
        .probe("lacks", "{ s: { lacks: x } }")
        .probe("old", "{ v: \"< 1\" }")
        .probe("days", "{ d: \"<= 1\" }")
        .probe("text", "{ not: { t: x } }");
    let view = tiny.plan(&[]);
    for probe in ["flag", "flag-true", "empty", "lacks", "old", "days", "text"] {
        assert_eq!(view.probe(probe), "unknown", "{probe}");
    }
    assert_eq!(view.status(), "ready_if");
}

#[test]
fn parameters_an_optional_one_that_was_not_given_makes_the_tests_that_use_it_true() {
    let view = server("2016-standalone").without_parameter("org_id").with("package.org", OTHER_ORG).view();
    assert_eq!(view.status(), "ready");
    assert_eq!(view.goal(), true);
}

#[test]
fn parameters_an_optional_one_that_was_given_is_required() {
    let view = server("2016-standalone").parameter("org_id", ORG).with("package.org", OTHER_ORG).view();
    assert_eq!(view.status(), "blocked");
    // The onboarding sets the tenant that was asked for, so that the step is what fails and not the goal.
    assert_eq!(view.blockers(), [format!("onboard: package.org {ORG}")]);
}

#[test]
fn parameters_an_effect_with_an_optional_one_that_was_not_given_leaves_the_fact_unknown() {
    let tiny = tiny().text("t").declares("p", "type: text, optional: true");
    let tiny = tiny.step("act", "effects: [{ set: { t: $p } }]").probe("probe", "{ t: x }");
    assert_eq!(tiny.plan(&[("t", "x")]).probe("probe"), "unknown");
    assert_eq!(tiny.clone().given("p", "x").plan(&[("t", "y")]).probe("probe"), "true");
}

#[test]
fn parameters_a_required_one_that_was_not_given_is_unknown_like_a_fact() {
    let view = server("2016-standalone").without_parameter("workspace_id").view();
    assert_eq!(view.status(), "ready_if");
    assert_eq!(view.decision("remove-mma-workspace"), "check_first");
    assert!(view.confirm().iter().any(|row| row.starts_with("goal: ") && row.contains("$workspace_id")), "{:?}", view.confirm());
}

#[test]
fn parameters_a_required_one_in_a_when_makes_the_plan_undetermined() {
    let view = server("2016-third-party").without_parameter("replace_third_party").view();
    assert_eq!(view.status(), "undetermined");
    // Whether the product goes decides whether the policy can be cleared.
    assert_eq!(
        view.unknowns(),
        ["$replace_third_party: stop-third-party-push, remove-third-party", "third_party.antivirus: clear-passive-policy"]
    );
}

#[test]
fn parameters_an_empty_set_lacks_even_what_was_not_given() {
    let server = server("2016-standalone").without_parameter("workspace_id").with("mma.workspaces", "").view();
    assert_eq!(server.decision("remove-mma-workspace"), "already_so");
    assert_eq!(server.status(), "ready");
}

#[test]
fn parameters_of_other_scenarios_are_left_aside() {
    let with = server("2016-azure").parameter("keep_endpoint_protection", "true").view();
    let without = server("2016-azure").view();
    assert_eq!(with.json, without.json);
}

#[test]
fn parameters_a_guid_compares_without_regard_to_case() {
    let view = server("2016-standalone").with("mma.workspaces", &WORKSPACE.to_uppercase()).view();
    assert_eq!(view.decision("remove-mma-workspace"), "perform");
    assert_eq!(view.status(), "ready");
}

#[test]
fn derivation_without_the_product_nothing_is_onboarded() {
    let start = server("2016-standalone").unknown("sense.onboarded").unknown("sense.autostart").view();
    assert_eq!(start.status(), "ready");
    assert_eq!(start.json["facts_read"]["sense.onboarded"], false);
}

#[test]
fn derivation_without_the_agent_there_are_no_workspaces_and_no_old_sensor() {
    let server = server("2016-standalone").with("mma.installed", "false").with("mma.workspaces", "").with("mma.sensor", "false");
    let all = server.view();
    let none = server.unknown("mma.workspaces").unknown("mma.sensor").unknown("mma.management_groups").view();
    assert_eq!(none.decision("remove-mma-workspace"), "already_so");
    assert_eq!(none.json["steps"][5]["because"][0]["derived"], true, "{}", none.json["steps"][5]);
    assert_eq!(none.status(), all.status());
}

#[test]
fn derivation_without_a_product_no_third_party_antivirus_works() {
    let view = server("2016-standalone").unknown("third_party.antivirus").view();
    assert_eq!(view.status(), "ready");
    assert_eq!(view.json["facts_read"]["third_party.antivirus"], "none");
}

#[test]
fn derivation_a_build_that_has_the_rollup_says_so() {
    let view = server("2012r2-standalone").unknown("update.april_2014_rollup").view();
    assert_eq!(view.decision("update-windows"), "already_so");
    assert_eq!(view.status(), "ready");
    let older = server("2012r2-standalone").with("os.build", "6.3.9600.16384").unknown("update.april_2014_rollup").view();
    assert_eq!(older.decision("update-windows"), "check_first");
}

#[test]
fn derivation_goes_on_until_nothing_more_follows() {
    // No feature, no service; no service, no mode.
    let tiny = tiny().flags("a b c").impossible("one", "{ a: false, b: true }").impossible("two", "{ b: false, c: true }");
    let view = tiny.probe("probe", "{ c: false }").plan(&[("a", "false")]);
    assert_eq!(view.probe("probe"), "true");
}

#[test]
fn derivation_takes_no_value_where_several_remain() {
    let tiny = tiny().flags("a").choice("c", "x, y, z").impossible("not-x", "{ a: true, c: x }");
    let view = tiny.probe("probe", "{ not: { c: x } }").probe("probe-y", "{ c: y }").plan(&[("a", "true")]);
    assert_eq!(view.probe("probe-y"), "unknown");
}

#[test]
fn derivation_never_overwrites_what_was_given() {
    let tiny = tiny().flags("a b").impossible("line", "{ a: true, b: true }").probe("probe", "{ b: true }");
    let view = tiny.plan(&[("a", "true"), ("b", "true")]);
    assert_eq!(view.probe("probe"), "true");
    assert_eq!(view.findings(), ["contradictory-facts: line"]);
    assert_eq!(view.finding_facts("contradictory-facts"), ["a", "b"]);
}

#[test]
fn derivation_a_pending_restart_follows_from_its_reasons() {
    let due = server("2016-standalone").unknown("reboot.pending").with("reboot.reasons", "cbs").view();
    assert_eq!(due.decision("restart-first"), "perform");
    let renamed =
        server("2016-standalone").unknown("reboot.pending").with("reboot.reasons", "file_rename,computer_rename").view();
    assert_eq!(renamed.decision("restart-first"), "already_so");
    let open = server("2016-standalone").unknown("reboot.pending").unknown("reboot.reasons").view();
    assert_eq!(open.decision("restart-first"), "check_first");
}

#[test]
fn derivation_a_pending_restart_that_was_given_stays() {
    let view = server("2016-standalone").with("reboot.pending", "true").with("reboot.reasons", "file_rename").view();
    assert_eq!(view.decision("restart-first"), "perform");
}

#[test]
fn an_impossible_server_gets_its_finding_and_is_planned_as_given() {
    let view = server("2016-standalone").with("sense.onboarded", "true").with("sense.org", ORG).view();
    assert!(view.findings().contains(&"contradictory-facts: onboarded-without-product".to_owned()), "{:?}", view.findings());
    assert_eq!(view.decision("onboard"), "already_so");
    assert_eq!(view.decision("install-mde"), "perform");
    assert!(view.blockers().contains(&"install-mde: sense.onboarded false".to_owned()), "{:?}", view.blockers());
}

#[test]
fn an_assumption_fills_only_what_a_source_left_unknown_and_is_marked() {
    let open = server("2016-standalone").unnamed().unknown("azure.defender_plan").unknown("azure.vm");
    assert_eq!(open.view().status(), "undetermined");
    let view = open.assuming(&[("azure.defender_plan", "none")]).expect("nothing contradicts");
    assert_eq!((view.status(), view.scenario()), ("ready", Some("standalone-mma")));
    let given = server("2016-standalone").assuming(&[("sense.installed", "false")]).expect("the source says so too");
    assert_eq!(given.status(), "ready");
}

#[test]
fn an_assumption_is_marked_wherever_it_decides_something() {
    let view = server("2016-standalone").unknown("reboot.pending").unknown("reboot.reasons");
    let view = view.assuming(&[("reboot.pending", "true")]).expect("nothing contradicts");
    assert_eq!(view.json["steps"][0]["because"][0]["fact"], "reboot.pending");
    assert_eq!(view.json["steps"][0]["because"][0]["assumed"], true);
}

#[test]
fn an_assumption_that_a_source_contradicts_is_an_error_that_names_both() {
    let error = server("2016-standalone").assuming(&[("sense.installed", "true")]).expect_err("the source says false");
    assert!(error.contains("sense.installed") && error.contains("true") && error.contains("false"), "{error}");
}

#[test]
fn an_assumption_may_say_more_than_a_source_did() {
    // The source saw 6.3.9600 and no revision, which a full version does not contradict.
    let server = server("2012r2-standalone").with("os.build", "6.3.9600");
    let view = server.assuming(&[("os.build", "6.3.9600.21503")]).expect("it says more, and nothing else");
    assert_eq!(view.status(), "ready");
}

#[test]
fn an_assumption_that_only_lets_something_pass_is_named_too() {
    let view = server("2016-standalone").unknown("network.sensor_urls").assuming(&[("network.sensor_urls", "true")]);
    let view = view.expect("nothing contradicts");
    assert_eq!((view.status(), &view.json["assumed"]), ("ready", &serde_json::json!({ "network.sensor_urls": true })));
    assert_eq!(server("2016-standalone").view().json.get("assumed"), None);
}

#[test]
fn what_follows_from_an_assumption_is_marked_as_assumed() {
    let open = server("2012r2-standalone").unknown("sense.installed").unknown("sense.onboarded").unknown("sense.autostart");
    let view = open.assuming(&[("sense.installed", "false")]).expect("nothing contradicts");
    let onboard = view.json["steps"].as_array().expect("steps").iter().find(|step| step["id"] == "onboard").expect("a step");
    assert_eq!(onboard["because"][0]["fact"], "sense.onboarded");
    assert_eq!((&onboard["because"][0]["derived"], &onboard["because"][0]["assumed"]), (&true.into(), &true.into()));
}
