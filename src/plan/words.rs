//! Values and tests of documents as words for people.

use crate::suggest::harmless;
use serde_json::{Map, Value as Json};

/// A value in words: lists with commas, an empty list as `empty`, nothing as `unknown`.
pub(crate) fn value(json: &Json) -> String {
    match json {
        Json::Null => "unknown".to_owned(),
        Json::String(text) => harmless(text),
        Json::Array(items) if items.is_empty() => "empty".to_owned(),
        Json::Array(items) => items.iter().map(value).collect::<Vec<_>>().join(", "),
        Json::Object(entries) => entries.iter().map(|(key, inner)| pair(key, inner)).collect::<Vec<_>>().join(", "),
        Json::Bool(_) | Json::Number(_) => json.to_string(),
    }
}

fn pair(key: &str, inner: &Json) -> String {
    match (key, inner) {
        ("not", Json::Array(items)) => format!("none of {}", items.iter().map(value).collect::<Vec<_>>().join(", ")),
        ("empty", Json::Bool(true)) => "empty".to_owned(),
        ("empty", Json::Bool(false)) => "not empty".to_owned(),
        _ => format!("{} {}", harmless(key), value(inner)),
    }
}

/// What a test needs, in words that follow "must" or "needs to".
fn needs(json: &Json) -> String {
    match json {
        Json::Array(items) => format!("be {}", items.iter().map(value).collect::<Vec<_>>().join(" or ")),
        Json::Object(entries) => match entries.iter().next().map(|(key, inner)| (key.as_str(), inner)) {
            Some(("contains", inner)) => format!("contain {}", value(inner)),
            Some(("lacks", inner)) => format!("lack {}", value(inner)),
            Some(("not", Json::Array(items))) => format!("not be {}", items.iter().map(value).collect::<Vec<_>>().join(" or ")),
            Some(("not", inner)) => format!("not be {}", value(inner)),
            _ => format!("be {}", value(json)),
        },
        _ => format!("be {}", value(json)),
    }
}

fn subject(test: &Map<String, Json>) -> String {
    let name = |key: &str| test.get(key).and_then(Json::as_str).map(harmless);
    match (name("fact"), name("parameter")) {
        (Some(fact), _) => fact,
        (None, Some(parameter)) => format!("the parameter {parameter}"),
        (None, None) => String::new(),
    }
}

/// A reason: `scep.installed is true`.
pub(crate) fn reason(json: &Json) -> String {
    let Json::Object(test) = json else { return value(json) };
    let subject = subject(test);
    if let Some(why) = test.get("unknown") {
        return format!("{subject} is not known ({})", value(why));
    }
    let seen = test.get("is").map(value).unwrap_or_default();
    let mark = match (test.get("assumed"), test.get("derived")) {
        (Some(_), _) => " (assumed)",
        (_, Some(_)) => " (derived)",
        _ => "",
    };
    let mark = match test.get("parameter").filter(|_| test.contains_key("fact")).and_then(Json::as_str) {
        Some(parameter) => format!("{mark} and the parameter {} was not given", harmless(parameter)),
        None => mark.to_owned(),
    };
    let verb = if seen.starts_with(">=") || seen.starts_with("<=") { "" } else { "is " };
    format!("{subject} {verb}{seen}{mark}")
}

/// What a test needs, as a formula: `policy.disable_antispyware = false`, `mma.workspaces lacks ...`.
pub(crate) fn needed(test: &Map<String, Json>) -> String {
    let subject = subject(test);
    let either = |items: &[Json]| items.iter().map(value).collect::<Vec<_>>().join(" or ");
    match test.get("needs") {
        Some(Json::String(bound)) if bound.starts_with(['<', '>']) => format!("{subject} {}", harmless(bound)),
        Some(Json::Array(items)) if !items.is_empty() => format!("{subject} = {}", either(items)),
        Some(Json::Object(entries)) => match entries.iter().next() {
            Some((key, Json::Array(items))) if key == "not" => format!("{subject} other than {}", either(items)),
            Some((key, inner)) if key == "not" => format!("{subject} other than {}", value(inner)),
            Some((key, Json::Bool(empty))) if key == "empty" => {
                format!("{subject} {}", if *empty { "empty" } else { "not empty" })
            }
            Some((key, inner)) => format!("{subject} {} {}", harmless(key), value(inner)),
            None => subject,
        },
        Some(other) => format!("{subject} = {}", value(other)),
        None => subject,
    }
}

