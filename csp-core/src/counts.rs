//! Counts, in tests, of what an operation is allowed to do: locks it takes and steps along lists.
//! Unlike time, they are the same on every machine and in every run.

use core::cell::Cell;

std::thread_local! {
    static LOCKS: Cell<usize> = const { Cell::new(0) };
    static STEPS: Cell<usize> = const { Cell::new(0) };
}

/// A channel's lock is taken.
pub(crate) fn lock() {
    LOCKS.set(LOCKS.get() + 1);
}

/// A node of a list is reached, linked or unlinked.
pub(crate) fn step() {
    STEPS.set(STEPS.get() + 1);
}

mod tests {
    use super::{LOCKS, STEPS};
    use crate::hint::SHORT_WAYS;
    use crate::{Channel, LocalChannel, Select, StaticChannel, select};
    use core::future::Future;
    use core::pin::{Pin, pin};
    use core::task::{Context, Poll, Waker};
    use std::boxed::Box;
    use std::vec::Vec;

    /// An interpreter would take minutes for more.
    const MANY: usize = if cfg!(miri) { 8 } else { 100_000 };

    /// Runs that, and says how many locks it took and how many steps.
    fn counted<R>(body: impl FnOnce() -> R) -> (R, usize, usize) {
        let (locks, steps) = (LOCKS.get(), STEPS.get());
        let result = body();
        (result, LOCKS.get() - locks, STEPS.get() - steps)
    }

    fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    #[track_caller]
    fn assert_locks<R>(expected: usize, body: impl FnOnce() -> R) -> R {
        let (result, locks, _) = counted(body);
        assert_eq!(locks, expected, "locks taken");
        result
    }

    /// How many locks a look at that many channels at one instant takes.
    fn together(channels: usize) -> usize {
        // All channels have one then.
        if cfg!(feature = "critical-section") {
            1
        } else {
            channels
        }
    }

    #[test]
    #[cfg_attr(csp_halved, ignore = "a half is not counted")]
    fn an_operation_that_does_not_wait_takes_one_lock() {
        for capacity in [1, 2, 100, usize::MAX] {
            let ch = Channel::new(capacity);
            assert_locks(1, || ch.try_put(1)).unwrap();
            assert_locks(1, || ch.try_take()).unwrap();
            assert!(assert_locks(1, || poll(pin!(ch.put(1)))).is_ready());
            assert!(assert_locks(1, || poll(pin!(ch.take()))).is_ready());
            let permit = assert_locks(1, || poll(pin!(ch.reserve())));
            assert_locks(1, || drop(permit));
            let permit = assert_locks(1, || ch.try_reserve()).unwrap();
            assert_locks(1, || permit.put(1)).unwrap();
            assert_locks(1, || ch.try_take()).unwrap();
        }
        // Refusals too.
        let ch = StaticChannel::<u32, 0>::new();
        assert!(assert_locks(1, || ch.try_put(1)).is_err());
        assert!(assert_locks(1, || ch.try_take()).is_err());
    }

    #[test]
    #[cfg_attr(csp_halved, ignore = "a half is not counted")]
    fn a_rendezvous_takes_one_lock_to_wait_and_one_to_meet() {
        let ch = Channel::new(0);
        let mut take = pin!(ch.take());
        assert!(assert_locks(1, || poll(take.as_mut())).is_pending());
        assert!(assert_locks(1, || poll(pin!(ch.put(1)))).is_ready());
        assert!(assert_locks(1, || poll(take.as_mut())).is_ready());

        let mut put = pin!(ch.put(2));
        assert!(assert_locks(1, || poll(put.as_mut())).is_pending());
        assert!(assert_locks(1, || poll(pin!(ch.take()))).is_ready());
        // The put learns of it without the lock.
        assert!(assert_locks(0, || poll(put.as_mut())).is_ready());

        // A taker that is called, finds that others were faster, and waits again.
        let mut take = pin!(ch.take());
        assert!(poll(take.as_mut()).is_pending());
        assert_eq!((ch.try_put(1), ch.try_take()), (Ok(()), Ok(1)));
        let locks = if SHORT_WAYS { 1 } else { 2 };
        assert!(assert_locks(locks, || poll(take.as_mut())).is_pending());
        assert_eq!(ch.try_put(2), Ok(()));
        assert_eq!(
            assert_locks(1, || poll(take.as_mut())),
            Poll::Ready(Some(2))
        );
    }

