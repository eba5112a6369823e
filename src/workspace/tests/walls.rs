//! Ways out, and what becomes of whoever tries them.

use std::{
    os::unix::fs::symlink,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use proptest::prelude::*;
use serde_json::json;

use super::{Place, place, walled};
use crate::workspace::{Expect, Workspace, WorkspaceError};

#[tokio::test]
async fn no_path_leads_out() {
    let place = place().await;
    place.put("notes/a.md", "hello");
    let home = place.folder.path().canonicalize().unwrap();
    let home = home.display();
    for path in [
        "../secret.key".to_owned(),
        "notes/../../secret.key".to_owned(),
        "./.././secret.key".to_owned(),
        "notes/../notes/../../secret.key".to_owned(),
        format!("{home}/secret.key"),
        format!("{home}/workspace/../secret.key"),
        format!("/{home}/secret.key"),
        format!("{home}/workspace/../../../../../../etc/passwd"),
        "/etc/passwd".to_owned(),
        "/proc/self/cwd".to_owned(),
        "/proc/self/root/etc/passwd".to_owned(),
        "/dev/stdin".to_owned(),
        "~/secret.key".to_owned(),
        "..".to_owned(),
        "/".to_owned(),
    ] {
        refused(&place, &path).await;
    }
}

#[tokio::test]
async fn no_link_leads_out() {
    let place = place().await;
    let root = place.root();
    let home = place.folder.path().to_owned();
    symlink("../secret.key", root.join("relative")).unwrap();
    symlink(home.join("secret.key"), root.join("absolute")).unwrap();
    symlink("..", root.join("up")).unwrap();
    symlink(&home, root.join("home")).unwrap();
    symlink("/", root.join("top")).unwrap();
    symlink("/proc/self/cwd", root.join("magic")).unwrap();
    std::fs::create_dir(root.join("deep")).unwrap();
    symlink("../relative", root.join("deep/twice")).unwrap();
    symlink("up/secret.key", root.join("through")).unwrap();
    symlink("../../new.txt", root.join("deep/dangling")).unwrap();
    symlink("loop", root.join("loop")).unwrap();
    for path in [
        "relative",
        "absolute",
        "up/secret.key",
        "up",
        "home/secret.key",
        "home",
        "top/etc/passwd",
        "top",
        "magic/Cargo.toml",
        "deep/twice",
        "through",
        "deep/dangling",
        "up/new/file.txt",
        "loop",
    ] {
        refused(&place, path).await;
    }
    assert!(!home.join("new.txt").exists() && !home.join("new").exists());
    // Walks see the links and go into none.
    for args in [
        json!({"pattern": "secret", "all": true}),
        json!({"pattern": "root:", "all": true}),
    ] {
        let found = place.run("grep", args).await;
        assert!(
            found.output.starts_with("Nothing matches"),
            "{}",
            found.output
        );
    }
    let listed = place
        .run("file_list", json!({"depth": 16, "all": true}))
        .await;
    assert!(!listed.output.contains("secret.key"), "{}", listed.output);
}

/// Nothing comes out of it, and nothing changes outside.
async fn refused(place: &Place, path: &str) {
    for (tool, args) in Place::calls(path) {
        let shown = place.action(tool, args.clone()).await;
        assert!(
            !format!("{shown:?}").contains("the-secret"),
            "{tool} {path}: {shown:?}"
        );
        let done = place.run(tool, args).await;
        assert!(!done.success(), "{tool} {path}: {}", done.output);
        assert!(
            !done.output.contains("the-secret"),
            "{tool} {path}: {}",
            done.output
        );
        assert_eq!(place.secret(), "the-secret", "{tool} {path}");
    }
}

#[tokio::test]
async fn links_that_stay_inside_are_followed() {
    let place = place().await;
    place.put("real/a.md", "hello");
    symlink("real/a.md", place.root().join("link.md")).unwrap();
    symlink("real", place.root().join("folder")).unwrap();
    for path in ["link.md", "folder/a.md"] {
        let read = place.run("file_read", json!({"path": path})).await;
        assert_eq!(read.output, "1\thello\n", "{path}");
        let args = json!({"path": path, "content": format!("by {path}")});
        assert!(place.run("file_write", args).await.success(), "{path}");
        assert_eq!(place.text("real/a.md"), format!("by {path}"));
        place.put("real/a.md", "hello");
    }
    assert!(
        place
            .root()
            .join("link.md")
            .symlink_metadata()
            .unwrap()
            .is_symlink()
    );
}

#[tokio::test]
async fn what_is_no_file_is_not_opened() {
    let place = place().await;
    let pipe = place.root().join("pipe");
    let made = std::process::Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .unwrap();
    assert!(made.success());
    let _socket = std::os::unix::net::UnixListener::bind(place.root().join("socket")).unwrap();
    // Without a writer, opening a pipe would wait for ever.
    let read = place.run("file_read", json!({"path": "pipe"})).await;
    assert!(
        read.output.contains("not an ordinary file"),
        "{}",
        read.output
    );
    for path in ["pipe", "socket"] {
        for (tool, args) in Place::calls(path) {
            assert!(!place.run(tool, args).await.success(), "{tool} {path}");
        }
    }
}

/// One thread swaps a folder for a link that leads out, and back, as fast as it can; the others
/// use it meanwhile.
/// A writer may have made a folder of that name in between.
fn put_over(from: &std::path::Path, to: &std::path::Path) {
    while std::fs::rename(from, to).is_err() {
        let _gone = std::fs::remove_dir_all(to);
    }
}

#[tokio::test]
async fn no_race_is_won() {
    let place = place().await;
    let root = place.root();
    std::fs::create_dir(root.join("good")).unwrap();
    std::fs::write(root.join("good/secret.key"), "harmless").unwrap();
    symlink("..", root.join("evil")).unwrap();
    std::fs::rename(root.join("good"), root.join("door")).unwrap();
    let over = Arc::new(AtomicBool::new(false));
    let swapper = std::thread::spawn({
        let (root, over) = (root.clone(), Arc::clone(&over));
        move || {
            let mut swaps = 0_u32;
            let (door, good, evil) = (root.join("door"), root.join("good"), root.join("evil"));
            let steps = [
                (&door, &good),
                (&evil, &door),
                (&door, &evil),
                (&good, &door),
            ];
            while !over.load(Ordering::Relaxed) {
                for (from, to) in steps {
                    put_over(from, to);
                }
                swaps += 1;
            }
            swaps
        }
    });
    let path = place.workspace.path("door/secret.key").unwrap();
    let began = std::time::Instant::now();
    let (mut read, mut written, mut refused) = (0, 0, 0);
    while began.elapsed().as_millis() < 1500 || read + written == 0 || refused == 0 {
        match place.workspace.read(&path, 100) {
            Ok(content) => {
                assert_ne!(content.bytes, b"the-secret");
                read += 1;
            }
            Err(_) => refused += 1,
        }
        match place.workspace.write(&path, b"harmless", Expect::Any) {
            Ok(()) => written += 1,
            Err(_) => refused += 1,
        }
        let walk = crate::workspace::Walk {
            everything: true,
            depth: 3,
            stopped: &|| false,
        };
        let top = place.workspace.path("").unwrap();
        let walked = place.workspace.walk(&top, &walk, &mut |found| {
            assert!(!found.path.as_str().contains("workspace"), "{}", found.path);
            true
        });
        assert!(walked.is_ok());
        assert!(began.elapsed().as_secs() < 60, "{read} {written} {refused}");
    }
    over.store(true, Ordering::Relaxed);
    assert!(swapper.join().unwrap() > 10);
    assert_eq!(place.secret(), "the-secret");
    let beside: Vec<_> = std::fs::read_dir(place.folder.path())
        .unwrap()
        .flatten()
        .collect();
    assert_eq!(beside.len(), 2, "{beside:?}");
}

#[tokio::test]
async fn the_workspace_itself_can_be_replaced_under_way() {
    let place = place().await;
    place.put("a", "one");
    let path = place.workspace.path("a").unwrap();
    assert_eq!(place.workspace.read(&path, 10).unwrap().bytes, b"one");
    std::fs::rename(place.root(), place.folder.path().join("old")).unwrap();
    assert_eq!(
        place.workspace.read(&path, 10),
        Err(WorkspaceError::Missing(".".to_owned()))
    );
    place.put("a", "two");
    assert_eq!(place.workspace.read(&path, 10).unwrap().bytes, b"two");
}

/// Some steps of a path, among them all that lead somewhere else.
fn steps(most: usize) -> impl Strategy<Value = String> {
    let names = ["..", ".", "a", "b", "c", "d", "workspace", "secret.key"];
    prop::collection::vec(prop::sample::select(names.to_vec()), 1..most)
        .prop_map(|steps| steps.join("/"))
}

/// Where a link leads: from where it lies, from the folder around the workspace, or from the top.
fn target() -> impl Strategy<Value = (u8, String)> {
    (0..5_u8, steps(5))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_arrangement_of_links_leads_out(
        links in prop::collection::vec((prop::sample::select(vec!["a", "b", "c", "d/a", "d/b"]), target()), 1..6),
        paths in prop::collection::vec(steps(6), 1..5),
    ) {
        let (folder, root) = walled();
        let (home, workspace) = (folder.path(), Workspace::open(&root).unwrap());
        let secret = || std::fs::read_to_string(home.join("secret.key")).unwrap();
        std::fs::create_dir(root.join("d")).unwrap();
        std::fs::write(root.join("d/file"), "harmless").unwrap();
        for (name, (from, to)) in &links {
            let start = match from {
                0 => std::path::PathBuf::new(),
                1 => home.to_owned(),
                2 => root.clone(),
                3 => "/proc/self/cwd".into(),
                _ => std::path::Path::new("/proc/self/root").join(home.strip_prefix("/").unwrap()),
            };
            // The first of a name stays.
            let _there_already = symlink(start.join(to), root.join(name));
        }
        for text in &paths {
            let Ok(path) = workspace.path(text) else { continue };
            if let Ok(content) = workspace.read(&path, 100) {
                prop_assert_ne!(content.bytes, b"the-secret".to_vec(), "{} {:?}", text, links);
            }
            let _either = workspace.write(&path, b"harmless", Expect::Any);
            prop_assert_eq!(secret(), "the-secret", "{} {:?}", text, links);
        }
        let beside = std::fs::read_dir(home).unwrap().count();
        prop_assert_eq!(beside, 2, "{:?}", links);
    }
}
