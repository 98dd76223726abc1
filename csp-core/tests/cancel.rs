//! Cancelling a put, a take or a select at each moment of its life: before its first poll, while it
//! waits, when its partner has come but it has not looked yet, and when it is done.
//!
//! In each case every value is accounted for: it is in the channel, with its putter, with its
//! taker, or was dropped once, as documented.

mod common;

use common::{AnyChannel, Ledger, SharedChannel, Task, Value, each_kind, now};
use csp_core::select::SelectOnce;
use csp_core::{Channel, Select, select};
use std::cell::Cell;
use std::future::Future;

const ANY: usize = usize::MAX;

/// When an operation is cancelled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Moment {
    BeforePoll,
    Parked,
    Called,
    Done,
}

const MOMENTS: [Moment; 4] = [
    Moment::BeforePoll,
    Moment::Parked,
    Moment::Called,
    Moment::Done,
];

/// Lives until that moment, at which its partner has come if that is called for, and is dropped.
#[track_caller]
fn cancel<'a, T>(at: Moment, future: impl Future<Output = T> + 'a, partner: impl FnOnce()) {
    let mut task = Task::new(future);
    if at == Moment::BeforePoll {
        return;
    }
    task.assert_pending();
    if at == Moment::Parked {
        return;
    }
    partner();
    assert_eq!(task.wakes(), 1);
    if at == Moment::Done {
        task.ready();
    }
}

/// Fills the channel with values from 1000 on.
fn fill(ch: &dyn AnyChannel<Value>, ledger: &Ledger) {
    (0..ch.capacity()).for_each(|n| ch.try_put(ledger.value(1000 + n as u32)).unwrap());
}

/// Drains the channel and says which values below 1000 were in it.
fn drain(ch: &dyn AnyChannel<Value>) -> Vec<u32> {
    let all = std::iter::from_fn(|| ch.try_take().ok());
    all.map(|value| value.id).filter(|&id| id < 1000).collect()
}

/// Makes room for the oldest put that waits.
fn make_room(ch: &dyn AnyChannel<Value>, taken: &Cell<Option<u32>>) {
    let value = ch.try_take().unwrap();
    if value.id < 1000 {
        taken.set(Some(value.id));
    }
}

#[test]
fn cancelled_take_loses_nothing() {
    for at in MOMENTS {
        each_kind(0, ANY, |ch| {
            let ledger = Ledger::new();
            cancel(at, ch.take(), || ch.try_put(ledger.value(1)).unwrap());
            let left = match at {
                Moment::Called => vec![1],
                _ => vec![],
            };
            assert_eq!(drain(ch), left, "{at:?}");
            ledger.assert_settled();
            // Nothing of it is left in the channel either.
            let mut next = Task::parked(ch.take());
            ch.try_put(ledger.value(2)).unwrap();
            assert_eq!(next.woken().map(|value| value.id), Some(2));
        });
    }
}

#[test]
fn cancelled_put_is_put_or_dropped_never_both() {
    for at in MOMENTS {
        each_kind(0, 100, |ch| {
            let ledger = Ledger::new();
            fill(ch, &ledger);
            let taken = Cell::new(None);
            cancel(at, ch.put(ledger.value(1)), || make_room(ch, &taken));
            let was_put = matches!(at, Moment::Called | Moment::Done);
            let mut found = drain(ch);
            found.extend(taken.get());
            assert_eq!(found, if was_put { vec![1] } else { vec![] }, "{at:?}");
            ledger.assert_settled();
        });
    }
}

#[test]
fn cancelled_put_from_leaves_its_value_exactly_if_it_was_not_put() {
    for at in MOMENTS {
        each_kind(0, 100, |ch| {
            let ledger = Ledger::new();
            fill(ch, &ledger);
            let taken = Cell::new(None);
            let mut place = Some(ledger.value(1));
            cancel(at, ch.put_from(&mut place), || make_room(ch, &taken));
            let was_put = matches!(at, Moment::Called | Moment::Done);
            assert_eq!(place.is_none(), was_put, "{at:?}");
            let mut found = drain(ch);
            found.extend(taken.get());
            found.extend(place.as_ref().map(|value| value.id));
            assert_eq!(found, [1], "{at:?}");
            drop(place);
            ledger.assert_settled();
        });
    }
}

