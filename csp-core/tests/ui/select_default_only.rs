async fn nothing() {
    csp_core::select! {
        default => {}
    }
}

fn main() {
    drop(nothing());
}
