//! Wakers, values and programs that do what they should not: re-enter the channel, panic, forget.
//! Many were found as faults in other channels; the comments name where.

mod common;

use common::{Ledger, Task, Value, now, panic_of, poll_once, waker};
use csp_core::{
    Channel, Closed, Sender, StaticChannel, TryPutError, TryTakeError, channel, select,
};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{RawWaker, RawWakerVTable, Wake, Waker};
use std::{mem, ptr};

// tokio#5578
#[test]
fn waker_may_drop_the_last_handle_of_the_channel() {
    let (tx, rx) = channel(1);
    let held = Arc::new(Mutex::new(Some(tx.clone())));
    let mut taker = Task::new(rx.take());
    let drops = held.clone();
    let waker = waker(move || drop(drops.lock().unwrap().take()));
    assert!(taker.poll_with(&waker).is_pending());
    tx.try_put(1).unwrap();
    assert!(held.lock().unwrap().is_none());
    drop(tx);
    assert_eq!(taker.ready(), Some(1));
    assert!(rx.is_closed());

    // The other end, while a put completes.
    let (tx, rx) = channel(0);
    let held = Arc::new(Mutex::new(Some(rx)));
    let drops = held.clone();
    let waker = self::waker(move || {
        // Whoever holds the lock is just taking.
        if let Ok(mut held) = drops.try_lock() {
            held.take();
        }
    });
    let mut putter = Task::new(tx.put(1));
    assert!(putter.poll_with(&waker).is_pending());
    let rx = held.lock().unwrap().as_ref().unwrap().clone();
    assert_eq!(rx.try_take(), Ok(1));
    assert!(held.lock().unwrap().is_none());
    drop(rx);
    assert!(tx.is_closed());
    assert_eq!(putter.ready(), Ok(()));
}

// kanal#14
#[test]
fn waker_may_use_the_channel_it_is_woken_by() {
    let ch = Channel::new(1);
    let inner = ch.clone();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let waker = waker(move || {
        let taken = inner.try_take();
        let put = inner.try_put(7);
        log.lock()
            .unwrap()
            .push((taken, put, inner.len(), inner.close()));
    });
    let mut taker = Task::new(ch.take());
    assert!(taker.poll_with(&waker).is_pending());
    assert_eq!(ch.try_put(1), Ok(()));
    assert_eq!(*seen.lock().unwrap(), [(Ok(1), Ok(()), 0, true)]);
    assert_eq!(taker.ready(), Some(7));
}

#[test]
fn waker_whose_drop_uses_the_channel_meets_no_lock() {
    /// Looks at the channel when its last waker goes.
    struct Looks(Channel<u32>);
    impl Wake for Looks {
        fn wake(self: Arc<Self>) {}
    }
    impl Drop for Looks {
        fn drop(&mut self) {
            let _ = self.0.try_take();
            let _ = self.0.try_put(1);
        }
    }
    let ch = Channel::new(1);
    let looks = || Waker::from(Arc::new(Looks(ch.clone())));
    let mut taker = Task::new(ch.take());
    let mut closed = Task::new(ch.closed());
    assert!(taker.poll_with(&looks()).is_pending());
    assert!(closed.poll_with(&looks()).is_pending());
    taker.assert_pending();
    closed.assert_pending();
    assert_eq!(
        ch.try_take(),
        Ok(1),
        "put when the first waker was replaced"
    );
    ch.close();
    assert_eq!(taker.ready(), None);
}

#[test]
#[cfg_attr(not(panic = "unwind"), ignore = "a panic cannot be caught")]
fn waker_that_panics_loses_no_value_and_wakes_the_others() {
    // What waits for one, and what the one that panics has waited for.
    let ch = Channel::new(0);
    let panics = || waker(|| panic!("a waker's panic"));
    let mut first = Task::new(ch.take());
    assert!(first.poll_with(&panics()).is_pending());
    let mut second = Task::parked(ch.take());
    assert_eq!(panic_of(|| ch.try_put(1)), "a waker's panic");
    ch.try_put(2).unwrap();
    assert_eq!(second.woken(), Some(1), "the faster");
    assert_eq!(first.ready(), Some(2));

    // A close wakes many.
    let mut takers: Vec<_> = (0..100).map(|_| Task::new(ch.take())).collect();
    for (n, taker) in takers.iter_mut().enumerate() {
        let pending = match n == 20 {
            true => taker.poll_with(&panics()).is_pending(),
            false => taker.poll().is_pending(),
        };
        assert!(pending);
    }
    assert_eq!(panic_of(|| ch.close()), "a waker's panic");
    assert!(ch.is_closed());
    for (n, taker) in takers.iter_mut().enumerate() {
        assert!(n == 20 || taker.is_woken(), "{n} sleeps");
        assert_eq!(taker.ready(), None);
    }
}

