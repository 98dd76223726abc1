//! What was measured, and how figures are compared.

use crate::peers::{GO, LIBRARIES, OURS};

/// Everything that a run has measured.
#[derive(Debug, Default)]
pub(crate) struct Results {
    /// What it was measured on, when, and with what; each with its name.
    pub(crate) facts: Vec<(String, String)>,
    /// The rows, in the order of the table.
    pub(crate) rows: Vec<RowResult>,
    /// What is not a rate of messages.
    pub(crate) costs: Vec<Cost>,
}

/// The figures of one row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RowResult {
    /// The runtime's name.
    pub(crate) runtime: String,
    /// The shape's name.
    pub(crate) shape: String,
    /// The capacity, or `unbounded`.
    pub(crate) capacity: String,
    /// The size of an item.
    pub(crate) bytes: usize,
    /// Those of each library that has a channel for the row.
    pub(crate) rates: Vec<Rate>,
}

/// The figures of one library in one row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rate {
    /// The library's column.
    pub(crate) library: String,
    /// The median of its rounds, in million messages a second.
    pub(crate) median: f64,
    /// The slowest round.
    pub(crate) low: f64,
    /// The fastest round.
    pub(crate) high: f64,
}

/// A figure that is not a rate of messages.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cost {
    /// The part of the benchmark.
    pub(crate) part: String,
    /// What was measured.
    pub(crate) case: String,
    /// Of how many: waiters, arms, processes.
    pub(crate) x: Option<usize>,
    /// The library.
    pub(crate) library: String,
    /// The figure.
    pub(crate) value: f64,
    /// Its unit.
    pub(crate) unit: String,
}

/// Our rate over others' in one row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Ratios {
    /// Over that of the best library whose channels are as general as ours, and its name.
    pub(crate) general: Option<(f64, String)>,
    /// Over that of the best library of all, and its name.
    pub(crate) all: Option<(f64, String)>,
    /// Over Go's.
    pub(crate) go: Option<f64>,
}

impl Results {
    /// A library's figure that is not a rate of messages.
    pub(crate) fn cost(
        &self,
        part: &str,
        case: &str,
        x: Option<usize>,
        library: &str,
    ) -> Option<f64> {
        self.part(part)
            .find(|cost| cost.case == case && cost.x == x && cost.library == library)
            .map(|cost| cost.value)
    }

    /// The costs of a part.
    pub(crate) fn part(&self, part: &str) -> impl Iterator<Item = &Cost> {
        self.costs.iter().filter(move |cost| cost.part == part)
    }
}

impl RowResult {
    /// The row's name, as `Row` displays it.
    pub(crate) fn name(&self) -> String {
        let name = format!("{} {}/{}", self.runtime, self.shape, self.capacity);
        if self.bytes == 8 {
            name
        } else {
            format!("{name} {}B", self.bytes)
        }
    }

    /// The median of a library.
    pub(crate) fn median_of(&self, library: &str) -> Option<f64> {
        let rate = self.rates.iter().find(|rate| rate.library == library)?;
        Some(rate.median)
    }

    /// The best library, as general as ours.
    pub(crate) fn best_general(&self) -> Option<&Rate> {
        self.best(|name| LIBRARIES.iter().any(|l| l.name == name && l.general))
    }

    /// Our figure over the others'.
    pub(crate) fn ratios(&self) -> Ratios {
        let Some(ours) = self.median_of(OURS) else {
            return Ratios::default();
        };
        let over = |best: &Rate| (ours / best.median, best.library.clone());
        Ratios {
            general: self.best_general().map(over),
            all: self.best(|_| true).map(over),
            go: self.median_of(GO).map(|go| ours / go),
        }
    }

    fn best(&self, counts: impl Fn(&str) -> bool) -> Option<&Rate> {
        let peers = self
            .rates
            .iter()
            .filter(|rate| rate.library != OURS && rate.library != GO && counts(&rate.library));
        peers.max_by(|one, other| one.median.total_cmp(&other.median))
    }
}

impl Rate {
    /// Of the rounds' rates, of which there is at least one.
    pub(crate) fn of(library: &str, mut rounds: Vec<f64>) -> Self {
        rounds.sort_by(f64::total_cmp);
        Self {
            library: library.to_owned(),
            median: rounds[(rounds.len() - 1) / 2],
            low: rounds[0],
            high: rounds[rounds.len() - 1],
        }
    }
}

/// The middle of `figures`, of which there is at least one; the lower middle of an even number.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[(figures.len() - 1) / 2]
}

/// The sample that such a part of all, which are sorted, do not exceed.
pub(crate) fn percentile(sorted: &[u32], part: f64) -> f64 {
    let rank = (sorted.len() as f64 * part).ceil() as usize;
    f64::from(sorted[rank.clamp(1, sorted.len()) - 1])
}

/// A figure with about three digits.
pub(crate) fn short(figure: f64) -> String {
    match figure.abs() {
        100.0.. => format!("{figure:.0}"),
        10.0.. => format!("{figure:.1}"),
        _ => format!("{figure:.2}"),
    }
}
