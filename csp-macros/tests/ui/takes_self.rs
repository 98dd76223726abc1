struct Server;

impl Server {
    #[csp_macros::process_tokio]
    async fn serve(&self) {}
}

fn main() {}
