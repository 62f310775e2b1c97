//! The prover against a second, naive program, and both against what a person worked out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::use_debug, clippy::print_stdout, missing_docs)]

mod common;
mod explorer;
mod oracle;
mod proofs;

use cutover::catalog::{Catalog, InvariantKind, Reboot};
use cutover::plan::Status;
use cutover::prove::Options;
use explorer::{Report, Return, Standing};
use oracle::Dice;
use proofs::agreement::{counts, differences, misjudged, proven, refuted};
use proofs::at_random::made;
use proofs::by_hand::cases;
use proofs::going_back::Compared;
use proofs::planned::{plan_of, shown_by};
use proofs::walks::{Walked, walked};
use proofs::{Made, going_back};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

fn edges_of(case: &proofs::by_hand::Case) -> BTreeMap<(usize, usize), BTreeSet<char>> {
    case.edges.iter().map(|(from, to, fails)| ((*from, *to), fails.chars().collect())).collect()
}

#[test]
fn the_explorer_finds_what_a_person_worked_out() {
    for case in cases() {
        let catalog = case.catalog.catalog();
        let report = explorer::prove(&catalog, catalog.scenario("tiny").unwrap(), &case.options);
        let refuted: String = report.refuted.keys().collect();
        assert_eq!(counts(&report), case.counts, "{}: {:?}", case.about, report.refuted);
        assert_eq!(refuted, case.refuted, "{}: {:?}", case.about, report.refuted);
        assert_eq!(report.ends.iter().map(|(_, ends)| ends.len()).sum::<usize>(), case.ends, "{}", case.about);
        assert_eq!(report.edges, edges_of(&case), "{}", case.about);
    }
}

#[test]
fn the_prover_finds_what_a_person_worked_out() {
    for case in cases() {
        let catalog = case.catalog.catalog();
        let scenario = catalog.scenario("tiny").unwrap();
        let proof = cutover::prove::prove(&catalog, scenario, &case.options).expect("an answer");
        assert_eq!(proven(&proof), case.counts, "{}: {:?}", case.about, proof.verdicts);
        assert_eq!(refuted(&proof), case.refuted, "{}: {:?}", case.about, proof.verdicts);
        assert_eq!(
            cutover::prove::ends(&catalog, scenario, &case.options).expect("an answer").len(),
            case.ends,
            "{}",
            case.about
        );
        if case.refuted.is_empty() && !case.options.documented_order_only {
            assert_eq!(misjudged(&proof, &edges_of(&case)), [""; 0], "{}", case.about);
        }
    }
}

fn case(about: &str) -> (proofs::by_hand::Case, Catalog) {
    let case = cases().into_iter().find(|case| case.about == about).unwrap_or_else(|| panic!("no case `{about}`"));
    let catalog = case.catalog.catalog();
    (case, catalog)
}

#[test]
fn an_edge_is_proposed_where_it_alone_mends_what_fails_out_of_order() {
    let mended = [("an order that misses the goal", 'a'), ("an order that is forbidden", 'b'), ("an order that is refused", 'c')];
    for case in cases() {
        let catalog = case.catalog.catalog();
        let proof = cutover::prove::prove(&catalog, catalog.scenario("tiny").unwrap(), &case.options).expect("an answer");
        let proposed: Vec<_> = proof.missing.iter().map(|edge| (edge.from, edge.to, edge.mends.letter())).collect();
        // What fails in documented order too, or holds, is mended by no edge.
        let expected: Vec<_> =
            mended.iter().filter(|(about, _)| *about == case.about).map(|(_, letter)| (0, 1, *letter)).collect();
        assert_eq!(proposed, expected, "{}", case.about);
    }
}

