//! What each observation saw, typed.

use crate::catalog::probe::{Look, Probes, Source, ValueKind};
use crate::fact::products::{self, Kind};
use crate::fact::{FactId, FactSpec, FactType, Judged, Recorded, Value, Version};
use crate::suggest::excerpt;
use serde_json::Value as Json;

/// What stands for a thing that is not there.
const ABSENT: &str = "absent";

/// What all observations saw, in the order of the vocabulary.
pub(super) fn all(probes: &Probes, recorded: &Recorded) -> Vec<Judged> {
    let ids = probes.vocabulary.ids();
    let looking = Looking { probes, recorded };
    ids.zip(&probes.looks).map(|(id, look)| looking.look(probes.vocabulary.spec(id), look)).collect()
}

#[derive(Clone, Copy)]
struct Looking<'a> {
    probes: &'a Probes,
    recorded: &'a Recorded,
}

impl<'a> Looking<'a> {
    /// What was recorded of a source; an error where it could not be read.
    fn recorded(self, source: &Source) -> Result<&'a Json, String> {
        let json = self.recorded.get(source.to_string().as_str()).ok_or("it was not read")?;
        error_of(json).map_or(Ok(json), |error| Err(error.to_owned()))
    }

    fn list(self, source: &Source) -> Result<&'a [Json], String> {
        match self.recorded(source)? {
            Json::Array(items) => Ok(items),
            other => Err(unexpected("a list", other)),
        }
    }

    fn look(self, spec: &FactSpec, look: &Look) -> Judged {
        match look {
            Look::Whole(source) => self.whole(spec, source),
            Look::Value(source, kind) => match self.recorded(source)? {
                Json::Null => absent(spec),
                Json::Number(number) if *kind == ValueKind::Number => scalar(spec, &number.to_string()),
                Json::String(text) if *kind == ValueKind::Text => scalar(spec, text),
                Json::Array(items) if *kind == ValueKind::Texts => match spec.kind() {
                    FactType::Flag => {
                        Ok(Value::Flag(items.iter().any(|item| item.as_str().is_some_and(|text| !text.is_empty()))))
                    }
                    _ => words(spec, items),
                },
                other => Err(unexpected(kind.name(), other)),
            },
            Look::Properties(source, properties) => self.properties(spec, source, properties),
            Look::Software { name, key } => {
                let is = |item: &&Json| {
                    name.is_match(text(item, "name")) && key.as_ref().is_none_or(|key| key.is_match(text(item, "key")))
                };
                let count = self.list(&Source::Software)?.iter().filter(is).count();
                match spec.kind() {
                    FactType::Flag => Ok(Value::Flag(count > 0)),
                    _ => scalar(spec, ["none", "one", "several"][count.min(2)]),
                }
            }
            Look::Update(number) => {
                let is = |item: &Json| item.as_str().is_some_and(|listed| listed.eq_ignore_ascii_case(number));
                Ok(Value::Flag(self.list(&Source::Updates)?.iter().any(is)))
            }
            Look::Differs(one, other) => {
                let (one, other) = (self.text(*one)?, self.text(*other)?);
                match (one, other) {
                    (Some(one), Some(other)) => Ok(Value::Flag(!one.eq_ignore_ascii_case(other) && !same_moment(one, other))),
                    (None, None) => Ok(Value::Flag(false)),
                    // Of two, one that is not there neither is the other nor is another one.
                    _ => Err("there is nothing to compare it with".to_owned()),
                }
            }
            Look::OtherVendors => self.other_vendors(spec),
        }
    }

    /// The text that another observation read; nothing where there is none.
    fn text(self, observed: FactId) -> Result<Option<&'a str>, String> {
        let Some(source) = self.probes.looks[observed.index()].sources().into_iter().next() else {
            return Err("there is nothing to compare".to_owned());
        };
        match self.recorded(&source)? {
            Json::Null | Json::Bool(false) => Ok(None),
            Json::String(text) => Ok(Some(text)),
            other => Err(unexpected("text", other)),
        }
    }

    fn whole(self, spec: &FactSpec, source: &Source) -> Judged {
        let json = self.recorded(source)?;
        match (source, json) {
            (Source::Com(class, ..), Json::Null) => Err(format!("the class {class} is not registered")),
            (Source::Match(..), Json::Null | Json::Bool(false)) if spec.kind() != FactType::Flag => {
                Err("the file does not say it, or is not there".to_owned())
            }
            (_, Json::Null) => absent(spec),
            (Source::File(_) | Source::Service(_), Json::Object(fields)) => match spec.kind() {
                FactType::Flag => Ok(Value::Flag(true)),
                FactType::Version => match fields.get("version") {
                    Some(Json::String(version)) => scalar(spec, version),
                    Some(json) => Err(error_of(json).unwrap_or("the file has no version, or is not there").to_owned()),
                    None => Err("its version was not read".to_owned()),
                },
                _ => match fields.get("state") {
                    Some(Json::String(state)) => scalar(spec, state),
                    _ => Err("its state was not read".to_owned()),
                },
            },
            (Source::Names(_), Json::Array(items)) if spec.kind() == FactType::Version => items
                .iter()
                .filter_map(|item| item.as_str()?.parse::<Version>().ok())
                .max()
                .map(Value::Version)
                .ok_or_else(|| "none of the names is a version".to_owned()),
            (Source::Signature(_), Json::String(status)) => scalar(spec, if status == "valid" { "valid" } else { "invalid" }),
            (Source::ValidUntil(_), Json::Object(fields)) => {
                let day = |name: &str| fields.get(name).and_then(Json::as_str).filter(|day| !day.is_empty());
                match (day("until"), day("today")) {
                    (Some(until), Some(today)) => scalar(spec, if until >= today { "valid" } else { "expired" }),
                    _ => Err("the file's name has no day".to_owned()),
                }
            }
            (_, Json::Bool(flag)) if spec.kind() == FactType::Flag => Ok(Value::Flag(*flag)),
            (_, Json::Array(items)) if spec.kind() == FactType::Set => words(spec, items),
            (_, Json::String(text)) => scalar(spec, text),
            (_, other) => Err(unexpected(spec.kind().expectation(), other)),
        }
    }

    fn properties(self, spec: &FactSpec, source: &Source, properties: &[std::sync::Arc<str>]) -> Judged {
        let fields = match (self.recorded(source)?, source) {
            (Json::Object(fields), _) => fields,
            (Json::Null, _) if spec.kind() == FactType::Choice => return absent(spec),
            (Json::Null, _) => return Err("there is no such class, or no such instance".to_owned()),
            (other, _) => return Err(unexpected("properties", other)),
        };
        let value = |name: &str| fields.get(name).filter(|value| !value.is_null());
        if let ([only], true) = (properties, spec.kind() != FactType::Flag) {
            return match value(only) {
                Some(Json::String(text)) => scalar(spec, text),
                Some(Json::Number(number)) => scalar(spec, &number.to_string()),
                Some(other) => Err(unexpected(spec.kind().expectation(), other)),
                None => Err(format!("`{only}` has no value")),
            };
        }
        let mut any = false;
        for property in properties {
            match value(property) {
                Some(Json::Bool(flag)) => any |= flag,
                Some(other) => return Err(unexpected("true or false", other)),
                None => return Err(format!("`{property}` has no value")),
            }
        }
        Ok(Value::Flag(any))
    }

    /// The products of other vendors by their software, services and filter drivers.
    fn other_vendors(self, spec: &FactSpec) -> Judged {
        let (software, services) = (self.list(&Source::Software)?, self.list(&Source::Services)?);
        let filters = self.list(&Source::Filters)?;
        let mut found: Vec<&str> = Vec::new();
        let (mut antivirus, mut active, mut unread, mut suspect) = (false, false, None, None);
        let mut works = |item: &'a Json| {
            active |= text(item, "state") == "running";
            unread = unread.or(item.get("state").and_then(error_of));
        };
        for item in software {
            match products::of_software(text(item, "name"), text(item, "publisher")) {
                Kind::Product(product) => {
                    found.push(product.name);
                    antivirus |= product.antivirus;
                }
                Kind::Suspect => suspect = Some(excerpt(text(item, "name"))),
                Kind::Other => {}
            }
        }
        for item in services {
            if let Some(product) = products::of_service(text(item, "name")) {
                found.push(product.name);
                if product.antivirus {
                    antivirus = true;
                    works(item);
                }
            }
        }
        for item in filters {
            let driver = text(item, "name");
            if products::is_antivirus_filter(driver, text(item, "altitude")) {
                antivirus = true;
                works(item);
                // A driver whose product is not known by its software is a product by its own name.
                if found.is_empty() {
                    found.push(driver);
                }
            }
        }
        match (spec.kind(), suspect) {
            // One that works is enough to know that one does.
            (kind, Some(name)) if kind == FactType::Set || !active => {
                Err(format!("`{name}` may be an antivirus and is not one that is known"))
            }
            (FactType::Set, _) => Value::set(spec, found.into_iter()).map_err(|error| error.to_string()),
            (_, _) if !active && let Some(error) = unread => Err(error.to_owned()),
            (_, _) => scalar(
                spec,
                if active {
                    "active"
                } else if antivirus {
                    "inactive"
                } else {
                    "none"
                },
            ),
        }
    }
}

