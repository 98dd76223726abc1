//! Faults that were found in other channels, each as a test of ours. The comments name where.

mod common;

use common::{Executor, Ledger, Task, now};
use csp_core::{
    Channel, PutTimeoutError, StaticChannel, TakeTimeoutError, TryTakeError, channel, select,
};
use std::cell::RefCell;
use std::marker::PhantomPinned;
use std::time::Duration;

// kanal#24, kanal#50, ferrotunnel#170
#[test]
fn value_survives_the_cancelled_take_that_was_called_for_it() {
    for capacity in [0, 1, 5] {
        let ledger = Ledger::new();
        let (tx, rx) = channel(capacity);
        let taker = Task::parked(rx.take());
        assert_eq!(now(tx.put(ledger.value(1))), Ok(()));
        assert_eq!(taker.wakes(), 1);
        drop(taker);
        assert_eq!(ledger.alive(), 1);
        let other = rx.clone();
        assert_eq!(now(other.take()).map(|value| value.id), Some(1));

        // The last receiver takes what is left with it, once.
        drop(other);
        let taker = Task::parked(rx.take());
        assert_eq!(now(tx.put(ledger.value(2))), Ok(()));
        drop(taker);
        drop(rx);
        ledger.assert_settled();
    }
}

// kanal
#[test]
fn second_taker_is_woken_when_the_first_is_called_and_dropped() {
    for capacity in [0, 1, 5] {
        let ch = Channel::new(capacity);
        let first = Task::parked(ch.take());
        let mut second = Task::parked(ch.take());
        let mut third = Task::parked(ch.take());
        ch.try_put(1).unwrap();
        drop(first);
        ch.try_put(2).unwrap();
        assert_eq!(second.woken(), Some(1));
        assert_eq!(third.woken(), Some(2));
    }
}

// kanal 0.1.1
#[test]
fn put_that_is_polled_with_another_waker_wakes_that_one() {
    for capacity in [0, 1] {
        let ch = Channel::new(capacity);
        while capacity > ch.len() {
            ch.try_put(0).unwrap();
        }
        let mut putter = Task::parked(ch.put(1));
        let mut other = Task::parked(ch.closed());
        putter.change_waker();
        putter.assert_pending();
        assert!(ch.try_take().is_ok());
        assert_eq!(putter.woken(), Ok(()));
        other.assert_pending();
    }
}

// async-channel#87, flume#104
#[test]
fn cancelled_put_is_never_delivered_and_its_value_can_be_kept() {
    for capacity in [0, 1] {
        let ch = Channel::new(capacity);
        while capacity > ch.len() {
            ch.try_put(0).unwrap();
        }
        let mut place = Some(1);
        drop(Task::parked(ch.put_from(&mut place)));
        drop(Task::parked(ch.put(2)));
        assert_eq!(place, Some(1));
        assert_eq!(ch.try_take().ok(), (capacity > 0).then_some(0));
        assert_eq!(ch.try_take(), Err(TryTakeError::Empty));
    }
}

// flume: 297 of 300 runs
#[test]
fn two_puts_of_one_select_with_two_takers_waiting_deliver_one() {
    for _ in 0..if cfg!(miri) { 20 } else { 300 } {
        let (a, b) = (Channel::new(0), Channel::new(0));
        let (mut from_a, mut from_b) = (Task::parked(a.take()), Task::parked(b.take()));
        now(async {
            select! { r = a.put(1) => r, r = b.put(2) => r }
        })
        .unwrap();
        assert_eq!(from_a.wakes() + from_b.wakes(), 1);
        a.close();
        b.close();
        let taken = [from_a.ready(), from_b.ready()];
        assert_eq!(taken.iter().flatten().count(), 1);
    }
}

