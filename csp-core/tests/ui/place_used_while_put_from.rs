fn main() {
    let ch = csp_core::Channel::<u32>::new(0);
    let mut place = Some(1);
    let put = ch.put_from(&mut place);
    place.take();
    let _ = csp_core::block_on(put);
}
