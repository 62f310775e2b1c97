//! Planning by class comes to the same as planning one by one.

use crate::common::catalog;
use crate::made_up::{MadeUp, disguised, planner, request, servers};
use cutover::fact::Snapshot;
use cutover::fleet::document::SummaryDocument;
use cutover::fleet::{Planner, Tally};
use cutover::plan::document::PlanDocument;
use proptest::prelude::*;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// The parts of a plan that members of a class have in common: all but the name, exact values, and reasons.
fn common_part(json: &mut Json) {
    match json {
        Json::Object(entries) => {
            for key in ["host", "is", "facts_read", "reason", "unknown", "assumed"] {
                entries.remove(key);
            }
            entries.values_mut().for_each(common_part);
        }
        Json::Array(items) => items.iter_mut().for_each(common_part),
        _ => {}
    }
}

fn document(planner: &Planner<'_>, snapshot: &Snapshot) -> PlanDocument {
    planner.plan(snapshot).expect("nothing is contradicted").document_of_this_order(snapshot.host())
}

fn counted(planner: &Planner<'_>, estate: &[Snapshot]) -> SummaryDocument {
    let mut tally = Tally::new(planner);
    for snapshot in estate {
        tally.add(snapshot).expect("nothing is contradicted");
    }
    tally.finish().document()
}

/// A status, a scenario and steps.
type Class = (String, Option<String>, Vec<String>);

/// The figures of a summary, worked out from each server's own plan.
#[derive(Debug, Default, PartialEq)]
struct Figures {
    statuses: BTreeMap<String, u64>,
    /// By what fails: servers, and those on which nothing else does.
    blockers: BTreeMap<String, (u64, u64)>,
    /// By invariant: servers, minutes, and the longest stretch.
    exposures: BTreeMap<String, (u64, u64, u32)>,
    reboots: BTreeMap<(usize, usize), u64>,
    findings: BTreeMap<String, u64>,
    /// By status, scenario, steps and minutes: servers and the first name.
    classes: BTreeMap<Class, (u64, String)>,
}

impl Figures {
    fn one_by_one(plans: &[PlanDocument]) -> Self {
        let mut all = Self::default();
        for plan in plans {
            let applies = plan.status != "not_applicable";
            *all.statuses.entry(plan.status.to_owned()).or_default() += 1;
            let what = |one: &cutover::plan::document::BlockerDocument| {
                let fact = one.test.get("fact").or(one.test.get("parameter")).cloned().unwrap_or_default();
                format!("{fact} {} {:?}", one.test.get("needs").cloned().unwrap_or_default(), one.invariant)
            };
            let causes: BTreeSet<String> = plan.blockers.iter().map(what).collect();
            for cause in causes.iter().filter(|_| plan.status == "blocked") {
                let row = all.blockers.entry(cause.clone()).or_default();
                row.0 += 1;
                row.1 += u64::from(causes.len() == 1);
            }
            let exposed: BTreeSet<&String> = plan.exposures.iter().map(|one| &one.invariant).collect();
            for invariant in exposed.into_iter().filter(|_| applies) {
                let row = all.exposures.entry(invariant.clone()).or_default();
                row.0 += 1;
                for one in plan.exposures.iter().filter(|one| one.invariant == *invariant) {
                    row.1 += u64::from(one.minutes);
                    row.2 = row.2.max(one.minutes);
                }
            }
            if applies {
                *all.reboots.entry((plan.reboots.certain, plan.reboots.possible)).or_default() += 1;
            }
            let findings: BTreeSet<&String> =
                plan.findings.iter().map(|one| one.finding.as_ref().or(one.invariant.as_ref()).expect("an id")).collect();
            for id in findings {
                *all.findings.entry(id.clone()).or_default() += 1;
            }
            let steps = plan.steps.iter().filter(|step| applies && step.decision != "skip").map(|step| step.id.clone()).collect();
            let class =
                all.classes.entry((plan.status.to_owned(), plan.scenario.clone(), steps)).or_insert((0, plan.host.clone()));
            class.0 += 1;
            class.1 = class.1.clone().min(plan.host.clone());
        }
        all
    }