// zio#702, kotlinx.coroutines#1411
#[test]
fn selects_that_face_each_other_on_rendezvous_all_get_through() {
    const EACH: u32 = if cfg!(miri) { 10 } else { 50 };
    let (a, b) = (Channel::new(0), Channel::new(0));
    let taken = RefCell::new(Vec::new());
    let mut executor = Executor::new();
    for process in 0..6_u32 {
        let (a, b, taken) = (&a, &b, &taken);
        executor.go(async move {
            for n in 0..EACH {
                let own = process * EACH + n;
                match process % 2 {
                    0 => select! { r = a.put(own) => r.unwrap(), r = b.put(own) => r.unwrap() },
                    _ => {
                        let value = select! { v = b.take() => v, v = a.take() => v };
                        taken.borrow_mut().push(value.unwrap());
                    }
                }
            }
        });
    }
    assert_eq!(executor.run(), 0);
    let mut taken = taken.take();
    taken.sort();
    let put = (0..6).filter(|process| process % 2 == 0);
    let put: Vec<u32> = put
        .flat_map(|process| process * EACH..(process + 1) * EACH)
        .collect();
    assert_eq!(taken, put);
}

// zio#702, kotlinx.coroutines#1411: each select puts and takes
#[test]
fn selects_that_put_one_way_and_take_the_other_all_get_through() {
    const EACH: u32 = if cfg!(miri) { 10 } else { 50 };
    let (there, back) = (Channel::new(0), Channel::new(0));
    let (put, taken) = (RefCell::new(Vec::new()), RefCell::new(Vec::new()));
    let mut executor = Executor::new();
    for process in 0..6_u32 {
        let (there, back) = match process % 2 {
            0 => (&there, &back),
            _ => (&back, &there),
        };
        let (put, taken) = (&put, &taken);
        executor.go(async move {
            for n in 0..EACH {
                let own = process * EACH + n;
                select! {
                    r = there.put(own) => {
                        r.unwrap();
                        put.borrow_mut().push(own);
                    }
                    v = back.take() => taken.borrow_mut().push(v.unwrap()),
                }
            }
        });
    }
    assert_eq!(executor.run(), 0);
    let (mut put, mut taken) = (put.take(), taken.take());
    put.sort();
    taken.sort();
    assert_eq!(put.len(), 3 * EACH as usize, "one of two has put");
    assert_eq!(taken, put);
}

// flume PR#172
#[test]
fn put_on_a_rendezvous_returns_only_when_a_taker_is_there() {
    let ch = Channel::new(0);
    let log = RefCell::new(Vec::new());
    let note = |event: &'static str| log.borrow_mut().push(event);
    let mut executor = Executor::new();
    executor.go(async {
        note("putting");
        ch.put(1).await.unwrap();
        note("put 1");
        ch.put(2).await.unwrap();
        note("put 2");
    });
    assert_eq!(executor.run(), 1);
    assert_eq!(*log.borrow(), ["putting"]);
    executor.go(async {
        note("taking");
        assert_eq!(ch.take().await, Some(1));
        note("took 1");
    });
    assert_eq!(executor.run(), 1);
    assert_eq!(*log.borrow(), ["putting", "taking", "took 1", "put 1"]);
    assert_eq!(ch.try_take(), Ok(2));
    assert_eq!(executor.run(), 0);
}

