//! "Did you mean": the nearest of a list of names, and short harmless excerpts of what was found.

/// The candidate nearest to `found`, where one is near enough to be a likely slip.
pub fn nearest<'c>(found: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let found = excerpt(found).to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let lower = candidate.to_lowercase();
        let likeness = strsim::jaro_winkler(&found, &lower);
        // Of a short word one slip is a large part.
        let one_slip = found.len() >= 3 && strsim::damerau_levenshtein(&found, &lower) == 1;
        if (likeness > 0.8 || one_slip) && best.is_none_or(|(other, _)| likeness > other) {
            best = Some((likeness, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// At most sixty characters of a text, for an error message.
pub fn excerpt(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    harmless(&short)
}

/// True for characters that steer a terminal, reorder what is read, or cannot be seen.
pub fn is_steering(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The text with everything that could steer a terminal or reorder what a person reads written as an escape.
pub fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_steering(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_the_name_that_was_meant() {
        let names = ["scep.installed", "sense.installed", "mma.installed"];
        assert_eq!(nearest("scep.instaled", names.into_iter()), Some("scep.installed"));
        assert_eq!(nearest("zebra", names.into_iter()), None);
        assert_eq!(nearest("nwe", ["none", "old", "new"].into_iter()), Some("new"));
    }

    #[test]
    fn it_takes_the_sting_out_of_escapes() {
        assert_eq!(harmless("a\u{1b}[31mb\u{202e}c"), "a\\u{1b}[31mb\\u{202e}c");
    }
}
