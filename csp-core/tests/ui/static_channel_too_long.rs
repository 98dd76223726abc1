use csp_core::StaticChannel;

static TOO_LONG: StaticChannel<(), { 1 << 31 }> = StaticChannel::new();

fn main() {
    TOO_LONG.close();
}
