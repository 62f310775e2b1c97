//! Instructions of planning one server, without starting a process or reading the catalog.
//!
//! `cargo bench --bench instructions` needs valgrind and `gungraun-runner` of the library's version.

#![allow(clippy::expect_used, missing_docs)]

use cutover::catalog::Catalog;
use cutover::fact::{Snapshot, SnapshotReader};
use cutover::plan::{Plan, Request, Start, plan};
use gungraun::{library_benchmark, library_benchmark_group, main};
use std::hint::black_box;

fn server() -> (&'static Catalog, Snapshot) {
    let catalog = Box::leak(Box::new(Catalog::built_in().expect("the built-in catalog")));
    let estate = include_str!("../fixtures/estate.ndjson");
    let snapshot = SnapshotReader::new(catalog.vocabulary()).json(estate.lines().next().expect("a line")).expect("a snapshot");
    (catalog, snapshot)
}

#[library_benchmark]
#[bench::first_of_the_estate(setup = server)]
fn plan_one_server((catalog, snapshot): (&'static Catalog, Snapshot)) -> Plan<'static> {
    let start = Start::observe(catalog, &snapshot, &[]).expect("no assumption");
    black_box(plan(catalog, start, Request::default()))
}

#[library_benchmark]
fn read_the_catalog() -> Catalog {
    black_box(Catalog::built_in().expect("the built-in catalog"))
}

library_benchmark_group!(name = planning, benchmarks = [plan_one_server, read_the_catalog]);
main!(library_benchmark_groups = planning);
