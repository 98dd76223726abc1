//! The table, printed row by row as the figures come.

use crate::options::Options;
use crate::peers;
use crate::row::Row;

/// What stands where a library has no channel for the row.
const NONE: &str = "–";

/// The columns of the table: the row's name, a column for each library, and our ratio to the best
/// peer.
pub(crate) struct Table<'a> {
    libraries: &'a [&'static str],
    row_width: usize,
    markdown: bool,
}

impl<'a> Table<'a> {
    /// A table wide enough for the rows that will be printed.
    pub(crate) fn new(options: &'a Options) -> Self {
        let names = options.rows.iter().map(|row| row.to_string().len());
        Self {
            libraries: &options.libraries,
            row_width: names.max().unwrap_or_default(),
            markdown: options.markdown,
        }
    }

    /// Prints the names of the columns.
    pub(crate) fn print_head(&self) {
        let libraries = self.libraries.iter().map(|library| library.to_string());
        self.print_line("M msg/s", libraries, "ours to the best peer");
        if self.markdown {
            println!("|---|{}---|", "---:|".repeat(self.libraries.len()));
        }
    }

    /// Prints the median rate of each library.
    pub(crate) fn print_row(&self, row: &Row, rates: &[Option<f64>]) {
        let cells = rates
            .iter()
            .map(|rate| rate.map_or(NONE.to_owned(), |rate| format!("{rate:.1}")));
        self.print_line(&row.to_string(), cells, &self.verdict(rates));
    }

    /// Our rate over the best peer's, and that peer's name.
    fn verdict(&self, rates: &[Option<f64>]) -> String {
        let figures = || {
            self.libraries
                .iter()
                .zip(rates)
                .filter_map(|(&library, &rate)| Some((library, rate?)))
        };
        let ours = figures().find(|(library, _)| *library == peers::OURS);
        let best = figures()
            .filter(|(library, _)| *library != peers::OURS)
            .max_by(|(_, one), (_, other)| one.total_cmp(other));
        match (ours, best) {
            (Some((_, ours)), Some((name, best))) => format!("{:.2} {name}", ours / best),
            _ => NONE.to_owned(),
        }
    }

    fn print_line(&self, name: &str, cells: impl Iterator<Item = String>, verdict: &str) {
        let (separator, edge) = if self.markdown {
            (" | ", "|")
        } else {
            ("  ", "")
        };
        let mut line = format!("{name:<width$}", width = self.row_width);
        for (cell, library) in cells.zip(self.libraries) {
            // No column is narrower than its figures, such as "123.4".
            let width = library.len().max(5);
            line.push_str(&format!("{separator}{cell:>width$}"));
        }
        line.push_str(&format!("{separator}{verdict}"));
        if self.markdown {
            line = format!("{edge} {line} {edge}");
        }
        println!("{line}");
    }
}
