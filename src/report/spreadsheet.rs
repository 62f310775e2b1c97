//! CSV for spreadsheets: rows in which nothing is taken for a formula.

use crate::suggest::harmless;

/// A cell that no spreadsheet takes for a formula, and that steers no terminal.
pub(super) fn cell(text: &str) -> String {
    // What steers is written as an escape, so that a tab or a line break at the beginning is none any more.
    let starts_one = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let safe = harmless(text);
    if starts_one { format!("'{safe}") } else { safe }
}

/// What was written, as text.
pub(super) fn finish(writer: csv::Writer<Vec<u8>>) -> Result<String, csv::Error> {
    let bytes = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_cell_is_taken_for_a_formula() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\\u{9}=1"),
            ("\r=1", "'\\u{d}=1"),
            ("a=1", "a=1"),
        ] {
            assert_eq!(super::cell(cell), written);
        }
    }
}
