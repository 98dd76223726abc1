//! The calls on channels of all kinds and on their ends, and what closing does.

mod common;

use common::{Ledger, Task, each_kind, now};
use csp_core::{
    Channel, Closed, PutTimeoutError, StaticChannel, TakeTimeoutError, TryPutError, TryTakeError,
    channel,
};
use std::error::Error;

const ANY: usize = usize::MAX;

#[test]
fn values_leave_in_the_order_they_were_put() {
    each_kind(1, ANY, |ch| {
        for round in 0..5 {
            let room = ch.capacity().min(if cfg!(miri) { 10 } else { 50 });
            (0..room).for_each(|n| assert_eq!(now(ch.put((round, n))), Ok(())));
            (0..room).for_each(|n| assert_eq!(now(ch.take()), Some((round, n))));
        }
    });
}

#[test]
fn counts_follow_what_is_stored() {
    each_kind(0, 100, |ch| {
        let capacity = ch.capacity();
        for n in 0..capacity {
            assert_eq!((ch.len(), ch.is_empty(), ch.is_full()), (n, n == 0, false));
            ch.try_put(n).unwrap();
        }
        assert_eq!(
            (ch.len(), ch.is_empty(), ch.is_full()),
            (capacity, capacity == 0, true)
        );
        let _waits = Task::parked(ch.put(capacity));
        assert_eq!(ch.len(), capacity, "a put that waits is not stored");
    });
}

#[test]
fn capacity_is_what_was_asked_for() {
    assert_eq!(Channel::<u8>::new(0).capacity(), 0);
    assert_eq!(Channel::<u8>::new(17).capacity(), 17);
    assert_eq!(Channel::<u8>::unbounded().capacity(), usize::MAX);
    assert_eq!(StaticChannel::<u8, 3>::new().capacity(), 3);
    let (tx, rx) = channel::<u8>(5);
    assert_eq!((tx.capacity(), rx.capacity()), (5, 5));
}

#[test]
fn full_channel_gives_the_value_of_a_try_back() {
    each_kind(0, 100, |ch| {
        (0..ch.capacity()).for_each(|_| ch.try_put("stored").unwrap());
        let error = ch.try_put("mine").unwrap_err();
        assert!(error.is_full() && !error.is_closed());
        assert_eq!(error, TryPutError::Full("mine"));
        ch.close();
        let error = ch.try_put("mine").unwrap_err();
        assert!(error.is_closed() && !error.is_full());
        assert_eq!(error.into_inner(), "mine");
    });
}

#[test]
fn try_take_tells_empty_from_closed() {
    each_kind::<u8>(0, ANY, |ch| {
        assert_eq!(ch.try_take(), Err(TryTakeError::Empty));
        ch.close();
        assert_eq!(ch.try_take(), Err(TryTakeError::Closed));
    });
}

#[test]
fn try_put_on_a_rendezvous_needs_a_taker_that_waits() {
    each_kind(0, 0, |ch| {
        assert_eq!(ch.try_put(0), Err(TryPutError::Full(0)));
        let mut taker = Task::parked(ch.take());
        assert_eq!(ch.try_put(1), Ok(()));
        assert_eq!(
            ch.try_put(2),
            Err(TryPutError::Full(2)),
            "nobody else waits"
        );
        assert_eq!(taker.woken(), Some(1));
        drop(Task::parked(ch.take()));
        assert_eq!(ch.try_put(3), Err(TryPutError::Full(3)), "it is gone");
    });
}

#[test]
fn try_take_takes_from_a_put_that_waits() {
    each_kind(0, 100, |ch| {
        (0..ch.capacity()).for_each(|n| ch.try_put(n).unwrap());
        let mut putter = Task::parked(ch.put(ch.capacity()));
        for n in 0..=ch.capacity() {
            assert_eq!(ch.try_take(), Ok(n));
        }
        assert_eq!(putter.woken(), Ok(()));
        assert_eq!(ch.try_take(), Err(TryTakeError::Empty));
    });
}

#[test]
fn put_from_takes_the_value_out_when_it_commits() {
    each_kind(0, 100, |ch| {
        (0..ch.capacity()).for_each(|n| ch.try_put(n).unwrap());
        let mut place = Some(1000);
        let mut putter = Task::parked(ch.put_from(&mut place));
        let taken: Vec<_> = std::iter::from_fn(|| ch.try_take().ok()).collect();
        assert_eq!(taken.last(), Some(&1000));
        assert_eq!(putter.woken(), Ok(()));
        drop(putter);
        assert_eq!(place, None);
        assert_eq!(
            now(ch.put_from(&mut place)),
            Ok(()),
            "there is nothing to put"
        );
        assert_eq!(ch.try_take(), Err(TryTakeError::Empty));
    });
}

