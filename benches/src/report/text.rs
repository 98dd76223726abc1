//! The results in markdown: a summary for README.md, and all of them on a page.

use crate::costs::{FLOOR, GIVES_UP, KEPT, LOCAL, ONE_TO_ONE, ROUND, SHARED};
use crate::goals;
use crate::peers::{LIBRARIES, OURS};
use crate::results::{Results, RowResult, short};
use crate::row::{On, SHAPES};

/// What stands where there is no figure.
const NONE: &str = "–";

/// A line of the summary's second table: what, and the figures of which it consists, each by its
/// part, case and number.
type Line = (
    &'static str,
    &'static [(&'static str, &'static str, Option<usize>)],
);

const MILLION: Option<usize> = Some(1_000_000);

/// Those figures that README.md shows.
const COSTS: [Line; 10] = [
    (
        "a token there and back, two threads, rendezvous: p50 / p99 / p99.9, ns",
        &[
            ("latency", "tokio2 pingpong/0 p50", None),
            ("latency", "tokio2 pingpong/0 p99", None),
            ("latency", "tokio2 pingpong/0 p99.9", None),
        ],
    ),
    (
        "the same at capacity 1",
        &[
            ("latency", "tokio2 pingpong/1 p50", None),
            ("latency", "tokio2 pingpong/1 p99", None),
            ("latency", "tokio2 pingpong/1 p99.9", None),
        ],
    ),
    (
        "a take that gives up behind 1 / 1,000 / 100,000 others, ns",
        &[
            ("cancel", GIVES_UP, Some(1)),
            ("cancel", GIVES_UP, Some(1_000)),
            ("cancel", GIVES_UP, Some(100_000)),
        ],
    ),
    (
        "a select made afresh over 2 / 64 / 1,024 arms, ns",
        &[
            ("arms", ROUND, Some(2)),
            ("arms", ROUND, Some(64)),
            ("arms", ROUND, Some(1_024)),
        ],
    ),
    (
        "an idle channel of capacity 0 / 1 / 100, bytes",
        &[
            ("memory", "idle channel of capacity 0 with both ends", None),
            ("memory", "idle channel of capacity 1 with both ends", None),
            (
                "memory",
                "idle channel of capacity 100 with both ends",
                None,
            ),
        ],
    ),
    (
        "a parked put / take / select over 8, bytes",
        &[
            ("memory", "parked put", None),
            ("memory", "parked take", None),
            ("memory", "parked select over 8 with its ends", None),
        ],
    ),
    (
        "one of a million processes that wait: bytes in use / in RAM",
        &[
            ("processes", "waiting process in use", MILLION),
            ("processes", "waiting process in RAM", MILLION),
        ],
    ),
    (
        "a daisy chain of a million processes: seconds / peak MiB",
        &[
            ("processes", "daisy chain", MILLION),
            ("processes", "daisy chain peak RAM", MILLION),
        ],
    ),
    (
        "16 tokio workers on these cores, a put or take at 8x8/100: p50 / p99.9, ns",
        &[
            ("crowd", "tokio16 8x8/100 p50", None),
            ("crowd", "tokio16 8x8/100 p99.9", None),
        ],
    ),
    (
        "16 threads on these cores, the same with blocking calls",
        &[
            ("crowd", "threads16 8x8/100 p50", None),
            ("crowd", "threads16 8x8/100 p99.9", None),
        ],
    ),
];

