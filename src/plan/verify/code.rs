//! The kinds of findings of `verify`: a stable name, what it is in a few words, and its page.

use std::fmt;

/// The kinds of findings about plans that were given. Their names are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Code {
    /// The plan names a scenario that does not exist.
    UnknownScenario,
    /// The plan names a step that its scenario does not have.
    UnknownStep,
    /// A step is named twice.
    StepTwice,
    /// A step stands before one that it follows.
    Order,
    /// A step that is needed is not listed.
    MissingStep,
    /// A parameter that the scenario does not have.
    UnknownParameter,
    /// A parameter that the scenario needs is not given.
    MissingParameter,
    /// A parameter's value is of another type.
    WrongParameter,
    /// A budget for something that is no exposure.
    UnknownInvariant,
    /// The plan costs more than its budget.
    OverBudget,
    /// The plan is for a server that is not among the facts.
    UnknownHost,
    /// Two plans are for one server.
    Twice,
    /// The scenario is not for the server.
    DoesNotApply,
    /// The plan was made with another catalog.
    OtherCatalog,
    /// A fact is not as it was when the plan was made.
    StaleFact,
    /// Planning now decides otherwise about a step.
    StaleDecision,
    /// Planning now says something else of the server.
    StaleStatus,
    /// A step would be refused.
    Blocked,
    /// A step, or the end, would be in a state that is forbidden.
    Forbidden,
    /// The plan ends without its goal.
    GoalMissed,
    /// What a step needs is not known.
    NotKnown,
    /// Whether a step is needed is not known.
    Undecided,
    /// A server has no plan where plans name servers.
    ServerWithoutPlan,
    /// More was found than is shown.
    LeftOff,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 24] = [
        Self::UnknownScenario,
        Self::UnknownStep,
        Self::StepTwice,
        Self::Order,
        Self::MissingStep,
        Self::UnknownParameter,
        Self::MissingParameter,
        Self::WrongParameter,
        Self::UnknownInvariant,
        Self::OverBudget,
        Self::UnknownHost,
        Self::Twice,
        Self::DoesNotApply,
        Self::OtherCatalog,
        Self::StaleFact,
        Self::StaleDecision,
        Self::StaleStatus,
        Self::Blocked,
        Self::Forbidden,
        Self::GoalMissed,
        Self::NotKnown,
        Self::Undecided,
        Self::ServerWithoutPlan,
        Self::LeftOff,
    ];

    /// The code's stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::UnknownScenario => "plan-unknown-scenario",
            Self::UnknownStep => "plan-unknown-step",
            Self::StepTwice => "plan-step-twice",
            Self::Order => "plan-order",
            Self::MissingStep => "plan-missing-step",
            Self::UnknownParameter => "plan-unknown-parameter",
            Self::MissingParameter => "plan-missing-parameter",
            Self::WrongParameter => "plan-wrong-parameter",
            Self::UnknownInvariant => "plan-unknown-invariant",
            Self::OverBudget => "plan-over-budget",
            Self::UnknownHost => "plan-unknown-host",
            Self::Twice => "plan-twice",
            Self::DoesNotApply => "plan-does-not-apply",
            Self::OtherCatalog => "plan-other-catalog",
            Self::StaleFact => "plan-stale-fact",
            Self::StaleDecision => "plan-stale-decision",
            Self::StaleStatus => "plan-stale-status",
            Self::Blocked => "plan-blocked",
            Self::Forbidden => "plan-forbidden",
            Self::GoalMissed => "plan-goal-missed",
            Self::NotKnown => "plan-not-known",
            Self::Undecided => "plan-undecided",
            Self::ServerWithoutPlan => "server-without-plan",
            Self::LeftOff => "findings-left-off",
        }
    }

    /// The code of that name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.name() == name)
    }

    /// What it is, in a few words.
    pub fn title(self) -> &'static str {
        match self {
            Self::UnknownScenario => "There is no such scenario",
            Self::UnknownStep => "The scenario has no such step",
            Self::StepTwice => "A step is there twice",
            Self::Order => "A step stands before one that it follows",
            Self::MissingStep => "A step that is needed is missing",
            Self::UnknownParameter => "The scenario has no such parameter",
            Self::MissingParameter => "A parameter is missing",
            Self::WrongParameter => "A parameter is of another type",
            Self::UnknownInvariant => "There is no such exposure to have a budget",
            Self::OverBudget => "The plan costs more than its budget",
            Self::UnknownHost => "The plan's server is not among the facts",
            Self::Twice => "Two plans are for one server",
            Self::DoesNotApply => "The scenario is not for this server",
            Self::OtherCatalog => "The plan was made with another catalog",
            Self::StaleFact => "A fact has changed since the plan was made",
            Self::StaleDecision => "Planning now decides otherwise",
            Self::StaleStatus => "Planning now says something else of the server",
            Self::Blocked => "A step would be refused",
            Self::Forbidden => "The plan makes a forbidden state true",
            Self::GoalMissed => "The plan ends without its goal",
            Self::NotKnown => "What a step needs is not known",
            Self::Undecided => "Whether a step is needed is not known",
            Self::ServerWithoutPlan => "A server has no plan",
            Self::LeftOff => "More was found than is shown",
        }
    }

    /// What the code means, for `cutover explain CODE` and the documentation. Lines of an example begin with four blanks.
    pub fn page(self) -> &'static str {
        match self {
            Self::UnknownScenario => {
                "The plan's `scenario` is none of the catalog. Nothing else of the plan can be checked then."
            }
            Self::UnknownStep => {
                "A step is listed that the plan's scenario does not have, because it is misspelt or belongs to another scenario.\n\
                 Nobody would carry it out, or worse, somebody would.\n\n    \
                 steps: [restart-first, instal-mde]"
            }
            Self::StepTwice => {
                "A step is listed twice. Each step is done once; a scenario that needs an action again has a second step for it,\n\
                 such as restart-again."
            }
            Self::Order => {
                "A step is listed above one that it follows in its scenario. An edge says what the machine refuses or breaks\n\
                 otherwise, or, marked procedural, what nothing on a server should begin before. Any order that keeps the edges is\n\
                 accepted; cutover scenarios graph ID draws them."
            }
            Self::MissingStep => {
                "A step of the scenario is not listed. A plan that a program made lists every step, those that are left out too.\n\
                 One that was written by hand need not list steps that are left out on every server that it is for; the others are\n\
                 missed on the servers that need them, or may need them. It is not known where what is not known decides it."
            }
            Self::UnknownParameter => {
                "The plan gives a parameter that its scenario does not declare. What was meant by it would be passed over silently."
            }
            Self::MissingParameter => {
                "The plan does not give a parameter that its scenario needs, and neither do --set or --parameters. What the plan\n\
                 gives comes before what the command line gives."
            }
            Self::WrongParameter => {
                "A parameter's value is not of the type that the scenario declares.\n\n    \
                 parameters: { workspace_id: our-workspace }"
            }
            Self::UnknownInvariant => {
                "The plan has a budget for something that is no exposure of the catalog. Forbidden states need none: no plan may\n\
                 make them true.\n\n    \
                 budget: { antivirus-gab: { minutes: 20 } }"
            }
            Self::OverBudget => {
                "A plan may say what it may cost at most: `restarts` of the whole way, and for each exposure its minutes, the\n\
                 restarts inside it and its steps, all stretches together. Steps and restarts that may be needed count, what is not\n\
                 known counts as exposed, and an exposure that no step closes breaks every budget.\n\n    \
                 budget: { restarts: 2, antivirus-gap: { minutes: 20, reboots: 0, steps: 2 } }"
            }
            Self::UnknownHost => {
                "The plan names a server of which no facts were given, so that nothing can be said of it: its name is misspelt, it\n\
                 is gone, or its record is missing."
            }
            Self::Twice => "Two of the plans are for the same server. Whoever carries them out has to guess which one counts.",
            Self::DoesNotApply => {
                "The plan's scenario does not support the server, or is chosen for other servers. Where a plan names no server it\n\
                 is for all that its scenario is chosen for; the others are noted, and only a plan that is for none of the servers,\n\
                 or for not the only one, is a violation. On a server of which it is not known whether the scenario is for it,\n\
                 that is not known."
            }
            Self::OtherCatalog => {
                "The plan carries the digest of a catalog other than the one in use. Steps, conditions and times may have changed,\n\
                 and what was approved may be something else now. Make the plan anew and compare the two with cutover diff."
            }
            Self::StaleFact => {
                "The plan records every fact that it rests on, and one of them is something else now, is no longer known, or has\n\
                 become known. A change that no rule of the catalog can tell apart, such as another recent build, is only noted."
            }
            Self::StaleDecision => {
                "Planning the same steps in the same order now decides otherwise about one of them: it is done where the plan\n\
                 leaves it out, left out where the plan does it, or not known where the plan knew."
            }
            Self::StaleStatus => {
                "The plan records what it says of the server, such as ready, and planning the same steps now says something else."
            }
            Self::Blocked => {
                "On the simulated way, in the order of the plan, a step's requirement does not hold when its turn comes, so that\n\
                 the server would be left where the steps before it have brought it."
            }
            Self::Forbidden => {
                "A step of the plan makes a forbidden state true that was not true before it, or the plan ends in one that must not\n\
                 be left at rest. cutover explain NAME says what the state is."
            }
            Self::GoalMissed => "Every step of the plan is done, and what the scenario is for does not hold.",
            Self::NotKnown => {
                "A step needs something of which the facts do not say whether it holds. Find it out, or assume it for the whole\n\
                 estate with --assume FACT=VALUE."
            }
            Self::Undecided => {
                "A fact that decides whether a step is done, or whether the scenario is for the server, is not known."
            }
            Self::ServerWithoutPlan => {
                "Plans name servers, and among the facts is another one that needs a migration and that no plan is for. Servers\n\
                 that no scenario is for, and those that are done, need none."
            }
            Self::LeftOff => {
                "Code scanning takes at most 5,000 results of a run. The gravest are kept, and this one says how many were left off\n\
                 and what they are; --format json has all of them."
            }
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How grave a finding is, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something does not hold.
    Violated,
    /// Not enough is known to say whether it holds.
    NotKnown,
    /// Worth saying; it changes no answer.
    Note,
}

impl Severity {
    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Violated => "violated",
            Self::NotKnown => "not_known",
            Self::Note => "note",
        }
    }
}
