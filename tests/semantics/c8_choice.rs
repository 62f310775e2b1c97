//! Clause 8: choosing the scenario.

use crate::common::{server, tiny};

#[test]
fn semantics_8_the_scenario_that_applies_is_chosen() {
    for (base, scenario) in [
        ("2012r2-scep", "mecm-scep"),
        ("2016-mecm-third-party", "mecm-third-party-av"),
        ("2016-standalone", "standalone-mma"),
        ("2012r2-third-party", "standalone-third-party-av"),
        ("2016-azure", "azure-defender"),
    ] {
        assert_eq!(server(base).unnamed().view().scenario(), Some(scenario));
    }
}

#[test]
fn semantics_8_where_none_is_possible_there_is_no_scenario_and_the_plan_is_not_applicable() {
    let tiny = tiny().flags("a b").applies_when("{ a: true, b: true }").other("other", "{ a: true, b: false }", "");
    let view = tiny.plan(&[("a", "false")]);
    assert_eq!((view.scenario(), view.status()), (None, "not_applicable"));
    assert!(view.json["scenario"].is_null());
    assert!(view.order().is_empty());
    assert_eq!(view.candidates(), ["other false", "tiny false"]);
    assert_eq!(view.speaks("tiny", "against"), ["a"]);
}

#[test]
fn semantics_8_where_several_are_possible_the_plan_is_undetermined_with_candidates() {
    let tiny = tiny().flags("a b").applies_when("{ a: true, b: true }").other("other", "{ a: true, b: false }", "");
    let view = tiny.plan(&[("a", "true")]);
    assert_eq!((view.scenario(), view.status(), view.order().len()), (None, "undetermined", 0));
    assert_eq!(view.candidates(), ["other null", "tiny null"]);
    assert_eq!((view.speaks("tiny", "for"), view.speaks("tiny", "against")), (vec!["a".to_owned()], vec![]));
    assert_eq!(view.unknowns(), ["b: applies_when"]);
}

#[test]
fn semantics_8_of_a_server_that_configuration_manager_may_manage_the_choice_is_open() {
    let view = server("2016-standalone").unnamed().unknown("mecm.client").view();
    assert_eq!((view.scenario(), view.status()), (None, "undetermined"));
    assert!(view.candidates().contains(&"mecm-scep null".to_owned()), "{:?}", view.candidates());
    assert!(view.candidates().contains(&"standalone-mma null".to_owned()), "{:?}", view.candidates());
    assert_eq!(view.unknowns(), ["mecm.client: applies_when"]);
}

#[test]
fn semantics_8_those_on_request_are_never_chosen() {
    let view = server("attach").unnamed().view();
    assert_eq!(view.scenario(), Some("mecm-scep"));
    let tiny = tiny().flags("a").applies_when("{ a: true }").other("asked", "{ a: false }", "on_request: true");
    assert_eq!(tiny.plan(&[("a", "false")]).scenario(), None);
    assert_eq!(tiny.plan(&[("a", "false")]).candidates(), ["tiny false"]);
    assert_eq!(tiny.named("asked").plan(&[("a", "false")]).scenario(), Some("asked"));
}

#[test]
fn semantics_8_a_scenario_named_although_it_does_not_apply_is_a_finding_and_no_refusal() {
    let view = server("2016-standalone").named("mecm-scep").view();
    assert_eq!((view.scenario(), view.status()), (Some("mecm-scep"), "ready"));
    assert!(view.findings().contains(&"scenario-does-not-apply".to_owned()), "{:?}", view.findings());
    let fits = server("2016-standalone").view();
    assert!(!fits.findings().contains(&"scenario-does-not-apply".to_owned()));
}

#[test]
fn semantics_8_an_unknown_applies_when_of_a_named_scenario_is_no_finding() {
    let view = server("2016-standalone").unknown("mecm.client").view();
    assert!(!view.findings().contains(&"scenario-does-not-apply".to_owned()), "{:?}", view.findings());
    assert_eq!(view.status(), "ready");
}

#[test]
fn semantics_8_the_choice_is_total_for_every_server() {
    for client in ["true", "false"] {
        for products in ["", "Contoso AV"] {
            for (vm, arc, plan) in
                [("true", "false", "p1"), ("false", "true", "p2"), ("false", "false", "p1"), ("true", "true", "none")]
            {
                let server =
                    server("2016-standalone").unnamed().with("mecm.client", client).with("third_party.products", products);
                let view = server.with("azure.vm", vm).with("azure.arc", arc).with("azure.defender_plan", plan).view();
                assert!(view.scenario().is_some(), "{client} {products} {vm} {arc} {plan}");
                let in_azures_hands = plan != "none" && (vm == "true" || arc == "true");
                assert_eq!(view.scenario() == Some("azure-defender"), in_azures_hands);
            }
        }
    }
}
