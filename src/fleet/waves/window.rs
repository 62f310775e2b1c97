//! The time in which a server may be restarted.

use std::fmt;
use std::str::FromStr;

/// A window: from one time of day to another, or just so many minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    minutes: u32,
    /// The times of day, in minutes since midnight.
    between: Option<(u32, u32)>,
}

const DAY: u32 = 24 * 60;

impl Window {
    /// A window of so many minutes.
    pub fn of_minutes(minutes: u32) -> Self {
        Self { minutes, between: None }
    }

    /// How long it is.
    pub fn minutes(&self) -> u32 {
        self.minutes
    }
}

impl FromStr for Window {
    type Err = String;

    /// Reads `22:00-02:00`, which ends on the next day, or a number of minutes.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "expected a time of day to another such as 22:00-02:00, or a number of minutes".to_owned();
        let text = text.trim();
        if let Ok(minutes) = text.parse() {
            return Ok(Self::of_minutes(minutes));
        }
        let (from, to) = text.split_once('-').ok_or_else(wrong)?;
        let (from, to) = (time(from).ok_or_else(wrong)?, time(to).ok_or_else(wrong)?);
        if from == to || from == DAY {
            return Err(wrong());
        }
        Ok(Self { minutes: if to > from { to - from } else { to + DAY - from }, between: Some((from, to)) })
    }
}

/// A time of day in minutes since midnight; 24:00 is the end of it.
fn time(text: &str) -> Option<u32> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let number = |digits: &str, most: usize| {
        let is_number = (1..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse::<u32>().ok()).flatten()
    };
    let (hours, minutes) = (number(hours, 2)?, number(minutes, 2).filter(|_| minutes.len() == 2)?);
    (minutes < 60 && hours * 60 + minutes <= DAY).then_some(hours * 60 + minutes)
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.between {
            Some((from, to)) => write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60),
            None => write!(f, "{} minutes", self.minutes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_times_of_day_and_minutes() {
        for (text, minutes, shown) in [
            ("22:00-02:00", 240, "22:00-02:00"),
            ("9:30 - 10:15", 45, "09:30-10:15"),
            ("00:00-24:00", 1440, "00:00-24:00"),
            ("23:59-00:00", 1, "23:59-00:00"),
            ("90", 90, "90 minutes"),
            ("0", 0, "0 minutes"),
        ] {
            let window: Window = text.parse().expect("a window");
            assert_eq!((window.minutes(), window.to_string().as_str()), (minutes, shown), "{text}");
        }
    }

    #[test]
    fn it_refuses_what_could_mean_something_else() {
        for text in
            ["", "-5", "22-02", "22:00", "22:00-22:00", "24:00-01:00", "25:00-26:00", "22:60-23:00", "2:5-3:00", "+1:00-2:00"]
        {
            assert!(text.parse::<Window>().is_err(), "{text}");
        }
    }
}
