//! The text of a file, whatever wrote it: UTF-8 with and without a mark, UTF-16 both ways, and at last Windows-1252.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

/// A decoded text.
#[derive(Debug)]
pub(super) struct Text<'b> {
    pub(super) text: Cow<'b, str>,
    /// The bytes were no Unicode and were read as Windows-1252.
    pub(super) guessed: bool,
}

/// Decodes the bytes of a file; nothing where they are UTF-16 cut in the middle of a character.
pub(super) fn decode(bytes: &[u8]) -> Option<Text<'_>> {
    let wide = |encoding: &'static Encoding, bytes| encoding.decode_without_bom_handling_and_without_replacement(bytes);
    let text = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => std::str::from_utf8(rest).map_or_else(|_| windows_1252(rest), unicode),
        [0xff, 0xfe, rest @ ..] => unicode(wide(UTF_16LE, rest)?),
        [0xfe, 0xff, rest @ ..] => unicode(wide(UTF_16BE, rest)?),
        // PowerShell can be told to leave the mark out; the first two characters of every export are of ASCII.
        [first, 0, second, 0, ..] if first.is_ascii() && second.is_ascii() => unicode(wide(UTF_16LE, bytes)?),
        [0, first, 0, second, ..] if first.is_ascii() && second.is_ascii() => unicode(wide(UTF_16BE, bytes)?),
        _ => std::str::from_utf8(bytes).map_or_else(|_| windows_1252(bytes), unicode),
    };
    Some(text)
}

fn unicode<'b>(text: impl Into<Cow<'b, str>>) -> Text<'b> {
    Text { text: text.into(), guessed: false }
}

fn windows_1252(bytes: &[u8]) -> Text<'_> {
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    Text { text, guessed: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> (String, bool) {
        let text = decode(bytes).expect("a text");
        (text.text.into_owned(), text.guessed)
    }

    #[test]
    fn it_reads_every_encoding_that_these_exports_come_in() {
        let wide =
            |big: bool| "Müller".encode_utf16().flat_map(move |unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
        let expected = ("Müller".to_owned(), false);
        assert_eq!(text("Müller".as_bytes()), expected);
        assert_eq!(text(&[b"\xef\xbb\xbf", "Müller".as_bytes()].concat()), expected);
        assert_eq!(text(&[0xff, 0xfe].into_iter().chain(wide(false)).collect::<Vec<_>>()), expected);
        assert_eq!(text(&[0xfe, 0xff].into_iter().chain(wide(true)).collect::<Vec<_>>()), expected);
        assert_eq!(text(b"{\0\"\0"), ("{\"".to_owned(), false));
        assert_eq!(text(b"M\xfcller"), ("Müller".to_owned(), true));
    }

    #[test]
    fn it_refuses_utf_16_that_was_cut_off() {
        assert!(decode(b"\xff\xfea\0b").is_none());
        assert!(decode(&[0xff, 0xfe, 0x00, 0xd8]).is_none(), "half a surrogate pair");
    }
}
