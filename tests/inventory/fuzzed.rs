//! What fuzzing and reading for it have found, each with the input that it came to light with.

use super::said::{catalog, of, part_of};
use cutover::inventory::{Mapping, Options, Reading, Seen, Source};

/// When the only row of a table was seen.
fn seen(cell: &str) -> Seen {
    let text = "schema: cutover/mapping/v1\ncolumns: { Name: host, Seen: seen }\n";
    let mapping = Some(Mapping::parse(catalog().vocabulary(), text).expect("a mapping"));
    let mut reading = Reading::new(catalog().vocabulary());
    let source = Source { name: "a.csv".to_owned(), bytes: format!("Name,Seen\nsrv,{cell}\n").into_bytes() };
    reading.read(&source, &Options { mapping, ..Options::default() }).expect("a table");
    reading.parts[0].records[0].seen
}

#[test]
fn a_zone_that_is_years_ahead_is_no_zone() {
    for zone in
        ["+9223372036854775807:00", "+0:9223372036854775807", "-99999999999999999:59", "+24:00", "+01:60", "+1:-1", "+-1:00"]
    {
        assert_eq!(seen(&format!("20/11/2025 6:02:11 AM {zone}")), Seen::Unreadable, "{zone}");
    }
    let expected = Seen::At("2025-11-20T05:02:11Z".parse().expect("a time"));
    assert_eq!(seen("20/11/2025 6:02:11 AM +01:00"), expected);
    assert_eq!(seen("20/11/2025 0:02:11 AM -05:00"), expected);
}

#[test]
fn a_header_of_a_million_columns_is_refused_before_they_are_compared() {
    let header: Vec<String> = (0..1_000_000).map(|number| format!("c{number}")).collect();
    let error = of("a.csv", header.join(",") + "\n").expect_err("an error");
    assert_eq!(error.message(), "the header has 1000000 columns, where no more than 10000 are read");
    assert_eq!(error.place().to_string(), "a.csv:1");
}

#[test]
fn a_header_of_many_columns_is_read() {
    let more: Vec<String> = (0..9_000).map(|number| format!("c{number}")).collect();
    let part = part_of("a.csv", format!("Device ID,Device name,OS platform,{}\n", more.join(",")));
    assert_eq!(part.rows, 0);
}
