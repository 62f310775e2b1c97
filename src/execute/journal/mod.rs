//! The journal of a run: append-only, one record a line, each on the disk before anything else happens.
//!
//! A line carries a checksum of itself and the digest of the line before. A last line that was torn when the machine stopped is
//! dropped; anything else that is not as it was written is refused with its line. Two runners never write the same journal.

mod history;
mod line;
mod record;
mod sheet;

pub use history::{Done, History};
pub use record::{Begun, Entry, Record, SCHEMA};
pub use sheet::{FileSheet, Sheet, is_running};

use jiff::Timestamp;
use std::io;
use std::path::{Path, PathBuf};

/// A journal that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// There is none.
    #[error("there is no journal")]
    Missing,
    /// It holds a run already.
    #[error("the journal holds a run already")]
    Exists,
    /// It holds nothing.
    #[error("the journal holds no record: nothing was begun")]
    Empty,
    /// Another runner writes it.
    #[error("another run writes this journal just now")]
    Busy,
    /// A line is not as it was written.
    #[error("line {line} is damaged: {what}")]
    Damaged {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
    /// It cannot be written.
    #[error("cannot be written: {0}")]
    Unwritable(io::Error),
    /// An earlier record could not be written, so that no later one may be.
    #[error("is not written any more, since an earlier record could not be")]
    Broken,
}

/// A journal that is being written.
pub struct Journal {
    sheet: Box<dyn Sheet>,
    entries: Vec<Entry>,
    chain: String,
    torn_bytes: u64,
    broken: bool,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journal").field("records", &self.entries.len()).finish_non_exhaustive()
    }
}

/// What the text of a journal says.
#[derive(Debug)]
pub struct Text {
    /// Its records.
    pub entries: Vec<Entry>,
    /// How many bytes of it are good.
    pub good: u64,
    /// How many bytes of a torn last line come behind them.
    pub torn_bytes: u64,
    chain: String,
}

impl Text {
    /// Reads the text of a journal.
    ///
    /// # Errors
    ///
    /// Where a line other than a torn last one is not as it was written.
    pub fn read(bytes: &[u8]) -> Result<Self, JournalError> {
        let mut text = Self { entries: Vec::new(), good: 0, torn_bytes: 0, chain: line::digest("") };
        let mut rest = bytes;
        while !rest.is_empty() {
            let number = text.entries.len() + 1;
            let end = rest.iter().position(|byte| *byte == b'\n');
            let (line, behind) = end.map_or((rest, None), |end| (&rest[..end], Some(&rest[end + 1..])));
            let is_last = behind.is_none_or(<[u8]>::is_empty);
            if behind.is_none() || !line::is_whole(line) {
                if is_last {
                    text.torn_bytes = rest.len() as u64;
                    return Ok(text);
                }
                let what = "its checksum is missing or wrong".to_owned();
                return Err(JournalError::Damaged { line: number, what });
            }
            let damaged = |what: String| JournalError::Damaged { line: number, what };
            let line = std::str::from_utf8(line).map_err(|_| damaged("it is no UTF-8".to_owned()))?;
            text.entries.push(line::read(line, number as u64, &text.chain).map_err(damaged)?);
            text.chain = line::digest(line);
            text.good += line.len() as u64 + 1;
            rest = behind.unwrap_or_default();
        }
        Ok(text)
    }
}

impl Journal {
    /// A journal that nobody reads: for a rehearsal.
    pub fn in_memory() -> Self {
        Self::on(Box::new(Vec::new()))
    }

    /// An empty journal on a sheet.
    pub fn on(sheet: Box<dyn Sheet>) -> Self {
        Self { sheet, entries: Vec::new(), chain: line::digest(""), torn_bytes: 0, broken: false }
    }

    /// A journal that goes on behind a text on a sheet that ends where the text is good.
    pub fn behind(text: Text, sheet: Box<dyn Sheet>) -> Self {
        let Text { entries, torn_bytes, chain, .. } = text;
        Self { sheet, entries, chain, torn_bytes, broken: false }
    }

    /// Begins a journal in a file that is not there or holds no record.
    ///
    /// # Errors
    ///
    /// Where the file holds a run, is written by another runner, or cannot be written.
    pub fn create(path: &Path) -> Result<Self, JournalError> {
        let (sheet, text) = FileSheet::open(path, true)?;
        if text.entries.is_empty() { Ok(Self::behind(text, Box::new(sheet))) } else { Err(JournalError::Exists) }
    }

    /// Goes on with the journal of a file.
    ///
    /// # Errors
    ///
    /// Where there is none, it is damaged, holds nothing, is written by another runner, or cannot be written.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let (sheet, text) = FileSheet::open(path, false)?;
        if text.entries.is_empty() { Err(JournalError::Empty) } else { Ok(Self::behind(text, Box::new(sheet))) }
    }

    /// Its records so far.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many bytes of a torn last line were dropped when it was opened.
    pub fn torn_bytes(&self) -> u64 {
        self.torn_bytes
    }

    /// Writes a record. When this returns it is on the disk.
    ///
    /// # Errors
    ///
    /// Where it is not; then no later record is written either.
    pub fn append(&mut self, at: Timestamp, record: Record) -> Result<(), JournalError> {
        if self.broken {
            return Err(JournalError::Broken);
        }
        let n = self.entries.len() as u64 + 1;
        let line = line::written(n, at, &record, &self.chain).map_err(|error| JournalError::Unwritable(error.into()))?;
        if let Err(error) = self.sheet.append(&format!("{line}\n")) {
            self.broken = true;
            return Err(JournalError::Unwritable(error));
        }
        let chain = std::mem::replace(&mut self.chain, line::digest(&line));
        self.entries.push(Entry { n, at: at.to_string(), record, chain, crc32: String::new() });
        Ok(())
    }
}

