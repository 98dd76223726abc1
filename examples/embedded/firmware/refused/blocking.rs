//! Does not compile: without `std` there is no thread to block, and so no call that blocks one.

#![no_std]

pub fn wait(ch: &csp_core::StaticChannel<u32, 1>) -> Option<u32> {
    ch.take_blocking()
}
