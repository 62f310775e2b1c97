//! A text of XML as a tree.
//!
//! Exports have neither document types nor entities of their own; both are how XML is made to harm, so that a text with either
//! is refused, and so is one that is nested without end.

use super::error::InventoryError;
use crate::suggest::excerpt;
use quick_xml::events::attributes::AttrError;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// How many elements may stand in one another.
pub(super) const DEEPEST: usize = 64;
/// The most elements that are read.
const MOST_ELEMENTS: usize = 5_000_000;

/// An element with what stands in it.
#[derive(Debug, Default)]
pub(super) struct Element {
    /// Its name, without a prefix.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    pub(super) children: Vec<Element>,
    /// Its text, without that of its children.
    pub(super) text: String,
}

impl Element {
    /// An attribute by its name.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The first child of that name.
    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }
}

/// Reads a text whose outermost element has one of these names.
pub(super) fn read(file: &str, text: &str, roots: &[&str]) -> Result<Element, InventoryError> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut root: Option<Element> = None;
    let mut elements = 0_usize;
    loop {
        let event = reader.read_event();
        let wrong = |message: &str, position: u64| {
            let before = text.as_bytes().get(..usize::try_from(position).unwrap_or(usize::MAX)).unwrap_or(text.as_bytes());
            InventoryError::new(file, message).at_line(before.split(|byte| *byte == b'\n').count() as u64)
        };
        let here = reader.buffer_position();
        let event = event.map_err(|error| {
            let wrong = wrong("is no valid XML", reader.error_position());
            wrong.with_help(excerpt(&error.to_string()))
        })?;
        match event {
            Event::Start(start) | Event::Empty(start) if elements >= MOST_ELEMENTS || open.len() >= DEEPEST => {
                let message = if open.len() >= DEEPEST { "nests elements without end" } else { "has too many elements" };
                return Err(wrong(message, here).in_column(&name(&start)).with_help("no export does so; nothing of it was read"));
            }
            Event::Start(start) => {
                elements += 1;
                let element = element(&start).map_err(|message| wrong(&message, here))?;
                if open.is_empty() && (root.is_some() || !roots.contains(&element.name.as_str())) {
                    return Err(unknown(file, &element.name));
                }
                open.push(element);
            }
            Event::Empty(start) => {
                elements += 1;
                let element = element(&start).map_err(|message| wrong(&message, here))?;
                match open.last_mut() {
                    Some(parent) => parent.children.push(element),
                    None if root.is_none() && roots.contains(&element.name.as_str()) => root = Some(element),
                    None => return Err(unknown(file, &element.name)),
                }
            }
            Event::End(_) => {
                let Some(element) = open.pop() else { continue };
                match open.last_mut() {
                    Some(parent) => parent.children.push(element),
                    None => root = Some(element),
                }
            }
            Event::Text(text) => {
                if let (Some(element), Ok(text)) = (open.last_mut(), text.decode()) {
                    element.text.push_str(&text);
                }
            }
            Event::CData(text) => {
                if let (Some(element), Ok(text)) = (open.last_mut(), text.decode()) {
                    element.text.push_str(&text);
                }
            }
            Event::GeneralRef(reference) => {
                let named = reference.decode().unwrap_or_default();
                let character = match &*named {
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "amp" => Some('&'),
                    "apos" => Some('\''),
                    "quot" => Some('"'),
                    _ => reference.resolve_char_ref().ok().flatten(),
                };
                let Some(character) = character else {
                    let message = format!("uses an entity `{}`, which no export has", excerpt(&named));
                    return Err(wrong(&message, here).with_help("entities are how XML is made to harm; nothing of it was read"));
                };
                if let Some(element) = open.last_mut() {
                    element.text.push(character);
                }
            }
            Event::DocType(kind) => {
                // Pages of HTML begin so, and are only something else.
                let kind = kind.decode().unwrap_or_default();
                let kind = kind.split(|character: char| character.is_whitespace() || character == '[').next().unwrap_or_default();
                if !roots.contains(&kind) {
                    return Err(unknown(file, kind));
                }
                let wrong = wrong("declares a document type, which no export does", here);
                return Err(wrong.with_help("entities are how XML is made to harm; nothing of it was read"));
            }
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            Event::Eof => break,
        }
    }
    match root {
        Some(root) if open.is_empty() => Ok(root),
        _ => {
            let error = InventoryError::new(file, "the XML ends too early");
            Err(error.with_help("the file seems to be cut off; export it again"))
        }
    }
}

fn unknown(file: &str, root: &str) -> InventoryError {
    let error = InventoryError::new(file, "is XML of no export that is known").of_no_kind();
    error.with_help(format!("it holds `{}`; cutover facts formats shows what is known", excerpt(root)))
}

fn name(start: &BytesStart<'_>) -> String {
    excerpt(&String::from_utf8_lossy(start.local_name().as_ref()))
}

/// An element without its children, or what is wrong with it.
fn element(start: &BytesStart<'_>) -> Result<Element, String> {
    let mut element = Element { name: String::from_utf8_lossy(start.local_name().as_ref()).into_owned(), ..Element::default() };
    for attribute in start.attributes() {
        let attribute =
            attribute.map_err(|error: AttrError| format!("has a broken attribute: {}", excerpt(&error.to_string())))?;
        // Only the five entities that XML has of itself are known here.
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| format!("has a broken attribute: {}", excerpt(&error.to_string())))?;
        let key = String::from_utf8_lossy(attribute.key.local_name().as_ref()).into_owned();
        element.attributes.push((key, value.into_owned()));
    }
    Ok(element)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        read("a.xml", text, &["a"]).expect_err("an error").message().to_owned()
    }

    #[test]
    fn it_reads_texts_attributes_and_the_five_entities() {
        let a =
            read("a.xml", "<?xml version=\"1.0\"?><a n='1 &lt; 2'>x&amp;y<b/><![CDATA[<z>]]>&#65;</a>", &["a"]).expect("a tree");
        assert_eq!((a.attribute("n"), a.text.as_str()), (Some("1 < 2"), "x&y<z>A"));
        assert!(a.child("b").is_some() && a.child("c").is_none());
    }

    #[test]
    fn it_refuses_what_is_made_to_harm() {
        assert_eq!(message("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"), "declares a document type, which no export does");
        assert_eq!(message("<a>&x;</a>"), "uses an entity `x`, which no export has");
        assert!(message("<a n='&x;'/>").starts_with("has a broken attribute"));
        assert_eq!(message(&"<a>".repeat(10_000)), "nests elements without end");
    }

    #[test]
    fn it_says_what_is_cut_off_or_something_else() {
        assert_eq!(message("<a><b>"), "the XML ends too early");
        assert_eq!(message("<a></b>"), "is no valid XML");
        assert_eq!(message("<!DOCTYPE html>\n<html>"), "is XML of no export that is known");
        assert_eq!(message("<b/>"), "is XML of no export that is known");
        assert_eq!(message("<a/><a/>"), "is XML of no export that is known");
        assert_eq!(message("<a"), "is no valid XML");
    }
}