#[test]
fn a_document_says_of_each_property_what_is_wrong() {
    let told = |about: &str, property: char| {
        let (case, catalog) = case(about);
        let scenario = catalog.scenario("tiny").unwrap();
        let proof = cutover::prove::prove(&catalog, scenario, &case.options).expect("an answer");
        assert!(!proof.as_expected(scenario), "{about}: the scenario says that everything holds");
        let document = serde_json::to_value(proof.document(&catalog, scenario)).expect("a document");
        let verdicts = document["properties"].as_array().unwrap();
        let verdict = verdicts.iter().find(|one| one["property"] == property.to_string()).unwrap();
        let story = &verdict["counterexamples"][0];
        assert_eq!(story["snapshot"]["host"], format!("tiny-{property}"));
        story["wrong"].clone()
    };
    let unmet = |step: &str, fact: &str, needs: bool, is: bool| json!([{ "step": step, "needs": format!("{fact} is {needs}"), "fact": fact, "is": is }]);
    assert_eq!(
        told("an order that misses the goal", 'a'),
        json!({ "what": "goal_missed", "step": null, "unmet": unmet("goal", "x", true, false) })
    );
    assert_eq!(
        told("an order that is forbidden", 'b'),
        json!({ "what": "broken", "step": "x", "outcome": "success", "invariant": "bare" })
    );
    assert_eq!(
        told("an order that is refused", 'c'),
        json!({ "what": "refused", "step": "y", "unmet": unmet("y", "x", true, false) })
    );
    assert_eq!(told("failures", 'd'), json!({ "what": "stranded", "step": null, "unmet": unmet("goal", "b", false, true) }));
    assert_eq!(
        told("another scenario that is stuck", 'd'),
        json!({ "what": "stranded_elsewhere", "step": null, "scenario": "other", "unmet": unmet("goal", "c", true, false) })
    );
    assert_eq!(
        told("an exposure that an outstanding effect brings", 'e'),
        json!({ "what": "longer", "step": null, "invariant": "exposed", "measure": "steps" })
    );
    assert_eq!(told("an effect that contradicts", 'g'), json!({ "what": "contradicted", "step": null, "invariant": "both" }));
}

/// A server that is exposed all the time, whose first step leaves `x` true with its restart. From a run that ends before that
/// restart the next one begins with `x` false: the plan sees the restart and what is done where `x` is false, and comes to be the
/// restart and what is done where `x` is true.
fn surprised(planned: &str, done: &[(&str, &str)]) -> common::Tiny {
    let s =
        "achieved_when: { a: true }, effects: [{ set: { a: true } }], after_restart: [{ set: { x: true } }], reboot: possible";
    let r = "achieved_when: { reboot.pending: false }, effects: [{ set: { reboot.pending: false } }], reboot: restart";
    let tiny = common::tiny().flags("a e x z").goal("{ a: true }").invariant("exposed", "exposure", "{ e: true }");
    let tiny = tiny.step("s", s).step_with("r", r, "after: [s]").step_with("p", planned, "when: { x: false }, after: [r]");
    let add = |(tiny, last): (common::Tiny, String), (at, (when, about)): (usize, &(&str, &str))| {
        let id = format!("q{at}");
        (tiny.step_with(&id, about, &format!("when: {when}, after: [{last}]")), id)
    };
    done.iter().enumerate().fold((tiny, "p".to_owned()), add).0
}

#[test]
fn an_exposure_is_longer_in_what_there_is_more_of_than_the_plan_said() {
    const X: &str = "{ x: true }";
    for (about, tiny, longer) in [
        ("as many minutes", surprised("minutes: 10", &[(X, "minutes: 10")]), None),
        ("fewer minutes", surprised("minutes: 20", &[(X, "minutes: 10")]), None),
        ("more minutes", surprised("minutes: 10", &[(X, "minutes: 20")]), Some("minutes")),
        ("as many minutes in two steps", surprised("minutes: 20", &[(X, "minutes: 10"), (X, "minutes: 10")]), Some("steps")),
        ("a restart", surprised("", &[(X, "reboot: restart")]), Some("restarts")),
        ("a restart for a restart", surprised("reboot: restart", &[(X, "reboot: restart")]), None),
        ("nothing for a restart", surprised("reboot: restart", &[(X, "")]), None),
        // A restart may turn out to be needed. Where none is listed later it comes some time, inside the exposure.
        ("a possible restart", surprised("", &[(X, "reboot: possible")]), Some("restarts")),
        ("a restart that is always needed", surprised("", &[(X, "reboot: always")]), Some("restarts")),
        ("a possible restart for another", surprised("reboot: possible", &[(X, "reboot: possible")]), None),
        // One that is listed later takes it over, whether it is done or not.
        (
            "a possible restart and one that is listed",
            surprised("", &[(X, "reboot: possible"), ("{ z: true }", "reboot: restart")]),
            None,
        ),
        // In the plan one that may be done takes over what p may need: with z that is one restart there, and two in the run.
        (
            "a restart for a possible one",
            surprised("reboot: possible", &[(X, "reboot: restart"), ("{ z: true }", "reboot: restart")]),
            Some("restarts"),
        ),
        // What both do counts in both.
        ("a possible restart after both", surprised("", &[(X, ""), ("{}", "reboot: possible")]), None),
        ("a restart after both", surprised("", &[(X, ""), ("{}", "reboot: restart")]), None),
    ] {
        let catalog = tiny.catalog();
        let scenario = catalog.scenario("tiny").unwrap();
        let options = Options::default();
        let proof = cutover::prove::prove(&catalog, scenario, &options).expect("an answer");
        let measures: Vec<&str> = proof
            .verdicts
            .iter()
            .flat_map(|verdict| &verdict.counterexamples)
            .map(|story| match &story.wrong {
                cutover::prove::Wrong::Longer { measure, .. } => *measure,
                other => panic!("{about}: {other:?}"),
            })
            .collect();
        assert_eq!(measures, Vec::from_iter(longer), "{about}");
        assert_eq!(differences(&catalog, scenario, &options, &explorer::prove(&catalog, scenario, &options)), [""; 0], "{about}");
    }
}

