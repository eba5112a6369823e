//! Devices that were paired and are not used.

use async_trait::async_trait;

use crate::{
    doctor::{Category, Check, Finding, Fix, Name, Surroundings},
    model::{Device, Timestamp},
};

const DAY: i64 = 24 * 60 * 60;
/// Whoever has not come by then will not.
const NEVER_CAME_DAYS: i64 = 7;
/// Whoever has not come for so long has forgotten it.
const FORGOTTEN_DAYS: i64 = 90;

pub(super) struct Paired;

#[async_trait]
impl Check for Paired {
    fn name(&self) -> Name {
        Name::of("devices.unused", Category::Devices, "Paired devices")
    }

    async fn look(&self, place: &Surroundings) -> Finding {
        match place.devices().await {
            Ok(Some(devices)) => judged(&devices, place.clock.now()),
            Ok(None) => Finding::info("Not looked at: the database could not be opened."),
            Err(error) => {
                tracing::warn!(%error, "the devices could not be listed");
                Finding::warning("The devices could not be listed; the log says why.")
            }
        }
    }
}

fn judged(devices: &[Device], now: Timestamp) -> Finding {
    if devices.is_empty() {
        return Finding::info(
            "No device is paired yet: \"clawgate pair\" prints a code for the first.",
        );
    }
    let before = |days: i64| now.plus_secs(-days * DAY);
    let said: Vec<String> = devices
        .iter()
        .filter_map(|device| {
            let name = &device.name;
            if device.expires_at.is_some_and(|at| at <= now) {
                return Some(format!("{name}: its token has expired"));
            }
            match device.last_seen_at {
                None if device.created_at < before(NEVER_CAME_DAYS) => Some(format!(
                    "{name}: paired over {NEVER_CAME_DAYS} days ago and never seen"
                )),
                Some(at) if at < before(FORGOTTEN_DAYS) => {
                    Some(format!("{name}: not seen for over {FORGOTTEN_DAYS} days"))
                }
                _ => None,
            }
        })
        .collect();
    if said.is_empty() {
        let count = devices.len();
        let text = if count == 1 {
            "device is"
        } else {
            "devices are"
        };
        return Finding::ok(format!("{count} {text} paired, all of them in use."));
    }
    Finding::info("A token that nobody uses is one that nobody misses when it is stolen.")
        .with(said)
        .fixed_by(Fix::on("Open the devices", "/devices"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DeviceId, Scope};

    #[test]
    fn devices_that_nobody_uses_are_named() {
        let now = Timestamp::from_millis(0).plus_secs(1000 * DAY);
        let device = |name: &str, paired: i64, seen: Option<i64>, expires: Option<i64>| Device {
            id: DeviceId::fresh(),
            name: name.to_owned(),
            device_type: "browser".to_owned(),
            scopes: vec![Scope::Admin],
            created_at: now.plus_secs(-paired * DAY),
            last_seen_at: seen.map(|days| now.plus_secs(-days * DAY)),
            last_ip: None,
            expires_at: expires.map(|days| now.plus_secs(-days * DAY)),
        };
        let used = device("Used", 300, Some(1), None);
        let fresh = device("Fresh", 1, None, None);
        assert_eq!(judged(&[used.clone(), fresh.clone()], now).details.len(), 0);
        let found = judged(
            &[
                used,
                fresh,
                device("Never", 8, None, None),
                device("Old", 300, Some(91), None),
                device("Gone", 300, Some(1), Some(2)),
            ],
            now,
        );
        let names: Vec<&str> = found
            .details
            .iter()
            .filter_map(|line| line.split(':').next())
            .collect();
        assert_eq!(names, ["Never", "Old", "Gone"]);
        assert_eq!(found.fix.unwrap().route, "/devices");
    }
}
