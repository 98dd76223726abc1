//! Selects that face each other, and a channel that one select both puts to and takes from.

use crate::models::{Arc, block_on, both, model, poll_once, small_model};
use crate::{Channel, select};
use core::pin::pin;
use core::task::Poll;
use loom::thread;

/// Puts its own number or takes another's: what it gave away, less what it got.
async fn swap(ch: &Channel<i32>, own: i32) -> i32 {
    select! { biased; r = ch.put(own) => { r.unwrap(); own }, v = ch.take() => -v.unwrap() }
}

/// Puts into the one or takes from the other.
async fn put_or_take(to: &Channel<i32>, from: &Channel<i32>, own: i32) -> i32 {
    select! { biased; r = to.put(own) => { r.unwrap(); own }, v = from.take() => -v.unwrap() }
}

/// Two selects that cross: what one puts is what the other takes.
#[test]
fn selects_that_cross() {
    small_model(|| {
        let (a, b) = (Arc::new(Channel::new(0)), Arc::new(Channel::new(0)));
        let others = (a.clone(), b.clone());
        let other = thread::spawn(move || block_on(put_or_take(&others.0, &others.1, 1)));
        let mine = block_on(put_or_take(&b, &a, 2));
        assert_eq!(mine + other.join().unwrap(), 0);
    });
}

/// A put and a take of one channel in one select never meet each other, but do meet another's.
#[test]
fn put_and_take_of_one_channel_in_two_selects() {
    small_model(|| {
        let ch = Arc::new(Channel::new(0));
        let others = ch.clone();
        let other = thread::spawn(move || block_on(swap(&others, 1)));
        let mine = block_on(async {
            select! { biased; v = ch.take() => -v.unwrap(), r = ch.put(2) => { r.unwrap(); 2 } }
        });
        assert_eq!(mine + other.join().unwrap(), 0);
    });
}

/// It meets whoever comes alone, on the one side or the other.
#[test]
fn put_and_take_of_one_channel_against_a_put_or_a_take() {
    small_model(|| {
        let ch = Arc::new(Channel::new(0));
        let others = ch.clone();
        let other = thread::spawn(move || block_on(others.take()));
        assert_eq!(block_on(swap(&ch, 1)), 1);
        assert_eq!(other.join().unwrap(), Some(1));
    });
    small_model(|| {
        let ch = Arc::new(Channel::new(0));
        let others = ch.clone();
        let other = thread::spawn(move || block_on(others.put(2)));
        assert_eq!(block_on(swap(&ch, 1)), -2);
        assert_eq!(other.join().unwrap(), Ok(()));
    });
}

/// Two of them, a put and a take that come alone: however they meet, nobody is left.
#[test]
fn put_and_take_of_one_channel_against_a_put_and_a_take() {
    model(|| {
        let ch = Arc::new(Channel::new(0));
        let others = ch.clone();
        let other = thread::spawn(move || block_on(both(swap(&others, 1), others.put(4))));
        let (mine, taken) = block_on(both(swap(&ch, 2), ch.take()));
        let (others, put) = other.join().unwrap();
        assert_eq!(put, Ok(()));
        assert_eq!(mine + others + 4, taken.unwrap());
    });
}

/// A biased select that is called does not put into the room that its own call makes: a rendezvous
/// would keep a value that nobody takes.
#[test]
fn a_called_select_does_not_put_into_its_own_room() {
    small_model(|| {
        let ch = Arc::new(Channel::new(0));
        let mut select = pin!(swap(&ch, 2));
        assert!(poll_once(select.as_mut()).is_pending());
        let others = ch.clone();
        let other = thread::spawn(move || (others.try_put(1).is_ok(), others.try_take().ok()));
        let early = poll_once(select.as_mut());
        let found = other.join().unwrap();
        match (found, early) {
            ((true, None), Poll::Ready(mine)) => assert_eq!(mine, -1),
            ((true, None), Poll::Pending) => assert_eq!(block_on(select), -1),
            ((false, Some(2)), Poll::Ready(mine)) => assert_eq!(mine, 2),
            ((false, Some(2)), Poll::Pending) => assert_eq!(block_on(select), 2),
            // Nobody else was there, and nobody is.
            ((true, Some(1)) | (false, None), Poll::Pending) => {
                assert!(poll_once(select.as_mut()).is_pending());
                assert_eq!(ch.try_take(), Ok(2));
                assert_eq!(block_on(select), 2);
            }
            otherwise => panic!("{otherwise:?}"),
        }
    });
}

/// Four selects pair off, two on each thread, as tasks of an executor would be.
#[test]
fn four_selects_on_one_channel_pair_off() {
    model(|| {
        let ch = Arc::new(Channel::new(0));
        let others = ch.clone();
        let other = thread::spawn(move || block_on(both(swap(&others, 1), swap(&others, 2))));
        let mine = block_on(both(swap(&ch, 4), swap(&ch, 8)));
        let other = other.join().unwrap();
        assert_eq!(mine.0 + mine.1 + other.0 + other.1, 0);
    });
}

/// The same on two channels, each thread with both directions.
#[test]
fn four_selects_on_two_channels_pair_off() {
    model(|| {
        let (a, b) = (Arc::new(Channel::new(0)), Arc::new(Channel::new(0)));
        let others = (a.clone(), b.clone());
        let other = thread::spawn(move || {
            let (a, b) = (&*others.0, &*others.1);
            block_on(both(put_or_take(a, b, 1), put_or_take(b, a, 2)))
        });
        let mine = block_on(both(put_or_take(&a, &b, 4), put_or_take(&b, &a, 8)));
        let other = other.join().unwrap();
        assert_eq!(mine.0 + mine.1 + other.0 + other.1, 0);
    });
}
