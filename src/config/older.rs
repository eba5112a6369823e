//! Documented spellings that do not map one to one onto a setting of today.

use super::{
    kind::Kind,
    raw::{Entry, Raw},
    remark::{Origin, Remark},
    value::{Typed, Value},
};

const LIMITS: [&str; 5] = [
    "gateway.pair_rate_limit_per_minute",
    "gateway.webhook_rate_limit_per_minute",
    "gateway.chat_rate_limit_per_minute",
    "gateway.api_rate_limit_per_minute",
    "gateway.v1_rate_limit_per_minute",
];

const COUNT: Kind = Kind::Whole {
    min: 0,
    max: u32::MAX as i64,
};

/// What the translation has to say.
#[derive(Default)]
pub(super) struct Said {
    pub(super) problems: Vec<Remark>,
    pub(super) notices: Vec<Remark>,
}

/// Replaces `[gateway.rate_limit]` and `[gateway.idempotency]` keys that have no name of their
/// own today. What is said by its own name counts more.
pub(super) fn translate(raw: &mut Raw) -> Said {
    let mut said = Said::default();
    window(raw, &mut said);
    if let Some((false, origin)) = take_flag(raw, "gateway.rate_limit.enabled", &mut said) {
        for limit in LIMITS {
            raw.entries.insert(limit.to_owned(), entry(0, &origin));
        }
    }
    if let Some((false, origin)) = take_flag(raw, "gateway.idempotency.enabled", &mut said) {
        said.notices.push(Remark::new(
            &origin,
            "gateway.idempotency.enabled",
            "has no effect: a repeated idempotency key is always recognised",
        ));
    }
    said
}

/// `max_requests_per_window` was the limit of the webhook.
fn window(raw: &mut Raw, said: &mut Said) {
    let count = take_count(raw, "gateway.rate_limit.max_requests_per_window", said);
    let seconds = take_count(raw, "gateway.rate_limit.window_seconds", said)
        .map_or(60, |(seconds, _)| seconds.max(1));
    let Some((count, origin)) = count else { return };
    let per_minute = count.saturating_mul(60).div_ceil(seconds);
    let per_minute = i64::try_from(per_minute).unwrap_or(i64::MAX);
    raw.entries
        .entry(LIMITS[1].to_owned())
        .or_insert_with(|| entry(per_minute.min(i64::from(u32::MAX)), &origin));
}

fn entry(number: i64, origin: &Origin) -> Entry {
    Entry {
        typed: Typed::Whole(number),
        origin: origin.clone(),
    }
}

fn take(raw: &mut Raw, key: &str, kind: Kind, said: &mut Said) -> Option<(Value, Origin)> {
    let Entry { typed, origin } = raw.entries.remove(key)?;
    let value = kind.judge(&typed);
    if value.is_none() {
        let text = format!("expected {}, found {}", kind.expected(), typed.found(false));
        said.problems.push(Remark::new(&origin, key, text));
    }
    value.map(|value| (value, origin))
}

fn take_flag(raw: &mut Raw, key: &str, said: &mut Said) -> Option<(bool, Origin)> {
    match take(raw, key, Kind::Flag, said)? {
        (Value::Flag(flag), origin) => Some((flag, origin)),
        _ => None,
    }
}

fn take_count(raw: &mut Raw, key: &str, said: &mut Said) -> Option<(u64, Origin)> {
    match take(raw, key, COUNT, said)? {
        (Value::Whole(count), origin) => Some((count.unsigned_abs(), origin)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn translated(text: &str) -> (Raw, Said) {
        let mut raw = Raw::parse(Path::new("config.toml"), text).unwrap();
        let said = translate(&mut raw);
        (raw, said)
    }

    #[test]
    fn a_window_becomes_a_limit_per_minute() {
        let (raw, said) = translated(
            "[gateway.rate_limit]\nenabled = true\nmax_requests_per_window = 10\nwindow_seconds = 30\n",
        );
        assert_eq!(raw.entries[LIMITS[1]].typed, Typed::Whole(20));
        assert_eq!(raw.entries.len(), 1);
        assert!(said.problems.is_empty());
    }

    #[test]
    fn limits_switched_off_are_nought() {
        let (raw, _) = translated("[gateway.rate_limit]\nenabled = false\n");
        for limit in LIMITS {
            assert_eq!(raw.entries[limit].typed, Typed::Whole(0), "{limit}");
        }
    }

    #[test]
    fn a_bad_value_is_a_problem_and_an_idle_switch_a_notice() {
        let (_, said) = translated(
            "[gateway.rate_limit]\nenabled = 3\n[gateway.idempotency]\nenabled = false\n",
        );
        assert_eq!(
            said.problems[0].to_string(),
            "config.toml:2: gateway.rate_limit.enabled: expected true or false, found 3"
        );
        assert_eq!(said.notices.len(), 1);
    }
}
