//! What a static channel has beyond the others: it is opened again after a close, and its two ends
//! are views of it.

mod common;

use common::{Ledger, Random, Task, Value, now};
use csp_core::{
    Channel, Closed, StaticChannel, StaticReceiver, StaticSender, TryPutError, TryTakeError, select,
};
use std::cell::RefCell;
use std::sync::Arc;
use std::task::{Wake, Waker};

#[test]
fn reopening_an_open_channel_does_nothing() {
    let ch = StaticChannel::<u32, 1>::new();
    assert!(!ch.reopen());
    ch.try_put(1).unwrap();
    assert!(!ch.reopen());
    assert_eq!(ch.try_take(), Ok(1));
    assert!(ch.close());
    assert!(ch.reopen());
    assert!(!ch.reopen());
    assert!(!ch.is_closed());
}

#[test]
fn what_was_stored_at_the_close_comes_first_after_it() {
    let ch = StaticChannel::<u32, 3>::new();
    ch.try_put(1).unwrap();
    ch.try_put(2).unwrap();
    ch.close();
    assert_eq!(ch.try_take(), Ok(1));
    assert!(ch.reopen());
    ch.try_put(3).unwrap();
    ch.try_put(4).unwrap();
    assert_eq!(ch.try_put(5), Err(TryPutError::Full(5)));
    for expected in 2..=4 {
        assert_eq!(ch.try_take(), Ok(expected));
    }
    assert_eq!(ch.try_take(), Err(TryTakeError::Empty));
}

#[test]
fn a_put_that_waited_at_the_close_has_failed_whenever_it_looks() {
    fn check<const N: usize>() {
        let ch = StaticChannel::<u32, N>::new();
        for n in 0..N as u32 {
            ch.try_put(n).unwrap();
        }
        let mut put = Task::parked(ch.put(7));
        let mut place = Some(8);
        let mut put_from = Task::parked(ch.put_from(&mut place));
        ch.close();
        ch.reopen();
        // Not a value more, though both futures are still there.
        while ch.try_take().is_ok() {}
        assert_eq!(put.woken(), Err(Closed(7)));
        assert_eq!(put_from.woken(), Err(Closed(())));
        drop(put_from);
        assert_eq!(place, Some(8));
    }
    check::<0>();
    check::<2>();
}

#[test]
fn a_take_that_has_not_looked_since_the_close_goes_on_waiting() {
    fn check<const N: usize>() {
        let ch = StaticChannel::<u32, N>::new();
        let mut first = Task::parked(ch.take());
        let mut second = Task::parked(ch.take());
        ch.close();
        ch.reopen();
        // Called in vain: it waits again, before those who came later.
        first.assert_pending();
        let mut third = Task::parked(ch.take());
        second.assert_pending();
        for value in 1..=3 {
            let mut put = Task::new(ch.put(value));
            let _ = put.poll();
            let taken: Vec<_> = [&mut first, &mut second, &mut third]
                .into_iter()
                .filter(|taker| taker.is_woken())
                .map(|taker| taker.ready())
                .collect();
            assert_eq!(taken, [Some(value)]);
            if !matches!(put.poll(), std::task::Poll::Ready(Ok(()))) {
                panic!("taken, but not put");
            }
        }
    }
    check::<0>();
    check::<1>();
}

#[test]
fn a_take_that_was_called_by_the_close_and_is_dropped_leaves_no_trace() {
    let ch = StaticChannel::<u32, 0>::new();
    let gone = Task::parked(ch.take());
    ch.close();
    ch.reopen();
    drop(gone);
    assert_eq!(ch.try_put(1), Err(TryPutError::Full(1)));
    let mut taker = Task::parked(ch.take());
    assert_eq!(ch.try_put(1), Ok(()));
    assert_eq!(taker.woken(), Some(1));
}

#[test]
fn a_wait_for_the_close_ends_though_the_channel_is_open_again() {
    let ch = StaticChannel::<u32, 0>::new();
    let mut closed = Task::parked(ch.closed());
    ch.close();
    ch.reopen();
    closed.woken();
    let mut next = Task::parked(ch.closed());
    ch.close();
    next.woken();
}

#[test]
fn a_select_that_slept_over_close_and_reopening_works_on() {
    let orders = StaticChannel::<u32, 0>::new();
    let replies = Channel::<&str>::new(0);
    let mut place = Some(5);
    let mut select = Task::parked(async {
        select! {
            result = orders.put_from(&mut place) => (result, None),
            reply = replies.take() => (Ok(()), reply),
        }
    });
    orders.close();
    orders.reopen();
    assert!(select.is_woken());
    select.assert_pending();
    assert_eq!(orders.try_take(), Ok(5));
    assert_eq!(select.woken(), (Ok(()), None));
    drop(select);
    assert_eq!(place, None);
}