/// Reads the journal of a file without writing it.
///
/// # Errors
///
/// Where there is none, or it cannot be read or is damaged.
pub fn read(path: &Path) -> Result<Text, JournalError> {
    Text::read(&sheet::bytes(path)?)
}

/// Where the journal of a plan lies if no other place is named: beside the plan.
pub fn beside(plan: &Path) -> PathBuf {
    let mut name = plan.as_os_str().to_owned();
    name.push(".journal");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun() -> Record {
        Record::Begun(Begun {
            schema: SCHEMA.to_owned(),
            program: "0".to_owned(),
            host: "srv".to_owned(),
            simulated: false,
            plan: "plan.json".to_owned(),
            plan_digest: String::new(),
            catalog: String::new(),
            scenario: "tiny".to_owned(),
            parameters: serde_json::Map::new(),
            host_steps: "cutover".to_owned(),
            boot: "1".to_owned(),
        })
    }

    fn restarted(boot: &str) -> Record {
        Record::Restarted { boot: boot.to_owned(), awaited: true, facts: serde_json::Map::new() }
    }

    fn lines(records: usize) -> Vec<String> {
        let mut chain = line::digest("");
        let mut lines = Vec::new();
        for n in 1..=records {
            let record = if n == 1 { begun() } else { restarted(&n.to_string()) };
            let line = line::written(n as u64, Timestamp::UNIX_EPOCH, &record, &chain).expect("JSON");
            chain = line::digest(&line);
            lines.push(line);
        }
        lines
    }

    fn text(lines: &[String]) -> String {
        lines.join("\n") + "\n"
    }

    fn damage(text: &str) -> String {
        Text::read(text.as_bytes()).expect_err("damage").to_string()
    }

    #[test]
    fn what_was_written_is_read() {
        let read = Text::read(text(&lines(3)).as_bytes()).expect("a journal");
        assert_eq!((read.entries.len(), read.torn_bytes), (3, 0));
        assert_eq!(read.entries[0].record, begun());
    }

    #[test]
    fn a_last_line_cut_off_anywhere_is_dropped() {
        let lines = lines(3);
        let whole = text(&lines);
        let before = text(&lines[..2]).len();
        for end in before + 1..whole.len() {
            let read = Text::read(&whole.as_bytes()[..end]).expect("a journal");
            assert_eq!((read.entries.len(), read.good, read.torn_bytes), (2, before as u64, (end - before) as u64), "{end}");
        }
    }

    #[test]
    fn a_last_line_full_of_nothing_is_dropped() {
        let mut bytes = text(&lines(2)).into_bytes();
        bytes.extend([0; 40]);
        assert_eq!(Text::read(&bytes).expect("a journal").torn_bytes, 40);
    }

    #[test]
    fn every_other_change_of_a_byte_is_damage_that_names_its_line() {
        let lines = lines(3);
        let whole = text(&lines);
        let first = lines[0].len();
        for at in 0..first {
            let mut bytes = whole.clone().into_bytes();
            bytes[at] ^= 1;
            let error = Text::read(&bytes).expect_err("damage").to_string();
            assert!(error.starts_with("line 1 is damaged"), "{at}: {error}");
        }
    }

    #[test]
    fn lines_taken_out_put_in_or_exchanged_are_damage() {
        let mut lines = lines(4);
        assert!(
            damage(&text(&[&lines[..1], &lines[2..]].concat())).starts_with("line 2 is damaged: expected the record number 2")
        );
        assert!(damage(&text(&[&lines[..2], &lines[1..]].concat())).starts_with("line 3 is damaged"));
        assert!(damage(&text(&lines[1..])).starts_with("line 1 is damaged"));
        lines.swap(1, 2);
        assert!(damage(&text(&lines)).starts_with("line 2 is damaged"));
    }

    #[test]
    fn a_line_written_anew_with_a_right_checksum_does_not_fit_the_next_one() {
        let mut lines = lines(3);
        let other = restarted("other");
        lines[1] = line::written(2, Timestamp::UNIX_EPOCH, &other, &line::digest(&lines[0])).expect("JSON");
        assert!(damage(&text(&lines)).starts_with("line 3 is damaged: the line does not follow the one before it"));
    }

    #[test]
    fn another_version_is_refused() {
        let Record::Begun(begun) = begun() else { panic!("a beginning") };
        let record = Record::Begun(Begun { schema: "cutover/journal/v2".to_owned(), ..begun });
        let line = line::written(1, Timestamp::UNIX_EPOCH, &record, &line::digest("")).expect("JSON");
        assert!(damage(&text(&[line])).contains("expected the schema `cutover/journal/v1`"));
    }

    #[test]
    fn after_a_record_that_could_not_be_written_none_is() {
        struct Full;
        impl Sheet for Full {
            fn append(&mut self, _: &str) -> io::Result<()> {
                Err(io::ErrorKind::StorageFull.into())
            }
        }
        let mut journal = Journal::on(Box::new(Full));
        assert!(matches!(journal.append(Timestamp::UNIX_EPOCH, begun()), Err(JournalError::Unwritable(_))));
        assert!(matches!(journal.append(Timestamp::UNIX_EPOCH, begun()), Err(JournalError::Broken)));
        assert!(journal.entries().is_empty());
    }
}
