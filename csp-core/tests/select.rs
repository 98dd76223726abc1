//! `select!` and its builder, alone against plain puts and takes: arms of all kinds, guards,
//! `default`, order of choice, bodies, and what becomes of the losers.

mod common;

use common::{Ledger, Task, now, poll_once};
use csp_core::select::{Either, SelectOnce, seed};
use csp_core::{
    Channel, Closed, Receiver, StaticChannel, TryPutError, TryTakeError, channel, select,
};
use std::cell::Cell;
use std::future::{pending, ready};
use std::pin::pin;
use std::task::Poll;

#[test]
fn take_arm_gives_the_value_and_then_the_end() {
    let ch = Channel::new(1);
    ch.try_put(7).unwrap();
    ch.close();
    let take = || {
        now(async {
            select! { v = ch.take() => v }
        })
    };
    assert_eq!((take(), take()), (Some(7), None));
}

#[test]
fn put_arm_puts_or_gives_the_value_back() {
    let ch = Channel::new(1);
    let put = |n| {
        now(async {
            select! { r = ch.put(n) => r }
        })
    };
    assert_eq!(put(7), Ok(()));
    assert_eq!(ch.try_take(), Ok(7));
    ch.close();
    assert_eq!(put(8), Err(Closed(8)));
}

#[test]
fn put_from_arm_puts_or_leaves_the_value_in_its_place() {
    let ch = Channel::new(1);
    let mut place = Some(7);
    assert_eq!(
        now(async {
            select! { r = ch.put_from(&mut place) => r }
        }),
        Ok(())
    );
    assert_eq!((place, ch.try_take()), (None, Ok(7)));
    ch.close();
    place = Some(8);
    let refused = now(async {
        select! { r = ch.put_from(&mut place) => r }
    });
    assert_eq!((refused, place), (Err(Closed(())), Some(8)));
}

#[test]
fn put_from_arm_with_an_empty_place_never_fires() {
    let ch = Channel::<u32>::new(1);
    let mut place = None;
    let mut task = Task::parked(async {
        select! { r = ch.put_from(&mut place) => r }
    });
    ch.close();
    task.assert_pending();
}

#[test]
fn parked_select_is_woken_once_by_each_kind_of_partner() {
    let (words, numbers) = (Channel::new(0), Channel::new(0));
    let race = || async {
        select! {
            word = words.take() => word,
            _ = numbers.put(7) => Some("put"),
        }
    };
    let mut task = Task::parked(race());
    assert_eq!(words.try_put("word"), Ok(()));
    assert_eq!((task.woken(), task.polls()), (Some("word"), 2));
    let mut task = Task::parked(race());
    assert_eq!(numbers.try_take(), Ok(7));
    assert_eq!((task.woken(), task.polls()), (Some("put"), 2));
    let mut task = Task::parked(race());
    assert!(words.close());
    assert_eq!((task.woken(), task.polls()), (None, 2));
}

#[test]
fn any_other_future_is_an_arm() {
    let ch = Channel::<u32>::new(0);
    let mut answer = pin!(async { 42 });
    let sum = now(async {
        let first = select! { _ = ch.take() => 0, n = ready(1) => n };
        let second = select! { n = &mut answer => n, _ = pending::<()>() => 0 };
        first + second
    });
    assert_eq!(sum, 43);
}

#[test]
fn other_future_wakes_the_select_and_is_dropped_when_it_loses() {
    let (ch, other) = (Channel::<u32>::new(0), Channel::<u32>::new(0));
    let ledger = Ledger::new();
    let race = |id| {
        let value = ledger.value(id);
        let (ch, other) = (&ch, &other);
        let waits = async move {
            let _value = value;
            other.closed().await;
        };
        async move {
            select! { v = ch.take() => v, _ = waits => None }
        }
    };
    let mut loses = Task::parked(race(1));
    let mut wins = Task::parked(race(2));
    assert_eq!(ch.try_put(7), Ok(()));
    assert_eq!(loses.woken(), Some(7));
    assert_eq!((ledger.drops(1), ledger.drops(2)), (1, 0));
    other.close();
    assert_eq!(wins.woken(), None);
    ledger.assert_settled();
}

#[test]
fn arm_with_a_false_guard_is_not_evaluated_and_never_fires() {
    let ch = Channel::new(1);
    ch.try_put(7).unwrap();
    let evaluated = Cell::new(0);
    let take = || {
        evaluated.set(evaluated.get() + 1);
        ch.take()
    };
    let guarded = |guard| {
        now(async {
            select! {
                v = take(), if guard => v,
                _ = ready(()), if !guard => None,
            }
        })
    };
    assert_eq!(guarded(false), None);
    assert_eq!((evaluated.get(), ch.len()), (0, 1));
    assert_eq!(guarded(true), Some(7));
}

