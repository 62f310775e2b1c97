//! What is wrong with a catalog: a stable code, a sentence, a place and a remedy.

use crate::yaml::Span;
use std::fmt;
use std::sync::Arc;

/// The kinds of findings. Their names are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Code {
    /// A file is not YAML.
    YamlSyntax,
    /// A file that a catalog must have is missing.
    MissingFile,
    /// A key that the format does not have.
    UnexpectedKey,
    /// A key that the format requires is missing.
    MissingKey,
    /// A value of the wrong type.
    WrongType,
    /// A fact that `facts.yaml` does not declare.
    UnknownFact,
    /// A word that a closed list lacks.
    UnknownChoice,
    /// A parameter that the scenario does not declare.
    UnknownParameter,
    /// An action that `actions.yaml` does not have.
    UnknownAction,
    /// A step that the scenario does not have.
    UnknownStep,
    /// A scenario, section, item, finding or invariant that does not exist.
    UnknownName,
    /// The same id twice.
    DuplicateId,
    /// Steps that wait for each other.
    Cycle,
    /// The documented order puts a step before one that it must follow.
    OrderContradictsEdge,
    /// An edge that other edges imply already.
    RedundantEdge,
    /// A step that no server can ever need or take.
    StepNeverEnabled,
    /// A part of a goal that no step brings about.
    GoalUnreachable,
    /// A step that needs no restart pending, after one that may need a restart, with no restart between.
    RestartMissing,
    /// Two scenarios that one server can match.
    OverlappingScenarios,
    /// A failure that leaves a server where no step helps any more.
    FailureBlocksForever,
    /// An item of the article that nothing encodes, or a step that names none.
    NotCovered,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 21] = [
        Self::YamlSyntax,
        Self::MissingFile,
        Self::UnexpectedKey,
        Self::MissingKey,
        Self::WrongType,
        Self::UnknownFact,
        Self::UnknownChoice,
        Self::UnknownParameter,
        Self::UnknownAction,
        Self::UnknownStep,
        Self::UnknownName,
        Self::DuplicateId,
        Self::Cycle,
        Self::OrderContradictsEdge,
        Self::RedundantEdge,
        Self::StepNeverEnabled,
        Self::GoalUnreachable,
        Self::RestartMissing,
        Self::OverlappingScenarios,
        Self::FailureBlocksForever,
        Self::NotCovered,
    ];

    /// True where the catalog was read all the same, and can be planned with: what is wrong is what it says, not how.
    pub fn is_about_content(self) -> bool {
        matches!(
            self,
            Self::RedundantEdge
                | Self::StepNeverEnabled
                | Self::GoalUnreachable
                | Self::RestartMissing
                | Self::OverlappingScenarios
                | Self::FailureBlocksForever
                | Self::NotCovered
        )
    }

    /// The code's stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::YamlSyntax => "yaml-syntax",
            Self::MissingFile => "missing-file",
            Self::UnexpectedKey => "unexpected-key",
            Self::MissingKey => "missing-key",
            Self::WrongType => "wrong-type",
            Self::UnknownFact => "unknown-fact",
            Self::UnknownChoice => "unknown-choice",
            Self::UnknownParameter => "unknown-parameter",
            Self::UnknownAction => "unknown-action",
            Self::UnknownStep => "unknown-step",
            Self::UnknownName => "unknown-name",
            Self::DuplicateId => "duplicate-id",
            Self::Cycle => "cycle",
            Self::OrderContradictsEdge => "order-contradicts-edge",
            Self::RedundantEdge => "redundant-edge",
            Self::StepNeverEnabled => "step-never-enabled",
            Self::GoalUnreachable => "goal-unreachable",
            Self::RestartMissing => "restart-missing",
            Self::OverlappingScenarios => "overlapping-scenarios",
            Self::FailureBlocksForever => "failure-blocks-forever",
            Self::NotCovered => "not-covered",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Something wrong with a catalog.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) file: Arc<str>,
    pub(crate) span: Span,
}

impl Finding {
    /// The kind of finding.
    pub fn code(&self) -> Code {
        self.code
    }

    /// What is wrong, as a sentence in lower case.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The file, relative to the catalog's directory.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Where in the file.
    pub fn span(&self) -> Span {
        self.span
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} [{}]", self.file, self.message, self.code)
    }
}
