//! Processes and timers on a runtime that is turned by hand, with a clock that is set by hand.

extern crate std;

use super::*;
use crate::{Receiver, TryTakeError, channel};
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::error::Error;
use core::future::{pending, poll_fn};
use core::pin::{Pin, pin};
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use core::task::{Context, Poll, Waker};
use std::sync::Mutex;
use std::task::Wake;

const MS: Duration = Duration::from_millis(1);

// ===== the runtime =====

#[derive(Clone, Default)]
struct Hand(Arc<Inner>);

#[derive(Default)]
struct Inner {
    tasks: Mutex<Vec<HandTask>>,
    sleepers: Mutex<Vec<Waker>>,
    now: Mutex<Duration>,
}

struct HandTask {
    fut: Pin<Box<dyn Future<Output = ()> + Send>>,
    woken: Arc<Flag>,
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, SeqCst);
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct At(Duration);

impl Sub for At {
    type Output = Duration;

    fn sub(self, earlier: At) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Spawn for Hand {
    fn spawn<F: Future<Output = ()> + Send + 'static>(&self, fut: F) {
        self.0.tasks.lock().unwrap().push(HandTask {
            fut: Box::pin(fut),
            woken: Arc::new(Flag(AtomicBool::new(true))),
        });
    }
}

impl Timer for Hand {
    type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;
    type Instant = At;

    fn sleep(&self, duration: Duration) -> Self::Sleep {
        let hand = self.clone();
        let at = self.now().0.saturating_add(duration);
        Box::pin(poll_fn(move |cx| {
            if hand.now().0 >= at {
                return Poll::Ready(());
            }
            hand.0.sleepers.lock().unwrap().push(cx.waker().clone());
            Poll::Pending
        }))
    }

    fn now(&self) -> At {
        At(*self.0.now.lock().unwrap())
    }
}

impl Hand {
    /// Polls what was woken until nothing is.
    fn turn(&self) {
        loop {
            let woken = {
                let mut tasks = self.0.tasks.lock().unwrap();
                let at = tasks
                    .iter()
                    .position(|task| task.woken.0.swap(false, SeqCst));
                at.map(|at| tasks.swap_remove(at))
            };
            let Some(mut task) = woken else { return };
            let waker = Waker::from(task.woken.clone());
            if task
                .fut
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
            {
                self.0.tasks.lock().unwrap().push(task);
            }
        }
    }

    fn advance(&self, by: Duration) {
        self.turn();
        *self.0.now.lock().unwrap() += by;
        let sleepers = core::mem::take(&mut *self.0.sleepers.lock().unwrap());
        sleepers.into_iter().for_each(Waker::wake);
        self.turn();
    }

    fn tasks(&self) -> usize {
        self.0.tasks.lock().unwrap().len()
    }

    /// Drops all processes. A test has to end so if it leaves one with a clock of its own, which is
    /// this runtime.
    fn shut_down(&self) {
        let tasks = core::mem::take(&mut *self.0.tasks.lock().unwrap());
        drop(tasks);
    }
}

fn poll<F: Future + Unpin>(fut: &mut F) -> Poll<F::Output> {
    Pin::new(fut).poll(&mut Context::from_waker(Waker::noop()))
}

fn ready<F: Future + Unpin>(mut fut: F) -> F::Output {
    match poll(&mut fut) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("pending"),
    }
}

/// Counts its drops.
struct Dropped(Arc<AtomicUsize>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}

// ===== processes =====

#[test]
fn the_result_waits_for_whoever_joins() {
    let hand = Hand::default();
    let mut process = go(&hand, async { 7 });
    assert!(poll(&mut process).is_pending());
    assert!(!process.is_finished());
    hand.turn();
    assert!(process.is_finished());
    assert_eq!(ready(process).unwrap(), 7);
}