#[test]
fn select_whose_guards_are_all_false_waits_for_ever_or_takes_its_default() {
    let ch = Channel::<u32>::new(1);
    ch.close();
    let mut task = Task::parked(async {
        select! { v = ch.take(), if false => v }
    });
    task.assert_pending();
    assert_eq!(task.wakes(), 0);
    assert!(now(async {
        select! { _ = ch.take(), if false => false, default => true }
    }));
}

#[test]
fn none_is_an_arm_that_never_fires() {
    let (tx, rx) = channel::<u32>(1);
    tx.try_put(7).unwrap();
    let race = |maybe: Option<&Receiver<u32>>| {
        let maybe_put = maybe.is_none().then(|| tx.put(8));
        now(async {
            select! {
                v = maybe => v,
                _ = maybe_put => None,
                default => Some(0),
            }
        })
    };
    assert_eq!(race(None), Some(0), "a `None`, and a put without room");
    assert_eq!(race(Some(&rx)), Some(7));
    assert_eq!(race(None), None);
    assert_eq!(rx.try_take(), Ok(8));
}

#[test]
fn handles_are_take_arms() {
    static FIXED: StaticChannel<u32, 1> = StaticChannel::new();
    let (tx, rx) = channel(1);
    let both = Channel::new(1);
    FIXED.try_put(1).unwrap();
    tx.try_put(2).unwrap();
    both.try_put(3).unwrap();
    let sum = now(async {
        let mut sum = 0;
        for _ in 0..3 {
            sum += select! { v = &FIXED => v, v = &rx => v, v = &both => v }.unwrap();
        }
        sum
    });
    assert_eq!(sum, 6);
}

#[test]
fn default_fires_exactly_when_no_arm_is_ready() {
    let (a, b) = (Channel::new(1), Channel::new(0));
    let mut putter = None;
    for round in 0..if cfg!(miri) { 20 } else { 300 } {
        let poll = || {
            now(async {
                select! {
                    v = a.take() => v.unwrap(),
                    v = b.take() => v.unwrap(),
                    default => 0,
                }
            })
        };
        assert_eq!(poll(), 0);
        match round % 2 {
            0 => a.try_put(1).unwrap(),
            _ => putter = Some(Task::parked(b.put(1))),
        }
        assert_eq!(poll(), 1);
        if let Some(mut putter) = putter.take() {
            assert_eq!(putter.woken(), Ok(()));
        }
    }
}

#[test]
fn default_does_not_fire_before_a_put_that_fits_or_is_awaited() {
    let (a, b) = (Channel::new(1), Channel::new(0));
    let put = || {
        now(async {
            select! {
                r = a.put(1) => { r.unwrap(); "a" }
                r = b.put(2) => { r.unwrap(); "b" }
                default => "none",
            }
        })
    };
    assert_eq!((put(), put()), ("a", "none"));
    let mut taker = Task::parked(b.take());
    assert_eq!(put(), "b");
    assert_eq!(taker.woken(), Some(2));
}

#[test]
fn default_leaves_nothing_behind() {
    let (a, b) = (Channel::new(0), Channel::new(0));
    let mut kept = Some(1);
    now(async {
        select! {
            _ = a.put_from(&mut kept) => unreachable!(),
            _ = b.take() => unreachable!(),
            default => {}
        }
    });
    assert_eq!(kept, Some(1));
    assert_eq!(a.try_take(), Err(TryTakeError::Empty));
    assert_eq!(b.try_put(2), Err(TryPutError::Full(2)));
}

#[test]
fn biased_prefers_the_first_arm_that_is_ready() {
    let (a, b) = (Channel::new(1), Channel::new(100));
    for n in 0..100 {
        b.try_put(n).unwrap();
    }
    let first = |wanted| {
        now(async {
            select! {
                biased;
                _ = a.put(()) => assert_eq!(wanted, "a"),
                _ = b.take() => assert_eq!(wanted, "b"),
                default => unreachable!(),
            }
        });
    };
    for _ in 0..50 {
        first("a");
        first("b");
        a.try_take().unwrap();
    }
}

#[test]
fn biased_select_that_was_called_for_a_later_arm_still_prefers_the_first() {
    let (a, b) = (Channel::new(1), Channel::new(1));
    let mut task = Task::parked(async {
        select! { biased; v = a.take() => v, v = b.take() => v }
    });
    b.try_put("b").unwrap();
    a.try_put("a").unwrap();
    assert_eq!(task.woken(), Some("a"));
    assert_eq!(b.try_take(), Ok("b"));
}

