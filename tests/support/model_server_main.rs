//! A scripted model server, as a process: `model-server [--port N] [--host IP] [--no-record]
//! [--kind openai|ollama] [--key KEY]`. Prints `listening on http://…` once it serves. The script words are
//! listed in `model_server.rs`.

#[path = "model_server.rs"]
mod model_server;

use std::{
    error::Error,
    io::{self, Write as _},
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use model_server::Options;

struct Arguments {
    address: SocketAddr,
    options: Options,
}

fn arguments(mut words: impl Iterator<Item = String>) -> Result<Arguments, Box<dyn Error>> {
    let mut port = 0;
    let mut host = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let mut options = Options::default();
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--port" => port = value()?.parse()?,
            "--host" => host = value()?.parse()?,
            "--key" => options.key = Some(value()?.leak()),
            "--no-record" => options.record = false,
            "--kind" => match value()?.as_str() {
                "openai" => options.ollama = false,
                "ollama" => options.ollama = true,
                other => return Err(format!("unknown kind {other:?}").into()),
            },
            _ => return Err(format!("unknown option {word:?}").into()),
        }
    }
    let address = SocketAddr::new(host, port);
    Ok(Arguments { address, options })
}

// One thread serves thousands of requests a second and leaves the other cores to what is measured.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let Arguments { address, options } = arguments(std::env::args().skip(1))?;
    model_server::serve(address, options, |bound| {
        let mut out = io::stdout();
        let _nobody_listens = writeln!(out, "listening on http://{bound}");
        let _nobody_listens = out.flush();
    })
    .await?;
    Ok(())
}
