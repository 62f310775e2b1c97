//! A row while it is understood: its columns add to it one by one, and then what they say together.

use super::cell::Cell;
use super::meaning::os::Products;
use super::record::{Identity, Record, Said, Standing};
use super::seen::{self, DateOrder, Seen};
use crate::fact::{FactType, Value, ValueError, Vocabulary};
use std::borrow::Cow;

/// A row while it is understood.
#[derive(Debug)]
pub(super) struct Draft<'v> {
    vocabulary: &'v Vocabulary,
    pub(super) record: Record,
    pub(super) os: Os,
    pub(super) thing: Thing,
    pub(super) sensor: Sensor,
    /// When the security intelligence was brought up to date.
    pub(super) signatures: Option<String>,
    pub(super) ignored: Option<Cow<'static, str>>,
    /// What a reader of the answers has to know of such rows.
    pub(super) note: Option<&'static str>,
    /// The row is one of many servers' in a file of theirs, so that the folder names none.
    pub(super) apart: bool,
    /// The order of day and month that a date of this row proves.
    pub(super) proved: Option<DateOrder>,
    /// What earlier rows' names of products say.
    pub(super) products: Products,
}

/// What a row says of the operating system, in pieces.
#[derive(Debug, Default)]
pub(super) struct Os {
    /// A text that names the product.
    pub(super) product: Option<String>,
    /// Two to five numbers with dots.
    pub(super) kernel: Option<String>,
    /// The build number alone.
    pub(super) build: Option<String>,
    /// The revision alone.
    pub(super) revision: Option<String>,
}

/// What a row says of the sensor, in pieces.
#[derive(Debug, Default)]
pub(super) struct Sensor {
    pub(super) version: Option<String>,
    /// Whether the portal has the device as onboarded, in its words.
    pub(super) onboarding: Option<String>,
}

/// The piece of software, service, update or registry value that a row is about.
#[derive(Debug, Default)]
pub(super) struct Thing {
    pub(super) name: Option<String>,
    pub(super) vendor: Option<String>,
    pub(super) version: Option<String>,
    pub(super) state: Option<String>,
    pub(super) start: Option<String>,
    /// The key of a registry value.
    pub(super) key: Option<String>,
    pub(super) value: Option<String>,
    /// The values of a registry key, where a row has several.
    pub(super) values: Vec<(&'static str, String)>,
}

impl<'v> Draft<'v> {
    pub(super) fn new(vocabulary: &'v Vocabulary, row: u64) -> Self {
        Self {
            vocabulary,
            record: Record { row, ..Record::default() },
            os: Os::default(),
            thing: Thing::default(),
            sensor: Sensor::default(),
            signatures: None,
            ignored: None,
            note: None,
            apart: false,
            proved: None,
            products: Products::default(),
        }
    }

    pub(super) fn identity(&mut self) -> &mut Identity {
        &mut self.record.identity
    }

    /// Says something of a fact; what the catalog does not have is passed over.
    fn say(&mut self, fact: &str, said: impl FnOnce(&crate::fact::FactSpec) -> Said) {
        if let Some(id) = self.vocabulary.find(fact) {
            let said = said(self.vocabulary.spec(id));
            self.record.facts.push((id, said));
        }
    }

    /// A fact is true or false.
    pub(super) fn flag(&mut self, fact: &str, flag: bool) {
        self.say(fact, |_| Said::Known(Value::Flag(flag)));
    }

    /// A fact has the value that is written here; where that is none, it is unknown and says so.
    pub(super) fn value(&mut self, fact: &str, text: &str) {
        self.say(fact, |spec| understood(Value::from_text(spec, text)));
    }

    /// A fact has this value.
    pub(super) fn known(&mut self, fact: &str, value: Value) {
        self.say(fact, |_| Said::Known(value));
    }

    /// A fact has the value that a person would write so.
    pub(super) fn parsed(&mut self, fact: &str, text: &str) {
        self.say(fact, |spec| understood(Value::parse(spec, text)));
    }

    /// The type of a fact.
    pub(super) fn kind(&self, fact: &str) -> Option<FactType> {
        self.vocabulary.find(fact).map(|fact| self.vocabulary.spec(fact).kind())
    }

    /// A number of days.
    pub(super) fn days(&mut self, fact: &str, days: u32) {
        self.say(fact, |_| Said::Known(Value::Days(days)));
    }

    /// A set is known to hold this, beside what other rows find.
    pub(super) fn found(&mut self, fact: &str, element: &str) {
        self.say(fact, |_| Said::Found(element.into()));
    }

    /// A fact cannot be told from this row.
    pub(super) fn unknown(&mut self, fact: &str, reason: impl Into<Box<str>>) {
        let reason = reason.into();
        self.say(fact, |_| Said::Unknown(reason));
    }

    /// The row is of no use, for this reason.
    pub(super) fn ignore(&mut self, reason: impl Into<Cow<'static, str>>) {
        self.ignored.get_or_insert(reason.into());
    }

    /// The row was recorded at this time; of several the latest counts.
    pub(super) fn seen(&mut self, cell: Cell<'_>) {
        let Some(text) = cell.text() else { return };
        let (seen, proved) = seen::read(&text);
        self.proved = self.proved.or(proved);
        let later = match (self.record.seen, seen) {
            (Seen::At(earlier), Seen::At(later)) => later > earlier,
            (_, Seen::Unsaid) | (Seen::At(_), Seen::Unreadable) => false,
            _ => true,
        };
        if later {
            self.record.seen = seen;
        }
    }

    /// The record is no longer about a living server.
    pub(super) fn standing(&mut self, standing: Standing) {
        let weight = |standing: &Standing| match standing {
            Standing::Live => 0,
            Standing::Inactive => 1,
            Standing::Obsolete => 2,
            Standing::Merged(_) => 3,
        };
        if weight(&standing) > weight(&self.record.standing) {
            self.record.standing = standing;
        }
    }

    /// Takes back what was said of a fact, for what follows to say it better.
    pub(super) fn forget(&mut self, fact: &str) {
        if let Some(id) = self.vocabulary.find(fact) {
            self.record.facts.retain(|(said, _)| *said != id);
        }
    }

    /// What the row said of a fact already.
    pub(super) fn says(&self, fact: &str) -> Option<&Said> {
        let id = self.vocabulary.find(fact)?;
        self.record.facts.iter().find(|(said, _)| *said == id).map(|(_, said)| said)
    }
}

fn understood(value: Result<Value, ValueError>) -> Said {
    value.map_or_else(|error| Said::Unknown(format!("the source cannot be understood: {error}").into()), Said::Known)
}

/// Keeps the text of a cell.
pub(super) fn keep(slot: &mut Option<String>, cell: Cell<'_>) {
    if let Some(text) = cell.text() {
        *slot = Some(text.into_owned());
    }
}
