//! NDJSON of any length, in pieces of whole lines.

use super::input::LONGEST_LINE;
use memchr::{memchr_iter, memrchr};
use std::io::{self, BufRead, BufReader, Read};

/// How much is read at once, in bytes.
const AT_ONCE: u64 = 512 << 10;

/// Some lines that follow each other.
#[derive(Debug)]
pub struct Piece {
    /// The file, by its position among all.
    pub file: usize,
    /// The number of the first line, from 1.
    pub line: usize,
    /// The lines, each with what ends it.
    pub bytes: Vec<u8>,
}

/// The pieces of a source.
pub struct Pieces<R> {
    source: BufReader<R>,
    file: usize,
    line: usize,
    /// The beginning of the next piece.
    rest: Vec<u8>,
    failed: Option<io::Error>,
    ended: bool,
}

/// A source that cannot be read any further.
#[derive(Debug)]
pub struct Broken {
    /// The line that could not be read.
    pub line: usize,
    /// Why.
    pub error: io::Error,
}

impl<R: Read> Pieces<R> {
    /// The pieces of the file at a position among all.
    pub fn new(source: R, file: usize) -> Self {
        Self { source: BufReader::new(source), file, line: 1, rest: Vec::new(), failed: None, ended: false }
    }

    /// The next piece, in memory that is no longer needed; nothing at the end. A line that is too long comes alone and cut off.
    pub fn next(&mut self, spare: Vec<u8>) -> Option<Result<Piece, Broken>> {
        let mut bytes = spare;
        bytes.clear();
        bytes.append(&mut self.rest);
        while !self.ended {
            let before = bytes.len();
            match self.source.by_ref().take(AT_ONCE).read_to_end(&mut bytes) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(_) => {}
                Err(error) => {
                    self.failed = Some(error);
                    self.ended = true;
                }
            }
            if let Some(last) = memrchr(b'\n', &bytes[before..]) {
                self.rest.extend_from_slice(&bytes[before + last + 1..]);
                bytes.truncate(before + last + 1);
                return Some(Ok(self.piece(bytes)));
            }
            if bytes.len() > LONGEST_LINE {
                bytes.truncate(LONGEST_LINE + 1);
                if let Err(error) = self.source.skip_until(b'\n') {
                    self.failed = Some(error);
                    self.ended = true;
                }
                let piece = self.piece(bytes);
                self.line = piece.line + 1;
                return Some(Ok(piece));
            }
        }
        if let Some(error) = self.failed.take() {
            return Some(Err(Broken { line: self.line, error }));
        }
        if bytes.is_empty() { None } else { Some(Ok(self.piece(bytes))) }
    }

    fn piece(&mut self, bytes: Vec<u8>) -> Piece {
        let piece = Piece { file: self.file, line: self.line, bytes };
        self.line += memchr_iter(b'\n', &piece.bytes).count();
        piece
    }
}

impl Piece {
    /// Its lines with their numbers.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let mut from = 0;
        let ends = memchr_iter(b'\n', &self.bytes).map(|at| at + 1);
        let last = (self.bytes.last() != Some(&b'\n')).then_some(self.bytes.len()).filter(|end| *end > 0);
        let lines = ends.chain(last).map(move |end| {
            let line = &self.bytes[from..end];
            from = end;
            line
        });
        (self.line..).zip(lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(text: &[u8]) -> Vec<(usize, Vec<u8>)> {
        let mut pieces = Pieces::new(text, 0);
        let mut found = Vec::new();
        while let Some(piece) = pieces.next(Vec::new()) {
            let piece = piece.expect("readable");
            found.extend(piece.lines().map(|(number, line)| (number, line.to_vec())));
        }
        found
    }

    #[test]
    fn pieces_hold_every_line_once_with_its_number() {
        let lines: Vec<String> = (0..200_000).map(|number| number.to_string()).collect();
        let text = lines.join("\n");
        let expected: Vec<(usize, Vec<u8>)> =
            text.split_inclusive('\n').enumerate().map(|(at, line)| (at + 1, line.as_bytes().to_vec())).collect();
        assert_eq!(lines_of(text.as_bytes()), expected);
        assert_eq!(lines_of(b""), []);
        assert_eq!(lines_of(b"\n\na"), [(1, b"\n".to_vec()), (2, b"\n".to_vec()), (3, b"a".to_vec())]);
    }

    #[test]
    fn of_a_line_that_is_too_long_the_rest_is_passed_over() {
        let mut text = b"one\n".to_vec();
        text.extend(std::iter::repeat_n(b'x', 2 * LONGEST_LINE));
        text.extend(b"\nthree\n");
        let found = lines_of(&text);
        let lengths: Vec<(usize, usize)> = found.iter().map(|(number, line)| (*number, line.len())).collect();
        assert_eq!(lengths, [(1, 4), (2, LONGEST_LINE + 1), (3, 6)]);
    }
}