#[test]
#[cfg_attr(miri, ignore = "counts too far for an interpreter")]
fn ready_arms_are_chosen_evenly() {
    const ROUNDS: usize = 8000;
    seed(20);
    let ch = Channel::new(1);
    let mut counts = [0_usize; 4];
    now(async {
        for _ in 0..ROUNDS {
            ch.try_put(()).unwrap();
            let arm = select! {
                _ = ch.take() => 0,
                _ = ready(()) => 1,
                v = &ch => { v.unwrap(); 2 }
                _ = ready(()) => 3,
            };
            counts[arm] += 1;
            let _ = ch.try_take();
        }
    });
    let expected = ROUNDS / counts.len();
    let squares = counts.iter().map(|count| count.abs_diff(expected).pow(2));
    let chi_square = squares.sum::<usize>() as f64 / expected as f64;
    // Three degrees of freedom: one seed in a thousand exceeds this.
    assert!(chi_square < 16.27, "{counts:?}");
}

/// Sites are told apart by a hash of where they stand, so that of a few inner selects one may go around
/// together with the outer one.
#[test]
#[cfg_attr(miri, ignore = "counts too far for an interpreter")]
fn what_an_inner_select_chooses_does_not_follow_from_the_outer_choice() {
    const ROUNDS: usize = 3000;
    seed(5);
    let mut seconds = [0_usize; 3];
    for round in 0..2 * ROUNDS {
        let inner = round / 2 % 3;
        now(async {
            select! {
                _ = ready(()) => seconds[inner] += match inner {
                    0 => select! { _ = ready(()) => 0, _ = ready(()) => 1 },
                    1 => select! { _ = ready(()) => 0, _ = ready(()) => 1 },
                    _ => select! { _ = ready(()) => 0, _ = ready(()) => 1 },
                },
                _ = ready(()) => {}
            }
        });
    }
    // Each inner select has run in about half of its rounds, and chosen its second arm in half of these.
    let is_even = |count: &&usize| count.abs_diff(ROUNDS / 6) < ROUNDS / 30;
    assert!(seconds.iter().filter(is_even).count() >= 2, "{seconds:?}");
}

#[test]
fn seed_repeats_the_choices() {
    let choices = |number| {
        seed(number);
        let choice = || async {
            select! { _ = ready(()) => 0_u8, _ = ready(()) => 1 }
        };
        (0..64).map(|_| now(choice())).collect::<Vec<_>>()
    };
    assert_eq!(choices(1), choices(1));
    assert_ne!(choices(1), choices(2));
}

#[test]
fn one_channel_in_several_arms_gives_a_value_to_one_of_them() {
    let ch = Channel::new(0);
    let mut task = Task::parked(async {
        select! { v = ch.take() => v, v = ch.take() => v }
    });
    assert_eq!(ch.try_put(1), Ok(()));
    assert_eq!(ch.try_put(2), Err(TryPutError::Full(2)), "called already");
    assert_eq!(task.woken(), Some(1));
    assert_eq!(
        ch.try_put(3),
        Err(TryPutError::Full(3)),
        "no arm is left behind"
    );
}

#[test]
fn two_puts_of_one_select_are_never_both_delivered() {
    let (a, b) = (Channel::new(0), Channel::new(0));
    let race = || async {
        select! {
            r = a.put(1) => r.map(|()| "a"),
            r = b.put(2) => r.map(|()| "b"),
        }
    };
    // The select parks first.
    for first in [&a, &b] {
        let mut task = Task::parked(race());
        let taken = first.try_take().unwrap();
        assert_eq!(a.try_take(), Err(TryTakeError::Empty));
        assert_eq!(b.try_take(), Err(TryTakeError::Empty));
        assert_eq!(task.woken(), Ok(if taken == 1 { "a" } else { "b" }));
    }
    // The takers park first.
    for _ in 0..100 {
        let (mut from_a, mut from_b) = (Task::parked(a.take()), Task::parked(b.take()));
        match now(race()).unwrap() {
            "a" => assert_eq!((from_a.woken(), from_b.wakes()), (Some(1), 0)),
            _ => assert_eq!((from_a.wakes(), from_b.woken()), (0, Some(2))),
        }
    }
    // Both on one channel.
    let mut task = Task::parked(async {
        select! { r = a.put(1) => r, r = a.put(2) => r }
    });
    assert!(a.try_take().is_ok());
    assert_eq!(a.try_take(), Err(TryTakeError::Empty));
    assert_eq!(task.woken(), Ok(()));
}

