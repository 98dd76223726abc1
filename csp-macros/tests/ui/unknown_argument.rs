#[csp_macros::process_tokio(detached)]
async fn pipe() {}

#[csp_macros::process_tokio(crate = csp_tokio, detached)]
async fn merge() {}

#[csp_macros::process_tokio(crate)]
async fn split() {}

fn main() {}
