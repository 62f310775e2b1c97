//! The exports that are known: one file a producer.

mod analyzer;
mod ansible;
mod azure;
mod defender;
mod hunting;
mod mecm;
mod osquery;
mod powershell;

pub(super) use osquery::Log;

use super::error::InventoryError;
use super::json::{self, Rows};
use super::part::Part;
use super::table::{Column, Read, Table};
use super::{Options, Reading, clixml, xml};
use serde_json::{Map, Value as Json};

/// All kinds of rows.
pub(super) const TABLES: &[&Table] = &[
    &defender::DEVICES,
    &defender::MACHINES,
    &defender::ANTIVIRUS,
    &defender::GATHERED,
    &defender::SOFTWARE,
    &hunting::DEVICES,
    &hunting::CONFIGURATION,
    &mecm::DEVICES,
    &mecm::SYSTEMS,
    &mecm::PROGRAMS,
    &mecm::UPDATES,
    &mecm::PIVOT_SOFTWARE,
    &mecm::PIVOT_SERVICES,
    &mecm::PIVOT_SYSTEMS,
    &mecm::PIVOT_UPDATES,
    &mecm::PIVOT_REGISTRY,
    &azure::MACHINES,
    &azure::ARC,
    &azure::EXTENSIONS,
    &azure::PRICINGS,
    &azure::SETTINGS,
    &azure::OTHERS,
    &ansible::FACTS,
    &ansible::SERVICES,
    &ansible::FEATURES,
    &ansible::REGISTRY,
    &ansible::UPDATES,
    &ansible::RESTARTS,
    &ansible::OTHERS,
    &osquery::SYSTEMS,
    &osquery::SERVICES,
    &osquery::PROGRAMS,
    &osquery::UPDATES,
    &osquery::REGISTRY,
    &osquery::FEATURES,
    &osquery::OTHERS,
    &powershell::SERVICES,
    &powershell::WMI_SERVICES,
    &powershell::UPDATES,
    &powershell::SYSTEMS,
    &powershell::REGISTRY,
    &powershell::STATUS,
    &powershell::PIVOT_STATUS,
    &powershell::FEATURES,
    &analyzer::RESULTS,
    &analyzer::PROGRAMS,
    &analyzer::ONBOARDING,
];

/// What stands beside a list of rows.
pub(super) struct Envelope<'j> {
    /// The other keys.
    pub(super) meta: &'j Map<String, Json>,
    /// How many rows the list has.
    pub(super) listed: u64,
}

/// Reads an object that is no row of a table; false where it is one.
pub(super) fn item(rows: &mut Rows<'_, '_>, object: &Map<String, Json>) -> Result<bool, InventoryError> {
    // What is streamed to a storage account wraps each row.
    let category = object.get("category").and_then(Json::as_str).unwrap_or_default();
    if let (true, Some(properties)) = (category.starts_with("AdvancedHunting-"), object.get("properties")) {
        rows.within(properties)?;
        return Ok(true);
    }
    Ok(azure::item(rows, object) || ansible::item(rows, object)? || osquery::item(rows, object))
}

/// Reads what had to wait for the end of the file.
pub(super) fn rest(rows: &mut Rows<'_, '_>) {
    osquery::rest(rows);
}

/// Notices what stands beside a list of rows, such as that there are more.
pub(super) fn envelope(part: &mut Part<'_>, envelope: &Envelope<'_>) {
    let nothing = |next: &Json| matches!(next, Json::Null | Json::Bool(false)) || next == "" || next == "false";
    let said = |key: &str| envelope.meta.get(key).is_some_and(|next| !nothing(next));
    let next = ["@odata.nextLink", "nextLink", "skip_token", "$skipToken", "resultTruncated"].into_iter().any(said);
    let total = ["total_records", "totalRecords"].into_iter().find_map(|key| envelope.meta.get(key)?.as_u64());
    match total {
        Some(total) if total > envelope.listed => part.incomplete(&format!("holds {} of {total} rows", envelope.listed)),
        _ if next => part.incomplete("says that more rows follow"),
        // A list alone does not say whether it is whole.
        _ if envelope.meta.is_empty() && azure::is_full_page(part.format, envelope.listed) => {
            part.incomplete(&format!("holds exactly {} rows, which is where such exports end", envelope.listed));
        }
        _ => {}
    }
}

/// Reads what stands beside a list of rows and is of use itself.
pub(super) fn beside(rows: &mut Rows<'_, '_>, rest: &Map<String, Json>) {
    ansible::beside(rows, rest);
}

/// Reads a text of XML.
pub(super) fn xml(reading: &mut Reading<'_>, name: &str, text: &str, _: &Options) -> Result<(), InventoryError> {
    let root = xml::read(name, text, &["Objs", analyzer::ROOT])?;
    let rows = if root.name == "Objs" { clixml::objects(name, &root)? } else { vec![analyzer::results(&root)] };
    json::values(reading, name, &rows)
}

/// Reads a text that is neither JSON nor XML nor CSV; false where it is none of those that are known.
pub(super) fn text(reading: &mut Reading<'_>, name: &str, text: &str) -> bool {
    powershell::failure(reading, name, text) || powershell::printed(reading, name, text) || analyzer::join(reading, name, text)
}

/// True for the files of an archive that are read.
pub(super) fn is_of_an_archive(entry: &str) -> bool {
    analyzer::is_read(entry)
}

/// Reads nothing of a column that only tells what a row is.
fn nothing(_: &mut super::draft::Draft<'_>, _: super::cell::Cell<'_>) {}

/// A column that says something of these facts.
const fn column(
    name: &'static str,
    says: &'static [&'static str],
    read: fn(&mut super::draft::Draft<'_>, super::cell::Cell<'_>),
) -> Column {
    Column::new(name, says, Read::Says(read))
}

/// A column that names the server.
const fn names(name: &'static str, read: fn(&mut super::record::Identity, super::cell::Cell<'_>)) -> Column {
    Column::new(name, &[], Read::Names(read))
}

/// A column with the time at which the row was recorded.
const fn when(name: &'static str) -> Column {
    Column::new(name, &[], Read::When)
}

#[cfg(test)]
mod tests {
    use super::TABLES;
    use crate::catalog::Catalog;

    #[test]
    fn it_says_something_of_facts_that_there_are() {
        let catalog = Catalog::built_in().expect("the catalog");
        for table in TABLES {
            let says = table.columns().flat_map(|column| column.says).chain(table.says);
            for fact in says {
                assert!(catalog.vocabulary().find(fact).is_some(), "{}: {fact}", table.id);
            }
        }
    }

    #[test]
    fn it_reads_the_columns_that_it_recognises_a_table_by() {
        for table in TABLES {
            for name in table.recognised_by.iter().copied().flatten() {
                let known = table.columns().any(|column| column.name.eq_ignore_ascii_case(name));
                assert!(known, "{}: {name}", table.id);
            }
        }
    }

    #[test]
    fn it_has_a_name_of_its_own_for_each() {
        let mut ids: Vec<_> = TABLES.iter().map(|table| table.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), TABLES.len());
    }
}
