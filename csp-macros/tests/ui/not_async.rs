#[csp_macros::process_tokio]
fn pipe() {}

fn main() {}
