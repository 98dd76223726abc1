//! The behaviour every adapter must show: one suite, generic over the runtime.
//!
//! An adapter's `tests/conformance.rs` is one line that names its crate, its runtime, and what runs
//! a future on it from a test:
//!
//! ```text
//! csp_conformance::suite!(csp_smol::Smol, smol::block_on);
//! ```
//!
//! What channels and selects mean is proved in `csp-core`. Here is what a runtime adds: processes,
//! time, threads. Nothing here depends on how fast anything is: times have lower bounds only.
#![forbid(unsafe_code)]

pub mod channelify;
pub mod process;
pub mod sharing;
mod storm;
pub mod time;
mod tools;

pub use storm::{abort, cancel, close, hostile, local, runtime};
pub use tools::Tested;

/// Makes a `#[test]` of each behaviour: `suite!(adapter::Runtime, block_on)`.
#[macro_export]
macro_rules! suite {
    ($adapter:ident :: $runtime:ident, $block_on:expr) => {
        fn block_on<F: ::std::future::Future>(test: F) -> F::Output {
            ($block_on)(test)
        }
        $crate::tests! { $adapter::$runtime, process {
            go_gives_the_result
            a_panic_arrives_as_a_value
            a_panic_leaves_the_runtime_running
            a_dropped_handle_leaves_the_process_running
            abort_drops_the_future_and_says_cancelled
            abort_after_the_end_does_nothing
            abort_from_inside
            abort_on_drop_aborts
            abort_on_drop_still_joins
            all_that_was_captured_is_gone_before_the_end_is_seen
            a_drop_that_panics_hangs_nobody
            done_is_an_arm_of_a_select
            done_tells_every_task_that_waits
            is_finished_turns_true
            local_processes_need_not_be_send
            a_local_runtime_that_ends_cancels
            locals_nest
            go_local_outside_of_local_names_the_cure
        }}
        $crate::tests! { $adapter::$runtime, time {
            sleep_lasts
            sleep_runs_from_the_call
            timeout_fires_once_and_closes
            after_gives_the_time_when_it_fired
            zero_fires_at_once
            the_longest_durations_never_fire
            ticks_come_no_earlier_than_due
            a_slow_taker_finds_one_tick
            a_period_of_zero_ticks
            a_timer_ends_with_its_receiver
            one_after_fires_for_one_of_many
            ticks_are_shared_among_those_who_take
            timers_that_have_not_fired_are_arms_that_are_not_ready
            never_never_fires
        }}
        $crate::tests! { $adapter::$runtime, channelify {
            the_output_comes_once
            a_panic_closes_the_channel
            a_dropped_receiver_drops_the_future
        }}
        $crate::tests! { $adapter::$runtime, sharing {
            a_process_that_never_waits_lets_its_sibling_run
            a_process_that_always_selects_lets_its_sibling_run
            processes_that_wait_are_polled_once_and_when_there_is_a_reason
            four_by_four_on_a_rendezvous
            four_by_four_with_room_for_one
            four_by_four_with_room_for_two
            four_by_four_with_room_for_a_hundred
        }}
        $crate::attribute_tests! { $adapter }
    };
}

/// Part of [`suite!`]: the tests of one module.
#[doc(hidden)]
#[macro_export]
macro_rules! tests {
    ($adapter:ident :: $runtime:ident, $module:ident { $($name:ident)* }) => {
        mod $module {
            $(#[test]
            fn $name() {
                super::block_on($crate::$module::$name(::$adapter::$runtime));
            })*
        }
    };
}

/// Part of [`suite!`]: the tests of the attribute, which is the adapter's own.
#[doc(hidden)]
#[macro_export]
macro_rules! attribute_tests {
    ($adapter:ident) => {
        mod attribute {
            use ::$adapter::{Closed, Process, Receiver, Sender, channel, process};

            /// Calls itself, so that every call is one more process.
            #[process]
            async fn countdown(n: u32, tx: Sender<u32>) -> Result<(), Closed<u32>> {
                tx.put(n).await?;
                if n > 0 {
                    countdown(n - 1, tx);
                }
                Ok(())
            }

            #[test]
            fn a_call_starts_a_process() {
                super::block_on(async {
                    let (tx, rx) = channel(0);
                    let process: Process<Result<(), Closed<u32>>> = countdown(3, tx);
                    for n in (0..=3).rev() {
                        assert_eq!(rx.take().await, Some(n));
                    }
                    assert_eq!(rx.take().await, None);
                    assert_eq!(process.await.unwrap(), Ok(()));
                });
            }

            /// A generic, a `where`, and every kind of pattern.
            #[process]
            async fn fold<T, const N: usize>(
                mut sum: T,
                (from, to): (usize, usize),
                ref rest: [T; N],
                _: T,
                rx: Receiver<T>,
            ) -> Vec<T>
            where
                T: Copy + Send + Sync + std::ops::AddAssign + 'static,
            {
                for _ in from..to {
                    match rx.take().await {
                        Some(value) => sum += value,
                        None => return rest.to_vec(),
                    }
                }
                [&[sum], &rest[..]].concat()
            }

            #[test]
            fn arguments_are_those_of_any_function() {
                super::block_on(async {
                    let (tx, rx) = channel(2);
                    let folded = fold(1, (0, 2), [7, 8, 9], 0, rx);
                    tx.put(10).await.unwrap();
                    tx.put(100).await.unwrap();
                    assert_eq!(folded.await.unwrap(), [111, 7, 8, 9]);
                });
            }

            #[process]
            async fn keep(_: Sender<()>, _unused: Sender<()>, until: Receiver<()>) {
                until.take().await;
            }

            #[test]
            fn arguments_live_as_long_as_the_process() {
                super::block_on(async {
                    let (first_tx, first) = channel(0);
                    let (second_tx, second) = channel(0);
                    let (until_tx, until) = channel(0);
                    let process = keep(first_tx, second_tx, until);
                    until_tx
                        .put(())
                        .await
                        .unwrap_or_else(|_| unreachable!("it takes"));
                    process.await.unwrap();
                    assert!(first.is_closed() && second.is_closed());

                    let (first_tx, first) = channel(0);
                    let (second_tx, second) = channel(0);
                    let (_until_tx, until) = channel(0);
                    let process = keep(first_tx, second_tx, until);
                    assert!(!first.is_closed() && !second.is_closed());
                    process.abort();
                    assert!(process.await.unwrap_err().is_cancelled());
                    assert!(first.is_closed() && second.is_closed());
                });
            }

            #[process]
            async fn boxed(fail: bool) -> Result<Box<dyn Fn() -> u8 + Send>, String> {
                if fail {
                    Err("asked to")?;
                }
                Ok(Box::new(|| 7))
            }

            #[test]
            fn results_are_coerced_as_in_an_async_fn() {
                super::block_on(async {
                    assert_eq!(boxed(false).await.unwrap().unwrap()(), 7);
                    assert_eq!(boxed(true).await.unwrap().err().unwrap(), "asked to");
                });
            }

            /// Stands for this adapter under another name, or for a runtime of one's own.
            mod renamed {
                pub use ::$adapter::{Process, go};
            }

            #[process(crate = renamed)]
            async fn elsewhere() -> &'static str {
                "here"
            }

            #[test]
            fn the_crate_may_have_another_name() {
                super::block_on(async { assert_eq!(elsewhere().await.unwrap(), "here") });
            }
        }
    };
}
