//! Rollouts: who goes in which wave, what a rehearsal comes to, and how it is written.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::{Desk, recorded};
use cutover::catalog::Catalog;
use cutover::fact::{Snapshot, SnapshotReader};
use cutover::fleet::waves::document::WavesDocument;
use cutover::fleet::waves::{
    Amount, Column, Left, Rehearsal, Rehearsed, Rollout, Server, Shape, Share, StopRule, Survey, Unfit, Way, Window, rehearse,
};
use cutover::plan::{Request as PlanRequest, Start, Status, plan};
use cutover::simulate::{Fault, Request, timeline};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A way of a class, with minutes, and with a failure of this kind.
fn way(class: usize, minutes: u32, fault: Option<Left>) -> Way {
    Way {
        status: Status::Ready,
        class: (Some(Arc::from("a-scenario")), vec![(class, "perform")]),
        minutes,
        restarts: (0, 1),
        last_restart: Some(minutes / 2),
        unprotected: 0,
        faults: fault.into_iter().map(|left| vec![left]).collect(),
    }
}

const HALF_WAY: Left = Left { half_way: true, unprotected: false };

/// Servers with the class and the group of each.
fn survey(servers: &[(usize, Option<usize>)], fault: Option<Left>) -> Survey {
    let classes = servers.iter().map(|(class, _)| class + 1).max().unwrap_or_default();
    let server = |(number, (class, group)): (usize, &(usize, Option<usize>))| Server {
        host: format!("srv-{number:04}"),
        way: *class,
        group: group.map_or(Column::Nothing, |group| Column::Text(format!("group {group}"))),
        window: Column::Nothing,
    };
    Survey {
        servers: servers.iter().enumerate().map(server).collect(),
        ways: (0..classes).map(|class| way(class, 60, fault)).collect(),
    }
}

fn amount(text: &str) -> Amount {
    text.parse().expect("an amount")
}

fn shape(canary: &str, waves: &[&str]) -> Shape {
    Shape {
        canary: amount(canary),
        waves: waves.iter().map(|text| amount(text)).collect(),
        group_by: Shape::GROUP_BY.to_owned(),
        window: None,
        window_by: Shape::WINDOW_BY.to_owned(),
        ready_if: false,
    }
}

fn rollout(servers: &[(usize, Option<usize>)], canary: usize, sizes: &[usize]) -> Rollout {
    let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
    let sizes: Vec<&str> = sizes.iter().map(String::as_str).collect();
    Rollout::of(&survey(servers, None), &shape(&canary.to_string(), &sizes))
}

/// The waves of a rollout without their names.
fn waves(rollout: &Rollout) -> Vec<&[usize]> {
    rollout.waves.iter().map(|wave| wave.servers.as_slice()).collect()
}

/// The fewest waves that the groups allow: of any of them, the smallest have room for what the groups cannot put into the others.
fn fewest(servers: &[(usize, Option<usize>)], sizes: &[usize]) -> usize {
    let mut groups: BTreeMap<usize, usize> = BTreeMap::new();
    for (_, group) in servers {
        if let Some(group) = group {
            *groups.entry(*group).or_default() += 1;
        }
    }
    let alone = servers.iter().filter(|(_, group)| group.is_none()).count();
    let demands = || groups.values().copied().chain(std::iter::repeat_n(1, alone));
    let size = |wave: usize| sizes[wave.min(sizes.len() - 1)];
    let enough = |waves: &usize| {
        let mut rooms: Vec<usize> = (0..*waves).map(size).collect();
        rooms.sort_unstable();
        (0..=*waves).all(|others| {
            let room: usize = rooms[..waves - others].iter().sum();
            demands().map(|servers| servers.saturating_sub(others)).sum::<usize>() <= room
        })
    };
    (0..=servers.len()).find(enough).expect("one wave a server is enough")
}

