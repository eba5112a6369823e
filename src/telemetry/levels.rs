//! What is logged: the level that the configuration says, and levels that were set while the
//! gateway runs, for all modules or for one, for good or for some minutes. The one place that
//! changes the filter.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::Notify;
use tracing_subscriber::{EnvFilter, Registry, reload};

use super::{init::InitError, logs::LogStore};
use crate::{
    clock::Clock,
    config::{Config, ConfigHandle},
    model::Timestamp,
    tasks::Tasks,
};

/// How often the clock is looked at while a level is temporary.
const LOOK: Duration = Duration::from_millis(500);
/// Longest name of a module.
const LONGEST_TARGET: usize = 200;
/// Modules that may have a level of their own at once.
const MOST_OVERRIDES: usize = 64;
/// It logs the bodies that providers answer with.
const NEVER: &str = "genai";

/// Why a level can't be set.
#[derive(Debug, thiserror::Error)]
pub enum LevelError {
    /// The name is no module's.
    #[error("a module such as clawgate::agent, of letters, digits, _ and ::")]
    Target,
    /// This module says too much.
    #[error("another module: genai logs whole answers of providers, so it stays off")]
    Never,
    /// There are too many.
    #[error("at most {MOST_OVERRIDES} modules have a level of their own; take one back first")]
    TooMany,
    /// The filter can't be changed.
    #[error(transparent)]
    Filter(#[from] InitError),
}

/// A level that was set while the gateway runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// For which module; none: for all that have none of their own.
    pub target: Option<String>,
    /// A level's word, or `off`.
    pub level: &'static str,
    /// Until when; none: until the next start.
    pub until: Option<Timestamp>,
}

/// What is logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Levels {
    /// What the configuration says.
    pub base: String,
    /// What was set since.
    pub overrides: Vec<Override>,
    /// What follows from both.
    pub effective: String,
}

#[derive(Debug)]
struct State {
    base: String,
    overrides: BTreeMap<Option<String>, (&'static str, Option<Timestamp>)>,
}

struct Inner {
    clock: Arc<dyn Clock>,
    filter: Option<reload::Handle<EnvFilter, Registry>>,
    state: Mutex<State>,
    changed: Notify,
}

/// Changes what is logged. Clones share it.
#[derive(Clone)]
pub struct LogLevels(Arc<Inner>);

impl fmt::Debug for LogLevels {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("LogLevels").field(&self.0.state).finish()
    }
}

impl LogLevels {
    /// Over this filter, which has the level of the configuration; none: nothing is logged here.
    pub(super) fn new(
        base: &str,
        filter: Option<reload::Handle<EnvFilter, Registry>>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let state = State {
            base: base.to_owned(),
            overrides: BTreeMap::new(),
        };
        Self(Arc::new(Inner {
            clock,
            filter,
            state: Mutex::new(state),
            changed: Notify::new(),
        }))
    }

    /// What is logged.
    pub fn current(&self) -> Levels {
        self.with(|state| Levels {
            base: state.base.clone(),
            overrides: state
                .overrides
                .iter()
                .map(|(target, (level, until))| Override {
                    target: target.clone(),
                    level,
                    until: *until,
                })
                .collect(),
            effective: state.effective(),
        })
    }

    /// Sets what the configuration says: a level, or a list such as
    /// `info,clawgate::agent=debug`. What was set beside it stays. Nothing changes when it makes
    /// no sense.
    pub fn set_base(&self, directives: &str) -> Result<(), InitError> {
        // By itself: what was set beside it could make sense of nonsense.
        parse(directives)?;
        self.change(|state| {
            directives.clone_into(&mut state.base);
        })
    }

    /// Sets the level of a module, or of all that have none of their own, until some moment or the
    /// next start.
    pub fn set(
        &self,
        target: Option<&str>,
        level: &'static str,
        until: Option<Timestamp>,
    ) -> Result<(), LevelError> {
        let target = checked(target)?;
        let taken = self.with(|state| {
            state.overrides.len() >= MOST_OVERRIDES && !state.overrides.contains_key(&target)
        });
        if taken {
            return Err(LevelError::TooMany);
        }
        self.change(|state| {
            state.overrides.insert(target.clone(), (level, until));
        })?;
        self.0.changed.notify_one();
        Ok(())
    }

    /// Takes back what was set for a module, or for all; false when nothing was.
    pub fn clear(&self, target: Option<&str>) -> Result<bool, LevelError> {
        let target = target.map(str::to_owned);
        let mut was = false;
        self.change(|state| was = state.overrides.remove(&target).is_some())?;
        Ok(was)
    }

