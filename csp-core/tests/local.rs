//! Local channels: what only they have, and what they share with channels for any thread. What all
//! channels have is in the tests over every kind.

mod common;

use common::{Executor, Task, now, poll_once};
use csp_core::{
    Channel, Closed, LocalChannel, LocalReceiver, LocalSender, StaticChannel, TryPutError,
    TryTakeError, block_on, channel, local_channel, select,
};
use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::Rc;
use std::thread;

#[test]
fn last_sender_dropped_closes_and_the_rest_is_taken() {
    let (tx, rx) = local_channel(2);
    let other = tx.clone();
    drop(tx);
    other.try_put(1).unwrap();
    let mut closed = Task::parked(rx.closed());
    drop(other);
    closed.woken();
    assert_eq!(now(rx.take()), Some(1));
    assert_eq!(now(rx.take()), None);
}

#[test]
fn last_receiver_dropped_closes_and_drops_what_is_stored() {
    let (tx, rx) = local_channel(1);
    let value = Rc::new(());
    let weak = Rc::downgrade(&value);
    tx.try_put(value).unwrap();
    let mut put = Task::parked(tx.put(Rc::new(())));
    drop(rx.clone());
    assert!(!tx.is_closed());
    drop(rx);
    assert!(weak.upgrade().is_none());
    assert_eq!(put.woken(), Err(Closed(Rc::new(()))));
    assert!(matches!(
        tx.try_put(Rc::new(())),
        Err(TryPutError::Closed(_))
    ));
}

#[test]
fn weak_ends_do_not_keep_it_open() {
    let ch = LocalChannel::<u8>::new(1);
    let weak = ch.downgrade();
    let (tx, rx) = weak.upgrade().unwrap().split();
    assert!(tx.same_channel(&ch.clone().split().0));
    let (weak_tx, weak_rx) = (tx.downgrade(), rx.downgrade());
    drop((ch, tx));
    assert!(rx.is_closed());
    assert!(weak.upgrade().is_none() && weak_tx.upgrade().is_none());
    assert!(weak_rx.upgrade().is_some());
    drop(rx);
    assert!(weak_rx.upgrade().is_none());
}

#[test]
fn processes_on_one_thread_share_values_that_are_not_send() {
    let (tx, rx) = local_channel::<Rc<Cell<u32>>>(0);
    let sum = Rc::new(Cell::new(0));
    let mut executor = Executor::new();
    executor.go(async move {
        while let Some(cell) = rx.take().await {
            cell.set(cell.get() + 1);
        }
    });
    for _ in 0..3 {
        let (tx, sum) = (tx.clone(), sum.clone());
        executor.go(async move {
            for _ in 0..100 {
                tx.put(sum.clone()).await.unwrap();
            }
        });
    }
    drop(tx);
    assert_eq!(executor.run(), 0);
    assert_eq!(sum.get(), 300);
}

#[test]
fn debug_names_the_sort() {
    let ch = LocalChannel::new(2);
    ch.try_put(1).unwrap();
    let shows = "LocalChannel { len: 1, capacity: 2, closed: false }";
    assert_eq!(format!("{ch:?}"), shows);
    let (tx, rx) = ch.split();
    assert_eq!(format!("{tx:?}"), shows.replace("Channel", "Sender"));
    assert_eq!(format!("{rx:?}"), shows.replace("Channel", "Receiver"));
    assert!(format!("{:?}", tx.downgrade()).contains("WeakLocalSender"));
    assert!(format!("{:?}", rx.downgrade()).contains("WeakLocalReceiver"));
}

/// A select over a local channel, one on the heap and a static one.
async fn any_of(
    here: &LocalChannel<u32>,
    there: &Channel<u32>,
    fixed: &StaticChannel<u32, 0>,
) -> (&'static str, Option<u32>) {
    select! {
        v = here.take() => ("here", v),
        v = there.take() => ("there", v),
        v = fixed.take() => ("fixed", v),
    }
}

#[test]
fn select_of_both_sorts_is_called_once_by_either() {
    for capacity in [0, 1] {
        let here = LocalChannel::new(capacity);
        let there = Channel::new(capacity);
        let fixed = StaticChannel::new();
        let mut race = Task::parked(any_of(&here, &there, &fixed));
        here.try_put(1).unwrap();
        // Awake: nobody else calls it.
        assert_eq!(there.try_put(2).is_ok(), capacity > 0);
        assert!(fixed.try_put(3).is_err());
        assert_eq!(race.woken(), ("here", Some(1)));
        assert_eq!(there.try_take().is_ok(), capacity > 0);

        let mut race = Task::parked(any_of(&here, &there, &fixed));
        there.try_put(2).unwrap();
        assert_eq!(here.try_put(1).is_ok(), capacity > 0);
        assert_eq!(race.woken(), ("there", Some(2)));
        assert_eq!(here.try_take().is_ok(), capacity > 0);

        let mut race = Task::parked(any_of(&here, &there, &fixed));
        here.close();
        assert_eq!(race.woken(), ("here", None));
    }
}

