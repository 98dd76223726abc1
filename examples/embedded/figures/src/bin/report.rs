//! Prints bytes of memory, and the longest time without interrupts, of each operation.

#![no_std]
#![no_main]

use core::future::Future;
use core::pin::{Pin, pin};
use core::task::{Context, Waker};
use cortex_m::Peripherals;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::entry;
use cortex_m_semihosting::{debug, hprintln};
use csp_core::{StaticChannel, select};
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::channel::Channel;
use figures::section::longest;

type Embassy<T, const N: usize> = Channel<CriticalSectionRawMutex, T, N>;

fn poll<F: Future>(future: Pin<&mut F>) -> bool {
    future
        .poll(&mut Context::from_waker(Waker::noop()))
        .is_ready()
}

/// Prints how long interrupts are off while that is done.
macro_rules! off {
    ($name:literal, $body:expr) => {
        let (instructions, _) = longest(|| $body);
        hprintln!("off {} {}", $name, instructions);
    };
}

fn bytes<T>(name: &str, _: &T) {
    hprintln!("bytes {} {}", name, size_of::<T>());
}

fn memory() {
    bytes("csp/channel/0", &StaticChannel::<u32, 0>::new());
    bytes("csp/channel/1", &StaticChannel::<u32, 1>::new());
    bytes("csp/channel/4", &StaticChannel::<u32, 4>::new());
    bytes("csp/channel/16", &StaticChannel::<u32, 16>::new());
    bytes("embassy/channel/1", &Embassy::<u32, 1>::new());
    bytes("embassy/channel/4", &Embassy::<u32, 4>::new());
    bytes("embassy/channel/16", &Embassy::<u32, 16>::new());

    let [a, b, c, d] = [const { StaticChannel::<u32, 4>::new() }; 4];
    bytes("csp/take", &a.take());
    bytes("csp/put", &a.put(1));
    bytes("csp/select2", &async {
        select! { _ = a.take() => {}, _ = b.put(1) => {} }
    });
    bytes("csp/select4", &async {
        select! { _ = a.take() => {}, _ = b.put(1) => {}, _ = c.take() => {}, _ = d.take() => {} }
    });
    let [a, b, c, d] = [const { Embassy::<u32, 4>::new() }; 4];
    bytes("embassy/take", &a.receive());
    bytes("embassy/put", &a.send(1));
    bytes("embassy/select2", &async {
        embassy_futures::select::select(a.receive(), b.send(1)).await;
    });
    bytes("embassy/select4", &async {
        embassy_futures::select::select4(a.receive(), b.send(1), c.receive(), d.receive()).await;
    });
}

fn sections() {
    let ch = StaticChannel::<u32, 4>::new();
    off!("csp/try_put", ch.try_put(1));
    off!("csp/try_take", ch.try_take());
    {
        let mut take = pin!(ch.take());
        off!("csp/take_parks", poll(take.as_mut()));
        off!("csp/try_put_wakes", ch.try_put(1));
        off!("csp/take_woken", poll(take.as_mut()));
    }
    {
        let mut take = Some(ch.take());
        {
            // SAFETY: stays where it is until it is dropped there.
            let mut take = unsafe { Pin::new_unchecked(&mut take) };
            poll(take.as_mut().as_pin_mut().unwrap());
            off!("csp/take_cancelled", take.set(None));
        }
    }
    while ch.try_put(1).is_ok() {}
    {
        let mut put = pin!(ch.put(1));
        off!("csp/put_parks", poll(put.as_mut()));
        off!("csp/try_take_refills", ch.try_take());
    }

    let meeting = StaticChannel::<u32, 0>::new();
    {
        let mut take = pin!(meeting.take());
        poll(take.as_mut());
        off!("csp/rendezvous_put", meeting.try_put(1));
        off!("csp/rendezvous_take", poll(take.as_mut()));
    }
    selects();
    {
        let mut takes = [const { None }; 16];
        for place in &mut takes {
            let take = place.insert(meeting.take());
            // SAFETY: stays in the array, which is not moved any more.
            poll(unsafe { Pin::new_unchecked(take) });
        }
        off!("csp/close_wakes_16", meeting.close());
    }

    let ch = Embassy::<u32, 4>::new();
    off!("embassy/try_put", ch.try_send(1));
    off!("embassy/try_take", ch.try_receive());
    {
        let mut take = pin!(ch.receive());
        off!("embassy/take_parks", poll(take.as_mut()));
        off!("embassy/try_put_wakes", ch.try_send(1));
        off!("embassy/take_woken", poll(take.as_mut()));
    }
    while ch.try_send(1).is_ok() {}
    {
        let mut put = pin!(ch.send(1));
        off!("embassy/put_parks", poll(put.as_mut()));
        off!("embassy/try_take_refills", ch.try_receive());
    }
}

fn selects() {
    let chs = [const { StaticChannel::<u32, 0>::new() }; 8];
    let [a, b, c, d, e, f, g, h] = &chs;
    {
        let mut two = pin!(async {
            select! { _ = a.take() => {}, _ = b.put(1) => {} }
        });
        off!("csp/select2_parks", poll(two.as_mut()));
        off!("csp/try_put_wakes_select", a.try_put(1));
        off!("csp/select2_woken", poll(two.as_mut()));
    }
    let mut eight = pin!(async {
        select! {
            _ = a.take() => {}, _ = b.put(1) => {}, _ = c.take() => {}, _ = d.take() => {},
            _ = e.take() => {}, _ = f.put(1) => {}, _ = g.take() => {}, _ = h.take() => {},
        }
    });
    off!("csp/select8_parks", poll(eight.as_mut()));
}

#[entry]
fn main() -> ! {
    let mut timer = Peripherals::take().unwrap().SYST;
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(0x00FF_FFFF);
    timer.clear_current();
    timer.enable_counter();
    memory();
    sections();
    debug::exit(debug::EXIT_SUCCESS);
    loop {
        cortex_m::asm::wfi();
    }
}
