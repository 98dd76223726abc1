//! Weak ends: what they find when they are upgraded, and that they keep nothing alive. After tokio's
//! tests of its weak senders (`sync_mpsc_weak`).

mod common;

use common::{Ledger, Task, Value, now};
use csp_core::{Channel, TryPutError, TryTakeError, WeakSender, channel};
use std::sync::Barrier;
use std::thread;

const ROUNDS: usize = if cfg!(miri) { 10 } else { 1000 };

#[test]
fn upgraded_sender_is_as_good_as_any() {
    let (tx, rx) = channel(1);
    let weak = tx.downgrade();
    let other = weak.upgrade().unwrap();
    assert!(other.same_channel(&tx));
    other.try_put(1).unwrap();
    drop(tx);
    assert_eq!(rx.try_take(), Ok(1));
    assert_eq!(
        rx.try_take(),
        Err(TryTakeError::Empty),
        "one sender is left"
    );
    let last = other.downgrade().upgrade();
    drop(other);
    last.unwrap().try_put(2).unwrap();
    assert_eq!(now(rx.take()), Some(2));
    assert_eq!(now(rx.take()), None);
}

#[test]
fn taker_that_waits_is_told_when_only_weak_senders_are_left() {
    let (tx, rx) = channel::<u32>(0);
    let weak: Vec<_> = (0..3).map(|_| tx.downgrade()).collect();
    let mut taker = Task::parked(rx.take());
    let again = weak[0].upgrade();
    drop(tx);
    taker.assert_pending();
    drop(again);
    assert_eq!(taker.woken(), None);
    assert!(weak.iter().all(|weak| weak.upgrade().is_none()));
}

#[test]
fn putter_that_waits_gets_its_value_back_when_only_weak_receivers_are_left() {
    let (tx, rx) = channel(0);
    let weak = rx.downgrade();
    let mut putter = Task::parked(tx.put(7));
    let again = weak.upgrade().unwrap();
    drop(rx);
    putter.assert_pending();
    drop(again);
    assert_eq!(putter.woken().map_err(|closed| closed.into_inner()), Err(7));
    assert!(weak.upgrade().is_none());
    assert_eq!(tx.try_put(8), Err(TryPutError::Closed(8)));
}

#[test]
fn weak_ends_of_a_closed_channel_are_upgraded_as_long_as_a_strong_one_is_there() {
    let (tx, rx) = channel(1);
    let (weak_tx, weak_rx) = (tx.downgrade(), rx.downgrade());
    tx.try_put(1).unwrap();
    assert!(rx.close());
    let upgraded = weak_tx.upgrade().unwrap();
    assert_eq!(upgraded.try_put(2), Err(TryPutError::Closed(2)));
    assert_eq!(
        weak_rx.upgrade().unwrap().try_take(),
        Ok(1),
        "it drains as any other"
    );
    drop((tx, rx, upgraded));
    assert!(weak_tx.upgrade().is_none() && weak_rx.upgrade().is_none());
}

#[test]
fn weak_ends_keep_no_value_alive() {
    let ledger = Ledger::new();
    let ch = Channel::new(2);
    ch.try_put(ledger.value(1)).unwrap();
    let weak = (
        ch.downgrade(),
        ch.sender().downgrade(),
        ch.receiver().downgrade(),
    );
    drop(ch);
    ledger.assert_settled();
    assert!(weak.0.upgrade().is_none() && weak.1.upgrade().is_none());
    assert!(weak.2.upgrade().is_none());
}

#[test]
fn channel_whose_values_hold_weak_ends_of_it_is_freed() {
    struct Own(Value, WeakSender<Own>);
    let ledger = Ledger::new();
    let (tx, rx) = channel(2);
    let own = Own(ledger.value(1), tx.downgrade());
    assert_eq!(own.0.id, 1);
    assert!(own.1.upgrade().is_some_and(|tx| tx.try_put(own).is_ok()));
    let weak = tx.downgrade();
    drop(rx);
    assert_eq!(ledger.alive(), 0);
    assert!(
        weak.upgrade().is_some_and(|tx| tx.is_closed()),
        "the sender is there"
    );
}

// tokio: `test_mpsc_weak_upgrade` and its race
#[test]
#[cfg_attr(target_family = "wasm", ignore = "there is one thread")]
fn upgrade_beside_the_last_drop_gets_an_open_channel_or_none() {
    let mut upgraded = 0;
    for _ in 0..ROUNDS {
        let (tx, rx) = channel(1);
        let weak = tx.downgrade();
        let start = Barrier::new(2);
        thread::scope(|scope| {
            let puts = scope.spawn(|| {
                start.wait();
                match weak.upgrade() {
                    // The channel is open for as long as this sender is there.
                    Some(tx) => tx.try_put(7).map(|()| 1),
                    None => Ok(0),
                }
            });
            start.wait();
            drop(tx);
            let put = puts
                .join()
                .unwrap()
                .expect("an end that is there keeps it open");
            assert_eq!(now(rx.take()), (put == 1).then_some(7));
            upgraded += put;
        });
        assert_eq!(rx.try_take(), Err(TryTakeError::Closed));
        assert!(weak.upgrade().is_none());
    }
    println!("{upgraded} of {ROUNDS} came in time");
}
