//! When something was recorded, as the exports write it.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// In which order a date in the manner of some country gives day and month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// Day, month, year.
    DayFirst,
    /// Month, day, year.
    MonthFirst,
}

/// When a row was recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Seen {
    /// The row does not say.
    #[default]
    Unsaid,
    /// At this time.
    At(Timestamp),
    /// One of two days, by the order of day and month.
    Either {
        /// With the day first.
        day_first: Timestamp,
        /// With the month first.
        month_first: Timestamp,
    },
    /// What the row says is no time.
    Unreadable,
}

impl Seen {
    /// The time, where there is one.
    pub fn at(self) -> Option<Timestamp> {
        match self {
            Self::At(at) => Some(at),
            _ => None,
        }
    }

    /// The time in a given order of day and month.
    #[must_use]
    pub fn in_order(self, order: Option<DateOrder>) -> Self {
        match (self, order) {
            (Self::Either { day_first, .. }, Some(DateOrder::DayFirst)) => Self::At(day_first),
            (Self::Either { month_first, .. }, Some(DateOrder::MonthFirst)) => Self::At(month_first),
            (seen, _) => seen,
        }
    }
}

/// A time as text, and which order of day and month it proves by a day above twelve. Where no zone is said it is UTC.
pub(super) fn read(text: &str) -> (Seen, Option<DateOrder>) {
    let text = text.trim();
    if text.is_empty() {
        return (Seen::Unsaid, None);
    }
    if let Some(at) = absolute(text) {
        return (Seen::At(at), None);
    }
    cultural(text).unwrap_or((Seen::Unreadable, None))
}

/// Times that can be read in one way only.
fn absolute(text: &str) -> Option<Timestamp> {
    if let Some(rest) = text.strip_prefix("/Date(") {
        let milliseconds = rest.split(['+', ')']).next()?;
        return Timestamp::from_millisecond(milliseconds.parse().ok()?).ok();
    }
    if text.len() >= 9 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Timestamp::from_second(text.parse().ok()?).ok();
    }
    // The most frequent of all, a date and a time of day without a zone.
    if matches!(text.as_bytes(), [.., b':', _, _, b':', second, third] if text.len() == 19 && second.is_ascii_digit() && third.is_ascii_digit())
        && let Ok(civil) = text.parse::<DateTime>()
    {
        return utc(civil);
    }
    if let Some(at) = text.parse::<Timestamp>().ok().or_else(|| wmi(text)) {
        return Some(at);
    }
    if !text.as_bytes().get(..4)?.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let civil: DateTime = text.parse().or_else(|_| text.trim_end_matches('Z').trim_end().parse()).ok()?;
    utc(civil)
}

/// A time as WMI writes it: digits down to microseconds, and the minutes that the clock is ahead of UTC.
fn wmi(text: &str) -> Option<Timestamp> {
    let (digits, rest) = text.split_once('.')?;
    if digits.len() != 14 || !digits.bytes().all(|byte| byte.is_ascii_digit()) || rest.len() != 10 {
        return None;
    }
    let number = |from: usize| digits.get(from..from + 2)?.parse::<i8>().ok();
    let date = Date::new(digits.get(..4)?.parse().ok()?, number(4)?, number(6)?).ok()?;
    let time = jiff::civil::Time::new(number(8)?, number(10)?, number(12)?, 0).ok()?;
    let minutes = rest.get(6..)?.parse::<i64>().ok()?;
    Timestamp::from_second(utc(date.to_datetime(time))?.as_second().checked_sub(minutes * 60)?).ok()
}

fn utc(civil: DateTime) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(civil).ok()
}

/// A date such as `20.11.2025 06:10:02` or `11/20/2025 6:10:02 AM +01:00`.
fn cultural(text: &str) -> Option<(Seen, Option<DateOrder>)> {
    let mut words = text.split_ascii_whitespace();
    let mut numbers = words.next()?.split(['.', '/', '-']);
    let [first, second, year] = [numbers.next()?, numbers.next()?, numbers.next()?].map(|part| part.parse::<i16>().ok());
    let (first, second, year) = (i8::try_from(first?).ok()?, i8::try_from(second?).ok()?, year.filter(|year| *year >= 1000)?);
    if numbers.next().is_some() {
        return None;
    }
    let time = words.next().unwrap_or("0:00:00");
    let rest: Vec<&str> = words.collect();
    let (half, zone) = match rest.as_slice() {
        [] => (None, None),
        [half] if is_half(half) => (Some(*half), None),
        [zone] => (None, Some(*zone)),
        [half, zone] if is_half(half) => (Some(*half), Some(*zone)),
        _ => return None,
    };
    let on = |day: i8, month: i8| moment(Date::new(year, month, day).ok()?, time, half, zone);
    match (on(first, second), on(second, first)) {
        (Some(day_first), Some(month_first)) if first != second => Some((Seen::Either { day_first, month_first }, None)),
        (Some(at), Some(_)) => Some((Seen::At(at), None)),
        (Some(at), None) => Some((Seen::At(at), Some(DateOrder::DayFirst))),
        (None, Some(at)) => Some((Seen::At(at), Some(DateOrder::MonthFirst))),
        (None, None) => None,
    }
}