#[test]
#[cfg_attr(not(panic = "unwind"), ignore = "a panic cannot be caught")]
fn values_are_dropped_with_the_last_receiver_although_a_waker_panics() {
    let ledger = Ledger::new();
    let (tx, rx) = channel(1);
    tx.try_put(ledger.value(1)).unwrap();
    let mut putter = Task::new(tx.put(ledger.value(2)));
    let panics = waker(|| panic!("a waker's panic"));
    assert!(putter.poll_with(&panics).is_pending());
    assert_eq!(panic_of(|| drop(rx)), "a waker's panic");
    assert_eq!(ledger.drops(1), 1, "it may be what keeps the channel alive");
    assert_eq!(putter.ready().unwrap_err().into_inner().id, 2);
}

#[test]
#[cfg_attr(not(panic = "unwind"), ignore = "a panic cannot be caught")]
fn taker_that_meets_a_panicking_waker_ends_its_call_once() {
    let ch = StaticChannel::<u32, 1>::new();
    let mut first = Task::parked(ch.take());
    let mut second = Task::parked(ch.take());
    ch.try_put(1).unwrap();
    ch.try_put(2).unwrap();
    let mut putter = Task::new(ch.put(3));
    let panics = waker(|| panic!("a waker's panic"));
    assert!(putter.poll_with(&panics).is_pending());
    assert_eq!(
        panic_of(|| assert!(first.poll().is_pending())),
        "a waker's panic"
    );
    drop(first);
    assert_eq!(second.ready(), Some(2));
    assert_eq!(putter.ready(), Ok(()));
    assert_eq!(now(ch.take()), Some(3));
}

/// A waker that does something when it is cloned: what waits clones it after it has looked, and before
/// it looks once more.
fn waker_whose_clone(act: impl FnOnce() + 'static) -> Waker {
    thread_local! {
        static ACT: RefCell<Option<Box<dyn FnOnce()>>> = const { RefCell::new(None) };
    }
    fn clone(_: *const ()) -> RawWaker {
        if let Some(act) = ACT.take() {
            act();
        }
        RawWaker::new(ptr::null(), &TABLE)
    }
    fn nothing(_: *const ()) {}
    static TABLE: RawWakerVTable = RawWakerVTable::new(clone, nothing, nothing, nothing);

    ACT.set(Some(Box::new(act)));
    // SAFETY: the functions take no notice of their pointer.
    unsafe { Waker::from_raw(RawWaker::new(ptr::null(), &TABLE)) }
}

#[test]
#[cfg_attr(not(panic = "unwind"), ignore = "a panic cannot be caught")]
fn operation_whose_partner_panics_while_it_parks_can_be_polled_again() {
    static CH: StaticChannel<u32, 0> = StaticChannel::new();
    let panics = || waker(|| panic!("a waker's panic"));

    let putter = Rc::new(RefCell::new(Task::new(CH.put(1))));
    let comes = putter.clone();
    let between = waker_whose_clone(move || {
        assert!(comes.borrow_mut().poll_with(&panics()).is_pending());
    });
    let mut taker = Task::new(CH.take());
    let panic = panic_of(|| assert!(taker.poll_with(&between).is_pending()));
    assert_eq!(panic, "a waker's panic");
    assert_eq!(putter.borrow_mut().ready(), Ok(()));
    // The value went with the panic, and the take is a new one.
    taker.assert_pending();
    CH.try_put(2).unwrap();
    assert_eq!(taker.woken(), Some(2));

    let taker = Rc::new(RefCell::new(Task::new(CH.take())));
    let comes = taker.clone();
    let between = waker_whose_clone(move || {
        assert!(comes.borrow_mut().poll_with(&panics()).is_pending());
    });
    let mut putter = Task::new(CH.put(3));
    let panic = panic_of(|| assert!(putter.poll_with(&between).is_pending()));
    assert_eq!(panic, "a waker's panic");
    assert_eq!(putter.ready(), Ok(()), "it was put before the panic");
    assert_eq!(taker.borrow_mut().ready(), Some(3));
    assert_eq!(CH.try_take(), Err(TryTakeError::Empty), "nothing is owed");
}

