//! Permits that are out when a channel is closed: they are still good, and takes wait for them.

mod common;

use common::{Ledger, Task, all_permits, each_kind, now, panic_of, waker};
use csp_core::{
    Channel, Closed, ReserveError, Select, StaticChannel, TryPutError, TryReserveError,
    TryTakeError, channel, select,
};
use std::mem;
use std::task::Poll;

// tokio#8074
#[test]
fn takes_see_the_end_only_when_no_permit_is_out() {
    each_kind(2, 100, |ch| {
        let first = now(ch.reserve()).unwrap();
        let second = now(ch.reserve()).unwrap();
        let mut early = Task::parked(ch.take());
        let mut closed = Task::parked(ch.closed());
        assert!(ch.close());
        closed.woken();
        assert!(ch.is_closed() && !early.is_woken());
        assert_eq!(ch.try_take(), Err(TryTakeError::Empty));
        let mut late = Task::parked(ch.take());
        let mut buffer = Vec::new();
        let mut many = Task::parked(ch.take_many(&mut buffer, 5));
        assert_eq!(ch.try_put(0), Err(TryPutError::Closed(0)));
        assert_eq!(ch.try_reserve().err(), Some(TryReserveError::Closed));
        assert_eq!(now(ch.reserve()).err(), Some(ReserveError::Closed));

        assert_eq!(first.put(1), Ok(()));
        assert_eq!(early.woken(), Some(1));
        assert_eq!(ch.try_take(), Err(TryTakeError::Empty));
        late.assert_pending();
        drop(second);
        assert_eq!(late.woken(), None);
        assert_eq!(many.woken(), 0);
        assert_eq!(ch.try_take(), Err(TryTakeError::Closed));
        assert!(!ch.close());
    });
}

#[test]
fn last_permits_value_is_taken_and_all_others_see_the_end() {
    each_kind(1, 100, |ch| {
        let permit = now(ch.reserve()).unwrap();
        ch.close();
        let mut takers: Vec<_> = (0..20).map(|_| Task::parked(ch.take())).collect();
        permit.put(1).unwrap();
        let taken: Vec<_> = takers.iter_mut().filter_map(Task::woken).collect();
        assert_eq!(taken, [1]);
    });
}

#[test]
fn taker_called_for_a_permits_value_that_is_dropped_calls_the_next() {
    each_kind(2, 100, |ch| {
        let (permit, other) = (now(ch.reserve()).unwrap(), now(ch.reserve()).unwrap());
        ch.close();
        let first = Task::parked(ch.take());
        let mut second = Task::parked(ch.take());
        permit.put(1).unwrap();
        assert!(first.is_woken() && !second.is_woken());
        drop(first);
        assert_eq!(second.woken(), Some(1));
        // Called in vain, it waits on.
        let mut third = Task::parked(ch.take());
        other.put(2).unwrap();
        assert_eq!(ch.try_take(), Ok(2));
        assert_eq!(third.ready(), None);
    });
}

#[test]
fn taker_called_in_vain_waits_on_for_the_permits_that_are_out() {
    each_kind(2, 100, |ch| {
        let (permit, other) = (now(ch.reserve()).unwrap(), now(ch.reserve()).unwrap());
        ch.close();
        let mut take = Task::parked(ch.take());
        permit.put(1).unwrap();
        assert_eq!(ch.try_take(), Ok(1));
        take.assert_pending();
        drop(other);
        assert_eq!(take.woken(), None);
    });
}

#[test]
fn close_fails_reserves_that_wait_and_not_those_that_were_granted() {
    each_kind::<u8>(1, 100, |ch| {
        let mut permits = all_permits(ch);
        let mut granted = Task::parked(ch.reserve());
        let mut waiting: Vec<_> = (0..20).map(|_| Task::parked(ch.reserve())).collect();
        drop(permits.pop());
        ch.close();
        for task in &mut waiting {
            assert_eq!(task.woken().err(), Some(ReserveError::Closed));
        }
        drop(permits);
        assert_eq!(ch.try_take(), Err(TryTakeError::Empty));
        granted.woken().unwrap().put(1).unwrap();
        assert_eq!(ch.try_take(), Ok(1));
        assert_eq!(ch.try_take(), Err(TryTakeError::Closed));
    });
}

#[test]
fn granted_reserve_that_is_dropped_after_a_close_lets_takes_see_the_end() {
    each_kind::<u8>(1, 100, |ch| {
        let mut permits = all_permits(ch);
        let granted = Task::parked(ch.reserve());
        drop(permits.pop());
        ch.close();
        drop(permits);
        let mut take = Task::parked(ch.take());
        drop(granted);
        assert_eq!(take.woken(), None);
    });
}

#[test]
fn value_comes_back_when_nobody_will_ever_take_it() {
    let ledger = Ledger::new();
    let (tx, rx) = channel(2);
    let permits = [tx.try_reserve().unwrap(), tx.try_reserve().unwrap()];
    let mut waiting = Task::parked(tx.reserve());
    let other = rx.clone();
    drop(rx);
    assert!(!waiting.is_woken());
    drop(other);
    assert_eq!(waiting.woken().unwrap_err(), ReserveError::Closed);
    for (id, permit) in (0..).zip(permits) {
        let Err(Closed(value)) = permit.put(ledger.value(id)) else {
            panic!("there is no receiver");
        };
        assert_eq!((value.id, ledger.drops(id)), (id, 0));
    }
    assert_eq!(tx.len(), 0);
    ledger.assert_settled();
}

