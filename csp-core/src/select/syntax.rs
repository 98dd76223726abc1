//! The macros `select!` and `select_blocking!`, which only spell [`SelectOnce`].
//!
//! [`SelectOnce`]: super::SelectOnce

/// Waits for one of several operations; exactly one of them commits.
///
/// ```text
/// select! {
///     biased;                                  // optional: the first listed wins
///     value  = rx.take()            => …,      // Option<T>
///     result = tx.put(x)            => …,      // Result<(), Closed<T>>
///     output = any_other_future     => …,      // its output
///     value  = rx2.take(), if ready => …,      // an arm with a guard
///     default                       => …,      // nothing was ready at one instant
/// }
/// ```
///
/// It is an expression, for use inside `async`, and needs no `.await`. Without `biased`, each arm has
/// the first chance about equally often; if it is not ready, those behind it have one, and then those
/// before it. Takes and puts may be mixed, on any channels, the same
/// channel more than once; a put and a take of one channel in one `select!` are never paired with
/// each other. Before the body of the winning arm runs, the others have been withdrawn: a losing
/// take has taken nothing, and a losing put never happened. [`put_from`](crate::Sender::put_from)
/// keeps the value of a put that loses; the value of a plain `put` is dropped with it.
///
/// An arm whose guard is false is not evaluated and never fires (so an operation with a guard cannot
/// borrow from a temporary); nor does one that is `None`:
/// `v = maybe_rx => …` with an `Option<&Receiver<T>>`. The arm of a closed channel is ready, with
/// `None` or [`Closed`](crate::Closed). If no arm can ever fire, the select waits for ever.
///
/// Bodies may use `break`, `continue`, `return`, `?` and `.await`.
///
/// # Cancel safety
/// Dropped while it waits, it has committed to no take; at most one put may have been committed by
/// a partner just then.
///
/// # Examples
/// ```
/// # use csp_core::{block_on, channel, select};
/// # block_on(async {
/// let (tx, rx) = channel(1);
/// let (stop, stopped) = channel::<()>(0);
/// let mut sum = 0;
/// let mut next = 1;
/// loop {
///     select! {
///         biased;
///         _ = stopped.take() => break,
///         r = tx.put(next) => {
///             r.unwrap();
///             next += 1;
///         }
///         v = rx.take() => {
///             sum += v.unwrap();
///             if sum == 6 {
///                 stop.close();
///             }
///         }
///     }
/// }
/// assert_eq!(sum, 6);
/// # });
/// ```
#[macro_export]
macro_rules! select {
    ($($arms:tt)*) => {
        $crate::__select!(@start [wait] $($arms)*)
    };
}

/// [`select!`](crate::select!) for a thread, in a runtime or not: it blocks the thread until one
/// of the operations commits.
///
/// Not for use inside `async`, where it would block the executor's thread.
///
/// # Examples
/// ```
/// # use csp_core::{channel, select_blocking};
/// let (tx, rx) = channel(0);
/// let putter = std::thread::spawn(move || tx.put_blocking(7));
/// let got = select_blocking! {
///     v = rx.take() => v,
/// };
/// assert_eq!(got, Some(7));
/// assert_eq!(putter.join().unwrap(), Ok(()));
/// ```
#[cfg(feature = "std")]
#[macro_export]
macro_rules! select_blocking {
    ($($arms:tt)*) => {
        $crate::__select!(@start [block] $($arms)*)
    };
}

