//! What `/api/cron` takes.

use poem_openapi::{Object, Union, types::MaybeUndefined};
use serde_json::Value;

use super::{ApiError, parse_json};
use crate::{
    cron::{JobDraft, JobPatch, ScheduleWish},
    model::{
        AgentAction, CatchUp, CronAction, CronOptions, Delivery, Overlap, Schedule, ShellAction,
    },
};

/// A schedule, or a text that tells one: a cron expression, a moment, or a wording such as "every
/// weekday at 9".
#[derive(Debug, Union)]
#[oai(rename = "ScheduleInput")]
pub(super) enum ScheduleInput {
    /// A schedule.
    Spec(Schedule),
    /// A text.
    Text(String),
}

/// What a job does, or what is to be done instead.
#[derive(Debug, Object)]
pub(super) struct NewJob {
    /// What it is called; left out: after what it does.
    name: Option<String>,
    /// When it is due: an object, a cron expression, a moment, or a wording.
    schedule: ScheduleText,
    /// What it does.
    job: Option<ActionInput>,
    /// In place of `job`: what the agent is asked.
    prompt: Option<String>,
    /// In place of `job`: a command.
    command: Option<String>,
    /// The longest that one try may take, in seconds; left out: `cron.timeout_secs`.
    timeout_secs: Option<u64>,
    /// Further tries after one that failed, at growing distances.
    #[oai(default)]
    retries: u32,
    /// When it is due while still under way; left out: skip.
    overlap: Option<Overlap>,
    /// When it was due while the gateway did not run; left out: last.
    catch_up: Option<CatchUp>,
    /// Begins by chance up to so many seconds later.
    #[oai(default)]
    jitter_secs: u64,
    /// Where the result goes, beside the list of runs.
    delivery: Option<Delivery>,
    /// Whether it runs; else it is paused from the start.
    #[oai(default = "yes")]
    enabled: bool,
    /// Deletes it once it has run well.
    #[oai(default)]
    delete_after_run: bool,
}

fn yes() -> bool {
    true
}

/// What to change of a job.
#[derive(Debug, Object)]
pub(super) struct JobChanges {
    /// Call it so.
    name: Option<String>,
    /// Let it be due then.
    schedule: Option<ScheduleText>,
    /// Let it do this.
    job: Option<ActionInput>,
    /// In place of `job`: what the agent is asked.
    prompt: Option<String>,
    /// In place of `job`: a command.
    command: Option<String>,
    /// The longest that one try may take, in seconds; null: `cron.timeout_secs`.
    timeout_secs: MaybeUndefined<u64>,
    /// Further tries after one that failed.
    retries: Option<u32>,
    /// When it is due while still under way.
    overlap: Option<Overlap>,
    /// When it was due while the gateway did not run.
    catch_up: Option<CatchUp>,
    /// Begins by chance up to so many seconds later.
    jitter_secs: Option<u64>,
    /// Where the result goes; null: nowhere.
    delivery: MaybeUndefined<Delivery>,
    /// Whether it runs.
    enabled: Option<bool>,
    /// Delete it once it has run well.
    delete_after_run: Option<bool>,
    /// Only if the job is at this version.
    pub(super) version: Option<u32>,
}

/// A schedule to look at; exactly one of `schedule` and `text`.
#[derive(Debug, Object)]
pub(super) struct PreviewRequest {
    /// A schedule, or a text that tells one.
    schedule: Option<ScheduleText>,
    /// A wording such as "every weekday at 9".
    text: Option<String>,
    /// IANA name of the time zone that a text goes by; left out: the owner's.
    tz: Option<String>,
}

/// Why a job is held back.
#[derive(Debug, Default, Object)]
pub(super) struct PauseWords {
    /// A remark for later.
    pub(super) reason: Option<String>,
}

/// Reads a part of a body whose faults are to be named by their place in it. Documented as
/// `$type`, taken as any JSON first.
macro_rules! part {
    ($(#[$doc:meta])* $name:ident as $type:ty) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub(super) struct $name(Value);

        impl poem_openapi::types::Type for $name {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> std::borrow::Cow<'static, str> {
                <$type>::name()
            }

            fn schema_ref() -> poem_openapi::registry::MetaSchemaRef {
                <$type>::schema_ref()
            }

            fn register(registry: &mut poem_openapi::registry::Registry) {
                <$type>::register(registry);
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(self.as_raw_value().into_iter())
            }
        }

        impl poem_openapi::types::ParseFromJSON for $name {
            fn parse_from_json(value: Option<Value>) -> poem_openapi::types::ParseResult<Self> {
                match value {
                    Some(Value::Null) | None => {
                        Err(poem_openapi::types::ParseError::expected_input())
                    }
                    Some(value) => Ok(Self(value)),
                }
            }
        }

        impl poem_openapi::types::ToJSON for $name {
            fn to_json(&self) -> Option<Value> {
                Some(self.0.clone())
            }
        }
    };
}

part!(
    /// A schedule or a text, not read yet.
    ScheduleText as ScheduleInput
);
part!(
    /// An action, not read yet.
    ActionInput as CronAction
);

