//! A future as a channel.

use crate::Tested;
use crate::tools::Drops;
use csp_core::channel;
use csp_core::rt::channelify;
use std::future::pending;

/// Then the channel is closed.
pub async fn the_output_comes_once<R: Tested>(rt: R) {
    let rx = channelify(&rt, async { 7 });
    assert_eq!(rx.take().await, Some(7));
    assert_eq!(rx.take().await, None);
}

/// There is no value to give.
pub async fn a_panic_closes_the_channel<R: Tested>(rt: R) {
    async fn fails() -> u8 {
        panic!("expected")
    }
    let rx = channelify(&rt, fails());
    assert_eq!(rx.take().await, None);
}

/// While it waits.
pub async fn a_dropped_receiver_drops_the_future<R: Tested>(rt: R) {
    let drops = Drops::default();
    let captured = drops.capture();
    let (tx, rx) = channel(0);
    let output = channelify(&rt, async move {
        let _sender = tx; // goes after `captured`
        let _captured = captured;
        _sender.put(()).await.unwrap();
        pending::<()>().await;
    });
    assert_eq!(rx.take().await, Some(()));
    drop(output);
    assert_eq!(rx.take().await, None);
    assert_eq!(drops.count(), 1);
}
