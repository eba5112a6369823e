//! The commands beside a running gateway and without one, as a process.

use serde_json::{Value, json};

use crate::{
    model_server::ModelServer,
    support::{gateway::TOKEN, home::Home, process::code_in, until},
};

async fn scene() -> (ModelServer, Home) {
    let model = ModelServer::start().await;
    let home = Home::unpaired(&model);
    (model, home)
}

async fn pair(gateway: &crate::support::process::GatewayProcess, code: &str, name: &str) -> Value {
    let ask = gateway.anon().ask("POST", "/pair");
    let answer = ask
        .header("X-Pairing-Code", code)
        .json(&json!({"device_name": name, "device_type": "server"}))
        .send()
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

#[tokio::test]
async fn a_first_start_shows_a_code_that_works_once() {
    let (_model, home) = scene().await;
    let gateway = home.start().await;
    for words in [
        &gateway.url(),
        "PAIRING REQUIRED",
        "Works once, for 15 minutes",
        "POST /webhook",
        "test-model",
    ] {
        assert!(
            gateway.banner.contains(words),
            "{words}: {}",
            gateway.banner
        );
    }
    let code = gateway.code();
    let device = pair(&gateway, &code, "Laptop").await;
    let token = device["token"].as_str().unwrap();
    assert!(token.starts_with("zcl_live_"));
    assert_eq!(gateway.holder_of(token).said("s", "say:in").await, "in");
    let again = gateway
        .anon()
        .ask("POST", "/pair")
        .header("X-Pairing-Code", &code);
    again.send().await.assert_error(403, "FORBIDDEN");

    // The next start has nothing to show, and the token still works.
    assert_eq!(gateway.terminate().await, Some(0));
    let gateway = home.start().await;
    assert!(
        gateway.banner.contains("1 device is paired"),
        "{}",
        gateway.banner
    );
    assert_eq!(
        gateway.holder_of(token).said("s", "say:still").await,
        "still"
    );
}

#[tokio::test]
async fn a_code_from_the_command_line_works_beside_a_running_gateway() {
    let (_model, home) = scene().await;
    let gateway = home.start().await;
    let said = home
        .run(&["pair", "--scope", "read", "--name", "Wall"])
        .await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains(&gateway.url()), "{said:?}");
    let device = pair(&gateway, &code_in(&said.out), "Screen").await;
    let reader = gateway.holder_of(device["token"].as_str().unwrap());
    assert_eq!(reader.get("/api/sessions").await.status, 200);
    reader
        .chat("s", "say:x")
        .await
        .assert_error(403, "FORBIDDEN");
    drop(gateway);
    let alone = home.run(&["pair"]).await;
    assert_eq!(alone.code, Some(0));
    assert!(alone.err.contains("No gateway runs"), "{alone:?}");
    let gateway = home.start().await;
    pair(&gateway, &code_in(&alone.out), "Later").await;
}

#[tokio::test]
async fn devices_are_listed_and_revoked_beside_a_running_gateway() {
    let (_model, home) = scene().await;
    let none = home.run(&["token", "list"]).await;
    assert!(none.out.starts_with("no device is paired"), "{none:?}");
    let gateway = home.start().await;
    let device = pair(&gateway, &gateway.code(), "Phone").await;
    let phone = gateway.holder_of(device["token"].as_str().unwrap());
    let mut socket = phone.socket().await;
    socket.until("session_start").await;
    let listed = home.run(&["token", "list"]).await;
    assert!(
        listed.out.contains("Phone") && listed.out.contains("[admin]"),
        "{listed:?}"
    );
    let json = home.run(&["token", "list", "--json"]).await;
    let json: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json[0]["id"], device["device_id"]);
    assert_eq!(json[0]["device_type"], "server");
    let unknown = home.run(&["token", "revoke", "Tablet"]).await;
    assert_eq!(unknown.code, Some(2));
    let revoked = home.run(&["token", "revoke", "Phone"]).await;
    assert_eq!(revoked.code, Some(0), "{revoked:?}");
    assert_eq!(socket.close_code().await, Some(4401));
    phone
        .get("/api/status")
        .await
        .assert_error(401, "UNAUTHORIZED");
    let all = home.run(&["token", "revoke", "--all"]).await;
    assert_eq!(all.out, "0 revoked\n");
}

#[tokio::test]
async fn starting_over_revokes_every_token() {
    let model = ModelServer::start().await;
    let home = Home::unpaired(&model);
    let gateway = home.start().await;
    let device = pair(&gateway, &gateway.code(), "Old").await;
    drop(gateway);
    let gateway = home.start_with(&["--new-pairing"]).await;
    let old = gateway.holder_of(device["token"].as_str().unwrap());
    old.get("/api/status")
        .await
        .assert_error(401, "UNAUTHORIZED");
    pair(&gateway, &gateway.code(), "New").await;
}

