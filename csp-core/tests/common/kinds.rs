//! All kinds of channels behind one trait, so that one body tests them all.

use csp_core::{Channel, Put, PutFrom, StaticChannel, Take, TryPutError, TryTakeError, WaitClosed};

/// What every kind of channel can do.
pub trait AnyChannel<T> {
    fn put(&self, value: T) -> Put<'_, T>;
    fn put_from<'s>(&self, place: &'s mut Option<T>) -> PutFrom<'_, 's, T>;
    fn take(&self) -> Take<'_, T>;
    fn try_put(&self, value: T) -> Result<(), TryPutError<T>>;
    fn try_take(&self) -> Result<T, TryTakeError>;
    fn close(&self) -> bool;
    fn closed(&self) -> WaitClosed<'_>;
    fn is_closed(&self) -> bool;
    fn len(&self) -> usize;
    fn capacity(&self) -> usize;
    fn is_empty(&self) -> bool;
    fn is_full(&self) -> bool;
}

macro_rules! any_channel {
    ([$($generics:tt)*] $type:ty) => {
        impl<T, $($generics)*> AnyChannel<T> for $type {
            fn put(&self, value: T) -> Put<'_, T> {
                <$type>::put(self, value)
            }
            fn put_from<'s>(&self, place: &'s mut Option<T>) -> PutFrom<'_, 's, T> {
                <$type>::put_from(self, place)
            }
            fn take(&self) -> Take<'_, T> {
                <$type>::take(self)
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
            fn closed(&self) -> WaitClosed<'_> {
                <$type>::closed(self)
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

any_channel!([] Channel<T>);
any_channel!([const N: usize] StaticChannel<T, N>);

/// A channel on the heap, unbounded if the capacity is `usize::MAX`.
pub fn heap<T>(capacity: usize) -> Channel<T> {
    match capacity {
        usize::MAX => Channel::unbounded(),
        capacity => Channel::new(capacity),
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
    for capacity in [0, 1, 2, 100, usize::MAX] {
        run("heap", &heap(capacity));
    }
    run("static", &StaticChannel::<T, 0>::new());
    run("static", &StaticChannel::<T, 1>::new());
    run("static", &StaticChannel::<T, 3>::new());
}
