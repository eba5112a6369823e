//! Builds the page (`web/`) before it is put into the binary, and says what binary this is.
//! Pages that are up to date are left alone; a machine without Node gets a binary without a page.
#![expect(
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "cargo speaks to build scripts through the environment and standard output"
)]

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Output, Stdio},
    time::SystemTime,
};

/// What the page is made of, in `web/`.
const INPUTS: [&str; 10] = [
    "src",
    "public",
    "scripts",
    "index.html",
    "diagram.html",
    "package.json",
    "package-lock.json",
    "vite.config.ts",
    "tsconfig.json",
    "postcss.config.mjs",
];

/// Leaves the page as it is when set to anything but 0.
const SKIP: &str = "CLAWGATE_SKIP_WEB";

fn main() -> ExitCode {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed={SKIP}");
    let web = PathBuf::from(variable("CARGO_MANIFEST_DIR")).join("web");
    let page = match page(&web) {
        Ok(page) => page,
        Err(reason) => {
            eprintln!("{reason}");
            return ExitCode::FAILURE;
        }
    };
    // The folder is named in the code that embeds it, so it has to be there even when empty.
    if let Err(error) = fs::create_dir_all(web.join("dist")) {
        eprintln!("{} can't be made: {error}", web.join("dist").display());
        return ExitCode::FAILURE;
    }
    println!("cargo:rustc-env=CLAWGATE_PAGE={page}");
    println!(
        "cargo:rustc-env=CLAWGATE_BUILD={} {}, rustc {}",
        variable("TARGET"),
        variable("PROFILE"),
        compiler_version()
    );
    ExitCode::SUCCESS
}

/// Makes sure of the page: `built` or `missing`. The error is for a person.
fn page(web: &Path) -> Result<&'static str, String> {
    let inputs: Vec<PathBuf> = INPUTS
        .iter()
        .map(|name| web.join(name))
        .filter(|path| path.exists())
        .collect();
    // A path that does not exist would make cargo run this script every time.
    for path in &inputs {
        println!("cargo:rerun-if-changed={}", path.display());
    }
    let stamp = web.join("dist/.stamp");
    let there = || web.join("dist/index.html").exists();
    let state = |there: bool| if there { "built" } else { "missing" };
    if env::var(SKIP).is_ok_and(|value| !value.is_empty() && value != "0") {
        println!("cargo:warning={SKIP} is set: the dashboard is taken as it stands in web/dist");
        return Ok(state(there()));
    }
    if !web.join("package.json").exists() {
        return Ok(state(there()));
    }
    // While it is missing this script runs every time: Node may have been installed since.
    println!("cargo:rerun-if-changed={}", stamp.display());
    let fail = |what: &Path| {
        let what = what.display().to_string();
        move |error: io::Error| format!("the dashboard can't be built: {what}: {error}")
    };
    // Two cargos at once (an editor's and a terminal's) must not write one folder. The lock ends
    // with the process.
    let lock_file = web.join(".page.lock");
    let lock = fs::File::create(&lock_file).map_err(fail(&lock_file))?;
    lock.lock().map_err(fail(&lock_file))?;
    let digest = digest(web, &inputs).map_err(fail(web))?;
    if there() && fs::read_to_string(&stamp).is_ok_and(|known| known == digest) {
        return Ok("built");
    }
    if !npm(web, &["--version"]).is_ok_and(|output| output.status.success()) {
        println!(
            "cargo:warning=Node.js with npm was not found, so this binary has no dashboard. \
             Install Node.js 20.19 or newer (https://nodejs.org) and build again, or set \
             {SKIP}=1 to go without."
        );
        return Ok(state(there()));
    }
    if let Err(error) = fs::remove_file(&stamp)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(fail(&stamp)(error));
    }
    install(web)?;
    run(web, &["run", "build"])?;
    if !there() {
        return Err("the dashboard's build made no web/dist/index.html".to_owned());
    }
    fs::write(&stamp, digest).map_err(fail(&stamp))?;
    // As old as what it was made of: a newer one would have cargo run this script once more.
    let file = fs::File::options()
        .write(true)
        .open(&stamp)
        .map_err(fail(&stamp))?;
    file.set_modified(newest(&inputs).map_err(fail(web))?)
        .map_err(fail(&stamp))?;
    Ok("built")
}

/// Installs the page's packages unless those of this lock file are there. `./test` keeps the
/// same copy of the lock file.
fn install(web: &Path) -> Result<(), String> {
    let wanted = fs::read(web.join("package-lock.json")).unwrap_or_default();
    let copy = web.join("node_modules/.clawgate-lock.json");
    if fs::read(&copy).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    run(web, &["ci", "--no-audit", "--no-fund"])?;
    fs::write(&copy, wanted).map_err(|error| format!("{}: {error}", copy.display()))
}

/// Runs npm; its words are shown only when it fails.
fn run(web: &Path, arguments: &[&str]) -> Result<(), String> {
    let command = arguments.join(" ");
    let output = npm(web, arguments).map_err(|error| format!("npm {command}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "`npm {command}` failed in {} ({}):\n\n{}{}\n\
         If that does not tell: the dashboard needs Node.js 20.19 or newer and, for `npm ci`, the \
         npm registry. {SKIP}=1 builds without the dashboard.",
        web.display(),
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    ))
}

fn npm(web: &Path, arguments: &[&str]) -> io::Result<Output> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    Command::new(program)
        .args(arguments)
        .current_dir(web)
        .stdin(Stdio::null())
        .output()
}

/// Stands for names and contents of all inputs (FNV-1a, 64 bits): a fresh clone says nothing by
/// its modification times.
fn digest(web: &Path, inputs: &[PathBuf]) -> io::Result<String> {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut mix = |bytes: &[u8]| {
        // The length keeps two files apart from one that is both.
        for byte in (bytes.len() as u64).to_le_bytes().iter().chain(bytes) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    for file in files(inputs)? {
        let name = file.strip_prefix(web).unwrap_or(&file);
        mix(name.to_string_lossy().as_bytes());
        mix(&fs::read(&file)?);
    }
    Ok(format!("{hash:016x}\n"))
}

fn newest(inputs: &[PathBuf]) -> io::Result<SystemTime> {
    let mut newest = SystemTime::UNIX_EPOCH;
    for file in files(inputs)? {
        newest = newest.max(fs::metadata(file)?.modified()?);
    }
    Ok(newest)
}

/// All files of the inputs in a stable order, but for tests, which are no part of the page.
fn files(inputs: &[PathBuf]) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut left = inputs.to_vec();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            for entry in fs::read_dir(&path)? {
                left.push(entry?.path());
            }
        } else if !path.to_string_lossy().contains(".test.") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn compiler_version() -> String {
    let compiler = variable("RUSTC");
    Command::new(compiler)
        .arg("--version")
        .output()
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .and_then(|text| text.split_whitespace().nth(1).map(str::to_owned))
        .unwrap_or_default()
}

/// A variable that cargo always sets.
fn variable(name: &str) -> String {
    env::var(name).unwrap_or_default()
}
