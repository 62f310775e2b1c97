//! Versions: up to four numbers, compared part by part.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A version of one to four numeric parts, such as `4.18.2106.6`.
///
/// Versions compare numerically and part by part; a missing part counts as zero, so that `4.18` equals `4.18.0.0`.
#[derive(Clone, Copy, Debug)]
pub struct Version {
    parts: [u32; 4],
    given: u8,
}

/// A text that is not a version.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("a version has one to four numbers with dots between them, such as 4.18.2106.6")]
pub struct VersionError;

impl Version {
    /// How many parts the text had, from one to four.
    pub fn given(&self) -> usize {
        usize::from(self.given)
    }

    /// The least version above this one.
    #[must_use]
    pub fn successor(&self) -> Self {
        let mut parts = self.parts;
        for part in parts.iter_mut().rev() {
            if let Some(more) = part.checked_add(1) {
                *part = more;
                return Self { parts, given: 4 };
            }
            *part = 0;
        }
        Self { parts: self.parts, given: 4 }
    }

    /// The greatest version that begins with the parts of this one.
    #[must_use]
    pub fn last_with_prefix(&self) -> Self {
        let mut parts = self.parts;
        for part in &mut parts[self.given()..] {
            *part = u32::MAX;
        }
        Self { parts, given: 4 }
    }
}

impl Default for Version {
    /// The least version, `0`.
    fn default() -> Self {
        Self { parts: [0; 4], given: 1 }
    }
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = [0; 4];
        let mut given = 0;
        for piece in text.split('.') {
            if given == 4 || piece.is_empty() || !piece.bytes().all(|b| b.is_ascii_digit()) {
                return Err(VersionError);
            }
            parts[given] = piece.parse().map_err(|_| VersionError)?;
            given += 1;
        }
        let given = u8::try_from(given).map_err(|_| VersionError)?;
        Ok(Self { parts, given })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in self.parts[..self.given()].iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            write!(f, "{part}")?;
        }
        Ok(())
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

impl Eq for Version {}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.parts.cmp(&other.parts)
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().expect("a version")
    }

    #[test]
    fn semantics_2_versions_compare_numerically_and_missing_parts_are_zero() {
        assert!(version("4.18.23050.5") > version("4.18.2106.6"));
        assert!(version("4.9") < version("4.10"));
        assert_eq!(version("4.18"), version("4.18.0.0"));
        assert!(version("4.18") < version("4.18.0.1"));
    }

    #[test]
    fn it_refuses_what_is_no_version() {
        for text in ["", "4.", ".4", "4.18.x", "1.2.3.4.5", "-1", "4,18", "99999999999", "１"] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }

    #[test]
    fn it_prints_as_many_parts_as_were_given() {
        assert_eq!(version("2107").to_string(), "2107");
        assert_eq!(version("6.3.09600").to_string(), "6.3.9600");
    }
}
