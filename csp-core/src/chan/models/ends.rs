//! The counted ends: the last drop closes, once, and a weak end comes before it or in vain.

use crate::models::{Arc, block_on, model, small_model};
use crate::{Channel, Closed, TryTakeError, channel};
use loom::thread;

#[test]
fn the_last_drops_against_a_parked_put_and_take() {
    small_model(|| {
        let (tx, rx) = channel::<u32>(0);
        let taker = thread::spawn(move || block_on(rx.take()));
        drop(tx);
        assert_eq!(taker.join().unwrap(), None);
    });
    small_model(|| {
        let (tx, rx) = channel(0);
        let putter = thread::spawn(move || block_on(tx.put(1)));
        drop(rx);
        assert_eq!(putter.join().unwrap(), Err(Closed(1)));
    });
}

/// Of two drops at once one is the last.
#[test]
fn two_drops_against_a_take() {
    model(|| {
        let (tx, rx) = channel::<u32>(0);
        let drops = [tx.clone(), tx].map(|tx| thread::spawn(move || drop(tx)));
        assert_eq!(block_on(rx.take()), None);
        for dropped in drops {
            dropped.join().unwrap();
        }
    });
}

/// A value that is put while the last receiver goes comes back, or ends with the channel.
#[test]
fn the_last_receivers_drop_against_a_put_that_fits() {
    small_model(|| {
        let (tx, rx) = channel(1);
        let value = Arc::new(());
        let put = value.clone();
        let putter = thread::spawn(move || {
            let result = tx.try_put(put);
            (result.is_ok(), tx)
        });
        drop(rx);
        let (_, tx) = putter.join().unwrap();
        assert_eq!(
            Arc::strong_count(&value),
            1,
            "kept by a channel that nobody takes from"
        );
        assert!(tx.is_closed());
    });
}

#[test]
fn a_weak_end_against_the_last_drop() {
    small_model(|| {
        let (tx, rx) = channel(1);
        let weak = tx.downgrade();
        let revived = thread::spawn(move || weak.upgrade().map(|tx| tx.try_put(1)));
        drop(tx);
        match revived.join().unwrap() {
            Some(put) => assert_eq!((put, rx.try_take()), (Ok(()), Ok(1))),
            None => {}
        }
        assert_eq!(rx.try_take(), Err(TryTakeError::Closed));
    });
    small_model(|| {
        let (tx, rx) = channel(1);
        let weak = rx.downgrade();
        let revived = thread::spawn(move || weak.upgrade());
        drop(rx);
        match revived.join().unwrap() {
            Some(rx) => {
                assert_eq!(tx.try_put(1), Ok(()));
                assert_eq!(rx.try_take(), Ok(1));
            }
            None => assert!(tx.is_closed()),
        }
    });
    small_model(|| {
        let ch = Channel::new(1);
        let weak = ch.downgrade();
        let revived = thread::spawn(move || weak.upgrade().map(|ch| ch.try_put(1)));
        drop(ch);
        assert!(revived.join().unwrap().is_none_or(|put| put == Ok(())));
    });
}
