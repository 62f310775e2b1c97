//! The page of each code of `scenarios check`: what it is, why it is bad, and an example.

use super::finding::Code;

impl Code {
    /// What the code means, for `cutover explain CODE` and the documentation. Lines of an example begin with four blanks.
    pub fn page(self) -> &'static str {
        match self {
            Self::YamlSyntax => {
                "A file is no YAML, gives a key twice, uses an anchor, or is too large or too deep.\n\
                 Nothing of it can be trusted then, so nothing else is checked.\n\n    \
                 goal: { sense.onboarded: true"
            }
            Self::MissingFile => {
                "A catalog has catalog/facts.yaml, actions.yaml, invariants.yaml and article.yaml, and at least one scenario\n\
                 beside that directory. Copy the built-in ones to begin with."
            }
            Self::UnexpectedKey => {
                "A map has a key that the format does not know. A misspelt key would be passed over silently otherwise, and a\n\
                 requirement with it.\n\n    \
                 requries: { sense.installed: true }"
            }
            Self::MissingKey => {
                "A key that the format requires is missing: every action says how long it takes, whether it needs a restart and\n\
                 what the way back is; every step names an item of the article or says why it is there without one."
            }
            Self::WrongType => {
                "A value is not of the type that its place asks for: a flag is true or false, a version is text such as\n\
                 \"4.18.2106.6\", a set is a list, and only versions and days can be compared.\n\n    \
                 os.core: no"
            }
            Self::UnknownFact => {
                "A condition or an effect names a fact that catalog/facts.yaml does not declare. It would be unknown on every\n\
                 server. Facts of your own are declared too, under `x.`."
            }
            Self::UnknownChoice => {
                "A word is not in the list that its fact, its parameter or its key has. A test against it would never hold.\n\n    \
                 os.release: 2012r3"
            }
            Self::UnknownParameter => {
                "A `$name` is no parameter of the scenario and no argument of the action, or `with:` gives an argument that the\n\
                 action does not take. Declare it under `parameters:`, also where only an action of the scenario uses it."
            }
            Self::UnknownAction => "A step, or an `undo:`, names an action that catalog/actions.yaml does not have.",
            Self::UnknownStep => "An edge comes from a step that the scenario does not have.",
            Self::UnknownName => {
                "A section or an item of the article, a scenario, a finding or an invariant is named that does not exist; or a\n\
                 scenario's file is not named after its id."
            }
            Self::DuplicateId => "Two facts, actions, steps, failures, sections, items or invariants have the same id.",
            Self::Cycle => {
                "Steps wait for each other, so that none of them can ever begin. The shortest way round is shown; the edge that\n\
                 goes back in the documented order is underlined."
            }
            Self::OrderContradictsEdge => {
                "The list of steps is the documented order, and it must agree with the edges: a step stands below every step\n\
                 that it follows."
            }
            Self::RedundantEdge => {
                "An edge says what other edges say already, or is there twice. Reviewers read edges as reasons; one without a\n\
                 reason of its own hides the others, and a proof would call it unneeded.\n\n    \
                 after: [b, a]    where b follows a"
            }
            Self::StepNeverEnabled => {
                "No server that the scenario supports can need the step, or none can ever meet what it requires when its turn\n\
                 comes: its `when` contradicts `supports`, the lines about what cannot be true together, or what the steps before\n\
                 it leave behind for certain."
            }
            Self::GoalUnreachable => {
                "A part of the goal holds neither of every server that the scenario is for nor through any step's effects. Every\n\
                 plan would be blocked at the goal."
            }
            Self::RestartMissing => {
                "A step needs that no restart is pending, and a step before it may leave one so, with no restart between. Half\n\
                 of the servers would be refused in the middle of the way, just when an installation has asked for a restart."
            }
            Self::OverlappingScenarios => {
                "One server can match two scenarios that are chosen where they apply, so that neither is chosen. The message\n\
                 names such a server."
            }
            Self::FailureBlocksForever => {
                "A failure leaves a server in a state that a later attempt refuses, and no step clears it away: after it the\n\
                 scenario could never be resumed. Add the step that clears it, or correct what the failure leaves."
            }
            Self::NotCovered => {
                "An item of the article is encoded by no step and by nothing that it lists under `encoded_by`. Something that\n\
                 the article says would be lost without anybody noticing."
            }
        }
    }
}
