fn main() {
    let take = {
        let ch = csp_core::Channel::<u32>::new(0);
        ch.take()
    };
    csp_core::block_on(take);
}
