//! One value of a row, as the file has it.

use serde_json::Value as Json;
use std::borrow::Cow;

/// The longest text that a cell may hold, in bytes; nothing that is read here comes near.
pub(super) const LONGEST: usize = 1 << 20;

/// A value of a row.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'r> {
    /// A text that is not empty.
    Text(&'r str),
    /// A number or a flag, a list or an object of JSON.
    Json(&'r Json),
}

impl<'r> Cell<'r> {
    /// The cell of a CSV; nothing where it is blank, or the word that SQL writes for nothing.
    pub(super) fn from_text(text: &'r str) -> Option<Self> {
        // Most cells have nothing to trim.
        let text = match text.as_bytes() {
            [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => text,
            _ => text.trim_matches(|character: char| character.is_whitespace() || character == '\u{a0}'),
        };
        (!text.is_empty() && text != "NULL").then_some(Self::Text(text))
    }

    /// The cell of a JSON object; nothing where it is blank.
    pub(super) fn from_json(value: &'r Json) -> Option<Self> {
        match value {
            Json::Null => None,
            Json::String(text) => Self::from_text(text),
            _ => Some(Self::Json(value)),
        }
    }

    /// The value as text, where it is a single one.
    pub fn text(self) -> Option<Cow<'r, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Json(Json::Number(number)) => Some(Cow::Owned(number.to_string())),
            Self::Json(Json::Bool(flag)) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
            Self::Json(_) => None,
        }
    }

    /// Adds what tells the cell of a column from others to a key; false for a list or an object.
    pub(super) fn tell(self, column: u16, key: &mut Vec<u8>) -> bool {
        let Some(text) = self.text() else { return false };
        let [low, high] = column.to_le_bytes();
        let Ok(length) = u32::try_from(text.len()) else { return false };
        let [a, b, c, d] = length.to_le_bytes();
        key.extend_from_slice(&[low, high, u8::from(matches!(self, Self::Json(_))), a, b, c, d]);
        key.extend_from_slice(text.as_bytes());
        true
    }

    /// True or false in one of the spellings that exports have.
    pub fn flag(self) -> Option<bool> {
        let text = self.text()?;
        let is = |words: [&str; 3]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
        if is(["true", "1", "yes"]) {
            Some(true)
        } else if is(["false", "0", "no"]) {
            Some(false)
        } else {
            None
        }
    }

    /// An object or a list: as it is, or as JSON within a text.
    pub fn nested(self) -> Option<Cow<'r, Json>> {
        match self {
            Self::Json(json @ (Json::Object(_) | Json::Array(_))) => Some(Cow::Borrowed(json)),
            Self::Text(text) if text.starts_with(['{', '[']) => serde_json::from_str(text).ok().map(Cow::Owned),
            _ => None,
        }
    }
}

/// A cell below an object, by the names on the way.
pub(super) fn below<'r>(json: &'r Json, path: &[&str]) -> Option<Cell<'r>> {
    let found = path.iter().try_fold(json, |json, name| json.get(name))?;
    Cell::from_json(found)
}