#[test]
fn put_from_a_closed_channel_leaves_the_value_in_its_place() {
    each_kind(0, 100, |ch| {
        (0..ch.capacity()).for_each(|_| ch.try_put(0).unwrap());
        let (mut parked, mut late) = (Some(1), Some(2));
        let mut putter = Task::parked(ch.put_from(&mut parked));
        ch.close();
        assert_eq!(putter.woken(), Err(Closed(())));
        drop(putter);
        assert_eq!(now(ch.put_from(&mut late)), Err(Closed(())));
        assert_eq!((parked, late), (Some(1), Some(2)));
    });
}

#[test]
fn only_the_first_close_says_that_it_closed() {
    each_kind::<u8>(0, ANY, |ch| {
        assert!(!ch.is_closed());
        assert_eq!([ch.close(), ch.close(), ch.close()], [true, false, false]);
        assert!(ch.is_closed());
    });
    let (tx, rx) = channel::<u8>(1);
    assert_eq!([rx.close(), tx.close()], [true, false]);
}

#[test]
fn closed_channel_refuses_puts_and_drains_what_is_stored() {
    each_kind(1, ANY, |ch| {
        ch.try_put(1).unwrap();
        ch.close();
        assert_eq!(now(ch.put(2)), Err(Closed(2)));
        assert_eq!(ch.try_put(3), Err(TryPutError::Closed(3)));
        assert_eq!(ch.len(), 1);
        assert_eq!(now(ch.take()), Some(1));
        assert_eq!((now(ch.take()), now(ch.take())), (None, None));
    });
}

#[test]
fn close_fails_waiting_puts_with_their_values_at_once() {
    each_kind(0, 100, |ch| {
        (0..ch.capacity()).for_each(|_| ch.try_put(1000).unwrap());
        // More than are woken in one go.
        let mut putters: Vec<_> = (0..20).map(|n| Task::parked(ch.put(n))).collect();
        ch.close();
        for (n, putter) in putters.iter_mut().enumerate() {
            assert_eq!(putter.woken(), Err(Closed(n)));
        }
        assert_eq!(ch.len(), ch.capacity(), "what was stored is to be drained");
    });
}

#[test]
fn close_wakes_all_waiting_takes() {
    each_kind::<u8>(0, ANY, |ch| {
        let mut takers: Vec<_> = (0..20).map(|_| Task::parked(ch.take())).collect();
        ch.close();
        assert!(takers.iter_mut().all(|taker| taker.woken().is_none()));
    });
}

#[test]
fn called_taker_gets_its_value_after_the_close() {
    each_kind(0, ANY, |ch| {
        let mut first = Task::parked(ch.take());
        let mut second = Task::parked(ch.take());
        ch.try_put(1).unwrap();
        ch.close();
        assert_eq!((first.woken(), second.woken()), (Some(1), None));
    });
}

#[test]
fn last_sender_closes_and_leaves_the_values() {
    let (tx, rx) = channel(3);
    let other = tx.clone();
    let mut waits = Task::parked(rx.closed());
    tx.try_put(1).unwrap();
    drop(tx);
    assert!(!rx.is_closed());
    waits.assert_pending();
    drop(other);
    assert!(rx.is_closed());
    waits.woken();
    assert_eq!((now(rx.take()), now(rx.take())), (Some(1), None));
}

#[test]
fn last_receiver_closes_fails_puts_and_drops_the_values_at_once() {
    let ledger = Ledger::new();
    let (tx, rx) = channel(2);
    (0..2).for_each(|id| tx.try_put(ledger.value(id)).unwrap());
    let mut putter = Task::parked(tx.put(ledger.value(2)));
    let mut waits = Task::parked(tx.closed());
    let other = rx.clone();
    drop(rx);
    assert_eq!(ledger.alive(), 3);
    drop(other);
    assert_eq!(
        (ledger.drops(0), ledger.drops(1), ledger.drops(2)),
        (1, 1, 0)
    );
    assert_eq!(putter.woken().map_err(|closed| closed.0.id), Err(2));
    waits.woken();
    assert!(tx.is_closed() && tx.is_empty());
    ledger.assert_settled();
}

