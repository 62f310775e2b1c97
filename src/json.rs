//! JSON as the same tree of nodes as YAML, each with its place in the text.
//!
//! JSON is YAML too, but a file of ten thousand plans is more than the limits against hostile YAML let through, and this
//! reads it some thirty times faster. The library gives each value as a piece of the text that was read; where the piece
//! begins in it is the value's place.

use crate::yaml::{Key, Kind, Node, Span};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::HashSet;
use std::fmt;

/// A text that is not JSON, or nests too deeply.
#[derive(Clone, Debug)]
pub struct JsonError {
    /// What is wrong, in lower case.
    pub message: String,
    /// Where.
    pub span: Span,
}

const DEEPEST: usize = 64;

/// Reads one JSON document.
///
/// # Errors
///
/// Where the text is not one JSON document, gives a key twice, or nests too deeply.
pub fn parse(text: &str) -> Result<Node, JsonError> {
    node(piece::<&RawValue>(text, text)?, text, 0)
}

/// The places of the elements of a list, or that of the whole document where it is none.
///
/// # Errors
///
/// Where the text is not one JSON document.
pub fn documents(text: &str) -> Result<Vec<Span>, JsonError> {
    let whole: &RawValue = piece(text, text)?;
    if !whole.get().starts_with('[') {
        return Ok(vec![span(whole, text)]);
    }
    let items: Vec<&RawValue> = piece(whole.get(), text)?;
    Ok(items.into_iter().map(|item| span(item, text)).collect())
}

/// Where a piece of the text stands in it.
fn offset(part: &str, text: &str) -> usize {
    part.as_ptr().addr().saturating_sub(text.as_ptr().addr()).min(text.len())
}

fn span(raw: &RawValue, text: &str) -> Span {
    Span { offset: offset(raw.get(), text), length: raw.get().len() }
}

/// Reads a piece of the text; an error gets its place in the whole.
fn piece<'t, T: Deserialize<'t>>(part: &'t str, text: &str) -> Result<T, JsonError> {
    serde_json::from_str(part).map_err(|error| {
        let lines: usize = part.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
        let at = (lines + error.column().saturating_sub(1)).min(part.len());
        let said = error.to_string();
        let message = said.rsplit_once(" at line ").map_or(said.as_str(), |(message, _)| message).to_owned();
        JsonError { message, span: Span { offset: offset(part, text) + at, length: 0 } }
    })
}

fn node(raw: &RawValue, text: &str, depth: usize) -> Result<Node, JsonError> {
    let (json, span) = (raw.get(), span(raw, text));
    if depth > DEEPEST {
        return Err(JsonError { message: "the nesting is too deep".to_owned(), span });
    }
    let kind = match json.as_bytes().first() {
        Some(b'{') => Kind::Map(entries(json, text, depth)?),
        Some(b'[') => {
            let items: Vec<&RawValue> = piece(json, text)?;
            Kind::List(items.into_iter().map(|item| node(item, text, depth + 1)).collect::<Result<_, _>>()?)
        }
        Some(b'"') => Kind::Text(piece(json, text)?),
        Some(b't' | b'f') => Kind::Flag(piece(json, text)?),
        Some(b'n') => Kind::Null,
        _ => Kind::Number(json.to_owned()),
    };
    Ok(Node { span, kind })
}

fn entries(json: &str, text: &str, depth: usize) -> Result<Vec<(Key, Node)>, JsonError> {
    let Pairs(pairs) = piece(json, text)?;
    let mut found = Vec::with_capacity(pairs.len());
    let mut names = HashSet::with_capacity(pairs.len());
    for (raw, value) in pairs {
        let key = Key { name: piece(raw.get(), text)?, span: span(raw, text) };
        if !names.insert(key.name.clone()) {
            let message = format!("duplicate key: {}", crate::suggest::excerpt(&key.name));
            return Err(JsonError { message, span: key.span });
        }
        found.push((key, node(value, text, depth + 1)?));
    }
    Ok(found)
}

/// The entries of an object, in the order of the text.
struct Pairs<'t>(Vec<(&'t RawValue, &'t RawValue)>);

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PairsVisitor;
        impl<'de> Visitor<'de> for PairsVisitor {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<'de>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(PairsVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, node: &Node) -> String {
        text[node.span.offset..node.span.offset + node.span.length].to_owned()
    }

    #[test]
    fn every_value_and_key_knows_its_place() {
        let text = "{ \"steps\" : [\"a\", {\"i\\u0064\": 1.10}],\n\"é\": null }";
        let root = parse(text).expect("JSON");
        let Kind::Map(entries) = &root.kind else { panic!("no map") };
        assert_eq!((entries[0].0.name.as_str(), entries[0].0.span.offset), ("steps", 2));
        let Kind::List(items) = &entries[0].1.kind else { panic!("no list") };
        assert_eq!((at(text, &items[0]), &items[0].kind), ("\"a\"".to_owned(), &Kind::Text("a".to_owned())));
        let Kind::Map(inner) = &items[1].kind else { panic!("no map") };
        assert_eq!((inner[0].0.name.as_str(), at(text, &inner[0].1)), ("id", "1.10".to_owned()));
        assert_eq!(inner[0].1.kind, Kind::Number("1.10".to_owned()));
        assert_eq!((&entries[1].1.kind, at(text, &entries[1].1)), (&Kind::Null, "null".to_owned()));
    }

    #[test]
    fn what_is_no_json_is_found_at_its_place() {
        let wrong = |text: &str| parse(text).expect_err("no JSON");
        let error = wrong("{\"a\": 1,\n \"b\": tru}");
        assert_eq!((error.message.as_str(), error.span.offset), ("expected ident", 18));
        let error = wrong("{\"a\": 1, \"a\": 2}");
        assert_eq!((error.message.as_str(), error.span.offset), ("duplicate key: a", 9));
        assert_eq!(wrong("[1] 2").message, "trailing characters");
        assert_eq!(wrong(&format!("{}{}", "[".repeat(5000), "]".repeat(5000))).message, "the nesting is too deep");
        assert!(wrong("{\"a\":\"\\ud800\"}").span.offset >= 5);
    }

    #[test]
    fn a_list_is_as_many_documents() {
        let text = " [ {\"a\": 1} ,[2]]";
        let found: Vec<&str> =
            documents(text).expect("JSON").iter().map(|span| &text[span.offset..span.offset + span.length]).collect();
        assert_eq!(found, ["{\"a\": 1}", "[2]"]);
        assert_eq!(documents("{}").expect("JSON").len(), 1);
    }
}
