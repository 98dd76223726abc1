//! Channels and select, polled by hand.

use crate::{Test, poll_once, ready};
use core::pin::pin;
use core::task::Poll;
use csp_core::{Closed, StaticChannel, TryPutError, TryTakeError, select};
use firmware::{block_on, join};

pub const TESTS: &[Test] = &[
    ("a rendezvous hands over", rendezvous),
    ("a buffer keeps order and capacity", buffered),
    ("a close gives values back and lets takers drain", close),
    ("a channel opens again", reopen),
    ("a select commits one arm, put or take", select_commits_one),
    ("default fires when nothing is ready", select_default),
    ("two selects meet", selects_meet),
    ("a dropped take loses nothing", dropped_take),
    ("a dropped put gives its value back", dropped_put),
    ("a forgotten take harms nobody else", forgotten_take),
    ("a thousand values through each capacity", pipelines),
];

fn rendezvous() {
    let ch = StaticChannel::<u32, 0>::new();
    assert_eq!(ch.try_put(1), Err(TryPutError::Full(1)));
    let mut put = pin!(ch.put(2));
    assert!(poll_once(put.as_mut()).is_pending());
    assert_eq!(ch.try_take(), Ok(2));
    assert_eq!(ready(poll_once(put)), Ok(()));

    let mut take = pin!(ch.take());
    assert!(poll_once(take.as_mut()).is_pending());
    assert_eq!(ch.try_put(3), Ok(()));
    assert_eq!(ch.try_put(4), Err(TryPutError::Full(4)));
    assert_eq!(ready(poll_once(take)), Some(3));
}

fn buffered() {
    let ch = StaticChannel::<u32, 3>::new();
    for round in 0..10 {
        for n in 0..3 {
            assert_eq!(ch.try_put(round + n), Ok(()));
        }
        assert_eq!(ch.try_put(9), Err(TryPutError::Full(9)));
        let mut waits = pin!(ch.put(round + 3));
        assert!(poll_once(waits.as_mut()).is_pending());
        for n in 0..4 {
            assert_eq!(ch.try_take(), Ok(round + n));
        }
        assert_eq!(ready(poll_once(waits)), Ok(()));
        assert_eq!(ch.try_take(), Err(TryTakeError::Empty));
    }
}

fn close() {
    let ch = StaticChannel::<u32, 1>::new();
    ch.try_put(1).unwrap();
    let mut waits = pin!(ch.put(2));
    assert!(poll_once(waits.as_mut()).is_pending());
    assert!(ch.close());
    assert!(!ch.close());
    assert_eq!(ready(poll_once(waits)), Err(Closed(2)));
    assert_eq!(ch.try_put(3), Err(TryPutError::Closed(3)));
    assert_eq!(block_on(ch.put(4)), Err(Closed(4)));
    assert_eq!(block_on(ch.take()), Some(1));
    assert_eq!(block_on(ch.take()), None);
}

fn reopen() {
    static CH: StaticChannel<u32, 2> = StaticChannel::new();
    let (tx, rx) = (CH.sender(), CH.receiver());
    for n in 0..5 {
        assert_eq!(tx.try_put(n), Ok(()));
        rx.close();
        assert_eq!(tx.try_put(n), Err(TryPutError::Closed(n)));
        assert!(CH.reopen());
        assert_eq!(rx.try_take(), Ok(n));
    }
}

fn select_commits_one() {
    let (to, from) = (
        StaticChannel::<u32, 1>::new(),
        StaticChannel::<u32, 1>::new(),
    );
    let (mut puts, mut takes) = (0, 0);
    for n in 0..100 {
        from.try_put(n).unwrap();
        let mut place = Some(n);
        let taken = block_on(async {
            select! {
                result = to.put_from(&mut place) => { result.unwrap(); None }
                value = from.take() => value,
            }
        });
        match taken {
            None => {
                puts += 1;
                assert_eq!((to.try_take(), place), (Ok(n), None));
                assert_eq!(from.try_take(), Ok(n));
            }
            Some(value) => {
                takes += 1;
                // The put that lost has not happened.
                assert_eq!((value, place), (n, Some(n)));
                assert_eq!(to.try_take(), Err(TryTakeError::Empty));
            }
        }
    }
    assert!(puts > 20 && takes > 20, "each has its chance");
}

fn select_default() {
    let ch = StaticChannel::<u32, 0>::new();
    let look = || {
        block_on(async {
            select! {
                value = ch.take() => value,
                default => None,
            }
        })
    };
    assert_eq!(look(), None);
    let mut put = pin!(ch.put(1));
    assert!(poll_once(put.as_mut()).is_pending());
    assert_eq!(look(), Some(1));
    assert_eq!(ready(poll_once(put)), Ok(()));
}

fn selects_meet() {
    static A: StaticChannel<u32, 0> = StaticChannel::new();
    static B: StaticChannel<u32, 0> = StaticChannel::new();
    let one = async {
        select! { r = A.put(1) => { r.unwrap(); 0 }, v = B.take() => v.unwrap() }
    };
    let other = async {
        select! { r = B.put(2) => { r.unwrap(); 0 }, v = A.take() => v.unwrap() }
    };
    let met = block_on(join(one, other));
    assert!(met == (0, 1) || met == (2, 0), "{met:?}");
}

fn dropped_take() {
    let ch = StaticChannel::<u32, 0>::new();
    let mut second = pin!(ch.take());
    {
        let mut first = pin!(ch.take());
        assert!(poll_once(first.as_mut()).is_pending());
        assert!(poll_once(second.as_mut()).is_pending());
        assert_eq!(ch.try_put(1), Ok(()));
        // The first has been called for it, and goes.
    }
    assert_eq!(ready(poll_once(second)), Some(1));
}

fn dropped_put() {
    let ch = StaticChannel::<u32, 0>::new();
    let mut place = Some(1);
    {
        let mut put = pin!(ch.put_from(&mut place));
        assert!(poll_once(put.as_mut()).is_pending());
    }
    assert_eq!(place, Some(1));
    assert_eq!(ch.try_take(), Err(TryTakeError::Empty));
}

fn forgotten_take() {
    static CH: StaticChannel<u32, 1> = StaticChannel::new();
    // Memory that stays, as a pinned future's must: the second time nobody looks after it.
    static PLACE: critical_section::Mutex<
        core::cell::RefCell<Option<csp_core::Take<'static, u32>>>,
    > = critical_section::Mutex::new(core::cell::RefCell::new(None));
    critical_section::with(|section| {
        let mut place = PLACE.borrow_ref_mut(section);
        let take = place.insert(CH.take());
        // SAFETY: it is never moved out of the static, nor dropped.
        let take = unsafe { core::pin::Pin::new_unchecked(take) };
        assert_eq!(poll_once(take), Poll::Pending);
        core::mem::forget(place);
    });
    for n in 0..10 {
        assert_eq!(CH.try_put(n), Ok(()));
        assert_eq!(CH.try_take(), Ok(n));
    }
}

fn pipelines() {
    fn check<const N: usize>() {
        let ch = StaticChannel::<u32, N>::new();
        let put = async {
            for n in 0..1000 {
                ch.put(n).await.unwrap();
            }
            ch.close();
        };
        let take = async {
            let mut next = 0;
            while let Some(n) = ch.take().await {
                assert_eq!(n, next);
                next += 1;
            }
            next
        };
        assert_eq!(block_on(join(put, take)).1, 1000);
    }
    check::<0>();
    check::<1>();
    check::<7>();
}
