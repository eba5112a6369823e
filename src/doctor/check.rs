//! What a check is, what it finds, and what can be done about that.

use std::{borrow::Cow, time::Duration};

use async_trait::async_trait;
use poem_openapi::Enum;
use serde::{Deserialize, Serialize};

use super::Surroundings;
use crate::model::Timestamp;

/// How long a check may take that says nothing else.
pub(super) const USUAL_LIMIT: Duration = Duration::from_secs(5);

/// How bad a finding is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Enum,
)]
#[serde(rename_all = "snake_case")]
#[oai(rename = "DoctorSeverity", rename_all = "snake_case")]
pub enum Severity {
    /// As it should be.
    Ok,
    /// Worth knowing.
    Info,
    /// It works, and something about it may hurt.
    Warning,
    /// It does not work, or is dangerous.
    Error,
}

impl Severity {
    /// Its word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What a check is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Enum,
)]
#[serde(rename_all = "snake_case")]
#[oai(rename = "DoctorCategory", rename_all = "snake_case")]
pub enum Category {
    /// `config.toml` and the layers over it.
    Config,
    /// Who may read the data folder.
    Files,
    /// The database.
    Database,
    /// Disk, clock, logs.
    System,
    /// Where the gateway listens and who reaches it.
    Network,
    /// Settings that let too many in.
    Security,
    /// Model providers.
    Providers,
    /// Where messages come in.
    Channels,
    /// What is remembered.
    Memory,
    /// What the agent can do.
    Tools,
    /// Paired devices.
    Devices,
    /// The gateway itself and what it does in the background.
    Gateway,
}

impl Category {
    /// All of them, in the order they are shown in.
    pub const ALL: [Self; 12] = [
        Self::Config,
        Self::Files,
        Self::Database,
        Self::System,
        Self::Network,
        Self::Security,
        Self::Providers,
        Self::Channels,
        Self::Memory,
        Self::Tools,
        Self::Devices,
        Self::Gateway,
    ];

    /// Its word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Files => "files",
            Self::Database => "database",
            Self::System => "system",
            Self::Network => "network",
            Self::Security => "security",
            Self::Providers => "providers",
            Self::Channels => "channels",
            Self::Memory => "memory",
            Self::Tools => "tools",
            Self::Devices => "devices",
            Self::Gateway => "gateway",
        }
    }
}

impl std::str::FromStr for Category {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|one| one.as_str() == text);
        found.ok_or(
            "one of config, files, database, system, network, security, providers, channels, \
             memory, tools, devices, gateway",
        )
    }
}

/// What can be done about a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// A few words for a button.
    pub label: String,
    /// The page of the dashboard where it is done.
    pub route: String,
    /// The doctor can do it by itself.
    pub applies: bool,
}

impl Fix {
    /// It is done on this page.
    pub fn on(label: &str, route: impl Into<String>) -> Self {
        Self {
            label: label.to_owned(),
            route: route.into(),
            applies: false,
        }
    }

    /// It is done by changing this setting.
    pub fn setting(label: &str, key: &str) -> Self {
        Self::on(label, format!("/settings?key={key}"))
    }

    /// The doctor does it, when the check `id` is told to.
    pub fn by_doctor(label: &str, id: &str) -> Self {
        Self {
            label: label.to_owned(),
            route: format!("/doctor?fix={id}"),
            applies: true,
        }
    }
}

/// What a check found. Nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What was found and what that means.
    pub message: String,
    /// Each thing that was found, where there are several.
    pub details: Vec<String>,
    /// What can be done.
    pub fix: Option<Fix>,
}

impl Finding {
    /// A finding of this severity.
    pub fn new(severity: Severity, message: impl Into<String>) -> Self {
        Self {
            severity,
            message: message.into(),
            details: Vec::new(),
            fix: None,
        }
    }

    /// All is well.
    pub fn ok(message: impl Into<String>) -> Self {
        Self::new(Severity::Ok, message)
    }

