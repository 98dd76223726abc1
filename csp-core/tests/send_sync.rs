//! Which public types are `Send`, `Sync` and `Unpin`, for values that are all of it, that are not
//! `Sync`, and that are not even `Send`.

use csp_core::rt::{Payload, Process, Stopped};
use csp_core::select::{
    Either, FutureArm, Key, Never, NoArms, OneMore, PutArm, PutFromArm, Select, SelectDefault,
    SelectOnce, TakeArm, Wait,
};
use csp_core::*;
use std::cell::Cell;
use std::future::Ready;
use std::marker::PhantomPinned;
use std::rc::Rc;

/// Whether a type implements a trait, asked of the compiler: an inherent constant, where its bound
/// holds, hides the one of the trait that all types have.
macro_rules! implements {
    ($type:ty: $trait:ident) => {{
        #[allow(dead_code)]
        trait Otherwise {
            const ANSWER: bool = false;
        }
        impl<T: ?Sized> Otherwise for T {}
        struct Asked<T: ?Sized>(std::marker::PhantomData<T>);
        #[allow(dead_code)]
        impl<T: ?Sized + $trait> Asked<T> {
            const ANSWER: bool = true;
        }
        <Asked<$type>>::ANSWER
    }};
}

/// One line for each type: whether it is `Send`, `Sync`, `Unpin`.
macro_rules! table {
    ($($type:ty => $send:literal $sync:literal $unpin:literal;)*) => {$(
        let is = [
            implements!($type: Send),
            implements!($type: Sync),
            implements!($type: Unpin),
        ];
        assert_eq!(is, [$send, $sync, $unpin].map(|n| n == 1), "{}", stringify!($type));
    )*};
}

/// `Send`, not `Sync`.
type OnlySend = Cell<u8>;
/// Neither.
type Neither = Rc<u8>;

#[test]
fn the_question_is_answered_rightly() {
    table! {
        u8 => 1 1 1;
        OnlySend => 1 0 1;
        Neither => 0 0 1;
        PhantomPinned => 1 1 0;
        std::sync::MutexGuard<'static, u8> => 0 1 1;
    }
}

#[test]
fn handles_are_send_and_sync_exactly_when_the_values_are_send() {
    table! {
        Channel<u8> => 1 1 1;
        Channel<OnlySend> => 1 1 1;
        Channel<Neither> => 0 0 1;
        Channel<PhantomPinned> => 1 1 1;
        Sender<u8> => 1 1 1;
        Sender<OnlySend> => 1 1 1;
        Sender<Neither> => 0 0 1;
        Receiver<u8> => 1 1 1;
        Receiver<OnlySend> => 1 1 1;
        Receiver<Neither> => 0 0 1;
        WeakChannel<OnlySend> => 1 1 1;
        WeakChannel<Neither> => 0 0 1;
        WeakSender<OnlySend> => 1 1 1;
        WeakSender<Neither> => 0 0 1;
        WeakReceiver<OnlySend> => 1 1 1;
        WeakReceiver<Neither> => 0 0 1;
        StaticChannel<u8, 2> => 1 1 1;
        StaticChannel<OnlySend, 2> => 1 1 1;
        StaticChannel<Neither, 2> => 0 0 1;
    }
}

#[test]
fn local_channels_and_their_futures_stay_on_their_thread() {
    table! {
        LocalChannel<u8> => 0 0 1;
        LocalSender<u8> => 0 0 1;
        LocalReceiver<u8> => 0 0 1;
        WeakLocalChannel<u8> => 0 0 1;
        WeakLocalSender<u8> => 0 0 1;
        WeakLocalReceiver<u8> => 0 0 1;
        Put<'static, u8, OneThread> => 0 0 0;
        PutFrom<'static, 'static, u8, OneThread> => 0 0 0;
        Take<'static, u8, OneThread> => 0 0 0;
        WaitClosed<'static, OneThread> => 0 0 0;
        PutAll<'static, u8, std::iter::Once<u8>, OneThread> => 0 0 0;
        TakeMany<'static, 'static, u8, OneThread> => 0 0 0;
        Reserve<'static, u8, OneThread> => 0 0 0;
        Permit<'static, u8, OneThread> => 0 0 1;
        TakeArm<'static, u8, OneThread> => 0 0 1;
        PutArm<'static, u8, OneThread> => 0 0 0;
        PutFromArm<'static, 'static, u8, OneThread> => 0 0 0;
        SelectOnce<OneMore<TakeArm<'static, u8, OneThread>, NoArms>> => 0 0 0;
    }
}

