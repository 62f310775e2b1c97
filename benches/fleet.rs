//! scratch
use cutover::catalog::Catalog;
use cutover::fact::SnapshotReader;
use cutover::plan::{Request, Start, plan};
use std::time::Instant;
fn main() {
    let catalog = Catalog::built_in().unwrap();
    let text = std::fs::read_to_string("fixtures/estate.ndjson").unwrap();
    let snaps: Vec<_> = text.lines().map(|l| SnapshotReader::new(catalog.vocabulary()).json(l).unwrap()).collect();
    let n = 200;
    let t = Instant::now();
    for _ in 0..n {
        for l in text.lines() {
            std::hint::black_box(SnapshotReader::new(catalog.vocabulary()).json(l).unwrap());
        }
    }
    eprintln!("parse {:?} bytes/line {}", t.elapsed() / (n * snaps.len() as u32), text.len() / snaps.len());
    let t = Instant::now();
    for _ in 0..n {
        for s in &snaps {
            std::hint::black_box(Start::observe(&catalog, s, &[]).unwrap());
        }
    }
    eprintln!("observe {:?}", t.elapsed() / (n * snaps.len() as u32));
    let starts: Vec<_> = snaps.iter().map(|s| Start::observe(&catalog, s, &[]).unwrap()).collect();
    let t = Instant::now();
    for _ in 0..n {
        for s in &starts {
            std::hint::black_box(plan(&catalog, s.clone(), Request::default()));
        }
    }
    eprintln!("plan {:?}", t.elapsed() / (n * snaps.len() as u32));
    let t = Instant::now();
    for s in &starts {
        std::hint::black_box(plan(&catalog, s.clone(), Request::default()).document("h"));
    }
    eprintln!("plan+document {:?}", t.elapsed() / (snaps.len() as u32));
}
