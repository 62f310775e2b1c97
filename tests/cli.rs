//! Transcripts of the command line, good and bad, and the examples of the README.

#[test]
fn every_transcript_reads_as_it_is_written() {
    trycmd::TestCases::new().case("tests/cmd/*.md").case("README.md");
}