/// What is wrong in each story that refutes a property.
fn all_told(tiny: &common::Tiny, property: char) -> Vec<serde_json::Value> {
    let catalog = tiny.catalog();
    let scenario = catalog.scenario("tiny").unwrap();
    let proof = cutover::prove::prove(&catalog, scenario, &Options::default()).expect("an answer");
    let document = serde_json::to_value(proof.document(&catalog, scenario)).expect("a document");
    let verdict = document["properties"].as_array().unwrap().iter().find(|one| one["property"] == property.to_string());
    verdict.unwrap()["counterexamples"].as_array().unwrap().iter().map(|story| story["wrong"].clone()).collect()
}

/// An action that sets a flag, is achieved where it is set, and takes others back.
fn takes_back(flag: &str, others: &str) -> String {
    let gone = others.split(' ').map(|other| format!("{other}: false")).collect::<Vec<_>>().join(", ");
    format!("achieved_when: {{ {flag}: true }}, effects: [{{ set: {{ {flag}: true, {gone} }} }}]")
}

fn sets(flags: &str) -> String {
    let all = flags.split(' ').map(|flag| format!("{flag}: true")).collect::<Vec<_>>().join(", ");
    format!("achieved_when: {{ {all} }}, effects: [{{ set: {{ {all} }} }}]")
}

#[test]
fn what_goes_wrong_by_itself_is_told_by_itself_and_each_thing_once() {
    let unmet = |step: &str, facts: &[&str]| {
        let one = |fact: &&str| json!({ "step": step, "needs": format!("{fact} is true"), "fact": fact, "is": false });
        facts.iter().map(one).collect::<Vec<_>>()
    };
    let of = |wrongs: Vec<serde_json::Value>| {
        let mut unmet: Vec<String> = wrongs.iter().map(|wrong| wrong["unmet"].to_string()).collect();
        unmet.sort_unstable();
        unmet
    };
    let text = |unmet: Vec<serde_json::Value>| json!(unmet).to_string();
    // Each of two steps takes back what another one sets, unless that comes later. The goal is missed in two ways.
    let four = common::tiny().flags("u w x y").step("w", &takes_back("w", "u")).step("y", &takes_back("y", "x"));
    let four = four.step("u", &sets("u")).step("x", &sets("x")).goal("{ u: true, w: true, x: true, y: true }");
    assert_eq!(of(all_told(&four, 'a')), [text(unmet("goal", &["u"])), text(unmet("goal", &["x"]))]);
    // Where two parts go wrong together only, that is one thing.
    let both = common::tiny().flags("u x y").step("y", &takes_back("y", "u x")).step("x", &sets("u x"));
    assert_eq!(of(all_told(&both.goal("{ u: true, x: true, y: true }"), 'a')), [text(unmet("goal", &["u", "x"]))]);
    // The same of what a step needs: here either may come too late, and there both do.
    let y = format!("requires: {{ u: true, x: true }}, {}", sets("y"));
    let either = common::tiny().flags("u x y").step("u", &sets("u")).step("x", &sets("x")).step("y", &y);
    let either = either.goal("{ u: true, x: true, y: true }");
    assert_eq!(of(all_told(&either, 'c')), [text(unmet("y", &["u"])), text(unmet("y", &["x"]))]);
    // And of invariants, one that a step breaks and one that the end does: u may come before w, and y after x, which is there already.
    let bare = common::tiny().flags("u w x y").step("w", &sets("w")).step("y", &takes_back("y", "x"));
    let bare = bare.step("u", &sets("u")).step("x", &sets("x")).goal("{ u: true, w: true, y: true }");
    let bare =
        bare.invariant("no-w", "forbidden", "{ u: true, w: false }").invariant("no-x", "forbidden_at_rest", "{ x: false }");
    let told: Vec<String> =
        all_told(&bare, 'b').iter().map(|wrong| format!("{} {}", wrong["step"], wrong["invariant"])).collect();
    assert_eq!(told, ["\"u\" \"no-w\"", "null \"no-x\""]);
}

