//! Results as something to look at: figures in lists, plots, and what README.md says about speed.

mod csv;
mod plots;
mod text;

use std::error::Error;
use std::fs;
use std::path::Path;

use crate::results::Results;

/// The block of README.md that is written here, between these two lines.
const BEGIN: &str = "<!-- written by: cargo run --release -p benches -- --save -->";
const END: &str = "<!-- end of what is written by it -->";

/// Writes the lists, then all that is made of them.
pub(crate) fn save(results: &Results) -> Result<(), Box<dyn Error>> {
    csv::write(results, &csv::folder())?;
    draw()
}

/// Makes plots and text anew, from the lists of the last run that was saved.
pub(crate) fn draw() -> Result<(), Box<dyn Error>> {
    let folder = csv::folder();
    let results = csv::read(&folder)?;
    plots::draw(&results, &folder)?;
    fs::write(folder.join("README.md"), text::page(&results))?;

    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let text = fs::read_to_string(&readme)?;
    let (before, rest) = text
        .split_once(BEGIN)
        .ok_or("README.md has no block for it")?;
    let (_, after) = rest.split_once(END).ok_or("README.md's block has no end")?;
    let summary = text::summary(&results);
    fs::write(
        &readme,
        format!("{before}{BEGIN}\n\n{summary}\n{END}{after}"),
    )?;
    Ok(())
}
