async fn two_types(rx: csp_core::Receiver<u32>) -> u32 {
    csp_core::select! {
        v = rx.take() => v.unwrap(),
        default => "nothing",
    }
}

fn main() {
    let _ = two_types;
}