#[test]
fn two_ended_handle_counts_as_both_ends() {
    let ch = Channel::<u8>::new(1);
    let (tx, rx) = ch.clone().split();
    drop((tx, rx));
    assert!(!ch.is_closed());
    let (tx, rx) = ch.split();
    assert!(!tx.is_closed());
    drop(tx);
    assert!(rx.is_closed());
    let (tx, rx) = Channel::<u8>::new(1).split();
    drop(rx);
    assert!(tx.is_closed());
}

#[test]
fn values_that_nobody_took_are_dropped_with_the_channel() {
    let ledger = Ledger::new();
    let ch = Channel::new(100);
    let fixed = StaticChannel::<_, 3>::new();
    (0..3).for_each(|id| ch.try_put(ledger.value(id)).unwrap());
    (3..6).for_each(|id| fixed.try_put(ledger.value(id)).unwrap());
    drop((ch.try_take(), fixed.try_take()));
    drop((ch, fixed));
    ledger.assert_settled();
}

#[test]
fn closed_resolves_for_all_who_wait_and_at_once_when_it_is_closed() {
    each_kind::<u8>(0, ANY, |ch| {
        let mut waits: Vec<_> = (0..20).map(|_| Task::parked(ch.closed())).collect();
        let gone = waits.pop();
        drop(gone);
        waits.iter_mut().for_each(Task::assert_pending);
        ch.close();
        waits.iter_mut().for_each(Task::woken);
        now(ch.closed());
    });
}

#[test]
fn closed_is_not_woken_by_values() {
    each_kind(1, ANY, |ch| {
        let mut waits = Task::parked(ch.closed());
        ch.try_put(1).unwrap();
        ch.try_take().unwrap();
        assert_eq!(waits.wakes(), 0);
        ch.close();
        waits.woken();
    });
}

#[test]
fn weak_ends_do_not_keep_the_channel_open() {
    let (tx, rx) = channel::<u8>(1);
    let (weak_tx, weak_rx) = (tx.downgrade(), rx.downgrade().clone());
    drop(weak_tx.upgrade().unwrap());
    assert!(!rx.is_closed());
    let other = weak_tx.upgrade().unwrap();
    drop(tx);
    assert!(!rx.is_closed(), "the upgraded one holds it");
    drop(other);
    assert!(rx.is_closed());
    assert!(weak_tx.upgrade().is_none());
    assert!(weak_rx.upgrade().is_some());
    drop(rx);
    assert!(weak_rx.upgrade().is_none());
}

#[test]
fn weak_channel_needs_both_ends() {
    let ch = Channel::<u8>::new(1);
    let weak = ch.downgrade().clone();
    assert!(
        weak.upgrade()
            .is_some_and(|strong| strong.same_channel(&ch))
    );
    ch.close();
    assert!(weak.upgrade().is_some(), "closed, but not gone");
    let (tx, rx) = ch.split();
    drop(rx);
    assert!(weak.upgrade().is_none());
    drop(tx);
}

#[test]
fn same_channel_knows_clones_from_others() {
    let (one, two) = (Channel::<u8>::new(1), Channel::<u8>::new(1));
    assert!(one.same_channel(&one.clone()) && !one.same_channel(&two));
    assert!(one.sender().same_channel(&one.clone().split().0));
    assert!(!one.receiver().same_channel(two.receiver()));
    let (fixed, other) = (StaticChannel::<u8, 0>::new(), StaticChannel::<u8, 0>::new());
    assert!(fixed.same_channel(&fixed) && !fixed.same_channel(&other));
}

#[test]
fn unbounded_channel_stores_any_number_in_order() {
    let ch = Channel::unbounded();
    let (mut put, mut taken) = (0, 0);
    let rounds = if cfg!(miri) { 20 } else { 200 };
    // Grows while its values lie around the end of its ring.
    for round in 0..rounds {
        for _ in 0..round {
            assert_eq!(ch.try_put(put), Ok(()));
            put += 1;
        }
        for _ in 0..round / 2 {
            assert_eq!(ch.try_take(), Ok(taken));
            taken += 1;
        }
        assert_eq!((ch.len(), ch.is_full()), (put - taken, false));
    }
    let mut putter = Task::new(ch.put(put));
    assert_eq!(putter.ready(), Ok(()));
    assert_eq!(
        std::iter::from_fn(|| ch.try_take().ok()).count(),
        put - taken + 1
    );
}

