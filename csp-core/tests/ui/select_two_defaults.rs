async fn twice(rx: csp_core::Receiver<u32>) {
    csp_core::select! {
        _ = rx.take() => {}
        default => {}
        default => {}
    }
}

fn main() {
    let _ = twice;
}