#[test]
fn value_that_is_put_before_the_last_receiver_goes_is_dropped_with_it() {
    let ledger = Ledger::new();
    let (tx, rx) = channel(1);
    let permit = tx.try_reserve().unwrap();
    rx.close();
    permit.put(ledger.value(1)).unwrap();
    drop(rx);
    ledger.assert_settled();
    drop(tx);
}

#[test]
fn forgotten_permit_holds_its_room_and_ends_with_the_last_sender() {
    for closed in [false, true] {
        let (tx, rx) = channel(2);
        mem::forget(tx.try_reserve().unwrap());
        tx.try_put(1).unwrap();
        assert_eq!(tx.try_put(2), Err(TryPutError::Full(2)));
        assert_eq!(rx.try_take(), Ok(1));
        let other = tx.clone();
        let mut take = Task::parked(rx.take());
        assert_eq!(closed && rx.close(), closed);
        drop(tx);
        assert!(!take.is_woken());
        drop(other);
        assert_eq!(take.woken(), None);
        assert_eq!(rx.try_take(), Err(TryTakeError::Closed));
    }
}

#[test]
fn permits_outlive_a_close_that_is_taken_back() {
    let ch = StaticChannel::<u8, 2>::new();
    let (permit, other) = (ch.try_reserve().unwrap(), ch.try_reserve().unwrap());
    let mut put = Task::parked(ch.put(9));
    ch.close();
    let mut take = Task::parked(ch.take());
    assert!(ch.reopen());
    assert_eq!(put.woken(), Err(Closed(9)));
    take.assert_pending();
    assert_eq!(ch.try_put(3), Err(TryPutError::Full(3)));
    permit.put(1).unwrap();
    assert_eq!(take.woken(), Some(1));
    drop(other);
    assert_eq!((ch.try_put(2), ch.try_put(3)), (Ok(()), Ok(())));
}

#[test]
fn default_fires_and_a_set_sleeps_while_a_permit_is_out_after_the_close() {
    let (tx, rx) = channel(1);
    let permit = tx.try_reserve().unwrap();
    rx.close();
    now(async {
        select! {
            got = rx.take() => unreachable!("{got:?}"),
            default => {}
        }
    });
    let mut set = Select::new();
    let key = set.add(rx.take());
    assert_eq!(set.try_wait(), None);
    let mut selecting = Task::parked(async {
        select! {
            got = rx.take() => got,
        }
    });
    let mut wait = Task::parked(set.wait());
    permit.put(1).unwrap();
    assert_eq!(selecting.woken(), Some(1));
    assert!(wait.woken().is_some());
    drop(wait);
    assert_eq!(set.output(key), Some(None));
}

#[test]
#[cfg_attr(not(panic = "unwind"), ignore = "a panic cannot be caught")]
fn panic_of_the_waker_called_for_the_last_permits_value_hides_the_end_from_nobody() {
    let ch = Channel::new(1);
    let permit = ch.try_reserve().unwrap();
    ch.close();
    let mut first = Task::new(ch.take());
    let bad = waker(|| panic!("a waker's panic"));
    assert!(first.poll_with(&bad).is_pending());
    let mut others: Vec<_> = (0..20).map(|_| Task::parked(ch.take())).collect();
    assert_eq!(panic_of(|| permit.put(1)), "a waker's panic");
    assert_eq!(first.ready(), Some(1));
    assert!(others.iter_mut().all(|other| other.woken().is_none()));
}

#[test]
fn waker_of_a_reserve_may_use_the_channel() {
    let ch = Channel::new(1);
    let permit = ch.try_reserve().unwrap();
    let mut reserve = Task::new(ch.reserve());
    let other = ch.clone();
    let closes = waker(move || {
        assert_eq!(other.try_put(1), Err(TryPutError::Full(1)));
        other.close();
    });
    assert!(reserve.poll_with(&closes).is_pending());
    drop(permit);
    assert!(ch.is_closed());
    assert_eq!(reserve.ready().unwrap().put(2), Ok(()));
    assert_eq!((now(ch.take()), now(ch.take())), (Some(2), None));
}

#[test]
fn value_that_a_permit_puts_after_the_close_while_a_select_looks_elsewhere_is_taken() {
    let ch = Channel::new(2);
    let (permit, _other) = (ch.try_reserve().unwrap(), ch.try_reserve().unwrap());
    ch.close();
    let mut permit = Some(permit);
    let taken = now(async {
        select! {
            biased;
            v = ch.take() => v,
            () = std::future::poll_fn(|_| {
                if let Some(permit) = permit.take() {
                    permit.put(1).unwrap();
                }
                Poll::Pending
            }) => None,
        }
    });
    assert_eq!(taken, Some(1));
}
