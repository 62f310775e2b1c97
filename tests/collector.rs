//! The script that reads a server: it parses, it says which facts each line is for, and it can change nothing.

#![allow(clippy::expect_used)]

use cutover::catalog::Catalog;
use cutover::report::collector::script;
use std::collections::BTreeSet;
use tree_sitter::{Node, Parser, Tree};

fn built_in() -> (Catalog, String) {
    let catalog = Catalog::built_in().expect("the built-in catalog");
    let text = script(&catalog, &catalog.probes().expect("probes"));
    (catalog, text)
}

fn parsed(text: &str) -> Tree {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_powershell::LANGUAGE.into()).expect("the language");
    parser.parse(text, None).expect("a tree")
}

fn visit<'t>(node: Node<'t>, found: &mut impl FnMut(Node<'t>)) {
    found(node);
    for index in 0..node.child_count() {
        visit(node.child(index).expect("a child"), found);
    }
}

fn texts<'s>(tree: &Tree, source: &'s str, kind: &str) -> BTreeSet<&'s str> {
    let mut found = BTreeSet::new();
    visit(tree.root_node(), &mut |node| {
        if node.kind() == kind {
            found.insert(&source[node.byte_range()]);
        }
    });
    found
}

#[test]
fn it_parses_without_an_error() {
    let (_, text) = built_in();
    let tree = parsed(&text);
    visit(tree.root_node(), &mut |node| {
        let at = node.start_position().row + 1;
        assert!(!node.is_error() && !node.is_missing(), "line {at}: {}", &text[node.byte_range()]);
    });
    assert!(parsed("function Broken { 'x'").root_node().has_error(), "this parser finds errors");
}

#[test]
fn it_runs_no_command_that_could_change_anything() {
    let (_, text) = built_in();
    let tree = parsed(&text);
    let own: BTreeSet<&str> = texts(&tree, &text, "function_name");
    let foreign: BTreeSet<&str> = texts(&tree, &text, "command_name").into_iter().filter(|name| !own.contains(name)).collect();
    let expected = ["Get-AuthenticodeSignature", "Get-CimInstance", "Get-Service", "Sort-Object", "Where-Object"];
    assert_eq!(foreign, BTreeSet::from(expected));
    // What is not a command goes through .NET: nothing there writes either.
    for word in ["Set", "Write", "Delete", "Create", "Remove", "New-", "Start-", "Invoke-", "Add-", "Out-", "SaveAs", "Kill"] {
        let methods = texts(&tree, &text, "member_name");
        let hits: Vec<_> = methods.iter().filter(|name| name.starts_with(word)).collect();
        let allowed = ["CreateInstance"];
        assert!(hits.iter().all(|name| allowed.contains(*name)), "{word}: {hits:?}");
    }
    assert!(text.is_ascii());
    assert!(!text.lines().any(|line| line.contains(" > ") || line.contains(">>")), "no redirection");
}

#[test]
fn every_fact_that_can_be_seen_on_a_server_is_named_beside_what_is_read_for_it() {
    let (catalog, text) = built_in();
    let probes = catalog.probes().expect("probes");
    let named: BTreeSet<&str> = text
        .lines()
        .zip(text.lines().skip(1))
        .filter(|(_, next)| next.starts_with("Observe '"))
        .flat_map(|(line, _)| line.trim_start_matches("# ").split(", "))
        .collect();
    for (fact, _) in &probes.facts {
        assert!(named.contains(catalog.vocabulary().name(*fact)), "{}", catalog.vocabulary().name(*fact));
    }
    let observations = text.lines().filter(|line| line.starts_with("Observe '")).count();
    assert_eq!(observations, probes.sources().len());
    assert_eq!(text, built_in().1);
}