#[test]
fn the_joiner_is_woken_and_so_are_all_who_wait_for_the_end() {
    let hand = Hand::default();
    let (tx, rx) = channel::<()>(0);
    let mut process = go(&hand, async move { rx.take().await });
    hand.turn();

    let flags: Vec<_> = (0..3)
        .map(|_| Arc::new(Flag(AtomicBool::new(false))))
        .collect();
    let wakers: Vec<_> = flags.iter().cloned().map(Waker::from).collect();
    let joined = Pin::new(&mut process).poll(&mut Context::from_waker(&wakers[2]));
    assert!(joined.is_pending());
    let (mut first, mut second) = (Box::pin(process.done()), Box::pin(process.done()));
    let first_poll = first.as_mut().poll(&mut Context::from_waker(&wakers[0]));
    let second_poll = second.as_mut().poll(&mut Context::from_waker(&wakers[1]));
    assert!(first_poll.is_pending() && second_poll.is_pending());

    tx.close();
    assert!(flags.iter().all(|flag| !flag.0.load(SeqCst)));
    hand.turn();
    assert!(flags.iter().all(|flag| flag.0.load(SeqCst)));
    ready(first);
    ready(second);
    assert_eq!(ready(process).unwrap(), None);
}

#[test]
#[cfg(all(feature = "std", panic = "unwind"))]
fn the_joiner_is_woken_although_another_waker_panics() {
    struct Panics;
    impl Wake for Panics {
        fn wake(self: Arc<Self>) {
            panic!("a waker's panic");
        }
    }
    let hand = Hand::default();
    let (tx, rx) = channel::<()>(0);
    let mut process = go(&hand, async move { rx.take().await });
    hand.turn();
    let joiner = Arc::new(Flag(AtomicBool::new(false)));
    let waker = Waker::from(joiner.clone());
    let joined = Pin::new(&mut process).poll(&mut Context::from_waker(&waker));
    assert!(joined.is_pending());
    let panics = Waker::from(Arc::new(Panics));
    let mut done = pin!(process.done());
    let waits = done.as_mut().poll(&mut Context::from_waker(&panics));
    assert!(waits.is_pending());
    tx.close();
    hand.turn();
    assert!(joiner.0.load(SeqCst));
}

#[test]
fn the_future_is_dropped_before_the_end_is_seen() {
    let hand = Hand::default();
    let drops = Arc::new(AtomicUsize::new(0));
    for abort in [false, true] {
        drops.store(0, SeqCst);
        let captured = Dropped(drops.clone());
        let process = go(&hand, async move {
            let _captured = captured;
            if abort {
                pending().await
            }
        });

        // Looks at the count at the very moment when it is woken for the end.
        struct Look(Arc<AtomicUsize>, AtomicUsize);
        impl Wake for Look {
            fn wake(self: Arc<Self>) {
                self.1.store(self.0.load(SeqCst), SeqCst);
            }
        }
        let look = Arc::new(Look(drops.clone(), AtomicUsize::new(usize::MAX)));
        let waker = Waker::from(look.clone());
        let mut done = pin!(process.done());
        assert!(
            done.as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
        );
        if abort {
            process.abort();
        }
        hand.turn();
        assert_eq!(look.1.load(SeqCst), 1);
    }
}

#[test]
fn a_process_aborted_before_its_first_poll_never_runs() {
    let hand = Hand::default();
    let process = go(&hand, async { unreachable!() });
    process.abort();
    hand.turn();
    let stopped = ready(process).unwrap_err();
    assert!(stopped.is_cancelled() && !stopped.is_panic());
}

#[test]
fn abort_wakes_a_parked_process() {
    let hand = Hand::default();
    let process = go(&hand, pending::<()>());
    hand.turn();
    assert_eq!(hand.tasks(), 1);
    process.abort();
    assert!(!process.is_finished());
    hand.turn();
    assert_eq!(hand.tasks(), 0);
    assert!(ready(process).unwrap_err().is_cancelled());
}

