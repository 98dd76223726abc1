// Go: test/chan/perm. There the end that receives cannot close either; here both may.
use csp_core::{Channel, Receiver, Sender, StaticChannel, channel, select};

fn main() {
    let (mut tx, mut rx) = channel::<u32>(0);
    let ch = Channel::<u32>::new(0);
    let (_, _): (Sender<u32>, Receiver<u32>) = ch.clone().split();
    let _ = (tx.close(), rx.close());

    tx = rx;
    rx = tx;
    let _: Channel<u32> = rx;
    let _: Receiver<u32> = ch;
    let _ = tx.take();
    let _ = rx.put_from(&mut None);
    let _ = rx.try_put(1);
    let _ = async {
        select! {
            v = tx.take() => drop(v),
            r = rx.put(1) => drop(r),
        }
    };

    static FIXED: StaticChannel<u32, 1> = StaticChannel::new();
    let _ = FIXED.sender().take();
    let _ = FIXED.receiver().put(1);
}
