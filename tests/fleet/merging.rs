//! Parts of an estate come to the same as the whole, in any order and grouping.

use crate::common::Desk;
use crate::made_up::{MadeUp, line, options, planner, request, servers};
use cutover::fact::Snapshot;
use cutover::fleet::document::SummaryDocument;
use cutover::fleet::{Planner, Summary, Tally};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;

fn summary<'s>(planner: &Planner<'_>, servers: impl Iterator<Item = &'s Snapshot>) -> Summary {
    let mut tally = Tally::new(planner);
    for snapshot in servers {
        tally.add(snapshot).expect("nothing is contradicted");
    }
    tally.finish()
}

fn bytes(summary: &Summary) -> String {
    serde_json::to_string_pretty(&summary.document()).expect("JSON")
}

/// The part as another program would hand it over.
fn passed_on(part: &Summary) -> Summary {
    let document: SummaryDocument = serde_json::from_str(&bytes(part)).expect("a summary");
    Summary::read(&document).expect("it adds up")
}

/// Merges parts two at a time, in an order that the dice give.
fn merged(mut parts: Vec<Summary>, mut dice: usize) -> Summary {
    while parts.len() > 1 {
        let one = parts.swap_remove(dice % parts.len());
        dice = dice / 3 + 7;
        let at = dice % parts.len();
        let mut both = passed_on(&one);
        both.merge(&parts[at]).expect("the same question");
        parts[at] = both;
    }
    parts.pop().expect("a part")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, ..ProptestConfig::default() })]

    #[test]
    fn parts_come_to_the_whole_in_any_order_and_grouping(
        made_up in prop::collection::vec((servers(6, 8), 0..6_usize), 0..16), given in any::<bool>(), dice in any::<usize>(),
    ) {
        let planner = planner(request(None, given), &[("mecm.tenant_attach", "true")]);
        let agrees = |made_up: &MadeUp, at: usize| {
            let snapshot = made_up.snapshot(&format!("srv{at}"));
            planner.plan(&snapshot).is_ok().then_some(snapshot)
        };
        let estate: Vec<(Snapshot, usize)> =
            made_up.iter().enumerate().filter_map(|(at, (one, part))| Some((agrees(one, at)?, *part))).collect();
        let whole = summary(&planner, estate.iter().map(|(snapshot, _)| snapshot));
        let part = |part: usize| summary(&planner, estate.iter().filter(|(_, of)| *of == part).map(|(snapshot, _)| snapshot));
        // Some of the parts may well be empty.
        let parts: Vec<Summary> = (0..6).map(part).collect();
        prop_assert_eq!(bytes(&merged(parts, dice)), bytes(&whole));
        prop_assert_eq!(bytes(&passed_on(&whole)), bytes(&whole));
    }

    #[test]
    fn merging_is_commutative_and_associative(
        made_up in prop::collection::vec(servers(6, 8), 3), given in any::<bool>(),
    ) {
        let planner = planner(request(None, given), &[]);
        let parts: Vec<Summary> = made_up.iter().enumerate().map(|(at, one)| {
            let snapshot = one.snapshot(&format!("srv{at}"));
            summary(&planner, std::iter::once(&snapshot))
        }).collect();
        let both = |a: &Summary, b: &Summary| {
            let mut both = a.clone();
            both.merge(b).expect("the same question");
            both
        };
        let [a, b, c] = [&parts[0], &parts[1], &parts[2]];
        prop_assert_eq!(bytes(&both(a, b)), bytes(&both(b, a)));
        prop_assert_eq!(bytes(&both(&both(a, b), c)), bytes(&both(a, &both(b, c))));
    }
}

/// An estate of made-up servers, and a third of it.
fn third(estate: &str, number: usize) -> String {
    estate.lines().skip(number).step_by(3).fold(String::new(), |part, line| part + line + "\n")
}

