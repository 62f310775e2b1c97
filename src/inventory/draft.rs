//! A row while it is understood: its columns add to it one by one, and then what they say together.

use super::cell::Cell;
use super::part::Part;
use super::record::{About, Claims, Identity, Said, Standing};
use super::seen::{self, DateOrder, Seen};
use super::table::Read;
use crate::fact::{FactId, FactType, Own, Value, ValueError, Vocabulary};
use jiff::Timestamp;
use std::borrow::Cow;
use std::sync::Arc;

/// Which server a row is about, and when it was recorded.
#[derive(Debug, Default)]
pub(super) struct Heading {
    pub(super) identity: Identity,
    pub(super) seen: Seen,
    /// The order of day and month that a date of this row proves.
    pub(super) proved: Option<DateOrder>,
}

impl Heading {
    /// The row was recorded at this time; of several the latest counts.
    pub(super) fn when(&mut self, cell: Cell<'_>) {
        let Some(text) = cell.text() else { return };
        let (seen, proved) = seen::read(&text);
        self.proved = self.proved.or(proved);
        let later = match (self.seen, seen) {
            (Seen::At(earlier), Seen::At(later)) => later > earlier,
            (_, Seen::Unsaid) | (Seen::At(_), Seen::Unreadable) => false,
            _ => true,
        };
        if later {
            self.seen = seen;
        }
    }
}

/// What a row comes to, whichever server it is about and whenever it was recorded.
#[derive(Clone, Debug)]
pub(super) struct Judged {
    pub(super) claims: Arc<Claims>,
    /// Why the row is of no use.
    pub(super) ignored: Option<Cow<'static, str>>,
    /// What a reader of the answers has to know of such rows.
    pub(super) note: Option<&'static str>,
    /// The row is one of many servers' in a file of theirs, so that the folder names none.
    pub(super) apart: bool,
}

/// A row while it is understood.
#[derive(Debug)]
pub(super) struct Draft<'v> {
    vocabulary: &'v Vocabulary,
    heading: Heading,
    /// What is said hangs on the server or the time, or says them.
    of_one: bool,
    pub(super) about: About,
    standing: Standing,
    facts: Vec<(FactId, Said)>,
    own: Vec<(Box<str>, Own)>,
    pub(super) os: Os,
    pub(super) thing: Thing,
    pub(super) sensor: Sensor,
    /// When the security intelligence was brought up to date.
    pub(super) signatures: Option<String>,
    ignored: Option<Cow<'static, str>>,
    pub(super) note: Option<&'static str>,
    pub(super) apart: bool,
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
    pub(super) fn new(vocabulary: &'v Vocabulary) -> Self {
        Self {
            vocabulary,
            heading: Heading::default(),
            of_one: false,
            about: About::default(),
            standing: Standing::default(),
            facts: Vec::new(),
            own: Vec::new(),
            os: Os::default(),
            thing: Thing::default(),
            sensor: Sensor::default(),
            signatures: None,
            ignored: None,
            note: None,
            apart: false,
        }
    }

    /// Reads a column of the row.
    pub(super) fn column(&mut self, read: Read, cell: Cell<'_>) {
        match read {
            Read::Names(read) => read(&mut self.heading.identity, cell),
            Read::When => self.heading.when(cell),
            Read::Says(read) => read(self, cell),
        }
    }

    /// Reads what a cell holds as if it were a column, with what names the server or says the time.
    pub(super) fn read(&mut self, read: Read, cell: Cell<'_>) {
        self.of_one |= !matches!(read, Read::Says(_));
        self.column(read, cell);
    }

    /// Which server it is; what is said is that of no other row then.
    pub(super) fn identity(&mut self) -> &mut Identity {
        self.of_one = true;
        &mut self.heading.identity
    }

    /// When it was recorded; what is said is that of no other row then.
    pub(super) fn recorded(&mut self) -> Option<Timestamp> {
        self.of_one = true;
        self.heading.seen.at()
    }

    /// What it comes to; and true where every row with the same cells says the same, but for those that name a server or a time.
    pub(super) fn judged(self) -> (Heading, Judged, bool) {
        let Self { heading, of_one, about, standing, facts, own, ignored, note, apart, .. } = self;
        let claims = Arc::new(Claims { about, standing, facts, own });
        (heading, Judged { claims, ignored, note, apart }, !of_one)
    }

    /// Takes it into a part as the row of this number.
    pub(super) fn add_to(self, part: &mut Part<'_>, row: u64) {
        let (heading, judged, _) = self.judged();
        part.add(row, heading, &judged);
    }

    /// Says something of a fact; what the catalog does not have is passed over.
    fn say(&mut self, fact: &str, said: impl FnOnce(&crate::fact::FactSpec) -> Said) {
        if let Some(id) = self.vocabulary.find(fact) {
            let said = said(self.vocabulary.spec(id));
            self.facts.push((id, said));
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

    /// Says something of a fact of a user's own.
    pub(super) fn own(&mut self, name: &str, text: &str) {
        self.own.push((name.into(), Own::Text(text.into())));
    }

    /// The record is no longer about a living server.
    pub(super) fn standing(&mut self, standing: Standing) {
        let weight = |standing: &Standing| match standing {
            Standing::Live => 0,
            Standing::Inactive => 1,
            Standing::Obsolete => 2,
            Standing::Merged(_) => 3,
        };
        if weight(&standing) > weight(&self.standing) {
            self.standing = standing;
        }
    }

    /// Takes back what was said of a fact, for what follows to say it better.
    pub(super) fn forget(&mut self, fact: &str) {
        if let Some(id) = self.vocabulary.find(fact) {
            self.facts.retain(|(said, _)| *said != id);
        }
    }

    /// Takes back everything that was said.
    pub(super) fn forget_all(&mut self) {
        self.facts.clear();
    }

    /// What the row said of a fact already.
    pub(super) fn says(&self, fact: &str) -> Option<&Said> {
        let id = self.vocabulary.find(fact)?;
        self.facts.iter().find(|(said, _)| *said == id).map(|(_, said)| said)
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
