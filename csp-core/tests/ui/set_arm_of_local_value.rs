use csp_core::{Channel, Select};
use std::rc::Rc;

fn main() {
    let ch = Channel::<Rc<u32>>::new(0);
    let mut set = Select::new();
    set.add(ch.take());
}
