//! The kinds of findings that only a run has: a stable name and its page. What it shares with `verify` has its code there.

use std::fmt;

/// The kinds of findings that only a run has. Their names are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Code {
    /// The plan is for another server.
    OtherHost,
    /// Another run changes the server.
    OtherRun,
    /// A parameter was given anew that the plan does not have so.
    OtherParameter,
    /// The plan does not say that the server is ready.
    NotReady,
    /// The plan was not made by the program.
    HandWritten,
    /// The plan names no server.
    NoHost,
    /// The plan has no scenario.
    NoScenario,
    /// The scenario is one that only tells.
    AsItGoes,
    /// The plan leaves out what the article lacks.
    WithoutSupplements,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 9] = [
        Self::OtherHost,
        Self::OtherRun,
        Self::OtherParameter,
        Self::NotReady,
        Self::HandWritten,
        Self::NoHost,
        Self::NoScenario,
        Self::AsItGoes,
        Self::WithoutSupplements,
    ];

    /// The code's stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::OtherHost => "other-host",
            Self::OtherRun => "other-run",
            Self::OtherParameter => "other-parameter",
            Self::NotReady => "not-ready",
            Self::HandWritten => "hand-written",
            Self::NoHost => "no-host",
            Self::NoScenario => "no-scenario",
            Self::AsItGoes => "as-it-goes",
            Self::WithoutSupplements => "without-supplements",
        }
    }

    /// The code of that name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.name() == name)
    }

    /// What the code means, for `cutover explain CODE` and the documentation. Lines of an example begin with four blanks.
    pub fn page(self) -> &'static str {
        match self {
            Self::OtherHost => {
                "The plan names another server than the one that it is to be carried out on. Names compare without regard to case;\n\
                 where only one of the two is a full name, its first label has to be the other. A server that was renamed since needs\n\
                 a plan of its own.\n\n    \
                 cutover facts collect --package DIR -o here.json"
            }
            Self::OtherRun => {
                "Another run of cutover changes this server just now, with a journal of its own. Two of them would be in each\n\
                 other's way. cutover status says of a journal what its run is doing; begin or go on once that has ended."
            }
            Self::OtherParameter => {
                "A parameter was given after --set with a value that the plan was not made with. What was looked at and approved is\n\
                 what is carried out: only host_steps, which says who performs the steps, may be given anew."
            }
            Self::NotReady => {
                "The plan says blocked, undetermined or not_applicable of its server. One that is ready, or ready if what it lists to\n\
                 confirm is so, is carried out. cutover explain FACTS says what is in the way and what would change that."
            }
            Self::HandWritten => {
                "The plan lists steps and records neither the facts that it rests on nor the catalog, as plans do that people write.\n\
                 Nothing shows then whether the server is still what was thought of. verify checks such a plan; to carry it out, make\n\
                 one from the server's facts and compare the two.\n\n    \
                 cutover plan here.json --parameters estate.yaml --format json -o here.plan.json"
            }
            Self::NoHost => {
                "The plan does not say which server it is for. A plan that a program made does; this one was made otherwise, or changed."
            }
            Self::NoScenario => {
                "When the plan was made no scenario applied to the server, or more than one might have, so that it has no steps.\n\
                 cutover explain FACTS tells what speaks for and against each."
            }
            Self::AsItGoes => {
                "The scenario tells what the vendor's own script does stage by stage, its hazards included, so that they can be seen\n\
                 beforehand. Its steps are not there to be carried out: run the script, or plan under a scenario of the article."
            }
            Self::WithoutSupplements => {
                "The plan was made with --without-supplements, which leaves out the restarts and policies that the article lacks and a\n\
                 server needs. It shows what happens without them, and is not carried out."
            }
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
