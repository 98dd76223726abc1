//! Channels between an interrupt handler and a process. The handler does at each tick what the test
//! that runs has given it to do.

use crate::{Test, poll_once, ready};
use core::cell::Cell;
use core::future::poll_fn;
use core::pin::pin;
use core::sync::atomic::{AtomicU32, Ordering};
use core::task::Poll;
use critical_section::Mutex;
use csp_core::{StaticChannel, TryPutError, TryTakeError, select};
use firmware::block_on;
use firmware::clock::Clock;

pub const TESTS: &[Test] = &[
    (
        "10,000 values from a handler, by a process that sleeps",
        from_handler::<4>,
    ),
    (
        "10,000 values over a rendezvous with a handler",
        from_handler::<0>,
    ),
    (
        "10,000 values from a handler, by a process that never sleeps",
        from_handler_busy,
    ),
    ("10,000 values to a handler", to_handler::<4>),
    (
        "10,000 values to a handler over a rendezvous",
        to_handler::<0>,
    ),
    (
        "10,000 values from a handler by two channels",
        select_of_two,
    ),
    (
        "10,000 values from a handler to one that it interrupts",
        between_handlers,
    ),
    (
        "a handler closes and a process learns of it",
        closed_by_handler,
    ),
    ("a full channel refuses at once in a handler", refusals),
];

pub const VALUES: u32 = 10_000;

type Action = Mutex<Cell<Option<fn()>>>;
static ACTION: Action = Mutex::new(Cell::new(None));
static URGENT: Action = Mutex::new(Cell::new(None));

fn run(action: &Action) {
    if let Some(action) = critical_section::with(|section| action.borrow(section).get()) {
        action();
    }
}

fn set(action: &Action, to: Option<fn()>) {
    critical_section::with(|section| action.borrow(section).set(to));
}

/// What the handler does at each tick.
pub fn act() {
    run(&ACTION);
}

/// What the handler does that may interrupt the other.
pub fn act_at_once() {
    run(&URGENT);
}

/// Runs a process while the handler does that at each tick.
pub fn with_handler<T>(action: fn(), process: impl FnOnce() -> T) -> T {
    set(&ACTION, Some(action));
    let result = process();
    set(&ACTION, None);
    result
}

/// What the handler counts with, one after the other: nobody else writes it while it runs.
static NEXT: Mutex<Cell<u32>> = Mutex::new(Cell::new(0));

pub fn next() -> u32 {
    critical_section::with(|section| NEXT.borrow(section).get())
}

pub fn set_next(next: u32) {
    critical_section::with(|section| NEXT.borrow(section).set(next));
}

pub static SMALL: StaticChannel<u32, 4> = StaticChannel::new();
static NONE: StaticChannel<u32, 0> = StaticChannel::new();

/// The handler's part: puts the next few numbers, each again until there is room.
pub fn put_next(put: impl Fn(u32) -> Result<(), TryPutError<u32>>, close: impl Fn()) {
    for _ in 0..3 {
        if next() == VALUES {
            close();
            return;
        }
        match put(next()) {
            Ok(()) => set_next(next() + 1),
            Err(TryPutError::Full(value)) => {
                assert_eq!(value, next(), "the value comes back");
                return;
            }
            Err(TryPutError::Closed(_)) => panic!("only the handler closes"),
        }
    }
}

fn put_small() {
    put_next(|n| SMALL.try_put(n), || _ = SMALL.close());
}

fn put_none() {
    put_next(|n| NONE.try_put(n), || _ = NONE.close());
}

fn from_handler<const N: usize>() {
    set_next(0);
    let (rx, action): (_, fn()) = if N == 0 {
        (NONE.receiver(), put_none)
    } else {
        (SMALL.receiver(), put_small)
    };
    with_handler(action, || {
        block_on(async {
            for expected in 0..VALUES {
                assert_eq!(rx.take().await, Some(expected));
            }
            assert_eq!(rx.take().await, None);
        });
    });
    SMALL.reopen();
    NONE.reopen();
}

/// The process is on the channel nearly all the time, so that the interrupts come in the middle of
/// its operations.
fn from_handler_busy() {
    set_next(0);
    with_handler(put_small, || {
        let mut expected = 0;
        loop {
            match SMALL.try_take() {
                Ok(value) => {
                    assert_eq!(value, expected);
                    expected += 1;
                }
                Err(TryTakeError::Empty) => assert!(SMALL.len() <= 4),
                Err(TryTakeError::Closed) => break,
            }
        }
        assert_eq!(expected, VALUES);
    });
    SMALL.reopen();
}