    fn of(document: &SummaryDocument) -> Self {
        let mut all = Self::default();
        for (status, servers) in document.statuses.named().into_iter().filter(|(_, servers)| *servers > 0) {
            all.statuses.insert(status.to_owned(), servers);
        }
        for one in &document.blockers {
            let fact = Json::from(one.fact.clone().or(one.parameter.clone()));
            all.blockers.insert(format!("{fact} {} {:?}", one.needs, one.invariant), (one.servers, one.alone));
        }
        for one in &document.exposures {
            all.exposures.insert(one.invariant.clone(), (one.servers, one.minutes, one.longest));
        }
        for one in &document.reboots {
            all.reboots.insert((one.certain, one.possible), one.servers);
        }
        for one in &document.findings {
            all.findings.insert(one.id.clone(), one.servers);
        }
        for one in &document.classes {
            let key = (one.status.clone(), one.scenario.clone(), one.steps.clone());
            let class = all.classes.entry(key).or_insert((0, one.example.clone()));
            class.0 += one.servers;
            class.1 = class.1.clone().min(one.example.clone());
        }
        all
    }
}

fn adds_up(document: &SummaryDocument) {
    let statuses: u64 = document.statuses.named().iter().map(|(_, servers)| servers).sum();
    let classes: u64 = document.classes.iter().map(|one| one.servers).sum();
    let restarts: u64 = document.reboots.iter().map(|one| one.servers).sum();
    assert_eq!((statuses, classes), (document.servers, document.servers));
    assert_eq!(restarts, document.servers - document.statuses.not_applicable);
    for one in &document.blockers {
        assert!(one.alone <= one.servers && one.servers <= document.statuses.blocked, "{one:?}");
    }
}

fn estate(made_up: &[MadeUp]) -> Vec<Snapshot> {
    let mut estate: Vec<Snapshot> = made_up.iter().enumerate().map(|(at, server)| server.snapshot(&format!("srv{at}"))).collect();
    let disguises =
        estate.iter().enumerate().map(|(at, one)| disguised(one, &format!("other{at}"), u32::try_from(at).expect("few") * 3 + 1));
    let disguises: Vec<Snapshot> = disguises.collect();
    estate.extend(disguises);
    estate
}

const SCENARIOS: [Option<&str>; 4] = [None, Some("mecm-scep"), Some("azure-defender"), Some("installer-script")];

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn servers_of_one_class_have_one_plan_but_for_names_values_and_reasons(
        made_up in servers(8, 10), dice in 1..1000_u32, given in any::<bool>(), scenario in 0..4_usize,
    ) {
        let planner = planner(request(SCENARIOS[scenario], given), &[]);
        let one = made_up.snapshot("one");
        let two = disguised(&one, "two", dice);
        if planner.marks().key(&one) == planner.marks().key(&two) {
            let plain = |snapshot| {
                let mut json = serde_json::to_value(document(&planner, snapshot)).expect("JSON");
                common_part(&mut json);
                json
            };
            prop_assert_eq!(plain(&one), plain(&two));
        }
    }

    #[test]
    fn planning_by_class_comes_to_the_same_as_planning_one_by_one(
        made_up in prop::collection::vec(servers(6, 8), 1..10), given in any::<bool>(), scenario in 0..4_usize,
    ) {
        let planner = planner(request(SCENARIOS[scenario], given), &[]);
        let estate = estate(&made_up);
        let plans: Vec<PlanDocument> = estate.iter().map(|snapshot| document(&planner, snapshot)).collect();
        let summary = counted(&planner, &estate);
        adds_up(&summary);
        prop_assert_eq!(Figures::of(&summary), Figures::one_by_one(&plans));
    }

    // Servers that are almost alike share ways, and what differs between them may or may not decide something.
    #[test]
    fn neighbours_share_a_way_only_where_planning_each_alone_comes_to_the_same(
        made_up in servers(4, 6), steps in prop::collection::vec((servers(2, 1), 0..8_u8), 40..80), given in any::<bool>(), scenario in 0..4_usize,
    ) {
        let planner = planner(request(SCENARIOS[scenario], given), &[]);
        let mut server = made_up;
        let mut estate = Vec::new();
        for (at, (next, back)) in steps.into_iter().enumerate() {
            // Now and then it goes on from the changed server, so that they drift apart.
            let changed = server.and(&next);
            estate.push(changed.snapshot(&format!("srv{at}")));
            if back == 0 {
                server = changed;
            }
        }
        let plans: Vec<PlanDocument> = estate.iter().map(|snapshot| document(&planner, snapshot)).collect();
        let summary = counted(&planner, &estate);
        prop_assert_eq!(Figures::of(&summary), Figures::one_by_one(&plans));
        // To the letter: what hangs on what, what was seen and what is to be done included.
        let mut alone = Tally::new(&planner);
        for snapshot in &estate {
            let mut one = Tally::new(&planner);
            one.add(snapshot).expect("nothing is contradicted");
            alone.merge(one);
        }
        prop_assert_eq!(serde_json::to_value(&summary).expect("JSON"), serde_json::to_value(alone.finish().document()).expect("JSON"));
    }
}