fn is_half(word: &str) -> bool {
    word.eq_ignore_ascii_case("am") || word.eq_ignore_ascii_case("pm")
}

fn moment(date: Date, time: &str, half: Option<&str>, zone: Option<&str>) -> Option<Timestamp> {
    let mut parts = time.split(':');
    let mut number = || parts.next().map_or(Some(0), |part| part.split('.').next()?.parse::<i8>().ok());
    let (hour, minute, second) = (number()?, number()?, number()?);
    let hour = match half {
        Some(half) if half.eq_ignore_ascii_case("pm") && hour < 12 => hour + 12,
        Some(half) if half.eq_ignore_ascii_case("am") && hour == 12 => 0,
        _ => hour,
    };
    let at = utc(date.to_datetime(jiff::civil::Time::new(hour, minute, second, 0).ok()?))?;
    let Some(zone) = zone else { return Some(at) };
    let (sign, digits) =
        zone.strip_prefix('+').map(|rest| (1, rest)).or_else(|| zone.strip_prefix('-').map(|rest| (-1, rest)))?;
    let (hours, minutes) = digits.split_once(':')?;
    let number = |digits: &str, below: i64| digits.parse().ok().filter(|number| (0..below).contains(number));
    let ahead = sign * (number(hours, 24)? * 3600 + number(minutes, 60)? * 60);
    Timestamp::from_second(at.as_second().checked_sub(ahead)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Seen {
        Seen::At(text.parse().expect("a time"))
    }

    #[test]
    fn it_reads_the_times_of_every_producer() {
        for (text, expected) in [
            ("2025-11-20T06:12:44.7791856Z", "2025-11-20T06:12:44.7791856Z"),
            ("2025-11-20T01:00:00+01:00", "2025-11-20T00:00:00Z"),
            ("2025-11-20 01:00:00.000", "2025-11-20T01:00:00Z"),
            ("2020-12-30 11:07:15", "2020-12-30T11:07:15Z"),
            ("2025-11-12 02:11:00Z", "2025-11-12T02:11:00Z"),
            ("/Date(1763596800000)/", "2025-11-20T00:00:00Z"),
            ("/Date(1763596800000+0100)/", "2025-11-20T00:00:00Z"),
            ("1763618400", "2025-11-20T06:00:00Z"),
            ("20251120070000.123456+060", "2025-11-20T06:00:00Z"),
            ("20251119230000.000000-420", "2025-11-20T06:00:00Z"),
            ("20/11/2025 6:02:11 AM +01:00", "2025-11-20T05:02:11Z"),
        ] {
            assert_eq!(read(text).0, at(expected), "{text}");
        }
    }

    #[test]
    fn it_never_guesses_which_number_is_the_day() {
        assert_eq!(read("20.11.2025 06:10:02"), (at("2025-11-20T06:10:02Z"), Some(DateOrder::DayFirst)));
        assert_eq!(read("11/20/2025 6:10:02 PM"), (at("2025-11-20T18:10:02Z"), Some(DateOrder::MonthFirst)));
        assert_eq!(read("11/11/2025 12:00:00 AM"), (at("2025-11-11T00:00:00Z"), None));
        let (seen, order) = read("05.11.2025 06:10:02");
        assert_eq!((seen.at(), order), (None, None));
        assert_eq!(seen.in_order(Some(DateOrder::DayFirst)), at("2025-11-05T06:10:02Z"));
        assert_eq!(seen.in_order(Some(DateOrder::MonthFirst)), at("2025-05-11T06:10:02Z"));
    }

    #[test]
    fn it_says_what_is_no_time() {
        for text in ["soon", "2025", "31.31.2025", "20.11.2025 25:00:00", "1.2.3.4", "20.11.25", "/Date(x)/", "2025-13-01"] {
            assert_eq!(read(text).0, Seen::Unreadable, "{text}");
        }
        assert_eq!(read(" ").0, Seen::Unsaid);
    }
}