#[test]
fn three_processes_over_three_parts_come_to_what_one_says_of_all() {
    let desk = Desk::new();
    let estate = include_str!("../../fixtures/estate.ndjson");
    desk.put("estate.yaml", include_str!("../../fixtures/estate.yaml"));
    desk.put("estate.ndjson", estate);
    let plan =
        |file: &str, format: &str| desk.run(&["plan", file, "--parameters", "estate.yaml", "--summary", "--format", format]);
    let whole = plan("estate.ndjson", "json");
    std::thread::scope(|scope| {
        for number in 0..3 {
            let (desk, plan) = (&desk, &plan);
            scope.spawn(move || {
                desk.put(&format!("part{number}.ndjson"), third(estate, number));
                let said = plan(&format!("part{number}.ndjson"), if number == 1 { "json" } else { "ndjson" });
                desk.put(&format!("part{number}.json"), said.stdout);
            });
        }
    });
    let merge = |parts: &[&str]| desk.run(&[&["fleet", "merge", "--format", "json"], parts].concat());
    for parts in [["part0.json", "part1.json", "part2.json"], ["part2.json", "part0.json", "part1.json"]] {
        let merged = merge(&parts);
        assert_eq!((merged.status, merged.stderr.as_str()), (whole.status, ""));
        assert_eq!(merged.stdout, whole.stdout);
    }
    // Several in one file, and what was merged before.
    let read = |name: &str| std::fs::read_to_string(desk.path(name)).expect("read");
    desk.put("two.json", read("part1.json") + &read("part0.json"));
    desk.put("two-merged.json", merge(&["two.json"]).stdout);
    assert_eq!(merge(&["part2.json", "two-merged.json"]).stdout, whole.stdout);
    // In the other formats too it is the same.
    for format in ["text", "markdown", "csv", "ndjson"] {
        let merged = desk.run(&["fleet", "merge", "part0.json", "two-merged.json", "part2.json", "--format", format]);
        let twice = desk.run(&["fleet", "merge", "two-merged.json", "part2.json", "part0.json", "--format", format]);
        assert_eq!(merged.stdout, twice.stdout);
        let whole = plan("estate.ndjson", format);
        assert_eq!(desk.run(&["fleet", "merge", "two-merged.json", "part2.json", "--format", format]).stdout, whole.stdout);
    }
}

#[test]
fn parts_of_other_questions_are_refused_and_named() {
    let desk = Desk::new();
    desk.put("estate.ndjson", include_str!("../../fixtures/estate.ndjson"));
    let options = options();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let plan = |name: &str, more: &[&str]| {
        let said = desk.run(&[&["plan", "estate.ndjson", "--summary", "--format", "json"], &options[..], more].concat());
        assert_ne!(said.status, 2, "{}", said.stderr);
        desk.put(name, said.stdout);
    };
    plan("one.json", &[]);
    plan("scenario.json", &["--scenario", "mecm-scep"]);
    plan("order.json", &["--order", "fewest-reboots"]);
    plan("letter.json", &["--without-supplements"]);
    plan("given.json", &["--set", "keep_endpoint_protection=true"]);
    plan("assumed.json", &["--assume", "mecm.tenant_attach=true"]);
    for (other, named) in [
        ("scenario.json", "the scenario is mecm-scep here and the one that applies in the parts before"),
        ("order.json", "fewest-reboots"),
        ("letter.json", "supplements"),
        ("given.json", "the parameter `keep_endpoint_protection` is true here and not given in the parts before"),
        ("assumed.json", "the assumed fact `mecm.tenant_attach`"),
    ] {
        desk.run(&["fleet", "merge", "one.json", other]).is_refused(&[other, named, "one.json"]);
    }
    let catalog = std::fs::read_to_string(desk.path("one.json")).expect("read").replace("blake3:", "blake3:0");
    desk.put("catalog.json", catalog);
    desk.run(&["fleet", "merge", "one.json", "catalog.json"]).is_refused(&["catalog.json", "the catalog is blake3:0"]);
}

#[test]
fn what_is_no_summary_is_refused() {
    let desk = Desk::new();
    let estate = desk.path("estate.ndjson");
    desk.put("estate.ndjson", include_str!("../../fixtures/estate.ndjson"));
    let whole = desk.run(&["plan", estate.to_str().expect("a path"), "--summary", "--format", "json"]).stdout;
    desk.put("cut.json", &whole[..whole.len() / 2]);
    desk.put("more.json", whole.replacen(r#""servers": 74"#, r#""servers": 75"#, 1));
    desk.put("later.json", whole.replace("cutover/summary/v1", "cutover/summary/v2"));
    desk.put("empty.json", "");
    for (name, words) in [
        ("cut.json", "is no summary"),
        ("more.json", "do not add up"),
        ("later.json", "expected the schema `cutover/summary/v1`"),
        ("empty.json", "holds no summary"),
        ("estate.ndjson", "estate.ndjson:1:"),
        ("none.json", "cannot be read"),
    ] {
        desk.run(&["fleet", "merge", name]).is_refused(&[name, words]);
    }
}

#[test]
fn made_up_servers_come_to_the_same_on_the_command_line() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let made_up = proptest::collection::vec(servers(6, 8), 40).new_tree(&mut runner).expect("an estate").current();
    let estate: Vec<Snapshot> = made_up.iter().enumerate().map(|(at, one)| one.snapshot(&format!("srv{at}"))).collect();
    let planner = planner(request(None, true), &[]);
    let whole = bytes(&summary(&planner, estate.iter())) + "\n";
    let desk = Desk::new();
    desk.put("estate.ndjson", estate.iter().fold(String::new(), |text, one| text + &line(one) + "\n"));
    let options = options();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let said = desk.run(&[&["plan", "estate.ndjson", "--summary", "--format", "json"], &options[..]].concat());
    assert_eq!(said.stdout, whole, "{}", said.stderr);
}
