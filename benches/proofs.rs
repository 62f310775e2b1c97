//! How proofs grow: with the steps that nothing orders, and with the facts. Catalogs are generated; nodes are the diagrams'.
//!
//! `cargo bench --bench proofs`. Times are of this machine and this moment; nodes are the same everywhere.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use cutover::catalog::{Catalog, SourceFile};
use cutover::prove::{Options, prove};
use std::fmt::Write as _;
use std::time::Instant;

/// A catalog with so many steps that nothing orders, each for a fact of its own, and so many facts that steps only read.
fn catalog(steps: usize, read: usize) -> Catalog {
    let mut facts = "facts:\n".to_owned();
    let mut fact = |id: &str| {
        writeln!(facts, "  - {{ id: {id}, type: flag, about: A fact., observed: by looking, remedy: Change it., source: none }}")
            .unwrap();
    };
    fact("reboot.pending");
    (0..steps).for_each(|at| fact(&format!("done.f{at}")));
    (0..read).for_each(|at| fact(&format!("read.f{at}")));
    let (mut actions, mut scenario) = ("actions:\n".to_owned(), String::new());
    for at in 0..steps {
        let needs = if read == 0 { String::new() } else { format!("requires: {{ read.f{}: true }}, ", at % read) };
        writeln!(
            actions,
            "  - {{ id: act-{at}, title: Do it, performed_by: host, {needs}achieved_when: {{ done.f{at}: true }}, after_restart: \
             [{{ set: {{ done.f{at}: true }} }}], reboot: possible, undo: {{ irreversible: no }}, minutes: 1, evidence: assumed, source: none }}"
        )
        .unwrap();
        writeln!(scenario, "  - {{ id: act-{at}, action: act-{at}, supplement: why }}").unwrap();
    }
    let last: Vec<String> = (0..steps).map(|at| format!("act-{at}")).collect();
    actions.push_str(
        "  - { id: restart, title: Restart, performed_by: host, achieved_when: { reboot.pending: false }, effects: [{ set: { reboot.pending: \
         false } }], reboot: restart, undo: { irreversible: no }, minutes: 1, evidence: assumed, source: none }\n",
    );
    writeln!(scenario, "  - {{ id: restart, action: restart, supplement: why, after: [{}] }}", last.join(", ")).unwrap();
    let goal: Vec<String> = (0..steps).map(|at| format!("done.f{at}: true")).collect();
    let scenario = format!(
        "id: tiny\ntitle: Generated\narticle: all\nsupports: {{}}\napplies_when: {{}}\ngoal: {{ {} }}\nsteps:\n{scenario}",
        goal.join(", ")
    );
    let article =
        "title: All\nsections:\n  - id: all\n    heading: All\n    items:\n      - { ref: \"1\", kind: step, says: All. }\n"
            .to_owned();
    let files = vec![
        SourceFile::new("catalog/facts.yaml", facts),
        SourceFile::new("catalog/actions.yaml", actions),
        SourceFile::new("catalog/invariants.yaml", "invariants: []\n".to_owned()),
        SourceFile::new("catalog/article.yaml", article),
        SourceFile::new("tiny.yaml", scenario),
    ];
    Catalog::check_files(files).0
}

fn row(steps: usize, read: usize) {
    let catalog = catalog(steps, read);
    let scenario = catalog.scenario("tiny").unwrap();
    let begun = Instant::now();
    match prove(&catalog, scenario, &Options::default()) {
        Ok(proof) => println!(
            "{steps:>5} {read:>5} {:>12} {:>22} {:>26} {:>10} {:>7} ms",
            proof.servers,
            proof.states,
            proof.orders.unwrap_or_default(),
            proof.nodes,
            begun.elapsed().as_millis()
        ),
        Err(limit) => println!("{steps:>5} {read:>5}  {limit}"),
    }
}

fn main() {
    println!("steps facts      servers                 states                     orders      nodes      time");
    for steps in [2, 4, 6, 8, 10] {
        row(steps, 0);
    }
    for read in [2, 4, 8, 16, 24] {
        row(8, read);
    }
}