    /// Worth knowing.
    pub fn info(message: impl Into<String>) -> Self {
        Self::new(Severity::Info, message)
    }

    /// It may hurt.
    pub fn warning(message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, message)
    }

    /// It does not work.
    pub fn error(message: impl Into<String>) -> Self {
        Self::new(Severity::Error, message)
    }

    /// With each thing that was found.
    #[must_use]
    pub fn with(mut self, details: Vec<String>) -> Self {
        self.details = details;
        self
    }

    /// With what can be done.
    #[must_use]
    pub fn fixed_by(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }
}

/// What a check is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Stable: programs match on it.
    pub id: Cow<'static, str>,
    /// What it is about.
    pub category: Category,
    /// What is looked at, in a few words.
    pub title: Cow<'static, str>,
}

impl Name {
    /// A check that there is once.
    pub const fn of(id: &'static str, category: Category, title: &'static str) -> Self {
        Self {
            id: Cow::Borrowed(id),
            category,
            title: Cow::Borrowed(title),
        }
    }
}

/// One thing that a fix changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What is changed.
    pub what: String,
    /// How it is.
    pub before: String,
    /// How it will be.
    pub after: String,
}

/// Looks at one thing.
#[async_trait]
pub trait Check: Send + Sync + 'static {
    /// What it is called.
    fn name(&self) -> Name;

    /// How long it may take; the finding is "timed out" after that.
    fn limit(&self) -> Duration {
        USUAL_LIMIT
    }

    /// Looks, and changes nothing.
    async fn look(&self, place: &Surroundings) -> Finding;

    /// What [`Check::mend`] would change now; nothing: there is nothing for it to do.
    async fn plan(&self, _place: &Surroundings) -> Result<Vec<Change>, String> {
        Ok(Vec::new())
    }

    /// Does what can safely be done. The error is a sentence, safe to show.
    async fn mend(&self, _place: &Surroundings) -> Result<(), String> {
        Ok(())
    }
}

/// What a check came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// The check.
    pub id: String,
    /// What it is about.
    pub category: Category,
    /// What was looked at, in a few words.
    pub title: String,
    /// How bad it is.
    pub severity: Severity,
    /// What was found and what that means.
    pub message: String,
    /// Each thing that was found, where there are several.
    pub details: Vec<String>,
    /// What can be done.
    pub fix: Option<Fix>,
    /// The check did not come to an end.
    pub timed_out: bool,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

/// How many findings there are of each severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// As it should be.
    pub ok: u32,
    /// Worth knowing.
    pub info: u32,
    /// It may hurt.
    pub warning: u32,
    /// It does not work.
    pub error: u32,
}

impl Summary {
    /// Counts.
    pub fn of(results: &[CheckResult]) -> Self {
        let mut summary = Self::default();
        for result in results {
            *match result.severity {
                Severity::Ok => &mut summary.ok,
                Severity::Info => &mut summary.info,
                Severity::Warning => &mut summary.warning,
                Severity::Error => &mut summary.error,
            } += 1;
        }
        summary
    }

    /// The worst there is.
    pub fn worst(self) -> Severity {
        match self {
            Self { error: 1.., .. } => Severity::Error,
            Self { warning: 1.., .. } => Severity::Warning,
            Self { info: 1.., .. } => Severity::Info,
            Self { .. } => Severity::Ok,
        }
    }
}

/// All that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// When the last check ended.
    pub at: Timestamp,
    /// The results, by category, the worst first.
    pub results: Vec<CheckResult>,
}

impl Report {
    /// Puts results in order.
    pub fn new(at: Timestamp, mut results: Vec<CheckResult>) -> Self {
        results.sort_by(|one, other| {
            (one.category, std::cmp::Reverse(one.severity), &one.id).cmp(&(
                other.category,
                std::cmp::Reverse(other.severity),
                &other.id,
            ))
        });
        Self { at, results }
    }

    /// How many findings there are of each severity.
    pub fn summary(&self) -> Summary {
        Summary::of(&self.results)
    }
}