/// Parses the arms, one at a time, then evaluates them, runs the select and runs a body.
#[doc(hidden)]
#[macro_export]
macro_rules! __select {
    // The order of choice.
    (@start $run:tt biased; $($rest:tt)*) => {
        $crate::__select!(@parse $run [biased] [] [] $($rest)*)
    };
    (@start $run:tt $($rest:tt)*) => {
        $crate::__select!(@parse $run [random] [] [] $($rest)*)
    };

    // The end of the arms.
    (@parse $run:tt $order:tt [] $default:tt) => {
        ::core::compile_error!("a select needs at least one arm: `pattern = operation => body`")
    };
    (@parse $run:tt $order:tt [$($arm:tt)+] $default:tt) => {{
        let committed = $crate::__select!(@evaluate $run $order $default [$($arm)+] []);
        $crate::__select!(@default committed $default [$($arm)+])
    }};

    // `default => body`
    (@parse $run:tt $order:tt $arms:tt [] default => $body:block, $($rest:tt)*) => {
        $crate::__select!(@parse $run $order $arms [{ $body }] $($rest)*)
    };
    (@parse $run:tt $order:tt $arms:tt [] default => $body:block $($rest:tt)*) => {
        $crate::__select!(@parse $run $order $arms [{ $body }] $($rest)*)
    };
    (@parse $run:tt $order:tt $arms:tt [] default => $body:expr $(, $($rest:tt)*)?) => {
        $crate::__select!(@parse $run $order $arms [{ $body }] $($($rest)*)?)
    };
    (@parse $run:tt $order:tt $arms:tt [$($first:tt)+] default => $($rest:tt)*) => {
        ::core::compile_error!("a select has at most one `default`")
    };

    // `pattern = operation => body`
    (@parse $run:tt $order:tt [$($arm:tt)*] $default:tt $pat:pat = $op:expr => $body:block, $($rest:tt)*) => {
        $crate::__select!(@parse $run $order [$($arm)* { ($pat) ($op) () { $body } }] $default $($rest)*)
    };
    (@parse $run:tt $order:tt [$($arm:tt)*] $default:tt $pat:pat = $op:expr => $body:block $($rest:tt)*) => {
        $crate::__select!(@parse $run $order [$($arm)* { ($pat) ($op) () { $body } }] $default $($rest)*)
    };
    (@parse $run:tt $order:tt [$($arm:tt)*] $default:tt $pat:pat = $op:expr => $body:expr $(, $($rest:tt)*)?) => {
        $crate::__select!(@parse $run $order [$($arm)* { ($pat) ($op) () { $body } }] $default $($($rest)*)?)
    };

    // `pattern = operation, if guard => body`
    (@parse $run:tt $order:tt [$($arm:tt)*] $default:tt $pat:pat = $op:expr, if $guard:expr => $body:block, $($rest:tt)*) => {
        $crate::__select!(@parse $run $order [$($arm)* { ($pat) ($op) ($guard) { $body } }] $default $($rest)*)
    };
    (@parse $run:tt $order:tt [$($arm:tt)*] $default:tt $pat:pat = $op:expr, if $guard:expr => $body:block $($rest:tt)*) => {
        $crate::__select!(@parse $run $order [$($arm)* { ($pat) ($op) ($guard) { $body } }] $default $($rest)*)
    };
    (@parse $run:tt $order:tt [$($arm:tt)*] $default:tt $pat:pat = $op:expr, if $guard:expr => $body:expr $(, $($rest:tt)*)?) => {
        $crate::__select!(@parse $run $order [$($arm)* { ($pat) ($op) ($guard) { $body } }] $default $($($rest)*)?)
    };

    (@parse $run:tt $order:tt $arms:tt $default:tt $($rest:tt)*) => {
        ::core::compile_error!(::core::concat!(
            "a select's arm reads `pattern = operation => body`, `pattern = operation, if guard => body` or `default => body`; found: `",
            ::core::stringify!($($rest)*),
            "`",
        ))
    };

    // Evaluates the operations in order, each in the scrutinee of a `match`, so that what they
    // borrow lives until the select is over; then runs the select.
    (@evaluate $run:tt $order:tt $default:tt [{ $pat:tt ($op:expr) () $body:tt } $($arm:tt)*] [$($done:ident)*]) => {
        match match $op { operation => $crate::__select!(@arm operation) } {
            arm => $crate::__select!(@evaluate $run $order $default [$($arm)*] [$($done)* arm]),
        }
    };
    (@evaluate $run:tt $order:tt $default:tt [{ $pat:tt ($op:expr) ($guard:expr) $body:tt } $($arm:tt)*] [$($done:ident)*]) => {
        match if $guard {
            ::core::option::Option::Some(match $op { operation => $crate::__select!(@arm operation) })
        } else {
            ::core::option::Option::None
        } {
            arm => $crate::__select!(@evaluate $run $order $default [$($arm)*] [$($done)* arm]),
        }
    };
    (@evaluate $run:tt $order:tt $default:tt [] [$($done:ident)*]) => {
        $crate::__select!(@run $run
            $crate::__select!(@or_default $default
                $crate::__select!(@order $order $crate::__select!(@list $($done)*))))
    };

    // A put or take is an arm as it is; any other future becomes one.
    (@arm $operation:ident) => {{
        #[allow(unused_imports)]
        use $crate::select::spell::{IsArm as _, IsFuture as _};
        (&$crate::select::spell::operation(&$operation))
            .put_take_or_other_future()
            .arm($operation)
    }};

    (@list) => { $crate::select::NoArms };
    (@list $first:ident $($rest:ident)*) => {
        $crate::select::spell::one_more($first, $crate::__select!(@list $($rest)*))
    };

    (@order [random] $arms:expr) => {
        $crate::select::spell::random($arms, const {
            $crate::select::spell::site(::core::line!(), ::core::column!())
        })
    };
    (@order [biased] $arms:expr) => { $crate::select::spell::biased($arms) };

    (@or_default [] $select:expr) => { $select };
    (@or_default [$body:tt] $select:expr) => { $select.or_default() };

    (@run [wait] $select:expr) => { ::core::pin::pin!($select).await };
    (@run [block] $select:expr) => { $crate::block_on($select) };

    // The bodies.
    (@default $committed:ident [] $arms:tt) => {
        $crate::__select!(@bodies $committed $arms)
    };
    (@default $committed:ident [{ $body:expr }] $arms:tt) => {
        match $committed {
            ::core::option::Option::Some(committed) => $crate::__select!(@bodies committed $arms),
            ::core::option::Option::None => $body,
        }
    };
    (@bodies $committed:ident []) => {
        match $committed {}
    };
    (@bodies $committed:ident [{ ($pat:pat) $op:tt $guard:tt { $body:expr } } $($arm:tt)*]) => {
        match $committed {
            $crate::select::Either::This($pat) => $body,
            $crate::select::Either::Later(later) => $crate::__select!(@bodies later [$($arm)*]),
        }
    };
}

