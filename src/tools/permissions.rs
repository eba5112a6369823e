//! What an owner says of a tool, changed while the gateway runs: which lists of `config.toml` name
//! it from now on.

use std::{io, sync::Arc};

use super::Permission;
use crate::{
    config::{
        Config, ConfigKeeper, Edit, Loaded, Origin, ToolPermissions, document::DocumentError,
    },
    model::DeviceId,
};

/// Changes what the owner says of tools.
#[derive(Clone, Debug)]
pub struct PermissionEditor {
    keeper: Arc<ConfigKeeper>,
}

impl PermissionEditor {
    /// Over this configuration.
    pub fn new(keeper: Arc<ConfigKeeper>) -> Self {
        Self { keeper }
    }

    /// Says, at the wish of the device `by`, whether a tool may be used; none: as the tool itself
    /// has it. In force when this returns.
    pub async fn set(
        &self,
        tool: &str,
        wanted: Option<Permission>,
        by: Option<DeviceId>,
    ) -> Result<(), DocumentError> {
        let (keeper, tool) = (Arc::clone(&self.keeper), tool.to_owned());
        let written = tokio::task::spawn_blocking(move || {
            keeper.change_by(by, |loaded| plan(&tool, wanted, loaded))
        });
        written
            .await
            .map_err(|error| DocumentError::Io(io::Error::other(error)))?
            .map(drop)
    }
}

/// What the owner says of a tool: the strictest of the lists that name it; none: nothing.
pub fn said_of(config: &Config, tool: &str) -> Option<Permission> {
    let lists = lists(&config.tools.permissions);
    let naming = lists
        .into_iter()
        .find(|(_, _, names)| names.iter().any(|name| name == tool));
    naming.map(|(permission, ..)| permission)
}

/// The lists, the one that weighs most first.
fn lists(permissions: &ToolPermissions) -> [(Permission, &'static str, &[String]); 3] {
    [
        (
            Permission::Deny,
            "tools.permissions.deny",
            &permissions.deny,
        ),
        (Permission::Ask, "tools.permissions.ask", &permissions.ask),
        (
            Permission::Allow,
            "tools.permissions.allow",
            &permissions.allow,
        ),
    ]
}

/// The tool's name goes into one list and out of the others.
fn plan(
    tool: &str,
    wanted: Option<Permission>,
    loaded: &Loaded,
) -> Result<Vec<Edit>, DocumentError> {
    let mut edits = Vec::new();
    for (permission, key, names) in lists(&loaded.config.tools.permissions) {
        let mut after: Vec<String> = names.iter().filter(|name| *name != tool).cloned().collect();
        if wanted == Some(permission) {
            // Where it stands already it stays.
            if names.iter().any(|name| name == tool) {
                continue;
            }
            after.push(tool.to_owned());
        }
        if after == names {
            continue;
        }
        let by = loaded.origins.get(key).cloned();
        if let Some(by @ (Origin::Variable(_) | Origin::Option(_))) = by {
            let key = key.to_owned();
            return Err(DocumentError::Overruled { key, by });
        }
        edits.push(if after.is_empty() {
            Edit::Remove(key.to_owned())
        } else {
            Edit::SetList(key.to_owned(), after)
        });
    }
    Ok(edits)
}
