//! Time: sleeping, and timers as channels.

use crate::Tested;
use crate::tools::Watched;
use csp_core::rt::{after, channelify, go, never, tick, timeout};
use csp_core::{TryTakeError, select};
use std::future::pending;
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);

/// At least as long as asked.
pub async fn sleep_lasts<R: Tested>(rt: R) {
    let start = rt.now();
    rt.sleep(20 * MS).await;
    assert!(rt.now() - start >= 20 * MS);
}

/// So one that was made first ends first, whichever is awaited first.
pub async fn sleep_runs_from_the_call<R: Tested>(rt: R) {
    let first = rt.sleep(10 * MS);
    rt.sleep(20 * MS).await;
    let fired = select! {
        biased;
        _ = first => "first",
        _ = rt.sleep(Duration::MAX) => "second",
    };
    assert_eq!(fired, "first");
}

/// One `()`, no earlier than asked.
pub async fn timeout_fires_once_and_closes<R: Tested>(rt: R) {
    let start = rt.now();
    let rx = timeout(&rt, 10 * MS);
    assert_eq!(rx.take().await, Some(()));
    assert!(rt.now() - start >= 10 * MS);
    assert_eq!(rx.take().await, None);
}

/// No earlier than asked, no later than now.
pub async fn after_gives_the_time_when_it_fired<R: Tested>(rt: R) {
    let start = rt.now();
    let rx = after(&rt, 10 * MS);
    let fired = rx.take().await.unwrap();
    assert!(fired - start >= 10 * MS);
    assert!(fired <= rt.now());
    assert_eq!(rx.take().await, None);
}

/// Nothing panics, nothing waits for ever.
pub async fn zero_fires_at_once<R: Tested>(rt: R) {
    rt.sleep(Duration::ZERO).await;
    assert_eq!(timeout(&rt, Duration::ZERO).take().await, Some(()));
    assert!(after(&rt, Duration::ZERO).take().await.is_some());
}

/// Nothing overflows.
pub async fn the_longest_durations_never_fire<R: Tested>(rt: R) {
    let timers = (
        timeout(&rt, Duration::MAX),
        after(&rt, Duration::MAX),
        tick(&rt, Duration::MAX),
    );
    let fired = select! {
        _ = rt.sleep(Duration::MAX) => "sleep",
        _ = timers.0.take() => "timeout",
        _ = timers.1.take() => "after",
        _ = timers.2.take() => "tick",
        _ = rt.sleep(10 * MS) => "none",
    };
    assert_eq!(fired, "none");
}

/// The n-th not before n periods are over.
pub async fn ticks_come_no_earlier_than_due<R: Tested>(rt: R) {
    let start = rt.now();
    let clock = tick(&rt, 2 * MS);
    let mut last = start;
    for n in 1..=5 {
        let at = clock.take().await.unwrap();
        assert!(at - start >= n * 2 * MS);
        assert!(at > last);
        last = at;
    }
}

/// Those dropped meanwhile never come: the next is a new one.
pub async fn a_slow_taker_finds_one_tick<R: Tested>(rt: R) {
    let clock = tick(&rt, 2 * MS);
    rt.sleep(20 * MS).await;
    let slept = rt.now();
    assert!(clock.take().await.unwrap() <= slept);
    assert!(clock.take().await.unwrap() > slept);
}

/// As often as it is taken.
pub async fn a_period_of_zero_ticks<R: Tested>(rt: R) {
    let clock = tick(&rt, Duration::ZERO);
    for _ in 0..100 {
        assert!(clock.take().await.is_some());
    }
}

/// Its process goes, however far off its time is.
pub async fn a_timer_ends_with_its_receiver<R: Tested>(rt: R) {
    Watched::until_gone(rt, |rt| {
        drop(timeout(rt, Duration::MAX));
        drop(after(rt, Duration::MAX));
        drop(tick(rt, Duration::MAX));
        drop(tick(rt, MS));
        drop(tick(rt, Duration::ZERO));
        drop(channelify(rt, pending::<()>()));
    })
    .await;
}

/// crossbeam-channel: `after`, shared. One taker has the time, the others see the end.
pub async fn one_after_fires_for_one_of_many<R: Tested>(rt: R) {
    let fired = after(&rt, 10 * MS);
    let takers: Vec<_> = (0..4)
        .map(|_| {
            let fired = fired.clone();
            go(&rt, async move { fired.take().await })
        })
        .collect();
    drop(fired);
    let mut times = 0;
    for taker in takers {
        times += usize::from(taker.await.unwrap().is_some());
    }
    assert_eq!(times, 1);
}

/// crossbeam-channel: `tick`, shared. Each tick is one taker's.
pub async fn ticks_are_shared_among_those_who_take<R: Tested>(rt: R) {
    let start = rt.now();
    let clock = tick(&rt, MS);
    let takers: Vec<_> = (0..3)
        .map(|_| {
            let clock = clock.clone();
            go(&rt, async move {
                let mut times = Vec::new();
                while times.len() < 4 {
                    times.extend(clock.take().await);
                }
                times
            })
        })
        .collect();
    let mut all = Vec::new();
    for taker in takers {
        let times = taker.await.unwrap();
        assert!(times.is_sorted());
        all.extend(times);
    }
    all.sort();
    assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "none twice");
    // Twelve ticks do not come in fewer than twelve periods.
    assert!(*all.last().unwrap() - start >= 12 * MS);
}

/// crossbeam-channel: `select` over them. What has not fired is not ready.
pub async fn timers_that_have_not_fired_are_arms_that_are_not_ready<R: Tested>(rt: R) {
    let (later, never, clock) = (
        after(&rt, Duration::MAX),
        never::<u8>(),
        tick(&rt, Duration::MAX),
    );
    let fired = select! {
        _ = later.take() => "after",
        _ = never.take() => "never",
        _ = clock.take() => "tick",
        default => "none",
    };
    assert_eq!(fired, "none");
    let soon = timeout(&rt, Duration::ZERO);
    let fired = select! {
        _ = later.take() => "after",
        _ = never.take() => "never",
        _ = clock.take() => "tick",
        _ = soon.take() => "timeout",
    };
    assert_eq!(fired, "timeout");
}

/// And stays open.
pub async fn never_never_fires<R: Tested>(rt: R) {
    let never = never::<u8>();
    let fired = select! {
        _ = never.take() => "never",
        _ = rt.sleep(10 * MS) => "sleep",
    };
    assert_eq!(fired, "sleep");
    assert_eq!(never.try_take(), Err(TryTakeError::Empty));
}