static REOPENED: StaticChannel<u32, 0> = StaticChannel::new();

std::thread_local! {
    static LATE: RefCell<Option<Task<'static, Option<u32>>>> = const { RefCell::new(None) };
}

/// A waker that opens the channel again, and has somebody wait there.
struct Reopens;

impl Wake for Reopens {
    fn wake(self: Arc<Self>) {
        assert!(REOPENED.reopen());
        LATE.set(Some(Task::parked(REOPENED.take())));
    }
}

#[test]
fn reopening_in_the_middle_of_a_close_tells_everybody_and_nobody_else() {
    // More than are woken in one go, and the first of them opens the channel.
    let mut puts: Vec<_> = (0..50).map(|n| Task::new(REOPENED.put(n))).collect();
    assert!(
        puts[0]
            .poll_with(&Waker::from(Arc::new(Reopens)))
            .is_pending()
    );
    for put in &mut puts[1..] {
        put.assert_pending();
    }
    assert!(REOPENED.close());
    assert!(!REOPENED.is_closed());
    for (n, put) in puts.iter_mut().enumerate() {
        assert_eq!(put.ready(), Err(Closed(n as u32)));
    }
    let mut late = LATE.take().unwrap();
    assert!(!late.is_woken());
    REOPENED.try_put(9).unwrap();
    assert_eq!(late.woken(), Some(9));
}

#[test]
fn values_survive_any_number_of_closes_and_reopenings() {
    let ledger = Ledger::new();
    let ch = StaticChannel::<Value, 2>::new();
    let mut random = Random::new(3);
    let (mut put, mut refused, mut taken) = (0, 0, 0);
    let rounds = if cfg!(miri) { 200 } else { 2000 };
    for round in 0..rounds {
        match random.below(5) {
            0 => drop(ch.close()),
            1 | 2 => drop(ch.reopen()),
            3 => match ch.try_put(ledger.value(round)) {
                Ok(()) => put += 1,
                Err(_) => refused += 1,
            },
            _ => taken += usize::from(ch.try_take().is_ok()),
        }
    }
    assert!(
        [put, refused, taken]
            .iter()
            .all(|&n| n > rounds as usize / 20),
        "{put} {refused} {taken}"
    );
    assert_eq!(put - taken, ledger.alive());
    drop(ch);
    assert_eq!(ledger.alive(), 0);
}

#[test]
fn the_two_ends_are_views() {
    static CH: StaticChannel<u32, 2> = StaticChannel::new();
    let (tx, rx) = (CH.sender(), CH.receiver());
    let (another, copy) = (tx, rx);
    assert!(tx.same_channel(&another) && rx.same_channel(&copy));
    assert!(!tx.same_channel(&StaticChannel::<u32, 2>::new().sender()));
    assert_eq!((tx.capacity(), rx.capacity()), (2, 2));

    assert_eq!(now(tx.put(1)), Ok(()));
    another.try_put(2).unwrap();
    assert!(tx.is_full() && !rx.is_empty());
    let mut place = Some(3);
    {
        let mut put = Task::parked(tx.put_from(&mut place));
        assert_eq!(now(rx.take()), Some(1));
        assert_eq!(put.woken(), Ok(()));
    }
    assert_eq!(place, None);
    assert_eq!((copy.try_take(), copy.try_take()), (Ok(2), Ok(3)));
    assert_eq!(rx.len(), 0);

    let mut closed = Task::parked(tx.closed());
    assert!(rx.close() && !tx.close());
    closed.woken();
    assert_eq!(tx.try_put(4), Err(TryPutError::Closed(4)));
    assert_eq!(now(rx.take()), None);
    assert_eq!(
        format!("{rx:?}"),
        "StaticReceiver { len: 0, capacity: 2, closed: true }"
    );
    // Nothing happens to the channel when its views go.
    CH.reopen();
    assert!(!tx.is_closed());
}

#[test]
fn the_two_ends_are_arms_and_go_anywhere() {
    fn check_send<T: Send + Sync + Copy + 'static>(_: T) {}

    static A: StaticChannel<u32, 0> = StaticChannel::new();
    static B: StaticChannel<u32, 5> = StaticChannel::new();
    check_send((A.sender(), B.receiver()));
    // The capacity is not in their type.
    let senders: [StaticSender<'static, u32>; 2] = [A.sender(), B.sender()];
    let receivers: [StaticReceiver<'static, u32>; 2] = [A.receiver(), B.receiver()];
    let [a, b] = &receivers;
    let mut select = Task::parked(async {
        select! {
            value = a.take() => (0, value),
            value = b => (1, value),
        }
    });
    senders[1].try_put(4).unwrap();
    assert_eq!(select.woken(), (1, Some(4)));
}
