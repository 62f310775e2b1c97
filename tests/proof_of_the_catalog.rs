//! What is proved of the built-in catalog: the six scenarios hold, the vendor's script and the article to the letter do not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use cutover::catalog::Catalog;
use cutover::fact::{FakeHost, SnapshotReader};
use cutover::plan::{Request, Start, Status, plan};
use cutover::prove::document::{CounterexampleDocument, ProofDocument};
use cutover::prove::{Options, prove};
use cutover::report::{hazards, texts::Texts};
use serde_json::{Value as Json, json};
use std::fs;
use std::sync::OnceLock;

fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::built_in().expect("the built-in catalog"))
}

fn proved(id: &str, options: &Options) -> ProofDocument {
    let scenario = catalog().scenario(id).expect("the scenario");
    prove(catalog(), scenario, options).expect("an answer").document(catalog(), scenario)
}

/// The proofs of all scenarios as they are.
fn proofs() -> &'static [ProofDocument] {
    static PROOFS: OnceLock<Vec<ProofDocument>> = OnceLock::new();
    PROOFS.get_or_init(|| catalog().scenarios().iter().map(|one| proved(&one.id, &Options::default())).collect())
}

/// The proofs of the six scenarios to the letter.
fn letter() -> &'static [ProofDocument] {
    static PROOFS: OnceLock<Vec<ProofDocument>> = OnceLock::new();
    let options = Options { without_supplements: true, ..Options::default() };
    let six = || catalog().scenarios().iter().filter(|one| !one.checks_as_it_goes);
    PROOFS.get_or_init(|| six().map(|one| proved(&one.id, &options)).collect())
}

fn refuted(proof: &ProofDocument) -> String {
    proof.properties.iter().filter(|one| !one.holds).map(|one| one.property).collect()
}

fn edges(edges: &[cutover::prove::document::EdgeDocument]) -> Vec<String> {
    edges.iter().map(|edge| format!("{} -> {}", edge.from, edge.to)).collect()
}

#[test]
fn six_scenarios_hold_and_the_script_is_refuted_as_it_says() {
    let found: Vec<(&str, String, bool)> =
        proofs().iter().map(|proof| (&*proof.scenario, refuted(proof), proof.as_expected)).collect();
    let expected = [
        ("azure-defender", "", true),
        ("installer-script", "abcdf", true),
        ("mecm-scep", "", true),
        ("mecm-third-party-av", "", true),
        ("mecm-to-defender-attach", "", true),
        ("standalone-mma", "", true),
        ("standalone-third-party-av", "", true),
    ];
    assert_eq!(found, expected.map(|(id, refuted, as_expected)| (id, refuted.to_owned(), as_expected)));
}

/// A restart that comes at the end of a run in any case is not what makes a scenario hold; all other edges are.
#[test]
fn only_the_edges_to_the_last_restart_are_needed_by_nothing() {
    for proof in proofs().iter().filter(|proof| proof.scenario != "installer-script") {
        assert!(edges(&proof.edges_unneeded).iter().all(|edge| edge.ends_with("-> restart-last")), "{:?}", proof.edges_unneeded);
        assert_eq!(edges(&proof.edges_missing), [""; 0]);
    }
}

/// Where an edge is taken out, all edges are named that would each do instead: the one that is missing, and the one to the step
/// that the restart waits for in any case.
#[test]
fn an_edge_that_is_taken_out_is_named() {
    let files = Catalog::built_in_files().map(|file| {
        let edges = "after: [uninstall-scep, install-prerequisites]";
        let spoilt = file.path.as_ref() == "standalone-mma.yaml";
        assert!(!spoilt || file.text.contains(edges));
        let text = if spoilt { file.text.replace(edges, "after: [install-prerequisites]") } else { file.text.to_string() };
        cutover::catalog::SourceFile::new(&file.path, text)
    });
    let (catalog, _) = Catalog::check_files(files.collect());
    let scenario = catalog.scenario("standalone-mma").expect("the scenario");
    let proof = prove(&catalog, scenario, &Options::default()).expect("an answer").document(&catalog, scenario);
    assert!(refuted(&proof).contains('c'), "installing is refused while the removal of SCEP wants a restart");
    let of_c: Vec<_> = proof.edges_missing.iter().filter(|edge| edge.property == Some('c')).cloned().collect();
    assert_eq!(edges(&of_c), ["uninstall-scep -> install-prerequisites", "uninstall-scep -> restart-again"]);
}