#[test]
fn abort_after_the_end_does_nothing() {
    let hand = Hand::default();
    let process = go(&hand, async { 7 });
    hand.turn();
    process.abort();
    assert_eq!(ready(process).unwrap(), 7);
}

#[test]
fn a_process_may_abort_itself() {
    let hand = Hand::default();
    let (tx, rx) = channel::<Process<()>>(1);
    let (ended_tx, ended) = channel::<()>(0);
    let process = go(&hand, async move {
        let _ended = ended_tx;
        let me = rx.take().await.unwrap();
        me.abort();
        pending().await
    });
    tx.try_put(process).unwrap();
    hand.turn();
    assert_eq!(ended.try_take(), Err(TryTakeError::Closed));
    assert_eq!(hand.tasks(), 0);
}

#[test]
fn abort_wakes_the_task_by_the_waker_of_its_last_poll() {
    let hand = Hand::default();
    let process = go(&hand, pending::<()>());
    let mut task = hand.0.tasks.lock().unwrap().pop().unwrap().fut;
    let flags: Vec<_> = (0..2)
        .map(|_| Arc::new(Flag(AtomicBool::new(false))))
        .collect();
    for flag in &flags {
        let waker = Waker::from(flag.clone());
        assert!(
            task.as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
        );
    }
    process.abort();
    assert!(!flags[0].0.load(SeqCst));
    assert!(flags[1].0.load(SeqCst));
}

#[test]
fn a_poll_with_the_same_waker_clones_nothing() {
    let hand = Hand::default();
    let _process = go(&hand, pending::<()>());
    let mut task = hand.0.tasks.lock().unwrap().pop().unwrap().fut;
    let flag = Arc::new(Flag(AtomicBool::new(false)));
    let waker = Waker::from(flag.clone());
    for _ in 0..3 {
        assert!(
            task.as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
        );
        // Ours, the waker's, and the one that is registered for an abort.
        assert_eq!(Arc::strong_count(&flag), 3);
    }
}

#[test]
fn a_dropped_handle_detaches_and_abort_on_drop_aborts() {
    let hand = Hand::default();
    let drops = Arc::new(AtomicUsize::new(0));
    let start = || {
        let captured = Dropped(drops.clone());
        go(&hand, async move {
            let _captured = captured;
            pending::<()>().await
        })
    };
    drop(start());
    hand.turn();
    assert_eq!((hand.tasks(), drops.load(SeqCst)), (1, 0));
    drop(start().abort_on_drop());
    hand.turn();
    assert_eq!((hand.tasks(), drops.load(SeqCst)), (1, 1));
}

#[test]
fn a_runtime_that_shuts_down_cancels() {
    let hand = Hand::default();
    let (never_polled, parked) = (go(&hand, async {}), go(&hand, pending::<()>()));
    let mut parked = parked;
    let flag = Arc::new(Flag(AtomicBool::new(false)));
    let waker = Waker::from(flag.clone());
    assert!(
        Pin::new(&mut parked)
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
    hand.shut_down();
    assert!(flag.0.load(SeqCst));
    assert!(ready(parked).unwrap_err().is_cancelled());
    assert!(ready(never_polled).unwrap_err().is_cancelled());
}

#[test]
fn joined_once_more_it_says_cancelled() {
    let hand = Hand::default();
    let mut process = go(&hand, async { 7 });
    hand.turn();
    assert_eq!(ready(&mut process).unwrap(), 7);
    assert!(process.is_finished());
    assert!(ready(process).unwrap_err().is_cancelled());
}

#[test]
fn the_result_of_a_detached_process_is_dropped() {
    let hand = Hand::default();
    let drops = Arc::new(AtomicUsize::new(0));
    let result = Dropped(drops.clone());
    drop(go(&hand, async move { result }));
    hand.turn();
    assert_eq!(drops.load(SeqCst), 1);
}

#[test]
fn handles_go_where_their_results_may_go() {
    fn shared<T: Send + Sync + Unpin + 'static>() {}
    shared::<Process<core::cell::Cell<u8>>>();
    shared::<Stopped>();
    shared::<Payload>();

    fn unpin<T: Unpin>() {}
    unpin::<Process<Rc<u8>>>();
}

#[test]
fn stopped_passes_a_question_mark() {
    fn fails(process: Process<()>) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(ready(process)?)
    }
    let hand = Hand::default();
    let process = go(&hand, pending());
    process.abort();
    hand.turn();
    assert_eq!(
        std::format!("{}", fails(process).unwrap_err()),
        "the process was cancelled"
    );
}

