//! Nothing secret is left in the clear: not in the logs, not in the database, not in a file.

use serde_json::json;

use crate::{
    model_server::ModelServer,
    support::{gateway::KEY, home::Home},
};

#[tokio::test]
async fn no_file_holds_a_token_a_key_or_a_code_in_the_clear() {
    let model = ModelServer::start().await;
    let home = Home::unpaired(&model);
    home.configure("providers.main.max_retries = 0\nobservability.log_level = \"debug\"");
    let gateway = home.start().await;
    let code = gateway.code();
    let paired = gateway
        .anon()
        .ask("POST", "/pair")
        .header("X-Pairing-Code", &code);
    let paired = paired.send().await;
    assert_eq!(paired.status, 200, "{paired:?}");
    let token = paired.json()["token"].as_str().unwrap().to_owned();
    let owner = gateway.holder_of(&token);
    let cookie = owner.ask("POST", "/api/session").send().await;
    let cookie = cookie.header("set-cookie").unwrap().to_owned();
    let cookie = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
    owner.said("s", "say:hello").await;
    for message in ["status:500", "status:401", "malformed"] {
        let failed = owner.chat("s", message).await;
        assert!(!failed.body.contains(KEY), "{failed:?}");
    }
    let by_query = format!("/api/status?token={token}");
    assert_eq!(gateway.anon().get(&by_query).await.status, 200);
    gateway
        .anon()
        .get("/api/status?token=zcl_live_not-a-token")
        .await;
    let more = owner.post("/api/pairing/initiate", json!({})).await;
    let second_code = more.json()["pairing_code"].as_str().unwrap().to_owned();
    let password = "a long enough password";
    let set = home
        .run_with(&["password", "set"], &format!("{password}\n"))
        .await;
    assert_eq!(set.code, Some(0), "{set:?}");
    assert_eq!(gateway.terminate().await, Some(0));

    let mut files = home.files();
    files.push((home.stderr(), std::fs::read(home.stderr()).unwrap()));
    let logged: usize = files
        .iter()
        .filter(|(path, _)| path.extension().is_some_and(|ending| ending == "log"))
        .map(|(_, bytes)| bytes.len())
        .sum();
    assert!(logged > 500, "the logs hold something to look through");
    let bare = |code: &str| code.replace('-', "");
    for secret in [
        token.as_str(),
        cookie.as_str(),
        KEY,
        code.as_str(),
        &bare(&code),
        &second_code,
        &bare(&second_code),
        password,
    ] {
        assert!(secret.len() >= 8, "{secret:?}");
        for (path, bytes) in &files {
            let found = bytes
                .windows(secret.len())
                .any(|part| part == secret.as_bytes());
            assert!(!found, "{secret:?} is in {}", path.display());
        }
    }
}