#[test]
#[cfg_attr(not(panic = "unwind"), ignore = "a panic cannot be caught")]
fn taker_that_was_called_in_vain_owes_its_call_until_its_waker_is_cloned() {
    static CH: StaticChannel<u32, 0> = StaticChannel::new();
    let mut taker = Task::parked(CH.take());
    CH.try_put(1).unwrap();
    assert_eq!(CH.try_take(), Ok(1), "faster than the taker");
    let panics = waker_whose_clone(|| panic!("a waker's panic"));
    let panic = panic_of(|| assert!(taker.poll_with(&panics).is_pending()));
    assert_eq!(panic, "a waker's panic");
    CH.try_put(2).unwrap();
    assert_eq!(taker.ready(), Some(2), "the place is there for its call");

    let mut taker = Task::parked(CH.take());
    CH.try_put(3).unwrap();
    assert_eq!(CH.try_take(), Ok(3));
    let panics = waker_whose_clone(|| panic!("a waker's panic"));
    panic_of(|| assert!(taker.poll_with(&panics).is_pending()));
    drop(taker);
    assert_eq!(CH.try_put(4), Err(TryPutError::Full(4)), "nothing is owed");
}

#[test]
fn putters_fail_when_a_waker_takes_in_the_middle_of_the_close() {
    let ch = Channel::new(0);
    let taken = Arc::new(Mutex::new(Vec::new()));
    let (inner, log) = (ch.clone(), taken.clone());
    let takes = waker(move || log.lock().unwrap().push(inner.try_take()));
    // More than are woken in one go.
    let mut putters: Vec<_> = (0..40).map(|n| Task::new(ch.put(n))).collect();
    for putter in &mut putters {
        assert!(putter.poll_with(&takes).is_pending());
    }
    ch.close();
    assert_eq!(*taken.lock().unwrap(), [Err(TryTakeError::Closed); 40]);
    for (n, putter) in putters.iter_mut().enumerate() {
        assert_eq!(putter.ready(), Err(Closed(n)));
    }
}

/// Panics when it is dropped, if it says so.
struct Bomb(Arc<AtomicUsize>, bool);

impl Drop for Bomb {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
        assert!(!self.1, "a value's panic");
    }
}

// tokio#7094
#[test]
#[cfg_attr(not(panic = "unwind"), ignore = "a panic cannot be caught")]
fn values_are_dropped_although_one_of_them_panics() {
    for is_static in [false, true] {
        let drops = Arc::new(AtomicUsize::new(0));
        let bomb = |n| Bomb(drops.clone(), n == 1);
        let panic = if is_static {
            let ch = StaticChannel::<_, 3>::new();
            (0..3).for_each(|n| assert!(ch.try_put(bomb(n)).is_ok()));
            panic_of(|| drop(ch))
        } else {
            let (tx, rx) = channel(3);
            (0..3).for_each(|n| assert!(tx.try_put(bomb(n)).is_ok()));
            let panic = panic_of(|| drop(rx));
            assert!(tx.is_closed() && tx.is_empty());
            panic
        };
        assert_eq!(panic, "a value's panic");
        assert_eq!(drops.load(SeqCst), 3);
    }
}

// tokio#7094
#[test]
fn value_whose_drop_puts_on_the_channel_that_is_drained_gets_it_back() {
    struct Puts(Sender<Option<Puts>>, Arc<AtomicUsize>);
    impl Drop for Puts {
        fn drop(&mut self) {
            let put = self.0.try_put(None);
            assert!(matches!(put, Err(TryPutError::Closed(None))));
            self.1.fetch_add(1, SeqCst);
        }
    }
    let (tx, rx) = channel(3);
    let refused = Arc::new(AtomicUsize::new(0));
    for _ in 0..3 {
        assert!(tx.try_put(Some(Puts(tx.clone(), refused.clone()))).is_ok());
    }
    drop(rx);
    assert_eq!(refused.load(SeqCst), 3);
}

/// A forgotten taker is first in the line and the other next: the first value is for the one that will
/// never look, that is for whoever runs.
#[track_caller]
fn others_take_their_values(ch: &Channel<u32>, parked: &mut Task<'_, Option<u32>>) {
    ch.try_put(1).unwrap();
    assert_eq!(now(ch.take()), Some(1));
    ch.try_put(2).unwrap();
    ch.try_put(3).unwrap();
    assert_eq!(parked.woken(), Some(2));
    assert_eq!(now(ch.take()), Some(3));
}

