//! The configuration as the owner meets it: layers, errors, secrets, providers.

use std::{collections::BTreeMap, fs};

use clawgate::config::{
    self, Autonomy, CliOverrides, ConfigErrors, Home, Loaded, OnLimit, ProviderKind,
};
use clawgate::model::MicroUsd;
use secrecy::ExposeSecret as _;

struct Owner {
    folder: tempfile::TempDir,
    env: BTreeMap<String, String>,
    cli: CliOverrides,
}

fn owner(text: &str) -> Owner {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("config.toml"), text).unwrap();
    Owner {
        folder,
        env: BTreeMap::new(),
        cli: CliOverrides::default(),
    }
}

impl Owner {
    fn with(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    fn home(&self) -> Home {
        Home::open(self.folder.path().to_owned()).unwrap()
    }

    fn try_load(&self) -> Result<Loaded, ConfigErrors> {
        config::load(&self.home(), &self.env, self.cli.clone())
    }

    fn load(&self) -> Loaded {
        self.try_load().unwrap()
    }

    /// What is said, with the folder left out.
    fn errors(&self) -> String {
        let said = self.try_load().unwrap_err().to_string();
        said.replace(&format!("{}/", self.folder.path().display()), "")
    }

    fn warnings(&self) -> Vec<String> {
        self.told(|loaded| loaded.warnings)
    }

    fn notices(&self) -> Vec<String> {
        self.told(|loaded| loaded.notices)
    }

    fn told(&self, of: impl Fn(Loaded) -> Vec<config::Remark>) -> Vec<String> {
        let folder = format!("{}/", self.folder.path().display());
        let said = of(self.load()).into_iter();
        said.map(|one| one.to_string().replace(&folder, ""))
            .collect()
    }
}

#[test]
fn nothing_typed_is_all_defaults() {
    let loaded = owner("").load();
    assert_eq!(loaded.config.gateway.port, 42617);
    assert_eq!(loaded.config.active_provider(), None);
    assert!(loaded.warnings.is_empty() && loaded.notices.is_empty());
}

#[test]
fn the_command_line_beats_the_environment_beats_the_file() {
    let mut owner = owner("[gateway]\nport = 1\nhost = \"::1\"\n");
    assert_eq!(owner.load().config.gateway.port, 1);
    owner = owner.with("CLAWGATE_GATEWAY__PORT", "2");
    assert_eq!(owner.load().config.gateway.port, 2);
    owner.cli.port = Some(3);
    assert_eq!(owner.load().config.gateway.port, 3);
    assert_eq!(owner.load().config.gateway.host, "::1");
}

#[test]
fn the_file_of_the_contract_is_read_as_it_says() {
    let loaded = owner(
        r#"
        [gateway]
        trusted_proxies = ["10.0.0.0/8", "192.168.1.1"]
        [agent]
        provider = "main"
        model = "gpt-5-mini"
        autonomy = "read_only"
        temperature = 1
        [providers.main]
        kind = "openai"
        base_url = "https://api.openai.com/v1"
        api_key_env = "MY_KEY"
        fallbacks = ["spare"]
        [providers.spare]
        kind = "demo"
        [cost]
        daily_limit_usd = 0.1
        monthly_limit_usd = "12.345678"
        on_limit = "downgrade"
        downgrade_to = "spare/small"
        [observability]
        backend = "none"
        otlp_endpoint = ""
        "#,
    )
    .with("MY_KEY", "sk-1")
    .load();
    let config = loaded.config;
    assert_eq!(loaded.warnings, []);
    assert_eq!(config.active_provider(), Some("main"));
    assert_eq!(config.agent.autonomy, Autonomy::ReadOnly);
    assert_eq!(config.cost.daily_limit, MicroUsd(100_000));
    assert_eq!(config.cost.monthly_limit, MicroUsd(12_345_678));
    assert_eq!(config.cost.on_limit, OnLimit::Downgrade);
    assert!(!config.observability.prometheus);
    assert_eq!(config.observability.otlp_endpoint, None);
    assert_eq!(
        config.gateway.trusted_proxies[1].to_string(),
        "192.168.1.1/32"
    );
    let main = &config.providers["main"];
    assert_eq!(main.api_key.as_ref().unwrap().expose_secret(), "sk-1");
    assert_eq!(main.fallbacks, ["spare"]);
}

#[test]
fn all_errors_are_told_at_once_with_their_places() {
    let owner = owner(
        r#"[gateway]
port = "abc"
host = "http://x"
trusted_proxies = ["10.0.0.0/99"]
allowed_hosts = "one"

[agent]
temperature = 2.5
provider = "nobody"

[providers.main]
kind = "opanai"
base_url = "example.com"
api_key = 12

[providers.odd]

[cost]
daily_limit_usd = 1e1
warn_at_percent = 101

[memory]
auto_save = "yes"

[tunnel]
provider = "carrier pigeon"
"#,
    )
    .with("GATEWAY_PORT", "70000")
    .with("GATEWAY_AUTH_TOKEN", "short");
    assert_eq!(
        owner.errors(),
        r#"the configuration has 15 problems:
  config.toml:3: gateway.host: expected an IP address or a host name, without a port, found the text "http://x"
  config.toml:4: gateway.trusted_proxies: expected a list of networks or addresses such as ["10.0.0.0/8", "::1"], found a list: [the text "10.0.0.0/99"]
  config.toml:5: gateway.allowed_hosts: expected a list of host names such as ["agent.example.com"], without http://, found the text "one"
  config.toml:8: agent.temperature: expected a number from 0 to 2, found 2.5
  config.toml:9: agent.provider: expected one of the providers "main", "odd", found "nobody"
  config.toml:12: providers.main.kind: expected one of "openai", "anthropic", "gemini", "ollama", "openrouter", "demo", found the text "opanai"
  config.toml:13: providers.main.base_url: expected an address that starts with http:// or https://, found the text "example.com"
  config.toml:14: providers.main.api_key: expected a text in quotes, found something else
  config.toml:16: providers.odd.kind: is missing; expected one of "openai", "anthropic", "gemini", "ollama", "openrouter", "demo"
  config.toml:19: cost.daily_limit_usd: expected dollars such as 10.0 or "10.25", with at most six decimals, found 1e1
  config.toml:20: cost.warn_at_percent: expected a whole number from 0 to 100, found 101
  config.toml:23: memory.auto_save: expected true or false, found the text "yes"
  config.toml:26: tunnel.provider: expected one of "none", "cloudflare", "tailscale", "ngrok", "custom", found the text "carrier pigeon"
  environment variable GATEWAY_PORT: gateway.port: expected a whole number from 0 to 65535, found "70000"
  environment variable GATEWAY_AUTH_TOKEN: expected at least 16 characters, found 5"#
    );
}

#[test]
fn text_that_is_no_toml_is_told_with_its_line() {
    let said = owner("[gateway]\nport = = 1\n").errors();
    assert!(said.starts_with("config.toml:2: not TOML: "), "{said}");
    let owner = owner("");
    fs::write(owner.folder.path().join("config.toml"), b"a = 1\n\xff").unwrap();
    assert_eq!(owner.errors(), "config.toml:2: is not UTF-8 text");
}

#[test]
fn an_unknown_key_is_a_warning_that_names_the_one_that_was_meant() {
    let owner = owner("[gateway]\nprot = 1\n[zoo]\nelephants = 2\n");
    assert_eq!(
        owner.warnings(),
        [
            "config.toml:2: gateway.prot: unknown key; did you mean gateway.port?",
            "config.toml:4: zoo.elephants: unknown key",
        ]
    );
}

#[test]
fn a_value_where_a_section_belongs_is_an_error() {
    assert_eq!(
        owner("gateway = 5\n").errors(),
        "config.toml:1: gateway: expected a section [gateway], found 5"
    );
    let said = owner("[[providers]]\nkind = \"demo\"\n").errors();
    assert!(
        said.ends_with("expected a section [providers], found a list of tables"),
        "{said}"
    );
    let said = owner("[gateway.port]\nx = 1\n").errors();
    assert!(said.ends_with("from 0 to 65535, found a table"), "{said}");
}

#[test]
fn fallbacks_must_exist_and_run_in_no_circle() {
    let text = "[providers.a]\nkind = \"demo\"\nfallbacks = [\"b\"]\n\
                [providers.b]\nkind = \"demo\"\nfallbacks = [\"c\", \"gone\"]\n\
                [providers.c]\nkind = \"demo\"\nfallbacks = [\"a\"]\n";
    assert_eq!(
        owner(text).errors(),
        "the configuration has 2 problems:\n  \
         config.toml:3: providers.a.fallbacks: expected no circle, found a -> b -> c -> a\n  \
         config.toml:6: providers.b.fallbacks: expected one of the providers \"a\", \"b\", \"c\", \
         found \"gone\""
    );
    let said = owner("[providers.a]\nkind = \"demo\"\nfallbacks = [\"a\"]\n").errors();
    assert!(said.ends_with("found a -> a"), "{said}");
}

#[test]
fn features_of_later_versions_are_kept_and_not_claimed() {
    let owner = owner(
        "[channels_config.whatsapp]\nphone_number_id = \"1\"\nverify_token = \"v\"\n\
         [gateway.node_control]\nenabled = false\n",
    )
    .with("ZEROCLAW_WHATSAPP_APP_SECRET", "app-hush");
    let notices = owner.notices();
    assert!(
        notices[0].ends_with(
            "channels.whatsapp: is not available in this version; its settings are kept"
        ),
        "{notices:?}"
    );
    let loaded = owner.load();
    assert_eq!(loaded.warnings, []);
    let kept = &loaded.config.later;
    assert_eq!(
        kept["channels.whatsapp.app_secret"].expose_secret(),
        "app-hush"
    );
    assert_eq!(
        kept["channels.whatsapp.phone_number_id"].expose_secret(),
        "1"
    );
    assert!(
        !loaded
            .notices
            .iter()
            .any(|it| it.key.contains("node_control"))
    );
}

#[test]
fn providers_own_variables_make_providers_where_none_is_configured() {
    let owner = owner("")
        .with("ANTHROPIC_API_KEY", "sk-ant-1")
        .with("OLLAMA_HOST", "0.0.0.0")
        .with("GEMINI_API_KEY", "");
    let config = owner.load().config;
    let names: Vec<_> = config.from_environment.iter().collect();
    assert_eq!(names, ["anthropic", "ollama"]);
    assert_eq!(config.active_provider(), Some("anthropic"));
    let ollama = config.providers["ollama"].base_url.as_deref();
    assert_eq!(ollama, Some("http://127.0.0.1:11434"));
}

#[test]
fn a_providers_own_key_never_goes_to_another_server() {
    let text = "[providers.box]\nkind = \"openai\"\nbase_url = \"http://box:8080/v1\"\n\
                [providers.real]\nkind = \"openai\"\n";
    let config = owner(text).with("OPENAI_API_KEY", "sk-1").load().config;
    assert!(config.providers["box"].api_key.is_none());
    assert!(config.providers["real"].api_key.is_some());
    assert!(config.from_environment.is_empty());
}

#[test]
fn the_general_names_choose_a_provider_its_key_and_its_model() {
    let owner = owner("")
        .with("PROVIDER", "openrouter")
        .with("API_KEY", "sk-or-1")
        .with("MODEL", "m");
    let config = owner.load().config;
    let provider = &config.providers["openrouter"];
    assert_eq!(config.active_provider(), Some("openrouter"));
    assert_eq!(provider.kind, ProviderKind::OpenRouter);
    assert_eq!(
        provider.api_key.as_ref().unwrap().expose_secret(),
        "sk-or-1"
    );
    assert_eq!(config.agent.model, "m");
}

#[test]
fn clearer_names_win_over_the_general_ones() {
    let owner = owner("[providers.a]\nkind = \"openai\"\n[providers.b]\nkind = \"demo\"\n")
        .with("PROVIDER", "b")
        .with("API_KEY", "general")
        .with("MODEL", "general")
        .with("CLAWGATE_AGENT__PROVIDER", "a")
        .with("CLAWGATE_AGENT__MODEL", "clear")
        .with("CLAWGATE_PROVIDERS__A__API_KEY", "clear");
    let config = owner.load().config;
    assert_eq!(config.active_provider(), Some("a"));
    assert_eq!(config.agent.model, "clear");
    assert_eq!(
        config.providers["a"]
            .api_key
            .as_ref()
            .unwrap()
            .expose_secret(),
        "clear"
    );
}

#[test]
fn general_names_meant_for_another_program_do_not_stop_the_gateway() {
    let owner = owner("").with("PROVIDER", "aws").with("API_KEY", "x");
    assert_eq!(owner.warnings().len(), 2);
    assert_eq!(owner.load().config.active_provider(), None);
}

#[test]
fn a_fixed_token_is_kept_and_shown_nowhere() {
    let owner = owner("").with("GATEWAY_AUTH_TOKEN", "0123456789abcdef");
    let loaded = owner.load();
    let token = loaded.config.fixed_token.as_ref().unwrap();
    assert_eq!(token.expose_secret(), "0123456789abcdef");
    assert!(!format!("{loaded:?}").contains("0123456789abcdef"));
}

#[test]
fn a_lost_secret_key_leaves_the_provider_unusable_and_the_webhook_shut() {
    let owner = owner(
        "[providers.main]\nkind = \"openai\"\napi_key = \"sk-typed\"\n\
         [channels.webhook]\nsecret = \"hush\"\n",
    );
    assert_eq!(owner.notices().len(), 2);
    let file = owner.folder.path().join("config.toml");
    let sealed = fs::read_to_string(&file).unwrap();
    fs::remove_file(owner.folder.path().join("secret.key")).unwrap();
    let warnings = owner.warnings();
    assert!(warnings[1].starts_with("config.toml:5: channels.webhook.secret: cannot be opened"));
    assert!(
        warnings[0].contains("providers.main.api_key: cannot be opened: ")
            && warnings[0].contains("secret.key is missing")
            && warnings[0].contains("clawgate config set providers.main.api_key VALUE"),
        "{warnings:?}"
    );
    let config = owner.load().config;
    assert!(config.providers["main"].unusable.is_some());
    assert!(config.providers["main"].api_key.is_none());
    assert!(config.channels.webhook.secret.is_some());
    assert_eq!(fs::read_to_string(&file).unwrap(), sealed);

    config::document::set(&owner.home(), &owner.env, "providers.main.api_key", "sk-2").unwrap();
    let config = owner.load().config;
    assert!(config.providers["main"].unusable.is_none());
    assert!(config.providers["main"].api_key.is_some());
}

#[cfg(unix)]
#[test]
fn a_sealed_file_is_for_the_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let owner = owner("[providers.main]\nkind = \"openai\"\napi_key = \"sk-typed\"\n");
    owner.load();
    for file in ["config.toml", "secret.key"] {
        let metadata = fs::metadata(owner.folder.path().join(file)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{file}");
    }
}
