//! Compressed files and archives: as they are, or with the bytes packed, so that what is in them is read as well.

#![no_main]

use cutover_fuzz::{is_packed, read};
use flate2::{Compression, write::GzEncoder};
use libfuzzer_sys::fuzz_target;
use std::io::{Cursor, Write};
use zip::write::{SimpleFileOptions, ZipWriter};

const ENTRIES: [&str; 6] = [
    "MDEClientAnalyzer.xml",
    "AddRemovePrograms.csv",
    "AddRemoveProgramsWOW64.csv",
    "InstalledUpdates.txt",
    "RegOnboardedInfoCurrent.Json",
    "dsregcmd.txt",
];

fuzz_target!(|bytes: &[u8]| {
    if is_packed(bytes) {
        read(bytes);
    } else if let Some((how, rest)) = bytes.split_first() {
        match how % 8 {
            7 => read(&gzip(rest)),
            how => read(&archive(usize::from(how), rest)),
        }
    }
});

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).expect("room");
    packed.finish().expect("room")
}

/// An archive of one server's files: one after another of those that are known, beginning with one or another.
fn archive(from: usize, bytes: &[u8]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (number, content) in bytes.split(|byte| *byte == 0).enumerate().take(ENTRIES.len()) {
        let name = format!("SystemInfoLogs/{}", ENTRIES[(from + number) % ENTRIES.len()]);
        archive.start_file(name, SimpleFileOptions::default()).expect("room");
        archive.write_all(content).expect("room");
    }
    archive.finish().expect("room").into_inner()
}
