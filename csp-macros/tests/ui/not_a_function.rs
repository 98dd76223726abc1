#[csp_macros::process_tokio]
struct Pipe;

fn main() {}