#[test]
#[cfg(feature = "std")]
fn a_process_that_never_has_to_wait_lets_others_run() {
    const VALUES: usize = if cfg!(miri) { 135 } else { 1000 };
    macro_rules! lets_others_run {
        (|$tx:ident, $rx:ident, $n:ident| $pass:expr) => {
            let hand = Hand::default();
            let done = Arc::new(AtomicUsize::new(0));
            let counts = done.clone();
            go(&hand, async move {
                let ($tx, $rx) = channel(1);
                for $n in 0..VALUES {
                    $pass;
                    counts.fetch_add(1, SeqCst);
                }
            });
            let seen = go(&hand, async move { done.load(SeqCst) });
            hand.turn();
            let seen = ready(seen).unwrap();
            assert!((1..VALUES).contains(&seen), "{seen} values");
        };
    }
    lets_others_run!(|tx, rx, n| {
        tx.put(n).await.unwrap();
        assert_eq!(rx.take().await, Some(n));
    });
    lets_others_run!(|tx, rx, n| {
        crate::select! { _ = rx.take() => unreachable!(), r = tx.put(n) => r.unwrap() }
        crate::select! { v = rx.take() => assert_eq!(v, Some(n)), _ = tx.put(n) => unreachable!() }
    });
    lets_others_run!(|tx, rx, n| {
        let mut set = crate::Select::new();
        let (put, take) = (set.add(tx.put(n)), set.add(rx.take()));
        assert_eq!(set.wait().await, Some(put.index()));
        assert_eq!(set.wait().await, Some(take.index()));
    });
    // Outside a process, on the same thread, there is no limit.
    ready(pin!(async {
        let (tx, rx) = channel(1);
        for n in 0..VALUES {
            tx.put(n).await.unwrap();
            assert_eq!(rx.take().await, Some(n));
        }
    }));
}

