//! What Go's own tests show of its select (`test/chan/select*.go`, `test/ken/chan.go`), shown of ours.
//! Each comment names the test; where our meaning is another one, it says so.

mod common;

use common::{Executor, Task, now};
use csp_core::{Channel, Select, select};
use std::cell::{Cell, RefCell};
use std::future::Future;

/// Notes a side effect and gives that.
fn noting<T>(log: &RefCell<Vec<&'static str>>, name: &'static str, value: T) -> T {
    log.borrow_mut().push(name);
    value
}

// test/chan/select: channels and values are evaluated once each, in order, whichever arm is chosen. Go
// evaluates those of an arm that cannot fire as well; a guard that is false spares them here.
#[test]
fn operations_are_evaluated_once_and_in_order_and_not_behind_a_false_guard() {
    let (a, b, c) = (Channel::new(1), Channel::new(1), Channel::<u32>::new(0));
    for (round, guard) in [(0, true), (1, false)] {
        let log = RefCell::new(Vec::new());
        now(async {
            select! {
                r = noting(&log, "a", &a).put(noting(&log, "7", 7)), if guard => r.unwrap(),
                _ = noting(&log, "c", &c).take() => unreachable!("nobody puts"),
                r = noting(&log, "b", &b).put(noting(&log, "8", 8)), if !guard => r.unwrap(),
            }
        });
        let seen: &[_] = if guard {
            &["a", "7", "c"]
        } else {
            &["c", "b", "8"]
        };
        assert_eq!(log.take(), seen, "round {round}");
    }
    assert_eq!((a.try_take(), b.try_take()), (Ok(7), Ok(8)));
}

// test/chan/select: two senders whose channels come and go (nil there, `None` here) send every value
#[test]
fn arms_that_are_switched_off_in_turn_carry_everything_over() {
    let (tx, results) = (Channel::new(0), RefCell::new(Vec::new()));
    let mut executor = Executor::new();
    for parity in [0_u32, 1] {
        let tx = &tx;
        executor.go(async move {
            let (mut left, mut right) = (10 + parity, 20 + parity);
            for turn in 0..10 {
                // One of the two arms in each turn.
                let to_left = (turn % 2 == parity).then_some(tx);
                let to_right = (turn % 2 != parity).then_some(tx);
                select! {
                    r = to_left.map(|tx| tx.put(left)) => { r.unwrap(); left += 100 }
                    r = to_right.map(|tx| tx.put(right)) => { r.unwrap(); right += 100 }
                }
            }
        });
    }
    executor.go(async {
        for _ in 0..20 {
            let value = tx.take().await.unwrap();
            results.borrow_mut().push(value);
        }
    });
    assert_eq!(executor.run(), 0);
    let mut results = results.take();
    results.sort();
    let expected = (0..5).flat_map(|n| [10, 11, 20, 21].map(|start| start + 100 * n));
    assert!(results.into_iter().eq(expected));
}

/// Whether it waits when it is polled for the first time.
fn blocks<T>(future: impl Future<Output = T>) -> bool {
    Task::new(future).poll().is_pending()
}

// test/chan/select3: which operations block
#[test]
fn operations_block_exactly_when_they_have_to() {
    let never: Option<&Channel<u32>> = None;
    // A channel that is not there blocks for ever; `default` takes its place.
    assert!(blocks(async {
        select! { _ = never => {} }
    }));
    assert!(blocks(async {
        select! { _ = never.map(|ch| ch.put(7)) => {} }
    }));
    assert!(!blocks(async {
        select! { _ = never => {} default => {} }
    }));

    let empty = || Channel::<u32>::new(10);
    let full = || {
        let ch = Channel::new(2);
        while ch.try_put(7).is_ok() {}
        ch
    };
    let closed = |ch: Channel<u32>| {
        ch.close();
        ch
    };
    let rendezvous = || Channel::<u32>::new(0);
    for (ch, take_blocks, put_blocks) in [
        (empty(), true, false),
        (full(), false, true),
        (rendezvous(), true, true),
        (closed(empty()), false, false),
        (closed(full()), false, false),
        (closed(rendezvous()), false, false),
    ] {
        // A value that is taken is put back, and one that is put is taken back.
        let again = |ch: &Channel<u32>| ch.is_closed() || ch.try_put(7).is_ok();
        assert_eq!(blocks(ch.take()), take_blocks, "{ch:?}");
        assert!(take_blocks || again(&ch));
        assert_eq!(
            blocks(async {
                select! { _ = &ch => {} }
            }),
            take_blocks,
            "{ch:?}"
        );
        assert!(take_blocks || again(&ch));
        assert!(!blocks(async {
            select! { _ = &ch => {} default => {} }
        }));
        assert!(take_blocks || again(&ch));
        assert_eq!(blocks(ch.put(7)), put_blocks, "{ch:?}");
        assert!(put_blocks || ch.try_take().is_ok() || ch.is_closed());
        assert_eq!(
            blocks(async {
                select! { _ = ch.put(7) => {} }
            }),
            put_blocks,
            "{ch:?}"
        );
        assert!(put_blocks || ch.try_take().is_ok() || ch.is_closed());
        assert!(!blocks(async {
            select! { _ = ch.put(7) => {} default => {} }
        }));
    }
}

