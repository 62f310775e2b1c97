//! Transcripts of the command line, good and bad, and the examples of the README.

#![allow(clippy::expect_used, missing_docs)]

#[test]
fn every_transcript_reads_as_it_is_written() {
    trycmd::TestCases::new().case("tests/cmd/*.md").case("README.md");
}

#[test]
fn the_picture_in_the_readme_is_the_one_that_the_program_draws() {
    let estate = ["--facts", "fixtures/estate.ndjson", "--parameters", "fixtures/estate.yaml"];
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_cutover"))
        .args(["scenarios", "graph", "standalone-mma", "--host", "mma-ready-2012r2.corp.example", "--format", "svg"])
        .args(estate)
        .output()
        .expect("runs");
    let drawn = String::from_utf8(output.stdout).expect("UTF-8");
    let path = "docs/pictures/plan.svg";
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &drawn).expect("written");
    }
    assert!(include_str!("../README.md").contains(path));
    assert_eq!(drawn, std::fs::read_to_string(path).expect("the picture"), "UPDATE_DOCS=1 cargo test draws it anew");
}

#[test]
fn permuting_input_lines_permutes_output_lines_and_nothing_else() {
    let estate = include_str!("../fixtures/estate.ndjson");
    let lines: Vec<&str> = estate.lines().collect();
    let folder = tempfile::tempdir().expect("a folder");
    let planned = |order: &[usize]| {
        let path = folder.path().join("estate.ndjson");
        let text: Vec<&str> = order.iter().map(|at| lines[*at]).collect();
        std::fs::write(&path, text.join("\n")).expect("written");
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_cutover"))
            .args(["plan", "--parameters", "fixtures/estate.yaml", "--format", "ndjson"])
            .arg(&path)
            .output()
            .expect("runs");
        let answers = String::from_utf8(output.stdout).expect("UTF-8");
        (answers.lines().map(str::to_owned).collect::<Vec<_>>(), output.status.code())
    };
    let in_order: Vec<usize> = (0..lines.len()).collect();
    let (answers, status) = planned(&in_order);
    assert_eq!(answers.len(), lines.len());
    // Every step that has no divisor in common with the number of lines visits all of them.
    for step in [lines.len() - 1, 3, 5, 31] {
        let order: Vec<usize> = in_order.iter().map(|at| at * step % lines.len()).collect();
        let (permuted, again) = planned(&order);
        let expected: Vec<&String> = order.iter().map(|at| &answers[*at]).collect();
        assert_eq!(permuted.iter().collect::<Vec<_>>(), expected);
        assert_eq!(status, again);
    }
}
