//! Protection at a glance: which antivirus is active, and which sensor reports.

use super::document::ProtectionDocument;
use crate::catalog::Catalog;
use crate::fact::{Abstract, Value};
use crate::plan::State;

/// What protects a server in one state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Protection {
    /// The antivirus products that are active, or may be.
    pub antivirus: Vec<Guard>,
    /// The sensors that report, or may.
    pub sensor: Vec<Guard>,
}

/// One product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    /// Its name.
    pub name: &'static str,
    /// True where that is certain.
    pub certain: bool,
}

impl Protection {
    /// What protects the server now.
    pub fn of(catalog: &Catalog, state: &State) -> Self {
        let known = |name: &str| catalog.vocabulary().find(name).map(|fact| &state.now[fact.index()]);
        let choice = |name: &str, word: &str| is(known(name), &Value::Choice(word.into()));
        let flag = |name: &str| is(known(name), &Value::Flag(true));
        let scep = match (choice("os.release", "2012r2"), flag("scep.installed")) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
        let antivirus = [
            ("third party", choice("third_party.antivirus", "active")),
            ("SCEP", scep),
            ("Defender", choice("defender.mode", "active")),
        ];
        let sensor = [("old", flag("mma.sensor")), ("unified", flag("sense.onboarded"))];
        Self { antivirus: guards(&antivirus), sensor: guards(&sensor) }
    }

    /// The same as a document.
    pub fn document(&self) -> ProtectionDocument {
        let words = |guards: &[Guard]| {
            if guards.is_empty() {
                return "none".to_owned();
            }
            let word = |guard: &Guard| format!("{}{}", guard.name, if guard.certain { "" } else { "?" });
            guards.iter().map(word).collect::<Vec<_>>().join(" + ")
        };
        ProtectionDocument { antivirus: words(&self.antivirus), sensor: words(&self.sensor) }
    }
}

fn guards(found: &[(&'static str, Option<bool>)]) -> Vec<Guard> {
    let present = found.iter().filter(|(_, active)| *active != Some(false));
    present.map(|(name, active)| Guard { name, certain: active.is_some() }).collect()
}

/// Whether a fact has this value; nothing where that is not known.
fn is(known: Option<&Abstract>, value: &Value) -> Option<bool> {
    match known {
        Some(Abstract::Exactly(known)) => Some(known == value),
        _ => None,
    }
}