/// What README.md says: our ratios, the other figures, and the plots.
pub(super) fn summary(results: &Results) -> String {
    let mut text = String::new();
    let fact = |name: &str| {
        let fact = results.facts.iter().find(|(other, _)| other == name);
        fact.map_or(NONE, |(_, what)| what)
    };
    text.push_str(&format!(
        "{}, {}, {}; {}. Our rate over that of the best peer in the same run, at capacity 0 / 1 / 100 / unbounded:\n\n",
        fact("date"),
        fact("machine"),
        fact("compiler"),
        fact("figures"),
    ));
    ratios(&mut text, results, &|row| {
        row.ratios().general.map(|(ratio, _)| ratio)
    });
    text.push_str(
        "\nThe best of kanal, flume, async-channel, crossfire and asyncband, whose channels are as general as ours, with ends that \
         may be cloned on both sides; under `threads` it is crossbeam-channel. Ratios to channels for one consumer or one producer \
         only, to Go, and every figure: [docs/speed](docs/speed/README.md).\n\n\
         ![Our rate over the best peer's in each row](docs/speed/ratios.svg)\n\n\
         ![Million messages a second on one thread of tokio](docs/speed/tokio1.svg)\n\n",
    );
    let libraries = [
        OURS,
        "kanal",
        "flume",
        "async-channel",
        "crossfire",
        "asyncband",
        "go",
        "crossbeam",
    ];
    table(&mut text, "besides", libraries.iter().copied());
    for (what, figures) in COSTS {
        let cells = libraries.iter().map(|library| {
            let figures = figures.iter().map(|(part, case, x)| {
                let cost = results.cost(part, case, *x, library);
                cost.map_or(NONE.to_owned(), grouped)
            });
            let figures: Vec<_> = figures.collect();
            if figures.iter().all(|figure| figure == NONE) {
                NONE.to_owned()
            } else {
                figures.join(" / ")
            }
        });
        line(&mut text, what, cells);
    }
    text.push_str(&format!("\n{}\n\n", floor(results)));
    text.push_str(
        "![What it costs to give up, depending on how many wait](docs/speed/waiters.svg)\n\n\
         ![What a round of a select costs, depending on how many arms it has](docs/speed/arms.svg)\n",
    );
    text
}

/// All results, with the plots.
pub(super) fn page(results: &Results) -> String {
    let mut text = String::from("# Speed\n\n");
    text.push_str(
        "Written by `cargo run --release -p benches -- --save`; the figures are in [throughput.csv](throughput.csv) and \
         [costs.csv](costs.csv).\n\n",
    );
    for (name, what) in &results.facts {
        text.push_str(&format!("- {name}: {what}\n"));
    }
    text.push_str(&format!("- {}\n", floor(results)));

    text.push_str("\n## Goals\n\nRatios to the best library whose channels are as general as ours, where nothing else is said. [Why some are not reached](behind.md).\n\n");
    let [first, others @ ..] = goals::COLUMNS;
    table(&mut text, first, others.into_iter());
    for [first, others @ ..] in goals::reached(results) {
        line(&mut text, &first, others.into_iter());
    }

    text.push_str("\n## Ratios\n\nOur rate over that of the best library whose channels are as general as ours:\n\n");
    ratios(&mut text, results, &|row| {
        row.ratios().general.map(|(ratio, _)| ratio)
    });
    text.push_str(
        "\nOver the best of all, those for one consumer or one producer only among them:\n\n",
    );
    ratios(&mut text, results, &|row| {
        row.ratios().all.map(|(ratio, _)| ratio)
    });
    text.push_str("\nOver Go's channels, on as many threads:\n\n");
    ratios(&mut text, results, &|row| row.ratios().go);
    text.push_str("\n![Our rate over the best peer's in each row](ratios.svg)\n");

    text.push_str("\n## Rates\n\nMillion messages a second. `PxC/n`: P producers, C consumers, capacity n; `selectN`: one consumer that selects over N channels, anew for each message.\n");
    for runtime in On::ALL {
        let rows = || {
            results
                .rows
                .iter()
                .filter(|row| row.runtime == runtime.name())
        };
        if rows().count() == 0 {
            continue;
        }
        text.push_str(&format!(
            "\n### {0}\n\n![Million messages a second, {0}]({0}.svg)\n\n",
            runtime.name()
        ));
        let libraries: Vec<_> = LIBRARIES
            .iter()
            .filter(|library| library.runs_on(runtime))
            .collect();
        let names = libraries.iter().map(|library| library.name);
        table(
            &mut text,
            "row",
            names.chain(["to best alike", "to best of all", "to Go"]),
        );
        for row in rows() {
            let ratios = row.ratios();
            let with_name = |ratio: Option<(f64, String)>| {
                ratio.map_or(NONE.to_owned(), |(ratio, name)| {
                    format!("{ratio:.2} {name}")
                })
            };
            let rates = libraries
                .iter()
                .map(|library| row.median_of(library.name).map_or(NONE.to_owned(), short));
            let verdicts = [
                with_name(ratios.general),
                with_name(ratios.all),
                ratios
                    .go
                    .map_or(NONE.to_owned(), |ratio| format!("{ratio:.2}")),
            ];
            line(&mut text, &row.name(), rates.chain(verdicts));
        }
    }

    text.push_str("\n## Other costs\n\n![What it costs to give up](waiters.svg)\n\n![What a select costs](arms.svg)\n\n![Memory](memory.svg)\n\n![Latency](latency.svg)\n");
    let mut parts: Vec<&str> = results.costs.iter().map(|cost| &*cost.part).collect();
    parts.dedup();
    for part in parts {
        text.push_str(&format!("\n### {part}\n\n"));
        costs(&mut text, results, part);
    }
    text
}

