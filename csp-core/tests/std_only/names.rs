//! What blocks and belongs to no channel.

use csp_core::StaticChannel;

pub fn of_the_crate(ch: &StaticChannel<u32, 1>) {
    assert_eq!(csp_core::block_on(ch.put(1)), Ok(()));
    let taken = csp_core::select_blocking! { value = ch.take() => value };
    assert_eq!(taken, Some(1));
}
