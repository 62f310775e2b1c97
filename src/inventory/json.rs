//! Rows of JSON: a list, an object that wraps one, one object, or an object a line.
//!
//! Lists are read element by element, so that a large export is never held twice.

use super::Reading;
use super::cell::Cell;
use super::error::InventoryError;
use super::formats::{self, Envelope, TABLES};
use super::part::Part;
use super::table::{self, Found, Reader, Table};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

/// The keys under which producers wrap their rows, in any case.
const WRAPPED: [&str; 3] = ["value", "data", "results"];

/// Reads a text of JSON.
pub(super) fn read(reading: &mut Reading<'_>, file: &str, text: &str) -> Result<(), InventoryError> {
    let mut rows = Rows::new(reading, file);
    let lines = text.trim_end().contains('\n') && is_lines(text);
    if lines {
        for (number, line) in text.lines().enumerate() {
            if !line.trim().is_empty() {
                rows.line = Some(number as u64 + 1);
                rows.document(line)?;
            }
        }
    } else {
        rows.document(text)?;
    }
    rows.close()
}

/// Reads values that were not written as JSON, each as a row.
pub(super) fn values(reading: &mut Reading<'_>, file: &str, values: &[Json]) -> Result<(), InventoryError> {
    let mut rows = Rows::new(reading, file);
    values.iter().try_for_each(|value| rows.item(value))?;
    rows.close()
}

/// True where each line is an object of its own.
fn is_lines(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.next().is_some_and(|line| line.starts_with('{') && line.trim_end().ends_with('}')) && lines.next().is_some()
}

/// The rows of a file while it is read.
pub(super) struct Rows<'a, 'v> {
    pub(super) reading: &'a mut Reading<'v>,
    pub(super) file: &'a str,
    /// Lines of a log, of which a later one may take an earlier one back.
    pub(super) log: formats::Log,
    /// The line of what is read, or the number of the row where rows have no lines of their own.
    pub(super) place: u64,
    open: Vec<Open<'v>>,
    wrong: Option<InventoryError>,
    row: u64,
    line: Option<u64>,
}

/// The rows of one kind.
struct Open<'v> {
    reader: Reader,
    /// The keys of the last object, and the column that each is.
    keys: Vec<(String, Option<Found>)>,
    /// That object was recognised by its keys.
    by_keys: bool,
    part: Part<'v>,
    has: BTreeSet<&'static str>,
}

impl Open<'_> {
    fn has_keys_of(&self, object: &Map<String, Json>) -> bool {
        self.keys.iter().map(|(key, _)| key).eq(object.keys())
    }

    fn take_keys_of(&mut self, object: &Map<String, Json>) {
        self.keys = object.keys().map(|key| (key.clone(), self.reader.table.find(key))).collect();
        self.has.extend(self.keys.iter().filter_map(|(_, found)| Some((*found)?.name())));
    }

    /// Reads an object with the keys that were taken last.
    fn read(&mut self, place: u64, object: &Map<String, Json>) {
        let cells = self.keys.iter().zip(object.values());
        let cells = cells.filter_map(|((_, found), value)| Some(((*found)?, Cell::from_json(value)?)));
        self.reader.row(&mut self.part, place, cells);
    }
}

impl<'a, 'v> Rows<'a, 'v> {
    fn new(reading: &'a mut Reading<'v>, file: &'a str) -> Self {
        let log = formats::Log::default();
        Self { reading, file, log, place: 0, open: Vec::new(), wrong: None, row: 0, line: None }
    }

