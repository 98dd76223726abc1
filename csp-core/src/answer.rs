//! Who has put waits for an answer, and looks for it before getting in line.
//!
//! A take that follows a put of the same task is mostly one that waits for the answer to a question. If
//! that comes from another thread it comes soon, and by itself. Without a look the two would do much
//! for each other meanwhile: one gets in line, the other calls it, and the system, or a runtime, lets a
//! thread sleep and wakes it. Whoever only takes had better not look: while it is in line the other side
//! gets several values done.
//!
//! So a put leaves a mark on its thread: a task's where others may see the value, so not on a rendezvous,
//! and not where the lock leans towards one thread; a blocking call's always, since it costs one store.
//!
//! This is a guess, on which nothing depends but time. After looks in vain many waits go without, so that
//! wrong guesses cost little: the other side may take its time, or be a task of this very thread; or the
//! values go through a stage of a pipeline.

#[cfg(all(feature = "std", not(any(csp_loom, csp_shuttle))))]
mod marks {
    use core::cell::Cell;
    use core::ptr;
    use core::task::Waker;

    pub(crate) const ARE_KEPT: bool = true;

    /// How often a thread looks.
    const LOOKS: u32 = 10;

    /// Pauses before each look.
    const PAUSES: u32 = 4;

    /// So many waits go without after looks in vain.
    const WAITS_WITHOUT: u32 = 20;

    std::thread_local! {
        /// Who was last to put something on this thread.
        static ASKER: Cell<*const ()> = const { Cell::new(NOBODY) };

        /// How many of the next waits for an answer go without a look.
        static WITHOUT: Cell<u32> = const { Cell::new(0) };
    }

    /// Like `THREAD`, an address at which no waker's data lies. Some have none, whose pointer is null.
    const NOBODY: *const () = ptr::without_provenance(1);

    const THREAD: *const () = ptr::without_provenance(2);

    /// The task with this waker puts something, where other threads may see it.
    #[inline(always)]
    pub(crate) fn task_puts(waker: &Waker) {
        ASKER.set(waker.data());
    }

    /// This thread puts something by a blocking call.
    #[inline(always)]
    pub(crate) fn thread_puts() {
        ASKER.set(THREAD);
    }

    /// Looks for the answer, if whoever has this waker waits for one; says whether it has come.
    pub(crate) fn look_out(waker: &Waker, mut has_come: impl FnMut() -> bool) -> bool {
        let asker = ASKER.replace(NOBODY);
        if asker != waker.data() && asker != THREAD {
            return false;
        }
        let without = WITHOUT.get();
        if without > 0 {
            WITHOUT.set(without - 1);
            return false;
        }
        for _ in 0..LOOKS {
            for _ in 0..PAUSES {
                core::hint::spin_loop();
            }
            if has_come() {
                return true;
            }
        }
        WITHOUT.set(WAITS_WITHOUT);
        false
    }

    #[cfg(test)]
    mod tests {
        use super::{ASKER, LOOKS, THREAD, WAITS_WITHOUT, look_out, task_puts, thread_puts};
        use crate::StaticChannel;
        use alloc::sync::Arc;
        use alloc::task::Wake;
        use core::future::Future;
        use core::pin::pin;
        use core::task::{Context, Poll, Waker};

        struct Task;

        impl Wake for Task {
            fn wake(self: Arc<Self>) {}
        }

        fn task() -> Waker {
            Arc::new(Task).into()
        }

        /// How many looks a wait takes for what comes at this one, and whether it has come.
        fn look_until(last: u32, waker: &Waker) -> (u32, bool) {
            let mut looks = 0;
            let has_come = look_out(waker, || {
                looks += 1;
                looks == last
            });
            (looks, has_come)
        }

        #[test]
        fn who_has_put_looks_until_the_answer_has_come() {
            let (asker, other) = (task(), task());
            task_puts(&asker);
            assert_eq!(look_until(3, &asker), (3, true));
            // One question has one answer.
            assert_eq!(look_until(3, &asker), (0, false));
            task_puts(&asker);
            assert_eq!(look_until(LOOKS, &asker), (LOOKS, true));
            task_puts(&asker);
            assert_eq!(look_until(3, &other), (0, false));
            thread_puts();
            assert_eq!(look_until(3, &other), (3, true));
        }

        #[test]
        fn who_has_looked_in_vain_waits_without_a_look_for_a_while() {
            let asker = task();
            let ask = |last| {
                task_puts(&asker);
                look_until(last, &asker)
            };
            assert_eq!(ask(u32::MAX), (LOOKS, false));
            for _ in 0..WAITS_WITHOUT {
                assert_eq!(ask(1), (0, false));
            }
            assert_eq!(ask(1), (1, true));
        }

        #[test]
        #[cfg_attr(target_family = "wasm", ignore = "there is one thread")]
        fn puts_ask_where_other_threads_come() {
            let channel = StaticChannel::<u8, 1>::new();
            let asker = task();
            let put_and_take = || {
                let mut cx = Context::from_waker(&asker);
                assert_eq!(pin!(channel.put(1)).poll(&mut cx), Poll::Ready(Ok(())));
                assert_eq!(channel.take_blocking(), Some(1));
            };
            for _ in 0..10 {
                std::thread::scope(|scope| scope.spawn(put_and_take).join().unwrap());
                put_and_take();
            }
            assert_eq!(ASKER.get(), asker.data());
            channel.put_blocking(2).unwrap();
            assert_eq!(ASKER.get(), THREAD);
        }
    }
}

/// Without `std` there is no place for the marks, and models have no time to look.
#[cfg(not(all(feature = "std", not(any(csp_loom, csp_shuttle)))))]
mod marks {
    use core::task::Waker;

    pub(crate) const ARE_KEPT: bool = false;

    #[inline(always)]
    pub(crate) fn task_puts(_waker: &Waker) {}

    #[cfg(feature = "std")]
    #[inline(always)]
    pub(crate) fn thread_puts() {}

    #[inline(always)]
    pub(crate) fn look_out(_waker: &Waker, _has_come: impl FnMut() -> bool) -> bool {
        false
    }
}

/// Whether there are marks.
pub(crate) use marks::ARE_KEPT;
#[cfg(feature = "std")]
pub(crate) use marks::thread_puts;
pub(crate) use marks::{look_out, task_puts};
