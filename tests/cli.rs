//! Transcripts of the command line, good and bad, and the examples of the README.

#![allow(clippy::expect_used, missing_docs)]

#[test]
fn every_transcript_reads_as_it_is_written() {
    trycmd::TestCases::new().case("tests/cmd/*.md").case("README.md");
}

#[test]
fn the_picture_in_the_readme_is_the_one_that_the_program_draws() {
    let readme = include_str!("../README.md");
    let (_, after) = readme.split_once("```mermaid\n").expect("a picture");
    let (picture, _) = after.split_once("```").expect("its end");
    let estate = ["--facts", "fixtures/estate.ndjson", "--parameters", "fixtures/estate.yaml"];
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_cutover"))
        .args(["scenarios", "graph", "standalone-mma", "--host", "mma-ready-2012r2.corp.example"])
        .args(estate)
        .output()
        .expect("runs");
    assert_eq!(String::from_utf8(output.stdout).expect("UTF-8"), picture);
}
