//! How well this machine walls in the commands that the agent runs.

use async_trait::async_trait;

use super::blocking;
use crate::{
    doctor::{Category, Check, Finding, Fix, Name, Surroundings},
    tools::Sandbox,
};

/// The tool that runs commands.
const SHELL: &str = "shell";

pub(super) struct Walls;

#[async_trait]
impl Check for Walls {
    fn name(&self) -> Name {
        Name::of("tools.sandbox", Category::Tools, "Sandbox of commands")
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        let denied = &place.settings().tools.permissions.deny;
        if denied.iter().any(|name| name == SHELL) {
            return Finding::ok("The agent may not run commands.");
        }
        let sandbox = match blocking(Sandbox::of_this_machine).await {
            Ok(sandbox) => sandbox,
            Err(problem) => return Finding::warning(problem),
        };
        judged(sandbox)
    }
}

fn judged(sandbox: &Sandbox) -> Finding {
    if sandbox.missing.is_none() {
        return Finding::ok(sandbox.words());
    }
    Finding::warning(sandbox.words()).fixed_by(Fix::setting(
        "Choose what the agent may use",
        "tools.permissions.deny",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Severity;

    #[test]
    fn a_machine_without_walls_is_said() {
        let whole = Sandbox {
            files: true,
            processes: true,
            network: true,
            missing: None,
        };
        assert_eq!(judged(&whole).severity, Severity::Ok);
        let open = Sandbox {
            files: false,
            missing: Some("This kernel has no Landlock.".to_owned()),
            ..whole
        };
        let found = judged(&open);
        assert_eq!(found.severity, Severity::Warning);
        assert_eq!(found.message, "This kernel has no Landlock.");
    }
}
