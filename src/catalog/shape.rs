//! The format of a catalog's files: every map with its keys, which of them must be there, and what stands under each.
//!
//! Reading takes the keys from these tables, and so do the schemas that editors check files with.

use super::action::{Evidence, LEFT, Performer, Reboot};
use super::article::ItemKind;
use super::invariants::InvariantKind;
use super::probe::ValueKind;
use super::scenario::{CHECKS, EdgeKind, TYPES};
use crate::fact::FactType;

/// A key of a map.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) shape: Shape,
    pub(super) about: &'static str,
}

/// What stands under a key.
#[derive(Debug)]
pub(super) enum Shape {
    /// Text; a number will do where people write one.
    Text,
    /// True or false.
    Flag,
    /// A whole number of minutes.
    Minutes,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of texts.
    Texts,
    /// A text, or a list of texts.
    OneOrTexts,
    /// A test over facts and parameters.
    Condition,
    /// A test over observations.
    Observed,
    /// The name of a fact.
    Fact,
    /// A value of some fact's type, or of a parameter's.
    Value,
    /// A list of values of some fact's type.
    Values,
    /// Facts with what they are set to.
    Set,
    /// Facts with elements that are added or removed.
    Elements,
    /// Names with the type `flag`.
    Arguments,
    /// Arguments with true, false or a condition.
    With,
    /// Facts with a sentence each.
    Remedies,
    /// A map with these keys.
    Map(&'static [Field]),
    /// A map with these keys, or a list of such maps.
    OneOr(&'static [Field]),
    /// A list of maps with these keys.
    List(&'static [Field]),
    /// Names, each with a map with these keys.
    Named(&'static [Field]),
    /// One of these words, or a map with these keys.
    WordOr(&'static [&'static str], &'static [Field]),
    /// A list of texts or of maps with these keys.
    TextsOr(&'static [Field]),
}

const fn must(name: &'static str, shape: Shape, about: &'static str) -> Field {
    Field { name, required: true, shape, about }
}

const fn may(name: &'static str, shape: Shape, about: &'static str) -> Field {
    Field { name, required: false, shape, about }
}

const SOURCE: &str = "where the knowledge comes from";

pub(super) const FACTS: &[Field] = &[
    must("facts", Shape::List(FACT), "what can be known of a server"),
    may("observations", Shape::List(OBSERVATION), "what is read on a live server"),
    may("derived", Shape::List(DERIVED), "what follows from other facts where no source says anything"),
    may("impossible", Shape::List(IMPOSSIBLE), "what cannot be true together"),
];

pub(super) const FACT: &[Field] = &[
    must("id", Shape::Text, "the fact's name; those of your own begin with `x.`"),
    must("type", Shape::Word(&words(&FactType::NAMES)), "the type of its values"),
    may("values", Shape::Texts, "the words of a choice, or the elements that a set may have"),
    may("partial", Shape::Flag, "a version whose missing parts were not observed, rather than zero"),
    may("usual", Shape::Values, "what servers mostly have, the most usual first; examples show it where it does not matter"),
    must("about", Shape::Text, "what is true when this is so"),
    must("observed", Shape::Text, "how it is seen on a live server"),
    may("probe", Shape::Map(PROBE), "what the observations of a live server make of it"),
    may("remedy", Shape::Text, "what a person does when a step needs another value"),
    must("source", Shape::Text, SOURCE),
];

pub(super) const OBSERVATION: &[Field] = &[
    must("id", Shape::Text, "the observation's name"),
    must("type", Shape::Word(&words(&FactType::NAMES)), "the type of what is seen"),
    may("values", Shape::Texts, "the words of a choice; `absent` where nothing is there, `other` for any other word"),
    may("file", Shape::Text, "a file: whether it is there, or its version"),
    may("service", Shape::Text, "a service: whether it is there, its state, or the version of the file that it runs"),
    may("key", Shape::Text, "whether a registry key is there"),
    may("value", Shape::Map(REGISTRY_VALUE), "a registry value"),
    may("names", Shape::Text, "the names of the values of a registry key; as a version, the latest of them"),
    may("software", Shape::Map(SOFTWARE), "how much of the installed software is this: none, one or several"),
    may("update", Shape::Text, "whether an update is listed as installed"),
    may("process", Shape::Text, "whether a process of that name runs"),
    may("wmi", Shape::Map(WMI), "a property of an instance of a WMI class"),
    may("call", Shape::Map(CALL), "whether a method of a WMI class answers so; false where there is no such class"),
    may("com", Shape::Map(COM), "a property of each object that a method of a COM class returns"),
    may("other_vendors", Shape::Flag, "the products of other vendors (a set), or whether their antivirus works (a choice)"),
    may("signature", Shape::Text, "whether the signature of a file is valid"),
    may("match", Shape::Map(MATCH), "what a line of a file says"),
    may("valid_until", Shape::Text, "whether the day in a file's name is past"),
    may("started", Shape::Text, "when the system started, in a format of .NET"),
    may("differs", Shape::Texts, "whether two observations above saw different things"),
];

pub(super) const REGISTRY_VALUE: &[Field] = &[
    must("key", Shape::Text, "the key"),
    must("name", Shape::Text, "the value's name"),
    may("kind", Shape::Word(&words(&ValueKind::NAMES)), "the type that it has to have; text where nothing is said"),
];

pub(super) const SOFTWARE: &[Field] = &[
    must("name", Shape::Text, "a regular expression for its name"),
    may("key", Shape::Text, "a regular expression for the name of its key"),
];

pub(super) const WMI: &[Field] = &[
    must("namespace", Shape::Text, "the namespace"),
    must("class", Shape::Text, "the class"),
    may("where", Shape::Text, "a property that tells the instance; with"),
    may("is", Shape::Text, "the text that it has there"),
    must("property", Shape::Text, "the property"),
];

pub(super) const CALL: &[Field] = &[
    must("namespace", Shape::Text, "the namespace"),
    must("class", Shape::Text, "the class"),
    must("method", Shape::Text, "a method without parameters that changes nothing"),
    must("properties", Shape::Texts, "what it returns; true where one of them is"),
];

pub(super) const COM: &[Field] = &[
    must("class", Shape::Text, "the class, by its ProgID"),
    must("method", Shape::Text, "a method without parameters that returns objects and changes nothing"),
    must("property", Shape::Text, "the property of each of them"),
];

pub(super) const MATCH: &[Field] = &[
    must("file", Shape::Text, "the file; with an asterisk the one whose name comes last"),
    must("pattern", Shape::Text, "a regular expression for a line; what its first group finds, or whether there is such a line"),
];

pub(super) const PROBE: &[Field] = &[
    may("same", Shape::Text, "what this observation is"),
    may("when", Shape::Observed, "true where this holds"),
    may("first", Shape::List(CASE), "the value of the first case that holds"),
    may("each", Shape::List(CASE), "the elements whose conditions hold"),
];

pub(super) const CASE: &[Field] =
    &[must("is", Shape::Value, "the value"), may("when", Shape::Observed, "when; without it always")];

pub(super) const DERIVED: &[Field] = &[
    must("fact", Shape::Fact, "the fact that follows"),
    must("is", Shape::Value, "the value that it has then"),
    must("when", Shape::Condition, "when it follows"),
    must("source", Shape::Text, SOURCE),
];

pub(super) const IMPOSSIBLE: &[Field] = &[
    must("id", Shape::Text, "the line's name"),
    must("when", Shape::Condition, "what no server can be"),
    must("about", Shape::Text, "why, in a sentence"),
    must("source", Shape::Text, SOURCE),
];

pub(super) const ACTIONS: &[Field] = &[must("actions", Shape::List(ACTION), "what can be done")];

pub(super) const ACTION: &[Field] = &[
    must("id", Shape::Text, "the action's name"),
    must("title", Shape::Text, "what it does, in the imperative and without a full stop"),
    must("performed_by", Shape::Word(&words(&Performer::NAMES)), "on the server, or in a console for it"),
    may("arguments", Shape::Arguments, "what a step gives with `with`"),
    may("requires", Shape::Condition, "what must hold when it begins"),
    may("achieved_when", Shape::Condition, "how one sees that it is done; without it the step is never found done"),
    may("effects", Shape::List(EFFECT), "what success changes at once, in this order"),
    may("after_restart", Shape::List(EFFECT), "what success changes only after a restart, where one is needed"),
    must("reboot", Shape::Word(&words(&Reboot::NAMES)), "whether it needs a restart, or is one"),
    may("failures", Shape::List(FAILURE), "how it may fail"),
    may("remedies", Shape::Remedies, "what to do about a fact here, instead of the fact's own remedy"),
    must("undo", Shape::Map(UNDO), "the way back"),
    must("minutes", Shape::Minutes, "a budget of time"),
    may("run", Shape::OneOr(RUN), "how it is carried out: one tool, or several in their order"),
    must("evidence", Shape::Word(EVIDENCE), "how its effects are known"),
    must("source", Shape::Text, SOURCE),
];

const EVIDENCE: &[&str] = &words(&Evidence::NAMES);

pub(super) const EFFECT: &[Field] = &[
    may("set", Shape::Set, "facts that get a value, a bound, or become unknown"),
    may("add", Shape::Elements, "sets that get elements"),
    may("remove", Shape::Elements, "sets that lose elements"),
    may("when", Shape::Condition, "only where this holds"),
    may("evidence", Shape::Word(EVIDENCE), "how this effect is known, where that differs"),
];

pub(super) const FAILURE: &[Field] = &[
    must("id", Shape::Text, "the failure's name, for --fail STEP=ID"),
    must("on", Shape::Map(SIGN), "how one sees it"),
    must("about", Shape::Text, "what it means"),
    must("leaves", Shape::WordOr(&words(&LEFT), LEAVES), "what it leaves behind"),
    must("remedy", Shape::Text, "what a person does"),
];

pub(super) const SIGN: &[Field] = &[
    may("tool", Shape::Text, "the tool that ended with a code"),
    may("code", Shape::Text, "its exit code, as people write it"),
    may("observed", Shape::Text, "what one sees instead"),
];

pub(super) const LEAVES: &[Field] = &[
    may("effects", Shape::Flag, "the action's own effects happened too"),
    may("set", Shape::Set, "facts that get a value, a bound, or become unknown"),
    may("add", Shape::Elements, "sets that get elements"),
    may("remove", Shape::Elements, "sets that lose elements"),
];

/// What a fact may be set to besides a value.
pub(super) const SPECIAL: &[Field] = &[
    may("unknown", Shape::Text, "the fact is not known, for this reason"),
    may("only", Shape::Texts, "of the set only these elements are left"),
];

pub(super) const UNDO: &[Field] = &[
    may("action", Shape::OneOrTexts, "the action that undoes it, or several in their order"),
    may("by_hand", Shape::Text, "what a person does to undo it, after these actions"),
    may("when", Shape::Condition, "where that is needed"),
    may("effects", Shape::List(EFFECT), "what that changes"),
    may("irreversible", Shape::Text, "why nothing undoes it"),
];

pub(super) const RUN: &[Field] = &[
    may("process", Shape::Text, "the program or script, without a shell; with an asterisk the one whose name comes last"),
    may(
        "args",
        Shape::Texts,
        "its arguments, each one word; {log} is the path of a log, {flag?word} the word where the argument is true",
    ),
    may("tool", Shape::Text, "what the failures call it, where that is not the program's name"),
    may("signed", Shape::Text, "a file that must be signed by Microsoft before it begins"),
    may("goes_on", Shape::Flag, "it returns before its work is done"),
    may("registry", Shape::Map(RUN_REGISTRY), "a number that is written"),
    may("com", Shape::Map(RUN_COM), "a method of a COM class that is called"),
    may("uninstall", Shape::Map(RUN_UNINSTALL), "an installed product that is uninstalled"),
    may("by_hand", Shape::Text, "what a person does"),
    may("unless", Shape::Condition, "where it is left out"),
];

pub(super) const RUN_REGISTRY: &[Field] = &[
    must("key", Shape::Text, "the key"),
    must("name", Shape::Text, "the value's name"),
    must("number", Shape::Minutes, "the number"),
];

pub(super) const RUN_COM: &[Field] = &[
    must("class", Shape::Text, "the class, by its ProgID"),
    must("method", Shape::Text, "the method"),
    must("argument", Shape::Text, "its argument; after a `$` the parameter of that name"),
    may("then", Shape::Text, "a method without arguments that is called after it"),
];

pub(super) const RUN_UNINSTALL: &[Field] = &[
    must("name", Shape::Text, "a regular expression for its name"),
    must("key", Shape::Text, "a regular expression for its key, the product code"),
];

pub(super) const INVARIANTS: &[Field] = &[
    must("invariants", Shape::List(INVARIANT), "what must never be, and what must be short"),
    may("findings", Shape::List(FINDING), "what is worth saying about a server"),
];

pub(super) const INVARIANT: &[Field] = &[
    must("id", Shape::Text, "the invariant's name"),
    must("kind", Shape::Word(&words(&InvariantKind::NAMES)), "how it is judged"),
    must("title", Shape::Text, "what it is, in a few words"),
    must("when", Shape::Condition, "when a server is so"),
    may("milder_than", Shape::Text, "a forbidden invariant that is worse, where this is an exposure"),
    must("about", Shape::Text, "what it means"),
    must("source", Shape::Text, SOURCE),
];

pub(super) const FINDING: &[Field] = &[
    must("id", Shape::Text, "the finding's name"),
    must("title", Shape::Text, "what it is, in a few words"),
    may("when", Shape::Condition, "when it is said; without it the planner decides"),
    may("scenarios", Shape::Texts, "only with these scenarios"),
    must("about", Shape::Text, "what it means"),
    must("remedy", Shape::Text, "what to do about it"),
    must("source", Shape::Text, SOURCE),
];

pub(super) const ARTICLE: &[Field] = &[
    must("title", Shape::Text, "the article's title, in words of one's own"),
    must("sections", Shape::List(SECTION), "its sections"),
];

pub(super) const SECTION: &[Field] = &[
    must("id", Shape::Text, "the name that scenarios use; `general` holds what concerns all"),
    must("heading", Shape::Text, "its heading, in words of one's own"),
    must("items", Shape::List(ITEM), "its steps, notes, tips, examples and footnotes"),
];

pub(super) const ITEM: &[Field] = &[
    must("ref", Shape::Text, "its number, or a name such as note-1"),
    must("kind", Shape::Word(&words(&ItemKind::NAMES)), "what it is"),
    must("says", Shape::Text, "what it says, in words of one's own"),
    may("encoded_by", Shape::Texts, "what encodes it besides steps, such as `fact os.release`"),
];

pub(super) const SCENARIO: &[Field] = &[
    must("id", Shape::Text, "the scenario's name, and its file's"),
    must("title", Shape::Text, "whom it is for, in a few words"),
    must("article", Shape::Text, "the article's section"),
    may("on_request", Shape::Flag, "chosen only by name"),
    may("checks", Shape::Word(&words(&CHECKS)), "whether every requirement is checked before the first step"),
    must("supports", Shape::Condition, "the servers that it can migrate at all"),
    must("applies_when", Shape::Condition, "the servers that it is chosen for"),
    may("parameters", Shape::Named(PARAMETER), "what has to be given with it"),
    must("goal", Shape::Condition, "what holds of a migrated server"),
    must("steps", Shape::List(STEP), "its steps, in documented order"),
    may("expect", Shape::Map(EXPECT), "what a proof is expected to find"),
];

pub(super) const PARAMETER: &[Field] = &[
    must("type", Shape::Word(&words(&TYPES)), "the type of its value"),
    may("values", Shape::Texts, "the words of a choice"),
    may("optional", Shape::Flag, "it need not be given; the tests that use it are true then"),
    may("default", Shape::Value, "its value where none is given"),
    must("about", Shape::Text, "what it is"),
];

pub(super) const STEP: &[Field] = &[
    must("id", Shape::Text, "the step's name: the action's, with -again for a second use"),
    must("action", Shape::Text, "what is done"),
    may("article", Shape::Text, "the article's item; or"),
    may("supplement", Shape::Text, "why the step is there although the article lacks it"),
    may("when", Shape::Condition, "the servers that need it"),
    may("with", Shape::With, "the arguments that it gives to its action"),
    may("after", Shape::TextsOr(EDGE), "the steps that it follows; none that others already imply"),
];

pub(super) const EDGE: &[Field] = &[
    must("step", Shape::Text, "the earlier step"),
    may("kind", Shape::Word(&words(&EdgeKind::NAMES)), "what the edge rests on"),
    may("because", Shape::Text, "why it is there"),
];

pub(super) const EXPECT: &[Field] = &[may("refuted", Shape::Texts, "the properties that a proof refutes, from a to g")];

/// The words of a table of words and values.
const fn words<T: Copy, const N: usize>(table: &[(&'static str, T); N]) -> [&'static str; N] {
    let mut found = [""; N];
    let mut at = 0;
    while at < N {
        found[at] = table[at].0;
        at += 1;
    }
    found
}
