//! Typed values of facts.

use super::version::Version;
use super::vocabulary::{FactSpec, FactType};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// A piece of text in a fact: an identifier, a product name, an organisation.
///
/// Two words that look like GUIDs compare without regard to case and braces; all others compare exactly. The spelling of
/// the source is kept for display.
#[derive(Clone, Debug)]
pub struct Word {
    shown: Arc<str>,
    guid: bool,
}

impl Word {
    /// The word as its source spelt it.
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// True where the word has the shape of a GUID, with or without braces.
    pub fn is_guid(&self) -> bool {
        self.guid
    }

    /// True where a text is this word.
    pub(super) fn is(&self, text: &str) -> bool {
        if !self.guid {
            return *self.shown == *text;
        }
        looks_like_guid(text) && bare(&self.shown).eq_ignore_ascii_case(bare(text))
    }

    fn key(&self) -> impl Iterator<Item = u8> + '_ {
        let text = if self.guid { bare(&self.shown) } else { &self.shown };
        let guid = self.guid;
        text.bytes().map(move |byte| if guid { byte.to_ascii_lowercase() } else { byte })
    }
}

/// A GUID without its braces.
fn bare(guid: &str) -> &str {
    guid.trim_start_matches('{').trim_end_matches('}')
}

fn looks_like_guid(text: &str) -> bool {
    let inner = match (text.strip_prefix('{'), text.ends_with('}')) {
        (Some(rest), true) => &rest[..rest.len() - 1],
        (None, false) => text,
        _ => return false,
    };
    inner.len() == 36
        && inner.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self { guid: looks_like_guid(text), shown: Arc::from(text) }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl PartialEq for Word {
    fn eq(&self, other: &Self) -> bool {
        // What is no GUID compares as it is spelt, and nothing of the shape of one is spelt as what has not.
        if self.guid && other.guid { self.key().eq(other.key()) } else { self.shown == other.shown }
    }
}

impl Eq for Word {}

impl Ord for Word {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(other.key())
    }
}

impl PartialOrd for Word {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The value of a fact that is known, or of a parameter that was given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// True or false.
    Flag(bool),
    /// One of the words that the fact's type lists.
    Choice(Arc<str>),
    /// A version number.
    Version(Version),
    /// A number of days.
    Days(u32),
    /// Free text.
    Text(Word),
    /// A set of words.
    Set(BTreeSet<Word>),
}

/// A value that does not fit the type of its fact. Its text says what was expected.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("expected {expected}, found {found}{}", suggestion.as_ref().map(|s| format!("; did you mean `{s}`?")).unwrap_or_default())]
pub struct ValueError {
    expected: String,
    found: String,
    suggestion: Option<String>,
}

impl ValueError {
    /// An error for a value of the wrong kind.
    pub fn new(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { expected: expected.into(), found: found.into(), suggestion: None }
    }

    /// What the value should have been.
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// The allowed word that comes nearest to the one found, if one is near.
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }
}

impl Value {
    /// Reads one word as a value of the fact's type, as a person would type it on a command line.
    ///
    /// Sets are written with commas between their elements; an empty text is the empty set.
    ///
    /// # Errors
    ///
    /// Where the text is no value of that type.
    pub fn parse(spec: &FactSpec, text: &str) -> Result<Self, ValueError> {
        match spec.kind() {
            FactType::Flag => match text {
                "true" => Ok(Self::Flag(true)),
                "false" => Ok(Self::Flag(false)),
                _ => Err(ValueError::new("true or false", quoted(text))),
            },
            FactType::Set => {
                let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
                Self::set(spec, words)
            }
            _ => Self::from_text(spec, text),
        }
    }

