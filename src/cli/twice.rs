//! The same server twice, noticed with sixteen bytes a server.
//!
//! A digest of each name is kept, not the name. Where two digests are equal, the names themselves are looked at again before
//! anything is said.

use std::hash::{DefaultHasher, Hasher};

/// The digests are kept in so many parts, by their first byte, so that little has to be sorted at once.
const PARTS: usize = 256;

/// Digests of names.
#[derive(Debug)]
pub struct Names {
    parts: Vec<Vec<u128>>,
    lower: String,
}

impl Names {
    /// No name yet.
    pub fn new() -> Self {
        Self { parts: vec![Vec::new(); PARTS], lower: String::new() }
    }

    /// Remembers a name.
    pub fn add(&mut self, host: &str) {
        let digest = self.digest(host);
        let first_byte = usize::from(digest.to_be_bytes()[0]);
        let part = &mut self.parts[first_byte];
        // A little more at a time than is needed, and not twice as much.
        if part.len() == part.capacity() {
            part.reserve_exact(64 + part.len() / 8);
        }
        part.push(digest);
    }

    /// The digest of a name without regard to case.
    pub fn digest(&mut self, host: &str) -> u128 {
        self.lower.clear();
        if host.is_ascii() {
            self.lower.push_str(host);
            self.lower.make_ascii_lowercase();
        } else {
            self.lower.push_str(&host.to_lowercase());
        }
        let half = |seed: u8| {
            let mut hasher = DefaultHasher::new();
            hasher.write_u8(seed);
            hasher.write(self.lower.as_bytes());
            u128::from(hasher.finish())
        };
        half(0) << 64 | half(1)
    }
}

/// The digests that are there more than once.
pub fn repeated(mut names: Vec<Names>) -> Vec<u128> {
    let mut found = Vec::new();
    for part in 0..PARTS {
        let mut all: Vec<u128> = Vec::with_capacity(names.iter().map(|one| one.parts[part].len()).sum());
        for one in &mut names {
            all.append(&mut std::mem::take(&mut one.parts[part]));
        }
        all.sort_unstable();
        found.extend(all.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]));
    }
    found.dedup();
    found
}