    #[test]
    #[cfg_attr(csp_halved, ignore = "a half is not counted")]
    fn a_select_takes_one_lock_for_a_ready_arm_and_one_an_arm_to_wait() {
        let [a, b, c, d] = [0; 4].map(Channel::<u32>::new);
        let select = async || {
            select! {
                value = a.take() => value,
                value = b.take() => value,
                value = c.take() => value,
                _ = d.put(1) => None,
            }
        };
        let mut asleep = pin!(select());
        assert!(assert_locks(together(4), || poll(asleep.as_mut())).is_pending());
        assert_eq!(assert_locks(1, || c.try_put(7)), Ok(()));
        // One to take the value, one for each arm that lost.
        assert_eq!(
            assert_locks(4, || poll(asleep.as_mut())),
            Poll::Ready(Some(7))
        );

        let mut put = pin!(b.put(8));
        assert!(poll(put.as_mut()).is_pending());
        assert_eq!(
            assert_locks(1, || poll(pin!(select()))),
            Poll::Ready(Some(8))
        );

        let mut nothing_ready = pin!(async {
            select! {
                value = a.take() => value,
                value = b.take() => value,
                default => Some(0),
            }
        });
        assert_eq!(
            assert_locks(together(2), || poll(nothing_ready.as_mut())),
            Poll::Ready(Some(0))
        );
    }

    #[test]
    fn a_batch_takes_one_lock_for_many_values() {
        let ch = Channel::<u64>::new(100);
        // 64 and 36 to put, as many as are pulled at a time; 100 to take.
        assert!(assert_locks(2, || poll(pin!(ch.put_all(0..100)))).is_ready());
        let mut buffer = Vec::new();
        let all = || poll(pin!(ch.take_many(&mut buffer, 100)));
        assert_eq!(assert_locks(1, all), Poll::Ready(100));
        assert!(assert_locks(1, || poll(pin!(ch.put_all(0..50)))).is_ready());
        // The second lock finds nothing more.
        assert_eq!(assert_locks(1, || ch.drain().len()), 50);

        // To wait, one that finds no room or nothing, and one to be sure of it and park; once
        // called, one for all that has come.
        let mut many = pin!(ch.take_many(&mut buffer, 100));
        assert!(assert_locks(2, || poll(many.as_mut())).is_pending());
        assert!(assert_locks(1, || poll(pin!(ch.put_all(0..20)))).is_ready());
        assert_eq!(assert_locks(1, || poll(many)), Poll::Ready(20));
    }

    #[test]
    fn a_local_channel_takes_no_lock() {
        for capacity in [0, 1, 100] {
            let ch = LocalChannel::new(capacity);
            assert_locks(0, || {
                let mut take = pin!(ch.take());
                assert!(poll(take.as_mut()).is_pending());
                assert!(poll(pin!(ch.put(1))).is_ready());
                assert!(poll(take.as_mut()).is_ready());
                // Parks where there is no room, and leaves.
                let _ = poll(pin!(ch.put(2)));
                assert!(ch.len() <= 1);
                ch.close();
            });
        }
    }

    #[test]
    fn a_select_locks_only_the_channels_that_have_a_lock() {
        let (here, there) = (LocalChannel::<u32>::new(0), Channel::new(0));
        let mut other_way_round = pin!(async {
            select! {
                value = there.take() => value,
                value = here.take() => value,
            }
        });
        assert!(assert_locks(1, || poll(other_way_round.as_mut())).is_pending());
        here.close();
        assert_eq!(poll(other_way_round), Poll::Ready(None));

        let here = LocalChannel::<u32>::new(0);
        let select = async || {
            select! {
                value = here.take() => value,
                value = there.take() => value,
            }
        };
        let mut asleep = pin!(select());
        assert!(assert_locks(1, || poll(asleep.as_mut())).is_pending());
        assert_eq!(assert_locks(0, || here.try_put(7)), Ok(()));
        assert_eq!(
            assert_locks(1, || poll(asleep.as_mut())),
            Poll::Ready(Some(7))
        );
    }

    #[test]
    fn a_set_takes_one_lock_an_arm_to_get_in_line_and_then_one_a_look() {
        let channels: Vec<_> = (0..64).map(|_| Channel::<u32>::new(1)).collect();
        let mut set = Select::new();
        for ch in &channels {
            set.add(ch.take());
        }
        {
            let mut wait = pin!(set.wait());
            assert!(assert_locks(64, || poll(wait.as_mut())).is_pending());
            channels[40].try_put(1).unwrap();
            assert!(assert_locks(1, || poll(wait.as_mut())).is_ready());
        }
        // Another poll for no reason, or the drop of a wait, looks at nothing.
        {
            let mut wait = pin!(set.wait());
            assert!(assert_locks(1, || poll(wait.as_mut())).is_pending());
            assert!(assert_locks(0, || poll(wait.as_mut())).is_pending());
        }
        assert_eq!(assert_locks(0, || set.try_wait()), None);
    }

