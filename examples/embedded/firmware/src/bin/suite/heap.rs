//! Heap channels between a handler and a process, and beside static ones in one select.

use crate::Test;
use crate::handler::{SMALL, VALUES, next, put_next, set_next, take_next, with_handler};
use core::cell::RefCell;
use critical_section::Mutex;
use csp_core::{Receiver, Select, Sender, StaticChannel, TryPutError, channel, select};
use firmware::block_on;

pub const TESTS: &[Test] = &[
    ("10,000 values from a handler over the heap", from_handler),
    ("10,000 values to a handler over the heap", to_handler),
    ("a select over a static and a heap channel", select_of_two),
    ("a set of a static and a heap channel", set_of_two),
    (
        "the last end's drop gives a handler its value back",
        last_drop,
    ),
];

/// The handler's end of a heap channel.
static TX: Mutex<RefCell<Option<Sender<u32>>>> = Mutex::new(RefCell::new(None));
static RX: Mutex<RefCell<Option<Receiver<u32>>>> = Mutex::new(RefCell::new(None));

fn give<T>(place: &Mutex<RefCell<Option<T>>>, end: T) {
    critical_section::with(|section| place.replace(section, Some(end)));
}

/// The handler's end, a handle of its own: what is done with it is done with interrupts on.
fn own<T: Clone>(place: &Mutex<RefCell<Option<T>>>) -> Option<T> {
    critical_section::with(|section| place.borrow_ref(section).clone())
}

/// Drops the handler's end.
fn drop_end<T>(place: &Mutex<RefCell<Option<T>>>) {
    drop(critical_section::with(|section| place.take(section)));
}

/// Even numbers by a static channel, odd ones over the heap; to the last.
fn put_by_turns() {
    let Some(tx) = own(&TX) else { return };
    let put = |n| {
        if n % 2 == 0 {
            SMALL.try_put(n)
        } else {
            tx.try_put(n)
        }
    };
    put_next(put, || {
        SMALL.close();
        drop_end(&TX);
    });
}

fn from_handler() {
    set_next(0);
    let (tx, rx) = channel(3);
    give(&TX, tx);
    let put = || {
        if let Some(tx) = own(&TX) {
            put_next(|n| tx.try_put(n), || drop_end(&TX));
        }
    };
    with_handler(put, || {
        block_on(async {
            for expected in 0..VALUES {
                assert_eq!(rx.take().await, Some(expected));
            }
            // The handler has dropped the last sender.
            assert_eq!(rx.take().await, None);
        });
    });
}

fn to_handler() {
    set_next(0);
    let (tx, rx) = channel(0);
    give(&RX, rx);
    let take = || {
        if let Some(rx) = own(&RX) {
            take_next(|| rx.try_take());
        }
    };
    with_handler(take, || {
        block_on(async {
            for n in 0..VALUES {
                assert_eq!(tx.put(n).await, Ok(()));
            }
        });
    });
    assert_eq!(next(), VALUES);
    drop_end(&RX);
    assert_eq!(tx.try_put(1), Err(TryPutError::Closed(1)));
}

fn select_of_two() {
    set_next(0);
    let (tx, rx) = channel(0);
    give(&TX, tx);
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
                    value = rx.take(), if open.1 => match value {
                        Some(value) => { assert_eq!(value, odd); odd += 2 }
                        None => open.1 = false,
                    },
                }
            }
        });
    });
    assert_eq!((even, odd), (VALUES, VALUES + 1));
    SMALL.reopen();
}

fn set_of_two() {
    static REPLIES: StaticChannel<&str, 1> = StaticChannel::new();
    let (tx, rx) = channel(1);
    let mut set = Select::new();
    let number = set.add(rx.take());
    let reply = set.add(REPLIES.take());
    give(&TX, tx);
    let put = || {
        if let Some(tx) = own(&TX) {
            drop_end(&TX);
            assert_eq!(tx.try_put(7), Ok(()));
        } else {
            let _ = REPLIES.try_put("eight");
        }
    };
    with_handler(put, || {
        block_on(async {
            assert_eq!(set.wait().await, Some(number.index()));
            assert_eq!(set.output(number), Some(Some(7)));
            // The sender has gone, and the arm with it.
            set.remove(number);
            assert_eq!(set.wait().await, Some(reply.index()));
            assert_eq!(set.output(reply), Some(Some("eight")));
        });
    });
}

fn last_drop() {
    static REFUSED: StaticChannel<u32, 1> = StaticChannel::new();
    let (tx, rx) = channel(1);
    give(&TX, tx);
    drop(rx);
    let put = || {
        let refused = own(&TX).map(|tx| tx.try_put(5));
        drop_end(&TX);
        if let Some(Err(TryPutError::Closed(value))) = refused {
            REFUSED.try_put(value).unwrap();
        }
    };
    assert_eq!(with_handler(put, || block_on(REFUSED.take())), Some(5));
}
