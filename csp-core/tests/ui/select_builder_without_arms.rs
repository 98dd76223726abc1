async fn for_ever() {
    csp_core::select::SelectOnce::new().await;
}

fn main() {
    drop(for_ever());
}