#[cfg(all(feature = "std", panic = "unwind"))]
mod panics {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};

    /// Panics in its drop.
    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("bomb");
        }
    }

    #[test]
    fn a_panic_is_a_value() {
        let hand = Hand::default();
        let text = go(&hand, async { panic!("plain") });
        let formatted = go(&hand, async { panic!("number {}", 7) });
        let other = go(&hand, async { panic_any(7_u8) });
        hand.turn();
        let text: Stopped = ready::<Process<()>>(text).unwrap_err();
        assert!(text.is_panic() && !text.is_cancelled());
        assert_eq!(text.panic_message(), Some("plain"));
        assert_eq!(std::format!("{text:?}"), "Panicked(\"plain\")");
        let formatted: Stopped = ready::<Process<()>>(formatted).unwrap_err();
        assert_eq!(formatted.panic_message(), Some("number 7"));
        let other: Stopped = ready::<Process<()>>(other).unwrap_err();
        assert_eq!(other.panic_message(), None);
        assert_eq!(std::format!("{other}"), "the process panicked");
        assert_eq!(*other.into_panic().unwrap().downcast::<u8>().unwrap(), 7);
    }

    #[test]
    fn a_panic_in_a_drop_is_a_panic_too() {
        let hand = Hand::default();
        for abort in [false, true] {
            let process = go(&hand, async move {
                let _bomb = Bomb;
                if abort {
                    pending().await
                }
            });
            hand.turn();
            if abort {
                process.abort();
                hand.turn();
            }
            assert_eq!(ready(process).unwrap_err().panic_message(), Some("bomb"));
        }
    }

    #[test]
    fn a_panic_in_the_drop_of_a_captured_value_beats_the_result() {
        struct Ends(#[allow(dead_code)] Bomb);
        impl Future for Ends {
            type Output = u8;
            fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<u8> {
                Poll::Ready(7)
            }
        }
        let hand = Hand::default();
        let process = go(&hand, Ends(Bomb));
        hand.turn();
        assert_eq!(ready(process).unwrap_err().panic_message(), Some("bomb"));
    }

    #[test]
    fn a_panic_while_the_runtime_drops_the_task_hangs_nobody() {
        let hand = Hand::default();
        let process = go(&hand, async {
            let _bomb = Bomb;
            pending::<()>().await
        });
        hand.turn();
        assert!(catch_unwind(AssertUnwindSafe(|| hand.shut_down())).is_err());
        assert!(ready(process).unwrap_err().is_cancelled());
    }

    #[test]
    fn a_detached_result_whose_drop_panics_spares_the_runtime() {
        let hand = Hand::default();
        drop(go(&hand, async { Bomb }));
        hand.turn();
        assert_eq!(hand.tasks(), 0);
    }

    #[test]
    fn a_channelified_panic_closes_the_channel() {
        let hand = Hand::default();
        let rx = channelify(&hand, async {
            if true {
                panic!("expected");
            }
            0_u8
        });
        hand.turn();
        assert_eq!(rx.try_take(), Err(TryTakeError::Closed));
    }
}

// ===== channelify =====

#[test]
fn channelify_gives_the_output_and_closes() {
    let hand = Hand::default();
    let rx = channelify(&hand, async { 7 });
    assert_eq!(rx.try_take(), Err(TryTakeError::Empty));
    hand.turn();
    assert_eq!(hand.tasks(), 0);
    assert_eq!(rx.try_take(), Ok(7));
    assert_eq!(rx.try_take(), Err(TryTakeError::Closed));
}

#[test]
fn channelify_drops_the_future_with_its_last_receiver() {
    let hand = Hand::default();
    let drops = Arc::new(AtomicUsize::new(0));
    let captured = Dropped(drops.clone());
    let rx = channelify(&hand, async move {
        let _captured = captured;
        pending::<()>().await
    });
    hand.turn();
    let other = rx.clone();
    drop(rx);
    hand.turn();
    assert_eq!(drops.load(SeqCst), 0);
    drop(other);
    hand.turn();
    assert_eq!((hand.tasks(), drops.load(SeqCst)), (0, 1));
}

// ===== time =====

/// The milliseconds since the start at which the waiting tick came.
fn ticked(clock: &Receiver<At>) -> Option<u128> {
    clock.try_take().ok().map(|at| at.0.as_millis())
}

#[test]
fn timeout_fires_once_and_closes() {
    let hand = Hand::default();
    let rx = timeout(&hand, 5 * MS);
    hand.advance(4 * MS);
    assert_eq!(rx.try_take(), Err(TryTakeError::Empty));
    hand.advance(MS);
    assert_eq!(rx.try_take(), Ok(()));
    assert_eq!(rx.try_take(), Err(TryTakeError::Closed));
    assert_eq!(hand.tasks(), 0);
}

#[test]
fn a_timeout_runs_from_the_call() {
    let hand = Hand::default();
    let rx = timeout(&hand, 5 * MS);
    *hand.0.now.lock().unwrap() = 5 * MS; // before the process has run at all
    hand.turn();
    assert_eq!(rx.try_take(), Ok(()));
}

#[test]
fn after_gives_the_time_when_it_fired() {
    let hand = Hand::default();
    let rx = after(&hand, 5 * MS);
    hand.advance(7 * MS);
    assert_eq!(rx.try_take(), Ok(At(7 * MS)));
    assert_eq!(rx.try_take(), Err(TryTakeError::Closed));
}