// test/chan/select4: what is done with the value of an arm that has lost is not evaluated
#[test]
fn bodies_of_losing_arms_are_not_evaluated() {
    struct Place {
        a: u32,
    }
    let (has, idle) = (Channel::new(1), Channel::<u32>::new(0));
    has.try_put(42).unwrap();
    let mut place = Place { a: 0 };
    let called = Cell::new(false);
    let target = |place: &mut u32, value| {
        called.set(true);
        *place = value;
    };
    let mut other = 0;
    now(async {
        select! {
            v = idle.take() => target(&mut other, v.unwrap()),
            v = has.take() => place.a = v.unwrap(),
        }
    });
    assert_eq!((place.a, called.get(), other), (42, false, 0));
}

// test/chan/select6: losers at the end of a queue are withdrawn without harm to those before and
// behind them
#[test]
fn loser_at_the_end_of_a_queue_leaves_it_whole() {
    let (a, b) = (Channel::new(0), Channel::new(0));
    let mut before = Task::parked(b.take());
    let mut selects = Task::parked(async {
        select! { v = a.take() => v, v = b.take() => v }
    });
    a.try_put(1).unwrap();
    assert_eq!(selects.woken(), Some(1));
    let mut behind = Task::parked(b.take());
    b.try_put(2).unwrap();
    b.try_put(3).unwrap();
    assert_eq!((before.woken(), behind.woken()), (Some(2), Some(3)));

    // The same among puts.
    let mut before = Task::parked(b.put(4));
    let mut selects = Task::parked(async {
        select! { r = a.put(5) => r, r = b.put(6) => r }
    });
    assert_eq!(a.try_take(), Ok(5));
    assert_eq!(selects.woken(), Ok(()));
    let mut behind = Task::parked(b.put(7));
    assert_eq!((b.try_take(), b.try_take()), (Ok(4), Ok(7)));
    assert_eq!((before.woken(), behind.woken()), (Ok(()), Ok(())));
}

type Fut<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + 'a>>;

/// Each way to take one value.
fn ways_to_take<'a>(
    ch: &'a Channel<u32>,
    idle: &'a Channel<u32>,
    shunned: &'a Channel<u32>,
) -> Vec<Fut<'a, Option<u32>>> {
    vec![
        Box::pin(ch.take()),
        Box::pin(async {
            select! { v = ch.take() => v }
        }),
        Box::pin(async {
            select! { v = ch.take() => v, v = idle.take() => v }
        }),
        Box::pin(async move {
            select! { v = idle.take() => v, v = ch => v, v = ch.take() => v }
        }),
        Box::pin(async {
            select! { v = ch.take() => v, r = shunned.put(0) => r.err().map(|e| e.into_inner()) }
        }),
        Box::pin(async {
            let mut set = Select::new();
            set.add(idle.take());
            let take = set.add(ch.take());
            assert_eq!(set.wait().await, Some(take.index()));
            set.output(take).flatten()
        }),
    ]
}

/// Each way to put one value.
fn ways_to_put<'a>(ch: &'a Channel<u32>, idle: &'a Channel<u32>) -> Vec<Fut<'a, bool>> {
    vec![
        Box::pin(async { ch.put(7).await.is_ok() }),
        Box::pin(async { ch.put_from(&mut Some(7)).await.is_ok() }),
        Box::pin(async {
            select! { r = ch.put(7) => r.is_ok() }
        }),
        Box::pin(async {
            select! { r = ch.put(7) => r.is_ok(), _ = idle.take() => false }
        }),
        Box::pin(async {
            let mut place = Some(7);
            let put =
                select! { _ = idle.take() => false, r = ch.put_from(&mut place) => r.is_ok() };
            put && place.is_none()
        }),
        Box::pin(async {
            select! { r = ch.put(7) => r.is_ok(), r = ch.put(7) => r.is_ok() }
        }),
        Box::pin(async {
            let mut set = Select::new();
            let put = set.add(ch.put(7));
            set.add(idle.take());
            assert_eq!(set.wait().await, Some(put.index()));
            set.output(put).is_some_and(|r| r.is_ok())
        }),
    ]
}

