//! Loom models of a process's end. The cells of the wakers are loom's own in place of atomic-waker's.

use super::{Spawn, Stopped, go};
use crate::channel;
use crate::models::{block_on, small_model};
use core::future::Future;
use loom::thread;

/// Gives each process a thread of the model.
struct Threads;

impl Spawn for Threads {
    fn spawn<F: Future<Output = ()> + Send + 'static>(&self, fut: F) {
        thread::spawn(|| block_on(fut));
    }
}

#[test]
fn the_end_of_a_process_against_waiting_for_it() {
    small_model(|| {
        let process = go(&Threads, async { 7 });
        assert_eq!(block_on(process).ok(), Some(7));
    });
    small_model(|| {
        let process = go(&Threads, async { 7 });
        block_on(process.done());
        assert!(process.is_finished());
        assert_eq!(block_on(process).ok(), Some(7));
    });
}

#[test]
fn aborting_a_process_against_its_end() {
    small_model(|| {
        let (tx, rx) = channel(1);
        let process = go(&Threads, async move { rx.take().await });
        assert_eq!(tx.try_put(1), Ok(()));
        process.abort();
        match block_on(process) {
            Ok(taken) => assert_eq!(taken, Some(1)),
            Err(Stopped::Cancelled) => {}
            Err(stopped) => panic!("{stopped:?}"),
        }
        // Its receiver went before the end was told.
        assert!(tx.is_closed());
    });
}

/// Nobody waits for it any more: the process goes on, and its result ends with it.
#[test]
fn dropping_the_handle_of_a_process_against_its_end() {
    small_model(|| {
        let (tx, rx) = channel(1);
        let process = go(&Threads, async move { tx.try_put(1).map(|()| tx) });
        drop(process);
        assert_eq!(block_on(rx.take()), Some(1));
        // Its result was a sender, and the last one.
        assert_eq!(block_on(rx.take()), None);
    });
}
