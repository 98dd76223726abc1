//! Room that is reserved by threads that wait for it, give up, drop what they have got, or fill it, beside
//! others that just put; until there is nothing more to put, somebody closes the channel, or all takers
//! have left.

use super::common::{Books, End, Handle, Random, Token, poll_once, storm_size};
use super::operations::{self, Rx, Tx, try_put, try_take};
use csp_core::{Permit, TryReserveError, TryTakeError, block_on, channel};
use std::sync::Arc;
use std::task::Poll;
use std::thread;

/// Values of one channel.
const EACH: usize = if cfg!(miri) { 15 } else { 200 };
const PUTTERS: u64 = 3;
const TAKERS: u64 = 2;

/// How the takers of a channel end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takers {
    Stay,
    /// One of them closes the channel at some moment.
    Close,
    /// All leave at some moment, permits or not.
    Leave,
}

/// Fills the room, or gives it back.
fn end(permit: Option<Permit<'_, Token>>, token: Token, random: &mut Random) {
    let Some(permit) = permit else {
        return token.returned();
    };
    for _ in 0..random.below(3) {
        thread::yield_now();
    }
    if random.below(4) == 0 {
        drop(permit);
        token.returned();
    } else if let Err(closed) = permit.put(token) {
        closed.into_inner().returned();
    }
}

fn put(tx: &Tx, books: &Arc<Books>, random: &mut Random) {
    while let Some(token) = books.token() {
        match random.below(8) {
            0..3 => end(block_on(tx.reserve()).ok(), token, random),
            3 => {
                let mut reserve = Box::pin(tx.reserve());
                match poll_once(reserve.as_mut()) {
                    Poll::Ready(reserved) => end(reserved.ok(), token, random),
                    Poll::Pending => {
                        // Meanwhile it may be given room that it does not ask for any more.
                        for _ in 0..random.below(4) {
                            thread::yield_now();
                        }
                        drop(reserve);
                        token.returned();
                    }
                }
            }
            4 => {
                let permit = tx.try_reserve().ok();
                // Waiting for a second one could be for ever.
                if let Some(another) = books.token() {
                    end(tx.try_reserve().ok(), another, random);
                }
                end(permit, token, random);
            }
            5 => try_put(tx, token),
            _ => block_on(operations::put(tx.clone(), token)),
        }
        if tx.is_closed() {
            return;
        }
    }
}

fn take(rx: &Rx, takers: Takers, random: &mut Random) {
    loop {
        match random.below(6) {
            0 => try_take(rx),
            1 => {
                let mut take = Box::pin(rx.take());
                if let Poll::Ready(Some(token)) = poll_once(take.as_mut()) {
                    token.taken();
                }
            }
            2 => rx.drain().into_iter().for_each(Token::taken),
            _ => match block_on(rx.take()) {
                Some(token) => token.taken(),
                None => return,
            },
        }
        if takers != Takers::Stay && random.below(EACH) == 0 {
            match takers {
                Takers::Leave => return,
                _ => drop(rx.close()),
            }
        }
    }
}

fn blow(capacity: usize, takers: Takers, books: &Arc<Books>, seed: u64) {
    let (tx, rx) = channel(capacity);
    let (tx, rx): (Tx, Rx) = (Handle::new(tx), Handle::new(rx));
    thread::scope(|scope| {
        let threads = (0..TAKERS).map(|n| {
            let rx = rx.clone();
            scope.spawn(move || take(&rx, takers, &mut Random::new(64 * seed + n)))
        });
        let threads: Vec<_> = threads.collect();
        let rx = (takers != Takers::Leave).then_some(rx);
        let putters = (0..PUTTERS).map(|n| {
            let tx = tx.clone();
            scope.spawn(move || put(&tx, books, &mut Random::new(64 * seed + TAKERS + n)))
        });
        let putters: Vec<_> = putters.collect();
        for putter in putters {
            putter.join().unwrap();
        }
        if takers == Takers::Stay {
            // All the room has come back.
            let reserved = (0..capacity).map(|_| block_on(tx.reserve()).unwrap());
            let permits: Vec<_> = reserved.collect();
            assert_eq!(tx.try_reserve().err(), Some(TryReserveError::Full));
            drop(permits);
        }
        // Takers that stay see the end now, and saw none before.
        drop(tx);
        for taker in threads {
            taker.join().unwrap();
        }
        if let Some(rx) = rx {
            assert_eq!(rx.try_take().err(), Some(TryTakeError::Closed));
        }
    });
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "there is one thread")]
fn permits_that_are_filled_dropped_or_given_up_lose_neither_room_nor_values() {
    for capacity in [1, 8] {
        let (mut channels, mut ends) = (0, [0; 3]);
        let mut made = 0;
        while made < storm_size(if cfg!(miri) { 50 } else { 20_000 }) {
            let takers = [Takers::Stay, Takers::Close, Takers::Leave][channels as usize % 3];
            let books = Books::new(EACH);
            blow(capacity, takers, &books, channels);
            books.audit();
            let of = [End::Taken, End::Returned, End::WithChannel].map(|end| books.count(end));
            assert_eq!(of.iter().sum::<usize>(), books.made());
            if takers != Takers::Leave {
                assert_eq!(books.count(End::WithChannel), 0, "all is taken to the end");
            }
            made += books.made();
            channels += 1;
            (0..3).for_each(|i| ends[i] += of[i]);
        }
        let [taken, returned, with_channel] = ends;
        println!(
            "permits, capacity {capacity}: {made} values = {taken} taken + {returned} returned + \
             {with_channel} with their channel; {channels} channels"
        );
    }
}
