async fn no_body(rx: csp_core::Receiver<u32>) {
    csp_core::select! {
        _ = rx.take(),
    }
}

async fn no_pattern(rx: csp_core::Receiver<u32>) {
    csp_core::select! {
        rx.take() => {}
    }
}

fn main() {
    let _ = (no_body, no_pattern);
}