/// The most classes that so many servers of different groups can be of: every choice is tried.
fn most_classes(servers: &[(usize, Option<usize>)], room: usize) -> usize {
    fn best(classes: &[usize], servers: &[(usize, Option<usize>)], used: &mut Vec<usize>, room: usize) -> usize {
        let Some((class, rest)) = classes.split_first().filter(|_| room > 0) else { return 0 };
        let mut most = best(rest, servers, used, room);
        let offers: BTreeSet<Option<usize>> = servers.iter().filter(|(of, _)| of == class).map(|(_, group)| *group).collect();
        for group in offers {
            if group.is_some_and(|group| used.contains(&group)) {
                continue;
            }
            used.extend(group);
            most = most.max(1 + best(rest, servers, used, room - 1));
            if group.is_some() {
                used.pop();
            }
        }
        most
    }
    let classes: BTreeSet<usize> = servers.iter().map(|(class, _)| *class).collect();
    best(&classes.into_iter().collect::<Vec<_>>(), servers, &mut Vec::new(), room)
}

fn servers() -> impl Strategy<Value = Vec<(usize, Option<usize>)>> {
    prop::collection::vec((0..5_usize, prop::option::of(0..6_usize)), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/waves.regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_server_is_in_one_wave_and_no_group_twice_in_one(
        servers in servers(),
        canary in 0..6_usize,
        sizes in prop::collection::vec(1..7_usize, 1..4),
    ) {
        let rollout = rollout(&servers, canary, &sizes);
        let mut placed: Vec<usize> = waves(&rollout).concat();
        placed.sort_unstable();
        prop_assert_eq!(placed, (0..servers.len()).collect::<Vec<_>>());
        let has_canary = rollout.waves.first().is_some_and(|wave| wave.name == "canary");
        prop_assert_eq!(has_canary, canary > 0 && !servers.is_empty());
        let numbers: Vec<String> = (1..=rollout.waves.len() - usize::from(has_canary)).map(|number| number.to_string()).collect();
        let names: Vec<&String> = rollout.waves.iter().skip(usize::from(has_canary)).map(|wave| &wave.name).collect();
        prop_assert_eq!(names, numbers.iter().collect::<Vec<_>>());
        for (number, wave) in waves(&rollout).iter().enumerate() {
            let size = match (has_canary, number) {
                (true, 0) => canary,
                _ => sizes[(number - usize::from(has_canary)).min(sizes.len() - 1)],
            };
            prop_assert!(!wave.is_empty() && wave.len() <= size);
            let groups: Vec<usize> = wave.iter().filter_map(|server| servers[*server].1).collect();
            let different: BTreeSet<usize> = groups.iter().copied().collect();
            prop_assert_eq!(groups.len(), different.len());
            // A wave has room left only where nobody who comes later could have gone in it.
            if wave.len() < size {
                for later in waves(&rollout)[number + 1..].concat() {
                    prop_assert!(servers[later].1.is_some_and(|group| different.contains(&group)));
                }
            }
        }
    }

    #[test]
    fn there_are_no_more_waves_than_the_groups_need(
        servers in servers(),
        sizes in prop::collection::vec(1..7_usize, 1..4),
    ) {
        let rollout = rollout(&servers, 0, &sizes);
        prop_assert_eq!(rollout.waves.len(), fewest(&servers, &sizes));
        let alone: Vec<_> = servers.iter().map(|(class, _)| (*class, None)).collect();
        let held_up = fewest(&alone, &sizes) < rollout.waves.len();
        prop_assert_eq!(rollout.held_up_by.is_some(), held_up);
    }

    #[test]
    fn the_canary_is_of_as_many_classes_as_there_can_be(servers in servers(), canary in 0..7_usize) {
        let rollout = rollout(&servers, canary, &[1]);
        let first = rollout.waves.first().filter(|wave| wave.name == "canary").map_or(&[][..], |wave| &wave.servers);
        let classes: BTreeSet<usize> = first.iter().map(|server| servers[*server].0).collect();
        prop_assert_eq!(classes.len(), most_classes(&servers, canary));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_the_servers_does_not_matter(order in Just((0..74_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let estate = estate();
        prop_assert_eq!(order.len(), estate.len());
        let shape = Shape { group_by: "os.release".to_owned(), ready_if: true, ..shape("3", &["2", "20%"]) };
        let written = |order: &[usize]| {
            let survey = survey_of(&shape, order.iter().map(|at| &estate[*at]));
            let rollout = Rollout::of(&survey, &shape);
            let rehearsal = rehearsal(20, "30%", &["2"], &[]);
            let rehearsed = rehearse(&survey, &rollout, &rehearsal);
            serde_json::to_string(&WavesDocument::of(&survey, &shape, &rollout, Some((&rehearsal, &rehearsed)))).unwrap()
        };
        prop_assert_eq!(&written(&order), FIRST.get_or_init(|| written(&(0..74).collect::<Vec<_>>())));
    }
}

/// The rollout of the estate in its own order.
static FIRST: std::sync::OnceLock<String> = std::sync::OnceLock::new();

fn catalog() -> &'static Catalog {
    common::catalog()
}

fn estate() -> &'static [Snapshot] {
    static ESTATE: std::sync::OnceLock<Vec<Snapshot>> = std::sync::OnceLock::new();
    ESTATE.get_or_init(|| {
        let reader = SnapshotReader::new(catalog().vocabulary());
        include_str!("../fixtures/estate.ndjson").lines().map(|line| reader.json(line).unwrap()).collect()
    })
}

fn survey_of<'s>(shape: &Shape, snapshots: impl Iterator<Item = &'s Snapshot>) -> Survey {
    Survey::of(catalog(), &PlanRequest::default(), &[], shape, snapshots).unwrap()
}

#[test]
fn the_last_size_repeats_and_a_share_is_of_all_that_take_part() {
    let sizes = |canary: &str, waves: &[&str]| -> Vec<usize> {
        let rollout = Rollout::of(&survey(&[(0, None); 45], None), &shape(canary, waves));
        rollout.waves.iter().map(|wave| wave.servers.len()).collect()
    };
    assert_eq!(sizes("5", &["10", "20"]), [5, 10, 20, 10]);
    assert_eq!(sizes("0", &["20"]), [20, 20, 5]);
    // A tenth of 45 is rounded up to 5.
    assert_eq!(sizes("10%", &["10%", "100%"]), [5, 5, 35]);
    assert_eq!(sizes("100", &["1"]), [45]);
}

#[test]
fn a_class_is_spread_over_the_waves() {
    let servers: Vec<_> = (0..40).map(|server| (usize::from(server >= 30), None)).collect();
    let rollout = rollout(&servers, 0, &[8]);
    let of_the_smaller: Vec<usize> =
        waves(&rollout).iter().map(|wave| wave.iter().filter(|server| servers[**server].0 == 1).count()).collect();
    assert_eq!(of_the_smaller, [2, 2, 2, 2, 2]);
}

#[test]
fn groups_are_the_same_in_any_case() {
    let mut survey = survey(&[(0, None), (0, None), (0, None)], None);
    survey.servers[0].group = Column::Text("SQL-A".to_owned());
    survey.servers[2].group = Column::Text("sql-a".to_owned());
    let rollout = Rollout::of(&survey, &shape("0", &["5"]));
    assert_eq!(waves(&rollout).len(), 2);
    assert_eq!(rollout.held_up_by, Some(("SQL-A".to_owned(), 2)));
}

#[test]
fn what_does_not_fit_is_named_and_in_no_wave() {
    let mut survey = survey(&[(0, None); 7], None);
    survey.ways.push(way(1, 90, None));
    survey.servers[1].way = 1;
    survey.servers[2].way = 1;
    survey.servers[2].window = Column::Text("22:00-00:00".to_owned());
    survey.servers[3].window = Column::Text("59".to_owned());
    survey.servers[4].window = Column::Text("on Sunday".to_owned());
    survey.servers[5].window = Column::Unclear("the sources contradict each other".to_owned());
    survey.servers[6].group = Column::Unclear("a list".to_owned());
    let shape = Shape { window: Some(Window::of_minutes(60)), ..shape("1", &["1"]) };
    let rollout = Rollout::of(&survey, &shape);
    // The first takes just as long as the window, and the third has a longer one of its own.
    assert_eq!(waves(&rollout).concat(), [0, 2]);
    let unfit: Vec<(usize, String)> = rollout.unfit.iter().map(|(server, why)| (*server, why.to_string())).collect();
    let expected = [
        (1, "takes 90 minutes, and its window (60 minutes) has 60"),
        (3, "takes 60 minutes, and its window (59 minutes) has 59"),
        (4, "its window is `on Sunday`, where a time such as 22:00-02:00 or a number of minutes is expected"),
        (5, "its window is not clear: the sources contradict each other"),
        (6, "its group is not clear: a list"),
    ];
    assert_eq!(unfit, expected.map(|(server, why)| (server, why.to_owned())));
    let late = Unfit::TooLong { minutes: 90, last_restart: Some(70), window: "22:00-23:00".parse().unwrap() };
    let told = "takes 90 minutes, and its window (22:00-23:00) has 60; a restart may come as late as minute 70";
    assert_eq!(late.to_string(), told);
}

#[test]
fn a_server_that_is_not_ready_takes_no_part() {
    let shape = shape("5", &["10%"]);
    let survey = survey_of(&shape, estate().iter());
    let status = |status| survey.servers.iter().filter(|server| survey.ways[server.way].status == status).count();
    let rollout = Rollout::of(&survey, &shape);
    assert_eq!(rollout.servers(), status(Status::Ready));
    assert_eq!(rollout.left_out.values().sum::<usize>() + rollout.servers(), estate().len());
    assert!(!rollout.left_out.contains_key(&Status::Ready));
    let more = Rollout::of(&survey, &Shape { ready_if: true, ..shape });
    assert_eq!(more.servers(), status(Status::Ready) + status(Status::ReadyIf));
    assert!(status(Status::ReadyIf) > 0 && !more.left_out.contains_key(&Status::ReadyIf));
}

fn rehearsal(runs: u32, rate: &str, of_all: &[&str], of_wave: &[&str]) -> Rehearsal {
    let amounts = |texts: &[&str]| texts.iter().map(|text| amount(text)).collect();
    let stop = StopRule { of_wave: amounts(of_wave), of_all: amounts(of_all) };
    Rehearsal { runs, failure_rate: rate.parse::<Share>().unwrap(), seed: 0, stop }
}

/// Eight servers in a canary of 2 and two waves of 3; of each class the first server is in the canary.
fn rehearsed(fault: Option<Left>, rehearsal: &Rehearsal) -> Rehearsed {
    let survey = survey(&[(0, None); 8], fault);
    let rollout = Rollout::of(&survey, &shape("2", &["3"]));
    assert_eq!(waves(&rollout).iter().map(|wave| wave.len()).collect::<Vec<_>>(), [2, 3, 3]);
    rehearse(&survey, &rollout, rehearsal)
}

#[test]
fn where_nothing_fails_nothing_is_stopped() {
    let come_to = rehearsed(Some(HALF_WAY), &rehearsal(50, "0%", &["1"], &["1", "1%"]));
    assert_eq!(come_to, Rehearsed { stopped: vec![0, 0, 0], ..Rehearsed::default() });
}

#[test]
fn where_everything_fails_it_stops_in_the_wave_that_can_be_counted_by_hand() {
    // After the canary 2 of 2 have failed, after the first wave 5 of 5, after the second 8 of 8.
    for (of_all, of_wave, expected) in [
        (&["1"][..], &[][..], Some((0, 2))),
        (&["2"], &[], Some((0, 2))),
        (&["3"], &[], Some((1, 5))),
        (&["5"], &[], Some((1, 5))),
        (&["6"], &[], Some((2, 8))),
        (&["9"], &[], None),
        (&["100%"], &[], Some((0, 2))),
        (&[], &["3"], Some((1, 5))),
        (&[], &["4"], None),
        (&[], &["100%"], Some((0, 2))),
        (&["9", "6"], &["4", "3"], Some((1, 5))),
        (&[], &[], None),
    ] {
        let come_to = rehearsed(Some(HALF_WAY), &rehearsal(10, "100%", of_all, of_wave));
        let (stopped, failed) = match expected {
            Some((wave, failed)) => ((0..3).map(|one| if one == wave { 10 } else { 0 }).collect(), failed),
            None => (vec![0, 0, 0], 8),
        };
        assert_eq!(come_to.stopped, stopped, "{of_all:?} {of_wave:?}");
        assert_eq!((come_to.failed.total, come_to.failed.most), (10 * failed, failed));
        let left = if expected.is_some() { come_to.half_way } else { come_to.half_way_at_end };
        let other = if expected.is_some() { come_to.half_way_at_end } else { come_to.half_way };
        assert_eq!((left.total, left.most, other.total), (10 * failed, failed, 0));
        assert_eq!(come_to.unprotected.total + come_to.unprotected_at_end.total, 0);
    }
}

#[test]
fn a_server_whose_steps_list_no_failure_never_fails() {
    let come_to = rehearsed(None, &rehearsal(10, "100%", &["1"], &[]));
    assert_eq!((come_to.failed.total, come_to.never_fail, come_to.stopped), (0, 8, vec![0, 0, 0]));
}

#[test]
fn shares_count_the_servers_that_were_begun() {
    // Every second server fails: 1 of 2 in the canary, and 1 or 2 of 3 after that.
    let mut survey = survey(&[(0, None), (1, None), (0, None), (1, None), (0, None), (1, None), (0, None), (1, None)], None);
    survey.ways[1].faults = vec![vec![Left { half_way: true, unprotected: true }]];
    let rollout = Rollout::of(&survey, &shape("2", &["3"]));
    let failing = |wave: &[usize]| wave.iter().filter(|server| survey.servers[**server].way == 1).count();
    let counts: Vec<usize> = waves(&rollout).iter().map(|wave| failing(wave)).collect();
    assert_eq!((counts[0], counts[1] + counts[2]), (1, 3));
    let stopped = |of_all: &[&str], of_wave: &[&str]| rehearse(&survey, &rollout, &rehearsal(4, "100%", of_all, of_wave));
    assert_eq!(stopped(&["50%"], &[]).stopped, [4, 0, 0]);
    assert_eq!(stopped(&["50.0001%"], &[]).stopped[0], 0);
    assert_eq!(stopped(&[], &["50%"]).stopped, [4, 0, 0]);
    // Two of three are more than 60%, one of three is less, and so is one of two.
    let first = counts[1..].iter().position(|count| *count == 2).unwrap() + 1;
    let come_to = stopped(&[], &["60%"]);
    assert_eq!(come_to.stopped[first], 4);
    assert_eq!(come_to.unprotected.most, counts[..=first].iter().sum::<usize>() as u64);
}

#[test]
fn as_many_fail_as_the_rate_says_and_a_seed_draws_the_same_everywhere() {
    let survey = survey(&[(0, None); 100], Some(HALF_WAY));
    let rollout = Rollout::of(&survey, &shape("10", &["30"]));
    let of_seed = |seed| rehearse(&survey, &rollout, &Rehearsal { seed, ..rehearsal(1000, "2%", &["6"], &[]) });
    let (first, again, other) = (of_seed(0), of_seed(0), of_seed(1));
    assert_eq!(first, again);
    assert_ne!(first, other);
    let whole = rehearse(&survey, &rollout, &rehearsal(1000, "2%", &[], &[]));
    // Of 100,000 servers 2,000 are expected to fail, give or take 44; five times that is never seen.
    assert!(whole.failed.total.abs_diff(2000) < 221, "{}", whole.failed.total);
    // What ChaCha with eight rounds draws, which another program has worked out from its description: this may never change.
    assert_eq!((whole.failed.total, whole.failed.most), (1974, 8));
}

#[test]
fn what_a_failure_leaves_is_what_a_simulation_shows() {
    let mut seen = (0, 0);
    for snapshot in estate() {
        let start = Start::observe(catalog(), snapshot, &[]).unwrap();
        let planned = plan(catalog(), start, PlanRequest::default());
        if !matches!(planned.status, Status::Ready | Status::ReadyIf) {
            continue;
        }
        let mut expected: Vec<Vec<bool>> = Vec::new();
        for step in &planned.steps {
            let fault = Some(Fault::Failure { step: step.step.id.to_string(), failure: None });
            let Ok(shown) = timeline(&planned, snapshot.host(), &Request { fault, ..Request::default() }) else { continue };
            // A question mark says that it is not known whether it is active, which counts as exposed.
            let certain = |antivirus: &str| antivirus != "none" && antivirus.split(" + ").any(|one| !one.ends_with('?'));
            expected.push(shown.again.iter().map(|again| !certain(&again.protection.antivirus)).collect());
        }
        expected.retain(|faults| !faults.is_empty());
        let way = Way::of(&planned);
        let unprotected: Vec<Vec<bool>> =
            way.faults.iter().map(|faults| faults.iter().map(|left| left.unprotected).collect()).collect();
        assert_eq!(unprotected, expected, "{}", snapshot.host());
        for left in way.faults.iter().flatten() {
            seen.0 += usize::from(left.unprotected);
            seen.1 += usize::from(left.half_way);
        }
    }
    assert!(seen.0 > 0 && seen.1 > 0, "{seen:?}");
}

/// A desk with servers that are ready, of these names and with these facts of their own.
fn desk(servers: &[(&str, Json)]) -> Desk {
    let desk = Desk::new();
    let mut text = String::new();
    for (host, own) in servers {
        let mut server = recorded("mma-ready-2012r2", &[]);
        server["host"] = json!(host);
        for (name, value) in own.as_object().unwrap() {
            server["facts"][name] = value.clone();
        }
        text.push_str(&server.to_string());
        text.push('\n');
    }
    desk.put("servers.ndjson", text);
    desk
}

const SET: [&str; 2] = ["--set", "workspace_id=7f3c1a52-9d0e-4b86-a5c1-2e8d60b4f917"];

fn waves_of<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["waves", "servers.ndjson"], &SET[..], more].concat()
}

