//! Every change that an action makes, deleted or inverted in turn.
//!
//! | the change | its opposite |
//! |---|---|
//! | a flag | the other value |
//! | a choice | the word before it in `facts.yaml`, and for the first word the last |
//! | `>= v` and `<= v` of a version | `<=` the version before it in its last part; `<= 0` where `v` is a parameter |
//! | `<= n` of days | `>= n + 1` |
//! | a text | a text that nothing in the catalog names |
//! | `add`, `remove` | the other one |
//! | `only` of some words | `only` of all other words; where the set takes any word, one more is added instead |
//! | `unknown` | none, it can only be deleted |

use super::How;
use super::tree::{bare, entries, get, items, list, single, text, with, with_item};
use cutover::catalog::Catalog;
use cutover::fact::{FactSpec, FactType};
use cutover::yaml::{Kind, Node};

/// A word that no catalog has.
const STRANGER: &str = "00000000-0000-4000-8000-00000000abcd";

/// Each change of a list of effects: what it is called, what was done, and the list then; nothing where none is left.
pub fn changes(catalog: &Catalog, effects: &Node) -> Vec<(String, How, Option<Node>)> {
    let all = items(effects);
    let mut found = Vec::new();
    for (at, effect) in all.iter().enumerate() {
        for verb in ["set", "add", "remove"] {
            for (key, value) in get(effect, verb).map(entries).unwrap_or_default() {
                let called = format!("{} {verb} {}", at + 1, key.name);
                let without = without(effect, verb, &key.name);
                let left = if without.is_none() && all.len() == 1 { None } else { Some(with_item(all, at, without.clone())) };
                found.push((called.clone(), How::Deleted, left));
                let spec = catalog.vocabulary().spec(catalog.vocabulary().find(&key.name).expect("a fact"));
                if let Some((other, value)) = opposite(spec, verb, value) {
                    let base = if other == verb { effect.clone() } else { without.unwrap_or_else(|| with(effect, verb, None)) };
                    let changes = get(&base, other).cloned().unwrap_or_else(|| bare(Kind::Map(Vec::new())));
                    let inverted = with(&base, other, Some(with(&changes, &key.name, Some(value))));
                    found.push((called, How::Inverted, Some(with_item(all, at, Some(inverted)))));
                }
            }
        }
    }
    found
}

/// An effect without one of its changes; nothing where it had no other.
fn without(effect: &Node, verb: &str, fact: &str) -> Option<Node> {
    let changes = with(get(effect, verb)?, fact, None);
    let left = with(effect, verb, Some(changes.clone()).filter(|changes| !entries(changes).is_empty()));
    ["set", "add", "remove"].iter().any(|verb| get(&left, verb).is_some()).then_some(left)
}

/// The verb and the value of the opposite change.
fn opposite(spec: &FactSpec, verb: &'static str, value: &Node) -> Option<(&'static str, Node)> {
    match verb {
        "add" => return Some(("remove", value.clone())),
        "remove" => return Some(("add", value.clone())),
        _ => {}
    }
    if let Kind::Map(_) = value.kind {
        let kept: Vec<&str> = items(get(value, "only")?).iter().filter_map(Node::scalar).collect();
        if spec.values().is_empty() {
            return Some(("add", text(STRANGER)));
        }
        let others = spec.values().iter().filter(|word| !kept.contains(&&***word));
        return Some(("set", single("only", list(others.map(|word| text(word)).collect()))));
    }
    let said = value.scalar();
    let node = match spec.kind() {
        FactType::Flag => bare(Kind::Flag(value.kind == Kind::Flag(false))),
        FactType::Choice => {
            let words = spec.values();
            let at = words.iter().position(|word| Some(&**word) == said)?;
            text(&words[(at + words.len() - 1) % words.len()])
        }
        FactType::Version => text(&format!("<= {}", before(said?.strip_prefix(">= ")?))),
        FactType::Days => text(&format!(">= {}", said?.strip_prefix("<= ")?.parse::<u32>().ok()? + 1)),
        FactType::Text => text(STRANGER),
        FactType::Set => return None,
    };
    Some(("set", node))
}

/// The version before a version, with as many parts.
fn before(version: &str) -> String {
    let lower = |(rest, last): (&str, &str)| last.parse::<u64>().ok()?.checked_sub(1).map(|last| format!("{rest}.{last}"));
    version.rsplit_once('.').and_then(lower).unwrap_or_else(|| "0".to_owned())
}

/// Each `when` of a list of effects, by the number of the effect.
pub fn guards(effects: &Node) -> impl Iterator<Item = (usize, &Node)> {
    items(effects).iter().enumerate().filter_map(|(at, effect)| get(effect, "when").map(|when| (at, when)))
}

/// A list of effects in which one has another `when`.
pub fn guarded(effects: &Node, at: usize, when: Option<Node>) -> Node {
    let all = items(effects);
    with_item(all, at, Some(with(&all[at], "when", when)))
}
