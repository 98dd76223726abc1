#![deny(unused_must_use)]

use csp_core::select::SelectOnce;
use csp_core::{Channel, Select, StaticChannel};

fn main() {
    let ch = Channel::<u32>::new(0);
    let fixed = StaticChannel::<u32, 1>::new();
    let mut place = Some(7);
    ch.put(1);
    ch.take();
    ch.put_from(&mut place);
    ch.closed();
    fixed.put(1);
    ch.sender().put(1);
    ch.receiver().take();
    SelectOnce::new().or(ch.take());
    SelectOnce::new().or(ch.take()).or_default();
    Select::new().wait();
}
