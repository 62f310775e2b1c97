//! The built-in catalog with one thing wrong, again and again: what notices it is a property of the proof, the catalog's checks, or
//! nothing, and then `survivors.yaml` says why. `docs/mutations.md` is the outcome.
//!
//! All mutants take minutes, so that the tests look at some and at the page; all of them, which also makes the page anew, is
//! `UPDATE_DOCS=1 cargo test --release --test mutations -- --ignored`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::use_debug, clippy::print_stdout, missing_docs)]

mod conditions;
mod effects;
mod mutants;
mod page;
mod proving;
mod reasons;
mod tree;

use cutover::catalog::EdgeKind;
use cutover::prove::{Options, prove};
use mutants::{Files, Mutant};
use proving::{Outcome, Prover};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// What is done to a part of the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    Deleted,
    Inverted,
}

const AGAIN: &str = "UPDATE_DOCS=1 cargo test --release --test mutations -- --ignored";

fn updating() -> bool {
    std::env::var_os("UPDATE_DOCS").is_some()
}

fn listed() -> Vec<(String, Outcome)> {
    page::listed(&fs::read_to_string(page::PATH).expect("the page"))
}

/// What the page says of each mutant, in their order.
fn outcomes(mutants: &[Mutant]) -> Vec<Outcome> {
    let (ids, outcomes): (Vec<String>, Vec<Outcome>) = listed().into_iter().unzip();
    let now: Vec<String> = mutants.iter().map(ToString::to_string).collect();
    assert!(ids == now, "{} lists other mutants than the catalog has; {AGAIN} makes it anew", page::PATH);
    outcomes
}

#[test]
fn every_mutant_is_another_catalog_and_has_a_name_of_its_own() {
    let files = Files::built_in();
    let mutants = files.mutants();
    let ids: BTreeSet<String> = mutants.iter().map(ToString::to_string).collect();
    assert_eq!(ids.len(), mutants.len());
    let texts: BTreeSet<String> = mutants.iter().map(|mutant| files.changed(mutant)).collect();
    assert_eq!(texts.len(), mutants.len());
    assert!(mutants.iter().all(|mutant| !texts.contains(&files.unchanged(mutant))));
}

