//! Results as files: two lists in CSV, and back.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::results::{Cost, Rate, Results, RowResult};

/// The head of the list of rates.
const RATES: &str = "runtime,shape,capacity,bytes,library,median,low,high";

/// The head of the list of all other figures.
const COSTS: &str = "part,case,x,library,value,unit";

/// The folder of the results, beside the README that shows them.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/speed")
}

/// Writes both lists.
pub(crate) fn write(results: &Results, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut rates = String::new();
    for (name, what) in &results.facts {
        rates.push_str(&format!("# {name}: {what}\n"));
    }
    rates.push_str(RATES);
    rates.push('\n');
    for row in &results.rows {
        for rate in &row.rates {
            rates.push_str(&format!(
                "{},{},{},{},{},{:.3},{:.3},{:.3}\n",
                row.runtime,
                row.shape,
                row.capacity,
                row.bytes,
                rate.library,
                rate.median,
                rate.low,
                rate.high
            ));
        }
    }
    fs::write(folder.join("throughput.csv"), rates)?;

    let mut costs = format!("{COSTS}\n");
    for cost in &results.costs {
        let x = cost.x.map_or(String::new(), |x| x.to_string());
        costs.push_str(&format!(
            "{},{},{x},{},{:.1},{}\n",
            cost.part, cost.case, cost.library, cost.value, cost.unit
        ));
    }
    fs::write(folder.join("costs.csv"), costs)
}

/// Reads both lists.
pub(crate) fn read(folder: &Path) -> io::Result<Results> {
    let mut results = Results::default();
    for line in fs::read_to_string(folder.join("throughput.csv"))?.lines() {
        if let Some(fact) = line.strip_prefix("# ") {
            let (name, what) = fact.split_once(": ").ok_or_else(|| broken(line))?;
            results.facts.push((name.to_owned(), what.to_owned()));
        } else if line != RATES {
            add_rate(&mut results.rows, line).ok_or_else(|| broken(line))?;
        }
    }
    for line in fs::read_to_string(folder.join("costs.csv"))?.lines() {
        if line != COSTS {
            results.costs.push(cost(line).ok_or_else(|| broken(line))?);
        }
    }
    Ok(results)
}

fn add_rate(rows: &mut Vec<RowResult>, line: &str) -> Option<()> {
    let fields: Vec<&str> = line.split(',').collect();
    let [runtime, shape, capacity, bytes, library, median, low, high] = fields[..] else {
        return None;
    };
    let rate = Rate {
        library: library.to_owned(),
        median: median.parse().ok()?,
        low: low.parse().ok()?,
        high: high.parse().ok()?,
    };
    let row = RowResult {
        runtime: runtime.to_owned(),
        shape: shape.to_owned(),
        capacity: capacity.to_owned(),
        bytes: bytes.parse().ok()?,
        rates: Vec::new(),
    };
    match rows.last_mut() {
        Some(last) if last.name() == row.name() => last.rates.push(rate),
        _ => rows.push(RowResult {
            rates: vec![rate],
            ..row
        }),
    }
    Some(())
}

fn cost(line: &str) -> Option<Cost> {
    let fields: Vec<&str> = line.split(',').collect();
    let [part, case, x, library, value, unit] = fields[..] else {
        return None;
    };
    Some(Cost {
        part: part.to_owned(),
        case: case.to_owned(),
        x: if x.is_empty() {
            None
        } else {
            Some(x.parse().ok()?)
        },
        library: library.to_owned(),
        value: value.parse().ok()?,
        unit: unit.to_owned(),
    })
}

fn broken(line: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("not understood: {line}"),
    )
}
