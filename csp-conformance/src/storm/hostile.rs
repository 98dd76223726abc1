//! Values whose destructors do what they should not.

use super::books::{End, expect_panics, panic_as_expected};
use super::{Books, FEW, Handle, Random, Rx, Token, Tx, Watched, end_of, storm_size};
use crate::Tested;
use csp_core::channel;
use csp_core::rt::go;
use std::sync::Arc;

/// Of some, the destructor panics, in its taker or with its channel: that ends a process, and costs
/// the others nothing. Of others, it puts the next value on the same channel.
pub async fn values_whose_destructors_panic_or_put<R: Tested>(rt: R) {
    expect_panics();
    let books = Books::new(storm_size(FEW));
    let mut random = Random::new(1);
    let (mut channels, mut panicked) = (0, 0);
    while books.made() < storm_size(FEW) {
        let (tx, rx) = channel([0, 1, 8][random.below(3)]);
        let (tx, rx) = (Handle::new(tx), Handle::new(rx));
        let putters = (0..3).map(|_| go(&rt, Watched::new(putter(tx.clone(), books.clone()))));
        let putters: Vec<_> = putters.collect();
        drop(tx);
        // The last receiver goes with the last of them that panics, or when all senders are gone; and
        // with it values that panic, which is why none is left here.
        let takers = [rx.clone(), rx.clone(), rx].map(|rx| go(&rt, taker(rx)));
        for process in takers {
            panicked += usize::from(!end_of(process).await);
        }
        for process in putters {
            panicked += usize::from(!end_of(process).await);
        }
        channels += 1;
    }
    books.audit();
    assert_eq!(books.count(End::WithPanic), 0, "no waker panics here");
    println!("{channels} channels, {panicked} panics: {}", books.line());
}

async fn putter(tx: Tx, books: Arc<Books>) {
    for n in 0..40 {
        let Some(token) = books.token() else { return };
        let token = match n % 16 {
            7 => token.and_then(panic_as_expected),
            11 => token.and_then(puts_another(&tx, &books)),
            _ => token,
        };
        if let Err(closed) = tx.put(token).await {
            return closed.into_inner().returned();
        }
    }
}

fn puts_another(tx: &Tx, books: &Arc<Books>) -> impl FnOnce() + Send + 'static {
    let (tx, books) = (tx.downgrade(), books.clone());
    move || {
        let sender = tx.upgrade().map(Handle::new);
        if let Some((tx, token)) = sender.zip(books.token()) {
            if let Err(error) = tx.try_put(token) {
                error.into_inner().returned();
            }
        }
    }
}

async fn taker(rx: Rx) {
    while let Some(token) = rx.take().await {
        Token::taken(token);
    }
}