/// What each kind of a part is made of, for words about one that is wrong.
fn kinds(place: &str) -> &'static str {
    match place {
        "schedule" => {
            "an object with the kind cron (expr, tz), at (at) or every (every_secs), or a text"
        }
        _ => {
            "an object with the kind agent (prompt), shell (command), tool (tool, args) or webhook (url, body)"
        }
    }
}

/// Reads a part by its kind, so that what is wrong is named by its own field.
fn read<T>(
    place: &str,
    value: Value,
    of_kind: fn(&str, Value) -> Option<Result<T, super::body::Fault>>,
) -> Result<T, ApiError> {
    let kind = value
        .get("kind")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let kind = kind.to_owned();
    match of_kind(&kind, value) {
        Some(Ok(read)) => Ok(read),
        Some(Err(fault)) => {
            let field = fault
                .field
                .map_or_else(|| place.to_owned(), |field| format!("{place}.{field}"));
            Err(ApiError::bad_field(&field, fault.expected))
        }
        None => Err(ApiError::bad_field(
            if kind.is_empty() { place } else { "kind" },
            kinds(place),
        )),
    }
}

impl ScheduleText {
    fn wish(self) -> Result<ScheduleWish, ApiError> {
        if let Value::String(text) = self.0 {
            return Ok(ScheduleWish::Text(text));
        }
        let schedule = read("schedule", self.0, |kind, value| {
            Some(match kind {
                "cron" => parse_json(value).map(Schedule::Cron),
                "at" => parse_json(value).map(Schedule::At),
                "every" => parse_json(value).map(Schedule::Every),
                _ => return None,
            })
        })?;
        Ok(ScheduleWish::Spec(schedule))
    }
}

impl ActionInput {
    fn action(self) -> Result<CronAction, ApiError> {
        read("job", self.0, |kind, value| {
            Some(match kind {
                "agent" => parse_json(value).map(CronAction::Agent),
                "shell" => parse_json(value).map(CronAction::Shell),
                "tool" => parse_json(value).map(CronAction::Tool),
                "webhook" => parse_json(value).map(CronAction::Webhook),
                _ => return None,
            })
        })
    }
}

/// What is to be done, of which only one may be said.
fn action(
    job: Option<ActionInput>,
    prompt: Option<String>,
    command: Option<String>,
) -> Result<Option<CronAction>, ApiError> {
    let given = [job.is_some(), prompt.is_some(), command.is_some()];
    if given.into_iter().filter(|given| *given).count() > 1 {
        return Err(ApiError::bad_field(
            "job",
            "only one of job, prompt and command",
        ));
    }
    if let Some(job) = job {
        return job.action().map(Some);
    }
    let asked = prompt.map(|prompt| {
        CronAction::Agent(AgentAction {
            prompt,
            session_id: None,
            model: None,
            tools: None,
        })
    });
    Ok(asked.or_else(|| command.map(|command| CronAction::Shell(ShellAction { command }))))
}

impl NewJob {
    pub(super) fn draft(self) -> Result<JobDraft, ApiError> {
        let schedule = self.schedule.wish()?;
        let action = action(self.job, self.prompt, self.command)?;
        let action = action.ok_or_else(|| {
            ApiError::bad_field("job", "what is to be done: job, prompt or command")
        })?;
        Ok(JobDraft {
            name: self.name,
            schedule,
            action,
            options: CronOptions {
                timeout_secs: self.timeout_secs,
                retries: self.retries,
                overlap: self.overlap.unwrap_or_default(),
                catch_up: self.catch_up.unwrap_or_default(),
                jitter_secs: self.jitter_secs,
                delivery: self.delivery,
                delete_after_run: self.delete_after_run,
            },
            enabled: self.enabled,
        })
    }
}

/// Absent: nothing to do; null: take it away.
fn settled<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

impl JobChanges {
    pub(super) fn patch(self) -> Result<JobPatch, ApiError> {
        Ok(JobPatch {
            name: self.name,
            schedule: self.schedule.map(ScheduleText::wish).transpose()?,
            action: action(self.job, self.prompt, self.command)?,
            timeout_secs: settled(self.timeout_secs),
            retries: self.retries,
            overlap: self.overlap,
            catch_up: self.catch_up,
            jitter_secs: self.jitter_secs,
            delivery: settled(self.delivery),
            delete_after_run: self.delete_after_run,
            enabled: self.enabled,
        })
    }
}

impl PreviewRequest {
    /// The schedule, the zone, and whether it came as a text.
    pub(super) fn wish(self) -> Result<(ScheduleWish, Option<String>, bool), ApiError> {
        match (self.schedule, self.text) {
            (Some(schedule), None) => Ok((schedule.wish()?, self.tz, false)),
            (None, Some(text)) => Ok((ScheduleWish::Text(text), self.tz, true)),
            _ => Err(ApiError::bad_field(
                "schedule",
                "exactly one of schedule and text",
            )),
        }
    }
}
