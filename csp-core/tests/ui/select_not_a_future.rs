async fn number() {
    csp_core::select! {
        n = 7 => drop(n),
    }
}

fn main() {
    drop(number());
}
