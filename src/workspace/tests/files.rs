//! What the tools do with files that are theirs to touch.

use serde_json::json;

use super::place;
use crate::{
    model::Risk,
    tools::{Outcome, Preview, Scope},
    workspace::{Expect, WorkspaceError},
};

#[tokio::test]
async fn a_file_is_written_read_edited_and_written_again() {
    let place = place().await;
    let args = json!({"path": "notes/today.md", "content": "one\ntwo\n"});
    let action = place.action("file_write", args.clone()).await.unwrap();
    assert_eq!(action.summary, "Create notes/today.md (+2 −0 lines)");
    assert_eq!(
        (action.risk, action.scope),
        (Risk::Medium, Some(Scope::Folder("notes".into())))
    );
    let Preview::Diff { path, diff } = action.preview else {
        panic!("no diff");
    };
    assert_eq!(path, "notes/today.md");
    assert!(diff.contains("--- /dev/null\n+++ b/notes/today.md\n") && diff.contains("+one\n"));
    let written = place.run("file_write", args.clone()).await;
    assert_eq!(
        written.output,
        "notes/today.md was created: 2 lines, 8 bytes (+2 −0 lines)."
    );
    assert_eq!(place.text("notes/today.md"), "one\ntwo\n");

    let mut only_new = args;
    only_new["create_only"] = json!(true);
    let refused = place.run("file_write", only_new).await;
    assert_eq!(refused.output, "\"notes/today.md\" is there already");

    let edit = json!({"path": "notes/today.md", "old_text": "two", "new_text": "three"});
    let action = place.action("file_edit", edit.clone()).await.unwrap();
    assert_eq!(action.summary, "Edit notes/today.md (+1 −1 lines)");
    assert_eq!(place.text("notes/today.md"), "one\ntwo\n");
    let edited = place.run("file_edit", edit.clone()).await;
    assert_eq!(
        edited.output,
        "notes/today.md was changed in one place (+1 −1 lines)."
    );
    assert!(
        edited.details.unwrap()["diff"]
            .as_str()
            .unwrap()
            .contains("-two\n+three\n")
    );
    assert_eq!(place.text("notes/today.md"), "one\nthree\n");
    let again = place.run("file_edit", edit).await;
    assert!(
        again.output.contains("does not stand in notes/today.md"),
        "{}",
        again.output
    );
}

#[tokio::test]
async fn how_a_file_is_written_down_survives_its_edit() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = place().await;
    place.put("dos.txt", "\u{feff}one\r\ntwo\r\nthree\r\n");
    let file = place.root().join("dos.txt");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o750)).unwrap();
    let edit = json!({"path": "dos.txt", "old_text": "one\ntwo", "new_text": "1\n2"});
    assert!(place.run("file_edit", edit).await.success());
    assert_eq!(place.text("dos.txt"), "\u{feff}1\r\n2\r\nthree\r\n");
    assert_eq!(
        std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o750
    );
    std::fs::write(place.root().join("latin.txt"), b"caf\xe9 one").unwrap();
    let edit = json!({"path": "latin.txt", "old_text": "one", "new_text": "two"});
    let refused = place.run("file_edit", edit).await;
    assert!(
        refused.output.contains("is not in UTF-8"),
        "{}",
        refused.output
    );
}

