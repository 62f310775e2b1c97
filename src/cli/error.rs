//! What the command line says when the question was wrong.

use crate::catalog::{Catalog, Finding, SourceFile};
use crate::plan::given::Source;
use crate::report::drawn::Drawing;
use crate::suggest::harmless;
use miette::Severity;
use std::io::IsTerminal;
use std::path::Path;

/// A question that cannot be answered: where, what, and what to do.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{place}{message}")]
pub struct CliError {
    place: String,
    message: String,
    help: Option<String>,
}

impl CliError {
    /// An error with a sentence in lower case.
    pub fn new(message: impl Into<String>) -> Self {
        Self { place: String::new(), message: message.into(), help: None }
    }

    /// The same with a remedy.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same in a file.
    #[must_use]
    pub fn in_file(mut self, file: &str) -> Self {
        self.place = format!("{}: ", harmless(file));
        self
    }

    /// The same at a line and column of a file.
    #[must_use]
    pub fn at(mut self, file: &str, line: usize, column: usize) -> Self {
        self.place = format!("{}:{line}:{column}: ", harmless(file));
        self
    }

    /// Writes the error to standard error.
    pub fn print(&self) {
        anstream::eprintln!("error: {}{}", self.place, harmless(&self.message));
        if let Some(help) = &self.help {
            anstream::eprintln!("  help: {}", harmless(help));
        }
    }
}

/// Writes a remark to standard error.
pub fn remark(text: &str) {
    anstream::eprintln!("{}", harmless(text));
}

/// A finding with the line underlined.
fn draw(finding: &Finding, source: &Source, root: Option<&Path>) -> String {
    let file = root.map_or_else(|| finding.file().to_owned(), |root| root.join(finding.file()).display().to_string());
    let drawing = Drawing {
        message: finding.message(),
        code: finding.code().name(),
        severity: Severity::Error,
        label: None,
        help: finding.help(),
        file: &file,
        excerpt: &source.excerpt(finding.span()),
    };
    drawing.draw(is_coloured(&std::io::stderr()))
}

/// True where colours are wanted: on a terminal, unless `NO_COLOR` is set.
pub fn is_coloured(to: &impl IsTerminal) -> bool {
    to.is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// Draws every finding of a catalog; `root` is the directory that its files lie in.
pub fn draw_all(findings: &[Finding], files: &[SourceFile], root: Option<&Path>) -> String {
    let text = |finding: &Finding| files.iter().find(|file| *file.path == *finding.file()).map_or("", |file| &file.text);
    let source = |finding: &Finding| Source::new(finding.file(), text(finding).to_owned());
    findings.iter().map(|finding| draw(finding, &source(finding), root)).collect::<Vec<_>>().join("\n")
}

/// Draws every finding of the built-in catalog, which a tested build never has.
pub fn draw_built_in(findings: &[Finding]) -> String {
    let files: Vec<_> = Catalog::built_in_files().collect();
    draw_all(findings, &files, None)
}