    /// Locks and steps of so many rounds of a set with so many arms, and of those whom it meets.
    fn rounds_of_takes(arms: usize, capacity: usize, asleep: bool) -> (usize, usize) {
        let channels: Vec<_> = (0..arms).map(|_| Channel::new(capacity)).collect();
        let mut set = Select::new();
        for ch in &channels {
            set.add(ch.take());
        }
        assert!(poll(pin!(set.wait())).is_pending());
        let ((), locks, steps) = counted(|| {
            for round in 0..ROUNDS {
                let ch = &channels[round * 7 % arms];
                if asleep {
                    let mut wait = pin!(set.wait());
                    assert!(poll(wait.as_mut()).is_pending());
                    ch.try_put(round).unwrap();
                    assert_eq!(poll(wait), Poll::Ready(Some(round * 7 % arms)));
                } else {
                    // Nobody waits, so a rendezvous has nobody to take it.
                    assert_eq!(ch.try_put(round).is_ok(), capacity > 0);
                    assert_eq!(set.try_wait().is_some(), capacity > 0);
                    assert_eq!(set.try_wait(), None);
                }
            }
        });
        (locks, steps)
    }

    /// The same of puts, each of which gets another value.
    fn rounds_of_puts(arms: usize, asleep: bool) -> (usize, usize) {
        let channels: Vec<_> = (0..arms).map(|_| Channel::new(0)).collect();
        let mut set = Select::new();
        let keys: Vec<_> = channels.iter().map(|ch| set.add(ch.put(0))).collect();
        assert!(poll(pin!(set.wait())).is_pending());
        let ((), locks, steps) = counted(|| {
            for round in 0..ROUNDS {
                let arm = round * 7 % arms;
                if asleep {
                    let mut wait = pin!(set.wait());
                    assert!(poll(wait.as_mut()).is_pending());
                    channels[arm].try_take().unwrap();
                    assert_eq!(poll(wait), Poll::Ready(Some(arm)));
                } else {
                    assert!(channels[arm].try_take().is_err());
                    let mut take = pin!(channels[arm].take());
                    assert!(poll(take.as_mut()).is_pending());
                    assert_eq!(set.try_wait(), Some(arm));
                    assert!(poll(take).is_ready());
                }
                assert_eq!(set.refill(keys[arm], round), None);
                assert_eq!(set.try_wait(), None);
            }
        });
        (locks, steps)
    }

    const ROUNDS: usize = if cfg!(miri) { 3 } else { 1000 };
    const MANY_ARMS: usize = if cfg!(miri) { 4 } else { 1024 };

    #[test]
    fn a_round_of_a_set_costs_what_is_ready_whatever_the_number_of_its_arms() {
        for asleep in [false, true] {
            for capacity in [0, 1, 5] {
                let few = rounds_of_takes(2, capacity, asleep);
                assert_eq!(rounds_of_takes(MANY_ARMS, capacity, asleep), few);
                assert!(few.0 <= 4 * ROUNDS && few.1 <= 8 * ROUNDS, "{few:?}");
            }
            assert_eq!(rounds_of_puts(MANY_ARMS, asleep), rounds_of_puts(2, asleep));
        }
    }

    #[test]
    fn leaving_takes_the_same_few_steps_however_many_wait() {
        fn steps_to_leave(waiting: usize, put: bool) -> (usize, usize) {
            let ch = Channel::<usize>::new(0);
            let wait = async |n| {
                if put {
                    let _ = ch.put(n).await;
                } else {
                    ch.take().await;
                }
            };
            let mut waiters: Vec<_> = (0..waiting).map(|n| Box::pin(wait(n))).collect();
            for waiter in &mut waiters {
                assert!(poll(waiter.as_mut()).is_pending());
            }
            let middle = waiters.swap_remove(waiting / 2);
            let ((), locks, steps) = counted(|| drop(middle));
            (locks, steps)
        }
        for put in [false, true] {
            let alone = steps_to_leave(1, put);
            assert_eq!(alone, (1, 1));
            assert_eq!(steps_to_leave(MANY, put), alone);
        }
    }

