//! Objects that PowerShell exported as Clixml, as the values that its JSON would have.
//!
//! In comes the tree under `Objs`; out come values, which the same tables read as those of JSON. The names of types are passed
//! over: a row is recognised by its properties.

use super::error::InventoryError;
use super::xml::{DEEPEST, Element};
use serde_json::{Map, Value as Json};
use std::collections::HashMap;

/// The most values that are made. An object can be repeated by its number, so that a short text may stand for very much.
const MOST_VALUES: usize = 5_000_000;

/// The objects of a file, one after the other; those of a list at the top each for itself.
pub(super) fn objects(file: &str, root: &Element) -> Result<Vec<Json>, InventoryError> {
    let mut by_id = HashMap::new();
    let mut left: Vec<&Element> = vec![root];
    while let Some(element) = left.pop() {
        if let (true, Some(id)) = (element.name == "Obj", element.attribute("RefId")) {
            by_id.insert(id, element);
        }
        left.extend(&element.children);
    }
    let mut converter = Converter { file, by_id, within: Vec::new(), left: MOST_VALUES };
    let mut objects = Vec::new();
    for child in &root.children {
        match converter.value(child, 0)? {
            Json::Array(list) => objects.extend(list),
            value => objects.push(value),
        }
    }
    Ok(objects)
}

struct Converter<'x> {
    file: &'x str,
    by_id: HashMap<&'x str, &'x Element>,
    /// The numbers of the objects that are being made; one of them within itself is left out.
    within: Vec<&'x str>,
    left: usize,
}

impl<'x> Converter<'x> {
    fn value(&mut self, element: &'x Element, depth: usize) -> Result<Json, InventoryError> {
        self.left = self.left.checked_sub(1).ok_or_else(|| self.endless())?;
        if depth > DEEPEST {
            return Err(self.endless());
        }
        let text = || Json::String(plain(&element.text));
        Ok(match element.name.as_str() {
            "Nil" => Json::Null,
            "B" => match element.text.trim() {
                "true" => Json::Bool(true),
                "false" => Json::Bool(false),
                _ => text(),
            },
            "By" | "SB" | "I16" | "U16" | "I32" | "U32" | "I64" | "U64" => {
                let number = element.text.trim();
                let signed = number.parse::<i64>().map(Json::from);
                signed.or_else(|_| number.parse::<u64>().map(Json::from)).unwrap_or_else(|_| text())
            }
            "Obj" => match element.attribute("RefId") {
                Some(id) => self.numbered(id, element, depth)?,
                None => self.object(element, depth)?,
            },
            "Ref" => match element.attribute("RefId").and_then(|id| Some((id, *self.by_id.get(id)?))) {
                Some((id, object)) => self.numbered(id, object, depth)?,
                None => Json::Null,
            },
            _ => text(),
        })
    }

    fn numbered(&mut self, id: &'x str, object: &'x Element, depth: usize) -> Result<Json, InventoryError> {
        if self.within.contains(&id) {
            return Ok(Json::Null);
        }
        self.within.push(id);
        let value = self.object(object, depth);
        self.within.pop();
        value
    }

    /// An object: a single value where it is one with ornaments, else a list, else its properties, else how it prints.
    fn object(&mut self, element: &'x Element, depth: usize) -> Result<Json, InventoryError> {
        let mut properties = Map::new();
        let (mut single, mut list, mut printed) = (None, None, None);
        for child in &element.children {
            match child.name.as_str() {
                "TN" | "TNRef" => {}
                "ToString" => printed = Some(plain(&child.text)),
                "Props" | "MS" => {
                    for member in &child.children {
                        let Some(name) = member.attribute("N") else { continue };
                        let value = self.value(member, depth + 1)?;
                        properties.entry(plain(name)).or_insert(value);
                    }
                }
                "LST" | "IE" | "QUE" | "STK" => {
                    let elements = child.children.iter().map(|element| self.value(element, depth + 1));
                    list = Some(elements.collect::<Result<Vec<_>, _>>()?);
                }
                "DCT" => {
                    for entry in &child.children {
                        let part = |name| entry.children.iter().find(|part| part.attribute("N") == Some(name));
                        let (Some(key), Some(value)) = (part("Key"), part("Value")) else { continue };
                        let value = self.value(value, depth + 1)?;
                        properties.entry(plain(&key.text)).or_insert(value);
                    }
                }
                _ => single = Some(self.value(child, depth + 1)?),
            }
        }
        Ok(match (single, list) {
            (Some(single), _) => single,
            (None, Some(list)) => Json::Array(list),
            (None, None) if !properties.is_empty() => Json::Object(properties),
            (None, None) => printed.map_or(Json::Null, Json::String),
        })
    }

