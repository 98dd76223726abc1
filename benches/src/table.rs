//! The tables on the screen, printed line by line as the figures come.

use crate::goals::{self, Reached};
use crate::options::Options;
use crate::peers::{Library, OURS};
use crate::results::{Cost, RowResult, short};
use crate::row::On;

/// What stands where a library has no such thing.
const NONE: &str = "–";

/// The rows of one runtime: their names, a column for each library, and our ratios.
pub(crate) struct Table {
    libraries: Vec<Library>,
    row_width: usize,
}

impl Table {
    /// A table wide enough for the rows that will be printed.
    pub(crate) fn new(options: &Options, runtime: On) -> Self {
        let names = options.rows.iter().map(|row| row.to_string().len());
        let mut libraries = options.libraries();
        libraries.retain(|library| library.runs_on(runtime));
        Self {
            libraries,
            row_width: names.max().unwrap_or_default(),
        }
    }

    /// Prints the names of the columns.
    pub(crate) fn print_head(&self) {
        let libraries = self.libraries.iter().map(|library| library.name.to_owned());
        self.print_line(
            "\nM msg/s",
            libraries,
            ["to best alike", "to best of all", "to go"],
        );
    }

    /// Prints the median rate of each library.
    pub(crate) fn print_row(&self, row: &RowResult) {
        let cells = self.libraries.iter().map(|library| {
            let median = row.median_of(library.name);
            median.map_or(NONE.to_owned(), short)
        });
        let ratios = row.ratios();
        let with_name = |ratio: Option<(f64, String)>| {
            ratio.map_or(NONE.to_owned(), |(ratio, name)| {
                format!("{ratio:.2} {name}")
            })
        };
        let go = ratios
            .go
            .map_or(NONE.to_owned(), |ratio| format!("{ratio:.2}"));
        let verdicts = [with_name(ratios.general), with_name(ratios.all), go];
        self.print_line(&row.name(), cells, verdicts.each_ref().map(String::as_str));
    }

    fn print_line(&self, name: &str, cells: impl Iterator<Item = String>, verdicts: [&str; 3]) {
        let mut line = format!("{name:<width$}", width = self.row_width);
        for (cell, library) in cells.zip(&self.libraries) {
            // No column is narrower than its figures, such as "123.4".
            let width = library.name.len().max(5);
            line.push_str(&format!("  {cell:>width$}"));
        }
        let [general, all, go] = verdicts;
        println!("{line}  {general:<18}  {all:<19}  {go}");
    }
}

/// Prints what has become of the goals that the run has figures of.
pub(crate) fn print_goals(goals: Vec<Reached>) {
    let head = goals::COLUMNS.map(str::to_owned);
    let Some(width) = goals.iter().map(|[goal, ..]| goal.len()).max() else {
        return;
    };
    println!();
    for [goal, by, median, lowest] in [head].into_iter().chain(goals) {
        println!("{goal:<width$}  {by:<10}  {median:>6}  {lowest}");
    }
}

/// Prints the costs of a part: a line for each case, with a column for each library.
pub(crate) fn print_costs(costs: &[Cost]) {
    let mut libraries: Vec<&str> = costs.iter().map(|cost| &*cost.library).collect();
    libraries.sort_by_key(|library| *library != OURS);
    let mut columns = Vec::new();
    let mut lines: Vec<(String, &str)> = Vec::new();
    for library in libraries {
        if !columns.contains(&library) {
            columns.push(library);
        }
    }
    for cost in costs {
        let line = (name(cost), &*cost.unit);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    let width = lines.iter().map(|(name, unit)| name.len() + unit.len() + 2);
    let width = width.max().unwrap_or_default();
    let cells = |cells: &mut dyn Iterator<Item = String>| {
        let padded = cells.zip(&columns).map(|(cell, column)| {
            let width = column.chars().count().max(7);
            format!("  {cell:>width$}")
        });
        padded.collect::<String>()
    };
    println!(
        "\n{:<width$}{}",
        "",
        cells(&mut columns.iter().map(|column| (*column).to_owned()))
    );
    for (line, unit) in &lines {
        let of = |library: &&str| {
            let mut all = costs.iter();
            all.find(|cost| cost.library == *library && name(cost) == *line && cost.unit == *unit)
        };
        let figures = &mut columns
            .iter()
            .map(|library| of(library).map_or(NONE.to_owned(), |cost| short(cost.value)));
        println!("{:<width$}{}", format!("{line}, {unit}"), cells(figures));
    }
}

fn name(cost: &Cost) -> String {
    match cost.x {
        Some(x) => format!("{}: {x}", cost.case),
        None => cost.case.clone(),
    }
}