#[test]
fn the_ways_back_of_the_six_scenarios_hold() {
    for proof in proofs() {
        assert!(proof.way_back_wrong.is_empty(), "{}: {:?}", proof.scenario, proof.way_back_wrong);
        let steps = catalog().scenario(&proof.scenario).expect("the scenario").steps.len();
        assert_eq!(proof.way_back.len(), if proof.scenario == "installer-script" { 0 } else { steps }, "{}", proof.scenario);
    }
    // Of the scenario with Azure's upgrade in it: it takes SCEP away, and before it nothing is lost.
    let azure = &proofs()[0];
    let lost: Vec<&str> = azure.way_back.iter().filter(|from| from.no_return > 0).map(|from| &*from.step).collect();
    assert_eq!(lost.first(), Some(&"azure-upgrade"), "{:?}", azure.way_back);
    // The smallest one is undone by hand, and needs no file. A restart may be due at the start, which it does not ask itself.
    let attach = proofs().iter().find(|proof| proof.scenario == "mecm-to-defender-attach").expect("the proof");
    for from in &attach.way_back {
        assert_eq!((from.back, from.blocked, from.no_return), (2 * attach.ready, 0, 0), "{}", from.step);
    }
}

/// `mecm-to-defender-attach` is small enough to count by hand. Free facts that only matter to invariants and to lines that
/// cannot be are counted as products; see the comments.
#[test]
fn the_smallest_scenario_has_the_counts_that_a_person_finds() {
    let proof = proofs().iter().find(|proof| proof.scenario == "mecm-to-defender-attach").expect("the proof");
    assert_eq!(proof.orders, Some(1));
    // The servers that are not ready are those onboarded to another organisation than the one asked for: with org_id given one
    // in two, with org_id left out none; that is one in four of all.
    assert_eq!(proof.ready * 4, proof.servers * 3);
    assert_eq!(proof.done, 0);
}

#[test]
fn the_article_to_the_letter_is_refuted() {
    let found: Vec<(&str, String)> = letter().iter().map(|proof| (&*proof.scenario, refuted(proof))).collect();
    let expected = [
        ("azure-defender", "abcdf"),
        ("mecm-scep", "abcdf"),
        ("mecm-third-party-av", "abcdf"),
        // Without its supplement nothing enrols the server, which an action of the catalog would.
        ("mecm-to-defender-attach", "af"),
        ("standalone-mma", "abcdf"),
        ("standalone-third-party-av", "abcdf"),
    ];
    assert_eq!(found, expected.map(|(id, refuted)| (id, refuted.to_owned())));
}

fn stories(proof: &ProofDocument, property: char) -> &[CounterexampleDocument] {
    &proof.properties.iter().find(|one| one.property == property).expect("the property").counterexamples
}

/// The steps of a story with their outcomes.
fn events(story: &CounterexampleDocument) -> Vec<String> {
    let one = |event: &cutover::prove::document::EventDocument| match &event.step {
        Some(step) => format!("{step} {}", event.outcome),
        None => event.outcome.to_owned(),
    };
    story.events.iter().map(one).collect()
}

/// The story of a property that concerns this step, and this fact or invariant.
fn story<'p>(proof: &'p ProofDocument, property: char, step: Option<&str>, about: &str) -> &'p CounterexampleDocument {
    let concerns = |story: &&CounterexampleDocument| {
        let unmet = story.wrong.unmet.iter().any(|unmet| unmet.fact.as_deref() == Some(about));
        story.wrong.step.as_deref() == step && (unmet || story.wrong.invariant.as_deref() == Some(about))
    };
    stories(proof, property).iter().find(concerns).unwrap_or_else(|| panic!("({property}) tells nothing of {about}"))
}

fn script() -> &'static ProofDocument {
    proofs().iter().find(|proof| proof.scenario == "installer-script").expect("the proof")
}

#[test]
fn the_same_command_is_refused_after_its_own_restart() {
    let told = story(script(), 'c', Some("remove-mma-workspace"), "mma.workspaces");
    assert_eq!(events(told), ["remove-mma-workspace success", "uninstall-scep failure"]);
    assert_eq!(told.events[1].failure.as_deref(), Some("restart-needed"));
    assert_eq!(told.wrong.what, "refused");
    assert_eq!(told.end["mma.workspaces"], json!([]));
    // Planning again from a server that a run left half-way says the same.
    let stranded = &stories(script(), 'd')[0];
    assert_eq!(stranded.wrong.unmet[0].step, "remove-mma-workspace");
}

