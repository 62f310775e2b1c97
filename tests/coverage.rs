//! The article item by item: every numbered step, note, tip, example and footnote is there and is encoded, and every step of
//! a scenario names an item or says why it is there without one.

#![allow(clippy::expect_used, missing_docs)]

use cutover::catalog::{Catalog, ItemKind, coverage};

/// What the article has, counted by hand: sections, and in each its items with their kinds.
const ARTICLE: [(&str, &str); 8] = [
    ("general", "applies-to note, note-1 note, guidelines note, note-2 note"),
    ("installer-script", "note-1 note, 1 step, 2 step, 3 step, 4 step, 5 step, note-2 note, example-1 example"),
    ("mecm-scep", "1 step, 2 step, 2.1 step, 2.2 step, 2.3 step, 2.4 step, 2.5 step, tip-1 tip, 3 step, 4 step"),
    (
        "mecm-third-party-av",
        "1 step, 2 step, 3 step, 4 step, 4.1 step, 4.2 step, 4.3 step, 4.4 step, 5 step, 6 step, 7 step, tip-1 tip, \
         example-1 example, footnote-1 footnote",
    ),
    ("mecm-to-defender-attach", "1 step, 2 step, note-1 note"),
    ("standalone-mma", "1 step, 2 step, 3 step, 4 step, 5 step, 6 step, tip-1 tip"),
    ("standalone-third-party-av", "1 step, 2 step, 3 step, 4 step, 5 step, tip-1 tip, example-1 example, footnote-1 footnote"),
    ("azure-defender", "1 step"),
];

#[test]
fn every_item_of_the_article_is_there() {
    let article = Catalog::built_in().expect("the built-in catalog").article().expect("its article");
    let sections: Vec<(String, String)> = article
        .sections
        .iter()
        .map(|section| {
            let items = section.items.iter().map(|item| format!("{} {}", item.reference, item.kind.name()));
            (section.id.to_string(), items.collect::<Vec<_>>().join(", "))
        })
        .collect();
    let expected: Vec<(String, String)> =
        ARTICLE.iter().map(|(section, items)| ((*section).to_owned(), (*items).to_owned())).collect();
    assert_eq!(sections, expected);
}

#[test]
fn every_item_is_encoded_and_every_numbered_step_by_a_step_of_its_scenario() {
    let catalog = Catalog::built_in().expect("the built-in catalog");
    let article = catalog.article().expect("its article");
    let (covered, findings) = coverage(&catalog, &article);
    assert_eq!(findings, []);
    for item in &covered {
        let own = item.steps.iter().any(|(scenario, _)| *scenario == item.section);
        assert!(item.kind != ItemKind::Step || own, "{} {} has no step of its own scenario", item.section, item.reference);
        assert!(!item.steps.is_empty() || !item.names.is_empty(), "{} {} is not encoded", item.section, item.reference);
    }
}

#[test]
fn every_step_of_a_scenario_names_an_item_or_says_why_it_is_there() {
    let catalog = Catalog::built_in().expect("the built-in catalog");
    let article = catalog.article().expect("its article");
    for scenario in catalog.scenarios() {
        for step in &scenario.steps {
            match (&step.article, &step.supplement) {
                (Some(reference), None) => {
                    assert!(article.item(&scenario.article, reference).is_some(), "{}/{}", scenario.id, step.id);
                }
                (None, Some(why)) => assert!(why.len() > 10, "{}/{} says too little", scenario.id, step.id),
                _ => unreachable!("{}/{} has both or neither", scenario.id, step.id),
            }
        }
    }
}
