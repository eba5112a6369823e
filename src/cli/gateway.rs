//! What `clawgate gateway` is given, and what must be right before it may listen.

use std::collections::BTreeMap;

use clap::Args;

use super::CliError;
use crate::config::{self, CliOverrides, Home, HomeLock, Loaded};

/// How to run the gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct GatewayArgs {
    /// Port to listen on; 0 takes a free one
    #[arg(short, long, value_name = "N")]
    pub port: Option<u16>,
    /// Address to listen on
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
    /// Revoke every token and print a fresh pairing code
    #[arg(long)]
    pub new_pairing: bool,
    /// Open the dashboard in the browser
    #[arg(long)]
    pub open: bool,
}

/// What a gateway starts from.
#[derive(Debug)]
pub struct Prepared {
    /// The data folder, all of it there.
    pub home: Home,
    /// Keeps a second gateway out for as long as it lives.
    pub lock: HomeLock,
    /// The configuration and what is to be said about it.
    pub loaded: Loaded,
}

/// Opens the data folder for one gateway and loads the configuration. Nothing listens yet.
pub fn prepare(args: &GatewayArgs, env: &BTreeMap<String, String>) -> Result<Prepared, CliError> {
    let home = Home::locate(env)?;
    let home = Home::open(home.folder().to_owned())?;
    let overrides = CliOverrides {
        host: args.host.clone(),
        port: args.port,
    };
    let loaded = config::load(&home, env, overrides)?;
    config::check_bind(&loaded.config)?;
    let lock = home.lock()?;
    Ok(Prepared { home, lock, loaded })
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, FromArgMatches as _};

    use super::*;

    fn parse(words: &[&str]) -> GatewayArgs {
        let command = GatewayArgs::augment_args(clap::Command::new("gateway"));
        let words = std::iter::once("gateway").chain(words.iter().copied());
        GatewayArgs::from_arg_matches(&command.try_get_matches_from(words).unwrap()).unwrap()
    }

    fn env(home: &tempfile::TempDir) -> BTreeMap<String, String> {
        let path = home.path().to_str().unwrap().to_owned();
        BTreeMap::from([("CLAWGATE_HOME".to_owned(), path)])
    }

    #[test]
    fn the_command_line_has_the_last_word() {
        let home = tempfile::tempdir().unwrap();
        let mut env = env(&home);
        env.insert("GATEWAY_PORT".to_owned(), "1".to_owned());
        let args = parse(&["-p", "0", "--host", "::1", "--open"]);
        assert!(args.open && !args.new_pairing);
        let prepared = prepare(&args, &env).unwrap();
        let gateway = &prepared.loaded.config.gateway;
        assert_eq!((gateway.port, gateway.host.as_str()), (0, "::1"));
    }

    #[test]
    fn a_public_address_is_a_configuration_error() {
        let home = tempfile::tempdir().unwrap();
        let refused = prepare(&parse(&["--host", "0.0.0.0"]), &env(&home)).unwrap_err();
        assert!(matches!(refused, CliError::PublicBind(_)));
        assert_eq!(
            format!("{:?}", refused.exit_code()),
            format!("{:?}", std::process::ExitCode::from(2))
        );
    }

    #[test]
    fn a_second_gateway_cannot_start() {
        let home = tempfile::tempdir().unwrap();
        let first = prepare(&parse(&[]), &env(&home)).unwrap();
        let second = prepare(&parse(&[]), &env(&home)).unwrap_err();
        assert!(matches!(second, CliError::Home(_)), "{second}");
        drop(first);
        prepare(&parse(&[]), &env(&home)).unwrap();
    }
}
