//! Plans as they are given: written by hand, or by a program as `cutover/plan/v1`.
//!
//! In comes the text of a file; out come [`GivenPlan`]s of which every part knows its place, or what is wrong with the text and
//! where. Whether a plan is any good is not asked here: names are taken as they stand.

mod reader;
mod schema;
mod source;

pub use reader::{Format, ReadError, documents, plan, read};
pub use schema::schema;
pub use source::{Excerpt, Lines, Source};

use crate::yaml::{Node, Span};

/// A part of a plan and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed<T> {
    /// The part.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

/// A plan as it was given.
#[derive(Clone, Debug, PartialEq)]
pub struct GivenPlan {
    /// Where it begins.
    pub start: Span,
    /// The server that it is for; nothing where it is for every server of its scenario.
    pub host: Option<Placed<String>>,
    /// The scenario; nothing where a program chose none.
    pub scenario: Option<Placed<String>>,
    /// The parameters as text, as a person would type them.
    pub parameters: Vec<(Placed<String>, Placed<String>)>,
    /// Where the parameters are named, or the plan begins where they are not.
    pub parameters_at: Span,
    /// The steps in the order wanted.
    pub steps: Vec<GivenStep>,
    /// Where the steps are named.
    pub steps_at: Span,
    /// What the plan may cost.
    pub budget: Budget,
    /// What a program says besides; nothing for a plan that was written by hand.
    pub recorded: Option<Recorded>,
}

/// A step as a plan names it.
#[derive(Clone, Debug, PartialEq)]
pub struct GivenStep {
    /// Its id.
    pub id: Placed<String>,
    /// What a program says is done with it: the decision, and for a skip why.
    pub decision: Option<Placed<(String, Option<String>)>>,
}

/// What a plan may cost at most.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Budget {
    /// The restarts, possible ones counted.
    pub restarts: Option<Placed<u32>>,
    /// The exposures by their invariants.
    pub exposures: Vec<(Placed<String>, Figures)>,
}

/// How much of an exposure there may be, all its stretches together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// Minutes.
    pub minutes: Option<Placed<u32>>,
    /// Restarts inside.
    pub reboots: Option<Placed<u32>>,
    /// Steps inside.
    pub steps: Option<Placed<u32>>,
}

/// What only a program writes into a plan, as far as it can turn out to be out of date.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The digest of the catalog that the plan was made with.
    pub catalog: Option<Placed<String>>,
    /// The order that was asked for, by its name.
    pub order: Option<String>,
    /// True where the steps that the article lacks were left out on purpose.
    pub without_supplements: bool,
    /// What the plan says of the server.
    pub status: Placed<String>,
    /// Every fact that was looked at, with what was known of it.
    pub facts_read: Vec<(Placed<String>, Node)>,
    /// The facts that were assumed.
    pub assumed: Vec<String>,
    /// The ids of what was worth saying.
    pub findings: Vec<String>,
}
