//! JSON, one document or an array of them, and NDJSON.

use crate::suggest::is_steering;
use serde::Serialize;
use std::fmt::Write as _;

/// The document over several lines.
///
/// # Errors
///
/// Where a document cannot be written as JSON, which none of ours is.
pub fn pretty<T: Serialize + ?Sized>(document: &T) -> Result<String, serde_json::Error> {
    Ok(escaped(serde_json::to_string_pretty(document)?))
}

/// The document on one line.
///
/// # Errors
///
/// Where a document cannot be written as JSON, which none of ours is.
pub fn line<T: Serialize + ?Sized>(document: &T) -> Result<String, serde_json::Error> {
    Ok(escaped(serde_json::to_string(document)?))
}

/// JSON allows characters in strings that steer terminals; as escapes they are the same strings. The library writes the
/// control characters below U+0020 as escapes itself.
fn escaped(json: String) -> String {
    // Most documents are plain, which bytes tell faster than characters.
    if json.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n')) {
        return json;
    }
    let steers = |character: char| is_steering(character) && character != '\n';
    let mut safe = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if steers(character) {
            let _ = write!(safe, "\\u{:04x}", u32::from(character));
        } else {
            safe.push(character);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_stays_the_same_string_and_steers_nothing() {
        let name = "a\u{1b}[2J\u{9b}31m\u{202e}b";
        let written = line(name).expect("JSON");
        assert!(written.is_ascii(), "{written}");
        assert_eq!(serde_json::from_str::<String>(&written).expect("JSON"), name);
    }
}
