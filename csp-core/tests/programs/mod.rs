//! Programs of processes that put, take, select, are cancelled and close channels, and the model
//! that says whether what came of them can be.
#![allow(dead_code, reason = "each test program uses its own part of this")]

pub mod actions;
pub mod alone;
pub mod choices;
pub mod linear;
pub mod log;
pub mod operations;
pub mod permits;
pub mod small;
pub mod spec;
pub mod threads;
pub mod world;
