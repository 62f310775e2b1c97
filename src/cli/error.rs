//! What the command line says when the question was wrong.

use crate::catalog::{Catalog, Finding, SourceFile};
use crate::suggest::harmless;
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource};
use std::fmt;
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

/// A finding of a catalog with its source, for drawing.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Drawn {
    message: String,
    code: &'static str,
    help: Option<String>,
    label: LabeledSpan,
    text: NamedSource<String>,
}

impl Diagnostic for Drawn {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.code))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.text)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(self.label.clone())))
    }
}

/// A finding with the line underlined.
fn draw(finding: &Finding, text: &str, root: Option<&Path>) -> String {
    let span = finding.span();
    let file = root.map_or_else(|| finding.file().to_owned(), |root| root.join(finding.file()).display().to_string());
    let drawn = Drawn {
        message: harmless(finding.message()),
        code: finding.code().name(),
        help: finding.help().map(harmless),
        label: LabeledSpan::new(None, span.offset, span.length.max(1)),
        text: NamedSource::new(harmless(&file), text.to_owned()),
    };
    let theme = if std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_width(120);
    let mut out = String::new();
    match handler.render_report(&mut out, &drawn) {
        Ok(()) => out,
        Err(_) => format!("{finding}\n"),
    }
}

/// Draws every finding of a catalog; `root` is the directory that its files lie in.
pub fn draw_all(findings: &[Finding], files: &[SourceFile], root: Option<&Path>) -> String {
    let text = |finding: &Finding| files.iter().find(|file| *file.path == *finding.file()).map_or("", |file| &file.text);
    findings.iter().map(|finding| draw(finding, text(finding), root)).collect::<Vec<_>>().join("\n")
}

/// Draws every finding of the built-in catalog, which a tested build never has.
pub fn draw_built_in(findings: &[Finding]) -> String {
    let files: Vec<_> = Catalog::built_in_files().collect();
    draw_all(findings, &files, None)
}
