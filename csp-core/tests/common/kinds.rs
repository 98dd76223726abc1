//! All kinds of channels behind one trait, so that one body tests them all.

use csp_core::{
    Channel, Closed, LocalChannel, OneThread, Permit, Put, PutAll, PutFrom, ReserveError, Rest,
    StaticChannel, Take, TakeMany, TryPutError, TryReserveError, TryTakeError, WaitClosed,
};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec::IntoIter;

/// What every kind of channel can do.
pub trait AnyChannel<T> {
    fn put(&self, value: T) -> OneOf<Put<'_, T>, Put<'_, T, OneThread>>;
    fn put_from<'s>(
        &self,
        place: &'s mut Option<T>,
    ) -> OneOf<PutFrom<'_, 's, T>, PutFrom<'_, 's, T, OneThread>>;
    fn take(&self) -> OneOf<Take<'_, T>, Take<'_, T, OneThread>>;
    fn put_all(&self, values: Vec<T>) -> AnyPutAll<'_, T>;
    fn take_many<'b>(&self, buffer: &'b mut Vec<T>, max: usize) -> AnyTakeMany<'_, 'b, T>;
    fn drain(&self) -> Vec<T>;
    fn reserve(&self) -> AnyReserve<'_, T>;
    fn try_reserve(&self) -> Result<AnyPermit<'_, T>, TryReserveError>;
    fn try_put(&self, value: T) -> Result<(), TryPutError<T>>;
    fn try_take(&self) -> Result<T, TryTakeError>;
    fn close(&self) -> bool;
    fn closed(&self) -> OneOf<WaitClosed<'_>, WaitClosed<'_, OneThread>>;
    fn is_closed(&self) -> bool;
    fn len(&self) -> usize;
    fn capacity(&self) -> usize;
    fn is_empty(&self) -> bool;
    fn is_full(&self) -> bool;
}

/// What channels for any thread can do besides: operations that can be arms of a select.
pub trait SharedChannel<T>: AnyChannel<T> {
    fn put_arm(&self, value: T) -> Put<'_, T>;
    fn put_from_arm<'s>(&self, place: &'s mut Option<T>) -> PutFrom<'_, 's, T>;
    fn take_arm(&self) -> Take<'_, T>;
    fn closed_arm(&self) -> WaitClosed<'_>;
}

/// The future of a channel for any thread, or of one for one thread.
pub enum OneOf<S, L> {
    Shared(S),
    Local(L),
}

impl<S: fmt::Debug, L: fmt::Debug> fmt::Debug for OneOf<S, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OneOf::Shared(future) => future.fmt(f),
            OneOf::Local(future) => future.fmt(f),
        }
    }
}

impl<S: Future, L: Future<Output = S::Output>> Future for OneOf<S, L> {
    type Output = S::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<S::Output> {
        // SAFETY: the one that it is is pinned with it.
        unsafe {
            match self.get_unchecked_mut() {
                OneOf::Shared(future) => Pin::new_unchecked(future).poll(cx),
                OneOf::Local(future) => Pin::new_unchecked(future).poll(cx),
            }
        }
    }
}

pub type AnyPutAll<'a, T> =
    OneOf<PutAll<'a, T, IntoIter<T>>, PutAll<'a, T, IntoIter<T>, OneThread>>;
pub type AnyTakeMany<'a, 'b, T> = OneOf<TakeMany<'a, 'b, T>, TakeMany<'a, 'b, T, OneThread>>;

pub type AnyPermit<'a, T> = OneOf<Permit<'a, T>, Permit<'a, T, OneThread>>;
pub type AnyReserve<'a, T> =
    Pin<Box<dyn Future<Output = Result<AnyPermit<'a, T>, ReserveError>> + 'a>>;

impl<T> AnyPermit<'_, T> {
    pub fn put(self, value: T) -> Result<(), Closed<T>> {
        match self {
            OneOf::Shared(permit) => permit.put(value),
            OneOf::Local(permit) => permit.put(value),
        }
    }
}

impl<T> AnyPutAll<'_, T> {
    pub fn rest(self: Pin<&mut Self>) -> Rest<T, IntoIter<T>> {
        // SAFETY: the one that it is is pinned with it.
        unsafe {
            match self.get_unchecked_mut() {
                OneOf::Shared(all) => Pin::new_unchecked(all).rest(),
                OneOf::Local(all) => Pin::new_unchecked(all).rest(),
            }
        }
    }
}

