//! Processes: their results, their ends, and their handles.

use crate::Tested;
use crate::tools::{Drops, yield_now};
use csp_core::rt::{Process, Stopped, go, go_local};
use csp_core::{channel, select};
use std::cell::Cell;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::rc::Rc;
use std::sync::Arc;

/// Its result is what the process returned.
pub async fn go_gives_the_result<R: Tested>(rt: R) {
    assert_eq!(go(&rt, async { 6 * 7 }).await.unwrap(), 42);
}

/// Text, formatted or not, and any other payload.
pub async fn a_panic_arrives_as_a_value<R: Tested>(rt: R) {
    let plain: Process<()> = go(&rt, async { panic!("expected") });
    assert_eq!(plain.await.unwrap_err().panic_message(), Some("expected"));
    let number = 7;
    let formatted: Process<()> = go(&rt, async move { panic!("expected {number}") });
    let formatted = formatted.await.unwrap_err();
    assert_eq!(formatted.panic_message(), Some("expected 7"));
    let other: Process<()> = go(&rt, async { panic_any(7_u8) });
    match other.await {
        Err(Stopped::Panicked(payload)) => {
            assert_eq!(payload.message(), None);
            assert_eq!(*payload.into_inner().downcast::<u8>().unwrap(), 7);
        }
        other => panic!("{other:?}"),
    }
}

/// Even if nobody holds the handle.
pub async fn a_panic_leaves_the_runtime_running<R: Tested>(rt: R) {
    for _ in 0..10 {
        drop(go(&rt, async { panic!("expected") }));
    }
    assert_eq!(go(&rt, async { 7 }).await.unwrap(), 7);
}

/// On every runtime.
pub async fn a_dropped_handle_leaves_the_process_running<R: Tested>(rt: R) {
    let (tx, rx) = channel(0);
    let (again_tx, again) = channel::<()>(0);
    drop(go(&rt, async move {
        tx.put(1).await.unwrap();
        again.take().await;
        tx.put(2).await.unwrap();
    }));
    assert_eq!(rx.take().await, Some(1));
    drop(again_tx);
    assert_eq!(rx.take().await, Some(2));
    assert_eq!(rx.take().await, None);
}

/// While it waits on a channel.
pub async fn abort_drops_the_future_and_says_cancelled<R: Tested>(rt: R) {
    let drops = Drops::default();
    let captured = drops.capture();
    let (tx, rx) = channel(0);
    let process = go(&rt, async move {
        let _captured = captured;
        tx.put("started").await.unwrap();
        tx.put("never").await.unwrap();
    });
    assert_eq!(rx.take().await, Some("started"));
    process.abort();
    assert!(process.await.unwrap_err().is_cancelled());
    assert_eq!(drops.count(), 1);
    assert_eq!(rx.take().await, None);
}

/// The result stays.
pub async fn abort_after_the_end_does_nothing<R: Tested>(rt: R) {
    let process = go(&rt, async { 7 });
    process.done().await;
    process.abort();
    assert_eq!(process.await.unwrap(), 7);
}

/// A process that holds its own handle.
pub async fn abort_from_inside<R: Tested>(rt: R) {
    let drops = Drops::default();
    let captured = drops.capture();
    let (tx, rx) = channel::<Arc<Process<()>>>(0);
    let process = Arc::new(go(&rt, async move {
        let _captured = captured;
        let me = rx.take().await.unwrap();
        me.abort();
        pending().await
    }));
    tx.put(process.clone()).await.unwrap();
    process.done().await;
    assert_eq!(drops.count(), 1);
    let process = Arc::into_inner(process).expect("the process's own handle went with it");
    assert!(process.await.unwrap_err().is_cancelled());
}

/// Whether it has begun or not.
pub async fn abort_on_drop_aborts<R: Tested>(rt: R) {
    for begun in [false, true] {
        let (tx, rx) = channel(0);
        let process = go(&rt, async move {
            tx.put(()).await.unwrap();
            pending::<()>().await;
        });
        if begun {
            assert_eq!(rx.take().await, Some(()));
        }
        drop(process.abort_on_drop());
        // `None`, for the sender is gone. A process that is parked in its put loses the value too.
        while rx.take().await.is_some() {}
    }
}

/// It is a handle like any other.
pub async fn abort_on_drop_still_joins<R: Tested>(rt: R) {
    assert_eq!(go(&rt, async { 7 }).abort_on_drop().await.unwrap(), 7);
}

/// On a normal end as well.
pub async fn all_that_was_captured_is_gone_before_the_end_is_seen<R: Tested>(rt: R) {
    for _ in 0..100 {
        let drops = Drops::default();
        let captured = drops.capture();
        let process = go(&rt, async move {
            let _captured = captured;
            yield_now().await;
        });
        process.done().await;
        assert_eq!(drops.count(), 1);
    }
}