/// What the macros' expansion calls; not for use by hand.
#[allow(missing_docs, missing_debug_implementations)]
pub mod spell {
    use crate::select::random::Site;
    use crate::select::{Arm, Arms, FutureArm, IntoArm, OneMore, SelectOnce};
    use core::future::IntoFuture;
    use core::marker::PhantomData;

    pub use crate::select::random::site;

    /// The type of an arm's operation.
    pub struct Operation<T>(PhantomData<fn() -> T>);

    #[inline(always)]
    pub fn operation<T>(_operation: &T) -> Operation<T> {
        Operation(PhantomData)
    }

    /// Makes an arm of what is one.
    pub struct ArmMaker;

    /// Makes an arm of any other future.
    pub struct FutureMaker;

    // Which of the two methods of that name is found is decided by the number of references: the
    // second one applies only where the first does not. Where neither does, the compiler's message
    // has the name in it.
    pub trait IsArm {
        fn put_take_or_other_future(&self) -> ArmMaker {
            ArmMaker
        }
    }

    pub trait IsFuture {
        fn put_take_or_other_future(&self) -> FutureMaker {
            FutureMaker
        }
    }

    impl<T: IntoArm> IsArm for Operation<T> {}
    impl<T: IntoFuture> IsFuture for &Operation<T> {}

    impl ArmMaker {
        #[inline]
        pub fn arm<A: IntoArm>(self, operation: A) -> A::Arm {
            operation.into_arm()
        }
    }

    impl FutureMaker {
        #[inline]
        pub fn arm<F: IntoFuture>(self, operation: F) -> FutureArm<F::IntoFuture> {
            FutureArm::new(operation.into_future())
        }
    }

    #[inline]
    pub fn one_more<A: Arm, R: Arms>(arm: A, rest: R) -> OneMore<A, R> {
        OneMore::new(arm, rest)
    }

    #[inline]
    pub fn random<A: Arms>(arms: A, site: Site) -> SelectOnce<A> {
        SelectOnce::of(arms).at(site)
    }

    #[inline]
    pub fn biased<A: Arms>(arms: A) -> SelectOnce<A> {
        SelectOnce::of(arms).biased()
    }
}