#[test]
fn cancelled_put_that_the_close_refused_drops_its_value_or_keeps_it() {
    each_kind(0, 100, |ch| {
        let ledger = Ledger::new();
        fill(ch, &ledger);
        let mut place = Some(ledger.value(1));
        let from = Task::parked(ch.put_from(&mut place));
        let put = Task::parked(ch.put(ledger.value(2)));
        ch.close();
        assert_eq!((from.wakes(), put.wakes()), (1, 1));
        drop((from, put));
        assert_eq!((ledger.drops(1), ledger.drops(2)), (0, 1));
        assert_eq!(place.map(|value| value.id), Some(1));
        assert_eq!(drain(ch), []);
        ledger.assert_settled();
    });
}

#[test]
fn cancelled_putter_gives_its_turn_to_the_next() {
    each_kind(0, 100, |ch| {
        let ledger = Ledger::new();
        fill(ch, &ledger);
        let mut first = Task::parked(ch.put(ledger.value(1)));
        let second = Task::parked(ch.put(ledger.value(2)));
        let mut third = Task::parked(ch.put(ledger.value(3)));
        drop(second);
        assert_eq!(drain(ch), [1, 3]);
        assert_eq!((first.woken(), third.woken()), (Ok(()), Ok(())));
    });
}

#[test]
fn cancelled_wait_for_the_close_leaves_nothing_behind() {
    each_kind::<u8>(0, ANY, |ch| {
        for at in [Moment::BeforePoll, Moment::Parked] {
            cancel(at, ch.closed(), || ());
        }
        cancel(Moment::Called, ch.closed(), || assert!(ch.close()));
    });
}

/// The channels of a select's three arms.
#[derive(Clone, Copy)]
struct Ends<'a> {
    take: &'a dyn SharedChannel<Value>,
    put: &'a dyn SharedChannel<Value>,
    put_from: &'a dyn SharedChannel<Value>,
}

/// How a select is written.
#[derive(Clone, Copy, Debug)]
enum Way {
    Macro,
    Builder,
    Set,
}

/// A select that takes, puts the value, or puts from the place.
async fn race(way: Way, ends: Ends<'_>, value: Value, place: &mut Option<Value>) {
    let (take, put) = (ends.take.take_arm(), ends.put.put_arm(value));
    let put_from = ends.put_from.put_from_arm(place);
    match way {
        Way::Macro => select! {
            taken = take => drop(taken),
            result = put => result.unwrap(),
            result = put_from => result.unwrap(),
        },
        Way::Builder => drop(SelectOnce::new().or(take).or(put).or(put_from).await),
        Way::Set => {
            let mut set = Select::new();
            set.add(take);
            set.add(put);
            set.add(put_from);
            assert!(set.wait().await.is_some());
        }
    }
}

/// Cancels a select over three channels, with a partner that comes by one of its arms, and gives
/// the values that were put and the one that is left in its place.
fn cancel_race(
    way: Way,
    at: Moment,
    partner: usize,
    capacity: usize,
    ledger: &Ledger,
) -> (Vec<u32>, Option<Value>) {
    let channels = [capacity, capacity, capacity].map(Channel::new);
    let ends = Ends {
        take: &channels[0],
        put: &channels[1],
        put_from: &channels[2],
    };
    (1000..).zip(0..capacity).for_each(|(id, _)| {
        ends.put.try_put(ledger.value(id)).unwrap();
        ends.put_from.try_put(ledger.value(id + 100)).unwrap();
    });
    let mut found = Vec::new();
    let mut place = Some(ledger.value(2));
    let future = race(way, ends, ledger.value(1), &mut place);
    cancel(at, future, || match partner {
        0 => ends.take.try_put(ledger.value(3)).unwrap(),
        index => found.push(channels[index].try_take().unwrap().id),
    });
    channels.iter().for_each(|ch| found.extend(drain(ch)));
    // Nobody waits any more.
    for ch in &channels {
        assert_eq!(ch.try_put(ledger.value(5)).is_ok(), capacity > 0);
        assert_eq!(ch.try_take().is_ok(), capacity > 0);
        assert!(ch.try_take().is_err());
        ledger.forget(5);
    }
    found.retain(|&id| id < 1000);
    (found, place)
}

