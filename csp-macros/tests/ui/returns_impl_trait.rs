#[csp_macros::process_tokio]
async fn pipe() -> impl Iterator<Item = u8> {
    0..7
}

fn main() {}
