//! A fence of two unequal halves: one side, which runs all the time, pays nothing but the order of
//! its instructions; the other, which hardly ever runs, has the kernel interrupt every running
//! thread of the process, which is a full fence on each (`membarrier(2)`, Linux).
//!
//! Of two threads that each write, pass their half, and read what the other writes, at least one
//! sees the other's write, as if both had passed a full fence.

#[cfg(all(
    feature = "std",
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    not(any(miri, csp_loom))
))]
mod by_kernel {
    use core::ffi::{c_int, c_long};
    use core::sync::atomic::{AtomicU8, Ordering, compiler_fence};

    pub(crate) const EXISTS: bool = true;

    #[cfg(target_arch = "x86_64")]
    const SYS_MEMBARRIER: c_long = 324;
    #[cfg(target_arch = "aarch64")]
    const SYS_MEMBARRIER: c_long = 283;
    const PRIVATE_EXPEDITED: c_int = 1 << 3;
    const REGISTER_PRIVATE_EXPEDITED: c_int = 1 << 4;

    unsafe extern "C" {
        fn syscall(number: c_long, ...) -> c_long;
    }

    fn membarrier(command: c_int) -> bool {
        // SAFETY: in every libc that std links on Linux; this call has no effect on memory.
        unsafe { syscall(SYS_MEMBARRIER, command, 0 as c_int, 0 as c_int) == 0 }
    }

    /// Asks the kernel, once a process.
    #[cold]
    pub(crate) fn is_to_be_had() -> bool {
        const UNKNOWN: u8 = 0;
        const YES: u8 = 1;
        const NO: u8 = 2;
        static ANSWER: AtomicU8 = AtomicU8::new(UNKNOWN);
        match ANSWER.load(Ordering::Relaxed) {
            UNKNOWN => {
                let yes = membarrier(REGISTER_PRIVATE_EXPEDITED) && membarrier(PRIVATE_EXPEDITED);
                ANSWER.store(if yes { YES } else { NO }, Ordering::Relaxed);
                yes
            }
            answer => answer == YES,
        }
    }

    #[inline(always)]
    pub(crate) fn light() {
        compiler_fence(Ordering::SeqCst);
    }

    pub(crate) fn heavy() {
        if !membarrier(PRIVATE_EXPEDITED) {
            // Granted before, refused now: a sandbox that was entered later. Without it two threads
            // might both hold a lock, and there is nobody to return an error to.
            std::eprintln!("csp-core: the kernel refuses the memory barrier that it had granted");
            std::process::abort();
        }
    }
}

/// In the model checker, what the halves amount to.
#[cfg(csp_loom)]
mod by_kernel {
    use loom::sync::atomic::{Ordering, fence};

    pub(crate) const EXISTS: bool = true;

    pub(crate) fn is_to_be_had() -> bool {
        true
    }

    pub(crate) fn light() {
        fence(Ordering::SeqCst);
    }

    pub(crate) fn heavy() {
        fence(Ordering::SeqCst);
    }
}

#[cfg(not(any(
    csp_loom,
    all(
        feature = "std",
        target_os = "linux",
        any(target_arch = "x86_64", target_arch = "aarch64"),
        not(miri)
    )
)))]
mod by_kernel {
    pub(crate) const EXISTS: bool = false;

    pub(crate) fn is_to_be_had() -> bool {
        false
    }

    pub(crate) fn light() {}

    pub(crate) fn heavy() {}
}

pub(crate) use by_kernel::{EXISTS, heavy, is_to_be_had, light};
