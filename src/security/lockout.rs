//! Stops guessing: a few failures of one client, or many of all together, close the way in for a
//! while. No I/O.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::ClientKey;
use crate::model::Timestamp;

/// When a lockout begins and ends.
#[derive(Clone, Copy, Debug)]
pub struct LockoutRules {
    /// Failures of one client that are borne.
    pub failures: u32,
    /// Failures of all clients together that are borne.
    pub failures_of_all: u32,
    /// Failures older than this are forgiven, in seconds.
    pub forgiven_after_secs: i64,
    /// How long a lockout lasts, in seconds.
    pub lasts_secs: i64,
}

impl LockoutRules {
    /// Three failures close the door to a client for five minutes; fifty in five minutes, from
    /// wherever they come, close it to all.
    pub const GUESSES: Self = Self {
        failures: 3,
        failures_of_all: 50,
        forgiven_after_secs: 900,
        lasts_secs: 300,
    };
}

/// Clients remembered; beyond it the one that failed longest ago is forgotten.
const MOST_CLIENTS: usize = 10_000;

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: Timestamp,
    locked_until: Option<Timestamp>,
}

#[derive(Debug)]
struct State {
    clients: HashMap<ClientKey, Failures>,
    all: Failures,
}

/// Counts failures.
#[derive(Debug)]
pub struct Lockout {
    rules: LockoutRules,
    state: Mutex<State>,
}

impl Lockout {
    /// Nobody has failed yet.
    pub fn new(rules: LockoutRules) -> Self {
        let all = Failures {
            count: 0,
            last: Timestamp::default(),
            locked_until: None,
        };
        Self {
            rules,
            state: Mutex::new(State {
                clients: HashMap::new(),
                all,
            }),
        }
    }

    /// Begins an attempt, which counts as failed until [`Lockout::succeeded`] says otherwise: so
    /// many attempts at once don't get past the count. The error is the seconds to wait.
    pub fn attempt(&self, client: ClientKey, now: Timestamp) -> Result<(), u64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let rules = self.rules;
        let mut one = state.clients.get(&client).copied().unwrap_or(Failures {
            count: 0,
            last: now,
            locked_until: None,
        });
        let waits = [locked(&one, now), locked(&state.all, now)];
        if let Some(wait) = waits.into_iter().flatten().max() {
            return Err(wait);
        }
        fail(
            &mut one,
            rules.failures,
            rules.forgiven_after_secs,
            rules.lasts_secs,
            now,
        );
        fail(
            &mut state.all,
            rules.failures_of_all,
            rules.lasts_secs,
            rules.lasts_secs,
            now,
        );
        make_room(&mut state.clients);
        state.clients.insert(client, one);
        Ok(())
    }

    /// The attempt just begun was right: its client's failures are forgiven.
    pub fn succeeded(&self, client: ClientKey) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.clients.remove(&client);
        state.all.count = state.all.count.saturating_sub(1);
        if state.all.count < self.rules.failures_of_all {
            state.all.locked_until = None;
        }
    }

    /// Seconds until `client` may try again; 0 when it may now.
    pub fn locked_for(&self, client: ClientKey, now: Timestamp) -> u64 {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let own = state.clients.get(&client).and_then(|one| locked(one, now));
        own.max(locked(&state.all, now)).unwrap_or(0)
    }
}

fn locked(failures: &Failures, now: Timestamp) -> Option<u64> {
    let until = failures.locked_until?;
    let millis = until.millis_since(now);
    (millis > 0).then(|| millis.div_ceil(1000))
}

fn fail(failures: &mut Failures, most: u32, forgiven_after: i64, lasts: i64, now: Timestamp) {
    let over = failures.locked_until.is_some_and(|until| until <= now);
    if over || failures.last.plus_secs(forgiven_after) <= now {
        failures.count = 0;
        failures.locked_until = None;
    }
    failures.count += 1;
    failures.last = now;
    if failures.count >= most {
        failures.locked_until = Some(now.plus_secs(lasts));
    }
}

fn make_room(clients: &mut HashMap<ClientKey, Failures>) {
    if clients.len() < MOST_CLIENTS {
        return;
    }
    let oldest = clients.iter().min_by_key(|(_, failures)| failures.last);
    if let Some(key) = oldest.map(|(key, _)| *key) {
        clients.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(last: u8) -> ClientKey {
        ClientKey::V4([192, 0, 2, last])
    }

    fn at(secs: i64) -> Timestamp {
        Timestamp::default().plus_secs(secs)
    }

    #[test]
    fn three_failures_lock_a_client_out_for_five_minutes() {
        let lockout = Lockout::new(LockoutRules::GUESSES);
        for _ in 0..3 {
            assert_eq!(lockout.attempt(client(1), at(0)), Ok(()));
        }
        assert_eq!(lockout.attempt(client(1), at(0)), Err(300));
        assert_eq!(lockout.attempt(client(1), at(299)), Err(1));
        assert_eq!(lockout.locked_for(client(1), at(100)), 200);
        assert_eq!(lockout.attempt(client(2), at(0)), Ok(()));
        for _ in 0..3 {
            assert_eq!(lockout.attempt(client(1), at(300)), Ok(()));
        }
        assert_eq!(lockout.attempt(client(1), at(300)), Err(300));
    }

    #[test]
    fn a_success_forgives_and_so_does_time() {
        let lockout = Lockout::new(LockoutRules::GUESSES);
        for round in 0..5 {
            lockout.attempt(client(1), at(round)).unwrap();
            lockout.attempt(client(1), at(round)).unwrap();
            lockout.succeeded(client(1));
        }
        lockout.attempt(client(2), at(0)).unwrap();
        lockout.attempt(client(2), at(0)).unwrap();
        lockout.attempt(client(2), at(900)).unwrap();
        assert_eq!(lockout.locked_for(client(2), at(900)), 0);
    }

    #[test]
    fn a_guess_spread_over_many_clients_is_stopped_too() {
        let lockout = Lockout::new(LockoutRules::GUESSES);
        for last in 0..50 {
            assert_eq!(lockout.attempt(client(last), at(0)), Ok(()));
        }
        assert_eq!(lockout.attempt(client(200), at(1)), Err(299));
        assert_eq!(lockout.attempt(client(200), at(300)), Ok(()));
    }
}