#[test]
fn servers_that_differ_in_what_nobody_tells_apart_are_of_one_class() {
    let planner = planner(request(None, true), &[]);
    let lines = include_str!("../../fixtures/estate.ndjson").lines();
    let reader = cutover::fact::SnapshotReader::new(catalog().vocabulary());
    let one = reader.json(lines.clone().next().expect("a server")).expect("a snapshot");
    let two = disguised(&one, "two", 7);
    assert_ne!(one.facts(), two.facts(), "builds, versions and ages differ");
    assert_eq!(planner.marks().key(&one), planner.marks().key(&two));
}

#[test]
fn what_is_known_in_part_or_not_at_all_is_a_class_of_its_own() {
    let planner = planner(request(None, true), &[]);
    let reader = cutover::fact::SnapshotReader::new(catalog().vocabulary());
    let key = |facts: &str| {
        let text = format!(r#"{{"schema":"cutover/snapshot/v1","host":"a","facts":{{{facts}}}}}"#);
        planner.marks().key(&reader.json(&text).expect("a snapshot"))
    };
    let builds = ["", r#""os.build":"6.3.9600""#, r#""os.build":"6.3.9600.21503""#, r#""os.build":"6.3.9600.17000""#];
    let keys: BTreeSet<Vec<u8>> = builds.iter().map(|facts| key(facts)).collect();
    assert_eq!(keys.len(), builds.len());
    assert_eq!(key(r#""os.build":"6.3.9600.21503""#), key(r#""os.build":"6.3.9600.22000""#));
    assert_ne!(key(r#""mma.workspaces":[]"#), key(""));
    // A GUID is the same in any spelling.
    let workspace = crate::common::WORKSPACE;
    let upper = format!("{{{}}}", workspace.to_uppercase());
    assert_eq!(key(&format!(r#""mma.workspaces":["{workspace}"]"#)), key(&format!(r#""mma.workspaces":["{upper}"]"#)));
    assert_ne!(key(&format!(r#""mma.workspaces":["{workspace}"]"#)), key(r#""mma.workspaces":["another"]"#));
}

#[test]
fn a_contradicted_assumption_is_told_for_every_server_that_contradicts_it() {
    let planner = planner(request(None, true), &[("os.build", "6.3.9600.21503"), ("mecm.client", "true")]);
    let reader = cutover::fact::SnapshotReader::new(catalog().vocabulary());
    let mut tally = Tally::new(&planner);
    let mut add = |facts: &str| {
        let text = format!(r#"{{"schema":"cutover/snapshot/v1","host":"a","facts":{{{facts}}}}}"#);
        tally.add(&reader.json(&text).expect("a snapshot")).is_ok()
    };
    assert!(add(r#""os.build":"6.3.9600.21503""#));
    assert!(!add(r#""os.build":"6.3.9600.21504""#));
    assert!(!add(r#""os.build":"6.3.9600.21504""#));
    assert!(add(r#""os.build":"6.3.9600""#), "a part of it agrees");
    assert!(!add(r#""os.build":"6.2.9200""#));
    assert!(!add(r#""mecm.client":false"#));
    assert!(add(""));
    assert_eq!(tally.finish().servers(), 3);
}
