//! Rows of JSON: a list, an object that wraps one, one object, or an object a line.

#![no_main]

use cutover_fuzz::{first, read};
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if !matches!(first(bytes), Some(b'{' | b'[')) {
        return Corpus::Reject;
    }
    read(bytes);
    Corpus::Keep
});
