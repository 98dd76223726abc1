use csp_core::Channel;
use std::rc::Rc;

fn spawn(_future: impl Future<Output = ()> + Send) {}

fn take(ch: &Channel<Rc<u32>>) {
    let take = ch.take();
    spawn(async move { drop(take.await) });
}

fn put(ch: &Channel<Rc<u32>>) {
    let put = ch.put(Rc::new(1));
    spawn(async move { drop(put.await) });
}

fn main() {
    let ch = Channel::new(0);
    take(&ch);
    put(&ch);
}
