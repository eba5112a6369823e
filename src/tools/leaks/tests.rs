//! Many keys, and much that is none.

use std::time::Instant;

use proptest::prelude::*;
use secrecy::SecretString;

use super::*;
use crate::config::{ProviderConfig, ProviderKind};

fn leaks() -> (tempfile::TempDir, Leaks) {
    let folder = tempfile::tempdir().unwrap();
    let key_file = folder.path().join("secret.key");
    std::fs::write(&key_file, format!("{}\n", "5f".repeat(32))).unwrap();
    let mut config = Config::default();
    let mut provider = ProviderConfig::of_kind(ProviderKind::OpenAi);
    provider.api_key = Some(SecretString::from(
        "my own/secret+with \"signs\"".to_owned(),
    ));
    config.providers.insert("main".into(), provider);
    config.channels.webhook.secret = Some(SecretString::from("short".to_owned()));
    (folder, Leaks::new(ConfigHandle::new(config), key_file))
}

fn letters(count: usize) -> String {
    "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA"
        .chars()
        .cycle()
        .take(count)
        .collect()
}

fn digits(count: usize) -> String {
    "9f86d081884c7d659a2feaa0c55ad015"
        .chars()
        .cycle()
        .take(count)
        .collect()
}

#[test]
fn keys_of_many_makers_are_masked() {
    let (_folder, leaks) = leaks();
    let keys = [
        format!("zcl_live_{}", letters(43)),
        format!("enc:v1:{}", letters(60)),
        "AKIAIOSFODNN7EXAMPLE".to_owned(),
        format!("ghp_{}", letters(36)),
        format!("github_pat_{}_{}", letters(22), letters(59)),
        format!("glpat-{}", letters(20)),
        format!("sk-ant-api03-{}", letters(93)),
        format!("sk-or-v1-{}", digits(64)),
        format!("sk-proj-{}", letters(80)),
        format!("sk-{}", letters(48)),
        format!("AIza{}", letters(35)),
        format!("ya29.{}", letters(60)),
        format!("GOCSPX-{}", letters(28)),
        format!("xoxb-{}-{}", "123456789012", letters(24)),
        format!("xapp-1-A0{}", letters(40)),
        format!("M{}.GabcdE.{}", letters(25), letters(38)),
        format!("123456789:AA{}", letters(33)),
        format!("sk_live_{}", letters(24)),
        format!("whsec_{}", letters(32)),
        format!("SK{}", digits(32)),
        format!("SG.{}.{}", letters(22), letters(43)),
        format!("key-{}", digits(32)),
        format!("npm_{}", letters(36)),
        format!("pypi-AgEIcHlwaS5vcmc{}", letters(80)),
        format!("cio{}", letters(32)),
        format!("rubygems_{}", digits(48)),
        format!("dckr_pat_{}", letters(27)),
        format!("hf_{}", letters(34)),
        format!("gsk_{}", letters(52)),
        format!("xai-{}", letters(80)),
        format!("pplx-{}", letters(48)),
        format!("r8_{}", letters(37)),
        format!("dop_v1_{}", digits(64)),
        format!("lin_api_{}", letters(40)),
        format!("shpat_{}", digits(32)),
        format!("dapi{}", digits(32)),
        format!("dp.pt.{}", letters(43)),
        format!("hvs.{}", letters(90)),
        format!("tskey-auth-{}-{}", letters(12), letters(32)),
        format!("glsa_{}_{}", letters(32), digits(8)),
        format!("sbp_{}", digits(40)),
        format!("AGE-SECRET-KEY-1{}", letters(58).to_uppercase()),
        format!("eyJ{}.eyJ{}.{}", letters(30), letters(60), letters(43)),
    ];
    for key in keys {
        for text in [
            key.clone(),
            format!("found {key}, there"),
            format!("{{\"a\":\"{key}\"}}"),
            format!("X={key}\nY=1"),
        ] {
            let clean = leaks.mask(&text);
            assert!(!clean.text.contains(&key), "{text}: {}", clean.text);
            assert_eq!(clean.count, 1, "{text}: {}", clean.text);
        }
    }
}

#[test]
fn the_secret_part_goes_and_the_rest_stays() {
    let (_folder, leaks) = leaks();
    let random = "tG7xQ2mZ9pL4vR8k";
    let aws = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzKEY";
    for (text, clean) in [
        (
            "postgres://me:hunter2@db.local/x".to_owned(),
            "postgres://me:[masked: a password in an address]@db.local/x".to_owned(),
        ),
        (
            format!("Authorization: Bearer {random}{random}"),
            "Authorization: Bearer [masked: a bearer token]".to_owned(),
        ),
        (
            format!("aws_secret_access_key = {aws}\nregion = eu"),
            "aws_secret_access_key = [masked: an AWS secret key]\nregion = eu".to_owned(),
        ),
        (
            format!("DB_PASSWORD={random}\nDB_HOST=db1"),
            "DB_PASSWORD=[masked: a secret]\nDB_HOST=db1".to_owned(),
        ),
        (
            format!("  \"client_secret\": \"{random}\","),
            "  \"client_secret\": \"[masked: a secret]\",".to_owned(),
        ),
        (
            "a\n-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1r\nZXktdjE=\n-----END OPENSSH PRIVATE KEY-----\nz".to_owned(),
            "a\n[masked: a private key]\nz".to_owned(),
        ),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA".to_owned(),
            "[masked: a private key]".to_owned(),
        ),
    ] {
        assert_eq!(leaks.mask(&text).text, clean);
    }
}

