//! What blocks a thread exists with `std`. That none of it does without is seen by
//! `ci/embedded/targets.sh`, which compiles the same two files there, in vain.

#[path = "std_only/calls.rs"]
mod calls;
#[path = "std_only/names.rs"]
mod names;

use csp_core::StaticChannel;

#[test]
fn with_std_static_channels_have_blocking_calls() {
    let ch = StaticChannel::new();
    calls::of_a_channel(&ch);
    names::of_the_crate(&ch);
    calls::of_its_ends(&ch);
}
