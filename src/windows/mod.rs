//! The live Windows server: reads what the catalog's probes ask for.
//!
//! In come [`Source`]s, out goes what is there: a thing that is absent is nothing, and what cannot be read is an error with its
//! reason, never nothing. What it comes to is judged elsewhere, by the same code that judges what was recorded.

#![allow(unsafe_code)]

mod com;
mod files;
mod mark;
mod perform;
mod registry;
mod services;
mod signature;
mod wmi;

use crate::catalog::probe::{Probes, Source};
use crate::catalog::{Catalog, CatalogError};
use crate::fact::{FactId, HostFacts, Judged, Observation, Recorded};
use crate::observe::judge;
use serde_json::{Value as Json, json};
use std::path::PathBuf;
use std::sync::Arc;

/// What was read; or why it could not be.
type Seen = Result<Json, String>;

/// The server that this runs on.
#[derive(Debug)]
pub struct Machine {
    probes: Probes,
    package: Option<PathBuf>,
    name: String,
    recorded: Recorded,
    facts: Vec<(FactId, Judged)>,
    /// That no other run changes this server.
    claim: Option<mark::Mark>,
}

impl Machine {
    /// The server as it is now. The files of the package are looked for in `package`.
    ///
    /// # Errors
    ///
    /// Where the catalog's probes are wrong.
    pub fn new(catalog: &Catalog, package: Option<PathBuf>) -> Result<Self, CatalogError> {
        let probes = catalog.probes()?;
        com::start();
        let name = registry::host_name();
        let mut machine = Self { probes, package, name, recorded: Recorded::new(), facts: Vec::new(), claim: None };
        machine.look();
        Ok(machine)
    }

    /// The server's name, in full where it knows that.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads everything afresh.
    pub fn look(&mut self) {
        let read = |(source, properties): (Source, Vec<Arc<str>>)| {
            let seen = self.read(&source, &properties).unwrap_or_else(|error| json!({ "error": error }));
            (source.to_string(), seen)
        };
        self.recorded = self.probes.sources().into_iter().map(read).collect();
        self.facts = judge(&self.probes, &self.recorded);
    }

    /// What was read, each under its name.
    pub fn recorded(&self) -> &Recorded {
        &self.recorded
    }

    /// What the facts with probes are.
    pub fn facts(&self) -> &[(FactId, Judged)] {
        &self.facts
    }

    fn read(&self, source: &Source, properties: &[Arc<str>]) -> Seen {
        match source {
            Source::File(path) => files::file(&self.path(path)?),
            Source::Service(name) => services::service(name),
            Source::Key(key) => registry::key(key),
            Source::Value(key, name) => registry::value(key, name),
            Source::Names(key) => registry::names(key),
            Source::Software => registry::software(),
            Source::Updates => wmi::texts(r"root\cimv2", "SELECT HotFixID FROM Win32_QuickFixEngineering", "HotFixID"),
            Source::Services => services::services(),
            Source::Filters => services::filters(),
            Source::Process(name) => services::process(name),
            Source::Wmi(class) => wmi::instance(class, properties),
            Source::Call(namespace, class, method) => wmi::call(namespace, class, method, properties),
            Source::Com(class, method, property) => com::collection(class, method, property),
            Source::Signature(path) => signature::signature(&self.path(path)?),
            Source::Match(path, pattern) => files::first_match(&self.path(path)?, pattern),
            Source::ValidUntil(path) => files::valid_until(&self.path(path)?),
            Source::Started(format) => wmi::started(format),
        }
    }

    /// A path with its variables filled in.
    fn path(&self, path: &str) -> Result<String, String> {
        let package = match (&self.package, path.contains("%PACKAGE%")) {
            (None, true) => return Err("the folder of the package was not named".to_owned()),
            (package, _) => package.as_ref().map(|folder| folder.display().to_string()).unwrap_or_default(),
        };
        Ok(files::expanded(&path.replace("%PACKAGE%", &package)))
    }
}

impl HostFacts for Machine {
    fn observe(&self, fact: FactId) -> Observation<'_> {
        match self.facts.iter().find(|(known, _)| *known == fact) {
            Some((_, Ok(value))) => Observation::Known(value),
            Some((_, Err(reason))) => Observation::Unknown(reason),
            None => Observation::Unknown("nothing on the server says it"),
        }
    }
}

/// What a code of Windows means where it has a meaning of its own here.
fn reason(code: i32, message: impl Into<String>) -> String {
    const ACCESS_DENIED: [u32; 3] = [0x8007_0005, 0x8004_1003, 5];
    if ACCESS_DENIED.contains(&code.cast_unsigned()) {
        return "access denied".to_owned();
    }
    let message = message.into();
    let message = message.trim().trim_end_matches('.');
    if message.is_empty() { format!("error {:#010x}", code.cast_unsigned()) } else { message.to_owned() }
}
