//! Cutover plans and rehearses the migration of Windows servers to the unified Microsoft Defender for Endpoint solution.
//!
//! Data flows one way through the rooms: [`fact`] says what can be known of a server, [`condition`] tests it, [`catalog`]
//! holds the knowledge as data, [`plan`] decides, [`simulate`] shows every state on the way, and [`report`] renders. All but [`execute`] and
//! the command line are pure: no clock, no files, no randomness, no printing. The same input gives the same bytes.
//!
//! The library does the three jobs of the program.
//!
//! # What does this server need?
//!
//! Anything that implements [`fact::HostFacts`] can be planned for: a recorded snapshot, a fake in a test, a source of your own.
//!
//! ```
//! use cutover::catalog::Catalog;
//! use cutover::fact::SnapshotReader;
//! use cutover::plan::{Request, Start, Status, plan};
//!
//! let catalog = Catalog::built_in()?;
//! let estate = include_str!("../fixtures/estate.ndjson");
//! let snapshot = SnapshotReader::new(catalog.vocabulary()).json(estate.lines().next().expect("a server"))?;
//! let start = Start::observe(&catalog, &snapshot, &[])?;
//! let plan = plan(&catalog, start, Request::default());
//! // The workspace of the old sensor was not given, so that has to be confirmed.
//! assert_eq!(plan.scenario.map(|scenario| &*scenario.id), Some("mecm-scep"));
//! assert_eq!(plan.status, Status::ReadyIf);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Is it blocked, why, and what is the least that would help?
//!
//! A check in CI of your own looks at [`plan::Plan::status`] and shows the explanation.
//!
//! ```
//! use cutover::catalog::Catalog;
//! use cutover::fact::{FakeHost, SnapshotReader, Value};
//! use cutover::plan::explain::explain;
//! use cutover::plan::{Request, Start, Status, plan};
//! use std::sync::Arc;
//!
//! let catalog = Catalog::built_in()?;
//! let estate = include_str!("../fixtures/estate.ndjson");
//! let name = "scep-policy-switches-defender-off-2012r2.corp.example";
//! let line = estate.lines().find(|line| line.contains(name)).expect("the server");
//! let snapshot = SnapshotReader::new(catalog.vocabulary()).json(line)?;
//!
//! // A fake says what a test needs; here it has what was recorded, and what this estate has in common.
//! let fact = |name: &str| catalog.vocabulary().find(name).expect("a fact");
//! let mut host = FakeHost::new().with(fact("mecm.application_created"), Value::Flag(true));
//! for (fact, value) in snapshot.facts() {
//!     host.set(*fact, value.clone());
//! }
//! let workspace = catalog.parameter("workspace_id").expect("a parameter").parse("7f3c1a52-9d0e-4b86-a5c1-2e8d60b4f917")?;
//! let request = Request { parameters: vec![(Arc::from("workspace_id"), workspace)], ..Request::default() };
//! let plan = plan(&catalog, Start::observe(&catalog, &host, &[])?, request);
//! assert_eq!(plan.status, Status::Blocked);
//!
//! let explained = explain(&plan, None)?;
//! let (changed, value) = &explained.change.as_ref().expect("a change")[0];
//! assert_eq!((catalog.vocabulary().name(*changed), value), ("policy.disable_antispyware", &Value::Flag(false)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What happens on the way, and after a failure?
//!
//! ```
//! use cutover::catalog::Catalog;
//! use cutover::fact::SnapshotReader;
//! use cutover::plan::{Request as PlanRequest, Start, plan};
//! use cutover::simulate::{Fault, Request, timeline};
//!
//! let catalog = Catalog::built_in()?;
//! let estate = include_str!("../fixtures/estate.ndjson");
//! let snapshot = SnapshotReader::new(catalog.vocabulary()).json(estate.lines().next().expect("a server"))?;
//! let plan = plan(&catalog, Start::observe(&catalog, &snapshot, &[])?, PlanRequest::default());
//!
//! let whole = timeline(&plan, snapshot.host(), &Request::default())?;
//! assert_eq!(whole.start.protection.antivirus, "SCEP");
//! let bare = whole.states.iter().find(|state| state.protection.antivirus == "none").expect("a gap");
//! assert_eq!(bare.step.as_deref(), Some("uninstall-scep"));
//!
//! let fault = Some(Fault::Interruption { step: "uninstall-scep".to_owned() });
//! let broken_off = timeline(&plan, snapshot.host(), &Request { fault, ..Request::default() })?;
//! assert_eq!(broken_off.again.len(), 3, "before the effects, and after them with and without a restart");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod catalog;
#[doc(hidden)]
pub mod cli;
pub mod condition;
pub mod execute;
pub mod fact;
pub mod fleet;
pub mod inventory;
pub mod json;
pub mod observe;
pub mod plan;
pub mod prove;
pub mod report;
pub mod simulate;
mod suggest;
#[cfg(all(windows, feature = "windows"))]
pub mod windows;
pub mod yaml;
