//! The server that this runs on.

use super::CliError;
use crate::catalog::Catalog;
use crate::execute::Host;
use std::path::Path;

/// The server as something that can be changed.
///
/// # Errors
///
/// Where this build, or this machine, has none.
#[cfg(all(windows, feature = "windows"))]
pub fn host<'c>(catalog: &'c Catalog, package: Option<&Path>) -> Result<Box<dyn Host + 'c>, CliError> {
    let machine = crate::windows::Machine::new(catalog, package.map(Path::to_owned));
    Ok(Box::new(machine.map_err(|error| CliError::new(error.to_string()))?))
}

/// What takes the place of the live server elsewhere.
///
/// # Errors
///
/// Always.
#[cfg(not(all(windows, feature = "windows")))]
pub fn host<'c>(_: &'c Catalog, _: Option<&Path>) -> Result<Box<dyn Host + 'c>, CliError> {
    let help = "rehearse it on a recorded one with --on SNAPSHOT, or run the build for Windows on the server";
    Err(CliError::new("this build cannot look at the server that it runs on").with_help(help))
}

/// A snapshot of this server as JSON, with what was read beside the facts.
///
/// # Errors
///
/// Where this is no Windows, or what is read is not known.
#[cfg(all(windows, feature = "windows"))]
pub fn snapshot(catalog: &Catalog, package: Option<&Path>) -> Result<String, Vec<CliError>> {
    use crate::fact::SNAPSHOT_SCHEMA;
    use crate::inventory::{SnapshotDocument, written};
    use crate::windows::Machine;
    use std::collections::BTreeMap;

    let machine = Machine::new(catalog, package.map(Path::to_owned)).map_err(|error| vec![CliError::new(error.to_string())])?;
    let (mut facts, mut unknown) = (BTreeMap::new(), BTreeMap::new());
    for (fact, judged) in machine.facts() {
        let name = catalog.vocabulary().name(*fact).to_owned();
        match judged {
            Ok(value) => drop(facts.insert(name, value.to_json())),
            Err(reason) => drop(unknown.insert(name, reason.clone())),
        }
    }
    super::output::pretty(&SnapshotDocument {
        schema: SNAPSHOT_SCHEMA,
        host: machine.name().to_owned(),
        taken_at: Some(written(jiff::Timestamp::now())),
        source: "facts collect".to_owned(),
        facts,
        unknown,
        from: None,
        observed: Some(machine.recorded().clone()),
    })
}

/// What takes the place of the live server elsewhere.
///
/// # Errors
///
/// Always.
#[cfg(not(all(windows, feature = "windows")))]
pub fn snapshot(_: &Catalog, _: Option<&Path>) -> Result<String, Vec<CliError>> {
    let help = "run it on the server, in a build with the feature `windows`; or run there what `cutover facts collector` prints";
    Err(vec![CliError::new("this program cannot read the machine that it runs on").with_help(help)])
}