// flume#182, tokio#2637
#[test]
fn takers_that_are_polled_a_million_times_are_woken_once() {
    let ch = Channel::new(0);
    let mut takers: Vec<_> = (0..10).map(|_| Task::new(ch.take())).collect();
    takers.iter_mut().for_each(Task::assert_pending);
    // Every other one, so that nobody comes to stand where another did.
    for _ in 0..if cfg!(miri) { 20 } else { 200_000 } {
        let losers = takers.iter_mut().step_by(2);
        losers.for_each(Task::assert_pending);
    }
    ch.try_put(1).unwrap();
    let wakes = |takers: &[Task<'_, _>]| takers.iter().map(Task::wakes).sum::<usize>();
    assert_eq!(wakes(&takers), 1);
    assert_eq!(takers[0].woken(), Some(1));
    takers.remove(0);
    ch.close();
    assert_eq!(wakes(&takers), 9);
    assert!(takers.iter_mut().all(|taker| taker.woken().is_none()));
}

// thingbuf, iroh#2533, tokio#8075
#[test]
fn woken_waiter_that_is_dropped_leaves_nobody_asleep() {
    for capacity in [0, 1] {
        let (ch, idle) = (Channel::new(capacity), Channel::<u32>::new(0));
        let select = || async {
            select! { v = ch.take() => v, v = idle.take() => v }
        };
        let called: Vec<_> = (0..5).map(|_| Task::parked(select())).collect();
        let plain: Vec<_> = (0..5).map(|_| Task::parked(ch.take())).collect();
        let mut last = Task::parked(select());
        ch.try_put(1).unwrap();
        drop((called, plain));
        assert_eq!(last.woken(), Some(1));

        // A put that was completed owes nothing; one that still waits leaves its turn.
        while ch.try_put(2).is_ok() {}
        let gone = Task::parked(ch.put(3));
        let waits = Task::parked(ch.put(4));
        let mut next = Task::parked(ch.put(5));
        let first = ch.try_take().unwrap();
        drop((gone, waits));
        assert_eq!(first, if capacity == 0 { 3 } else { 2 });
        let rest: Vec<_> = std::iter::from_fn(|| ch.try_take().ok()).collect();
        assert_eq!(rest, if capacity == 0 { vec![5] } else { vec![3, 5] });
        assert_eq!(next.woken(), Ok(()));
    }
}

// tokio#8062
#[test]
fn len_stays_between_nothing_and_the_capacity() {
    for capacity in [0, 1, 2] {
        let ch = Channel::new(capacity);
        let check = || assert!(ch.len() <= ch.capacity());
        let takers: Vec<_> = (0..4).map(|_| Task::parked(ch.take())).collect();
        ch.try_put(()).unwrap();
        assert_eq!((ch.len(), ch.is_empty()), (0, true), "promised");
        ch.try_take().unwrap();
        assert_eq!((ch.len(), ch.is_empty()), (0, true), "gone elsewhere");
        while ch.try_put(()).is_ok() {
            check();
        }
        // What was promised to called takers, and now is promised to nobody.
        for taker in takers {
            drop(taker);
            check();
        }
        assert!(ch.is_full());
        while ch.try_take().is_ok() {
            check();
        }
        assert!(ch.is_empty());
    }
}

// quickwit#2862
#[test]
fn last_receiver_drops_the_reply_channels_that_lie_in_the_channel() {
    for capacity in [1, 5] {
        let (tx, rx) = channel(capacity);
        let (reply, answer) = channel::<u32>(0);
        tx.try_put(reply).unwrap();
        let mut asker = Task::parked(answer.take());
        drop(rx);
        assert_eq!(asker.woken(), None, "nobody will answer");
    }
}

// futures-rs#403
#[test]
fn cloned_senders_do_not_widen_the_capacity() {
    let (tx, _rx) = channel(2);
    let senders: Vec<_> = (0..10).map(|_| tx.clone()).collect();
    let put = senders.iter().filter(|tx| tx.try_put(()).is_ok()).count();
    assert_eq!((put, tx.len(), tx.capacity()), (2, 2, 2));
    let mut parked: Vec<_> = senders.iter().map(|tx| Task::parked(tx.put(()))).collect();
    assert!(parked.iter_mut().all(|put| put.poll().is_pending()));
    assert_eq!(tx.len(), 2);
}

// flume 0.12
#[test]
fn zero_timeout_is_one_try() {
    let (tx, rx) = channel(1);
    let zero = Duration::ZERO;
    assert_eq!(
        rx.take_blocking_timeout(zero),
        Err(TakeTimeoutError::Timeout)
    );
    assert_eq!(tx.put_blocking_timeout(1, zero), Ok(()));
    assert_eq!(
        tx.put_blocking_timeout(2, zero),
        Err(PutTimeoutError::Timeout(2))
    );
    assert_eq!(rx.take_blocking_timeout(zero), Ok(1));
    rx.close();
    assert_eq!(
        rx.take_blocking_timeout(zero),
        Err(TakeTimeoutError::Closed)
    );
    assert_eq!(
        tx.put_blocking_timeout(3, zero),
        Err(PutTimeoutError::Closed(3))
    );
}

// crossbeam#1146
#[test]
#[cfg_attr(target_family = "wasm", ignore = "there is one thread")]
fn longest_timeout_waits_for_its_partner() {
    let (tx, rx) = channel(0);
    let taker = std::thread::spawn(move || {
        let first = rx.take_blocking_timeout(Duration::MAX);
        (first, rx.take_blocking_timeout(Duration::MAX))
    });
    assert_eq!(tx.put_blocking_timeout(1, Duration::MAX), Ok(()));
    drop(tx);
    assert_eq!(
        taker.join().unwrap(),
        (Ok(1), Err(TakeTimeoutError::Closed))
    );
}

#[test]
fn zero_sized_values_are_counted() {
    for capacity in [1, 100] {
        let ch = Channel::new(capacity);
        let put = (0..200).filter(|_| ch.try_put(()).is_ok()).count();
        assert_eq!((put, ch.len()), (capacity, capacity));
        let mut putter = Task::parked(ch.put(()));
        assert_eq!(
            std::iter::from_fn(|| ch.try_take().ok()).count(),
            capacity + 1
        );
        assert_eq!(putter.woken(), Ok(()));
    }
    let unbounded = Channel::unbounded();
    let many = if cfg!(miri) { 100 } else { 10_000 };
    (0..many).for_each(|_| unbounded.try_put(()).unwrap());
    assert_eq!(unbounded.len(), many);
}

#[test]
fn over_aligned_values_lie_where_they_must() {
    #[repr(align(4096))]
    struct Page(u8);
    let check = |value: &Page, id| {
        assert_eq!(std::ptr::from_ref(value).addr() % 4096, 0);
        assert_eq!(value.0, id);
    };
    let ch = Channel::new(2);
    let fixed = Box::new(StaticChannel::<Page, 1>::new());
    for id in 0..5 {
        let mut taker = Task::parked(ch.take());
        assert!(ch.try_put(Page(id)).is_ok());
        check(&taker.woken().unwrap(), id);
        assert!(fixed.try_put(Page(id)).is_ok());
        check(&now(fixed.take()).unwrap(), id);
    }
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "there is one thread")]
#[cfg_attr(miri, ignore = "slow")]
fn large_values_pass() {
    const MEBIBYTE: usize = 1 << 20;
    let body = || {
        for capacity in [0, 1] {
            let ch = Channel::new(capacity);
            let mut taker = Task::parked(ch.take());
            assert!(ch.try_put([7_u8; MEBIBYTE]).is_ok());
            assert!(taker.woken().unwrap().iter().all(|&byte| byte == 7));
            if capacity == 0 {
                assert!(ch.try_put([8; MEBIBYTE]).is_err(), "nobody takes");
            }
            let mut putters = [9, 10].map(|n| Task::new(ch.put([n; MEBIBYTE])));
            let waits = putters
                .iter_mut()
                .filter_map(|put| put.poll().is_pending().then_some(()));
            assert_eq!(waits.count(), 2 - capacity);
            assert_eq!(ch.try_take().unwrap()[MEBIBYTE - 1], 9);
            assert_eq!(now(ch.take()).unwrap()[0], 10);
        }
    };
    // Unoptimized, such a value is copied from call to call.
    let thread = std::thread::Builder::new().stack_size(256 * MEBIBYTE);
    thread.spawn(body).unwrap().join().unwrap();
}

#[test]
fn values_that_must_not_move_once_pinned_may_be_put() {
    struct Still(u32, PhantomPinned);
    let ch = Channel::new(0);
    let mut putter = Task::parked(ch.put(Still(1, PhantomPinned)));
    assert_eq!(now(ch.take()).map(|value| value.0), Some(1));
    assert!(putter.woken().is_ok());
    let mut select = Task::parked(async {
        select! { v = ch.take() => v }
    });
    assert!(ch.try_put(Still(2, PhantomPinned)).is_ok());
    assert_eq!(select.woken().map(|value| value.0), Some(2));
}
