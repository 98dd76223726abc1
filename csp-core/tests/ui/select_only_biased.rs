async fn nothing() {
    csp_core::select! { biased; }
}

fn main() {
    drop(nothing());
}
