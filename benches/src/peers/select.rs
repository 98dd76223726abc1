//! A fresh select over the peers' takes for each message: `tokio::select!`, which their users have.

use super::{Peer, Taken};

/// Takes `$total` values from the channels in the array `$rxs`, which is taken apart into the
/// names that follow.
macro_rules! take_from {
    ($rxs:ident, $total:ident, $($rx:ident)+) => {
        let [$(mut $rx),+] = $rxs;
        for _ in 0..$total {
            let value: Option<usize> = ::tokio::select! {
                $(taken = P::take(&mut $rx) => taken.value(),)+
            };
            assert!(value.is_some(), "the senders are alive");
        }
    };
}

/// Calls a macro with some first tokens and sixty-four names.
macro_rules! with_64_names {
    ($call:ident!($($first:tt)*)) => {
        $call!(
            $($first)*
            a0 a1 a2 a3 a4 a5 a6 a7 b0 b1 b2 b3 b4 b5 b6 b7
            c0 c1 c2 c3 c4 c5 c6 c7 d0 d1 d2 d3 d4 d5 d6 d7
            e0 e1 e2 e3 e4 e5 e6 e7 f0 f1 f2 f3 f4 f5 f6 f7
            g0 g1 g2 g3 g4 g5 g6 g7 h0 h1 h2 h3 h4 h5 h6 h7
        )
    };
}

pub(super) use with_64_names;

pub(super) async fn from_2<P: Peer>(rxs: [P::Rx<usize>; 2], total: usize) {
    take_from!(rxs, total, a b);
}

pub(super) async fn from_8<P: Peer>(rxs: [P::Rx<usize>; 8], total: usize) {
    take_from!(rxs, total, a b c d e f g h);
}

pub(super) async fn from_64<P: Peer>(rxs: [P::Rx<usize>; 64], total: usize) {
    with_64_names!(take_from!(rxs, total,));
}
