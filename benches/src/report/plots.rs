//! The plots, as SVG: which of the figures, and how they are named.

mod canvas;
mod charts;

use std::error::Error;
use std::path::Path;

use charts::{Bars, Group, Lines, Ratios};

use crate::peers::{GO, LIBRARIES, OURS};
use crate::results::Results;
use crate::row::On;

type Drawn = Result<(), Box<dyn Error>>;

/// Draws all of them into a folder.
pub(super) fn draw(results: &Results, folder: &Path) -> Drawn {
    for runtime in On::ALL {
        rates(
            results,
            runtime,
            &folder.join(format!("{}.svg", runtime.name())),
        )?;
    }
    ratios(results, &folder.join("ratios.svg"))?;
    lines(
        results,
        "cancel",
        "A take that gives up: time against the number of others that wait on the channel",
        ["others that wait", "nanoseconds to park and give up"],
        &folder.join("waiters.svg"),
    )?;
    lines(
        results,
        "arms",
        "A round of a select: time against the number of arms, one of which becomes ready",
        ["arms", "nanoseconds a round"],
        &folder.join("arms.svg"),
    )?;
    costs(
        results,
        "memory",
        "Memory, in bytes",
        false,
        &folder.join("memory.svg"),
    )?;
    costs(
        results,
        "latency",
        "A token there and back, in nanoseconds (logarithmic)",
        true,
        &folder.join("latency.svg"),
    )
}

/// The rows of a runtime: bars for each library as general as ours, and for Go.
fn rates(results: &Results, runtime: On, file: &Path) -> Drawn {
    let shown = |name: &str| {
        let column = LIBRARIES.iter().find(|library| library.name == name);
        column.is_some_and(|library| library.general || name == GO || runtime == On::Threads)
    };
    let rows = results.rows.iter();
    let rows = rows.filter(|row| row.runtime == runtime.name() && row.bytes == 8);
    let groups = rows.map(|row| Group {
        name: format!("{}/{}", row.shape, row.capacity),
        bars: row
            .rates
            .iter()
            .filter(|rate| shown(&rate.library))
            .map(|rate| (rate.library.clone(), rate.median))
            .collect(),
    });
    Bars {
        title: format!("{}: million messages a second", runtime.name()),
        logarithmic: false,
        groups: groups.collect(),
    }
    .draw(file)
}

/// Our ratio to the best peer in each row, a dot for each runtime.
fn ratios(results: &Results, file: &Path) -> Drawn {
    let mut rows: Vec<(String, Vec<(usize, f64)>)> = Vec::new();
    for row in &results.rows {
        let Some((ratio, _)) = row.ratios().general else {
            continue;
        };
        let name = row.name();
        let name = name.split_once(' ').map_or(&*name, |(_, row)| row);
        let runtime = On::ALL
            .iter()
            .position(|runtime| runtime.name() == row.runtime);
        let dot = (runtime.ok_or("a runtime that is not known")?, ratio);
        match rows.iter_mut().find(|(other, _)| other == name) {
            Some((_, dots)) => dots.push(dot),
            None => rows.push((name.to_owned(), vec![dot])),
        }
    }
    Ratios {
        title: "Our rate over that of the best peer as general (right of 1: we are faster)",
        series: On::ALL.map(On::name).to_vec(),
        rows,
    }
    .draw(file)
}

/// A part as lines over the number of something, both logarithmic.
fn lines(results: &Results, part: &str, title: &str, axes: [&str; 2], file: &Path) -> Drawn {
    let mut series: Vec<(String, Vec<(f64, f64)>)> = Vec::new();
    for cost in results.part(part) {
        let point = (cost.x.unwrap_or_default() as f64, cost.value);
        match series
            .iter_mut()
            .find(|(library, _)| *library == cost.library)
        {
            Some((_, points)) => points.push(point),
            None => series.push((cost.library.clone(), vec![point])),
        }
    }
    // Ours lie above the others.
    series.sort_by_key(|(library, _)| library.starts_with(OURS));
    Lines {
        title,
        axes,
        series,
    }
    .draw(file)
}

/// A part as bars, a group for each case.
fn costs(results: &Results, part: &str, title: &str, logarithmic: bool, file: &Path) -> Drawn {
    let mut groups: Vec<Group> = Vec::new();
    for cost in results.part(part) {
        let bar = (cost.library.clone(), cost.value);
        match groups.iter_mut().find(|group| group.name == cost.case) {
            Some(group) => group.bars.push(bar),
            None => groups.push(Group {
                name: cost.case.clone(),
                bars: vec![bar],
            }),
        }
    }
    Bars {
        title: title.to_owned(),
        logarithmic,
        groups,
    }
    .draw(file)
}