#[test]
fn generous_capacity_costs_memory_only_when_it_is_used() {
    let ch = Channel::new(usize::MAX - 1);
    let many = usize::MAX >> 8;
    let wide = Channel::new(many);
    let values = if cfg!(miri) { 100 } else { 3000 };
    for n in 0..values {
        ch.try_put(n).unwrap();
        wide.try_put([n; 64]).unwrap();
    }
    assert_eq!((ch.capacity(), wide.capacity()), (usize::MAX - 1, many));
    assert!((0..values).all(|n| ch.try_take() == Ok(n) && wide.try_take() == Ok([n; 64])));
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "there is one thread")]
fn static_channel_is_shared_by_reference() {
    static CH: StaticChannel<u32, 2> = StaticChannel::new();
    let putter = std::thread::spawn(|| (0..100).for_each(|n| CH.put_blocking(n).unwrap()));
    assert!((0..100).all(|n| CH.take_blocking() == Some(n)));
    putter.join().unwrap();
}

#[test]
fn static_channel_may_be_moved_with_its_values() {
    let ch = StaticChannel::<_, 2>::default();
    ch.try_put("a").unwrap();
    let moved = Box::new(ch);
    moved.try_put("b").unwrap();
    let ch = *moved;
    assert_eq!((ch.try_take(), ch.try_take()), (Ok("a"), Ok("b")));
}

#[test]
fn nothing_happens_before_the_first_poll() {
    each_kind(1, ANY, |ch| {
        ch.try_put(1).unwrap();
        let (put, take) = (ch.put(2), ch.take());
        assert_eq!(ch.len(), 1);
        drop((put, take));
        assert_eq!(ch.try_take(), Ok(1));
        assert_eq!(ch.try_take(), Err(TryTakeError::Empty));
    });
}

struct NotDebug;

#[test]
fn futures_and_handles_are_debug_whatever_the_values_are() {
    each_kind(0, 0, |ch| {
        let take = Box::pin(ch.take());
        assert!(format!("{take:?}").starts_with("Take"));
        assert!(format!("{:?}", ch.put(NotDebug)).starts_with("Put"));
        let mut place = Some(NotDebug);
        assert!(format!("{:?}", ch.put_from(&mut place)).starts_with("PutFrom"));
        assert!(format!("{:?}", ch.closed()).starts_with("WaitClosed"));
    });
    let ch = Channel::<NotDebug>::new(3);
    let text = format!("{ch:?} {:?} {:?}", ch.sender(), ch.receiver());
    for word in [
        "Channel",
        "Sender",
        "Receiver",
        "capacity: 3",
        "closed: false",
    ] {
        assert!(text.contains(word), "{text}");
    }
    let weak = format!("{:?} {:?}", ch.downgrade(), ch.sender().downgrade());
    assert!(weak.contains("WeakChannel") && weak.contains("WeakSender"));
    assert!(format!("{:?}", ch.receiver().downgrade()).contains("WeakReceiver"));
    let fixed = StaticChannel::<NotDebug, 2>::new();
    assert!(format!("{fixed:?}").contains("StaticChannel"));
}

#[test]
fn errors_are_errors_and_give_the_value_back() {
    fn text(error: impl Error + 'static) -> (String, String) {
        let boxed: Box<dyn Error> = Box::new(error);
        (boxed.to_string(), format!("{boxed:?}"))
    }
    let (closed, full) = ("the channel is closed", "the channel has no room");
    assert_eq!(text(Closed(NotDebug)), (closed.into(), "Closed(..)".into()));
    assert_eq!(
        text(TryPutError::Full(NotDebug)),
        (full.into(), "Full(..)".into())
    );
    assert_eq!(
        text(TryPutError::Closed(NotDebug)),
        (closed.into(), "Closed(..)".into())
    );
    assert_eq!(text(TryTakeError::Empty).1, "Empty");
    assert_eq!(text(TryTakeError::Closed).1, "Closed");
    assert_eq!(text(PutTimeoutError::Timeout(NotDebug)).1, "Timeout(..)");
    assert_eq!(text(PutTimeoutError::Closed(NotDebug)).0, closed);
    assert_eq!(text(TakeTimeoutError::Timeout).1, "Timeout");
    assert_eq!(text(TakeTimeoutError::Closed).1, "Closed");

    assert_eq!(Closed(1).into_inner(), 1);
    assert_eq!(TryPutError::Full(2).into_inner(), 2);
    assert_eq!(PutTimeoutError::Timeout(3).into_inner(), 3);
    assert!(PutTimeoutError::Timeout(3).is_timeout());
    assert!(!PutTimeoutError::Closed(4).is_timeout());
}
