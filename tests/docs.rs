//! The documentation: pages made from the catalog are current, and the tutorial's files and commands work as written.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use cutover::catalog::Catalog;
use cutover::report::{exports, reference};
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn pages_made_from_the_catalog_are_current() {
    let catalog = Catalog::built_in().expect("the built-in catalog");
    let pages = [
        ("docs/facts.md", reference::facts(&catalog)),
        ("docs/scenarios.md", reference::scenarios(&catalog)),
        ("docs/codes.md", reference::codes(&catalog)),
        ("docs/exports.md", exports::page(catalog.vocabulary())),
    ];
    for (path, made) in pages {
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(path, &made).expect("written");
        }
        assert_eq!(fs::read_to_string(path).expect("the page"), made, "UPDATE_DOCS=1 cargo test makes {path} anew");
    }
}

/// A fenced block: what stands after the fence, and the lines inside.
fn blocks(page: &str) -> Vec<(&str, Vec<&str>)> {
    let mut found: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut open = false;
    for line in page.lines() {
        match (open, line.strip_prefix("```")) {
            (false, Some(about)) => {
                found.push((about, Vec::new()));
                open = true;
            }
            (true, Some(_)) => open = false,
            (true, None) => found.last_mut().expect("an open block").1.push(line),
            (false, None) => {}
        }
    }
    found
}

/// Runs a command of the page, and compares what it says; a line of three dots stands for anything.
fn run(folder: &Path, lines: &[&str]) {
    let command = lines[0].strip_prefix("$ cutover ").unwrap_or_else(|| panic!("no command: {}", lines[0]));
    let (status, expected) = match lines.get(1).and_then(|line| line.strip_prefix("? ")) {
        Some(status) => (status.parse().expect("a status"), &lines[2..]),
        None => (0, &lines[1..]),
    };
    let output = Command::new(env!("CARGO_BIN_EXE_cutover"))
        .args(command.split(' '))
        .current_dir(folder)
        .env_remove("CUTOVER_CATALOG")
        .output()
        .expect("runs");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).expect("UTF-8");
    assert_eq!(output.status.code(), Some(status), "{command}\n{said}");
    if expected.first() == Some(&"...") {
        return;
    }
    let said: Vec<&str> = said.lines().map(str::trim_end).collect();
    assert_eq!(said, expected, "{command}");
}

#[test]
fn the_tutorial_works_as_it_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = include_str!("../docs/writing-a-scenario.md");
    let mut commands = 0;
    for (about, lines) in blocks(page) {
        match about.split_once(' ') {
            Some(("yaml", path)) => {
                let path = folder.path().join(path);
                fs::create_dir_all(path.parent().expect("a folder")).expect("made");
                fs::write(path, lines.join("\n") + "\n").expect("written");
            }
            _ if about == "console" => {
                run(folder.path(), &lines);
                commands += 1;
            }
            _ => panic!("a block of another kind: {about}"),
        }
    }
    assert!(commands > 8, "{commands} commands were run");
    assert!(folder.path().join("plan.json").exists() && folder.path().join("scenario.schema.json").exists());
}

/// The command lines of the program in a block, without what the shell makes of its exit status.
fn commands<'t>(lines: &[&'t str]) -> Vec<Vec<&'t str>> {
    let command = |line: &&'t str| {
        let at = line.find("cutover ").filter(|at| !line[..*at].contains(['/', '#']))?;
        let words = line[at..].split(" || ").next()?.trim_end_matches('\'');
        Some(words.split_whitespace().collect())
    };
    lines.iter().filter_map(command).collect()
}

#[test]
fn what_the_page_about_ci_tells_to_paste_can_be_pasted() {
    let page = include_str!("../docs/ci.md");
    let (mut yaml, mut run) = (0, 0);
    for (about, lines) in blocks(page) {
        let text = lines.join("\n");
        if about == "yaml" {
            let root = cutover::yaml::parse(&text).unwrap_or_else(|error| panic!("{}: {text}", error.message));
            assert!(matches!(root.kind, cutover::yaml::Kind::Map(_)), "{text}");
            yaml += 1;
        }
        for words in commands(&lines) {
            if let Some(refusal) = cutover::cli::refusal(words.iter().copied()) {
                panic!("{words:?}: {refusal}");
            }
            run += 1;
        }
    }
    assert_eq!((yaml, run), (4, 7), "every block is looked at");
    assert!(cutover::cli::refusal(["cutover", "verify", "--format", "xml"]).is_some());
    // The plan on the page is one that can be read, and its parts are those of the catalog.
    let (_, plan) = blocks(page).into_iter().find(|(_, lines)| lines[0].starts_with("schema:")).expect("the plan");
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("plan.yaml"), plan.join("\n").replace("srv-app01", "mma-ready-2012r2")).expect("written");
    let facts = fs::canonicalize("fixtures/wave.ndjson").expect("the facts");
    run_in(folder.path(), &["verify", "plan.yaml", "--facts", facts.to_str().expect("UTF-8")]);
}

/// Runs a command that must answer yes.
fn run_in(folder: &Path, arguments: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_cutover")).args(arguments).current_dir(folder).output().expect("runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn every_page_is_linked_and_every_link_leads_somewhere() {
    let pages = ["README.md", "CONTRIBUTING.md", "docs/README.md"];
    let mut linked = String::new();
    for page in pages.iter().map(Path::new).chain(
        fs::read_dir("docs")
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect::<Vec<_>>()
            .iter()
            .map(std::path::PathBuf::as_path),
    ) {
        if page.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let text = fs::read_to_string(page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = target.split('#').next().unwrap_or("");
            if target.is_empty() || target.contains(' ') || target.starts_with("http") {
                continue;
            }
            let path = page.parent().expect("a folder").join(target);
            assert!(path.exists(), "{} links to {target}", page.display());
            linked.push_str(&fs::canonicalize(path).unwrap().display().to_string());
            linked.push('\n');
        }
    }
    for entry in fs::read_dir("docs").unwrap() {
        let path = fs::canonicalize(entry.unwrap().path()).unwrap();
        if path.extension().is_some_and(|extension| extension == "md") && !path.ends_with("README.md") {
            assert!(linked.contains(&path.display().to_string()), "nothing links to {}", path.display());
        }
    }
}
