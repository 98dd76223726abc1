//! What is Tokio's own: its clocks, its flavours, its ways to be missing.

use csp_tokio::{Process, channel, channelify, go, select, tick, timeout, wait};
use std::cell::Cell;
use std::future::{Future, pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;
use tokio::runtime::Builder;

const HOUR: Duration = Duration::from_secs(3600);

/// The message that `f` panics with.
fn panic_message<R>(f: impl FnOnce() -> R) -> String {
    let panic = match catch_unwind(AssertUnwindSafe(f)) {
        Ok(_) => panic!("it did not panic"),
        Err(panic) => panic,
    };
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => panic.downcast::<&str>().unwrap().to_string(),
    }
}

fn current_thread<F: Future>(fut: F) -> F::Output {
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(fut)
}

#[tokio::test(start_paused = true)]
async fn under_a_paused_clock_an_hour_is_nothing() {
    let start = tokio::time::Instant::now();
    wait(HOUR).await;
    assert_eq!(start.elapsed(), HOUR);
    assert_eq!(timeout(HOUR).take().await, Some(()));
    assert_eq!(start.elapsed(), 2 * HOUR);

    let start = tokio::time::Instant::now().into_std();
    let clock = tick(HOUR);
    for n in 1..=3 {
        assert_eq!(clock.take().await.unwrap() - start, n * HOUR);
    }
}

#[test]
fn outside_a_runtime_the_panic_names_the_cure() {
    for message in [
        panic_message(|| go(async {})),
        panic_message(|| channelify(async {})),
        panic_message(|| wait(HOUR)),
        panic_message(|| timeout(HOUR)),
        panic_message(|| tick(HOUR)),
    ] {
        assert!(message.contains("no Tokio runtime here"), "{message}");
        assert!(message.contains("#[tokio::main]"), "{message}");
    }
}

#[test]
fn without_a_time_driver_the_panic_names_the_cure() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let _entered = runtime.enter();
    for message in [
        panic_message(|| wait(HOUR)),
        panic_message(|| timeout(HOUR)),
        panic_message(|| tick(HOUR)),
    ] {
        assert!(message.contains("enable_time"), "{message}");
    }
}

#[test]
fn an_entered_runtime_will_do() {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build()
        .unwrap();
    let _entered = runtime.enter();
    let seven = go(async { 7 });
    let fired = timeout(Duration::ZERO);
    current_thread(async {
        assert_eq!(seven.await.unwrap(), 7);
        assert_eq!(fired.take().await, Some(()));
    });
}

#[test]
fn a_runtime_that_shuts_down_cancels_its_processes() {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let (process, late): (Process<()>, Process<()>) = runtime.block_on(async {
        let (tx, rx) = channel(0);
        let process = go(async move {
            tx.put(()).await.unwrap();
            pending().await
        });
        rx.take().await;
        (process, go(pending()))
    });
    drop(runtime);
    current_thread(async {
        assert!(process.await.unwrap_err().is_cancelled());
        assert!(late.await.unwrap_err().is_cancelled());
    });
}

#[test]
fn on_one_thread_a_process_that_never_waits_lets_the_others_run() {
    let beaten = current_thread(async {
        let (stop_tx, stop) = channel::<()>(1);
        let busy = go(async move {
            let (tx, rx) = channel(1);
            for lap in 0..1_000_000 {
                tx.put(lap).await.unwrap();
                rx.take().await.unwrap();
                if stop.try_take().is_ok() {
                    return true;
                }
            }
            false
        });
        go(async move { stop_tx.put(()).await.unwrap() });
        busy.await.unwrap()
    });
    assert!(beaten, "the sibling did not run");
}

/// `fut`, whose polls are counted.
async fn counting<F: Future>(polls: Rc<Cell<usize>>, fut: F) -> F::Output {
    let mut fut = pin!(fut);
    poll_fn(|cx| {
        polls.set(polls.get() + 1);
        fut.as_mut().poll(cx)
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn an_idle_program_is_not_woken_in_a_second() {
    let polls = Rc::new(Cell::new(0));
    let (tx, rx) = channel::<u32>(0);
    let (full, rest) = channel(1);
    full.put(0).await.unwrap();
    // Nobody takes its ticks, so it need not run.
    let clock = tick(Duration::from_millis(1));
    let local = tokio::task::LocalSet::new();
    local
        .run_until(async {
            let start = |fut: std::pin::Pin<Box<dyn Future<Output = ()>>>| {
                tokio::task::spawn_local(counting(polls.clone(), fut));
            };
            for _ in 0..10 {
                let (tx, rx, full) = (tx.clone(), rx.clone(), full.clone());
                start(Box::pin(async move {
                    let _ = full.put(1).await;
                }));
                start(Box::pin(async move {
                    select! {
                        _ = rx.take() => {}
                        _ = wait(HOUR) => {}
                    }
                }));
                start(Box::pin(async move { tx.closed().await }));
            }
            tokio::task::yield_now().await;
            assert_eq!(polls.get(), 30, "each has been polled once");
            tokio::time::sleep(Duration::from_secs(1)).await;
            assert_eq!(polls.get(), 30, "and not again, for a second");
            // It could have been: now there is a reason.
            tx.put(1).await.unwrap();
            tokio::task::yield_now().await;
            assert_eq!(polls.get(), 31);
            drop((clock, rest));
        })
        .await;
}