    /// Reads a string of a document as a value of the fact's type; flags and sets are not strings.
    ///
    /// # Errors
    ///
    /// Where the text is no value of that type.
    pub fn from_text(spec: &FactSpec, text: &str) -> Result<Self, ValueError> {
        match spec.kind() {
            FactType::Choice => spec.choice(text).map(Self::Choice),
            FactType::Version => {
                let version: Result<Version, _> = text.parse();
                version.map(Self::Version).map_err(|_| {
                    ValueError::new("a version of one to four numbers with dots between them, such as 4.18.2106.6", quoted(text))
                })
            }
            FactType::Days => {
                let days: Result<u32, _> = text.parse();
                days.map(Self::Days).map_err(|_| ValueError::new("a whole number of days", quoted(text)))
            }
            FactType::Text => Ok(Self::Text(text.into())),
            FactType::Flag | FactType::Set => Err(ValueError::new(spec.kind().expectation(), quoted(text))),
        }
    }

    /// A set of the given words.
    ///
    /// # Errors
    ///
    /// Where the fact has a closed list of elements and a word is not among them.
    pub fn set<'t>(spec: &FactSpec, words: impl Iterator<Item = &'t str>) -> Result<Self, ValueError> {
        let mut set = BTreeSet::new();
        for word in words {
            if spec.values().is_empty() {
                set.insert(Word::from(word));
            } else {
                let word = spec.choice(word)?;
                set.insert(Word::from(&*word));
            }
        }
        Ok(Self::Set(set))
    }

    /// Reads what [`Value::to_json`] wrote.
    ///
    /// # Errors
    ///
    /// Where it is no value of the fact's type.
    pub fn from_json(spec: &FactSpec, json: &serde_json::Value) -> Result<Self, ValueError> {
        use serde_json::Value as Json;
        let wrong = || ValueError::new(spec.kind().expectation(), quoted(&json.to_string()));
        match (json, spec.kind()) {
            (Json::Bool(flag), FactType::Flag) => Ok(Self::Flag(*flag)),
            (Json::Array(items), FactType::Set) => {
                let words = items.iter().map(Json::as_str).collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
                Self::set(spec, words.into_iter())
            }
            (Json::String(text), _) => Self::from_text(spec, text),
            (Json::Number(number), FactType::Days) => Self::from_text(spec, &number.to_string()),
            _ => Err(wrong()),
        }
    }

    /// The value as an element of a set.
    pub fn word(&self) -> Word {
        match self {
            Self::Text(word) => word.clone(),
            other => Word::from(other.to_string().as_str()),
        }
    }

    /// The value as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Flag(flag) => (*flag).into(),
            Self::Choice(word) => word.to_string().into(),
            Self::Version(version) => version.to_string().into(),
            Self::Days(days) => (*days).into(),
            Self::Text(word) => word.as_str().into(),
            Self::Set(words) => words.iter().map(Word::as_str).collect::<Vec<_>>().into(),
        }
    }
}

/// An error for a word that a closed list lacks, with the nearest one as a suggestion.
pub(super) fn not_among(words: &[Arc<str>], found: &str) -> ValueError {
    let listed: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    ValueError {
        expected: format!("one of {}", listed.join(", ")),
        found: quoted(found),
        suggestion: crate::suggest::nearest(found, words.iter().map(|word| &**word)).map(str::to_owned),
    }
}

fn quoted(text: &str) -> String {
    format!("`{}`", crate::suggest::excerpt(text))
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Choice(word) => f.write_str(word),
            Self::Version(version) => write!(f, "{version}"),
            Self::Days(days) => write!(f, "{days}"),
            Self::Text(word) => write!(f, "{word}"),
            Self::Set(words) if words.is_empty() => f.write_str("empty"),
            Self::Set(words) => {
                for (index, word) in words.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{word}")?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guids_compare_without_regard_to_case_and_braces() {
        let lower = Word::from("3f6b2a10-0000-4000-8000-00000000abcd");
        let upper = Word::from("{3F6B2A10-0000-4000-8000-00000000ABCD}");
        assert_eq!(lower, upper);
        assert_eq!(lower.cmp(&upper), Ordering::Equal);
        assert_eq!(upper.as_str(), "{3F6B2A10-0000-4000-8000-00000000ABCD}");
    }

    #[test]
    fn other_words_compare_exactly() {
        assert_ne!(Word::from("Contoso"), Word::from("contoso"));
    }
}
