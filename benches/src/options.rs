//! The command line, parsed by hand.

use crate::peers;
use crate::row::Row;

const USAGE: &str = "flags: --rounds N, --messages N, --row TEXT, --peer NAME, --markdown";

/// What to run and how to print it.
pub(crate) struct Options {
    /// Rounds counted for each figure, at least one.
    pub(crate) rounds: usize,
    /// Messages a round, at least one.
    pub(crate) messages: usize,
    /// The rows to run, in the order of the table; never empty.
    pub(crate) rows: Vec<Row>,
    /// The libraries to run, in the order of the columns; never empty.
    pub(crate) libraries: Vec<&'static str>,
    /// Whether the table is printed in markdown.
    pub(crate) markdown: bool,
}

impl Options {
    /// Reads the arguments that follow the program's name; an error is one line for the user.
    pub(crate) fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            rounds: 7,
            messages: 100_000,
            rows: Row::all(),
            libraries: peers::libraries(),
            markdown: false,
        };
        let mut texts = Vec::new();
        let mut names = Vec::new();

        while let Some(flag) = args.next() {
            let mut value = || {
                args.next()
                    .ok_or_else(|| format!("{flag} wants a value; {USAGE}"))
            };
            match flag.as_str() {
                "--rounds" => options.rounds = positive(&flag, &value()?)?,
                "--messages" => options.messages = positive(&flag, &value()?)?,
                "--row" => texts.push(value()?),
                "--peer" => names.push(value()?),
                "--markdown" => options.markdown = true,
                _ => return Err(format!("unknown flag {flag}; {USAGE}")),
            }
        }

        if let Some(name) = names
            .iter()
            .find(|name| !options.libraries.contains(&name.as_str()))
        {
            return Err(format!(
                "no peer {name}; there are {}",
                options.libraries.join(", ")
            ));
        }
        if !names.is_empty() {
            options
                .libraries
                .retain(|library| names.iter().any(|name| name == library));
        }
        if !texts.is_empty() {
            options
                .rows
                .retain(|row| texts.iter().any(|text| row.to_string().contains(text)));
        }
        if options.rows.is_empty() {
            return Err(format!("no row has {} in its name", texts.join(" or ")));
        }
        Ok(options)
    }
}

fn positive(flag: &str, value: &str) -> Result<usize, String> {
    match value.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(format!("{flag} wants a number above 0, not {value}")),
    }
}
