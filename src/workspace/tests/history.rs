//! What was before is kept: versions by owner, agent and others, their bounds, conflicts, and the
//! trash.

use serde_json::json;

use super::{Place, place, place_with};
use crate::{
    model::{
        BusEvent, FileActor,
        FileAuthor::{self, Agent, Outside, Owner},
        FileChange,
    },
    telemetry::bus::News,
    workspace::{Condition, Etag, FileContent, FilesError, OnConflict, WorkspaceError},
};

const OWNER: &FileActor = &FileActor::OWNER;

impl Place {
    async fn write(&self, path: &str, text: &str) -> u32 {
        let path = self.files.path(path).unwrap();
        let bytes = text.as_bytes().to_vec();
        let written = self.files.write(&path, bytes, &Condition::Any, OWNER);
        written.await.unwrap().version.unwrap().version
    }

    async fn read(&self, path: &str) -> String {
        let path = self.files.path(path).unwrap();
        match self.files.read(&path).await.unwrap().content {
            FileContent::Text(text) => text.text,
            other => panic!("{other:?}"),
        }
    }

    /// Number, author and change of each version, the newest first.
    async fn history(&self, path: &str) -> Vec<(u32, FileAuthor, FileChange)> {
        let path = self.files.path(path).unwrap();
        let page = self.files.versions(&path, None, 100).await.unwrap();
        let versions = page.versions.into_iter();
        versions
            .map(|one| (one.version, one.actor.author, one.change))
            .collect()
    }

    async fn content(&self, path: &str, version: u32) -> Option<String> {
        let path = self.files.path(path).unwrap();
        let found = self.files.version(&path, version).await.ok()?;
        found.1.map(|text| text.text)
    }
}

#[tokio::test]
async fn owner_agent_and_others_each_leave_versions() {
    let place = place().await;
    assert_eq!(place.write("a.md", "one\n").await, 1);
    let edited = json!({"path": "a.md", "old_text": "one", "new_text": "two"});
    assert!(place.run("file_edit", edited).await.success());
    place.put("a.md", "three\n");
    assert_eq!(place.read("a.md").await, "three\n");
    assert_eq!(place.read("a.md").await, "three\n");
    let written = json!({"path": "a.md", "content": "four\n"});
    assert!(place.run("file_write", written).await.success());
    let path = place.files.path("a.md").unwrap();
    let back = place
        .files
        .restore_version(&path, 1, &Condition::Any, OWNER);
    assert_eq!(back.await.unwrap().version.unwrap().restored_from, Some(1));
    assert_eq!(place.text("a.md"), "one\n");
    assert_eq!(
        place.history("a.md").await,
        [
            (5, Owner, FileChange::Restored),
            (4, Agent, FileChange::Edited),
            (3, Outside, FileChange::Noticed),
            (2, Agent, FileChange::Edited),
            (1, Owner, FileChange::Created),
        ]
    );
    assert_eq!(place.content("a.md", 3).await.unwrap(), "three\n");
    let diff = place.files.compare(&path, 2, Some(4)).await.unwrap();
    assert_eq!((diff.added, diff.removed), (1, 1));
    assert!(diff.diff.contains("-two\n+four\n"), "{}", diff.diff);
    let same = place.files.compare(&path, 1, None).await.unwrap();
    assert_eq!(same.diff, "");
}

#[tokio::test]
async fn what_was_there_before_the_first_write_is_kept() {
    let place = place().await;
    place.put("old.txt", "from before");
    assert_eq!(place.write("old.txt", "new").await, 2);
    assert_eq!(place.content("old.txt", 1).await.unwrap(), "from before");
    // What an edit by others between two writes was is kept as well.
    place.put("old.txt", "by hand");
    assert_eq!(place.write("old.txt", "newer").await, 4);
    assert_eq!(place.content("old.txt", 3).await.unwrap(), "by hand");
    // The same again is no change.
    assert_eq!(place.write("old.txt", "newer").await, 4);
}

#[tokio::test]
async fn versions_are_bounded_in_number_in_size_and_in_all() {
    let place = place_with(|config| {
        config.workspace.max_versions = 3;
        config.workspace.max_versioned_bytes = 100_000;
        config.workspace.max_history_bytes = 60_000;
    })
    .await;
    for number in 1..=5 {
        place.write("a", &number.to_string()).await;
    }
    let numbers = |history: Vec<(u32, FileAuthor, FileChange)>| {
        history.into_iter().map(|one| one.0).collect::<Vec<_>>()
    };
    assert_eq!(numbers(place.history("a").await), [5, 4, 3]);
    assert!(place.content("a", 1).await.is_none());
    // Noise does not pack: each of these takes about 25,000 bytes.
    for _ in 0..4 {
        let noise: [u8; 25_000 / 2] = crate::crypto::random_bytes().unwrap();
        place.write("b", &hex::encode(noise)).await;
    }
    let kept = numbers(place.history("b").await);
    assert!(kept.len() < 4 && kept[0] == 4, "{kept:?}");
    // The newest of each file stays.
    assert_eq!(place.content("a", 5).await.unwrap(), "5");
    let path = place.files.path("large").unwrap();
    let large = vec![b'x'; 100_001];
    let written = place.files.write(&path, large, &Condition::Any, OWNER);
    assert!(written.await.unwrap().version.is_none());
    assert_eq!(place.history("large").await, []);
}