// async-channel#49
#[test]
fn forgotten_take_costs_others_at_most_its_turn() {
    for capacity in [0, 1, 5] {
        let ch = Channel::new(capacity);
        Task::parked(ch.take()).forget();
        let mut parked = Task::parked(ch.take());
        others_take_their_values(&ch, &mut parked);
        ch.close();
        assert_eq!(now(ch.take()), None);
    }
}

// async-channel#49
#[test]
fn forgotten_put_costs_others_at_most_its_turn() {
    for capacity in [0, 1] {
        let ch = Channel::new(capacity);
        while capacity > ch.len() {
            ch.try_put(0).unwrap();
        }
        let mut place = Some(1);
        Task::parked(ch.put_from(&mut place)).forget();
        Task::parked(ch.put(2)).forget();
        let mut putter = Task::parked(ch.put(3));
        let taken: Vec<_> = std::iter::from_fn(|| ch.try_take().ok()).collect();
        let all = [0, 1, 2, 3];
        assert_eq!(taken, if capacity == 0 { &all[1..] } else { &all });
        assert_eq!((putter.woken(), place), (Ok(()), None), "put once");
    }
}

// async-channel#49
#[test]
fn forgotten_select_costs_others_at_most_its_turn() {
    for capacity in [0, 1] {
        let (ch, idle) = (Channel::new(capacity), Channel::new(0));
        let select = async {
            select! { v = ch.take() => v, r = idle.put(9) => r.ok().map(|()| 0) }
        };
        Task::parked(select).forget();
        let mut parked = Task::parked(ch.take());
        others_take_their_values(&ch, &mut parked);
        // It has been called, so its put is nobody's partner any more.
        let mut taker = Task::parked(idle.take());
        idle.try_put(4).unwrap();
        assert_eq!(taker.woken(), Some(4));
        idle.close();
        assert_eq!(now(idle.take()), None);
    }
}

#[test]
fn forgotten_end_keeps_the_channel_open_and_nobody_from_closing_it() {
    let (tx, rx) = channel::<u32>(1);
    mem::forget(tx.clone());
    mem::forget(rx.clone());
    drop(tx);
    let mut taker = Task::parked(rx.take());
    assert!(rx.close());
    assert_eq!(taker.woken(), None);
}

#[test]
fn put_polled_after_its_end_harms_nobody() {
    let ch = Channel::new(1);
    let mut put = Task::new(ch.put(1));
    assert_eq!(put.ready(), Ok(()));
    assert!(put.poll().is_ready());
    let mut other = Task::parked(ch.put(2));
    assert_eq!(ch.try_take(), Ok(1));
    assert_eq!(other.woken(), Ok(()));
}

#[test]
fn channel_in_its_own_value_is_freed_by_the_last_receiver() {
    struct Own(Sender<Own>, Value);
    let ledger = Ledger::new();
    let (tx, rx) = channel(1);
    assert!(tx.try_put(Own(tx.clone(), ledger.value(1))).is_ok());
    drop(tx);
    assert!(!rx.is_closed(), "there is a sender, in the channel");
    let own = rx.try_take().ok().unwrap();
    assert_eq!(own.1.id, 1);
    assert!(own.0.try_put(Own(own.0.clone(), ledger.value(2))).is_ok());
    drop(rx);
    drop(own);
    ledger.assert_settled();
}

/// An iterator that does something before each of its values.
fn acting<'a>(count: u32, mut act: impl FnMut(u32) + 'a) -> impl Iterator<Item = u32> + 'a {
    (0..count).inspect(move |&n| act(n))
}

#[test]
fn iterator_of_a_batch_may_use_the_channel_it_is_put_into() {
    let ch = Channel::new(2);
    let mut taken = Vec::new();
    let all = acting(20, |n| {
        taken.extend(ch.try_take().ok());
        taken.extend(ch.drain());
        let _ = ch.try_put(100 + n);
        let _ = (ch.len(), ch.is_closed());
    });
    // Waits where the iterator itself has filled the room.
    let mut all = Task::new(ch.put_all(all));
    while all.poll().is_pending() {
        let _ = ch.try_take();
    }
    drop(all);
    taken.retain(|&n| n < 100);
    assert!(taken.is_sorted());

    // It may close it, too: what it gives afterwards comes back.
    let ch = Channel::new(100);
    let all = acting(5, |n| {
        if n == 3 {
            ch.close();
        }
    });
    let closed = now(ch.put_all(all)).unwrap_err();
    assert!(closed.into_inner().eq(0..5), "pulled before any was put");
}

