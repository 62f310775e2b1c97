//! A scenario's graph as Mermaid or DOT, optionally with what a plan decides.

use crate::suggest::harmless;
use std::fmt::Write as _;

/// A graph of steps.
#[derive(Clone, Debug)]
pub struct Graph {
    /// What it shows.
    pub title: String,
    /// The steps, in documented order.
    pub nodes: Vec<GraphNode>,
    /// The edges, by positions.
    pub edges: Vec<(usize, usize, &'static str)>,
}

/// A step of a graph.
#[derive(Clone, Debug)]
pub struct GraphNode {
    /// The step's id.
    pub id: String,
    /// The article's number, or a plus for a supplement.
    pub mark: String,
    /// True for a step in a console.
    pub console: bool,
    /// What a plan decides, where there is a plan.
    pub decision: Option<&'static str>,
    /// True where the plan is blocked at the step.
    pub blocked: bool,
}

impl GraphNode {
    fn class(&self) -> &'static str {
        match (self.blocked, self.decision) {
            (true, _) => "blocked",
            (false, Some("skip")) => "skip",
            (false, Some("check_first" | "decide_later")) => "open",
            (false, Some(_)) => "perform",
            (false, None) => "plain",
        }
    }
}

/// The graph as a Mermaid flowchart.
pub fn mermaid(graph: &Graph) -> String {
    let mut out = String::from("flowchart TD\n");
    for (index, node) in graph.nodes.iter().enumerate() {
        let label = quoted(&format!("{} {}", node.mark, node.id), "#quot;");
        let (open, close) = if node.console { ("([", "])") } else { ("[", "]") };
        let _ = writeln!(out, "    s{index}{open}\"{label}\"{close}:::{}", node.class());
    }
    for (from, to, kind) in &graph.edges {
        let arrow = if *kind == "procedural" { "-.->" } else { "-->" };
        let _ = writeln!(out, "    s{from} {arrow} s{to}");
    }
    for (class, style) in STYLES {
        let _ = writeln!(out, "    classDef {class} {style}");
    }
    out
}

const STYLES: [(&str, &str); 5] = [
    ("plain", "fill:#f6f8fa,stroke:#57606a,color:#24292f"),
    ("perform", "fill:#dafbe1,stroke:#1a7f37,color:#24292f"),
    ("open", "fill:#fff8c5,stroke:#9a6700,color:#24292f"),
    ("skip", "fill:#ffffff,stroke:#d0d7de,color:#8c959f"),
    ("blocked", "fill:#ffebe9,stroke:#cf222e,color:#24292f"),
];

/// The graph as Graphviz DOT.
pub fn dot(graph: &Graph) -> String {
    let mut out = format!(
        "digraph \"{}\" {{\n    rankdir=TB;\n    node [fontname=\"sans-serif\", style=filled];\n",
        quoted(&graph.title, "\\\"")
    );
    for (index, node) in graph.nodes.iter().enumerate() {
        let label = quoted(&format!("{} {}", node.mark, node.id), "\\\"");
        let shape = if node.console { "oval" } else { "box" };
        let fill = match node.class() {
            "perform" => "#dafbe1",
            "open" => "#fff8c5",
            "skip" => "#ffffff",
            "blocked" => "#ffebe9",
            _ => "#f6f8fa",
        };
        let _ = writeln!(out, "    s{index} [label=\"{label}\", shape={shape}, fillcolor=\"{fill}\"];");
    }
    for (from, to, kind) in &graph.edges {
        let style = if *kind == "procedural" { " [style=dashed]" } else { "" };
        let _ = writeln!(out, "    s{from} -> s{to}{style};");
    }
    out.push_str("}\n");
    out
}

fn quoted(text: &str, quote: &str) -> String {
    harmless(text).replace('\\', "/").replace('"', quote)
}
