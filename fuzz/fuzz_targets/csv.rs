//! Rows of CSV: whatever is neither packed nor JSON nor XML.

#![no_main]

use cutover_fuzz::{first, is_packed, read};
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if is_packed(bytes) || matches!(first(bytes), None | Some(b'{' | b'[' | b'<' | 0x80..)) {
        return Corpus::Reject;
    }
    read(bytes);
    Corpus::Keep
});