pub fn take_next(take: impl Fn() -> Result<u32, TryTakeError>) {
    for _ in 0..3 {
        match take() {
            Ok(value) => {
                assert_eq!(value, next(), "in order");
                set_next(next() + 1);
            }
            Err(_) => return,
        }
    }
}

fn take_small() {
    take_next(|| SMALL.try_take());
}

fn take_none() {
    take_next(|| NONE.try_take());
}

fn to_handler<const N: usize>() {
    set_next(0);
    let (tx, action): (_, fn()) = if N == 0 {
        (NONE.sender(), take_none)
    } else {
        (SMALL.sender(), take_small)
    };
    with_handler(action, || {
        block_on(async {
            for n in 0..VALUES {
                assert_eq!(tx.put(n).await, Ok(()));
            }
            // Until the handler has had the last.
            poll_fn(|cx| {
                cx.waker().wake_by_ref();
                if next() == VALUES {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            })
            .await;
        });
    });
}

/// Even numbers by one channel, odd ones by the other.
fn put_by_turns() {
    put_next(
        |n| {
            if n % 2 == 0 {
                SMALL.try_put(n)
            } else {
                NONE.try_put(n)
            }
        },
        || _ = (SMALL.close(), NONE.close()),
    );
}

fn select_of_two() {
    set_next(0);
    let (mut even, mut odd) = (0, 1);
    with_handler(put_by_turns, || {
        block_on(async {
            let mut open = (true, true);
            while open != (false, false) {
                select! {
                    value = SMALL.take(), if open.0 => match value {
                        Some(value) => { assert_eq!(value, even); even += 2 }
                        None => open.0 = false,
                    },
                    value = NONE.take(), if open.1 => match value {
                        Some(value) => { assert_eq!(value, odd); odd += 2 }
                        None => open.1 = false,
                    },
                }
            }
        });
    });
    assert_eq!((even, odd), (VALUES, VALUES + 1));
    SMALL.reopen();
    NONE.reopen();
}

/// The one takes during every other tick from its beginning to its end, so that the other comes in
/// the middle.
fn between_handlers() {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    set_next(0);
    set(&URGENT, Some(put_small));
    let take = || {
        let tick = Clock.ticks();
        while tick.is_multiple_of(2) && Clock.ticks() == tick {
            if let Ok(value) = SMALL.try_take() {
                let taken = TAKEN.load(Ordering::Relaxed);
                assert_eq!(value, taken);
                TAKEN.store(taken + 1, Ordering::Relaxed);
            }
        }
    };
    with_handler(take, || block_on(SMALL.closed()));
    set(&URGENT, None);
    // The handler closes when it has put all, and a few may be left.
    let mut taken = TAKEN.load(Ordering::Relaxed);
    while let Ok(value) = SMALL.try_take() {
        assert_eq!(value, taken);
        taken += 1;
    }
    assert_eq!(taken, VALUES);
    SMALL.reopen();
}

fn closed_by_handler() {
    with_handler(
        || _ = NONE.close(),
        || {
            assert_eq!(block_on(NONE.take()), None);
            block_on(NONE.closed());
        },
    );
    assert!(NONE.reopen());
}

fn refusals() {
    static DONE: StaticChannel<bool, 1> = StaticChannel::new();
    let mut parked = pin!(SMALL.take());
    assert!(poll_once(parked.as_mut()).is_pending());
    // Past the capacity, as much as has been promised to a taker that has been called.
    let action = || {
        let put = (0..6).filter(|&n| SMALL.try_put(n).is_ok()).count();
        let refused = SMALL.try_put(7) == Err(TryPutError::Full(7));
        let nobody = NONE.try_put(8) == Err(TryPutError::Full(8));
        let empty = NONE.try_take() == Err(TryTakeError::Empty);
        let _ = DONE.try_put(put == 5 && refused && nobody && empty);
        set(&ACTION, None);
    };
    assert_eq!(with_handler(action, || block_on(DONE.take())), Some(true));
    assert_eq!(ready(poll_once(parked)), Some(0));
    for n in 1..5 {
        assert_eq!(SMALL.try_take(), Ok(n));
    }
}
