//! What a journal is written on: a file that only one runner has, or memory.

use super::{JournalError, Text};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// The largest journal that is read, in bytes.
const LARGEST: u64 = 64 << 20;

/// Something that lines are written on.
pub trait Sheet {
    /// Writes a line with its end. When this returns without an error the line will be there after a crash.
    ///
    /// # Errors
    ///
    /// Where it cannot be written; a part of it may be there then.
    fn append(&mut self, line: &str) -> io::Result<()>;
}

impl Sheet for Vec<u8> {
    fn append(&mut self, line: &str) -> io::Result<()> {
        self.extend(line.as_bytes());
        Ok(())
    }
}

/// The file of a journal. The lock lies beside it, since a locked file cannot be read on Windows.
#[derive(Debug)]
pub struct FileSheet {
    file: File,
    good: u64,
    _lock: File,
}

impl FileSheet {
    /// Opens the file for this runner alone, and drops a torn last line.
    ///
    /// # Errors
    ///
    /// Where another runner has it, it is damaged, or it cannot be opened.
    pub fn open(path: &Path, create: bool) -> Result<(Self, Text), JournalError> {
        let is_there = path.try_exists().map_err(JournalError::Unreadable)?;
        if !is_there && !create {
            return Err(JournalError::Missing);
        }
        if is_there && !path.is_file() {
            return Err(JournalError::Unreadable(io::Error::other("it is no ordinary file")));
        }
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(lock_of(path))
            .map_err(JournalError::Unwritable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(JournalError::Busy),
            Err(TryLockError::Error(error)) => return Err(JournalError::Unwritable(error)),
        }
        let file = OpenOptions::new().create(create).read(true).append(true).open(path).map_err(JournalError::Unwritable)?;
        let text = Text::read(&bytes(path)?)?;
        if !is_there {
            sync_folder(path).map_err(JournalError::Unwritable)?;
        }
        let sheet = Self { file, good: text.good, _lock: lock };
        if text.torn_bytes > 0 {
            sheet.cut().map_err(JournalError::Unwritable)?;
        }
        Ok((sheet, text))
    }

    /// Takes away what comes behind the last good line.
    fn cut(&self) -> io::Result<()> {
        self.file.set_len(self.good)?;
        self.file.sync_data()
    }
}

impl Sheet for FileSheet {
    fn append(&mut self, line: &str) -> io::Result<()> {
        let written = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_data());
        match written {
            Ok(()) => self.good += line.len() as u64,
            // Where even this fails the torn line is dropped when the journal is opened again.
            Err(_) => drop(self.cut()),
        }
        written
    }
}

fn lock_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

/// True where a runner writes the journal just now.
pub fn is_running(path: &Path) -> bool {
    let lock = OpenOptions::new().read(true).write(true).open(lock_of(path));
    lock.is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)))
}

/// The bytes of a journal's file.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, JournalError> {
    let file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => JournalError::Missing,
        _ => JournalError::Unreadable(error),
    })?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(JournalError::Unreadable)?;
    if bytes.len() as u64 > LARGEST {
        return Err(JournalError::Unreadable(io::Error::other("it is larger than 64 MiB")));
    }
    Ok(bytes)
}

/// A new file is there after a crash only once its folder is on the disk too.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Windows writes the entry of a folder together with its file.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same shape as elsewhere")]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
