//! A drawing of lines, boxes, dots and words, measured in pixels, and its colours.

use std::error::Error;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::costs::{KEPT, STREAMS};
use crate::peers::OURS;

pub(super) const WIDTH: i32 = 880;
pub(super) const INK: RGBColor = RGBColor(0x24, 0x29, 0x2f);
pub(super) const FAINT: RGBColor = RGBColor(0xd8, 0xde, 0xe4);
pub(super) const GREY: RGBColor = RGBColor(0x57, 0x60, 0x6a);

/// Where a word lies beside the point that it is written at.
#[derive(Clone, Copy)]
pub(super) enum Side {
    Left,
    Middle,
    Right,
}

pub(super) struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

impl<'a> Canvas<'a> {
    /// An empty one with a title, of the common width.
    pub(super) fn new(file: &'a Path, height: i32, title: &str) -> Result<Self, Box<dyn Error>> {
        let size = (WIDTH as u32, height as u32);
        let area = SVGBackend::new(file, size).into_drawing_area();
        // Not transparent: it is read on dark pages too.
        area.fill(&WHITE)?;
        let canvas = Self { area };
        canvas.words((16, 22), title, 16, &INK, Side::Right)?;
        Ok(canvas)
    }

    pub(super) fn words(
        &self,
        at: (i32, i32),
        words: &str,
        size: i32,
        colour: &RGBColor,
        side: Side,
    ) -> Result<(), Box<dyn Error>> {
        let side = match side {
            Side::Left => HPos::Right,
            Side::Middle => HPos::Center,
            Side::Right => HPos::Left,
        };
        let style = TextStyle::from(("sans-serif", size).into_font())
            .color(colour)
            .pos(Pos::new(side, VPos::Center));
        Ok(self.area.draw(&Text::new(words.to_owned(), at, style))?)
    }

    pub(super) fn block(
        &self,
        from: (i32, i32),
        to: (i32, i32),
        colour: &RGBColor,
    ) -> Result<(), Box<dyn Error>> {
        Ok(self
            .area
            .draw(&Rectangle::new([from, to], colour.filled()))?)
    }

    pub(super) fn line(
        &self,
        points: Vec<(i32, i32)>,
        colour: &RGBColor,
        width: u32,
    ) -> Result<(), Box<dyn Error>> {
        let style = colour.stroke_width(width);
        Ok(self.area.draw(&PathElement::new(points, style))?)
    }

    pub(super) fn dot(
        &self,
        at: (i32, i32),
        radius: i32,
        colour: &RGBColor,
    ) -> Result<(), Box<dyn Error>> {
        // A rim keeps those apart that touch.
        self.area
            .draw(&Circle::new(at, radius + 1, WHITE.filled()))?;
        Ok(self.area.draw(&Circle::new(at, radius, colour.filled()))?)
    }

    /// Names with a patch of their colours, in a row.
    pub(super) fn legend<'n>(
        &self,
        (mut x, y): (i32, i32),
        names: impl Iterator<Item = (&'n str, RGBColor)>,
    ) -> Result<(), Box<dyn Error>> {
        for (name, colour) in names {
            self.block((x, y - 5), (x + 12, y + 5), &colour)?;
            self.words((x + 17, y), name, 13, &INK, Side::Right)?;
            x += 36 + 7 * name.len() as i32;
        }
        Ok(())
    }

    /// Writes the file.
    pub(super) fn finish(self) -> Result<(), Box<dyn Error>> {
        Ok(self.area.present()?)
    }
}

/// The colour of a library, the same in every plot.
pub(super) fn colour(library: &str) -> RGBColor {
    match library {
        OURS => RGBColor(0x09, 0x69, 0xda),
        KEPT => RGBColor(0x05, 0x3d, 0x85),
        "kanal" => RGBColor(0xe8, 0x8a, 0x1a),
        "flume" => RGBColor(0x2d, 0xa4, 0x4e),
        "async-channel" => RGBColor(0x9a, 0x6f, 0xd0),
        STREAMS => RGBColor(0x5b, 0x32, 0x8f),
        "crossfire" | "crossbeam" => RGBColor(0xcf, 0x36, 0x45),
        "asyncband" => RGBColor(0x8f, 0x6b, 0x4a),
        "go" => RGBColor(0x1f, 0xb4, 0xc8),
        "std" | "tokio" => RGBColor(0x8c, 0x95, 0x9f),
        _ => GREY,
    }
}

/// Colours for things that are no libraries, in their order.
pub(super) const SERIES: [RGBColor; 6] = [
    RGBColor(0x09, 0x69, 0xda),
    RGBColor(0x5c, 0xb0, 0xf5),
    RGBColor(0x1a, 0x7f, 0x37),
    RGBColor(0x7c, 0xcf, 0x8e),
    RGBColor(0xe8, 0x8a, 0x1a),
    RGBColor(0x6e, 0x40, 0xc9),
];
