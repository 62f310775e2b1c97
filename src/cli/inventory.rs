//! Reading exports of inventories: the options for it, and what is said of the reading.

use super::error::{CliError, remark};
use super::input::{reason, text_of};
use crate::fact::Vocabulary;
use crate::inventory::{Aliases, DateOrder, Estate, InventoryError, Joining, Mapping, Options, Reading, Source, estate};
use crate::suggest::excerpt;
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The largest file of an export, in bytes.
const LARGEST: u64 = 1 << 30;

/// How exports are read and put together.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Reading exports")]
pub struct ReadingOptions {
    /// Say in a YAML file what the columns of a CSV of your own mean
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// Say in a file which names mean the same server: a line `NAME = HOST` each
    #[arg(long, value_name = "FILE")]
    pub alias: Option<PathBuf>,
    /// Take nothing that was recorded longer ago, such as 24h or 7d; what does not say when it was recorded neither
    #[arg(long, value_name = "AGE", value_parser = age)]
    pub max_age: Option<SignedDuration>,
    /// Count ages up to this time instead of now, such as 2026-11-20 or 2026-11-20T06:00:00Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub as_of: Option<Timestamp>,
    /// When the files were exported whose rows do not say when they were recorded
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub collected_at: Option<Timestamp>,
    /// The order of day and month in dates that could be two days
    #[arg(long, value_name = "ORDER", value_enum)]
    pub date_order: Option<OrderOfDates>,
}

/// The orders by their names on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OrderOfDates {
    /// Day, month, year
    Dmy,
    /// Month, day, year
    Mdy,
}

fn age(text: &str) -> Result<SignedDuration, String> {
    let wrong = || "expected a number with h for hours or d for days, such as 24h or 7d".to_owned();
    let (number, unit) = text.split_at(text.len().saturating_sub(1));
    let hours = match unit {
        "h" => 1,
        "d" => 24,
        _ => return Err(wrong()),
    };
    let number: i64 = number.parse().ok().filter(|number| *number >= 0).ok_or_else(wrong)?;
    number.checked_mul(hours * 3600).map(SignedDuration::from_secs).ok_or_else(wrong)
}

fn time(text: &str) -> Result<Timestamp, String> {
    let at = text.parse::<Timestamp>().ok();
    let date = || {
        text.parse::<Date>()
            .ok()
            .and_then(|date| TimeZone::UTC.to_timestamp(date.to_datetime(jiff::civil::Time::midnight())).ok())
    };
    at.or_else(date).ok_or_else(|| "expected a time such as 2026-11-20 or 2026-11-20T06:00:00Z".to_owned())
}

impl ReadingOptions {
    fn options(&self, vocabulary: &Vocabulary, keep_going: bool) -> Result<Options, CliError> {
        let mapping = match &self.mapping {
            None => None,
            Some(path) => Some(mapping(vocabulary, path)?),
        };
        let date_order = self.date_order.map(|order| match order {
            OrderOfDates::Dmy => DateOrder::DayFirst,
            OrderOfDates::Mdy => DateOrder::MonthFirst,
        });
        Ok(Options { mapping, date_order, collected_at: self.collected_at, keep_going })
    }

    fn joining(&self) -> Result<Joining, CliError> {
        let aliases = match &self.alias {
            None => Aliases::default(),
            Some(path) => aliases(path)?,
        };
        // The only clock: what is too old now may not be used.
        let max_age = self.max_age.map(|age| (age, self.as_of.unwrap_or_else(Timestamp::now)));
        Ok(Joining { aliases, max_age })
    }
}

fn mapping(vocabulary: &Vocabulary, path: &Path) -> Result<Mapping, CliError> {
    let shown = path.display().to_string();
    let text = text_of(path, &shown, 1 << 20, "a mapping is a file of some lines")?;
    Mapping::parse(vocabulary, &text).map_err(|error| {
        let before = &text[..text.floor_char_boundary(error.offset())];
        let line = before.matches('\n').count() + 1;
        let column = error.offset() - before.rfind('\n').map_or(0, |at| at + 1) + 1;
        CliError::new(error.to_string()).at(&shown, line, column)
    })
}