#[test]
fn a_timer_ends_with_its_receiver() {
    let hand = Hand::default();
    let receivers = (
        timeout(&hand, Duration::MAX),
        after(&hand, Duration::MAX),
        tick(&hand, MS),
        tick(&hand, Duration::MAX),
    );
    hand.advance(MS);
    assert_eq!(hand.tasks(), 4);
    drop(receivers);
    hand.turn();
    assert_eq!(hand.tasks(), 0);
}

#[test]
fn ticks_do_not_drift() {
    let hand = Hand::default();
    let clock = tick(&hand, 10 * MS);
    let mut times = Vec::new();
    for _ in 0..20 {
        hand.advance(7 * MS); // never in time for a tick
        times.extend(ticked(&clock));
    }
    // Each comes with the first multiple of 7 after its multiple of 10.
    assert_eq!(
        times,
        [14, 21, 35, 42, 56, 63, 70, 84, 91, 105, 112, 126, 133, 140]
    );
    hand.shut_down();
}

#[test]
fn a_slow_taker_finds_one_tick_and_then_the_next_in_time() {
    let hand = Hand::default();
    let clock = tick(&hand, 10 * MS);
    for _ in 0..7 {
        hand.advance(5 * MS);
    }
    assert_eq!(hand.now(), At(35 * MS));
    assert_eq!(ticked(&clock), Some(10));
    assert_eq!(ticked(&clock), None);
    hand.advance(4 * MS);
    assert_eq!(ticked(&clock), None);
    hand.advance(MS);
    assert_eq!(ticked(&clock), Some(40));
    hand.shut_down();
}

#[test]
fn a_tick_that_nobody_takes_sets_no_timer() {
    let hand = Hand::default();
    let _clock = tick(&hand, 10 * MS);
    hand.advance(10 * MS);
    assert!(hand.0.sleepers.lock().unwrap().is_empty());
    hand.shut_down();
}

#[test]
fn a_period_of_zero_ticks_as_often_as_it_is_taken() {
    let hand = Hand::default();
    let clock = tick(&hand, Duration::ZERO);
    for ms in 0..3 {
        hand.turn();
        assert_eq!(ticked(&clock), Some(ms));
        assert_eq!(ticked(&clock), None);
        hand.advance(MS);
        assert_eq!(ticked(&clock), Some(ms));
    }
    hand.shut_down();
}

#[test]
fn never_is_open_and_empty() {
    let rx = never::<u8>();
    assert!(!rx.is_closed());
    assert_eq!(rx.try_take(), Err(TryTakeError::Empty));
    let mut take = pin!(rx.take());
    assert!(
        take.as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_pending()
    );
}

#[test]
fn the_next_tick_is_the_first_multiple_to_come() {
    use super::time::next_due;

    let ms = |n: u32| n * MS;
    assert_eq!(next_due(ms(10), ms(10), ms(10)), Some(ms(20)));
    assert_eq!(next_due(ms(10), ms(19), ms(10)), Some(ms(20)));
    assert_eq!(next_due(ms(10), ms(20), ms(10)), Some(ms(30)));
    assert_eq!(next_due(ms(10), ms(995), ms(10)), Some(ms(1000)));
    // A timer that fired early does not repeat its tick.
    assert_eq!(next_due(ms(10), ms(9), ms(10)), Some(ms(20)));
    assert_eq!(next_due(ms(0), ms(3), Duration::ZERO), Some(ms(3)));
    let (nano, max) = (Duration::from_nanos(1), Duration::MAX);
    assert_eq!(next_due(nano, ms(3), nano), Some(ms(3) + nano));
    assert_eq!(next_due(max, max, max), None);
    assert_eq!(next_due(max - nano, max, nano), None);
    assert_eq!(next_due(max - nano, max - nano, nano), Some(max));
}
