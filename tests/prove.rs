//! The prover against a second, naive program, and both against what a person worked out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;
mod explorer;
mod proofs;

use explorer::Report;
use proofs::by_hand::cases;

fn counts(report: &Report) -> [u128; 7] {
    [report.servers, report.impossible, report.ready, report.done, report.states, report.transitions, report.orders]
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
        let edges: Vec<(usize, usize, String)> =
            report.edges.iter().map(|((from, to), fails)| (*from, *to, fails.iter().collect())).collect();
        let expected: Vec<(usize, usize, String)> =
            case.edges.iter().map(|(from, to, fails)| (*from, *to, (*fails).to_owned())).collect();
        assert_eq!(edges, expected, "{}", case.about);
    }
}
