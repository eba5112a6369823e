//! Looking through the files.

use super::{Place, place};
use crate::workspace::{FileQuery, FilesError, Hits, WorkspacePath};

fn query(text: &str) -> FileQuery {
    FileQuery {
        text: text.to_owned(),
        regex: false,
        case: false,
        word: false,
        files: None,
        path: WorkspacePath::top(),
        limit: 100,
    }
}

impl Place {
    async fn find(&self, query: FileQuery) -> Hits {
        self.files.search(query).await.unwrap()
    }
}

/// Path, line and column of each.
fn places(hits: &Hits) -> Vec<(String, usize, usize)> {
    let lines = hits.lines.iter();
    lines
        .map(|hit| (hit.path.to_string(), hit.line, hit.column))
        .collect()
}

#[tokio::test]
async fn lines_are_found_with_their_place_and_files_by_name() {
    let place = place().await;
    place.put("daily/todo.md", "# Day\n\nä TODO: fix\n");
    place.put("a.txt", "nothing\ntodo todo\nTodos\n");
    place.put("binary.bin", "todo\0");
    place.put("left-out/x.md", "todo");
    place.put(".gitignore", "left-out\n");
    let hits = place.find(query("todo")).await;
    let all = [("a.txt", 2, 1), ("a.txt", 3, 1), ("daily/todo.md", 3, 3)];
    let all = all.map(|(path, line, column)| (path.to_owned(), line, column));
    assert_eq!(places(&hits), all);
    assert_eq!(hits.lines[0].snippet, "\u{2}todo\u{3} \u{2}todo\u{3}");
    assert_eq!(hits.names[0].as_str(), "daily/todo.md");
    assert!(!hits.cut);
    let exact = FileQuery {
        case: true,
        ..query("TODO")
    };
    assert_eq!(places(&place.find(exact).await), all[2..]);
    let word = FileQuery {
        word: true,
        ..query("todo")
    };
    assert_eq!(place.find(word).await.lines.len(), 2);
    let only = FileQuery {
        files: Some("*.md".to_owned()),
        ..query("todo")
    };
    assert_eq!(places(&place.find(only).await), all[2..]);
    let regex = FileQuery {
        regex: true,
        ..query("^# D.y$")
    };
    assert_eq!(place.find(regex).await.lines[0].line, 1);
    let inside = FileQuery {
        path: place.files.path("a.txt").unwrap(),
        ..query("todo")
    };
    assert_eq!(place.find(inside).await.lines.len(), 2);
}

#[tokio::test]
async fn a_search_is_bounded_and_says_so() {
    let place = place().await;
    place.put("a", &"x\n".repeat(150));
    place.put("b", &"x\n".repeat(150));
    let hits = place.find(query("x")).await;
    assert_eq!((hits.lines.len(), hits.cut), (100, true));
    let more = FileQuery {
        limit: 1000,
        ..query("x")
    };
    let hits = place.find(more).await;
    // A hundred of each file.
    assert_eq!((hits.lines.len(), hits.cut), (200, true));
}

#[tokio::test]
async fn what_is_no_expression_is_said() {
    let place = place().await;
    for (text, files, field) in [
        ("(", None, "q"),
        ("x*", None, "q"),
        ("x", Some("["), "files"),
    ] {
        let bad = FileQuery {
            regex: true,
            files: files.map(str::to_owned),
            ..query(text)
        };
        match place.files.search(bad).await {
            Err(FilesError::Query { field: named, .. }) => assert_eq!(named, field),
            other => panic!("{other:?}"),
        }
    }
}
