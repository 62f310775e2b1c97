//! How an action is carried out: the tools that do it, one after the other.

use super::conditions::Names;
use super::finding::Code;
use super::reader::{Fields, Reader};
use super::shape;
use crate::condition::Condition;
use crate::yaml::{Kind, Node};
use std::fmt;
use std::sync::Arc;

/// One part of an action's work.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// What is done.
    pub work: Work,
    /// It is left out where this holds.
    pub unless: Condition,
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// A process with its arguments, without a shell.
    Process(Process),
    /// A number is written into the registry.
    Registry {
        /// The key, of the 64-bit view.
        key: Arc<str>,
        /// The value's name.
        name: Arc<str>,
        /// The number.
        number: u32,
    },
    /// A method of a COM class is called.
    Com {
        /// The class, by its `ProgID`.
        class: Arc<str>,
        /// The method.
        method: Arc<str>,
        /// Its argument; after a `$` the parameter of that name.
        argument: Arc<str>,
        /// A method that is called after it, on an object of its own.
        then: Option<Arc<str>>,
    },
    /// An installed product is uninstalled with Windows Installer.
    Uninstall {
        /// A regular expression for its name.
        name: Arc<str>,
        /// A regular expression for its key, the product code.
        key: Arc<str>,
    },
    /// A person does it, or it comes by itself.
    ByHand(Arc<str>),
}

/// A process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// The program, or a script; with an asterisk the one whose name comes last.
    pub process: Arc<str>,
    /// Its arguments, each one word. `{log}` is the path of a log, `{flag?word}` is the word where that argument of the action is
    /// true and nothing otherwise.
    pub args: Vec<Arc<str>>,
    /// What the failures of the action call the tool; the program's name without its extension where nothing is said.
    pub tool: Option<Arc<str>>,
    /// A file that must be signed by Microsoft before the process begins.
    pub signed: Option<Arc<str>>,
    /// It returns before its work is done.
    pub goes_on: bool,
}

impl Process {
    /// What failures call the tool.
    pub fn tool(&self) -> &str {
        self.tool.as_deref().unwrap_or_else(|| {
            let file = self.process.rsplit(['\\', '/']).next().unwrap_or(&self.process);
            file.rsplit_once('.').map_or(file, |(stem, _)| stem)
        })
    }
}

impl Run {
    /// What a person does, and nothing that is left out.
    pub fn by_hand(how: &Arc<str>) -> Self {
        Self { work: Work::ByHand(Arc::clone(how)), unless: Condition::never() }
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process(process) => {
                f.write_str(&process.process)?;
                process.args.iter().try_for_each(|arg| write!(f, " {arg}"))
            }
            Self::Registry { key, name, number } => write!(f, "set {key}\\{name} to {number}"),
            Self::Com { class, method, argument, then } => {
                write!(f, "call {method}({argument}) of {class}")?;
                then.iter().try_for_each(|then| write!(f, ", then {then}()"))
            }
            Self::Uninstall { name, .. } => write!(f, "msiexec.exe /x with the code of the product `{name}` /quiet /norestart"),
            Self::ByHand(how) => f.write_str(how),
        }
    }
}

/// Reads one part, or a list of them.
pub(super) fn runs(reader: &mut Reader<'_>, names: &mut Names<'_>, node: &Node) -> Vec<Run> {
    match &node.kind {
        Kind::List(items) => items.iter().filter_map(|item| run(reader, names, item)).collect(),
        _ => run(reader, names, node).into_iter().collect(),
    }
}

fn run(reader: &mut Reader<'_>, names: &mut Names<'_>, node: &Node) -> Option<Run> {
    let mut fields = reader.fields(node, shape::RUN)?;
    let unless = fields.take("unless").map_or_else(Condition::never, |node| names.condition(reader, node));
    let work = work(reader, &mut fields);
    reader.no_more(&fields);
    Some(Run { work: work?, unless })
}

fn work(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Option<Work> {
    if let Some(how) = reader.optional_text(fields, "by_hand") {
        return Some(Work::ByHand(how));
    }
    if let Some(node) = fields.take("registry") {
        let mut value = reader.fields(node, shape::RUN_REGISTRY)?;
        let (key, name) = (reader.optional_text(&mut value, "key")?, reader.optional_text(&mut value, "name")?);
        let number = value.take("number")?;
        let parsed = number.scalar().and_then(|text| text.parse().ok());
        if parsed.is_none() {
            reader.report(Code::WrongType, number.span, "expected a whole number", None);
        }
        reader.no_more(&value);
        return Some(Work::Registry { key, name, number: parsed? });
    }
    if let Some(node) = fields.take("com") {
        let mut com = reader.fields(node, shape::RUN_COM)?;
        let (class, method) = (reader.optional_text(&mut com, "class")?, reader.optional_text(&mut com, "method")?);
        let argument = reader.optional_text(&mut com, "argument")?;
        let then = reader.optional_text(&mut com, "then");
        reader.no_more(&com);
        return Some(Work::Com { class, method, argument, then });
    }
    if let Some(node) = fields.take("uninstall") {
        let mut product = reader.fields(node, shape::RUN_UNINSTALL)?;
        let (name, key) = (reader.optional_text(&mut product, "name")?, reader.optional_text(&mut product, "key")?);
        reader.no_more(&product);
        return Some(Work::Uninstall { name, key });
    }
    let Some(process) = reader.optional_text(fields, "process") else {
        let message = "run is one of process, registry, com, uninstall or by_hand";
        reader.report(Code::MissingKey, fields.span(), message, None);
        return None;
    };
    let args =
        fields.take("args").map_or_else(Vec::new, |list| reader.list(list).iter().filter_map(|item| reader.text(item)).collect());
    let tool = reader.optional_text(fields, "tool");
    let signed = reader.optional_text(fields, "signed");
    let goes_on = fields.take("goes_on").and_then(|node| reader.flag(node)).unwrap_or(false);
    Some(Work::Process(Process { process, args, tool, signed, goes_on }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_is_called_by_its_program_unless_it_has_a_name() {
        let named = |process: &str, tool: Option<&str>| {
            let process = Process {
                process: Arc::from(process),
                args: Vec::new(),
                tool: tool.map(Arc::from),
                signed: None,
                goes_on: false,
            };
            process.tool().to_owned()
        };
        assert_eq!(named(r"%SystemRoot%\System32\msiexec.exe", None), "msiexec");
        assert_eq!(named("wusa", None), "wusa");
        assert_eq!(named(r"%PACKAGE%\x.cmd", Some("onboarding-script")), "onboarding-script");
    }
}
