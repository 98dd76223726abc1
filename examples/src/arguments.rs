//! The arguments of an example: `--runtime`, `--help` and its own.

use crate::{RuntimeName, complain};
use lexopt::Arg::{Long, Short, Value};
use std::ffi::{OsStr, OsString};
use std::fmt::{self, Display};
use std::path::Path;
use std::process;
use std::str::FromStr;

/// Describes an example's arguments; [`parse`](Arguments::parse) reads them.
///
/// ```no_run
/// let mut count = 100;
/// let runtime = examples::Arguments::new("prime_sieve [--count N]")
///     .option("count", &mut count)
///     .parse();
/// ```
pub struct Arguments<'a> {
    usage: &'static str,
    options: Vec<(&'static str, Reader<'a>)>,
    flags: Vec<(&'static str, &'a mut bool)>,
    operands: Option<&'a mut Vec<OsString>>,
}

/// Reads an option's value into its place.
type Reader<'a> = Box<dyn FnMut(&OsStr) -> Result<(), String> + 'a>;

impl<'a> Arguments<'a> {
    /// An example that takes `--runtime NAME` and `--help`, and what is added below.
    pub fn new(usage: &'static str) -> Self {
        Arguments {
            usage,
            options: Vec::new(),
            flags: Vec::new(),
            operands: None,
        }
    }

    /// Adds `--name VALUE`; without it, `place` stays as it is.
    pub fn option<T>(mut self, name: &'static str, place: &'a mut T) -> Self
    where
        T: FromStr,
        T::Err: Display,
    {
        let read = move |value: &OsStr| {
            *place = parse_value(name, value)?;
            Ok(())
        };
        self.options.push((name, Box::new(read)));
        self
    }

    /// Adds `--name`, which sets `place`.
    pub fn flag(mut self, name: &'static str, place: &'a mut bool) -> Self {
        self.flags.push((name, place));
        self
    }

    /// Allows arguments that are not options, and collects them.
    pub fn operands(mut self, place: &'a mut Vec<OsString>) -> Self {
        self.operands = Some(place);
        self
    }

    /// Reads the program's arguments and says on which runtime to run.
    ///
    /// Asked for `--help`, or given what it does not know, it ends the program.
    pub fn parse(mut self) -> RuntimeName {
        match self.read(lexopt::Parser::from_env()) {
            Ok(Some(runtime)) => runtime,
            Ok(None) => {
                crate::say!("usage: {} [--runtime tokio|smol|async-std]", self.usage);
                process::exit(0);
            }
            Err(error) => bad_input(error),
        }
    }

    fn read(&mut self, mut parser: lexopt::Parser) -> Result<Option<RuntimeName>, lexopt::Error> {
        let mut runtime = RuntimeName::default();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("help") | Short('h') => return Ok(None),
                Long("runtime") => runtime = parse_value("runtime", &parser.value()?)?,
                Long(name) => {
                    if let Some((_, flag)) = self.flags.iter_mut().find(|flag| flag.0 == name) {
                        **flag = true;
                    } else if let Some((_, read)) =
                        self.options.iter_mut().find(|option| option.0 == name)
                    {
                        read(&parser.value()?)?;
                    } else {
                        return Err(Long(name).unexpected());
                    }
                }
                Value(operand) => match &mut self.operands {
                    Some(operands) => operands.push(operand),
                    None => return Err(Value(operand).unexpected()),
                },
                Short(_) => return Err(argument.unexpected()),
            }
        }
        Ok(Some(runtime))
    }
}

fn parse_value<T>(name: &str, value: &OsStr) -> Result<T, String>
where
    T: FromStr,
    T::Err: Display,
{
    let parsed = match value.to_str() {
        Some(text) => text.parse().map_err(|error: T::Err| error.to_string()),
        None => Err("not valid UTF-8".to_owned()),
    };
    parsed.map_err(|error| format!("--{name} {}: {error}", Path::new(value).display()))
}

impl fmt::Debug for Arguments<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Arguments").field(&self.usage).finish()
    }
}

/// Ends the program with exit status 2 and this message, on one line of stderr.
pub fn bad_input(message: impl Display) -> ! {
    complain(message);
    process::exit(2);
}
