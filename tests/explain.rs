//! The smallest change on the shipped estate, against trying out every change of up to three facts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::{candidates, catalog};
use cutover::fact::{FactId, HostFacts, Observation, SnapshotReader, Value};
use cutover::plan::explain::{Wanted, smallest_change};
use cutover::plan::{Assumption, Request, Start, Status, plan};
use std::sync::{Arc, Mutex};
use std::thread;

fn request() -> Request {
    let given = [
        ("workspace_id", "7f3c1a52-9d0e-4b86-a5c1-2e8d60b4f917"),
        ("org_id", "c41d7e90-58ab-4f3d-b6e2-91a7035fd8cc"),
        ("replace_third_party", "true"),
    ];
    let value = |(name, text): (&str, &str)| {
        (Arc::from(name), catalog().parameter(name).expect("a parameter").parse(text).expect("a value"))
    };
    Request { parameters: given.into_iter().map(value).collect(), ..Request::default() }
}

/// What `fixtures/estate.yaml` assumes, where the source says nothing.
fn assumptions(host: &dyn HostFacts) -> Vec<Assumption> {
    let facts = ["mecm.application_created", "mecm.tenant_attach"].map(|name| catalog().vocabulary().find(name).expect("a fact"));
    let open = facts.into_iter().filter(|fact| matches!(host.observe(*fact), Observation::Unknown(_)));
    open.map(|fact| Assumption { fact, value: Value::Flag(true) }).collect()
}

fn is_good(start: &Start, changes: &[(FactId, Value)]) -> bool {
    let after = start.changed(catalog(), changes, &[]);
    !after.is_impossible(catalog()) && matches!(plan(catalog(), after, request()).status, Status::Ready | Status::Done)
}

/// The tenant of the estate is another than that of the made-up servers, so its values are tried too.
fn values(fact: FactId) -> Vec<Value> {
    let mut values = candidates(fact);
    let name = catalog().vocabulary().name(fact);
    if name == "sense.org" || name == "package.org" {
        values.push(Value::Text("c41d7e90-58ab-4f3d-b6e2-91a7035fd8cc".into()));
    }
    values
}

/// The first facts, so many of them, whose other values together help; found by trying all, after `chosen`.
fn first_of(start: &Start, size: usize, chosen: &mut Vec<(FactId, Value)>) -> Option<Vec<FactId>> {
    if size == 0 {
        return is_good(start, chosen).then(|| chosen.iter().map(|(fact, _)| *fact).collect());
    }
    let last = chosen.last().map(|(fact, _)| *fact);
    let mut first: Option<Vec<FactId>> = None;
    for fact in catalog().vocabulary().ids().filter(|fact| last.is_none_or(|last| *fact > last)) {
        for value in values(fact).into_iter().filter(|value| start.given[fact.index()].as_ref() != Some(value)) {
            chosen.push((fact, value));
            let found = first_of(start, size - 1, chosen);
            chosen.pop();
            first = first.into_iter().chain(found).min();
        }
        if first.is_some() {
            break;
        }
    }
    first
}

/// How many facts the smallest change of a server has, 0 where more than three are needed, once it was seen to be the first of the
/// fewest; nothing for a server that is ready.
fn seen_to_be_smallest(line: &str) -> Option<usize> {
    let snapshot = SnapshotReader::new(catalog().vocabulary()).json(line).expect("a snapshot");
    let start = Start::observe(catalog(), &snapshot, &assumptions(&snapshot)).expect("nothing contradicts");
    let planned = plan(catalog(), start.clone(), request());
    if matches!(planned.status, Status::Ready | Status::Done) {
        return None;
    }
    let found = smallest_change(catalog(), &start, &request(), &Wanted::Good);
    let host = snapshot.host();
    let size = found.as_ref().map_or(4, Vec::len);
    for tried in 1..=size.min(3) {
        let first = first_of(&start, tried, &mut Vec::new());
        let expected = found.as_ref().filter(|_| tried == size);
        let expected = expected.map(|change| change.iter().map(|(fact, _)| *fact).collect());
        assert_eq!(first, expected, "{host}");
    }
    if let Some(change) = &found {
        assert!(is_good(&start, change), "{host}: the change does not help");
    }
    Some(found.map_or(0, |change| change.len()))
}

#[test]
fn the_smallest_change_is_the_first_of_the_fewest_facts_that_suffice() {
    let lines = Mutex::new(include_str!("../fixtures/estate.ndjson").lines());
    let next = || lines.lock().expect("nobody failed").next();
    let work = || {
        let mut sizes = [0_usize; 4];
        while let Some(line) = next() {
            if let Some(size) = seen_to_be_smallest(line) {
                sizes[size] += 1;
            }
        }
        sizes
    };
    let mut sizes = [0_usize; 4];
    thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            let seen = worker.join().expect("each is the smallest");
            (0..4).for_each(|size| sizes[size] += seen[size]);
        }
    });
    // One server needs more than three, and the others show every size.
    assert!(sizes.iter().all(|servers| *servers > 0), "{sizes:?}");
}
