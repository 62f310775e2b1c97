//! Rendering: one file a format, all from the same documents.
//!
//! In come documents and the catalog's texts; out goes text. Every word that came from outside is made harmless on the way.
//! Nothing here decides anything.

pub mod collector;
pub mod coverage;
pub mod difference;
pub mod drawn;
pub mod estate;
pub mod explanation;
pub mod exports;
pub mod github;
pub mod graph;
pub mod hazards;
pub mod installer_script;
pub mod json;
pub mod junit;
pub mod knowledge;
pub mod markdown;
pub mod missing;
pub mod pages;
pub mod proof;
pub mod reference;
pub mod run;
pub mod sarif;
pub mod server;
mod spreadsheet;
pub mod summary;
pub mod svg;
pub mod text;
pub mod texts;
pub mod timeline;
pub mod verdict;
pub mod waves;

use crate::plan::words as phrases;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};

/// A plain table: columns with two blanks between them, numbers to the right.
fn table(header: &[&str], right: &[usize], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header.iter().map(Cell::new));
    table.add_rows(rows);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if right.contains(&index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}

/// Every line of a text with some blanks before it.
fn indented(text: &str, blanks: usize) -> String {
    let pad = " ".repeat(blanks);
    text.lines().flat_map(|line| [&pad, line, "\n"]).collect()
}
