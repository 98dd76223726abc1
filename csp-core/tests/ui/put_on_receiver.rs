fn main() {
    let (tx, rx) = csp_core::channel::<u32>(0);
    let _ = rx.put(1);
    let _ = tx.try_take();
}