    fn document(&mut self, text: &str) -> Result<(), InventoryError> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let read = Document { rows: self }.deserialize(&mut deserializer).and_then(|()| deserializer.end());
        if let Some(wrong) = self.wrong.take() {
            return Err(wrong);
        }
        read.map_err(|error| {
            let line = self.line.unwrap_or(error.line() as u64);
            let message = if error.is_eof() { "the JSON ends too early" } else { "is no valid JSON" };
            let wrong = InventoryError::new(self.file, message).at_line(line);
            wrong.with_help(if error.is_eof() {
                "the file seems to be cut off here; export it again".to_owned()
            } else {
                format!("at column {}: {}", error.column(), crate::suggest::excerpt(&error.to_string()))
            })
        })
    }

    /// Takes one element of a list, or an object that stands alone.
    pub(super) fn item(&mut self, item: &Json) -> Result<(), InventoryError> {
        self.go_on();
        self.within(item)
    }

    /// Goes on to the next row.
    fn go_on(&mut self) {
        self.row += 1;
        self.place = self.line.unwrap_or(self.row);
    }

    /// Takes what is the row within an element.
    pub(super) fn within(&mut self, item: &Json) -> Result<(), InventoryError> {
        let Json::Object(object) = item else {
            let error = InventoryError::new(self.file, "expected an object for each row").at_row(self.row);
            return Err(error);
        };
        if formats::item(self, object)? {
            return Ok(());
        }
        let at = match self.open.iter().position(|open| open.by_keys && open.has_keys_of(object)) {
            Some(at) => at,
            None => self.recognise(object)?,
        };
        self.open[at].read(self.place, object);
        Ok(())
    }

    /// Reads an object as a row of a kind that more than its keys tells.
    pub(super) fn row(&mut self, table: &'static Table, object: &Map<String, Json>) {
        let at = self.open(table);
        let open = &mut self.open[at];
        if !open.has_keys_of(object) {
            open.take_keys_of(object);
            open.by_keys = false;
        }
        open.read(self.place, object);
    }

    /// Counts an object that is of no use as a row of a kind.
    pub(super) fn ignore(&mut self, table: &'static Table, reason: impl Into<Cow<'static, str>>) {
        let at = self.open(table);
        let part = &mut self.open[at].part;
        part.rows += 1;
        part.ignore(reason);
    }

    fn recognise(&mut self, object: &Map<String, Json>) -> Result<usize, InventoryError> {
        let names: Vec<String> = object.keys().cloned().collect();
        let Some(table) = table::recognise(TABLES, &names) else {
            return Err(self.unknown(&names));
        };
        let at = self.open(table);
        self.open[at].take_keys_of(object);
        self.open[at].by_keys = true;
        Ok(at)
    }

    fn open(&mut self, table: &'static Table) -> usize {
        if let Some(at) = self.open.iter().position(|open| open.reader.table.id == table.id) {
            return at;
        }
        let mut part = Part::new(self.reading.vocabulary, self.file, table.id, table.title);
        part.named_by = table.named_by;
        part.by_line = self.line.is_some();
        self.open.push(Open { reader: Reader::new(table), keys: Vec::new(), by_keys: false, part, has: BTreeSet::new() });
        self.open.len() - 1
    }

    fn unknown(&self, names: &[String]) -> InventoryError {
        let error = InventoryError::new(self.file, "holds objects of no export that is known").of_no_kind();
        let error = self.line.map_or_else(|| error.clone().at_row(self.row), |line| error.clone().at_line(line));
        error.with_help(match table::nearest(TABLES, names) {
            Some((title, lacking)) => format!("{title} has a key {lacking} too"),
            None => "cutover facts formats shows what is known".to_owned(),
        })
    }

    /// Tells the rows what stood beside their list.
    fn envelope(&mut self, meta: &Map<String, Json>, listed: u64) {
        for open in &mut self.open {
            formats::envelope(&mut open.part, &Envelope { meta, listed });
        }
    }

    fn close(mut self) -> Result<(), InventoryError> {
        formats::rest(&mut self);
        if self.open.is_empty() {
            let error = InventoryError::new(self.file, "holds no row");
            return Err(
                error.with_help("an empty export is no answer; was it cut off, or was the account not allowed to see them?")
            );
        }
        for mut open in self.open {
            let has = &open.has;
            open.part.could = open.reader.table.could(self.reading.vocabulary, |name| has.contains(name));
            self.reading.parts.push(open.part);
        }
        Ok(())
    }

    /// Hands an element on; what is wrong with it is kept, since a deserializer has no room for it.
    fn take<E: serde::de::Error>(&mut self, item: &Json) -> Result<(), E> {
        self.item(item).map_err(|wrong| {
            self.wrong = Some(wrong);
            E::custom("a row cannot be read")
        })
    }
}

/// A list of rows, or an object.
struct Document<'r, 'a, 'v> {
    rows: &'r mut Rows<'a, 'v>,
}

impl<'de> DeserializeSeed<'de> for Document<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows, or an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let before = self.rows.row;
        while let Some(item) = list.next_element::<Json>()? {
            self.rows.take(&item)?;
        }
        self.rows.envelope(&Map::new(), self.rows.row - before);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut object = Map::new();
        let mut listed = None;
        while let Some(key) = map.next_key::<String>()? {
            if WRAPPED.iter().any(|wrapped| key.eq_ignore_ascii_case(wrapped)) {
                let before = self.rows.row;
                match map.next_value_seed(Wrapped { rows: &mut *self.rows })? {
                    Some(value) => drop(object.insert(key, value)),
                    None => listed = Some(self.rows.row - before),
                }
            } else {
                object.insert(key, map.next_value()?);
            }
        }
        match listed {
            Some(listed) => {
                self.rows.envelope(&object, listed);
                self.rows.go_on();
                formats::beside(self.rows, &object);
            }
            None => self.rows.take(&Json::Object(object))?,
        }
        Ok(())
    }
}

/// What stands under a key that may wrap rows: rows, which are objects, or a value like any other.
struct Wrapped<'r, 'a, 'v> {
    rows: &'r mut Rows<'a, 'v>,
}

impl<'de> DeserializeSeed<'de> for Wrapped<'_, '_, '_> {
    type Value = Option<Json>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Json>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Wrapped<'_, '_, '_> {
    type Value = Option<Json>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows, or a value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut item = list.next_element::<Json>()?;
        if item.as_ref().is_some_and(|item| !item.is_object()) {
            let mut values = Vec::from_iter(item);
            while let Some(value) = list.next_element()? {
                values.push(value);
            }
            return Ok(Some(Json::Array(values)));
        }
        while let Some(row) = item {
            self.rows.take(&row)?;
            item = list.next_element()?;
        }
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let object = Map::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
        Ok(Some(Json::Object(object)))
    }

    fn visit_bool<E: serde::de::Error>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Some(Json::Bool(flag)))
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(number.into()))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(number.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Some(number.into()))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.into()))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        Ok(Some(Json::Null))
    }
}
