//! What the system's kernel keeps commands from: Landlock, as far as it is there. Landlock binds
//! a thread and all that it starts; so each command is started from a thread of its own, which
//! ends at once.

use std::path::{Path, PathBuf};

use crate::config::ToolsConfig;

/// How well commands are walled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sandbox {
    /// They reach the workspace and the system's programs and no other files.
    pub files: bool,
    /// They can't signal or watch the gateway or other programs.
    pub processes: bool,
    /// TCP connections can be refused to them.
    pub network: bool,
    /// What is missing, and what that means; none: nothing.
    pub missing: Option<String>,
}

impl Sandbox {
    /// What this machine's kernel offers. Asked once.
    pub fn of_this_machine() -> &'static Self {
        static HERE: std::sync::OnceLock<Sandbox> = std::sync::OnceLock::new();
        HERE.get_or_init(look)
    }

    /// A sentence for people.
    pub fn words(&self) -> String {
        self.missing.clone().unwrap_or_else(|| {
            "Commands reach the workspace and the system's programs only, and no other process."
                .to_owned()
        })
    }
}

/// The walls of one command.
#[derive(Clone, Debug)]
pub(super) struct Walls {
    /// Read and changed.
    pub(super) write: Vec<PathBuf>,
    /// Read and run.
    pub(super) read: Vec<PathBuf>,
    /// May open TCP connections.
    pub(super) network: bool,
}

/// Folders of the system that programs need. What is not there is passed over.
const SYSTEM: &[&str] = &[
    "/bin",
    "/sbin",
    "/usr",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/opt",
    "/nix",
    "/snap",
    "/sys",
    "/proc",
    "/System",
    "/Library",
    "/run/systemd/resolve",
    "/run/resolvconf",
    "/run/current-system",
    "/var/lib/dpkg",
    "/var/cache/fontconfig",
    "/dev/random",
    "/dev/urandom",
];

/// Devices that hold nothing.
const DEVICES: &[&str] = &["/dev/null", "/dev/zero", "/dev/full", "/dev/shm"];

/// What lies in `/etc` and is nobody's business.
const PRIVATE: &[&str] = &[
    "shadow",
    "gshadow",
    "sudoers",
    "ssh",
    "NetworkManager",
    "wireguard",
    "letsencrypt",
    "kubernetes",
    "docker",
    "ppp",
    "openvpn",
    "ipsec",
    "krb5.keytab",
    "security",
    "cron",
    "crontab",
];

/// The folders that matter for a command.
pub(super) struct Places<'a> {
    /// Where it works.
    pub(super) workspace: &'a Path,
    /// For its temporary files.
    pub(super) scratch: &'a Path,
    /// The gateway's own, with the database and the key.
    pub(super) private: &'a Path,
    /// What `~` stands for in the settings.
    pub(super) home: Option<&'a str>,
}

impl Walls {
    /// The walls that the settings ask for. The gateway's own folder is behind them even where a
    /// folder around it is named.
    pub(super) fn of(places: &Places<'_>, tools: &ToolsConfig) -> Self {
        let named = |folders: &[String]| -> Vec<PathBuf> {
            folders
                .iter()
                .filter_map(|folder| expanded(folder, places.home))
                .flat_map(|folder| around(&folder, places.private))
                .collect()
        };
        let mut write = vec![places.workspace.to_owned(), places.scratch.to_owned()];
        write.extend(DEVICES.iter().map(PathBuf::from));
        write.extend(named(&tools.shell_write));
        let mut read: Vec<PathBuf> = SYSTEM
            .iter()
            .flat_map(|folder| around(Path::new(folder), places.private))
            .collect();
        read.extend(public_settings());
        read.extend(named(&tools.shell_read));
        Self {
            write,
            read,
            network: tools.shell_network,
        }
    }

    /// The folders of a PATH whose programs can be run. One that can't would stand before the
    /// same program of the system and fail.
    pub(super) fn runnable(&self, path: &str) -> String {
        let folders: Vec<&str> = path
            .split(':')
            .filter(|folder| {
                let Ok(real) = Path::new(folder).canonicalize() else {
                    return false;
                };
                let inside = |wall: &PathBuf| real.starts_with(wall);
                folder.starts_with('/') && self.read.iter().chain(&self.write).any(inside)
            })
            .collect();
        folders.join(":")
    }
}

/// A folder of the settings; none when it is not an absolute one.
fn expanded(folder: &str, home: Option<&str>) -> Option<PathBuf> {
    let folder = match (folder.strip_prefix('~'), home) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
            PathBuf::from(format!("{home}{rest}"))
        }
        _ => PathBuf::from(folder),
    };
    folder.is_absolute().then_some(folder)
}

/// A folder, or what is in it when `private` lies there too, without that.
fn around(folder: &Path, private: &Path) -> Vec<PathBuf> {
    // As the kernel sees it: a rule holds for what a link leads to.
    let folder = folder.canonicalize().unwrap_or(folder.to_owned());
    if folder.starts_with(private) {
        // Only the workspace is open there, and it is named by itself.
        return Vec::new();
    }
    if !private.starts_with(&folder) {
        return vec![folder];
    }
    let Ok(entries) = std::fs::read_dir(&folder) else {
        return Vec::new();
    };
    entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path != private && !path.is_symlink())
        .flat_map(|path| around(&path, private))
        .collect()
}

/// What everybody may read in `/etc`.
fn public_settings() -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir("/etc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            !PRIVATE.iter().any(|private| name.starts_with(private)) && is_public(&entry.path())
        })
        .map(|entry| entry.path())
        .collect()
}