#[test]
fn futures_are_send_exactly_when_the_values_are_and_never_unpin() {
    table! {
        Put<'static, u8> => 1 1 0;
        Put<'static, OnlySend> => 1 1 0;
        Put<'static, Neither> => 0 0 0;
        PutFrom<'static, 'static, u8> => 1 1 0;
        PutFrom<'static, 'static, OnlySend> => 1 0 0;
        PutFrom<'static, 'static, Neither> => 0 0 0;
        Take<'static, u8> => 1 1 0;
        Take<'static, OnlySend> => 1 1 0;
        Take<'static, Neither> => 0 0 0;
        WaitClosed<'static> => 1 1 0;
        PutAll<'static, u8, std::vec::IntoIter<u8>> => 1 1 0;
        PutAll<'static, OnlySend, std::vec::IntoIter<OnlySend>> => 1 0 0;
        PutAll<'static, Neither, std::vec::IntoIter<Neither>> => 0 0 0;
        PutAll<'static, u8, std::iter::Once<Neither>> => 0 0 0;
        Rest<OnlySend, std::iter::Once<OnlySend>> => 1 0 1;
        Rest<Neither, std::iter::Once<u8>> => 0 0 1;
        Reserve<'static, u8> => 1 1 0;
        Reserve<'static, OnlySend> => 1 1 0;
        Reserve<'static, Neither> => 0 0 0;
        Permit<'static, OnlySend> => 1 1 1;
        Permit<'static, Neither> => 0 0 1;
        Permit<'static, PhantomPinned> => 1 1 1;
        TakeMany<'static, 'static, u8> => 1 1 0;
        TakeMany<'static, 'static, OnlySend> => 1 0 0;
        TakeMany<'static, 'static, Neither> => 0 0 0;
    }
}

#[test]
fn arms_and_selects_are_send_exactly_when_their_parts_are() {
    table! {
        TakeArm<'static, OnlySend> => 1 1 1;
        TakeArm<'static, Neither> => 0 0 1;
        PutArm<'static, OnlySend> => 1 1 0;
        PutArm<'static, Neither> => 0 0 0;
        PutFromArm<'static, 'static, u8> => 1 1 0;
        PutFromArm<'static, 'static, Neither> => 0 0 0;
        FutureArm<Ready<u8>> => 1 1 1;
        FutureArm<Ready<OnlySend>> => 1 0 1;
        FutureArm<Ready<Neither>> => 0 0 1;
        NoArms => 1 1 1;
        OneMore<TakeArm<'static, u8>, NoArms> => 1 1 1;
        OneMore<TakeArm<'static, Neither>, NoArms> => 0 0 1;
        SelectOnce<OneMore<TakeArm<'static, u8>, NoArms>> => 1 1 0;
        SelectOnce<OneMore<PutArm<'static, OnlySend>, NoArms>> => 1 1 0;
        SelectOnce<OneMore<TakeArm<'static, Neither>, NoArms>> => 0 0 0;
        SelectOnce<OneMore<FutureArm<Ready<Neither>>, NoArms>> => 0 0 0;
        SelectDefault<OneMore<TakeArm<'static, u8>, NoArms>> => 1 1 0;
        SelectDefault<OneMore<TakeArm<'static, Neither>, NoArms>> => 0 0 0;
        Either<u8, Never> => 1 1 1;
        Either<Neither, Never> => 0 0 1;
    }
}

#[test]
fn sets_are_send() {
    table! {
        Select<'static> => 1 0 1;
        Wait<'static, 'static> => 1 0 1;
        Key<TakeArm<'static, u8>> => 1 1 1;
        Key<TakeArm<'static, Neither>> => 1 1 1;
    }
}

#[test]
fn errors_are_as_their_values() {
    table! {
        Closed<u8> => 1 1 1;
        Closed<OnlySend> => 1 0 1;
        Closed<Neither> => 0 0 1;
        TryPutError<OnlySend> => 1 0 1;
        TryPutError<Neither> => 0 0 1;
        PutTimeoutError<OnlySend> => 1 0 1;
        PutTimeoutError<Neither> => 0 0 1;
        TryTakeError => 1 1 1;
        TakeTimeoutError => 1 1 1;
        ReserveError => 1 1 1;
        TryReserveError => 1 1 1;
        Stopped => 1 1 1;
        Payload => 1 1 1;
    }
}

#[test]
fn processes_are_send_and_sync_when_their_results_are_send() {
    table! {
        Process<u8> => 1 1 1;
        Process<OnlySend> => 1 1 1;
        Process<Neither> => 0 0 1;
    }
}
