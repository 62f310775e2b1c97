//! Every part of a condition deleted or inverted in turn.
//!
//! A part is a conjunct of a map, a condition of `any:` or `all:`, what stands under `not:`, and each value of a list of values,
//! which can only be deleted. What has a single part is not mutated again for that part: `{ not: { a: true } }` has one.

use super::How;
use super::tree::{bare, entries, items, list, single, with_item};
use cutover::yaml::{Key, Kind, Node};

/// Where in the condition, what was done there, and the condition then.
pub type Changed = (String, How, Node);

/// Each conjunct deleted and inverted, and each part within it.
pub fn parts(condition: &Node) -> Vec<Changed> {
    let conjuncts = entries(condition);
    let mut found = Vec::new();
    for (at, conjunct) in conjuncts.iter().enumerate() {
        let label = label_of(conjunct);
        let mut left = conjuncts.to_vec();
        left.remove(at);
        found.push((label.clone(), How::Deleted, bare(Kind::Map(left))));
        // A map has one `not:` at most, hence a list.
        let each = conjuncts.iter().enumerate().map(|(other, (key, value))| {
            let one = single(&key.name, value.clone());
            if other == at { inverted(&one) } else { one }
        });
        found.push((label, How::Inverted, single("all", list(each.collect()))));
        found.extend(within(conjunct).into_iter().map(|(path, how, value)| {
            let mut changed = conjuncts.to_vec();
            changed[at].1 = value;
            (path, how, bare(Kind::Map(changed)))
        }));
    }
    found
}

/// The opposite of a condition.
pub fn inverted(condition: &Node) -> Node {
    match entries(condition) {
        [(key, inner)] if key.name == "not" => inner.clone(),
        _ => single("not", condition.clone()),
    }
}

/// What a condition is called that has one conjunct.
fn label(condition: &Node) -> Option<String> {
    if let [only] = entries(condition) { Some(label_of(only)) } else { None }
}

fn label_of((key, value): &(Key, Node)) -> String {
    match label(value) {
        Some(inner) if key.name == "not" => format!("not/{inner}"),
        _ => key.name.clone(),
    }
}

/// The parts of a condition that are not all of it.
fn inside(condition: &Node) -> Vec<Changed> {
    match entries(condition) {
        [only] => within(only).into_iter().map(|(path, how, value)| (path, how, single(&only.0.name, value))).collect(),
        _ => parts(condition),
    }
}

/// What can be changed under a key, with what stands there then.
fn within((key, value): &(Key, Node)) -> Vec<Changed> {
    let name = &key.name;
    let mut found = Vec::new();
    match name.as_str() {
        "any" | "all" => {
            let all = items(value);
            for (at, item) in all.iter().enumerate() {
                let place = format!("{name}/{}", at + 1);
                let called = label(item).map_or_else(|| place.clone(), |label| format!("{place}/{label}"));
                if all.len() > 1 {
                    found.push((called.clone(), How::Deleted, with_item(all, at, None)));
                    found.push((called, How::Inverted, with_item(all, at, Some(inverted(item)))));
                }
                let inner = inside(item).into_iter();
                found.extend(inner.map(|(path, how, item)| (format!("{place}/{path}"), how, with_item(all, at, Some(item)))));
            }
        }
        "not" => found.extend(inside(value).into_iter().map(|(path, how, inner)| (format!("not/{path}"), how, inner))),
        _ => {
            let values = items(value);
            for (at, one) in values.iter().enumerate().filter(|_| values.len() > 1) {
                let path = format!("{name}/{}", one.scalar().unwrap_or_default());
                found.push((path, How::Deleted, with_item(values, at, None)));
            }
        }
    }
    found
}
