//! Scratch: suspected bugs.
mod common;
use common::{Ledger, Task, now, panic_of};
use csp_core::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Wake, Waker};

struct Panics;
impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        panic!("a waker's panic");
    }
}

#[test]
fn forgotten_put_from_has_its_value_once() {
    let ch = Channel::new(0);
    let mut place = Some(7);
    Task::parked(ch.put_from(&mut place)).forget();
    let kept = place.take();
    let taken = ch.try_take().ok();
    assert!(kept.is_some() != taken.is_some(), "{kept:?} {taken:?}");
}

#[test]
fn rendezvous_of_large_values_is_a_rendezvous() {
    // In debug builds a large value is copied from call to call.
    let body = || {
        let ch = Channel::new(0);
        assert!(ch.try_put([0_u8; 300 << 10]).is_err(), "nobody takes");
    };
    let thread = std::thread::Builder::new().stack_size(64 << 20);
    thread.spawn(body).unwrap().join().unwrap();
}

#[test]
fn taker_that_meets_a_panicking_waker_ends_its_call_once() {
    let ch = StaticChannel::<u32, 1>::new();
    let mut first = Task::parked(ch.take());
    let mut second = Task::parked(ch.take());
    ch.try_put(1).unwrap();
    ch.try_put(2).unwrap();
    let mut putter = Task::new(ch.put(3));
    assert!(
        putter
            .poll_with(&Waker::from(Arc::new(Panics)))
            .is_pending()
    );
    assert_eq!(panic_of(|| drop(first.poll())), "a waker's panic");
    drop(first);
    assert_eq!(second.ready(), Some(2));
    assert_eq!(putter.ready(), Ok(()));
    assert_eq!(now(ch.take()), Some(3));
}

struct Bomb(Arc<AtomicUsize>, bool);
impl Drop for Bomb {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
        if self.1 {
            panic!("a value's panic");
        }
    }
}

#[test]
fn drain_goes_on_after_a_panicking_destructor() {
    let drops = Arc::new(AtomicUsize::new(0));
    let (tx, rx) = channel(3);
    for n in 0..3 {
        assert!(tx.try_put(Bomb(drops.clone(), n == 0)).is_ok());
    }
    assert_eq!(panic_of(|| drop(rx)), "a value's panic");
    assert_eq!(drops.load(SeqCst), 3);
}

#[test]
fn removed_arm_does_not_commit_later() {
    let ch = Channel::new(0);
    let other = Channel::<u32>::new(0);
    let mut set = Select::new();
    let put = set.add(ch.put(1));
    let mut wait = Task::parked(set.wait());
    assert_eq!(ch.try_take(), Ok(1));
    drop(wait);
    assert!(set.remove(put));
    let take = set.add(other.take());
    let waited = set.try_wait();
    assert_eq!((waited, set.output(take)), (None, None));
}

#[test]
fn try_put_reaches_the_take_of_a_select_that_also_puts() {
    let ch = Channel::new(0);
    let mut both = Task::parked(async {
        select! { v = ch.take() => v, _ = ch.put(1) => None }
    });
    assert_eq!(ch.try_put(2), Ok(()));
    assert_eq!(both.woken(), Some(2));
}

#[test]
fn putters_not_yet_dismissed_fail_when_a_waker_takes_during_close() {
    struct Takes(Channel<u32>, std::sync::Mutex<Vec<Option<u32>>>);
    impl Wake for Takes {
        fn wake(self: Arc<Self>) {
            let taken = self.0.try_take().ok();
            self.1.lock().unwrap().push(taken);
        }
    }
    let ch = Channel::new(0);
    let mut putters: Vec<_> = (0..40).map(|n| Task::new(ch.put(n))).collect();
    let takes = Arc::new(Takes(ch.clone(), Default::default()));
    for p in &mut putters {
        assert!(p.poll_with(&Waker::from(takes.clone())).is_pending());
    }
    ch.close();
    assert!(
        takes.1.lock().unwrap().iter().all(|t| t.is_none()),
        "{:?}",
        takes.1
    );
}

#[test]
fn put_polled_after_its_end_harms_nobody() {
    let ch = Channel::new(1);
    let mut put = Task::new(ch.put(1));
    assert_eq!(put.ready(), Ok(()));
    let _ = put.poll();
    let mut other = Task::parked(ch.put(2));
    assert_eq!(ch.try_take(), Ok(1));
    assert_eq!(other.woken(), Ok(()));
}

#[test]
fn drops_are_counted() {
    let l = Ledger::new();
    drop(l.value(1));
    l.assert_settled();
}