#[test]
fn cancelled_select_accounts_for_the_values_of_all_its_arms() {
    // What the macro spells is the builder; an interpreter need not see both.
    let ways = [Way::Macro, Way::Set, Way::Builder];
    let (ways, most) = if cfg!(miri) {
        (&ways[..2], 0)
    } else {
        (&ways[..], 2)
    };
    for &way in ways {
        for at in MOMENTS {
            for partner in 0..3 {
                for capacity in 0..=most {
                    let ledger = Ledger::new();
                    let (put, place) = cancel_race(way, at, partner, capacity, &ledger);
                    let has_come = matches!(at, Moment::Called | Moment::Done);
                    let expected = match (has_come, partner) {
                        (false, _) => vec![],
                        // What it was called for stays, unless it has taken it.
                        (true, 0) if at == Moment::Called => vec![3],
                        (true, 0) => vec![],
                        (true, partner) => vec![partner as u32],
                    };
                    let case = (way, at, partner, capacity);
                    assert_eq!(put, expected, "{case:?}");
                    let is_kept = !expected.contains(&2);
                    assert_eq!(
                        place.map(|value| value.id),
                        is_kept.then_some(2),
                        "{case:?}"
                    );
                    ledger.assert_settled();
                }
            }
        }
    }
}

#[test]
fn called_select_that_is_cancelled_calls_the_next() {
    for way in [Way::Macro, Way::Builder, Way::Set] {
        for capacity in [0, 1] {
            let ledger = Ledger::new();
            let (ch, idle) = (Channel::new(capacity), Channel::new(0));
            let ends = Ends {
                take: &ch,
                put: &idle,
                put_from: &idle,
            };
            let (mut place, mut other) = (None, None);
            let called = Task::parked(race(way, ends, ledger.value(1), &mut place));
            let next = Task::parked(race(way, ends, ledger.value(2), &mut other));
            let mut last = Task::parked(ch.take());
            ch.try_put(ledger.value(3)).unwrap();
            drop(called);
            assert_eq!((next.wakes(), last.wakes()), (1, 0));
            drop(next);
            assert_eq!(last.woken().map(|value| value.id), Some(3));
        }
    }
}

#[test]
fn select_cancelled_after_the_close_keeps_what_it_would_have_got_back() {
    for way in [Way::Macro, Way::Builder, Way::Set] {
        let ledger = Ledger::new();
        let channels = [0, 0, 0].map(Channel::new);
        let ends = Ends {
            take: &channels[0],
            put: &channels[1],
            put_from: &channels[2],
        };
        let mut place = Some(ledger.value(2));
        let task = Task::parked(race(way, ends, ledger.value(1), &mut place));
        channels.iter().for_each(|ch| assert!(ch.close()));
        assert_eq!(task.wakes(), 1);
        drop(task);
        assert_eq!(ledger.drops(1), 1);
        assert_eq!(place.map(|value| value.id), Some(2));
        ledger.assert_settled();
    }
}

#[test]
fn cancelled_futures_of_a_select_are_dropped_once() {
    let ledger = Ledger::new();
    let ch = Channel::<u8>::new(0);
    for at in [Moment::BeforePoll, Moment::Parked] {
        let value = ledger.value(at as u32);
        let waits = async {
            let _value = value;
            ch.closed().await;
        };
        cancel(
            at,
            async {
                select! { _ = ch.take() => {}, _ = waits => {} }
            },
            || (),
        );
    }
    ledger.assert_settled();
    assert!(now(async {
        select! { _ = ch.take() => false, default => true }
    }));
}