#[test]
fn what_blocks_planning_again_is_told_with_the_parameters_of_the_server_and_of_the_scenario_that_is_proved() {
    // A failure brings the word back that the goal lacks, and no step takes it away.
    let failure = "{ id: back, on: { observed: this }, about: Text., leaves: { add: { s: $w } }, remedy: None. }";
    let t = format!("{}, failures: [{failure}]", sets("a"));
    let tiny = common::tiny().flags("a").set("s").declares("w", "type: text").step("t", &t);
    let tiny = tiny.goal("{ a: true, s: { lacks: $w } }").marked("on_request: true");
    let told = all_told(&tiny, 'd');
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["what"], "stranded");
    let unmet = told[0]["unmet"].as_array().unwrap();
    // The failure may come after the effects, or before them: what stays unmet is the word.
    assert_eq!(unmet.iter().map(|one| (&one["step"], &one["fact"])).collect::<Vec<_>>(), [(&json!("goal"), &json!("s"))]);
}

#[test]
fn a_version_that_must_be_given_is_tried_at_and_around_what_it_is_compared_with() {
    let proven_of = |tiny: common::Tiny| {
        let catalog = tiny.catalog();
        let proof = cutover::prove::prove(&catalog, catalog.scenario("tiny").unwrap(), &Options::default()).expect("an answer");
        assert_eq!(refuted(&proof), "");
        (proof.servers, proof.ready, proof.done)
    };
    let step = "achieved_when: { v: \">= $m\" }, effects: [{ set: { v: $m } }]";
    let tiny = common::tiny().version("v").declares("m", "type: version").step("s", step).goal("{ v: \">= $m\" }");
    // Compared with nothing else it is some version: the server has an older one, or not.
    assert_eq!(proven_of(tiny.clone()), (2, 1, 1));
    // With 2 about, it is that, newer or older; the server has one below 2, 2, or one above. With each of the three it is
    // done where it is as new: in one, two and three cases.
    assert_eq!(proven_of(tiny.invariant("two", "exposure", "{ v: \">= 2\" }")), (9, 3, 6));
}

/// How many catalogs are made up, 400 unless `CATALOGS` says otherwise.
fn seeds() -> std::ops::Range<u64> {
    0..std::env::var("CATALOGS").map_or(400, |text| text.parse().expect("CATALOGS is a number"))
}

fn explored(catalog: &Catalog, made: &Made) -> Report {
    explorer::prove(catalog, catalog.scenario("tiny").unwrap(), &made.options())
}

fn differs(made: &Made) -> Vec<String> {
    let catalog = made.tiny().catalog();
    let report = explored(&catalog, made);
    differences(&catalog, catalog.scenario("tiny").unwrap(), &made.options(), &report)
}

/// The smallest catalog, one part less at a time, on which the two still differ.
fn smallest(mut made: Made) -> Made {
    while let Some(smaller) = made.smaller().into_iter().find(|smaller| !differs(smaller).is_empty()) {
        made = smaller;
    }
    made
}

#[test]
fn the_prover_agrees_with_the_explorer_on_catalogs_made_at_random() {
    let differing: Vec<(Made, Vec<String>)> =
        seeds().map(|seed| (made(seed), differs(&made(seed)))).filter(|(_, differences)| !differences.is_empty()).collect();
    let Some((first, _)) = differing.first() else { return };
    let mut text = format!("{} of {} catalogs differ\n", differing.len(), seeds().end);
    for (one, differences) in &differing {
        let about: BTreeSet<&str> = differences.iter().filter_map(|line| line.split([':', ' ']).next()).collect();
        writeln!(text, "  seed {}: {about:?} {differences:?}", one.seed()).unwrap();
    }
    let small = smallest(first.clone());
    panic!("{text}the first is {}\nand with less {}\n{:#?}", first.tell(), small.tell(), differs(&small));
}