#[tokio::test]
async fn a_password_is_set_used_and_removed() {
    let (_model, home) = scene().await;
    let gateway = home.start().await;
    let login = async |password: &str| {
        let body = json!({"password": password});
        gateway.anon().post("/api/session", body).await
    };
    let short = home.run_with(&["password", "set"], "x\n").await;
    assert_eq!(short.code, Some(2), "{short:?}");
    let set = home
        .run_with(&["password", "set"], "correct horse battery\n")
        .await;
    assert_eq!(
        (set.code, set.out.as_str()),
        (Some(0), "the password is set\n")
    );
    let wrong = login("wrong horse battery").await;
    wrong.assert_error(403, "FORBIDDEN");
    let right = login("correct horse battery").await;
    assert_eq!(right.status, 200, "{right:?}");
    let cookie = right.header("set-cookie").unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
    let value = cookie.split(['=', ';']).nth(1).unwrap();
    let with_cookie = || {
        gateway
            .anon()
            .ask("GET", "/api/status")
            .cookie(value)
            .send()
    };
    assert_eq!(with_cookie().await.status, 200);
    let cleared = home.run(&["password", "clear"]).await;
    assert_eq!(cleared.code, Some(0), "{cleared:?}");
    until("the cookie to stop working", async || {
        (with_cookie().await.status == 401).then_some(())
    })
    .await;
    let gone = login("correct horse battery").await;
    gone.assert_error(403, "FORBIDDEN");
}

#[tokio::test]
async fn a_second_gateway_on_the_same_folder_is_told_who_is_there() {
    let (_model, home) = scene().await;
    let gateway = home.start().await;
    let second = home.run(&["-p", "0"]).await;
    assert_eq!(second.code, Some(1), "{second:?}");
    assert!(
        second.err.contains(&format!("pid {}", gateway.pid())),
        "{second:?}"
    );
    assert!(second.err.contains(&gateway.url()), "{second:?}");
    // A killed gateway leaves nothing behind that would keep the next one out.
    gateway.kill_9().await;
    home.start().await;
}

#[tokio::test]
async fn a_port_in_use_is_no_reason_to_change_anything() {
    let (_model, home) = scene().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let hash = hex::encode(clawgate::security::hash_token(TOKEN));
    home.configure(&format!("gateway.paired_tokens = [\"{hash}\"]"));
    home.start().await;
    let refused = home.run(&["-p", &port, "--new-pairing"]).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.err.contains(&port), "{refused:?}");
    assert!(home.run(&["token", "list"]).await.out.contains("Imported"));
}

#[tokio::test]
async fn a_public_address_and_a_bad_value_are_configuration_errors() {
    let (_model, home) = scene().await;
    let public = home.run(&["--host", "0.0.0.0", "-p", "0"]).await;
    assert_eq!(public.code, Some(2), "{public:?}");
    for fix in [
        "--host 127.0.0.1",
        "tunnel.provider",
        "allow_public_bind = true",
    ] {
        assert!(public.err.contains(fix), "{public:?}");
    }
    let home = Home::empty();
    home.configure("[agent]\ntemperature = 0.5\n\n[gateway]\nport = \"many\"\nhots = \"x\"");
    let bad = home.run(&[]).await;
    assert_eq!(bad.code, Some(2), "{bad:?}");
    assert!(
        bad.err.contains("config.toml:5") && bad.err.contains("expected"),
        "{bad:?}"
    );
}

#[tokio::test]
async fn the_committed_documents_are_what_the_program_says() {
    let home = Home::empty();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for (words, file) in [
        (vec!["openapi"], "openapi/clawgate.yaml"),
        (vec!["openapi", "--events"], "openapi/events.yaml"),
    ] {
        let said = home.run(&words).await;
        assert_eq!(said.code, Some(0), "{said:?}");
        let committed = std::fs::read_to_string(root.join(file)).unwrap();
        assert!(
            said.out == committed,
            "{file} has drifted: write it anew with \"clawgate {}\"",
            words.join(" ")
        );
    }
}

#[tokio::test]
async fn the_words_of_the_command_line_are_told() {
    let home = Home::empty();
    let help = home.run(&["--help"]).await;
    assert_eq!(help.code, Some(0));
    for command in [
        "gateway", "chat", "pair", "token", "password", "config", "openapi",
    ] {
        assert!(help.out.contains(command), "{}", help.out);
    }
    let version = home.run(&["--version"]).await;
    assert_eq!(
        version.out.trim(),
        concat!("clawgate ", env!("CARGO_PKG_VERSION"))
    );
    for shell in ["bash", "zsh", "fish"] {
        let script = home.run(&["completions", shell]).await;
        assert!(script.out.contains("openapi"), "{shell}");
    }
}
