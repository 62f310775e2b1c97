//! A scenario's graph with what a plan decides, as data for the pictures; Mermaid and DOT.

use super::svg::escaped as xml;
use crate::catalog::{Catalog, Performer, Scenario};
use crate::condition::{Argument, Scope, Truth};
use crate::fact::{Abstract, Value};
use crate::plan::document::PlanDocument;
use crate::suggest::harmless;
use std::fmt::Write as _;

/// A graph of steps.
#[derive(Clone, Debug)]
pub struct Graph {
    /// What it shows.
    pub title: String,
    /// The server and what its plan says, where there is a plan.
    pub subtitle: Option<String>,
    /// The steps, in documented order.
    pub nodes: Vec<GraphNode>,
    /// The edges.
    pub edges: Vec<GraphEdge>,
    /// The exposures of the plan, where there is one.
    pub bars: Vec<Bar>,
}

/// A step of a graph.
#[derive(Clone, Debug)]
pub struct GraphNode {
    /// The step's id.
    pub id: String,
    /// The article's number, or a plus for a supplement.
    pub mark: String,
    /// True where a parameter decides whether the step is wanted: the article's star.
    pub starred: bool,
    /// True for a step in a console.
    pub console: bool,
    /// What a plan says of the step, where there is a plan.
    pub said: Option<Said>,
}

/// What a plan says of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It is done.
    Perform,
    /// It is done unless it is so already, or what is not known decides.
    Open,
    /// It is so already.
    AlreadySo,
    /// The server does not need it.
    NotNeeded,
    /// Something stands in its way.
    Blocked,
}

/// An edge of a graph.
#[derive(Clone, Copy, Debug)]
pub struct GraphEdge {
    /// The position of the earlier step.
    pub from: usize,
    /// The position of the later step.
    pub to: usize,
    /// `technical`, `procedural` or `script`.
    pub kind: &'static str,
}

/// The span of an exposure.
#[derive(Clone, Debug)]
pub struct Bar {
    /// The invariant.
    pub invariant: String,
    /// The position of the step after which it begins; nothing where it held before.
    pub opens: Option<usize>,
    /// The position of the step with which it ends; nothing where none ends it.
    pub closes: Option<usize>,
    /// Its minutes.
    pub minutes: u32,
}

impl Said {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Perform => "do",
            Self::Open => "check first",
            Self::AlreadySo => "already so",
            Self::NotNeeded => "not needed",
            Self::Blocked => "blocked",
        }
    }
}

impl Graph {
    /// The graph of a scenario, with what a plan for it says.
    pub fn of(catalog: &Catalog, scenario: &Scenario, plan: Option<&PlanDocument>) -> Self {
        let position = |id: &Option<String>| id.as_deref().and_then(|id| scenario.step(id));
        let node = |step: &crate::catalog::Step| GraphNode {
            id: step.id.to_string(),
            mark: step.article.as_ref().map_or_else(|| "+".to_owned(), ToString::to_string),
            starred: is_starred(catalog, scenario, step),
            console: step.action.performed_by == Performer::Console,
            said: plan.and_then(|plan| said(plan, &step.id)),
        };
        let edges =
            scenario.steps.iter().enumerate().flat_map(|(to, step)| {
                step.after.iter().map(move |edge| GraphEdge { from: edge.from, to, kind: edge.kind.name() })
            });
        let bars = plan.map_or_else(Vec::new, |plan| {
            let bar = |one: &crate::plan::document::ExposureDocument| Bar {
                invariant: one.invariant.clone(),
                opens: position(&one.opens),
                closes: position(&one.closes),
                minutes: one.minutes,
            };
            plan.exposures.iter().map(bar).collect()
        });
        let subtitle = plan.map(|plan| format!("{}: {}", plan.host, super::text::status(plan.status)));
        Self {
            title: scenario.title.to_string(),
            subtitle,
            nodes: scenario.steps.iter().map(node).collect(),
            edges: edges.collect(),
            bars,
        }
    }
}

/// True where the step is wanted only if a flag that the user gives is true.
fn is_starred(catalog: &Catalog, scenario: &Scenario, step: &crate::catalog::Step) -> bool {
    let facts = vec![Abstract::Unknown; catalog.vocabulary().len()].into();
    let flags = scenario.parameters.iter().filter(|spec| spec.type_name() == "flag");
    flags.into_iter().any(|spec| {
        let mut parameters = vec![Argument::Missing; catalog.parameter_names().len()];
        parameters[spec.parameter.index()] = Argument::Given(Value::Flag(false));
        Scope { facts: &facts, parameters: &parameters }.evaluate(&step.when) == Truth::False
    })
}