#[test]
fn a_glance_finds_a_property_that_fails_where_one_does() {
    for seed in seeds().take(100) {
        let made = made(seed);
        let catalog = made.tiny().catalog();
        let scenario = catalog.scenario("tiny").unwrap();
        let glance = cutover::prove::glance(&catalog, scenario, &made.options()).expect("an answer");
        let proof = cutover::prove::prove(&catalog, scenario, &made.options()).expect("an answer");
        let refuted = refuted(&proof);
        match glance.refuted.map(cutover::prove::Property::letter) {
            None => assert_eq!(refuted, "", "{}", made.tell()),
            Some('f') => assert_eq!(refuted, "f", "{}", made.tell()),
            Some(letter) => assert!(refuted.contains(letter), "({letter}) of ({refuted}): {}", made.tell()),
        }
        assert_eq!((glance.servers, glance.good), (proof.servers, proof.ready + proof.done), "{}", made.tell());
    }
}

/// What a catalog is there to try.
fn features(catalog: &Catalog, report: &Report) -> Vec<&'static str> {
    let scenario = catalog.scenario("tiny").unwrap();
    let waits = |reboot| matches!(reboot, Reboot::Possible | Reboot::Always);
    let has = [
        ("a possible restart", scenario.steps.iter().any(|step| step.action.reboot == Reboot::Possible)),
        (
            "an effect after a restart",
            scenario.steps.iter().any(|step| waits(step.action.reboot) && !step.action.after_restart.is_empty()),
        ),
        ("a set", report.has_set),
        ("an unknown parameter", report.leaves_out),
        ("a forbidden invariant", catalog.invariants().iter().any(|one| one.kind == InvariantKind::Forbidden)),
    ];
    has.into_iter().filter(|(_, has)| *has).map(|(feature, _)| feature).collect()
}

#[test]
fn the_catalogs_made_at_random_have_everything_in_them() {
    let (mut having, mut failing, mut good) = (BTreeMap::new(), BTreeMap::new(), 0);
    let mut back = BTreeMap::new();
    for seed in seeds() {
        let one = made(seed);
        let catalog = one.tiny().catalog();
        let report = explored(&catalog, &one);
        for feature in features(&catalog, &report) {
            *having.entry(feature).or_insert(0) += 1;
        }
        for letter in report.refuted.keys() {
            *failing.entry(*letter).or_insert(0) += 1;
        }
        for found in going_back::features(&report) {
            *back.entry(found).or_insert(0) += 1;
        }
        good += u64::from(report.refuted.is_empty() && report.ready > 0);
    }
    let all = seeds().end;
    let told =
        format!("of {all} catalogs fail {failing:?}; {good} have ready servers, and all holds; {having:?}; ways back {back:?}");
    println!("{told}");
    assert_eq!(failing.keys().collect::<String>(), "abcdefg", "{told}");
    assert!(good * 100 >= all * 15, "{told}");
    assert_eq!(having.len(), 5, "{told}");
    assert!(having.values().all(|count| count * 3 >= all), "{told}");
    let counted = |found: &str| back.get(found).copied().unwrap_or(0);
    assert!(going_back::STANDING.iter().all(|found| counted(found) * 10 >= all), "{told}");
    assert!(going_back::WRONG.iter().all(|found| counted(found) > 0), "{told}");
}

