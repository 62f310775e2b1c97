//! The picture of a scenario, or of a plan on it, as SVG.
//!
//! One row a step in documented order, edges as arcs on the left, and on the right a bar for each exposure from the step after
//! which it begins to the one with which it ends. Everything can be told apart without colour: edges by their dashes,
//! supplements by a plus and a dashed frame, console steps by round ends, what a plan says by words.

use super::graph::{Bar, Graph, GraphEdge, GraphNode, Said};
use crate::suggest::harmless;
use std::fmt::Write as _;

const ROW: usize = 34;
const TOP: usize = 84;
const BOX_HEIGHT: usize = 24;
const BOX_WIDTH: usize = 330;
const LANE: usize = 11;
const BAR: usize = 26;

/// Colours for a light page and a dark one, and for paper.
const STYLE: &str = "
    text { font: 13px system-ui, sans-serif; fill: #24292f }
    .title { font-weight: 600; font-size: 15px }
    .small { font-size: 11px; fill: #57606a }
    .page { fill: #ffffff }
    .box { fill: #f6f8fa; stroke: #57606a }
    .perform { fill: #dafbe1; stroke: #1a7f37 }
    .open { fill: #fff8c5; stroke: #9a6700 }
    .skip { fill: #ffffff; stroke: #d0d7de }
    .blocked { fill: #ffebe9; stroke: #cf222e; stroke-width: 3 }
    .supplement { stroke-dasharray: 5 3 }
    text.left { fill: #6e7781 }
    .edge { fill: none; stroke: #57606a }
    .procedural { stroke-dasharray: 5 4 }
    .script { stroke-width: 2.5 }
    .arrow { fill: #57606a }
    .bar { fill: #57606a; fill-opacity: 0.18; stroke: #57606a }
    @media screen and (prefers-color-scheme: dark) {
      text { fill: #e6edf3 }
      .small { fill: #9198a1 }
      .page { fill: #0d1117 }
      .box { fill: #161b22; stroke: #9198a1 }
      .perform { fill: #12261e; stroke: #3fb950 }
      .open { fill: #2b2111; stroke: #d29922 }
      .skip { fill: #0d1117; stroke: #3d444d }
      .blocked { fill: #2d1315; stroke: #f85149 }
      text.left { fill: #9198a1 }
      .edge { stroke: #9198a1 }
      .arrow { fill: #9198a1 }
      .bar { fill: #9198a1; stroke: #9198a1 }
    }
";

/// The graph as one SVG document.
pub fn svg(graph: &Graph) -> String {
    let lanes = lanes(graph);
    let left = 24 + lanes.iter().max().map_or(0, |lane| (lane + 1) * LANE);
    let right = left + BOX_WIDTH + 24;
    let title = escaped(&harmless(&graph.title));
    let subtitle = graph.subtitle.as_ref().map(|text| escaped(&harmless(text))).unwrap_or_default();
    let longest = graph.title.chars().count().max(subtitle.chars().count());
    let width = (right + graph.bars.len() * BAR + 24).max(longest * 9 + 32).max(620);
    let below = TOP + graph.nodes.len() * ROW + 24;
    let height = below + graph.bars.len() * 18 + 12;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
         <defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerUnits=\"userSpaceOnUse\" markerWidth=\"8\" markerHeight=\"8\" \
         orient=\"auto\"><path class=\"arrow\" d=\"M0 0 8 4 0 8z\"/></marker></defs>\n\
         <rect class=\"page\" width=\"{width}\" height=\"{height}\"/>\n\
         <text class=\"title\" x=\"16\" y=\"26\">{title}</text>\n\
         <text x=\"16\" y=\"46\">{subtitle}</text>\n\
         <text class=\"small\" x=\"16\" y=\"64\">{}</text>\n",
        legend(graph)
    );
    for (edge, lane) in graph.edges.iter().zip(&lanes) {
        out.push_str(&arc(edge, left, left - (lane + 1) * LANE));
    }
    for (at, node) in graph.nodes.iter().enumerate() {
        out.push_str(&step(node, left, middle(at)));
    }
    for (at, bar) in graph.bars.iter().enumerate() {
        let letter = char::from(b'A' + u8::try_from(at % 26).unwrap_or_default());
        out.push_str(&exposure(bar, letter, right + at * BAR, graph.nodes.len()));
        let _ = writeln!(out, "<text class=\"small\" x=\"16\" y=\"{}\">{}</text>", below + at * 18, span(graph, bar, letter));
    }
    out.push_str("</svg>\n");
    out
}

/// An edge: out of the earlier step, down beside the steps, into the later one.
fn arc(edge: &GraphEdge, left: usize, lane: usize) -> String {
    let (from, to) = (middle(edge.from) + 4, middle(edge.to) - 4);
    let (round, end) = (lane + 6, left - 1);
    let kind = edge.kind;
    format!(
        "<path class=\"edge {kind}\" marker-end=\"url(#arrow)\" \
         d=\"M{left} {from} H{round} Q{lane} {from} {lane} {} V{} Q{lane} {to} {round} {to} H{end}\"/>\n",
        from + 6,
        to - 6,
    )
}

fn middle(row: usize) -> usize {
    TOP + row * ROW + ROW / 2
}

fn legend(graph: &Graph) -> String {
    let mut words = "+ not in the article · round: in a console · dashed edge: procedural".to_owned();
    if graph.nodes.iter().any(|node| node.starred) {
        words.push_str(" · * if asked for");
    }
    if graph.edges.iter().any(|edge| edge.kind == "script") {
        words.push_str(" · thick edge: the script's own order");
    }
    if !graph.bars.is_empty() {
        words.push_str(" · bars: exposed");
    }
    words
}

fn step(node: &GraphNode, x: usize, y: usize) -> String {
    let class = match node.said {
        None => "box",
        Some(Said::Perform) => "box perform",
        Some(Said::Open) => "box open",
        Some(Said::AlreadySo | Said::NotNeeded) => "box skip",
        Some(Said::Blocked) => "box blocked",
    };
    let supplement = if node.is_supplement() { " supplement" } else { "" };
    let left_out = matches!(node.said, Some(Said::AlreadySo | Said::NotNeeded));
    let text = if left_out { " class=\"left\"" } else { "" };
    let round = if node.console { BOX_HEIGHT / 2 } else { 3 };
    let mut out = format!(
        "<rect class=\"{class}{supplement}\" x=\"{x}\" y=\"{}\" width=\"{BOX_WIDTH}\" height=\"{BOX_HEIGHT}\" rx=\"{round}\"/>\n\
         <text{text} x=\"{}\" y=\"{}\">{}</text>\n",
        y - BOX_HEIGHT / 2,
        x + 14,
        y + 5,
        escaped(&node.label())
    );
    if let Some(said) = node.said {
        let at = x + BOX_WIDTH - 14;
        let _ = writeln!(out, "<text{text} x=\"{at}\" y=\"{}\" text-anchor=\"end\">{}</text>", y + 5, said.words());
    }
    out
}

/// A bar from below the step after which the exposure begins to the middle of the one with which it ends.
fn exposure(bar: &Bar, letter: char, x: usize, rows: usize) -> String {
    let from = bar.opens.map_or(TOP, |row| middle(row) + BOX_HEIGHT / 2);
    let to = bar.closes.map_or(TOP + rows * ROW, middle);
    let width = BAR - 8;
    let (height, at) = (to.saturating_sub(from).max(4), x + width / 2);
    format!(
        "<rect class=\"bar\" x=\"{x}\" y=\"{from}\" width=\"{width}\" height=\"{height}\" rx=\"3\"/>\n\
         <text class=\"small\" x=\"{at}\" y=\"{}\" text-anchor=\"middle\">{letter}</text>\n",
        from - 4
    )
}

/// What a bar stands for: `A antivirus-gap, 15 min: after uninstall-scep until install-mde`.
fn span(graph: &Graph, bar: &Bar, letter: char) -> String {
    let id = |row: usize| graph.nodes[row].id.clone();
    let opens = bar.opens.map_or_else(|| "from before the start".to_owned(), |row| format!("after {}", id(row)));
    let closes = bar.closes.map_or_else(|| "to beyond the end".to_owned(), |row| format!("until {}", id(row)));
    escaped(&harmless(&format!("{letter}  {}, {} min: {opens} {closes}", bar.invariant, bar.minutes)))
}

/// For each edge a lane in which it runs beside the steps, the shortest edges nearest to them.
fn lanes(graph: &Graph) -> Vec<usize> {
    let mut by_length: Vec<usize> = (0..graph.edges.len()).collect();
    by_length.sort_by_key(|at| graph.edges[*at].to.abs_diff(graph.edges[*at].from));
    let mut lanes = vec![0; graph.edges.len()];
    let mut taken: Vec<Vec<(usize, usize)>> = Vec::new();
    for at in by_length {
        let edge = &graph.edges[at];
        let span = (edge.from.min(edge.to), edge.from.max(edge.to));
        let free = |spans: &Vec<(usize, usize)>| spans.iter().all(|(from, to)| span.1 <= *from || *to <= span.0);
        let lane = taken.iter().position(free).unwrap_or_else(|| {
            taken.push(Vec::new());
            taken.len() - 1
        });
        taken[lane].push(span);
        lanes[at] = lane;
    }
    lanes
}

/// Text that XML and HTML show as it is.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}