/// A table with a row for each shape and size of item, and a column for each runtime; a cell has
/// the ratios at each capacity. Rows without any are left out.
fn ratios(text: &mut String, results: &Results, ratio: &dyn Fn(&RowResult) -> Option<f64>) {
    table(text, "", On::ALL.iter().map(|runtime| runtime.name()));
    let shapes = SHAPES.map(|(shape, _)| (shape.to_string(), 8));
    let sizes = [("1x1".to_owned(), 64), ("1x1".to_owned(), 1_024)];
    for (shape, bytes) in shapes.into_iter().chain(sizes) {
        let mut some = false;
        let cells: Vec<_> = On::ALL
            .iter()
            .map(|runtime| {
                let rows = results.rows.iter().filter(|row| {
                    (&*row.runtime, &row.shape, row.bytes) == (runtime.name(), &shape, bytes)
                });
                let ratios: Vec<_> = rows.map(ratio).collect();
                if ratios.iter().all(Option::is_none) {
                    return NONE.to_owned();
                }
                some = true;
                let cells = ratios
                    .into_iter()
                    .map(|ratio| ratio.map_or(NONE.to_owned(), |ratio| format!("{ratio:.2}")));
                cells.collect::<Vec<_>>().join(" / ")
            })
            .collect();
        let name = if bytes == 8 {
            shape
        } else {
            format!("{shape}, {bytes} bytes")
        };
        if some {
            line(text, &name, cells.into_iter());
        }
    }
}

/// A table of a part: a row for each case, and a column for each library.
fn costs(text: &mut String, results: &Results, part: &str) {
    let mut libraries: Vec<&str> = Vec::new();
    let mut cases: Vec<(&str, Option<usize>, &str)> = Vec::new();
    for cost in results.part(part) {
        if !libraries.contains(&&*cost.library) {
            libraries.push(&cost.library);
        }
        let case = (&*cost.case, cost.x, &*cost.unit);
        if !cases.contains(&case) {
            cases.push(case);
        }
    }
    table(text, "", libraries.iter().copied());
    for (case, x, unit) in cases {
        let name = match x {
            Some(x) => format!("{case}: {}, {unit}", grouped(x as f64)),
            None => format!("{case}, {unit}"),
        };
        let cells = libraries.iter().map(|library| {
            let cost = results.cost(part, case, x, library);
            cost.map_or(NONE.to_owned(), grouped)
        });
        line(text, &name, cells);
    }
}

/// The sentence on the floor and the channel without a lock.
fn floor(results: &Results) -> String {
    let of = |library| results.cost("floor", ONE_TO_ONE, None, library);
    let (Some(floor), Some(shared), Some(local)) = (of(FLOOR), of(SHARED), of(LOCAL)) else {
        return String::new();
    };
    let kept = |arms| results.cost("arms", ROUND, Some(arms), KEPT);
    let kept = match (kept(2), kept(1_024)) {
        (Some(two), Some(many)) => format!(
            " A round of a set that is kept, one arm of which becomes ready: {} ns with 2 arms, {} with 1,024.",
            short(two),
            short(many)
        ),
        _ => String::new(),
    };
    format!(
        "1x1/100 on one thread: {} M msg/s, which is {:.2} of what two uncontended lock pairs a message allow ({}); the local \
         channel {}, {:.1} times ours that is shared.{kept}",
        short(shared),
        shared / floor,
        short(floor),
        short(local),
        local / shared
    )
}

fn table<'a>(text: &mut String, first: &str, columns: impl Iterator<Item = &'a str>) {
    let columns: Vec<_> = columns.collect();
    text.push_str(&format!("| {first} | {} |\n", columns.join(" | ")));
    text.push_str(&format!("|---|{}\n", "---|".repeat(columns.len())));
}

fn line(text: &mut String, first: &str, cells: impl Iterator<Item = String>) {
    let cells: Vec<_> = cells.collect();
    text.push_str(&format!("| {first} | {} |\n", cells.join(" | ")));
}

/// A figure with three digits at least, and commas between thousands.
fn grouped(figure: f64) -> String {
    if figure < 1_000.0 {
        return match short(figure) {
            // Bytes and processes come whole.
            whole if figure.fract() == 0.0 => {
                whole.split('.').next().unwrap_or_default().to_owned()
            }
            short => short,
        };
    }
    let digits = format!("{figure:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
