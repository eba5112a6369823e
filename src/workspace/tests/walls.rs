//! Ways out, and what becomes of whoever tries them.

use std::{
    os::unix::fs::symlink,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use serde_json::json;

use super::{Place, place};
use crate::workspace::{Expect, WorkspaceError};

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