/// Neither when the process ends nor when it is aborted.
pub async fn a_drop_that_panics_hangs_nobody<R: Tested>(rt: R) {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("expected");
        }
    }
    let ends = go(&rt, async { drop(Bomb) });
    assert_eq!(ends.await.unwrap_err().panic_message(), Some("expected"));
    let (tx, rx) = channel(0);
    let aborted = go(&rt, async move {
        let _bomb = Bomb;
        tx.put(()).await.unwrap();
        pending::<()>().await;
    });
    rx.take().await;
    aborted.abort();
    assert_eq!(aborted.await.unwrap_err().panic_message(), Some("expected"));
}

/// Fires when the process ends, and leaves the result where it is.
pub async fn done_is_an_arm_of_a_select<R: Tested>(rt: R) {
    let (tx, rx) = channel::<()>(0);
    let (go_on, waits) = channel::<()>(0);
    let mut process = go(&rt, async move {
        waits.take().await;
        7
    });
    tx.close();
    let fired = select! {
        biased;
        _ = process.done() => "done",
        _ = rx.take() => "closed",
    };
    assert_eq!(fired, "closed");
    let (_never_tx, never) = channel::<()>(0);
    drop(go_on);
    let fired = select! {
        _ = process.done() => "done",
        _ = never.take() => "never",
    };
    assert_eq!(fired, "done");
    // And the handle itself, by reference.
    let joined = select! {
        joined = &mut process => joined.unwrap(),
        _ = never.take() => unreachable!(),
    };
    assert_eq!(joined, 7);
}

/// And then there still is the result.
pub async fn done_tells_every_task_that_waits<R: Tested>(rt: R) {
    let (go_on, waits) = channel::<()>(0);
    let process = Arc::new(go(&rt, async move {
        waits.take().await;
        7
    }));
    let (began_tx, began) = channel(0);
    let waiters: Vec<_> = (0..3)
        .map(|_| {
            let (process, began_tx) = (process.clone(), began_tx.clone());
            go(&rt, async move {
                began_tx.put(()).await.unwrap();
                process.done().await;
            })
        })
        .collect();
    for _ in 0..3 {
        began.take().await;
    }
    drop(go_on);
    for waiter in waiters {
        waiter.await.unwrap();
    }
    assert_eq!(Arc::into_inner(process).unwrap().await.unwrap(), 7);
}

/// No sooner than the process ends.
pub async fn is_finished_turns_true<R: Tested>(rt: R) {
    let (go_on, waits) = channel::<()>(0);
    let process = go(&rt, async move { waits.take().await });
    assert!(!process.is_finished());
    drop(go_on);
    process.done().await;
    assert!(process.is_finished());
}

/// Neither what they capture nor what they return.
pub async fn local_processes_need_not_be_send<R: Tested>(rt: R) {
    let count = Rc::new(Cell::new(0));
    let inside = count.clone();
    let rt = &rt;
    rt.local(async move {
        let (tx, rx) = channel(0);
        let for_adder = inside.clone();
        let adder = go_local(rt, async move {
            while let Some(n) = rx.take().await {
                for_adder.set(for_adder.get() + n);
            }
            for_adder
        });
        let putter = go_local(rt, async move {
            for n in 1..=4 {
                tx.put(n).await.unwrap();
            }
        });
        putter.await.unwrap();
        assert_eq!(adder.await.unwrap().get(), 10);
    })
    .await;
    assert_eq!(count.get(), 10);
}

/// What it leaves behind is dropped.
pub async fn a_local_runtime_that_ends_cancels<R: Tested>(rt: R) {
    let drops = Drops::default();
    let captured = drops.capture();
    let mut left = None;
    rt.local(async {
        let (tx, rx) = channel(0);
        left = Some(go_local(&rt, async move {
            let _captured = captured;
            tx.put(()).await.unwrap();
            pending::<()>().await;
        }));
        rx.take().await;
    })
    .await;
    let process = left.unwrap();
    assert!(process.await.unwrap_err().is_cancelled());
    assert_eq!(drops.count(), 1);
}

/// Each with its own processes.
pub async fn locals_nest<R: Tested>(rt: R) {
    let rt = &rt;
    let sum = rt
        .local(async move {
            let one = go_local(rt, async { 1 });
            let two = rt.local(async move { go_local(rt, async { 2 }).await.unwrap() });
            two.await + one.await.unwrap() + go_local(rt, async { 4 }).await.unwrap()
        })
        .await;
    assert_eq!(sum, 7);
}

/// Where a local process cannot be started, the panic says where it can.
pub async fn go_local_outside_of_local_names_the_cure<R: Tested>(rt: R) {
    let panic = catch_unwind(AssertUnwindSafe(|| go_local(&rt, async {}))).unwrap_err();
    let message = match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => panic.downcast::<&str>().unwrap().to_string(),
    };
    assert!(message.contains("local"), "{message}");
}
