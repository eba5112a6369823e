//! Which components work. Whoever knows reports it; a change is news on the bus.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use poem_openapi::Enum;
use serde::Serialize;

use super::Bus;
use crate::model::{BusEvent, HealthChanged, Timestamp};

/// A part of the gateway that can fail by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Component {
    /// The listener.
    Gateway,
    /// The database and what is remembered.
    Memory,
    /// Scheduled jobs.
    Scheduler,
    /// Chat networks.
    Channels,
    /// The model provider.
    Provider,
}

impl Component {
    /// All of them, in the order they are shown in.
    pub const ALL: [Self; 5] = [
        Self::Gateway,
        Self::Memory,
        Self::Scheduler,
        Self::Channels,
        Self::Provider,
    ];

    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Memory => "memory",
            Self::Scheduler => "scheduler",
            Self::Channels => "channels",
            Self::Provider => "provider",
        }
    }
}

/// How well something works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub enum Status {
    /// It works.
    Ok,
    /// It works in part.
    Degraded,
    /// It does not work.
    Failing,
    /// It is not in use.
    Off,
}

impl Status {
    /// Its word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Degraded => "degraded",
            Self::Failing => "failing",
            Self::Off => "off",
        }
    }
}

/// What is known of one component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentHealth {
    /// Which one.
    pub component: Component,
    /// How well it works.
    pub status: Status,
    /// Why, for a person; none when all is well.
    pub reason: Option<String>,
    /// Since when.
    pub since: Timestamp,
}

/// The states of all components. Clones share them.
#[derive(Clone)]
pub struct Health {
    bus: Bus,
    states: Arc<Mutex<[ComponentHealth; 5]>>,
}

impl fmt::Debug for Health {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Health")
            .field("states", &self.states)
            .finish_non_exhaustive()
    }
}

impl Health {
    /// Everything is off until it is reported.
    pub fn new(bus: Bus) -> Self {
        let states = Component::ALL.map(|component| ComponentHealth {
            component,
            status: Status::Off,
            reason: None,
            since: bus.now(),
        });
        Self {
            bus,
            states: Arc::new(Mutex::new(states)),
        }
    }

    /// Notes how a component does; tells the bus when that is new. The reason must be safe to
    /// show.
    pub fn report(&self, component: Component, status: Status, reason: Option<&str>) {
        {
            let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(state) = states.iter_mut().find(|state| state.component == component) else {
                return;
            };
            if state.status == status && state.reason.as_deref() == reason {
                return;
            }
            if state.status != status {
                state.since = self.bus.now();
            }
            state.status = status;
            state.reason = reason.map(str::to_owned);
            // Told under the lock, so that the last word on the bus is the state kept here.
            self.bus.publish(&BusEvent::HealthChanged(HealthChanged {
                component: component.as_str().to_owned(),
                status: status.as_str().to_owned(),
                reason: state.reason.clone(),
            }));
        }
        let (component, status) = (component.as_str(), status.as_str());
        tracing::info!(component, status, reason, "health changed");
    }

    /// All components, in order.
    pub fn components(&self) -> Vec<ComponentHealth> {
        self.states
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .to_vec()
    }

    /// How one component does.
    pub fn status_of(&self, component: Component) -> Status {
        self.components()
            .into_iter()
            .find(|state| state.component == component)
            .map_or(Status::Off, |state| state.status)
    }

    /// The whole: failing when the gateway or its memory is, degraded when anything is less than
    /// ok, else ok. What is off does not count.
    pub fn overall(&self) -> Status {
        let mut overall = Status::Ok;
        for state in self.components() {
            let vital = matches!(state.component, Component::Gateway | Component::Memory);
            match state.status {
                Status::Failing if vital => return Status::Failing,
                Status::Failing | Status::Degraded => overall = Status::Degraded,
                Status::Ok | Status::Off => {}
            }
        }
        overall
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::ManualClock, model::Timestamp, telemetry::bus::News};

    #[tokio::test]
    async fn a_change_is_news_once() {
        let bus = Bus::new(Arc::new(ManualClock::at(Timestamp::from_millis(1))));
        let health = Health::new(bus.clone());
        let mut reader = bus.subscribe(None);
        for _ in 0..3 {
            let reason = Some("it does not accept the key");
            health.report(Component::Provider, Status::Failing, reason);
        }
        health.report(Component::Provider, Status::Ok, None);
        let seen: Vec<serde_json::Value> = reader
            .next_batch(10)
            .await
            .into_iter()
            .map(|news| match news {
                News::Event(frame) => serde_json::from_slice(&frame.json).unwrap(),
                News::Gap { .. } => panic!("no gap here"),
            })
            .collect();
        assert_eq!(seen.len(), 2);
        assert_eq!(seen[0]["type"], "health_changed");
        assert_eq!(seen[0]["component"], "provider");
        assert_eq!(seen[0]["status"], "failing");
        assert_eq!(seen[0]["reason"], "it does not accept the key");
        assert_eq!(seen[1]["status"], "ok");
    }

    #[test]
    fn the_whole_is_as_well_as_its_vital_parts() {
        let bus = Bus::new(Arc::new(ManualClock::at(Timestamp::from_millis(1))));
        let health = Health::new(bus);
        health.report(Component::Gateway, Status::Ok, None);
        health.report(Component::Memory, Status::Ok, None);
        assert_eq!(health.overall(), Status::Ok);
        health.report(Component::Provider, Status::Failing, None);
        assert_eq!(health.overall(), Status::Degraded);
        health.report(Component::Memory, Status::Failing, None);
        assert_eq!(health.overall(), Status::Failing);
        assert_eq!(health.status_of(Component::Scheduler), Status::Off);
    }
}
