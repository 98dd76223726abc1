#[csp_macros::process]
async fn pipe() {}

fn main() {}