// test/chan/select7: each way to take meets each way to put, whoever comes first
#[test]
fn every_way_to_take_meets_every_way_to_put() {
    // To the one nobody puts, from the other nobody takes.
    let (ch, idle, shunned) = (Channel::new(0), Channel::new(0), Channel::new(0));
    for take in 0..ways_to_take(&ch, &idle, &shunned).len() {
        for put in 0..ways_to_put(&ch, &idle).len() {
            for putter_first in [false, true] {
                let taker = ways_to_take(&ch, &idle, &shunned).swap_remove(take);
                let putter = ways_to_put(&ch, &idle).swap_remove(put);
                let (taken, done) = if putter_first {
                    let mut putter = Task::parked(putter);
                    let taken = now(taker);
                    (taken, putter.woken())
                } else {
                    let mut taker = Task::parked(taker);
                    let done = now(putter);
                    (taker.woken(), done)
                };
                let context = format!("take {take}, put {put}, putter first: {putter_first}");
                assert_eq!((taken, done), (Some(7), true), "{context}");
                assert!(
                    ch.try_take().is_err() && ch.try_put(0).is_err(),
                    "{context}"
                );
            }
        }
    }
}

/// How the values of some channels are put, or taken.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Hands {
    /// One process a channel.
    Each,
    /// One process that selects over all.
    One,
}

const VALUES: u32 = if cfg!(miri) { 4 } else { 20 };

/// Puts the values of all channels in one process: whichever goes.
async fn put_all(channels: &[Channel<u32>]) {
    let mut next = vec![0; channels.len()];
    while next.iter().any(|&n| n < VALUES) {
        let mut set = Select::new();
        for (ch, n) in channels.iter().zip(&next) {
            // An arm that is not there keeps the numbers of the others.
            set.add((*n < VALUES).then(|| ch.put(*n)));
        }
        next[set.wait().await.unwrap()] += 1;
    }
    channels.iter().for_each(|ch| assert!(ch.close()));
}

/// Takes the values of all channels in one process, each channel's in order.
async fn take_all(channels: &[Channel<u32>]) {
    let mut next = vec![Some(0); channels.len()];
    while next.iter().any(Option::is_some) {
        let mut set = Select::new();
        let pairs = channels.iter().zip(&next);
        let keys: Vec<_> = pairs.map(|(ch, n)| set.add(n.map(|_| ch.take()))).collect();
        let fired = set.wait().await.unwrap();
        match set.output(keys[fired]).unwrap() {
            Some(value) => {
                assert_eq!(Some(value), next[fired]);
                next[fired] = Some(value + 1);
            }
            None => assert_eq!(next[fired].take(), Some(VALUES)),
        }
    }
}

// test/ken/chan: one to four channels, buffered or not, with a process for each or a select over all,
// on either side; every value arrives, those of one channel in order
#[test]
fn any_number_of_channels_with_selects_on_either_side_carry_all_in_order() {
    // An interpreter need not see all.
    let (capacities, step) = if cfg!(miri) { (2, 2) } else { (3, 1) };
    for &capacity in &[0, 1, 10][..capacities] {
        for count in (1..=4).step_by(step) {
            for (putters, takers) in [
                (Hands::Each, Hands::Each),
                (Hands::Each, Hands::One),
                (Hands::One, Hands::Each),
                (Hands::One, Hands::One),
            ] {
                let channels: Vec<_> = (0..count).map(|_| Channel::new(capacity)).collect();
                let mut executor = Executor::new();
                match putters {
                    Hands::One => executor.go(put_all(&channels)),
                    Hands::Each => channels.chunks(1).for_each(|ch| executor.go(put_all(ch))),
                }
                match takers {
                    Hands::One => executor.go(take_all(&channels)),
                    Hands::Each => channels.chunks(1).for_each(|ch| executor.go(take_all(ch))),
                }
                let waiting = executor.run();
                assert_eq!(
                    waiting, 0,
                    "{count} of {capacity}, {putters:?} to {takers:?}"
                );
            }
        }
    }
}
