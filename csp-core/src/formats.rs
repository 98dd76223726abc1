//! `defmt` formats of the public types, like what `Debug` writes.

use crate::chan::{Raw, StaticChannel, StaticReceiver, StaticSender};
use crate::error::{
    Closed, PutTimeoutError, ReserveError, TakeTimeoutError, TryPutError, TryReserveError,
    TryTakeError,
};
use crate::select::{
    Arms, Either, FutureArm, Never, NoArms, OneMore, PutArm, PutFromArm, SelectDefault, SelectOnce,
    TakeArm,
};
use crate::{Permit, Put, PutAll, PutFrom, Reserve, Rest, Take, Threads, WaitClosed};
use defmt::{Format, Formatter, write};

macro_rules! format {
    ($([$($generics:tt)*] $type:ty: |$this:ident, $f:ident| $body:expr;)*) => {$(
        impl<$($generics)*> Format for $type {
            fn format(&self, $f: Formatter<'_>) {
                let $this = self;
                $body
            }
        }
    )*};
}

fn channel(name: &str, raw: &Raw, f: Formatter<'_>) {
    write!(
        f,
        "{=str} {{ len: {=usize}, capacity: {=usize}, closed: {=bool} }}",
        name,
        raw.len(),
        raw.capacity(),
        raw.is_closed()
    );
}

format! {
    [T] Closed<T>: |_this, f| write!(f, "Closed(..)");
    [T] TryPutError<T>: |this, f| match this {
        TryPutError::Full(_) => write!(f, "Full(..)"),
        TryPutError::Closed(_) => write!(f, "Closed(..)"),
    };
    [] TryTakeError: |this, f| match this {
        TryTakeError::Empty => write!(f, "Empty"),
        TryTakeError::Closed => write!(f, "Closed"),
    };
    [T] PutTimeoutError<T>: |this, f| match this {
        PutTimeoutError::Timeout(_) => write!(f, "Timeout(..)"),
        PutTimeoutError::Closed(_) => write!(f, "Closed(..)"),
    };
    [] TakeTimeoutError: |this, f| match this {
        TakeTimeoutError::Timeout => write!(f, "Timeout"),
        TakeTimeoutError::Closed => write!(f, "Closed"),
    };
    [] ReserveError: |this, f| match this {
        ReserveError::Closed => write!(f, "Closed"),
        ReserveError::Rendezvous => write!(f, "Rendezvous"),
    };
    [] TryReserveError: |this, f| match this {
        TryReserveError::Full => write!(f, "Full"),
        TryReserveError::Closed => write!(f, "Closed"),
        TryReserveError::Rendezvous => write!(f, "Rendezvous"),
    };
    [T, const N: usize] StaticChannel<T, N>: |this, f| channel("StaticChannel", this.raw(), f);
    [T] StaticSender<'_, T>: |this, f| channel("StaticSender", this.raw(), f);
    [T] StaticReceiver<'_, T>: |this, f| channel("StaticReceiver", this.raw(), f);
    [T, L: Threads] Put<'_, T, L>: |_this, f| write!(f, "Put");
    [T, L: Threads] PutFrom<'_, '_, T, L>: |_this, f| write!(f, "PutFrom");
    [T, I, L: Threads] PutAll<'_, T, I, L>: |_this, f| write!(f, "PutAll");
    [T, L: Threads] Reserve<'_, T, L>: |_this, f| write!(f, "Reserve");
    [T, L: Threads] Permit<'_, T, L>: |_this, f| write!(f, "Permit");
    [T, I] Rest<T, I>: |_this, f| write!(f, "Rest");
    [T, L: Threads] Take<'_, T, L>: |_this, f| write!(f, "Take");
    [L: Threads] WaitClosed<'_, L>: |_this, f| write!(f, "WaitClosed");
    [] crate::AnyThread: |_this, f| write!(f, "AnyThread");
    [] crate::OneThread: |_this, f| write!(f, "OneThread");
    [A: Arms] SelectOnce<A>: |_this, f| write!(f, "SelectOnce {{ arms: {=usize} }}", A::COUNT);
    [A: Arms] SelectDefault<A>: |_this, f| {
        write!(f, "SelectDefault {{ arms: {=usize} }}", A::COUNT)
    };
    [T: Format, L: Format] Either<T, L>: |this, f| match this {
        Either::This(output) => write!(f, "This({})", output),
        Either::Later(output) => write!(f, "Later({})", output),
    };
    [] Never: |this, _f| match *this {};
    [] NoArms: |_this, f| write!(f, "NoArms");
    [A, R] OneMore<A, R>: |_this, f| write!(f, "OneMore");
    [T, L: Threads] TakeArm<'_, T, L>: |_this, f| write!(f, "TakeArm");
    [T, L: Threads] PutArm<'_, T, L>: |_this, f| write!(f, "PutArm");
    [T, L: Threads] PutFromArm<'_, '_, T, L>: |_this, f| write!(f, "PutFromArm");
    [F] FutureArm<F>: |_this, f| write!(f, "FutureArm");
}

#[cfg(feature = "alloc")]
format! {
    [T] crate::Channel<T>: |this, f| channel("Channel", this.raw(), f);
    [T] crate::LocalChannel<T>: |this, f| channel("LocalChannel", this.raw(), f);
    [T] crate::Sender<T>: |this, f| channel("Sender", this.raw(), f);
    [T] crate::LocalSender<T>: |this, f| channel("LocalSender", this.raw(), f);
    [T] crate::Receiver<T>: |this, f| channel("Receiver", this.raw(), f);
    [T] crate::LocalReceiver<T>: |this, f| channel("LocalReceiver", this.raw(), f);
    [T] crate::WeakChannel<T>: |_this, f| write!(f, "WeakChannel");
    [T] crate::WeakLocalChannel<T>: |_this, f| write!(f, "WeakLocalChannel");
    [T] crate::WeakSender<T>: |_this, f| write!(f, "WeakSender");
    [T] crate::WeakLocalSender<T>: |_this, f| write!(f, "WeakLocalSender");
    [T] crate::WeakReceiver<T>: |_this, f| write!(f, "WeakReceiver");
    [T] crate::WeakLocalReceiver<T>: |_this, f| write!(f, "WeakLocalReceiver");
    [] crate::Select<'_>: |this, f| write!(f, "Select {{ arms: {=usize} }}", this.len());
    [] crate::select::Wait<'_, '_>: |_this, f| write!(f, "Wait");
    [A] crate::select::Key<A>: |this, f| write!(f, "Key({=usize})", this.index());
    [T, L: Threads] crate::TakeMany<'_, '_, T, L>: |_this, f| write!(f, "TakeMany");
    [T] crate::rt::Process<T>: |this, f| write!(
        f,
        "Process {{ finished: {=bool} }}",
        this.is_finished()
    );
    [] crate::rt::Stopped: |this, f| match this {
        crate::rt::Stopped::Panicked(_) => write!(f, "Panicked"),
        crate::rt::Stopped::Cancelled => write!(f, "Cancelled"),
    };
    [] crate::rt::Payload: |_this, f| write!(f, "Payload");
}