/// Lines `NAME = HOST`; what follows `#` is a remark.
fn aliases(path: &Path) -> Result<Aliases, CliError> {
    let shown = path.display().to_string();
    let text = text_of(path, &shown, 16 << 20, "an alias is a line `NAME = HOST`")?;
    let mut aliases = Aliases::default();
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let wrong = |message: String| CliError::new(message).at(&shown, number + 1, 1);
        match line.split_once('=').map(|(name, host)| (name.trim(), host.trim())) {
            Some((name, host)) if !name.is_empty() && !host.is_empty() => {
                if !aliases.add(name, host) {
                    return Err(wrong(format!("`{}` was another name of another server already", excerpt(name))));
                }
            }
            _ => return Err(wrong(format!("expected NAME = HOST, found `{}`", excerpt(line)))),
        }
    }
    Ok(aliases)
}

/// Reads the bytes of an export.
pub fn source(path: &Path) -> Result<Source, CliError> {
    let shown = path.display().to_string();
    let wrong = |error: std::io::Error| CliError::new(format!("cannot be read: {}", reason(&error))).in_file(&shown);
    let mut bytes = Vec::new();
    let read = File::open(path).map_err(wrong)?.take(LARGEST + 1).read_to_end(&mut bytes).map_err(wrong)?;
    if read as u64 > LARGEST {
        let error = CliError::new(format!("is larger than {} MiB", LARGEST >> 20)).in_file(&shown);
        return Err(error.with_help("split the export, for example by group or by collection"));
    }
    Ok(Source { name: shown.replace('\\', "/"), bytes })
}

/// What exports say together, and what could not be read of them.
#[derive(Debug)]
pub struct Exports<'v> {
    /// What was read of each file.
    pub reading: Reading<'v>,
    /// The servers.
    pub estate: Estate,
    /// What could not be read.
    pub errors: Vec<CliError>,
}

/// A file to read, and whether it was named or only lay in a folder that was.
pub type Named = (Source, bool);

/// Reads exports, puts them together with what is known already, and says on standard error what became of their rows.
///
/// # Errors
///
/// Where an option is wrong.
pub fn exports<'v>(
    mut reading: Reading<'v>,
    vocabulary: &'v Vocabulary,
    sources: &[Named],
    options: &ReadingOptions,
    keep_going: bool,
) -> Result<Exports<'v>, CliError> {
    let reading_options = options.options(vocabulary, keep_going)?;
    let joining = options.joining()?;
    let mut errors = Vec::new();
    for (source, named) in sources {
        match reading.read(source, &reading_options) {
            Ok(()) => {}
            Err(error) if error.is_of_no_kind() && !named => {
                remark(&format!("note: {}: {}; passed over", error.place(), error.message()));
            }
            Err(error) => errors.push(cli_error(&error)),
        }
        if !errors.is_empty() && !keep_going {
            break;
        }
    }
    errors.extend(reading.errors.drain(..).map(|error| cli_error(&error)));
    let estate = estate(vocabulary, &reading.parts, &joining);
    say(&reading, &estate);
    Ok(Exports { reading, estate, errors })
}

fn cli_error(error: &InventoryError) -> CliError {
    let told = CliError::new(error.message()).in_file(&error.place().to_string());
    match error.help() {
        Some(help) => told.with_help(help),
        None => told,
    }
}

/// What became of the rows of each file, which always adds up.
fn say(reading: &Reading<'_>, estate: &Estate) {
    for (index, part) in reading.parts.iter().enumerate().filter(|(_, part)| part.format != crate::inventory::SNAPSHOTS) {
        let left_out = estate.left_out.iter().filter(|(of, ..)| *of == index).map(|(_, reason, rows)| (*reason, *rows));
        let ignored: Vec<(&str, u64)> = part.ignored.iter().map(|(reason, rows)| (&**reason, *rows)).chain(left_out).collect();
        let unused: u64 = ignored.iter().map(|(_, rows)| rows).sum();
        let mut line = format!(
            "note: {}: {}, {} {}, {} used",
            part.file,
            part.title,
            part.rows,
            if part.rows == 1 { "row" } else { "rows" },
            part.rows.saturating_sub(unused)
        );
        for (reason, rows) in ignored {
            let _ = write!(line, ", {rows} not: {reason}");
        }
        remark(&line);
        for notice in &part.notices {
            remark(&format!("note: {}: {notice}", part.file));
        }
    }
    for ambiguity in &estate.ambiguities {
        remark(&format!("ambiguous: {}", ambiguity.message));
    }
    if !estate.ambiguities.is_empty() {
        remark("  help: say with --alias FILE which name is which server, a line NAME = HOST each");
    }
}