    fn endless(&self) -> InventoryError {
        let error = InventoryError::new(self.file, "holds objects within objects without end");
        error.with_help("no export does so; nothing of it was read")
    }
}

/// A text without its escapes: characters that XML cannot hold are written as `_x000D_`, halves of pairs each for itself.
fn plain(text: &str) -> String {
    if !text.contains("_x") {
        return text.to_owned();
    }
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(unit) = escape(rest) {
            units.push(unit);
            rest = rest.get(7..).unwrap_or_default();
        } else {
            units.extend_from_slice(first.encode_utf16(&mut [0; 2]));
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    String::from_utf16_lossy(&units)
}

fn escape(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("_x")?.get(..4)?;
    let is_escape = text.get(6..7) == Some("_") && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_escape.then(|| u16::from_str_radix(digits, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::xml;
    use serde_json::json;

    fn read(objects: &str) -> Result<Vec<Json>, InventoryError> {
        let text = format!("<Objs>{objects}</Objs>");
        super::objects("a.xml", &xml::read("a.xml", &text, &["Objs"])?)
    }

    #[test]
    fn it_takes_typed_values_lists_and_dictionaries() {
        let properties = "<S N='s'>a_x000D__x000A_b</S><B N='b'>true</B><I32 N='i'>-4</I32><U64 N='u'>18446744073709551615</U64>\
             <DT N='d'>2025-11-20T01:00:00+01:00</DT><Nil N='n'/><Obj N='l'><TNRef RefId='0'/><LST><S>x</S><I32>1</I32></LST></Obj>\
             <Obj N='t'><DCT><En><S N='Key'>k</S><I32 N='Value'>1</I32></En></DCT></Obj>\
             <Obj N='e'><ToString>Running</ToString><I32>4</I32></Obj><Obj N='p'><ToString>as printed</ToString></Obj>";
        let read = read(&format!("<Obj RefId='0'><TN RefId='0'><T>A.Type</T></TN><Props>{properties}</Props></Obj>"));
        let expected = json!({
            "s": "a\r\nb", "b": true, "i": -4, "u": 18_446_744_073_709_551_615_u64, "d": "2025-11-20T01:00:00+01:00", "n": null,
            "l": ["x", 1], "t": {"k": 1}, "e": 4, "p": "as printed",
        });
        assert_eq!(read, Ok(vec![expected]));
    }

    #[test]
    fn it_follows_references_but_never_in_circles() {
        let read = read(
            "<Obj RefId='0'><MS><Obj N='a' RefId='1'><MS><S N='x'>1</S><Ref N='up' RefId='0'/></MS></Obj>\
             <Ref N='b' RefId='1'/><Ref N='c' RefId='9'/></MS></Obj>",
        );
        let inner = json!({"x": "1", "up": null});
        assert_eq!(read, Ok(vec![json!({"a": inner, "b": inner, "c": null})]));
    }

    #[test]
    fn a_short_text_cannot_stand_for_very_much() {
        let list = |id: usize, inner: &str| format!("<Obj RefId='{id}'><LST>{}</LST></Obj>", inner.repeat(10));
        let mut text = list(0, "<S>ha</S>");
        for id in 1..12 {
            text.push_str(&list(id, &format!("<Ref RefId='{}'/>", id - 1)));
        }
        let error = read(&text).expect_err("too much");
        assert_eq!(error.message(), "holds objects within objects without end");
    }

    #[test]
    fn it_undoes_escapes_and_nothing_else() {
        for (text, expected) in
            [("_x", "_x"), ("_x00é_", "_x00é_"), ("_xD83D__xDE00_", "😀"), ("a_x0009_b", "a\tb"), ("_x000Dé", "_x000Dé")]
        {
            assert_eq!(plain(text), expected);
        }
    }
}