#[tokio::test]
async fn a_file_that_somebody_else_changed_is_not_overwritten() {
    let place = place().await;
    place.put("a", "one");
    let path = place.workspace.path("a").unwrap();
    let write = |expect| place.workspace.write(&path, b"two", expect);
    assert_eq!(
        write(Expect::Same(b"other")),
        Err(WorkspaceError::Changed("a".to_owned()))
    );
    assert_eq!(
        write(Expect::Same(b"on")),
        Err(WorkspaceError::Changed("a".to_owned()))
    );
    assert_eq!(
        write(Expect::Nothing),
        Err(WorkspaceError::Exists("a".to_owned()))
    );
    assert_eq!(place.text("a"), "one");
    assert_eq!(write(Expect::Same(b"one")), Ok(()));
    assert_eq!(place.text("a"), "two");
    let left: Vec<_> = std::fs::read_dir(place.root()).unwrap().flatten().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[tokio::test]
async fn what_is_no_text_and_what_is_missing_is_said() {
    let place = place().await;
    place.put("cat.png", "\u{0}\u{1}PNG");
    place.put("wide.txt", "");
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain("hi\n".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    std::fs::write(place.root().join("wide.txt"), wide).unwrap();
    let binary = place.run("file_read", json!({"path": "cat.png"})).await;
    assert_eq!(
        binary.output,
        "\"cat.png\" is not text (image/png, 5 bytes)"
    );
    let missing = place.run("file_read", json!({"path": "none"})).await;
    assert_eq!(missing.output, "there is no \"none\" in the workspace");
    let folder = place.run("file_read", json!({"path": "."})).await;
    assert_eq!(folder.output, "\".\" is a folder");
    let wide = place.run("file_read", json!({"path": "wide.txt"})).await;
    assert_eq!(
        (wide.output.as_str(), wide.outcome),
        ("1\thi\n", Outcome::Done)
    );
    assert_eq!(wide.source.as_deref(), Some("wide.txt"));
}

#[tokio::test]
async fn folders_are_listed_and_files_found_past_what_git_ignores() {
    let place = place().await;
    for path in [
        "src/a.rs",
        "src/deep/b.rs",
        "target/c.rs",
        "docs/x.md",
        ".hidden",
        ".git/config",
    ] {
        place.put(path, "needle here\n");
    }
    place.put(".gitignore", "target/\n*.log\n!keep.log\n");
    place.put("src/.gitignore", "/deep\n");
    place.put("a.log", "needle");
    place.put("keep.log", "needle");
    let listed = place.run("file_list", json!({})).await;
    assert_eq!(
        listed.output,
        ".gitignore\t24 B\n.hidden\t12 B\ndocs/\nkeep.log\t6 B\nsrc/\n"
    );
    let deep = place
        .run("file_list", json!({"path": "src", "depth": 2, "all": true}))
        .await;
    assert_eq!(
        deep.output,
        ".gitignore\t6 B\na.rs\t12 B\ndeep/\ndeep/b.rs\t12 B\n"
    );
    let found = place.run("glob", json!({"pattern": "**/*.rs"})).await;
    assert_eq!(found.output, "src/a.rs\n");
    let all = place
        .run("glob", json!({"pattern": "*.rs", "all": true}))
        .await;
    assert_eq!(all.output.lines().count(), 3, "{}", all.output);
    let lines = place
        .run("grep", json!({"pattern": "NEEDLE", "ignore_case": true}))
        .await;
    assert_eq!(
        lines.output,
        ".hidden:1: needle here\ndocs/x.md:1: needle here\nkeep.log:1: needle\nsrc/a.rs:1: needle here\n"
    );
    let names = place
        .run(
            "grep",
            json!({"pattern": "needle", "files": "*.md", "names_only": true}),
        )
        .await;
    assert_eq!(names.output, "docs/x.md: 1\n");
    let none = place
        .run("grep", json!({"pattern": "n.edle(", "literal": true}))
        .await;
    assert_eq!(none.output, "Nothing matches n.edle(.");
    let wrong = place.run("grep", json!({"pattern": "("})).await;
    assert!(
        wrong.output.contains("is not an expression"),
        "{}",
        wrong.output
    );
}

#[tokio::test]
async fn lines_around_a_match_are_told_and_a_search_ends_at_its_limit() {
    let place = place().await;
    place.put("a", "1\n2\nx\n4\n5\n6\n7\n8\nx\n");
    let around = place
        .run("grep", json!({"pattern": "x", "path": "a", "context": 1}))
        .await;
    assert_eq!(
        around.output,
        "a-2- 2\na:3: x\na-4- 4\n--\na-8- 8\na:9: x\n"
    );
    let few = place.run("grep", json!({"pattern": "x", "limit": 1})).await;
    assert!(
        few.output.starts_with("a:3: x\n[there may be more"),
        "{}",
        few.output
    );
}
