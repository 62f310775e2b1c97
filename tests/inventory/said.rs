//! Reading fixtures, and what was read of them as lines that a person can check.

use cutover::catalog::Catalog;
use cutover::inventory::{About, InventoryError, Options, Part, Reading, Record, Said, Source};
use std::fs;
use std::path::Path;

/// The catalog whose facts are read.
pub fn catalog() -> &'static Catalog {
    static CATALOG: std::sync::LazyLock<Catalog> = std::sync::LazyLock::new(|| Catalog::built_in().expect("the catalog"));
    &CATALOG
}

/// A fixture by its path below `fixtures/inventory`, which is what it is called.
pub fn source(path: &str) -> Source {
    let bytes = fs::read(Path::new("fixtures/inventory").join(path)).expect("the fixture");
    Source { name: path.to_owned(), bytes }
}

/// What was read of fixtures.
pub fn read(paths: &[&str]) -> Reading<'static> {
    let mut reading = Reading::new(catalog().vocabulary());
    for path in paths {
        reading.read(&source(path), &Options::default()).unwrap_or_else(|error| panic!("{}: {error}", error.place()));
    }
    reading
}

/// What was read of a text that stands in a file of this name.
pub fn of(name: &str, bytes: impl Into<Vec<u8>>) -> Result<Reading<'static>, InventoryError> {
    let mut reading = Reading::new(catalog().vocabulary());
    reading.read(&Source { name: name.to_owned(), bytes: bytes.into() }, &Options::default())?;
    Ok(reading)
}

/// The only part of such a text.
pub fn part_of(name: &str, bytes: impl Into<Vec<u8>>) -> Part<'static> {
    let mut parts = of(name, bytes).unwrap_or_else(|error| panic!("{}: {error}", error.place())).parts;
    assert_eq!(parts.len(), 1, "{name}");
    parts.remove(0)
}

/// The only part that was read of a fixture.
pub fn part(path: &str) -> Part<'static> {
    let mut parts = read(&[path]).parts;
    assert_eq!(parts.len(), 1, "{path}");
    parts.remove(0)
}

/// The parts that were read of a text.
pub fn read_text(name: &str, text: &str) -> Vec<Part<'static>> {
    let mut reading = Reading::new(catalog().vocabulary());
    let source = Source { name: name.to_owned(), bytes: text.as_bytes().to_vec() };
    reading.read(&source, &Options::default()).unwrap_or_else(|error| panic!("{}: {error}", error.place()));
    reading.parts
}

/// The only part that was read of a text.
pub fn part_of_text(name: &str, text: &str) -> Part<'static> {
    let mut parts = read_text(name, text);
    assert_eq!(parts.len(), 1, "{name}");
    parts.remove(0)
}

/// The part of one kind among those that were read.
pub fn of_kind<'p>(parts: &'p [Part<'static>], format: &str) -> &'p Part<'static> {
    parts.iter().find(|part| part.format == format).unwrap_or_else(|| panic!("{format} of {parts:?}"))
}

/// Why rows were of no use, and how many.
pub fn ignored(part: &Part<'_>) -> Vec<String> {
    part.ignored.iter().map(|(reason, count)| format!("{count} {reason}")).collect()
}

/// What the rows about a server say, each fact once in the order of its name: `?` and a reason where it is unknown.
pub fn said(part: &Part<'_>, server: &str) -> Vec<String> {
    let names = |record: &&Record| {
        let identity = &record.identity;
        [&identity.fqdn, &identity.short, &identity.azure, &identity.folder].iter().any(|name| name.as_deref() == Some(server))
    };
    lines(part.records.iter().filter(names))
}

/// What the rows about a subscription say.
pub fn said_of_subscription(part: &Part<'_>, id: &str) -> Vec<String> {
    lines(part.records.iter().filter(|record| record.claims.about == About::Subscription(id.into())))
}

fn lines<'r>(records: impl Iterator<Item = &'r Record>) -> Vec<String> {
    let vocabulary = catalog().vocabulary();
    let mut lines: Vec<String> = records
        .flat_map(|record| &record.claims.facts)
        .map(|(fact, said)| {
            let name = vocabulary.name(*fact);
            match said {
                Said::Known(value) => format!("{name}: {value}"),
                Said::Found(element) => format!("{name}: has {element}"),
                Said::Unknown(reason) => format!("{name}: ? {reason}"),
            }
        })
        .collect();
    lines.sort();
    lines.dedup();
    lines
}