#[test]
fn select_of_both_sorts_puts_exactly_one_value() {
    let (here, there) = (LocalChannel::new(0), Channel::new(0));
    let put_one = async || {
        let mut kept = Some(2);
        select! {
            r = here.put(1) => r.unwrap(),
            r = there.put_from(&mut kept) => r.unwrap(),
        }
        kept
    };
    let mut race = Task::parked(put_one());
    assert_eq!(here.try_take(), Ok(1));
    assert_eq!(there.try_take(), Err(TryTakeError::Empty));
    assert_eq!(race.woken(), Some(2));

    let mut race = Task::parked(put_one());
    assert_eq!(there.try_take(), Ok(2));
    assert_eq!(here.try_take(), Err(TryTakeError::Empty));
    assert_eq!(race.woken(), None);
}

#[test]
fn selects_of_both_sorts_meet_each_other() {
    let (here, there) = (LocalChannel::new(0), Channel::new(0));
    let mut puts = Task::parked(async {
        select! {
            r = here.put(1) => r.map(|()| "here"),
            r = there.put(2) => r.map(|()| "there"),
        }
    });
    let takes = now(async {
        select! {
            v = &there => ("there", v),
            v = &here => ("here", v),
        }
    });
    let put = puts.woken().unwrap();
    assert!(takes == (put, Some(if put == "here" { 1 } else { 2 })));
}

#[test]
fn default_fires_when_neither_sort_is_ready() {
    let (here, there) = (LocalChannel::<u32>::new(1), Channel::<u32>::new(1));
    let look = || {
        now(async {
            select! {
                v = here.take() => v,
                v = there.take() => v,
                default => None,
            }
        })
    };
    assert_eq!(look(), None);
    here.try_put(1).unwrap();
    assert_eq!(look(), Some(1));
    there.try_put(2).unwrap();
    assert_eq!(look(), Some(2));
    assert_eq!(look(), None);
}

#[test]
fn dropped_select_passes_its_call_on_in_a_local_channel() {
    let (here, there) = (LocalChannel::new(1), Channel::<u32>::new(1));
    let fixed = StaticChannel::new();
    let race = Task::parked(any_of(&here, &there, &fixed));
    let mut take = Task::parked(here.take());
    here.try_put(1).unwrap();
    assert!(!take.is_woken());
    drop(race);
    assert_eq!(take.woken(), Some(1));
}

#[test]
fn losing_arms_of_either_sort_are_withdrawn() {
    let (here, there) = (LocalChannel::new(0), Channel::new(0));
    let fixed = StaticChannel::new();
    for _ in 0..2 {
        let mut race = Task::parked(any_of(&here, &there, &fixed));
        fixed.try_put(1).unwrap();
        assert_eq!(race.woken(), ("fixed", Some(1)));
        assert!(here.try_put(2).is_err() && there.try_put(2).is_err());
        drop(Task::parked(any_of(&here, &there, &fixed)));
        assert!(here.try_put(2).is_err() && there.try_put(2).is_err());
    }
}

#[test]
fn another_thread_ends_a_select_that_waits_here_too() {
    let rounds = if cfg!(miri) { 20 } else { 2000 };
    let (tx, from_elsewhere) = channel(0);
    let (here_tx, here) = local_channel(0);
    let other = thread::spawn(move || {
        for n in 0..rounds {
            tx.put_blocking(n).unwrap();
        }
    });
    let (taken, put) = (RefCell::new(Vec::new()), Cell::new(0));
    block_on(async {
        // The putter is a part of the same task, so it is polled in turn with the select.
        let mut next_put = pin!(async {
            while here_tx.put(put.get()).await.is_ok() {
                put.set(put.get() + 1);
            }
        });
        let mut both = pin!(async {
            loop {
                select! {
                    n = from_elsewhere.take() => match n {
                        Some(n) => taken.borrow_mut().push(n),
                        None => break,
                    },
                    n = here.take() => assert!(n.unwrap() <= put.get()),
                }
            }
            here.close();
        });
        std::future::poll_fn(|cx| {
            use std::future::Future;
            let done = both.as_mut().poll(cx);
            let _ = next_put.as_mut().poll(cx);
            done
        })
        .await;
    });
    other.join().unwrap();
    assert!(taken.borrow().iter().copied().eq(0..rounds));
}

/// A waker that uses the channel which wakes it, on the same thread, while nothing is locked.
#[test]
fn waker_may_use_the_local_channel_that_wakes_it() {
    use std::sync::Arc;
    use std::task::{Context, Wake, Waker};

    thread_local! {
        static CHANNEL: (LocalSender<u32>, LocalReceiver<u32>) = local_channel(1);
    }
    struct Putter;
    impl Wake for Putter {
        fn wake(self: Arc<Self>) {
            CHANNEL.with(|(tx, rx)| {
                assert_eq!(rx.try_take(), Ok(1));
                tx.try_put(2).unwrap();
                tx.close();
            });
        }
    }
    CHANNEL.with(|(tx, rx)| {
        let mut take = pin!(rx.take());
        let waker = Waker::from(Arc::new(Putter));
        let poll = std::future::Future::poll(take.as_mut(), &mut Context::from_waker(&waker));
        assert!(poll.is_pending());
        tx.try_put(1).unwrap();
        assert_eq!(poll_once(take), std::task::Poll::Ready(Some(2)));
        assert_eq!(now(rx.take()), None);
    });
}
