//! Running an example on the runtime of the user's choice.

use std::fmt;
use std::future::Future;
use std::str::FromStr;

/// What `--runtime` names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RuntimeName {
    /// tokio, with as many threads as the machine has cores.
    #[default]
    Tokio,
    /// smol, with as many threads as the variable `SMOL_THREADS` says, besides the main one; 1 if
    /// it says nothing.
    Smol,
    /// async-std, with as many threads as the machine has cores.
    AsyncStd,
}

impl FromStr for RuntimeName {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "tokio" => Ok(RuntimeName::Tokio),
            "smol" => Ok(RuntimeName::Smol),
            "async-std" => Ok(RuntimeName::AsyncStd),
            _ => Err("not one of tokio, smol, async-std"),
        }
    }
}

impl fmt::Display for RuntimeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RuntimeName::Tokio => "tokio",
            RuntimeName::Smol => "smol",
            RuntimeName::AsyncStd => "async-std",
        })
    }
}

/// Runs a future on the named runtime: `run!(name, |rt| main(rt, 7))`.
///
/// A macro, because `rt` has another type on each runtime, which a closure's argument cannot.
#[macro_export]
macro_rules! run {
    ($name:expr, |$rt:ident| $main:expr) => {
        match $name {
            $crate::RuntimeName::Tokio => {
                let $rt = $crate::Tokio;
                $crate::on_tokio($main)
            }
            $crate::RuntimeName::Smol => {
                let $rt = $crate::Smol;
                $crate::on_smol($main)
            }
            $crate::RuntimeName::AsyncStd => {
                let $rt = $crate::AsyncStd;
                $crate::on_async_std($main)
            }
        }
    };
}

/// Runs `main` on tokio.
pub fn on_tokio<F: Future>(main: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_time()
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(main),
        Err(error) => crate::bad_input(format_args!("tokio does not start: {error}")),
    }
}

/// Runs `main` on smol.
pub fn on_smol<F: Future>(main: F) -> F::Output {
    smol::block_on(main)
}

/// Runs `main` on async-std.
pub fn on_async_std<F: Future>(main: F) -> F::Output {
    async_std::task::block_on(main)
}
