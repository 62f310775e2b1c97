//! The text of a file, and where in it something stands as a person counts.

use crate::yaml::Span;
use std::sync::Arc;

/// The text of a file with the beginnings of its lines.
#[derive(Clone, Debug)]
pub struct Source {
    file: Arc<str>,
    text: String,
    starts: Vec<usize>,
}

/// A place as a person counts: lines and columns from one, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lines {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// The line of its end.
    pub end_line: usize,
    /// The column just behind its end.
    pub end_column: usize,
}

/// A little of a text around a place, for showing it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The text.
    pub text: String,
    /// The line in the file that it begins on, from one.
    pub line: usize,
    /// The column in the file that it begins at, in characters, from one.
    pub column: usize,
    /// Where the place is in the excerpt, in bytes.
    pub offset: usize,
    /// How many bytes it has.
    pub length: usize,
}

/// Of a line that is longer, only what stands near the place is shown.
const LONGEST_LINE: usize = 160;
const AROUND: usize = 60;

impl Source {
    /// The text of a file of that name.
    pub fn new(file: &str, text: String) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file: Arc::from(file), text, starts }
    }

    /// The file's name as it was given.
    pub fn file(&self) -> &Arc<str> {
        &self.file
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The lines and columns of a place.
    pub fn lines(&self, span: Span) -> Lines {
        let (line, column) = self.position(span.offset);
        let (end_line, end_column) = self.position(span.offset.saturating_add(span.length));
        Lines { line, column, end_line, end_column }
    }

    fn position(&self, offset: usize) -> (usize, usize) {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.line_of(offset);
        (line + 1, self.text[self.starts[line]..offset].chars().count() + 1)
    }

    /// The line that a byte stands on, from nought.
    fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// A line without its end.
    fn line(&self, number: usize) -> &str {
        let end = self.starts.get(number + 1).copied().unwrap_or(self.text.len());
        self.text[self.starts[number]..end].trim_end_matches(['\n', '\r'])
    }

    /// The place with the lines before and after it; of long lines only a part of the first.
    pub fn excerpt(&self, span: Span) -> Excerpt {
        let from = self.text.floor_char_boundary(span.offset);
        let first = self.line_of(from);
        let line = self.line(first);
        let (start, line_end) = (self.starts[first], self.starts[first] + line.len());
        // What goes on over several lines is shown by its first.
        let to = self.text.floor_char_boundary(span.offset.saturating_add(span.length)).clamp(from, line_end.max(from));
        let is_short = |number: usize| number < self.starts.len() && self.line(number).len() <= LONGEST_LINE;
        if line.len() > LONGEST_LINE {
            let begin = self.text.floor_char_boundary(from.saturating_sub(AROUND).max(start));
            let to = self.text.floor_char_boundary(to.min(from + AROUND)).max(from);
            let end = self.text.floor_char_boundary((to + AROUND).min(line_end)).max(to);
            let column = self.text[start..begin].chars().count() + 1;
            let text = self.text[begin..end].to_owned();
            return Excerpt { text, line: first + 1, column, offset: from - begin, length: to - from };
        }
        let before = if first > 0 && is_short(first - 1) { first - 1 } else { first };
        let after = if is_short(first + 1) { first + 1 } else { first };
        let begin = self.starts[before];
        let end = self.starts[after] + self.line(after).len();
        let text = self.text[begin..end].to_owned();
        Excerpt { text, line: before + 1, column: 1, offset: from - begin, length: to - from }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(text: &str, word: &str) -> Span {
        Span { offset: text.find(word).expect("the word"), length: word.len() }
    }

    #[test]
    fn columns_count_characters_and_lines_count_from_one() {
        let text = "a: é\nße: word\n";
        let source = Source::new("f", text.to_owned());
        let expected = Lines { line: 2, column: 5, end_line: 2, end_column: 9 };
        assert_eq!(source.lines(span(text, "word")), expected);
        let behind = source.lines(Span { offset: 99, length: 5 });
        assert_eq!((behind.line, behind.column), (3, 1));
    }

    #[test]
    fn a_short_line_is_shown_between_its_neighbours() {
        let text = "one\ntwo\nthree\nfour\n";
        let excerpt = Source::new("f", text.to_owned()).excerpt(span(text, "three"));
        assert_eq!((excerpt.text.as_str(), excerpt.line, excerpt.offset, excerpt.length), ("two\nthree\nfour", 2, 4, 5));
        let excerpt = Source::new("f", text.to_owned()).excerpt(Span { offset: 0, length: 99 });
        assert_eq!((excerpt.text.as_str(), excerpt.length), ("one\ntwo", 3));
    }

    #[test]
    fn of_a_long_line_only_what_is_near_is_shown() {
        let text = format!("{}word{}", "é".repeat(1000), "x".repeat(1000));
        let excerpt = Source::new("f", text.clone()).excerpt(span(&text, "word"));
        assert_eq!(excerpt.text.len(), 60 + 4 + 60);
        assert_eq!((excerpt.column, excerpt.line), (1000 - 30 + 1, 1));
        assert_eq!(&excerpt.text[excerpt.offset..excerpt.offset + excerpt.length], "word");
        let whole = Source::new("f", text.clone()).excerpt(Span { offset: 0, length: text.len() });
        assert!(whole.text.len() <= 130, "{}", whole.text.len());
    }

    #[test]
    fn an_empty_text_has_a_place_too() {
        let excerpt = Source::new("f", String::new()).excerpt(Span { offset: 3, length: 3 });
        assert_eq!((excerpt.text.as_str(), excerpt.line, excerpt.offset, excerpt.length), ("", 1, 0, 0));
    }
}
