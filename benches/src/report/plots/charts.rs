//! The three kinds of chart: bars, lines, and dots on either side of 1.

use std::error::Error;
use std::path::Path;

use super::canvas::{Canvas, FAINT, GREY, INK, SERIES, Side, WIDTH, colour};
use crate::peers::OURS;
use crate::results::short;

type Drawn = Result<(), Box<dyn Error>>;

/// Bars that lie, in groups.
pub(super) struct Bars {
    pub(super) title: String,
    /// Whether the scale is, which then does not begin at 0.
    pub(super) logarithmic: bool,
    pub(super) groups: Vec<Group>,
}

/// The bars of one case, each of a library.
pub(super) struct Group {
    pub(super) name: String,
    pub(super) bars: Vec<(String, f64)>,
}

impl Bars {
    pub(super) fn draw(&self, file: &Path) -> Drawn {
        const BAR: i32 = 9;
        const GAP: i32 = 12;
        const TOP: i32 = 76;

        let bars = self.groups.iter().flat_map(|group| &group.bars);
        let figures = || bars.clone().map(|(_, figure)| *figure);
        let most = figures().fold(0.0, f64::max);
        let least = figures().fold(f64::INFINITY, f64::min);
        let longest = self.groups.iter().map(|group| group.name.len()).max();
        let left = 24 + 7 * longest.unwrap_or_default() as i32;
        let scale = if self.logarithmic {
            Scale::logarithmic((least / 1.5, most), (left, WIDTH - 60))
        } else {
            Scale::linear(most, (left, WIDTH - 60))
        };

        let height = |group: &Group| BAR * group.bars.len() as i32 + GAP;
        let bottom = TOP + self.groups.iter().map(height).sum::<i32>();
        let canvas = Canvas::new(file, bottom + 30, &self.title)?;
        let mut libraries: Vec<&str> = Vec::new();
        for (library, _) in bars.clone() {
            if !libraries.contains(&&**library) {
                libraries.push(library);
            }
        }
        canvas.legend((16, 48), libraries.iter().map(|name| (*name, colour(name))))?;
        for tick in scale.ticks() {
            let x = scale.place(tick);
            canvas.line(vec![(x, TOP - 8), (x, bottom)], &FAINT, 1)?;
            canvas.words((x, bottom + 12), &number(tick), 12, &GREY, Side::Middle)?;
        }

        let mut y = TOP;
        for group in &self.groups {
            let middle = y + BAR * group.bars.len() as i32 / 2;
            canvas.words((left - 8, middle), &group.name, 13, &INK, Side::Left)?;
            for (library, figure) in &group.bars {
                let end = scale.place(*figure).max(left + 1);
                canvas.block((left, y), (end, y + BAR - 2), &colour(library))?;
                let ink = if library == OURS { &INK } else { &GREY };
                canvas.words(
                    (end + 4, y + BAR / 2 - 1),
                    &short(*figure),
                    9,
                    ink,
                    Side::Right,
                )?;
                y += BAR;
            }
            y += GAP;
        }
        canvas.line(vec![(left, TOP - 8), (left, bottom)], &INK, 1)?;
        canvas.finish()
    }
}

/// Lines over a number, both scales logarithmic.
pub(super) struct Lines<'a> {
    pub(super) title: &'a str,
    /// What the horizontal and the vertical scale are of.
    pub(super) axes: [&'a str; 2],
    pub(super) series: Vec<(String, Vec<(f64, f64)>)>,
}

impl Lines<'_> {
    pub(super) fn draw(&self, file: &Path) -> Drawn {
        const TOP: i32 = 66;
        const BOTTOM: i32 = 430;
        const LEFT: i32 = 70;
        const RIGHT: i32 = WIDTH - 190;

        let points = || self.series.iter().flat_map(|(_, points)| points);
        let range = |of: &dyn Fn(&(f64, f64)) -> f64| {
            let figures = || points().map(of);
            let least = figures().fold(f64::INFINITY, f64::min);
            (least, figures().fold(0.0, f64::max))
        };
        let across = Scale::logarithmic(range(&|point| point.0), (LEFT, RIGHT));
        let (least, most) = range(&|point| point.1);
        let up = Scale::logarithmic((least / 1.5, most * 1.5), (BOTTOM, TOP));

        let canvas = Canvas::new(file, BOTTOM + 56, self.title)?;
        for tick in up.ticks() {
            let y = up.place(tick);
            canvas.line(vec![(LEFT, y), (RIGHT, y)], &FAINT, 1)?;
            canvas.words((LEFT - 8, y), &number(tick), 12, &GREY, Side::Left)?;
        }
        let mut places: Vec<f64> = points().map(|point| point.0).collect();
        places.sort_by(f64::total_cmp);
        places.dedup();
        for place in places {
            let x = across.place(place);
            canvas.line(vec![(x, TOP), (x, BOTTOM)], &FAINT, 1)?;
            canvas.words((x, BOTTOM + 14), &number(place), 12, &GREY, Side::Middle)?;
        }
        let middle = (LEFT + RIGHT) / 2;
        canvas.words((middle, BOTTOM + 36), self.axes[0], 13, &INK, Side::Middle)?;
        canvas.words((16, 46), self.axes[1], 13, &INK, Side::Right)?;

        let mut names = Vec::new();
        for (library, points) in &self.series {
            let points = points.iter().map(|(x, y)| (across.place(*x), up.place(*y)));
            let points: Vec<_> = points.collect();
            let width = if library.starts_with(OURS) { 4 } else { 2 };
            canvas.line(points.clone(), &colour(library), width)?;
            for point in &points {
                canvas.dot(*point, 3, &colour(library))?;
            }
            names.extend(points.last().map(|last| (last.1, library)));
        }
        // Each line's name stands at its end, or as near as there is room.
        names.sort_by_key(|(y, _)| *y);
        let mut free = TOP - 8;
        let count = names.len() as i32;
        for (place, (y, library)) in (0..).zip(names) {
            let at = y.max(free).min(BOTTOM - 16 * (count - place - 1));
            free = at + 16;
            let ends = vec![(RIGHT + 5, y), (RIGHT + 14, at)];
            canvas.line(ends, &colour(library), 1)?;
            canvas.words((RIGHT + 18, at), library, 13, &colour(library), Side::Right)?;
        }
        canvas.finish()
    }
}

