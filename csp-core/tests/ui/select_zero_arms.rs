async fn nothing() {
    csp_core::select! {}
}

fn main() {
    drop(nothing());
}