#[test]
fn losers_are_withdrawn_before_the_body_runs() {
    let (a, b, c) = (Channel::new(1), Channel::new(0), Channel::new(0));
    let mut place = Some(3);
    let mut task = Task::parked(async {
        select! {
            v = a.take() => {
                assert_eq!(b.try_take(), Err(TryTakeError::Empty));
                assert_eq!(c.try_put(4), Err(TryPutError::Full(4)));
                assert_eq!(place, Some(3));
                v
            }
            _ = b.put(2) => None,
            _ = c.take() => None,
            _ = b.put_from(&mut place) => None,
        }
    });
    a.try_put(1).unwrap();
    assert_eq!(task.woken(), Some(1));
}

#[test]
fn value_of_a_losing_put_is_dropped_once_and_that_of_put_from_is_kept() {
    let ledger = Ledger::new();
    let (a, b) = (Channel::new(0), Channel::new(0));
    let mut place = Some(ledger.value(1));
    now(async {
        select! {
            _ = a.put_from(&mut place) => unreachable!(),
            _ = b.put(ledger.value(2)) => unreachable!(),
            _ = ready(()) => assert_eq!(ledger.alive(), 1),
        }
    });
    assert_eq!(place.take().map(|value| value.id), Some(1));
    ledger.assert_settled();
}