#[tokio::test]
async fn a_write_upon_what_changed_is_refused_with_what_is_there() {
    let place = place().await;
    let path = place.files.path("a.md").unwrap();
    place.write("a.md", "one").await;
    let seen = Condition::Tagged(vec![Etag::of(b"one")]);
    place.put("a.md", "theirs");
    let mine = place.files.write(&path, b"mine".to_vec(), &seen, OWNER);
    match mine.await.unwrap_err() {
        FilesError::Stale(stale) => {
            let now = stale.now.unwrap();
            assert_eq!(now.etag, Some(Etag::of(b"theirs")));
            assert!(matches!(now.content, FileContent::Text(text) if text.text == "theirs"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(place.text("a.md"), "theirs");
    let new = place
        .files
        .write(&path, b"mine".to_vec(), &Condition::Absent, OWNER);
    assert!(matches!(new.await, Err(FilesError::Stale(_))));
    let gone = place.files.path("gone").unwrap();
    let gone = place.files.write(&gone, b"mine".to_vec(), &seen, OWNER);
    assert!(matches!(gone.await, Err(FilesError::Stale(stale)) if stale.now.is_none()));
}

#[tokio::test]
async fn the_mark_of_an_encoding_stays_and_uploads_keep_both_when_asked() {
    let place = place().await;
    place.put("bom.txt", "\u{feff}a\r\n");
    let path = place.files.path("bom.txt").unwrap();
    assert_eq!(place.read("bom.txt").await, "a\r\n");
    let text = "b\r\n".to_owned();
    let written = place.files.write_text(&path, text, &Condition::Any, OWNER);
    written.await.unwrap();
    assert_eq!(place.text("bom.txt"), "\u{feff}b\r\n");
    let up = |conflict| place.files.upload(&path, b"x".to_vec(), conflict, OWNER);
    assert!(matches!(
        up(OnConflict::Fail).await,
        Err(FilesError::Workspace(WorkspaceError::Exists(_)))
    ));
    let second = up(OnConflict::Rename).await.unwrap();
    assert_eq!(second.path.as_str(), "bom (2).txt");
    assert!(!up(OnConflict::Replace).await.unwrap().is_new);
    assert_eq!(place.text("bom.txt"), "x");
}

#[tokio::test]
async fn what_is_moved_or_deleted_keeps_its_versions() {
    let place = place().await;
    place.write("notes/a.md", "one").await;
    place.write("notes/a.md", "two").await;
    place.write("notes-b.md", "other").await;
    let path = |text| place.files.path(text).unwrap();
    let (from, to) = (path("notes"), path("daily/notes"));
    place.files.put(&from, &to, OWNER).await.unwrap();
    assert_eq!(place.content("daily/notes/a.md", 1).await.unwrap(), "one");
    assert_eq!(place.history("notes/a.md").await, []);
    assert_eq!(place.history("notes-b.md").await.len(), 1);
    let inside = place
        .files
        .put(&path("daily"), &path("daily/x"), OWNER)
        .await;
    assert!(matches!(
        inside,
        Err(FilesError::Workspace(WorkspaceError::Path { .. }))
    ));
    let over = place
        .files
        .put(&path("notes-b.md"), &path("daily"), OWNER)
        .await;
    assert!(matches!(
        over,
        Err(FilesError::Workspace(WorkspaceError::Exists(_)))
    ));

    let any = Condition::Any;
    let gone = place
        .files
        .delete(&path("daily"), &any, OWNER)
        .await
        .unwrap();
    assert_eq!((gone.is_folder, gone.files, gone.size), (true, 1, 3));
    assert!(!place.root().join("daily").exists());
    assert_eq!(place.history("daily/notes/a.md").await, []);
    let trash = place.files.trash(None, 10).await.unwrap();
    assert_eq!(trash.items[0].path, "daily");
    // Its place is taken meanwhile: it goes where it is told to.
    place.write("daily/new.md", "new").await;
    let back = place.files.restore(gone.id, None, OWNER).await;
    assert!(matches!(
        back,
        Err(FilesError::Workspace(WorkspaceError::Exists(_)))
    ));
    let to = Some(path("back"));
    place.files.restore(gone.id, to, OWNER).await.unwrap();
    assert_eq!(place.text("back/notes/a.md"), "two");
    assert_eq!(place.content("back/notes/a.md", 1).await.unwrap(), "one");
    let again = place.files.restore(gone.id, None, OWNER).await;
    assert!(matches!(again, Err(FilesError::NoTrash)));
}

#[tokio::test]
async fn the_trash_is_emptied_by_hand_and_by_time() {
    let place = place().await;
    let delete = async |name: &str| {
        place.write(name, name).await;
        let path = place.files.path(name).unwrap();
        place
            .files
            .delete(&path, &Condition::Any, OWNER)
            .await
            .unwrap()
    };
    let lying = || {
        std::fs::read_dir(place.folder.path().join("trash"))
            .unwrap()
            .count()
    };
    let first = delete("a").await;
    place.clock.advance(29 * 86_400);
    delete("b").await;
    delete("c").await;
    place.files.tidy().await.unwrap();
    assert_eq!(lying(), 3);
    place.clock.advance(86_401);
    place.files.tidy().await.unwrap();
    assert_eq!(lying(), 2);
    assert!(matches!(
        place.files.purge(first.id, OWNER).await,
        Err(FilesError::NoTrash)
    ));
    assert_eq!(place.files.empty_trash(OWNER).await.unwrap(), 2);
    assert_eq!(lying(), 0);
    assert!(place.files.trash(None, 10).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn every_change_is_told() {
    let place = place().await;
    let mut news = place.bus.subscribe(None);
    let written = json!({"path": "a.md", "content": "hello"});
    assert!(place.run("file_write", written).await.success());
    place.write("a.md", "mine").await;
    let path = |text| place.files.path(text).unwrap();
    let (from, to) = (path("a.md"), path("b.md"));
    place.files.put(&from, &to, OWNER).await.unwrap();
    let deleted = place.files.delete(&to, &Condition::Any, OWNER);
    deleted.await.unwrap();
    let mut told = Vec::new();
    while told.len() < 4 {
        for item in news.next_batch(16).await {
            let News::Event(frame) = item else { continue };
            match serde_json::from_slice(&frame.json).unwrap() {
                BusEvent::WorkspaceChanged(change) => {
                    assert_eq!(change.turn_id.is_some(), change.by == Agent);
                    told.push((change.path, change.from, change.change, change.by));
                }
                other => panic!("{other:?}"),
            }
        }
    }
    let a = || "a.md".to_owned();
    let b = || "b.md".to_owned();
    assert_eq!(
        told,
        [
            (a(), None, FileChange::Created, Agent),
            (a(), None, FileChange::Edited, Owner),
            (b(), Some(a()), FileChange::Moved, Owner),
            (b(), None, FileChange::Deleted, Owner),
        ]
    );
}

#[tokio::test]
async fn a_folder_lists_folders_first_and_tags_that_hold() {
    let place = place().await;
    place.put("b.md", "b");
    place.put("A.md", "a");
    place.put("z/inner.md", "z");
    place.put(".clawgate-0.tmp", "half");
    let top = place.files.path("").unwrap();
    let listing = place.files.list(&top, 0, 2).await.unwrap();
    let names = |listing: &crate::workspace::Listing| {
        let entries = listing.entries.iter();
        entries.map(|one| one.path.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(&listing), ["z", "A.md"]);
    assert_eq!((listing.total, listing.next), (3, Some(2)));
    assert_eq!(listing.entries[1].etag, Some(Etag::of(b"a")));
    let rest = place.files.list(&top, 2, 2).await.unwrap();
    assert_eq!((names(&rest), rest.next), (vec!["b.md".to_owned()], None));
    place.put("A.md", "longer");
    let listing = place.files.list(&top, 0, 9).await.unwrap();
    assert_eq!(listing.entries[1].etag, Some(Etag::of(b"longer")));
}

#[tokio::test]
async fn names_that_nobody_can_use_are_not_given() {
    let place = place().await;
    for name in [
        "a\nb",
        "\u{1b}x",
        " a",
        "a ",
        "x/ y",
        "a\\b",
        ".clawgate-1.tmp",
    ] {
        let path = place.files.path(name).unwrap();
        let is_name = |error| matches!(error, FilesError::Workspace(WorkspaceError::Name { .. }));
        let written = place.files.write(&path, Vec::new(), &Condition::Any, OWNER);
        assert!(is_name(written.await.unwrap_err()), "{name:?}");
        let made = place.files.make_folder(&path, OWNER).await;
        assert!(is_name(made.unwrap_err()), "{name:?}");
    }
}
