//! The calls that block, of a static channel and its ends.

use core::time::Duration;
use csp_core::{Closed, StaticChannel};

pub fn of_a_channel(ch: &StaticChannel<u32, 1>) {
    assert_eq!(ch.put_blocking(1), Ok(()));
    assert_eq!(ch.take_blocking(), Some(1));
    assert_eq!(ch.put_blocking_timeout(2, Duration::MAX), Ok(()));
    assert_eq!(ch.take_blocking_timeout(Duration::MAX), Ok(2));
}

pub fn of_its_ends(ch: &StaticChannel<u32, 1>) {
    let (tx, rx) = (ch.sender(), ch.receiver());
    assert_eq!(tx.put_blocking_timeout(3, Duration::MAX), Ok(()));
    assert_eq!(rx.take_blocking_timeout(Duration::MAX), Ok(3));
    rx.close();
    assert_eq!(tx.put_blocking(4), Err(Closed(4)));
    assert_eq!(rx.take_blocking(), None);
}
