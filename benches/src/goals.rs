//! What is aimed at, and how much of it a run has reached.

use crate::costs::{FLOOR, GIVES_UP, KEPT, LOCAL, ONE_TO_ONE, ROUND, SHARED};
use crate::peers::OURS;
use crate::results::{Results, RowResult, median, short};
use crate::row::On;

/// A ratio that a group of rows is to have.
struct RowGoal {
    rows: &'static str,
    /// What all are to have.
    aim: f64,
    /// What none may be below, where that is less.
    least: Option<f64>,
    belongs: fn(&RowResult) -> bool,
    ratio: fn(&RowResult) -> Option<f64>,
}

/// In the order in which they are shown.
const ROWS: [RowGoal; 9] = [
    RowGoal {
        rows: "1x1, 4x1, 4x4 at 0, 1, 100, one thread",
        aim: 1.3,
        least: Some(1.15),
        belongs: |row| is_bounded_fan(row) && is_on_one_thread(row),
        ratio: to_best,
    },
    RowGoal {
        rows: "the same, two threads of tokio",
        aim: 1.3,
        least: Some(1.1),
        belongs: |row| is_bounded_fan(row) && is_on(row, On::Tokio2),
        ratio: to_best,
    },
    RowGoal {
        rows: "the same, two threads of smol and async-std",
        aim: 1.0,
        least: None,
        belongs: |row| is_bounded_fan(row) && (is_on(row, On::Smol2) || is_on(row, On::AsyncStd)),
        ratio: to_best,
    },
    RowGoal {
        rows: "unbounded",
        aim: 1.1,
        least: None,
        belongs: |row| is_on_tasks(row) && row.capacity == "unbounded",
        ratio: to_best,
    },
    RowGoal {
        rows: "pingpong",
        aim: 1.25,
        least: None,
        belongs: |row| is_on_tasks(row) && row.shape == "pingpong",
        ratio: to_best,
    },
    RowGoal {
        rows: "selects, one thread",
        aim: 2.0,
        least: None,
        belongs: |row| is_select(row) && is_on_one_thread(row),
        ratio: to_best,
    },
    RowGoal {
        rows: "selects, two threads",
        aim: 1.3,
        least: None,
        belongs: |row| is_select(row) && !is_on_one_thread(row),
        ratio: to_best,
    },
    RowGoal {
        rows: "selects over Go's",
        aim: 3.0,
        least: None,
        belongs: is_select,
        ratio: |row| row.ratios().go,
    },
    RowGoal {
        rows: "blocking calls on threads",
        aim: 1.0,
        least: None,
        belongs: |row| !is_on_tasks(row),
        ratio: |row| row.ratios().all.map(|(ratio, _)| ratio),
    },
];

fn to_best(row: &RowResult) -> Option<f64> {
    row.ratios().general.map(|(ratio, _)| ratio)
}

fn is_on(row: &RowResult, runtime: On) -> bool {
    row.runtime == runtime.name()
}

fn is_on_one_thread(row: &RowResult) -> bool {
    On::ALL.iter().any(|on| on.is_single() && is_on(row, *on))
}

fn is_on_tasks(row: &RowResult) -> bool {
    !is_on(row, On::Threads)
}

fn is_select(row: &RowResult) -> bool {
    row.shape.starts_with("select")
}

fn is_bounded_fan(row: &RowResult) -> bool {
    row.shape.contains('x') && row.capacity != "unbounded" && is_on_tasks(row)
}

/// A figure that is no rate of messages: its part, case, number and library.
type Figure = (&'static str, &'static str, Option<usize>, &'static str);

/// A ratio of two of them.
struct CostGoal {
    what: &'static str,
    /// What it is to have at least, or at most.
    aim: f64,
    at_most: bool,
    figure: Figure,
    over: Figure,
}

/// In the order in which they are shown.
const COSTS: [CostGoal; 4] = [
    CostGoal {
        what: "1x1/100 on one thread over two lock pairs a message",
        aim: 0.65,
        at_most: false,
        figure: ("floor", ONE_TO_ONE, None, SHARED),
        over: ("floor", ONE_TO_ONE, None, FLOOR),
    },
    CostGoal {
        what: "the local channel over the shared one, 1x1/100",
        aim: 2.0,
        at_most: false,
        figure: ("floor", ONE_TO_ONE, None, LOCAL),
        over: ("floor", ONE_TO_ONE, None, SHARED),
    },
    CostGoal {
        what: "to give up behind 100,000 others over behind one",
        aim: 2.0,
        at_most: true,
        figure: ("cancel", GIVES_UP, Some(100_000), OURS),
        over: ("cancel", GIVES_UP, Some(1), OURS),
    },
    CostGoal {
        what: "a round of a kept set, 1,024 arms over 2",
        aim: 3.0,
        at_most: true,
        figure: ("arms", ROUND, Some(1_024), KEPT),
        over: ("arms", ROUND, Some(2), KEPT),
    },
];

/// What is said of each goal.
pub(crate) const COLUMNS: [&str; 4] = ["goal", "reached by", "median", "lowest"];

/// A line under these.
pub(crate) type Reached = [String; COLUMNS.len()];

/// What a run has reached, of what it has figures of.
pub(crate) fn reached(results: &Results) -> Vec<Reached> {
    let rows = ROWS.iter().filter_map(|goal| goal.reached(results));
    let costs = COSTS.iter().filter_map(|goal| goal.reached(results));
    rows.chain(costs).collect()
}

impl RowGoal {
    fn reached(&self, results: &Results) -> Option<Reached> {
        let rows = results.rows.iter().filter(|row| (self.belongs)(row));
        let ratios = rows.filter_map(|row| Some(((self.ratio)(row)?, row.name())));
        let ratios: Vec<_> = ratios.collect();
        let (lowest, row) = ratios
            .iter()
            .min_by(|one, other| one.0.total_cmp(&other.0))?;
        let least = self.least.map(|least| format!(", none below {least}"));
        let least = least.unwrap_or_default();
        let have = ratios.iter().filter(|(ratio, _)| *ratio >= self.aim);
        Some([
            format!("{}: {}{least}", self.rows, self.aim),
            format!("{} of {}", have.count(), ratios.len()),
            short(median(ratios.iter().map(|(ratio, _)| *ratio).collect())),
            format!("{}, {row}", short(*lowest)),
        ])
    }
}

impl CostGoal {
    fn reached(&self, results: &Results) -> Option<Reached> {
        let figure = |(part, case, x, library): Figure| results.cost(part, case, x, library);
        let ratio = figure(self.figure)? / figure(self.over)?;
        let (bound, reached) = if self.at_most {
            ("at most ", ratio <= self.aim)
        } else {
            ("", ratio >= self.aim)
        };
        Some([
            format!("{}: {bound}{}", self.what, self.aim),
            format!("{} of 1", usize::from(reached)),
            short(ratio),
            short(ratio),
        ])
    }
}