macro_rules! any_channel {
    ($sort:ident: [$($generics:tt)*] $type:ty) => {
        impl<T, $($generics)*> AnyChannel<T> for $type {
            fn put(&self, value: T) -> OneOf<Put<'_, T>, Put<'_, T, OneThread>> {
                OneOf::$sort(<$type>::put(self, value))
            }
            fn put_from<'s>(
                &self,
                place: &'s mut Option<T>,
            ) -> OneOf<PutFrom<'_, 's, T>, PutFrom<'_, 's, T, OneThread>> {
                OneOf::$sort(<$type>::put_from(self, place))
            }
            fn take(&self) -> OneOf<Take<'_, T>, Take<'_, T, OneThread>> {
                OneOf::$sort(<$type>::take(self))
            }
            fn put_all(&self, values: Vec<T>) -> AnyPutAll<'_, T> {
                OneOf::$sort(<$type>::put_all(self, values))
            }
            fn take_many<'b>(&self, buffer: &'b mut Vec<T>, max: usize) -> AnyTakeMany<'_, 'b, T> {
                OneOf::$sort(<$type>::take_many(self, buffer, max))
            }
            fn drain(&self) -> Vec<T> {
                <$type>::drain(self)
            }
            fn reserve(&self) -> AnyReserve<'_, T> {
                Box::pin(async { <$type>::reserve(self).await.map(OneOf::$sort) })
            }
            fn try_reserve(&self) -> Result<AnyPermit<'_, T>, TryReserveError> {
                <$type>::try_reserve(self).map(OneOf::$sort)
            }
            fn try_put(&self, value: T) -> Result<(), TryPutError<T>> {
                <$type>::try_put(self, value)
            }
            fn try_take(&self) -> Result<T, TryTakeError> {
                <$type>::try_take(self)
            }
            fn close(&self) -> bool {
                <$type>::close(self)
            }
            fn closed(&self) -> OneOf<WaitClosed<'_>, WaitClosed<'_, OneThread>> {
                OneOf::$sort(<$type>::closed(self))
            }
            fn is_closed(&self) -> bool {
                <$type>::is_closed(self)
            }
            fn len(&self) -> usize {
                <$type>::len(self)
            }
            fn capacity(&self) -> usize {
                <$type>::capacity(self)
            }
            fn is_empty(&self) -> bool {
                <$type>::is_empty(self)
            }
            fn is_full(&self) -> bool {
                <$type>::is_full(self)
            }
        }
    };
}

macro_rules! shared_channel {
    ([$($generics:tt)*] $type:ty) => {
        any_channel!(Shared: [$($generics)*] $type);

        impl<T, $($generics)*> SharedChannel<T> for $type {
            fn put_arm(&self, value: T) -> Put<'_, T> {
                <$type>::put(self, value)
            }
            fn put_from_arm<'s>(&self, place: &'s mut Option<T>) -> PutFrom<'_, 's, T> {
                <$type>::put_from(self, place)
            }
            fn take_arm(&self) -> Take<'_, T> {
                <$type>::take(self)
            }
            fn closed_arm(&self) -> WaitClosed<'_> {
                <$type>::closed(self)
            }
        }
    };
}

shared_channel!([] Channel<T>);
shared_channel!([const N: usize] StaticChannel<T, N>);
any_channel!(Local: [] LocalChannel<T>);

/// A channel on the heap, unbounded if the capacity is `usize::MAX`.
pub fn heap<T>(capacity: usize) -> Channel<T> {
    match capacity {
        usize::MAX => Channel::unbounded(),
        capacity => Channel::new(capacity),
    }
}

/// The same for one thread.
pub fn local<T>(capacity: usize) -> LocalChannel<T> {
    match capacity {
        usize::MAX => LocalChannel::unbounded(),
        capacity => LocalChannel::new(capacity),
    }
}

/// Runs a body over every kind of channel with at least that capacity and at most the other.
pub fn each_kind<T>(least: usize, most: usize, body: impl Fn(&dyn AnyChannel<T>)) {
    /// Says which kind it was when the body panics.
    struct Named(&'static str, usize);
    impl Drop for Named {
        fn drop(&mut self) {
            if std::thread::panicking() {
                eprintln!("with a {} channel of capacity {}", self.0, self.1);
            }
        }
    }
    let run = |name, channel: &dyn AnyChannel<T>| {
        let capacity = channel.capacity();
        if (least..=most).contains(&capacity) {
            let _named = Named(name, capacity);
            body(channel);
        }
    };
    // It is the same code: in an interpreter some of them will do.
    if cfg!(miri) {
        run("heap", &heap(0));
        run("heap", &heap(1));
        run("heap", &heap(usize::MAX));
        run("local", &local(0));
        run("local", &local(2));
        run("static", &StaticChannel::<T, 3>::new());
        return;
    }
    for capacity in [0, 1, 2, 100, usize::MAX] {
        run("heap", &heap(capacity));
        run("local", &local(capacity));
    }
    run("static", &StaticChannel::<T, 0>::new());
    run("static", &StaticChannel::<T, 1>::new());
    run("static", &StaticChannel::<T, 3>::new());
}

/// As many permits as there are.
pub fn all_permits<T>(ch: &dyn AnyChannel<T>) -> Vec<AnyPermit<'_, T>> {
    let permits: Vec<_> = std::iter::from_fn(|| ch.try_reserve().ok()).collect();
    assert_eq!(ch.try_reserve().err(), Some(TryReserveError::Full));
    permits
}
