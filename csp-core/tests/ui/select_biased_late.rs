async fn late(rx: csp_core::Receiver<u32>) {
    csp_core::select! {
        _ = rx.take() => {}
        biased;
    }
}

fn main() {
    let _ = late;
}
