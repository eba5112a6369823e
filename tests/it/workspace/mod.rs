//! `/api/workspace`: files, conflicts, versions, the trash, searching; the same files in
//! IronClaw's words; and the walls, tried through the routes.

mod others;

use serde_json::{Value, json};

use crate::support::{actor::Actor, client::Answer, gateway::Gateway};

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn at(route: &str, path: &str) -> String {
    format!("/api/workspace/{route}?path={}", encoded(path))
}

async fn put(owner: &Actor, path: &str, text: &str) -> Answer {
    let ask = owner.ask("PUT", &at("file", path));
    ask.json(&json!({"content": text})).send().await
}

async fn delete(owner: &Actor, path: &str) -> Answer {
    owner.ask("DELETE", &at("file", path)).send().await
}

async fn text(owner: &Actor, path: &str) -> String {
    let file = owner.get(&at("file", path)).await;
    assert_eq!(file.status, 200, "{file:?}");
    file.json()["content"].as_str().unwrap().to_owned()
}

async fn names(owner: &Actor, path: &str) -> Vec<String> {
    let listing = owner.get(&at("tree", path)).await.json();
    let entries = listing["entries"].as_array().unwrap().iter();
    entries
        .map(|entry| entry["name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_file_is_written_read_listed_and_its_versions_come_back() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let made = put(&owner, "notes/day.md", "one\n").await;
    assert_eq!(made.status, 201, "{made:?}");
    let etag = made.json()["etag"].as_str().unwrap().to_owned();
    assert_eq!(made.header("etag").unwrap(), format!("\"{etag}\""));
    let file = owner.get(&at("file", "notes/day.md")).await.json();
    assert_eq!(file["content"], "one\n");
    assert_eq!(file["etag"], etag.as_str());
    assert_eq!(
        (&file["kind"], &file["version"]),
        (&json!("text"), &json!(1))
    );
    assert_eq!(put(&owner, "notes/day.md", "two\n").await.status, 200);
    let listing = owner.get(&at("tree", "")).await.json();
    assert_eq!(listing["entries"][0]["kind"], "folder");
    let inside = owner.get(&at("tree", "notes")).await.json();
    assert_eq!(inside["entries"][0]["path"], "notes/day.md");
    assert_eq!(inside["entries"][0]["size"], 4);
    let history = owner.get(&at("history", "notes/day.md")).await.json();
    assert_eq!(history["versions"][0]["version"], 2);
    assert_eq!(history["versions"][1]["change"], "created");
    let version = at("version", "notes/day.md") + "&version=";
    let first = owner.get(&format!("{version}1")).await;
    assert_eq!(first.json()["content"], "one\n");
    let diff = owner
        .get(&(at("diff", "notes/day.md") + "&from=1"))
        .await
        .json();
    assert_eq!((&diff["added"], &diff["removed"]), (&json!(1), &json!(1)));
    let back = json!({"path": "notes/day.md", "version": 1});
    let back = owner.post("/api/workspace/restore", back).await.json();
    assert_eq!((&back["version"], &back["etag"]), (&json!(3), &json!(etag)));
    assert_eq!(text(&owner, "notes/day.md").await, "one\n");
    let page = owner
        .get(&(at("history", "notes/day.md") + "&limit=2"))
        .await
        .json();
    let cursor = page["next_cursor"].as_str().unwrap();
    let older = format!("{}&cursor={cursor}", at("history", "notes/day.md"));
    let rest = owner.get(&older).await.json();
    assert_eq!(rest["versions"].as_array().unwrap().len(), 1);
    let none = owner.get(&format!("{version}77")).await;
    none.assert_error(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_change_made_elsewhere_is_never_overwritten() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let seen = put(&owner, "a.md", "one").await.json()["etag"].clone();
    let agents = json!({"args": {"path": "a.md", "content": "the agent's"}, "approve": true});
    let ran = owner.post("/api/tools/file_write/run", agents).await;
    assert_eq!(ran.json()["success"], true);
    let mine = |header: &str, value: &str| {
        let ask = owner.ask("PUT", &at("file", "a.md")).header(header, value);
        ask.json(&json!({"content": "mine"})).send()
    };
    let quoted = format!("\"{}\"", seen.as_str().unwrap());
    let refused = mine("If-Match", &quoted).await;
    let details = refused.assert_error(412, "PRECONDITION_FAILED")["details"].clone();
    assert_eq!(details["content"], "the agent's");
    let theirs = details["etag"].as_str().unwrap();
    let new = mine("If-None-Match", "*").await;
    new.assert_error(412, "PRECONDITION_FAILED");
    let bad = mine("If-Match", "nonsense").await;
    bad.assert_error(400, "INVALID_REQUEST");
    let gone = owner.ask("DELETE", &at("file", "a.md"));
    let gone = gone.header("If-Match", &quoted).send().await;
    gone.assert_error(412, "PRECONDITION_FAILED");
    assert_eq!(text(&owner, "a.md").await, "the agent's");
    assert_eq!(mine("If-Match", theirs).await.status, 200);
    let history = owner.get(&at("history", "a.md")).await.json();
    let authors: Vec<&Value> = (0..3)
        .map(|at| &history["versions"][at]["author"])
        .collect();
    assert_eq!(authors, ["owner", "agent", "owner"]);
    assert!(history["versions"][1]["turn_id"].is_string());
}

#[tokio::test]
async fn what_is_deleted_waits_in_the_trash_and_moves_are_told() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let mut news = owner.events("/api/events?types=workspace_changed").await;
    put(&owner, "a.md", "one").await;
    let moved = json!({"from": "a.md", "to": "sub/b.md"});
    let moved = owner.post("/api/workspace/move", moved).await;
    assert_eq!(moved.json()["path"], "sub/b.md", "{moved:?}");
    let folder = json!({"path": "empty"});
    assert_eq!(
        owner
            .post("/api/workspace/folder", folder.clone())
            .await
            .status,
        201
    );
    let again = owner.post("/api/workspace/folder", folder).await;
    again.assert_error(409, "CONFLICT");
    let onto = json!({"from": "empty", "to": "sub"});
    let onto = owner.post("/api/workspace/move", onto).await;
    onto.assert_error(409, "CONFLICT");
    let gone = delete(&owner, "sub").await.json();
    assert_eq!(
        (&gone["kind"], &gone["files"]),
        (&json!("folder"), &json!(1))
    );
    assert_eq!(names(&owner, "").await, ["empty"]);
    let trash = owner.get("/api/workspace/trash").await.json();
    assert_eq!(trash["items"][0]["path"], "sub");
    let id = trash["items"][0]["id"].as_str().unwrap().to_owned();
    let restore = format!("/api/workspace/trash/{id}/restore");
    assert_eq!(owner.post(&restore, json!({})).await.json()["path"], "sub");
    assert_eq!(text(&owner, "sub/b.md").await, "one");
    let twice = owner.post(&restore, json!({})).await;
    twice.assert_error(404, "NOT_FOUND");
    for name in ["sub", "empty"] {
        delete(&owner, name).await;
    }
    let items = owner.get("/api/workspace/trash").await.json();
    let id = items["items"][0]["id"].as_str().unwrap();
    let purged = owner.ask("DELETE", &format!("/api/workspace/trash/{id}"));
    assert_eq!(purged.send().await.status, 204);
    let emptied = owner.ask("DELETE", "/api/workspace/trash").send().await;
    assert_eq!(emptied.json()["removed"], 1);
    let mut seen = Vec::new();
    while seen.len() < 5 {
        let event = news.next().await.unwrap().json();
        assert_eq!(event["by"], "owner");
        seen.push(format!(
            "{} {}",
            event["change"].as_str().unwrap(),
            event["path"].as_str().unwrap()
        ));
    }
    let expected = [
        "created a.md",
        "moved sub/b.md",
        "created empty",
        "deleted sub",
        "restored sub",
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn files_are_taken_in_and_handed_out_byte_for_byte() {
    let gateway = Gateway::with(|config, _| config.workspace.max_upload_bytes = 300_000).await;
    let owner = gateway.paired();
    let bytes: Vec<u8> = (0..200_000_u32).map(|at| (at % 127) as u8).collect();
    let up = |query: &str| {
        let path = format!("{}{query}", at("upload", "in/data.bin"));
        owner.ask("POST", &path).body(&bytes).send()
    };
    assert_eq!(up("").await.status, 201);
    up("").await.assert_error(409, "CONFLICT");
    assert_eq!(up("&on_conflict=replace").await.status, 200);
    let second = up("&on_conflict=rename").await;
    assert_eq!(second.json()["path"], "in/data (2).bin");
    let file = owner.get(&at("file", "in/data.bin")).await.json();
    assert_eq!(
        (&file["kind"], &file["content"]),
        (&json!("binary"), &json!(null))
    );
    let down = owner.get(&at("download", "in/data.bin")).await;
    assert_eq!(down.header("content-length"), Some("200000"));
    assert_eq!(down.body.as_bytes(), bytes);
    let place = down.header("content-disposition").unwrap();
    assert!(
        place.starts_with("attachment; filename=\"data.bin\""),
        "{place}"
    );
    let page = owner
        .ask("POST", &at("upload", "x.html"))
        .body(b"<script>alert(1)</script>");
    page.send().await;
    let shown = owner
        .get(&(at("download", "x.html") + "&inline=true"))
        .await;
    assert!(
        shown
            .header("content-disposition")
            .unwrap()
            .starts_with("attachment")
    );
    assert!(
        shown
            .header("content-security-policy")
            .unwrap()
            .contains("sandbox")
    );
    let large = owner
        .ask("POST", &at("upload", "large"))
        .body(&vec![0; 300_001]);
    large.send().await.assert_error(413, "PAYLOAD_TOO_LARGE");
    assert_eq!(names(&owner, "").await, ["in", "x.html"]);
}

#[tokio::test]
async fn lines_are_found_and_the_files_speak_ironclaw() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let note = json!({"path": "daily/2026-03-03.md", "content": "# Day\n\nTODO: Fix it\n"});
    let written = owner.post("/api/memory/write", note).await.json();
    assert_eq!(
        written,
        json!({"path": "daily/2026-03-03.md", "status": "written"})
    );
    let more = json!({"path": "daily/2026-03-03.md", "content": "later", "append": true});
    owner.post("/api/memory/write", more).await;
    let list = owner.get("/api/memory/list?path=daily").await.json();
    assert_eq!(list["files"][0]["name"], "2026-03-03.md");
    assert_eq!(list["files"][0]["path"], "daily/2026-03-03.md");
    assert_eq!(list["files"][0]["size"], 25);
    assert!(
        list["files"][0]["modified"]
            .as_str()
            .unwrap()
            .ends_with('Z')
    );
    let top = owner.get("/api/memory/list").await.json();
    assert_eq!(top["directories"], json!(["daily"]));
    let read = owner
        .get("/api/memory/read?path=daily/2026-03-03.md")
        .await
        .json();
    assert_eq!(read["content"], "# Day\n\nTODO: Fix it\nlater");
    let found = owner.get("/api/memory/search?query=TODO").await.json();
    let hit = json!({"path": "daily/2026-03-03.md", "line": 3, "snippet": "TODO: Fix it"});
    assert_eq!(found["results"], json!([hit]));
    let tree = owner.get("/api/memory/tree").await.json();
    assert_eq!(tree["entries"][0], json!({"path": "daily", "is_dir": true}));
    let search = owner
        .get("/api/workspace/search?q=fix&case=false")
        .await
        .json();
    assert_eq!(search["results"][0]["column"], 7);
    assert_eq!(search["results"][0]["snippet"], "TODO: \u{2}Fix\u{3} it");
    let bad = owner.get("/api/workspace/search?q=(&regex=true").await;
    assert_eq!(
        bad.assert_error(400, "INVALID_REQUEST")["details"]["field"],
        "q"
    );
    owner
        .get("/api/workspace/search?q=")
        .await
        .assert_error(400, "INVALID_REQUEST");
    let missing = owner.get("/api/memory/read?path=nothing").await;
    missing.assert_error(404, "NOT_FOUND");
}

#[cfg(unix)]
#[tokio::test]
async fn no_route_leads_out_of_the_workspace() {
    let gateway = Gateway::in_process().await;
    let owner = gateway.paired();
    let home = gateway.app.data_dir.clone();
    let root = home.join("workspace");
    std::fs::write(home.join("beside.txt"), "beside").unwrap();
    std::os::unix::fs::symlink(home.join("beside.txt"), root.join("link.txt")).unwrap();
    std::os::unix::fs::symlink(&home, root.join("out")).unwrap();
    put(&owner, "inside.txt", "inside").await;
    let long = "a".repeat(300);
    let absolute = home.join("beside.txt").to_str().unwrap().to_owned();
    for path in [
        "../beside.txt",
        "a/../../beside.txt",
        "out/beside.txt",
        "out",
        "link.txt",
        absolute.as_str(),
        "/etc/passwd",
        "~/x",
        "nul\0.txt",
        long.as_str(),
        "/proc/self/environ",
    ] {
        let move_in = json!({"from": path, "to": "got.txt"});
        let move_out = json!({"from": "inside.txt", "to": format!("{path}/x")});
        let folder = json!({"path": format!("{path}/x")});
        let upload = owner.ask("POST", &at("upload", path)).body(b"over").send();
        let write = json!({"path": path, "content": "over"});
        let reading = [
            owner.get(&at("file", path)).await,
            owner.get(&at("download", path)).await,
            owner.get(&at("tree", path)).await,
            owner
                .get(&format!("/api/memory/read?path={}", encoded(path)))
                .await,
            owner
                .get(&format!(
                    "/api/workspace/search?q=beside&path={}",
                    encoded(path)
                ))
                .await,
        ];
        let writing = [
            put(&owner, path, "over").await,
            upload.await,
            owner.post("/api/workspace/move", move_out).await,
            owner.post("/api/workspace/folder", folder).await,
            owner.post("/api/memory/write", write).await,
        ];
        for answer in reading.iter().chain(&writing) {
            assert!((400..500).contains(&answer.status), "{path:?} {answer:?}");
            let home = home.to_str().unwrap();
            let says_home = answer.body.contains(home) && !path.starts_with(home);
            assert!(!says_home, "{path:?} {answer:?}");
        }
        // A link may be moved and deleted as the link that it is; never what it leads to.
        owner.post("/api/workspace/move", move_in).await;
        let back = json!({"from": "got.txt", "to": path});
        owner.post("/api/workspace/move", back).await;
        delete(&owner, path).await;
        let beside = std::fs::read_to_string(home.join("beside.txt")).unwrap();
        assert_eq!(beside, "beside", "{path:?}");
    }
    assert_eq!(text(&owner, "inside.txt").await, "inside");
    assert!(!home.join("x").exists());
    for (path, status) in [("inside.txt\n", 400), (".clawgate-0.tmp", 400), ("", 400)] {
        assert_eq!(put(&owner, path, "x").await.status, status, "{path:?}");
    }
    let top = delete(&owner, "").await;
    top.assert_error(400, "INVALID_REQUEST");
}
