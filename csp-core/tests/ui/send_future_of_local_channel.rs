use csp_core::LocalChannel;

fn spawn(_future: impl Future<Output = ()> + Send) {}

fn take(ch: &LocalChannel<u32>) {
    let take = ch.take();
    spawn(async move { drop(take.await) });
}

fn closed(ch: &LocalChannel<u32>) {
    let closed = ch.closed();
    spawn(closed);
}

fn main() {
    let ch = LocalChannel::new(0);
    take(&ch);
    closed(&ch);
    std::thread::spawn(move || ch.try_put(1));
}