/// Dots for ratios, left and right of 1, on a logarithmic scale.
pub(super) struct Ratios<'a> {
    pub(super) title: &'a str,
    /// The names of the kinds of dots.
    pub(super) series: Vec<&'a str>,
    /// Each with its dots, which have their kind and their ratio.
    pub(super) rows: Vec<(String, Vec<(usize, f64)>)>,
}

impl Ratios<'_> {
    pub(super) fn draw(&self, file: &Path) -> Drawn {
        const ROW: i32 = 20;
        const TOP: i32 = 84;
        const LEFT: i32 = 140;
        const LEAST: f64 = 0.25;
        const MOST: f64 = 8.0;

        let bottom = TOP + ROW * self.rows.len() as i32;
        let scale = Scale::logarithmic((LEAST, MOST), (LEFT, WIDTH - 40));
        let canvas = Canvas::new(file, bottom + 40, self.title)?;
        let names = self.series.iter().copied().zip(SERIES);
        canvas.legend((16, 48), names)?;
        for (number, _) in self
            .rows
            .iter()
            .enumerate()
            .filter(|(number, _)| number % 2 == 0)
        {
            let y = TOP + ROW * number as i32;
            let band = plotters::style::RGBColor(0xf6, 0xf8, 0xfa);
            canvas.block((LEFT, y), (WIDTH - 40, y + ROW), &band)?;
        }
        for tick in [0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0] {
            let x = scale.place(tick);
            let (ink, width) = if tick == 1.0 { (&INK, 2) } else { (&FAINT, 1) };
            canvas.line(vec![(x, TOP), (x, bottom)], ink, width)?;
            for y in [TOP - 10, bottom + 14] {
                canvas.words((x, y), &format!("{tick}"), 12, &GREY, Side::Middle)?;
            }
        }
        for (number, (name, dots)) in (0..).zip(&self.rows) {
            let y = TOP + ROW * number + ROW / 2;
            canvas.words((LEFT - 8, y), name, 13, &INK, Side::Left)?;
            // What is beyond the scale lies on its edge.
            for (kind, ratio) in dots {
                let x = scale.place(ratio.clamp(LEAST, MOST));
                canvas.dot((x, y), 5, &SERIES[*kind])?;
            }
        }
        canvas.finish()
    }
}

/// Where on the canvas a figure lies.
struct Scale {
    logarithmic: bool,
    range: (f64, f64),
    pixels: (i32, i32),
}

impl Scale {
    /// From 0.
    fn linear(most: f64, pixels: (i32, i32)) -> Self {
        Self {
            logarithmic: false,
            range: (0.0, most),
            pixels,
        }
    }

    fn logarithmic(range: (f64, f64), pixels: (i32, i32)) -> Self {
        Self {
            logarithmic: true,
            range,
            pixels,
        }
    }

    fn place(&self, figure: f64) -> i32 {
        let on = |figure: f64| {
            if self.logarithmic {
                figure.ln()
            } else {
                figure
            }
        };
        let (least, most) = (on(self.range.0), on(self.range.1));
        let part = (on(figure) - least) / (most - least);
        let (from, to) = (f64::from(self.pixels.0), f64::from(self.pixels.1));
        (from + part * (to - from)).round() as i32
    }

    /// Round figures within the range: about six, or the powers of ten.
    fn ticks(&self) -> Vec<f64> {
        let (least, most) = self.range;
        if self.logarithmic {
            let powers = (0..12).map(|power| 10f64.powi(power));
            return powers
                .filter(|tick| (least..=most).contains(tick))
                .collect();
        }
        let power = 10f64.powf((most / 6.0).log10().floor());
        let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
        let step = steps.into_iter().find(|step| most / step <= 7.0);
        let step = step.unwrap_or(most);
        (0..)
            .map(|tick| f64::from(tick) * step)
            .take_while(|tick| *tick <= most)
            .collect()
    }
}

/// A round figure, with a comma between thousands and millions.
fn number(figure: f64) -> String {
    match figure {
        1_000_000.0.. => format!("{:.0},000,000", figure / 1e6),
        1_000.0.. => format!("{:.0},{:03.0}", (figure / 1e3).floor(), figure % 1e3),
        _ => format!("{figure}"),
    }
}