/// Why something could not be read, where that is what was recorded of it.
fn error_of(json: &Json) -> Option<&str> {
    match json {
        Json::Object(fields) if fields.len() == 1 => fields.get("error")?.as_str(),
        _ => None,
    }
}

fn text<'j>(item: &'j Json, field: &str) -> &'j str {
    item.get(field).and_then(Json::as_str).unwrap_or_default()
}

/// What an observation is of which nothing is there.
fn absent(spec: &FactSpec) -> Judged {
    match spec.kind() {
        FactType::Flag => Ok(Value::Flag(false)),
        FactType::Set => words(spec, &[]),
        FactType::Choice if spec.choice(ABSENT).is_ok() => scalar(spec, ABSENT),
        _ => Err("there is none".to_owned()),
    }
}

/// True for a date and time of the same digits: what stands between them depends on the culture that wrote it.
fn same_moment(one: &str, other: &str) -> bool {
    let digits = |text: &str| {
        let moment = text.contains(':') && !text.chars().any(|char| char.is_alphabetic() && char != 'T');
        moment.then(|| text.chars().filter(char::is_ascii_digit).collect::<String>())
    };
    digits(one).is_some_and(|one| digits(other).is_some_and(|other| one == other))
}

/// A word, number, version or text; of a flag, whether it is neither nothing nor zero.
fn scalar(spec: &FactSpec, text: &str) -> Judged {
    match spec.kind() {
        FactType::Flag => Ok(Value::Flag(!matches!(text, "" | "0"))),
        FactType::Choice => match spec.values().iter().find(|word| word.eq_ignore_ascii_case(text)) {
            Some(word) => Ok(Value::Choice(word.clone())),
            None => spec.choice("other").map(Value::Choice).map_err(|_| format!("`{}` is no value that is known", excerpt(text))),
        },
        FactType::Text if text.is_empty() => Err("it is empty".to_owned()),
        _ => Value::from_text(spec, text).map_err(|error| error.to_string()),
    }
}

fn words(spec: &FactSpec, items: &[Json]) -> Judged {
    let texts: Option<Vec<&str>> = items.iter().map(Json::as_str).collect();
    let texts = texts.ok_or_else(|| "expected a list of texts".to_owned())?;
    Value::set(spec, texts.into_iter()).map_err(|error| error.to_string())
}

fn unexpected(expected: &str, found: &Json) -> String {
    let found = match found {
        Json::Null => "nothing",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "text",
        Json::Array(_) => "a list of texts",
        Json::Object(fields) if fields.contains_key("binary") => "binary data",
        Json::Object(_) => "an object",
    };
    format!("expected {expected}, found {found}")
}