/// What was seen of a test's subject, in a word or two.
pub(crate) fn seen(test: &Map<String, Json>) -> String {
    match (test.get("unknown"), test.get("is")) {
        (Some(why), _) => format!("not known ({})", value(why)),
        (None, Some(is)) => value(is),
        (None, None) => "not given".to_owned(),
    }
}

/// A failing test: `scep.installed is true, needs to be false`.
pub(crate) fn failing(test: &Map<String, Json>) -> String {
    let needed = test.get("needs").map(needs).unwrap_or_default();
    format!("{}, needs to {needed}", reason(&Json::Object(test.clone())))
}

/// A test to confirm: `network.sensor_urls must be true`.
pub(crate) fn to_confirm(test: &Map<String, Json>) -> String {
    let needed = test.get("needs").map(needs).unwrap_or_default();
    match (test.contains_key("fact"), test.get("parameter").and_then(Json::as_str)) {
        (false, Some(_)) => format!("{} must be given", subject(test)),
        (true, Some(parameter)) => {
            format!("the parameter {} must be given: {} must {needed}", harmless(parameter), subject(test))
        }
        _ => format!("{} must {needed}", subject(test)),
    }
}

/// What is done with a step, in words that follow its name.
pub(crate) fn decided(decision: &str, why: Option<&str>) -> String {
    match (decision, why) {
        ("perform", _) => "is to be done".to_owned(),
        ("skip", Some("already_so")) => "is left out: it is so already".to_owned(),
        ("skip", _) => "is left out: this server does not need it".to_owned(),
        ("check_first", _) => "is done unless it is so already".to_owned(),
        ("decide_later", _) => "cannot be decided yet".to_owned(),
        (other, _) => format!("is `{}`", crate::suggest::excerpt(other)),
    }
}

/// A count with its noun.
pub(crate) fn count(number: usize, singular: &str, plural: &str) -> String {
    format!("{number} {}", if number == 1 { singular } else { plural })
}

/// A number with its thousands apart.
pub(crate) fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn test(needs: &Json) -> Map<String, Json> {
        let test = json!({ "fact": "f", "is": "seen", "needs": needs });
        test.as_object().expect("a test").clone()
    }

    #[test]
    fn what_a_test_needs_is_said_as_a_formula_and_as_a_sentence() {
        for (needs, formula, sentence) in [
            (json!(true), "f = true", "f must be true"),
            (json!(["a", "b"]), "f = a or b", "f must be a or b"),
            (json!(">= 5"), "f >= 5", "f must be >= 5"),
            (json!("< 5"), "f < 5", "f must be < 5"),
            (json!({ "not": "a" }), "f other than a", "f must not be a"),
            (json!({ "not": ["a", "b"] }), "f other than a or b", "f must not be a or b"),
            (json!({ "contains": "a" }), "f contains a", "f must contain a"),
            (json!({ "lacks": "a" }), "f lacks a", "f must lack a"),
            (json!({ "empty": true }), "f empty", "f must be empty"),
            (json!({ "empty": false }), "f not empty", "f must be not empty"),
        ] {
            assert_eq!((needed(&test(&needs)).as_str(), to_confirm(&test(&needs)).as_str()), (formula, sentence), "{needs}");
        }
        assert_eq!(failing(&test(&json!({ "lacks": "a" }))), "f is seen, needs to lack a");
        assert_eq!(value(&json!({ "not": ["a", "b"] })), "none of a, b");
    }

    #[test]
    fn a_parameter_that_was_not_given_is_what_is_to_be_confirmed() {
        let alone = json!({ "parameter": "p", "needs": true });
        assert_eq!(to_confirm(alone.as_object().expect("a test")), "the parameter p must be given");
        let mut compared = test(&json!({ "lacks": "$p" }));
        compared.insert("parameter".to_owned(), json!("p"));
        assert_eq!(to_confirm(&compared), "the parameter p must be given: f must lack $p");
    }

    #[test]
    fn a_bound_that_is_all_that_is_known_is_said_as_it_is() {
        for (is, said) in [(">= 5", "f >= 5"), ("<= 5", "f <= 5"), ("5", "f is 5")] {
            assert_eq!(reason(&json!({ "fact": "f", "is": is })), said);
        }
    }
}
