//! Texts in every encoding: the first byte says in which, and whether the last byte is missing.

#![no_main]

use cutover_fuzz::read;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some((how, rest)) = bytes.split_first() else { return Corpus::Reject };
    let wide = |mark: bool, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let text = String::from_utf8_lossy(rest);
        mark.then_some(0xfeff).into_iter().chain(text.encode_utf16()).flat_map(bytes).collect()
    };
    let mut encoded = match how % 7 {
        0 => rest.to_vec(),
        1 => [b"\xef\xbb\xbf", rest].concat(),
        2 => wide(true, u16::to_le_bytes),
        3 => wide(true, u16::to_be_bytes),
        4 => wide(false, u16::to_le_bytes),
        5 => wide(false, u16::to_be_bytes),
        // Nothing but the mark is text here.
        _ => [b"\xff\xfe", rest].concat(),
    };
    if how & 0x80 != 0 {
        encoded.pop();
    }
    read(&encoded);
    Corpus::Keep
});
