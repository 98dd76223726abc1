//! A select that waits in a local channel and in one that other threads use.

use crate::models::{Arc, block_on, both, model, small_model};
use crate::{Channel, LocalChannel, select};
use loom::thread;

/// Somebody on this thread and somebody on another one come at once: the select takes one value, and
/// the other one stays.
#[test]
fn a_local_put_against_a_put_of_another_thread() {
    for capacity in [0, 1] {
        small_model(move || {
            let here = LocalChannel::new(capacity);
            let there = Arc::new(Channel::new(capacity));
            let others = there.clone();
            let putter = thread::spawn(move || block_on(others.put(2)).unwrap());
            let (taken, ()) = block_on(both(
                async {
                    let first = async {
                        select! { biased; v = here.take() => v, v = there.take() => v }
                    };
                    let second = async {
                        select! { biased; v = there.take() => v, v = here.take() => v }
                    };
                    (first.await.unwrap(), second.await.unwrap())
                },
                async { here.put(1).await.unwrap() },
            ));
            assert_eq!(taken.0 + taken.1, 3);
            putter.join().unwrap();
        });
    }
}

/// Exactly one of a local put and one for another thread happens.
#[test]
fn a_select_of_puts_here_and_there_against_two_takes() {
    model(|| {
        let here = LocalChannel::new(0);
        let there = Arc::new(Channel::new(0));
        let others = there.clone();
        let taker = thread::spawn(move || block_on(others.take()));
        let (is_here, taken) = block_on(both(
            async {
                let is_here = select! {
                    biased;
                    r = here.put(1) => r.is_ok(),
                    r = there.put(2) => r.is_err(),
                };
                here.close();
                there.close();
                is_here
            },
            here.take(),
        ));
        assert_eq!(taken, is_here.then_some(1));
        assert_eq!(taker.join().unwrap(), (!is_here).then_some(2));
    });
}
