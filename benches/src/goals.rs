//! What is aimed at, and how much of it a run has reached.

use crate::costs::{FLOOR, GIVES_UP, KEPT, LOCAL, ONE_TO_ONE, ROUND, SHARED};
use crate::peers::OURS;
use crate::results::{Results, RowResult, median, short};

/// A ratio that a group of rows is to have.
struct RowGoal {
    rows: &'static str,
    /// What all are to have.
    aim: f64,
    /// What none may be below, where that is not the aim itself.
    least: f64,
    belongs: fn(&RowResult) -> bool,
    ratio: fn(&RowResult) -> Option<f64>,
}

const ONE_THREAD: [&str; 2] = ["tokio1", "smol1"];
const TWO_THREADS: [&str; 3] = ["tokio2", "smol2", "async-std"];

/// In the order in which they are shown.
const ROWS: [RowGoal; 9] = [
    RowGoal {
        rows: "1x1, 4x1, 4x4 at 0, 1, 100, one thread",
        aim: 1.3,
        least: 1.15,
        belongs: |row| is_bounded_fan(row) && ONE_THREAD.contains(&&*row.runtime),
        ratio: to_best,
    },
    RowGoal {
        rows: "the same, two threads of tokio",
        aim: 1.3,
        least: 1.1,
        belongs: |row| is_bounded_fan(row) && row.runtime == "tokio2",
        ratio: to_best,
    },
    RowGoal {
        rows: "the same, two threads of smol and async-std",
        aim: 1.0,
        least: 1.0,
        belongs: |row| is_bounded_fan(row) && ["smol2", "async-std"].contains(&&*row.runtime),
        ratio: to_best,
    },
    RowGoal {
        rows: "unbounded",
        aim: 1.1,
        least: 1.1,
        belongs: |row| is_on_tasks(row) && row.capacity == "unbounded",
        ratio: to_best,
    },
    RowGoal {
        rows: "pingpong",
        aim: 1.25,
        least: 1.25,
        belongs: |row| is_on_tasks(row) && row.shape == "pingpong",
        ratio: to_best,
    },
    RowGoal {
        rows: "selects, one thread",
        aim: 2.0,
        least: 2.0,
        belongs: |row| is_select(row) && ONE_THREAD.contains(&&*row.runtime),
        ratio: to_best,
    },
    RowGoal {
        rows: "selects, two threads",
        aim: 1.3,
        least: 1.3,
        belongs: |row| is_select(row) && TWO_THREADS.contains(&&*row.runtime),
        ratio: to_best,
    },
    RowGoal {
        rows: "selects over Go's",
        aim: 3.0,
        least: 3.0,
        belongs: is_select,
        ratio: |row| row.ratios().go,
    },
    RowGoal {
        rows: "blocking calls on threads",
        aim: 1.0,
        least: 1.0,
        belongs: |row| !is_on_tasks(row),
        ratio: |row| row.ratios().all.map(|(ratio, _)| ratio),
    },
];

fn to_best(row: &RowResult) -> Option<f64> {
    row.ratios().general.map(|(ratio, _)| ratio)
}

fn is_on_tasks(row: &RowResult) -> bool {
    row.runtime != "threads"
}

fn is_select(row: &RowResult) -> bool {
    row.shape.starts_with("select")
}

fn is_bounded_fan(row: &RowResult) -> bool {
    row.shape.contains('x') && row.capacity != "unbounded" && is_on_tasks(row)
}

/// A ratio of two figures that are no rates of messages.
struct CostGoal {
    what: &'static str,
    /// What it is to have at least, or at most.
    aim: f64,
    at_most: bool,
    ratio: fn(&Results) -> Option<f64>,
}

/// In the order in which they are shown.
const COSTS: [CostGoal; 4] = [
    CostGoal {
        what: "1x1/100 on one thread over two lock pairs a message",
        aim: 0.65,
        at_most: false,
        ratio: |results| Some(floor(results, SHARED)? / floor(results, FLOOR)?),
    },
    CostGoal {
        what: "the local channel over the shared one, 1x1/100",
        aim: 2.0,
        at_most: false,
        ratio: |results| Some(floor(results, LOCAL)? / floor(results, SHARED)?),
    },
    CostGoal {
        what: "to give up behind 100,000 others over behind one",
        aim: 2.0,
        at_most: true,
        ratio: |results| {
            let behind = |others| results.cost("cancel", GIVES_UP, Some(others), OURS);
            Some(behind(100_000)? / behind(1)?)
        },
    },
    CostGoal {
        what: "a round of a kept set, 1,024 arms over 2",
        aim: 3.0,
        at_most: true,
        ratio: |results| {
            let round = |arms| results.cost("arms", ROUND, Some(arms), KEPT);
            Some(round(1_024)? / round(2)?)
        },
    },
];

fn floor(results: &Results, what: &str) -> Option<f64> {
    results.cost("floor", ONE_TO_ONE, None, what)
}

/// What has become of a goal.
pub(crate) struct Reached {
    /// Which.
    pub(crate) goal: String,
    /// By how many of its rows.
    pub(crate) by: String,
    /// The median of their ratios.
    pub(crate) median: String,
    /// The lowest of them, and which it is.
    pub(crate) lowest: String,
}

impl Reached {
    /// What the members stand for.
    pub(crate) const COLUMNS: [&str; 4] = ["goal", "reached by", "median", "lowest"];

    /// The members.
    pub(crate) fn cells(self) -> [String; 4] {
        [self.goal, self.by, self.median, self.lowest]
    }
}

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
        let least = if self.least < self.aim {
            format!(", none below {}", self.least)
        } else {
            String::new()
        };
        let have = ratios.iter().filter(|(ratio, _)| *ratio >= self.aim);
        Some(Reached {
            goal: format!("{}: {}{least}", self.rows, self.aim),
            by: format!("{} of {}", have.count(), ratios.len()),
            median: short(median(ratios.iter().map(|(ratio, _)| *ratio).collect())),
            lowest: format!("{}, {row}", short(*lowest)),
        })
    }
}

impl CostGoal {
    fn reached(&self, results: &Results) -> Option<Reached> {
        let ratio = (self.ratio)(results)?;
        let (bound, reached) = if self.at_most {
            ("at most ", ratio <= self.aim)
        } else {
            ("", ratio >= self.aim)
        };
        Some(Reached {
            goal: format!("{}: {bound}{}", self.what, self.aim),
            by: format!("{} of 1", usize::from(reached)),
            median: short(ratio),
            lowest: short(ratio),
        })
    }
}