#[test]
fn facts_of_ones_own_need_no_catalog_and_may_be_anything() {
    let desk = desk(&[
        ("a", json!({"x.cluster": "sql"})),
        ("b", json!({"x.cluster": 7})),
        ("c", json!({"x.cluster": ["sql", "web"]})),
        ("d", json!({"x.cluster": null})),
        ("e", json!({"x.cluster": " SQL ", "x.window": "22:00-06:00"})),
        ("f", json!({"x.window": 5})),
    ]);
    let said = desk.run(&waves_of(&["--format", "json", "--canary", "1", "--wave", "10"]));
    let document = said.json();
    assert_eq!(said.status, 1, "some fit into no wave");
    let hosts = |waves: &Json| -> Vec<String> {
        waves.as_array().unwrap().iter().map(|one| one["host"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(hosts(&document["unfit"]), ["c", "f"]);
    let waves: Vec<Vec<String>> = document["waves"].as_array().unwrap().iter().map(|wave| hosts(&wave["servers"])).collect();
    assert_eq!(waves.concat().len(), 4);
    assert!(!waves.iter().any(|wave| wave.contains(&"a".to_owned()) && wave.contains(&"e".to_owned())), "{waves:?}");
    assert_eq!(document["unfit"][0]["reason"], "its group is not clear: a list");
}

#[test]
fn a_group_comes_from_a_table_of_ones_own_and_contradictions_are_named() {
    let desk =
        desk(&[("a.corp.example", json!({})), ("b.corp.example", json!({})), ("c.corp.example", json!({"x.cluster": "web"}))]);
    desk.put("mapping.yaml", "schema: cutover/mapping/v1\ncolumns: { Name: host, Cluster: x.cluster }\n");
    desk.put("cmdb.csv", "Name,Cluster\na.corp.example,sql\nb.corp.example,SQL\nc.corp.example,sql\n");
    let said = desk.run(&waves_of(&["cmdb.csv", "--mapping", "mapping.yaml", "--format", "json"]));
    let document = said.json();
    assert_eq!(document["waves"].as_array().unwrap().len(), 2, "{}", said.stdout);
    assert_eq!(document["unfit"][0]["host"], "c.corp.example");
    let converted = desk.run(&["facts", "convert", "cmdb.csv", "--mapping", "mapping.yaml"]);
    let first: Json = serde_json::from_str(converted.stdout.lines().next().unwrap()).unwrap();
    assert_eq!(first["facts"]["x.cluster"], "sql");
}

#[test]
fn a_group_that_nobody_has_is_a_slip() {
    let desk = desk(&[("a", json!({"x.cluster": "sql"}))]);
    let said = desk.run(&waves_of(&["--group-by", "x.clutser"]));
    assert_eq!((said.status, said.stdout.as_str()), (2, ""));
    assert!(said.stderr.contains("no server has a fact `x.clutser`"), "{}", said.stderr);
    let said = desk.run(&waves_of(&["--group-by", "cluster"]));
    assert!(said.status == 2 && said.stderr.contains("there is no fact `cluster`"), "{}", said.stderr);
    assert_eq!(desk.run(&waves_of(&["--group-by", "os.release"])).status, 0);
}

#[test]
fn a_question_that_makes_no_sense_is_refused() {
    let desk = desk(&[("a", json!({}))]);
    for wrong in [
        &["--wave", "0"][..],
        &["--wave", "0%"],
        &["--canary", "-1"],
        &["--canary", "101%"],
        &["--window", "22-02"],
        &["--window", "22:00-23:00", "--window-minutes", "5"],
        &["--rehearse=0"],
        &["--rehearse=100001"],
        &["--stop-at", "1"],
        &["--seed", "1"],
        &["--rehearse", "--stop-wave", "0"],
        &["--rehearse", "--failure-rate", "2"],
        &["--include", "blocked"],
    ] {
        let said = desk.run(&waves_of(wrong));
        assert_eq!((said.status, said.stdout.as_str()), (2, ""), "{wrong:?}");
    }
}

#[test]
fn the_exit_status_says_whether_there_is_a_rollout_of_all() {
    let desk = desk(&[("a", json!({}))]);
    assert_eq!(desk.run(&waves_of(&["--rehearse", "--stop-at", "1", "--failure-rate", "100%"])).status, 0);
    assert_eq!(desk.run(&waves_of(&["--window-minutes", "1"])).status, 1);
    // Without the workspace it has to be confirmed.
    assert_eq!(desk.run(&["waves", "servers.ndjson"]).status, 3);
    assert_eq!(desk.run(&["waves", "servers.ndjson", "--include", "ready_if"]).status, 3);
}

/// A name with everything that could end a line, a cell or a tag, or steer a terminal.
const HOSTILE: &str = "=cmd|' /C calc'!A0,\"\r\n\t| <b>[l](http://x)</b> @all \u{1b}[2J\u{9b}31m\u{202e}é";

#[test]
fn no_format_lets_a_name_steer_anything() {
    let desk = desk(&[(HOSTILE, json!({"x.cluster": HOSTILE})), ("late", json!({"x.window": HOSTILE}))]);
    for format in ["text", "json", "ndjson", "markdown", "csv"] {
        let said = desk.run(&waves_of(&["--format", format, "--rehearse"]));
        assert_eq!(said.status, 1, "{}", said.stderr);
        let steers = |character: char| character.is_control() && character != '\n' || character == '\u{202e}';
        assert!(!said.stdout.chars().any(steers), "{format}: {:?}", said.stdout);
        assert!(!said.stdout.contains("<b>") || matches!(format, "text" | "json" | "ndjson" | "csv"), "{}", said.stdout);
    }
    let json = desk.run(&waves_of(&["--format", "json"])).json();
    assert_eq!(json["waves"][0]["servers"][0]["host"], HOSTILE);
}

#[test]
fn a_table_holds_no_formula() {
    let names = ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1", "plain", "a=1"];
    let servers: Vec<(&str, Json)> = names.iter().map(|name| (*name, json!({"x.cluster": name}))).collect();
    let said = desk(&servers).run(&waves_of(&["--format", "csv"]));
    let mut csv = csv::Reader::from_reader(said.stdout.as_bytes());
    let header = csv.headers().unwrap().iter().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(header, ["wave", "host", "scenario", "group", "minutes", "restarts", "unprotected", "reason"]);
    let mut rows = 0;
    for row in csv.records() {
        let row = row.unwrap();
        for cell in &row {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
        }
        rows += 1;
    }
    assert_eq!(rows, names.len());
    assert!(
        said.stdout.contains(",'=1+1,") && said.stdout.contains(",plain,") && said.stdout.contains(",a=1,"),
        "{}",
        said.stdout
    );
    // The summary is for people, beside the table.
    assert!(said.stderr.contains("note: 8 of 8 servers in waves"), "{}", said.stderr);
}

#[test]
fn every_document_is_what_its_schema_says() {
    let desk = desk(&[("a", json!({"x.cluster": "sql"})), ("b", json!({"x.window": 1}))]);
    for (schema, format) in [("waves", "json"), ("wave-server", "ndjson")] {
        let schema = desk.run(&["schema", schema]).json();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let said = desk.run(&waves_of(&["--format", format, "--rehearse=5", "--stop-at", "1", "--failure-rate", "100%"]));
        let documents: Vec<Json> = match format {
            "json" => vec![said.json()],
            // What is no line of its own is said beside them.
            _ if !said.stderr.contains("note: rehearsed 5 times with 100% failures a server: stopped in 5 (5 in the canary)") => {
                panic!("{}", said.stderr)
            }
            _ => said.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
        };
        assert!(!documents.is_empty());
        for document in documents {
            let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{format}: {errors:?}");
        }
    }
}
