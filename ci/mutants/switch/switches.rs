//! Which of the changes is made in this process: the one whose number is in `CSP_CHANGE`. A process with
//! `CSP_REACHED` writes to the file of that name the numbers of all changes whose places it has come to.

extern crate std;

use core::ffi::{CStr, c_char, c_int};
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::string::String;

static MADE: AtomicU32 = AtomicU32::new(0);
static REACHED: [AtomicBool; 5000] = [const { AtomicBool::new(false) }; 5000];

unsafe extern "C" {
    fn getenv(name: *const c_char) -> *const c_char;
    fn atoi(text: *const c_char) -> c_int;
    fn atexit(run: extern "C" fn()) -> c_int;
}

/// Whether that change is made.
pub fn on(change: u32) -> bool {
    which(&[change]) == change
}

/// The change that is made; it is asked for the sake of these.
pub fn which(changes: &[u32]) -> u32 {
    for change in changes {
        REACHED[*change as usize].store(true, Relaxed);
    }
    MADE.load(Relaxed)
}

fn variable(name: &CStr) -> *const c_char {
    // SAFETY: a text; nothing changes the environment yet.
    unsafe { getenv(name.as_ptr()) }
}

/// Before `main`, so that no test that counts allocations sees one of these.
#[used]
#[unsafe(link_section = ".init_array")]
static BEGIN: extern "C" fn() = begin;

extern "C" fn begin() {
    let change = variable(c"CSP_CHANGE");
    if !change.is_null() {
        // SAFETY: a text.
        MADE.store(unsafe { atoi(change) } as u32, Relaxed);
    }
    if !variable(c"CSP_REACHED").is_null() {
        // SAFETY: the function is there until the end.
        unsafe { atexit(end) };
    }
}

extern "C" fn end() {
    let mut text = String::new();
    for (change, reached) in REACHED.iter().enumerate() {
        if reached.load(Relaxed) {
            text += &std::format!("{change}\n");
        }
    }
    let path = std::env::var("CSP_REACHED").unwrap_or_default();
    std::fs::write(path, text).expect("the file can be written");
}