#[cfg(unix)]
fn is_public(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn is_public(_: &Path) -> bool {
    true
}

/// Binds this thread and all that it starts, as far as the kernel can.
#[cfg(target_os = "linux")]
pub(super) fn bind_this_thread(walls: &Walls) -> Result<(), String> {
    linux::bind(walls).map_err(|error| error.to_string())?;
    linux::drop_powers().map_err(|error| error.to_string())
}

/// Nothing can be bound here.
#[cfg(not(target_os = "linux"))]
pub(super) fn bind_this_thread(_: &Walls) -> Result<(), String> {
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn look() -> Sandbox {
    none("this system has no Landlock")
}

fn none(why: &str) -> Sandbox {
    Sandbox {
        files: false,
        processes: false,
        network: false,
        missing: Some(format!(
            "Commands are not walled in: {why}. They can read and change whatever the gateway's \
             user can, its database and keys too. Let only commands run that you have read."
        )),
    }
}

#[cfg(target_os = "linux")]
fn look() -> Sandbox {
    let walls = Walls {
        write: Vec::new(),
        read: Vec::new(),
        network: false,
    };
    // On a thread of its own, which is bound from then on.
    let tried = std::thread::spawn(move || linux::bind(&walls)).join();
    match tried {
        Ok(Ok(status)) => linux::sandbox(&status),
        Ok(Err(error)) => none(&error.to_string()),
        Err(_) => none("Landlock could not be tried"),
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use landlock::{
        ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, PathBeneath, PathFd,
        RestrictionStatus, Ruleset, RulesetAttr as _, RulesetCreatedAttr as _, RulesetError,
        RulesetStatus, Scope, path_beneath_rules,
    };
    use rustix::thread::{CapabilitySet, CapabilitySets};

    use super::{Sandbox, Walls, none};

    /// What a gateway that runs as root keeps for its commands: to use files whoever owns them.
    /// Other powers of root would lead around the walls: with them, other processes can be looked
    /// into for all that Landlock says.
    const KEPT: CapabilitySet = CapabilitySet::CHOWN
        .union(CapabilitySet::DAC_OVERRIDE)
        .union(CapabilitySet::FOWNER)
        .union(CapabilitySet::FSETID);

    /// Gives up root's powers for this thread and all that it starts, for good.
    pub(super) fn drop_powers() -> rustix::io::Result<()> {
        rustix::thread::set_no_new_privs(true)?;
        let now = rustix::thread::capabilities(None)?;
        rustix::thread::set_capabilities(
            None,
            CapabilitySets {
                effective: now.effective & KEPT,
                permitted: now.permitted & KEPT,
                inheritable: CapabilitySet::empty(),
            },
        )
    }

    /// The newest generation that is asked for; an older kernel gives what it has.
    const ASKED: ABI = ABI::V6;

    pub(super) fn bind(walls: &Walls) -> Result<RestrictionStatus, RulesetError> {
        let all = AccessFs::from_all(ASKED);
        let mut ruleset = Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(all)?
            .scope(Scope::from_all(ASKED))?;
        if !walls.network {
            ruleset = ruleset.handle_access(AccessNet::from_all(ASKED))?;
        }
        let reading = AccessFs::from_read(ASKED);
        let mut created = ruleset
            .create()?
            .add_rules(path_beneath_rules(&walls.read, reading))?
            .add_rules(path_beneath_rules(&walls.write, all))?;
        // The settings of the machine are listed without being read as a whole.
        if let Ok(folder) = PathFd::new("/etc") {
            created = created.add_rule(PathBeneath::new(folder, AccessFs::ReadDir))?;
        }
        created.restrict_self()
    }

    pub(super) fn sandbox(status: &RestrictionStatus) -> Sandbox {
        match status.ruleset {
            RulesetStatus::FullyEnforced => Sandbox {
                files: true,
                processes: true,
                network: true,
                missing: None,
            },
            RulesetStatus::PartiallyEnforced => Sandbox {
                files: true,
                processes: false,
                network: false,
                missing: Some(
                    "Commands reach the workspace and the system's programs only; but this \
                     kernel is too old to keep them from signalling other processes and to \
                     refuse them the network (Linux 6.12 can do both)."
                        .to_owned(),
                ),
            },
            RulesetStatus::NotEnforced => none("this kernel has no Landlock, or it is off"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gateways_own_folder_stays_behind_the_walls_whatever_is_named() {
        let top = tempfile::tempdir().unwrap();
        let top = top.path().canonicalize().unwrap();
        for folder in ["tools/bin", "data/gate/workspace", "data/other"] {
            std::fs::create_dir_all(top.join(folder)).unwrap();
        }
        let private = top.join("data/gate");
        let mut open = around(&top, &private);
        open.sort();
        assert_eq!(open, [top.join("data/other"), top.join("tools")]);
        assert_eq!(around(&top.join("tools"), &private), [top.join("tools")]);
        assert!(around(&private.join("workspace"), &private).is_empty());
        // The folder itself, named on purpose: what is in it stays closed all the same.
        std::fs::write(private.join("secret.key"), "").unwrap();
        let named = around(&private, &private);
        assert!(!named.contains(&private.join("secret.key")), "{named:?}");
    }

    #[test]
    fn a_home_is_what_the_sign_for_it_stands_for() {
        let of = |folder: &str| expanded(folder, Some("/home/me"));
        assert_eq!(of("~/.cargo"), Some(PathBuf::from("/home/me/.cargo")));
        assert_eq!(of("~"), Some(PathBuf::from("/home/me")));
        assert_eq!(of("/opt/x"), Some(PathBuf::from("/opt/x")));
        assert_eq!(of("~other/x"), None);
        assert_eq!(of("x"), None);
    }
}