#[test]
fn the_gateways_own_secrets_are_known_in_all_spellings() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let (_folder, leaks) = leaks();
    let secret = "my own/secret+with \"signs\"";
    let inside = format!("user:{secret}:more");
    for text in [
        secret.to_owned(),
        serde_json::to_string(secret).unwrap(),
        hex::encode(secret),
        STANDARD.encode(secret),
        STANDARD.encode(&inside),
        STANDARD.encode(format!("x{inside}")),
        STANDARD.encode(format!("xy{inside}")),
        "my%20own%2Fsecret%2Bwith%20%22signs%22".to_owned(),
        secret.chars().rev().collect(),
        format!("the key is {}", "5f".repeat(32)),
    ] {
        let clean = leaks.mask(&text);
        assert_eq!(clean.count, 1, "{text}");
        assert!(clean.text.contains("a secret of this gateway"), "{text}");
    }
    assert_eq!(leaks.mask("a short word").count, 0);
}

#[test]
fn a_changed_configuration_is_heeded() {
    let config = ConfigHandle::new(Config::default());
    let leaks = Leaks::new(config.clone(), PathBuf::from("/nowhere"));
    assert_eq!(leaks.mask("correct horse battery").count, 0);
    let mut changed = Config::default();
    changed.channels.webhook.secret = Some(SecretString::from("correct horse".to_owned()));
    config.replace(changed);
    assert_eq!(leaks.mask("correct horse battery").count, 1);
}

#[test]
fn ordinary_code_hashes_and_prose_stay_as_they_are() {
    let (_folder, leaks) = leaks();
    for text in [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  empty",
        "commit 2ed19fe4b649b934ca495991b7852b855e3b0c44",
        "\"integrity\": \"sha512-9NRzsN0bPqGZ0vZ0o0c9bPzvvw8xk4WyWfYW2pDqk4J0rTg==\"",
        "checksum = \"b5ca9fb3a1e2f5bbd7a5b2b5f5f5a5b2b5f5f5a5b2b5f5f5a5b2b5f5f5a5b2b5\"",
        "let token = tokens.next().unwrap_or_default();",
        "password: String, secret_key: &str, api_key = config.provider.api_key",
        "const token = await getToken2(session1);",
        "API_KEY=your_api_key_1234567890",
        "password = os.environ[\"DB_PASSWORD_2024\"]",
        "token: ${{ secrets.GITHUB_TOKEN }}",
        "secret: \"correct-horse-battery-staple\"",
        "https://example.com:8080/path@v1.2.3",
        "git@github.com:owner/repo.git, ssh://git@host/x, http://[::1]:80/@x",
        "0199b1c2-7a3e-7c11-9d5e-3f2a1b0c4d5e key-value task-force sk-learn xai-fi",
        "AKIA is how they begin; ghp_ too, eyJhbGciOi alone is none",
        "the token limit is 128000 and max_tokens: 4096, tokens=12",
        "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIE\n-----END CERTIFICATE-----",
        "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
        "Basic usage: run `cargo test`; the bearer of this letter",
        "token_type: \"access_token_v2_type\"",
        "secret.key, config.toml, clawgate.db",
        "password_hash: $argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA",
    ] {
        let clean = leaks.mask(text);
        assert_eq!(clean.text, text);
    }
}

#[test]
fn the_sources_of_this_program_stay_as_they_are() {
    let (_folder, leaks) = leaks();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![
        root.join("src/store"),
        root.join("src/agent"),
        root.join("src/ws"),
    ];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            read += text.len();
            let clean = leaks.mask(&text);
            assert_eq!(clean.text, text, "{}", path.display());
        }
    }
    let lock = std::fs::read_to_string(root.join("Cargo.lock")).unwrap();
    assert_eq!(leaks.mask(&lock).count, 0);
    assert!(read > 100_000);
}

#[test]
fn a_megabyte_is_searched_in_a_moment() {
    let (_folder, leaks) = leaks();
    let text =
        "let total = items.iter().map(|item| item.key + 1).sum(); // pass it on\n".repeat(15_000);
    leaks.mask(&text);
    let began = Instant::now();
    assert_eq!(leaks.mask(&text).count, 0);
    // Far above what it takes, since tests run unoptimised and beside others.
    assert!(began.elapsed().as_millis() < 2_000, "{:?}", began.elapsed());
}

proptest! {
    #[test]
    fn any_text_is_masked_without_harm(text in "(\\PC|\n){0,200}") {
        let (_folder, leaks) = leaks();
        let clean = leaks.mask(&text);
        if clean.count == 0 {
            prop_assert_eq!(clean.text.as_ref(), text.as_str());
        }
    }

    #[test]
    fn a_known_secret_never_survives(before in "\\PC{0,30}", after in "\\PC{0,30}") {
        let (_folder, leaks) = leaks();
        let text = format!("{before}my own/secret+with \"signs\"{after}");
        prop_assert!(!leaks.mask(&text).text.contains("own/secret+with"));
    }
}
