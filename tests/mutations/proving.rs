//! What notices a mutant: a property of the proof, the catalog's checks, or nothing.

use super::mutants::{Files, Mutant};
use cutover::catalog::Catalog;
use cutover::prove::{Glance, Limit, Options, Property, glance, prove};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What became of a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The catalog is not read, for the finding of this code.
    Unread(String),
    /// In this scenario these properties fail that should hold, or hold that are expected to fail.
    Caught { scenario: String, fail: String, hold: String },
    /// Every property is as it should be, and `scenarios check` has a finding of this code.
    Checked(String),
    /// There is no room for the proof of this scenario.
    NoRoom(String),
    /// Nothing notices. So many servers are ready.
    Survives(Ready),
}

/// How many servers are ready, of those that can be told apart and compared with the catalog as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ready {
    As,
    Fewer,
    More,
    /// More in one scenario and fewer in another.
    Both,
    /// None in this scenario.
    None(String),
}

/// Proves mutants, and remembers how many servers are ready with the catalog as it is.
pub struct Prover<'f> {
    files: &'f Files,
    originals: BTreeMap<String, Seen>,
}

/// What a proof shows of a scenario.
#[derive(Clone, Debug)]
struct Seen {
    /// The properties that fail and should hold. Where all should hold, the first that is found to fail.
    fail: String,
    /// Those that hold and are expected to fail.
    hold: String,
    servers: u128,
    /// The servers that are ready or done.
    good: u128,
}

impl<'f> Prover<'f> {
    pub fn new(files: &'f Files) -> Self {
        Self { files, originals: BTreeMap::new() }
    }

    pub fn prove(&mut self, mutant: &Mutant) -> Outcome {
        let (catalog, findings) = Catalog::check_files(self.files.of(mutant));
        if let Some(finding) = findings.iter().find(|finding| !finding.code().is_about_content()) {
            return Outcome::Unread(finding.code().name().to_owned());
        }
        let mut changes = Vec::new();
        for id in &mutant.scenarios {
            let Ok(seen) = seen(&catalog, id) else { return Outcome::NoRoom(id.clone()) };
            if !seen.fail.is_empty() || !seen.hold.is_empty() {
                return Outcome::Caught { scenario: id.clone(), fail: seen.fail, hold: seen.hold };
            }
            changes.push((id, self.compared(id, &seen)));
        }
        if let Some(finding) = findings.first() {
            return Outcome::Checked(finding.code().name().to_owned());
        }
        Outcome::Survives(ready(&changes))
    }

    /// How the ready among the servers compare with those of the catalog as it is; nothing where none is ready.
    fn compared(&mut self, id: &str, now: &Seen) -> Option<Ordering> {
        let catalog = self.files.catalog();
        let original = self.originals.entry(id.to_owned()).or_insert_with(|| seen(catalog, id).expect("a proof"));
        // Fewer tests tell fewer servers apart, hence the share.
        (now.good > 0).then(|| (now.good * original.servers).cmp(&(original.good * now.servers)))
    }
}

fn seen(catalog: &Catalog, id: &str) -> Result<Seen, Limit> {
    let scenario = catalog.scenario(id).expect("the scenario");
    if scenario.refuted.is_empty() {
        let Glance { refuted, servers, good } = glance(catalog, scenario, &Options::default())?;
        return Ok(Seen { fail: refuted.iter().map(|property| property.letter()).collect(), hold: String::new(), servers, good });
    }
    let proof = prove(catalog, scenario, &Options::default())?;
    let expected = |property: Property| scenario.refuted.iter().any(|letter| letter.chars().eq([property.letter()]));
    let letters = |holds: bool| {
        let amiss = proof.verdicts.iter().filter(|verdict| verdict.holds == holds && expected(verdict.property) == holds);
        amiss.map(|verdict| verdict.property.letter()).collect()
    };
    Ok(Seen { fail: letters(false), hold: letters(true), servers: proof.servers, good: proof.ready + proof.done })
}

fn ready(changes: &[(&String, Option<Ordering>)]) -> Ready {
    if let Some((id, _)) = changes.iter().find(|(_, change)| change.is_none()) {
        return Ready::None((*id).clone());
    }
    let any = |order| changes.iter().any(|(_, change)| *change == Some(order));
    match (any(Ordering::Less), any(Ordering::Greater)) {
        (false, false) => Ready::As,
        (true, false) => Ready::Fewer,
        (false, true) => Ready::More,
        (true, true) => Ready::Both,
    }
}
