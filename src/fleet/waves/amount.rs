//! Numbers and shares of servers, as people write them.

use std::fmt;
use std::str::FromStr;

/// A share, in millionths: `2.5%` are 25,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u32);

/// The whole, in millionths.
const WHOLE: u32 = 1_000_000;

/// How many of the digits behind the point a share may have.
const DIGITS: usize = 4;

impl Share {
    /// The share in millionths.
    pub fn millionths(self) -> u32 {
        self.0
    }

    /// The share of a number, rounded up.
    fn of(self, all: usize) -> usize {
        let part = (all as u128 * u128::from(self.0)).div_ceil(u128::from(WHOLE));
        usize::try_from(part).unwrap_or(all)
    }

    /// True where `part` is this share of `all` or more.
    fn is_reached(self, part: u64, all: u64) -> bool {
        u128::from(part) * u128::from(WHOLE) >= u128::from(self.0) * u128::from(all)
    }
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("expected a share from 0% to 100% with at most {DIGITS} digits behind the point, such as 2%");
        let number = text.strip_suffix('%').ok_or_else(wrong)?;
        let (whole, behind) = number.split_once('.').unwrap_or((number, "0"));
        let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || !is_number(behind) || behind.len() > DIGITS {
            return Err(wrong());
        }
        let millionths = format!("{whole}{behind:0<DIGITS$}").parse().map_err(|_| wrong())?;
        if millionths > WHOLE { Err(wrong()) } else { Ok(Self(millionths)) }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, behind) = (self.0 / 10_000, self.0 % 10_000);
        let behind = format!("{behind:0DIGITS$}");
        let behind = behind.trim_end_matches('0');
        let point = if behind.is_empty() { "" } else { "." };
        write!(f, "{whole}{point}{behind}%")
    }
}

/// A number of servers, or a share of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// So many.
    Count(usize),
    /// Such a share.
    Share(Share),
}

impl Amount {
    /// How many that is of so many servers; a share is rounded up.
    pub fn of(self, all: usize) -> usize {
        match self {
            Self::Count(count) => count,
            Self::Share(share) => share.of(all),
        }
    }

    /// True where so many of so many are this amount or more. None of them never are.
    pub fn is_reached(self, part: u64, all: u64) -> bool {
        part > 0
            && match self {
                Self::Count(count) => part >= count as u64,
                Self::Share(share) => share.is_reached(part, all),
            }
    }

    /// True for no server at all.
    pub fn is_nothing(self) -> bool {
        matches!(self, Self::Count(0) | Self::Share(Share(0)))
    }
}

impl FromStr for Amount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.ends_with('%') {
            return text.parse().map(Self::Share);
        }
        text.parse().map(Self::Count).map_err(|_| "expected a number such as 40, or a share such as 10%".to_owned())
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Share(share) => share.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_shares_exactly_and_writes_them_as_they_were() {
        for (text, millionths) in [("2%", 20_000), ("0%", 0), ("100%", 1_000_000), ("0.5%", 5_000), ("33.3333%", 333_333)] {
            let share: Share = text.parse().expect("a share");
            assert_eq!((share.millionths(), share.to_string().as_str()), (millionths, text));
        }
        for text in ["2", "%", "-1%", "101%", "100.0001%", "1.23456%", "1.%", ".5%", "1e1%", "99999999999999999999%", " 2%"] {
            assert!(text.parse::<Share>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_share_of_some_servers_is_rounded_up() {
        let of = |text: &str, all: usize| text.parse::<Amount>().expect("an amount").of(all);
        assert_eq!((of("10%", 40), of("10%", 41), of("10%", 1), of("10%", 0), of("7", 3)), (4, 5, 1, 0, 7));
    }

    #[test]
    fn it_is_reached_by_as_many_and_never_by_none() {
        let reached = |text: &str, part, all| text.parse::<Amount>().expect("an amount").is_reached(part, all);
        assert!(reached("2", 2, 100) && !reached("2", 1, 1));
        assert!(reached("10%", 4, 40) && !reached("10%", 3, 40) && reached("10%", 4, 39));
        assert!(!reached("0%", 0, 10) && reached("0%", 1, 10));
    }
}