    /// Locks and steps that a select takes to leave the middle of two queues in which that many wait.
    fn select_leaves(waiting: usize, put: bool, called: bool) -> (usize, usize) {
        let channels = [0; 2].map(Channel::<usize>::new);
        let [a, b] = &channels;
        let wait = async |n: usize| {
            if put {
                let _ = channels[n % 2].put(n).await;
            } else {
                channels[n % 2].take().await;
            }
        };
        let select = async || {
            if put {
                select! { _ = a.put(0) => {}, _ = b.put(0) => {} }
            } else {
                select! { _ = a.take() => {}, _ = b.take() => {} }
            }
        };
        let mut waiters: Vec<_> = (0..2 * waiting).map(|n| Box::pin(wait(n))).collect();
        let (before, behind) = waiters.split_at_mut(waiting);
        for waiter in before {
            assert!(poll(waiter.as_mut()).is_pending());
        }
        let mut leaves = Box::pin(select());
        assert!(poll(leaves.as_mut()).is_pending());
        for waiter in behind {
            assert!(poll(waiter.as_mut()).is_pending());
        }
        if called {
            // Those before it are gone; it is the first, and gets the call or is done.
            waiters.drain(..waiting);
            assert_eq!(a.try_take().is_ok(), put);
            assert_eq!(a.try_put(1).is_ok(), !put);
        }
        let ((), locks, steps) = counted(|| drop(leaves));
        (locks, steps)
    }

    #[test]
    fn a_select_leaves_each_queue_in_the_same_few_steps_however_many_wait() {
        for put in [false, true] {
            let alone = select_leaves(0, put, false);
            assert_eq!(alone, (2, 2));
            assert_eq!(select_leaves(MANY, put, false), alone);
            // Called or done in one queue, it leaves the other. A call goes to the next in line.
            let few = select_leaves(4, put, true);
            assert!(few.0 <= 2 && few.1 <= 4, "{few:?}");
            assert_eq!(select_leaves(MANY, put, true), few);
        }
    }

    /// How many steps it takes to put a value to a taker that has just come.
    fn steps_to_meet(ch: &Channel<usize>) -> usize {
        let mut taker = pin!(ch.take());
        let ((), _, steps) = counted(|| {
            assert!(poll(taker.as_mut()).is_pending());
            ch.try_put(7).unwrap();
            assert_eq!(poll(taker), Poll::Ready(Some(7)));
        });
        steps
    }

    const VERY_OFTEN: usize = if cfg!(miri) { 8 } else { 100_000 };

    // flume#182, tokio#2637
    #[test]
    fn a_select_that_has_lost_very_often_has_left_nothing_in_the_queue() {
        let (values, idle) = (Channel::new(1), Channel::new(1));
        let before = steps_to_meet(&idle);
        for n in 0..VERY_OFTEN {
            let mut loses = pin!(async {
                select! { value = values.take() => value, value = idle.take() => value }
            });
            assert!(poll(loses.as_mut()).is_pending());
            values.try_put(n).unwrap();
            assert_eq!(poll(loses), Poll::Ready(Some(n)));
        }
        assert_eq!(steps_to_meet(&idle), before);
    }

    // flume#182, tokio#2637
    #[test]
    fn a_taker_that_was_polled_a_million_times_stands_in_line_once() {
        let ch = Channel::new(1);
        let alone = steps_to_meet(&ch);
        let mut polled = pin!(ch.take());
        assert!(poll(polled.as_mut()).is_pending());
        let ((), locks, steps) = counted(|| {
            for _ in 0..10 * VERY_OFTEN {
                assert!(poll(polled.as_mut()).is_pending());
            }
        });
        // A poll looks whether the waker is still the same (one that does nothing may not be known
        // again, and is taken note of), and moves nobody.
        assert!(locks <= 20 * VERY_OFTEN && steps == 0, "{locks}, {steps}");
        ch.try_put(1).unwrap();
        assert_eq!(poll(polled), Poll::Ready(Some(1)));
        assert_eq!(steps_to_meet(&ch), alone);
    }

    #[test]
    fn a_poll_without_a_reason_takes_no_step() {
        let (full, empty) = (Channel::new(1), Channel::<usize>::new(0));
        full.try_put(0).unwrap();
        let mut place = Some(2);
        let mut put = pin!(full.put(1));
        let mut put_from = pin!(full.put_from(&mut place));
        let mut take = pin!(empty.take());
        let mut closed = pin!(empty.closed());
        let mut select = pin!(async {
            select! { _ = empty.take() => {}, _ = full.put(3) => {} }
        });
        let mut poll_all = || {
            assert!(poll(put.as_mut()).is_pending());
            assert!(poll(put_from.as_mut()).is_pending());
            assert!(poll(take.as_mut()).is_pending());
            assert!(poll(closed.as_mut()).is_pending());
            assert!(poll(select.as_mut()).is_pending());
        };
        poll_all();
        let ((), _, steps) = counted(poll_all);
        assert_eq!(steps, 0);
    }
}
