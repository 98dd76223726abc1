async fn some(rx: csp_core::Receiver<u32>) {
    csp_core::select! {
        Some(v) = rx.take() => drop(v),
    }
}

fn main() {
    let _ = some;
}