/// The planner looks at one server and knows less of what its steps leave; the explorer looks at a class of servers. So a plan
/// may want confirmed what the explorer knows, and a server may be ready where another of its class is not.
#[test]
fn the_planner_says_of_a_server_what_the_explorer_does() {
    let (mut ready, mut less_sure) = (0, 0);
    for one in seeds().map(made).filter(|one| !one.without_supplements) {
        let catalog = one.tiny().catalog();
        let scenario = catalog.scenario("tiny").unwrap();
        let space = explorer::space(&catalog, scenario, &one.options());
        for course in explorer::courses(&space, scenario, &one.options()) {
            for facts in space.vectors().into_iter().filter(|facts| !space.contradicts(facts, &course.given)) {
                let said: Vec<Status> =
                    shown_by(&course, &facts).iter().map(|one| plan_of(&catalog, &course, one).status).collect();
                let agrees = match course.standing(&facts) {
                    Standing::Ready => {
                        ready += said.len();
                        less_sure += said.iter().filter(|said| **said == Status::ReadyIf).count();
                        said.iter().all(|said| matches!(said, Status::Ready | Status::ReadyIf))
                    }
                    Standing::Done => said.iter().all(|said| *said == Status::Done),
                    Standing::Neither => said.iter().any(|said| !matches!(said, Status::Ready | Status::Done)),
                };
                assert!(agrees, "{said:?} of {}\n{}", space.tell(&facts, &course.given), one.tell());
            }
        }
    }
    println!("of {ready} ready servers plans are less sure of {less_sure}");
    assert!(ready > 5000 && less_sure * 50 < ready, "less sure of {less_sure} of {ready}");
}

/// What the proof of (d) says, in the planner's own words: wherever a run of a scenario of the catalog breaks off, its plan is ready or done.
#[test]
fn a_run_of_the_catalog_that_broke_off_anywhere_is_planned_again() {
    let (mut all, dice) = (0, &mut Dice::new(1));
    for scenario in common::catalog().scenarios().iter().filter(|scenario| !scenario.checks_as_it_goes) {
        let Walked { servers, states, differing } = walked(scenario, dice);
        println!("{}: {servers} servers, {} states", scenario.id, states.len());
        assert!(differing.is_empty(), "{}: {} of {}\n{differing:#?}", scenario.id, differing.len(), states.len());
        all += states.len();
    }
    assert!(all > 2000, "{all} states");
}

#[test]
fn the_ways_back_are_as_a_person_worked_out() {
    for case in proofs::back_by_hand::cases() {
        let catalog = case.catalog.catalog();
        let scenario = catalog.scenario("tiny").unwrap();
        let report = explorer::prove(&catalog, scenario, &Options::default());
        let explored: Vec<[u128; 3]> = report.way_back.from.iter().map(|of| [of.back, of.blocked, of.no_return]).collect();
        let refuted: String = report.way_back.refuted.keys().collect();
        assert_eq!(explored, case.counts, "{}", case.about);
        assert_eq!(refuted, case.refuted, "{}: {:?}", case.about, report.way_back.refuted);
        let proof = cutover::prove::prove(&catalog, scenario, &Options::default()).expect("an answer");
        assert_eq!(going_back::differences(&proof, &report), [""; 0], "{}", case.about);
    }
}

/// The planner looks at one server and knows less of what its steps leave: it may be less sure than the explorer, and never more
/// hopeful.
#[test]
fn no_plan_of_a_way_back_is_more_hopeful_than_the_explorer() {
    let (mut hopeful, mut agree, mut otherwise, mut less_sure) = (Vec::new(), 0_u32, 0_u32, BTreeMap::new());
    for one in seeds().map(made).filter(|one| !one.without_supplements) {
        let catalog = one.tiny().catalog();
        for Compared { place, said, explored, as_planned } in going_back::compared(&catalog, 4) {
            let sure = matches!(said, Status::Ready | Status::Done);
            match (sure, explored) {
                (true, Return::Back) => agree += 1,
                (true, _) if as_planned == Return::Back => otherwise += 1,
                (true, _) => hopeful.push(format!("{said:?} {explored:?} {place}\n{}", one.tell())),
                (false, Return::Blocked | Return::No) if said == Status::Blocked => agree += 1,
                _ => *less_sure.entry(format!("{explored:?} {said:?}")).or_insert(0_u32) += 1,
            }
        }
    }
    let all = agree + otherwise + less_sure.values().sum::<u32>();
    println!(
        "of {all} ways back {agree} are planned as they are, {otherwise} safely in another way; less sure are {less_sure:?}"
    );
    assert!(hopeful.is_empty(), "{} plans are too hopeful; the shortest is\n{}", hopeful.len(), shortest(&hopeful));
    assert!(agree * 100 >= all * 85, "{agree} of {all}");
}

fn shortest(texts: &[String]) -> &str {
    texts.iter().min_by_key(|text| text.len()).map_or("", String::as_str)
}