#[test]
fn a_condition_is_mutated_in_each_of_its_parts() {
    let node = cutover::yaml::parse("{ a: 1, not: { b: 2 }, any: [{ c: [x, y] }, { d: 4, e: 5 }] }").unwrap();
    let parts = conditions::parts(&node);
    let names: Vec<String> = parts.iter().map(|(path, how, _)| format!("{path} {how:?}")).collect();
    let both = ["a", "not/b", "any", "any/1/c", "any/2", "any/2/d", "any/2/e"];
    let mut expected: Vec<String> =
        both.iter().flat_map(|path| [format!("{path} Deleted"), format!("{path} Inverted")]).collect();
    expected.extend(["any/1/c/x Deleted".to_owned(), "any/1/c/y Deleted".to_owned()]);
    assert_eq!(names.iter().collect::<BTreeSet<_>>(), expected.iter().collect::<BTreeSet<_>>());
    let written = |name: &str| tree::written(&parts[names.iter().position(|one| one == name).unwrap()].2);
    assert_eq!(written("a Deleted"), r#"{ "not": { "b": 2 }, "any": [{ "c": ["x", "y"] }, { "d": 4, "e": 5 }] }"#);
    assert_eq!(
        written("not/b Inverted"),
        r#"{ "all": [{ "a": 1 }, { "b": 2 }, { "any": [{ "c": ["x", "y"] }, { "d": 4, "e": 5 }] }] }"#
    );
    assert_eq!(written("any/1/c Deleted"), r#"{ "a": 1, "not": { "b": 2 }, "any": [{ "d": 4, "e": 5 }] }"#);
    assert_eq!(
        written("any/2/e Inverted"),
        r#"{ "a": 1, "not": { "b": 2 }, "any": [{ "c": ["x", "y"] }, { "all": [{ "d": 4 }, { "not": { "e": 5 } }] }] }"#
    );
    assert_eq!(written("any/1/c/x Deleted"), r#"{ "a": 1, "not": { "b": 2 }, "any": [{ "c": ["y"] }, { "d": 4, "e": 5 }] }"#);
}

#[test]
fn the_opposite_of_a_change_is_what_the_table_says() {
    let files = Files::built_in();
    let effects = "[{ set: { os.core: true, defender.mode: passive, os.build: \">= 6.3.9600.17736\", defender.platform: \">= $p\", \
                   defender.signature_age: \"<= 1\", sense.org: $o, sense.version: { unknown: why } }, when: { a: 1 } }, \
                   { set: { third_party.products: { only: [] }, reboot.reasons: { only: [ccm, cbs] } } }, { remove: { mma.workspaces: w } }]";
    let changes = effects::changes(files.catalog(), &cutover::yaml::parse(effects).unwrap());
    let inverted: Vec<&cutover::yaml::Node> =
        changes.iter().filter(|(_, how, _)| *how == How::Inverted).filter_map(|(_, _, effects)| effects.as_ref()).collect();
    let says = |at: usize, part: &str| {
        let text = tree::written(inverted[at]);
        assert!(text.contains(part), "{text}");
    };
    says(0, r#""os.core": false"#);
    says(1, r#""defender.mode": "active""#);
    says(2, r#""os.build": "<= 6.3.9600.17735""#);
    says(3, r#""defender.platform": "<= 0""#);
    says(4, r#""defender.signature_age": ">= 2""#);
    says(5, r#""sense.org": "00000000"#);
    says(6, r#""add": { "third_party.products": "#);
    says(7, r#""only": ["windows_update", "defender_feature", "installer_marker", "file_rename", "computer_rename"]"#);
    says(8, r#"{ "add": { "mma.workspaces": "w" } }"#);
    assert_eq!((inverted.len(), changes.len()), (9, 19));
}

#[test]
fn the_page_lists_every_mutant_and_says_why_nothing_notices_some() {
    let mutants = Files::built_in().mutants();
    let outcomes = outcomes(&mutants);
    let reasons = reasons::reasons();
    let made = page::page(&mutants, &outcomes, &reasons);
    if updating() {
        fs::write(page::PATH, &made).expect("written");
    }
    assert_eq!(fs::read_to_string(page::PATH).expect("the page"), made, "UPDATE_DOCS=1 cargo test makes {} anew", page::PATH);
    let survives = |(_, outcome): &(&Mutant, &Outcome)| matches!(outcome, Outcome::Survives(_));
    let left: BTreeSet<String> = mutants.iter().zip(&outcomes).filter(survives).map(|(mutant, _)| mutant.to_string()).collect();
    let given: Vec<&String> = reasons.iter().flat_map(|reason| &reason.mutants).collect();
    let known: BTreeSet<String> = given.iter().map(|id| (*id).clone()).collect();
    assert_eq!(known.len(), given.len(), "a mutant has one reason");
    let (unexplained, superfluous): (Vec<_>, Vec<_>) = (left.difference(&known).collect(), known.difference(&left).collect());
    assert!(unexplained.is_empty() && superfluous.is_empty(), "without a reason: {unexplained:#?}\nnoticed: {superfluous:#?}");
}

/// The scenarios whose proofs take the least.
const QUICK: [&str; 3] = ["azure-defender", "installer-script", "mecm-to-defender-attach"];

/// Whether only quick proofs are needed to see what notices a mutant.
fn quick(mutant: &Mutant, outcome: &Outcome) -> bool {
    let is_quick = |id: &String| QUICK.contains(&id.as_str());
    match outcome {
        Outcome::Unread(_) => true,
        Outcome::Caught { scenario, .. } => {
            mutant.scenarios.iter().all(|id| is_quick(id) || id != scenario)
                && is_quick(scenario)
                && is_quick(&mutant.scenarios[0])
        }
        Outcome::Checked(_) | Outcome::NoRoom(_) | Outcome::Survives(_) => mutant.scenarios.iter().all(is_quick),
    }
}

#[test]
fn some_mutants_are_noticed_as_the_page_says() {
    let files = Files::built_in();
    let mutants = files.mutants();
    let outcomes = outcomes(&mutants);
    let mut prover = Prover::new(&files);
    let quick = mutants.iter().zip(&outcomes).filter(|(mutant, outcome)| quick(mutant, outcome));
    let mut looked_at = 0;
    for (mutant, outcome) in quick.step_by(EVERY) {
        assert_eq!(prover.prove(mutant), *outcome, "{mutant}");
        looked_at += 1;
    }
    assert!(looked_at > 20, "{looked_at} mutants were proved");
}

/// How many of the quick mutants are passed over for one that is proved.
const EVERY: usize = 19;

/// A proof says of each technical edge whether a property fails without it. Deleting it from the catalog says the same.
#[test]
fn edges_are_needed_where_the_proof_says_so() {
    let files = Files::built_in();
    let outcomes: BTreeMap<String, Outcome> = listed().into_iter().collect();
    for scenario in files.catalog().scenarios().iter().filter(|scenario| QUICK.contains(&&*scenario.id)) {
        let proof = prove(files.catalog(), scenario, &Options::default()).expect("an answer");
        for edge in proof.edges {
            let (from, to) = (&scenario.steps[edge.from], &scenario.steps[edge.to]);
            let id = format!("{}: edge {} -> {} deleted", scenario.id, from.id, to.id);
            let survives = matches!(outcomes[&id], Outcome::Survives(_));
            assert_eq!(edge.needed_for.is_none(), survives, "{id}");
            assert!(to.after.iter().any(|one| one.from == edge.from && one.kind != EdgeKind::Procedural));
        }
    }
}

#[test]
#[ignore = "proves every mutant, which takes minutes and wants --release"]
fn every_mutant_is_noticed_as_the_page_says() {
    let files = Files::built_in();
    let mutants = files.mutants();
    let mut prover = Prover::new(&files);
    let told = |(at, mutant): (usize, &Mutant)| {
        println!("{} of {}: {mutant}", at + 1, mutants.len());
        prover.prove(mutant)
    };
    let outcomes: Vec<Outcome> = mutants.iter().enumerate().map(told).collect();
    let made = page::page(&mutants, &outcomes, &reasons::reasons());
    if updating() {
        fs::write(page::PATH, &made).expect("written");
    }
    assert_eq!(fs::read_to_string(page::PATH).expect("the page"), made, "{AGAIN} makes {} anew", page::PATH);
}