    /// Takes back what is over.
    pub fn expire_due(&self) {
        let now = self.0.clock.now();
        let is_due = |until: &Option<Timestamp>| until.is_some_and(|until| until <= now);
        let any = self.with(|state| state.overrides.values().any(|(_, until)| is_due(until)));
        if !any {
            return;
        }
        let done = self.change(|state| state.overrides.retain(|_, (_, until)| !is_due(until)));
        match done {
            Ok(()) => tracing::info!(
                effective = self.current().effective,
                "a temporary log level is over"
            ),
            Err(error) => tracing::warn!(%error, "a temporary log level could not be taken back"),
        }
    }

    fn is_temporary(&self) -> bool {
        self.with(|state| state.overrides.values().any(|(_, until)| until.is_some()))
    }

    fn with<T>(&self, work: impl FnOnce(&State) -> T) -> T {
        work(&self.0.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the state and the filter, or neither.
    fn change(&self, work: impl FnOnce(&mut State)) -> Result<(), InitError> {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut after = State {
            base: state.base.clone(),
            overrides: state.overrides.clone(),
        };
        work(&mut after);
        let filter = parse(&after.effective())?;
        if let Some(handle) = &self.0.filter {
            handle.reload(filter).map_err(|_| InitError::Ended)?;
        }
        *state = after;
        Ok(())
    }
}

impl State {
    fn effective(&self) -> String {
        let mut directives = self.base.clone();
        for (target, (level, _)) in &self.overrides {
            directives = with_level(&directives, target.as_deref(), level);
        }
        directives
    }
}

/// These directives, but with this level for a module, or for all that have none of their own.
pub fn with_level(directives: &str, target: Option<&str>, level: &str) -> String {
    let same = |part: &&str| match target {
        Some(target) => part
            .split_once('=')
            .map_or(*part == target, |(name, _)| name.trim() == target),
        None => is_level(part),
    };
    let parts = parts(directives);
    let mut kept: Vec<&str> = parts.into_iter().filter(|part| !same(part)).collect();
    let fresh = target.map_or_else(|| level.to_owned(), |target| format!("{target}={level}"));
    if target.is_none() {
        kept.insert(0, &fresh);
    } else {
        kept.push(&fresh);
    }
    kept.join(",")
}

/// The level that holds for all modules that have none of their own.
pub fn level_of_all(directives: &str) -> Option<String> {
    let all = parts(directives).into_iter().rev();
    let mut levels = all.filter(|part| is_level(part));
    levels.next().map(str::to_ascii_lowercase)
}

fn is_level(part: &str) -> bool {
    part.parse::<tracing::level_filters::LevelFilter>().is_ok()
}

/// Directives are separated by commas, but not within the braces of a span's fields.
fn parts(directives: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    let pieces = directives.split(move |letter| {
        match letter {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == ',' && depth == 0
    });
    pieces.map(str::trim).filter(|p| !p.is_empty()).collect()
}

fn checked(target: Option<&str>) -> Result<Option<String>, LevelError> {
    let Some(target) = target else {
        return Ok(None);
    };
    let fits = |letter: u8| letter.is_ascii_alphanumeric() || b"_:-.".contains(&letter);
    let is_name = (1..=LONGEST_TARGET).contains(&target.len()) && target.bytes().all(fits);
    if !is_name || is_level(target) {
        return Err(LevelError::Target);
    }
    if target == NEVER || target.starts_with("genai::") {
        return Err(LevelError::Never);
    }
    Ok(Some(target.to_owned()))
}

pub(super) fn parse(directives: &str) -> Result<EnvFilter, InitError> {
    let wrong = || InitError::Directives {
        directives: directives.to_owned(),
    };
    // The filter takes any single word for the name of a target.
    if directives.trim().is_empty() || (!is_level(directives) && !directives.contains('=')) {
        return Err(wrong());
    }
    let mut filter = EnvFilter::builder()
        .parse(directives)
        .map_err(|_| wrong())?;
    // A line knows its turn by the span around it, whatever the level of lines is.
    for always in ["genai=off", "clawgate::turn=info"] {
        filter = filter.add_directive(always.parse().map_err(|_| wrong())?);
    }
    Ok(filter)
}

/// The log and what goes into it. Clones share it.
#[derive(Clone, Debug)]
pub struct Logs {
    /// The lines.
    pub store: LogStore,
    /// What is logged.
    pub levels: LogLevels,
}

impl Logs {
    /// For where nothing is logged.
    pub fn nowhere(config: &Config, clock: Arc<dyn Clock>) -> Self {
        Self {
            store: LogStore::nowhere(),
            levels: LogLevels::new(&config.observability.log_level, None, clock),
        }
    }

    /// Lets temporary levels end and follows the configuration, until the gateway stops.
    pub fn watch(&self, config: &ConfigHandle, tasks: &Tasks) {
        let (logs, stop) = (self.clone(), tasks.stopping().clone());
        let mut news = config.watch();
        let mut said = config.current().observability.log_level.clone();
        drop(tasks.spawn("log levels", async move {
            loop {
                let temporary = logs.levels.is_temporary();
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = logs.levels.0.changed.notified() => {}
                    () = tokio::time::sleep(LOOK), if temporary => logs.levels.expire_due(),
                    changed = news.changed() => {
                        if changed.is_err() {
                            return;
                        }
                        let config = Arc::clone(&news.borrow_and_update());
                        logs.obey(&config, &mut said);
                    }
                }
            }
        }));
    }

    fn obey(&self, config: &Config, said: &mut String) {
        self.store.limit(&config.observability);
        let says = &config.observability.log_level;
        if says == said {
            return;
        }
        said.clone_from(says);
        match self.levels.set_base(says) {
            Ok(()) => tracing::info!(log_level = says, "the log level changed"),
            Err(error) => tracing::warn!(%error, "the log level stays as it was"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clock::ManualClock;

    fn levels(base: &str) -> (Arc<ManualClock>, LogLevels) {
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(0)));
        let levels = LogLevels::new(base, None, clock.clone());
        (clock, levels)
    }

    #[test]
    fn a_level_is_set_beside_what_the_configuration_says() {
        let (_, levels) = levels("info,hyper=warn");
        levels.set(Some("clawgate::agent"), "debug", None).unwrap();
        levels.set(None, "warn", None).unwrap();
        let effective = || levels.current().effective;
        assert_eq!(effective(), "warn,hyper=warn,clawgate::agent=debug");
        levels.set_base("error").unwrap();
        assert_eq!(effective(), "warn,clawgate::agent=debug");
        assert!(levels.clear(None).unwrap());
        assert!(!levels.clear(None).unwrap());
        assert_eq!(effective(), "error,clawgate::agent=debug");
        assert!(levels.set_base("loud").is_err());
        assert_eq!(levels.current().base, "error");
    }

    #[test]
    fn a_temporary_level_falls_back_by_itself() {
        let (clock, levels) = levels("info");
        let until = Timestamp::from_millis(60_000);
        levels.set(None, "trace", Some(until)).unwrap();
        levels.set(Some("a::b"), "debug", None).unwrap();
        clock.advance(59);
        levels.expire_due();
        assert_eq!(levels.current().effective, "trace,a::b=debug");
        clock.advance(1);
        levels.expire_due();
        assert_eq!(levels.current().effective, "info,a::b=debug");
        assert!(!levels.is_temporary());
    }

    #[test]
    fn only_modules_have_levels_and_some_never_do() {
        let (_, levels) = levels("info");
        for bad in ["", "a b", "a=debug", "a,b", "debug", &"x".repeat(201)] {
            let refused = levels.set(Some(bad), "debug", None);
            assert!(matches!(refused, Err(LevelError::Target)), "{bad}");
        }
        for never in ["genai", "genai::webc"] {
            let refused = levels.set(Some(never), "trace", None);
            assert!(matches!(refused, Err(LevelError::Never)), "{never}");
        }
        for number in 0..MOST_OVERRIDES {
            levels
                .set(Some(&format!("m{number}")), "warn", None)
                .unwrap();
        }
        let more = levels.set(Some("more"), "warn", None);
        assert!(matches!(more, Err(LevelError::TooMany)));
        levels.set(Some("m1"), "error", None).unwrap();
    }

    #[test]
    fn directives_that_make_no_sense_are_refused() {
        for good in [
            "info",
            "WARN",
            "info,clawgate::agent=debug",
            "clawgate=trace",
            "off",
        ] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in ["", "loud", "info,clawgate=loud", "=="] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn braces_keep_their_commas() {
        let directives = "info,[turn{origin=api,a=b}]=debug,x=warn";
        assert_eq!(
            with_level(directives, Some("x"), "trace"),
            "info,[turn{origin=api,a=b}]=debug,x=trace"
        );
        assert_eq!(level_of_all("x=warn,DEBUG"), Some("debug".to_owned()));
        assert_eq!(level_of_all("x=warn"), None);
    }

    proptest! {
        #[test]
        fn the_last_word_on_a_module_counts_and_the_others_stay(
            names in proptest::collection::vec("[a-d](::[a-c])?", 1..8), level in 0_usize..5,
        ) {
            let words = ["error", "warn", "info", "debug", "trace"];
            let mut directives = "info".to_owned();
            for name in &names {
                directives = with_level(&directives, Some(name), words[level]);
            }
            let distinct: std::collections::BTreeSet<&String> = names.iter().collect();
            prop_assert_eq!(directives.split(',').count(), distinct.len() + 1);
            prop_assert!(parse(&directives).is_ok());
        }
    }
}
