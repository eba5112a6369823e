//! The data folder: where it is, what lies in it, who may read it, and that one gateway uses it.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use super::environment::variable;

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// Neither `CLAWGATE_HOME` nor a home folder is there.
    #[error("no home folder found; set CLAWGATE_HOME to the folder where Clawgate keeps its data")]
    Nowhere,
    /// An operation on a file failed; the text names both.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A gateway runs on this folder.
    #[error("another gateway ({holder}) already uses this folder: {}", folder.display())]
    InUse {
        /// The folder.
        folder: PathBuf,
        /// Its process id and address, as far as they are known.
        holder: String,
    },
}

/// The data folder. It exists once it was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    folder: PathBuf,
}

impl Home {
    /// Where the data folder is: `CLAWGATE_HOME`, else `~/.clawgate`. Creates nothing.
    pub fn locate(env: &BTreeMap<String, String>) -> Result<Self, HomeError> {
        let user = || {
            variable(env, "HOME")
                .map(PathBuf::from)
                .or_else(|| directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned()))
                .ok_or(HomeError::Nowhere)
        };
        let folder = match variable(env, "CLAWGATE_HOME") {
            Some(given) => match given.strip_prefix("~/") {
                Some(rest) => user()?.join(rest),
                None => PathBuf::from(given),
            },
            None => user()?.join(".clawgate"),
        };
        let folder =
            std::path::absolute(&folder).map_err(|error| io_error("find", &folder, &error))?;
        Ok(Self { folder })
    }

    /// Opens the folder, creating what is missing, and takes from others the right to read the
    /// files that hold secrets.
    pub fn open(folder: PathBuf) -> Result<Self, HomeError> {
        let home = Self { folder };
        create_private(&home.folder)?;
        create_private(&home.workspace())?;
        create_private(&home.logs())?;
        for file in [home.config_file(), home.secret_key(), home.database()] {
            tighten(&file)?;
        }
        Ok(home)
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// `config.toml`.
    pub fn config_file(&self) -> PathBuf {
        self.folder.join("config.toml")
    }

    /// `clawgate.db`.
    pub fn database(&self) -> PathBuf {
        self.folder.join("clawgate.db")
    }

    /// `secret.key`.
    pub fn secret_key(&self) -> PathBuf {
        self.folder.join("secret.key")
    }

    /// `workspace/`.
    pub fn workspace(&self) -> PathBuf {
        self.folder.join("workspace")
    }

    /// `logs/`.
    pub fn logs(&self) -> PathBuf {
        self.folder.join("logs")
    }

    /// Takes the folder for one gateway, for as long as the lock lives.
    pub fn lock(&self) -> Result<HomeLock, HomeError> {
        let path = self.folder.join("gateway.lock");
        let mut file = open_lock(&path)?;
        match try_for_a_moment(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(HomeError::InUse {
                    folder: self.folder.clone(),
                    holder: holder(&mut file),
                });
            }
            Err(TryLockError::Error(error)) => return Err(io_error("lock", &path, &error).into()),
        }
        let mut lock = HomeLock { file, path };
        lock.write("")?;
        Ok(lock)
    }

    /// The address of the gateway that runs on this folder now, if one does and has told it.
    pub fn running_gateway(&self) -> Option<String> {
        let path = self.folder.join("gateway.lock");
        let mut file = OpenOptions::new().read(true).write(true).open(path).ok()?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {}
            _ => return None,
        }
        let (_, address) = read_lock(&mut file);
        address
    }

    /// Keeps other processes from rewriting `config.toml` while the guard lives. Waits for them.
    pub(super) fn guard_config(&self) -> io::Result<File> {
        let path = self.folder.join("config.lock");
        let file = open_lock(&path)?;
        file.lock()
            .map_err(|error| io_error("lock", &path, &error))?;
        Ok(file)
    }
}

/// The right of one gateway to a data folder; given back when dropped.
#[derive(Debug)]
pub struct HomeLock {
    file: File,
    path: PathBuf,
}

impl HomeLock {
    /// Tells others where this gateway can be reached.
    pub fn announce(&mut self, address: &str) -> Result<(), HomeError> {
        self.write(address)
    }

    fn write(&mut self, address: &str) -> Result<(), HomeError> {
        let text = format!("{}\n{address}\n", std::process::id());
        self.file
            .set_len(0)
            .and_then(|()| self.file.seek(SeekFrom::Start(0)))
            .and_then(|_| self.file.write_all(text.as_bytes()))
            .map_err(|error| io_error("write", &self.path, &error).into())
    }
}

