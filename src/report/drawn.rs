//! A finding with the line that it is about, underlined.

use crate::plan::given::Excerpt;
use crate::suggest::harmless;
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, Severity, SourceCode,
    SourceSpan, SpanContents,
};
use std::fmt;

/// What is drawn.
#[derive(Debug)]
pub struct Drawing<'a> {
    /// What is wrong.
    pub message: &'a str,
    /// The kind of finding.
    pub code: &'a str,
    /// How grave it is.
    pub severity: Severity,
    /// What stands under the line.
    pub label: Option<&'a str>,
    /// What to do.
    pub help: Option<&'a str>,
    /// The file, by a name that a person can open.
    pub file: &'a str,
    /// The lines around the place.
    pub excerpt: &'a Excerpt,
}

impl Drawing<'_> {
    /// The drawing as text; every word from outside is made harmless.
    pub fn draw(&self, colour: bool) -> String {
        let excerpt = shown(self.excerpt);
        let length = excerpt.length.max(1);
        let drawn = Drawn {
            message: harmless(self.message),
            code: harmless(self.code),
            severity: self.severity,
            help: self.help.map(|help| help.lines().map(harmless).collect::<Vec<_>>().join("\n")),
            label: LabeledSpan::new(self.label.map(harmless), excerpt.offset, length),
            file: harmless(self.file),
            excerpt,
        };
        let theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_width(120);
        let mut out = String::new();
        match handler.render_report(&mut out, &drawn) {
            Ok(()) => out,
            Err(_) => format!("{}: {} [{}]\n", drawn.file, drawn.message, drawn.code),
        }
    }
}

/// The excerpt with everything that could steer a terminal written as an escape; the place moves along.
fn shown(excerpt: &Excerpt) -> Excerpt {
    let safe = |text: &str| {
        // A tab keeps its width and a line break its meaning.
        let part = |part: &str| part.split('\t').map(harmless).collect::<Vec<_>>().join("\t");
        text.split('\n').map(|line| part(line.trim_end_matches('\r'))).collect::<Vec<_>>().join("\n")
    };
    let (before, rest) = excerpt.text.split_at(excerpt.offset);
    let (inside, after) = rest.split_at(excerpt.length);
    let (before, inside, after) = (safe(before), safe(inside), safe(after));
    Excerpt { offset: before.len(), length: inside.len(), text: [before, inside, after].concat(), ..*excerpt }
}

#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Drawn {
    message: String,
    code: String,
    severity: Severity,
    help: Option<String>,
    label: LabeledSpan,
    file: String,
    excerpt: Excerpt,
}

impl Diagnostic for Drawn {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(self.label.clone())))
    }
}

/// The excerpt counts its lines from where it stands in the file.
impl SourceCode for Drawn {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let inside = self.excerpt.text.read_span(span, lines_before, lines_after)?;
        let column = if inside.line() == 0 { inside.column() + self.excerpt.column.saturating_sub(1) } else { inside.column() };
        Ok(Box::new(MietteSpanContents::new_named(
            self.file.clone(),
            inside.data(),
            *inside.span(),
            inside.line() + self.excerpt.line.saturating_sub(1),
            column,
            inside.line_count(),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::given::Source;
    use crate::yaml::Span;

    #[test]
    fn the_place_is_that_in_the_file_and_nothing_steers_the_terminal() {
        let text = "first\nsecond\nhost: \"a\u{1b}[2Jb\u{9b}\"\nlast\n";
        let at = text.find("b\u{9b}").expect("the word");
        let excerpt = Source::new("f", text.to_owned()).excerpt(Span { offset: at, length: 3 });
        let drawing = Drawing {
            message: "bad\u{1b}",
            code: "a-code",
            severity: Severity::Error,
            label: Some("expected\u{202e}"),
            help: Some("one\ntwo"),
            file: "dir/f\u{7}.yaml",
            excerpt: &excerpt,
        };
        let drawn = drawing.draw(false);
        assert!(!drawn.chars().any(|character| crate::suggest::is_steering(character) && character != '\n'), "{drawn:?}");
        assert!(drawn.contains("f\\u{7}.yaml:3:"), "{drawn}");
        assert!(drawn.contains("3 │ host: \"a\\u{1b}[2Jb\\u{9b}\""), "{drawn}");
    }
}
