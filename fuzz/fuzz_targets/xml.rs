//! XML: Clixml of PowerShell and the results of the client analyzer.

#![no_main]

use cutover_fuzz::{first, read};
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if first(bytes) != Some(b'<') {
        return Corpus::Reject;
    }
    read(bytes);
    Corpus::Keep
});