#[test]
fn bodies_may_break_continue_return_await_and_question() {
    async fn sum(rx: &Receiver<Result<u32, &'static str>>) -> Result<u32, &'static str> {
        let mut sum = 0;
        loop {
            select! {
                v = rx.take() => match v {
                    None => break,
                    Some(Ok(0)) => continue,
                    Some(Ok(100)) => return Ok(100),
                    Some(n) => sum += ready(n?).await,
                },
            }
        }
        Ok(sum)
    }
    let run = |values: &[Result<u32, &'static str>]| {
        let (tx, rx) = channel(10);
        values.iter().for_each(|&value| tx.try_put(value).unwrap());
        drop(tx);
        now(sum(&rx))
    };
    assert_eq!(run(&[Ok(1), Ok(0), Ok(2)]), Ok(3));
    assert_eq!(run(&[Ok(1), Ok(100)]), Ok(100));
    assert_eq!(run(&[Ok(1), Err("no")]), Err("no"));
}

#[test]
fn select_is_an_expression_that_nests() {
    let (a, b) = (Channel::new(1), Channel::new(1));
    a.try_put(20).unwrap();
    b.try_put(22).unwrap();
    let sum = now(async {
        1 + select! {
            v = a.take() => v.unwrap() + select! { v = b.take() => v.unwrap(), default => 0 },
        } - 1
    });
    assert_eq!(sum, 42);
    let inner = async {
        select! { v = a.take() => v, default => Some(1) }
    };
    assert_eq!(
        now(async {
            select! { v = inner => v }
        }),
        Some(1)
    );
}

#[test]
fn temporaries_in_an_operation_live_until_the_select_is_over() {
    let with = |text: &str| {
        let ch = Channel::new(1);
        ch.try_put(text.to_owned()).unwrap();
        ch
    };
    let text = now(async {
        select! { text = with("temporary").take() => text }
    });
    assert_eq!(text.as_deref(), Some("temporary"));
    let only_receiver = || channel::<u32>(1).1;
    assert_eq!(
        now(async {
            select! { n = only_receiver().take() => n }
        }),
        None
    );
    let mut task = Task::parked(async {
        select! { _ = Channel::<u32>::new(0).take() => () }
    });
    task.assert_pending();
}

#[test]
fn patterns_take_outputs_apart() {
    let pair = async {
        select! { (a, b) = ready((1, 2)) => a + b }
    };
    assert_eq!(now(pair), 3);
    let either = |output: Result<u32, u32>| {
        now(async {
            select! { Ok(n) | Err(n) = ready(output) => n }
        })
    };
    assert_eq!((either(Ok(1)), either(Err(2))), (1, 2));
}

#[test]
fn heap_and_static_channels_mix() {
    static FIXED: StaticChannel<u32, 0> = StaticChannel::new();
    let heap = Channel::new(0);
    let race = || async {
        select! { v = FIXED.take() => v, r = heap.put(1) => r.ok().map(|()| 0) }
    };
    let mut task = Task::parked(race());
    FIXED.try_put(5).unwrap();
    assert_eq!(task.woken(), Some(5));
    let mut task = Task::parked(race());
    assert_eq!(heap.try_take(), Ok(1));
    assert_eq!(task.woken(), Some(0));
}

#[test]
fn called_select_that_is_dropped_passes_the_call_on() {
    for capacity in [0, 1] {
        let (a, b) = (Channel::new(capacity), Channel::<u32>::new(0));
        let called = Task::parked(async {
            select! { v = a.take() => v, v = b.take() => v }
        });
        let mut next = Task::parked(a.take());
        a.try_put(1).unwrap();
        assert_eq!((called.wakes(), next.wakes()), (1, 0));
        drop(called);
        assert_eq!(next.woken(), Some(1));
    }
}

#[test]
fn select_that_leaves_by_another_arm_passes_the_call_on() {
    let (a, b) = (Channel::new(1), Channel::new(1));
    let mut called = Task::parked(async {
        select! { biased; v = b.take() => v, v = a.take() => v }
    });
    let mut next = Task::parked(a.take());
    a.try_put(1).unwrap();
    b.try_put(2).unwrap();
    assert_eq!(called.woken(), Some(2));
    assert_eq!(next.woken(), Some(1));
}

#[test]
fn select_that_is_over_owes_nobody_a_call_although_it_is_still_there() {
    let (first, second) = (Channel::new(1), Channel::new(1));
    let mut select = pin!(
        SelectOnce::new()
            .or(first.take())
            .or(second.take())
            .biased()
    );
    assert!(poll_once(select.as_mut()).is_pending());
    let mut other = Task::parked(second.take());
    second.try_put(2).unwrap();
    first.try_put(1).unwrap();
    let output = poll_once(select.as_mut());
    assert!(matches!(output, Poll::Ready(Either::This(Some(1)))));
    assert_eq!(other.woken(), Some(2));
}

#[test]
fn called_select_that_finds_nothing_waits_again_before_the_others() {
    let (a, b) = (Channel::new(1), Channel::<u32>::new(0));
    let mut first = Task::parked(async {
        select! { v = a.take() => v, v = b.take() => v }
    });
    let mut second = Task::parked(a.take());
    a.try_put(1).unwrap();
    assert_eq!(a.try_take(), Ok(1), "faster");
    first.assert_pending();
    a.try_put(2).unwrap();
    assert_eq!((first.wakes(), second.wakes()), (2, 0));
    assert_eq!(first.ready(), Some(2));
    second.assert_pending();
}

#[test]
fn parked_put_arm_calls_a_taker_although_all_places_are_taken() {
    let ch = StaticChannel::<u32, 0>::new();
    let mut first = Task::parked(ch.take());
    let mut second = Task::parked(ch.take());
    ch.try_put(1).unwrap();
    let mut select = Task::parked(async {
        select! { r = ch.put(2) => r }
    });
    assert_eq!(second.wakes(), 1, "the first taker has not looked yet");
    assert_eq!(second.ready(), Some(1), "whoever is faster");
    assert_eq!(first.woken(), Some(2));
    assert_eq!(select.woken(), Ok(()));
}

#[test]
fn poll_without_a_wake_changes_nothing_and_the_newest_waker_counts() {
    let (a, b) = (Channel::new(0), Channel::new(0));
    let mut task = Task::parked(async {
        select! { v = a.take() => v, _ = b.put(1) => None }
    });
    for _ in 0..3 {
        task.assert_pending();
        task.change_waker();
        task.assert_pending();
    }
    assert_eq!(task.wakes(), 0);
    assert_eq!(a.try_put(7), Ok(()));
    assert_eq!(task.woken(), Some(7));
}

#[test]
fn builder_spells_the_same() {
    let (words, numbers) = (Channel::new(1), Channel::new(0));
    let select = || {
        SelectOnce::new()
            .or(words.take())
            .or(numbers.put(7))
            .biased()
    };
    assert!(now(select().or_default()).is_none());
    words.try_put("word").unwrap();
    match now(select()) {
        Either::This(word) => assert_eq!(word, Some("word")),
        Either::Later(Either::This(put)) => panic!("nobody takes: {put:?}"),
        Either::Later(Either::Later(never)) => match never {},
    }
    let mut parked = Task::parked(select());
    assert_eq!(numbers.try_take(), Ok(7));
    assert_eq!(parked.woken(), Either::Later(Either::This(Ok(()))));
}

#[test]
fn builder_is_debug_and_says_how_many_arms_it_has() {
    struct NotDebug;
    let ch = Channel::<NotDebug>::new(0);
    let select = SelectOnce::new().or(ch.take()).or(ch.put(NotDebug));
    assert!(format!("{select:?}").contains("arms: 2"));
    assert!(format!("{:?}", select.or_default()).contains("arms: 2"));
}