#[test]
fn no_antivirus_is_left_where_the_policy_is_met_after_scep_is_gone() {
    let told = story(script(), 'c', Some("install-mde"), "policy.disable_antispyware");
    assert_eq!(told.snapshot.facts["os.release"], "2012r2");
    assert_eq!(events(told), ["remove-mma-workspace success", "uninstall-scep success"]);
    assert_eq!(told.end["scep.installed"], Json::Bool(false));
    assert_eq!(told.snapshot.facts["defender.mode"], "none");
    assert_eq!(told.snapshot.facts["third_party.antivirus"], "none");
}

#[test]
fn passive_mode_is_lost_at_onboarding() {
    let told = story(script(), 'b', Some("onboard"), "two-active-antivirus");
    assert_eq!(told.snapshot.facts["third_party.antivirus"], "active");
    assert_eq!(told.snapshot.facts["policy.force_passive"], Json::Bool(false));
    assert_eq!(events(told).last().map(String::as_str), Some("install-mde success"));
    assert_eq!(told.end["defender.mode"], "passive");
}

#[test]
fn success_is_reported_without_onboarding() {
    let told = story(script(), 'a', None, "sense.onboarded");
    assert_eq!(events(told).last().map(String::as_str), Some("onboard failure"));
    assert_eq!(told.events.last().and_then(|event| event.failure.as_deref()), Some("only-a-warning"));
    assert!(!told.end.contains_key("sense.onboarded"), "{:?}", told.end);
    assert_eq!(told.end["mma.workspaces"], json!([]));
}

#[test]
fn the_workspace_is_gone_before_anything_can_refuse() {
    for one in stories(script(), 'c') {
        assert_eq!(events(one)[0], "remove-mma-workspace success", "{:?}", one.wrong);
    }
    let told = story(script(), 'c', Some("uninstall-scep"), "defender.leftover");
    assert_eq!(events(told), ["remove-mma-workspace success"]);
}

#[test]
fn to_the_letter_a_client_that_still_installs_scep_refuses_its_removal() {
    let proof = letter().iter().find(|proof| proof.scenario == "mecm-scep").expect("the proof");
    let told = story(proof, 'c', Some("uninstall-scep"), "mecm.installs_endpoint_protection");
    assert_eq!(told.snapshot.facts["mecm.installs_endpoint_protection"], Json::Bool(true));
    let restart = &stories(proof, 'd')[0];
    assert_eq!(
        (restart.wrong.unmet[0].step.as_str(), restart.wrong.unmet[0].fact.as_deref()),
        ("install-mde", Some("reboot.pending"))
    );
}

#[test]
fn to_the_letter_two_products_become_active() {
    for (id, step) in
        [("mecm-third-party-av", "onboard"), ("standalone-third-party-av", "onboard"), ("azure-defender", "enable-defender")]
    {
        let proof = letter().iter().find(|proof| proof.scenario == id).expect("the proof");
        let told = story(proof, 'b', Some(step), "two-active-antivirus");
        assert_eq!(told.snapshot.facts["third_party.antivirus"], "active", "{id}");
    }
}

/// Every server that a story begins with is one that the planner can read, and where a run begins it says ready.
#[test]
fn the_servers_of_stories_can_be_planned() {
    for proof in proofs().iter().chain(letter()) {
        for story in proof.properties.iter().flat_map(|property| &property.counterexamples) {
            let text = serde_json::to_string(&story.snapshot).expect("JSON");
            let snapshot = SnapshotReader::new(catalog().vocabulary()).json(&text).expect("a snapshot");
            let mut host = FakeHost::new();
            for (fact, value) in snapshot.facts() {
                host.set(*fact, value.clone());
            }
            let start = Start::observe(catalog(), &host, &[]).expect("nothing is assumed");
            assert!(!start.is_impossible(catalog()), "{}", story.snapshot.host);
            let request = Request { scenario: Some(proof.scenario.clone()), ..Request::default() };
            assert_ne!(plan(catalog(), start, request).status, Status::NotApplicable, "{}", story.snapshot.host);
        }
    }
}

#[test]
fn the_page_on_hazards_is_current() {
    let made = hazards::page(script(), letter(), &Texts::of(catalog()));
    let path = "docs/hazards.md";
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(path, &made).expect("written");
    }
    assert_eq!(fs::read_to_string(path).expect("the page"), made, "UPDATE_DOCS=1 cargo test makes {path} anew");
    assert!(!made.contains("No counterexample"), "every hazard is still told");
}