fn said(plan: &PlanDocument, id: &str) -> Option<Said> {
    let step = plan.steps.iter().find(|step| step.id == id)?;
    let blocked = plan.blockers.iter().any(|blocker| blocker.step == id);
    Some(match (blocked, step.decision, step.why) {
        (true, ..) => Said::Blocked,
        (_, "skip", Some("already_so")) => Said::AlreadySo,
        (_, "skip", _) => Said::NotNeeded,
        (_, "check_first" | "decide_later", _) => Said::Open,
        _ => Said::Perform,
    })
}

impl GraphNode {
    /// Mark, id, and a star where a parameter decides.
    pub fn label(&self) -> String {
        format!("{} {}{}", harmless(&self.mark), harmless(&self.id), if self.starred { " *" } else { "" })
    }

    /// True for a step that the article lacks.
    pub fn is_supplement(&self) -> bool {
        self.mark == "+"
    }

    fn class(&self) -> &'static str {
        match self.said {
            None => "plain",
            Some(Said::Perform) => "perform",
            Some(Said::Open) => "open",
            Some(Said::AlreadySo | Said::NotNeeded) => "skip",
            Some(Said::Blocked) => "blocked",
        }
    }
}

/// The graph as a Mermaid flowchart.
pub fn mermaid(graph: &Graph) -> String {
    let mut out = String::from("flowchart TD\n");
    for (index, node) in graph.nodes.iter().enumerate() {
        let said = node.said.map(|said| format!("<br>{}", said.words())).unwrap_or_default();
        let label = format!("{}{said}", xml(&node.label()));
        let (open, close) = if node.console { ("([", "])") } else { ("[", "]") };
        let _ = writeln!(out, "    s{index}{open}\"{label}\"{close}:::{}", node.class());
    }
    for edge in &graph.edges {
        let arrow = match edge.kind {
            "procedural" => "-.->",
            "script" => "==>",
            _ => "-->",
        };
        let _ = writeln!(out, "    s{} {arrow} s{}", edge.from, edge.to);
    }
    for (class, fill, style) in STYLES {
        let _ = writeln!(out, "    classDef {class} fill:{fill},{style}");
    }
    let added: Vec<String> =
        graph.nodes.iter().enumerate().filter(|(_, node)| node.is_supplement()).map(|(at, _)| format!("s{at}")).collect();
    if !added.is_empty() {
        let _ = writeln!(out, "    classDef supplement stroke-dasharray:4 3\n    class {} supplement", added.join(","));
    }
    out
}

/// The classes of nodes: what Mermaid and DOT fill them with, and how Mermaid draws the rest.
const STYLES: [(&str, &str, &str); 5] = [
    ("plain", "#f6f8fa", "stroke:#57606a,color:#24292f"),
    ("perform", "#dafbe1", "stroke:#1a7f37,color:#24292f"),
    ("open", "#fff8c5", "stroke:#9a6700,color:#24292f"),
    ("skip", "#ffffff", "stroke:#d0d7de,color:#6e7781"),
    ("blocked", "#ffebe9", "stroke:#cf222e,color:#24292f,stroke-width:3px"),
];

/// The graph as Graphviz DOT.
pub fn dot(graph: &Graph) -> String {
    let mut out = format!(
        "digraph \"{}\" {{\n    rankdir=TB;\n    node [fontname=\"sans-serif\", style=filled];\n",
        quoted(&harmless(&graph.title))
    );
    for (index, node) in graph.nodes.iter().enumerate() {
        let said = node.said.map(|said| format!("\\n{}", said.words())).unwrap_or_default();
        let label = format!("{}{said}", quoted(&node.label()));
        let shape = if node.console { "oval" } else { "box" };
        let style = if node.is_supplement() { ", style=\"filled,dashed\"" } else { "" };
        let (_, fill, _) = STYLES.into_iter().find(|(class, ..)| *class == node.class()).unwrap_or(STYLES[0]);
        let width = if node.class() == "blocked" { ", penwidth=3" } else { "" };
        let _ = writeln!(out, "    s{index} [label=\"{label}\", shape={shape}, fillcolor=\"{fill}\"{style}{width}];");
    }
    for edge in &graph.edges {
        let style = match edge.kind {
            "procedural" => " [style=dashed]",
            "script" => " [style=bold]",
            _ => "",
        };
        let _ = writeln!(out, "    s{} -> s{}{style};", edge.from, edge.to);
    }
    out.push_str("}\n");
    out
}

/// Text inside the double quotes of DOT.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_text() {
        let node = GraphNode {
            id: "a\"]<script>\u{1b}[31m\\".to_owned(),
            mark: "+".to_owned(),
            starred: false,
            console: false,
            said: None,
        };
        let graph = Graph { title: "t\"".to_owned(), subtitle: None, nodes: vec![node], edges: Vec::new(), bars: Vec::new() };
        assert!(mermaid(&graph).contains("s0[\"+ a&quot;]&lt;script&gt;\\u{1b}[31m\\\"]"), "{}", mermaid(&graph));
        assert!(dot(&graph).contains("label=\"+ a\\\"]<script>\\\\u{1b}[31m\\\\\""), "{}", dot(&graph));
    }
}
