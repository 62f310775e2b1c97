//! What wraps an export: a compressed file, an archive of a host's files, and the encoding of a text.

use super::error::InventoryError;
use super::{Options, Reading, csv, json, text};
use flate2::read::MultiGzDecoder;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// The most that a compressed file may hold, in bytes.
const LARGEST: u64 = 1 << 30;
/// The most that the files of an archive may hold that are read, in bytes: they are of one server or a few.
const LARGEST_ARCHIVE: u64 = 1 << 26;
/// The most files that an archive may hold.
const MOST_FILES: usize = 10_000;

/// Reads whatever the bytes are.
pub(super) fn read(reading: &mut Reading<'_>, name: &str, bytes: &[u8], options: &Options) -> Result<(), InventoryError> {
    match bytes {
        [0x1f, 0x8b, ..] => {
            let unpacked = unpacked(name, &mut MultiGzDecoder::new(bytes), LARGEST)?;
            plain(reading, name, &unpacked, options)
        }
        [b'P', b'K', 3, 4, ..] => archive(reading, name, bytes, options),
        _ => plain(reading, name, bytes, options),
    }
}

/// Reads a text.
fn plain(reading: &mut Reading<'_>, name: &str, bytes: &[u8], options: &Options) -> Result<(), InventoryError> {
    let Some(text::Text { text, guessed }) = text::decode(bytes) else {
        let error = InventoryError::new(name, "is UTF-16 that ends within a character");
        return Err(error.with_help("the file seems to be cut off; export it again"));
    };
    if text.contains('\0') {
        return Err(InventoryError::new(name, "is no text")
            .of_no_kind()
            .with_help("exports are CSV, JSON or XML, alone or in a zip"));
    }
    let first = reading.parts.len();
    let start = text.trim_start();
    match start.as_bytes().first() {
        None => return Err(InventoryError::new(name, "is empty").with_help("an empty export is no answer; was it cut off?")),
        Some(b'{' | b'[') => json::read(reading, name, &text)?,
        Some(b'<') => super::formats::xml(reading, name, start, options)?,
        Some(_) if super::formats::text(reading, name, &text) => {}
        Some(_) => csv::read(reading, name, &text, options)?,
    }
    if guessed {
        for part in &mut reading.parts[first..] {
            part.notices.push("is no Unicode and was read as Windows-1252; names with other letters may be wrong".to_owned());
        }
    }
    Ok(())
}

/// Reads the files of an archive that are part of what is known there; it stands for the folder of one host.
fn archive(reading: &mut Reading<'_>, name: &str, bytes: &[u8], options: &Options) -> Result<(), InventoryError> {
    let broken = |error: zip::result::ZipError| InventoryError::new(name, format!("is a broken archive: {error}"));
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > MOST_FILES {
        return Err(InventoryError::new(name, format!("holds more than {MOST_FILES} files")));
    }
    let mut left = LARGEST_ARCHIVE;
    let mut known = Vec::new();
    // Nothing is read before all names were looked at. What is passed over may be packed in ways that cannot be read.
    for index in 0..archive.len() {
        let Some(entry) = archive.name_for_index(index) else { continue };
        let entry = entry.map_err(broken)?.replace('\\', "/");
        if entry.split('/').any(|part| part == "..") || entry.starts_with('/') {
            let message = format!("holds a file named `{}`, which leads out of the archive", crate::suggest::excerpt(&entry));
            return Err(InventoryError::new(name, message).with_help("such an archive was made to harm; nothing of it was read"));
        }
        if super::formats::is_of_an_archive(&entry) {
            known.push((index, format!("{name}!{entry}")));
        }
    }
    for (index, entry) in &known {
        let mut file =
            archive.by_index(*index).map_err(|error| InventoryError::new(entry, format!("cannot be read: {error}")))?;
        let bytes = unpacked(entry, &mut file, left)?;
        left -= bytes.len() as u64;
        plain(reading, entry, &bytes, options)?;
    }
    if known.is_empty() {
        let error = InventoryError::new(name, "holds no file that is known").of_no_kind();
        return Err(error.with_help("an archive of the Defender client analyzer holds SystemInfoLogs/MDEClientAnalyzer.xml"));
    }
    Ok(())
}

/// Unpacks no more than is allowed.
fn unpacked(name: &str, packed: &mut dyn Read, most: u64) -> Result<Vec<u8>, InventoryError> {
    let mut bytes = Vec::new();
    match packed.take(most + 1).read_to_end(&mut bytes) {
        Ok(read) if read as u64 > most => {
            let message = format!("unpacks to more than the {} MiB that are read at most", most.div_ceil(1 << 20));
            Err(InventoryError::new(name, message).with_help("split the export, or unpack it and name the files"))
        }
        Ok(_) => Ok(bytes),
        Err(error) => Err(InventoryError::new(name, format!("cannot be unpacked: {error}"))),
    }
}