/// A command that looks for a running gateway holds the lock for an instant.
fn try_for_a_moment(file: &File) -> Result<(), TryLockError> {
    for _ in 0..5 {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            other => return other,
        }
    }
    file.try_lock()
}

fn holder(file: &mut File) -> String {
    match read_lock(file) {
        (None, _) => "pid unknown".to_owned(),
        (Some(pid), None) => format!("pid {pid}"),
        (Some(pid), Some(address)) => format!("pid {pid}, {address}"),
    }
}

fn read_lock(file: &mut File) -> (Option<u32>, Option<String>) {
    let mut text = String::new();
    if file.take(1024).read_to_string(&mut text).is_err() {
        return (None, None);
    }
    let mut lines = text.lines();
    let pid = lines.next().and_then(|line| line.parse().ok());
    let address = lines.next().filter(|line| !line.is_empty());
    (pid, address.map(str::to_owned))
}

fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    private(&mut options);
    options
        .open(path)
        .map_err(|error| io_error("open", path, &error))
}

/// An error that names what was tried on which file.
pub(super) fn io_error(what: &str, path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(
        error.kind(),
        format!("cannot {what} {}: {error}", path.display()),
    )
}

pub(super) fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder
        .create(folder)
        .map_err(|error| io_error("create", folder, &error))
}

fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = options;
}

/// Leaves the file to its owner alone, where it exists.
fn tighten(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let Ok(metadata) = fs::metadata(path) else {
            return Ok(());
        };
        let mode = metadata.permissions().mode();
        if mode & 0o077 != 0 {
            fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o700))
                .map_err(|error| io_error("restrict the permissions of", path, &error))?;
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Writes a new file for the owner alone, beside the one it is to become, down to the disk.
pub(super) fn private_file(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let suffix = crate::crypto::random_bytes::<8>().map_err(io::Error::other)?;
    let path = folder.join(format!(".{name}.{}", hex::encode(suffix)));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    private(&mut options);
    let written = options.open(&path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    match written {
        Ok(()) => Ok(path),
        Err(error) => {
            fs::remove_file(&path).ok();
            Err(io_error("write", &path, &error))
        }
    }
}

/// Replaces a file as a whole: others see the old text or the new one, never a part, and a power
/// cut leaves one of both. A symbolic link stays one.
pub(super) fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().unwrap_or(Path::new("."));
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let temporary = private_file(folder, &name, bytes)?;
    fs::rename(&temporary, &target).map_err(|error| {
        fs::remove_file(&temporary).ok();
        io_error("replace", &target, &error)
    })?;
    #[cfg(unix)]
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| io_error("sync", folder, &error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn the_folder_is_the_named_one_or_in_the_users_home() {
        let at = |pairs: &[_]| Home::locate(&env(pairs)).unwrap().folder().to_owned();
        assert_eq!(at(&[("HOME", "/u")]), Path::new("/u/.clawgate"));
        assert_eq!(
            at(&[("HOME", "/u"), ("CLAWGATE_HOME", "/d")]),
            Path::new("/d")
        );
        assert_eq!(
            at(&[("HOME", "/u"), ("CLAWGATE_HOME", "~/d")]),
            Path::new("/u/d")
        );
        assert!(at(&[("CLAWGATE_HOME", "d")]).is_absolute());
    }

    #[cfg(unix)]
    #[test]
    fn what_it_creates_and_finds_is_for_the_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b");
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("config.toml"), "").unwrap();
        fs::set_permissions(path.join("config.toml"), fs::Permissions::from_mode(0o644)).unwrap();
        let home = Home::open(path).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&home.config_file()), 0o600);
        assert_eq!(mode(&home.workspace()), 0o700);
        assert_eq!(mode(&home.logs()), 0o700);
    }

    #[test]
    fn a_second_gateway_is_told_who_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path().to_owned()).unwrap();
        assert_eq!(home.running_gateway(), None);
        let mut lock = home.lock().unwrap();
        lock.announce("http://127.0.0.1:42617").unwrap();
        let refused = home.lock().unwrap_err().to_string();
        let expected = format!(
            "another gateway (pid {}, http://127.0.0.1:42617) already uses this folder",
            std::process::id()
        );
        assert!(refused.starts_with(&expected), "{refused}");
        assert_eq!(
            home.running_gateway().as_deref(),
            Some("http://127.0.0.1:42617")
        );
        drop(lock);
        assert_eq!(home.running_gateway(), None);
        home.lock().unwrap();
    }

    #[test]
    fn an_error_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let error = Home::open(file.join("below")).unwrap_err().to_string();
        assert!(error.contains(&file.display().to_string()), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn replacing_a_file_keeps_a_link_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real");
        let link = folder.path().join("link");
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        replace_file(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
