//! Catalog files as trees that can be changed and written again.

use cutover::yaml::{Key, Kind, Node, Span};

/// A node without a place.
pub fn bare(kind: Kind) -> Node {
    Node { span: Span::default(), kind }
}

/// A word.
pub fn text(word: &str) -> Node {
    bare(Kind::Text(word.to_owned()))
}

/// A list.
pub fn list(items: Vec<Node>) -> Node {
    bare(Kind::List(items))
}

/// A map with one entry.
pub fn single(name: &str, value: Node) -> Node {
    bare(Kind::Map(vec![(Key { name: name.to_owned(), span: Span::default() }, value)]))
}

/// The entries of a map, none of anything else.
pub fn entries(node: &Node) -> &[(Key, Node)] {
    if let Kind::Map(entries) = &node.kind { entries } else { &[] }
}

/// The items of a list, none of anything else.
pub fn items(node: &Node) -> &[Node] {
    if let Kind::List(items) = &node.kind { items } else { &[] }
}

/// What a map has under a name.
pub fn get<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    entries(node).iter().find(|(key, _)| key.name == name).map(|(_, value)| value)
}

/// The text that a map has under a name.
pub fn word<'n>(node: &'n Node, name: &str) -> &'n str {
    get(node, name).and_then(Node::scalar).unwrap_or("")
}

/// A map with something else under a name, or with nothing there.
pub fn with(node: &Node, name: &str, value: Option<Node>) -> Node {
    let mut entries = entries(node).to_vec();
    let at = entries.iter().position(|(key, _)| key.name == name);
    match (at, value) {
        (Some(at), Some(value)) => entries[at].1 = value,
        (Some(at), None) => drop(entries.remove(at)),
        (None, Some(value)) => entries.push((Key { name: name.to_owned(), span: Span::default() }, value)),
        (None, None) => {}
    }
    bare(Kind::Map(entries))
}

/// A list with something else at a place, or with nothing there.
pub fn with_item(items: &[Node], at: usize, item: Option<Node>) -> Node {
    let mut items = items.to_vec();
    match item {
        Some(item) => items[at] = item,
        None => drop(items.remove(at)),
    }
    list(items)
}

/// The tree as YAML in one line.
pub fn written(node: &Node) -> String {
    let quoted = |text: &str| serde_json::to_string(text).expect("JSON");
    match &node.kind {
        Kind::Null => "null".to_owned(),
        Kind::Flag(flag) => flag.to_string(),
        Kind::Number(number) => number.clone(),
        Kind::Text(text) => quoted(text),
        Kind::List(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", ")),
        Kind::Map(entries) => {
            let entry = |(key, value): &(Key, Node)| format!("{}: {}", quoted(&key.name), written(value));
            format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}