#[test]
#[cfg_attr(not(panic = "unwind"), ignore = "a panic cannot be caught")]
fn panic_of_a_batch_s_iterator_loses_nothing() {
    for (capacity, panics_at) in [(100, 0), (100, 3), (2, 3), (0, 1), (0, 0)] {
        let ch = Channel::new(capacity);
        let mut taken = Vec::new();
        let panics = acting(6, |n| assert!(n != panics_at, "no {n}"));
        let mut all = Box::pin(ch.put_all(panics));
        let text = panic_of(|| {
            while poll_once(all.as_mut()).is_pending() {
                taken.push(ch.try_take().unwrap());
            }
        });
        assert_eq!(text, format!("no {panics_at}"));
        // It can go on: the value that panicked is gone, and no other is.
        while poll_once(all.as_mut()).is_pending() {
            taken.push(ch.try_take().unwrap());
        }
        drop(all);
        taken.extend(ch.drain());
        assert!(taken.into_iter().eq((0..6).filter(|&n| n != panics_at)));
    }
}

#[test]
fn iterator_of_a_batch_that_has_ended_is_not_asked_again() {
    let ch = Channel::new(1);
    // Not fused: ends, then goes on.
    let mut n = 0;
    let values = std::iter::from_fn(|| {
        n += 1;
        (n != 3).then_some(n)
    });
    let mut all = Task::parked(ch.put_all(values));
    assert_eq!(ch.drain(), [1, 2]);
    assert!(all.ready().is_ok());
    assert!(all.ready().is_ok(), "and has nothing more");
    drop(all);
    assert_eq!((n, ch.drain()), (3, vec![]));
}

#[test]
#[cfg_attr(not(panic = "unwind"), ignore = "a panic cannot be caught")]
fn values_of_a_batch_are_dropped_after_a_destructor_s_panic() {
    struct Bomb(u32, Arc<AtomicUsize>);
    impl Drop for Bomb {
        fn drop(&mut self) {
            self.1.fetch_add(1, SeqCst);
            assert!(self.0 != 2, "bomb");
        }
    }
    let drops = Arc::new(AtomicUsize::new(0));
    let ch = Channel::new(1);
    let bombs: Vec<_> = (0..6).map(|n| Bomb(n, drops.clone())).collect();
    let mut all = Box::pin(ch.put_all(bombs));
    assert!(poll_once(all.as_mut()).is_pending());
    assert_eq!(panic_of(move || drop(all)), "bomb");
    assert_eq!(drops.load(SeqCst), 5);
    drop(ch);
    assert_eq!(drops.load(SeqCst), 6);
}

#[test]
#[cfg_attr(not(panic = "unwind"), ignore = "a panic cannot be caught")]
fn panic_of_a_waker_leaves_what_a_batch_has_taken_with_its_taker() {
    let ch = Channel::new(1);
    ch.try_put(0).unwrap();
    let panics = waker(|| panic!("waker"));
    let mut first = Task::new(ch.put(1));
    assert!(first.poll_with(&panics).is_pending());
    let mut second = Task::parked(ch.put(2));
    let mut buffer = Vec::new();
    assert_eq!(panic_of(|| now(ch.take_many(&mut buffer, 9))), "waker");
    assert_eq!(buffer, [0, 1, 2]);
    assert_eq!((first.ready(), second.woken()), (Ok(()), Ok(())));
}

#[test]
fn forgotten_batches_keep_only_what_they_had() {
    let ch = Channel::new(1);
    let mut all = Task::new(ch.put_all(0..5));
    all.assert_pending();
    all.forget();
    assert_eq!(ch.drain(), [0, 1]);
    assert!(ch.try_put(7).is_ok());
    assert_eq!(ch.try_take(), Ok(7));

    let buffer = Box::leak(Box::default());
    let mut many = Task::new(ch.take_many(buffer, 5));
    many.assert_pending();
    many.forget();
    ch.try_put(8).unwrap();
    assert_eq!(ch.try_take(), Ok(8));
}
