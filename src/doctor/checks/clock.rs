//! The clock: whether it can be right, and how far it is from that of a provider.

use std::time::Duration;

use async_trait::async_trait;
use jiff::{fmt::rfc2822, tz::TimeZone};

use crate::{
    config::{ProviderConfig, ProviderKind, is_loopback},
    cost::PriceTable,
    doctor::{Category, Check, Finding, Name, Surroundings},
    http::LazyClient,
    model::Timestamp,
    providers::KINDS,
};

/// From here on it is worth knowing.
const NOTICED_SECS: i64 = 30;
/// From here on certificates and signed messages are refused.
const HARMFUL_SECS: i64 = 300;
/// For the connection.
const CONNECT: Duration = Duration::from_secs(3);

pub(super) struct Time;

#[async_trait]
impl Check for Time {
    fn name(&self) -> Name {
        Name::of("system.clock", Category::System, "Clock")
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        if let Some(finding) = impossible(place.clock.now()) {
            return finding;
        }
        let Some((host, url)) = somebody(place) else {
            return Finding::ok(
                "The clock shows a possible time; there was nobody to compare with.",
            );
        };
        match date_of(&url).await {
            Some(date) => judged(place.clock.now(), date, &host),
            None => Finding::ok(format!(
                "The clock shows a possible time; {host} did not tell its own."
            )),
        }
    }
}

/// The program was not made before its price list.
fn impossible(now: Timestamp) -> Option<Finding> {
    let made = PriceTable::packaged().ok()?.as_of();
    let made = made.to_zoned(TimeZone::UTC).ok()?.timestamp();
    (now.as_millis() < made.as_millisecond()).then(|| {
        Finding::error(format!(
            "The clock shows {now}, a time before this program was made: certificates are taken \
             for invalid, and jobs run at the wrong time. Set the clock."
        ))
    })
}

fn judged(now: Timestamp, date: Timestamp, host: &str) -> Finding {
    let skew = (now.as_millis() - date.as_millis()) / 1000;
    let side = if skew < 0 { "behind" } else { "ahead of" };
    let off = skew.abs();
    let text = format!("The clock is {off} s {side} that of {host}");
    if off >= HARMFUL_SECS {
        Finding::error(format!(
            "{text}: certificates and signed messages may be refused, and jobs run at the wrong \
             time. Set the clock, or switch on its synchronisation."
        ))
    } else if off >= NOTICED_SECS {
        Finding::warning(format!(
            "{text}. Set the clock, or switch on its synchronisation."
        ))
    } else {
        Finding::ok(format!("The clock agrees with that of {host}."))
    }
}

/// Host and address of a provider on another machine, the one in use first.
fn somebody(place: &Surroundings) -> Option<(String, String)> {
    let config = place.settings();
    let in_use = config.active_provider().map(str::to_owned);
    let first = in_use.and_then(|name| config.providers.get(&name).cloned());
    let all = config.providers.values().cloned();
    first.into_iter().chain(all).find_map(|one| remote(&one))
}

fn remote(provider: &ProviderConfig) -> Option<(String, String)> {
    if provider.kind == ProviderKind::Demo {
        return None;
    }
    let own = KINDS.iter().find(|facts| facts.kind == provider.kind)?;
    let address = provider.base_url.as_deref().unwrap_or(own.base_url);
    let url = reqwest::Url::parse(address).ok()?;
    let host = url.host_str().filter(|host| !is_loopback(host))?.to_owned();
    let origin = url.origin().ascii_serialization();
    Some((host, origin))
}

/// What the answer says of the time. No key goes along, and any answer will do.
async fn date_of(url: &str) -> Option<Timestamp> {
    let client = LazyClient::new(url, CONNECT).get().ok()?;
    let answer = client.head(url).send().await.ok()?;
    let date = answer.headers().get(reqwest::header::DATE)?.to_str().ok()?;
    parse(date)
}

fn parse(date: &str) -> Option<Timestamp> {
    let date = rfc2822::parse(date).ok()?;
    Some(Timestamp::from_millis(date.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Severity;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_millis(secs * 1000)
    }

    #[test]
    fn a_clock_that_is_off_is_said_with_how_far() {
        let now = 1_800_000_000;
        for (off, severity, words) in [
            (0, Severity::Ok, "agrees"),
            (-29, Severity::Ok, "agrees"),
            (45, Severity::Warning, "45 s ahead of that of api.example"),
            (-400, Severity::Error, "400 s behind that of api.example"),
        ] {
            let finding = judged(at(now + off), at(now), "api.example");
            assert_eq!(finding.severity, severity, "{finding:?}");
            assert!(finding.message.contains(words), "{finding:?}");
        }
    }

    #[test]
    fn a_time_before_the_program_is_impossible() {
        assert!(impossible(at(0)).is_some());
        assert!(impossible(at(1_900_000_000)).is_none());
    }

    #[tokio::test]
    async fn the_date_of_an_answer_is_read() {
        let server = wiremock::MockServer::start().await;
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        wiremock::Mock::given(wiremock::matchers::any())
            .respond_with(wiremock::ResponseTemplate::new(404).insert_header("date", date))
            .mount(&server)
            .await;
        assert_eq!(date_of(&server.uri()).await, Some(at(784_111_777)));
    }
}
